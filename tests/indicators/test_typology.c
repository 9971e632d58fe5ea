/* The model of a typology, on units made for it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/typology.h"
#include "support.h"

enum { UNITS = 30, GROUPS = 3 };

/* Three groups far apart on `a` and `b`; `c` is noise. No libm: the same everywhere. */
static irm_status make_units(irm_typology_units *units, irm_error *error) {
    char ids[UNITS][8];
    const char *names[UNITS];
    static const char *const columns[] = {"a", "b", "c"};
    for (size_t i = 0; i < UNITS; i++) {
        snprintf(ids[i], sizeof ids[i], "u%zu", i);
        names[i] = ids[i];
    }
    IRM_TRY(irm_typology_units_init(units, UNITS, names, NULL, error));
    for (size_t v = 0; v < 3; v++) {
        irm_typology_variable *variable;
        IRM_TRY(irm_typology_add_variable(units, columns[v], true, &variable, error));
        for (size_t i = 0; i < UNITS; i++) {
            double group = v < 2 ? 10 * (double)((i + v) % GROUPS) : 0;
            double noise = (double)((i * 7 + v * 5) % 11) / 11;
            variable->values[i] = variable->lower[i] = variable->upper[i] = group + noise;
            variable->states[i] = IRM_STATE_VALUE;
        }
    }
    return IRM_OK;
}

/* The noise describes the classes and does not make them. */
static irm_status classify(irm_typology *typology, size_t classes, irm_error *error) {
    irm_typology_units units = {0};
    irm_typology_options options = {.classes = classes,
                                    .axes = IRM_AXES_ALL,
                                    .alpha = NAN,
                                    .stability = 4,
                                    .gap = 5,
                                    .seed = 1,
                                    .threads = 1};
    irm_status status = make_units(&units, error);
    if (status == IRM_OK) {
        units.variables[2].active = false;
        status = irm_typology_compute(&units, &options, NULL, typology, error);
    }
    irm_typology_units_clear(&units);
    return status;
}

static void groups_that_are_there_are_found(void **state) {
    (void)state;
    irm_typology t;
    assert_ok(classify(&t, 0, &test_error));
    assert_int_equal(t.k, GROUPS);
    for (size_t i = GROUPS; i < UNITS; i++) {
        assert_int_equal(t.partition.classes[i], t.partition.classes[i % GROUPS]);
    }
    for (size_t c = 0; c < t.k; c++) {
        assert_int_equal(t.classes[c].size, UNITS / GROUPS);
        assert_true(t.classes[c].jaccard > 0.9);
        assert_string_equal(irm_typology_reading(t.classes[c].jaccard), "stable");
        assert_true(t.classes[c].n_parangons > 0);
        assert_int_equal(t.partition.classes[t.classes[c].parangons[0]], c);
    }
    irm_typology_clear(&t);
}

static void the_gap_tells_groups_from_none(void **state) {
    (void)state;
    irm_typology t;
    assert_ok(classify(&t, 2, &test_error));
    assert_int_equal(t.gap_references, 5);
    assert_int_equal(t.gap_classes, GROUPS);
    assert_true(t.n_gaps >= GROUPS && t.gaps[GROUPS - 1] > t.gaps[0]);
    irm_typology_clear(&t);
}

static void classes_are_told_by_what_marks_them(void **state) {
    (void)state;
    irm_typology t;
    assert_ok(classify(&t, GROUPS, &test_error));
    for (size_t c = 0; c < t.k; c++) {
        size_t order[3];
        char text[256];
        size_t n = irm_typology_ranked(&t, c, order);
        assert_true(n >= 1);
        for (size_t i = 1; i < n; i++) {
            assert_true(fabs(t.profiles[c * 3 + order[i - 1]].v_test) >=
                        fabs(t.profiles[c * 3 + order[i]].v_test));
        }
        bool above = t.profiles[c * 3 + order[0]].v_test > 0;
        irm_typology_sentence(&t, c, order[0], "fr", text, sizeof text);
        assert_non_null(
            strstr(text, above ? "supérieur à la moyenne" : "inférieur à la moyenne"));
        assert_null(strstr(t.classes[c].name_fr, "c "));
    }
    irm_typology_clear(&t);
}

/* A share is named by what there is much or little of. */
static void shares_are_named_by_what_they_are_of(void **state) {
    (void)state;
    static const struct {
        const char *label, *many, *few;
    } cases[] = {
        {"Part de logements vacants", "Beaucoup de logements vacants",
         "Peu de logements vacants"},
        {"Part des étrangers", "Beaucoup d’étrangers", "Peu d’étrangers"},
        {"Part de l'emploi dans l'industrie", "Beaucoup d’emploi dans l'industrie",
         "Peu d’emploi dans l'industrie"},
        {"Part des habitants (recensement)", "Beaucoup d’habitants", "Peu d’habitants"},
        {"Taux de chômage", "Taux de chômage élevé", "Taux de chômage faible"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        irm_typology_units units = {0};
        irm_typology_options options = {.classes = 2, .axes = IRM_AXES_ALL, .alpha = NAN};
        irm_typology t;
        assert_ok(make_units(&units, &test_error));
        irm_free(units.variables[0].label_fr);
        units.variables[0].label_fr = irm_strdup(cases[i].label);
        units.variables[1].active = units.variables[2].active = false;
        assert_ok(irm_typology_compute(&units, &options, NULL, &t, &test_error));
        assert_string_equal(t.classes[0].name_fr, cases[i].few);
        assert_string_equal(t.classes[1].name_fr, cases[i].many);
        irm_typology_clear(&t);
    }
}

static void what_is_imputed_stays_within_its_bounds(void **state) {
    (void)state;
    irm_typology_units units = {0};
    irm_typology t;
    irm_typology_options options = {
        .classes = GROUPS, .axes = IRM_AXES_ALL, .alpha = NAN};
    assert_ok(make_units(&units, &test_error));
    irm_typology_variable *a = &units.variables[0];
    for (size_t i = 0; i < 4; i++) {
        a->values[i] = NAN;
        a->lower[i] = 100;
        a->upper[i] = 101;
        a->states[i] = i % 2 == 0 ? IRM_STATE_SECRET : IRM_STATE_BOUNDED;
    }
    assert_ok(irm_typology_compute(&units, &options, NULL, &t, &test_error));
    a = &t.units.variables[0];
    for (size_t i = 0; i < 4; i++) {
        assert_true(a->values[i] >= 100 && a->values[i] <= 101);
        assert_int_equal(a->states[i], IRM_STATE_IMPUTED);
    }
    assert_int_equal(a->n_secret, 2);
    assert_int_equal(a->n_bounded, 2);
    assert_int_equal(a->n_filled, 4);
    assert_true(t.n_notes > 0);
    irm_typology_clear(&t);
}

static void units_that_know_too_little_are_left_out(void **state) {
    (void)state;
    irm_typology_units units = {0};
    irm_typology t;
    irm_typology_options options = {
        .classes = GROUPS, .axes = IRM_AXES_ALL, .alpha = NAN};
    assert_ok(make_units(&units, &test_error));
    for (size_t v = 0; v < 3; v++) {
        units.variables[v].values[5] = NAN;
        units.variables[v].values[6] = v < 2 ? NAN : 1;
    }
    assert_ok(irm_typology_compute(&units, &options, NULL, &t, &test_error));
    assert_int_equal(t.n, UNITS - 2);
    assert_int_equal(t.units.n_absent, 2);
    assert_string_equal(t.units.absent[0].id, "u5");
    assert_string_equal(t.units.absent[0].reason, "no_value");
    assert_string_equal(t.units.absent[1].reason, "missing");
    irm_typology_clear(&t);
}

static void distances_to_the_similar_grow_and_go_both_ways(void **state) {
    (void)state;
    irm_typology_units units = {0};
    irm_similar *list, *back;
    size_t found, found_back;
    assert_ok(make_units(&units, &test_error));
    units.variables[2].values[9] = NAN;
    assert_ok(irm_similar_find(&units, 0, NULL, UNITS, 0, &list, &found, &test_error));
    assert_int_equal(found, UNITS - 1);
    for (size_t i = 1; i < found; i++) {
        assert_true(list[i].distance >= list[i - 1].distance);
        assert_true(list[i].unit != 0);
    }
    assert_ok(irm_similar_find(&units, list[3].unit, NULL, UNITS, 0, &back, &found_back,
                               &test_error));
    for (size_t i = 0; i < found_back; i++) {
        if (back[i].unit == 0) {
            assert_true(back[i].distance == list[3].distance);
        }
    }
    irm_similar_free(list, found);
    irm_similar_free(back, found_back);
    irm_typology_units_clear(&units);
}

/* Every allocation is made to fail in turn: an error each time, nothing lost. */
static void without_memory_it_is_an_error(void **state) {
    (void)state;
    irm_status status = IRM_STATUS_NO_MEMORY;
    size_t failures = 0;
    for (size_t n = 1; status != IRM_OK; n++) {
        irm_typology t = {0};
        irm_error error = {0};
        irm_memory_fail_after(n);
        status = classify(&t, GROUPS, &error);
        irm_memory_fail_after(0);
        if (status == IRM_OK) {
            irm_typology_clear(&t);
        } else {
            assert_int_equal(status, IRM_STATUS_NO_MEMORY);
            failures++;
        }
    }
    assert_true(failures > 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_that_are_there_are_found),
        cmocka_unit_test(the_gap_tells_groups_from_none),
        cmocka_unit_test(classes_are_told_by_what_marks_them),
        cmocka_unit_test(shares_are_named_by_what_they_are_of),
        cmocka_unit_test(what_is_imputed_stays_within_its_bounds),
        cmocka_unit_test(units_that_know_too_little_are_left_out),
        cmocka_unit_test(distances_to_the_similar_grow_and_go_both_ways),
        cmocka_unit_test(without_memory_it_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
