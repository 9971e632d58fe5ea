/* Facilities: the producer writes no row for a territory that has none. */
#include <math.h>

#include "support.h"

#include "figures.h"

static const char attributes[] =
    "dataset=facilities|shape=cube|level=com|vintage=2020|geography=2022|absent_rows=zero";
static const char strict[] =
    "dataset=counted|shape=cube|level=com|vintage=2020|geography=2022";
static const char cells[] =
    "COM|role=key|level=com;TYPE|role=dimension|total=_T|partition=all;AN|role=period;"
    "N|role=value|kind=count|variable=N\n"
    "43001;A;2020;3\n43001;B;2020;1\n43020;A;2020;5\n";

static irm_quantity ask(figures *f, const char *dataset, const char *formula,
                        const char *level, const char *code) {
    return figures_ask(f, dataset, formula, level, code, 0);
}

static void exactly(irm_quantity q, double value) {
    assert_true(q.value == value && q.lower == value && q.upper == value);
    assert_false(q.flags & IRM_FLAG_PARTIAL_COVERAGE);
}

static void a_territory_without_a_row_holds_zero_where_the_family_says_so(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "facilities@2020", attributes, cells);
    figures_open(&f);
    exactly(ask(&f, "facilities", "N", "com", "43030"), 0);
    exactly(ask(&f, "facilities", "N{TYPE=B}", "com", "43020"), 0);
    exactly(ask(&f, "facilities", "N{TYPE=A+B}", "com", "43020"), 5);
    exactly(ask(&f, "facilities", "N", "dep", "43"), 9);
    irm_quantity other = ask(&f, "facilities", "N", "com", "69123");
    assert_true(isnan(other.value) && isinf(other.upper));
    figures_end(&f);
}

static void elsewhere_it_is_unknown(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "counted@2020", strict, cells);
    figures_open(&f);
    assert_true(isnan(ask(&f, "counted", "N", "com", "43030").value));
    irm_quantity whole = ask(&f, "counted", "N", "dep", "43");
    assert_int_equal(whole.state, IRM_STATE_BOUNDED);
    assert_true(whole.lower == 9 && isinf(whole.upper));
    figures_end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_territory_without_a_row_holds_zero_where_the_family_says_so),
        cmocka_unit_test(elsewhere_it_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
