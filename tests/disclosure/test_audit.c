/* The audit beside exact programs, and tables with zonings that do not nest. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/bounds.h"
#include "irminon/disclosure.h"
#include "irminon/memory.h"
#include "support.h"

/* Places by families (their total last), with a total and two zonings of the places: the
 * cell of an item and a family is item * (families + 1) + family; items are the places,
 * the zones of the first zoning, of the second, the total. */
typedef struct zoned {
    size_t places, families, n_zones[2], items, columns, n_cells;
    size_t *zone[2]; /* by place */
    double *value;   /* by cell */
    size_t *number;  /* by cell: in the release; SIZE_MAX for a zero */
    size_t *parts;
    irm_release *release;
    irm_bounds *bounds; /* the same sums; NULL until wanted */
    size_t n;
} zoned;

/* A small linear congruential generator (Knuth, MMIX). */
static size_t draw(uint64_t *seed, size_t below) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)((*seed >> 33) % below);
}

static size_t item_of_zone(const zoned *z, int zoning, size_t zone) {
    return z->places + (zoning > 0 ? z->n_zones[0] : 0) + zone;
}

static void add_to(zoned *z, size_t place, size_t family, double value) {
    const size_t items[] = {place, item_of_zone(z, 0, z->zone[0][place]),
                            item_of_zone(z, 1, z->zone[1][place]), z->items - 1};
    for (size_t i = 0; i < 4; i++) {
        z->value[items[i] * z->columns + family] += value;
        z->value[items[i] * z->columns + z->families] += value;
    }
}

/* Zones follow each other, with places of the second zoning that are in a neighbour, so
 * that some of its zones are in two of the first; with an odd seed the second is any, so
 * that the zonings cross everywhere. */
static void open_places(zoned *z, uint64_t seed, size_t most) {
    bool crossing = seed % 2 > 0;
    z->items = z->places + z->n_zones[0] + z->n_zones[1] + 1;
    z->columns = z->families + 1;
    z->n_cells = z->items * z->columns;
    z->value = irm_calloc(z->n_cells, sizeof *z->value);
    z->number = irm_calloc(z->n_cells, sizeof *z->number);
    z->parts = irm_calloc(z->n_cells, sizeof *z->parts);
    for (int k = 0; k < 2; k++) {
        z->zone[k] = irm_calloc(z->places, sizeof *z->zone[k]);
        for (size_t p = 0; p < z->places; p++) {
            size_t shifted = k > 0 && draw(&seed, 8) == 0 ? (p + 1) % z->places : p;
            size_t any = draw(&seed, z->n_zones[k]);
            z->zone[k][p] = crossing && k > 0 ? any : shifted * z->n_zones[k] / z->places;
        }
    }
    for (size_t p = 0; p < z->places; p++) {
        for (size_t f = 0; f < z->families; f++) {
            size_t size = draw(&seed, 3) == 0 ? 6 : most;
            add_to(z, p, f, (double)draw(&seed, size));
        }
    }
}

static void add_cells(zoned *z) {
    assert_ok(irm_release_new(&z->release, &test_error));
    for (size_t c = 0; c < z->n_cells; c++) {
        z->number[c] = SIZE_MAX;
        if (z->value[c] > 0) {
            double cost = 1 + log2(1 + z->value[c]);
            assert_ok(irm_release_cell(z->release, z->value[c], cost, &test_error));
            z->number[c] = z->n++;
        }
    }
}

static void take(zoned *z, size_t cell, size_t *count) {
    if (z->number[cell] != SIZE_MAX) {
        z->parts[(*count)++] = z->number[cell];
    }
}

static bool holds(const zoned *z, size_t item, size_t place) {
    return item + 1 == z->items || item == item_of_zone(z, 0, z->zone[0][place]) ||
           item == item_of_zone(z, 1, z->zone[1][place]);
}

static void add_sum(zoned *z, size_t axis, size_t total, size_t count) {
    if (z->number[total] == SIZE_MAX) {
        return;
    }
    assert_ok(irm_release_sum(z->release, axis, z->number[total], z->parts, count,
                              &test_error));
    if (z->bounds != NULL) {
        irm_bounds_term *terms = irm_calloc(count + 1, sizeof *terms);
        for (size_t i = 0; i < count; i++) {
            terms[i] = (irm_bounds_term){z->parts[i], 1};
        }
        terms[count] = (irm_bounds_term){z->number[total], -1};
        assert_ok(irm_bounds_relation(z->bounds, terms, count + 1, 0, 0, &test_error));
        irm_free(terms);
    }
}

static void add_sums(zoned *z) {
    for (size_t item = 0; item < z->items; item++) {
        size_t count = 0;
        for (size_t f = 0; f < z->families; f++) {
            take(z, item * z->columns + f, &count);
        }
        add_sum(z, 1, item * z->columns + z->families, count);
        for (size_t f = 0; item >= z->places && f < z->columns; f++) {
            count = 0;
            for (size_t p = 0; p < z->places; p++) {
                if (holds(z, item, p)) {
                    take(z, p * z->columns + f, &count);
                }
            }
            add_sum(z, 0, item * z->columns + f, count);
        }
    }
}

static void zoned_open(zoned *z, uint64_t seed, size_t most) {
    open_places(z, seed, most);
    add_cells(z);
    add_sums(z);
}

static void zoned_close(zoned *z) {
    irm_release_free(z->release);
    irm_bounds_free(z->bounds);
    for (int k = 0; k < 2; k++) {
        irm_free(z->zone[k]);
    }
    irm_free(z->value);
    irm_free(z->number);
    irm_free(z->parts);
}

/* The system that a stranger would write: what is hidden is 1 or more. */
static void write_bounds(zoned *z) {
    assert_ok(irm_bounds_new(&z->bounds, &test_error));
    for (size_t c = 0; c < z->n_cells; c++) {
        if (z->number[c] != SIZE_MAX) {
            bool hidden = irm_release_hiding(z->release, z->number[c]) != IRM_SHOWN;
            assert_ok(irm_bounds_cell(z->bounds, hidden ? 1 : z->value[c],
                                      hidden ? (double)INFINITY : z->value[c], true, NULL,
                                      &test_error));
        }
    }
    irm_release *again = z->release;
    assert_ok(irm_release_new(&z->release, &test_error));
    for (size_t c = 0; c < z->n_cells; c++) {
        if (z->number[c] != SIZE_MAX) {
            assert_ok(irm_release_cell(z->release, z->value[c], 1, &test_error));
        }
    }
    add_sums(z);
    irm_release_free(z->release);
    z->release = again;
}

static irm_release_interval *audit(zoned *z, size_t threads) {
    irm_release_interval *of = irm_calloc(z->n, sizeof *of);
    assert_ok(irm_release_audit(z->release, threads, NULL, of, &test_error));
    return of;
}

/* ---- intervals -------------------------------------------------------------------- */

/* What was reached is possible, and what is not possible is not claimed to be: beside the
 * smallest and largest value of each cell by branch and bound. */
static void intervals_are_those_of_exact_programs(void **state) {
    (void)state;
    size_t hidden = 0, exact = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        zoned z = {.places = 6 + seed % 7, .families = 1 + seed % 3, .n_zones = {2, 3}};
        zoned_open(&z, seed, 30);
        uint64_t chance = seed;
        for (size_t c = 0; c < z.n_cells; c++) { /* places more often than zones */
            size_t odds = c / z.columns < z.places ? 5 + seed % 3 : 2;
            if (draw(&chance, 8) < odds && z.number[c] != SIZE_MAX) {
                irm_release_hide(z.release, z.number[c], 0, 0);
            }
        }
        irm_release_interval *of = audit(&z, 1);
        write_bounds(&z);
        assert_ok(irm_bounds_tighten(z.bounds, 1, NULL, &test_error));
        for (size_t c = 0; c < z.n; c++) {
            double lower = irm_bounds_lower(z.bounds, c);
            double upper = irm_bounds_upper(z.bounds, c);
            bool known = of[c].least == of[c].lower && of[c].most == of[c].upper;
            assert_true(of[c].lower >= lower && of[c].upper <= upper);
            assert_true(of[c].least <= lower && of[c].most >= upper);
            hidden += irm_release_hiding(z.release, c) != IRM_SHOWN;
            exact += known && irm_release_hiding(z.release, c) != IRM_SHOWN;
        }
        irm_free(of);
        zoned_close(&z);
    }
    assert_true(exact * 100 >= hidden * 95);
}

/* ---- protection ------------------------------------------------------------------- */

static size_t hide_small(zoned *z, double threshold) {
    size_t sensitive = 0;
    for (size_t c = 0; c < z->n_cells; c++) {
        if (z->value[c] > 0 && z->value[c] < threshold) {
            irm_release_hide(z->release, z->number[c], z->value[c] > 1 ? 1 : 0,
                             threshold - z->value[c]);
            sensitive++;
        }
    }
    return sensitive;
}

/* By exact programs over all that is released, not by what protected it. */
static void what_is_protected_is_so_for_exact_programs(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        zoned z = {.places = 14 + seed % 5, .families = 3, .n_zones = {2, 4}};
        irm_protection protection;
        zoned_open(&z, seed, 60);
        assert_true(hide_small(&z, 5) > 0);
        assert_ok(irm_release_protect(z.release, NULL, &protection, &test_error));
        assert_true(protection.possible);
        write_bounds(&z);
        assert_ok(irm_bounds_tighten(z.bounds, 1, NULL, &test_error));
        for (size_t c = 0; c < z.n_cells; c++) {
            if (z.value[c] > 0 && z.value[c] < 5) {
                size_t i = z.number[c];
                assert_true(irm_bounds_upper(z.bounds, i) >= 5);
                assert_true(irm_bounds_lower(z.bounds, i) <= fmax(1, z.value[c] - 1));
            }
        }
        zoned_close(&z);
    }
}

static void thousands_of_places_are_protected_and_audited_in_seconds(void **state) {
    (void)state;
    zoned z = {.places = 2000, .families = 4, .n_zones = {8, 77}};
    irm_protection protection;
    zoned_open(&z, 8, 200);
    size_t sensitive = hide_small(&z, 5), exact = 0, hidden = 0;
    assert_true(sensitive > 500);
    assert_ok(irm_release_protect(z.release, NULL, &protection, &test_error));
    assert_int_equal(protection.sensitive, sensitive);
    irm_release_interval *of = audit(&z, 1);
    write_bounds(&z);
    assert_ok(irm_bounds_propagate(z.bounds, NULL, &test_error));
    for (size_t c = 0; c < z.n; c++) {
        assert_true(irm_release_protected(z.release, c, &of[c]));
        assert_true(of[c].lower >= irm_bounds_lower(z.bounds, c));
        assert_true(of[c].upper <= irm_bounds_upper(z.bounds, c));
        hidden += irm_release_hiding(z.release, c) != IRM_SHOWN;
        exact += irm_release_hiding(z.release, c) != IRM_SHOWN &&
                 of[c].least == of[c].lower && of[c].most == of[c].upper;
    }
    assert_int_equal(hidden, protection.sensitive + protection.beside);
    assert_true(hidden < 4 * sensitive);
    assert_true(exact * 10 >= hidden * 9);
    irm_free(of);
    zoned_close(&z);
}

static void the_same_is_hidden_and_found_whatever_the_threads(void **state) {
    (void)state;
    irm_release_interval *first = NULL;
    irm_hiding *hiding = NULL;
    for (size_t threads = 1; threads <= 4; threads += threads) {
        zoned z = {.places = 400, .families = 3, .n_zones = {5, 23}};
        irm_protection protection;
        zoned_open(&z, 12, 100);
        hide_small(&z, 11);
        assert_ok(irm_release_protect(z.release, NULL, &protection, &test_error));
        irm_release_interval *of = audit(&z, threads);
        hiding = hiding != NULL ? hiding : irm_calloc(z.n, sizeof *hiding);
        for (size_t c = 0; c < z.n; c++) {
            if (threads == 1) {
                hiding[c] = irm_release_hiding(z.release, c);
            }
            assert_int_equal(irm_release_hiding(z.release, c), hiding[c]);
        }
        if (threads == 1) {
            first = of;
        } else {
            assert_memory_equal(of, first, z.n * sizeof *of);
            irm_free(of);
        }
        zoned_close(&z);
    }
    irm_free(first);
    irm_free(hiding);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_are_those_of_exact_programs),
        cmocka_unit_test(what_is_protected_is_so_for_exact_programs),
        cmocka_unit_test(thousands_of_places_are_protected_and_audited_in_seconds),
        cmocka_unit_test(the_same_is_hidden_and_found_whatever_the_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
