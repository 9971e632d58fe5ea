#include "evaluate/frame.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate/detail.h"
#include "evaluate/frame_inside.h"
#include "irminon/memory.h"
#include "irminon/text.h"

const char *frame_attribute(const irm_attributes *attributes, const char *name) {
    const char *value = irm_attributes_get(attributes, name);
    return value != NULL ? value : "";
}

bool frame_has_role(const irm_column *column, const char *role) {
    return strcmp(frame_attribute(&column->attributes, "role"), role) == 0;
}

size_t frame_role_column(const irm_table *schema, const char *role) {
    size_t i = 0;
    while (i < schema->n_columns && !frame_has_role(&schema->columns[i], role)) {
        i++;
    }
    return i;
}

static irm_shape_kind shape_of(const char *name) {
    static const char *const shapes[] = {"wide", "cube", "detail", "geometry", "zoning"};
    for (int i = 0; i < 5; i++) {
        if (strcmp(name, shapes[i]) == 0) {
            return (irm_shape_kind)i;
        }
    }
    return IRM_TABLE_WIDE;
}

/* "2016-2020" is 5 years. */
static int pooled_years(const char *text) {
    int first = 0, last = 0;
    if (sscanf(text, "%d-%d", &first, &last) != 2 || last < first) {
        return 0;
    }
    return last - first + 1;
}

irm_status irm_frame_init(irm_frame *frame, const irm_table *schema, irm_error *error) {
    memset(frame, 0, sizeof *frame);
    frame->schema = schema;
    frame->dataset = frame_attribute(&schema->attributes, "dataset");
    frame->shape = shape_of(frame_attribute(&schema->attributes, "shape"));
    frame->vintage = (int)irm_attributes_integer(&schema->attributes, "vintage", 0);
    frame->geography = (int)irm_attributes_integer(&schema->attributes, "geography", 0);
    frame->pooled = pooled_years(frame_attribute(&schema->attributes, "survey_years"));
    frame->columns = irm_calloc(schema->n_columns, sizeof *frame->columns);
    frame->plain = irm_calloc(schema->n_columns, sizeof *frame->plain);
    frame->variables = irm_calloc(schema->n_columns, sizeof *frame->variables);
    frame->variable_years = irm_calloc(schema->n_columns, sizeof *frame->variable_years);
    if (frame->columns == NULL || frame->plain == NULL || frame->variables == NULL ||
        frame->variable_years == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < schema->n_columns; i++) {
        const irm_column *column = &schema->columns[i];
        bool number = column->type == IRM_COLUMN_NUMBER;
        frame->variables[i] =
            number ? irm_attributes_get(&column->attributes, "variable") : NULL;
        frame->variable_years[i] =
            (int)irm_attributes_integer(&column->attributes, "year", 0);
    }
    return IRM_OK;
}

void irm_frame_clear(irm_frame *frame) {
    for (size_t i = 0; frame->columns != NULL && i < frame->schema->n_columns; i++) {
        irm_table_clear(&frame->columns[i]);
    }
    frame_clear_cube(frame);
    frame_clear_narrowed(frame);
    irm_free(frame->columns);
    irm_free(frame->plain);
    irm_free(frame->variables);
    irm_free(frame->variable_years);
    irm_free(frame->row_level);
    irm_free(frame->row_year);
    irm_free(frame->years);
    irm_free(frame->year_levels);
    irm_free(frame->placed);
    irm_free(frame->departments);
    irm_free(frame->pieces);
    irm_detail_free(frame->detail);
    memset(frame, 0, sizeof *frame);
}

irm_status irm_frame_column(irm_frame *frame, const irm_store *store, size_t index,
                            irm_column **column, irm_error *error) {
    if (frame->detail != NULL) {
        *column = irm_detail_column(frame->detail, index);
        return IRM_OK;
    }
    irm_table *slot = &frame->columns[index];
    if (slot->n_columns == 0) {
        const char *name = frame->schema->columns[index].name;
        IRM_TRY(irm_store_read(store, frame->schema->name, &name, 1, slot, error));
    }
    *column = &slot->columns[0];
    return IRM_OK;
}

const irm_plain *irm_frame_plain(irm_frame *frame, size_t index) {
    if (frame->detail != NULL) {
        return irm_detail_plain(frame->detail, index);
    }
    irm_plain *plain = &frame->plain[index];
    if (plain->way == IRM_PLAIN_UNKNOWN) {
        *plain = irm_plain_of(&frame->columns[index].columns[0], frame->schema->n_rows);
    }
    return plain;
}

/* ---- levels ----------------------------------------------------------------------- */

int irm_frame_level(const irm_frame *frame, const char *id) {
    for (size_t i = 0; i < frame->n_levels; i++) {
        if (strcmp(frame->levels[i], id) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* The number of a level among the frame's, added when new; 255 when there are too many.
 */
static uint8_t level_number(irm_frame *frame, const char *id, size_t size) {
    char name[IRM_FRAME_LEVEL_SIZE];
    snprintf(name, sizeof name, "%.*s", (int)size, id);
    int known = irm_frame_level(frame, name);
    if (known >= 0) {
        return (uint8_t)known;
    }
    if (frame->n_levels == IRM_FRAME_LEVELS) {
        return 255;
    }
    memcpy(frame->levels[frame->n_levels], name, sizeof name);
    return (uint8_t)frame->n_levels++;
}

/* Entry of "COM=com FRANCE:FM=frm FRANCE=fr" that fits a word and a code of the key; the
 * word itself in lower case where none does. */
static uint8_t level_of_word(irm_frame *frame, const char *map, const char *word,
                             const char *key) {
    size_t size = strlen(word);
    for (const char *p = map; *p != '\0';) {
        p += strspn(p, " \n\t");
        const char *end = p + strcspn(p, " \n\t");
        const char *equals = memchr(p, '=', (size_t)(end - p));
        const char *colon = memchr(p, ':', (size_t)(end - p));
        bool restricted = equals != NULL && colon != NULL && colon < equals;
        const char *stop = restricted ? colon : equals;
        bool fits =
            equals != NULL && (size_t)(stop - p) == size && memcmp(p, word, size) == 0;
        if (fits && restricted) {
            irm_view only = {colon + 1, (size_t)(equals - colon - 1)};
            fits = irm_view_equals(only, key);
        }
        if (fits) {
            return level_number(frame, equals + 1, (size_t)(end - equals - 1));
        }
        p = end;
    }
    char lower[IRM_FRAME_LEVEL_SIZE];
    size_t n = 0;
    for (; word[n] != '\0' && n + 1 < sizeof lower; n++) {
        lower[n] = (char)(word[n] >= 'A' && word[n] <= 'Z' ? word[n] + 32 : word[n]);
    }
    return level_number(frame, lower, n);
}

static irm_status open_levels(irm_frame *frame, const irm_store *store,
                              irm_error *error) {
    const irm_table *schema = frame->schema;
    size_t index = frame_role_column(schema, "level");
    if (index == schema->n_columns) {
        const char *level = frame_attribute(&schema->attributes, "level");
        level_number(frame, level, strlen(level));
        return IRM_OK;
    }
    irm_column *words;
    IRM_TRY(irm_frame_column(frame, store, index, &words, error));
    frame->row_level = irm_calloc(schema->n_rows, 1);
    if (frame->row_level == NULL) {
        return irm_fail_memory(error);
    }
    const char *map = frame_attribute(&schema->columns[index].attributes, "levels");
    int32_t last_word = -2, last_key = -2;
    uint8_t last = 0;
    for (size_t r = 0; r < schema->n_rows; r++) {
        int32_t word = words->codes[r], key = frame->key->codes[r];
        if (word != last_word || (key != last_key && strchr(map, ':') != NULL)) {
            last = level_of_word(frame, map, irm_column_label(words, r),
                                 irm_column_label(frame->key, r));
            last_word = word;
            last_key = key;
        }
        frame->row_level[r] = last;
    }
    return IRM_OK;
}

/* ---- years ------------------------------------------------------------------------ */

irm_status irm_years_add(int **years, size_t *count, int year, irm_error *error) {
    size_t at = 0;
    while (at < *count && (*years)[at] < year) {
        at++;
    }
    if (at < *count && (*years)[at] == year) {
        return IRM_OK;
    }
    int *grown = irm_realloc(*years, *count + 1, sizeof *grown);
    if (grown == NULL) {
        return irm_fail_memory(error);
    }
    memmove(grown + at + 1, grown + at, (*count - at) * sizeof *grown);
    grown[at] = year;
    *years = grown;
    (*count)++;
    return IRM_OK;
}

/* Year of a period: the number, or the first four digits of "2024-12". */
static int year_of(const char *period) {
    int year = 0;
    for (int i = 0; i < 4; i++) {
        if (period[i] < '0' || period[i] > '9') {
            return 0;
        }
        year = year * 10 + (period[i] - '0');
    }
    return year;
}

/* Year of each period of a category column, 0 for those that a later period of the same
 * year replaces (monthly series are read in their last month, as CAF publishes them). */
static irm_status period_years(const irm_column *periods, int **by_code,
                               irm_error *error) {
    size_t n = irm_dict_count(periods->categories);
    int *years = irm_calloc(n, sizeof *years);
    if (years == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        const char *text = irm_dict_text(periods->categories, (int32_t)i);
        years[i] = year_of(text);
        for (size_t j = 0; j < i; j++) {
            if (years[j] == years[i] && years[j] != 0) {
                const char *other = irm_dict_text(periods->categories, (int32_t)j);
                years[strcmp(other, text) < 0 ? j : i] = 0;
            }
        }
    }
    *by_code = years;
    return IRM_OK;
}

static irm_status open_periods(irm_frame *frame, const irm_store *store,
                               irm_error *error) {
    size_t index = frame_role_column(frame->schema, "period"), n = frame->schema->n_rows;
    if (index == frame->schema->n_columns) {
        return IRM_OK;
    }
    irm_column *periods;
    IRM_TRY(irm_frame_column(frame, store, index, &periods, error));
    frame->row_year = irm_calloc(n, sizeof *frame->row_year);
    if (frame->row_year == NULL) {
        return irm_fail_memory(error);
    }
    int *by_code = NULL;
    if (periods->type == IRM_COLUMN_CATEGORY) {
        IRM_TRY(period_years(periods, &by_code, error));
    }
    irm_status status = IRM_OK;
    for (size_t r = 0, last = 0; r < n && status == IRM_OK; r++) {
        int year = 0;
        if (by_code != NULL) {
            year = periods->codes[r] >= 0 ? by_code[periods->codes[r]] : 0;
        } else if (periods->values[r] >= 1000 && periods->values[r] < 10000) {
            year = (int)periods->values[r];
        }
        frame->row_year[r] = year;
        if (year != 0 && year != (int)last) {
            status = irm_years_add(&frame->years, &frame->n_years, year, error);
            last = (size_t)year;
        }
    }
    irm_free(by_code);
    return status;
}

static size_t year_index(const irm_frame *frame, int year) {
    size_t i = 0;
    while (i < frame->n_years && frame->years[i] != year) {
        i++;
    }
    return i;
}

void frame_note_level(const irm_frame *frame, size_t row, uint64_t *sets) {
    unsigned level = frame->row_level != NULL ? frame->row_level[row] : 0;
    size_t year = frame->row_year != NULL ? year_index(frame, frame->row_year[row]) : 0;
    if (level < IRM_FRAME_LEVELS && (frame->row_year == NULL || year < frame->n_years)) {
        sets[year] |= UINT64_C(1) << level;
    }
}

static irm_status open_year_levels(irm_frame *frame, irm_error *error) {
    frame->year_levels = irm_calloc(frame->n_years + 1, sizeof *frame->year_levels);
    if (frame->year_levels == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t r = 0; r < frame->schema->n_rows; r++) {
        frame_note_level(frame, r, frame->year_levels);
    }
    return IRM_OK;
}

bool irm_frame_has_level(const irm_frame *frame, const char *name, const char *level,
                         int year) {
    int number = irm_frame_level(frame, level);
    size_t at = frame->row_year != NULL ? year_index(frame, year) : 0;
    const irm_measure *measure =
        frame->shape == IRM_TABLE_CUBE ? irm_frame_measure(frame, name) : NULL;
    const uint64_t *sets = measure != NULL ? measure->levels : frame->year_levels;
    return number >= 0 && (frame->row_year == NULL || at < frame->n_years) &&
           (sets[at] >> number & 1) != 0;
}

irm_status irm_frame_open(irm_frame *frame, const irm_store *store,
                          const irm_geography *geography, irm_passages *passages,
                          const irm_reporter *reporter, irm_error *error) {
    if (frame->opened) {
        return IRM_OK;
    }
    size_t key = frame_role_column(frame->schema, "key");
    if (key == frame->schema->n_columns) {
        return irm_fail(error, IRM_STATUS_DATA, "table %s has no key column",
                        frame->schema->name);
    }
    if (frame->shape == IRM_TABLE_DETAIL && frame->detail == NULL) {
        IRM_TRY(irm_detail_open(frame, store, geography, error));
    }
    key = frame_role_column(frame->schema, "key");
    IRM_TRY(irm_frame_column(frame, store, key, &frame->key, error));
    if (frame->key->type != IRM_COLUMN_CATEGORY) {
        return irm_fail(error, IRM_STATUS_DATA, "table %s: its key is not made of codes",
                        frame->schema->name);
    }
    IRM_TRY(open_levels(frame, store, error));
    IRM_TRY(open_periods(frame, store, error));
    IRM_TRY(open_year_levels(frame, error));
    if (frame->shape == IRM_TABLE_CUBE) {
        IRM_TRY(frame_open_cube(frame, store, error));
    }
    IRM_TRY(frame_open_places(frame, store, geography, passages, reporter, error));
    frame->opened = true;
    return IRM_OK;
}

/* ---- variables -------------------------------------------------------------------- */

irm_measure *irm_frame_measure(const irm_frame *frame, const char *name) {
    for (size_t i = 0; i < frame->n_measures; i++) {
        if (strcmp(frame->measures[i].name, name) == 0) {
            return &frame->measures[i];
        }
    }
    return NULL;
}

static bool is_variable(const irm_frame *frame, size_t column, const char *name) {
    const char *variable = frame->variables[column];
    return variable != NULL && strcmp(variable, name) == 0;
}

bool irm_frame_variable(const irm_frame *frame, const char *name, int year,
                        size_t *column) {
    bool found = false;
    int best = 0;
    for (size_t i = 0; i < frame->schema->n_columns; i++) {
        if (!is_variable(frame, i, name)) {
            continue;
        }
        int of = frame->variable_years[i];
        bool fits = year == 0 || of == year || of == 0 || frame->row_year != NULL;
        if (fits && (!found || of > best)) {
            *column = i;
            best = of;
            found = true;
        }
    }
    return found;
}

bool irm_frame_has(const irm_frame *frame, const char *name) {
    size_t column = 0;
    if (frame->detail != NULL) {
        return irm_detail_measure(frame->detail, name, &column);
    }
    return frame->shape == IRM_TABLE_CUBE ? irm_frame_measure(frame, name) != NULL
                                          : irm_frame_variable(frame, name, 0, &column);
}

irm_status irm_frame_years(const irm_frame *frame, const char *name, int **years,
                           size_t *count, irm_error *error) {
    if (!irm_frame_has(frame, name)) {
        return IRM_OK;
    }
    for (size_t i = 0; i < frame->n_years; i++) {
        IRM_TRY(irm_years_add(years, count, frame->years[i], error));
    }
    if (frame->row_year != NULL) {
        return IRM_OK;
    }
    if (frame->shape != IRM_TABLE_WIDE) {
        return irm_years_add(years, count, frame->vintage, error);
    }
    for (size_t i = 0; i < frame->schema->n_columns; i++) {
        if (is_variable(frame, i, name)) {
            int year = frame->variable_years[i];
            IRM_TRY(
                irm_years_add(years, count, year != 0 ? year : frame->vintage, error));
        }
    }
    return IRM_OK;
}

irm_quantity irm_cell_quantity(const irm_column *column, size_t row, bool floor) {
    double value = column->values[row];
    bool plain = column->marks == NULL || column->marks[row] == 0;
    if (plain && !isnan(value) && column->round_below == 0 && column->round_above == 0) {
        return irm_quantity_exact(value);
    }
    irm_state state = irm_column_state(column, row);
    double lower, upper;
    irm_column_bounds(column, row, &lower, &upper);
    irm_quantity made = irm_quantity_rounded(value, lower, upper);
    if (state == IRM_STATE_NOT_APPLICABLE) {
        made = irm_quantity_hidden(state, NAN, NAN);
    } else if (plain && isnan(value)) {
        made = irm_quantity_hidden(IRM_STATE_MISSING, -INFINITY, INFINITY);
    } else if (irm_state_hidden(state)) {
        made = irm_quantity_hidden(state, lower, upper);
    } else if (isnan(value)) { /* a floor or an imputation told without its number */
        made = irm_quantity_hidden(IRM_STATE_BOUNDED, lower, upper);
    } else {
        made.state = state == IRM_STATE_ZERO ? IRM_STATE_VALUE : state;
        made.flags = plain ? made.flags : 0; /* a floor is not a rounding */
    }
    return floor ? irm_quantity_clip(made, 0) : made;
}
