/* The portrait as a folder: a page one can read, print and put before elected officials,
 * and the same as data.
 *
 *   portrait.html    self-contained (figures inline, no script)
 *   portrait.json    everything, for another program
 *   portrait.xlsx    for a spreadsheet
 *   indicators.csv   the `indicators` contract, territory and references
 *   figures/         each figure as .svg and .png */
#ifndef IRMINON_PORTRAIT_PAGE_H
#define IRMINON_PORTRAIT_PAGE_H

#include "irminon/portrait.h"
#include "irminon/progress.h"
#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct irm_portrait_options {
    const char *lang;   /* "fr" (NULL) or "en" */
    const char *locale; /* of the CSV: "fr" for semicolon and decimal comma; NULL: plain */
    bool no_png;        /* leave out the .png twins: a series of many portraits */
} irm_portrait_options;

/* Writes the portrait into `folder`, made when needed. What is missing from the store (no
 * geometry, no pyramid) is left out of the page and said in it. */
IRM_API irm_status irm_portrait_write(const irm_portrait *portrait, const char *folder,
                                      const irm_portrait_options *options,
                                      const irm_reporter *reporter, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
