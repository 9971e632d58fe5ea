/* Cutting at a rectangle: what surrounds a map goes beyond its frame. */
#ifndef IRMINON_PLOTS_CLIP_H
#define IRMINON_PLOTS_CLIP_H

#include "rings.h"

typedef struct box {
    double left, top, right, bottom;
} box;

bool box_meets(box a, box b);
box path_box(const path *of);

/* The part of a closed path inside the box (I. Sutherland & G. Hodgman, Reentrant Polygon
 * Clipping, CACM 17, 1974). `of` is used up as working space. */
irm_status clip_polygon(path *into, path *of, box within);
/* Draws the parts of a line that are inside the box. */
irm_status clip_line(canvas *page, pen stroke, const path *of, box within);

#endif
