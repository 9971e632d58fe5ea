#include "disclosure/network.h"

#include <string.h>

#include "irminon/memory.h"

void release_network_close(release_network *of) {
    network_lists *lists[] = {&of->edges_of_node, &of->edges_of_cell, &of->wider,
                              &of->blocks_of_sum};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        irm_free(lists[i]->start);
        irm_free(lists[i]->of);
    }
    irm_free(of->edges);
    irm_free(of->cells);
    irm_free(of->sample);
    *of = (release_network){0};
}

/* ---- sums of a cell --------------------------------------------------------------- */

/* Sums along the first axis that a cell is a part of: the same of all cells of a block.
 */
typedef struct signature {
    size_t sums[64];
    size_t count;
} signature;

typedef struct place {
    signature parts_of;
    bool zone; /* the total of a sum along the first axis */
    size_t across, n_across;
    bool total_across;
    bool told; /* false: no edge stands for it */
} place;

static void place_of(const irm_release *release, size_t cell, place *at) {
    *at = (place){.told = true};
    for (size_t i = release->of_start[cell]; i < release->of_start[cell + 1]; i++) {
        const release_sum *sum = &release->sums[release->of[i]];
        bool total = sum->total == cell;
        if (sum->axis == 1) {
            at->across = release->of[i];
            at->total_across = total;
            at->n_across++;
        } else if (sum->axis == 0 && total) {
            at->told = at->told && !at->zone;
            at->zone = true;
        } else if (sum->axis == 0 && at->parts_of.count < 64) {
            at->parts_of.sums[at->parts_of.count++] = release->of[i];
        } else {
            at->told = false;
        }
    }
    at->told = at->told && at->n_across <= 1 && !(at->zone && at->parts_of.count > 0);
}

static bool has_sum(const signature *of, size_t sum) {
    for (size_t i = 0; i < of->count; i++) {
        if (of->sums[i] == sum) {
            return true;
        }
    }
    return false;
}

/* ---- blocks ----------------------------------------------------------------------- */

typedef struct block_table {
    uint32_t *slots; /* block + 1 */
    size_t size;     /* a power of 2 */
} block_table;

static size_t hash_of(const signature *of) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < of->count; i++) {
        hash = (hash ^ of->sums[i]) * UINT64_C(1099511628211);
        hash ^= hash >> 29;
    }
    return (size_t)hash;
}

static bool same(const signature *a, const signature *b) {
    return a->count == b->count &&
           memcmp(a->sums, b->sums, a->count * sizeof *a->sums) == 0;
}

static size_t find_block(release_network *of, const irm_release *release,
                         block_table *table, size_t cell, const signature *sums) {
    size_t slot = hash_of(sums) & (table->size - 1);
    for (; table->slots[slot] > 0; slot = (slot + 1) & (table->size - 1)) {
        place at;
        place_of(release, of->sample[table->slots[slot] - 1], &at);
        if (same(&at.parts_of, sums)) {
            return table->slots[slot] - 1;
        }
    }
    of->sample[of->n_blocks] = (uint32_t)cell;
    table->slots[slot] = (uint32_t)++of->n_blocks;
    return of->n_blocks - 1;
}

/* ---- edges ------------------------------------------------------------------------ */

static irm_status add_edge(release_network *of, network_edge edge, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&of->edges, &of->edge_capacity, of->n_edges + 1,
                        sizeof *of->edges, error));
    edge.first = (uint32_t)of->n_of_edges - edge.count;
    of->edges[of->n_edges++] = edge;
    return IRM_OK;
}

static irm_status add_cell(release_network *of, size_t cell, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&of->cells, &of->cell_capacity, of->n_of_edges + 1,
                        sizeof *of->cells, error));
    of->cells[of->n_of_edges++] = (uint32_t)cell;
    return IRM_OK;
}

/* A label, between its block and its sum across (the ground, in a table of one axis). */
static irm_status add_label(release_network *of, size_t cell, const place *at,
                            size_t block, irm_error *error) {
    uint32_t node = at->parts_of.count > 0 ? network_block_node(of, block) : 0;
    uint32_t other = at->n_across > 0 ? network_sum_node(at->across) : 0;
    signed char sign = at->n_across > 0 && !at->total_across ? 1 : -1;
    if (node == other) {
        return IRM_OK;
    }
    IRM_TRY(add_cell(of, cell, error));
    return add_edge(of, (network_edge){{node, other}, {1, sign}, 0, 1}, error);
}

static irm_status add_labels(release_network *of, const irm_release *release,
                             irm_error *error) {
    block_table table = {.size = 16};
    while (table.size < 2 * release->n_cells + 2) {
        table.size *= 2;
    }
    table.slots = irm_calloc(table.size, sizeof *table.slots);
    irm_status status = table.slots != NULL ? IRM_OK : irm_fail_memory(error);
    for (size_t c = 0; status == IRM_OK && c < release->n_cells; c++) {
        place at;
        place_of(release, c, &at);
        of->complete = of->complete && at.told;
        if (at.told && !at.zone) {
            size_t block = at.parts_of.count > 0
                               ? find_block(of, release, &table, c, &at.parts_of)
                               : 0;
            status = add_label(of, c, &at, block, error);
        }
    }
    irm_free(table.slots);
    return status;
}

static bool is_wider(const release_network *of, size_t sum, size_t than) {
    for (uint32_t i = of->wider.start[than]; i < of->wider.start[than + 1]; i++) {
        if (of->wider.of[i] == sum) {
            return true;
        }
    }
    return false;
}

/* Holds no other sum of the signature (of equal ones, the first stands for all). */
static bool is_narrowest(const release_network *of, const signature *all, size_t sum) {
    for (size_t i = 0; i < all->count; i++) {
        size_t other = all->sums[i];
        bool as_wide = is_wider(of, other, sum);
        if (other != sum && is_wider(of, sum, other) && (!as_wide || other < sum)) {
            return false;
        }
    }
    return true;
}

static irm_status add_block(release_network *of, const irm_release *release, size_t block,
                            irm_error *error) {
    place at;
    place_of(release, of->sample[block], &at);
    for (size_t i = 0; i < at.parts_of.count; i++) {
        size_t hub = at.parts_of.sums[i];
        uint32_t count = 0;
        if (!is_narrowest(of, &at.parts_of, hub)) {
            continue;
        }
        for (size_t j = 0; j < at.parts_of.count; j++) {
            size_t other = at.parts_of.sums[j];
            if (other != hub && !is_wider(of, other, hub)) {
                IRM_TRY(add_cell(of, release->sums[other].total, error));
                count++;
            }
        }
        network_edge edge = {
            {network_block_node(of, block), network_sum_node(hub)}, {-1, 1}, 0, count};
        IRM_TRY(add_edge(of, edge, error));
    }
    return IRM_OK;
}

/* From a sum to one that holds it: its total, and those that the other does not hold,
 * move; to the ground (`to` of none), all that hold it move. */
static irm_status add_hub(release_network *of, const irm_release *release, size_t hub,
                          size_t to, irm_error *error) {
    place at;
    uint32_t count = 1, node = to < of->n_sums ? network_sum_node(to) : 0;
    IRM_TRY(add_cell(of, release->sums[hub].total, error));
    for (uint32_t i = of->wider.start[hub]; i < of->wider.start[hub + 1]; i++) {
        size_t other = of->wider.of[i];
        if (to >= of->n_sums || (other != to && !is_wider(of, other, to))) {
            IRM_TRY(add_cell(of, release->sums[other].total, error));
            count++;
        }
    }
    place_of(release, release->sums[hub].total, &at);
    signed char ground = at.n_across > 0 && !at.total_across ? -1 : 1;
    network_edge edge = {
        {network_sum_node(hub), node}, {-1, node > 0 ? 1 : ground}, 0, count};
    return add_edge(of, edge, error);
}

static irm_status add_hubs(release_network *of, const irm_release *release,
                           irm_error *error) {
    for (size_t s = 0; s < of->n_sums; s++) {
        bool widest = true;
        if (of->blocks_of_sum.start[s] == of->blocks_of_sum.start[s + 1]) {
            continue;
        }
        for (uint32_t i = of->wider.start[s]; i < of->wider.start[s + 1]; i++) {
            size_t to = of->wider.of[i];
            if (!is_wider(of, s, to)) {
                widest = false;
                IRM_TRY(add_hub(of, release, s, to, error));
            }
        }
        if (widest) {
            IRM_TRY(add_hub(of, release, s, of->n_sums, error));
        }
    }
    return IRM_OK;
}

/* ---- lists ------------------------------------------------------------------------ */

/* Counts in start[i + 2] become places in start[i + 1], which filling moves to the end.
 */
static irm_status open_lists(network_lists *lists, size_t n, irm_error *error) {
    for (size_t i = 2; i < n + 2; i++) {
        lists->start[i] += lists->start[i - 1];
    }
    lists->of = irm_calloc(lists->start[n + 1], sizeof *lists->of);
    return lists->of != NULL ? IRM_OK : irm_fail_memory(error);
}

static void put(network_lists *lists, size_t i, size_t value) {
    lists->of[lists->start[i + 1]++] = (uint32_t)value;
}

static irm_status list_blocks(release_network *of, const irm_release *release,
                              irm_error *error) {
    network_lists *lists = &of->blocks_of_sum;
    lists->start = irm_calloc(of->n_sums + 2, sizeof *lists->start);
    if (lists->start == NULL) {
        return irm_fail_memory(error);
    }
    for (int fill = 0; fill < 2; fill++) {
        for (size_t b = 0; b < of->n_blocks; b++) {
            place at;
            place_of(release, of->sample[b], &at);
            for (size_t i = 0; i < at.parts_of.count; i++) {
                if (fill > 0) {
                    put(lists, at.parts_of.sums[i], b);
                } else {
                    lists->start[at.parts_of.sums[i] + 2]++;
                }
            }
        }
        if (fill == 0) {
            IRM_TRY(open_lists(lists, of->n_sums, error));
        }
    }
    return IRM_OK;
}

/* Sums in the signature of every block of `sum`. */
static void sums_around(const release_network *of, const irm_release *release, size_t sum,
                        signature *all) {
    const network_lists *blocks = &of->blocks_of_sum;
    *all = (signature){.count = 0};
    for (uint32_t i = blocks->start[sum]; i < blocks->start[sum + 1]; i++) {
        place at;
        place_of(release, of->sample[blocks->of[i]], &at);
        if (i == blocks->start[sum]) {
            *all = at.parts_of;
            continue;
        }
        size_t kept = 0;
        for (size_t k = 0; k < all->count; k++) {
            if (has_sum(&at.parts_of, all->sums[k])) {
                all->sums[kept++] = all->sums[k];
            }
        }
        all->count = kept;
    }
}

static irm_status list_wider(release_network *of, const irm_release *release,
                             irm_error *error) {
    network_lists *lists = &of->wider;
    lists->start = irm_calloc(of->n_sums + 2, sizeof *lists->start);
    if (lists->start == NULL) {
        return irm_fail_memory(error);
    }
    for (int fill = 0; fill < 2; fill++) {
        for (size_t s = 0; s < of->n_sums; s++) {
            signature all;
            sums_around(of, release, s, &all);
            for (size_t i = 0; i < all.count; i++) {
                if (all.sums[i] != s && fill > 0) {
                    put(lists, s, all.sums[i]);
                } else if (all.sums[i] != s) {
                    lists->start[s + 2]++;
                }
            }
        }
        if (fill == 0) {
            IRM_TRY(open_lists(lists, of->n_sums, error));
        }
    }
    return IRM_OK;
}

static irm_status list_edges(release_network *of, size_t n_cells, irm_error *error) {
    network_lists *nodes = &of->edges_of_node, *cells = &of->edges_of_cell;
    nodes->start = irm_calloc(of->n_nodes + 2, sizeof *nodes->start);
    cells->start = irm_calloc(n_cells + 2, sizeof *cells->start);
    if (nodes->start == NULL || cells->start == NULL) {
        return irm_fail_memory(error);
    }
    for (int fill = 0; fill < 2; fill++) {
        for (size_t e = 0; e < of->n_edges; e++) {
            const network_edge *edge = &of->edges[e];
            for (int end = 0; end < 2; end++) {
                if (fill > 0) {
                    put(nodes, edge->node[end], e);
                } else {
                    nodes->start[edge->node[end] + 2]++;
                }
            }
            for (uint32_t i = edge->first; i < edge->first + edge->count; i++) {
                if (fill > 0) {
                    put(cells, of->cells[i], e);
                } else {
                    cells->start[of->cells[i] + 2]++;
                }
            }
        }
        if (fill == 0) {
            IRM_TRY(open_lists(nodes, of->n_nodes, error));
            IRM_TRY(open_lists(cells, n_cells, error));
        }
    }
    return IRM_OK;
}

irm_status release_network_open(release_network *of, const irm_release *release,
                                irm_error *error) {
    *of = (release_network){.complete = true,
                            .n_sums = release->n_sums,
                            .sample = irm_calloc(release->n_cells, sizeof *of->sample)};
    irm_status status = of->sample != NULL ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK) {
        status = add_labels(of, release, error);
    }
    of->n_nodes = 1 + of->n_sums + of->n_blocks;
    if (status == IRM_OK) {
        status = list_blocks(of, release, error);
    }
    if (status == IRM_OK) {
        status = list_wider(of, release, error);
    }
    for (size_t b = 0; status == IRM_OK && b < of->n_blocks; b++) {
        status = add_block(of, release, b, error);
    }
    if (status == IRM_OK) {
        status = add_hubs(of, release, error);
    }
    if (status == IRM_OK) {
        status = list_edges(of, release->n_cells, error);
    }
    if (status != IRM_OK) {
        release_network_close(of);
    }
    return status;
}

/* ---- blocks whose content is known ------------------------------------------------ */

static bool is_nested(const release_network *of, const irm_release *release,
                      size_t block) {
    place at;
    size_t narrowest = 0;
    place_of(release, of->sample[block], &at);
    for (size_t i = 0; i < at.parts_of.count; i++) {
        narrowest += is_narrowest(of, &at.parts_of, at.parts_of.sums[i]);
    }
    return narrowest <= 1;
}

/* The one block of a shown sum whose content is not known; n_blocks for none, or several.
 */
static size_t only_unknown(const release_network *of, const irm_release *release,
                           size_t sum, const unsigned char *known) {
    size_t unknown = of->n_blocks, count = 0;
    if (release->cells[release->sums[sum].total].hiding != IRM_SHOWN) {
        return unknown;
    }
    for (uint32_t i = of->blocks_of_sum.start[sum]; i < of->blocks_of_sum.start[sum + 1];
         i++) {
        size_t block = of->blocks_of_sum.of[i];
        if (!known[block]) {
            unknown = block;
            count++;
        }
    }
    return count == 1 ? unknown : of->n_blocks;
}

irm_status release_network_exact(const release_network *of, const irm_release *release,
                                 unsigned char *exact, irm_error *error) {
    unsigned char *known = irm_calloc(of->n_blocks, 1);
    if (known == NULL) {
        return irm_fail_memory(error);
    }
    for (bool moved = true; moved;) {
        moved = false;
        for (size_t s = 0; s < of->n_sums; s++) {
            size_t block = only_unknown(of, release, s, known);
            if (block < of->n_blocks) {
                known[block] = 1;
                moved = true;
            }
        }
    }
    memset(exact, 1, of->n_nodes);
    for (size_t b = 0; b < of->n_blocks; b++) {
        bool sure = of->complete && (known[b] || is_nested(of, release, b));
        exact[network_block_node(of, b)] = sure;
        place at;
        place_of(release, of->sample[b], &at);
        for (size_t i = 0; !sure && i < at.parts_of.count; i++) {
            exact[network_sum_node(at.parts_of.sums[i])] = 0;
        }
    }
    irm_free(known);
    return IRM_OK;
}
