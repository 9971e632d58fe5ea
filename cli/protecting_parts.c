/* Tables laid out with a total and its parts side by side: A=AI+AM+ACSSENF+ACAVENF. */
#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"
#include "protecting.h"

void cli_parts_clear(cli_parts *parts) {
    irm_free(parts->names);
    irm_free(parts->text);
    *parts = (cli_parts){0};
}

irm_status cli_parts_read(const char *value, cli_parts *parts, irm_error *error) {
    *parts = (cli_parts){.text = irm_strdup(value)};
    size_t most = 2;
    for (const char *c = value; c != NULL && *c != '\0'; c++) {
        most += *c == '+';
    }
    parts->names = irm_calloc(most, sizeof *parts->names);
    if (parts->names == NULL || (value != NULL && parts->text == NULL)) {
        return irm_fail_memory(error);
    }
    if (value == NULL) {
        return IRM_OK;
    }
    char *rest = strchr(parts->text, '=');
    parts->names[parts->n++] = parts->text;
    for (char end = '='; rest != NULL; rest = strchr(rest, end)) {
        *rest++ = '\0';
        parts->names[parts->n++] = rest;
        end = '+';
    }
    for (size_t i = 0; i < parts->n; i++) {
        if (parts->names[i][0] == '\0' || parts->n == 2) {
            return irm_fail(error, IRM_STATUS_USAGE,
                            "--value wants a column, or TOTAL=PART+PART…, not '%s'",
                            value);
        }
    }
    return IRM_OK;
}

/* "row 12 (01004)" */
static irm_status wrong_row(const irm_table *table, size_t row, const char *what,
                            irm_error *error) {
    return irm_fail(error, IRM_STATUS_DATA, "row %zu (%s): %s", row + 1,
                    irm_column_label(&table->columns[0], row), what);
}

/* The total of each row must be the sum of its parts; all the rows where it is not are
 * counted. */
static irm_status check_totals(const irm_table *table, const cli_parts *parts,
                               const irm_column *total, irm_error *error) {
    size_t wrong = 0, first = 0;
    double first_sum = 0;
    for (size_t r = 0; r < table->n_rows; r++) {
        double sum = 0;
        for (size_t i = 0; i < parts->n - 1; i++) {
            sum += total[1 + i].values[r];
        }
        if (isnan(sum) || isnan(total->values[r])) {
            return wrong_row(table, r,
                             "a value is empty; what is to be protected must be "
                             "known",
                             error);
        }
        if (fabs(sum - total->values[r]) > 1e-9 * (1 + sum) && wrong++ == 0) {
            first = r;
            first_sum = sum;
        }
    }
    if (wrong == 0) {
        return IRM_OK;
    }
    irm_buffer what = {0};
    irm_buffer_format(&what, "%s is %.15g, and its parts add up to %.15g",
                      parts->names[0], total->values[first], first_sum);
    if (wrong > 1) {
        irm_buffer_format(&what, " (and so on in %zu more rows)", wrong - 1);
    }
    irm_status status =
        wrong_row(table, first, what.data != NULL ? what.data : "", error);
    irm_buffer_clear(&what);
    return status;
}

static irm_status repeat_codes(const irm_column *from, size_t n_rows, size_t times,
                               irm_table *to, irm_error *error) {
    irm_column *column;
    IRM_TRY(irm_table_add(to, from->name, IRM_COLUMN_CATEGORY, &column, error));
    irm_dict_free(column->categories);
    column->categories = NULL;
    IRM_TRY(irm_dict_copy(from->categories, &column->categories, error));
    for (size_t i = 0; i < n_rows * times; i++) {
        column->codes[i] = from->codes[i / times];
    }
    return IRM_OK;
}

/* A row a part: the groups, the part's name under the total's, its value. */
static irm_status unfold(const irm_table *table, const cli_parts *parts,
                         const char *value, size_t n_groups, irm_table *to,
                         irm_error *error) {
    size_t times = parts->n - 1;
    irm_column *group, *values;
    IRM_TRY(irm_table_init(to, table->name, table->n_rows * times, error));
    for (size_t c = 0; c < n_groups; c++) {
        IRM_TRY(repeat_codes(&table->columns[c], table->n_rows, times, to, error));
    }
    IRM_TRY(irm_table_add(to, parts->names[0], IRM_COLUMN_CATEGORY, &group, error));
    for (size_t i = 0; i < times; i++) {
        int32_t code;
        IRM_TRY(irm_dict_add(group->categories, irm_view_of(parts->names[i + 1]), &code,
                             error));
        for (size_t r = 0; r < table->n_rows; r++) {
            group->codes[r * times + i] = code;
        }
    }
    IRM_TRY(irm_table_add(to, value, IRM_COLUMN_NUMBER, &values, error));
    for (size_t i = 0; i < table->n_rows * times; i++) {
        values->values[i] = table->columns[n_groups + 1 + i % times].values[i / times];
    }
    to->loaded = true;
    return IRM_OK;
}

irm_status cli_parts_unfold(const cli_parts *parts, const char *value, irm_table *table,
                            irm_error *error) {
    irm_table to = {0};
    size_t n_groups = table->n_columns - parts->n;
    for (size_t c = 0; c < table->n_columns; c++) {
        bool number = table->columns[c].type == IRM_COLUMN_NUMBER;
        if (number != (c >= n_groups)) {
            return irm_fail(error, IRM_STATUS_USAGE, "%s is not made of %s",
                            table->columns[c].name, number ? "categories" : "numbers");
        }
    }
    IRM_TRY(check_totals(table, parts, &table->columns[n_groups], error));
    irm_status status = unfold(table, parts, value, n_groups, &to, error);
    if (status != IRM_OK) {
        irm_table_clear(&to);
        return status;
    }
    irm_table_clear(table);
    *table = to;
    return IRM_OK;
}
