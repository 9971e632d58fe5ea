/* What was found of a variable at a level, kept: indicators, levels and years ask the
 * same again and again. Only what depends on neither the year nor the territory asked is
 * kept.
 *
 * Private to the layer. */
#ifndef IRMINON_EVALUATE_MEMO_H
#define IRMINON_EVALUATE_MEMO_H

#include "evaluate/leaf.h"
#include "irminon/dict.h"
#include "irminon/text.h"

typedef struct irm_memo_entry {
    bool known;
    irm_status status; /* OK, or why there is nothing: NOT_FOUND, REFUSED */
    char *message;
    irm_plan plan;
    int *years;
    size_t n_years;
} irm_memo_entry;

typedef struct irm_memo {
    irm_dict *keys;
    irm_memo_entry *entries; /* by number of the key */
    size_t capacity;
} irm_memo;

/* The entry of a question (the years of a variable where `year` is IRM_MEMO_YEARS, else
 * its plan that year), made when new. Borrowed until the next call. */
enum { IRM_MEMO_YEARS = -1 };
irm_status irm_memo_entry_of(irm_memo *memo, const char *dataset,
                             const irm_variable *variable, const irm_level *level,
                             int year, irm_memo_entry **entry, irm_error *error);
/* Notes how an entry ended; statuses other than those above are not kept. `why` may be
 * NULL where it is OK. */
irm_status irm_memo_note(irm_memo_entry *entry, irm_status status, const irm_error *why,
                         irm_error *error);
void irm_memo_clear(irm_memo *memo);

/* A variable as it was asked: its name and the codes of its dimensions. */
void irm_variable_write(const irm_variable *variable, irm_buffer *text);

#endif
