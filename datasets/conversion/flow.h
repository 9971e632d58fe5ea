/* What of each commune of a date is where at another, event after event. */
#ifndef IRMINON_CONVERSION_FLOW_H
#define IRMINON_CONVERSION_FLOW_H

#include "conversion/history.h"

/* A share of a commune of the first date. */
typedef struct flow_part {
    int32_t source;
    double share;   /* NaN: unknown */
    const char *by; /* what it is estimated by; "" for a whole */
} flow_part;

typedef struct flow_parts {
    flow_part *items;
    size_t count, capacity;
    bool met; /* an event of the way has named the code */
} flow_parts;

typedef struct flow_pair {
    int32_t out, in; /* as one travels */
    double given;    /* share that a passage table gives, or NaN */
    bool passing;    /* a code of that very day */
} flow_pair;

typedef struct flow {
    const irm_history *history;
    const irm_populations *populations;
    bool equal; /* shares that nothing tells are equal */
    int begin;  /* date of departure */
    bool back;
    flow_parts *held; /* by code: what it holds at the date reached */
    size_t n_codes;
    flow_pair *pairs; /* of the date being passed */
    size_t n_pairs, pairs_capacity;
} flow;

/* Goes from one date (AAAAMMDD) to another, either way. An event on the later of the two
 * counts, one on the earlier does not. Clear the flow whatever the status. */
irm_status flow_run(flow *f, int from, int to, irm_error *error);
void flow_clear(flow *f);

#endif
