/* Ward's hierarchical clustering where only neighbours merge. */
#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "spatial/neighbours.h"
#include "spatial/units.h"

/* A cluster goes by its first unit. */
typedef struct cluster {
    uint32_t *neighbours; /* sorted */
    size_t count, capacity;
    double mass; /* of a total of 1 */
    uint32_t size;
    uint32_t version; /* how many merges made it */
    int32_t name;     /* as in irm_merge */
    bool gone;
} cluster;

/* Two neighbours, as they were when this was worked out. */
typedef struct candidate {
    double gain;
    uint32_t a, b; /* a < b */
    uint32_t version_a, version_b;
} candidate;

typedef struct maker {
    size_t n, columns;
    cluster *clusters;
    irm_matrix centres;
    candidate *heap;
    size_t count, capacity;
    irm_merge *merges;
    size_t merged;
} maker;

static bool before(const candidate *x, const candidate *y) {
    if (x->gain < y->gain || x->gain > y->gain) {
        return x->gain < y->gain;
    }
    return x->a != y->a ? x->a < y->a : x->b < y->b;
}

static irm_status heap_push(maker *m, candidate item, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&m->heap, &m->capacity, m->count + 1, sizeof *m->heap,
                        error));
    size_t at = m->count++;
    for (; at > 0 && before(&item, &m->heap[(at - 1) / 2]); at = (at - 1) / 2) {
        m->heap[at] = m->heap[(at - 1) / 2];
    }
    m->heap[at] = item;
    return IRM_OK;
}

static candidate heap_pop(maker *m) {
    candidate top = m->heap[0];
    candidate last = m->heap[--m->count];
    size_t at = 0;
    for (size_t child = 1; child < m->count; child = 2 * at + 1) {
        child += child + 1 < m->count && before(&m->heap[child + 1], &m->heap[child]);
        if (!before(&m->heap[child], &last)) {
            break;
        }
        m->heap[at] = m->heap[child];
        at = child;
    }
    m->heap[at] = last;
    return top;
}

/* Inertia lost by merging. */
static double gain_of(const maker *m, uint32_t a, uint32_t b) {
    const double *x = irm_matrix_row(&m->centres, a);
    const double *y = irm_matrix_row(&m->centres, b);
    double squared = 0.0;
    for (size_t j = 0; j < m->columns; j++) {
        squared += (x[j] - y[j]) * (x[j] - y[j]);
    }
    double wa = m->clusters[a].mass;
    double wb = m->clusters[b].mass;
    return wa * wb / (wa + wb) * squared;
}

static irm_status propose(maker *m, uint32_t a, uint32_t b, irm_error *error) {
    uint32_t low = a < b ? a : b;
    uint32_t high = a < b ? b : a;
    candidate c = {gain_of(m, low, high), low, high, m->clusters[low].version,
                   m->clusters[high].version};
    return heap_push(m, c, error);
}

static size_t place_of(const cluster *c, uint32_t unit) {
    size_t low = 0;
    size_t high = c->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->neighbours[middle] < unit) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* `b` is now part of `a` (a < b): in the row of their neighbour c, one entry is left. */
static void rename_neighbour(cluster *c, uint32_t a, uint32_t b) {
    size_t at_b = place_of(c, b);
    size_t at_a = place_of(c, a);
    bool has_a = at_a < c->count && c->neighbours[at_a] == a;
    if (at_b >= c->count || c->neighbours[at_b] != b) {
        return;
    }
    if (has_a) {
        memmove(c->neighbours + at_b, c->neighbours + at_b + 1,
                (c->count - at_b - 1) * sizeof *c->neighbours);
        c->count--;
    } else {
        memmove(c->neighbours + at_a + 1, c->neighbours + at_a,
                (at_b - at_a) * sizeof *c->neighbours);
        c->neighbours[at_a] = a;
    }
}

/* The neighbours of either, but for the two. */
static irm_status join_rows(maker *m, uint32_t a, uint32_t b, irm_error *error) {
    cluster *x = &m->clusters[a];
    cluster *y = &m->clusters[b];
    uint32_t *both = irm_calloc(x->count + y->count, sizeof *both);
    if (both == NULL) {
        return irm_fail_memory(error);
    }
    size_t count = 0;
    for (size_t i = 0, j = 0; i < x->count || j < y->count;) {
        bool from_x =
            j == y->count || (i < x->count && x->neighbours[i] <= y->neighbours[j]);
        uint32_t next = from_x ? x->neighbours[i++] : y->neighbours[j++];
        if (next != a && next != b && (count == 0 || both[count - 1] != next)) {
            both[count++] = next;
        }
    }
    irm_free(x->neighbours);
    irm_free(y->neighbours);
    x->neighbours = both;
    x->count = x->capacity = count;
    y->neighbours = NULL;
    y->count = y->capacity = 0;
    return IRM_OK;
}

/* The merge of a and b (a < b) is the next of the tree; the new cluster is a. */
static void merge(maker *m, uint32_t a, uint32_t b, double gain) {
    cluster *x = &m->clusters[a];
    cluster *y = &m->clusters[b];
    double *centre = irm_matrix_row(&m->centres, a);
    const double *other = irm_matrix_row(&m->centres, b);
    for (size_t j = 0; j < m->columns; j++) {
        centre[j] += (other[j] - centre[j]) * (y->mass / (x->mass + y->mass));
    }
    bool swapped = x->name > 0 && y->name < 0;
    m->merges[m->merged++] = (irm_merge){.left = swapped ? y->name : x->name,
                                         .right = swapped ? x->name : y->name,
                                         .height = sqrt(2.0 * (double)m->n * gain),
                                         .gain = gain,
                                         .size = x->size + y->size};
    x->name = (int32_t)m->merged;
    x->mass += y->mass;
    x->size += y->size;
    x->version++;
    y->gone = true;
}

static irm_status merge_neighbours(maker *m, irm_error *error) {
    while (m->count > 0) {
        candidate c = heap_pop(m);
        cluster *a = &m->clusters[c.a];
        cluster *b = &m->clusters[c.b];
        if (a->gone || b->gone || a->version != c.version_a ||
            b->version != c.version_b) {
            continue;
        }
        IRM_TRY(join_rows(m, c.a, c.b, error));
        merge(m, c.a, c.b, c.gain);
        for (size_t i = 0; i < a->count; i++) {
            rename_neighbour(&m->clusters[a->neighbours[i]], c.a, c.b);
            IRM_TRY(propose(m, c.a, a->neighbours[i], error));
        }
    }
    return IRM_OK;
}

/* What is left has no neighbour: Ward among the separate parts, without a constraint. */
static irm_status merge_parts(maker *m, irm_error *error) {
    size_t parts = m->n - m->merged;
    if (parts == 1) {
        return IRM_OK;
    }
    irm_matrix centres = {0};
    irm_tree tree = {0};
    double *mass = irm_calloc(parts, sizeof *mass);
    uint32_t *first = irm_calloc(2 * parts, sizeof *first); /* of parts, then of steps */
    irm_status status = mass == NULL || first == NULL
                            ? irm_fail_memory(error)
                            : irm_matrix_init(&centres, parts, m->columns, error);
    for (size_t i = 0, part = 0; status == IRM_OK && i < m->n; i++) {
        if (!m->clusters[i].gone) {
            memcpy(irm_matrix_row(&centres, part), irm_matrix_row(&m->centres, i),
                   m->columns * sizeof *centres.data);
            mass[part] = m->clusters[i].mass;
            first[part++] = (uint32_t)i;
        }
    }
    if (status == IRM_OK) {
        status = irm_tree_ward(&centres, mass, 1, &tree, error);
    }
    for (size_t s = 0; status == IRM_OK && s + 1 < parts; s++) {
        int32_t left = tree.merges[s].left;
        int32_t right = tree.merges[s].right;
        uint32_t a = first[left < 0 ? -left - 1 : (int32_t)parts + left - 1];
        uint32_t b = first[right < 0 ? -right - 1 : (int32_t)parts + right - 1];
        merge(m, a < b ? a : b, a < b ? b : a, tree.merges[s].gain);
        first[parts + s] = a < b ? a : b;
    }
    irm_tree_clear(&tree);
    irm_matrix_clear(&centres);
    irm_free(mass);
    irm_free(first);
    return status;
}

static irm_status maker_init(maker *m, const irm_matrix *x, const double *weights,
                             const irm_neighbours *graph, irm_error *error) {
    m->n = graph->n;
    m->columns = x->columns;
    m->clusters = irm_calloc(m->n, sizeof *m->clusters);
    m->merges = irm_calloc(m->n, sizeof *m->merges);
    if (m->clusters == NULL || m->merges == NULL) {
        return irm_fail_memory(error);
    }
    IRM_TRY(irm_matrix_init(&m->centres, m->n, m->columns, error));
    memcpy(m->centres.data, x->data, m->n * m->columns * sizeof *x->data);
    double total = 0.0;
    for (size_t i = 0; i < m->n; i++) {
        total += weights == NULL ? 1.0 : weights[i];
    }
    for (size_t i = 0; i < m->n; i++) {
        size_t count = graph->start[i + 1] - graph->start[i];
        cluster *c = &m->clusters[i];
        *c = (cluster){.neighbours = irm_calloc(count, sizeof *c->neighbours),
                       .count = count,
                       .capacity = count,
                       .mass = (weights == NULL ? 1.0 : weights[i]) / total,
                       .size = 1,
                       .name = -(int32_t)i - 1};
        if (c->neighbours == NULL) {
            return irm_fail_memory(error);
        }
        memcpy(c->neighbours, graph->index + graph->start[i],
               count * sizeof *c->neighbours);
    }
    for (size_t i = 0; i < m->n; i++) {
        for (size_t at = graph->start[i]; at < graph->start[i + 1]; at++) {
            if (graph->index[at] > i) {
                IRM_TRY(propose(m, (uint32_t)i, graph->index[at], error));
            }
        }
    }
    return IRM_OK;
}

static void maker_clear(maker *m) {
    for (size_t i = 0; m->clusters != NULL && i < m->n; i++) {
        irm_free(m->clusters[i].neighbours);
    }
    irm_free(m->clusters);
    irm_matrix_clear(&m->centres);
    irm_free(m->heap);
    irm_free(m->merges);
}

irm_status irm_tree_contiguous(const irm_matrix *x, const double *weights,
                               const irm_neighbours *neighbours, irm_tree *tree,
                               irm_error *error) {
    *tree = (irm_tree){0};
    IRM_TRY(units_check_matrix(x, neighbours->n, error));
    IRM_TRY(units_check_weights(weights, neighbours->n, error));
    irm_neighbours graph = {0};
    maker m = {0};
    irm_status status = neighbours_both_ways(neighbours, &graph, error);
    if (status == IRM_OK) {
        status = maker_init(&m, x, weights, &graph, error);
    }
    if (status == IRM_OK) {
        status = merge_neighbours(&m, error);
    }
    if (status == IRM_OK) {
        status = merge_parts(&m, error);
    }
    if (status == IRM_OK) {
        *tree = (irm_tree){.n = m.n, .merges = m.merges, .linkage = IRM_LINKAGE_WARD};
        m.merges = NULL;
    }
    maker_clear(&m);
    irm_neighbours_clear(&graph);
    return status;
}
