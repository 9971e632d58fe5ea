/* Routes through the network of a release: what else must move for a cell to move.
 * Private to the room. */
#ifndef IRMINON_DISCLOSURE_SEARCH_H
#define IRMINON_DISCLOSURE_SEARCH_H

#include "disclosure/network.h"

/* What cells that nothing limits are moved by: whole numbers of that size stay exact. */
#define SEARCH_FAR 1e14

/* What a step of a search leads to: a node, and the sign of what is wrong there. */
typedef struct search_state {
    double
        key; /* what the route costs so far; of a widest route, minus what it lets by */
    uint32_t stamp, edge, from;
    bool done;
} search_state;

typedef struct search_entry {
    double key;
    uint32_t state;
} search_entry;

/* A search keeps its memory from one route to the next; one a thread. */
typedef struct release_search {
    const irm_release *release;
    const release_network *network;
    double *moved;   /* by cell: how far the routes so far have moved it */
    size_t *touched; /* cells that have moved */
    size_t n_touched;
    unsigned char *is_touched;
    search_state *states; /* two a node */
    uint32_t stamp;
    search_entry *heap;
    size_t n_heap, heap_capacity;
    uint32_t *route; /* edges of the last route, and which way their cells move */
    signed char *way;
    size_t n_route;
    uint32_t *settled; /* states that the last search went through */
    size_t n_settled;
} release_search;

irm_status release_search_init(release_search *search, const irm_release *release,
                               const release_network *network, irm_error *error);
void release_search_clear(release_search *search);
/* Forgets what has moved. */
void release_search_reset(release_search *search);

/* Moves `cell` by `amount` (of either sign), and what must move with it at the least
 * cost: cells that are shown too, at their cost, unless `hidden_only`. *found false where
 * no route is found, what has moved being then as it was. */
irm_status release_search_move(release_search *search, size_t cell, double amount,
                               bool hidden_only, bool *found, irm_error *error);
/* Moves `cell` as far up (down) as hidden cells let it, at most to `most`, and tells how
 * far: infinitely, where nothing limits it. *exact (may be NULL; `known`: of
 * release_network_exact) tells whether nothing lets it further. */
irm_status release_search_farthest(release_search *search, size_t cell, bool upward,
                                   const unsigned char *known, double *reached,
                                   bool *exact, irm_error *error);

#endif
