#include "multivariate/merging.h"

#include <math.h>
#include <stdbool.h>

#include "irminon/memory.h"

#define NONE UINT32_MAX

typedef struct step {
    merging merge;
    uint32_t children[2]; /* steps, or NONE for an individual */
    uint32_t parent;
    uint32_t waits; /* children not given yet */
    uint32_t rank;  /* its place in the tree, from 1 */
    uint32_t size;
} step;

typedef struct queue {
    const step *steps;
    uint32_t *items;
    size_t count;
} queue;

static bool before(const queue *heap, uint32_t first, uint32_t second) {
    const merging *x = &heap->steps[first].merge;
    const merging *y = &heap->steps[second].merge;
    if (x->height != y->height) {
        return x->height < y->height;
    }
    return x->a != y->a ? x->a < y->a : x->b < y->b;
}

static void queue_push(queue *heap, uint32_t item) {
    size_t at = heap->count++;
    while (at > 0 && before(heap, item, heap->items[(at - 1) / 2])) {
        heap->items[at] = heap->items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap->items[at] = item;
}

static uint32_t queue_pop(queue *heap) {
    uint32_t top = heap->items[0];
    uint32_t last = heap->items[--heap->count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < heap->count &&
            before(heap, heap->items[child + 1], heap->items[child])) {
            child++;
        }
        if (child >= heap->count || !before(heap, heap->items[child], last)) {
            break;
        }
        heap->items[at] = heap->items[child];
        at = child;
    }
    heap->items[at] = last;
    return top;
}

/* Who is made of whom; `made` is the latest step of each first individual. */
static void link_steps(const merging *merges, size_t n, step *steps, uint32_t *made) {
    for (size_t i = 0; i < n; i++) {
        made[i] = NONE;
    }
    for (size_t s = 0; s + 1 < n; s++) {
        step *next = &steps[s];
        next->merge = merges[s];
        next->parent = NONE;
        uint32_t *children = next->children;
        children[0] = made[merges[s].a];
        children[1] = made[merges[s].b];
        next->size = 0;
        for (size_t c = 0; c < 2; c++) {
            if (children[c] == NONE) {
                next->size++;
                continue;
            }
            steps[children[c]].parent = (uint32_t)s;
            next->size += steps[children[c]].size;
            next->waits++;
            next->merge.height =
                fmax(next->merge.height, steps[children[c]].merge.height);
        }
        made[merges[s].a] = (uint32_t)s;
    }
}

static int32_t name_of(const step *steps, uint32_t child, uint32_t individual) {
    return child == NONE ? -(int32_t)individual - 1 : (int32_t)steps[child].rank;
}

static irm_merge publish(const step *steps, const step *of, size_t n, bool ward) {
    irm_merge merge = {.height = of->merge.height, .size = of->size};
    merge.left = name_of(steps, of->children[0], of->merge.a);
    merge.right = name_of(steps, of->children[1], of->merge.b);
    if (merge.left > 0 && merge.right < 0) {
        int32_t swapped = merge.left;
        merge.left = merge.right;
        merge.right = swapped;
    }
    merge.gain = ward ? merge.height * merge.height / (2 * (double)n) : NAN;
    return merge;
}

irm_status merging_finish(const merging *merges, size_t n, irm_linkage linkage,
                          irm_tree *tree, irm_error *error) {
    irm_status status = IRM_OK;
    step *steps = irm_calloc(n, sizeof *steps);
    uint32_t *scratch = irm_calloc(n, sizeof *scratch);
    irm_merge *result = irm_calloc(n, sizeof *result);
    if (steps == NULL || scratch == NULL || result == NULL) {
        status = irm_fail_memory(error);
        irm_free(result);
        goto cleanup;
    }
    link_steps(merges, n, steps, scratch);
    queue heap = {steps, scratch, 0};
    for (size_t s = 0; s + 1 < n; s++) {
        if (steps[s].waits == 0) {
            queue_push(&heap, (uint32_t)s);
        }
    }
    for (uint32_t rank = 0; heap.count > 0; rank++) {
        step *next = &steps[queue_pop(&heap)];
        next->rank = rank + 1;
        result[rank] = publish(steps, next, n, linkage == IRM_LINKAGE_WARD);
        if (next->parent != NONE && --steps[next->parent].waits == 0) {
            queue_push(&heap, next->parent);
        }
    }
    *tree = (irm_tree){.n = n, .merges = result, .linkage = linkage};
cleanup:
    irm_free(steps);
    irm_free(scratch);
    return status;
}
