/* A cube carries communes and the territories they make up: what a producer published of
 * a département or of France is what its communes add up to, or something is to be known.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ingest/ingest.h"
#include "irminon/memory.h"

enum { MOST_COLUMNS = 32, MOST_DECIMALS = 6, SAMPLED = 4096 };

typedef enum place {
    PLACE_OTHER = 0,
    PLACE_COMMUNE,
    PLACE_DEPARTMENT,
    PLACE_FRANCE
} place;

/* One published figure, and its communes. Its codes in the fixed columns are in
 * totals.fixed_codes. */
typedef struct figure {
    int32_t territory;
    int32_t level, key; /* as published */
    double published;
    double sum;
    uint32_t communes;
    bool hidden; /* a commune's cell has no number */
} figure;

/* What was found of one territory. */
typedef struct finding {
    size_t compared, apart, below;
    double published, summed;
} finding;

/* A column as the rows of one block go by. */
typedef struct passing {
    irm_column column; /* a copy, with cells of its own */
    size_t slot;
} passing;

typedef struct totals {
    const irm_table *table;
    irm_spool *spool;
    passing passing[MOST_COLUMNS];
    size_t n_passing;
    const irm_column *key, *level, *value, *measure;
    const irm_column *fixed[MOST_COLUMNS]; /* dimensions, measure and period */
    size_t n_fixed;
    size_t n_rows;        /* of the block going by */
    int32_t *fixed_codes; /* of each figure, column by column */
    size_t codes_capacity;
    uint8_t *places;       /* of each word of the level column */
    bool *additive;        /* of each modality of the measure column */
    irm_dict *territories; /* codes of départements; "" for France */
    figure *figures;
    size_t n_figures, capacity;
    uint32_t *slots; /* figure + 1 */
    size_t n_slots;
    int decimals;
} totals;

/* The passing copy of a table's column, made once; NULL when there are too many. */
static const irm_column *pass(totals *of, size_t slot) {
    for (size_t i = 0; i < of->n_passing; i++) {
        if (of->passing[i].slot == slot) {
            return &of->passing[i].column;
        }
    }
    if (of->n_passing == MOST_COLUMNS) {
        return NULL;
    }
    passing *made = &of->passing[of->n_passing++];
    *made = (passing){of->table->columns[slot], slot};
    return &made->column;
}

static const char *role_of(const irm_column *column) {
    const char *role = irm_attributes_get(&column->attributes, "role");
    return role != NULL ? role : "";
}

static const irm_column *by_role(totals *of, const char *role) {
    for (size_t i = 0; i < of->table->n_columns; i++) {
        if (strcmp(role_of(&of->table->columns[i]), role) == 0) {
            return pass(of, i);
        }
    }
    return NULL;
}

static bool is_fixed(const irm_column *column) {
    static const char *const kept[] = {"dimension", "measure", "period"};
    bool fixed = false;
    for (int k = 0; k < 3; k++) {
        fixed = fixed || strcmp(role_of(column), kept[k]) == 0;
    }
    return fixed && column->type == IRM_COLUMN_CATEGORY;
}

static bool find_columns(totals *of) {
    of->key = by_role(of, "key");
    of->level = by_role(of, "level");
    of->value = by_role(of, "value");
    of->measure = by_role(of, "measure");
    for (size_t i = 0; i < of->table->n_columns; i++) {
        if (is_fixed(&of->table->columns[i])) {
            const irm_column *column = pass(of, i);
            if (column == NULL) {
                return false;
            }
            of->fixed[of->n_fixed++] = column;
        }
    }
    return of->key != NULL && of->level != NULL && of->value != NULL &&
           of->key->type == IRM_COLUMN_CATEGORY &&
           of->level->type == IRM_COLUMN_CATEGORY && of->value->type == IRM_COLUMN_NUMBER;
}

static irm_status make_room(totals *of, irm_error *error) {
    for (size_t i = 0; i < of->n_passing; i++) {
        irm_column *column = &of->passing[i].column;
        bool number = column->type == IRM_COLUMN_NUMBER;
        column->values = number ? irm_calloc(IRM_BLOCK_ROWS, sizeof(double)) : NULL;
        column->codes = number ? NULL : irm_calloc(IRM_BLOCK_ROWS, sizeof(int32_t));
        if (number ? column->values == NULL : column->codes == NULL) {
            return irm_fail_memory(error);
        }
    }
    return IRM_OK;
}

/* Brings the rows of a block into the passing columns. */
static irm_status bring(totals *of, size_t block, irm_error *error) {
    size_t left = of->table->n_rows - block * IRM_BLOCK_ROWS;
    of->n_rows = left < IRM_BLOCK_ROWS ? left : IRM_BLOCK_ROWS;
    for (size_t i = 0; i < of->n_passing; i++) {
        const passing *one = &of->passing[i];
        IRM_TRY(one->column.values != NULL
                    ? irm_spool_values(of->spool, one->slot, block, one->column.values,
                                       NULL, 0, error)
                    : irm_spool_codes(of->spool, one->slot, block, one->column.codes, 0,
                                      error));
    }
    return IRM_OK;
}

static size_t n_blocks(const totals *of) {
    return (of->table->n_rows + IRM_BLOCK_ROWS - 1) / IRM_BLOCK_ROWS;
}

/* The text after "word=" in a list of such pairs, up to the next separator; empty when
 * the word is not there. */
static irm_view paired(const char *list, const char *word, char separator) {
    size_t length = strlen(word);
    for (const char *p = list; p != NULL && *p != '\0';) {
        const char *end = strchr(p, separator);
        size_t size = end != NULL ? (size_t)(end - p) : strlen(p);
        if (size > length && strncmp(p, word, length) == 0 && p[length] == '=') {
            return (irm_view){p + length + 1, size - length - 1};
        }
        p += size;
        p += *p == separator;
    }
    return (irm_view){"", 0};
}

static irm_status read_places(totals *of, irm_error *error) {
    const char *levels = irm_attributes_get(&of->level->attributes, "levels");
    size_t count = irm_dict_count(of->level->categories);
    of->places = irm_calloc(count, sizeof *of->places);
    if (of->places == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        irm_view level =
            paired(levels, irm_dict_text(of->level->categories, (int32_t)i), ' ');
        of->places[i] = irm_view_equals(level, "com")   ? PLACE_COMMUNE
                        : irm_view_equals(level, "dep") ? PLACE_DEPARTMENT
                        : irm_view_equals(level, "fr")  ? PLACE_FRANCE
                                                        : PLACE_OTHER;
    }
    return IRM_OK;
}

static bool additive_name(irm_view kind) {
    return irm_view_equals(kind, "count") || irm_view_equals(kind, "amount") ||
           irm_view_equals(kind, "area");
}

static irm_status read_measures(totals *of, irm_error *error) {
    size_t count = of->measure != NULL ? irm_dict_count(of->measure->categories) : 1;
    of->additive = irm_calloc(count, sizeof *of->additive);
    if (of->additive == NULL) {
        return irm_fail_memory(error);
    }
    if (of->measure == NULL) {
        of->additive[0] = irm_kind_additive(irm_column_kind(of->value));
        return IRM_OK;
    }
    const char *measures = irm_attributes_get(&of->measure->attributes, "measures");
    for (size_t i = 0; i < count; i++) {
        const char *name = irm_dict_text(of->measure->categories, (int32_t)i);
        of->additive[i] = additive_name(paired(measures, name, ' '));
    }
    return IRM_OK;
}

/* The source's own restriction of a word to some code ("FRANCE:FM=frm"): not France. */
static bool is_whole_france(const totals *of, size_t row) {
    const char *levels = irm_attributes_get(&of->level->attributes, "levels");
    char word[160];
    snprintf(word, sizeof word, "%.70s:%.70s", irm_column_label(of->level, row),
             irm_column_label(of->key, row));
    return paired(levels, word, ' ').size == 0;
}

static place row_place(const totals *of, size_t row) {
    int32_t word = of->level->codes[row];
    int32_t measure = of->measure != NULL ? of->measure->codes[row] : 0;
    if (word < 0 || measure < 0 || of->key->codes[row] < 0 || !of->additive[measure]) {
        return PLACE_OTHER;
    }
    place found = (place)of->places[word];
    return found == PLACE_FRANCE && !is_whole_france(of, row) ? PLACE_OTHER : found;
}

static uint64_t mix(uint64_t h, int32_t code) {
    h = (h ^ (uint32_t)code) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ (h >> 29);
}

static uint64_t row_hash(const totals *of, size_t row, int32_t territory) {
    uint64_t h = (uint32_t)territory;
    for (size_t i = 0; i < of->n_fixed; i++) {
        h = mix(h, of->fixed[i]->codes[row]);
    }
    return h ^ (h >> 32);
}

static uint64_t figure_hash(const totals *of, size_t at) {
    uint64_t h = (uint32_t)of->figures[at].territory;
    for (size_t i = 0; i < of->n_fixed; i++) {
        h = mix(h, of->fixed_codes[at * of->n_fixed + i]);
    }
    return h ^ (h >> 32);
}

static bool same_figure(const totals *of, const figure *one, size_t row,
                        int32_t territory) {
    const int32_t *codes = of->fixed_codes + (size_t)(one - of->figures) * of->n_fixed;
    for (size_t i = 0; i < of->n_fixed; i++) {
        if (codes[i] != of->fixed[i]->codes[row]) {
            return false;
        }
    }
    return one->territory == territory;
}

static size_t figure_slot(const totals *of, size_t row, int32_t territory) {
    size_t mask = of->n_slots - 1, slot = (size_t)row_hash(of, row, territory) & mask;
    while (of->slots[slot] != 0 &&
           !same_figure(of, &of->figures[of->slots[slot] - 1], row, territory)) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

static irm_status add_figure(totals *of, size_t row, place where, irm_error *error) {
    int32_t territory;
    irm_view code = where == PLACE_FRANCE ? irm_view_of("")
                                          : irm_view_of(irm_column_label(of->key, row));
    IRM_TRY(irm_dict_add(of->territories, code, &territory, error));
    IRM_TRY(irm_reserve((void **)&of->figures, &of->capacity, of->n_figures + 1,
                        sizeof *of->figures, error));
    IRM_TRY(irm_reserve((void **)&of->fixed_codes, &of->codes_capacity,
                        (of->n_figures + 1) * of->n_fixed, sizeof *of->fixed_codes,
                        error));
    for (size_t i = 0; i < of->n_fixed; i++) {
        of->fixed_codes[of->n_figures * of->n_fixed + i] = of->fixed[i]->codes[row];
    }
    of->figures[of->n_figures++] = (figure){.territory = territory,
                                            .level = of->level->codes[row],
                                            .key = of->key->codes[row],
                                            .published = of->value->values[row]};
    return IRM_OK;
}

/* Of one territory and the same codes: two figures of France, under two names. */
static bool same_published(const totals *of, size_t a, size_t b) {
    size_t size = of->n_fixed * sizeof *of->fixed_codes;
    return of->figures[a].territory == of->figures[b].territory &&
           (size == 0 || memcmp(of->fixed_codes + a * of->n_fixed,
                                of->fixed_codes + b * of->n_fixed, size) == 0);
}

static irm_status index_figures(totals *of, irm_error *error) {
    of->n_slots = 16;
    while (of->n_slots < of->n_figures * 2) {
        of->n_slots *= 2;
    }
    of->slots = irm_calloc(of->n_slots, sizeof *of->slots);
    if (of->slots == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < of->n_figures; i++) {
        size_t slot = (size_t)figure_hash(of, i) & (of->n_slots - 1);
        while (of->slots[slot] != 0 && !same_published(of, of->slots[slot] - 1, i)) {
            slot = (slot + 1) & (of->n_slots - 1);
        }
        of->slots[slot] = (uint32_t)(i + 1);
    }
    return IRM_OK;
}

/* Decimals that the figures are published with, as far as the block that starts at row
 * `first` of the table shows; MOST_DECIMALS for unrounded ones. */
static void count_decimals(totals *of, size_t first) {
    size_t step = of->table->n_rows / SAMPLED + 1;
    double scale = pow(10, of->decimals);
    for (size_t row = (step - first % step) % step; row < of->n_rows; row += step) {
        double value = fabs(of->value->values[row]);
        while (of->decimals < MOST_DECIMALS && isfinite(value) && value < 1e12 &&
               fabs(value * scale - nearbyint(value * scale)) >
                   1e-6 * fmax(1, value * scale * 1e-6)) {
            of->decimals++;
            scale *= 10;
        }
    }
}

static irm_status read_published(totals *of, irm_error *error) {
    for (size_t block = 0; block < n_blocks(of); block++) {
        IRM_TRY(bring(of, block, error));
        for (size_t row = 0; row < of->n_rows; row++) {
            place where = row_place(of, row);
            if ((where == PLACE_DEPARTMENT || where == PLACE_FRANCE) &&
                !isnan(of->value->values[row]) && of->n_figures < UINT32_MAX - 1) {
                IRM_TRY(add_figure(of, row, where, error));
            }
        }
        count_decimals(of, block * IRM_BLOCK_ROWS);
    }
    return index_figures(of, error);
}

static void add_commune(totals *of, size_t row, int32_t territory) {
    if (territory < 0) {
        return;
    }
    uint32_t found = of->slots[figure_slot(of, row, territory)];
    if (found == 0) {
        return;
    }
    figure *one = &of->figures[found - 1];
    one->communes++;
    if (isnan(of->value->values[row])) {
        one->hidden = true;
    } else {
        one->sum += of->value->values[row];
    }
}

/* Département of a commune code: its first two characters, three overseas. */
static irm_view department_of(const char *code) {
    bool overseas = strncmp(code, "97", 2) == 0 || strncmp(code, "98", 2) == 0;
    size_t size = strlen(code), wanted = overseas ? 3 : 2;
    return (irm_view){code, size < wanted ? size : wanted};
}

static void add_block(totals *of, int32_t france) {
    for (size_t row = 0; row < of->n_rows; row++) {
        if (row_place(of, row) != PLACE_COMMUNE) {
            continue;
        }
        irm_view department = department_of(irm_column_label(of->key, row));
        add_commune(of, row, irm_dict_find(of->territories, department));
        add_commune(of, row, france);
    }
}

static irm_status add_communes(totals *of, irm_error *error) {
    int32_t france = irm_dict_find(of->territories, irm_view_of(""));
    for (size_t block = 0; block < n_blocks(of); block++) {
        IRM_TRY(bring(of, block, error));
        add_block(of, france);
    }
    return IRM_OK;
}

/* Rounding errors of n figures to a unit u have a standard deviation of u·√(n/12): four
 * of them, and half a unit for the published one. */
static double tolerance(const totals *of, const figure *one) {
    double published = fabs(one->published);
    if (of->decimals == MOST_DECIMALS) {
        return 1e-6 + 1e-9 * published;
    }
    double unit = pow(10, -of->decimals);
    return unit * (4 * sqrt((one->communes + 1) / 12.0) + 0.5);
}

static void tell_absent(const totals *of, const finding *findings, const char *source,
                        const irm_reporter *reporter) {
    for (size_t i = 0; i < irm_dict_count(of->territories); i++) {
        const finding *found = &findings[i];
        const char *code = irm_dict_text(of->territories, (int32_t)i);
        if (found->apart == 0) {
            continue;
        }
        irm_warn(
            reporter,
            "%s: the communes of %s%s add up to %.1f %% of its published figures (%zu "
            "cells): some are absent from the file",
            source, *code == '\0' ? "France" : "département ", code,
            100 * found->summed / found->published, found->compared);
    }
}

/* All cells of a territory fall short: communes are absent rather than figures wrong. */
static bool communes_absent(const finding *found) {
    return found->below == found->apart && found->below * 10 >= found->compared * 9 &&
           found->summed < found->published;
}

static const char *label(const irm_column *column, int32_t code) {
    return code >= 0 ? irm_dict_text(column->categories, code) : "";
}

static void tell_worst(const totals *of, const figure *worst, size_t compared,
                       size_t apart, const char *source, const irm_reporter *reporter) {
    char cell[512];
    const int32_t *codes = of->fixed_codes + (size_t)(worst - of->figures) * of->n_fixed;
    int used = snprintf(cell, sizeof cell, "%s %s", label(of->level, worst->level),
                        label(of->key, worst->key));
    for (size_t i = 0; i < of->n_fixed && used > 0 && used < 400; i++) {
        used += snprintf(cell + used, sizeof cell - (size_t)used, ", %.30s %.40s",
                         of->fixed[i]->name, label(of->fixed[i], codes[i]));
    }
    irm_warn(
        reporter,
        "%s: %zu of %zu published totals differ from what their communes add up to; the "
        "worst: %s is published as %.10g, its %u communes give %.10g",
        source, apart, compared, cell, worst->published, worst->communes, worst->sum);
}

/* First pass: what each territory shows as a whole. */
static void examine(const totals *of, finding *findings) {
    for (size_t i = 0; i < of->n_figures; i++) {
        const figure *one = &of->figures[i];
        finding *found = &findings[one->territory];
        double published = one->published;
        if (one->communes == 0 || one->hidden) {
            continue;
        }
        bool apart = fabs(published - one->sum) > tolerance(of, one);
        found->compared++;
        found->apart += apart;
        found->below += apart && one->sum < published;
        found->published += published;
        found->summed += one->sum;
    }
}

static void tell(const totals *of, finding *findings, const irm_reporter *reporter) {
    const char *source = of->table->name;
    const figure *worst = NULL;
    double gap = 0;
    size_t compared = 0, apart = 0;
    examine(of, findings);
    for (size_t i = 0; i < of->n_figures; i++) {
        const figure *one = &of->figures[i];
        const finding *found = &findings[one->territory];
        if (one->communes == 0 || one->hidden ||
            (found->apart > 0 && communes_absent(found))) {
            continue;
        }
        double difference = fabs(one->published - one->sum);
        compared++;
        if (difference > tolerance(of, one)) {
            apart++;
            worst = worst == NULL || difference > gap ? one : worst;
            gap = fmax(gap, difference);
        }
    }
    for (size_t i = 0; i < irm_dict_count(of->territories); i++) {
        findings[i].apart = communes_absent(&findings[i]) ? findings[i].apart : 0;
    }
    tell_absent(of, findings, source, reporter);
    if (apart > 0) {
        tell_worst(of, worst, compared, apart, source, reporter);
    } else if (compared > 0) {
        irm_warn(reporter,
                 "%s: %zu published totals compared with their communes: all agree",
                 source, compared);
    }
}

static irm_status compare(totals *of, const irm_reporter *reporter, irm_error *error) {
    IRM_TRY(make_room(of, error));
    IRM_TRY(read_places(of, error));
    IRM_TRY(read_measures(of, error));
    IRM_TRY(irm_dict_new(&of->territories, error));
    IRM_TRY(read_published(of, error));
    if (of->n_figures == 0) {
        return IRM_OK;
    }
    IRM_TRY(add_communes(of, error));
    finding *findings = irm_calloc(irm_dict_count(of->territories), sizeof *findings);
    if (findings == NULL) {
        return irm_fail_memory(error);
    }
    tell(of, findings, reporter);
    irm_free(findings);
    return IRM_OK;
}

irm_status totals_check(const irm_table *table, irm_spool *spool,
                        const irm_reporter *reporter, irm_error *error) {
    const char *shape = irm_attributes_get(&table->attributes, "shape");
    totals of = {.table = table, .spool = spool};
    if (shape == NULL || strcmp(shape, "cube") != 0 || !find_columns(&of)) {
        return IRM_OK;
    }
    irm_status status = compare(&of, reporter, error);
    for (size_t i = 0; i < of.n_passing; i++) {
        irm_free(of.passing[i].column.values);
        irm_free(of.passing[i].column.codes);
    }
    irm_free(of.places);
    irm_free(of.additive);
    irm_dict_free(of.territories);
    irm_free(of.figures);
    irm_free(of.fixed_codes);
    irm_free(of.slots);
    return status;
}
