#include "disclosure/cube.h"

#include <math.h>
#include <string.h>

#include "irminon/memory.h"

/* Cells of a publication: its arrays stay within memory, and its programs within hours.
 */
enum { MOST_CUBE_CELLS = 8000000 };

void cube_close(cube *of) {
    irm_free(of->value);
    irm_free(of->contributors);
    irm_free(of->seen);
    irm_free(of->largest);
    *of = (cube){0};
}

void cube_items(const cube *of, size_t cell, size_t items[CUBE_DIMENSIONS]) {
    for (size_t d = of->n_dimensions; d-- > 0;) {
        items[d] = cell % of->dimensions[d].items;
        cell /= of->dimensions[d].items;
    }
}

size_t cube_cell(const cube *of, const size_t items[CUBE_DIMENSIONS]) {
    size_t cell = 0;
    for (size_t d = 0; d < of->n_dimensions; d++) {
        cell = cell * of->dimensions[d].items + items[d];
    }
    return cell;
}

static size_t zoning_of(const cube *of, size_t item) {
    size_t z = of->wanted->n_zonings;
    while (z > 0 && item < of->zone_start[z - 1]) {
        z--;
    }
    return z; /* 0: a label */
}

const char *cube_level(const cube *of, size_t item) {
    if (item + 1 == of->dimensions[0].items) {
        return "total";
    }
    size_t z = zoning_of(of, item);
    return z == 0 ? of->wanted->by[0] : of->wanted->zonings[z - 1].name;
}

const char *cube_label(const cube *of, size_t dimension, size_t item) {
    const cube_dimension *one = &of->dimensions[dimension];
    if (item + 1 == one->items) {
        return "total";
    }
    if (item < one->labels) {
        return irm_dict_text(one->column->categories, (int32_t)item);
    }
    size_t z = zoning_of(of, item) - 1;
    return irm_dict_text(of->wanted->zonings[z].zones,
                         (int32_t)(item - of->zone_start[z]));
}

static irm_status open_dimension(cube *of, const irm_table *table, size_t d,
                                 irm_error *error) {
    irm_column *column;
    IRM_TRY(irm_table_need(table, of->wanted->by[d], &column, error));
    if (column->type != IRM_COLUMN_CATEGORY) {
        return irm_fail(error, IRM_STATUS_USAGE, "%s is not made of categories",
                        column->name);
    }
    cube_dimension *one = &of->dimensions[d];
    one->column = column;
    one->items = one->labels = irm_dict_count(column->categories);
    for (size_t z = 0; d == 0 && z < of->wanted->n_zonings; z++) {
        of->zone_start[z] = one->items;
        one->items += irm_dict_count(of->wanted->zonings[z].zones);
    }
    one->items++;
    if (of->n_cells > MOST_CUBE_CELLS / one->items) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "over %d cells with the margins: publish fewer groups at a time",
                        MOST_CUBE_CELLS);
    }
    of->n_cells *= one->items;
    return IRM_OK;
}

/* Keeps the largest contributions of a cell, in descending order. */
static void keep_largest(double *largest, double value) {
    for (size_t i = 0; i < IRM_DISCLOSURE_LARGEST; i++) {
        if (value > largest[i]) {
            double smaller = largest[i];
            largest[i] = value;
            value = smaller;
        }
    }
}

static void add_to_cell(cube *of, size_t cell, double value) {
    of->value[cell] += value;
    of->seen[cell] = 1;
    of->contributors[cell] += value > 0 || of->wanted->value == NULL;
    if (of->largest != NULL) {
        keep_largest(of->largest + cell * IRM_DISCLOSURE_LARGEST, value);
    }
}

/* Adds a row to its cell and to each margin and zone that holds it. */
static void add_row(cube *of, size_t d, size_t cell, const size_t *labels, double value) {
    if (d == of->n_dimensions || d == CUBE_DIMENSIONS) {
        add_to_cell(of, cell, value);
        return;
    }
    const cube_dimension *one = &of->dimensions[d];
    size_t base = cell * one->items;
    add_row(of, d + 1, base + labels[d], labels, value);
    add_row(of, d + 1, base + one->items - 1, labels, value);
    for (size_t z = 0; d == 0 && z < of->wanted->n_zonings; z++) {
        int32_t zone = of->wanted->zonings[z].of_code[labels[0]];
        if (zone >= 0) {
            add_row(of, d + 1, base + of->zone_start[z] + (size_t)zone, labels, value);
        }
    }
}

static irm_status row_value(const irm_column *values, size_t row, double *value,
                            irm_error *error) {
    *value = values != NULL ? values->values[row] : 1;
    if (values != NULL && (isnan(*value) || *value < 0)) {
        return irm_fail(
            error, IRM_STATUS_DATA,
            "row %zu: %s is %s; what is to be protected must be known, and 0 or "
            "more",
            row + 1, values->name, isnan(*value) ? "empty" : "negative");
    }
    return IRM_OK;
}

static irm_status add_rows(cube *of, const irm_table *table, const irm_column *values,
                           irm_error *error) {
    for (size_t r = 0; r < table->n_rows; r++) {
        size_t labels[CUBE_DIMENSIONS];
        double value;
        IRM_TRY(row_value(values, r, &value, error));
        for (size_t d = 0; d < of->n_dimensions; d++) {
            int32_t code = of->dimensions[d].column->codes[r];
            if (code < 0) {
                return irm_fail(error, IRM_STATUS_DATA, "row %zu has no %s", r + 1,
                                of->dimensions[d].column->name);
            }
            labels[d] = (size_t)code;
        }
        add_row(of, 0, 0, labels, value);
    }
    return IRM_OK;
}

static irm_status open_cells(cube *of, irm_error *error) {
    const irm_disclosure_rules *rules = &of->wanted->rules;
    of->value = irm_calloc(of->n_cells, sizeof *of->value);
    of->contributors = irm_calloc(of->n_cells, sizeof *of->contributors);
    if (rules->dominant > 0 || rules->p_percent > 0) {
        of->largest =
            irm_calloc(of->n_cells, IRM_DISCLOSURE_LARGEST * sizeof *of->largest);
        if (of->largest == NULL) {
            return irm_fail_memory(error);
        }
    }
    of->seen = irm_calloc(of->n_cells, 1);
    bool room = of->value != NULL && of->contributors != NULL && of->seen != NULL;
    return room ? IRM_OK : irm_fail_memory(error);
}

irm_status cube_open(cube *of, const irm_table *table, const irm_publication *wanted,
                     irm_error *error) {
    *of = (cube){.wanted = wanted, .n_dimensions = wanted->n_by, .n_cells = 1};
    irm_column *values = NULL;
    if (wanted->n_by == 0 || wanted->n_by > CUBE_DIMENSIONS ||
        wanted->n_zonings > sizeof of->zone_start / sizeof *of->zone_start) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "from one to %d groups, and up to %zu zonings", CUBE_DIMENSIONS,
                        sizeof of->zone_start / sizeof *of->zone_start);
    }
    if (wanted->value != NULL) {
        IRM_TRY(irm_table_need(table, wanted->value, &values, error));
        if (values->type != IRM_COLUMN_NUMBER) {
            return irm_fail(error, IRM_STATUS_USAGE, "%s is not made of numbers",
                            values->name);
        }
    }
    irm_status status = IRM_OK;
    for (size_t d = 0; status == IRM_OK && d < wanted->n_by; d++) {
        status = open_dimension(of, table, d, error);
    }
    if (status == IRM_OK) {
        status = open_cells(of, error);
    }
    if (status == IRM_OK) {
        status = add_rows(of, table, values, error);
    }
    if (status != IRM_OK) {
        cube_close(of);
    }
    return status;
}
