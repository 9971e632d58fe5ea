#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/write.h"
#include "write/format.h"

/* The contract, in order. */
enum {
    LEVEL, TERRITORY, NAME, INDICATOR, YEAR, VALUE, LOWER, UPPER, STATE, FLAGS,
    NUMERATOR, DENOMINATOR, UNIT, CI_LOWER, CI_UPPER, CI_LEVEL, SOURCE, GEOGRAPHY, N_FIELDS
};
static const struct {
    const char *name;
    irm_column_type type;
} fields[N_FIELDS] = {
    [LEVEL] = {"level", IRM_COLUMN_CATEGORY},
    [TERRITORY] = {"territory", IRM_COLUMN_CATEGORY},
    [NAME] = {"name", IRM_COLUMN_CATEGORY},
    [INDICATOR] = {"indicator", IRM_COLUMN_CATEGORY},
    [YEAR] = {"year", IRM_COLUMN_NUMBER},
    [VALUE] = {"value", IRM_COLUMN_NUMBER},
    [LOWER] = {"lower", IRM_COLUMN_NUMBER},
    [UPPER] = {"upper", IRM_COLUMN_NUMBER},
    [STATE] = {"state", IRM_COLUMN_CATEGORY},
    [FLAGS] = {"flags", IRM_COLUMN_CATEGORY},
    [NUMERATOR] = {"numerator", IRM_COLUMN_NUMBER},
    [DENOMINATOR] = {"denominator", IRM_COLUMN_NUMBER},
    [UNIT] = {"unit", IRM_COLUMN_CATEGORY},
    [CI_LOWER] = {"ci_lower", IRM_COLUMN_NUMBER},
    [CI_UPPER] = {"ci_upper", IRM_COLUMN_NUMBER},
    [CI_LEVEL] = {"ci_level", IRM_COLUMN_NUMBER},
    [SOURCE] = {"source", IRM_COLUMN_CATEGORY},
    [GEOGRAPHY] = {"geography", IRM_COLUMN_NUMBER},
};

typedef struct result_fields {
    const char *texts[N_FIELDS];
    double numbers[N_FIELDS]; /* NaN: nothing */
    char flags[256];
} result_fields;

static double finite_or_nan(double value) { return isfinite(value) ? value : NAN; }

static void read_result(const irm_result *result, result_fields *out) {
    const irm_evaluation *evaluation = result->evaluation;
    const irm_quantity *q = &evaluation->result[result->index];
    const irm_territory *territory = &evaluation->level->items[result->index];
    for (int i = 0; i < N_FIELDS; i++) {
        out->numbers[i] = NAN;
    }
    irm_flags_text(q->flags, out->flags, sizeof out->flags);
    out->texts[LEVEL] = evaluation->level->id;
    out->texts[TERRITORY] = territory->code;
    out->texts[NAME] = territory->name;
    out->texts[INDICATOR] = result->indicator->id;
    out->texts[STATE] = irm_state_name(irm_quantity_state_shown(*q));
    out->texts[FLAGS] = out->flags;
    out->texts[UNIT] = result->indicator->unit;
    out->texts[SOURCE] = evaluation->tables != NULL ? evaluation->tables : "";
    out->numbers[YEAR] = evaluation->year;
    out->numbers[VALUE] = finite_or_nan(q->value);
    if (q->lower != q->upper) {
        out->numbers[LOWER] = finite_or_nan(q->lower);
        out->numbers[UPPER] = finite_or_nan(q->upper);
    }
    if (evaluation->numerator != NULL && evaluation->denominator != NULL) {
        out->numbers[NUMERATOR] = finite_or_nan(evaluation->numerator[result->index].value);
        out->numbers[DENOMINATOR] =
            finite_or_nan(evaluation->denominator[result->index].value);
    }
    if (evaluation->geography > 0) {
        out->numbers[GEOGRAPHY] = evaluation->geography;
    }
}

static void csv_line(irm_buffer *buffer, const result_fields *row, write_locale locale) {
    for (int i = 0; i < N_FIELDS; i++) {
        irm_buffer_add(buffer, &locale.delimiter, i > 0);
        if (fields[i].type == IRM_COLUMN_CATEGORY) {
            irm_buffer_csv(buffer, row->texts[i], locale.delimiter);
        } else {
            write_number(buffer, row->numbers[i], locale);
        }
    }
    irm_buffer_text(buffer, "\n");
}

static irm_status csv_rows(const irm_result *results, size_t count, irm_output *output,
                           irm_buffer *buffer, write_locale locale, irm_error *error) {
    for (int i = 0; i < N_FIELDS; i++) {
        irm_buffer_add(buffer, &locale.delimiter, i > 0);
        irm_buffer_text(buffer, fields[i].name);
    }
    irm_buffer_text(buffer, "\n");
    for (size_t k = 0; k < count; k++) {
        result_fields row;
        read_result(&results[k], &row);
        csv_line(buffer, &row, locale);
        IRM_TRY(write_drain(output, buffer, false, error));
    }
    return write_drain(output, buffer, true, error);
}

/* Straight from the evaluations: no table in between, however many rows. */
static irm_status write_results_csv(const irm_result *results, size_t count,
                                    const char *path, write_locale locale,
                                    irm_error *error) {
    irm_output output;
    irm_buffer buffer = {0};
    IRM_TRY(irm_output_open(&output, path, error));
    irm_status status = csv_rows(results, count, &output, &buffer, locale, error);
    irm_buffer_clear(&buffer);
    if (status != IRM_OK) {
        irm_output_abort(&output);
        return status;
    }
    return irm_output_commit(&output, error);
}

static irm_status fill_table(const irm_result *results, size_t count, irm_table *table,
                             irm_error *error) {
    irm_column *column;
    for (int i = 0; i < N_FIELDS; i++) {
        IRM_TRY(irm_table_add(table, fields[i].name, fields[i].type, &column, error));
    }
    for (size_t k = 0; k < count; k++) {
        result_fields row;
        read_result(&results[k], &row);
        for (int i = 0; i < N_FIELDS; i++) {
            column = &table->columns[i];
            if (column->type == IRM_COLUMN_NUMBER) {
                column->values[k] = row.numbers[i];
            } else {
                IRM_TRY(irm_dict_add(column->categories, irm_view_of(row.texts[i]),
                                     &column->codes[k], error));
            }
        }
    }
    return IRM_OK;
}

irm_status irm_results_write(const irm_result *results, size_t count, const char *path,
                             const char *locale, irm_error *error) {
    write_locale marks;
    IRM_TRY(write_locale_parse(locale, &marks, error));
    if (strcmp(path, "-") == 0 || strcasecmp(irm_path_extension(path), ".csv") == 0) {
        return write_results_csv(results, count, path, marks, error);
    }
    irm_table table;
    IRM_TRY(irm_table_init(&table, "indicators", count, error));
    irm_status status = fill_table(results, count, &table, error);
    if (status == IRM_OK) {
        status = irm_table_write(&table, path, locale, error);
    }
    irm_table_clear(&table);
    return status;
}
