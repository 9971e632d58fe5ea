#include "axis.h"

#include <math.h>

bool axis_shows(double value) { return isfinite(value) && fabs(value) < 1e18; }

static double round_step(double rough) {
    double power = pow(10, floor(log10(rough)));
    double part = rough / power;
    return (part <= 1.0001 ? 1 : part <= 2.0001 ? 2 : part <= 5.0001 ? 5 : 10) * power;
}

double axis_round_below(double value) {
    double power = pow(10, floor(log10(value)));
    double part = value / power * (1 + 1e-12);
    return (part >= 5 ? 5 : part >= 2 ? 2 : 1) * power;
}

axis axis_over(double low, double high, int wanted) {
    axis of = {0};
    if (!(high > low)) {
        double room = low == 0 ? 1 : fabs(low) * 0.1;
        low -= low == 0 ? 0 : room;
        high += room;
    }
    of.step = round_step((high - low) / wanted);
    double first = floor(low / of.step + 1e-9), last = ceil(high / of.step - 1e-9);
    while (last - first + 1 > AXIS_MOST) {
        of.step = round_step(of.step * 1.5);
        first = floor(low / of.step + 1e-9);
        last = ceil(high / of.step - 1e-9);
    }
    of.decimals = of.step < 1 ? (int)-floor(log10(of.step) + 1e-9) : 0;
    of.low = first * of.step;
    of.high = last * of.step;
    for (double k = first; k <= last && of.n < AXIS_MOST; k++) {
        of.tick[of.n++] = k * of.step;
    }
    return of;
}

double axis_place(const axis *of, double value, double from, double to) {
    return from + (value - of->low) / (of->high - of->low) * (to - from);
}
