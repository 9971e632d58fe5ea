/* Custom zonings: a CSV of communes, their zones, and how much of each is in the zone. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geography/inside.h"
#include "geography/zone_parts.h"
#include "irminon/csv.h"
#include "irminon/memory.h"

typedef struct zoning {
    const irm_geography *geography;
    const char *path;
    const char *id;
    irm_dict *zones;     /* in order of first appearance */
    int32_t *of_commune; /* number in `zones`, -1 for none */
    irm_cut *cuts;
    size_t n_cuts;
    zone_parts parts; /* of a file of three columns */
    size_t columns;   /* of its first line */
    size_t rows, unknown, repeated, merged;
    size_t n_cut, cut_line; /* communes in two zones, and the first line that tells */
    bool cut_whole;         /* that of the first line is a commune of the geography */
    irm_buffer cut_codes;
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

static void note_cut(zoning *z, size_t line, const char *code, bool whole) {
    enum { NAMED = 8 };
    if (z->n_cut == 0) {
        z->cut_line = line;
        z->cut_whole = whole;
    }
    if (z->n_cut < NAMED) {
        irm_buffer_format(&z->cut_codes, "%s%s", z->n_cut > 0 ? ", " : "", code);
    }
    z->n_cut++;
    if (z->n_cut == NAMED + 1) {
        irm_buffer_text(&z->cut_codes, ", …");
    }
}

/* A commune goes whole to a zone. */
static void place_whole(zoning *z, size_t line, const char *code, int32_t commune,
                        irm_placement how, int32_t zone) {
    int32_t before = z->of_commune[commune];
    z->repeated += before == zone && how == IRM_PLACED_SAME;
    z->of_commune[commune] = zone;
    if (before >= 0 && before != zone) {
        note_cut(z, line, code, how == IRM_PLACED_SAME);
    }
}

static irm_status read_amount(zoning *z, const irm_csv_record *record, double *amount) {
    irm_view field = irm_view_trim(record->fields[2]);
    bool spaces, number = irm_text_number(field, '.', amount, &spaces) ||
                          irm_text_number(field, ',', amount, &spaces);
    if (number && isfinite(*amount) && *amount >= 0) {
        return IRM_OK;
    }
    char text[64];
    snprintf(text, sizeof text, "'%.*s'", field.size < 40 ? (int)field.size : 40,
             field.data);
    return irm_fail_at(z->error, IRM_STATUS_DATA, z->path, record->line, 3, NULL,
                       "%s is neither a share nor a number of inhabitants", text);
}

static irm_status place_row(zoning *z, const irm_csv_record *record, const char *code) {
    irm_placement how;
    int32_t commune = irm_geography_place(z->geography, code, &how), number = -1;
    bool list = z->columns == 1, measured = z->columns == 3;
    irm_view zone = list ? irm_view_of(z->id) : irm_view_trim(record->fields[1]);
    double amount = 1;
    if (zone.size == 0 && !measured) {
        return fail_at(z, record, 2, code, "has an empty zone");
    }
    if (measured) {
        IRM_TRY(read_amount(z, record, &amount));
    }
    if (commune < 0) {
        note_unknown(z, code);
        return IRM_OK;
    }
    z->merged += how != IRM_PLACED_SAME;
    if (zone.size > 0) {
        IRM_TRY(irm_dict_add(z->zones, zone, &number, z->error));
    }
    if (measured) {
        return zone_parts_add(
            &z->parts, (zone_part){commune, number, amount, record->line}, z->error);
    }
    place_whole(z, record->line, code, commune, how, number);
    return IRM_OK;
}

static irm_status check_columns(zoning *z, const irm_csv_record *record) {
    static const char *const wanted[] = {
        "one to three are expected: a commune code, its zone, and a share or inhabitants",
        "one is expected, as above: a commune code",
        "two are expected, as above: a commune code and its zone",
        "three are expected, as above: a commune code, its zone, and a share or "
        "inhabitants"};
    if (z->columns == 0 && record->n_fields >= 1 && record->n_fields <= 3) {
        z->columns = record->n_fields;
    }
    if (z->columns == record->n_fields) {
        return IRM_OK;
    }
    char fields[32];
    snprintf(fields, sizeof fields, "%zu", record->n_fields);
    char says[160];
    snprintf(says, sizeof says, "fields where %s", wanted[z->columns]);
    return fail_at(z, record, 0, fields, says);
}

static irm_status take_record(zoning *z, const irm_csv_record *record) {
    char code[6];
    IRM_TRY(check_columns(z, record));
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

/* A zoning that cuts communes is refused, unless its file tells how much is where. */
static irm_status check_cuts(const zoning *z) {
    if (z->n_cut == 0) {
        return IRM_OK;
    }
    const char *codes = z->cut_codes.data != NULL ? z->cut_codes.data : "";
    return irm_fail_at(
        z->error, IRM_STATUS_DATA, z->path, z->cut_line, 1, NULL,
        "%s %s; a zoning that cuts communes wants a third column, the share of each "
        "commune or the inhabitants of its part in the zone: figures are then estimated",
        codes,
        z->n_cut > 1  ? "are each put in two zones"
        : z->cut_whole ? "is put in two zones"
                       : "is now part of a commune that another line puts in another zone");
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
    if (status == IRM_OK) {
        status = check_cuts(z);
    }
    if (status == IRM_OK) {
        status = zone_parts_settle(&z->parts, irm_geography_level(z->geography, "com"),
                                   z->path, z->of_commune, &z->cuts, &z->n_cuts,
                                   z->error);
    }
    if (status == IRM_OK && irm_dict_count(z->zones) == 0) {
        status = irm_fail_at(z->error, IRM_STATUS_DATA, z->path, 0, 0, NULL,
                             "no commune of the geography of %d is given a zone",
                             z->geography->year);
    }
    return status;
}

static size_t count_cut(const zoning *z) {
    size_t count = 0;
    for (size_t i = 0; i < z->n_cuts; i++) {
        count += i == 0 || z->cuts[i].commune != z->cuts[i - 1].commune;
    }
    return count;
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
    size_t cut = count_cut(z);
    if (cut > 0) {
        irm_warn(reporter,
                 "%s: %zu commune%s cut: what %s count is shared by the third column, and "
                 "estimated",
                 z->path, cut, cut > 1 ? "s are" : " is", cut > 1 ? "they" : "its rows");
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
    for (size_t i = 0; i < z->n_cuts; i++) {
        if (z->cuts[i].item >= 0) {
            z->cuts[i].item =
                irm_level_find(level, irm_dict_text(z->zones, z->cuts[i].item));
        }
    }
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
    zoning z = {.geography = geography, .path = path, .id = id, .error = error};
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
        level->cuts = z.cuts;
        level->n_cuts = z.n_cuts;
        z.of_commune = NULL;
        z.cuts = NULL;
    } else if (geography->n_levels > known) {
        geography_drop_level(geography);
    }
    irm_dict_free(z.zones);
    irm_free(z.of_commune);
    irm_free(z.cuts);
    irm_free(z.parts.items);
    irm_buffer_clear(&z.cut_codes);
    return status;
}

const irm_cut *irm_level_cuts(const irm_level *level, int32_t commune, size_t *count) {
    size_t low = 0, high = level->n_cuts;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (level->cuts[middle].commune < commune) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *count = 0;
    while (low + *count < level->n_cuts && level->cuts[low + *count].commune == commune) {
        ++*count;
    }
    return level->cuts + low;
}
