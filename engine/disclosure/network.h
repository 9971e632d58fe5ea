/* The network of a release: its sums as nodes, its cells as edges. Private to the room.
 *
 * A table whose moves agree with all sums is a circulation where each cell is in one sum
 * along each of two axes: it leaves one node and enters another. Zonings put a cell in
 * several sums of the first axis. Cells that are in the same of them (communes of the
 * same département and EPCI, at the same label of the other axis) make a *block*, which
 * is one node; each of its narrowest sums s is a *hub*, joined to the block by an edge
 * that moves the totals of the other sums of the block, but for those that hold s, which
 * stand still as long as what enters the hub leaves it. From a hub an edge leads to each
 * sum that holds it, and from the widest to the ground. With zonings that nest, that is
 * the network of a table with a hierarchy along one axis, and its circulations are all
 * the moves there are; with others, every circulation is a move, and there may be more
 * moves.
 *
 * Whoever uses a route checks what it moves against every sum (release_check). */
#ifndef IRMINON_DISCLOSURE_NETWORK_H
#define IRMINON_DISCLOSURE_NETWORK_H

#include "disclosure/inside.h"

/* Moving the cells of an edge by 1 adds sign[i] to what is wrong at node[i]. */
typedef struct network_edge {
    uint32_t node[2];
    signed char sign[2];
    uint32_t first, count; /* cells; none: an edge that costs nothing */
} network_edge;

/* Lists of numbers by number: those of i are of[start[i]] … of[start[i + 1] - 1]. */
typedef struct network_lists {
    uint32_t *start, *of;
} network_lists;

typedef struct release_network {
    network_edge *edges;
    size_t n_edges, edge_capacity;
    uint32_t *cells; /* of the edges */
    size_t n_of_edges, cell_capacity;
    bool complete;                    /* every cell has its edges */
    size_t n_sums, n_blocks, n_nodes; /* nodes: the ground, the sums, the blocks */
    uint32_t *sample;                 /* by block: one of its cells */
    network_lists edges_of_node, edges_of_cell;
    network_lists wider;         /* by sum of the first axis: those that hold it */
    network_lists blocks_of_sum; /* likewise: its blocks */
} release_network;

/* A network without edges where cells are in sums of more than two axes, or of sums along
 * the first axis that are parts of others. */
irm_status release_network_open(release_network *of, const irm_release *release,
                                irm_error *error);
void release_network_close(release_network *of);

static inline uint32_t network_sum_node(size_t sum) { return (uint32_t)sum + 1; }
static inline uint32_t network_block_node(const release_network *of, size_t block) {
    return (uint32_t)(of->n_sums + block + 1);
}

/* By node (n_nodes items): 1 where no move that agrees with all that is shown escapes the
 * network. That is so of a block whose sums are nested, or whose content anyone can
 * compute from what is shown (by differences of zones), and of a sum whose blocks are all
 * so. */
irm_status release_network_exact(const release_network *of, const irm_release *release,
                                 unsigned char *exact, irm_error *error);

#endif
