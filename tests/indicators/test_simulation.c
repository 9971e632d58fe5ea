/* Bounds, proved by simulation: whole tables are drawn, published by the rules of
 * producers (a threshold on cells, one on whole rows, secondary suppression, rounding,
 * totals of larger territories), and read back. The true figure is within the bounds
 * every time; in small worlds, all the tables that what is published allows are listed,
 * and the bounds of sums are their extremes.
 *
 * IRMINON_SIMULATION gives the number of worlds (default 16 of each kind). */
#include "figures.h"

enum { COMMUNES = 6, PARTS = 3, COLUMNS = PARTS + 1, DEPARTMENTS_ = 2, EACH = 3 };

static const char *const codes[] = {"43001", "43020", "43030", "69123", "69200", "69300"};
static const char *const names[] = {"A", "AI", "AM", "AC"};
static const char zoning[] =
    "CODGEO,LIBGEO,DEP,REG,EPCI\n"
    "43001,Agnat,43,84,200000001\n43020,Le Puy,43,84,200000001\n"
    "43030,Yssingeaux,43,84,200000002\n69123,Lyon,69,84,200000002\n"
    "69200,Ternay,69,84,200000003\n69300,Vourles,69,84,200000003\n";

/* A small linear congruential generator (Knuth, MMIX). */
static int draw(uint64_t *seed, int below) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((*seed >> 33) % (uint64_t)below);
}

static size_t worlds(void) {
    const char *asked = getenv("IRMINON_SIMULATION");
    long count = asked != NULL ? strtol(asked, NULL, 10) : 0;
    return count > 0 ? (size_t)count : 16;
}

typedef struct rules {
    int cell;             /* a cell under it is hidden */
    int row;              /* a row whose total is under it is hidden whole */
    int rounding;         /* figures are rounded to the nearest multiple; 0: exact */
    bool secondary;       /* in a row, and among the communes of a département */
    bool told_apart;      /* cells hidden for their size bear a mark of their own */
    bool identity;        /* the descriptor declares A = AI + AM + AC */
    bool totals[COLUMNS]; /* published by département */
    bool by_epci;         /* and, of the same columns, by EPCI */
} rules;

typedef enum veil { SEEN = 0, SMALL, ROW, OTHERS } veil;

typedef struct world {
    int cells[COMMUNES][COLUMNS];
    veil hidden[COMMUNES][COLUMNS];
    rules by;
} world;

/* ---- a producer -------------------------------------------------------------------- */

static void draw_cells(uint64_t *seed, int most, world *w) {
    for (int c = 0; c < COMMUNES; c++) {
        w->cells[c][0] = 0;
        for (int p = 1; p < COLUMNS; p++) {
            w->cells[c][p] =
                draw(seed, 3) == 0 ? draw(seed, w->by.cell + 1) : draw(seed, most);
            w->cells[c][0] += w->cells[c][p];
        }
    }
}

static void hide_primary(world *w) {
    for (int c = 0; c < COMMUNES; c++) {
        for (int p = 0; p < COLUMNS; p++) {
            w->hidden[c][p] = w->cells[c][0] < w->by.row             ? ROW
                              : p > 0 && w->cells[c][p] < w->by.cell ? SMALL
                                                                     : SEEN;
        }
    }
}

/* A part hidden alone in its row is computed from the others: another is hidden. */
static bool hide_in_rows(uint64_t *seed, world *w) {
    bool any = false;
    for (int c = 0; c < COMMUNES; c++) {
        int count = 0;
        for (int p = 1; p < COLUMNS; p++) {
            count += w->hidden[c][p] != SEEN;
        }
        for (; count == 1; any = true) {
            int other = 1 + draw(seed, PARTS);
            count += w->hidden[c][other] == SEEN;
            w->hidden[c][other] =
                w->hidden[c][other] == SEEN ? OTHERS : w->hidden[c][other];
        }
    }
    return any;
}

/* So is a commune hidden alone under a département's total. */
static bool hide_in_columns(uint64_t *seed, world *w) {
    bool any = false;
    for (int d = 0; d < DEPARTMENTS_; d++) {
        for (int p = 0; p < COLUMNS; p++) {
            int count = 0;
            for (int c = EACH * d; c < EACH * (d + 1); c++) {
                count += w->hidden[c][p] != SEEN;
            }
            for (; w->by.totals[p] && count == 1; any = true) {
                veil *other = &w->hidden[EACH * d + draw(seed, EACH)][p];
                count += *other == SEEN;
                *other = *other == SEEN ? OTHERS : *other;
            }
        }
    }
    return any;
}

static int rounded(const rules *by, int value) {
    int to = by->rounding;
    return to == 0 ? value : to * ((value + to / 2) / to);
}

static void write_cell(const world *w, int c, int p, char *text, size_t size) {
    switch (w->hidden[c][p]) {
        case SEEN:
            snprintf(text, size, "%d", rounded(&w->by, w->cells[c][p]));
            return;
        case ROW:
            snprintf(text, size, p == 0 ? "s0-%d" : "s", w->by.row - 1);
            return;
        case SMALL:
            snprintf(text, size, w->by.told_apart ? "s0-%d" : "s", w->by.cell - 1);
            return;
        default:
            snprintf(text, size, "s");
    }
}

static void put_header(const world *w, const char *key, const bool *columns,
                       irm_buffer *text) {
    irm_buffer_format(text, "%s", key);
    for (int p = 0; p < COLUMNS; p++) {
        if (columns == NULL || columns[p]) {
            irm_buffer_format(text, ";%s|variable=%s|kind=count|round=%d", names[p],
                              names[p], w->by.rounding / 2);
        }
    }
    irm_buffer_text(text, "\n");
}

static void put_communes(figures *f, const world *w) {
    irm_buffer text = {0};
    char attributes[256], cell[32];
    snprintf(
        attributes, sizeof attributes,
        "dataset=caf|shape=wide|level=com|vintage=2022|geography=2022|totals=equal%s",
        w->by.identity ? "|identities=A = AI + AM + AC" : "");
    put_header(w, "CODGEO|role=key|level=com", NULL, &text);
    for (int c = 0; c < COMMUNES; c++) {
        irm_buffer_text(&text, codes[c]);
        for (int p = 0; p < COLUMNS; p++) {
            write_cell(w, c, p, cell, sizeof cell);
            irm_buffer_format(&text, ";%s", cell);
        }
        irm_buffer_text(&text, "\n");
    }
    figures_put(f->store, "caf.com@2022", attributes, text.data);
    irm_buffer_clear(&text);
}

typedef struct place {
    const char *level, *code;
    int first, count; /* communes in a row */
} place;

static const place places[] = {
    {"com", "43001", 0, 1},      {"com", "43020", 1, 1},      {"com", "43030", 2, 1},
    {"com", "69123", 3, 1},      {"com", "69200", 4, 1},      {"com", "69300", 5, 1},
    {"dep", "43", 0, 3},         {"dep", "69", 3, 3},         {"epci", "200000001", 0, 2},
    {"epci", "200000002", 2, 2}, {"epci", "200000003", 4, 2}, {"fr", "fr", 0, 6},
};
enum { PLACES = sizeof places / sizeof *places };

static int true_sum(const world *w, const place *of, int p) {
    int sum = 0;
    for (int c = of->first; c < of->first + of->count; c++) {
        sum += w->cells[c][p];
    }
    return sum;
}

static void put_totals(figures *f, const world *w, const char *level) {
    irm_buffer text = {0};
    char attributes[128], key[64], table[32];
    bool any = false;
    for (int p = 0; p < COLUMNS; p++) {
        any = any || w->by.totals[p];
    }
    if (!any) {
        return;
    }
    snprintf(attributes, sizeof attributes,
             "dataset=caf|shape=wide|level=%s|vintage=2022|geography=2022", level);
    snprintf(key, sizeof key, "CODE|role=key|level=%s", level);
    snprintf(table, sizeof table, "caf.%s@2022", level);
    put_header(w, key, w->by.totals, &text);
    for (int i = 0; i < PLACES; i++) {
        if (strcmp(places[i].level, level) != 0) {
            continue;
        }
        irm_buffer_text(&text, places[i].code);
        for (int p = 0; p < COLUMNS; p++) {
            if (w->by.totals[p]) {
                irm_buffer_format(&text, ";%d",
                                  rounded(&w->by, true_sum(w, &places[i], p)));
            }
        }
        irm_buffer_text(&text, "\n");
    }
    figures_put(f->store, table, attributes, text.data);
    irm_buffer_clear(&text);
}

static void publish(uint64_t *seed, int most, world *w, figures *f) {
    draw_cells(seed, most, w);
    hide_primary(w);
    bool again = w->by.secondary;
    while (again) {
        again = hide_in_rows(seed, w);
        again = hide_in_columns(seed, w) || again;
    }
    figures_begin_in(f, zoning);
    put_communes(f, w);
    put_totals(f, w, "dep");
    if (w->by.by_epci) {
        put_totals(f, w, "epci");
    }
    figures_open(f);
}

/* ---- who reads ----------------------------------------------------------------------
 */

static const irm_level *level_of(const figures *f, const char *id) {
    return irm_geography_level(f->geography, id);
}

static void check_inside(const char *what, size_t trial, const place *of, irm_quantity q,
                         double truth) {
    if (!isfinite(truth)) {
        return; /* of nothing, or over nothing */
    }
    double slack = 1e-9 * (1 + fabs(truth));
    bool inside = q.lower <= truth + slack && truth - slack <= q.upper;
    if (q.state != IRM_STATE_NOT_APPLICABLE && !inside) {
        fail_msg("world %zu, %s of %s:%s: %.12g is not in [%.12g, %.12g]", trial, what,
                 of->level, of->code, truth, q.lower, q.upper);
    }
}

static irm_quantity ask(figures *f, const char *formula, const place *of) {
    return figures_ask(f, "caf", formula, of->level, of->code, 0);
}

static double true_share(const world *w, const place *of, int above, int below) {
    return (double)true_sum(w, of, above) / true_sum(w, of, below);
}

static void check_sums(figures *f, const world *w, size_t trial) {
    for (int i = 0; i < PLACES; i++) {
        for (int p = 0; p < COLUMNS; p++) {
            check_inside(names[p], trial, &places[i], ask(f, names[p], &places[i]),
                         true_sum(w, &places[i], p));
        }
    }
}

static const char *const declared =
    "theme: t\nindicators:\n"
    "  - id: share\n    kind: ratio\n    sources:\n"
    "      - {dataset: caf, numerator: AM, denominator: A}\n"
    "  - id: odds\n    kind: ratio\n    sources:\n"
    "      - {dataset: caf, numerator: AM, denominator: \"AI + AC\", scale: 100}\n";

static irm_evaluation evaluated(figures *f, const char *id, const char *level) {
    irm_evaluation out;
    size_t index;
    assert_ok(irm_catalogue_need(f->catalogue, id, &index, &test_error));
    assert_ok(
        irm_evaluate(f->evaluator, index, level_of(f, level), 0, &out, &test_error));
    assert_null(out.unavailable);
    return out;
}

static int32_t index_of(const figures *f, const place *of) {
    const irm_level *level = level_of(f, of->level);
    return level->count == 1 ? 0 : irm_level_find(level, of->code);
}

static double figure_of(const char *id, const world *w, const place *of) {
    double am = true_sum(w, of, 2), a = true_sum(w, of, 0);
    return strcmp(id, "share") == 0 ? am / a : 100 * am / (a - am);
}

static bool within(const place *of, const place *in) {
    return in->first <= of->first && of->first + of->count <= in->first + in->count;
}

/* Ratios and their gaps; *told counts the gaps that what is shared makes narrower. */
static void check_ratios(figures *f, const world *w, size_t trial, const char *id,
                         size_t *told) {
    for (int i = 0; i < PLACES; i++) {
        irm_evaluation own = evaluated(f, id, places[i].level);
        int32_t at = index_of(f, &places[i]);
        double figure = figure_of(id, w, &places[i]);
        check_inside(id, trial, &places[i], own.result[at], figure);
        for (int r = 0; r < PLACES; r++) {
            double other = figure_of(id, w, &places[r]);
            if (places[r].count < 2 || !isfinite(figure) || !isfinite(other)) {
                continue;
            }
            irm_evaluation reference = evaluated(f, id, places[r].level);
            int32_t in = index_of(f, &places[r]);
            irm_quantity gap,
                plain = irm_quantity_subtract(own.result[at], reference.result[in]);
            assert_ok(irm_evaluate_gap(f->evaluator, &own, at, &reference, in, &gap,
                                       &test_error));
            check_inside("gap", trial, &places[i], gap, figure - other);
            assert_true(gap.lower >= plain.lower && gap.upper <= plain.upper);
            bool narrower = gap.upper - gap.lower < 0.999 * (plain.upper - plain.lower);
            *told += narrower && within(&places[i], &places[r]);
            irm_evaluation_clear(&reference);
        }
        irm_evaluation_clear(&own);
    }
}

static void check_comparisons(figures *f, const world *w, size_t trial) {
    const place *france = &places[PLACES - 1];
    for (int i = 0; i < PLACES; i++) {
        double own = true_share(w, &places[i], 2, 0), whole = true_share(w, france, 2, 0);
        check_inside("quotient", trial, &places[i],
                     ask(f, "(AM / A) / reference(AM / A)", &places[i]), own / whole);
        check_inside("difference", trial, &places[i],
                     ask(f, "10 * (AM / A - reference(AM / A))", &places[i]),
                     10 * (own - whole));
        check_inside("indirect quotient", trial, &places[i],
                     ask(f, "AM / (AI + AC) / reference(AM / (AI + AC))", &places[i]),
                     own / (1 - own) / (whole / (1 - whole)));
    }
}

static void use_indicators(figures *f) {
    char *path = irm_path_join(f->folder, "t.yaml");
    assert_ok(irm_write_file(path, declared, strlen(declared), &test_error));
    assert_ok(irm_catalogue_add_file(f->catalogue, path, &test_error));
    irm_free(path);
}

static rules draw_rules(uint64_t *seed) {
    rules by = {.cell = 5, .row = 100, .secondary = draw(seed, 4) > 0};
    by.rounding = draw(seed, 2) == 0 ? 5 : 0;
    by.told_apart = draw(seed, 2) == 0;
    by.identity = draw(seed, 3) > 0;
    by.by_epci = draw(seed, 2) == 0;
    for (int p = 0; p < COLUMNS; p++) {
        by.totals[p] = draw(seed, 2) == 0;
    }
    return by;
}

static void the_true_figure_is_within_the_bounds_every_time(void **state) {
    (void)state;
    uint64_t seed = 11;
    size_t told = 0;
    for (size_t trial = 0; trial < worlds(); trial++) {
        world w = {.by = draw_rules(&seed)};
        figures f;
        publish(&seed, 120, &w, &f);
        use_indicators(&f);
        check_sums(&f, &w, trial);
        check_ratios(&f, &w, trial, trial % 2 == 0 ? "share" : "odds", &told);
        check_comparisons(&f, &w, trial);
        figures_end(&f);
    }
    assert_true(told > 0); /* what is shared tells something */
}

/* ---- every table allowed ------------------------------------------------------------
 */

/* The rows that one commune may have, by what is published of it. */
enum { MOST_ROWS = 4000 };
typedef struct rows {
    int cells[MOST_ROWS][COLUMNS];
    size_t count;
} rows;

static bool cell_allows(const world *w, int c, int p, int value) {
    switch (w->hidden[c][p]) {
        case SEEN:
            return value == w->cells[c][p];
        case ROW:
            return p > 0 || value < w->by.row;
        case SMALL:
            return !w->by.told_apart || value < w->by.cell;
        default:
            return true;
    }
}

/* No cell is over what a published total leaves it. */
static int most_of(const world *w, int c, int p, int most) {
    place whole = {"dep", "", c - c % EACH, EACH};
    int left = true_sum(w, &whole, p);
    for (int other = whole.first; other < whole.first + EACH; other++) {
        left -= other != c && w->hidden[other][p] == SEEN ? w->cells[other][p] : 0;
    }
    return w->by.totals[p] ? left : most;
}

static void add_row(const world *w, int c, int column, const int *row, rows *all) {
    for (int p = 0; p < COLUMNS; p++) {
        if ((w->by.identity || p == column) && !cell_allows(w, c, p, row[p])) {
            return;
        }
    }
    assert_true(all->count < MOST_ROWS);
    memcpy(all->cells[all->count++], row, COLUMNS * sizeof *row);
}

/* Without an identity each column is alone: the others are as they are. */
static void list_rows(const world *w, int c, int most, int column, rows *all) {
    int row[COLUMNS], to[COLUMNS];
    all->count = 0;
    for (int p = 0; p < COLUMNS; p++) {
        to[p] = most_of(w, c, p, most);
    }
    memcpy(row, w->cells[c], sizeof row);
    for (int x = 0; !w->by.identity && x <= to[column]; x++) {
        row[column] = x;
        add_row(w, c, column, row, all);
    }
    for (row[1] = 0; w->by.identity && row[1] <= to[1]; row[1]++) {
        for (row[2] = 0; row[2] <= to[2]; row[2]++) {
            for (row[3] = 0; row[3] <= to[3]; row[3]++) {
                row[0] = row[1] + row[2] + row[3];
                if (row[0] <= to[0]) {
                    add_row(w, c, column, row, all);
                }
            }
        }
    }
}

/* Extremes, by set of the communes of a département (bits), of one column. */
typedef struct extremes {
    int low[1 << EACH], high[1 << EACH];
} extremes;

static void list_tables(const world *w, int d, int column, rows lists[EACH],
                        extremes *found) {
    for (int s = 0; s < 1 << EACH; s++) {
        found->low[s] = 100000;
        found->high[s] = -1;
    }
    place whole = {"dep", "", EACH * d, EACH};
    for (size_t x = 0; x < lists[0].count; x++) {
        for (size_t y = 0; y < lists[1].count; y++) {
            for (size_t z = 0; z < lists[2].count; z++) {
                const int *one[] = {lists[0].cells[x], lists[1].cells[y],
                                    lists[2].cells[z]};
                bool fits = true;
                for (int p = 0; p < COLUMNS && fits; p++) {
                    bool counts = w->by.totals[p] && (w->by.identity || p == column);
                    fits = !counts ||
                           one[0][p] + one[1][p] + one[2][p] == true_sum(w, &whole, p);
                }
                for (int s = 1; fits && s < 1 << EACH; s++) {
                    int sum = 0;
                    for (int c = 0; c < EACH; c++) {
                        sum += (s >> c & 1) != 0 ? one[c][column] : 0;
                    }
                    found->low[s] = sum < found->low[s] ? sum : found->low[s];
                    found->high[s] = sum > found->high[s] ? sum : found->high[s];
                }
            }
        }
    }
    found->low[0] = found->high[0] = 0;
}

static void interval_of(const extremes found[DEPARTMENTS_], const place *of, int *low,
                        int *high) {
    *low = *high = 0;
    for (int d = 0; d < DEPARTMENTS_; d++) {
        int set = 0;
        for (int c = 0; c < EACH; c++) {
            int at = EACH * d + c;
            set |= at >= of->first && at < of->first + of->count ? 1 << c : 0;
        }
        *low += found[d].low[set];
        *high += found[d].high[set];
    }
}

/* How many sums were open, and how many of those had the narrowest interval. */
typedef struct tally {
    size_t open, narrowest;
} tally;

static void check_narrowest(figures *f, const world *w, size_t trial, int most, bool must,
                            tally *count) {
    static rows lists[EACH];
    for (int p = 0; p < COLUMNS; p++) {
        extremes found[DEPARTMENTS_];
        for (int d = 0; d < DEPARTMENTS_; d++) {
            for (int c = 0; c < EACH; c++) {
                list_rows(w, EACH * d + c, most, p, &lists[c]);
            }
            list_tables(w, d, p, lists, &found[d]);
        }
        for (int i = 0; i < PLACES; i++) {
            int low, high;
            interval_of(found, &places[i], &low, &high);
            irm_quantity q = ask(f, names[p], &places[i]);
            bool same = q.lower == low && q.upper == high;
            if (low < high) {
                count->open++;
                count->narrowest += same;
            }
            bool holds = q.lower <= low && high <= q.upper;
            if (!holds || (must && !same)) {
                fail_msg("world %zu, %s of %s:%s: [%g, %g] instead of [%d, %d]", trial,
                         names[p], places[i].level, places[i].code, q.lower, q.upper, low,
                         high);
            }
        }
    }
}

/* Small worlds of one kind: cells under 5, hidden under 2, rows hidden under 5. */
static tally small_worlds(uint64_t seed, bool identity, bool totals, bool must) {
    tally count = {0, 0};
    for (size_t trial = 0; trial < worlds(); trial++) {
        world w = {.by = {.cell = 2, .row = 5, .secondary = true, .identity = identity}};
        figures f;
        w.by.told_apart = trial % 2 == 0;
        w.by.by_epci = false;
        for (int p = 0; p < COLUMNS; p++) {
            w.by.totals[p] = totals;
        }
        publish(&seed, 5, &w, &f);
        check_narrowest(&f, &w, trial, 12, must, &count);
        figures_end(&f);
    }
    assert_true(count.open > worlds());
    return count;
}

static void sums_of_rows_that_identities_bound_have_the_narrowest_bounds(void **state) {
    (void)state;
    small_worlds(21, true, false, true);
}

static void sums_under_published_totals_have_the_narrowest_bounds(void **state) {
    (void)state;
    small_worlds(22, false, true, true);
}

/* Rows first, then totals: certain, and not always the narrowest of both together. */
static void identities_and_totals_together_hold_every_table(void **state) {
    (void)state;
    tally count = small_worlds(23, true, true, false);
    print_message("%zu of %zu open sums have the narrowest bounds\n", count.narrowest,
                  count.open);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_true_figure_is_within_the_bounds_every_time),
        cmocka_unit_test(sums_of_rows_that_identities_bound_have_the_narrowest_bounds),
        cmocka_unit_test(sums_under_published_totals_have_the_narrowest_bounds),
        cmocka_unit_test(identities_and_totals_together_hold_every_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
