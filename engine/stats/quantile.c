#include <math.h>
#include <stdbool.h>

#include "irminon/describe.h"
#include "stats/shares.h"

double irm_quantile(const double *sorted, size_t n, double p) {
    if (n == 0) {
        return NAN;
    }
    double position = p * (double)(n - 1);
    size_t below = (size_t)position;
    if (below + 1 >= n) {
        return sorted[n - 1];
    }
    double part = position - (double)below;
    double low = sorted[below], high = sorted[below + 1];
    /* Equal neighbours give themselves exactly, infinite ones included. */
    return part > 0 && high > low ? low + part * (high - low) : low;
}

/* A sum of positive numbers to about twice the precision of a double (Knuth's two-sum).
 */
typedef struct running {
    double high, low;
} running;

static void run(running *sum, double value) {
    double high = sum->high + value;
    double part = high - sum->high;
    sum->low += (sum->high - (high - part)) + (value - part);
    sum->high = high;
}

static double total_of(running sum) { return sum.high + sum.low; }

static double clamp(double u) { return u < 0 ? 0 : u > 1 ? 1 : u; }

/* The estimator is a mean of the ordered values, each weighted by how much of the window
 * [(h − 1) / n*, h / n*], h = p (n* − 1) + 1, its share of the weights covers, where
 * n* = (Σw)² / Σw² is Kish's effective sample size (Akinshin, 2023). */
double quantile_of_weights(const irm_weighted *sorted, size_t n, double total,
                           double squares, double p) {
    running cumulated = {0};
    double size = total * total / squares;
    double before = 0, first = 0, offset = 0;
    for (size_t i = 0; i < n && before < 1; i++) {
        run(&cumulated, sorted[i].weight);
        double covered = clamp(total_of(cumulated) / total * size - p * (size - 1));
        covered = i + 1 == n ? 1 : covered;
        /* From the first value on, so that equal values give themselves exactly. */
        first = before == 0 ? sorted[i].value : first;
        if (covered > before && sorted[i].value > first) {
            offset += (covered - before) * (sorted[i].value - first);
        }
        before = covered;
    }
    return first + offset;
}

double irm_quantile_weighted(const irm_weighted *sorted, size_t n, double p) {
    if (n == 0) {
        return NAN;
    }
    running sum = {0}, squares = {0};
    for (size_t i = 0; i < n; i++) {
        run(&sum, sorted[i].weight);
        run(&squares, sorted[i].weight * sorted[i].weight);
    }
    return quantile_of_weights(sorted, n, total_of(sum), total_of(squares), p);
}
