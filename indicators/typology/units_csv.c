#include <math.h>
#include <string.h>

#include "irminon/csv.h"
#include "irminon/files.h"
#include "irminon/input.h"
#include "irminon/memory.h"
#include "irminon/typology.h"

/* The cells of the columns that are wanted, as text. */
typedef struct sheet {
    const char *path;
    irm_input *input;
    irm_csv *csv;
    char **header;
    size_t n_header;
    const char **wanted; /* names, and where each is in the header */
    size_t *places;
    size_t n_wanted;
    irm_buffer text; /* cells, NUL-terminated, row by row */
    size_t *cells;   /* offsets into it: n_rows × n_wanted */
    size_t *lines;   /* of each row in the file */
    size_t n_rows, cell_capacity, line_capacity;
} sheet;

static void sheet_clear(sheet *of) {
    for (size_t i = 0; i < of->n_header; i++) {
        irm_free(of->header[i]);
    }
    irm_free(of->header);
    irm_free(of->wanted);
    irm_free(of->places);
    irm_free(of->cells);
    irm_free(of->lines);
    irm_buffer_clear(&of->text);
    irm_csv_free(of->csv);
    irm_input_free(of->input);
}

static const char *cell(const sheet *of, size_t row, size_t column) {
    return of->text.data + of->cells[row * of->n_wanted + column];
}

static irm_status read_header(sheet *of, irm_error *error) {
    const irm_csv_record *record;
    IRM_TRY(irm_csv_next(of->csv, &record, error));
    if (record == NULL) {
        return irm_fail_at(error, IRM_STATUS_DATA, of->path, 0, 0, NULL,
                           "the file is empty; expected a header and rows");
    }
    of->header = irm_calloc(record->n_fields, sizeof *of->header);
    if (of->header == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < record->n_fields; i++) {
        irm_view name = irm_view_trim(record->fields[i]);
        of->header[of->n_header] = irm_strndup(name.data, name.size);
        if (of->header[of->n_header++] == NULL) {
            return irm_fail_memory(error);
        }
    }
    return IRM_OK;
}

static irm_status find_column(const sheet *of, const char *name, size_t *place,
                              irm_error *error) {
    for (size_t i = 0; i < of->n_header; i++) {
        if (strcmp(of->header[i], name) == 0) {
            *place = i;
            return IRM_OK;
        }
    }
    const char *near =
        irm_text_suggest(name, (const char *const *)of->header, of->n_header);
    return irm_fail_at(error, IRM_STATUS_NOT_FOUND, of->path, 1, 0, NULL,
                       "the file has no column '%s'%s%s%s", name,
                       near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                       near != NULL ? "'?" : "");
}

static irm_status want(sheet *of, const char *name, irm_error *error) {
    IRM_TRY(find_column(of, name, &of->places[of->n_wanted], error));
    of->wanted[of->n_wanted++] = name;
    return IRM_OK;
}

static irm_status want_list(sheet *of, const char *const *names, size_t n,
                            irm_error *error) {
    for (size_t i = 0; i < n; i++) {
        IRM_TRY(want(of, names[i], error));
    }
    return IRM_OK;
}

/* id, then name and weight where asked, then the rest in order. */
static irm_status want_columns(sheet *of, const irm_typology_columns *columns,
                               irm_error *error) {
    size_t most =
        3 + columns->n_variables + columns->n_categories + columns->n_supplementary;
    of->wanted = irm_calloc(most, sizeof *of->wanted);
    of->places = irm_calloc(most, sizeof *of->places);
    if (of->wanted == NULL || of->places == NULL) {
        return irm_fail_memory(error);
    }
    IRM_TRY(want(of, columns->id, error));
    IRM_TRY(want(of, columns->name != NULL ? columns->name : columns->id, error));
    IRM_TRY(want(of, columns->weight != NULL ? columns->weight : columns->id, error));
    IRM_TRY(want_list(of, columns->variables, columns->n_variables, error));
    IRM_TRY(want_list(of, columns->categories, columns->n_categories, error));
    return want_list(of, columns->supplementary, columns->n_supplementary, error);
}

static irm_status keep_row(sheet *of, const irm_csv_record *record, irm_error *error) {
    if (record->n_fields != of->n_header) {
        return irm_fail_at(error, IRM_STATUS_DATA, of->path, record->line, 0, NULL,
                           "this line has %zu fields, the header has %zu",
                           record->n_fields, of->n_header);
    }
    IRM_TRY(irm_reserve((void **)&of->cells, &of->cell_capacity,
                        (of->n_rows + 1) * of->n_wanted, sizeof *of->cells, error));
    IRM_TRY(irm_reserve((void **)&of->lines, &of->line_capacity, of->n_rows + 1,
                        sizeof *of->lines, error));
    for (size_t i = 0; i < of->n_wanted; i++) {
        irm_view view = irm_view_trim(record->fields[of->places[i]]);
        of->cells[of->n_rows * of->n_wanted + i] = of->text.size;
        irm_buffer_add(&of->text, view.data, view.size);
        irm_buffer_add(&of->text, "", 1);
    }
    of->lines[of->n_rows++] = record->line;
    return of->text.failed ? irm_fail_memory(error) : IRM_OK;
}

static irm_status read_sheet(sheet *of, const irm_typology_columns *columns,
                             irm_error *error) {
    IRM_TRY(irm_input_open(of->path, NULL, &of->input, error));
    IRM_TRY(irm_csv_open(of->input, NULL, &of->csv, error));
    IRM_TRY(read_header(of, error));
    IRM_TRY(want_columns(of, columns, error));
    for (;;) {
        const irm_csv_record *record;
        IRM_TRY(irm_csv_next(of->csv, &record, error));
        if (record == NULL) {
            break;
        }
        IRM_TRY(keep_row(of, record, error));
    }
    return of->n_rows > 0 ? IRM_OK
                          : irm_fail_at(error, IRM_STATUS_DATA, of->path, 1, 0, NULL,
                                        "the file holds a header and no row");
}

/* VALUE with a number, SECRET or MISSING without; END for another text. */
static irm_state read_number(const char *text, double *value) {
    static const struct {
        const char *text;
        irm_state state;
    } words[] = {{"", IRM_STATE_MISSING},    {"NA", IRM_STATE_MISSING},
                 {"N/A", IRM_STATE_MISSING}, {"NaN", IRM_STATE_MISSING},
                 {"nan", IRM_STATE_MISSING}, {"nd", IRM_STATE_MISSING},
                 {"nr", IRM_STATE_MISSING},  {".", IRM_STATE_MISSING},
                 {"s", IRM_STATE_SECRET},    {"ns", IRM_STATE_SECRET}};
    *value = NAN;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i].text) == 0) {
            return words[i].state;
        }
    }
    char decimal = strchr(text, '.') == NULL && strchr(text, ',') != NULL ? ',' : '.';
    bool number = irm_text_number(irm_view_of(text), decimal, value, NULL);
    return number ? IRM_STATE_VALUE : IRM_STATE_END;
}

static irm_status not_a_number(const sheet *of, size_t row, size_t column,
                               irm_error *error) {
    return irm_fail_at(error, IRM_STATUS_DATA, of->path, of->lines[row],
                       of->places[column] + 1, of->wanted[column],
                       "'%s' is not a finite number; expected a number, or nothing, NA, "
                       "nd or s where it is missing or secret",
                       cell(of, row, column));
}

static irm_status take_number(const sheet *of, size_t column, bool active,
                              irm_typology_units *units, irm_error *error) {
    irm_typology_variable *variable;
    IRM_TRY(
        irm_typology_add_variable(units, of->wanted[column], active, &variable, error));
    for (size_t i = 0; i < of->n_rows; i++) {
        double value;
        irm_state state = read_number(cell(of, i, column), &value);
        if (state == IRM_STATE_END || isinf(value)) {
            return not_a_number(of, i, column, error);
        }
        variable->states[i] = (uint8_t)state;
        variable->values[i] = value;
        if (state == IRM_STATE_VALUE) {
            variable->lower[i] = variable->upper[i] = value;
        }
    }
    return IRM_OK;
}

static bool is_numeric(const sheet *of, size_t column) {
    double value;
    for (size_t i = 0; i < of->n_rows; i++) {
        if (read_number(cell(of, i, column), &value) == IRM_STATE_END) {
            return false;
        }
    }
    return true;
}

static irm_status take_category(const sheet *of, size_t column, bool active,
                                irm_typology_units *units, irm_error *error) {
    irm_typology_category *grown = irm_realloc(units->categories, units->n_categories + 1,
                                               sizeof *units->categories);
    if (grown == NULL) {
        return irm_fail_memory(error);
    }
    units->categories = grown;
    irm_typology_category *made = &grown[units->n_categories++];
    *made = (irm_typology_category){.id = irm_strdup(of->wanted[column]),
                                    .active = active,
                                    .codes = irm_calloc(units->n, sizeof *made->codes)};
    if (made->id == NULL || made->codes == NULL) {
        return irm_fail_memory(error);
    }
    IRM_TRY(irm_dict_new(&made->labels, error));
    for (size_t i = 0; i < units->n; i++) {
        const char *text = cell(of, i, column);
        made->codes[i] = -1;
        if (*text != '\0' && strcmp(text, "NA") != 0) {
            IRM_TRY(
                irm_dict_add(made->labels, irm_view_of(text), &made->codes[i], error));
        } else {
            made->n_missing++;
        }
    }
    return IRM_OK;
}

static irm_status take_weights(const sheet *of, irm_typology_units *units,
                               irm_error *error) {
    units->weights = irm_calloc(units->n, sizeof *units->weights);
    units->weight_id = irm_strdup(of->wanted[2]);
    if (units->weights == NULL || units->weight_id == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < units->n; i++) {
        irm_state state = read_number(cell(of, i, 2), &units->weights[i]);
        if (state == IRM_STATE_END || isinf(units->weights[i]) || units->weights[i] < 0) {
            return not_a_number(of, i, 2, error);
        }
    }
    return IRM_OK;
}

static irm_status make_units(const sheet *of, irm_typology_units *units,
                             irm_error *error) {
    const char **ids = irm_calloc(of->n_rows, sizeof *ids);
    const char **names = irm_calloc(of->n_rows, sizeof *names);
    irm_status status = ids == NULL || names == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < of->n_rows; i++) {
        ids[i] = cell(of, i, 0);
        names[i] = cell(of, i, 1);
        if (*ids[i] == '\0') {
            status = irm_fail_at(error, IRM_STATUS_DATA, of->path, of->lines[i],
                                 of->places[0] + 1, of->wanted[0],
                                 "this unit has no identifier");
        }
    }
    if (status == IRM_OK) {
        status = irm_typology_units_init(units, of->n_rows, ids, names, error);
        if (status == IRM_STATUS_DATA && error != NULL) {
            irm_error_prefix(error, "%s: ", of->path);
        }
    }
    irm_free(ids);
    irm_free(names);
    return status;
}

static irm_status fill(const sheet *of, const irm_typology_columns *columns,
                       irm_typology_units *units, irm_error *error) {
    IRM_TRY(make_units(of, units, error));
    if (columns->weight != NULL) {
        IRM_TRY(take_weights(of, units, error));
    }
    size_t column = 3;
    for (size_t i = 0; i < columns->n_variables; i++) {
        IRM_TRY(take_number(of, column++, true, units, error));
    }
    for (size_t i = 0; i < columns->n_categories; i++) {
        IRM_TRY(take_category(of, column++, true, units, error));
    }
    for (size_t i = 0; i < columns->n_supplementary; i++, column++) {
        IRM_TRY(is_numeric(of, column) ? take_number(of, column, false, units, error)
                                       : take_category(of, column, false, units, error));
    }
    uint64_t size;
    irm_input_digest(of->input, units->source_sha256, &size);
    units->source_file = irm_strdup(irm_input_base(of->input));
    return units->source_file == NULL ? irm_fail_memory(error) : IRM_OK;
}

irm_status irm_typology_units_read(const char *path, const irm_typology_columns *columns,
                                   irm_typology_units *units, irm_error *error) {
    sheet of = {.path = path};
    *units = (irm_typology_units){0};
    irm_status status = read_sheet(&of, columns, error);
    if (status == IRM_OK) {
        status = fill(&of, columns, units, error);
    }
    sheet_clear(&of);
    if (status != IRM_OK) {
        irm_typology_units_clear(units);
    }
    return status;
}
