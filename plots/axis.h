/* Round graduations. */
#ifndef IRMINON_PLOTS_AXIS_H
#define IRMINON_PLOTS_AXIS_H

#include <stdbool.h>
#include <stddef.h>

/* A value that can be drawn: known, and of a size that keeps its arithmetic finite. */
bool axis_shows(double value);

enum { AXIS_MOST = 24 };

typedef struct axis {
    double low, high; /* what the axis covers */
    double step;
    int decimals; /* that its labels need */
    size_t n;
    double tick[AXIS_MOST];
} axis;

/* An axis over [low, high] (finite) in steps of 1, 2 or 5 times a power of ten, about
 * `wanted` of them, whose ends are graduations. */
axis axis_over(double low, double high, int wanted);
/* Where a value falls between `from` (low) and `to` (high). */
double axis_place(const axis *of, double value, double from, double to);
/* 1, 2 or 5 times a power of ten, not above `value` (> 0). */
double axis_round_below(double value);

#endif
