/* What the makers of partitions share. */
#ifndef IRMINON_MULTIVARIATE_PARTITIONS_H
#define IRMINON_MULTIVARIATE_PARTITIONS_H

#include "irminon/partition.h"

/* USAGE unless 1 ≤ k ≤ n. */
irm_status partition_check_k(size_t k, size_t n, irm_error *error);
/* n classes of 0, centres of 0. Clear when done. */
irm_status partition_init(irm_partition *partition, size_t n, size_t k, size_t p,
                          irm_error *error);
/* Centres and inertias from the classes. */
irm_status partition_measure(const irm_matrix *x, const double *weights,
                             irm_partition *partition, irm_error *error);
/* Squared distance between two rows of p. */
double partition_squares(const double *a, const double *b, size_t p);

#endif
