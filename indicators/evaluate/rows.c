#include <string.h>

#include "evaluate/detail.h"
#include "evaluate/leaf.h"
#include "irminon/memory.h"
#include "irminon/text.h"

static bool year_fits(const irm_frame *frame, int year) {
    if (frame->row_year == NULL) {
        return frame->shape == IRM_TABLE_WIDE || frame->vintage == year;
    }
    for (size_t i = 0; i < frame->n_years; i++) {
        if (frame->years[i] == year) {
            return true;
        }
    }
    return false;
}

static irm_status lacks_year(const irm_frame *frame, const irm_variable *variable, int year,
                          irm_error *error) {
    return irm_fail(error, IRM_STATUS_NOT_FOUND, "%s has no %s of %d",
                    frame->schema->name, variable->name, year);
}

static bool row_fits(const irm_frame *frame, size_t row, int level, int year) {
    bool right_level = (frame->row_level != NULL ? frame->row_level[row] : 0) == level;
    return right_level && (frame->row_year == NULL || frame->row_year[row] == year);
}

/* "main", "complementary" or "exhaustive", perhaps with other words after it. */
static void note_exploitation(const irm_frame *frame, const char *text, irm_rows *rows) {
    rows->complementary = text != NULL && strncmp(text, "complementary", 13) == 0;
    bool exhaustive = text != NULL && strncmp(text, "exhaustive", 10) == 0;
    rows->estimated = frame->pooled > 0 && !exhaustive;
}

static irm_status rows_of_level(const irm_frame *frame, int year, int level,
                                irm_rows *rows, irm_error *error) {
    size_t n = frame->schema->n_rows;
    rows->rows = irm_calloc(n, sizeof *rows->rows);
    if (rows->rows == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t r = 0; r < n; r++) {
        if (row_fits(frame, r, level, year)) {
            rows->rows[rows->count++] = (uint32_t)r;
        }
    }
    return IRM_OK;
}

/* ---- wide tables ------------------------------------------------------------------ */

static irm_status select_wide(irm_frame *frame, const irm_variable *variable, int year,
                              int level, irm_rows *rows, irm_error *error) {
    if (variable->n_fixed > 0) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND,
                        "%s is not a cube: it has no dimension %s", frame->schema->name,
                        variable->fixed[0].dimension);
    }
    if (!irm_frame_variable(frame, variable->name, year, &rows->value) ||
        !year_fits(frame, year)) {
        return lacks_year(frame, variable, year, error);
    }
    const irm_column *column = &frame->schema->columns[rows->value];
    rows->kind = irm_column_kind(column);
    note_exploitation(frame, irm_attributes_get(&column->attributes, "exploitation"),
                      rows);
    bool no_year = frame->variable_years[rows->value] == 0 || rows->kind == IRM_KIND_AREA;
    rows->timeless = frame->row_year == NULL && no_year;
    rows->cells = 1;
    if (level < 0) {
        return IRM_OK;
    }
    return rows_of_level(frame, year, level, rows, error);
}

/* ---- detail tables ---------------------------------------------------------------- */

static irm_status select_detail(irm_frame *frame, const irm_store *store,
                                const irm_variable *variable, int year, int level,
                                irm_rows *rows, irm_error *error) {
    const irm_detail *detail = frame->detail;
    const irm_attributes *told = detail->weight < detail->stored->n_columns
                                     ? &detail->stored->columns[detail->weight].attributes
                                     : &frame->schema->attributes;
    if (!irm_frame_has(frame, variable->name) || !year_fits(frame, year)) {
        return lacks_year(frame, variable, year, error);
    }
    IRM_TRY(irm_detail_check(frame->detail, variable, error));
    rows->kind = irm_detail_kind(frame->detail, variable->name);
    note_exploitation(frame, irm_attributes_get(told, "exploitation"), rows);
    rows->complementary =
        rows->complementary || irm_detail_complementary(frame->detail, variable);
    rows->cells = 1;
    if (level < 0) {
        return IRM_OK;
    }
    IRM_TRY(irm_detail_figure_get(frame->detail, store, variable, frame->levels[level],
                                  &rows->value, error));
    return rows_of_level(frame, year, level, rows, error);
}

/* ---- cubes ------------------------------------------------------------------------ */

/* What is asked of one dimension: a flag by code. */
typedef struct wanted {
    const irm_column *column;
    uint8_t *allowed;
    size_t count;
} wanted;

static bool allow(wanted *want, const uint8_t *present, irm_view code) {
    int32_t number = irm_dict_find(want->column->categories, code);
    if (number < 0 || present[number] == 0) {
        return false;
    }
    want->count += want->allowed[number] == 0;
    want->allowed[number] = 1;
    return true;
}

static irm_status allow_fixed(const irm_frame *frame, wanted *want,
                              const uint8_t *present, const irm_fixed *fixed,
                              irm_error *error) {
    for (size_t i = 0; i < fixed->n_codes; i++) {
        for (size_t j = 0; j < i; j++) {
            if (irm_codes_overlap(fixed->codes[i], fixed->codes[j])) {
                return irm_fail(error, IRM_STATUS_REFUSED,
                                "%s=%s and %s overlap: they do not add up",
                                fixed->dimension, fixed->codes[j], fixed->codes[i]);
            }
        }
        if (!allow(want, present, irm_view_of(fixed->codes[i]))) {
            return irm_fail(error, IRM_STATUS_NOT_FOUND, "%s has no %s=%s",
                            frame->schema->name, fixed->dimension, fixed->codes[i]);
        }
    }
    return IRM_OK;
}

/* Allows the modalities of one partition ("F M") when all are there. */
static bool allow_partition(wanted *want, const uint8_t *present, irm_view partition) {
    size_t n = irm_dict_count(want->column->categories);
    memset(want->allowed, 0, n);
    want->count = 0;
    for (const char *p = partition.data, *end = p + partition.size; p < end;) {
        irm_view code = {p, 0};
        while (p + code.size < end && strchr(" \t\n", p[code.size]) == NULL) {
            code.size++;
        }
        if (code.size > 0 && !allow(want, present, code)) {
            return false;
        }
        p += code.size + 1;
    }
    return want->count > 0;
}

static size_t allow_all(wanted *want, const uint8_t *present) {
    size_t n = irm_dict_count(want->column->categories);
    memcpy(want->allowed, present, n);
    want->count = 0;
    for (size_t i = 0; i < n; i++) {
        want->count += present[i];
    }
    return want->count;
}

/* The total of a dimension: its own line, else the first partition whose modalities are
 * all there, else the one modality there is. */
static irm_status allow_total(const irm_frame *frame, wanted *want,
                              const uint8_t *present, irm_error *error) {
    const irm_attributes *attributes = &want->column->attributes;
    const char *total = irm_attributes_get(attributes, "total");
    if (allow(want, present, irm_view_of(total != NULL ? total : "_T"))) {
        return IRM_OK;
    }
    const char *partition = irm_attributes_get(attributes, "partition");
    for (const char *p = partition; p != NULL && *p != '\0';) {
        size_t size = strcspn(p, "|");
        irm_view one = irm_view_trim((irm_view){p, size});
        bool found = irm_view_equals(one, "all") ? allow_all(want, present) > 0
                                                 : allow_partition(want, present, one);
        if (found) {
            return IRM_OK;
        }
        p += size + (p[size] == '|');
    }
    if (allow_all(want, present) == 1) {
        return IRM_OK;
    }
    return irm_fail(
        error, IRM_STATUS_REFUSED,
        "%s has no total of %s, and its modalities are not known to add up to it",
        frame->schema->name, want->column->name);
}

static const irm_fixed *fixed_of(const irm_variable *variable,
                                 const irm_column *dimension) {
    for (size_t i = 0; i < variable->n_fixed; i++) {
        const char *id = irm_attributes_get(&dimension->attributes, "variable");
        if (strcmp(variable->fixed[i].dimension, dimension->name) == 0 ||
            (id != NULL && strcmp(variable->fixed[i].dimension, id) == 0)) {
            return &variable->fixed[i];
        }
    }
    return NULL;
}

static bool asks_total(const irm_fixed *fixed, const irm_column *dimension) {
    const char *total = irm_attributes_get(&dimension->attributes, "total");
    return fixed->n_codes == 1 &&
           strcmp(fixed->codes[0], total != NULL ? total : "_T") == 0;
}

static irm_status want_dimension(irm_frame *frame, const irm_store *store,
                                 const irm_variable *variable, const irm_measure *measure,
                                 size_t d, wanted *want, irm_error *error) {
    irm_column *column;
    IRM_TRY(irm_frame_column(frame, store, frame->dimensions[d], &column, error));
    want->column = column;
    want->allowed = irm_calloc(irm_dict_count(column->categories), 1);
    if (want->allowed == NULL) {
        return irm_fail_memory(error);
    }
    const irm_fixed *fixed = fixed_of(variable, column);
    if (fixed != NULL && !asks_total(fixed, column)) {
        return allow_fixed(frame, want, measure->present[d], fixed, error);
    }
    return allow_total(frame, want, measure->present[d], error);
}

static irm_status dimensions_exist(const irm_frame *frame, const irm_variable *variable,
                                   irm_error *error) {
    for (size_t i = 0; i < variable->n_fixed; i++) {
        irm_variable one = {.fixed = &variable->fixed[i], .n_fixed = 1};
        bool found = false;
        for (size_t d = 0; d < frame->n_dimensions && !found; d++) {
            found = fixed_of(&one, &frame->schema->columns[frame->dimensions[d]]) != NULL;
        }
        if (!found) {
            return irm_fail(error, IRM_STATUS_NOT_FOUND, "%s has no dimension %s",
                            frame->schema->name, variable->fixed[i].dimension);
        }
    }
    return IRM_OK;
}

static bool cell_fits(const wanted *want, size_t n, size_t row) {
    for (size_t d = 0; d < n; d++) {
        int32_t code = want[d].column->codes[row];
        if (code < 0 || want[d].allowed[code] == 0) {
            return false;
        }
    }
    return true;
}

/* The one code asked of the dimension that has most, or -1 where several are. */
static int32_t only_code(const irm_measure *measure, const wanted *want) {
    const wanted *fine = &want[measure->fine];
    if (measure->start == NULL || fine->count != 1) {
        return -1;
    }
    const uint8_t *found =
        memchr(fine->allowed, 1, irm_dict_count(fine->column->categories));
    return found != NULL ? (int32_t)(found - fine->allowed) : -1;
}

static irm_status cube_rows(const irm_frame *frame, irm_measure *measure,
                            const wanted *want, int year, int level, irm_rows *rows,
                            irm_error *error) {
    IRM_TRY(irm_frame_order_measure(frame, measure, error));
    int32_t code = only_code(measure, want);
    const uint32_t *from = code < 0 ? measure->rows : measure->by_code + measure->start[code];
    size_t n = code < 0 ? measure->n_rows : measure->start[code + 1] - measure->start[code];
    rows->rows = irm_calloc(n, sizeof *rows->rows);
    if (rows->rows == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t r = from[i];
        if (row_fits(frame, r, level, year) && cell_fits(want, frame->n_dimensions, r)) {
            rows->rows[rows->count++] = r;
        }
    }
    return IRM_OK;
}

static irm_status select_cube(irm_frame *frame, const irm_store *store,
                              const irm_variable *variable, int year, int level,
                              irm_rows *rows, irm_error *error) {
    irm_measure *measure = irm_frame_measure(frame, variable->name);
    if (measure == NULL || !year_fits(frame, year)) {
        return lacks_year(frame, variable, year, error);
    }
    IRM_TRY(dimensions_exist(frame, variable, error));
    wanted *want = irm_calloc(frame->n_dimensions, sizeof *want);
    if (want == NULL) {
        return irm_fail_memory(error);
    }
    rows->value = frame->value;
    rows->kind = measure->kind;
    note_exploitation(frame, measure->exploitation, rows);
    rows->cells = 1;
    irm_status status = IRM_OK;
    for (size_t d = 0; d < frame->n_dimensions && status == IRM_OK; d++) {
        status = want_dimension(frame, store, variable, measure, d, &want[d], error);
        rows->cells *= want[d].count;
    }
    if (status == IRM_OK && rows->cells > 1 && !irm_kind_additive(rows->kind)) {
        status = irm_fail(error, IRM_STATUS_REFUSED,
                          "%s of %s is a %s: its modalities do not add up",
                          variable->name, frame->schema->name, irm_kind_name(rows->kind));
    }
    if (status == IRM_OK && level >= 0) {
        status = cube_rows(frame, measure, want, year, level, rows, error);
    }
    for (size_t d = 0; d < frame->n_dimensions; d++) {
        irm_free(want[d].allowed);
    }
    irm_free(want);
    return status;
}

irm_status irm_rows_select(irm_frame *frame, const irm_store *store,
                           const irm_variable *variable, int year, int level,
                           irm_rows *rows, irm_error *error) {
    memset(rows, 0, sizeof *rows);
    if (frame->detail != NULL) {
        irm_status made =
            select_detail(frame, store, variable, year, level, rows, error);
        rows->n_whole = rows->count;
        return made;
    }
    irm_status status = frame->shape == IRM_TABLE_CUBE
                            ? select_cube(frame, store, variable, year, level, rows, error)
                            : select_wide(frame, variable, year, level, rows, error);
    rows->n_whole = rows->count;
    return status;
}
