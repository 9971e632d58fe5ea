/* The sections of a typology's page. */
#ifndef IRMINON_TYPOLOGY_SECTIONS_H
#define IRMINON_TYPOLOGY_SECTIONS_H

#include "irminon/page.h"
#include "typology/drawing.h"

irm_status typology_page_brief(irm_page *page, const typology_drawing *drawing,
                               irm_error *error);
irm_status typology_page_classes(irm_page *page, const typology_drawing *drawing,
                                 irm_error *error);
irm_status typology_page_method(irm_page *page, const typology_drawing *drawing,
                                irm_error *error);
/* Nothing where neither neighbours nor alpha were measured. */
irm_status typology_page_space(irm_page *page, const typology_drawing *drawing,
                               irm_error *error);

/* "communes", or what the options call the units. */
const char *typology_units_word(const typology_drawing *drawing);
/* "stable", "to be used with care", "unstable"; a dash where it is not known. */
const char *typology_reading_words(const typology_drawing *drawing, double jaccard);
irm_status typology_put_figure(irm_page *page, const typology_drawing *drawing,
                               const typology_figure *figure, irm_error *error);
/* All those of a section. */
irm_status typology_put_figures(irm_page *page, const typology_drawing *drawing,
                                const char *section, irm_error *error);

#endif
