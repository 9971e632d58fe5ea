/* Hatching: parallel lines cut to a polygon, in phase over the whole page so that
 * neighbours read as one surface. */
#ifndef IRMINON_PLOTS_HATCH_H
#define IRMINON_PLOTS_HATCH_H

#include "rings.h"

typedef struct hatch {
    pen stroke;
    double angle; /* degrees */
    double step;  /* CSS pixels between lines */
} hatch;

/* What the two kinds of missing values look like. */
hatch hatch_secret(void);
hatch hatch_missing(void);

/* Hatches a closed path (even-odd, so that joined holes stay clear). */
irm_status hatch_fill(canvas *page, const hatch *with, const path *of);

#endif
