#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/write.h"

/* Results of one evaluation, side by side in the list. */
typedef struct run {
    const irm_result *first;
    size_t count;
} run;

static size_t run_length(const irm_result *results, size_t count) {
    size_t n = 1;
    while (n < count && results[n].evaluation == results[0].evaluation) {
        n++;
    }
    return n;
}

static irm_status set_text(irm_column *column, size_t row, const char *text,
                           irm_error *error) {
    return irm_dict_add(column->categories, irm_view_of(text), &column->codes[row], error);
}

static irm_status add_territories(irm_table *table, const run *first, irm_error *error) {
    static const char *const names[] = {"level", "territory", "name"};
    for (int k = 0; k < 3; k++) {
        irm_column *column;
        IRM_TRY(irm_table_add(table, names[k], IRM_COLUMN_CATEGORY, &column, error));
        for (size_t i = 0; i < first->count; i++) {
            const irm_level *level = first->first[i].evaluation->level;
            const irm_territory *item = &level->items[first->first[i].index];
            const char *texts[] = {level->id, item->code, item->name};
            IRM_TRY(set_text(column, i, texts[k], error));
        }
    }
    return IRM_OK;
}

static bool same_territories(const run *a, const run *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        same = a->first[i].index == b->first[i].index &&
               a->first[i].evaluation->level == b->first[i].evaluation->level;
    }
    return same;
}

static irm_status add_states(irm_table *table, const run *values, const char *name,
                             irm_error *error) {
    char full[256];
    irm_column *column;
    snprintf(full, sizeof full, "%s.state", name);
    IRM_TRY(irm_table_add(table, full, IRM_COLUMN_CATEGORY, &column, error));
    for (size_t i = 0; i < values->count; i++) {
        const irm_quantity *q = &values->first[i].evaluation->result[values->first[i].index];
        IRM_TRY(set_text(column, i, irm_state_name(irm_quantity_state_shown(*q)), error));
    }
    return IRM_OK;
}

/* A bound as the long table writes it: none where there is nothing certain. */
static irm_status add_bounds(irm_table *table, const run *values, const char *name,
                             irm_error *error) {
    for (int upper = 0; upper < 2; upper++) {
        char full[256];
        irm_column *column;
        snprintf(full, sizeof full, "%s.%s", name, upper ? "upper" : "lower");
        IRM_TRY(irm_table_add(table, full, IRM_COLUMN_NUMBER, &column, error));
        for (size_t i = 0; i < values->count; i++) {
            const irm_quantity *q =
                &values->first[i].evaluation->result[values->first[i].index];
            double bound = upper ? q->upper : q->lower;
            column->values[i] = isfinite(bound) ? bound : NAN;
        }
    }
    return IRM_OK;
}

static irm_status add_values(irm_table *table, const run *values, const char *name,
                             irm_error *error) {
    irm_column *column;
    bool hidden = false, bounded = false;
    IRM_TRY(irm_table_add(table, name, IRM_COLUMN_NUMBER, &column, error));
    for (size_t i = 0; i < values->count; i++) {
        const irm_quantity *q = &values->first[i].evaluation->result[values->first[i].index];
        column->values[i] = isfinite(q->value) ? q->value : NAN;
        hidden = hidden || !isfinite(q->value);
        irm_state state = irm_quantity_state_shown(*q);
        bool unknown = state == IRM_STATE_SECRET || state == IRM_STATE_MISSING;
        bounded = bounded || (q->lower < q->upper && !unknown);
    }
    if (hidden) {
        IRM_TRY(add_states(table, values, name, error));
    }
    /* A rounded 0 is not a zero: what may hide behind a figure goes with it. */
    return bounded ? add_bounds(table, values, name, error) : IRM_OK;
}

/* True when the list holds another year of the same indicator. */
static bool several_years(const irm_result *results, size_t count, const irm_result *of) {
    for (size_t i = 0; i < count; i += run_length(results + i, count - i)) {
        if (results[i].indicator == of->indicator &&
            results[i].evaluation->year != of->evaluation->year) {
            return true;
        }
    }
    return false;
}

static irm_status fill(irm_table *table, const irm_result *results, size_t count,
                       irm_error *error) {
    run first = {results, run_length(results, count)};
    IRM_TRY(add_territories(table, &first, error));
    for (size_t i = 0; i < count;) {
        run now = {results + i, run_length(results + i, count - i)};
        char name[200];
        if (!same_territories(&first, &now)) {
            return irm_fail(error, IRM_STATUS_INTERNAL,
                            "a wide table wants the same territories in each column");
        }
        if (several_years(results, count, now.first)) {
            snprintf(name, sizeof name, "%s@%d", now.first->indicator->id,
                     now.first->evaluation->year);
        } else {
            snprintf(name, sizeof name, "%s", now.first->indicator->id);
        }
        IRM_TRY(add_values(table, &now, name, error));
        i += now.count;
    }
    return IRM_OK;
}

irm_status irm_results_write_wide(const irm_result *results, size_t count, const char *path,
                                  const char *locale, irm_error *error) {
    irm_table table;
    size_t rows = count > 0 ? run_length(results, count) : 0;
    IRM_TRY(irm_table_init(&table, "indicators", rows, error));
    irm_status status = count > 0 ? fill(&table, results, count, error) : IRM_OK;
    if (status == IRM_OK) {
        status = irm_table_write(&table, path, locale, error);
    }
    irm_table_clear(&table);
    return status;
}
