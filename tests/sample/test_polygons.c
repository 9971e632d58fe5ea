/* The outlines of the sample promise to be valid, to share their borders exactly, and to
 * hold what real ones hold: a commune inside another, one in two pieces. */
#include <math.h>

#include "irminon/memory.h"
#include "sample/geography.h"
#include "sheet.h"

static sample_geography *make(uint64_t seed) {
    sample_geography *geography = irm_calloc(1, sizeof *geography);
    assert_non_null(geography);
    assert_ok(sample_geography_make(geography, seed, &test_error));
    return geography;
}

static int occurrences(const char *text, const char *what) {
    int count = 0;
    for (const char *p = text; (p = strstr(p, what)) != NULL; p++) {
        count++;
    }
    return count;
}

static void every_commune_has_cells_and_areas_add_up(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        sample_geography *g = make(seed);
        int cells[SAMPLE_COMMUNES] = {0}, members[SAMPLE_EPCIS] = {0};
        long hectares = 0;
        for (int i = 0; i < LATTICE_CELLS; i++) {
            assert_in_range(g->cell[i], 0, SAMPLE_COMMUNES - 1);
            cells[g->cell[i]]++;
        }
        for (int c = 0; c < SAMPLE_COMMUNES; c++) {
            assert_true(cells[c] > 0);
            assert_true(g->communes[c].hectares > 0);
            hectares += g->communes[c].hectares;
            members[g->communes[c].epci]++;
        }
        assert_int_equal(members[SAMPLE_FOCUS], 25);
        /* Of the order of half a real département. */
        assert_in_range(hectares, 150000, 400000);
        irm_free(g);
    }
}

/* Around each inner point of the lattice, no commune touches itself by a corner only. */
static void no_ring_touches_itself(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        sample_geography *g = make(seed);
        for (int i = 0; i + LATTICE_WIDTH + 1 < LATTICE_CELLS; i++) {
            int16_t a = g->cell[i], b = g->cell[i + 1], c = g->cell[i + LATTICE_WIDTH],
                    d = g->cell[i + LATTICE_WIDTH + 1];
            if (i % LATTICE_WIDTH < LATTICE_WIDTH - 1) {
                assert_false(a == d && a != b && a != c);
                assert_false(b == c && b != a && b != d);
            }
        }
        irm_free(g);
    }
}

static void there_is_an_enclave_and_an_exclave(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        sample_geography *g = make(seed);
        int holes = 0, pieces = 0;
        for (int c = 0; c < SAMPLE_COMMUNES; c++) {
            irm_buffer text = {0};
            sample_polygon_write(g, c, &text);
            assert_false(text.failed);
            bool multi = strstr(text.data, "MultiPolygon") != NULL;
            /* "[ [ [" opens a polygon; "], [ [" its holes. */
            int rings = occurrences(text.data, "] ]");
            assert_true(rings >= 1);
            pieces += multi;
            holes += !multi && occurrences(text.data, " ], [ [ ") == 1;
            irm_buffer_clear(&text);
        }
        assert_int_equal(pieces, 1);
        assert_int_equal(holes, 2); /* the enclave's host, and that of the exclave */
        irm_free(g);
    }
}

static void populations_are_small_in_one_commune_and_grow_in_suburbs(void **state) {
    (void)state;
    sample_geography *g = make(825);
    int smallest = 1000000;
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        const sample_commune *commune = &g->communes[c];
        smallest = commune->epci == SAMPLE_FOCUS && commune->population < smallest
                       ? commune->population
                       : smallest;
        assert_int_equal(sample_population(commune, 2021), commune->population);
        if (commune->kind == KIND_SUBURB) {
            assert_true(sample_population(commune, 1968) <
                        sample_population(commune, 2021));
        }
    }
    assert_in_range(smallest, 40, 80);
    irm_free(g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_commune_has_cells_and_areas_add_up),
        cmocka_unit_test(no_ring_touches_itself),
        cmocka_unit_test(there_is_an_enclave_and_an_exclave),
        cmocka_unit_test(populations_are_small_in_one_commune_and_grow_in_suburbs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
