#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "typology/inside.h"

enum { LEAST_CLASSES = 3, MOST_CLASSES = 10, BIC_MOST = 10 };

static const char *const method_names[IRM_TYPOLOGY_METHOD_END] = {
    "ward", "single", "complete", "average", "kmeans", "medoids", "mixture"};

const char *irm_typology_method_name(irm_typology_method method) {
    return method < IRM_TYPOLOGY_METHOD_END ? method_names[method] : "";
}

static irm_linkage linkage_of(irm_typology_method method) {
    switch (method) {
        case IRM_TYPOLOGY_SINGLE:
            return IRM_LINKAGE_SINGLE;
        case IRM_TYPOLOGY_COMPLETE:
            return IRM_LINKAGE_COMPLETE;
        case IRM_TYPOLOGY_AVERAGE:
            return IRM_LINKAGE_AVERAGE;
        default:
            return IRM_LINKAGE_WARD;
    }
}

static irm_status grow_tree(irm_typology *t, irm_error *error) {
    irm_linkage linkage = linkage_of(t->options.method);
    if (linkage == IRM_LINKAGE_WARD) {
        return irm_tree_ward(&t->points, t->units.weights, t->options.threads, &t->tree,
                             error);
    }
    return irm_tree_link(&t->points, t->units.weights, linkage, 0, t->options.threads,
                         &t->tree, error);
}

/* Other linkages have no inertia: the cut where the height jumps most, in proportion. */
static size_t largest_jump(const irm_tree *tree, size_t least, size_t most) {
    size_t best = least;
    double jump = -1;
    for (size_t k = least; k <= most; k++) {
        double above = tree->merges[tree->n - k].height;
        double below = k < tree->n ? tree->merges[tree->n - 1 - k].height : 0;
        double ratio = below > 0 ? above / below : INFINITY;
        if (ratio > jump) {
            jump = ratio;
            best = k;
        }
    }
    return best;
}

static irm_status propose(irm_typology *t, irm_error *error) {
    size_t most = t->n - 1 < MOST_CLASSES ? t->n - 1 : MOST_CLASSES;
    if (most < LEAST_CLASSES) {
        t->proposed = 2;
        return IRM_OK;
    }
    if (t->tree.linkage != IRM_LINKAGE_WARD) {
        t->proposed = largest_jump(&t->tree, LEAST_CLASSES, most);
        return IRM_OK;
    }
    return irm_tree_propose(&t->tree, LEAST_CLASSES, most, &t->proposed, error);
}

/* Moves a partition into another variable. */
static void take_partition(irm_partition *to, irm_partition *from) {
    irm_partition_clear(to);
    *to = *from;
    *from = (irm_partition){0};
}

static bool consolidates(const irm_typology *t) {
    return t->options.consolidate > 0 ||
           (t->options.consolidate == 0 && t->options.method == IRM_TYPOLOGY_WARD);
}

static irm_status cut_and_consolidate(irm_typology *t, irm_error *error) {
    t->tree_class = irm_calloc(t->n, sizeof *t->tree_class);
    if (t->tree_class == NULL) {
        return irm_fail_memory(error);
    }
    IRM_TRY(irm_tree_cut(&t->tree, t->k, t->tree_class, error));
    IRM_TRY(irm_partition_of(&t->points, t->units.weights, t->tree_class, t->k,
                             &t->partition, error));
    t->cut_within = t->partition.within;
    if (!consolidates(t) || t->k < 2) {
        return IRM_OK;
    }
    irm_partition moved = {0};
    IRM_TRY(irm_kmeans_from(&t->points, t->units.weights, &t->partition.centers, 0,
                            &moved, error));
    take_partition(&t->partition, &moved);
    return IRM_OK;
}

static irm_status classify_by_tree(irm_typology *t, irm_error *error) {
    IRM_TRY(grow_tree(t, error));
    IRM_TRY(propose(t, error));
    t->k = t->options.classes > 0 ? t->options.classes : t->proposed;
    return cut_and_consolidate(t, error);
}

/* Number of classes of a mixture: the least BIC from 2 to 10 (irm_mixture's convention:
 * the larger, the better, as Mclust's). */
static irm_status propose_by_bic(irm_typology *t, irm_error *error) {
    double best = -INFINITY;
    size_t most = t->n / 2 < BIC_MOST ? t->n / 2 : BIC_MOST;
    t->proposed = 2;
    for (size_t k = 2; k <= most; k++) {
        irm_partition tried = {0};
        size_t regularised = 0;
        irm_status status =
            irm_mixture(&t->points, t->units.weights, k, false, t->options.seed,
                        t->options.threads, &tried, &regularised, error);
        if (status == IRM_OK && tried.bic > best) {
            best = tried.bic;
            t->proposed = k;
        }
        irm_partition_clear(&tried);
        IRM_TRY(status);
    }
    return IRM_OK;
}

static irm_status classify_by_mixture(irm_typology *t, irm_error *error) {
    size_t regularised = 0;
    if (t->options.classes == 0) {
        IRM_TRY(propose_by_bic(t, error));
    }
    t->k = t->options.classes > 0 ? t->options.classes : t->proposed;
    IRM_TRY(irm_mixture(&t->points, t->units.weights, t->k, false, t->options.seed,
                        t->options.threads, &t->partition, &regularised, error));
    if (regularised > 0) {
        IRM_TRY(typology_note(
            t, error,
            "%zu variances du mélange dégénéraient et ont été régularisées : demandez "
            "moins de classes.",
            "%zu variances of the mixture degenerated and were regularised: ask for "
            "fewer "
            "classes.",
            regularised));
    }
    return IRM_OK;
}

/* The tree proposes the number of classes to those that have none of their own. */
static irm_status classify_by_centres(irm_typology *t, irm_error *error) {
    t->k = t->options.classes;
    if (t->k == 0) {
        IRM_TRY(grow_tree(t, error));
        IRM_TRY(propose(t, error));
        t->k = t->proposed;
        irm_tree_clear(&t->tree);
        t->tree = (irm_tree){0};
    }
    if (t->options.method == IRM_TYPOLOGY_KMEANS) {
        return irm_kmeans(&t->points, t->units.weights, t->k, 0, t->options.seed,
                          t->options.threads, &t->partition, error);
    }
    IRM_TRY(irm_kmedoids(&t->points, t->units.weights, t->k, t->options.seed,
                         t->options.threads, &t->partition, error));
    return !t->partition.sampled
               ? IRM_OK
               : typology_note(
                     t, error,
                     "Les médoïdes sont ceux du meilleur de cinq échantillons tirés au "
                     "sort (CLARA) : il y a plus de %d unités.",
                     "The medoids are those of the best of five random samples (CLARA): "
                     "there are more than %d units.",
                     IRM_KMEDOIDS_WHOLE);
}

/* The number asked, or what Ward's tree without constraint proposes. */
static irm_status classes_for_space(irm_typology *t, size_t *k, irm_error *error) {
    irm_tree free_tree = {0};
    if (t->options.classes > 0 || t->options.space == IRM_SPACE_MAXP) {
        *k = t->options.classes;
        return IRM_OK;
    }
    IRM_TRY(irm_tree_ward(&t->points, t->units.weights, t->options.threads, &free_tree,
                          error));
    irm_tree none = t->tree;
    t->tree = free_tree;
    irm_status status = propose(t, error);
    t->tree = none;
    irm_tree_clear(&free_tree);
    *k = t->proposed;
    return status;
}

static irm_status classify_in_space(irm_typology *t, irm_error *error) {
    size_t k = 0;
    if (t->options.consolidate > 0) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "consolidation would undo what the constraint of space has done: "
                        "leave --consolidate out");
    }
    int32_t *classes = irm_calloc(t->n, sizeof *classes);
    irm_status status = classes == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK) {
        status = classes_for_space(t, &k, error);
    }
    if (status == IRM_OK) {
        status = typology_classify_space(t, k, classes, &t->k, error);
    }
    if (status == IRM_OK) {
        status = irm_partition_of(&t->points, t->units.weights, classes, t->k,
                                  &t->partition, error);
    }
    t->cut_within = t->partition.within;
    if (status == IRM_OK && t->tree.n > 0) {
        t->tree_class = classes;
        classes = NULL;
    }
    irm_free(classes);
    return status;
}

/* Numbers both partitions along the first axis by what the final one says: consolidation
 * keeps which class is which. */
static irm_status number_classes(irm_typology *t, irm_error *error) {
    int32_t *before = irm_calloc(t->n, sizeof *before);
    int32_t *becomes = irm_calloc(t->k, sizeof *becomes);
    irm_status status =
        before == NULL || becomes == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK) {
        memcpy(before, t->partition.classes, t->n * sizeof *before);
        status = irm_partition_order(&t->partition, &t->factors.individuals.coordinates,
                                     0, t->units.weights, error);
    }
    for (size_t i = 0; status == IRM_OK && i < t->n; i++) {
        becomes[before[i]] = t->partition.classes[i];
    }
    for (size_t i = 0; status == IRM_OK && t->tree_class != NULL && i < t->n; i++) {
        t->tree_class[i] = becomes[t->tree_class[i]];
        t->n_moved += t->tree_class[i] != t->partition.classes[i] ? 1 : 0;
    }
    irm_free(before);
    irm_free(becomes);
    return status;
}

/* Classes must be told apart: identical units cannot be in more classes than they are. */
static size_t distinct_units(const irm_matrix *points, size_t enough) {
    size_t seen[64], n = 0;
    for (size_t i = 0; i < points->rows && n < enough && n < 64; i++) {
        bool is_new = true;
        for (size_t s = 0; s < n && is_new; s++) {
            is_new = memcmp(irm_matrix_row(points, i), irm_matrix_row(points, seen[s]),
                            points->columns * sizeof(double)) != 0;
        }
        if (is_new) {
            seen[n++] = i;
        }
    }
    return n;
}

static irm_status check_distinct(const irm_typology *t, irm_error *error) {
    size_t k = t->options.classes > 0 ? t->options.classes : 2;
    size_t distinct = distinct_units(&t->points, k);
    if (k < 64 && distinct < k) {
        return irm_fail(
            error, IRM_STATUS_REFUSED,
            "%zu classes are asked, but only %zu units differ from each other: "
            "ask for %zu at most",
            k, distinct, distinct);
    }
    return IRM_OK;
}

irm_status typology_classify(irm_typology *t, const irm_reporter *reporter,
                             irm_error *error) {
    IRM_TRY(irm_check_stop(reporter, error));
    IRM_TRY(check_distinct(t, error));
    if (t->options.space != IRM_SPACE_NONE) {
        IRM_TRY(classify_in_space(t, error));
    } else if (t->options.method <= IRM_TYPOLOGY_AVERAGE) {
        IRM_TRY(classify_by_tree(t, error));
    } else if (t->options.method == IRM_TYPOLOGY_MIXTURE) {
        IRM_TRY(classify_by_mixture(t, error));
    } else {
        IRM_TRY(classify_by_centres(t, error));
    }
    return number_classes(t, error);
}
