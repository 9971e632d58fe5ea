#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/ingest.h"
#include "ingest/lineage.h"
#include "irminon/memory.h"

/* Of a column of numbers. */
static irm_status newest_number(ingest *in, size_t slot, int *newest, irm_error *error) {
    double *values = irm_calloc(IRM_BLOCK_ROWS, sizeof *values);
    irm_status status = values == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t block = 0; block < ingest_blocks(in) && status == IRM_OK; block++) {
        status = irm_spool_values(in->spool, slot, block, values, NULL, 0, error);
        size_t n = status == IRM_OK ? ingest_block_rows(in, block) : 0;
        for (size_t row = 0; row < n; row++) {
            bool year = values[row] >= 1000 && values[row] < 3000;
            *newest = year && values[row] > *newest ? (int)values[row] : *newest;
        }
    }
    irm_free(values);
    return status;
}

static irm_status newest_period(ingest *in, int *newest, irm_error *error) {
    *newest = 0;
    if (in->period == NO_COLUMN) {
        return IRM_OK;
    }
    const irm_column *column = &in->builders[in->period].column;
    if (column->categories == NULL) {
        return newest_number(in, in->builders[in->period].slot, newest, error);
    }
    for (size_t i = 0; i < irm_dict_count(column->categories); i++) {
        int year = lineage_year(irm_dict_text(column->categories, (int32_t)i));
        *newest = year > *newest ? year : *newest;
    }
    return IRM_OK;
}

/* In order: asked for, the file's name, its columns or period, the form's own. */
static irm_status settle_vintage(ingest *in, irm_error *error) {
    int newest;
    IRM_TRY(newest_period(in, &newest, error));
    int told[] = {in->vintage, in->found.file_vintage, in->found.header_vintage, newest,
                  in->found.declared_vintage};
    return lineage_vintage(told, sizeof told / sizeof *told, in->name,
                           irm_input_base(in->input), in->dataset, &in->vintage, error);
}

static const char *table_level(const ingest *in) {
    if (in->key != NO_COLUMN && in->builders[in->key].level[0] != '\0') {
        return in->builders[in->key].level;
    }
    return in->found.level;
}

static void table_name(const ingest *in, char *name, size_t size) {
    lineage_name(in->dataset, in->found.one_file_a_level ? table_level(in) : "",
                 in->vintage, name, size);
}

static const char *or_empty(const char *text) { return text != NULL ? text : ""; }

static int geography_year(const ingest *in) {
    if (in->options != NULL && in->options->geography != 0) {
        return in->options->geography;
    }
    bool known = in->whole != NULL && in->whole->geography_offset != NULL;
    return known ? in->vintage + *in->whole->geography_offset : 0;
}

/* Where rows are in the file: "0:2 500:510" where row 0 is line 2, and so on line after
 * line up to row 500, which is line 510. Only of tables whose rows are told apart, and
 * that are not broken in too many runs. */
static irm_status describe_lines(const ingest *in, irm_attributes *to, irm_error *error) {
    enum { MOST_RUNS = 200 };
    const unique_rows *unique = &in->unique;
    irm_buffer text = {0};
    if (unique->n_runs == 0 || unique->n_runs > MOST_RUNS) {
        return IRM_OK;
    }
    for (size_t i = 0; i < unique->n_runs; i++) {
        irm_buffer_format(&text, "%s%zu:%zu", i > 0 ? " " : "", unique->runs[i].row,
                          unique->runs[i].line);
    }
    irm_status status = text.failed ? irm_fail_memory(error)
                                    : lineage_set(to, "source_lines", text.data, error);
    irm_buffer_clear(&text);
    return status;
}

static irm_status describe_source(const ingest *in, const char *path, irm_attributes *to,
                                  irm_error *error) {
    char sha256[65];
    uint64_t size;
    irm_input_digest(in->input, sha256, &size);
    IRM_TRY(lineage_file(path, sha256, size, to, error));
    IRM_TRY(describe_lines(in, to, error));
    return lineage_said(in->options, to, error);
}

static irm_status describe_table(const ingest *in, irm_shape_kind shape, const char *path,
                                 irm_attributes *to, irm_error *error) {
    static const char *const shapes[] = {"wide", "cube", "detail", "geometry", "zoning"};
    IRM_TRY(lineage_set(to, "dataset", in->dataset, error));
    IRM_TRY(irm_attributes_set_integer(to, "vintage", in->vintage, error));
    IRM_TRY(lineage_set(to, "shape", shapes[shape], error));
    IRM_TRY(lineage_set(to, "level", table_level(in), error));
    if (in->key != NO_COLUMN) {
        IRM_TRY(lineage_set(to, "key", in->builders[in->key].column.name, error));
    }
    if (in->period != NO_COLUMN) {
        IRM_TRY(lineage_set(to, "period", in->builders[in->period].column.name, error));
    }
    if (geography_year(in) != 0) {
        IRM_TRY(irm_attributes_set_integer(to, "geography", geography_year(in), error));
    }
    IRM_TRY(lineage_family(in->whole, in->vintage, to, error));
    return describe_source(in, path, to, error);
}

/* The cells are in the spool. */
static void drop_block(irm_column *column) {
    irm_free(column->values);
    irm_free(column->codes);
    irm_free(column->marks);
    column->values = NULL;
    column->codes = NULL;
    column->marks = NULL;
}

static irm_status move_columns(ingest *in, irm_table *table, irm_error *error) {
    table->columns = irm_calloc(in->n_builders, sizeof *table->columns);
    if (table->columns == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < in->n_builders; i++) {
        builder *from = &in->builders[i];
        if (from->fill == FILL_DROP) {
            continue;
        }
        drop_block(&from->column);
        irm_free(from->bytes);
        from->bytes = NULL;
        table->columns[table->n_columns++] = from->column;
        from->column = (irm_column){0};
    }
    return IRM_OK;
}

/* One line for all the columns. */
static void tell_zeros(const ingest *in) {
    irm_buffer words = {0};
    for (size_t i = 0; i < in->n_builders; i++) {
        const builder *column = &in->builders[i];
        if (column->zeros > 0) {
            irm_buffer_format(&words, "%s%llu%s (column %s)", words.size > 0 ? ", " : "",
                              (unsigned long long)column->zeros,
                              words.size > 0 ? "" : " codes had lost their leading zeros",
                              column->column.name);
        }
    }
    if (words.size > 0) {
        irm_warn(in->reporter, "%s: %s", in->name, words.data);
    }
    irm_buffer_clear(&words);
}

static void tell_spelling(const ingest *in) {
    uint64_t spaces = 0, marks = 0;
    tell_zeros(in);
    for (size_t i = 0; i < in->n_builders; i++) {
        const builder *column = &in->builders[i];
        spaces += column->spaces;
        marks += column->marks;
        if (column->fill == FILL_DROP && column->held > 0 &&
            *column->column.name == '\0') {
            irm_warn(
                in->reporter,
                "%s: column %zu has no name and is left out; %llu of its cells hold text",
                in->name, i + 1, (unsigned long long)column->held);
        }
    }
    if (spaces > 0) {
        irm_warn(in->reporter, "%s: %llu numbers were written with thousands spaces",
                 in->name, (unsigned long long)spaces);
    }
    if (marks > 0 && !in->either_mark) {
        irm_warn(in->reporter, "%s: %llu numbers were written with a decimal %s",
                 in->name, (unsigned long long)marks,
                 in->decimal == '.' ? "comma" : "point");
    }
}

/* One line a file: these are repaired without any doubt. */
static void tell_bytes(const ingest *in) {
    irm_csv_repairs repairs = irm_csv_repaired(in->csv);
    irm_buffer words = {0};
    if (repairs.bom) {
        irm_buffer_text(&words, "1 byte-order mark was dropped");
    }
    if (repairs.crlf) {
        irm_buffer_format(&words, "%slines ended in CR LF", words.size > 0 ? ", " : "");
    }
    if (repairs.windows_1252 > 0) {
        irm_buffer_format(&words, "%s%llu fields were converted from Windows-1252",
                          words.size > 0 ? ", " : "",
                          (unsigned long long)repairs.windows_1252);
    }
    if (words.size > 0) {
        irm_warn(in->reporter, "%s: %s", in->name, words.data);
    }
    irm_buffer_clear(&words);
}

static void tell_unknown(const ingest *in) {
    char names[400] = "";
    size_t count = 0;
    for (size_t i = 0; i < in->n_builders; i++) {
        const builder *column = &in->builders[i];
        size_t used = strlen(names);
        if (column->entry != NULL || column->fill == FILL_DROP || in->whole == NULL) {
            continue;
        }
        if (used < 300) {
            snprintf(names + used, sizeof names - used, "%s%.60s", count > 0 ? ", " : "",
                     column->column.name);
        }
        count++;
    }
    if (count > 0) {
        irm_warn(in->reporter,
                 "%s: %zu column%s not known to %s, kept and never added up: %s%s",
                 in->name, count, count > 1 ? "s are" : " is", in->dataset, names,
                 strlen(names) >= 300 ? "…" : "");
    }
}

static void tell_rejects(const ingest *in) {
    if (in->rejects.count > 0) {
        char first[1600];
        irm_error_format(&in->rejects.first, first, sizeof first);
        irm_warn(in->reporter, "%s: %llu bad row%s left out%s%s; the first: %s", in->name,
                 (unsigned long long)in->rejects.count, in->rejects.count > 1 ? "s" : "",
                 in->rejects.path != NULL ? ", kept in " : "", or_empty(in->rejects.path),
                 first);
    }
}

static irm_status type_columns(ingest *in, irm_error *error) {
    for (size_t i = 0; i < in->n_builders; i++) {
        builder *column = &in->builders[i];
        if (column->fill == FILL_INFER) {
            IRM_TRY(infer_column(in, column, error));
        }
    }
    return IRM_OK;
}

irm_status ingest_finish(ingest *in, irm_shape_kind shape, const char *path,
                         irm_table *table, irm_error *error) {
    char name[160];
    IRM_TRY(type_columns(in, error));
    if (in->whole == NULL) {
        IRM_TRY(infer_roles(in, &shape, error));
    }
    IRM_TRY(settle_vintage(in, error));
    if (in->whole == NULL && in->options->inferred != NULL) {
        IRM_TRY(infer_write(in, shape, in->options->inferred, error));
    }
    for (size_t i = 0; i < in->n_builders; i++) {
        if (in->builders[i].fill != FILL_DROP) {
            IRM_TRY(ingest_describe_column(in, &in->builders[i], error));
        }
    }
    tell_bytes(in);
    tell_spelling(in);
    tell_unknown(in);
    tell_rejects(in);
    table_name(in, name, sizeof name);
    IRM_TRY(irm_table_init(table, name, in->n_rows, error));
    table->loaded = false;
    IRM_TRY(describe_table(in, shape, path, &table->attributes, error));
    return move_columns(in, table, error);
}
