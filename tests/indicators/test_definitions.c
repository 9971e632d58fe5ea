/* Indicators of the catalogue against the definitions of what they read. */
#include "support.h"

#include "figures.h"

/* Labels of base-cc-diplomes-formation: in 2015 "aucun diplôme ou au plus un BEPC", in 2021
 * "aucun diplôme ou au plus un CEP", the brevet being beside it. */
static const char schooling[] =
    "CODGEO|role=key|level=com;A|variable=P_NSCOL15P|year=2021|kind=count;"
    "B|variable=P_NSCOL15P_DIPLMIN|year=2021|kind=count;"
    "C|variable=P_NSCOL15P_BEPC|year=2021|kind=count;"
    "D|variable=P_NSCOL15P|year=2015|kind=count;"
    "E|variable=P_NSCOL15P_DIPLMIN|year=2015|kind=count;"
    "F|variable=P_FNSCOL15P|year=2021|kind=count;"
    "G|variable=P_FNSCOL15P_DIPLMIN|year=2021|kind=count;"
    "H|variable=P_FNSCOL15P_BEPC|year=2021|kind=count;"
    "I|variable=P_FNSCOL15P|year=2015|kind=count;"
    "J|variable=P_FNSCOL15P_DIPLMIN|year=2015|kind=count\n"
    "43001;1000;200;50;1000;300;500;100;25;500;150\n";

static void years_of(figures *f, const char *id, int year, double value) {
    size_t index = 0, count = 0;
    int *years = NULL;
    const irm_level *communes = irm_geography_level(f->geography, "com");
    assert_ok(irm_catalogue_need(f->catalogue, id, &index, &test_error));
    assert_ok(irm_evaluator_years(f->evaluator, index, communes, &years, &count,
                                  &test_error));
    assert_int_equal(count, 1);
    assert_int_equal(years[0], year);
    irm_free(years);
    irm_evaluation out;
    assert_ok(irm_evaluate(f->evaluator, index, communes, 0, &out, &test_error));
    assert_null(out.unavailable);
    assert_true(out.result[irm_level_find(communes, "43001")].value == value);
    irm_evaluation_clear(&out);
}

static void no_diploma_is_told_of_the_years_that_tell_the_brevet_apart(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    irm_catalogue_free(f.catalogue);
    assert_ok(irm_catalogue_new(&f.catalogue, &test_error));
    figures_put(f.store, "rp-diplomes-formation@2021",
                "dataset=rp-diplomes-formation|shape=wide|level=com|vintage=2021|"
                "geography=2022|survey_years=2019-2023",
                schooling);
    figures_open(&f);
    years_of(&f, "no_diploma", 2021, 20);
    years_of(&f, "women_no_diploma", 2021, 20);
    figures_end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_diploma_is_told_of_the_years_that_tell_the_brevet_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
