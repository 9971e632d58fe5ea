#include "irminon/tree.h"

#include <math.h>
#include <string.h>

#include "irminon/memory.h"

static const char *const NAMES[] = {
    [IRM_LINKAGE_WARD] = "ward",
    [IRM_LINKAGE_SINGLE] = "single",
    [IRM_LINKAGE_COMPLETE] = "complete",
    [IRM_LINKAGE_AVERAGE] = "average",
};
#define N_LINKAGES (sizeof NAMES / sizeof *NAMES)

const char *irm_linkage_name(irm_linkage linkage) {
    return (size_t)linkage < N_LINKAGES ? NAMES[linkage] : "unknown";
}

bool irm_linkage_parse(const char *name, irm_linkage *linkage) {
    for (size_t l = 0; l < N_LINKAGES; l++) {
        if (strcmp(name, NAMES[l]) == 0) {
            *linkage = (irm_linkage)l;
            return true;
        }
    }
    return false;
}

void irm_tree_clear(irm_tree *tree) {
    irm_free(tree->merges);
    *tree = (irm_tree){0};
}

static int32_t find_root(int32_t *up, int32_t node) {
    while (up[node] != node) {
        up[node] = up[up[node]];
        node = up[node];
    }
    return node;
}

/* Node of a child of a merge, among n individuals then n - 1 steps. */
static int32_t node_of(size_t n, int32_t child) {
    return child < 0 ? -child - 1 : (int32_t)n + child - 1;
}

irm_status irm_tree_cut(const irm_tree *tree, size_t k, int32_t *classes,
                        irm_error *error) {
    size_t n = tree->n;
    if (k == 0 || k > n) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "%zu classes of %zu individuals: ask for 1 to %zu", k, n, n);
    }
    int32_t *up = irm_calloc(2 * n, sizeof *up);
    int32_t *numbers = irm_calloc(2 * n, sizeof *numbers);
    if (up == NULL || numbers == NULL) {
        irm_free(up);
        irm_free(numbers);
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < 2 * n; i++) {
        up[i] = (int32_t)i;
        numbers[i] = -1;
    }
    for (size_t s = 0; s < n - k; s++) {
        up[node_of(n, tree->merges[s].left)] = (int32_t)(n + s);
        up[node_of(n, tree->merges[s].right)] = (int32_t)(n + s);
    }
    int32_t next = 0;
    for (size_t i = 0; i < n; i++) {
        int32_t root = find_root(up, (int32_t)i);
        if (numbers[root] < 0) {
            numbers[root] = next++;
        }
        classes[i] = numbers[root];
    }
    irm_free(up);
    irm_free(numbers);
    return IRM_OK;
}

irm_status irm_tree_propose(const irm_tree *tree, size_t least, size_t most, size_t *k,
                            irm_error *error) {
    if (tree->linkage != IRM_LINKAGE_WARD) {
        return irm_fail(
            error, IRM_STATUS_USAGE,
            "a number of classes is proposed by the gains of inertia of a Ward "
            "tree, not of a %s one",
            irm_linkage_name(tree->linkage));
    }
    if (least < 2 || most < least) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "from %zu to %zu classes: ask for 2 or more, in order", least,
                        most);
    }
    size_t n = tree->n;
    size_t half = (size_t)nearbyint((double)n / 2); /* as FactoMineR bounds it */
    *k = least < n ? least : n;
    size_t last = most < half ? most : half;
    /* Within-class inertia of `classes` classes: all the gains of the merges that made
     * them, added from the least. */
    double within = 0, best = INFINITY;
    for (size_t s = 0; s + last < n; s++) {
        within += tree->merges[s].gain;
    }
    for (size_t classes = last; classes >= least; classes--) {
        double fewer = within + tree->merges[n - classes].gain;
        double ratio = fewer > 0 ? within / fewer : 1;
        if (ratio <= best) {
            best = ratio;
            *k = classes;
        }
        within = fewer;
    }
    return IRM_OK;
}

irm_status irm_tree_order(const irm_tree *tree, uint32_t *order, irm_error *error) {
    size_t n = tree->n, depth = 0, placed = 0;
    int32_t *stack = irm_calloc(n + 1, sizeof *stack);
    if (stack == NULL) {
        return irm_fail_memory(error);
    }
    stack[depth++] = n > 1 ? (int32_t)n - 1 : -1;
    while (depth > 0) {
        int32_t top = stack[--depth];
        if (top < 0) {
            order[placed++] = (uint32_t)(-top - 1);
        } else {
            stack[depth++] = tree->merges[top - 1].right;
            stack[depth++] = tree->merges[top - 1].left;
        }
    }
    irm_free(stack);
    return IRM_OK;
}
