#include <stdint.h>
#include <string.h>

#include "descriptors/level.h"
#include "ingest/ingest.h"
#include "irminon/memory.h"

enum { ROWS_BETWEEN_LOOKS = 8192 };

/* Fields past the last named column may be missing: spreadsheets trim what is empty. */
size_t ingest_least_fields(const ingest *in) {
    size_t count = in->n_builders;
    while (count > 0 && *in->builders[count - 1].column.name == '\0') {
        count--;
    }
    return count;
}

static irm_status read_row(ingest *in, const irm_csv_record *record, size_t least,
                           irm_error *error) {
    if (record->n_fields > in->n_builders || record->n_fields < least) {
        size_t at = record->n_fields < least ? record->n_fields : in->n_builders;
        return irm_fail_at(error, IRM_STATUS_DATA, in->name, record->line, at + 1, NULL,
                           "this line has %zu field%s, the header has %zu",
                           record->n_fields, record->n_fields == 1 ? "" : "s",
                           in->n_builders);
    }
    IRM_TRY(ingest_reserve(in, in->at + 1, error));
    for (size_t i = 0; i < record->n_fields; i++) {
        IRM_TRY(ingest_cell(in, record, i, error));
    }
    return unique_add(in, record->line, error);
}

/* A family published by level, from a file whose name no longer tells which: the form of
 * the first code does, where no two levels share it. */
static irm_status guess_level(ingest *in, const irm_csv_record *record,
                              irm_error *error) {
    static const char *const tried[] = {"qpv", "com", "epci", "iris"};
    if (in->key == NO_COLUMN || in->builders[in->key].level[0] != '\0' ||
        (size_t)in->key >= record->n_fields || !in->builders[in->key].checked) {
        return IRM_OK;
    }
    builder *key = &in->builders[in->key];
    irm_view code = irm_view_trim(record->fields[in->key]);
    for (size_t i = 0; i < sizeof tried / sizeof tried[0] && key->level[0] == '\0'; i++) {
        bool siren = code.size == 9 && code.data[0] == '2';
        bool short_com = strcmp(tried[i], "com") == 0 && code.size == 4;
        if ((level_code_valid(tried[i], code) &&
             siren == (strcmp(tried[i], "epci") == 0)) ||
            short_com) {
            memcpy(key->level, tried[i], strlen(tried[i]) + 1);
            memcpy(in->found.level, tried[i], strlen(tried[i]) + 1);
            key->pad = level_pad(key->level);
        }
    }
    if (key->level[0] == '\0') {
        return irm_fail_at(
            error, IRM_STATUS_DATA, in->name, record->line, (size_t)in->key + 1,
            key->column.name,
            "neither the file's name nor the code '%.*s' tells the level of "
            "these rows; give it, as in --dataset %s.dep@%d",
            (int)(code.size < 40 ? code.size : 40), code.size > 0 ? code.data : "",
            in->dataset, in->found.header_vintage != 0 ? in->found.header_vintage : 2021);
    }
    irm_warn(in->reporter, "%s: taken to be of level %s, from its first code '%.*s'",
             in->name, key->level, (int)(code.size < 40 ? code.size : 40), code.data);
    return IRM_OK;
}

static irm_status look_around(ingest *in, irm_error *error) {
    irm_progress(in->reporter, in->name, irm_input_position(in->input),
                 irm_input_size(in->input), in->n_rows);
    return irm_check_stop(in->reporter, error);
}

static irm_status check_count(const ingest *in, irm_error *error) {
    if (in->n_rows > 0) {
        return IRM_OK;
    }
    if (in->rejects.count == 0) {
        return irm_fail_at(error, IRM_STATUS_DATA, in->name, 1, 0, NULL,
                           "the file holds a header and no row");
    }
    if (error != NULL) {
        *error = in->rejects.first;
        irm_error_prefix(error, "every row is bad; of the first: ");
    }
    return IRM_STATUS_DATA;
}

void ingest_keep_labels(ingest *in) {
    for (size_t i = 0; i < in->n_builders; i++) {
        builder *column = &in->builders[i];
        irm_dict *labels = column->column.categories;
        column->n_labels = labels != NULL ? irm_dict_count(labels) : 0;
    }
}

void ingest_drop_labels(ingest *in) {
    for (size_t i = 0; i < in->n_builders; i++) {
        builder *column = &in->builders[i];
        if (column->column.categories != NULL) {
            irm_dict_cut(column->column.categories, column->n_labels);
            column->last_size = 0;
        }
    }
}

irm_status ingest_record(ingest *in, const irm_csv_record *record, irm_error *error) {
    bool skip = in->options != NULL && in->options->skip_errors;
    irm_error reason;
    for (size_t i = 0; in->any_small && i < in->n_builders; i++) {
        ingest_widen(&in->builders[i], in->at);
    }
    in->any_small = false;
    if (in->n_rows >= UINT32_MAX - 1) {
        return irm_fail_at(error, IRM_STATUS_DATA, in->name, record->line, 0, NULL,
                           "over four billion rows in one file");
    }
    if (skip) {
        ingest_keep_labels(in);
    }
    irm_status status =
        read_row(in, record, ingest_least_fields(in), skip ? &reason : error);
    if (status == IRM_STATUS_DATA && skip) {
        ingest_drop_labels(in);
        return reject_row(in, record, &reason, error);
    }
    if (status != IRM_OK) {
        if (skip && error != NULL) {
            *error = reason;
        }
        return status;
    }
    return ingest_next_row(in, error);
}

/* Record by record after the first, and by pieces in between where that can be. */
static irm_status read_rows(ingest *in, piece_set *set, irm_error *error) {
    for (size_t seen = 0;; seen++) {
        const irm_csv_record *record = NULL;
        bool more = set != NULL && seen > 0;
        while (more) {
            IRM_TRY(pieces_read(in, set, &more, error));
            IRM_TRY(more ? look_around(in, error) : IRM_OK);
        }
        if (seen % ROWS_BETWEEN_LOOKS == 0) {
            IRM_TRY(look_around(in, error));
        }
        IRM_TRY(irm_csv_next(in->csv, &record, error));
        if (record == NULL) {
            return check_count(in, error);
        }
        if (seen == 0) {
            IRM_TRY(guess_level(in, record, error));
        }
        IRM_TRY(ingest_record(in, record, error));
    }
}

irm_status ingest_rows(ingest *in, irm_error *error) {
    piece_set *set = NULL;
    IRM_TRY(ingest_open_spool(in, error));
    irm_status status = pieces_new(in, &set, error);
    if (status == IRM_OK) {
        status = read_rows(in, set, error);
    }
    if (status == IRM_OK) {
        status = ingest_seal_last(in, error);
    }
    pieces_free(set);
    return status;
}
