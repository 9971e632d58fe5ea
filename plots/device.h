/* What lies between PLplot's devices and the files that are kept. */
#ifndef IRMINON_PLOTS_DEVICE_H
#define IRMINON_PLOTS_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "irminon/status.h"
#include "irminon/text.h"

typedef enum device_form { DEVICE_SVG = 0, DEVICE_PNG, DEVICE_PDF } device_form;

typedef struct device {
    const char *extension;
    const char *plplot_name;
    device_form form;
    double scale;      /* device units per CSS pixel (of a PNG: the request's) */
    double text_ratio; /* PLplot's points of text per device unit of size */
} device;

/* By the path's extension; NULL for one that is not known. */
const device *device_of(const char *path);

/* Words for the fills that PLplot wrote between two bytes of its SVG. */
typedef struct svg_tip {
    size_t from, to;
    char *text; /* owned by whoever made it */
} svg_tip;

/* What PLplot's SVG does not say. */
typedef struct svg_words {
    const char *title, *description; /* borrowed, may be NULL */
    double width, height;            /* CSS pixels */
    double scale;                    /* PLplot's units per CSS pixel */
    double baseline;                 /* baseline below the reference, in sizes */
    const bool *halos;               /* by text, in order of drawing */
    size_t n_texts;
    const svg_tip *tips; /* in order */
    size_t n_tips;
} svg_words;

/* Rewrites what PLplot's svg device wrote as a small, clean SVG: CSS pixels, paths with
 * relative coordinates, attributes shared by groups, text as characters, a title for
 * screen readers, no identifiers (several stand in one page) and no fixed size beyond its
 * viewBox. Errors: INTERNAL when it is not what that device writes. */
irm_status svg_rewrite(const char *plplot, size_t size, const svg_words *words,
                       irm_buffer *svg, irm_error *error);

/* Blanks the creation date that Cairo writes into a PDF, in place: no output bears the
 * time it was made. */
void pdf_forget_date(char *bytes, size_t size);

#endif
