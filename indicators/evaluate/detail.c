#include "evaluate/detail.h"

#include <stdio.h>
#include <string.h>

#include "evaluate/frame_inside.h"
#include "irminon/memory.h"
#include "irminon/text.h"

void irm_detail_free(irm_detail *detail) {
    if (detail == NULL) {
        return;
    }
    for (size_t i = 0; i < detail->n_cubes; i++) {
        irm_detail_cube_free(detail->cubes[i]);
    }
    for (size_t i = 0; i < detail->n_figures; i++) {
        irm_free(detail->figures[i]->key);
        irm_table_clear(&detail->figures[i]->table);
        irm_free(detail->figures[i]);
    }
    for (size_t i = 0; i < detail->n_axes; i++) {
        irm_dict_free(detail->axes[i].texts);
    }
    for (size_t i = 0; i < detail->n_sources; i++) {
        irm_free(detail->sources[i].row);
    }
    irm_table_clear(&detail->shell);
    irm_free(detail->cubes);
    irm_free(detail->figures);
    irm_free(detail->years);
    irm_free(detail);
}

/* ---- sources ---------------------------------------------------------------------- */

static irm_status axis_of(irm_detail *detail, size_t column, size_t *axis,
                          irm_error *error) {
    for (*axis = 0; *axis < detail->n_axes; (*axis)++) {
        if (detail->axes[*axis].column == column) {
            return IRM_OK;
        }
    }
    detail->axes[detail->n_axes].column = column;
    return irm_dict_new(&detail->axes[detail->n_axes++].texts, error);
}

static irm_status source_add(irm_detail *detail, const char *level, irm_detail_how how,
                             size_t column, irm_error *error) {
    if (detail->n_sources == IRM_DETAIL_SOURCES) {
        return IRM_OK;
    }
    size_t axis = 0;
    IRM_TRY(axis_of(detail, column, &axis, error));
    irm_detail_source *source = &detail->sources[detail->n_sources++];
    snprintf(source->level, sizeof source->level, "%s", level);
    source->how = how;
    source->axis = axis;
    return IRM_OK;
}

/* The first column of a level, the key's first; n_columns when none. */
static size_t column_of_level(const irm_table *stored, const char *of_key,
                              const char *level) {
    size_t key = frame_role_column(stored, "key");
    if (strcmp(of_key, level) == 0) {
        return key;
    }
    for (size_t i = 0; i < stored->n_columns; i++) {
        const char *own = frame_attribute(&stored->columns[i].attributes, "level");
        if (i != key && strcmp(own, level) == 0) {
            return i;
        }
    }
    return stored->n_columns;
}

/* Where all communes are told apart, larger territories are the sum of theirs. Elsewhere
 * each level is read by the column of its codes; régions and France by their
 * départements, so that a part of them is not taken for the whole. */
static irm_status find_sources(irm_detail *detail, const char *of_key, irm_error *error) {
    const irm_table *stored = detail->stored;
    size_t none = stored->n_columns, key = frame_role_column(stored, "key");
    size_t arm = column_of_level(stored, of_key, "arm");
    IRM_TRY(source_add(detail, of_key, IRM_DETAIL_CODE, key, error));
    if (arm < none && arm != key) {
        IRM_TRY(source_add(detail, "arm", IRM_DETAIL_CODE, arm, error));
    }
    if (strcmp(of_key, "com") == 0) {
        return IRM_OK;
    }
    size_t iris = column_of_level(stored, of_key, "iris");
    size_t department = column_of_level(stored, of_key, "dep");
    size_t region = column_of_level(stored, of_key, "reg");
    if (iris < none) {
        detail->some_communes = true;
        IRM_TRY(source_add(detail, "com", IRM_DETAIL_IRIS, iris, error));
    }
    if (department < none) {
        IRM_TRY(department == key
                    ? IRM_OK
                    : source_add(detail, "dep", IRM_DETAIL_CODE, department, error));
        IRM_TRY(strcmp(of_key, "reg") == 0
                    ? IRM_OK
                    : source_add(detail, "reg", IRM_DETAIL_REGION, department, error));
        return source_add(detail, "fr", IRM_DETAIL_FRANCE, department, error);
    }
    return region < none && region != key
               ? source_add(detail, "reg", IRM_DETAIL_CODE, region, error)
               : IRM_OK;
}

/* ---- rows ------------------------------------------------------------------------- */

/* The rows of the frame, as they are found. */
typedef struct rows_found {
    struct row_found {
        int32_t code; /* of `codes` */
        size_t source;
        int year;
    } * items;
    size_t count, capacity;
    irm_dict *codes;
} rows_found;

/* By département of the geography: its région (NULL without that level), and whether the
 * table has records of it in a year. */
typedef struct departments {
    const irm_level *level, *regions;
    int32_t *region;
    uint8_t *seen;   /* by year, then by département */
    uint8_t *whole;  /* by year, then by région: all its départements are there */
    uint8_t *france; /* by year */
} departments;

static void departments_clear(departments *d) {
    irm_free(d->region);
    irm_free(d->seen);
    irm_free(d->whole);
    irm_free(d->france);
}

static irm_status departments_init(departments *d, const irm_geography *geography,
                                   size_t n_years, irm_error *error) {
    const irm_level *communes = irm_geography_level(geography, "com");
    d->level = irm_geography_level(geography, "dep");
    d->regions = irm_geography_level(geography, "reg");
    size_t n = d->level != NULL ? d->level->count : 0;
    size_t n_regions = d->regions != NULL ? d->regions->count : 0;
    d->region = irm_calloc(n, sizeof *d->region);
    d->seen = irm_calloc(n * n_years, 1);
    d->whole = irm_calloc(n_regions * n_years, 1);
    d->france = irm_calloc(n_years, 1);
    if (d->region == NULL || d->seen == NULL || d->whole == NULL || d->france == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        d->region[i] = -1;
    }
    for (size_t c = 0; n_regions > 0 && n > 0 && c < communes->count; c++) {
        if (d->level->of_commune[c] >= 0) {
            d->region[d->level->of_commune[c]] = d->regions->of_commune[c];
        }
    }
    return IRM_OK;
}

/* Overseas départements may be outside the perimeter of a source; the others may not. */
static void departments_settle(departments *d, size_t n_years) {
    size_t n = d->level != NULL ? d->level->count : 0;
    for (size_t y = 0; y < n_years; y++) {
        d->france[y] = n > 0;
        for (size_t r = 0; d->regions != NULL && r < d->regions->count; r++) {
            d->whole[y * d->regions->count + r] = 1;
        }
        for (size_t i = 0; i < n; i++) {
            bool lacks = !d->seen[y * n + i];
            if (lacks && strlen(d->level->items[i].code) == 2) {
                d->france[y] = 0;
            }
            if (lacks && d->region[i] >= 0) {
                d->whole[y * d->regions->count + (size_t)d->region[i]] = 0;
            }
        }
    }
}

static size_t years_of(const irm_detail *detail) {
    return detail->period < detail->stored->n_columns ? detail->n_years : 1;
}

/* Code of the territory that a text of the axis tells, into `code`; false for none. */
static bool territory_of(const irm_detail_source *source, const departments *d,
                         const char *text, size_t year, char *code, size_t size) {
    int32_t department = -1;
    switch (source->how) {
        case IRM_DETAIL_CODE:
            snprintf(code, size, "%s", text);
            return strspn(text, "Z") < strlen(text) || text[0] == '\0';
        case IRM_DETAIL_IRIS:
            snprintf(code, size, "%.5s", text);
            return strlen(text) == 9 && strspn(text, "Z") == 0;
        case IRM_DETAIL_REGION:
            department = d->level != NULL ? irm_level_find(d->level, text) : -1;
            if (department < 0 || d->region[department] < 0 ||
                !d->whole[year * d->regions->count + (size_t)d->region[department]]) {
                return false;
            }
            snprintf(code, size, "%s", d->regions->items[d->region[department]].code);
            return true;
        default:
            snprintf(code, size, "FR");
            return d->france[year] != 0;
    }
}

/* Which départements have records, by the axis that tells them. */
static void see_departments(const irm_detail *detail, const irm_detail_cube *cube,
                            departments *d) {
    const irm_dict *texts = detail->axes[cube->axis].texts;
    size_t n_texts = irm_dict_count(texts);
    for (size_t i = 0; d->level != NULL && i < cube->start[cube->n_runs]; i++) {
        size_t place = cube->places[i];
        int32_t department =
            irm_level_find(d->level, irm_dict_text(texts, (int32_t)(place % n_texts)));
        if (department >= 0) {
            d->seen[place / n_texts * d->level->count + (size_t)department] = 1;
        }
    }
}

static irm_status row_of(rows_found *found, size_t source, const char *code, int year,
                         size_t first, int32_t *row, irm_error *error) {
    int32_t number = -1;
    IRM_TRY(irm_dict_add(found->codes, irm_view_of(code), &number, error));
    /* Texts of one territory follow each other, or are few: France, régions. */
    for (size_t i = found->count; i > first; i--) {
        if (found->items[i - 1].code == number && found->items[i - 1].year == year) {
            *row = (int32_t)(i - 1);
            return IRM_OK;
        }
    }
    IRM_TRY(irm_reserve((void **)&found->items, &found->capacity, found->count + 1,
                        sizeof *found->items, error));
    *row = (int32_t)found->count;
    found->items[found->count++] = (struct row_found){number, source, year};
    return IRM_OK;
}

/* Rows of one source: one a territory and year that has records. Where texts are codes,
 * each is a row of its own. */
static irm_status find_rows(irm_detail *detail, const irm_detail_cube *cube, size_t index,
                            const departments *d, rows_found *found, irm_error *error) {
    irm_detail_source *source = &detail->sources[index];
    const irm_dict *texts = detail->axes[source->axis].texts;
    size_t n_texts = irm_dict_count(texts), n = n_texts * years_of(detail);
    source->row = irm_calloc(n, sizeof *source->row);
    if (source->row == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        source->row[i] = -1;
    }
    size_t first = found->count;
    irm_status status = IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < cube->start[cube->n_runs]; i++) {
        size_t place = cube->places[i], year = place / n_texts;
        char code[64];
        if (territory_of(source, d, irm_dict_text(texts, (int32_t)(place % n_texts)),
                         year, code, sizeof code)) {
            size_t from = source->how == IRM_DETAIL_CODE ? found->count : first;
            status = row_of(found, index, code,
                            detail->years != NULL ? detail->years[year] : 0, from,
                            &source->row[place], error);
        }
    }
    return status;
}

static irm_status find_all_rows(irm_detail *detail, const irm_store *store,
                                const irm_geography *geography, rows_found *found,
                                irm_error *error) {
    const irm_detail_cube *cubes[IRM_DETAIL_SOURCES];
    departments d = {0};
    for (size_t a = 0; a < detail->n_axes; a++) {
        IRM_TRY(irm_detail_cube_get(detail, store, a, NULL, 0, detail->stored->n_columns,
                                    &cubes[a], error));
    }
    irm_status status = departments_init(&d, geography, years_of(detail), error);
    for (size_t s = 0; status == IRM_OK && s < detail->n_sources; s++) {
        if (detail->sources[s].how == IRM_DETAIL_FRANCE) {
            see_departments(detail, cubes[detail->sources[s].axis], &d);
        }
    }
    if (status == IRM_OK) {
        departments_settle(&d, years_of(detail));
    }
    for (size_t s = 0; status == IRM_OK && s < detail->n_sources; s++) {
        status = find_rows(detail, cubes[detail->sources[s].axis], s, &d, found, error);
    }
    departments_clear(&d);
    return status;
}

/* ---- the shell -------------------------------------------------------------------- */

static irm_status shell_key(irm_detail *detail, rows_found *found, irm_error *error) {
    const irm_table *stored = detail->stored;
    const irm_column *from = &stored->columns[frame_role_column(stored, "key")];
    irm_column *key;
    IRM_TRY(irm_table_add(&detail->shell, from->name, IRM_COLUMN_CATEGORY, &key, error));
    IRM_TRY(irm_attributes_copy(&from->attributes, &key->attributes, error));
    irm_dict_free(key->categories);
    key->categories = found->codes;
    found->codes = NULL;
    for (size_t i = 0; i < found->count; i++) {
        key->codes[i] = found->items[i].code;
    }
    return IRM_OK;
}

static irm_status shell_level(irm_detail *detail, const rows_found *found,
                              irm_error *error) {
    irm_column *level;
    IRM_TRY(irm_table_add(&detail->shell, "level", IRM_COLUMN_CATEGORY, &level, error));
    IRM_TRY(irm_attributes_set(&level->attributes, "role", "level", error));
    int32_t codes[IRM_DETAIL_SOURCES];
    for (size_t s = 0; s < detail->n_sources; s++) {
        IRM_TRY(irm_dict_add(level->categories, irm_view_of(detail->sources[s].level),
                             &codes[s], error));
    }
    for (size_t i = 0; i < found->count; i++) {
        level->codes[i] = codes[found->items[i].source];
    }
    return IRM_OK;
}

static irm_status shell_period(irm_detail *detail, const rows_found *found,
                               irm_error *error) {
    const irm_table *stored = detail->stored;
    irm_column *period;
    if (detail->period == stored->n_columns) {
        return IRM_OK;
    }
    IRM_TRY(irm_table_add(&detail->shell, "year", IRM_COLUMN_NUMBER, &period, error));
    IRM_TRY(irm_attributes_set(&period->attributes, "role", "period", error));
    for (size_t i = 0; i < found->count; i++) {
        period->values[i] = found->items[i].year;
    }
    return IRM_OK;
}

static irm_status shell_make(irm_detail *detail, rows_found *found, irm_error *error) {
    const irm_table *stored = detail->stored;
    IRM_TRY(irm_table_init(&detail->shell, stored->name, found->count, error));
    IRM_TRY(irm_attributes_copy(&stored->attributes, &detail->shell.attributes, error));
    IRM_TRY(shell_key(detail, found, error));
    IRM_TRY(shell_level(detail, found, error));
    return shell_period(detail, found, error);
}

/* The shell takes the place of the stored table's schema, with room for its columns. */
static irm_status take_shell(irm_frame *frame, irm_error *error) {
    size_t n = frame->detail->shell.n_columns;
    irm_free(frame->columns);
    irm_free(frame->variables);
    irm_free(frame->variable_years);
    frame->columns = irm_calloc(n, sizeof *frame->columns);
    frame->variables = irm_calloc(n, sizeof *frame->variables);
    frame->variable_years = irm_calloc(n, sizeof *frame->variable_years);
    frame->schema = &frame->detail->shell;
    return frame->columns == NULL || frame->variables == NULL ||
                   frame->variable_years == NULL
               ? irm_fail_memory(error)
               : IRM_OK;
}

irm_status irm_detail_open(irm_frame *frame, const irm_store *store,
                           const irm_geography *geography, irm_error *error) {
    const irm_table *stored = frame->schema;
    irm_detail *made = irm_calloc(1, sizeof *made);
    rows_found found = {0};
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->stored = stored;
    made->weight = frame_role_column(stored, "weight");
    made->period = frame_role_column(stored, "period");
    irm_status status =
        find_sources(made, frame_attribute(&stored->attributes, "level"), error);
    if (status == IRM_OK) {
        status = irm_dict_new(&found.codes, error);
    }
    if (status == IRM_OK) {
        status = find_all_rows(made, store, geography, &found, error);
    }
    if (status == IRM_OK) {
        status = shell_make(made, &found, error);
    }
    irm_dict_free(found.codes);
    irm_free(found.items);
    if (status != IRM_OK) {
        irm_detail_free(made);
        return status;
    }
    frame->detail = made;
    return take_shell(frame, error);
}
