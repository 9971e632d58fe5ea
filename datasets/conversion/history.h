/* The inside of an irm_history. */
#ifndef IRMINON_CONVERSION_HISTORY_H
#define IRMINON_CONVERSION_HISTORY_H

#include "irminon/conversion.h"
#include "irminon/dict.h"
#include "irminon/text.h"

/* What left one code for another on a date (AAAAMMDD). `forward` and `backward`: the
 * share that a passage table gives, NaN where none does. */
typedef struct history_event {
    int date;
    int32_t before, after;
    double forward, backward;
    bool absorbs; /* `after` was a commune before the date */
} history_event;

/* A commune under one name, from a date until another. */
typedef struct history_life {
    int32_t code;
    int from, until; /* AAAAMMDD, `until` excluded */
    const char *name;
} history_life;

struct irm_history {
    irm_dict *codes;
    history_event *events; /* by date, then by code before and after */
    size_t n_events, events_capacity;
    history_life *lives; /* by code, then by date */
    size_t n_lives, lives_capacity;
    size_t *first_life; /* by code, and one more */
    size_t n_coded;     /* codes that first_life covers */
    irm_table names;    /* lends the names of the lives */
    int first, last;    /* years covered */
    int *steps;         /* years that passage tables go between, where movements do not */
    size_t n_steps, steps_capacity;
    irm_buffer source;
};

/* "2016-01-01", "01-01-2016" or "01/01/2016" as 20160101; 0 for anything else. */
int history_date(const char *text);
irm_status history_code(irm_history *history, const char *text, int32_t *code,
                        irm_error *error);
irm_status history_add(irm_history *history, history_event event, irm_error *error);
/* Puts events in order; done once all are there. */
void history_sort(irm_history *history);
/* Ends and begins lives by the events that are later than any of them. */
irm_status history_extend_lives(irm_history *history, irm_error *error);
/* Puts lives in order and indexes them by code. */
irm_status history_index_lives(irm_history *history, irm_error *error);
/* True when the code (its number) was a commune's on a date. */
bool history_alive(const irm_history *history, int32_t code, int date);

/* The readers of each kind of table; each adds events and widens `last`. */
bool history_is_movements(const irm_table *schema);
irm_status history_read_movements(irm_history *history, const irm_store *store,
                                  const irm_table *schema, irm_error *error);
bool history_is_old(const irm_table *schema);
irm_status history_read_old(irm_history *history, const irm_store *store,
                            const irm_table *schema, irm_error *error);
bool history_is_lives(const irm_table *schema);
irm_status history_read_lives(irm_history *history, const irm_store *store,
                              const irm_table *schema, irm_error *error);
bool history_is_steps(const irm_table *schema);
/* After the movements: steps past them are events, the others lend their shares. */
irm_status history_read_steps(irm_history *history, const irm_store *store,
                              const irm_table *schema, irm_error *error);

#endif
