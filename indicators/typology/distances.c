/* Distances between units given as a square table: identifiers in the header and in the
 * first column, in any order; what is about other units is passed over. */
#include <math.h>

#include "irminon/csv.h"
#include "irminon/input.h"
#include "irminon/memory.h"
#include "typology/inside.h"

typedef struct square {
    const char *path;
    const irm_typology_units *units;
    irm_dict *ids;
    int32_t *columns; /* unit of each column but the first, -1: another */
    size_t n_columns;
    bool *seen;    /* n */
    double *given; /* n × n */
} square;

static void square_clear(square *self) {
    irm_dict_free(self->ids);
    irm_free(self->columns);
    irm_free(self->seen);
    irm_free(self->given);
}

static irm_status square_init(square *self, irm_error *error) {
    size_t n = self->units->n;
    IRM_TRY(typology_index_units(self->units, &self->ids, error));
    self->seen = irm_calloc(n, sizeof *self->seen);
    self->given = irm_calloc(n, n * sizeof *self->given);
    return self->seen != NULL && self->given != NULL ? IRM_OK : irm_fail_memory(error);
}

static irm_status read_header(square *self, const irm_csv_record *record,
                              irm_error *error) {
    size_t found = 0;
    if (record == NULL || record->n_fields < 2) {
        return irm_fail_at(error, IRM_STATUS_DATA, self->path, 1, 0, NULL,
                           "expected a header of identifiers, then a line of distances "
                           "for each unit");
    }
    self->n_columns = record->n_fields - 1;
    self->columns = irm_calloc(self->n_columns, sizeof *self->columns);
    if (self->columns == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t j = 0; j < self->n_columns; j++) {
        int32_t unit = irm_dict_find(self->ids, irm_view_trim(record->fields[j + 1]));
        self->columns[j] = unit;
        if (unit >= 0 && self->seen[unit]) {
            return irm_fail_at(error, IRM_STATUS_DATA, self->path, record->line, j + 2,
                               self->units->ids[unit], "this identifier comes twice");
        }
        if (unit >= 0) {
            self->seen[unit] = true;
            found++;
        }
    }
    for (size_t i = 0; found < self->units->n && i < self->units->n; i++) {
        if (!self->seen[i]) {
            return irm_fail_at(error, IRM_STATUS_NOT_FOUND, self->path, record->line, 0,
                               NULL, "no column gives the distances to '%s'",
                               self->units->ids[i]);
        }
    }
    return IRM_OK;
}

static bool read_distance(irm_view text, double *value) {
    irm_view bare = irm_view_trim(text);
    bool number = irm_text_number(bare, '.', value, NULL) ||
                  irm_text_number(bare, ',', value, NULL);
    return number && isfinite(*value) && *value >= 0;
}

static irm_status read_row(square *self, const irm_csv_record *record, irm_error *error) {
    int32_t unit = irm_dict_find(self->ids, irm_view_trim(record->fields[0]));
    if (unit < 0) {
        return IRM_OK;
    }
    if (!self->seen[unit]) {
        return irm_fail_at(error, IRM_STATUS_DATA, self->path, record->line, 1,
                           self->units->ids[unit], "this identifier comes twice");
    }
    self->seen[unit] = false;
    if (record->n_fields != self->n_columns + 1) {
        return irm_fail_at(error, IRM_STATUS_DATA, self->path, record->line, 0, NULL,
                           "%zu fields, expected %zu as in the header", record->n_fields,
                           self->n_columns + 1);
    }
    double *row = self->given + (size_t)unit * self->units->n;
    for (size_t j = 0; j < self->n_columns; j++) {
        irm_view text = record->fields[j + 1];
        if (self->columns[j] >= 0 && !read_distance(text, &row[self->columns[j]])) {
            return irm_fail_at(error, IRM_STATUS_DATA, self->path, record->line, j + 2,
                               self->units->ids[self->columns[j]],
                               "'%.*s' is no distance: expected a number, 0 or more",
                               (int)(text.size < 40 ? text.size : 40), text.data);
        }
    }
    return IRM_OK;
}

static irm_status read_rows(square *self, irm_csv *csv, irm_error *error) {
    const irm_csv_record *record;
    IRM_TRY(irm_csv_next(csv, &record, error));
    IRM_TRY(read_header(self, record, error));
    for (;;) {
        IRM_TRY(irm_csv_next(csv, &record, error));
        if (record == NULL) {
            break;
        }
        IRM_TRY(read_row(self, record, error));
    }
    for (size_t i = 0; i < self->units->n; i++) {
        if (self->seen[i]) {
            return irm_fail_at(error, IRM_STATUS_NOT_FOUND, self->path, 0, 0, NULL,
                               "no line gives the distances of '%s'",
                               self->units->ids[i]);
        }
    }
    return IRM_OK;
}

/* The same both ways, but for the digits that were written. */
static irm_status take_squares(const square *self, double *squares, irm_error *error) {
    static const double written = 1e-6;
    size_t n = self->units->n, at = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            double there = self->given[i * n + j], back = self->given[j * n + i];
            if (fabs(there - back) > written * fmax(there, back)) {
                return irm_fail_at(error, IRM_STATUS_DATA, self->path, 0, 0, NULL,
                                   "'%s' is at %g from '%s', which is at %g from it: "
                                   "expected the same",
                                   self->units->ids[i], there, self->units->ids[j], back);
            }
            squares[at++] = there * there;
        }
    }
    return IRM_OK;
}

irm_status typology_read_distances(const char *path, const irm_typology_units *units,
                                   double *squares, irm_error *error) {
    square self = {.path = path, .units = units};
    irm_input *input = NULL;
    irm_csv *csv = NULL;
    irm_status status = square_init(&self, error);
    if (status == IRM_OK) {
        status = irm_input_open(path, NULL, &input, error);
    }
    if (status == IRM_OK) {
        status = irm_csv_open(input, NULL, &csv, error);
    }
    if (status == IRM_OK) {
        status = read_rows(&self, csv, error);
    }
    if (status == IRM_OK) {
        status = take_squares(&self, squares, error);
    }
    irm_csv_free(csv);
    irm_input_free(input);
    square_clear(&self);
    return status;
}
