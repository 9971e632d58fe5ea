#include <math.h>
#include <stdio.h>
#include <string.h>

#include "disclosure/cube.h"
#include "irminon/memory.h"
#include "irminon/text.h"

typedef struct zone_members {
    size_t *start, *of;
} zone_members;

typedef struct publisher {
    cube cube;
    irm_release *release;
    uint32_t *number;   /* by cell of the cube: index in the release + 1; 0 for a zero */
    size_t *cells;      /* by cell of the release: cell of the cube */
    const char **rules; /* likewise: the rule that finds it sensitive, or NULL */
    size_t n;
    size_t *parts;
    irm_release_interval *intervals;
    zone_members *members; /* by zoning */
} publisher;

static void publisher_clear(publisher *p) {
    for (size_t z = 0; p->members != NULL && z < p->cube.wanted->n_zonings; z++) {
        irm_free(p->members[z].start);
        irm_free(p->members[z].of);
    }
    irm_free(p->members);
    cube_close(&p->cube);
    irm_release_free(p->release);
    irm_free(p->number);
    irm_free(p->cells);
    irm_free(p->rules);
    irm_free(p->parts);
    irm_free(p->intervals);
}

/* ---- the release ------------------------------------------------------------------ */

/* Hiding a large cell, a zone or a total loses more than hiding a small one. */
static double cost_of(double value) { return 1 + log2(1 + value); }

static bool is_kept(const publisher *p, size_t cell) {
    size_t items[CUBE_DIMENSIONS];
    const irm_publication *wanted = p->cube.wanted;
    cube_items(&p->cube, cell, items);
    for (size_t d = 1; d < p->cube.n_dimensions; d++) {
        if (items[d] + 1 != p->cube.dimensions[d].items) {
            return false;
        }
    }
    for (size_t i = 0; i < wanted->n_keep; i++) {
        if (strcmp(wanted->keep[i], cube_level(&p->cube, items[0])) == 0) {
            return true;
        }
    }
    return false;
}

static irm_status add_cell(publisher *p, size_t cell, irm_error *error) {
    const cube *of = &p->cube;
    const irm_publication *wanted = of->wanted;
    static const double none[IRM_DISCLOSURE_LARGEST] = {0};
    irm_disclosure_cell known = {
        .value = of->value[cell],
        .contributors = of->contributors[cell],
        .largest =
            of->largest != NULL ? of->largest + cell * IRM_DISCLOSURE_LARGEST : none,
        .counted = !wanted->contributors};
    double below, above;
    IRM_TRY(irm_release_cell(p->release, known.value, cost_of(known.value), error));
    p->rules[p->n] = irm_disclosure_sensitive(&wanted->rules, &known, &below, &above);
    if (p->rules[p->n] != NULL) {
        irm_release_hide(p->release, p->n, below, above);
    }
    if (is_kept(p, cell)) {
        irm_release_keep(p->release, p->n);
    }
    p->cells[p->n++] = cell;
    p->number[cell] = (uint32_t)p->n;
    return IRM_OK;
}

static irm_status add_cells(publisher *p, irm_error *error) {
    size_t n = p->cube.n_cells;
    p->number = irm_calloc(n, sizeof *p->number);
    p->cells = irm_calloc(n, sizeof *p->cells);
    p->rules = irm_calloc(n, sizeof *p->rules);
    p->parts = irm_calloc(n, sizeof *p->parts);
    if (p->number == NULL || p->cells == NULL || p->rules == NULL || p->parts == NULL) {
        return irm_fail_memory(error);
    }
    IRM_TRY(irm_release_new(&p->release, error));
    for (size_t cell = 0; cell < n; cell++) {
        if (p->cube.value[cell] > 0) {
            IRM_TRY(add_cell(p, cell, error));
        }
    }
    return IRM_OK;
}

/* Labels by zone of a zoning, in their order: those of zone z are of[start[z]] …
 * of[start[z + 1] - 1]. */
static irm_status list_members(const publisher *p, size_t zoning, zone_members *to,
                               irm_error *error) {
    const irm_zones *zones = &p->cube.wanted->zonings[zoning];
    size_t labels = p->cube.dimensions[0].labels, n = irm_dict_count(zones->zones);
    to->start = irm_calloc(n + 2, sizeof *to->start);
    to->of = irm_calloc(labels, sizeof *to->of);
    if (to->start == NULL || to->of == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t label = 0; label < labels; label++) {
        if (zones->of_code[label] >= 0) {
            to->start[zones->of_code[label] + 2]++;
        }
    }
    for (size_t z = 2; z < n + 2; z++) {
        to->start[z] += to->start[z - 1];
    }
    for (size_t label = 0; label < labels; label++) {
        if (zones->of_code[label] >= 0) {
            to->of[to->start[zones->of_code[label] + 1]++] = label;
        }
    }
    return IRM_OK;
}

static irm_status list_all_members(publisher *p, irm_error *error) {
    size_t n = p->cube.wanted->n_zonings;
    p->members = irm_calloc(n, sizeof *p->members);
    irm_status status = p->members != NULL ? IRM_OK : irm_fail_memory(error);
    for (size_t z = 0; status == IRM_OK && z < n; z++) {
        status = list_members(p, z, &p->members[z], error);
    }
    return status;
}

/* The sum of a margin: all the labels of a dimension, or those of a zone. */
static irm_status add_sum(publisher *p, size_t d, const size_t *items, irm_error *error) {
    const cube *of = &p->cube;
    const cube_dimension *one = &of->dimensions[d];
    size_t part[CUBE_DIMENSIONS], n = 0, item = items[d], zoning = 0, first = 0,
                                  last = one->labels;
    bool total = item + 1 == one->items;
    const zone_members *members = NULL;
    while (!total && zoning + 1 < of->wanted->n_zonings &&
           item >= of->zone_start[zoning + 1]) {
        zoning++;
    }
    if (!total) {
        members = &p->members[zoning];
        first = members->start[item - of->zone_start[zoning]];
        last = members->start[item - of->zone_start[zoning] + 1];
    }
    memcpy(part, items, sizeof part);
    for (size_t i = first; i < last; i++) {
        part[d] = total ? i : members->of[i];
        uint32_t number = p->number[cube_cell(of, part)];
        if (number > 0) {
            p->parts[n++] = number - 1;
        }
    }
    return irm_release_sum(p->release, d, p->number[cube_cell(of, items)] - 1, p->parts,
                           n, error);
}

/* Every margin of every dimension, the others being at a label, a zone or a total. */
static irm_status add_sums(publisher *p, irm_error *error) {
    const cube *of = &p->cube;
    IRM_TRY(list_all_members(p, error));
    for (size_t i = 0; i < p->n; i++) {
        size_t items[CUBE_DIMENSIONS] = {0};
        cube_items(of, p->cells[i], items);
        for (size_t d = 0; d < of->n_dimensions; d++) {
            if (items[d] >= of->dimensions[d].labels) {
                IRM_TRY(add_sum(p, d, items, error));
            }
        }
    }
    return IRM_OK;
}

/* ---- tables out ------------------------------------------------------------------- */

static irm_status add_category(irm_table *table, const char *name, irm_error *error) {
    irm_column *column;
    return irm_table_add(table, name, IRM_COLUMN_CATEGORY, &column, error);
}

static irm_status set_label(irm_column *column, size_t row, const char *label,
                            irm_error *error) {
    return irm_dict_add(column->categories, irm_view_of(label), &column->codes[row],
                        error);
}

static irm_status open_table(const publisher *p, const char *name, size_t n_rows,
                             irm_table *table, irm_error *error) {
    IRM_TRY(irm_table_init(table, name, n_rows, error));
    IRM_TRY(add_category(table, "level", error));
    for (size_t d = 0; d < p->cube.n_dimensions; d++) {
        IRM_TRY(add_category(table, p->cube.wanted->by[d], error));
    }
    return IRM_OK;
}

static irm_status set_place(const publisher *p, size_t cell, irm_table *table, size_t row,
                            irm_error *error) {
    size_t items[CUBE_DIMENSIONS];
    cube_items(&p->cube, cell, items);
    IRM_TRY(set_label(&table->columns[0], row, cube_level(&p->cube, items[0]), error));
    for (size_t d = 0; d < p->cube.n_dimensions; d++) {
        IRM_TRY(set_label(&table->columns[d + 1], row, cube_label(&p->cube, d, items[d]),
                          error));
    }
    return IRM_OK;
}

static irm_status write_released(const publisher *p, irm_table *table, irm_error *error) {
    size_t n = 0, row = 0, base = p->cube.n_dimensions + 1;
    for (size_t cell = 0; cell < p->cube.n_cells; cell++) {
        n += p->cube.seen[cell];
    }
    IRM_TRY(open_table(p, "released", n, table, error));
    irm_column *added;
    uint8_t mark;
    IRM_TRY(irm_table_add(table, "value", IRM_COLUMN_NUMBER, &added, error));
    IRM_TRY(irm_column_marker(added, "s", IRM_STATE_SECRET, 0, INFINITY, &mark, error));
    IRM_TRY(add_category(table, "state", error));
    for (size_t cell = 0; cell < p->cube.n_cells; cell++) {
        if (!p->cube.seen[cell]) {
            continue;
        }
        irm_column *value = &table->columns[base], *state = &table->columns[base + 1];
        uint32_t number = p->number[cell];
        bool hidden =
            number > 0 && irm_release_hiding(p->release, number - 1) != IRM_SHOWN;
        IRM_TRY(set_place(p, cell, table, row, error));
        if (hidden) {
            IRM_TRY(irm_column_mark(value, n, row, mark, error));
        } else {
            value->values[row] = p->cube.value[cell];
        }
        irm_state told = hidden        ? IRM_STATE_SECRET
                         : number == 0 ? IRM_STATE_ZERO
                                       : IRM_STATE_VALUE;
        IRM_TRY(set_label(state, row++, irm_state_name(told), error));
    }
    return IRM_OK;
}

static irm_status audit_columns(irm_table *table, irm_error *error) {
    irm_column *column;
    IRM_TRY(add_category(table, "released", error));
    IRM_TRY(irm_table_add(table, "lower", IRM_COLUMN_NUMBER, &column, error));
    IRM_TRY(irm_table_add(table, "upper", IRM_COLUMN_NUMBER, &column, error));
    IRM_TRY(add_category(table, "protected", error));
    IRM_TRY(add_category(table, "rule", error));
    IRM_TRY(irm_table_add(table, "least", IRM_COLUMN_NUMBER, &column, error));
    return irm_table_add(table, "most", IRM_COLUMN_NUMBER, &column, error);
}

static double finite_or_none(double value) { return isinf(value) ? (double)NAN : value; }

static bool is_exact(const irm_release_interval *of) {
    return of->least == of->lower && of->most == of->upper;
}

/* One row a hidden cell; counts those that are not protected, and exact intervals. */
static irm_status write_audit(publisher *p, irm_table *table, size_t *exposed,
                              size_t *exact, irm_error *error) {
    size_t n = 0, row = 0, base = p->cube.n_dimensions + 1;
    for (size_t i = 0; i < p->n; i++) {
        n += irm_release_hiding(p->release, i) != IRM_SHOWN;
    }
    IRM_TRY(open_table(p, "audit", n, table, error));
    IRM_TRY(audit_columns(table, error));
    for (size_t i = 0; i < p->n; i++) {
        if (irm_release_hiding(p->release, i) == IRM_SHOWN) {
            continue;
        }
        const irm_release_interval *of = &p->intervals[i];
        bool safe = irm_release_protected(p->release, i, of);
        *exposed += !safe && p->rules[i] != NULL;
        IRM_TRY(set_place(p, p->cells[i], table, row, error));
        IRM_TRY(set_label(&table->columns[base], row, "s", error));
        table->columns[base + 1].values[row] = of->lower;
        table->columns[base + 2].values[row] = finite_or_none(of->upper);
        IRM_TRY(set_label(&table->columns[base + 3], row, safe ? "yes" : "no", error));
        IRM_TRY(set_label(&table->columns[base + 4], row,
                          p->rules[i] != NULL ? p->rules[i] : "secondary", error));
        table->columns[base + 5].values[row] = of->least;
        table->columns[base + 6].values[row++] = finite_or_none(of->most);
        *exact += is_exact(of);
    }
    return IRM_OK;
}

/* "level, label, label" of a cell, before the reason why it cannot be protected. */
static void name_cell(const publisher *p, size_t i, irm_error *error) {
    size_t items[CUBE_DIMENSIONS];
    irm_buffer name = {0};
    cube_items(&p->cube, p->cells[i], items);
    for (size_t d = 0; d < p->cube.n_dimensions; d++) {
        irm_buffer_format(&name, "%s%s %s", d > 0 ? ", " : "",
                          d == 0 ? cube_level(&p->cube, items[0]) : p->cube.wanted->by[d],
                          cube_label(&p->cube, d, items[d]));
    }
    irm_error_prefix(error,
                     "%s (%g, under the rule '%s'): ", name.data != NULL ? name.data : "",
                     p->cube.value[p->cells[i]], p->rules[i] != NULL ? p->rules[i] : "");
    irm_buffer_clear(&name);
}

static irm_status check_keep(const irm_publication *wanted, irm_error *error) {
    for (size_t i = 0; i < wanted->n_keep; i++) {
        bool known = strcmp(wanted->keep[i], "total") == 0 ||
                     strcmp(wanted->keep[i], wanted->by[0]) == 0;
        for (size_t z = 0; z < wanted->n_zonings; z++) {
            known = known || strcmp(wanted->keep[i], wanted->zonings[z].name) == 0;
        }
        if (!known) {
            return irm_fail(error, IRM_STATUS_USAGE,
                            "no level is called '%s'; expected total, %s or a zoning",
                            wanted->keep[i], wanted->by[0]);
        }
    }
    return IRM_OK;
}

static irm_status protect(publisher *p, irm_protection *protection, irm_error *error) {
    irm_status status =
        irm_release_protect(p->release, p->cube.wanted->reporter, protection, error);
    if (status == IRM_STATUS_REFUSED) {
        name_cell(p, protection->cell, error);
    }
    return status;
}

static irm_status audit_release(publisher *p, irm_error *error) {
    p->intervals = irm_calloc(p->n, sizeof *p->intervals);
    if (p->intervals == NULL) {
        return irm_fail_memory(error);
    }
    return irm_release_audit(p->release, p->cube.wanted->threads,
                             p->cube.wanted->reporter, p->intervals, error);
}

irm_status irm_publish(const irm_table *table, const irm_publication *wanted,
                       irm_table *released, irm_table *audit, irm_protection *protection,
                       irm_error *error) {
    publisher p = {0};
    size_t exposed = 0;
    *released = *audit = (irm_table){0};
    *protection = (irm_protection){.possible = true};
    IRM_TRY(cube_open(&p.cube, table, wanted, error));
    irm_status status = check_keep(wanted, error);
    if (status == IRM_OK) {
        status = add_cells(&p, error);
    }
    if (status == IRM_OK) {
        status = add_sums(&p, error);
    }
    if (status == IRM_OK) {
        status = protect(&p, protection, error);
    }
    if (status == IRM_OK) {
        status = audit_release(&p, error);
    }
    if (status == IRM_OK) {
        status = write_audit(&p, audit, &exposed, &protection->intervals, error);
    }
    if (status == IRM_OK) {
        status = write_released(&p, released, error);
    }
    if (status == IRM_OK && exposed > 0) {
        status = irm_fail(error, IRM_STATUS_REFUSED,
                          "%zu sensitive cells could be recomputed too closely", exposed);
    }
    publisher_clear(&p);
    if (status != IRM_OK) {
        irm_table_clear(released);
        irm_table_clear(audit);
    }
    return status;
}
