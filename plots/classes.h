/* The classes of a choropleth: limits, colours, and how many territories each holds. */
#ifndef IRMINON_PLOTS_CLASSES_H
#define IRMINON_PLOTS_CLASSES_H

#include "canvas.h"

enum { CLASSES_MOST = 32, CLASS_SECRET = -1, CLASS_MISSING = -2, CLASS_OTHER = -3 };

typedef struct classes {
    size_t n;
    double breaks[CLASSES_MOST + 1];
    ink colour[CLASSES_MOST];
    size_t count[CLASSES_MOST];
    size_t secret, missing;
    const char *const *names; /* of categories; NULL: numbers */
    bool open_low, open_high; /* values beyond limits that were given */
} classes;

/* Of a map's `colour`, by its method; all counts zero classes when no value is known. */
irm_status classes_make(classes *of, const irm_map *map, size_t n, irm_error *error);
/* The class of a shape, or CLASS_SECRET or CLASS_MISSING; CLASS_OTHER for
 * what is none of the categories. */
int classes_of(const classes *of, const irm_map *map, size_t shape);
/* "de 12,3 à moins de 15,0". */
void classes_label(const classes *of, size_t class, int decimals, const char *lang,
                   char *text, size_t size);

#endif
