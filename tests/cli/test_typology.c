/* Typologies through the program: the tables that others rely on, what they hold, what
 * bad input gives. */
#include <math.h>

#include "bench.h"

#define TYPOLOGY "$I typology store --level com -q "

static int begin(void **state) {
    if (bench_begin(state) != 0) {
        return 1;
    }
    return bench_run(
               NULL, NULL,
               "$I ingest store -q files/*.geojson files/FILO* 2>/dev/null; " TYPOLOGY
               "--classes 4 --threads 1 -o one") != 0;
}

/* docs: columns may be added after these, none renamed. */
static const struct {
    const char *file, *header;
} contracts[] = {
    {"classes", "id,name,weight,class,tree_class,distance,parangon"},
    {"profile", "class,variable,mean,overall_mean,sd,overall_sd,v_test,p_value"},
    {"tree", "step,left,right,height,inertia_gain,size"},
    {"axes", "axis,eigenvalue,percent,cumulative"},
    {"coordinates", "id,name,class,axis_1"},
    {"variables", "variable,modality,role"},
    {"stability", "class,name,units"},
    {"quality", "measure,value"},
};

static void tables_keep_their_columns(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof contracts / sizeof *contracts; i++) {
        char command[128];
        irm_buffer out = {0};
        snprintf(command, sizeof command, "head -1 one/%s.csv", contracts[i].file);
        assert_int_equal(bench_run(&out, NULL, command), 0);
        size_t size = strlen(contracts[i].header);
        if (strncmp(out.data, contracts[i].header, size) != 0 ||
            strchr(",\n", out.data[size]) == NULL) {
            fail_msg("%s.csv: %s", contracts[i].file, out.data);
        }
        irm_buffer_clear(&out);
    }
    assert_int_equal(bench_run(NULL, NULL,
                               "test -s one/typology.html -a -s one/typology.h5 -a -s "
                               "one/typology.json -a -s one/figures/plane.svg -a -s "
                               "one/figures/tree.png"),
                     0);
}

/* Each check is a program of awk over the tables: it fails by its exit status. */
static const struct {
    const char *name, *command;
} promises[] = {
    {"every commune is in a class from 1 to 4, and none is empty",
     "tail -n +2 one/classes.csv | cut -d, -f4 | sort | uniq -c | awk '{n += $1; k++; if "
     "($2 < 1 || $2 > 4) exit 1} END {exit !(n == 120 && k == 4)}'"},
    {"a tree of n has n - 1 merges, the last of all",
     "awk -F, 'NR > 1 {n++; size = $6} END {exit !(n == 119 && size == 120)}' "
     "one/tree.csv"},
    {"Ward's heights only rise",
     "awk -F, 'NR > 2 && $4 < before {exit 1} NR > 1 {before = $4}' one/tree.csv"},
    {"a gain is the square of its height over 2n",
     "awk -F, 'NR > 1 {g = $4 * $4 / 240; d = g - $5; if (d * d > 1e-18) exit 1}' "
     "one/tree.csv"},
    {"percents of inertia add up to 100",
     "awk -F, 'NR > 1 {s += $3; c = $4} END {exit !(s > 99.999999 && s < 100.000001 && c "
     "> "
     "99.999999)}' one/axes.csv"},
    {"gains of inertia add up to the total",
     "awk -F, 'FNR == 1 {f++} f == 1 && FNR > 1 {s += $5} f == 2 && $1 == "
     "\"total_inertia\" "
     "{t = $2} END {exit !(s / t > 0.999999999 && s / t < 1.000000001)}' one/tree.csv "
     "one/quality.csv"},
    {"classes are numbered along the first axis",
     "awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == \"axis_1\") a = i} NR > 1 "
     "{s[$3] "
     "+= $a; n[$3]++} END {for (k = 2; k <= 4; k++) if (s[k] / n[k] <= s[k - 1] / n[k - "
     "1]) "
     "exit 1}' one/coordinates.csv"},
    {"each axis has its largest loading positive",
     "awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == \"axis_1\") a = i} NR > 1 {m "
     "= "
     "$a < 0 ? -$a : $a; if (m > top) {top = m; value = $a}} END {exit !(value > 0)}' "
     "one/variables.csv"},
    {"a class's size times its mean adds up to the overall mean",
     "awk -F, 'FNR == 1 {f++; next} f == 1 {n[$4]++} f == 2 {s[$2] += $3 * n[$1]; o[$2] "
     "= $4} "
     "END {for (v in s) {d = s[v] / 120 - o[v]; if (d * d > 1e-16 * (1 + o[v] * o[v])) "
     "exit "
     "1}}' one/classes.csv one/profile.csv"},
};

static void tables_agree_with_each_other(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof promises / sizeof *promises; i++) {
        if (bench_run(NULL, NULL, promises[i].command) != 0) {
            fail_msg("%s", promises[i].name);
        }
    }
}

static void threads_change_no_byte(void **state) {
    (void)state;
    irm_buffer out = {0};
    assert_int_equal(bench_run(NULL, NULL, TYPOLOGY "--classes 4 --threads 2 -o two"), 0);
    if (bench_run(&out, NULL, "diff -rq one two") != 0) {
        fail_msg("%s", out.data);
    }
    irm_buffer_clear(&out);
}

static void frozen_classes_take_back_their_own(void **state) {
    (void)state;
    assert_int_equal(bench_run(NULL, NULL,
                               TYPOLOGY "--classes 4 --consolidate yes -o base; " TYPOLOGY
                                        "--frozen base -o back"),
                     0);
    /* Hartigan-Wong leaves nobody nearer to another centre than to its own, or nearly. */
    assert_int_equal(
        bench_run(
            NULL, NULL,
            "awk -F, 'NR > 1 {n += $3; if ($1 == $2) own += $3} END {exit !(n == 120 "
            "&& own >= 114)}' back/transitions.csv"),
        0);
    assert_int_equal(bench_run(NULL, NULL, "test -s back/typology.html"), 0);
}

static void a_table_of_any_kind_is_classified(void **state) {
    (void)state;
    static const char *const commands[] = {
        "printf "
        "'id;a;b;kind\\nu1;1,5;2;x\\nu2;1,4;2,1;x\\nu3;9;8;y\\nu4;9,2;8,1;y\\nu5;5;\\;"
        "x\\n' "
        "| tr -d '\\\\' > t.csv; $I typology t.csv -q --id id --variables a,b "
        "--supplementary "
        "kind --classes 2 -o t && grep -q '^u3,u3,1,2,' t/classes.csv && grep -q "
        "'^1,kind,x' t/modalities.csv",
        "$I typology t.csv -q --id id --variables a,b --missing exclude --classes 2 -o "
        "t2 && "
        "grep -q '^u5,u5,missing' t2/excluded.csv && test $(wc -l < t2/classes.csv) = 5",
        "printf 'id,p,q\\n1,a,x\\n2,a,x\\n3,b,y\\n4,b,y\\n5,b,x\\n6,c,y\\n' > m.csv; $I "
        "typology "
        "m.csv -q --id id --categories p,q --classes 2 -o m && grep -q class_in_modality "
        "m/modalities.csv",
        "$I typology t.csv -q --id id --variables a,b --method kmeans --classes 2 -o k "
        "&& "
        "$I typology t.csv -q --id id --variables a,b --method medoids --classes 2 -o k "
        "&& "
        "$I typology t.csv -q --id id --variables a,b --method complete --classes 2 -o k",
        "printf '1,2\\n2,3\\n' | sed 's/\\([0-9]\\)/u\\1/g' > pairs.csv; echo 'u3,u4' >> "
        "pairs.csv; echo 'u4,u5' >> pairs.csv; $I typology t.csv -q --id id --variables "
        "a,b "
        "--space contiguous --contiguity pairs.csv --classes 2 -o z && grep -q "
        "neighbours_in_same_class z/space.csv",
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        irm_buffer err = {0};
        if (bench_run(NULL, &err, commands[i]) != 0) {
            fail_msg("%zu: %s", i, err.data);
        }
        irm_buffer_clear(&err);
    }
}

typedef struct bad_case {
    const char *name, *command;
    int code;
    const char *words;
} bad_case;

#define T "$I typology b.csv -o bad --id id "
#define TABLE(rows) "printf 'id,a,b\\n" rows "' > b.csv; "
#define FIVE "1,1,2\\n2,3,4\\n3,5,9\\n4,7,1\\n5,2,2\\n"
static const bad_case cases[] = {
    {"a constant variable is left out",
     TABLE("1,1,2\\n2,1,4\\n3,1,9\\n4,1,1\\n") T "--variables a,b", 0, "'a' is constant"},
    {"only constants", TABLE("1,1,2\\n2,1,2\\n3,1,2\\n") T "--variables a,b", 1,
     "no variable is left"},
    {"a column without values",
     TABLE("1,,2\\n2,NA,4\\n3,,9\\n4,,1\\n") T "--variables a,b", 0, "'a' has no value"},
    {"more classes than units", TABLE(FIVE) T "--variables a,b --classes 6", 2,
     "6 classes are asked of 5 units"},
    {"no class", TABLE(FIVE) T "--variables a,b --classes 0", 2, "--classes wants"},
    {"one class", TABLE(FIVE) T "--variables a,b --classes 1", 0, "1 classes"},
    {"as many classes as units", TABLE(FIVE) T "--variables a,b --classes 5", 0,
     "5 classes"},
    {"more classes than distinct units",
     TABLE("1,1,2\\n2,1,2\\n3,5,9\\n4,5,9\\n") T "--variables a,b --classes 3", 1,
     "only 2 units differ"},
    {"one unit", TABLE("1,1,2\\n") T "--variables a,b", 1, "no variable is left"},
    {"two units", TABLE("1,1,2\\n2,4,5\\n") T "--variables a,b", 1,
     "needs three units at least"},
    {"twice the same id", TABLE("1,1,2\\n1,3,4\\n3,5,9\\n") T "--variables a,b", 1,
     "the unit '1' comes twice"},
    {"an infinite value", TABLE("1,1,2\\n2,1e999,4\\n3,5,9\\n") T "--variables a,b", 1,
     "b.csv:3:2"},
    {"inf as text", TABLE("1,1,2\\n2,inf,4\\n3,5,9\\n") T "--variables a,b", 1,
     "'inf' is not a finite number"},
    {"text in a number", TABLE("1,1,2\\n2,many,4\\n3,5,9\\n") T "--variables a,b", 1,
     "'many' is not a finite number"},
    {"a column that is not there", TABLE(FIVE) T "--variables a,bb", 1,
     "the file has no column 'bb'; did you mean 'b'?"},
    {"the same column twice", TABLE(FIVE) T "--variables a,a", 2, "asked twice"},
    {"numbers and categories together", TABLE(FIVE) T "--variables a --categories b", 2,
     "not both"},
    {"no column at all", TABLE(FIVE) T, 2, "classify by which columns?"},
    {"space without shapes", TABLE(FIVE) T "--variables a,b --space skater", 1,
     "there are no shapes"},
    {"nobody touches",
     TABLE(FIVE) "printf '8,9\\n' > p.csv; " T
                 "--variables a,b --space skater --contiguity p.csv",
     1, "no line names two of the units"},
    {"max-p without a floor", TABLE(FIVE) T "--variables a,b --space maxp", 2, "--floor"},
    {"alpha without clustgeo", TABLE(FIVE) T "--variables a,b --alpha 0.5", 2,
     "clustgeo"},
    {"alpha out of range", TABLE(FIVE) T "--variables a,b --space clustgeo --alpha 2", 2,
     "--alpha wants a number from 0 to 1"},
    {"distances without clustgeo", TABLE(FIVE) T "--variables a,b --distances d.csv", 2,
     "--distances goes with --space clustgeo"},
    {"no distances to one of the units",
     TABLE(FIVE) "printf 'id,1,2\\n1,0,1\\n2,1,0\\n' > d.csv; " T
                 "--variables a,b --space clustgeo --distances d.csv",
     1, "no column gives the distances to '3'"},
    {"no distances of one of the units",
     TABLE("1,1,2\\n2,3,4\\n3,5,9\\n") "printf 'id,1,2,3\\n1,0,1,2\\n2,1,0,2\\n' > "
                                       "d.csv; " T "--variables a,b --space clustgeo "
                                                   "--classes 2 --distances d.csv",
     1, "no line gives the distances of '3'"},
    {"a distance that is none",
     TABLE("1,1,2\\n2,3,4\\n3,5,9\\n") "printf "
                                       "'id,1,2,3\\n1,0,1,2\\n2,-1,0,2\\n3,2,2,0\\n' > "
                                       "d.csv; " T "--variables a,b --space clustgeo "
                                                   "--classes 2 --distances d.csv",
     1, "d.csv:3:2"},
    {"distances that differ both ways",
     TABLE("1,1,2\\n2,3,4\\n3,5,9\\n") "printf "
                                       "'id,1,2,3\\n1,0,1,2\\n2,5,0,2\\n3,2,2,0\\n' > "
                                       "d.csv; " T "--variables a,b --space clustgeo "
                                                   "--classes 2 --distances d.csv",
     1, "expected the same"},
    {"a line of distances cut short",
     TABLE(
         "1,1,2\\n2,3,4\\n3,5,9\\n") "printf 'id,1,2,3\\n1,0,1\\n2,1,0,2\\n3,2,2,0\\n' > "
                                     "d.csv; " T "--variables a,b --space clustgeo "
                                                 "--classes 2 --distances d.csv",
     1, "3 fields, expected 4"},
    {"distances that are not there",
     TABLE(FIVE) T "--variables a,b --space clustgeo --distances nothing.csv", 1,
     "nothing.csv"},
    {"no references of a gap", TABLE(FIVE) T "--variables a,b --gap -3", 2,
     "--gap wants"},
    {"the gap of another method",
     TABLE(FIVE) T "--variables a,b --classes 2 --method kmeans --gap 5", 0,
     "only measured for Ward's method"},
    {"an unknown method", TABLE(FIVE) T "--variables a,b --method wards", 2,
     "ward, single, complete"},
    {"weights that are not",
     TABLE("1,1,-2\\n2,3,4\\n3,5,9\\n") T "--variables a --weight b", 1, "b.csv:2:3"},
    {"a frozen folder that is none", TABLE(FIVE) T "--frozen files", 1, "typology.json"},
    {"a header alone", "printf 'id,a,b\\n' > b.csv; " T "--variables a,b", 1,
     "a header and no row"},
    {"no output", "$I typology store --level com", 2, "where to write?"},
    {"no level", "$I typology store -o bad", 2, "which --level?"},
    {"an unknown indicator",
     "$I typology store --level com --indicators dwelling_vacany -o bad", 1,
     "dwelling_vacancy"},
    {"a theme of nothing", "$I typology store --level com --theme nope -o bad", 1,
     "nope"},
    {"a folder that is a file", "touch taken; $I typology store --level com -o taken", 1,
     "expected a folder"},
};

static void bad_input_is_told(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        irm_buffer err = {0};
        int code = bench_run(NULL, &err, cases[i].command);
        if (code != cases[i].code || err.data == NULL ||
            strstr(err.data, cases[i].words) == NULL) {
            fail_msg("%s: exit code %d, expected %d with \"%s\": %s", cases[i].name, code,
                     cases[i].code, cases[i].words, err.data != NULL ? err.data : "");
        }
        irm_buffer_clear(&err);
        if (code != 0 &&
            bench_run(NULL, NULL, "test -e bad -a ! -d bad; ls | grep -q tmp") == 0) {
            fail_msg("%s: something is left behind", cases[i].name);
        }
        bench_run(NULL, NULL, "rm -rf bad");
    }
}

/* The sample has polygons: every constraint of space gives its classes, each in one piece
 * where the method promises it. */
static void space_constrains_classes(void **state) {
    (void)state;
    static const char *const commands[] = {
        TYPOLOGY
        "--classes 4 --contiguity queen --space contiguous -o s && grep -q "
        "neighbours_in_same_class s/space.csv && test -s s/local.csv -a -s "
        "s/figures/moran.svg -a -s s/figures/clusters-map.svg",
        TYPOLOGY "--classes 4 --space skater --contiguity rook -o s",
        TYPOLOGY "--space maxp --floor 20000 -o s",
        TYPOLOGY
        "--classes 4 --space clustgeo -o s && test $(grep -c explained_in_ "
        "s/space.csv) = 22 -a -s s/figures/alpha.svg",
        TYPOLOGY "--classes 4 --space clustgeo --alpha 0 --stability 0 -o s0 && " TYPOLOGY
                 "--classes 4 --consolidate no --stability 0 -o s1 && cut -d, -f1,4 "
                 "s0/classes.csv > c0 && cut -d, -f1,4 s1/classes.csv > c1 && cmp c0 c1",
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        irm_buffer err = {0};
        if (bench_run(NULL, &err, commands[i]) != 0) {
            fail_msg("%zu: %s", i, err.data);
        }
        irm_buffer_clear(&err);
    }
}

static void the_most_similar_are_told_with_why(void **state) {
    (void)state;
    irm_buffer out = {0};
    assert_int_equal(
        bench_run(
            &out, NULL,
            "c=$(sed -n 5p one/classes.csv | cut -d, -f1); $I similar store com:$c -q "
            "-n 7 -o s.csv && head -1 s.csv && tail -n +2 s.csv | awk -F, 'END {exit "
            "!(NR == 8)}' && $I similar store com:$c -q -n 2 -o s.html && grep -q "
            "'<table' s.html"),
        0);
    assert_int_equal(strncmp(out.data, "rank,id,name,distance,near,apart,population", 43),
                     0);
    irm_buffer_clear(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_keep_their_columns),
        cmocka_unit_test(tables_agree_with_each_other),
        cmocka_unit_test(threads_change_no_byte),
        cmocka_unit_test(frozen_classes_take_back_their_own),
        cmocka_unit_test(a_table_of_any_kind_is_classified),
        cmocka_unit_test(space_constrains_classes),
        cmocka_unit_test(bad_input_is_told),
        cmocka_unit_test(the_most_similar_are_told_with_why),
    };
    return cmocka_run_group_tests(tests, begin, bench_end);
}
