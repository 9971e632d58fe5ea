/* Who touches whom. Every segment is put into the squares of a grid that it comes near;
 * each owner then looks, along its own boundary, at the segments of those with a larger
 * number. Owners are shared out to threads, and each owner's list is sorted, so that
 * neither the threads nor the order within squares shows in the result. */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "geometry/shapes.h"
#include "irminon/memory.h"
#include "irminon/threads.h"
#include "spatial/boundary.h"
#include "spatial/neighbours.h"
#include "spatial/units.h"

typedef struct searcher { /* one a worker */
    uint32_t *stamp;      /* by owner: 1 + the last owner that found it */
    uint32_t *found;
    size_t count, capacity;
} searcher;

typedef struct search {
    const boundary *lines;
    const segment_index *index;
    irm_contiguity kind;
    searcher *searchers;
    size_t *at;       /* by owner: where its partners begin in its searcher's list */
    size_t *count;    /* by owner */
    uint32_t *worker; /* by owner */
} search;

typedef struct look {
    const search *all;
    searcher *mine;
    uint32_t owner;
    size_t segment;
    irm_status status;
} look;

static void look_in_square(void *context, size_t bucket) {
    look *l = context;
    const segment_index *index = l->all->index;
    size_t end = atomic_load_explicit(&index->first[bucket + 1], memory_order_relaxed);
    for (size_t at = atomic_load_explicit(&index->first[bucket], memory_order_relaxed);
         at < end; at++) {
        uint32_t owner = index->entries[at].owner;
        if (owner <= l->owner || l->mine->stamp[owner] == l->owner + 1 ||
            !segments_meet(l->all->lines, l->segment, index->entries[at].segment,
                           l->all->kind)) {
            continue;
        }
        l->mine->stamp[owner] = l->owner + 1;
        if (irm_reserve((void **)&l->mine->found, &l->mine->capacity, l->mine->count + 1,
                        sizeof *l->mine->found, NULL) != IRM_OK) {
            l->status = IRM_STATUS_NO_MEMORY;
            return;
        }
        l->mine->found[l->mine->count++] = owner;
    }
}

static int by_number(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static irm_status search_owners(void *context, size_t first, size_t last, size_t worker,
                                irm_error *error) {
    search *s = context;
    searcher *mine = &s->searchers[worker];
    for (size_t owner = first; owner < last; owner++) {
        look l = {.all = s, .mine = mine, .owner = (uint32_t)owner};
        s->at[owner] = mine->count;
        s->worker[owner] = (uint32_t)worker;
        for (size_t ring = s->lines->ring_of[owner]; ring < s->lines->ring_of[owner + 1];
             ring++) {
            for (l.segment = s->lines->start[ring];
                 l.segment + 1 < s->lines->start[ring + 1]; l.segment++) {
                segment_index_visit(s->index, s->lines, l.segment, 0.0, look_in_square,
                                    &l);
            }
        }
        if (l.status != IRM_OK) {
            return irm_fail_memory(error);
        }
        s->count[owner] = mine->count - s->at[owner];
        if (s->count[owner] > 0) {
            qsort(mine->found + s->at[owner], s->count[owner], sizeof *mine->found,
                  by_number);
        }
    }
    return IRM_OK;
}

/* The workers' lists, put one after the other in the order of the owners. */
static irm_status gather(const search *s, irm_neighbours *neighbours, irm_error *error) {
    size_t n = s->lines->n;
    size_t *start = irm_calloc(n + 1, sizeof *start);
    uint32_t *partner = NULL;
    irm_status status = IRM_OK;
    if (start == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t owner = 0; owner < n; owner++) {
        start[owner + 1] = start[owner] + s->count[owner];
    }
    partner = irm_calloc(start[n], sizeof *partner);
    if (partner == NULL) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    for (size_t owner = 0; owner < n; owner++) {
        for (size_t i = 0; i < s->count[owner]; i++) {
            partner[start[owner] + i] =
                s->searchers[s->worker[owner]].found[s->at[owner] + i];
        }
    }
    status = neighbours_from_rows(&(pair_rows){n, start, partner}, neighbours, error);
cleanup:
    irm_free(start);
    irm_free(partner);
    return status;
}

enum { GRAIN = 64 };

static irm_status link_owners(const boundary *lines, irm_contiguity kind, size_t threads,
                              irm_neighbours *neighbours, irm_error *error) {
    segment_index index = {0};
    IRM_TRY(segment_index_build(lines, threads, &index, error));
    size_t workers = irm_parallel_workers(lines->n, GRAIN, threads);
    search s = {.lines = lines,
                .index = &index,
                .kind = kind,
                .searchers = irm_calloc(workers, sizeof *s.searchers),
                .at = irm_calloc(lines->n, sizeof *s.at),
                .count = irm_calloc(lines->n, sizeof *s.count),
                .worker = irm_calloc(lines->n, sizeof *s.worker)};
    bool ready = s.searchers && s.at && s.count && s.worker;
    for (size_t w = 0; ready && w < workers; w++) {
        s.searchers[w].stamp = irm_calloc(lines->n, sizeof *s.searchers[w].stamp);
        ready = s.searchers[w].stamp != NULL;
    }
    irm_status status =
        ready ? irm_parallel_for(lines->n, GRAIN, threads, search_owners, &s, error)
              : irm_fail_memory(error);
    if (status == IRM_OK) {
        status = gather(&s, neighbours, error);
    }
    for (size_t w = 0; s.searchers != NULL && w < workers; w++) {
        irm_free(s.searchers[w].stamp);
        irm_free(s.searchers[w].found);
    }
    irm_free(s.searchers);
    irm_free(s.at);
    irm_free(s.count);
    irm_free(s.worker);
    segment_index_clear(&index);
    return status;
}

static irm_status check_shapes(const irm_shapes *shapes, double snap, irm_error *error) {
    IRM_TRY(units_check_count(shapes->count, error));
    if (!(snap >= 0.0) || isinf(snap)) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "a snap distance of %g: expected a finite number, 0 or more",
                        snap);
    }
    unit_list bad = {0};
    for (size_t i = 0; i < shapes->count; i++) {
        size_t end = shapes->ring_start[shapes->first_ring[i + 1]];
        for (size_t p = shapes->ring_start[shapes->first_ring[i]]; p < end; p++) {
            if (!isfinite(shapes->x[p]) || !isfinite(shapes->y[p])) {
                unit_list_add(&bad, i);
                break;
            }
        }
    }
    if (bad.count > 0) {
        return irm_fail(error, IRM_STATUS_DATA, "coordinates that are not finite: %s",
                        unit_list_text(&bad));
    }
    return IRM_OK;
}

irm_status irm_neighbours_contiguous(const irm_shapes *shapes, irm_contiguity kind,
                                     double snap, size_t threads,
                                     irm_neighbours *neighbours, irm_error *error) {
    *neighbours = (irm_neighbours){0};
    IRM_TRY(check_shapes(shapes, snap, error));
    boundary lines = {shapes->count, shapes->first_ring, shapes->ring_start,
                      shapes->x,     shapes->y,          snap};
    return link_owners(&lines, kind, threads, neighbours, error);
}

/* Parts: an outer ring and the holes after it. */
typedef struct part_list {
    size_t n;
    size_t *ring_of; /* n + 1: first ring */
    uint32_t *unit;  /* n */
    double *area;    /* n */
} part_list;

static void part_list_clear(part_list *parts) {
    irm_free(parts->ring_of);
    irm_free(parts->unit);
    irm_free(parts->area);
    *parts = (part_list){0};
}

static double part_area(const irm_shapes *shapes, size_t first, size_t last) {
    return irm_shape_area((irm_shape){.n_rings = last - first,
                                      .ring_start = shapes->ring_start + first,
                                      .hole = shapes->hole + first,
                                      .x = shapes->x,
                                      .y = shapes->y});
}

static irm_status take_apart(const irm_shapes *shapes, part_list *parts,
                             irm_error *error) {
    size_t rings = shapes->first_ring[shapes->count];
    *parts = (part_list){.ring_of = irm_calloc(rings + 1, sizeof *parts->ring_of),
                         .unit = irm_calloc(rings, sizeof *parts->unit),
                         .area = irm_calloc(rings, sizeof *parts->area)};
    if (parts->ring_of == NULL || parts->unit == NULL || parts->area == NULL) {
        part_list_clear(parts);
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < shapes->count; i++) {
        size_t end = shapes->first_ring[i + 1];
        for (size_t ring = shapes->first_ring[i]; ring < end; ring++) {
            if (ring == shapes->first_ring[i] || !shapes->hole[ring]) {
                parts->unit[parts->n] = (uint32_t)i;
                parts->ring_of[parts->n++] = ring;
            }
        }
    }
    parts->ring_of[parts->n] = rings;
    for (size_t part = 0; part < parts->n; part++) {
        parts->area[part] =
            part_area(shapes, parts->ring_of[part], parts->ring_of[part + 1]);
    }
    return IRM_OK;
}

/* Counts the parts of each unit but the largest: exclaves where one borders another
 * unit, islets where it borders none. */
static void count_parts(const part_list *parts, const irm_neighbours *touching,
                        irm_parts *units) {
    size_t main_part = 0;
    for (size_t part = 0; part < parts->n; part++) {
        uint32_t unit = parts->unit[part];
        units[unit].parts++;
        if (part == 0 || parts->unit[part - 1] != unit) {
            main_part = part;
            for (size_t p = part; p < parts->n && parts->unit[p] == unit; p++) {
                main_part = parts->area[p] > parts->area[main_part] ? p : main_part;
            }
        }
        if (part == main_part) {
            continue;
        }
        bool borders = false;
        for (size_t at = touching->start[part]; at < touching->start[part + 1]; at++) {
            borders |= parts->unit[touching->index[at]] != unit;
        }
        units[unit].exclaves += borders;
        units[unit].islets += !borders;
    }
}

irm_status irm_parts_count(const irm_shapes *shapes, double snap, size_t threads,
                           irm_parts *units, irm_error *error) {
    IRM_TRY(check_shapes(shapes, snap, error));
    part_list parts = {0};
    irm_neighbours touching = {0};
    for (size_t i = 0; i < shapes->count; i++) {
        units[i] = (irm_parts){0};
    }
    IRM_TRY(take_apart(shapes, &parts, error));
    boundary lines = {parts.n,   parts.ring_of, shapes->ring_start,
                      shapes->x, shapes->y,     snap};
    irm_status status =
        link_owners(&lines, IRM_CONTIGUITY_QUEEN, threads, &touching, error);
    if (status == IRM_OK) {
        count_parts(&parts, &touching, units);
    }
    irm_neighbours_clear(&touching);
    part_list_clear(&parts);
    return status;
}
