#include "spatial/point_tree.h"

#include <math.h>
#include <stdbool.h>

#include "irminon/memory.h"

enum { LEAF = 8 };

static void set_box(point_tree *tree, size_t node, size_t first, size_t last) {
    double *box = tree->box[node];
    box[0] = box[1] = INFINITY;
    box[2] = box[3] = -INFINITY;
    for (size_t i = first; i < last; i++) {
        uint32_t p = tree->order[i];
        box[0] = fmin(box[0], tree->x[p]);
        box[1] = fmin(box[1], tree->y[p]);
        box[2] = fmax(box[2], tree->x[p]);
        box[3] = fmax(box[3], tree->y[p]);
    }
}

static bool before(const double *at, uint32_t a, uint32_t b) {
    return at[a] < at[b] || (at[a] <= at[b] && a < b);
}

/* Puts the item of rank `middle` in its place, lesser ones before it (Hoare's select;
 * pivots are medians of three, and numbers break ties, so that equal points are no worst
 * case). */
static void place(uint32_t *order, const double *at, size_t first, size_t last,
                  size_t middle) {
    while (last - first > 1) {
        uint32_t a = order[first];
        uint32_t b = order[first + (last - first) / 2];
        uint32_t c = order[last - 1];
        uint32_t low = before(at, a, b) ? a : b;
        uint32_t high = before(at, a, b) ? b : a;
        uint32_t pivot = before(at, c, low) ? low : before(at, high, c) ? high : c;
        size_t i = first;
        size_t j = last - 1;
        for (;;) {
            while (before(at, order[i], pivot)) {
                i++;
            }
            while (before(at, pivot, order[j])) {
                j--;
            }
            if (i >= j) {
                break;
            }
            uint32_t swapped = order[i];
            order[i++] = order[j];
            order[j--] = swapped;
        }
        /* Everything before i is at most the pivot, everything from j + 1 at least. */
        if (middle < i) {
            last = i;
        } else if (middle > j) {
            first = j + 1;
        } else {
            return;
        }
    }
}

static void split(point_tree *tree, size_t node, size_t first, size_t last) {
    set_box(tree, node, first, last);
    if (last - first <= LEAF) {
        return;
    }
    const double *box = tree->box[node];
    size_t middle = first + (last - first) / 2;
    place(tree->order, box[2] - box[0] >= box[3] - box[1] ? tree->x : tree->y, first,
          last, middle);
    split(tree, 2 * node, first, middle);
    split(tree, 2 * node + 1, middle, last);
}

irm_status point_tree_build(const double *x, const double *y, size_t n, point_tree *tree,
                            irm_error *error) {
    size_t nodes = 2;
    for (size_t size = n; size > LEAF; size -= size / 2) {
        nodes *= 2;
    }
    *tree = (point_tree){.n = n,
                         .x = x,
                         .y = y,
                         .nodes = nodes,
                         .order = irm_calloc(n, sizeof *tree->order),
                         .box = irm_calloc(nodes, sizeof *tree->box)};
    if (tree->order == NULL || tree->box == NULL) {
        point_tree_clear(tree);
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        tree->order[i] = (uint32_t)i;
    }
    split(tree, 1, 0, n);
    return IRM_OK;
}

void point_tree_clear(point_tree *tree) {
    irm_free(tree->order);
    irm_free(tree->box);
    *tree = (point_tree){0};
}

static double box_distance(const double *box, double x, double y) {
    double dx = fmax(0.0, fmax(box[0] - x, x - box[2]));
    double dy = fmax(0.0, fmax(box[1] - y, y - box[3]));
    return dx * dx + dy * dy;
}

static double point_distance(const point_tree *tree, uint32_t a, uint32_t b) {
    double dx = tree->x[a] - tree->x[b];
    double dy = tree->y[a] - tree->y[b];
    return dx * dx + dy * dy;
}

typedef struct nearest {
    const point_tree *tree;
    const point_query *query;
    near_point *near;
    size_t count;
} nearest;

static bool nearer(near_point a, near_point b) {
    return a.squared < b.squared || (a.squared <= b.squared && a.point < b.point);
}

/* Keeps the list sorted: k is small. */
static void offer(nearest *n, uint32_t point) {
    near_point p = {point_distance(n->tree, n->query->self, point), point};
    if (p.squared > n->query->squared ||
        (n->count == n->query->k && !nearer(p, n->near[n->count - 1]))) {
        return;
    }
    size_t at = n->count < n->query->k ? n->count++ : n->count - 1;
    for (; at > 0 && nearer(p, n->near[at - 1]); at--) {
        n->near[at] = n->near[at - 1];
    }
    n->near[at] = p;
}

static double reach(const nearest *n) {
    return n->count < n->query->k ? n->query->squared : n->near[n->count - 1].squared;
}

static void descend(nearest *n, size_t node, size_t first, size_t last) {
    const point_query *q = n->query;
    if (q->only != NULL && q->only[node] == q->group[q->self]) {
        return;
    }
    if (last - first <= LEAF) {
        for (size_t i = first; i < last; i++) {
            uint32_t p = n->tree->order[i];
            if (p != q->self && (q->group == NULL || q->group[p] != q->group[q->self])) {
                offer(n, p);
            }
        }
        return;
    }
    double x = n->tree->x[q->self];
    double y = n->tree->y[q->self];
    size_t middle = first + (last - first) / 2;
    double left = box_distance(n->tree->box[2 * node], x, y);
    double right = box_distance(n->tree->box[2 * node + 1], x, y);
    if (left <= right && left <= reach(n)) {
        descend(n, 2 * node, first, middle);
    }
    if (right <= reach(n)) {
        descend(n, 2 * node + 1, middle, last);
    }
    if (left > right && left <= reach(n)) {
        descend(n, 2 * node, first, middle);
    }
}

size_t point_tree_nearest(const point_tree *tree, const point_query *query,
                          near_point *near) {
    nearest n = {.tree = tree, .query = query, .near = near};
    if (query->k > 0) {
        descend(&n, 1, 0, tree->n);
    }
    return n.count;
}

static int32_t group_node(const point_tree *tree, const int32_t *group, int32_t *only,
                          size_t node, size_t first, size_t last) {
    int32_t common = group[tree->order[first]];
    if (last - first <= LEAF) {
        for (size_t i = first; i < last; i++) {
            common = group[tree->order[i]] == common ? common : -1;
        }
    } else {
        size_t middle = first + (last - first) / 2;
        int32_t left = group_node(tree, group, only, 2 * node, first, middle);
        int32_t right = group_node(tree, group, only, 2 * node + 1, middle, last);
        common = left == right ? left : -1;
    }
    return only[node] = common;
}

void point_tree_groups(const point_tree *tree, const int32_t *group, int32_t *only) {
    group_node(tree, group, only, 1, 0, tree->n);
}

typedef struct circle {
    const point_tree *tree;
    uint32_t self;
    double squared;
    point_visit visit;
    void *context;
} circle;

static irm_status enter(const circle *c, size_t node, size_t first, size_t last,
                        irm_error *error) {
    const point_tree *tree = c->tree;
    if (box_distance(tree->box[node], tree->x[c->self], tree->y[c->self]) > c->squared) {
        return IRM_OK;
    }
    if (last - first > LEAF) {
        size_t middle = first + (last - first) / 2;
        IRM_TRY(enter(c, 2 * node, first, middle, error));
        return enter(c, 2 * node + 1, middle, last, error);
    }
    for (size_t i = first; i < last; i++) {
        uint32_t p = tree->order[i];
        if (p != c->self && point_distance(tree, c->self, p) <= c->squared) {
            IRM_TRY(c->visit(c->context, p, error));
        }
    }
    return IRM_OK;
}

irm_status point_tree_within(const point_tree *tree, uint32_t self, double squared,
                             point_visit visit, void *context, irm_error *error) {
    circle c = {tree, self, squared, visit, context};
    return enter(&c, 1, 0, tree->n, error);
}
