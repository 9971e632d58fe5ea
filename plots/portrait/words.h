/* Words and numbers of a portrait, in its language. */
#ifndef IRMINON_PORTRAIT_WORDS_H
#define IRMINON_PORTRAIT_WORDS_H

#include "irminon/page.h"
#include "irminon/portrait.h"

enum { WORDS = 512 };

typedef struct portrait_words {
    const irm_portrait *portrait;
    bool french;
} portrait_words;

const char *words_pick(const portrait_words *w, const char *fr, const char *en);
const char *words_label(const portrait_words *w, const irm_indicator *indicator);
const char *words_unit(const portrait_words *w, const irm_indicator *indicator);
/* "Label (unit)", or the label alone. */
void words_label_unit(const portrait_words *w, const irm_indicator *indicator, char *text,
                      size_t size);
/* A value as shown, or "s", "nd", "–", or "[a ; b]"; *css_class receives that of its cell. A
 * sum that misses whole communes reads "nd": its bounds are certain, and of no use. */
void words_quantity(const portrait_words *w, const irm_quantity *quantity, int decimals,
                    char *text, size_t size, const char **css_class);
/* "[a ; b]" when a shown value has certain bounds around it; "" otherwise. */
void words_bounds(const portrait_words *w, const irm_quantity *quantity, int decimals,
                  char *text, size_t size);
/* False for a row that has nothing to show: no figure in the store, or none for this
 * territory nor for its references. */
bool words_shown(const portrait_words *w, const irm_portrait_row *row);
/* "12e sur 1 255", "12e à 17e sur 1 255", or "". */
void words_rank(const portrait_words *w, const irm_portrait_row *row, char *text, size_t size);
/* "intervalle de confiance à 95 % : 9,5 à 10,8", or "". */
void words_interval(const portrait_words *w, const irm_portrait_row *row, char *text,
                    size_t size);
/* The gap to a reference: points for shares, percent for others; "" for counts. Followed by
 * "ns" where chance alone can explain it. */
void words_gap(const portrait_words *w, const irm_portrait_row *row, size_t reference,
               char *text, size_t size);

/* tables.c: the rows of a theme beside the references; the communes. */
void portrait_theme_table(irm_page *page, const portrait_words *w,
                          const irm_portrait_theme *theme);
void portrait_parts_table(irm_page *page, const portrait_words *w);
/* annex.c: what is missing, sources, definitions, glossary. */
irm_status portrait_annexes(irm_page *page, const portrait_words *w, irm_error *error);

#endif
