/* Custom zonings: a two-column CSV, a commune and its zone. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geography/inside.h"
#include "irminon/csv.h"
#include "irminon/memory.h"

typedef struct zoning {
    const irm_geography *geography;
    const char *path;
    irm_dict *zones;     /* in order of first appearance */
    int32_t *of_commune; /* number in `zones`, -1 for none */
    size_t rows, unknown, repeated, merged;
    char first_unknown[8][8];
    irm_error *error;
} zoning;

/* A commune code, with the leading zero that spreadsheets drop put back. */
static bool read_code(irm_view field, char code[6]) {
    field = irm_view_trim(field);
    if (field.size < 4 || field.size > 5) {
        return false;
    }
    code[0] = '0';
    memcpy(code + (5 - field.size), field.data, field.size);
    code[5] = '\0';
    code[1] = (char)toupper((unsigned char)code[1]);
    bool corsica = code[0] == '2' && (code[1] == 'A' || code[1] == 'B');
    return isdigit((unsigned char)code[0]) &&
           (corsica || isdigit((unsigned char)code[1])) &&
           strspn(code + 2, "0123456789") == 3;
}

static irm_status fail_at(const zoning *z, const irm_csv_record *record, size_t column,
                          const char *value, const char *says) {
    return irm_fail_at(z->error, IRM_STATUS_DATA, z->path, record->line, column, NULL,
                       "%s %s", value, says);
}

static void note_unknown(zoning *z, const char *code) {
    if (z->unknown < sizeof z->first_unknown / sizeof *z->first_unknown) {
        snprintf(z->first_unknown[z->unknown], sizeof z->first_unknown[0], "%s", code);
    }
    z->unknown++;
}

static irm_status place_row(zoning *z, const irm_csv_record *record, const char *code) {
    irm_placement how;
    int32_t commune = irm_geography_place(z->geography, code, &how);
    irm_view zone = irm_view_trim(record->fields[1]);
    int32_t number;
    if (zone.size == 0) {
        return fail_at(z, record, 2, code, "has an empty zone");
    }
    if (commune < 0) {
        note_unknown(z, code);
        return IRM_OK;
    }
    z->merged += how != IRM_PLACED_SAME;
    IRM_TRY(irm_dict_add(z->zones, zone, &number, z->error));
    int32_t before = z->of_commune[commune];
    if (before >= 0 && before != number) {
        return fail_at(z, record, 1, code,
                       how == IRM_PLACED_SAME
                           ? "is put in two zones"
                           : "is now part of a commune that another line puts in another "
                             "zone");
    }
    z->repeated += before >= 0 && how == IRM_PLACED_SAME;
    z->of_commune[commune] = number;
    return IRM_OK;
}

static irm_status take_record(zoning *z, const irm_csv_record *record) {
    char code[6];
    if (record->n_fields != 2) {
        char fields[32];
        snprintf(fields, sizeof fields, "%zu", record->n_fields);
        return fail_at(z, record, 0, fields,
                       "fields where two are expected: a commune code and its zone");
    }
    bool header = z->rows++ == 0;
    if (read_code(record->fields[0], code)) {
        return place_row(z, record, code);
    }
    if (header) {
        return IRM_OK;
    }
    irm_view field = record->fields[0];
    char text[64];
    snprintf(text, sizeof text, "'%.*s'", field.size < 40 ? (int)field.size : 40,
             field.data);
    return fail_at(z, record, 1, text, "is not a commune code (5 characters)");
}

static irm_status read_zones(zoning *z) {
    irm_input *input = NULL;
    irm_csv *csv = NULL;
    IRM_TRY(irm_input_open(z->path, NULL, &input, z->error));
    irm_status status = irm_csv_open(input, NULL, &csv, z->error);
    const irm_csv_record *record = NULL;
    while (status == IRM_OK) {
        status = irm_csv_next(csv, &record, z->error);
        if (status != IRM_OK || record == NULL) {
            break;
        }
        status = take_record(z, record);
    }
    irm_csv_free(csv);
    irm_input_free(input);
    if (status == IRM_OK && irm_dict_count(z->zones) == 0) {
        status = irm_fail_at(z->error, IRM_STATUS_DATA, z->path, 0, 0, NULL,
                             "no commune of the geography of %d is given a zone",
                             z->geography->year);
    }
    return status;
}

static void report(const zoning *z, const irm_reporter *reporter) {
    if (z->unknown > 0) {
        irm_buffer list = {0};
        for (size_t i = 0; i < z->unknown && i < 8; i++) {
            irm_buffer_format(&list, "%s%s", i > 0 ? ", " : "", z->first_unknown[i]);
        }
        irm_warn(reporter, "%s: %zu commune code%s nothing in the geography of %d: %s%s",
                 z->path, z->unknown, z->unknown > 1 ? "s match" : " matches",
                 z->geography->year,
                 list.data != NULL ? list.data : "", z->unknown > 8 ? ", …" : "");
        irm_buffer_clear(&list);
    }
    if (z->repeated > 0) {
        irm_warn(reporter, "%s: %zu communes are given twice, in the same zone", z->path,
                 z->repeated);
    }
    if (z->merged > 0) {
        irm_warn(reporter, "%s: %zu codes of former communes or municipal arrondissements "
                 "were placed in today's communes", z->path, z->merged);
    }
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static irm_status fill_level(irm_level *level, zoning *z) {
    const char **sorted = irm_calloc(level->count, sizeof *sorted);
    if (sorted == NULL) {
        return irm_fail_memory(z->error);
    }
    for (size_t i = 0; i < level->count; i++) {
        sorted[i] = irm_dict_text(z->zones, (int32_t)i);
    }
    qsort(sorted, level->count, sizeof *sorted, by_text);
    irm_status status = IRM_OK;
    for (size_t i = 0; i < level->count && status == IRM_OK; i++) {
        irm_territory *item = &level->items[i];
        item->code = irm_strdup(sorted[i]);
        item->name = irm_strdup(sorted[i]);
        item->sort = sort_key(sorted[i]);
        if (item->code == NULL || item->name == NULL || item->sort == NULL) {
            status = irm_fail_memory(z->error);
        }
    }
    irm_free(sorted);
    return status;
}

/* From numbers of first appearance to places in the order of the codes. */
static void renumber(const irm_level *level, zoning *z, size_t n_communes) {
    for (size_t c = 0; c < n_communes; c++) {
        if (z->of_commune[c] >= 0) {
            z->of_commune[c] =
                irm_level_find(level, irm_dict_text(z->zones, z->of_commune[c]));
        }
    }
}

static irm_status check_id(const irm_geography *geography, const char *id,
                           irm_error *error) {
    size_t size = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "0123456789_-");
    if (size == 0 || id[size] != '\0') {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "'%.40s' cannot name a zoning: letters, digits, '-' and '_' can", id);
    }
    if (level_kind_of(id) != NULL || irm_geography_level(geography, id) != NULL) {
        return irm_fail(error, IRM_STATUS_EXISTS, "there is already a level '%s'", id);
    }
    return IRM_OK;
}

irm_status irm_geography_add_zones(irm_geography *geography, const char *id,
                                   const char *path, const irm_reporter *reporter,
                                   irm_error *error) {
    IRM_TRY(check_id(geography, id, error));
    const irm_level *communes = irm_geography_level(geography, "com");
    zoning z = {.geography = geography, .path = path, .error = error};
    irm_level *level = NULL;
    IRM_TRY(irm_dict_new(&z.zones, error));
    z.of_commune = irm_calloc(communes->count, sizeof *z.of_commune);
    irm_status status = z.of_commune == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK) {
        memset(z.of_commune, 0xff, communes->count * sizeof *z.of_commune);
        status = read_zones(&z);
    }
    size_t known = geography->n_levels;
    if (status == IRM_OK) {
        status = geography_new_level(geography, id, irm_dict_count(z.zones), &level, error);
    }
    if (status == IRM_OK) {
        status = fill_level(level, &z);
    }
    if (status == IRM_OK) {
        report(&z, reporter);
        renumber(level, &z, communes->count);
        level->of_commune = z.of_commune;
        z.of_commune = NULL;
    } else if (geography->n_levels > known) {
        geography_drop_level(geography);
    }
    irm_dict_free(z.zones);
    irm_free(z.of_commune);
    return status;
}
