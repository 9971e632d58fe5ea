/* Text: borrowed views, growing buffers, UTF-8, and numbers as text.
 *
 * Every string inside Irminon is UTF-8. Numbers are read and written in the C form (dot,
 * no grouping) whatever the locale of the process. */
#ifndef IRMINON_TEXT_H
#define IRMINON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Borrowed bytes, not NUL-terminated. */
typedef struct irm_view {
    const char *data;
    size_t size;
} irm_view;

IRM_API irm_view irm_view_of(const char *text);
IRM_API bool irm_view_equals(irm_view view, const char *text);
IRM_API irm_view irm_view_trim(irm_view view);

/* A growing, always NUL-terminated string. Zero-initialise; clear when done. The first
 * failure is kept in `failed` and later appends do nothing, so that a writer checks once,
 * at the end. */
typedef struct irm_buffer {
    char *data;
    size_t size;
    size_t capacity;
    bool failed;
} irm_buffer;

IRM_API void irm_buffer_clear(irm_buffer *buffer);
IRM_API void irm_buffer_add(irm_buffer *buffer, const char *data, size_t size);
IRM_API void irm_buffer_text(irm_buffer *buffer, const char *text);
IRM_API void irm_buffer_format(irm_buffer *buffer, const char *format, ...) IRM_PRINTF(2, 3);
/* Where `more` bytes may be written and then added to `size`; NULL when there is no memory. */
IRM_API char *irm_buffer_room(irm_buffer *buffer, size_t more);
/* A double so that reading it back gives the same one: the shortest of 15 to 17 digits.
 * Nothing for NaN. */
IRM_API void irm_buffer_number(irm_buffer *buffer, double value);
enum { IRM_NUMBER_ROOM = 48 };
/* The same at `to`, where there is room for IRM_NUMBER_ROOM bytes; returns its length. */
IRM_API size_t irm_number_write(double value, char *to);
/* Rewrites in place the numbers of a JSON text that have a point or an exponent, each in the
 * shortest of 15 to 17 digits that reads back as the same double: JSON libraries print a
 * fixed number of digits (0.94999999999999996). Strings are left alone. */
IRM_API void irm_json_shorten(char *json);
/* A CSV field under RFC 4180: quoted only where `delimiter`, quote or line end require. */
IRM_API void irm_buffer_csv(irm_buffer *buffer, const char *text, char delimiter);
/* Text for HTML/XML content and attributes. */
IRM_API void irm_buffer_xml(irm_buffer *buffer, const char *text);
/* Takes the string out (the caller frees it with irm_free); NULL if an append failed. */
IRM_API char *irm_buffer_take(irm_buffer *buffer);

/* Reads a whole view as a number. `decimal` is '.' or ','. Spaces (plain, no-break,
 * narrow no-break) between groups of three digits are accepted and told in *spaces (may be
 * NULL). Returns false, and leaves *value alone, when any other byte is left. "nan" and
 * "inf" are not numbers; what is past the range of doubles ("1e999") gives an infinity, for
 * the caller to refuse in its own words. */
IRM_API bool irm_text_number(irm_view text, char decimal, double *value, bool *spaces);
IRM_API bool irm_text_integer(irm_view text, long long *value);

IRM_API bool irm_utf8_valid(const char *data, size_t size);
/* Windows-1252 (a superset of what French files call latin-1) to UTF-8, appended. */
IRM_API void irm_utf8_from_windows1252(irm_buffer *buffer, const char *data, size_t size);
/* Folds case, accents, ligatures, hyphens and apostrophes of French names, appended:
 * "L'Haÿ-les-Roses" gives "l hay les roses". For search and collation. */
IRM_API void irm_text_fold(irm_buffer *buffer, const char *text, size_t size);
/* Number of single-letter edits (insert, delete, replace, swap) between two strings. */
IRM_API size_t irm_text_distance(const char *a, const char *b);
/* Of `count` names, the one nearest to `wanted`, or NULL when none is near enough to be
 * worth suggesting. */
IRM_API const char *irm_text_suggest(const char *wanted, const char *const *names,
                                     size_t count);

#ifdef __cplusplus
}
#endif
#endif
