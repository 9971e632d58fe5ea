#include "multivariate/ward_index.h"

#include <float.h>
#include <string.h>

#include "irminon/memory.h"

enum { ALIGNMENT = 64 };

typedef struct keyed {
    double key;
    uint32_t cluster;
} keyed;

/* `count` sixteens of `rows` rows. */
static bool shelf_init(ward_shelf *shelf, size_t count, size_t rows) {
    shelf->stride = rows * WARD_LANES;
    shelf->base = irm_calloc(count * shelf->stride + ALIGNMENT, sizeof(float));
    if (shelf->base == NULL) {
        return false;
    }
    uintptr_t address = (uintptr_t)shelf->base;
    shelf->data = (float *)((char *)shelf->base + (ALIGNMENT - address % ALIGNMENT));
    return true;
}

static float *shelf_at(const ward_shelf *shelf, size_t sixteen) {
    return shelf->data + sixteen * shelf->stride;
}

static size_t sixteens(size_t count) { return (count + WARD_LANES - 1) / WARD_LANES; }

/* Coordinates in units of the largest distance from the middle; how far floats of that
 * scale may be wrong: 2^-25 a coordinate, so that a difference is within 2^-23, and a
 * distance within e = sqrt(p)·2^-23, but for relative errors of p·2^-23. With
 * (d + e)² ≤ d²(1 + 1/256) + 257e², and twice that for good measure. */
static void set_scale(ward_index *index, const ward_clusters *clusters) {
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < clusters->n * clusters->p; i++) {
        least = fmin(least, clusters->centers[i]);
        most = fmax(most, clusters->centers[i]);
    }
    index->origin = least / 2 + most / 2;
    index->scale = most > least ? 2 / (most - least) : 1;
    double p = (double)clusters->p;
    index->widen = (float)(1 + 1.0 / 128 + p * 0x1p-21);
    index->margin = (float)(514 * p * 0x1p-46);
}

irm_status ward_index_init(ward_index *index, const ward_clusters *clusters,
                           size_t capacity, irm_error *error) {
    size_t p = clusters->p;
    size_t leaves = sixteens(capacity), groups = sixteens(leaves),
           blocks = sixteens(groups);
    *index = (ward_index){.p = p};
    bool shelves = shelf_init(&index->leaves, leaves, p + 1) &&
                   shelf_init(&index->groups, groups, 2 * p + 1) &&
                   shelf_init(&index->blocks, blocks, 2 * p + 1);
    index->clusters = irm_calloc(leaves * WARD_LANES, sizeof *index->clusters);
    index->place = irm_calloc(clusters->n, sizeof *index->place);
    index->scratch = irm_calloc(capacity, sizeof(keyed));
    if (!shelves || index->clusters == NULL || index->place == NULL ||
        index->scratch == NULL) {
        ward_index_clear(index);
        return irm_fail_memory(error);
    }
    set_scale(index, clusters);
    return IRM_OK;
}

void ward_index_clear(ward_index *index) {
    irm_free(index->leaves.base);
    irm_free(index->groups.base);
    irm_free(index->blocks.base);
    irm_free(index->clusters);
    irm_free(index->place);
    irm_free(index->scratch);
    *index = (ward_index){0};
}

/* Lane `lane` of a sixteen of boxes: as if it held nothing. */
static void empty_box(float *boxes, size_t p, size_t lane) {
    for (size_t j = 0; j < p; j++) {
        boxes[j * WARD_LANES + lane] = FLT_MAX;
        boxes[(p + j) * WARD_LANES + lane] = -FLT_MAX;
    }
    boxes[2 * p * WARD_LANES + lane] = 0;
}

static void widen_box(float *boxes, size_t p, size_t lane, const float *centers,
                      size_t from) {
    for (size_t j = 0; j < p; j++) {
        float x = centers[j * WARD_LANES + from];
        float *lower = &boxes[j * WARD_LANES + lane];
        float *upper = &boxes[(p + j) * WARD_LANES + lane];
        *lower = x < *lower ? x : *lower;
        *upper = x > *upper ? x : *upper;
    }
    float r = centers[p * WARD_LANES + from];
    float *most = &boxes[2 * p * WARD_LANES + lane];
    *most = r > *most ? r : *most;
}

static void put_center(ward_index *index, const ward_clusters *clusters, size_t place,
                       uint32_t cluster) {
    float *leaf = shelf_at(&index->leaves, place / WARD_LANES);
    const double *center = ward_center(clusters, cluster);
    size_t lane = place % WARD_LANES;
    for (size_t j = 0; j < index->p; j++) {
        leaf[j * WARD_LANES + lane] = ward_scaled(index, center[j]);
    }
    leaf[index->p * WARD_LANES + lane] = ward_reciprocal(clusters->weights[cluster]);
    index->clusters[place] = cluster;
    index->place[cluster] = (uint32_t)place;
}

/* A lane that is at no distance from anybody. */
static void empty_lane(ward_index *index, size_t place) {
    float *leaf = shelf_at(&index->leaves, place / WARD_LANES);
    for (size_t j = 0; j < index->p; j++) {
        leaf[j * WARD_LANES + place % WARD_LANES] = INFINITY;
    }
    index->clusters[place] = WARD_NONE;
}

static void widen_boxes(ward_index *index, size_t place) {
    size_t leaf = place / WARD_LANES, group = leaf / WARD_LANES;
    const float *centers = shelf_at(&index->leaves, leaf);
    widen_box(shelf_at(&index->groups, group), index->p, leaf % WARD_LANES, centers,
              place % WARD_LANES);
    widen_box(shelf_at(&index->blocks, group / WARD_LANES), index->p, group % WARD_LANES,
              centers, place % WARD_LANES);
}

static size_t widest_axis(const ward_clusters *clusters, const keyed *items,
                          size_t count) {
    size_t best = 0;
    double most = -1;
    for (size_t j = 0; j < clusters->p; j++) {
        double least = INFINITY, greatest = -INFINITY;
        for (size_t i = 0; i < count; i++) {
            double x = ward_center(clusters, items[i].cluster)[j];
            least = x < least ? x : least;
            greatest = x > greatest ? x : greatest;
        }
        if (greatest - least > most) {
            most = greatest - least;
            best = j;
        }
    }
    return best;
}

static double middle(double a, double b, double c) {
    return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/* Puts the `rank` least keys first (Hoare's selection). */
static void select_least(keyed *items, size_t count, size_t rank) {
    size_t first = 0, last = count - 1;
    while (first < last) {
        double pivot = middle(items[first].key, items[first + (last - first) / 2].key,
                              items[last].key);
        size_t i = first, j = last;
        for (;;) {
            while (items[i].key < pivot) {
                i++;
            }
            while (items[j].key > pivot) {
                j--;
            }
            if (i >= j) {
                break;
            }
            keyed swapped = items[i];
            items[i++] = items[j];
            items[j--] = swapped;
        }
        if (rank <= j) {
            last = j;
        } else {
            first = j + 1;
        }
    }
}

/* Sorts into leaves of neighbours, and those into groups and blocks: halves along the
 * widest axis, at a multiple of the largest of them that fits. */
static void arrange(const ward_clusters *clusters, keyed *items, size_t count) {
    if (count <= WARD_LANES) {
        return;
    }
    size_t unit = WARD_LANES;
    while (unit * WARD_LANES < count) {
        unit *= WARD_LANES;
    }
    size_t axis = widest_axis(clusters, items, count);
    for (size_t i = 0; i < count; i++) {
        items[i].key = ward_center(clusters, items[i].cluster)[axis];
    }
    size_t units = (count + unit - 1) / unit, below = units / 2 * unit;
    select_least(items, count, below);
    arrange(clusters, items, below);
    arrange(clusters, items + below, count - below);
}

void ward_index_build(ward_index *index, const ward_clusters *clusters,
                      const uint32_t *members, size_t count) {
    keyed *items = index->scratch;
    for (size_t i = 0; i < count; i++) {
        items[i].cluster = members[i];
    }
    arrange(clusters, items, count);
    index->count = count;
    index->n_leaves = sixteens(count);
    index->n_groups = sixteens(index->n_leaves);
    index->n_blocks = sixteens(index->n_groups);
    for (size_t b = 0; b < index->n_groups * WARD_LANES; b++) {
        empty_box(shelf_at(&index->groups, b / WARD_LANES), index->p, b % WARD_LANES);
    }
    for (size_t b = 0; b < index->n_blocks * WARD_LANES; b++) {
        empty_box(shelf_at(&index->blocks, b / WARD_LANES), index->p, b % WARD_LANES);
    }
    for (size_t place = 0; place < index->n_leaves * WARD_LANES; place++) {
        if (place < count) {
            put_center(index, clusters, place, items[place].cluster);
            widen_boxes(index, place);
        } else {
            empty_lane(index, place);
        }
    }
}

void ward_index_merge(ward_index *index, const ward_clusters *clusters, uint32_t kept,
                      uint32_t gone) {
    empty_lane(index, index->place[gone]);
    put_center(index, clusters, index->place[kept], kept);
    widen_boxes(index, index->place[kept]);
}
