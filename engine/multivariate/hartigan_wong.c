/* Moving individual i, of weight w, out of its class (of mass M, centre c) lowers the
 * inertia by w·M/(M - w)·|x - c|², and moving it into another raises it by w·M/(M + w)·|x
 * - c|². It moves where that gains. Two stages alternate: one compares all classes that
 * have changed lately (the live set), the other only the class where each individual is,
 * and the one that came second. The weight of the article is 1; the order of the
 * operations is its own, so that the classes are those of R's kmeans(). */
#include "multivariate/hartigan_wong.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "irminon/memory.h"

/* Passes of the quick stage, at most: ties and rounding could make it endless. */
enum { QUICK_PASSES = 50 };

typedef struct holding {
    size_t members;
    double mass;
    int64_t updated; /* -1: as at the start; 0: not in this stage; else the step, counted
                        from 1, to which the quick stage adds n */
    int64_t live;    /* in the live set for the individuals under this number */
    bool moved;      /* by the last quick stage */
} holding;

typedef struct moves {
    const irm_matrix *x;
    const double *weights;
    irm_matrix *centers;
    size_t n, k;
    int32_t *own, *second; /* classes of each individual */
    double *cost;          /* of staying, by the last look */
    holding *classes;
    size_t quiet; /* individuals looked at since the last move */
} moves;

static double weight_of(const moves *self, size_t i) {
    return self->weights == NULL ? 1 : self->weights[i];
}

/* Squared distance to a centre; `limit` or more as soon as that is certain. */
static double squares(const moves *self, size_t i, int32_t class, double limit) {
    const double *x = irm_matrix_row(self->x, i);
    const double *center = irm_matrix_row(self->centers, (size_t) class);
    double sum = 0;
    for (size_t j = 0; j < self->x->columns && sum < limit; j++) {
        sum += (x[j] - center[j]) * (x[j] - center[j]);
    }
    return sum;
}

static double leaving(const moves *self, size_t i, int32_t class) {
    double mass = self->classes[class].mass;
    return mass / (mass - weight_of(self, i));
}

static double entering(const moves *self, size_t i, int32_t class) {
    double mass = self->classes[class].mass;
    return mass / (mass + weight_of(self, i));
}

static void find_two_nearest(moves *self, size_t i) {
    double first = squares(self, i, 0, INFINITY), next = squares(self, i, 1, INFINITY);
    int32_t own = 0, second = 1;
    if (first > next) {
        double swapped = first;
        first = next;
        next = swapped;
        own = 1;
        second = 0;
    }
    for (int32_t l = 2; l < (int32_t)self->k; l++) {
        double distance = squares(self, i, l, next);
        if (distance >= next) {
            continue;
        }
        if (distance >= first) {
            next = distance;
            second = l;
        } else {
            next = first;
            second = own;
            first = distance;
            own = l;
        }
    }
    self->own[i] = own;
    self->second[i] = second;
    self->cost[i] = first;
}

/* A class that attracts nobody takes the individual farthest from its own centre, out of
 * a class of several. */
static void fill_empty(moves *self) {
    for (int32_t l = 0; l < (int32_t)self->k; l++) {
        if (self->classes[l].members > 0) {
            continue;
        }
        size_t farthest = self->n;
        for (size_t i = 0; i < self->n; i++) {
            if (self->classes[self->own[i]].members > 1 &&
                (farthest == self->n || self->cost[i] > self->cost[farthest])) {
                farthest = i;
            }
        }
        self->classes[self->own[farthest]].members--;
        self->second[farthest] = self->own[farthest];
        self->own[farthest] = l;
        self->cost[farthest] = 0;
        self->classes[l].members = 1;
    }
}

static void center_classes(moves *self) {
    size_t p = self->x->columns;
    memset(self->centers->data, 0, self->k * p * sizeof(double));
    for (size_t i = 0; i < self->n; i++) {
        double weight = weight_of(self, i);
        double *center = irm_matrix_row(self->centers, (size_t)self->own[i]);
        const double *x = irm_matrix_row(self->x, i);
        for (size_t j = 0; j < p; j++) {
            center[j] += weight * x[j];
        }
        self->classes[self->own[i]].mass += weight;
    }
    for (size_t l = 0; l < self->k; l++) {
        for (size_t j = 0; j < p; j++) {
            irm_matrix_row(self->centers, l)[j] /= self->classes[l].mass;
        }
    }
}

static void start(moves *self) {
    for (size_t i = 0; i < self->n; i++) {
        find_two_nearest(self, i);
        self->classes[self->own[i]].members++;
    }
    fill_empty(self);
    center_classes(self);
    for (size_t l = 0; l < self->k; l++) {
        self->classes[l].updated = -1;
        self->classes[l].moved = true;
    }
}

static void move(moves *self, size_t i, int32_t to) {
    holding *from_class = &self->classes[self->own[i]], *to_class = &self->classes[to];
    double *from = irm_matrix_row(self->centers, (size_t)self->own[i]);
    double *into = irm_matrix_row(self->centers, (size_t)to);
    const double *x = irm_matrix_row(self->x, i);
    double weight = weight_of(self, i);
    double left = from_class->mass - weight, joined = to_class->mass + weight;
    for (size_t j = 0; j < self->x->columns; j++) {
        from[j] = (from[j] * from_class->mass - weight * x[j]) / left;
        into[j] = (into[j] * to_class->mass + weight * x[j]) / joined;
    }
    from_class->mass = left;
    to_class->mass = joined;
    from_class->members--;
    to_class->members++;
    self->second[i] = self->own[i];
    self->own[i] = to;
    self->quiet = 0;
}

/* The class that individual i (counted from 1 as `step`) would best go to, and the cost.
 */
static int32_t best_class(const moves *self, size_t i, int64_t step, double *cost) {
    int32_t own = self->own[i], former = self->second[i], best = former;
    double least = squares(self, i, best, INFINITY) * entering(self, i, best);
    bool own_live = step < self->classes[own].live;
    for (int32_t l = 0; l < (int32_t)self->k; l++) {
        if ((!own_live && step >= self->classes[l].live) || l == own || l == former) {
            continue;
        }
        double factor = entering(self, i, l), limit = least / factor;
        double distance = squares(self, i, l, limit);
        if (distance < limit) {
            least = distance * factor;
            best = l;
        }
    }
    *cost = least;
    return best;
}

static void look_at_all(moves *self, size_t i) {
    int64_t step = (int64_t)i + 1, n = (int64_t)self->n;
    int32_t own = self->own[i];
    if (self->classes[own].members == 1) {
        return;
    }
    if (self->classes[own].updated != 0) {
        self->cost[i] = squares(self, i, own, INFINITY) * leaving(self, i, own);
    }
    double cost;
    int32_t best = best_class(self, i, step, &cost);
    if (cost >= self->cost[i]) {
        self->second[i] = best;
        return;
    }
    move(self, i, best);
    self->classes[own].live = self->classes[best].live = n + step;
    self->classes[own].updated = self->classes[best].updated = step;
}

/* Returns true when nobody has moved since n individuals. */
static bool transfer_optimally(moves *self) {
    for (size_t l = 0; l < self->k; l++) {
        if (self->classes[l].moved) {
            self->classes[l].live = (int64_t)self->n + 1;
        }
    }
    for (size_t i = 0; i < self->n; i++) {
        self->quiet++;
        look_at_all(self, i);
        if (self->quiet == self->n) {
            return true;
        }
    }
    for (size_t l = 0; l < self->k; l++) {
        self->classes[l].moved = false;
        self->classes[l].live -= (int64_t)self->n;
    }
    return false;
}

/* Whether individual i goes to its second class. */
static bool look_at_second(moves *self, size_t i, int64_t step) {
    int32_t own = self->own[i], second = self->second[i];
    holding *from = &self->classes[own], *to = &self->classes[second];
    if (from->members == 1) {
        return false;
    }
    if (step <= from->updated) {
        self->cost[i] = squares(self, i, own, INFINITY) * leaving(self, i, own);
    }
    if (step >= from->updated && step >= to->updated) {
        return false;
    }
    double limit = self->cost[i] / entering(self, i, second);
    if (squares(self, i, second, limit) >= limit) {
        return false;
    }
    move(self, i, second);
    from->moved = to->moved = true;
    from->updated = to->updated = step + (int64_t)self->n;
    return true;
}

/* Returns false when it does not settle. */
static bool transfer_quickly(moves *self) {
    size_t still = 0;
    for (size_t step = 1; step < QUICK_PASSES * self->n; step++) {
        still = look_at_second(self, (step - 1) % self->n, (int64_t)step) ? 0 : still + 1;
        if (still == self->n) {
            return true;
        }
    }
    return false;
}

static void run(moves *self, size_t most, size_t *passes) {
    start(self);
    for (*passes = 1; *passes <= most; ++*passes) {
        if (transfer_optimally(self) || !transfer_quickly(self) || self->k == 2) {
            return;
        }
        for (size_t l = 0; l < self->k; l++) {
            self->classes[l].updated = 0;
        }
    }
    *passes = most;
}

irm_status hartigan_wong(const irm_matrix *x, const double *weights, irm_matrix *centers,
                         size_t most, int32_t *classes, size_t *passes,
                         irm_error *error) {
    size_t n = x->rows, k = centers->rows;
    if (k == 1) {
        memset(classes, 0, n * sizeof *classes);
        *passes = 1;
        return IRM_OK;
    }
    moves self = {.x = x,
                  .weights = weights,
                  .centers = centers,
                  .n = n,
                  .k = k,
                  .own = classes,
                  .second = irm_calloc(n, sizeof *self.second),
                  .cost = irm_calloc(n, sizeof *self.cost),
                  .classes = irm_calloc(k, sizeof *self.classes)};
    irm_status status = IRM_OK;
    if (self.second == NULL || self.cost == NULL || self.classes == NULL) {
        status = irm_fail_memory(error);
    } else {
        run(&self, most, passes);
    }
    irm_free(self.second);
    irm_free(self.cost);
    irm_free(self.classes);
    return status;
}
