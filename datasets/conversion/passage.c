#include "irminon/conversion.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "conversion/flow.h"
#include "conversion/history.h"
#include "irminon/memory.h"

/* Links of the codes that something happened to; the others lead to themselves. */
struct irm_passage {
    const irm_history *history;
    const irm_populations *populations;
    int from, to;
    irm_unknown_share unknown;
    size_t n_codes;
    size_t *first; /* by code, and one more */
    irm_link *links;
    uint8_t *kinds; /* by code */
    irm_link alone; /* lent for a code that leads to itself */
    char *alone_code;
    irm_passage **others; /* from other years, for the codes that are of them */
    size_t n_others, others_capacity;
};

const char *irm_passage_kind_name(irm_passage_kind kind) {
    static const char *const names[IRM_PASSAGE_KINDS] = {
        "same", "code", "merged", "split", "folded", "former", "later", "unknown"};
    return kind < IRM_PASSAGE_KINDS ? names[kind] : "unknown";
}

/* ---- from flows to links ---------------------------------------------------------- */

static irm_passage_kind kind_of(const flow *f, const irm_passage *passage, int32_t source,
                                const size_t *arrivals) {
    size_t first = passage->first[source], n = passage->first[source + 1] - first;
    if (n > 1) {
        return IRM_PASSAGE_SPLIT;
    }
    int32_t target =
        n == 1 ? irm_dict_find(f->history->codes, irm_view_of(passage->links[first].to))
               : source;
    if (arrivals[target] > 1) {
        return IRM_PASSAGE_MERGED;
    }
    return target == source ? IRM_PASSAGE_SAME : IRM_PASSAGE_CODE;
}

/* All that arrives in one commune is whole, whatever was estimated on the way. Other
 * shares are rounded to multiples of 2^-30 that add up to 1, so that what is shared of a
 * whole number under 2^23 adds up to it, exactly. */
static void settle_shares(irm_passage *passage, int32_t source) {
    irm_link *links = passage->links + passage->first[source];
    size_t n = passage->first[source + 1] - passage->first[source], largest = 0;
    double rest = 1;
    for (size_t i = 0; i < n && n > 1; i++) {
        links[i].share = ldexp(nearbyint(ldexp(links[i].share, 30)), -30);
        rest -= links[i].share;
        largest = links[i].share > links[largest].share ? i : largest;
    }
    if (n == 1) {
        links[0].share = 1;
        links[0].by = "";
    } else if (n > 1 && fabs(rest) < 1e-6) {
        links[largest].share += rest;
    }
}

static irm_status fill_links(irm_passage *passage, const flow *f, size_t *next,
                             size_t *arrivals, irm_error *error) {
    size_t n = passage->n_codes, total = 0;
    for (size_t t = 0; t < n; t++) {
        for (size_t i = 0; i < f->held[t].count; i++) {
            passage->first[f->held[t].items[i].source + 1]++;
        }
        arrivals[t] = f->held[t].count;
        total += f->held[t].count;
    }
    for (size_t c = 0; c < n; c++) {
        passage->first[c + 1] += passage->first[c];
        next[c] = passage->first[c];
    }
    passage->links = irm_calloc(total, sizeof *passage->links);
    passage->kinds = irm_calloc(n, 1);
    if (passage->links == NULL || passage->kinds == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t t = 0; t < n; t++) {
        for (size_t i = 0; i < f->held[t].count; i++) {
            const flow_part *part = &f->held[t].items[i];
            passage->links[next[part->source]++] = (irm_link){
                irm_dict_text(f->history->codes, (int32_t)t), part->share, part->by};
        }
    }
    return IRM_OK;
}

static int by_target(const void *a, const void *b) {
    return strcmp(((const irm_link *)a)->to, ((const irm_link *)b)->to);
}

static irm_status read_flow(irm_passage *passage, const flow *f, irm_error *error) {
    size_t n = passage->n_codes;
    passage->first = irm_calloc(n + 1, sizeof *passage->first);
    size_t *next = irm_calloc(n, sizeof *next),
           *arrivals = irm_calloc(n, sizeof *arrivals);
    irm_status status = passage->first != NULL && next != NULL && arrivals != NULL
                            ? fill_links(passage, f, next, arrivals, error)
                            : irm_fail_memory(error);
    for (size_t c = 0; status == IRM_OK && c < n; c++) {
        size_t first = passage->first[c];
        settle_shares(passage, (int32_t)c);
        passage->kinds[c] = (uint8_t)kind_of(f, passage, (int32_t)c, arrivals);
        qsort(passage->links + first, passage->first[c + 1] - first,
              sizeof *passage->links, by_target);
    }
    irm_free(next);
    irm_free(arrivals);
    return status;
}

/* ---- making ----------------------------------------------------------------------- */

static bool is_step(const irm_history *history, int year) {
    bool among = history->n_steps == 0;
    int first = year + 1;
    for (size_t i = 0; i < history->n_steps; i++) {
        among |= history->steps[i] == year;
        first = history->steps[i] < first ? history->steps[i] : first;
    }
    return among || year < first; /* before the first step, movements tell every date */
}

static irm_status check_covered(const irm_history *history, int year, irm_error *error) {
    if (year < history->first || year > history->last) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "the geography of %d is outside what %s covers (1 January %d to "
                        "1 January %d): ingest a newer v_mvtcommune, or a passage table "
                        "that goes on from there",
                        year, irm_history_source(history), history->first, history->last);
    }
    if (!is_step(history, year)) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "%s goes from year to year without stopping in %d: ingest "
                        "v_mvtcommune",
                        irm_history_source(history), year);
    }
    return IRM_OK;
}

irm_status irm_passage_new(const irm_history *history, const irm_populations *populations,
                           int from, int to, irm_unknown_share unknown,
                           irm_passage **passage, irm_error *error) {
    *passage = NULL;
    if (from != to) {
        IRM_TRY(check_covered(history, from, error));
        IRM_TRY(check_covered(history, to, error));
    }
    irm_passage *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    *made = (irm_passage){.history = history,
                          .populations = populations,
                          .from = from,
                          .to = to,
                          .unknown = unknown,
                          .n_codes = irm_dict_count(history->codes)};
    flow f = {.history = history,
              .populations = populations,
              .equal = unknown == IRM_SHARE_EQUAL};
    irm_status status = flow_run(&f, from * 10000 + 101, to * 10000 + 101, error);
    if (status == IRM_OK) {
        status = read_flow(made, &f, error);
    }
    flow_clear(&f);
    if (status != IRM_OK) {
        irm_passage_free(made);
        return status;
    }
    *passage = made;
    return IRM_OK;
}

void irm_passage_free(irm_passage *passage) {
    if (passage == NULL) {
        return;
    }
    for (size_t i = 0; i < passage->n_others; i++) {
        irm_passage_free(passage->others[i]);
    }
    irm_free(passage->others);
    irm_free(passage->first);
    irm_free(passage->links);
    irm_free(passage->kinds);
    irm_free(passage->alone_code);
    irm_free(passage);
}

size_t irm_passage_count(const irm_passage *passage) { return passage->n_codes; }

const char *irm_passage_at(const irm_passage *passage, size_t index,
                           const irm_link **links, size_t *count) {
    *links = passage->links + passage->first[index];
    *count = passage->first[index + 1] - passage->first[index];
    return irm_dict_text(passage->history->codes, (int32_t)index);
}

/* ---- finding ---------------------------------------------------------------------- */

static irm_status lead_alone(irm_passage *passage, const char *code,
                             const irm_link **links, size_t *count, irm_error *error) {
    irm_free(passage->alone_code);
    passage->alone_code = irm_strdup(code);
    if (passage->alone_code == NULL) {
        return irm_fail_memory(error);
    }
    passage->alone = (irm_link){passage->alone_code, 1, ""};
    *links = &passage->alone;
    *count = 1;
    return IRM_OK;
}

static irm_status lead_from(irm_passage *passage, const char *code,
                            const irm_link **links, size_t *count, irm_passage_kind *kind,
                            irm_error *error) {
    int32_t number = irm_dict_find(passage->history->codes, irm_view_of(code));
    size_t first = number >= 0 ? passage->first[number] : 0;
    size_t n = number >= 0 ? passage->first[number + 1] - first : 0;
    if (n == 0) {
        *kind = IRM_PASSAGE_SAME;
        return lead_alone(passage, code, links, count, error);
    }
    *kind = (irm_passage_kind)passage->kinds[number];
    *links = passage->links + first;
    *count = n;
    return IRM_OK;
}

static irm_status other_passage(irm_passage *passage, int year, irm_passage **other,
                                irm_error *error) {
    for (size_t i = 0; i < passage->n_others; i++) {
        if (passage->others[i]->from == year) {
            *other = passage->others[i];
            return IRM_OK;
        }
    }
    IRM_TRY(irm_reserve((void **)&passage->others, &passage->others_capacity,
                        passage->n_others + 1, sizeof *passage->others, error));
    IRM_TRY(irm_passage_new(passage->history, passage->populations, year, passage->to,
                            passage->unknown, other, error));
    passage->others[passage->n_others++] = *other;
    return IRM_OK;
}

/* Collectivities overseas are no communes of the list, and do not change. */
static bool is_unlisted_department(const char *code) {
    static const char *const unlisted[] = {"975", "977", "978", "984",
                                           "986", "987", "988", "989"};
    for (size_t i = 0; i < sizeof unlisted / sizeof *unlisted; i++) {
        if (strncmp(code, unlisted[i], 3) == 0 && strlen(code) == 5) {
            return true;
        }
    }
    return false;
}

static const char *fold(const char *code) {
    return !irm_code_is_arrondissement(code) ? NULL
           : code[0] == '7'                  ? "75056"
           : code[0] == '6'                  ? "69123"
                                             : "13055";
}

irm_status irm_passage_find_from(irm_passage *passage, int year, const char *code,
                                 const irm_link **links, size_t *count,
                                 irm_passage_kind *kind, irm_error *error) {
    irm_passage *other;
    IRM_TRY(other_passage(passage, year, &other, error));
    return lead_from(other, code, links, count, kind, error);
}

irm_status irm_passage_find(irm_passage *passage, const char *code,
                            const irm_link **links, size_t *count, irm_passage_kind *kind,
                            irm_error *error) {
    const char *folded = fold(code);
    *links = NULL;
    *count = 0;
    *kind = IRM_PASSAGE_UNKNOWN;
    if (folded != NULL) {
        IRM_TRY(lead_from(passage, folded, links, count, kind, error));
        *kind = IRM_PASSAGE_FOLDED;
        return IRM_OK;
    }
    if (irm_history_has(passage->history, code, passage->from) ||
        is_unlisted_department(code)) {
        return lead_from(passage, code, links, count, kind, error);
    }
    int year = irm_history_nearest(passage->history, code, passage->from);
    if (year < passage->history->first || year > passage->history->last) {
        return IRM_OK;
    }
    IRM_TRY(irm_passage_find_from(passage, year, code, links, count, kind, error));
    *kind = year < passage->from ? IRM_PASSAGE_FORMER : IRM_PASSAGE_LATER;
    return IRM_OK;
}
