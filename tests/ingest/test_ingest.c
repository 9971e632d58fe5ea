/* Repairs and refusals, on small files with a small descriptor. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/descriptor.h"
#include "irminon/memory.h"
#include "support.h"

static const char families[] =
    "id: t-wide\n"
    "title: {fr: Essai, en: Trial}\n"
    "producer: Nobody\n"
    "geography_offset: 3\n"
    "survey_years: {first: -2, last: 2}\n"
    "recognise:\n"
    "  - headers: [CODGEO, 'P{yy}_TPOP']\n"
    "    level: com\n"
    "defaults: {kind: count, unit: persons, exploitation: main}\n"
    "columns:\n"
    "  - {name: CODGEO, role: key, unplaced: 'XXXXX 99999'}\n"
    "  - {name: LIBGEO, role: name}\n"
    "  - {name: 'P{yy}_TPOP', fr: 'Population en {yyyy}', rounding: {below: 2, above: "
    "2}}\n"
    "  - {name: 'TX{yy}', kind: ratio}\n"
    "  - {name: NOTE, type: category, closed: true, modalities: [{code: 0}, {code: 2}]}\n"
    "  - {name: DEP, type: category, kind: code, level: dep}\n"
    "  - {name: GONE, role: ignore}\n"
    "markers:\n"
    "  - {text: '', state: secret, upper: 99, when: {column: NOTE, values: '2 3'}}\n"
    "  - {text: '', state: missing}\n"
    "  - {text: s, state: secret, lower: 1, upper: 4, columns: P_TPOP}\n";

static const char cube[] =
    "id: t-cube\n"
    "shape: cube\n"
    "recognise:\n"
    "  - headers: [GEO, GEO_OBJECT, SEX, T_MEASURE]\n"
    "defaults: {kind: count}\n"
    "columns:\n"
    "  - {name: GEO, role: key, level: mixed}\n"
    "  - {name: GEO_OBJECT, role: level, levels: [{code: FRANCE, key: FM, level: frm}, "
    "{code: FRANCE, level: fr}]}\n"
    "  - {name: SEX, role: dimension, total: _T, partition: 'F M'}\n"
    "  - {name: T_MEASURE, role: measure}\n"
    "  - {name: TIME_PERIOD, role: period}\n"
    "  - {name: OBS_VALUE, role: value}\n"
    "measures:\n"
    "  - {name: POP, unit: persons, fr: Population, en: Population}\n"
    "  - {name: MED, kind: median, unit: EUR}\n";

static const char unnamed_level[] =
    "id: t-levels\n"
    "recognise:\n"
    "  - headers: [CODGEO, 'Q{yy}_T']\n"
    "    file: 'T{yyyy}_{LEVEL}'\n"
    "  - headers: [CODGEO, 'Q{yy}_T']\n"
    "columns:\n"
    "  - {name: CODGEO, role: key}\n"
    "  - {name: 'Q{yy}_T'}\n";

typedef struct bench {
    char *folder;
    irm_registry *registry;
    irm_table table;
    irm_error error;
    char heard[8192];
    irm_ingest_options options;
} bench;

static void hear(void *context, const char *message) {
    bench *on = context;
    size_t used = strlen(on->heard);
    snprintf(on->heard + used, sizeof on->heard - used, "%s\n", message);
}

static char *put(const bench *on, const char *name, const char *data, size_t size) {
    char *path = irm_path_join(on->folder, name);
    assert_ok(irm_write_file(path, data, size, &test_error));
    return path;
}

static int set_up(void **state) {
    bench *on = calloc(1, sizeof *on);
    on->folder = test_folder();
    assert_ok(irm_registry_new(&on->registry, &test_error));
    const char *texts[] = {families, cube, unnamed_level};
    for (int i = 0; i < 3; i++) {
        char *path = put(on, "own.yaml", texts[i], strlen(texts[i]));
        assert_ok(irm_registry_add_file(on->registry, path, &test_error));
        irm_free(path);
    }
    *state = on;
    return 0;
}

static int tear_down(void **state) {
    bench *on = *state;
    irm_table_clear(&on->table);
    irm_registry_free(on->registry);
    test_folder_remove(on->folder);
    free(on);
    return 0;
}

static irm_status ingest_bytes(bench *on, const char *name, const char *data,
                               size_t size) {
    irm_reporter reporter = {.context = on, .warn = hear};
    char *path = put(on, name, data, size);
    on->heard[0] = '\0';
    irm_table_clear(&on->table);
    irm_status status = irm_ingest_file(on->registry, path, &on->options, &reporter,
                                        &on->table, &on->error);
    test_error = on->error;
    irm_free(path);
    return status;
}

static irm_status ingest_text(bench *on, const char *name, const char *text) {
    return ingest_bytes(on, name, text, strlen(text));
}

#define HEAD "CODGEO;LIBGEO;P18_TPOP;TX18\n"
#define CUBE "GEO;GEO_OBJECT;SEX;T_MEASURE;TIME_PERIOD;OBS_VALUE\n"

static const struct refusal {
    const char *text, *dataset;
    irm_status status;
    size_t line, column;
    const char *field;
    const char *words; /* in the message, '|' between them */
} refusals[] = {
    {HEAD "01001;A;1;2\n01002;B;1\n", NULL, IRM_STATUS_DATA, 3, 4, "", "3 fields|has 4"},
    {HEAD "01001;A;1;2;3\n", NULL, IRM_STATUS_DATA, 2, 5, "", "5 fields|has 4"},
    {HEAD "01001;A;abc;2\n", NULL, IRM_STATUS_DATA, 2, 3, "P18_TPOP",
     "'abc'|not a number|s"},
    {HEAD "01001;A;1;s\n", NULL, IRM_STATUS_DATA, 2, 4, "TX18", "'s'|not a number"},
    {HEAD "01001;A;1e999;2\n", NULL, IRM_STATUS_DATA, 2, 3, "P18_TPOP", "too large"},
    {HEAD "01001;A;1;2\n01001;B;1;2\n", NULL, IRM_STATUS_DATA, 3, 1, "CODGEO",
     "CODGEO 01001|twice|line 2"},
    {HEAD "01001;A;1;2\n1001;B;1;2\n", NULL, IRM_STATUS_DATA, 3, 1, "CODGEO",
     "twice|line 2"},
    {HEAD "0100X;A;1;2\n", NULL, IRM_STATUS_DATA, 2, 1, "CODGEO",
     "'0100X'|level com|01004"},
    {HEAD ";A;1;2\n", NULL, IRM_STATUS_DATA, 2, 1, "CODGEO", "blank|territory"},
    {HEAD "200068815;A;1;2\n", NULL, IRM_STATUS_DATA, 2, 1, "CODGEO", "level com"},
    {"CODGEO;P18_TPOP;NOTE\n01001;1;7\n", NULL, IRM_STATUS_DATA, 2, 3, "NOTE",
     "'7'|codes"},
    {HEAD, NULL, IRM_STATUS_DATA, 1, 0, "", "a header and no row"},
    {"CODGEO;P18_TPOP;CODGEO\n01001;1;2\n", NULL, IRM_STATUS_DATA, 1, 3, "CODGEO",
     "two columns"},
    {HEAD "01001;\"A;1;2\n01002;B;1;2\n", NULL, IRM_STATUS_DATA, 2, 0, "", "quote"},
    {"\n\n", NULL, IRM_STATUS_DATA, 0, 0, "", ""},
    {";;\n1;2;3\n", NULL, IRM_STATUS_DATA, 1, 1, "", "names no column"},
    {"A;B\n1;2\n", NULL, IRM_STATUS_NOT_FOUND, 1, 0, "", "no known dataset|--dataset"},
    {"CODGEO;LIBGEO;TX18\n01001;A;1\n", "t-wide@2018x", IRM_STATUS_USAGE, 0, 0, "",
     "NAME@YEAR"},
    {"A;B\n1;2\n", "t-wide@2018", IRM_STATUS_DATA, 1, 1, "", "CODGEO|key"},
    {"A;B\n1;2\n", "nobody", IRM_STATUS_USAGE, 0, 0, "", "@YEAR"},
    {"CODGEO,LIBGEO;TX18\n01001,A;1\n", NULL, IRM_STATUS_NOT_FOUND, 1, 0, "",
     "--dataset"},
    {CUBE "01001;COM;F;POP;2018;5\n01001;COM;F;POP;2018;6\n", NULL, IRM_STATUS_DATA, 3, 1,
     "GEO", "twice|SEX F|line 2"},
    {CUBE "1;COM;F;POP;2018;5\n", NULL, IRM_STATUS_DATA, 2, 1, "GEO", "level com"},
    {"GEO;GEO_OBJECT;SEX;T_MEASURE\n01001;COM;F;POP\n", NULL, IRM_STATUS_DATA, 1, 1, "",
     "OBS_VALUE"},
    {CUBE "01001;COM;F;POP;x;5\n", NULL, IRM_STATUS_USAGE, 0, 0, "", "t-cube@2021"},
    {"CODGEO;Q18_T\nZZ;1\n", NULL, IRM_STATUS_DATA, 2, 1, "CODGEO", "level"},
};

static void what_is_wrong_is_refused_with_its_place(void **state) {
    bench *on = *state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *r = &refusals[i];
        on->options = (irm_ingest_options){.dataset = r->dataset};
        irm_status status = ingest_text(on, "given.csv", r->text);
        char text[2048], words[256], *save = NULL;
        irm_error_format(&on->error, text, sizeof text);
        if (status != r->status) {
            fail_msg("case %zu: %s (%s)", i, irm_status_name(status),
                     status == IRM_OK ? on->table.name : text);
        }
        snprintf(words, sizeof words, "%s", r->words);
        for (char *w = strtok_r(words, "|", &save); w; w = strtok_r(NULL, "|", &save)) {
            if (strstr(on->error.message, w) == NULL) {
                fail_msg("case %zu: '%s' is not in '%s'", i, w, text);
            }
        }
        if (on->error.line != r->line || on->error.column != r->column ||
            strcmp(on->error.field, r->field) != 0) {
            fail_msg("case %zu is placed at %zu:%zu %s: %s", i, on->error.line,
                     on->error.column, on->error.field, text);
        }
        assert_int_equal(on->table.n_columns, 0); /* nothing half made */
    }
}

static const struct repair {
    const char *text;
    const char *column;
    double value; /* of the first row */
    const char *label;
    const char *heard;
} repairs[] = {
    {HEAD "1001;A;1;2\n", "CODGEO", NAN, "01001", "1 codes had lost their leading zeros"},
    {HEAD "01001;A;1;2,5\n01002;A;1;2,5\n", "TX18", 2.5, NULL,
     "2 numbers were written with a decimal comma"},
    {HEAD "01001;A;12 345;2\n", "P18_TPOP", 12345, NULL, "1 numbers|thousands spaces"},
    {HEAD "01001;A;1\xE2\x80\xAF"
          "234\xE2\x80\xAF"
          "567;2\n",
     "P18_TPOP", 1234567, NULL, "thousands spaces"},
    {HEAD "01001;A;12\xC2\xA0"
          "345;2\n",
     "P18_TPOP", 12345, NULL, "thousands spaces"},
    {"\xEF\xBB\xBF" HEAD "01001;A;1;2\n", "CODGEO", NAN, "01001", "byte-order mark"},
    {"CODGEO;P18_TPOP\r\n01001;7\r\n", "P18_TPOP", 7, NULL, "CR LF"},
    {HEAD "01001;H\xE9"
          "b\xE9"
          "court;1;2\n",
     "LIBGEO", NAN, "Hébécourt", "1 fields were converted from Windows-1252"},
    {"CODGEO;P18_TPOP;;;\n01001;7;;;\n01002;8\n", "P18_TPOP", 7, NULL, ""},
    {"CODGEO;P18_TPOP;\n01001;7;x\n", "P18_TPOP", 7, NULL, "column 3 has no name"},
    {"codgeo;p18_tpop\n01001;7\n", "p18_tpop", 7, NULL, ""},
    {"CODGEO,P18_TPOP\n01001,7\n", "P18_TPOP", 7, NULL, ""},
    {"CODGEO\tP18_TPOP\n01001\t7\n", "P18_TPOP", 7, NULL, ""},
    {"CODGEO;P18_TPOP;DEP\n01001;7;1\n", "DEP", NAN, "01", "(column DEP)"},
    {"CODGEO;P18_TPOP;OTHER\n01001;7;3.5\n", "OTHER", 3.5, NULL, "1 column is not known"},
    {"CODGEO;P18_TPOP;OTHER\n01001;7;03\n", "OTHER", NAN, "03",
     "not known to t-wide, kept and never added up: OTHER"},
    {"CODGEO;P18_TPOP\n99999;7\n99999;8\nXXXXX;9\n", "CODGEO", NAN, "99999", ""},
    {HEAD "\"01001\";\"A \"\"b\"\"; c\";\"1\";2\n", "LIBGEO", NAN, "A \"b\"; c", ""},
};

static void what_can_be_repaired_is_and_is_told(void **state) {
    bench *on = *state;
    for (size_t i = 0; i < sizeof repairs / sizeof repairs[0]; i++) {
        const struct repair *r = &repairs[i];
        char words[128], *save = NULL;
        assert_ok(ingest_text(on, "given.csv", r->text));
        const irm_column *column = irm_table_column(&on->table, r->column);
        if (column == NULL) {
            fail_msg("case %zu: no column %s", i, r->column);
            return;
        }
        if (r->label != NULL) {
            assert_string_equal(irm_column_label(column, 0), r->label);
        } else if (!(column->values[0] == r->value)) {
            fail_msg("case %zu: %g", i, column->values[0]);
        }
        snprintf(words, sizeof words, "%s", r->heard);
        for (char *w = strtok_r(words, "|", &save); w; w = strtok_r(NULL, "|", &save)) {
            if (strstr(on->heard, w) == NULL) {
                fail_msg("case %zu: '%s' is not in '%s'", i, w, on->heard);
            }
        }
        if (*r->heard == '\0' && *on->heard != '\0') {
            fail_msg("case %zu: told '%s'", i, on->heard);
        }
    }
}

static void a_marker_says_what_it_proves(void **state) {
    bench *on = *state;
    double lower, upper;
    assert_ok(ingest_text(on, "given.csv",
                          "CODGEO;P18_TPOP;TX18;NOTE;GONE\n01001;s;;0;x\n01002;;;2;x\n"
                          "01003;10;;;x\n"));
    const irm_column *population = irm_table_column(&on->table, "P18_TPOP");
    const irm_column *rate = irm_table_column(&on->table, "TX18");
    assert_int_equal(irm_column_state(population, 0), IRM_STATE_SECRET);
    irm_column_bounds(population, 0, &lower, &upper);
    assert_true(lower == 1 && upper == 4);
    assert_int_equal(irm_column_state(population, 1), IRM_STATE_SECRET); /* NOTE is 2 */
    irm_column_bounds(population, 1, &lower, &upper);
    assert_true(lower == 0 && upper == 99); /* a count is not negative */
    irm_column_bounds(population, 2, &lower, &upper);
    assert_true(lower == 8 && upper == 12); /* rounded */
    assert_int_equal(irm_column_state(rate, 0), IRM_STATE_MISSING);
    assert_int_equal(irm_column_state(rate, 1), IRM_STATE_SECRET);
    irm_column_bounds(rate, 1, &lower, &upper);
    assert_true(lower == -INFINITY && upper == 99);
    assert_null(irm_table_column(&on->table, "GONE"));
}

static void a_table_knows_where_it_comes_from(void **state) {
    bench *on = *state;
    static const char *const expected[][2] = {
        {"dataset", "t-wide"},
        {"vintage", "2018"},
        {"shape", "wide"},
        {"level", "com"},
        {"key", "CODGEO"},
        {"geography", "2021"},
        {"title_fr", "Essai"},
        {"producer", "Nobody"},
        {"survey_years", "2016-2020"},
        {"source_file", "given.csv"},
        {"source_size", "40"},
        {"source_sha256",
         "ad8d684b8b0ae6b40d5aa3314ce856a3091067258dfae99eef0ddf3b8efa8443"},
        {"source_date", "2021-06-30"},
        {"software", "irminon " IRMINON_VERSION},
        {"confidential", "true"},
    };
    on->options = (irm_ingest_options){.confidential = true, .date = "2021-06-30"};
    assert_ok(ingest_text(on, "given.csv", HEAD "01001;A;1;2\n"));
    assert_string_equal(on->table.name, "t-wide@2018");
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const char *value = irm_attributes_get(&on->table.attributes, expected[i][0]);
        assert_string_equal(value, expected[i][1]);
    }
    const irm_column *population = irm_table_column(&on->table, "P18_TPOP");
    assert_string_equal(irm_attributes_get(&population->attributes, "variable"),
                        "P_TPOP");
    assert_string_equal(irm_attributes_get(&population->attributes, "label_fr"),
                        "Population en 2018");
    assert_string_equal(irm_attributes_get(&population->attributes, "unit"), "persons");
    const irm_column *rate = irm_table_column(&on->table, "TX18");
    assert_null(irm_attributes_get(&rate->attributes, "unit")); /* not of that kind */
}

static void a_cube_carries_its_levels_and_measures(void **state) {
    bench *on = *state;
    assert_ok(ingest_text(on, "cube.csv",
                          CUBE "01001;COM;F;POP;2017;5\n01;DEP;F;POP;2017;5\n"
                               "F;FRANCE;F;POP;2018;9\nFM;FRANCE;F;MED;2018;20000\n"
                               "1002;COM;F;POP;2018;3.5\nXY1;ZZ9;F;POP;2018;1\n"));
    assert_string_equal(on->table.name, "t-cube@2018");
    const irm_column *level = irm_table_column(&on->table, "GEO_OBJECT");
    assert_string_equal(irm_attributes_get(&level->attributes, "levels"),
                        "COM=com DEP=dep FRANCE:FM=frm FRANCE=fr ZZ9=zz9");
    const irm_column *measure = irm_table_column(&on->table, "T_MEASURE");
    assert_string_equal(irm_attributes_get(&measure->attributes, "measures"),
                        "POP=count MED=median");
    assert_string_equal(irm_attributes_get(&measure->attributes, "measure_units"),
                        "POP=persons\nMED=EUR");
    const irm_column *sex = irm_table_column(&on->table, "SEX");
    assert_string_equal(irm_attributes_get(&sex->attributes, "partition"), "F M");
    assert_string_equal(irm_column_label(irm_table_column(&on->table, "GEO"), 4),
                        "01002");
}

static const struct comparison {
    const char *rows;
    const char *words;
} comparisons[] = {
    {"01001;COM;F;POP;2018;5\n01002;COM;F;POP;2018;7\n01;DEP;F;POP;2018;12\n"
     "F;FRANCE;F;POP;2018;12\n",
     "2 published totals compared with their communes: all agree"},
    {"01001;COM;F;POP;2018;5.1\n01002;COM;F;POP;2018;7.2\n01;DEP;F;POP;2018;12.4\n",
     "1 published totals|all agree"},
    {"01001;COM;F;POP;2018;50\n01001;COM;M;POP;2018;40\n01;DEP;F;POP;2018;50\n"
     "01;DEP;M;POP;2018;70\n",
     "1 of 2 published totals differ|SEX M|70|40"},
    {"01001;COM;F;POP;2018;50\n01001;COM;M;POP;2018;40\n01;DEP;F;POP;2018;500\n"
     "01;DEP;M;POP;2018;700\n",
     "département 01|some are absent|7.5 %"},
    {"97101;COM;F;POP;2018;50\n971;DEP;F;POP;2018;50\n", "all agree"},
    {"01001;COM;F;MED;2018;50\n01;DEP;F;MED;2018;70\n", ""}, /* medians are not added */
    {"01001;COM;F;POP;2018;\n01;DEP;F;POP;2018;70\n", ""},   /* hidden: nothing to say */
};

static void published_totals_are_compared(void **state) {
    bench *on = *state;
    for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++) {
        char text[1024], words[128], *save = NULL;
        snprintf(text, sizeof text, "%s%s", CUBE, comparisons[i].rows);
        assert_ok(ingest_text(on, "cube.csv", text));
        snprintf(words, sizeof words, "%s", comparisons[i].words);
        for (char *w = strtok_r(words, "|", &save); w; w = strtok_r(NULL, "|", &save)) {
            if (strstr(on->heard, w) == NULL) {
                fail_msg("case %zu: '%s' is not in '%s'", i, w, on->heard);
            }
        }
        if (*comparisons[i].words == '\0') {
            assert_string_equal(on->heard, "");
        }
    }
}

static void bad_rows_are_put_aside_when_asked(void **state) {
    bench *on = *state;
    irm_buffer kept = {0};
    char *path = irm_path_join(on->folder, "rejects.csv");
    on->options = (irm_ingest_options){.skip_errors = true, .rejects = path};
    assert_ok(ingest_text(on, "given.csv",
                          HEAD "01001;A;1;2\n01002;B;x;2\n01003;\"C;c\";1\n0100X;D;1;2\n"
                               "01001;E;1;2\n01004;F;4;2\n"));
    assert_int_equal(on->table.n_rows, 2);
    const irm_column *key = irm_table_column(&on->table, "CODGEO");
    assert_string_equal(irm_column_label(key, 1), "01004");
    assert_int_equal(irm_dict_count(key->categories), 2); /* no label of a rejected row */
    assert_non_null(strstr(on->heard, "4 bad rows left out"));
    assert_ok(irm_read_file(path, &kept, &test_error));
    irm_buffer_add(&kept, "", 1);
    assert_non_null(strstr(kept.data, "line,column,reason,record\n3,P18_TPOP,"));
    assert_non_null(strstr(kept.data,
                           "4,,\"this line has 3 fields, the header has 4\","
                           "\"01003;\"\"C;c\"\";1\"\n"));
    assert_non_null(strstr(kept.data, "01002;B;x;2"));
    irm_buffer_clear(&kept);
    assert_int_equal(ingest_text(on, "given.csv", HEAD "0100X;A;1;2\n"), IRM_STATUS_DATA);
    assert_non_null(strstr(on->error.message, "every row is bad"));
    irm_free(path);
}

static void a_level_can_be_told_by_the_file_or_its_codes(void **state) {
    bench *on = *state;
    assert_ok(ingest_text(on, "T2018_EPCI.csv", "CODGEO;Q18_T\n200068815;1\n"));
    assert_string_equal(on->table.name, "t-levels.epci@2018");
    assert_ok(ingest_text(on, "other.csv", "CODGEO;Q18_T\n200068815;1\n"));
    assert_string_equal(on->table.name, "t-levels.epci@2018");
    assert_non_null(strstr(on->heard, "taken to be of level epci"));
    assert_ok(ingest_text(on, "other.csv", "CODGEO;Q18_T\n1001;1\n01002;1\n"));
    assert_string_equal(on->table.name, "t-levels.com@2018");
    assert_ok(ingest_text(on, "other.csv", "CODGEO;Q18_T\n01001;1\n01002;1\n"));
    assert_string_equal(on->table.name, "t-levels.com@2018");
    on->options = (irm_ingest_options){.dataset = "t-levels.dep@2017"};
    assert_ok(ingest_text(on, "other.csv", "CODGEO;Q18_T\n1;1\n"));
    assert_string_equal(on->table.name, "t-levels.dep@2017");
    assert_string_equal(irm_column_label(&on->table.columns[0], 0), "01");
    on->options = (irm_ingest_options){.dataset = "t-levels.depp@2017"};
    assert_int_equal(ingest_text(on, "other.csv", "CODGEO;Q18_T\n1;1\n"),
                     IRM_STATUS_USAGE);
    on->options = (irm_ingest_options){.dataset = "t-levels@2016"};
    assert_ok(ingest_text(on, "T2018_REG.csv", "CODGEO;Q18_T\n1;1\n"));
    assert_string_equal(on->table.name, "t-levels.reg@2016");
    assert_string_equal(irm_column_label(&on->table.columns[0], 0), "01");
}

static void an_unknown_file_is_inferred(void **state) {
    bench *on = *state;
    const char *text =
        "code_insee;nom;annee;part;n {a}\n1001;A;2018;2,5;1\n"
        "01001;A;2019;nd;2\n01002;B;2018;1 234,5;3\n";
    char *path = irm_path_join(on->folder, "inferred.yaml");
    on->options = (irm_ingest_options){.dataset = "Mine@2019", .inferred = path};
    assert_ok(ingest_text(on, "given.csv", text));
    assert_string_equal(on->table.name, "mine@2019");
    assert_string_equal(irm_attributes_get(&on->table.attributes, "key"), "code_insee");
    assert_string_equal(irm_attributes_get(&on->table.attributes, "period"), "annee");
    assert_string_equal(irm_attributes_get(&on->table.attributes, "level"), "com");
    const irm_column *key = irm_table_column(&on->table, "code_insee");
    assert_int_equal(irm_dict_count(key->categories), 2);
    const irm_column *share = irm_table_column(&on->table, "part");
    assert_true(share->values[0] == 2.5 && share->values[2] == 1234.5);
    assert_int_equal(irm_column_state(share, 1), IRM_STATE_MISSING);
    assert_int_equal(irm_column_kind(share), IRM_KIND_RATIO);

    /* What was written loads back and reads the same file. */
    assert_ok(irm_registry_add_file(on->registry, path, &test_error));
    on->options = (irm_ingest_options){0};
    assert_ok(ingest_text(on, "given.csv", text));
    assert_string_equal(on->table.name, "mine@2019");
    assert_true(irm_table_column(&on->table, "part")->values[2] == 1234.5);
    irm_free(path);
}

static void rows_that_repeat_a_code_are_details(void **state) {
    bench *on = *state;
    on->options = (irm_ingest_options){.dataset = "mine@2019"};
    assert_ok(ingest_text(on, "given.csv", "DEPCOM;SEXE\n01001;1\n01001;1\n"));
    assert_string_equal(irm_attributes_get(&on->table.attributes, "shape"), "detail");
    assert_null(irm_attributes_get(&on->table.attributes, "key"));
}

static void a_file_that_is_no_table_is_refused(void **state) {
    bench *on = *state;
    static const char binary[] =
        "\x7f"
        "ELF\0\1\2\3\0\0\0\0;\n;\0";
    irm_reporter silent = {0};
    assert_int_not_equal(ingest_bytes(on, "given.csv", binary, sizeof binary), IRM_OK);
    assert_int_not_equal(ingest_bytes(on, "given.csv", "", 0), IRM_OK);
    assert_int_not_equal(
        irm_ingest_file(on->registry, on->folder, NULL, &silent, &on->table, &on->error),
        IRM_OK);
    assert_int_equal(
        irm_ingest_file(on->registry, "/no/such.csv", NULL, NULL, &on->table, &on->error),
        IRM_STATUS_NOT_FOUND);
}

static bool stop_now(void *context) {
    (void)context;
    return true;
}

static void it_stops_when_asked(void **state) {
    bench *on = *state;
    irm_reporter reporter = {.stop = stop_now};
    char *path = put(on, "given.csv", HEAD "01001;A;1;2\n", strlen(HEAD) + 12);
    assert_int_equal(
        irm_ingest_file(on->registry, path, NULL, &reporter, &on->table, &on->error),
        IRM_STATUS_INTERRUPTED);
    irm_free(path);
}

/* Every allocation made to fail in turn: an error each time, nothing leaked or broken. */
static void it_survives_the_lack_of_memory(void **state) {
    bench *on = *state;
    static const char *const texts[] = {HEAD "1001;A;1,5;2\n01002;B;s;\n", CUBE
                                        "01001;COM;F;POP;2018;5\n01;DEP;F;POP;2018;9\n"};
    for (int i = 0; i < 2; i++) {
        bool failed = true;
        char *path = put(on, "given.csv", texts[i], strlen(texts[i]));
        for (size_t n = 1; failed && n < 5000; n++) {
            irm_table table = {0};
            irm_memory_fail_after(n);
            irm_status status =
                irm_ingest_file(on->registry, path, NULL, NULL, &table, &on->error);
            irm_memory_fail_after(0);
            failed = status != IRM_OK;
            if (failed && status != IRM_STATUS_NO_MEMORY) {
                fail_msg("allocation %zu: %s: %s", n, irm_status_name(status),
                         on->error.message);
            }
            irm_table_clear(&table);
        }
        assert_false(failed);
        irm_free(path);
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(what_is_wrong_is_refused_with_its_place),
        CASE(what_can_be_repaired_is_and_is_told),
        CASE(a_marker_says_what_it_proves),
        CASE(a_table_knows_where_it_comes_from),
        CASE(a_cube_carries_its_levels_and_measures),
        CASE(published_totals_are_compared),
        CASE(bad_rows_are_put_aside_when_asked),
        CASE(a_level_can_be_told_by_the_file_or_its_codes),
        CASE(an_unknown_file_is_inferred),
        CASE(rows_that_repeat_a_code_are_details),
        CASE(a_file_that_is_no_table_is_refused),
        CASE(it_stops_when_asked),
        CASE(it_survives_the_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
