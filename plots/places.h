/* Names on a map, for the places that matter most, where they do not run into each other.
 */
#ifndef IRMINON_PLOTS_PLACES_H
#define IRMINON_PLOTS_PLACES_H

#include "canvas.h"
#include "clip.h"

typedef struct place_name {
    const char *name; /* borrowed; NULL for none */
    double x, y;      /* of the place, on the page */
    double radius;    /* of the circle drawn there, or 0 */
    double weight;    /* what decides who comes first */
} place_name;

/* Sorts `places`, then draws each name that finds room: beside its circle, or over its
 * place, inside `within`. At most `most` of them. */
irm_status places_draw(canvas *page, place_name *places, size_t n, box within,
                       size_t most);

#endif
