/* The typology as a page one can put before elected officials, and its figures.
 *
 *   typology.html    self-contained (figures inline, no script)
 *   figures/         each figure as .svg (.png for a map of thousands of shapes) and .png
 */
#ifndef IRMINON_TYPOLOGY_PAGE_H
#define IRMINON_TYPOLOGY_PAGE_H

#include "irminon/progress.h"
#include "irminon/status.h"
#include "irminon/typology.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct irm_typology_page_options {
    const char *lang;                /* "fr" (NULL) or "en" */
    const char *title;               /* "Typologie des communes : Haute-Loire" */
    const char *units_fr, *units_en; /* what the units are, in the plural: "communes" */
    const char *source;              /* sentence of the sources */
    const irm_shapes *context;       /* greyed surroundings; or NULL */
    const irm_shapes *outlines;      /* boundaries drawn over; or NULL */
    bool fictional;
    bool no_png; /* leave out the .png twins */
    int year;    /* of most variables; 0 unknown */
} irm_typology_page_options;

/* Draws the figures into `folder`/figures and writes typology.html. */
IRM_API irm_status irm_typology_page_write(const irm_typology *typology,
                                           const char *folder,
                                           const irm_typology_page_options *options,
                                           const irm_reporter *reporter,
                                           irm_error *error);
/* The page of a projection: where each class goes. */
IRM_API irm_status irm_typology_projection_page_write(
    const irm_typology_projection *projection, const char *folder,
    const irm_typology_page_options *options, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
