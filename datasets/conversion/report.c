/* The account of a conversion, as tables. */
#include <math.h>

#include "irminon/conversion.h"
#include "irminon/memory.h"

static irm_status add_label(irm_column *column, size_t row, const char *text,
                            irm_error *error) {
    return irm_dict_add(column->categories, irm_view_of(text), &column->codes[row],
                        error);
}

/* Adds the columns of a table, then lends them: an addition moves those before. */
static irm_status add_columns(irm_table *table, const char *const *names,
                              const irm_column_type *types, size_t count,
                              irm_error *error) {
    irm_column *made;
    for (size_t i = 0; i < count; i++) {
        IRM_TRY(irm_table_add(table, names[i], types[i], &made, error));
    }
    return IRM_OK;
}

irm_status irm_conversion_report(const irm_conversion *c, irm_table *report,
                                 irm_error *error) {
    static const char *const names[] = {"column", "total_before", "total_after",
                                        "merged", "split",        "unmatched"};
    static const irm_column_type types[] = {IRM_COLUMN_CATEGORY, IRM_COLUMN_NUMBER,
                                            IRM_COLUMN_NUMBER,   IRM_COLUMN_NUMBER,
                                            IRM_COLUMN_NUMBER,   IRM_COLUMN_NUMBER};
    IRM_TRY(irm_table_init(report, "report", c->n_totals, error));
    IRM_TRY(add_columns(report, names, types, 6, error));
    for (size_t i = 0; i < c->n_totals; i++) {
        IRM_TRY(add_label(&report->columns[0], i, c->totals[i].column, error));
        report->columns[1].values[i] = c->totals[i].before;
        report->columns[2].values[i] = c->totals[i].after;
        report->columns[3].values[i] = (double)c->merged;
        report->columns[4].values[i] = (double)c->split;
        report->columns[5].values[i] = (double)c->unmatched;
    }
    return IRM_OK;
}

irm_status irm_conversion_changes(const irm_conversion *c, irm_table *changes,
                                  irm_error *error) {
    static const char *const names[] = {"code", "to", "change", "share", "shared_by"};
    static const irm_column_type types[] = {IRM_COLUMN_CATEGORY, IRM_COLUMN_CATEGORY,
                                            IRM_COLUMN_CATEGORY, IRM_COLUMN_NUMBER,
                                            IRM_COLUMN_CATEGORY};
    IRM_TRY(irm_table_init(changes, "changes", c->n_changes, error));
    IRM_TRY(add_columns(changes, names, types, 5, error));
    for (size_t i = 0; i < c->n_changes; i++) {
        const irm_change *change = &c->changes[i];
        IRM_TRY(add_label(&changes->columns[0], i, change->from, error));
        IRM_TRY(add_label(&changes->columns[1], i, change->to, error));
        IRM_TRY(add_label(&changes->columns[2], i, change->what, error));
        changes->columns[3].values[i] = change->share;
        IRM_TRY(add_label(&changes->columns[4], i, change->by, error));
    }
    return IRM_OK;
}
