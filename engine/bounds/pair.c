/* Two ratios that share cells: their difference, and their quotient.
 *
 * Once the ratio s of the denominators is held, both are linear fractional: a Charnes and
 * Cooper program gives their extremes. Over a piece [from, to] of what s may be, the same
 * program with s replaced by the end that favours the extreme bounds it; pieces are cut
 * where they promise most until what is promised is reached (branch and bound over one
 * number). What is promised is what is told: certain wherever the cutting ends. */
#include <math.h>

#include "bounds/cone.h"
#include "irminon/memory.h"

enum { OWN_ABOVE = 0, OWN_BELOW, OTHER_ABOVE, OTHER_BELOW, FORMS };
enum { MOST_PIECES = 128 };
/* What is promised and what is reached may differ by that part of it. */
static const double CLOSE = 1e-7;

typedef struct pair {
    bounds_cone cone;
    bounds_part part;
    double *k[FORMS], fixed[FORMS];
    double *mixed, *point; /* room: a combination of forms; the optimum */
    bool quotient, most;
    int low_row, high_row; /* other_below - from x own_below >= 0, and <= with `to` */
} pair;

typedef struct piece {
    double from, to, bound;
} piece;

static double form_at(const pair *p, int form) {
    size_t n = p->part.n_cells;
    double sum = p->fixed[form] * p->point[n];
    for (size_t i = 0; i < n; i++) {
        sum += p->k[form][i] * p->point[i];
    }
    return sum;
}

/* What the point reaches: NaN where a denominator is nothing. */
static double reached(const pair *p) {
    double a = form_at(p, OWN_ABOVE), b = form_at(p, OWN_BELOW);
    double c = form_at(p, OTHER_ABOVE), d = form_at(p, OTHER_BELOW);
    double value = p->quotient ? a * d / (b * c) : a / b - c / d;
    return isfinite(value) ? value : NAN;
}

/* form + factor x other, by cell of the part; its constant. */
static double mix(pair *p, int form, double factor, int other) {
    for (size_t i = 0; i < p->part.n_cells; i++) {
        p->mixed[i] = p->k[form][i] + factor * p->k[other][i];
    }
    return p->fixed[form] + factor * p->fixed[other];
}

/* The extreme of the other's numerator in the piece, of the side that counts; false where
 * nothing bounds it. */
static bool extreme_above(pair *p, double *value) {
    bounds_cone_aim(&p->cone, p->k[OTHER_ABOVE], p->fixed[OTHER_ABOVE]);
    if (bounds_cone_solve(&p->cone, !p->most, value, NULL) != BOUNDS_SOLVED) {
        *value = 0;
        return p->most; /* it is never under 0 */
    }
    double slack = CLOSE * CLOSE + 1e-9 * fabs(*value);
    *value = p->most ? fmax(0, *value - slack) : *value + slack;
    return true;
}

/* Aims at a - c v, with v = 1 / s put under (over) a straight line of s = d, and the
 * product under (over) its envelope (McCormick, Mathematical Programming 10, 1976) at the
 * extreme of c. What is left out of the objective is returned. */
static double aim_gap(pair *p, const piece *at) {
    double v = 1 / at->to, rise = 0, base = 0, c;
    if (!extreme_above(p, &c)) {
        v = 1 / at->from; /* c v <= c / from */
        c = 0;
    }
    if (p->most) {
        double middle = sqrt(at->from * at->to);
        base = 2 / middle;
        rise = -1 / (middle * middle);
    } else if (at->from < at->to) {
        rise = (1 / at->to - 1 / at->from) / (at->to - at->from);
        base = 1 / at->from - rise * at->from;
    } else {
        base = v;
    }
    double fixed = mix(p, OWN_ABOVE, -v, OTHER_ABOVE);
    for (size_t i = 0; i < p->part.n_cells; i++) {
        p->mixed[i] -= c * rise * p->k[OTHER_BELOW][i];
    }
    bounds_cone_aim(&p->cone, p->mixed, fixed - c * rise * p->fixed[OTHER_BELOW]);
    return c * (v - base);
}

/* Bounds what the pair may be while s is in the piece; false where it is nowhere. */
static bool bound_piece(pair *p, piece *at, double *found) {
    double fixed = mix(p, OTHER_BELOW, -at->from, OWN_BELOW), rest = 0, value;
    p->low_row = bounds_cone_row(&p->cone, p->low_row, p->mixed, fixed, GLP_LO, 0);
    fixed = mix(p, OTHER_BELOW, -at->to, OWN_BELOW);
    p->high_row = bounds_cone_row(&p->cone, p->high_row, p->mixed, fixed, GLP_UP, 0);
    if (!p->quotient) {
        rest = aim_gap(p, at);
    }
    *found = NAN;
    bounds_answer answer = bounds_cone_solve(&p->cone, p->most, &value, p->point);
    if (answer == BOUNDS_NOTHING) {
        return false;
    }
    at->bound = p->most ? INFINITY : -INFINITY;
    if (answer == BOUNDS_SOLVED) {
        at->bound = p->quotient ? value * (p->most ? at->to : at->from) : value + rest;
        *found = reached(p);
    }
    return true;
}

static bool better(const pair *p, double a, double b) {
    return isnan(b) || (p->most ? a > b : a < b);
}

/* Adds a piece of another whose bound is `within`, and keeps the best that was reached.
 */
static void add_piece(pair *p, piece *pieces, size_t *count, double from, double to,
                      double within, double *best) {
    piece made = {from, to, within};
    double found;
    if (!bound_piece(p, &made, &found)) {
        return;
    }
    if (!isnan(found) && better(p, found, *best)) {
        *best = found;
    }
    made.bound = better(p, made.bound, within) ? within : made.bound;
    pieces[(*count)++] = made;
}

static size_t most_promising(const pair *p, const piece *pieces, size_t count) {
    size_t at = 0;
    for (size_t i = 1; i < count; i++) {
        at = better(p, pieces[i].bound, pieces[at].bound) ? i : at;
    }
    return at;
}

/* The extreme of the pair for s in [from, to]; infinite where nothing bounds it. */
static double extreme(pair *p, double from, double to) {
    piece pieces[MOST_PIECES + 4];
    size_t count = 0;
    double best = NAN, endless = p->most ? INFINITY : -INFINITY;
    add_piece(p, pieces, &count, from, from, endless, &best);
    if (from < to) { /* the ends tell what is reached, no more */
        add_piece(p, pieces, &count, to, to, endless, &best);
        count = 0;
        add_piece(p, pieces, &count, from, to, endless, &best);
    }
    while (count > 0 && count < MOST_PIECES) {
        size_t at = most_promising(p, pieces, count);
        piece one = pieces[at];
        bool done = fabs(one.bound - best) <= CLOSE * (1 + fabs(best));
        double middle = sqrt(one.from * one.to);
        if (done || !isfinite(one.bound) || !(one.from < middle && middle < one.to)) {
            break;
        }
        pieces[at] = pieces[--count];
        add_piece(p, pieces, &count, one.from, middle, one.bound, &best);
        add_piece(p, pieces, &count, middle, one.to, one.bound, &best);
    }
    double told = count > 0 ? pieces[most_promising(p, pieces, count)].bound : NAN;
    told = isnan(told) ? endless : told;
    told = !isnan(best) && better(p, best, told) ? best : told;
    double slack = CLOSE * (1 + fabs(told));
    return isfinite(told) ? told + (p->most ? slack : -slack) : told;
}

static irm_status pair_open(pair *p, const irm_bounds *bounds,
                            const irm_bounds_affine *of, irm_error *error) {
    const irm_bounds_term *forms[FORMS];
    size_t counts[FORMS];
    bool several;
    for (int f = 0; f < FORMS; f++) {
        forms[f] = of[f].terms;
        counts[f] = of[f].n_terms;
    }
    IRM_TRY(bounds_touched_part(bounds, forms, counts, FORMS, &p->part, &several, error));
    size_t n = p->part.n_cells + 1;
    p->mixed = irm_calloc(n, sizeof *p->mixed);
    p->point = irm_calloc(n, sizeof *p->point);
    bool room = p->mixed != NULL && p->point != NULL;
    for (int f = 0; room && f < FORMS; f++) {
        p->k[f] = irm_calloc(n, sizeof *p->k[f]);
        room = p->k[f] != NULL;
        if (room) {
            bounds_gather(bounds, &p->part, of[f].terms, of[f].n_terms, of[f].constant,
                          p->k[f], &p->fixed[f]);
        }
    }
    if (!room) {
        return irm_fail_memory(error);
    }
    IRM_TRY(bounds_cone_open(&p->cone, bounds, &p->part, error));
    int one = p->quotient ? OTHER_ABOVE : OWN_BELOW;
    bounds_cone_row(&p->cone, 0, p->k[one], p->fixed[one], GLP_FX, 1);
    if (p->quotient) {
        bounds_cone_aim(&p->cone, p->k[OWN_ABOVE], p->fixed[OWN_ABOVE]);
    }
    return IRM_OK;
}

static void pair_close(pair *p) {
    bounds_cone_close(&p->cone);
    bounds_part_clear(&p->part);
    irm_free(p->mixed);
    irm_free(p->point);
    for (int f = 0; f < FORMS; f++) {
        irm_free(p->k[f]);
    }
}

static irm_status least_of(const irm_bounds *bounds, const irm_bounds_affine *form,
                           double *least, irm_error *error) {
    double most;
    return irm_bounds_form(bounds, form->terms, form->n_terms, form->constant, least,
                           &most, error);
}

/* False where a form that must not be under 0 may be, or a denominator may be nothing. */
static irm_status may_be_solved(const irm_bounds *bounds, const irm_bounds_affine *of,
                                bool quotient, bool *may, irm_error *error) {
    double least[FORMS];
    for (int f = 0; f < FORMS; f++) {
        IRM_TRY(least_of(bounds, &of[f], &least[f], error));
    }
    *may = least[OWN_BELOW] > 0 && least[OTHER_BELOW] > 0 && least[OTHER_ABOVE] > -1e-6 &&
           (!quotient || least[OWN_ABOVE] > -1e-6);
    return IRM_OK;
}

static irm_status solve(const irm_bounds *bounds, const irm_bounds_affine *of,
                        bool quotient, double *lower, double *upper, irm_error *error) {
    bool may = false;
    double from, to;
    *lower = -INFINITY;
    *upper = INFINITY;
    IRM_TRY(may_be_solved(bounds, of, quotient, &may, error));
    if (!may) {
        return IRM_OK;
    }
    IRM_TRY(irm_bounds_ratio(bounds, of[OTHER_BELOW].terms, of[OTHER_BELOW].n_terms,
                             of[OTHER_BELOW].constant, of[OWN_BELOW].terms,
                             of[OWN_BELOW].n_terms, of[OWN_BELOW].constant, &from, &to,
                             error));
    if (!(from > 0) || !isfinite(to)) {
        return IRM_OK;
    }
    pair p = {.quotient = quotient};
    irm_status status = pair_open(&p, bounds, of, error);
    if (status == IRM_OK) {
        *lower = extreme(&p, from, to);
        p.most = true;
        *upper = extreme(&p, from, to);
    }
    pair_close(&p);
    return status;
}

irm_status irm_bounds_gap(const irm_bounds *bounds, const irm_bounds_affine forms[4],
                          double *lower, double *upper, irm_error *error) {
    return solve(bounds, forms, false, lower, upper, error);
}

irm_status irm_bounds_quotient(const irm_bounds *bounds, const irm_bounds_affine forms[4],
                               double *lower, double *upper, irm_error *error) {
    return solve(bounds, forms, true, lower, upper, error);
}
