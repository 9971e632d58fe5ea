/* Text as ink: how wide it is, where its lines break. */
#ifndef IRMINON_PLOTS_TEXT_H
#define IRMINON_PLOTS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "canvas.h"

/* Advance of a character, as a part of the font's size. */
double metrics_advance(unsigned long character, bool bold);

/* Width in CSS pixels of one line of UTF-8. */
double text_width(const char *text, font face);

/* Lines that fit a width. Owns its text. */
typedef struct lines {
    char **text;
    size_t count;
    bool failed; /* for lack of memory: there are none */
} lines;
/* Breaks `text` at spaces (never at no-break ones) and after hyphens; a word that is
 * wider than a line is cut. With `most` > 0, at most that many lines, the last ended by
 * "…". */
lines text_wrap(const char *text, font face, double width, size_t most);
void lines_clear(lines *these);
/* `text` cut to a width, ended by "…" when it did not fit; allocated (irm_free). */
char *text_fit(const char *text, font face, double width);

#endif
