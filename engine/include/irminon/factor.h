/* Factor analyses: principal components of numbers, multiple correspondences of
 * categories, with the names and conventions of FactoMineR.
 *
 * Individuals are rows. Row weights are normalised to a sum of 1. An axis is signed so
 * that the active variable (or modality) of largest absolute coordinate is positive, the
 * first of them where two are equal. Lebart, Morineau, Piron, "Statistique exploratoire
 * multidimensionnelle"; Husson, Lê, Pagès, "Exploratory multivariate analysis by example
 * using R". */
#ifndef IRMINON_FACTOR_H
#define IRMINON_FACTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/matrix.h"
#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Coordinates on the axes of a set of points (individuals, variables or modalities), each
 * matrix with one row a point and one column an axis. `contribution` is in percent and
 * empty (0 rows) for supplementary points; `cos2` is the quality of representation, from
 * 0 to 1, 0 where the point is at the origin. */
typedef struct irm_points {
    irm_matrix coordinates, contribution, cos2;
} irm_points;
IRM_API void irm_points_clear(irm_points *points);

/* Owned arrays: clear with irm_factors_clear. */
typedef struct irm_factors {
    size_t n, p; /* individuals; active variables, or active modalities in an MCA */
    size_t axes; /* kept */
    size_t n_eigenvalues; /* all those that are not null */
    double *eigenvalues;  /* n_eigenvalues, decreasing */
    double inertia;       /* their sum */
    double *weights;      /* n, of sum 1 */
    double *center;       /* p: weighted means (PCA), weighted frequencies (MCA) */
    double *scale;        /* p: weighted standard deviations (population), or 1 */
    irm_points individuals;
    irm_points variables; /* PCA: correlations when reduced; MCA: modalities */
    bool reduced;         /* variables divided by their standard deviations */
    bool multiple;        /* an MCA */
    /* MCA only: variable of each modality (p), number of variables, eta squared of each
     * variable on each axis (n_variables × axes). */
    size_t *variable_of;
    size_t n_variables;
    irm_matrix eta2;
} irm_factors;
IRM_API void irm_factors_clear(irm_factors *factors);

typedef struct irm_pca_options {
    bool reduce;           /* divide by the standard deviations */
    size_t axes;           /* to keep; 0: all */
    const double *weights; /* n, not negative, some positive; NULL: all equal */
    size_t threads;        /* 0: one a processor */
} irm_pca_options;

/* PCA of x (n × p, finite numbers only). A constant column cannot be reduced: REFUSED,
 * naming its number in `error.column` (from 1); columns without any inertia are taken in
 * when not reducing. Needs n ≥ 2. Equivalent to FactoMineR's
 * PCA(x, scale.unit = reduce, row.w = weights). */
IRM_API irm_status irm_pca(const irm_matrix *x, const irm_pca_options *options,
                           irm_factors *factors, irm_error *error);

/* MCA of n × q categories, codes by row in 0 … n_modalities[j] - 1 (no -1: give missing
 * values a modality of their own, or leave the row out). A modality that nobody has gets
 * no weight and coordinates of 0. Equivalent to FactoMineR's MCA (indicator matrix,
 * eigenvalues not corrected). */
typedef struct irm_mca_options {
    size_t axes;           /* 0: all */
    const double *weights; /* NULL: equal */
    size_t threads;
} irm_mca_options;
IRM_API irm_status irm_mca(const int32_t *codes, size_t n, size_t q,
                           const size_t *n_modalities, const irm_mca_options *options,
                           irm_factors *factors, irm_error *error);

/* Supplementary individuals of a PCA: x is m × p in the same variables, finite. Fills
 * points with coordinates and cos2. New territories, or those of another vintage, on frozen
 * axes; also barycentres of individuals, for their cos2. */
IRM_API irm_status irm_pca_project(const irm_factors *factors, const irm_matrix *x,
                                   irm_points *points, irm_error *error);
/* The same for an MCA: codes m × q. A modality that no active individual has places
 * nobody: it adds nothing, to coordinates or distances. */
IRM_API irm_status irm_mca_project(const irm_factors *factors, const int32_t *codes,
                                   size_t m, irm_points *points, irm_error *error);
/* Supplementary variables (n × m): their correlations with the axes, over the individuals
 * with a value (not NaN); covariances with the reduced axes where the PCA is not reduced,
 * as the coordinates of its active variables. cos2 are squared correlations. A variable
 * that does not vary is at the origin. */
IRM_API irm_status irm_pca_supplementary(const irm_factors *factors, const irm_matrix *x,
                                         irm_points *points, irm_error *error);
/* A supplementary category (n codes, -1 for none, n_modalities): barycentres of the
 * individuals of each modality, over the roots of the eigenvalues in an MCA, as its active
 * modalities; v-tests (n_modalities × axes), NaN for a modality that nobody has or that all
 * have. In a PCA that keeps fewer axes than it has, cos2 is empty (0 rows): project the
 * barycentres of the variables to have it. */
IRM_API irm_status irm_factors_category(const irm_factors *factors, const int32_t *codes,
                                        size_t n_modalities, irm_points *points,
                                        irm_matrix *v_test, irm_error *error);

/* Fills the NaN of x (n × p) by the regularised iterative PCA algorithm of Josse & Husson
 * ("Handling missing values in exploratory multivariate data analysis methods", Journal de
 * la SFdS 153 (2), 2012; missMDA's imputePCA) with `axes` components (0: chosen by
 * generalised cross-validation among 0 … min(5, p - 1, n - 2), 0 being the means); *filled
 * counts them, *chosen is the number of components. Time of an iteration goes with the rows
 * that have a gap. REFUSED where a column or a row has no number at all (error.column,
 * error.line), USAGE where `axes` is over min(p - 1, n - 2), DATA for an infinite value; x
 * is then as it was. */
IRM_API irm_status irm_impute_pca(irm_matrix *x, const double *weights, bool reduce,
                                  size_t axes, size_t *filled, size_t *chosen,
                                  irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
