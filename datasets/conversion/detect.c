/* The year of a table's geography, from its codes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversion/history.h"
#include "conversion/mixture.h"
#include "conversion/places.h"
#include "irminon/memory.h"

enum { FIRST_YEAR = 1968, DEPARTMENTS = 1024 };

/* The codes of a table, by their number in the history. */
typedef struct code_set {
    uint8_t *there;
    size_t unknown;
    const uint16_t *department; /* by code of the history */
} code_set;

static uint16_t department_of(const char *code) {
    char text[4];
    irm_code_department(code, text);
    unsigned number = 0;
    for (const char *p = text; *p != '\0'; p++) {
        number = number * 31 + (unsigned char)*p;
    }
    return (uint16_t)(number % DEPARTMENTS);
}

static const char *whole_commune(const char *code) {
    return !irm_code_is_arrondissement(code) ? code
           : code[0] == '7'                  ? "75056"
           : code[0] == '6'                  ? "69123"
                                             : "13055";
}

static irm_candidate score_year(const irm_history *history, const code_set *c, int year) {
    irm_candidate found = {.year = year, .strange = c->unknown};
    size_t here[DEPARTMENTS] = {0}, all[DEPARTMENTS] = {0};
    for (size_t i = 0; i < history->n_coded; i++) {
        bool alive = history_alive(history, (int32_t)i, year * 10000 + 101);
        found.matched += alive && c->there[i];
        found.strange += !alive && c->there[i];
        all[c->department[i]] += alive;
        here[c->department[i]] += alive && c->there[i];
    }
    for (size_t d = 0; d < DEPARTMENTS; d++) {
        found.absent += here[d] * 2 > all[d] ? all[d] - here[d] : 0;
    }
    size_t total = found.matched + found.strange + found.absent;
    found.score = total > 0 ? (double)found.matched / (double)total : 0;
    return found;
}

static int best_first(const void *a, const void *b) {
    const irm_candidate *x = a, *y = b;
    int order = (x->score < y->score) - (x->score > y->score);
    return order != 0 ? order : (x->year < y->year) - (x->year > y->year);
}

static irm_status score_all(const irm_history *history, const code_set *c,
                            irm_candidate **candidates, size_t *count, irm_error *error) {
    size_t n = (size_t)(history->last - FIRST_YEAR + 1);
    *candidates = irm_calloc(n, sizeof **candidates);
    if (*candidates == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        (*candidates)[i] = score_year(history, c, FIRST_YEAR + (int)i);
    }
    qsort(*candidates, n, sizeof **candidates, best_first);
    *count = n;
    return IRM_OK;
}

irm_status irm_history_detect(const irm_history *history, const char *const *texts,
                              size_t count, irm_candidate **candidates,
                              size_t *n_candidates, irm_error *error) {
    *candidates = NULL;
    *n_candidates = 0;
    if (history->n_lives == 0 || history->last < FIRST_YEAR) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND,
                        "the communes of each year are not known: ingest "
                        "v_commune_depuis_1943.csv");
    }
    uint16_t *department = irm_calloc(history->n_coded, sizeof *department);
    code_set c = {.there = irm_calloc(history->n_coded, 1), .department = department};
    irm_status status = IRM_OK;
    if (c.there == NULL || department == NULL) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    for (size_t i = 0; i < history->n_coded; i++) {
        department[i] = department_of(irm_dict_text(history->codes, (int32_t)i));
    }
    for (size_t i = 0; i < count; i++) {
        int32_t code =
            irm_dict_find(history->codes, irm_view_of(whole_commune(texts[i])));
        bool known = code >= 0 && (size_t)code < history->n_coded &&
                     history->first_life[code] < history->first_life[code + 1];
        if (known) {
            c.there[code] = 1;
        } else {
            c.unknown++;
        }
    }
    status = score_all(history, &c, candidates, n_candidates, error);
cleanup:
    irm_free(c.there);
    irm_free(department);
    return status;
}

/* ---- tables ----------------------------------------------------------------------- */

irm_status irm_history_detect_table(const irm_history *history, const irm_table *table,
                                    const char *key, irm_candidate **candidates,
                                    size_t *n_candidates, irm_error *error) {
    enum { CODE_SIZE = 5 }; /* other lengths are of other levels */
    irm_column *column;
    *candidates = NULL;
    *n_candidates = 0;
    IRM_TRY(places_key(table, key, &column, error));
    size_t n = irm_dict_count(column->categories), used = 0;
    const char **codes = irm_calloc(n, sizeof *codes);
    if (codes == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        const char *code = irm_dict_text(column->categories, (int32_t)i);
        if (strlen(code) == CODE_SIZE) {
            codes[used++] = code;
        }
    }
    irm_status status =
        irm_history_detect(history, codes, used, candidates, n_candidates, error);
    irm_free(codes);
    return status;
}

static const char *dots(size_t count) { return count > 5 ? "; …" : ""; }

static double score_of(const irm_candidate *found, size_t n, int year) {
    for (size_t i = 0; i < n; i++) {
        if (found[i].year == year) {
            return found[i].score;
        }
    }
    return 0;
}

/* One place in two rows, by two geographies: nothing tells which one counts. */
static irm_status refuse_mixture(const irm_table *table, const mixture *m,
                                 const irm_candidate *found, size_t n, irm_error *error) {
    int year = found[0].year;
    return irm_fail(error, IRM_STATUS_DATA,
                    "%s mixes two geographies: by its codes it is that of %d (score "
                    "%.4f), but %zu of "
                    "them are communes of another year (%zu in %d, score %.4f) and %zu "
                    "of those places "
                    "have two rows: %s%s. Take out one row of each, or split the table "
                    "by year; --from %d "
                    "(convert) or --geography %d (ingest) takes it as it is",
                    table->name, year, found[0].score, m->others, m->of_other,
                    m->other_year, score_of(found, n, m->other_year), m->doubled,
                    m->doubles.data, dots(m->doubled), year, year);
}

static void tell_strangers(const irm_table *table, const mixture *m,
                           const irm_reporter *reporter) {
    if (m->others > 0) {
        irm_warn(reporter,
                 "%s: %zu code%s of communes of another year (%zu in %d) taken by what "
                 "became of "
                 "them: %s%s",
                 table->name, m->others, m->others > 1 ? "s" : "", m->of_other,
                 m->other_year, m->listed.data, dots(m->others));
    }
    if (m->unknown > 0) {
        irm_warn(reporter, "%s: %zu code%s of communes of no year: %s%s", table->name,
                 m->unknown, m->unknown > 1 ? "s" : "", m->strays.data, dots(m->unknown));
    }
}

static void tell_year(const irm_table *table, const irm_candidate *found, size_t n,
                      const irm_reporter *reporter) {
    size_t alike = 1;
    char others[96] = "";
    while (alike < n && found[alike].score == found[0].score) {
        alike++;
    }
    if (alike > 1) {
        snprintf(others, sizeof others, "; %zu other years fit as well, back to %d",
                 alike - 1, found[alike - 1].year);
    } else if (n > 1 && found[0].score < 1) {
        snprintf(others, sizeof others, "; %d has the next score, %.4f", found[1].year,
                 found[1].score);
    }
    irm_warn(
        reporter,
        "%s does not state its geography: by its codes it is that of %d (score %.4f; "
        "%zu codes match, %zu do not, %zu communes are absent%s)",
        table->name, found[0].year, found[0].score, found[0].matched, found[0].strange,
        found[0].absent, others);
}

static irm_status settle_year(const irm_history *history, const irm_table *table,
                              const char *key, const irm_candidate *found, size_t n,
                              const irm_reporter *reporter, irm_error *error) {
    irm_column *column;
    mixture m;
    if (found[0].matched == 0) {
        return irm_fail(error, IRM_STATUS_DATA,
                        "%s: none of its codes is that of a commune of any year",
                        table->name);
    }
    IRM_TRY(places_key(table, key, &column, error));
    irm_status status = mixture_find(history, table, column, found[0].year, &m, error);
    if (status == IRM_OK && m.doubled > 0) {
        status = refuse_mixture(table, &m, found, n, error);
    } else if (status == IRM_OK) {
        tell_year(table, found, n, reporter);
        tell_strangers(table, &m, reporter);
    }
    mixture_clear(&m);
    return status;
}

irm_status irm_history_date(const irm_history *history, const irm_table *table,
                            const char *key, const irm_reporter *reporter, int *year,
                            irm_error *error) {
    irm_candidate *found;
    size_t n;
    IRM_TRY(irm_history_detect_table(history, table, key, &found, &n, error));
    irm_status status = settle_year(history, table, key, found, n, reporter, error);
    *year = status == IRM_OK ? found[0].year : 0;
    irm_free(found);
    return status;
}
