#include <math.h>
#include <string.h>

#include "irminon/descriptor.h"
#include "irminon/identity.h"
#include "irminon/text.h"

/* Rows told of each identity; the others are counted. */
enum { TOLD = 3 };

typedef struct span {
    double least, most, size;
} span;

/* False where some cell does not apply: nothing to hold. */
static bool extent(const irm_table *table, const irm_row_identity *one, size_t row,
                   span *sum) {
    *sum = (span){0};
    for (size_t t = 0; t < one->identity->n_terms; t++) {
        const irm_column *column = &table->columns[one->columns[t]];
        double k = one->identity->coefficients[t], lower, upper;
        if (irm_column_state(column, row) == IRM_STATE_NOT_APPLICABLE) {
            return false;
        }
        irm_column_bounds(column, row, &lower, &upper);
        bool floored = irm_kind_additive(irm_column_kind(column));
        lower = floored && lower < 0 ? 0 : lower;
        sum->least += k * (k > 0 ? lower : upper);
        sum->most += k * (k > 0 ? upper : lower);
        sum->size += isfinite(lower) ? fabs(k * lower) : 0;
    }
    return true;
}

/* Figures of the census have a dozen digits: their sums differ by the last ones. */
static bool holds(const irm_identity *identity, const span *sum) {
    double slack = 1e-6 * (1 + 1e-3 * sum->size);
    return sum->least <= identity->high + slack && sum->most >= identity->low - slack;
}

static bool judged(const span *sum) {
    return isfinite(sum->least) || isfinite(sum->most);
}

static void tell(const irm_table *table, const irm_row_identity *one, size_t row,
                 const irm_reporter *reporter) {
    const char *key = irm_attributes_get(&table->attributes, "key");
    const irm_column *codes = key != NULL ? irm_table_column(table, key) : NULL;
    bool coded = codes != NULL && codes->type == IRM_COLUMN_CATEGORY;
    irm_buffer cells = {0};
    for (size_t t = 0; t < one->identity->n_terms; t++) {
        const irm_column *column = &table->columns[one->columns[t]];
        irm_buffer_format(&cells, "%s%s ", t > 0 ? ", " : "", column->name);
        if (column->marks != NULL && column->marks[row] != 0) {
            irm_buffer_text(&cells, irm_state_name(irm_column_state(column, row)));
        } else {
            irm_buffer_number(&cells, column->values[row]);
        }
    }
    irm_warn(reporter, "%s, row %zu%s%s%s: %s does not hold: %s", table->name, row + 1,
             coded ? " (" : "", coded ? irm_column_label(codes, row) : "",
             coded ? ")" : "", one->identity->text, cells.data != NULL ? cells.data : "");
    irm_buffer_clear(&cells);
}

irm_status irm_identities_check(const irm_table *table, const irm_reporter *reporter,
                                size_t *held, size_t *violations, irm_error *error) {
    irm_identities identities;
    *held = *violations = 0;
    IRM_TRY(irm_identities_read(table, &identities, error));
    for (size_t i = 0; i < identities.n_rows; i++) {
        const irm_row_identity *one = &identities.rows[i];
        size_t apart = 0;
        for (size_t r = 0; r < table->n_rows; r++) {
            span sum;
            if (!extent(table, one, r, &sum) || !judged(&sum)) {
                continue;
            }
            ++*held;
            if (!holds(one->identity, &sum) && apart++ < TOLD) {
                tell(table, one, r, reporter);
            }
        }
        if (apart > TOLD) {
            irm_warn(reporter, "%s: %s does not hold in %zu rows of %zu", table->name,
                     one->identity->text, apart, table->n_rows);
        }
        *violations += apart;
    }
    irm_identities_clear(&identities);
    return IRM_OK;
}
