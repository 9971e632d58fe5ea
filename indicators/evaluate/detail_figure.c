#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate/detail.h"
#include "evaluate/frame_inside.h"
#include "irminon/memory.h"
#include "irminon/text.h"

/* ---- what can be asked ------------------------------------------------------------ */

static bool is_named(const irm_column *column, const char *name) {
    return strcmp(column->name, name) == 0 ||
           strcmp(frame_attribute(&column->attributes, "variable"), name) == 0;
}

bool irm_detail_measure(const irm_detail *detail, const char *name, size_t *column) {
    const irm_table *stored = detail->stored;
    *column = stored->n_columns;
    if (strcmp(name, "rows") == 0) {
        return true;
    }
    for (size_t i = 0; i < stored->n_columns; i++) {
        const irm_column *one = &stored->columns[i];
        bool adds_up = i == detail->weight || irm_kind_additive(irm_column_kind(one));
        if (is_named(one, name) && one->type == IRM_COLUMN_NUMBER && adds_up) {
            *column = i;
            return true;
        }
    }
    return false;
}

irm_kind irm_detail_kind(const irm_detail *detail, const char *name) {
    size_t column = 0;
    bool plain = irm_detail_measure(detail, name, &column) &&
                 column < detail->stored->n_columns && column != detail->weight;
    return plain ? irm_column_kind(&detail->stored->columns[column]) : IRM_KIND_COUNT;
}

size_t irm_detail_dimension(const irm_detail *detail, const char *name) {
    const irm_table *stored = detail->stored;
    size_t key = frame_role_column(stored, "key");
    for (size_t i = 0; i < stored->n_columns; i++) {
        bool free = i != key && i != detail->weight && i != detail->period &&
                    stored->columns[i].type != IRM_COLUMN_BYTES;
        if (free && is_named(&stored->columns[i], name)) {
            return i;
        }
    }
    return stored->n_columns;
}

static irm_status no_column(const irm_detail *detail, const char *name,
                            irm_error *error) {
    return irm_fail(error, IRM_STATUS_NOT_FOUND, "%s has no column %s to choose by",
                    detail->stored->name, name);
}

irm_status irm_detail_check(const irm_detail *detail, const irm_variable *variable,
                            irm_error *error) {
    size_t column = 0;
    if (!irm_detail_measure(detail, variable->name, &column)) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND, "%s has no %s that adds up",
                        detail->stored->name, variable->name);
    }
    for (size_t i = 0; i < variable->n_fixed; i++) {
        const char *name = variable->fixed[i].dimension;
        if (irm_detail_dimension(detail, name) == detail->stored->n_columns) {
            return no_column(detail, name, error);
        }
    }
    return IRM_OK;
}

bool irm_detail_complementary(const irm_detail *detail, const irm_variable *variable) {
    for (size_t i = 0; i < variable->n_fixed; i++) {
        size_t column = irm_detail_dimension(detail, variable->fixed[i].dimension);
        const char *told =
            column < detail->stored->n_columns
                ? frame_attribute(&detail->stored->columns[column].attributes,
                                  "exploitation")
                : "";
        if (strncmp(told, "complementary", 13) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- cubes of a variable ---------------------------------------------------------- */

static int by_number(const void *a, const void *b) {
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return (left > right) - (left < right);
}

/* The cube that has the columns a variable fixes, and one more (n_columns: none). */
static irm_status cube_of(irm_detail *detail, const irm_store *store,
                          const irm_variable *variable, size_t axis, size_t more,
                          const irm_detail_cube **cube, irm_error *error) {
    size_t none = detail->stored->n_columns, n = 0, sum = none;
    size_t *columns = irm_calloc(variable->n_fixed + 1, sizeof *columns);
    if (columns == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i <= variable->n_fixed; i++) {
        size_t column = i < variable->n_fixed
                            ? irm_detail_dimension(detail, variable->fixed[i].dimension)
                            : more;
        bool repeated = column == none;
        for (size_t j = 0; j < n; j++) {
            repeated = repeated || columns[j] == column;
        }
        if (!repeated) {
            columns[n++] = column;
        }
    }
    qsort(columns, n, sizeof *columns, by_number);
    irm_detail_measure(detail, variable->name, &sum);
    sum = sum == detail->weight ? none : sum; /* the weight, and records beside it */
    irm_status status =
        irm_detail_cube_get(detail, store, axis, columns, n, sum, cube, error);
    irm_free(columns);
    return status;
}

irm_status irm_detail_modalities(irm_detail *detail, const irm_store *store,
                                 const irm_variable *variable, const char *dimension,
                                 const irm_dict **labels, irm_error *error) {
    size_t column = irm_detail_dimension(detail, dimension);
    const irm_detail_cube *cube;
    if (column == detail->stored->n_columns) {
        return no_column(detail, dimension, error);
    }
    IRM_TRY(cube_of(detail, store, variable, 0, column, &cube, error));
    for (size_t d = 0; d < cube->n_columns; d++) {
        if (cube->columns[d] == column) {
            *labels = cube->labels[d];
        }
    }
    return IRM_OK;
}

/* ---- modalities ------------------------------------------------------------------- */

/* The same text, or the same whole number: spreadsheets drop the zeros of "05". */
static bool same_modality(const char *label, const char *code) {
    long long a = 0, b = 0;
    return strcmp(label, code) == 0 ||
           (irm_text_integer(irm_view_of(label), &a) &&
            irm_text_integer(irm_view_of(code), &b) && a == b);
}

/* True when the descriptor lists the modality: "CODE=text", one a line. */
static bool declared(const irm_column *column, const char *code) {
    const char *list = frame_attribute(&column->attributes, "modalities_fr");
    size_t size = strlen(code);
    for (const char *p = list; *p != '\0'; p += strcspn(p, "\n"), p += *p == '\n') {
        if (strncmp(p, code, size) == 0 && p[size] == '=') {
            return true;
        }
    }
    return false;
}

/* Ages and years of which a table has no record are none, not a mistake. */
static bool may_be_absent(const irm_dict *labels, const irm_column *column,
                          const char *code) {
    long long number;
    bool numbers = irm_text_integer(irm_view_of(code), &number);
    for (size_t i = 0; numbers && i < irm_dict_count(labels); i++) {
        numbers =
            irm_text_integer(irm_view_of(irm_dict_text(labels, (int32_t)i)), &number);
    }
    return numbers || declared(column, code);
}

/* Sets a flag for each label that a fixed column allows. */
static irm_status allow(const irm_detail *detail, const irm_fixed *fixed,
                        const irm_column *column, const irm_dict *labels,
                        uint8_t *allowed, irm_error *error) {
    size_t n = irm_dict_count(labels);
    for (size_t c = 0; c < fixed->n_codes; c++) {
        bool found = false;
        for (size_t i = 0; i < n; i++) {
            if (!same_modality(irm_dict_text(labels, (int32_t)i), fixed->codes[c])) {
                continue;
            }
            if (allowed[i]) {
                return irm_fail(error, IRM_STATUS_REFUSED,
                                "%s=%s is asked twice: it would be counted twice",
                                fixed->dimension, fixed->codes[c]);
            }
            allowed[i] = 1;
            found = true;
        }
        if (!found && !may_be_absent(labels, column, fixed->codes[c])) {
            return irm_fail(error, IRM_STATUS_NOT_FOUND, "%s has no %s=%s",
                            detail->stored->name, fixed->dimension, fixed->codes[c]);
        }
    }
    return IRM_OK;
}

/* Flags by fixed column of the cube, then by label. */
typedef struct choice {
    const irm_detail_cube *cube;
    uint8_t **allowed;
} choice;

static void choice_clear(choice *chosen) {
    for (size_t d = 0; chosen->allowed != NULL && d < chosen->cube->n_columns; d++) {
        irm_free(chosen->allowed[d]);
    }
    irm_free(chosen->allowed);
}

static irm_status choose(const irm_detail *detail, const irm_variable *variable,
                         choice *chosen, irm_error *error) {
    const irm_detail_cube *cube = chosen->cube;
    chosen->allowed = irm_calloc(cube->n_columns, sizeof *chosen->allowed);
    if (chosen->allowed == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t d = 0; d < cube->n_columns; d++) {
        chosen->allowed[d] = irm_calloc(irm_dict_count(cube->labels[d]), 1);
        if (chosen->allowed[d] == NULL) {
            return irm_fail_memory(error);
        }
        for (size_t i = 0; i < variable->n_fixed; i++) {
            const irm_fixed *fixed = &variable->fixed[i];
            if (irm_detail_dimension(detail, fixed->dimension) == cube->columns[d]) {
                IRM_TRY(allow(detail, fixed, &detail->stored->columns[cube->columns[d]],
                              cube->labels[d], chosen->allowed[d], error));
            }
        }
    }
    return IRM_OK;
}

static bool run_chosen(const choice *chosen, size_t run) {
    const irm_detail_cube *cube = chosen->cube;
    for (size_t d = 0; d < cube->n_columns; d++) {
        int32_t code = cube->codes[run * cube->n_columns + d];
        if (code < 0 || chosen->allowed[d][code] == 0) {
            return false;
        }
    }
    return true;
}

/* ---- figures ---------------------------------------------------------------------- */

/* Adds to a sum and what its roundings lost (D. E. Knuth, The Art of Computer Programming
 * 2, 4.2.2, theorem B), so that the order of cells tells in no digit. */
static void add(double *sum, double *lost, double value) {
    double total = *sum + value, part = total - *sum;
    *lost += (*sum - (total - part)) + (value - part);
    *sum = total;
}

/* Adds up the chosen cells of each row; the rows of the source start at zero. */
static irm_status add_cells(const irm_detail *detail, const irm_detail_source *source,
                            const choice *chosen, bool records, double *values,
                            irm_error *error) {
    const irm_detail_cube *cube = chosen->cube;
    const double *of = records ? cube->records : cube->values;
    double *lost = irm_calloc(detail->shell.n_rows, sizeof *lost);
    if (lost == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t run = 0; run < cube->n_runs; run++) {
        if (!run_chosen(chosen, run)) {
            continue;
        }
        for (size_t i = cube->start[run]; i < cube->start[run + 1]; i++) {
            int32_t row = source->row[cube->places[i]];
            if (row >= 0) {
                add(&values[row], &lost[row], of[i]);
            }
        }
    }
    for (size_t r = 0; r < detail->shell.n_rows; r++) {
        values[r] += lost[r];
    }
    irm_free(lost);
    return IRM_OK;
}

static void zero_rows(const irm_detail *detail, const irm_detail_source *source,
                      double *values) {
    size_t years = detail->period < detail->stored->n_columns ? detail->n_years : 1;
    size_t n = irm_dict_count(detail->axes[source->axis].texts) * years;
    for (size_t place = 0; place < n; place++) {
        if (source->row[place] >= 0) {
            values[source->row[place]] = 0;
        }
    }
}

static irm_status figure_read(irm_detail *detail, const irm_store *store,
                              const irm_variable *variable,
                              const irm_detail_source *source, irm_column *column,
                              irm_error *error) {
    choice chosen = {0};
    bool records = strcmp(variable->name, "rows") == 0;
    IRM_TRY(cube_of(detail, store, variable, source->axis, detail->stored->n_columns,
                    &chosen.cube, error));
    irm_status status = choose(detail, variable, &chosen, error);
    if (status == IRM_OK) {
        zero_rows(detail, source, column->values);
        status = add_cells(detail, source, &chosen, records, column->values, error);
    }
    choice_clear(&chosen);
    return status;
}

static const irm_detail_source *source_of(const irm_detail *detail, const char *level) {
    for (size_t s = 0; s < detail->n_sources; s++) {
        if (strcmp(detail->sources[s].level, level) == 0) {
            return &detail->sources[s];
        }
    }
    return NULL;
}

/* ---- by number -------------------------------------------------------------------- */

/* Where the numbers of a run are counted, n for those that are none. */
static size_t number_of(const irm_detail_cube *cube, size_t run, size_t d, size_t n) {
    int32_t code = cube->codes[run * cube->n_columns + d];
    long first = 0, last = 0;
    bool number = code >= 0 &&
                  irm_code_numbers(irm_dict_text(cube->labels[d], code), &first, &last) &&
                  first == last && first >= 0;
    return !number ? n : (size_t)first < n ? (size_t)first : n - 1;
}

static irm_status spread(const irm_detail_source *source, const choice *chosen, size_t d,
                         bool records, const double *shares, double *counts, size_t n,
                         irm_error *error) {
    const irm_detail_cube *cube = chosen->cube;
    const double *of = records ? cube->records : cube->values;
    double *lost = irm_calloc(n, sizeof *lost);
    if (lost == NULL) {
        return irm_fail_memory(error);
    }
    memset(counts, 0, n * sizeof *counts);
    for (size_t run = 0; run < cube->n_runs; run++) {
        size_t at = run_chosen(chosen, run) ? number_of(cube, run, d, n) : n;
        for (size_t i = cube->start[run]; at < n && i < cube->start[run + 1]; i++) {
            int32_t row = source->row[cube->places[i]];
            if (row >= 0 && shares[row] > 0) {
                add(&counts[at], &lost[at], of[i] * shares[row]);
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        counts[i] += lost[i];
    }
    irm_free(lost);
    return IRM_OK;
}

/* Chooses the cells of a variable in the cube that also has a dimension, at any modality;
 * *d is that of the cube's columns. The choice is to be cleared even after a failure. */
static irm_status choose_over(irm_detail *detail, const irm_store *store,
                              const irm_variable *variable, const char *dimension,
                              size_t axis, choice *chosen, size_t *d, irm_error *error) {
    size_t column = irm_detail_dimension(detail, dimension);
    if (column == detail->stored->n_columns) {
        return no_column(detail, dimension, error);
    }
    IRM_TRY(cube_of(detail, store, variable, axis, column, &chosen->cube, error));
    IRM_TRY(choose(detail, variable, chosen, error));
    for (*d = 0; chosen->cube->columns[*d] != column;) {
        (*d)++;
    }
    memset(chosen->allowed[*d], 1, irm_dict_count(chosen->cube->labels[*d]));
    return IRM_OK;
}

irm_status irm_detail_spread(irm_detail *detail, const irm_store *store,
                             const irm_variable *variable, const char *dimension,
                             const char *level, const double *shares, double *counts,
                             size_t n, irm_error *error) {
    const irm_detail_source *source = source_of(detail, level);
    size_t d = 0;
    choice chosen = {0};
    if (source == NULL) {
        return no_column(detail, dimension, error);
    }
    irm_status status =
        choose_over(detail, store, variable, dimension, source->axis, &chosen, &d, error);
    if (status == IRM_OK) {
        status = spread(source, &chosen, d, strcmp(variable->name, "rows") == 0, shares,
                        counts, n, error);
    }
    choice_clear(&chosen);
    return status;
}

static void spread_all(const irm_detail_source *source, const choice *chosen, size_t d,
                       bool records, const int32_t *items, size_t n_items, double *counts,
                       double *lost, size_t n) {
    const irm_detail_cube *cube = chosen->cube;
    const double *of = records ? cube->records : cube->values;
    for (size_t run = 0; run < cube->n_runs; run++) {
        size_t at = run_chosen(chosen, run) ? number_of(cube, run, d, n + 1) : n;
        for (size_t i = cube->start[run]; at < n && i < cube->start[run + 1]; i++) {
            int32_t row = source->row[cube->places[i]];
            if (row >= 0 && items[row] >= 0) {
                size_t to = at * n_items + (size_t)items[row];
                add(&counts[to], &lost[to], of[i]);
            }
        }
    }
    for (size_t i = 0; i < n * n_items; i++) {
        counts[i] += lost[i];
    }
}

irm_status irm_detail_spread_all(irm_detail *detail, const irm_store *store,
                                 const irm_variable *variable, const char *dimension,
                                 const char *level, const int32_t *items, size_t n_items,
                                 double *counts, size_t n, irm_error *error) {
    const irm_detail_source *source = source_of(detail, level);
    size_t d = 0;
    choice chosen = {0};
    double *lost = NULL;
    if (source == NULL) {
        return no_column(detail, dimension, error);
    }
    irm_status status =
        choose_over(detail, store, variable, dimension, source->axis, &chosen, &d, error);
    if (status == IRM_OK) {
        lost = irm_calloc(n * n_items, sizeof *lost);
        status = lost != NULL ? IRM_OK : irm_fail_memory(error);
    }
    if (status == IRM_OK) {
        spread_all(source, &chosen, d, strcmp(variable->name, "rows") == 0, items,
                   n_items, counts, lost, n);
    }
    irm_free(lost);
    choice_clear(&chosen);
    return status;
}

/* ---- the figures of a table ------------------------------------------------------- */

static char *figure_key(const irm_variable *variable, const char *level) {
    irm_buffer key = {0};
    irm_buffer_format(&key, "%s %s", level, variable->name);
    for (size_t i = 0; i < variable->n_fixed; i++) {
        irm_buffer_format(&key, " %s=", variable->fixed[i].dimension);
        for (size_t c = 0; c < variable->fixed[i].n_codes; c++) {
            irm_buffer_format(&key, "+%s", variable->fixed[i].codes[c]);
        }
    }
    return irm_buffer_take(&key);
}

static irm_status figure_make(irm_detail *detail, const irm_store *store,
                              const irm_variable *variable,
                              const irm_detail_source *source, irm_detail_figure *made,
                              irm_error *error) {
    irm_column *column;
    IRM_TRY(irm_table_init(&made->table, "figure", detail->shell.n_rows, error));
    IRM_TRY(irm_table_add(&made->table, "value", IRM_COLUMN_NUMBER, &column, error));
    IRM_TRY(figure_read(detail, store, variable, source, column, error));
    return irm_reserve((void **)&detail->figures, &detail->figure_capacity,
                       detail->n_figures + 1, sizeof *detail->figures, error);
}

irm_status irm_detail_figure_get(irm_detail *detail, const irm_store *store,
                                 const irm_variable *variable, const char *level,
                                 size_t *column, irm_error *error) {
    char *key = figure_key(variable, level);
    if (key == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < detail->n_figures; i++) {
        if (strcmp(detail->figures[i]->key, key) == 0) {
            irm_free(key);
            *column = detail->shell.n_columns + i;
            return IRM_OK;
        }
    }
    const irm_detail_source *source = source_of(detail, level);
    irm_detail_figure *made = irm_calloc(1, sizeof *made);
    irm_status status =
        source == NULL ? irm_fail(error, IRM_STATUS_NOT_FOUND, "%s has no level %s",
                                  detail->stored->name, level)
        : made == NULL ? irm_fail_memory(error)
                       : figure_make(detail, store, variable, source, made, error);
    if (status != IRM_OK) {
        if (made != NULL) {
            irm_table_clear(&made->table);
        }
        irm_free(made);
        irm_free(key);
        return status;
    }
    made->key = key;
    *column = detail->shell.n_columns + detail->n_figures;
    detail->figures[detail->n_figures++] = made;
    return IRM_OK;
}

const irm_plain *irm_detail_plain(irm_detail *detail, size_t index) {
    irm_detail_figure *figure = detail->figures[index - detail->shell.n_columns];
    if (figure->plain.way == IRM_PLAIN_UNKNOWN) {
        figure->plain = irm_plain_of(&figure->table.columns[0], detail->shell.n_rows);
    }
    return &figure->plain;
}

irm_column *irm_detail_column(const irm_detail *detail, size_t index) {
    return index < detail->shell.n_columns
               ? &detail->shell.columns[index]
               : &detail->figures[index - detail->shell.n_columns]->table.columns[0];
}
