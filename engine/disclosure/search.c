#include "disclosure/search.h"

#include <math.h>
#include <string.h>

#include "irminon/memory.h"

/* States that a search settles before it gives up, and routes that one cell is given. */
enum { MOST_SETTLED = 60000, MOST_ROUTES = 400 };

/* What is hidden already costs next to nothing, but something: short routes are best. */
static const double nearly_free = 1e-6;

irm_status release_search_init(release_search *search, const irm_release *release,
                               const release_network *network, irm_error *error) {
    size_t n = release->n_cells, states = 2 * network->n_nodes;
    *search = (release_search){.release = release,
                               .network = network,
                               .moved = irm_calloc(n, sizeof *search->moved),
                               .touched = irm_calloc(n, sizeof *search->touched),
                               .is_touched = irm_calloc(n, 1),
                               .states = irm_calloc(states, sizeof *search->states),
                               .route = irm_calloc(states + 2, sizeof *search->route),
                               .way = irm_calloc(states + 2, 1),
                               .settled = irm_calloc(states, sizeof *search->settled)};
    if (search->moved == NULL || search->touched == NULL || search->is_touched == NULL ||
        search->states == NULL || search->route == NULL || search->way == NULL ||
        search->settled == NULL) {
        release_search_clear(search);
        return irm_fail_memory(error);
    }
    return IRM_OK;
}

void release_search_clear(release_search *search) {
    irm_free(search->moved);
    irm_free(search->touched);
    irm_free(search->is_touched);
    irm_free(search->states);
    irm_free(search->heap);
    irm_free(search->route);
    irm_free(search->way);
    irm_free(search->settled);
    *search = (release_search){0};
}

void release_search_reset(release_search *search) {
    for (size_t i = 0; i < search->n_touched; i++) {
        search->moved[search->touched[i]] = 0;
        search->is_touched[search->touched[i]] = 0;
    }
    search->n_touched = 0;
}

/* ---- a heap, least key first, then least state ------------------------------------ */

static bool before(search_entry a, search_entry b) {
    return a.key < b.key || (a.key == b.key && a.state < b.state);
}

static irm_status push(release_search *s, double key, uint32_t state, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&s->heap, &s->heap_capacity, s->n_heap + 1,
                        sizeof *s->heap, error));
    size_t i = s->n_heap++;
    search_entry entry = {key, state};
    for (; i > 0 && before(entry, s->heap[(i - 1) / 2]); i = (i - 1) / 2) {
        s->heap[i] = s->heap[(i - 1) / 2];
    }
    s->heap[i] = entry;
    return IRM_OK;
}

static search_entry pop(release_search *s) {
    search_entry first = s->heap[0], last = s->heap[--s->n_heap];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= s->n_heap) {
            break;
        }
        if (child + 1 < s->n_heap && before(s->heap[child + 1], s->heap[child])) {
            child++;
        }
        if (!before(s->heap[child], last)) {
            break;
        }
        s->heap[i] = s->heap[child];
        i = child;
    }
    s->heap[i] = last;
    return first;
}

/* ---- one route -------------------------------------------------------------------- */

typedef struct request {
    size_t cell;
    double amount; /* above 0; what each cell of the route must let by */
    bool hidden_only, widest;
    uint32_t start_edge, goal;
    signed char goal_sign; /* of what must be wrong at the goal, to be put right */
} request;

/* How far a cell may still fall. */
static double room_of(const release_search *s, size_t cell) {
    const release_cell *one = &s->release->cells[cell];
    return one->value + s->moved[cell] - one->floor;
}

/* What it costs to move the cells of an edge that way, infinite where they cannot; *room
 * is what they let by. */
static double cost_of(const release_search *s, const request *want, uint32_t e, int way,
                      double *room) {
    const network_edge *edge = &s->network->edges[e];
    double cost = edge->count > 0 ? nearly_free : 0;
    *room = INFINITY;
    for (uint32_t i = edge->first; i < edge->first + edge->count; i++) {
        size_t c = s->network->cells[i];
        const release_cell *cell = &s->release->cells[c];
        bool moves = cell->hiding != IRM_SHOWN;
        if ((c == want->cell && e != want->start_edge) ||
            (!moves && (want->hidden_only || cell->kept))) {
            return INFINITY;
        }
        cost += moves || s->moved[c] != 0 ? nearly_free : cell->cost;
        *room = way < 0 ? fmin(*room, room_of(s, c)) : *room;
    }
    return *room >= want->amount ? cost : INFINITY;
}

static uint32_t state_of(uint32_t node, int sign) { return 2 * node + (sign > 0); }

static irm_status reach(release_search *s, uint32_t state, double key, uint32_t edge,
                        uint32_t from, irm_error *error) {
    search_state *at = &s->states[state];
    if (at->stamp == s->stamp && (at->done || at->key <= key)) {
        return IRM_OK;
    }
    *at = (search_state){key, s->stamp, edge, from, false};
    return push(s, key, state, error);
}

/* Every edge of the node, moved so as to put right what is wrong there. */
static irm_status expand(release_search *s, const request *want, uint32_t state,
                         irm_error *error) {
    const release_network *network = s->network;
    uint32_t node = state / 2;
    int sign = state % 2 > 0 ? 1 : -1;
    double key = s->states[state].key;
    for (uint32_t i = network->edges_of_node.start[node];
         i < network->edges_of_node.start[node + 1]; i++) {
        uint32_t e = network->edges_of_node.of[i];
        const network_edge *edge = &network->edges[e];
        int end = edge->node[0] == node ? 0 : 1;
        int way = -sign * edge->sign[end];
        double room,
            cost = e == want->start_edge ? INFINITY : cost_of(s, want, e, way, &room);
        if (isinf(cost)) {
            continue;
        }
        uint32_t next = state_of(edge->node[1 - end], way * edge->sign[1 - end]);
        double longer = want->widest ? fmax(key, -room) : key + cost;
        IRM_TRY(reach(s, next, longer, e, state, error));
    }
    return IRM_OK;
}

/* Which end of an edge has more edges: the one that a route had better end at. */
static int busy_end(const release_search *s, const network_edge *edge) {
    const uint32_t *start = s->network->edges_of_node.start;
    uint32_t first = start[edge->node[0] + 1] - start[edge->node[0]];
    uint32_t second = start[edge->node[1] + 1] - start[edge->node[1]];
    return second > first ? 1 : 0;
}

/* From one node of the edge that the cell starts with to the other. */
static irm_status search(release_search *s, request *want, int way, bool *found,
                         irm_error *error) {
    const network_edge *edge = &s->network->edges[want->start_edge];
    double room, cost = cost_of(s, want, want->start_edge, way, &room);
    *found = false;
    s->stamp++;
    s->n_heap = s->n_settled = 0;
    int last = busy_end(s, edge), first = 1 - last;
    want->goal = state_of(edge->node[last], -way * edge->sign[last]);
    if (isinf(cost)) {
        return IRM_OK;
    }
    IRM_TRY(reach(s, state_of(edge->node[first], way * edge->sign[first]),
                  want->widest ? -room : cost, want->start_edge, UINT32_MAX, error));
    while (s->n_heap > 0 && s->n_settled < MOST_SETTLED) {
        search_entry next = pop(s);
        search_state *at = &s->states[next.state];
        if (at->done || at->key != next.key) {
            continue;
        }
        at->done = true;
        s->settled[s->n_settled++] = next.state;
        if (next.state == want->goal) {
            *found = true;
            return IRM_OK;
        }
        IRM_TRY(expand(s, want, next.state, error));
    }
    return IRM_OK;
}

/* Keeps the edges of the route that was found, and which way their cells move. */
static void trace(release_search *s, uint32_t state) {
    s->n_route = 0;
    while (state != UINT32_MAX) {
        const search_state *at = &s->states[state];
        const network_edge *edge = &s->network->edges[at->edge];
        uint32_t node = state / 2;
        int end = edge->node[0] == node ? 0 : 1;
        int sign = state % 2 > 0 ? 1 : -1;
        s->route[s->n_route] = at->edge;
        s->way[s->n_route++] = (signed char)(sign * edge->sign[end]);
        state = at->from;
    }
}

static void move_route(release_search *s, double amount) {
    for (size_t r = 0; r < s->n_route; r++) {
        const network_edge *edge = &s->network->edges[s->route[r]];
        for (uint32_t i = edge->first; i < edge->first + edge->count; i++) {
            size_t c = s->network->cells[i];
            s->moved[c] += s->way[r] * amount;
            if (!s->is_touched[c]) {
                s->is_touched[c] = 1;
                s->touched[s->n_touched++] = c;
            }
        }
    }
}

/* A cell that the route meets twice may have fallen too far. */
static bool fits(const release_search *s) {
    for (size_t r = 0; r < s->n_route; r++) {
        const network_edge *edge = &s->network->edges[s->route[r]];
        for (uint32_t i = edge->first; i < edge->first + edge->count; i++) {
            size_t c = s->network->cells[i];
            if (room_of(s, c) < -1e-9 * (1 + s->release->cells[c].value)) {
                return false;
            }
        }
    }
    return true;
}

/* The best route of that amount over the edges that hold the cell, moved by `amount`. */
static irm_status move_once(release_search *s, request *want, int way, bool *found,
                            irm_error *error) {
    const network_lists *edges = &s->network->edges_of_cell;
    double best = INFINITY;
    uint32_t chosen = UINT32_MAX;
    uint32_t first = edges->start[want->cell], last = edges->start[want->cell + 1];
    *found = false;
    for (uint32_t i = first; i < last; i++) {
        bool some;
        want->start_edge = edges->of[i];
        IRM_TRY(search(s, want, way, &some, error));
        if (some && s->states[want->goal].key < best) {
            best = s->states[want->goal].key;
            chosen = edges->of[i];
        }
    }
    if (chosen == UINT32_MAX) {
        return IRM_OK;
    }
    if (last - first > 1 && chosen != want->start_edge) {
        want->start_edge = chosen;
        IRM_TRY(search(s, want, way, found, error));
    }
    trace(s, want->goal);
    double amount = want->widest ? fmin(-best, SEARCH_FAR) : want->amount;
    move_route(s, amount);
    *found = fits(s);
    if (!*found) {
        move_route(s, -amount);
    }
    return IRM_OK;
}

/* ---- what is asked of it ---------------------------------------------------------- */

irm_status release_search_move(release_search *search, size_t cell, double amount,
                               bool hidden_only, bool *found, irm_error *error) {
    const bool whole = search->release->whole;
    double left = fabs(amount), piece = left, least = whole ? 1 : left / 16;
    request want = {.cell = cell, .hidden_only = hidden_only};
    *found = amount == 0;
    release_search_reset(search);
    while (left > 0 && piece >= least) {
        want.amount = fmin(piece, left);
        IRM_TRY(move_once(search, &want, amount > 0 ? 1 : -1, found, error));
        if (*found) {
            left -= want.amount;
            left = left < 1e-12 * fabs(amount) ? 0 : left;
        } else {
            piece = whole ? floor(want.amount / 2) : want.amount / 2;
        }
    }
    *found = left == 0;
    if (!*found) {
        release_search_reset(search);
    }
    return IRM_OK;
}

static bool all_known(const release_search *s, const unsigned char *known) {
    for (size_t i = 0; i < s->n_settled; i++) {
        if (!known[s->settled[i] / 2]) {
            return false;
        }
    }
    return s->n_settled < MOST_SETTLED;
}

irm_status release_search_farthest(release_search *search, size_t cell, bool upward,
                                   const unsigned char *known, double *reached,
                                   bool *exact, irm_error *error) {
    const network_lists *edges = &search->network->edges_of_cell;
    double least =
        search->release->whole ? 1 : 1e-9 * (1 + search->release->cells[cell].value);
    request want = {.cell = cell, .hidden_only = true, .widest = true, .amount = least};
    bool found = true;
    release_search_reset(search);
    size_t routes = 0;
    for (; found && routes < MOST_ROUTES && fabs(search->moved[cell]) < SEARCH_FAR;
         routes++) {
        IRM_TRY(move_once(search, &want, upward ? 1 : -1, &found, error));
    }
    *reached = fabs(search->moved[cell]);
    if (exact != NULL) {
        /* One edge a cell: what the last search went through is all that it could. */
        *exact = !found && edges->start[cell + 1] == edges->start[cell] + 1 &&
                 all_known(search, known);
    }
    return IRM_OK;
}
