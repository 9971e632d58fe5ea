/* What the files of a typology share. */
#ifndef IRMINON_TYPOLOGY_INSIDE_H
#define IRMINON_TYPOLOGY_INSIDE_H

#include "irminon/typology.h"

/* Formats one note in both languages, from the same arguments in the same order. */
irm_status typology_note(irm_typology *t, irm_error *error, const char *fr,
                         const char *en, ...);

/* clean.c: leaves out what cannot be analysed, fills in what is missing. */
irm_status typology_clean(irm_typology *t, irm_error *error);
/* The units of a mask are left out for `reason`, and listed. */
irm_status typology_leave_out(irm_typology_units *units, const bool *out,
                              const char *reason, irm_error *error);
/* Which units have too little to be filled in, and why they go. */
irm_status typology_leave_out_unknown(irm_typology_units *units, bool exclude,
                                      irm_error *error);
/* Fills the active numbers in: *filled cells, *components of the imputation. */
irm_status typology_fill(irm_typology_units *units, bool reduce, size_t *filled,
                         size_t *components, irm_error *error);
/* The active numbers, n × p; `active` receives which they are (p, allocated). */
irm_status typology_matrix(const irm_typology_units *units, irm_matrix *x,
                           size_t **active, irm_error *error);

/* analyse.c: factor analysis and the points that are clustered. */
irm_status typology_analyse(irm_typology *t, irm_error *error);

/* classify.c: from points to classes. */
irm_status typology_classify(irm_typology *t, const irm_reporter *reporter,
                             irm_error *error);
/* territory.c: neighbours, and classes under their constraint. */
irm_status typology_neighbours(irm_typology *t, irm_error *error);
irm_status typology_classify_space(irm_typology *t, size_t k, int32_t *classes,
                                   size_t *found, irm_error *error);
/* Identifiers to row numbers; free with irm_dict_free, whatever the status. */
irm_status typology_index_units(const irm_typology_units *units, irm_dict **ids,
                                irm_error *error);
/* distances.c: squares of the distances of a square CSV, condensed: n(n - 1)/2. DATA with
 * line and column for what is no distance or not the same both ways, NOT_FOUND for a unit
 * without any. */
irm_status typology_read_distances(const char *path, const irm_typology_units *units,
                                   double *squares, irm_error *error);
irm_status typology_autocorrelation(irm_typology *t, irm_error *error);

/* describe.c: profiles, members, quality, stability. */
irm_status typology_describe(irm_typology *t, const irm_reporter *reporter,
                             irm_error *error);

/* gap.c: the gap statistic, where asked or cheap. */
irm_status typology_measure_gap(irm_typology *t, irm_error *error);

/* words.c: names of classes. */
irm_status typology_name_classes(irm_typology *t, irm_error *error);

#endif
