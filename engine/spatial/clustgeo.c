/* Ward with a mixing parameter. Ward's criterion of squared dissimilarities is linear in
 * them: mixing the criteria of data and space, as ClustGeo does, is clustering by the
 * mixed squares. */
#include <math.h>

#include "irminon/memory.h"
#include "multivariate/merging.h"
#include "spatial/units.h"

static size_t pairs_of(size_t n) { return n * (n - 1) / 2; }

static irm_status check_squares(const double *d, size_t n, const char *name,
                                double *largest, irm_error *error) {
    *largest = 0.0;
    size_t at = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        for (size_t j = i + 1; j < n; j++, at++) {
            if (!isfinite(d[at]) || d[at] < 0.0) {
                return irm_fail(error, IRM_STATUS_DATA,
                                "%s: units %zu and %zu are at a squared dissimilarity of "
                                "%g, expected a finite number, 0 or more",
                                name, i + 1, j + 1, d[at]);
            }
            *largest = fmax(*largest, d[at]);
        }
    }
    return IRM_OK;
}

static irm_status check_mixing(size_t n, double alpha, irm_error *error) {
    IRM_TRY(units_check_count(n, error));
    if (!(alpha >= 0.0 && alpha <= 1.0)) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "alpha is %g: expected 0 (data only) to 1 (space only)", alpha);
    }
    return IRM_OK;
}

/* Nearest-neighbour chains (Murtagh 1983) on a matrix of inertias that merging two
 * clusters would lose. A cluster goes by its first unit; the matrix is used up: a second
 * one of its size would be the largest part of the memory. */
typedef struct chaining {
    size_t n;
    double *inertia; /* condensed */
    double *mass;    /* 0 once merged into another */
    uint32_t *chain;
    size_t length;
    merging *merges;
    size_t merged;
} chaining;

static double *between(const chaining *c, uint32_t i, uint32_t j) {
    size_t low = i < j ? i : j;
    size_t high = i < j ? j : i;
    return &c->inertia[low * (2 * c->n - low - 1) / 2 + high - low - 1];
}

/* The nearest of a cluster: the one before it in the chain where it ties, else the
 * smallest. */
static uint32_t nearest_of(const chaining *c, uint32_t cluster) {
    uint32_t best = c->length > 1 ? c->chain[c->length - 2] : UINT32_MAX;
    double least = c->length > 1 ? *between(c, cluster, best) : INFINITY;
    for (uint32_t other = 0; other < c->n; other++) {
        if (other != cluster && c->mass[other] > 0.0 &&
            (*between(c, cluster, other) < least || best == UINT32_MAX)) {
            best = other;
            least = *between(c, cluster, other);
        }
    }
    return best;
}

/* Lance and Williams's update for Ward's criterion. */
static void join(chaining *c, uint32_t first, uint32_t second) {
    uint32_t a = first < second ? first : second;
    uint32_t b = first < second ? second : first;
    double gain = *between(c, a, b);
    double wa = c->mass[a];
    double wb = c->mass[b];
    c->mass[b] = 0.0;
    for (uint32_t k = 0; k < c->n; k++) {
        double wk = c->mass[k];
        if (k != a && wk > 0.0) {
            double *kept = between(c, a, k);
            *kept = ((wa + wk) * *kept + (wb + wk) * *between(c, b, k) - wk * gain) /
                    (wa + wb + wk);
        }
    }
    c->mass[a] = wa + wb;
    double height = sqrt(2.0 * (double)c->n * fmax(gain, 0.0));
    c->merges[c->merged++] = (merging){a, b, height};
}

static void follow_chains(chaining *c) {
    uint32_t free_one = 0;
    while (c->merged + 1 < c->n) {
        if (c->length == 0) {
            while (!(c->mass[free_one] > 0.0)) {
                free_one++;
            }
            c->chain[c->length++] = free_one;
        }
        uint32_t top = c->chain[c->length - 1];
        uint32_t next = nearest_of(c, top);
        if (c->length > 1 && next == c->chain[c->length - 2]) {
            c->length -= 2;
            join(c, top, next);
        } else {
            c->chain[c->length++] = next;
        }
    }
}

/* The mixed inertias of all pairs, masses adding up to 1. */
static void mix(const chaining *c, const double *d0, const double *d1, double part0,
                double part1) {
    size_t at = 0;
    for (size_t i = 0; i + 1 < c->n; i++) {
        for (size_t j = i + 1; j < c->n; j++, at++) {
            double wi = c->mass[i];
            double wj = c->mass[j];
            c->inertia[at] = wi * wj / (wi + wj) * (part0 * d0[at] + part1 * d1[at]);
        }
    }
}

static void share_mass(const chaining *c, const double *weights) {
    double total = 0.0;
    for (size_t i = 0; i < c->n; i++) {
        total += weights == NULL ? 1.0 : weights[i];
    }
    for (size_t i = 0; i < c->n; i++) {
        c->mass[i] = (weights == NULL ? 1.0 : weights[i]) / total;
    }
}

irm_status irm_clustgeo(const double *d0, const double *d1, size_t n, double alpha,
                        bool scale, const double *weights, irm_tree *tree,
                        irm_error *error) {
    *tree = (irm_tree){0};
    double largest[2];
    IRM_TRY(check_mixing(n, alpha, error));
    IRM_TRY(units_check_weights(weights, n, error));
    IRM_TRY(check_squares(d0, n, "data", &largest[0], error));
    IRM_TRY(check_squares(d1, n, "space", &largest[1], error));
    double part0 = (1.0 - alpha) / (scale && largest[0] > 0.0 ? largest[0] : 1.0);
    double part1 = alpha / (scale && largest[1] > 0.0 ? largest[1] : 1.0);
    irm_status status;
    chaining c = {.n = n,
                  .inertia = irm_calloc(pairs_of(n), sizeof *c.inertia),
                  .mass = irm_calloc(n, sizeof *c.mass),
                  .chain = irm_calloc(n, sizeof *c.chain),
                  .merges = irm_calloc(n, sizeof *c.merges)};
    if (!c.inertia || !c.mass || !c.chain || !c.merges) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    share_mass(&c, weights);
    mix(&c, d0, d1, part0, part1);
    follow_chains(&c);
    status = merging_finish(c.merges, n, IRM_LINKAGE_WARD, tree, error);
cleanup:
    irm_free(c.inertia);
    irm_free(c.mass);
    irm_free(c.chain);
    irm_free(c.merges);
    return status;
}

/* Pseudo-inertia: Σ wᵢwⱼd²ᵢⱼ / 2μ over all pairs of a class of mass μ, summed over the
 * classes; 2k doubles of scratch. */
static double pseudo_inertia(const double *d, size_t n, const double *weights,
                             const int32_t *classes, size_t k, double *scratch) {
    double *mass = scratch;
    double *within = scratch + k;
    for (size_t c = 0; c < 2 * k; c++) {
        scratch[c] = 0.0;
    }
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        double weight = weights == NULL ? 1.0 : weights[i];
        mass[classes[i]] += weight;
        for (size_t j = i + 1; j < n; j++, at++) {
            if (classes[j] == classes[i]) {
                within[classes[i]] +=
                    weight * (weights == NULL ? 1.0 : weights[j]) * d[at];
            }
        }
    }
    double sum = 0.0;
    for (size_t c = 0; c < k; c++) {
        sum += within[c] / mass[c];
    }
    return sum;
}

typedef struct explained {
    const double *weights;
    size_t n, k;
    int32_t *classes, *one;
    double *scratch;
} explained;

static double share(const explained *e, const double *d) {
    double total = pseudo_inertia(d, e->n, e->weights, e->one, 1, e->scratch);
    double within = pseudo_inertia(d, e->n, e->weights, e->classes, e->k, e->scratch);
    return total > 0.0 ? 1.0 - within / total : NAN;
}

irm_status irm_clustgeo_choice(const double *d0, const double *d1, size_t n,
                               const double *alphas, size_t count, size_t k,
                               const double *weights, double *q0, double *q1,
                               irm_error *error) {
    IRM_TRY(units_check_count(n, error));
    if (k == 0 || k > n) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "%zu classes of %zu units: expected 1 to %zu", k, n, n);
    }
    explained e = {.weights = weights,
                   .n = n,
                   .k = k,
                   .classes = irm_calloc(n, sizeof *e.classes),
                   .one = irm_calloc(n, sizeof *e.one),
                   .scratch = irm_calloc(2 * k, sizeof *e.scratch)};
    irm_status status = IRM_OK;
    if (e.classes == NULL || e.one == NULL || e.scratch == NULL) {
        status = irm_fail_memory(error);
    }
    for (size_t a = 0; status == IRM_OK && a < count; a++) {
        irm_tree tree = {0};
        status = irm_clustgeo(d0, d1, n, alphas[a], true, weights, &tree, error);
        if (status == IRM_OK) {
            status = irm_tree_cut(&tree, k, e.classes, error);
        }
        if (status == IRM_OK) {
            q0[a] = share(&e, d0);
            q1[a] = share(&e, d1);
        }
        irm_tree_clear(&tree);
    }
    irm_free(e.classes);
    irm_free(e.one);
    irm_free(e.scratch);
    return status;
}
