#include <math.h>
#include <stdio.h>
#include <string.h>

#include "conversion/column.h"
#include "conversion/places.h"
#include "geography/source.h"
#include "irminon/memory.h"
#include "irminon/sum.h"
#include "irminon/threads.h"

void irm_conversion_clear(irm_conversion *c) {
    irm_table_clear(&c->table);
    irm_free(c->totals);
    for (size_t i = 0; i < c->n_changes; i++) {
        irm_free(c->changes[i].from);
        irm_free(c->changes[i].to);
    }
    irm_free(c->changes);
    *c = (irm_conversion){0};
}

/* ---- what can be converted -------------------------------------------------------- */

static const char *table_word(const irm_table *table, const char *name) {
    const char *word = irm_attributes_get(&table->attributes, name);
    return word != NULL ? word : "";
}

static irm_status check_shape(const irm_table *table, irm_error *error) {
    const char *level = table_word(table, "level");
    if (strcmp(table_word(table, "shape"), "geometry") == 0) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "%s holds polygons: a map is drawn from that of the year wanted",
                        table->name);
    }
    static const char *const levels[] = {"", "com", "arm", "iris", "mixed"};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (strcmp(level, levels[i]) == 0) {
            return IRM_OK;
        }
    }
    return irm_fail(error, IRM_STATUS_REFUSED,
                    "%s is of level %s: only tables of communes are converted, the other "
                    "levels are made of them",
                    table->name, level);
}

/* Rows of communes, in a table of several levels. */
static irm_status keep_communes(const irm_table *table, bool **kept, size_t *n_left,
                                irm_error *error) {
    const irm_column *level = source_role(table, "level", NULL);
    *kept = NULL;
    *n_left = 0;
    if (level == NULL) {
        return IRM_OK;
    }
    const char *map = irm_attributes_get(&level->attributes, "levels");
    size_t n = irm_dict_count(level->categories);
    bool *taken = irm_calloc(n + 1, sizeof *taken);
    *kept = irm_calloc(table->n_rows, sizeof **kept);
    if (taken == NULL || *kept == NULL) {
        irm_free(taken);
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        const char *id =
            level_id_of_word(map, irm_dict_text(level->categories, (int32_t)i));
        taken[i] = strcmp(id, "com") == 0 || strcmp(id, "arm") == 0;
    }
    for (size_t r = 0; r < table->n_rows; r++) {
        (*kept)[r] = level->codes[r] >= 0 && taken[level->codes[r]];
        *n_left += !(*kept)[r];
    }
    irm_free(taken);
    return IRM_OK;
}

/* ---- columns ---------------------------------------------------------------------- */

static irm_status make_columns(const irm_table *from, const irm_column *key,
                               const row_parts *parts, const code_links *links,
                               irm_table *to, irm_error *error) {
    irm_column *made = NULL;
    for (size_t i = 0; i < from->n_columns; i++) {
        const irm_column *column = &from->columns[i];
        if (column->type == IRM_COLUMN_BYTES) {
            return irm_fail(error, IRM_STATUS_REFUSED, "column %s holds geometries",
                            column->name);
        }
        IRM_TRY(irm_table_add(to, column->name, column->type, &made, error));
        if (column != key) {
            continue;
        }
        irm_dict_free(made->categories);
        made->categories = NULL;
        IRM_TRY(irm_dict_copy(links->targets, &made->categories, error));
        memcpy(made->codes, parts->target, parts->n_rows * sizeof *made->codes);
        IRM_TRY(irm_column_copy_schema(column, made, error));
    }
    return IRM_OK;
}

typedef struct columns_work {
    const column_work *work;
    irm_table *to;
} columns_work;

static irm_status convert_range(void *context, size_t first, size_t last, size_t worker,
                                irm_error *error) {
    const columns_work *w = context;
    (void)worker;
    for (size_t i = first; i < last; i++) {
        const irm_column *from = &w->work->table->columns[i];
        irm_status status =
            from == w->work->key
                ? IRM_OK
                : column_convert(w->work, from, &w->to->columns[i], error);
        if (status != IRM_OK) {
            irm_error_prefix(error, "column %s: ", from->name);
            return status;
        }
    }
    return IRM_OK;
}

static irm_status recompute_ratios(const column_work *work, irm_table *to,
                                   irm_error *error) {
    for (size_t i = 0; i < work->options->n_columns; i++) {
        const irm_convert_column *asked = &work->options->columns[i];
        irm_column *column;
        IRM_TRY(irm_table_need(work->table, asked->name, &column, error));
        if (asked->numerator != NULL) {
            IRM_TRY(irm_table_need(to, asked->name, &column, error));
            IRM_TRY(column_recompute(work, asked, to, column, error));
        }
    }
    return IRM_OK;
}

/* ---- totals ----------------------------------------------------------------------- */

/* Whole numbers are summed as they are while that is exact. */
static double total_of(const irm_column *column, size_t n_rows, const bool *kept) {
    const double most = 9007199254740992.0; /* 2^53 */
    irm_sum sum = {0};
    double whole = 0;
    for (size_t r = 0; r < n_rows; r++) {
        double value = column->values[r];
        if ((kept != NULL && !kept[r]) || isnan(value)) {
            continue;
        }
        if (fabs(value) < most && value == floor(value) && fabs(whole + value) < most) {
            whole += value;
        } else {
            irm_sum_add(&sum, value);
        }
    }
    irm_sum_add(&sum, whole);
    return irm_sum_round(&sum);
}

typedef struct totals_work {
    const column_work *work;
    const bool *kept;
    irm_conversion *c;
} totals_work;

static irm_status total_range(void *context, size_t first, size_t last, size_t worker,
                              irm_error *error) {
    const totals_work *w = context;
    (void)worker;
    (void)error;
    for (size_t i = first; i < last; i++) {
        const irm_column *from = &w->work->table->columns[i];
        const irm_column *to = &w->c->table.columns[i];
        irm_kind kind = column_kind(w->work, from);
        bool counted = irm_kind_additive(kind) && !w->work->detail;
        bool adds = from->type == IRM_COLUMN_NUMBER &&
                    (counted || kind == IRM_KIND_WEIGHT) && w->work->measures == NULL;
        w->c->totals[i] = (irm_column_total){to->name, NAN, NAN};
        if (adds) {
            w->c->totals[i].before = total_of(from, w->work->table->n_rows, w->kept);
            w->c->totals[i].after = total_of(to, w->c->table.n_rows, NULL);
        }
    }
    return IRM_OK;
}

/* ---- together --------------------------------------------------------------------- */

static irm_status describe_result(const column_work *work, irm_table *to,
                                  irm_error *error) {
    const irm_convert_options *o = work->options;
    IRM_TRY(irm_attributes_copy(&work->table->attributes, &to->attributes, error));
    IRM_TRY(irm_attributes_set_integer(&to->attributes, "geography", o->to, error));
    IRM_TRY(
        irm_attributes_set_integer(&to->attributes, "converted_from", o->from, error));
    IRM_TRY(
        irm_attributes_set(&to->attributes, "converted_table", work->table->name, error));
    IRM_TRY(irm_attributes_set(&to->attributes, "converted_by",
                               irm_history_source(work->history), error));
    if (strcmp(table_word(to, "level"), "") != 0) {
        IRM_TRY(irm_attributes_set(
            &to->attributes, "level",
            o->keep_arrondissements ? table_word(to, "level") : "com", error));
    }
    return IRM_OK;
}

static irm_status convert_all(column_work *work, const bool *kept, irm_conversion *c,
                              irm_error *error) {
    size_t n = work->table->n_columns, threads = work->options->threads;
    columns_work columns = {work, &c->table};
    totals_work totals = {work, kept, c};
    IRM_TRY(irm_table_init(&c->table, work->table->name, work->parts->n_rows, error));
    IRM_TRY(describe_result(work, &c->table, error));
    IRM_TRY(
        make_columns(work->table, work->key, work->parts, work->links, &c->table, error));
    IRM_TRY(irm_parallel_for(n, 1, threads, convert_range, &columns, error));
    IRM_TRY(recompute_ratios(work, &c->table, error));
    c->totals = irm_calloc(n, sizeof *c->totals);
    if (c->totals == NULL) {
        return irm_fail_memory(error);
    }
    c->n_totals = n;
    return irm_parallel_for(n, 1, threads, total_range, &totals, error);
}

/* Kinds of the measures of a cube, by code. */
static irm_status find_measures(column_work *work, irm_kind **kinds, irm_error *error) {
    work->measure = source_role(work->table, "measure", NULL);
    *kinds = NULL;
    if (work->measure == NULL) {
        return IRM_OK;
    }
    size_t n = irm_dict_count(work->measure->categories);
    *kinds = irm_calloc(n, sizeof **kinds);
    if (*kinds == NULL) {
        return irm_fail_memory(error);
    }
    const char *map = irm_attributes_get(&work->measure->attributes, "measures");
    for (size_t i = 0; i < n; i++) {
        (*kinds)[i] =
            kind_of_measure(map, irm_dict_text(work->measure->categories, (int32_t)i));
    }
    work->measures = *kinds;
    return IRM_OK;
}

/* A record of a commune that is split goes to each piece, with a share of its weight. */
static irm_status check_detail(const irm_table *table, const irm_conversion *c,
                               irm_error *error) {
    if (c->split == 0 || source_role_any(table, "weight") != NULL) {
        return IRM_OK;
    }
    enum { NAMED = 8 };
    irm_buffer codes = {0};
    const char *last = "";
    size_t named = 0;
    for (size_t i = 0; i < c->n_changes && named < NAMED; i++) {
        const irm_change *change = &c->changes[i];
        if (change->share > 0 && change->share < 1 && strcmp(change->from, last) != 0) {
            irm_buffer_format(&codes, "%s%s", named > 0 ? ", " : "", change->from);
            last = change->from;
            named++;
        }
    }
    irm_status status =
        irm_fail(error, IRM_STATUS_REFUSED,
                 "%s: %zu code%s split (%s), and its records have no weight that could be "
                 "shared: tabulate it by commune first, then convert the counts",
                 table->name, c->split, c->split > 1 ? "s are" : " is",
                 codes.data != NULL ? codes.data : "");
    irm_buffer_clear(&codes);
    return status;
}

irm_status irm_convert_table(const irm_table *table, const irm_history *history,
                             const irm_populations *populations,
                             const irm_convert_options *options,
                             const irm_reporter *reporter, irm_conversion *c,
                             irm_error *error) {
    *c = (irm_conversion){0};
    irm_column *key;
    bool *kept = NULL, detail = strcmp(table_word(table, "shape"), "detail") == 0;
    irm_kind *measures = NULL;
    code_links links = {0};
    row_parts parts = {0};
    IRM_TRY(check_shape(table, error));
    IRM_TRY(places_key(table, options->key, &key, error));
    column_work work = {.history = history,
                        .populations = populations,
                        .options = options,
                        .table = table,
                        .key = key,
                        .links = &links,
                        .detail = detail,
                        .parts = &parts};
    irm_status status = keep_communes(table, &kept, &c->n_rows_left, error);
    if (status == IRM_OK) {
        status = places_find(table, key, kept, history, populations, options, reporter, c,
                             &links, error);
    }
    if (status == IRM_OK && detail) {
        status = check_detail(table, c, error);
    }
    if (status == IRM_OK) {
        status = row_parts_find(table, key, &links, kept, detail, &parts, error);
    }
    if (status == IRM_OK) {
        status = find_measures(&work, &measures, error);
    }
    if (status == IRM_OK) {
        status = convert_all(&work, kept, c, error);
    }
    irm_free(kept);
    irm_free(measures);
    code_links_clear(&links);
    row_parts_clear(&parts);
    return status;
}
