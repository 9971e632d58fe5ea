/* Parts of levels: some territories alone have the figures that they have among all. */
#include <math.h>

#include "figures.h"
#include "support.h"

static const char communes[] =
    "CODGEO|role=key|level=com;N|variable=N|kind=count;M|variable=M|kind=median\n"
    "43001;100;12\n43002;7;11\n43020;s;13\n43030;s;14\n69123;500.25;15\n97101;s;\n";
static const char departments[] =
    "DEP|role=key|level=dep;N|variable=N|kind=count\n43;300\n69;500\n971;50\n";
static const char older[] =
    "CODGEO|role=key|level=com;N|variable=N|kind=count\n43030;9\n";

static const char catalogue[] =
    "theme: t\nindicators:\n"
    "  - {id: n, kind: count, sources: [{dataset: tax, formula: N},"
    " {dataset: old, formula: N}]}\n"
    "  - {id: m, kind: median, sources: [{dataset: tax, formula: M}]}\n"
    "  - {id: r, kind: ratio, sources: [{dataset: tax, numerator: N, denominator: \"N + "
    "1\","
    " scale: 100}]}\n";

static void begin(figures *f) {
    figures_begin(f);
    figures_put(f->store, "tax.com@2022",
                "dataset=tax|shape=wide|level=com|vintage=2022|geography=2022", communes);
    figures_put(f->store, "tax.dep@2022",
                "dataset=tax|shape=wide|level=dep|vintage=2022|geography=2022",
                departments);
    figures_put(f->store, "old.com@2022",
                "dataset=old|shape=wide|level=com|vintage=2022|geography=2022", older);
    assert_ok(irm_catalogue_add_text(f->catalogue, "t.yaml", catalogue, strlen(catalogue),
                                     &test_error));
    figures_open(f);
}

static bool same_number(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

static void assert_same(const irm_quantity *a, const irm_quantity *b) {
    if (a == NULL || b == NULL) {
        assert_true(a == b);
        return;
    }
    assert_true(same_number(a->value, b->value));
    assert_true(same_number(a->lower, b->lower) && same_number(a->upper, b->upper));
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->flags, b->flags);
}

/* Every indicator of one territory, alone and among all; which comes first must not
 * matter. */
static void compare(const char *level_id, bool alone_first) {
    figures f;
    begin(&f);
    const irm_level *level = irm_geography_level(f.geography, level_id);
    for (int32_t at = 0; at < (int32_t)level->count; at++) {
        const irm_level *part;
        assert_ok(irm_evaluator_part(f.evaluator, level, &at, 1, &part, &test_error));
        assert_true(part != level);
        assert_int_equal(part->count, 1);
        assert_string_equal(part->items[0].code, level->items[at].code);
        for (size_t k = 0; k < irm_catalogue_count(f.catalogue); k++) {
            for (int year = 0; year <= 2022; year += 2022) {
                irm_evaluation few, all;
                irm_evaluation *first = alone_first ? &few : &all;
                irm_evaluation *second = alone_first ? &all : &few;
                assert_ok(irm_evaluate(f.evaluator, k, alone_first ? part : level, year,
                                       first, &test_error));
                assert_ok(irm_evaluate(f.evaluator, k, alone_first ? level : part, year,
                                       second, &test_error));
                assert_true((few.unavailable == NULL) == (all.unavailable == NULL));
                if (few.unavailable == NULL) {
                    assert_true(few.source == all.source && few.year == all.year);
                    assert_int_equal(few.count, 1);
                    assert_string_equal(few.tables, all.tables);
                    assert_same(&few.result[0], &all.result[at]);
                    assert_same(few.numerator, all.numerator ? &all.numerator[at] : NULL);
                } else {
                    assert_string_equal(few.unavailable, all.unavailable);
                }
                irm_evaluation_clear(&few);
                irm_evaluation_clear(&all);
            }
        }
    }
    figures_end(&f);
}

static void a_part_has_the_figures_of_the_whole_level(void **unused) {
    (void)unused;
    compare("com", true);
    compare("com", false);
    compare("epci", true);
}

static void a_part_is_made_once_and_not_of_most_of_a_level(void **unused) {
    (void)unused;
    figures f;
    begin(&f);
    const irm_level *level = irm_geography_level(f.geography, "com"), *one, *again, *most;
    int32_t indices[3] = {4, 4, 1};
    assert_ok(irm_evaluator_part(f.evaluator, level, indices, 1, &one, &test_error));
    assert_ok(
        irm_evaluator_part(f.evaluator, level, indices + 1, 1, &again, &test_error));
    assert_ptr_equal(one, again);
    assert_ok(irm_evaluator_part(f.evaluator, level, indices, 3, &most, &test_error));
    assert_ptr_equal(most, level);
    assert_ok(irm_evaluator_part(f.evaluator, one, indices, 0, &again, &test_error));
    assert_ptr_equal(again, one);
    figures_end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_has_the_figures_of_the_whole_level),
        cmocka_unit_test(a_part_is_made_once_and_not_of_most_of_a_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
