/* France, where sources do not cover the same overseas départements. */
#include <math.h>

#include "support.h"

#include "figures.h"

static const char places_attributes[] =
    "dataset=places|shape=cube|level=com|vintage=2020|geography=2022|absent_rows=zero";
static const char places[] = "COM|role=key|level=com;AN|role=period;"
                             "N|role=value|kind=count|variable=N\n"
                             "43001;2020;6\n69123;2020;14\n97101;2020;80\n";
static const char census_attributes[] =
    "dataset=census|shape=wide|level=com|vintage=2020|geography=2022|survey_years=2018-"
    "2022";
static const char census[] = "CODGEO|role=key|level=com;P20_POP|variable=P_POP|year=2020|"
                             "kind=count;P15_POP|variable=P_POP|year=2014|kind=count\n"
                             "43001;1000;1000\n43020;2000;2000\n43030;1000;1000\n"
                             "69123;6000;6000\n97101;%s\n";

static irm_quantity ask(figures *f, const char *dataset, const char *formula,
                        const char *level, const char *code) {
    return figures_ask(f, dataset, formula, level, code, 2020);
}

static void begin(figures *f, const char *overseas) {
    char text[sizeof census + 64];
    snprintf(text, sizeof text, census, overseas);
    figures_begin(f);
    figures_put(f->store, "places@2020", places_attributes, places);
    figures_put(f->store, "census@2020", census_attributes, text);
    figures_open(f);
}

static void a_rate_of_france_is_over_the_overseas_that_its_sources_share(void **state) {
    (void)state;
    figures f;
    begin(&f, ";"); /* 97101 has facilities, and no inhabitants in the census */
    irm_quantity rate = ask(&f, "places", "1000 * N / census:P_POP", "fr", "");
    assert_true(rate.value == 2 && rate.lower == 2 && rate.upper == 2);
    assert_true(rate.flags & IRM_FLAG_PARTIAL_COVERAGE);
    assert_true(ask(&f, "places", "N", "fr", "").value == 100);
    assert_true(ask(&f, "places", "N", "com", "97101").value == 80);
    figures_end(&f);
}

static void a_growth_of_france_is_between_equal_perimeters(void **state) {
    (void)state;
    figures f;
    begin(&f, "5000;"); /* 97101 was first counted in 2020 */
    assert_true(ask(&f, "census", "P_POP / P_POP[previous]", "fr", "").value == 1);
    assert_true(ask(&f, "census", "P_POP", "fr", "").value == 15000);
    figures_end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rate_of_france_is_over_the_overseas_that_its_sources_share),
        cmocka_unit_test(a_growth_of_france_is_between_equal_perimeters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
