#include <stdlib.h>
#include <string.h>

#include "evaluate/detail.h"
#include "irminon/memory.h"
#include "irminon/tabulate.h"
#include "irminon/text.h"

void irm_detail_cube_free(irm_detail_cube *cube) {
    if (cube == NULL) {
        return;
    }
    for (size_t d = 0; cube->labels != NULL && d < cube->n_columns; d++) {
        irm_dict_free(cube->labels[d]);
    }
    irm_free(cube->columns);
    irm_free(cube->labels);
    irm_free(cube->codes);
    irm_free(cube->start);
    irm_free(cube->places);
    irm_free(cube->values);
    irm_free(cube->records);
    irm_free(cube);
}

/* ---- columns of a tabulation ------------------------------------------------------ */

/* Labels of numbers, as they are written; those of the rows into `codes`. The groups of a
 * tabulation come sorted, so that a number is mostly the one before. */
static irm_status number_labels(const irm_column *column, size_t n, irm_dict *labels,
                                int32_t *codes, irm_error *error) {
    for (size_t r = 0; r < n; r++) {
        double value = column->values[r];
        if (value != value) {
            codes[r] = -1;
        } else if (r > 0 && value == column->values[r - 1]) {
            codes[r] = codes[r - 1];
        } else {
            char text[32];
            irm_view view = {text, irm_number_write(value, text)};
            IRM_TRY(irm_dict_add(labels, view, &codes[r], error));
        }
    }
    return IRM_OK;
}

/* Adds the labels of a column of groups to a dictionary, and those of its rows to
 * `codes`. */
static irm_status add_labels(const irm_column *column, size_t n, irm_dict *labels,
                             int32_t *codes, irm_error *error) {
    if (column->type == IRM_COLUMN_NUMBER) {
        return number_labels(column, n, labels, codes, error);
    }
    size_t n_labels = irm_dict_count(column->categories);
    int32_t *of = irm_calloc(n_labels + 1, sizeof *of);
    irm_status status = of != NULL ? IRM_OK : irm_fail_memory(error);
    for (size_t i = 0; status == IRM_OK && i < n_labels; i++) {
        irm_view text = irm_view_of(irm_dict_text(column->categories, (int32_t)i));
        status = irm_dict_add(labels, text, &of[i], error);
    }
    for (size_t r = 0; status == IRM_OK && r < n; r++) {
        codes[r] = column->codes[r] >= 0 ? of[column->codes[r]] : -1;
    }
    irm_free(of);
    return status;
}

/* What is read of a tabulation into a cube. */
typedef struct reading {
    irm_detail *detail;
    irm_detail_cube *cube;
    irm_table groups;
    int32_t *codes; /* by fixed column, then by group */
    int32_t *texts; /* of the axis, by group */
    size_t *years;  /* by group, an index; NULL: no period */
} reading;

static void reading_clear(reading *r) {
    irm_table_clear(&r->groups);
    irm_free(r->codes);
    irm_free(r->texts);
    irm_free(r->years);
}

static irm_status tabulate(reading *r, const irm_store *store, irm_error *error) {
    const irm_detail *detail = r->detail;
    const irm_detail_cube *cube = r->cube;
    const irm_table *stored = detail->stored;
    const char **by = irm_calloc(cube->n_columns + 2, sizeof *by);
    if (by == NULL) {
        return irm_fail_memory(error);
    }
    size_t n = 0;
    for (; n < cube->n_columns; n++) {
        by[n] = stored->columns[cube->columns[n]].name;
    }
    if (detail->period < stored->n_columns) {
        by[n++] = stored->columns[detail->period].name;
    }
    by[n++] = stored->columns[detail->axes[cube->axis].column].name;
    bool weighted = cube->sum == stored->n_columns;
    const char *sum = weighted ? NULL : stored->columns[cube->sum].name;
    irm_tabulation asked = {
        .by = by, .n_by = n, .sums = &sum, .n_sums = weighted ? 0 : 1};
    if (weighted && detail->weight < stored->n_columns) {
        asked.weight = stored->columns[detail->weight].name;
    }
    irm_status status = irm_tabulate_stored(store, stored->name, &asked,
                                            irm_store_threads(store), &r->groups, error);
    irm_free(by);
    return status;
}

static irm_status none_hidden(const reading *r, irm_error *error) {
    const irm_column *hidden = irm_table_column(&r->groups, "hidden");
    double count = 0;
    for (size_t i = 0; hidden != NULL && i < r->groups.n_rows; i++) {
        count += hidden->values[i];
    }
    return count > 0 ? irm_fail(error, IRM_STATUS_REFUSED,
                                "%s: %.0f records have no number to add up",
                                r->detail->stored->name, count)
                     : IRM_OK;
}

static irm_status read_labels(reading *r, irm_error *error) {
    irm_detail_cube *cube = r->cube;
    size_t n = r->groups.n_rows;
    r->codes = irm_calloc(cube->n_columns * n, sizeof *r->codes);
    r->texts = irm_calloc(n, sizeof *r->texts);
    cube->labels = irm_calloc(cube->n_columns, sizeof(irm_dict *));
    if (r->codes == NULL || r->texts == NULL || cube->labels == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t d = 0; d < cube->n_columns; d++) {
        IRM_TRY(irm_dict_new(&cube->labels[d], error));
        IRM_TRY(add_labels(&r->groups.columns[d], n, cube->labels[d], r->codes + d * n,
                           error));
    }
    size_t at = cube->n_columns + (r->detail->period < r->detail->stored->n_columns);
    return add_labels(&r->groups.columns[at], n, r->detail->axes[cube->axis].texts,
                      r->texts, error);
}

/* Year of a period: the number, or the first four digits of "2024-12"; 0 for none. */
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

static size_t year_index(const irm_detail *detail, int year) {
    size_t i = 0;
    while (i < detail->n_years && detail->years[i] != year) {
        i++;
    }
    return i;
}

/* Years of the groups; the first cube read tells those of the table. */
static irm_status read_years(reading *r, irm_error *error) {
    irm_detail *detail = r->detail;
    size_t n = r->groups.n_rows;
    if (detail->period == detail->stored->n_columns) {
        return IRM_OK;
    }
    irm_dict *labels = NULL;
    int32_t *codes = irm_calloc(n, sizeof *codes);
    r->years = irm_calloc(n, sizeof *r->years);
    irm_status status =
        codes != NULL && r->years != NULL ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK) {
        status = irm_dict_new(&labels, error);
    }
    if (status == IRM_OK) {
        status =
            add_labels(&r->groups.columns[r->cube->n_columns], n, labels, codes, error);
    }
    size_t n_labels = status == IRM_OK ? irm_dict_count(labels) : 0;
    for (size_t i = 0; status == IRM_OK && i < n_labels && detail->n_cubes == 0; i++) {
        int year = year_of(irm_dict_text(labels, (int32_t)i));
        if (year != 0) {
            status = irm_years_add(&detail->years, &detail->n_years, year, error);
        }
    }
    for (size_t i = 0; status == IRM_OK && i < n; i++) {
        int year = codes[i] >= 0 ? year_of(irm_dict_text(labels, codes[i])) : 0;
        r->years[i] = year_index(detail, year);
    }
    irm_dict_free(labels);
    irm_free(codes);
    return status;
}

/* ---- cells ------------------------------------------------------------------------ */

static bool same_run(const reading *r, size_t i, size_t j) {
    size_t n = r->groups.n_rows;
    for (size_t d = 0; d < r->cube->n_columns; d++) {
        if (r->codes[d * n + i] != r->codes[d * n + j]) {
            return false;
        }
    }
    return true;
}

/* A group of no place (no code, no year) is in no cell. */
static bool placed(const reading *r, size_t i) {
    return r->texts[i] >= 0 && (r->years == NULL || r->years[i] < r->detail->n_years);
}

static irm_status make_room(reading *r, size_t *n_runs, irm_error *error) {
    irm_detail_cube *cube = r->cube;
    size_t n = r->groups.n_rows, runs = 0;
    for (size_t i = 0; i < n; i++) {
        runs += i == 0 || !same_run(r, i, i - 1);
    }
    cube->codes = irm_calloc(runs * cube->n_columns, sizeof *cube->codes);
    cube->start = irm_calloc(runs + 1, sizeof *cube->start);
    cube->places = irm_calloc(n, sizeof *cube->places);
    cube->values = irm_calloc(n, sizeof *cube->values);
    cube->records = irm_calloc(n, sizeof *cube->records);
    *n_runs = runs;
    return cube->codes == NULL || cube->start == NULL || cube->places == NULL ||
                   cube->values == NULL || cube->records == NULL
               ? irm_fail_memory(error)
               : IRM_OK;
}

static irm_status read_cells(reading *r, irm_error *error) {
    irm_detail_cube *cube = r->cube;
    const irm_column *records = irm_table_column(&r->groups, "rows");
    const irm_column *values = irm_table_column(&r->groups, "value");
    size_t n = r->groups.n_rows, runs = 0, cells = 0;
    size_t n_texts = irm_dict_count(r->detail->axes[cube->axis].texts);
    IRM_TRY(make_room(r, &runs, error));
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || !same_run(r, i, i - 1)) {
            for (size_t d = 0; d < cube->n_columns; d++) {
                cube->codes[cube->n_runs * cube->n_columns + d] = r->codes[d * n + i];
            }
            cube->start[cube->n_runs++] = cells;
        }
        if (placed(r, i)) {
            size_t year = r->years != NULL ? r->years[i] : 0;
            cube->places[cells] = (uint32_t)(year * n_texts + (size_t)r->texts[i]);
            cube->values[cells] = values->values[i];
            cube->records[cells++] = records->values[i];
        }
    }
    cube->start[runs] = cells;
    return IRM_OK;
}

static irm_status cube_read(irm_detail *detail, const irm_store *store,
                            irm_detail_cube *cube, irm_error *error) {
    reading r = {.detail = detail, .cube = cube};
    irm_status status = tabulate(&r, store, error);
    if (status == IRM_OK) {
        status = none_hidden(&r, error);
    }
    if (status == IRM_OK) {
        status = read_labels(&r, error);
    }
    if (status == IRM_OK) {
        status = read_years(&r, error);
    }
    if (status == IRM_OK) {
        status = read_cells(&r, error);
    }
    reading_clear(&r);
    return status;
}

/* ---- the cubes of a table --------------------------------------------------------- */

static const irm_detail_cube *known(const irm_detail *detail, size_t axis,
                                    const size_t *columns, size_t n, size_t sum) {
    for (size_t i = 0; i < detail->n_cubes; i++) {
        const irm_detail_cube *cube = detail->cubes[i];
        if (cube->axis == axis && cube->sum == sum && cube->n_columns == n &&
            (n == 0 || memcmp(cube->columns, columns, n * sizeof *columns) == 0)) {
            return cube;
        }
    }
    return NULL;
}

irm_status irm_detail_cube_get(irm_detail *detail, const irm_store *store, size_t axis,
                               const size_t *columns, size_t n_columns, size_t sum,
                               const irm_detail_cube **cube, irm_error *error) {
    *cube = known(detail, axis, columns, n_columns, sum);
    if (*cube != NULL) {
        return IRM_OK;
    }
    IRM_TRY(irm_reserve((void **)&detail->cubes, &detail->cube_capacity,
                        detail->n_cubes + 1, sizeof *detail->cubes, error));
    irm_detail_cube *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->axis = axis;
    made->sum = sum;
    made->n_columns = n_columns;
    made->columns = irm_calloc(n_columns, sizeof *made->columns);
    irm_status status = made->columns != NULL ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK) {
        if (n_columns > 0) {
            memcpy(made->columns, columns, n_columns * sizeof *columns);
        }
        status = cube_read(detail, store, made, error);
    }
    if (status != IRM_OK) {
        irm_detail_cube_free(made);
        return status;
    }
    detail->cubes[detail->n_cubes++] = made;
    *cube = made;
    return IRM_OK;
}
