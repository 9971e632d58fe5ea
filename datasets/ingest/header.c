#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "descriptors/level.h"
#include "descriptors/pattern.h"
#include "ingest/ingest.h"
#include "ingest/lineage.h"
#include "irminon/memory.h"

static irm_status read_dataset(ingest *in, irm_error *error) {
    asked_dataset asked;
    IRM_TRY(
        lineage_asked(in->options != NULL ? in->options->dataset : NULL, &asked, error));
    memcpy(in->dataset, asked.id, sizeof in->dataset);
    memcpy(in->asked_level, asked.level, sizeof in->asked_level);
    in->vintage = asked.vintage;
    return IRM_OK;
}

/* Field names into the builders, blank ones to be dropped. */
static irm_status name_builders(ingest *in, const irm_csv_record *header,
                                irm_error *error) {
    in->builders = irm_calloc(header->n_fields, sizeof *in->builders);
    if (in->builders == NULL) {
        return irm_fail_memory(error);
    }
    in->n_builders = header->n_fields;
    for (size_t i = 0; i < header->n_fields; i++) {
        irm_view name = irm_view_trim(header->fields[i]);
        builder *column = &in->builders[i];
        column->last_code = -1;
        column->column.name = irm_strndup(name.data != NULL ? name.data : "", name.size);
        if (column->column.name == NULL) {
            return irm_fail_memory(error);
        }
        if (strchr(column->column.name, '\n') != NULL || name.size > 500) {
            return irm_fail_at(error, IRM_STATUS_DATA, in->name, header->line, i + 1,
                               NULL,
                               "the header's field %zu is not a column name: is a quote "
                               "unclosed?",
                               i + 1);
        }
    }
    return IRM_OK;
}

static irm_status check_names(const ingest *in, size_t line, irm_error *error) {
    irm_dict *seen = NULL;
    irm_status status = irm_dict_new(&seen, error);
    size_t named = 0;
    for (size_t i = 0; i < in->n_builders && status == IRM_OK; i++) {
        const char *name = in->builders[i].column.name;
        int32_t code;
        if (*name == '\0') {
            continue;
        }
        status = irm_dict_add(seen, irm_view_of(name), &code, error);
        if (status == IRM_OK && (size_t)code < named) {
            status = irm_fail_at(error, IRM_STATUS_DATA, in->name, line, i + 1, name,
                                 "two columns have this name");
        }
        named++;
    }
    irm_dict_free(seen);
    if (status == IRM_OK && named == 0) {
        return irm_fail_at(error, IRM_STATUS_DATA, in->name, line, 1, NULL,
                           "the first line names no column; a header was expected");
    }
    return status;
}

/* The known family, or none where the user named an unknown one. */
static irm_status recognise(ingest *in, irm_error *error) {
    const char **names = irm_calloc(in->n_builders, sizeof *names);
    if (names == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < in->n_builders; i++) {
        names[i] = in->builders[i].column.name;
    }
    const char *base = irm_input_base(in->input);
    const char *id = *in->dataset != '\0' ? in->dataset : NULL;
    irm_status status = IRM_OK;
    if (id != NULL && irm_registry_find(in->registry, id) == NULL) {
        irm_recognition other;
        if (irm_registry_recognise(in->registry, base, names, in->n_builders, NULL,
                                   &other, NULL) == IRM_OK) {
            irm_warn(in->reporter,
                     "%s: no dataset family is named '%s', so the file is read by "
                     "inference; its header is that of %s",
                     in->name, id, irm_descriptor_id(other.descriptor));
        }
    } else {
        status = irm_registry_recognise(in->registry, base, names, in->n_builders, id,
                                        &in->found, error);
        if (status != IRM_OK && error != NULL && error->line > 0) {
            snprintf(error->file, sizeof error->file, "%s", in->name);
        }
    }
    irm_free(names);
    if (status == IRM_OK && in->found.descriptor != NULL) {
        snprintf(in->dataset, sizeof in->dataset, "%s",
                 irm_descriptor_id(in->found.descriptor));
        if (in->asked_level[0] != '\0') {
            memcpy(in->found.level, in->asked_level, sizeof in->asked_level);
        }
        status = descriptor_whole(in->found.descriptor, &in->whole, error);
    }
    return status;
}

static const model_column *entry_for(const model *whole, const char *name,
                                     pattern_match *match) {
    for (unsigned i = 0; i < whole->columns_count; i++) {
        if (pattern_fits(whole->columns[i].name, name, match)) {
            return &whole->columns[i];
        }
    }
    return NULL;
}

static void plan_known(ingest *in, builder *column, const pattern_match *match) {
    const model_column *entry = column->entry;
    column->role = model_column_role(entry);
    column->kind = model_column_kind(in->whole, entry);
    column->year = match->year;
    column->first_year = match->first_year;
    if (column->role == MODEL_ROLE_IGNORE) {
        column->fill = FILL_DROP;
        return;
    }
    bool number = model_column_type(entry) == MODEL_TYPE_NUMBER;
    column->fill = number ? FILL_NUMBER : FILL_CATEGORY;
    bool literal = strpbrk(entry->name, "*") == NULL;
    if (entry->id != NULL || literal) {
        model_column_id(entry, column->id, sizeof column->id);
    }
    const char *level = entry->level;
    if (column->role == MODEL_ROLE_KEY && level == NULL) {
        level = in->found.level;
    }
    snprintf(column->level, sizeof column->level, "%s", level != NULL ? level : "");
    column->pad = entry->pad > 0                    ? entry->pad
                  : column->role == MODEL_ROLE_NAME ? 0
                                                    : level_pad(column->level);
    const model_rounding *rounding = entry->rounding;
    bool same_kind = in->whole->defaults.kind != NULL && number &&
                     column->kind == *in->whole->defaults.kind;
    if (rounding == NULL && same_kind) {
        rounding = in->whole->defaults.rounding;
    }
    if (rounding != NULL && number) {
        column->column.round_below = rounding->below;
        column->column.round_above = rounding->above;
    }
}

static void plan_builder(ingest *in, builder *column) {
    pattern_match match = {0};
    if (*column->column.name == '\0') {
        column->fill = FILL_DROP;
        return;
    }
    column->role = MODEL_ROLE_VARIABLE;
    column->fill = FILL_INFER;
    column->kind = IRM_KIND_CATEGORY;
    if (in->whole != NULL) {
        column->entry = entry_for(in->whole, column->column.name, &match);
    }
    if (column->entry != NULL) {
        plan_known(in, column, &match);
    } else if (in->whole != NULL && in->whole->shape == IRM_TABLE_CUBE) {
        column->role = MODEL_ROLE_DIMENSION;
        column->fill = FILL_CATEGORY;
    }
    if (column->id[0] == '\0') {
        snprintf(column->id, sizeof column->id, "%s", column->column.name);
    }
    column->column.type =
        column->fill == FILL_NUMBER ? IRM_COLUMN_NUMBER : IRM_COLUMN_CATEGORY;
}

int ingest_find(const ingest *in, const char *name) {
    for (size_t i = 0; i < in->n_builders; i++) {
        if (strcasecmp(in->builders[i].column.name, name) == 0) {
            return (int)i;
        }
    }
    for (size_t i = 0; i < in->n_builders; i++) {
        if (strcmp(in->builders[i].id, name) == 0) {
            return (int)i;
        }
    }
    return NO_COLUMN;
}

static bool marker_applies(const model_marker *marker, const builder *column) {
    return column->fill == FILL_NUMBER &&
           (marker->columns == NULL ||
            model_in_list(marker->columns, irm_view_of(column->id)));
}

static irm_status plan_markers(ingest *in, builder *column, irm_error *error) {
    size_t count = in->whole != NULL ? in->whole->markers_count : 0;
    column->markers = irm_calloc(count, sizeof *column->markers);
    if (column->markers == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        const model_marker *marker = &in->whole->markers[i];
        if (!marker_applies(marker, column)) {
            continue;
        }
        applied_marker *applied = &column->markers[column->n_markers++];
        *applied = (applied_marker){.marker = marker, .when = NO_COLUMN, .floor = NAN};
        if (marker->state == IRM_STATE_FLOORED &&
            irm_text_number(irm_view_of(marker->text), '.', &applied->floor, NULL)) {
            column->floors = true;
        }
        if (marker->when != NULL) {
            applied->when = ingest_find(in, marker->when->column);
            applied->absent = applied->when == NO_COLUMN;
        }
    }
    return IRM_OK;
}

static int find_role(const ingest *in, model_role role) {
    for (size_t i = 0; i < in->n_builders; i++) {
        if (in->builders[i].fill != FILL_DROP && in->builders[i].role == role) {
            return (int)i;
        }
    }
    return NO_COLUMN;
}

static bool identifies(const ingest *in, const builder *column) {
    if (in->whole->unique != NULL) {
        return model_in_list(in->whole->unique, irm_view_of(column->column.name));
    }
    bool keyed = in->whole->shape != IRM_TABLE_DETAIL;
    return keyed &&
           (column->role == MODEL_ROLE_KEY || column->role == MODEL_ROLE_LEVEL ||
            column->role == MODEL_ROLE_PERIOD || column->role == MODEL_ROLE_MEASURE ||
            column->role == MODEL_ROLE_DIMENSION);
}

static irm_status plan_unique(ingest *in, irm_error *error) {
    in->unique.columns = irm_calloc(in->n_builders, sizeof *in->unique.columns);
    if (in->unique.columns == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < in->n_builders && in->whole != NULL; i++) {
        builder *column = &in->builders[i];
        if (column->fill == FILL_CATEGORY && identifies(in, column)) {
            in->unique.columns[in->unique.n_columns++] = column;
        }
    }
    return IRM_OK;
}

/* A family that was asked for, or recognised, must have its essential columns. */
static irm_status check_essentials(const ingest *in, size_t line, irm_error *error) {
    bool keyed = in->whole->shape == IRM_TABLE_WIDE ||
                 in->whole->shape == IRM_TABLE_CUBE ||
                 in->whole->shape == IRM_TABLE_ZONING;
    model_role missing = keyed && in->key == NO_COLUMN ? MODEL_ROLE_KEY : MODEL_ROLE_NONE;
    if (in->whole->shape == IRM_TABLE_CUBE &&
        find_role(in, MODEL_ROLE_VALUE) == NO_COLUMN) {
        missing = MODEL_ROLE_VALUE;
    }
    for (unsigned i = 0; missing != MODEL_ROLE_NONE && i < in->whole->columns_count;
         i++) {
        if (model_column_role(&in->whole->columns[i]) == missing) {
            irm_csv_repairs read = irm_csv_repaired(in->csv);
            return irm_fail_at(error, IRM_STATUS_DATA, in->name, line, 1, NULL,
                               "%s needs a column %s (its %s), which the header lacks: "
                               "%zu columns were read "
                               "with the delimiter '%c', the first is '%.60s'",
                               in->dataset, in->whole->columns[i].name,
                               model_role_name(missing), in->n_builders, read.delimiter,
                               in->builders[0].column.name);
        }
    }
    return IRM_OK;
}

static irm_status plan(ingest *in, size_t line, irm_error *error) {
    for (size_t i = 0; i < in->n_builders; i++) {
        plan_builder(in, &in->builders[i]);
    }
    in->key = find_role(in, MODEL_ROLE_KEY);
    in->level = find_role(in, MODEL_ROLE_LEVEL);
    in->period = find_role(in, MODEL_ROLE_PERIOD);
    for (size_t i = 0; i < in->n_builders; i++) {
        builder *column = &in->builders[i];
        IRM_TRY(plan_markers(in, column, error));
        if (column->fill == FILL_CATEGORY || column->fill == FILL_INFER) {
            IRM_TRY(irm_dict_new(&column->column.categories, error));
        }
    }
    if (in->key != NO_COLUMN) {
        in->builders[in->key].checked = in->whole->shape != IRM_TABLE_DETAIL;
    }
    IRM_TRY(plan_unique(in, error));
    return in->whole != NULL ? check_essentials(in, line, error) : IRM_OK;
}

static void plan_decimal(ingest *in) {
    const char *decimal = in->whole != NULL ? in->whole->decimal : "auto";
    in->decimal = decimal != NULL && *decimal == ',' ? ',' : '.';
    in->either_mark = decimal != NULL && strcmp(decimal, "auto") == 0;
}

/* Where an unknown file is to be read by inference, it needs a name and a vintage. */
static irm_status check_unknown(ingest *in, irm_error *error) {
    if (in->whole != NULL || in->vintage != 0) {
        return IRM_OK;
    }
    return irm_fail_at(
        error, IRM_STATUS_USAGE, in->name, 0, 0, NULL,
        "no dataset family is named '%s'; to read the file by inference, give "
        "its year too: --dataset %s@YEAR",
        in->dataset, in->dataset);
}

irm_status ingest_header(ingest *in, irm_error *error) {
    const irm_csv_record *header = NULL;
    IRM_TRY(read_dataset(in, error));
    IRM_TRY(irm_csv_next(in->csv, &header, error));
    if (header == NULL) {
        return irm_fail_at(error, IRM_STATUS_DATA, in->name, 0, 0, NULL,
                           "the file holds no line; a header was expected");
    }
    size_t line = header->line;
    IRM_TRY(name_builders(in, header, error));
    IRM_TRY(check_names(in, line, error));
    IRM_TRY(recognise(in, error));
    IRM_TRY(check_unknown(in, error));
    plan_decimal(in);
    return plan(in, line, error);
}
