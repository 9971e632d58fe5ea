#include "classes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "axis.h"
#include "irminon/memory.h"
#include "style.h"

/* The limit moved, within the gap between two classes, to the number with the fewest
 * decimals: the partition is the same and the legend can be read. */
static double tidy_limit(const double *values, size_t n, double limit, int decimals) {
    double below = -INFINITY, above = INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (axis_shows(values[i])) {
            below = values[i] < limit ? fmax(below, values[i]) : below;
            above = values[i] >= limit ? fmin(above, values[i]) : above;
        }
    }
    for (int d = 0; d <= decimals && isfinite(above); d++) {
        double unit = pow(10, d);
        double round = fmin(floor(above * unit + 1e-9) / unit, above);
        if (round > below) {
            return round;
        }
    }
    return limit;
}

static size_t default_classes(size_t n) { return n < 8 ? 3 : n < 16 ? 4 : 5; }

/* Values on one side of the middle, copied. */
static size_t one_side(const double *values, size_t n, double middle, bool above,
                       double *into) {
    size_t some = 0;
    for (size_t i = 0; i < n; i++) {
        if (axis_shows(values[i]) && (values[i] >= middle) == above) {
            into[some++] = values[i];
        }
    }
    return some;
}

/* Half of the classes under the middle, half over it; the middle is a limit. */
static irm_status diverging_breaks(classes *of, const irm_map *map, size_t n,
                                   size_t wanted, irm_error *error) {
    double *side = irm_calloc(n, sizeof *side);
    if (side == NULL) {
        return irm_fail_memory(error);
    }
    double low[CLASSES_MOST + 1], high[CLASSES_MOST + 1];
    size_t n_low = (wanted + 1) / 2, n_high = (wanted + 1) / 2;
    size_t some = one_side(map->colour, n, map->middle, false, side);
    irm_status status = irm_breaks(side, some, map->method, &n_low, low, error);
    if (status == IRM_OK) {
        some = one_side(map->colour, n, map->middle, true, side);
        status = irm_breaks(side, some, map->method, &n_high, high, error);
    }
    irm_free(side);
    memcpy(of->breaks, low, n_low * sizeof *low);
    memcpy(of->breaks + n_low, high, n_high * sizeof *high);
    of->n = n_low + n_high;
    if (n_low > 0) {
        of->breaks[n_low] = map->middle;
    }
    of->breaks[of->n] = n_high > 0 ? high[n_high] : map->middle;
    return status;
}

static irm_status find_breaks(classes *of, const irm_map *map, size_t n, size_t wanted,
                              irm_error *error) {
    of->n = wanted;
    if (map->method == IRM_BREAKS_GIVEN) {
        if (map->breaks == NULL || wanted == 0 || wanted > CLASSES_MOST) {
            return irm_fail(error, IRM_STATUS_USAGE,
                            "given class limits: from 1 to %d classes", CLASSES_MOST);
        }
        memcpy(of->breaks, map->breaks, (wanted + 1) * sizeof *of->breaks);
        return irm_breaks(map->colour, n, map->method, &of->n, of->breaks, error);
    }
    if (map->diverging) {
        return diverging_breaks(of, map, n, wanted, error);
    }
    return irm_breaks(map->colour, n, map->method, &of->n, of->breaks, error);
}

static void choose_colours(classes *of, const irm_map *map) {
    size_t below = 0;
    while (below < of->n && of->breaks[below + 1] <= map->middle) {
        below++;
    }
    for (size_t i = 0; i < of->n; i++) {
        of->colour[i] = map->diverging ? style_diverging(i, below, of->n - below)
                                       : style_sequential(i, of->n);
    }
}

static void count_shapes(classes *of, const irm_map *map, size_t n) {
    for (size_t i = 0; i < n; i++) {
        int class = classes_of(of, map, i);
        if (class >= 0) {
            of->count[class]++;
            of->open_low = of->open_low || map->colour[i] < of->breaks[0];
            of->open_high = of->open_high || map->colour[i] > of->breaks[of->n];
        } else {
            of->secret += class == CLASS_SECRET;
            of->missing += class == CLASS_MISSING;
        }
    }
}

/* Categories are their own classes. */
static irm_status make_categories(classes *of, const irm_map *map, size_t n,
                                  irm_error *error) {
    if (map->n_classes == 0 || map->n_classes > CLASSES_MOST) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "a map shows from 1 to %d categories, not %zu", CLASSES_MOST,
                        map->n_classes);
    }
    of->n = map->n_classes;
    of->names = map->names;
    for (size_t i = 0; i < of->n; i++) {
        of->colour[i] = style_category(i);
        of->breaks[i] = (double)i;
    }
    of->breaks[of->n] = (double)of->n;
    count_shapes(of, map, n);
    of->open_low = of->open_high = false;
    return IRM_OK;
}

irm_status classes_make(classes *of, const irm_map *map, size_t n, irm_error *error) {
    *of = (classes){0};
    if (map->names != NULL) {
        return make_categories(of, map, n, error);
    }
    size_t known = 0;
    for (size_t i = 0; i < n; i++) {
        known += axis_shows(map->colour[i]);
    }
    size_t wanted = map->n_classes > 0 ? map->n_classes : default_classes(known);
    IRM_TRY(find_breaks(of, map, n, wanted, error));
    for (size_t i = 1; i < of->n && map->method != IRM_BREAKS_GIVEN; i++) {
        if (!map->diverging || of->breaks[i] != map->middle) {
            of->breaks[i] = tidy_limit(map->colour, n, of->breaks[i], map->decimals);
        }
    }
    choose_colours(of, map);
    count_shapes(of, map, n);
    return IRM_OK;
}

int classes_of(const classes *of, const irm_map *map, size_t shape) {
    double value = map->colour[shape];
    if (!axis_shows(value) || of->n == 0) {
        return map->secret != NULL && map->secret[shape] ? CLASS_SECRET : CLASS_MISSING;
    }
    if (of->names != NULL) {
        return value >= 0 && value < (double)of->n ? (int)value : CLASS_OTHER;
    }
    size_t class = 0;
    while (class + 1 < of->n && value >= of->breaks[class + 1]) {
        class ++;
    }
    return (int)class;
}

void classes_label(const classes *of, size_t class, int decimals, const char *lang,
                   char *text, size_t size) {
    char low[64], high[64];
    bool english = lang != NULL && strcmp(lang, "en") == 0;
    bool last = class + 1 == of->n;
    if (of->names != NULL) {
        snprintf(text, size, "%s", of->names[class]);
        return;
    }
    irm_number_text(of->breaks[class], decimals, lang, low, sizeof low);
    irm_number_text(of->breaks[class + 1], decimals, lang, high, sizeof high);
    if (of->breaks[class] == of->breaks[class + 1]) {
        snprintf(text, size, "%s", low);
    } else if (class == 0 && of->open_low && !last) {
        snprintf(text, size, english ? "under %s" : "moins de %s", high);
    } else if (last && of->open_high) {
        snprintf(text, size, english ? "%s and over" : "%s et plus", low);
    } else if (last) {
        snprintf(text, size, english ? "%s to %s" : "de %s à %s", low, high);
    } else {
        snprintf(text, size, english ? "%s to under %s" : "de %s à moins de %s", low,
                 high);
    }
}
