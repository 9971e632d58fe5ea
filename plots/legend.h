/* The legend of a map: classes with their limits and counts, missing values, circles. */
#ifndef IRMINON_PLOTS_LEGEND_H
#define IRMINON_PLOTS_LEGEND_H

#include "circles.h"
#include "classes.h"

typedef struct legend {
    const irm_map *map;
    const classes *classes;
    const circles *circles; /* or NULL */
    const char *lang;
    size_t secret, missing;
    double width, height;                       /* what it takes */
    double circles_x, circles_y, circles_width; /* where the circles go in it */
} legend;

/* Measures, for a room that wide; `column`: one thing under another. */
legend legend_make(const irm_map *map, const classes *of, const circles *sized,
                   const char *lang, double room, bool column);
/* Draws with its top left corner at (x, y). */
irm_status legend_draw(canvas *page, const legend *of, double x, double y);

#endif
