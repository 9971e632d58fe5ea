/* Patterns over headers and file names: {yy}, {yyyy}, {yy0}, {LEVEL} and *. */
#ifndef IRMINON_DESCRIPTORS_PATTERN_H
#define IRMINON_DESCRIPTORS_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/* What a pattern read in a name; 0 and "" where it says nothing. */
typedef struct pattern_match {
    int year;       /* {yy} or {yyyy} */
    int first_year; /* {yy0} */
    char level[24]; /* {LEVEL}, as written */
} pattern_match;

/* True where `name` (whole) fits `pattern`, whatever the case. */
bool pattern_fits(const char *pattern, const char *name, pattern_match *match);
/* True where the beginning of a file's name fits, whatever follows; a year is not
 * followed by another digit. "FILO2019_DISP_COM (1).csv" fits "FILO{yyyy}_DISP_{LEVEL}".
 */
bool pattern_fits_file(const char *pattern, const char *name, pattern_match *match);
/* NULL when well formed, or what is wrong with it. */
const char *pattern_mistake(const char *pattern);
bool pattern_has_year(const char *pattern);
/* The pattern without its braces, years and *, into `id`. */
void pattern_strip(const char *pattern, char *id, size_t size);
/* `text` with {yyyy}, {yy} and {yy0} replaced by years, into `out`. */
void pattern_expand(const char *text, int year, int first_year, char *out, size_t size);

#endif
