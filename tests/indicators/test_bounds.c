/* Certain bounds in evaluation: identities of rows, figures of larger territories, and
 * ratios whose sides share what is hidden. */
#include "figures.h"

static irm_quantity ask(figures *f, const char *dataset, const char *formula,
                        const char *level, const char *code) {
    return figures_ask(f, dataset, formula, level, code, 0);
}

static void holds(irm_quantity q, irm_state state, double lower, double upper) {
    if (q.state != state || fabs(q.lower - lower) > 1e-9 ||
        fabs(q.upper - upper) > 1e-9) {
        fail_msg("got %s [%g, %g], expected %s [%g, %g]", irm_state_name(q.state),
                 q.lower, q.upper, irm_state_name(state), lower, upper);
    }
}

static const char caf_attributes[] =
    "dataset=caf|shape=wide|level=com|vintage=2022|geography=2022|"
    "identities=A = AI + AM + AC";
static const char caf[] =
    "CODGEO|role=key|level=com;A|variable=A|kind=count;AI|variable=AI|kind=count;"
    "AM|variable=AM|kind=count;AC|variable=AC|kind=count\n"
    "43001;100;80;s;s\n"
    "43020;50;s;s;20\n"
    "43030;40;10;20;10\n"
    "69123;200;100;s4;s\n"
    "97101;s;s;s;s\n";

static void a_hidden_part_is_within_what_the_others_leave(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "caf.com@2022", caf_attributes, caf);
    figures_open(&f);
    holds(ask(&f, "caf", "AM", "com", "43001"), IRM_STATE_SECRET, 0, 20);
    holds(ask(&f, "caf", "AM", "com", "69123"), IRM_STATE_SECRET, 1, 4);
    holds(ask(&f, "caf", "AC", "com", "69123"), IRM_STATE_SECRET, 96, 99);
    holds(ask(&f, "caf", "AM", "epci", "200000001"), IRM_STATE_BOUNDED, 0, 50);
    holds(ask(&f, "caf", "AM", "dep", "43"), IRM_STATE_BOUNDED, 20, 70);
    irm_quantity unknown = ask(&f, "caf", "AM", "com", "97101");
    assert_true(unknown.state == IRM_STATE_SECRET && isinf(unknown.upper));
    figures_end(&f);
}

/* Of 100 households at most 20, of 50 at most 30, of 40 exactly 20. */
static void a_ratio_to_a_whole_with_hidden_parts_is_the_tightest(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "caf.com@2022", caf_attributes, caf);
    figures_open(&f);
    holds(ask(&f, "caf", "AM / A", "dep", "43"), IRM_STATE_BOUNDED, 20.0 / 190,
          70.0 / 190);
    figures_end(&f);
}

static const char *const ratio =
    "theme: t\nindicators:\n"
    "  - id: share\n    kind: ratio\n    sources:\n"
    "      - {dataset: caf, numerator: AM, denominator: \"AM + AC\", scale: 100}\n"
    "  - id: large\n    kind: ratio\n    sources:\n"
    "      - {dataset: caf, numerator: \"AM + AC\", denominator: A, scale: 100}\n";

static irm_quantity indicator(figures *f, const char *id, const char *level,
                              const char *code) {
    const irm_level *found = irm_geography_level(f->geography, level);
    irm_evaluation out;
    size_t index;
    assert_ok(irm_catalogue_need(f->catalogue, id, &index, &test_error));
    assert_ok(irm_evaluate(f->evaluator, index, found, 0, &out, &test_error));
    assert_null(out.unavailable);
    irm_quantity result = out.result[irm_level_find(found, code)];
    irm_evaluation_clear(&out);
    return result;
}

static void sides_that_share_what_is_hidden_are_not_independent(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    char *path = irm_path_join(f.folder, "t.yaml");
    assert_ok(irm_write_file(path, ratio, strlen(ratio), &test_error));
    assert_ok(irm_catalogue_add_file(f.catalogue, path, &test_error));
    figures_put(f.store, "caf.com@2022", caf_attributes, caf);
    figures_open(&f);
    /* AM in [1, 4] and AC in [96, 99], with AM + AC = 100. */
    holds(indicator(&f, "share", "com", "69123"), IRM_STATE_BOUNDED, 1, 4);
    /* Of 50 households, 20 are of one kind and 30 of two. */
    holds(indicator(&f, "share", "com", "43020"), IRM_STATE_BOUNDED, 0, 60);
    /* Of a whole of which nothing is known, nothing is told of a part. */
    assert_int_equal(indicator(&f, "large", "com", "97101").state, IRM_STATE_SECRET);
    irm_free(path);
    figures_end(&f);
}

/* ---- larger territories ----------------------------------------------------------- */

static const char tax_attributes[] =
    "dataset=tax|shape=wide|level=com|vintage=2022|"
    "geography=2022";
static const char tax[] =
    "CODGEO|role=key|level=com;N|variable=N|kind=count\n"
    "43001;100\n43020;s\n43030;s\n69123;500\n97101;s\n";
static const char tax_dep_attributes[] =
    "dataset=tax|shape=wide|level=dep|vintage=2022|"
    "geography=2022";

static void open_tax(figures *f, const char *more, const char *departments) {
    char attributes[256];
    figures_begin(f);
    snprintf(attributes, sizeof attributes, "%s%s", tax_attributes, more);
    figures_put(f->store, "tax.com@2022", attributes, tax);
    figures_put(f->store, "tax.dep@2022", tax_dep_attributes, departments);
    figures_open(f);
}

static const char departments[] =
    "DEP|role=key|level=dep;N|variable=N|kind=count\n"
    "43;180\n69;500\n";

static void a_hidden_part_is_no_more_than_the_total_less_what_is_shown(void **state) {
    (void)state;
    figures f;
    open_tax(&f, "", departments);
    holds(ask(&f, "tax", "N", "com", "43020"), IRM_STATE_SECRET, 0, 80);
    holds(ask(&f, "tax", "N", "epci", "200000001"), IRM_STATE_BOUNDED, 100, 180);
    irm_quantity unknown = ask(&f, "tax", "N", "com", "97101");
    assert_true(isinf(unknown.upper)); /* nothing is published of its département */
    figures_end(&f);
}

static void parts_that_make_the_total_are_bounded_from_below_too(void **state) {
    (void)state;
    figures f;
    open_tax(&f, "|totals=equal", departments);
    /* 43020 and 43030 share 80: each EPCI has what the other has not. */
    holds(ask(&f, "tax", "N", "epci", "200000002"), IRM_STATE_SECRET, 0, 80);
    holds(ask(&f, "tax", "N", "epci", "200000001"), IRM_STATE_BOUNDED, 100, 180);
    figures_end(&f);
    static const char four[] = "DEP|role=key|level=dep;N|variable=N|kind=count\n43;100\n";
    open_tax(&f, "|totals=equal", four);
    holds(ask(&f, "tax", "N", "com", "43020"), IRM_STATE_SECRET, 0, 0);
    figures_end(&f);
}

static void totals_that_disagree_bound_nothing_and_are_told(void **state) {
    (void)state;
    static const char wrong[] = "DEP|role=key|level=dep;N|variable=N|kind=count\n43;90\n";
    figures f;
    open_tax(&f, "", wrong);
    irm_quantity unknown = ask(&f, "tax", "N", "com", "43020");
    assert_true(unknown.state == IRM_STATE_SECRET && isinf(unknown.upper));
    assert_non_null(strstr(f.heard.data, "43 is the first"));
    figures_end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hidden_part_is_within_what_the_others_leave),
        cmocka_unit_test(a_ratio_to_a_whole_with_hidden_parts_is_the_tightest),
        cmocka_unit_test(sides_that_share_what_is_hidden_are_not_independent),
        cmocka_unit_test(a_hidden_part_is_no_more_than_the_total_less_what_is_shown),
        cmocka_unit_test(parts_that_make_the_total_are_bounded_from_below_too),
        cmocka_unit_test(totals_that_disagree_bound_nothing_and_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
