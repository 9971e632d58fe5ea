/* Class limits. Classes are closed on the left, [b0, b1[ … [bk-1, bk]: "from b0 to less
 * than b1", as French tables word them; an inner limit is the lowest value of its class.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "irminon/figure.h"
#include "irminon/memory.h"

enum { MOST_CLASSES = 32 };

/* Distinct values in order, how many times each occurs. */
typedef struct tally {
    double *value;
    double *count;
    size_t n, total;
} tally;

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void tally_clear(tally *of) {
    irm_free(of->value);
    irm_free(of->count);
}

static irm_status tally_fill(tally *of, const double *values, size_t n,
                             irm_error *error) {
    *of = (tally){.value = irm_calloc(n, sizeof(double)),
                  .count = irm_calloc(n, sizeof(double))};
    if (of->value == NULL || of->count == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        if (isfinite(values[i])) {
            of->value[of->total++] = values[i] == 0 ? 0 : values[i]; /* no −0 */
        }
    }
    qsort(of->value, of->total, sizeof(double), by_value);
    for (size_t i = 0; i < of->total; i++) {
        if (of->n == 0 || of->value[of->n - 1] != of->value[i]) {
            of->value[of->n] = of->value[i];
            of->n++;
        }
        of->count[of->n - 1]++;
    }
    return IRM_OK;
}

/* Limits at the first value of each n-th part of the sorted values; equal ones merge. */
static size_t quantile_breaks(const tally *of, size_t n_classes, double *breaks) {
    size_t done = 1;
    double below = 0;
    size_t at = 0;
    breaks[0] = of->value[0];
    for (size_t class = 1; class < n_classes; class ++) {
        double rank = ceil((double)of->total * (double)class / (double)n_classes);
        while (at + 1 < of->n && below + of->count[at] <= rank) {
            below += of->count[at++];
        }
        if (of->value[at] > breaks[done - 1]) {
            breaks[done++] = of->value[at];
        }
    }
    return done;
}

static size_t equal_breaks(const tally *of, size_t n_classes, double *breaks) {
    double low = of->value[0], high = of->value[of->n - 1];
    size_t done = 1;
    breaks[0] = low;
    for (size_t class = 1; class < n_classes; class ++) {
        double part = (double)class / (double)n_classes;
        double limit = low * (1 - part) + high * part;
        if (limit > breaks[done - 1] && limit < high) {
            breaks[done++] = limit;
        }
    }
    return done;
}

/* Fisher's optimal partition (W. D. Fisher, On Grouping for Maximum Homogeneity, JASA 53,
 * 1958), by dynamic programming over distinct values. The cost of a class satisfies the
 * quadrangle inequality, so that best splits are monotone and each layer is filled by
 * divide and conquer: O(k·n·log n), exact. */
typedef struct fisher {
    const tally *of;
    double centre;         /* taken off, so that squares lose no digits */
    double *sum, *square;  /* over the first i distinct values */
    double *before, *cost; /* of the best partition of the first i, k - 1 and k classes */
    uint32_t *split;       /* k rows: where the last class starts */
} fisher;

static double class_cost(const fisher *f, const double *weight, size_t from, size_t to) {
    double w = weight[to] - weight[from], s = f->sum[to] - f->sum[from];
    double cost = (f->square[to] - f->square[from]) - s * s / w;
    return cost > 0 ? cost : 0;
}

static void fill_layer(fisher *f, const double *weight, uint32_t *split, size_t low,
                       size_t high, size_t first, size_t last) {
    while (low <= high) {
        size_t middle = low + (high - low) / 2;
        size_t top = last < middle - 1 ? last : middle - 1, best = first;
        double lowest = INFINITY;
        for (size_t from = first; from <= top; from++) {
            double cost = f->before[from] + class_cost(f, weight, from, middle);
            if (cost < lowest) {
                lowest = cost;
                best = from;
            }
        }
        f->cost[middle] = lowest;
        split[middle] = (uint32_t)best;
        if (middle > low) {
            fill_layer(f, weight, split, low, middle - 1, first, best);
        }
        low = middle + 1;
        first = best;
    }
}

static void prefix_sums(fisher *f, double *weight) {
    const tally *of = f->of;
    f->centre = 0;
    for (size_t i = 0; i < of->n; i++) {
        f->centre += of->value[i] * (of->count[i] / (double)of->total);
    }
    for (size_t i = 0; i < of->n; i++) {
        double x = of->value[i] - f->centre;
        weight[i + 1] = weight[i] + of->count[i];
        f->sum[i + 1] = f->sum[i] + of->count[i] * x;
        f->square[i + 1] = f->square[i] + of->count[i] * x * x;
    }
}

static void solve(fisher *f, const double *weight, size_t n_classes, double *breaks) {
    size_t n = f->of->n;
    for (size_t i = 1; i <= n; i++) {
        f->before[i] = class_cost(f, weight, 0, i);
    }
    for (size_t k = 1; k < n_classes; k++) {
        fill_layer(f, weight, f->split + k * (n + 1), k + 1, n, k, n - 1);
        double *swap = f->before;
        f->before = f->cost;
        f->cost = swap;
    }
    size_t end = n;
    for (size_t k = n_classes; k-- > 1;) {
        end = f->split[k * (n + 1) + end];
        breaks[k] = f->of->value[end];
    }
    breaks[0] = f->of->value[0];
}

static irm_status jenks_breaks(const tally *of, size_t n_classes, double *breaks,
                               irm_error *error) {
    size_t size = of->n + 1;
    fisher f = {.of = of,
                .sum = irm_calloc(size, sizeof(double)),
                .square = irm_calloc(size, sizeof(double)),
                .before = irm_calloc(size, sizeof(double)),
                .cost = irm_calloc(size, sizeof(double)),
                .split = irm_calloc(size * n_classes, sizeof(uint32_t))};
    double *weight = irm_calloc(size, sizeof(double));
    irm_status status = IRM_OK;
    if (!f.sum || !f.square || !f.before || !f.cost || !f.split || !weight) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    prefix_sums(&f, weight);
    solve(&f, weight, n_classes, breaks);
cleanup:
    irm_free(f.sum);
    irm_free(f.square);
    irm_free(f.before);
    irm_free(f.cost);
    irm_free(f.split);
    irm_free(weight);
    return status;
}

static irm_status check_given(size_t n_classes, const double *breaks, irm_error *error) {
    for (size_t i = 0; i < n_classes; i++) {
        if (!isfinite(breaks[i]) || !(breaks[i + 1] > breaks[i])) {
            return irm_fail(error, IRM_STATUS_USAGE,
                            "class limits must ascend: %g is followed by %g", breaks[i],
                            breaks[i + 1]);
        }
    }
    return IRM_OK;
}

irm_status irm_breaks(const double *values, size_t n, irm_breaks_method method,
                      size_t *n_classes, double *breaks, irm_error *error) {
    if (*n_classes == 0 || *n_classes > MOST_CLASSES) {
        return irm_fail(error, IRM_STATUS_USAGE, "%zu classes: from 1 to %d are possible",
                        *n_classes, MOST_CLASSES);
    }
    if (method == IRM_BREAKS_GIVEN) {
        return check_given(*n_classes, breaks, error);
    }
    tally of;
    irm_status status = tally_fill(&of, values, n, error);
    if (status == IRM_OK && of.n == 0) {
        *n_classes = 0;
    } else if (status == IRM_OK) {
        size_t classes = *n_classes < of.n ? *n_classes : of.n;
        if (method == IRM_BREAKS_JENKS) {
            status = jenks_breaks(&of, classes, breaks, error);
        } else if (method == IRM_BREAKS_EQUAL) {
            classes = equal_breaks(&of, classes, breaks);
        } else {
            classes = quantile_breaks(&of, classes, breaks);
        }
        breaks[classes] = of.value[of.n - 1];
        *n_classes = classes;
    }
    tally_clear(&of);
    return status;
}
