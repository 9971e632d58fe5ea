/* Self-contained HTML pages in the house style: read on a screen, printed on A4, no
 * script.
 *
 * A page is written top-down into a buffer. Text given to these functions is plain (they
 * escape it) unless a parameter is named `html`. Failures of memory are kept in the
 * buffer and told by irm_page_finish. */
#ifndef IRMINON_PAGE_H
#define IRMINON_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "irminon/figure.h"
#include "irminon/status.h"
#include "irminon/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct irm_page {
    irm_buffer html;
    const char *lang; /* "fr" or "en" */
} irm_page;

/* Starts a page. `banner` is a warning over everything (fictional data), or NULL. */
IRM_API void irm_page_begin(irm_page *page, const char *title, const char *subtitle,
                            const char *lang, const char *banner);
/* Ends it and writes the file, whole or not at all; clears the page. */
IRM_API irm_status irm_page_finish(irm_page *page, const char *path, irm_error *error);
IRM_API void irm_page_clear(irm_page *page);

/* A section with its title and anchor; sections do not nest. */
IRM_API void irm_page_section(irm_page *page, const char *id, const char *title);
IRM_API void irm_page_end_section(irm_page *page);
IRM_API void irm_page_heading(irm_page *page, const char *title);
/* The same under the colour (0xRRGGBB) that the figures give to what it names. */
IRM_API void irm_page_coloured_heading(irm_page *page, unsigned colour,
                                       const char *title);
IRM_API void irm_page_paragraph(irm_page *page, const char *css_class, const char *text);

/* Links to sections. */
IRM_API void irm_page_contents(irm_page *page, const char *title, const char *const *ids,
                               const char *const *titles, size_t count);
/* A list of sentences; nothing when empty. */
IRM_API void irm_page_list(irm_page *page, const char *css_class,
                           const char *const *items, size_t count);
/* Terms and what they mean, two by two. */
IRM_API void irm_page_terms(irm_page *page, const char *const *terms,
                            const char *const *meanings, size_t count);

/* A key figure: a large value, its unit and label, and what it is compared to (may be
 * NULL). Between begin and end. */
IRM_API void irm_page_begin_cards(irm_page *page);
IRM_API void irm_page_card(irm_page *page, const char *value, const char *unit,
                           const char *label, const char *compared);
IRM_API void irm_page_end_cards(irm_page *page);

/* Tables: a header row, then rows of cells. `class` of a cell: "" text, "n" a number, "s"
 * a state, "b" bounds; `title` is what a pointer shows (may be NULL). */
IRM_API void irm_page_begin_table(irm_page *page, const char *caption,
                                  const char *const *headers, const char *const *classes,
                                  size_t n_columns);
IRM_API void irm_page_begin_row(irm_page *page, const char *css_class);
IRM_API void irm_page_cell(irm_page *page, const char *css_class, const char *text,
                           const char *title);
IRM_API void irm_page_end_row(irm_page *page);
IRM_API void irm_page_end_table(irm_page *page);

/* A figure drawn to `path`: an SVG goes in as it is, a PNG as base64. Lecture, Champ,
 * Note and Source of the caption are printed below. */
IRM_API irm_status irm_page_figure(irm_page *page, const char *path,
                                   const irm_caption *caption, irm_error *error);
/* Figures side by side where there is room. */
IRM_API void irm_page_begin_figures(irm_page *page);
IRM_API void irm_page_end_figures(irm_page *page);
/* Text, then what stands at its right where there is room. */
IRM_API void irm_page_begin_beside(irm_page *page);
IRM_API void irm_page_beside(irm_page *page);
IRM_API void irm_page_end_beside(irm_page *page);

#ifdef __cplusplus
}
#endif
#endif
