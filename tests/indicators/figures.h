/* Small stores of figures for the tests, from texts, as ingest would leave them. */
#ifndef IRMINON_TEST_FIGURES_H
#define IRMINON_TEST_FIGURES_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../geography/zoning.h"
#include "catalogue/loaded.h"
#include "irminon/evaluate.h"
#include "irminon/memory.h"
#include "irminon/store.h"

/* Sets "name=value" attributes separated by '|'; '~' in a value stands for '|'. */
static inline void figures_attributes(irm_attributes *attributes, const char *text) {
    char *copy = irm_strdup(text);
    char *rest = NULL;
    for (char *word = strtok_r(copy, "|", &rest); word != NULL;
         word = strtok_r(NULL, "|", &rest)) {
        char *equals = strchr(word, '=');
        assert_non_null(equals);
        *equals = '\0';
        for (char *p = equals + 1; *p != '\0'; p++) {
            *p = *p == '~' ? '|' : *p;
        }
        assert_ok(irm_attributes_set(attributes, word, equals + 1, &test_error));
    }
    irm_free(copy);
}

/* A header cell "NAME|role=key|level=com"; numbers are those with a kind. "round" is how
 * far a published value may be from the true one. */
static inline void figures_column(irm_table *table, char *header) {
    char *attributes = strchr(header, '|');
    if (attributes != NULL) {
        *attributes++ = '\0';
    }
    bool number = attributes != NULL && (strstr(attributes, "kind=") != NULL ||
                                         strstr(attributes, "role=value") != NULL);
    irm_column *column;
    assert_ok(irm_table_add(table, header,
                            number ? IRM_COLUMN_NUMBER : IRM_COLUMN_CATEGORY, &column,
                            &test_error));
    figures_attributes(&column->attributes, attributes != NULL ? attributes : "");
    const char *round = irm_attributes_get(&column->attributes, "round");
    column->round_below = column->round_above = round != NULL ? atof(round) : 0;
}

/* A number, "s" (secret), "s4" (secret, 1 to 4), "s0-7" (secret, 0 to 7) or "" (missing). */
static inline void figures_cell(irm_table *table, size_t column_index, size_t row,
                                const char *text) {
    irm_column *column = &table->columns[column_index];
    uint8_t mark = 0;
    if (column->type == IRM_COLUMN_CATEGORY) {
        assert_ok(irm_dict_add(column->categories, irm_view_of(text), &column->codes[row],
                               &test_error));
    } else if (irm_text_number(irm_view_of(text), '.', &column->values[row], NULL)) {
        return;
    } else {
        double low = -INFINITY, high = INFINITY;
        if (strcmp(text, "s4") == 0) {
            low = 1;
            high = 4;
        } else if (sscanf(text, "s%lf-%lf", &low, &high) != 2) {
            low = -INFINITY;
        }
        assert_ok(irm_column_marker(
            column, text, text[0] == 's' ? IRM_STATE_SECRET : IRM_STATE_MISSING, low, high,
            &mark, &test_error));
        assert_ok(irm_column_mark(column, table->n_rows, row, mark, &test_error));
    }
}

/* `text` has a header line of columns and one line a row, cells separated by ';'. */
static inline void figures_put(irm_store *store, const char *name, const char *attributes,
                               const char *text) {
    size_t lines = 0;
    for (const char *p = text; *p != '\0'; p++) {
        lines += *p == '\n';
    }
    irm_table table;
    assert_ok(irm_table_init(&table, name, lines - 1, &test_error));
    figures_attributes(&table.attributes, attributes);
    char *copy = irm_strdup(text);
    char *line = copy;
    for (size_t l = 0; l < lines; l++) {
        char *next = strchr(line, '\n');
        *next++ = '\0';
        for (size_t c = 0; line != NULL; c++) {
            char *end = strchr(line, ';');
            if (end != NULL) {
                *end++ = '\0';
            }
            if (l == 0) {
                figures_column(&table, line);
            } else {
                figures_cell(&table, c, l - 1, line);
            }
            line = end;
        }
        line = next;
    }
    irm_free(copy);
    assert_ok(irm_store_put(store, &table, true, &test_error));
    irm_table_clear(&table);
}

/* A store, its geography (two départements in Auvergne, one overseas) and what is heard
 * of its evaluation. */
typedef struct figures {
    char *folder;
    irm_store *store;
    irm_geography *geography;
    irm_catalogue *catalogue;
    irm_registry *registry;
    irm_evaluator *evaluator;
    irm_buffer heard;
    irm_reporter reporter;
} figures;

static inline void figures_hear(void *context, const char *message) {
    irm_buffer_format(context, "%s\n", message);
}

static inline void figures_begin_in(figures *f, const char *zoning) {
    memset(f, 0, sizeof *f);
    f->folder = test_folder();
    f->reporter = (irm_reporter){.context = &f->heard, .warn = figures_hear};
    char *path = irm_path_join(f->folder, "store");
    assert_ok(irm_store_open(path, true, &f->store, &test_error));
    irm_free(path);
    zoning_put_text(f->store, zoning, "membership.com@2022", "CODGEO", "com", 2022);
    zoning_put_text(f->store,
                    "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TYPECOM_AP,COM_AP\n"
                    "32,2019-01-01,COM,43002,COM,43001\n",
                    "cog-movements@2023", "COM_AV", NULL, 2023);
    assert_ok(irm_catalogue_new_empty(&f->catalogue, &test_error));
}

static inline void figures_begin(figures *f) {
    figures_begin_in(f,
                     "CODGEO,LIBGEO,DEP,REG,EPCI\n"
                     "43001,Agnat,43,84,200000001\n"
                     "43020,Le Puy,43,84,200000001\n"
                     "43030,Yssingeaux,43,84,200000002\n"
                     "69123,Lyon,69,84,200000003\n"
                     "97101,Les Abymes,971,01,200000004\n");
}

/* Once tables are put and indicators declared. */
static inline void figures_open(figures *f) {
    assert_ok(irm_geography_load(f->store, 0, &f->geography, &test_error));
    assert_ok(irm_registry_new(&f->registry, &test_error));
    assert_ok(irm_evaluator_new(f->store, f->geography, f->catalogue, f->registry,
                                &f->reporter, &f->evaluator, &test_error));
}

/* One territory's quantity of a formula over a family; fails where it is unavailable. */
static inline irm_quantity figures_ask(figures *f, const char *dataset, const char *formula,
                                       const char *level, const char *code, int year) {
    const irm_level *found = irm_geography_level(f->geography, level);
    assert_non_null(found);
    irm_evaluation out;
    assert_ok(irm_evaluate_formula(f->evaluator, dataset, formula, found, year, &out,
                                   &test_error));
    if (out.unavailable != NULL) {
        fail_msg("%s: %s", formula, out.unavailable);
    }
    int32_t index = found->count == 1 ? 0 : irm_level_find(found, code);
    assert_true(index >= 0);
    irm_quantity result = out.result[index];
    irm_evaluation_clear(&out);
    return result;
}

static inline void figures_end(figures *f) {
    irm_evaluator_free(f->evaluator);
    irm_registry_free(f->registry);
    irm_catalogue_free(f->catalogue);
    irm_geography_free(f->geography);
    irm_store_free(f->store);
    irm_buffer_clear(&f->heard);
    test_folder_remove(f->folder);
}

#endif
