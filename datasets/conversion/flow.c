#include "conversion/flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "conversion/populations.h"
#include "irminon/memory.h"

/* ---- the pairs of one date ------------------------------------------------------- */

static int by_pair(const void *a, const void *b) {
    const flow_pair *x = a, *y = b;
    int order = (x->out > y->out) - (x->out < y->out);
    return order != 0 ? order : (x->in > y->in) - (x->in < y->in);
}

static irm_status add_pair(flow *f, int32_t out, int32_t in, double given,
                           irm_error *error) {
    IRM_TRY(irm_reserve((void **)&f->pairs, &f->pairs_capacity, f->n_pairs + 1,
                        sizeof *f->pairs, error));
    f->pairs[f->n_pairs++] = (flow_pair){out, in, given, false};
    return IRM_OK;
}

/* Sorts, and keeps one of each. */
static void tidy(flow *f) {
    qsort(f->pairs, f->n_pairs, sizeof *f->pairs, by_pair);
    size_t kept = 0;
    for (size_t i = 0; i < f->n_pairs; i++) {
        if (kept > 0 && by_pair(&f->pairs[kept - 1], &f->pairs[i]) == 0) {
            continue;
        }
        f->pairs[kept++] = f->pairs[i];
    }
    f->n_pairs = kept;
}

/* First pair of a code in the sorted pairs, or n_pairs. */
static size_t first_pair(const flow *f, int32_t out) {
    size_t low = 0, high = f->n_pairs;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->pairs[middle].out < out) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < f->n_pairs && f->pairs[low].out == out ? low : f->n_pairs;
}

static bool stays(const flow *f, int32_t code) {
    for (size_t i = first_pair(f, code); i < f->n_pairs && f->pairs[i].out == code; i++) {
        if (f->pairs[i].in == code) {
            return true;
        }
    }
    return false;
}

/* On one day a commune may take a code and merge under it: where a code that is reached
 * leads elsewhere itself and does not stay, one goes on. */
static irm_status chain(flow *f, irm_error *error) {
    enum { TURNS = 8 };
    bool moved = true;
    for (int turn = 0; turn < TURNS && moved; turn++) {
        moved = false;
        size_t n = f->n_pairs;
        for (size_t i = 0; i < n; i++) {
            flow_pair pair = f->pairs[i];
            size_t next = pair.in != pair.out ? first_pair(f, pair.in) : n;
            if (next >= n || stays(f, pair.in)) {
                continue;
            }
            f->pairs[i].in = f->pairs[next].in;
            for (size_t k = next + 1; k < n && f->pairs[k].out == pair.in; k++) {
                IRM_TRY(add_pair(f, pair.out, f->pairs[k].in, NAN, error));
            }
            moved = true;
        }
        tidy(f);
    }
    return IRM_OK;
}

static bool is_reached(const flow *f, int32_t code) {
    for (size_t i = 0; i < f->n_pairs; i++) {
        if (f->pairs[i].in == code && f->pairs[i].out != code) {
            return true;
        }
    }
    return false;
}

/* A code that the day gave and took back was nobody's before it. */
static void drop_passing(flow *f, int date) {
    size_t kept = 0;
    for (size_t i = 0; i < f->n_pairs; i++) {
        int32_t out = f->pairs[i].out;
        bool listed = (size_t)out < f->history->n_coded;
        bool passing =
            f->pairs[i].passing && !(listed && history_alive(f->history, out, date - 1));
        f->pairs[kept] = f->pairs[i];
        kept += !passing;
    }
    f->n_pairs = kept;
}

static void mark_passing(flow *f) {
    for (size_t i = 0; i < f->n_pairs; i++) {
        f->pairs[i].passing =
            !stays(f, f->pairs[i].out) && is_reached(f, f->pairs[i].out);
    }
}

/* The pairs of a date, as time goes, then turned the way one travels. */
static irm_status take_date(flow *f, size_t first, size_t last, irm_error *error) {
    const history_event *events = f->history->events;
    f->n_pairs = 0;
    for (size_t i = first; i < last; i++) {
        IRM_TRY(add_pair(f, events[i].before, events[i].after,
                         f->back ? events[i].backward : events[i].forward, error));
    }
    tidy(f);
    size_t n = f->n_pairs;
    for (size_t i = first; i < last; i++) { /* what absorbs was there before */
        int32_t after = events[i].after;
        bool silent = events[i].absorbs && after != events[i].before;
        for (size_t k = 0; silent && k < n; k++) {
            silent = f->pairs[k].out != after;
        }
        if (silent) {
            IRM_TRY(add_pair(f, after, after, NAN, error));
        }
    }
    tidy(f);
    mark_passing(f);
    IRM_TRY(chain(f, error));
    drop_passing(f, events[first].date);
    for (size_t i = 0; i < f->n_pairs && f->back; i++) {
        int32_t out = f->pairs[i].out;
        f->pairs[i].out = f->pairs[i].in;
        f->pairs[i].in = out;
    }
    tidy(f);
    return IRM_OK;
}

/* ---- shares ----------------------------------------------------------------------- */

typedef struct split {
    const char **codes;
    double *shares;
    const char *by;
    size_t capacity;
} split;

static bool given_shares(const flow_pair *pairs, size_t count, double *shares) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        shares[i] = pairs[i].given;
        sum += shares[i];
    }
    return fabs(sum - 1) < 1e-6;
}

/* In proportion to a population after the split, of the way one travels; else by a
 * passage table; else alike, where that is accepted. */
static void find_shares(const flow *f, const flow_pair *pairs, size_t count, int date,
                        split *s) {
    int year = date / 10000 + (date % 10000 > 101);
    for (size_t i = 0; i < count; i++) {
        s->codes[i] = irm_dict_text(f->history->codes, pairs[i].in);
    }
    s->by =
        populations_of_all(f->populations, s->codes, count, year, !f->back, s->shares);
    if (s->by != NULL) {
        double sum = 0;
        for (size_t i = 0; i < count; i++) {
            sum += s->shares[i];
        }
        for (size_t i = 0; i < count; i++) {
            s->shares[i] /= sum;
        }
        return;
    }
    s->by = "passage table";
    if (given_shares(pairs, count, s->shares)) {
        return;
    }
    s->by = f->equal ? "equal shares" : "unknown";
    for (size_t i = 0; i < count; i++) {
        s->shares[i] = f->equal ? 1.0 / (double)count : NAN;
    }
}

static irm_status reserve_split(split *s, size_t count, irm_error *error) {
    size_t capacity = s->capacity;
    IRM_TRY(irm_reserve((void **)&s->codes, &capacity, count, sizeof *s->codes, error));
    return irm_reserve((void **)&s->shares, &s->capacity, count, sizeof *s->shares,
                       error);
}

/* ---- passing a date --------------------------------------------------------------- */

static irm_status hold(flow_parts *parts, flow_part part, irm_error *error) {
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->items[i].source == part.source) {
            parts->items[i].share += part.share;
            parts->items[i].by = *part.by != '\0' ? part.by : parts->items[i].by;
            return IRM_OK;
        }
    }
    IRM_TRY(irm_reserve((void **)&parts->items, &parts->capacity, parts->count + 1,
                        sizeof *parts->items, error));
    parts->items[parts->count++] = part;
    return IRM_OK;
}

/* A code met for the first time was there at the departure, and whole; unless it is known
 * not to have been. */
static irm_status meet(flow *f, int32_t code, bool there, irm_error *error) {
    flow_parts *parts = &f->held[code];
    if (parts->met) {
        return IRM_OK;
    }
    parts->met = true;
    bool listed = (size_t)code < f->history->n_coded;
    if (there && (!listed || history_alive(f->history, code, f->begin))) {
        return hold(parts, (flow_part){code, 1, ""}, error);
    }
    return IRM_OK;
}

static irm_status pass_on(flow *f, const flow_parts *from, const flow_pair *pairs,
                          size_t count, const split *s, irm_error *error) {
    for (size_t t = 0; t < count; t++) {
        for (size_t i = 0; i < from->count; i++) {
            flow_part part = from->items[i];
            if (count > 1) {
                part.share *= s->shares[t];
                part.by = s->by;
            }
            IRM_TRY(hold(&f->held[pairs[t].in], part, error));
        }
    }
    return IRM_OK;
}

static size_t end_of_code(const flow *f, size_t first) {
    size_t end = first;
    while (end < f->n_pairs && f->pairs[end].out == f->pairs[first].out) {
        end++;
    }
    return end;
}

/* All that leaves is taken out before any of it is put down. */
static irm_status take_out(flow *f, flow_parts *taken, irm_error *error) {
    size_t n = 0;
    for (size_t first = 0, end; first < f->n_pairs; first = end) {
        end = end_of_code(f, first);
        IRM_TRY(meet(f, f->pairs[first].out, true, error));
    }
    for (size_t i = 0; i < f->n_pairs; i++) {
        IRM_TRY(
            meet(f, f->pairs[i].in, (size_t)f->pairs[i].in < f->history->n_coded, error));
    }
    for (size_t first = 0, end; first < f->n_pairs; first = end) {
        end = end_of_code(f, first);
        flow_parts *parts = &f->held[f->pairs[first].out];
        taken[n++] = *parts;
        *parts = (flow_parts){.met = true};
    }
    return IRM_OK;
}

static irm_status pass_date(flow *f, int date, irm_error *error) {
    flow_parts *taken = irm_calloc(f->n_pairs, sizeof *taken);
    split s = {0};
    size_t n = 0;
    irm_status status =
        taken != NULL ? take_out(f, taken, error) : irm_fail_memory(error);
    for (size_t first = 0, end; status == IRM_OK && first < f->n_pairs;
         first = end, n++) {
        end = end_of_code(f, first);
        if (taken[n].count == 0) {
            continue;
        }
        status = reserve_split(&s, end - first, error);
        if (status == IRM_OK && end - first > 1) {
            find_shares(f, f->pairs + first, end - first, date, &s);
        }
        if (status == IRM_OK) {
            status = pass_on(f, &taken[n], f->pairs + first, end - first, &s, error);
        }
    }
    for (size_t i = 0; taken != NULL && i < f->n_pairs; i++) {
        irm_free(taken[i].items);
    }
    irm_free(taken);
    irm_free(s.codes);
    irm_free(s.shares);
    return status;
}

irm_status flow_run(flow *f, int from, int to, irm_error *error) {
    const history_event *events = f->history->events;
    size_t n = f->history->n_events;
    int low = from < to ? from : to, high = from < to ? to : from;
    f->begin = from;
    f->back = to < from;
    f->n_codes = irm_dict_count(f->history->codes);
    f->held = irm_calloc(f->n_codes, sizeof *f->held);
    if (f->held == NULL) {
        return irm_fail_memory(error);
    }
    size_t first = 0, last = n;
    while (first < n && events[first].date <= low) {
        first++;
    }
    while (last > first && events[last - 1].date > high) {
        last--;
    }
    while (first < last) {
        size_t a = first, b = last;
        if (f->back) {
            for (a = last - 1;
                 a > first && events[a - 1].date == events[last - 1].date;) {
                a--;
            }
        } else {
            for (b = first + 1; b < last && events[b].date == events[first].date;) {
                b++;
            }
        }
        IRM_TRY(take_date(f, a, b, error));
        IRM_TRY(pass_date(f, events[a].date, error));
        first = f->back ? first : b;
        last = f->back ? a : last;
    }
    return IRM_OK;
}

void flow_clear(flow *f) {
    for (size_t i = 0; f->held != NULL && i < f->n_codes; i++) {
        irm_free(f->held[i].items);
    }
    irm_free(f->held);
    irm_free(f->pairs);
}
