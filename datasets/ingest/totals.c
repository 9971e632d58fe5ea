/* A cube carries communes and the territories they make up: what a producer published of
 * a département, of a région or of France is what its communes add up to, or something is
 * to be known.
 */
#include "ingest/totals.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"

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
                        : irm_view_equals(level, "reg") ? PLACE_REGION
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
            bool region = where == PLACE_REGION && of->regions != NULL;
            if ((where == PLACE_DEPARTMENT || where == PLACE_FRANCE || region) &&
                !isnan(of->value->values[row]) && of->n_figures < UINT32_MAX - 1) {
                IRM_TRY(totals_add_figure(of, row, where, error));
            }
        }
        count_decimals(of, block * IRM_BLOCK_ROWS);
    }
    return totals_index(of, error);
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
        totals_add_commune(of, row, irm_dict_find(of->territories, department));
        totals_add_commune(of, row, totals_region(of, department));
        totals_add_commune(of, row, france);
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

static irm_status compare(totals *of, const irm_store *store,
                          const irm_reporter *reporter, irm_error *error) {
    IRM_TRY(make_room(of, error));
    IRM_TRY(read_places(of, error));
    IRM_TRY(read_measures(of, error));
    IRM_TRY(totals_read_regions(of, store, error));
    IRM_TRY(irm_dict_new(&of->territories, error));
    IRM_TRY(read_published(of, error));
    if (of->n_figures == 0) {
        return IRM_OK;
    }
    IRM_TRY(add_communes(of, error));
    return totals_tell(of, reporter, error);
}

irm_status totals_check(const irm_table *table, irm_spool *spool, const irm_store *store,
                        const irm_reporter *reporter, irm_error *error) {
    const char *shape = irm_attributes_get(&table->attributes, "shape");
    totals of = {.table = table, .spool = spool};
    if (shape == NULL || strcmp(shape, "cube") != 0 || !find_columns(&of)) {
        return IRM_OK;
    }
    irm_status status = compare(&of, store, reporter, error);
    for (size_t i = 0; i < of.n_passing; i++) {
        irm_free(of.passing[i].column.values);
        irm_free(of.passing[i].column.codes);
    }
    irm_free(of.places);
    irm_free(of.additive);
    irm_dict_free(of.territories);
    irm_dict_free(of.departments);
    irm_dict_free(of.regions);
    irm_free(of.region_of);
    irm_free(of.figures);
    irm_free(of.fixed_codes);
    irm_free(of.slots);
    return status;
}
