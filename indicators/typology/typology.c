#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "typology/inside.h"

irm_status irm_typology_note_add(irm_typology *t, irm_error *error, const char *fr,
                                 const char *en) {
    IRM_TRY(irm_reserve((void **)&t->notes, &t->notes_capacity, t->n_notes + 1,
                        sizeof *t->notes, error));
    irm_typology_note *made = &t->notes[t->n_notes++];
    *made = (irm_typology_note){irm_strdup(fr), irm_strdup(en)};
    return made->fr == NULL || made->en == NULL ? irm_fail_memory(error) : IRM_OK;
}

static void put_decimal_comma(char *text) {
    for (char *p = text; *p != '\0'; p++) {
        if (*p == '.' && p > text && p[-1] >= '0' && p[-1] <= '9' && p[1] >= '0' &&
            p[1] <= '9') {
            *p = ',';
        }
    }
}

irm_status typology_note(irm_typology *t, irm_error *error, const char *fr,
                         const char *en, ...) {
    char french[1024], english[1024];
    va_list arguments;
    va_start(arguments, en);
    vsnprintf(french, sizeof french, fr, arguments);
    va_end(arguments);
    va_start(arguments, en);
    vsnprintf(english, sizeof english, en, arguments);
    va_end(arguments);
    put_decimal_comma(french);
    return irm_typology_note_add(t, error, french, english);
}

static bool needs_neighbours(const irm_typology *t) {
    return t->options.moran ||
           (t->options.space != IRM_SPACE_NONE && t->options.space != IRM_SPACE_CLUSTGEO);
}

static irm_status run(irm_typology *t, const irm_reporter *reporter, irm_error *error) {
    IRM_TRY(typology_clean(t, error));
    IRM_TRY(typology_analyse(t, error));
    if (needs_neighbours(t)) {
        IRM_TRY(typology_neighbours(t, error));
    }
    IRM_TRY(typology_classify(t, reporter, error));
    IRM_TRY(typology_describe(t, reporter, error));
    IRM_TRY(typology_autocorrelation(t, error));
    return typology_name_classes(t, error);
}

irm_status irm_typology_compute(irm_typology_units *units,
                                const irm_typology_options *options,
                                const irm_reporter *reporter, irm_typology *typology,
                                irm_error *error) {
    *typology = (irm_typology){.units = *units,
                               .options = *options,
                               .alpha = NAN,
                               .class_contiguity = NAN,
                               .rand = NAN};
    *units = (irm_typology_units){0};
    irm_status status = run(typology, reporter, error);
    if (status != IRM_OK) {
        irm_typology_clear(typology);
    }
    return status;
}

static void clear_classes(irm_typology *t) {
    for (size_t c = 0; t->classes != NULL && c < t->k; c++) {
        irm_free(t->classes[c].name_fr);
        irm_free(t->classes[c].name_en);
        irm_free(t->classes[c].parangons);
        irm_free(t->classes[c].specific);
    }
    irm_free(t->classes);
}

void irm_typology_clear(irm_typology *t) {
    for (size_t c = 0; t->modality_profiles != NULL && c < t->units.n_categories; c++) {
        irm_free(t->modality_profiles[c]);
    }
    irm_free(t->modality_profiles);
    clear_classes(t);
    for (size_t i = 0; i < t->n_notes; i++) {
        irm_free(t->notes[i].fr);
        irm_free(t->notes[i].en);
    }
    irm_free(t->notes);
    irm_typology_units_clear(&t->units);
    irm_free(t->active);
    irm_matrix_clear(&t->x);
    irm_factors_clear(&t->factors);
    irm_points_clear(&t->supplementary);
    irm_matrix_clear(&t->points);
    irm_tree_clear(&t->tree);
    irm_partition_clear(&t->partition);
    irm_free(t->tree_class);
    irm_free(t->distances);
    irm_free(t->profiles);
    irm_free(t->eta2);
    irm_free(t->eta2_p);
    irm_free(t->silhouettes);
    irm_free(t->gaps);
    irm_free(t->gap_errors);
    irm_neighbours_clear(&t->neighbours);
    irm_free(t->moran);
    irm_free(t->local);
    irm_free(t->alphas);
    irm_free(t->q0);
    irm_free(t->q1);
    *t = (irm_typology){0};
}
