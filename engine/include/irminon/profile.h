/* Description of classes: v-tests, as SPAD and FactoMineR's catdes have them. */
#ifndef IRMINON_PROFILE_H
#define IRMINON_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include "irminon/matrix.h"
#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A number in a class: v_test compares the class's mean with the overall one as if the
 * class had been drawn without replacement (Lebart, Morineau, Piron). Standard deviations
 * are the population's (divided by n). Weights are normalised to a sum of n. */
typedef struct irm_profile_number {
    double mean, overall_mean, sd, overall_sd, v_test, p_value;
} irm_profile_number;

/* profiles: k × p, by class. Missing values (NaN) are left out, variable by variable. A
 * variable that does not vary has a v_test of NaN and a p_value of 1. */
IRM_API irm_status irm_profile_numbers(const irm_matrix *x, const double *weights,
                                       const int32_t *classes, size_t k,
                                       irm_profile_number *profiles, irm_error *error);
/* Squared correlation ratio of each variable with the classes (p), and the p-value of its
 * F test: catdes's quanti.var. */
IRM_API irm_status irm_profile_eta2(const irm_matrix *x, const double *weights,
                                    const int32_t *classes, size_t k, double *eta2,
                                    double *p_values, irm_error *error);

/* A modality in a class: share of the modality that is in the class, of the class that
 * has the modality, of all that have it (percents), and the hypergeometric v-test of
 * catdes. */
typedef struct irm_profile_modality {
    double class_in_modality, modality_in_class, overall, v_test, p_value;
} irm_profile_modality;
/* profiles: k × n_modalities, by class; codes of n individuals, -1 left out. */
IRM_API irm_status irm_profile_categories(const int32_t *codes, size_t n,
                                          size_t n_modalities, const double *weights,
                                          const int32_t *classes, size_t k,
                                          irm_profile_modality *profiles,
                                          irm_error *error);
/* Chi-squared test between a category and the classes: catdes's test.chi2. */
IRM_API irm_status irm_profile_chi2(const int32_t *codes, size_t n, size_t n_modalities,
                                    const int32_t *classes, size_t k, double *statistic,
                                    size_t *df, double *p_value, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
