#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/rates.h"
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

static bool has_interval(const irm_result *result) {
    const irm_interval *intervals = result->evaluation->interval;
    return intervals != NULL && isfinite(intervals[result->index].upper);
}

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
    if (has_interval(result)) {
        out->numbers[CI_LOWER] = evaluation->interval[result->index].lower;
        out->numbers[CI_UPPER] = evaluation->interval[result->index].upper;
        out->numbers[CI_LEVEL] = evaluation->interval_level;
    }
}

/* "level,territory,name," of every item of a level, written once for all its figures. */
typedef struct place_texts {
    const irm_level *level;
    irm_buffer text;
    size_t *starts; /* count + 1 */
} place_texts;

static void clear_places(place_texts *places) {
    irm_buffer_clear(&places->text);
    irm_free(places->starts);
    *places = (place_texts){0};
}

static irm_status write_places(place_texts *places, const irm_level *level,
                               write_locale locale, irm_error *error) {
    if (places->level == level) {
        return IRM_OK;
    }
    clear_places(places);
    places->level = level;
    places->starts = irm_calloc(level->count + 1, sizeof *places->starts);
    if (places->starts == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < level->count; i++) {
        const char *texts[] = {level->id, level->items[i].code, level->items[i].name};
        for (int k = 0; k < 3; k++) {
            irm_buffer_csv(&places->text, texts[k], locale.delimiter);
            irm_buffer_add(&places->text, &locale.delimiter, 1);
        }
        places->starts[i + 1] = places->text.size;
    }
    return places->text.failed ? irm_fail_memory(error) : IRM_OK;
}

/* What the figures of one evaluation have in common, before and after what varies. */
typedef struct shared_texts {
    const irm_evaluation *evaluation;
    irm_buffer before, after, source;
} shared_texts;

static irm_status write_shared(shared_texts *shared, const irm_result *result,
                               write_locale locale, irm_error *error) {
    const irm_evaluation *evaluation = result->evaluation;
    if (shared->evaluation == evaluation) {
        return IRM_OK;
    }
    shared->evaluation = evaluation;
    irm_buffer_clear(&shared->before);
    irm_buffer_clear(&shared->after);
    irm_buffer_clear(&shared->source);
    char mark = locale.delimiter;
    irm_buffer_csv(&shared->before, result->indicator->id, mark);
    irm_buffer_format(&shared->before, "%c%d%c", mark, evaluation->year, mark);
    irm_buffer_add(&shared->after, &mark, 1);
    irm_buffer_csv(&shared->after, result->indicator->unit, mark);
    irm_buffer_add(&shared->after, &mark, 1);
    irm_buffer_csv(&shared->source, evaluation->tables != NULL ? evaluation->tables : "", mark);
    irm_buffer_add(&shared->source, &mark, 1);
    if (evaluation->geography > 0) {
        irm_buffer_format(&shared->source, "%d", evaluation->geography);
    }
    irm_buffer_text(&shared->source, "\n");
    bool failed =
        shared->before.failed || shared->after.failed || shared->source.failed;
    return failed ? irm_fail_memory(error) : IRM_OK;
}

static void add_number(irm_buffer *buffer, double value, write_locale locale) {
    if (isfinite(value)) {
        write_number(buffer, value, locale);
    }
    irm_buffer_add(buffer, &locale.delimiter, 1);
}

/* value, lower, upper, state, flags, numerator, denominator */
static void add_figure(irm_buffer *buffer, const irm_result *result, write_locale locale) {
    const irm_evaluation *evaluation = result->evaluation;
    const irm_quantity *q = &evaluation->result[result->index];
    bool bounds = q->lower != q->upper;
    add_number(buffer, q->value, locale);
    add_number(buffer, bounds ? q->lower : NAN, locale);
    add_number(buffer, bounds ? q->upper : NAN, locale);
    irm_buffer_text(buffer, irm_state_name(irm_quantity_state_shown(*q)));
    irm_buffer_add(buffer, &locale.delimiter, 1);
    if (q->flags != 0) {
        char flags[256];
        irm_flags_text(q->flags, flags, sizeof flags);
        irm_buffer_text(buffer, flags);
    }
    irm_buffer_add(buffer, &locale.delimiter, 1);
    bool ratio = evaluation->numerator != NULL && evaluation->denominator != NULL;
    add_number(buffer, ratio ? evaluation->numerator[result->index].value : NAN, locale);
    double denominator = ratio ? evaluation->denominator[result->index].value : NAN;
    if (isfinite(denominator)) {
        write_number(buffer, denominator, locale);
    }
}

/* ci_lower, ci_upper, ci_level */
static void add_interval(irm_buffer *buffer, const irm_result *result,
                         write_locale locale) {
    bool known = has_interval(result);
    irm_interval interval = {NAN, NAN};
    if (known) {
        interval = result->evaluation->interval[result->index];
    }
    add_number(buffer, interval.lower, locale);
    add_number(buffer, interval.upper, locale);
    add_number(buffer, known ? result->evaluation->interval_level : NAN, locale);
}

static irm_status csv_rows(const irm_result *results, size_t count, irm_output *output,
                           irm_buffer *buffer, write_locale locale, irm_error *error) {
    place_texts places = {0};
    shared_texts shared = {0};
    for (int i = 0; i < N_FIELDS; i++) {
        irm_buffer_add(buffer, &locale.delimiter, i > 0);
        irm_buffer_text(buffer, fields[i].name);
    }
    irm_buffer_text(buffer, "\n");
    irm_status status = IRM_OK;
    for (size_t k = 0; status == IRM_OK && k < count; k++) {
        const irm_result *result = &results[k];
        status = write_places(&places, result->evaluation->level, locale, error);
        if (status == IRM_OK) {
            status = write_shared(&shared, result, locale, error);
        }
        if (status == IRM_OK) {
            size_t start = places.starts[result->index];
            irm_buffer_add(buffer, places.text.data + start,
                           places.starts[result->index + 1] - start);
            irm_buffer_add(buffer, shared.before.data, shared.before.size);
            add_figure(buffer, result, locale);
            irm_buffer_add(buffer, shared.after.data, shared.after.size);
            add_interval(buffer, result, locale);
            irm_buffer_add(buffer, shared.source.data, shared.source.size);
            status = write_drain(output, buffer, false, error);
        }
    }
    clear_places(&places);
    irm_buffer_clear(&shared.before);
    irm_buffer_clear(&shared.after);
    irm_buffer_clear(&shared.source);
    return status == IRM_OK ? write_drain(output, buffer, true, error) : status;
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
    return irm_output_finish(&output, error);
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
