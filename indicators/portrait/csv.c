#include "irminon/memory.h"
#include "irminon/write.h"
#include "portrait/portraitist.h"

/* The figures of a portrait as results: the territory, then each reference, by indicator. */
static size_t collect(const irm_portrait *portrait, irm_result *results) {
    size_t n = 0;
    for (size_t t = 0; t < portrait->n_themes; t++) {
        for (size_t i = 0; i < portrait->themes[t].n_rows; i++) {
            const irm_portrait_row *row = &portrait->themes[t].rows[i];
            for (size_t k = 0; k <= portrait->n_references; k++) {
                const irm_place *place =
                    k == 0 ? &portrait->place : &portrait->references[k - 1];
                if (row->evaluations[k] != NULL) {
                    results[n++] =
                        (irm_result){row->indicator, row->evaluations[k], place->index};
                }
            }
        }
    }
    return n;
}

irm_status irm_portrait_write_csv(const irm_portrait *portrait, const char *path,
                                  const char *locale, irm_error *error) {
    size_t most = portrait->n_available * (1 + portrait->n_references);
    irm_result *results = irm_calloc(most, sizeof *results);
    if (results == NULL) {
        return irm_fail_memory(error);
    }
    size_t count = collect(portrait, results);
    irm_status status = irm_results_write(results, count, path, locale, error);
    irm_free(results);
    return status;
}
