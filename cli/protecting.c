#include "protecting.h"

#include <math.h>
#include <string.h>

#include "irminon/csv.h"
#include "irminon/input.h"
#include "irminon/memory.h"
#include "irminon/text.h"

/* ---- a CSV file ------------------------------------------------------------------- */

typedef struct sheet_reader {
    irm_input *input;
    irm_csv *csv;
    const char *path;
    size_t *fields; /* of the file, by column of the table */
} sheet_reader;

static void reader_close(sheet_reader *in) {
    irm_csv_free(in->csv);
    irm_input_free(in->input);
    in->csv = NULL;
    in->input = NULL;
}

static irm_status reader_open(sheet_reader *in, irm_error *error) {
    IRM_TRY(irm_input_open(in->path, NULL, &in->input, error));
    irm_status status = irm_csv_open(in->input, NULL, &in->csv, error);
    if (status != IRM_OK) {
        reader_close(in);
    }
    return status;
}

static irm_status count_records(sheet_reader *in, size_t *count, irm_error *error) {
    const irm_csv_record *record;
    *count = 0;
    IRM_TRY(reader_open(in, error));
    irm_status status = irm_csv_next(in->csv, &record, error);
    while (status == IRM_OK && record != NULL) {
        ++*count;
        status = irm_csv_next(in->csv, &record, error);
    }
    reader_close(in);
    if (status == IRM_OK && *count < 2) {
        return irm_fail_at(error, IRM_STATUS_DATA, in->path, 1, 0, NULL,
                           "no row under its header");
    }
    return status;
}

/* Where each column of the table is in the header. */
static irm_status find_fields(sheet_reader *in, const irm_table *table,
                              const irm_csv_record *header, irm_error *error) {
    for (size_t c = 0; c < table->n_columns; c++) {
        size_t f = 0;
        while (f < header->n_fields && !irm_view_equals(irm_view_trim(header->fields[f]),
                                                        table->columns[c].name)) {
            f++;
        }
        if (f == header->n_fields) {
            return irm_fail_at(error, IRM_STATUS_NOT_FOUND, in->path, header->line, 0,
                               NULL, "no column is called '%s'", table->columns[c].name);
        }
        in->fields[c] = f;
    }
    return IRM_OK;
}

static irm_status read_cell(const sheet_reader *in, const irm_csv_record *record,
                            irm_column *column, size_t field, size_t row,
                            irm_error *error) {
    irm_view text = irm_view_trim(record->fields[field]);
    if (column->type == IRM_COLUMN_CATEGORY) {
        return text.size == 0
                   ? irm_fail_at(error, IRM_STATUS_DATA, in->path, record->line,
                                 field + 1, column->name,
                                 "empty; a group is needed in each row")
                   : irm_dict_add(column->categories, text, &column->codes[row], error);
    }
    double *value = &column->values[row];
    bool number = irm_text_number(text, '.', value, NULL) ||
                  irm_text_number(text, ',', value, NULL);
    if (!number || !isfinite(*value) || *value < 0) {
        return irm_fail_at(
            error, IRM_STATUS_DATA, in->path, record->line, field + 1, column->name,
            "'%.*s' where a number of 0 or more is expected: what is to be "
            "protected must be known",
            (int)(text.size < 60 ? text.size : 60), text.data);
    }
    return IRM_OK;
}

static irm_status read_records(sheet_reader *in, irm_table *table, irm_error *error) {
    const irm_csv_record *record;
    IRM_TRY(irm_csv_next(in->csv, &record, error));
    IRM_TRY(find_fields(in, table, record, error));
    size_t n_fields = record->n_fields;
    for (size_t row = 0; row < table->n_rows; row++) {
        IRM_TRY(irm_csv_next(in->csv, &record, error));
        if (record == NULL || record->n_fields != n_fields) {
            return irm_fail_at(error, IRM_STATUS_DATA, in->path,
                               record != NULL ? record->line : 0, 0, NULL,
                               "%zu fields where the header has %zu",
                               record != NULL ? record->n_fields : 0, n_fields);
        }
        for (size_t c = 0; c < table->n_columns; c++) {
            IRM_TRY(read_cell(in, record, &table->columns[c], in->fields[c], row, error));
        }
    }
    return IRM_OK;
}

static irm_status read_sheet(const char *path, const char *const *columns,
                             size_t n_columns, size_t n_categories, irm_table *table,
                             irm_error *error) {
    sheet_reader in = {.path = path};
    size_t records;
    IRM_TRY(count_records(&in, &records, error));
    IRM_TRY(irm_table_init(table, path, records - 1, error));
    for (size_t c = 0; c < n_columns; c++) {
        irm_column *column;
        bool number = c >= n_categories;
        IRM_TRY(irm_table_add(table, columns[c],
                              number ? IRM_COLUMN_NUMBER : IRM_COLUMN_CATEGORY, &column,
                              error));
    }
    table->loaded = true;
    in.fields = irm_calloc(n_columns, sizeof *in.fields);
    irm_status status =
        in.fields != NULL ? reader_open(&in, error) : irm_fail_memory(error);
    if (status == IRM_OK) {
        status = read_records(&in, table, error);
    }
    reader_close(&in);
    irm_free(in.fields);
    return status;
}

/* ---- zonings ---------------------------------------------------------------------- */

static irm_status add_zoning(cli_protecting *to, const char *name, size_t size,
                             irm_error *error) {
    size_t i = to->n_zonings;
    to->names[i] = irm_strndup(name, size);
    to->of_code[i] =
        irm_calloc(irm_dict_count(to->table.columns[0].categories), sizeof **to->of_code);
    if (to->names[i] == NULL || to->of_code[i] == NULL) {
        return irm_fail_memory(error);
    }
    memset(to->of_code[i], -1,
           irm_dict_count(to->table.columns[0].categories) * sizeof **to->of_code);
    IRM_TRY(irm_dict_new(&to->zones[i], error));
    to->zonings[i] = (irm_zones){to->names[i], to->zones[i], to->of_code[i]};
    to->n_zonings++;
    return IRM_OK;
}

/* Puts a label of the first group in a zone; refused when it is in another. */
static irm_status set_zone(cli_protecting *to, int32_t code, irm_view zone,
                           irm_error *error) {
    size_t i = to->n_zonings - 1;
    int32_t number;
    IRM_TRY(irm_dict_add(to->zones[i], zone, &number, error));
    if (to->of_code[i][code] >= 0 && to->of_code[i][code] != number) {
        return irm_fail(error, IRM_STATUS_DATA, "%s is in two zones of %s: %s and %s",
                        irm_dict_text(to->table.columns[0].categories, code),
                        to->names[i], irm_dict_text(to->zones[i], to->of_code[i][code]),
                        irm_dict_text(to->zones[i], number));
    }
    to->of_code[i][code] = number;
    return IRM_OK;
}

static irm_status zones_of_column(cli_protecting *to, const irm_column *column,
                                  irm_error *error) {
    IRM_TRY(add_zoning(to, column->name, strlen(column->name), error));
    if (column->type != IRM_COLUMN_CATEGORY) {
        return irm_fail(error, IRM_STATUS_USAGE, "%s is not made of categories",
                        column->name);
    }
    for (size_t r = 0; r < to->table.n_rows; r++) {
        if (column->codes[r] >= 0 && to->table.columns[0].codes[r] >= 0) {
            IRM_TRY(set_zone(to, to->table.columns[0].codes[r],
                             irm_view_of(irm_column_label(column, r)), error));
        }
    }
    return IRM_OK;
}

static irm_status zones_of_level(cli_protecting *to, const char *id, irm_error *error) {
    const irm_level *level, *communes;
    const irm_geography *geography = to->session.geography;
    IRM_TRY(irm_geography_need_level(geography, id, &level, error));
    IRM_TRY(irm_geography_need_level(geography, "com", &communes, error));
    IRM_TRY(add_zoning(to, id, strlen(id), error));
    if (level->of_commune == NULL) {
        return irm_fail(error, IRM_STATUS_USAGE, "level %s is not made of communes", id);
    }
    const irm_dict *codes = to->table.columns[0].categories;
    size_t found = 0;
    for (size_t c = 0; c < irm_dict_count(codes); c++) {
        int32_t commune = irm_level_find(communes, irm_dict_text(codes, (int32_t)c));
        int32_t zone = commune >= 0 ? level->of_commune[commune] : -1;
        if (zone >= 0) {
            found++;
            IRM_TRY(
                set_zone(to, (int32_t)c, irm_view_of(level->items[zone].code), error));
        }
    }
    return found > 0 ? IRM_OK
                     : irm_fail(error, IRM_STATUS_DATA,
                                "no label of %s is a commune of the geography of %d",
                                to->table.columns[0].name, irm_geography_year(geography));
}

static irm_status read_zones(cli_protecting *to, irm_csv *csv, const char *path,
                             irm_error *error) {
    const irm_csv_record *record;
    size_t found = 0;
    for (bool first = true;; first = false) {
        IRM_TRY(irm_csv_next(csv, &record, error));
        if (record == NULL) {
            break;
        }
        if (record->n_fields < 2) {
            return irm_fail_at(error, IRM_STATUS_DATA, path, record->line, 0, NULL,
                               "one field; expected two, a code and its zone");
        }
        int32_t code = irm_dict_find(to->table.columns[0].categories,
                                     irm_view_trim(record->fields[0]));
        irm_view zone = irm_view_trim(record->fields[1]);
        if (code >= 0 && zone.size > 0 && !(first && code < 0)) {
            found++;
            IRM_TRY(set_zone(to, code, zone, error));
        }
    }
    return found > 0 ? IRM_OK
                     : irm_fail_at(error, IRM_STATUS_DATA, path, 1, 0, NULL,
                                   "none of its codes is a label of %s",
                                   to->table.columns[0].name);
}

static irm_status zones_of_file(cli_protecting *to, const char *item, const char *equals,
                                irm_error *error) {
    irm_input *input = NULL;
    irm_csv *csv = NULL;
    IRM_TRY(add_zoning(to, item, (size_t)(equals - item), error));
    irm_status status = irm_input_open(equals + 1, NULL, &input, error);
    if (status == IRM_OK) {
        status = irm_csv_open(input, NULL, &csv, error);
    }
    if (status == IRM_OK) {
        status = read_zones(to, csv, equals + 1, error);
    }
    irm_csv_free(csv);
    irm_input_free(input);
    return status;
}

/* ---- together --------------------------------------------------------------------- */

typedef struct column_list {
    const char **names;
    size_t n, n_categories;
} column_list;

static bool in_list(const char *const *list, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Groups, then the zonings that are columns, then the values. */
static void list_columns(const char *const *by, size_t n_by, const cli_parts *values,
                         const char *const *wanted, size_t n_wanted,
                         const irm_table *schema, column_list *list) {
    for (size_t i = 0; i < n_by; i++) {
        list->names[list->n++] = by[i];
    }
    for (size_t i = 0; i < n_wanted; i++) {
        bool file = strchr(wanted[i], '=') != NULL;
        bool column = schema == NULL || irm_table_column(schema, wanted[i]) != NULL;
        if (!file && column && !in_list(list->names, list->n, wanted[i])) {
            list->names[list->n++] = wanted[i];
        }
    }
    list->n_categories = list->n;
    for (size_t i = 0; i < values->n; i++) {
        list->names[list->n++] = values->names[i];
    }
}

static bool needs_geography(const char *const *wanted, size_t n,
                            const irm_table *schema) {
    for (size_t i = 0; i < n; i++) {
        if (strchr(wanted[i], '=') == NULL &&
            irm_table_column(schema, wanted[i]) == NULL) {
            return true;
        }
    }
    return false;
}

/* With a store, the session first without its geography, which few uses need. */
static irm_status read_stored(cli_context *context, const char *const *by, size_t n_by,
                              const cli_parts *values, const char *const *wanted,
                              size_t n_wanted, column_list *list, cli_protecting *to,
                              irm_error *error) {
    const irm_table *schema;
    IRM_TRY(cli_session_open(context, CLI_WITH_STORE, &to->session, error));
    IRM_TRY(irm_store_need(to->session.store, cli_word(context, 1), &schema, error));
    if (needs_geography(wanted, n_wanted, schema)) {
        cli_session_clear(&to->session);
        IRM_TRY(cli_session_open(context, CLI_WITH_STORE | CLI_WITH_GEOGRAPHY,
                                 &to->session, error));
        IRM_TRY(irm_store_need(to->session.store, cli_word(context, 1), &schema, error));
    }
    list_columns(by, n_by, values, wanted, n_wanted, schema, list);
    return irm_store_read(to->session.store, cli_word(context, 1), list->names, list->n,
                          &to->table, error);
}

static irm_status read_zonings(const char *const *wanted, size_t n_wanted,
                               cli_protecting *to, irm_error *error) {
    to->zonings = irm_calloc(n_wanted, sizeof *to->zonings);
    to->names = irm_calloc(n_wanted, sizeof *to->names);
    to->zones = irm_calloc(n_wanted, sizeof *to->zones);
    to->of_code = irm_calloc(n_wanted, sizeof *to->of_code);
    if (to->zonings == NULL || to->names == NULL || to->zones == NULL ||
        to->of_code == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n_wanted; i++) {
        const char *equals = strchr(wanted[i], '=');
        const irm_column *column =
            equals == NULL ? irm_table_column(&to->table, wanted[i]) : NULL;
        IRM_TRY(equals != NULL   ? zones_of_file(to, wanted[i], equals, error)
                : column != NULL ? zones_of_column(to, column, error)
                                 : zones_of_level(to, wanted[i], error));
    }
    return IRM_OK;
}

irm_status cli_protecting_read(cli_context *context, const char *const *by, size_t n_by,
                               const cli_parts *values, const char *const *wanted,
                               size_t n_wanted, cli_protecting *to, irm_error *error) {
    column_list list = {.names =
                            irm_calloc(n_by + n_wanted + values->n, sizeof *list.names)};
    irm_status status = list.names != NULL ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK && cli_word(context, 1) != NULL) {
        status =
            read_stored(context, by, n_by, values, wanted, n_wanted, &list, to, error);
    } else if (status == IRM_OK) {
        list_columns(by, n_by, values, wanted, n_wanted, NULL, &list);
        status = read_sheet(cli_word(context, 0), list.names, list.n, list.n_categories,
                            &to->table, error);
    }
    irm_free(list.names);
    if (status == IRM_OK && to->table.columns[0].type != IRM_COLUMN_CATEGORY) {
        status = irm_fail(error, IRM_STATUS_USAGE, "%s is not made of categories", by[0]);
    }
    if (status == IRM_OK && cli_parts_several(values)) {
        status = cli_parts_unfold(values, CLI_PARTS_VALUE, &to->table, error);
    }
    return status == IRM_OK ? read_zonings(wanted, n_wanted, to, error) : status;
}

void cli_protecting_clear(cli_protecting *of) {
    for (size_t i = 0; i < of->n_zonings; i++) {
        irm_free(of->names[i]);
        irm_free(of->of_code[i]);
        irm_dict_free(of->zones[i]);
    }
    irm_free(of->names);
    irm_free(of->of_code);
    irm_free(of->zones);
    irm_free(of->zonings);
    irm_table_clear(&of->table);
    cli_session_clear(&of->session);
    *of = (cli_protecting){0};
}
