/* What other programs rely on: names of columns, help, manual, completion, JSON errors.
 */
#include <jansson.h>

#include "bench.h"

typedef struct contract {
    const char *command, *header;
} contract;

/* docs: columns may be added after these, none renamed. */
static const contract contracts[] = {
    {"$I indicators store --level com --indicator population -o -",
     "level,territory,name,indicator,year,value,lower,upper,state,flags,numerator,"
     "denominator,"
     "unit,ci_lower,ci_upper,ci_level,source,geography"},
    {"$I tabulate store cog-communes@2023 --by DEP,TYPECOM", "DEP,TYPECOM,rows,value"},
    {"$I tabulate store rp-comparateur@2018 --by CODGEO --sum P18_POP",
     "CODGEO,rows,value"},
    {"$I tabulate store rp-comparateur@2018 --by CODGEO --sum P18_POP,P18_LOG",
     "CODGEO,rows,value"},
    {"$I describe store rp-comparateur@2018",
     "column,type,rows,missing,secret,distinct,min,max,mean,sd,q05,q25,median,q75,q95,"
     "top"},
};

static void columns_keep_their_names(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof contracts / sizeof *contracts; i++) {
        const contract *c = &contracts[i];
        irm_buffer out = {0}, err = {0};
        assert_int_equal(bench_run(&out, &err, c->command), 0);
        size_t size = strlen(c->header);
        if (strncmp(out.data, c->header, size) != 0 ||
            (out.data[size] != '\n' && out.data[size] != ',')) {
            fail_msg("%s: %.300s", c->command, out.data);
        }
        irm_buffer_clear(&out);
        irm_buffer_clear(&err);
    }
}

static void values_without_weight_are_the_rows(void **state) {
    (void)state;
    irm_buffer out = {0};
    assert_int_equal(
        bench_run(&out, NULL,
                  "$I tabulate store cog-communes@2023 --by TYPECOM | "
                  "awk -F, 'NR > 1 && $2 != $3 {bad = 1} END {exit bad || NR < 2}'"),
        0);
    irm_buffer_clear(&out);
}

/* A rate of births has an interval around it, and a difference from its département without
 * the territory that is called significant just where its p-value is at most 0.05. */
static void portraits_tell_what_chance_can_do(void **state) {
    (void)state;
    irm_buffer out = {0};
    assert_int_equal(bench_run(&out, NULL,
                               "$I portrait store epci:209900001 -o told --quiet && "
                               "cat told/portrait.json"),
                     0);
    json_t *portrait = json_loads(out.data, 0, NULL), *theme, *row, *reference;
    size_t t, i, k, told = 0;
    assert_non_null(portrait);
    json_array_foreach(json_object_get(portrait, "themes"), t, theme) {
        json_array_foreach(json_object_get(theme, "indicators"), i, row) {
            json_t *interval = json_object_get(row, "interval");
            double value = json_number_value(json_object_get(row, "value"));
            if (interval != NULL) {
                assert_true(json_number_value(json_object_get(interval, "lower")) < value);
                assert_true(json_number_value(json_object_get(interval, "upper")) > value);
                told++;
            }
            json_array_foreach(json_object_get(row, "references"), k, reference) {
                json_t *difference = json_object_get(reference, "difference");
                if (difference != NULL) {
                    double p = json_number_value(json_object_get(difference, "p_value"));
                    bool said = json_is_true(json_object_get(difference, "significant"));
                    assert_true(said == (p <= 0.05));
                }
            }
        }
    }
    assert_true(told > 0);
    json_decref(portrait);
    irm_buffer_clear(&out);
}

static const char *const states[] = {"value",     "zero",    "secret",
                                     "missing",   "imputed", "floored",
                                     "estimated", "bounded", "not_applicable"};

static bool is_state(const char *text) {
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (strcmp(states[i], text) == 0) {
            return true;
        }
    }
    return false;
}

/* A value is there or not as its state says. */
static void states_are_those_of_the_contract(void **state) {
    (void)state;
    irm_buffer out = {0};
    assert_int_equal(
        bench_run(&out, NULL,
                  "$I indicators store --level com --locale fr -o - -q | tail -n +2 | "
                  "cut -d';' -f6,9 | sed 's/^[^;][^;]*;/some;/' | sort -u"),
        0);
    for (char *line = strtok(out.data, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        const char *name = strchr(line, ';') + 1;
        bool hidden = strcmp(name, "secret") == 0 || strcmp(name, "missing") == 0 ||
                      strcmp(name, "not_applicable") == 0 || strcmp(name, "bounded") == 0;
        assert_true(is_state(name));
        assert_int_equal(*line == ';', hidden);
    }
    irm_buffer_clear(&out);
}

static const char *const verbs[] = {
    "sample", "ingest", "list",      "find",       "describe", "tabulate", "export",
    "remove", "map",    "catalogue", "indicators", "portrait", "check", "explain",
    "typology", "similar"};

static void every_verb_has_help(void **state) {
    (void)state;
    irm_buffer all = {0}, out = {0};
    assert_int_equal(bench_run(&all, NULL, "$I --help"), 0);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        char words[128];
        snprintf(words, sizeof words, "\n  %s ", verbs[i]);
        assert_non_null(strstr(all.data, words));
        snprintf(words, sizeof words, "$I %s --help", verbs[i]);
        assert_int_equal(bench_run(&out, NULL, words), 0);
        snprintf(words, sizeof words, "usage: irminon %s", verbs[i]);
        assert_non_null(strstr(out.data, words));
        assert_non_null(strstr(out.data, "--help"));
    }
    irm_buffer_clear(&all);
    irm_buffer_clear(&out);
}

static void the_manual_is_well_formed(void **state) {
    (void)state;
    irm_buffer out = {0}, err = {0};
    assert_int_equal(bench_run(&out, NULL, "$I --man > irminon.1; head -1 irminon.1"), 0);
    assert_int_equal(strncmp(out.data, ".TH IRMINON 1", 13), 0);
    if (bench_run(NULL, NULL, "groff --version") == 0) {
        bench_run(NULL, &err, "groff -K utf8 -man -ww -T utf8 -z irminon.1");
        if (err.size > 0) {
            fail_msg("%s", err.data);
        }
    }
    irm_buffer_clear(&out);
    irm_buffer_clear(&err);
}

static void the_completion_is_bash(void **state) {
    (void)state;
    if (bench_run(NULL, NULL, "bash --version") != 0) {
        skip();
    }
    irm_buffer out = {0};
    assert_int_equal(bench_run(NULL, NULL, "$I --bash-completion > c.sh && bash -n c.sh"),
                     0);
    assert_int_equal(
        bench_run(&out, NULL,
                  "bash -c '. ./c.sh; complete -p irminon' && grep -c portrait c.sh"),
        0);
    assert_non_null(strstr(out.data, "irminon"));
    irm_buffer_clear(&out);
}

static const char *const failures[] = {
    "$I list nowhere --json",
    "$I list store --json --foo",
    "$I indicators store --json --level com --indicator populatoin -o -",
    "printf 'A;B\n1;\"2\n' > q.csv; $I ingest store --json q.csv -d x@2020",
};

static void errors_as_json_parse(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        irm_buffer err = {0};
        assert_int_not_equal(bench_run(NULL, &err, failures[i]), 0);
        size_t errors = 0;
        for (char *line = strtok(err.data, "\n"); line != NULL;
             line = strtok(NULL, "\n")) {
            json_t *object = json_loads(line, 0, NULL);
            if (object == NULL) {
                fail_msg("%s: %s", failures[i], line);
            }
            const char *level = json_string_value(json_object_get(object, "level"));
            assert_true(json_is_string(json_object_get(object, "message")));
            errors += level != NULL && strcmp(level, "error") == 0 ? 1 : 0;
            json_decref(object);
        }
        assert_int_equal(errors, 1);
        irm_buffer_clear(&err);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_keep_their_names),
        cmocka_unit_test(values_without_weight_are_the_rows),
        cmocka_unit_test(portraits_tell_what_chance_can_do),
        cmocka_unit_test(states_are_those_of_the_contract),
        cmocka_unit_test(every_verb_has_help),
        cmocka_unit_test(the_manual_is_well_formed),
        cmocka_unit_test(the_completion_is_bash),
        cmocka_unit_test(errors_as_json_parse),
    };
    return cmocka_run_group_tests(tests, bench_begin, bench_end);
}
