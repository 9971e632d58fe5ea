#include <math.h>
#include <string.h>

#include "irminon/csv.h"
#include "irminon/input.h"
#include "irminon/memory.h"
#include "typology/inside.h"

/* Two units touch when their boundaries come this near (metres): what separates the same
 * boundary in two files of one layer, and nothing on the ground. */
static const double SNAP = 0.01;
enum { N_ALPHAS = 11, MORAN_DRAWS = 0, LOCAL_DRAWS = 999, MAXP_STARTS = 20 };
/* Two matrices of n(n-1)/2 doubles must fit in 2 GiB. */
static const double PAIRS_MOST = 134217728.0;

static const char *const space_names[IRM_SPACE_END] = {"none", "clustgeo", "contiguous",
                                                       "skater", "maxp"};

const char *irm_typology_space_name(irm_typology_space space) {
    return space < IRM_SPACE_END ? space_names[space] : "";
}

/* ---- neighbours ---- */

typedef struct pair_list {
    uint32_t *a, *b;
    size_t n, a_capacity, b_capacity, unknown;
} pair_list;

static irm_status add_pair(pair_list *pairs, const irm_dict *ids, irm_view a, irm_view b,
                           irm_error *error) {
    int32_t from = irm_dict_find(ids, irm_view_trim(a));
    int32_t to = irm_dict_find(ids, irm_view_trim(b));
    if (from < 0 || to < 0 || from == to) {
        pairs->unknown += from < 0 || to < 0;
        return IRM_OK;
    }
    IRM_TRY(irm_reserve((void **)&pairs->a, &pairs->a_capacity, pairs->n + 1,
                        sizeof *pairs->a, error));
    IRM_TRY(irm_reserve((void **)&pairs->b, &pairs->b_capacity, pairs->n + 1,
                        sizeof *pairs->b, error));
    pairs->a[pairs->n] = (uint32_t)from;
    pairs->b[pairs->n++] = (uint32_t)to;
    return IRM_OK;
}

static irm_status read_records(irm_csv *csv, const char *path, const irm_dict *ids,
                               pair_list *pairs, irm_error *error) {
    for (;;) {
        const irm_csv_record *record;
        IRM_TRY(irm_csv_next(csv, &record, error));
        if (record == NULL) {
            return IRM_OK;
        }
        if (record->n_fields < 2) {
            return irm_fail_at(error, IRM_STATUS_DATA, path, record->line, 0, NULL,
                               "expected two neighbours on each line");
        }
        IRM_TRY(add_pair(pairs, ids, record->fields[0], record->fields[1], error));
    }
}

static irm_status read_pairs(const char *path, const irm_dict *ids, pair_list *pairs,
                             irm_error *error) {
    irm_input *input = NULL;
    irm_csv *csv = NULL;
    IRM_TRY(irm_input_open(path, NULL, &input, error));
    irm_status status = irm_csv_open(input, NULL, &csv, error);
    if (status == IRM_OK) {
        status = read_records(csv, path, ids, pairs, error);
    }
    irm_csv_free(csv);
    irm_input_free(input);
    return status;
}

irm_status typology_index_units(const irm_typology_units *units, irm_dict **ids,
                                irm_error *error) {
    IRM_TRY(irm_dict_new(ids, error));
    for (size_t i = 0; i < units->n; i++) {
        int32_t code;
        IRM_TRY(irm_dict_add(*ids, irm_view_of(units->ids[i]), &code, error));
    }
    return IRM_OK;
}

static irm_status neighbours_from_file(irm_typology *t, irm_error *error) {
    irm_dict *ids = NULL;
    pair_list pairs = {0};
    irm_status status = typology_index_units(&t->units, &ids, error);
    if (status == IRM_OK) {
        status = read_pairs(t->options.contiguity, ids, &pairs, error);
    }
    if (status == IRM_OK && pairs.n == 0) {
        status = irm_fail_at(error, IRM_STATUS_DATA, t->options.contiguity, 0, 0, NULL,
                             "no line names two of the units: expected two identifiers a "
                             "line");
    }
    if (status == IRM_OK) {
        status =
            irm_neighbours_pairs(pairs.a, pairs.b, pairs.n, t->n, &t->neighbours, error);
    }
    irm_free(pairs.a);
    irm_free(pairs.b);
    irm_dict_free(ids);
    return status;
}

static irm_status neighbours_from_shapes(irm_typology *t, irm_error *error) {
    const char *kind = t->options.contiguity;
    bool rook = kind != NULL && strcmp(kind, "rook") == 0;
    if (t->units.shapes == NULL) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND,
                        "there are no shapes to know neighbours from: ingest a layer of "
                        "polygons, or give --contiguity FILE (two identifiers a line)");
    }
    return irm_neighbours_contiguous(t->units.shapes,
                                     rook ? IRM_CONTIGUITY_ROOK : IRM_CONTIGUITY_QUEEN,
                                     SNAP, t->options.threads, &t->neighbours, error);
}

static size_t count_islands(const irm_neighbours *of) {
    size_t islands = 0;
    for (size_t i = 0; i < of->n; i++) {
        islands += of->start[i + 1] == of->start[i];
    }
    return islands;
}

irm_status typology_neighbours(irm_typology *t, irm_error *error) {
    const char *kind = t->options.contiguity;
    bool shapes = kind == NULL || strcmp(kind, "queen") == 0 || strcmp(kind, "rook") == 0;
    IRM_TRY(shapes ? neighbours_from_shapes(t, error) : neighbours_from_file(t, error));
    t->islands = count_islands(&t->neighbours);
    if (t->neighbours.start[t->n] == 0) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "no unit touches another: nothing can be said of neighbours "
                        "(%s contiguity)",
                        kind != NULL ? kind : "queen");
    }
    if (t->islands > 0) {
        IRM_TRY(typology_note(t, error, "%zu unités n’ont aucun voisin (îles, exclaves).",
                              "%zu units have no neighbour (islands, exclaves).",
                              t->islands));
    }
    return IRM_OK;
}

/* ---- places ---- */

static irm_status unit_points(const irm_typology *t, double **x, double **y,
                              irm_error *error) {
    if (t->units.shapes == NULL) {
        return irm_fail(
            error, IRM_STATUS_NOT_FOUND,
            "there are no shapes to measure distances between: ingest a layer "
            "of polygons, or give --shapes FILE");
    }
    *x = irm_calloc(t->n, sizeof **x);
    *y = irm_calloc(t->n, sizeof **y);
    if (*x == NULL || *y == NULL) {
        irm_free(*x);
        irm_free(*y);
        *x = *y = NULL;
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < t->n; i++) {
        irm_shape_point(irm_shapes_get(t->units.shapes, i), &(*x)[i], &(*y)[i]);
    }
    return IRM_OK;
}

/* Graph methods need one piece: islands are tied to the nearest unit, and it is said. */
static irm_status connect(irm_typology *t, irm_error *error) {
    size_t pieces = 0;
    int32_t *of = irm_calloc(t->n, sizeof *of);
    if (of == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = irm_neighbours_components(&t->neighbours, of, &pieces, error);
    irm_free(of);
    if (status != IRM_OK || pieces < 2) {
        return status;
    }
    double *x = NULL, *y = NULL;
    IRM_TRY(unit_points(t, &x, &y, error));
    status = irm_neighbours_connect(&t->neighbours, x, y, &t->joined, error);
    irm_free(x);
    irm_free(y);
    if (status == IRM_OK) {
        status = typology_note(
            t, error,
            "Le territoire est en %zu morceaux : %zu liens ont été ajoutés entre les "
            "unités les plus proches.",
            "The territory is in %zu pieces: %zu links were added between the nearest "
            "units.",
            pieces, t->joined);
    }
    return status;
}

/* ---- ClustGeo ---- */

static void fill_distances(const irm_matrix *points, double *d) {
    size_t at = 0;
    for (size_t i = 0; i + 1 < points->rows; i++) {
        const double *a = irm_matrix_row(points, i);
        for (size_t j = i + 1; j < points->rows; j++) {
            const double *b = irm_matrix_row(points, j);
            double sum = 0;
            for (size_t c = 0; c < points->columns; c++) {
                sum += (a[c] - b[c]) * (a[c] - b[c]);
            }
            d[at++] = sum;
        }
    }
}

static irm_status place_matrix(const irm_typology *t, irm_matrix *places,
                               irm_error *error) {
    double *x = NULL, *y = NULL;
    IRM_TRY(unit_points(t, &x, &y, error));
    irm_status status = irm_matrix_init(places, t->n, 2, error);
    for (size_t i = 0; status == IRM_OK && i < t->n; i++) {
        irm_matrix_row(places, i)[0] = x[i];
        irm_matrix_row(places, i)[1] = y[i];
    }
    irm_free(x);
    irm_free(y);
    return status;
}

/* Squared distances on the ground: those given, or between points inside the shapes. */
static irm_status fill_ground(const irm_typology *t, double *squares, irm_error *error) {
    if (t->options.distances != NULL) {
        return typology_read_distances(t->options.distances, &t->units, squares, error);
    }
    irm_matrix places = {0};
    irm_status status = place_matrix(t, &places, error);
    if (status == IRM_OK) {
        fill_distances(&places, squares);
    }
    irm_matrix_clear(&places);
    return status;
}

/* The alpha whose normalised shares of inertia, of the data and of space, add up to most:
 * what one loses of the first is more than made up for by the second. */
static irm_status choose_alpha(irm_typology *t, const double *d0, const double *d1,
                               size_t k, irm_error *error) {
    t->alphas = irm_calloc(N_ALPHAS, sizeof *t->alphas);
    t->q0 = irm_calloc(N_ALPHAS, sizeof *t->q0);
    t->q1 = irm_calloc(N_ALPHAS, sizeof *t->q1);
    if (t->alphas == NULL || t->q0 == NULL || t->q1 == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < N_ALPHAS; i++) {
        t->alphas[i] = (double)i / (N_ALPHAS - 1);
    }
    t->n_alphas = N_ALPHAS;
    IRM_TRY(irm_clustgeo_choice(d0, d1, t->n, t->alphas, N_ALPHAS, k, t->units.weights,
                                t->q0, t->q1, error));
    if (!isnan(t->options.alpha)) {
        t->alpha = t->options.alpha;
        return IRM_OK;
    }
    double best = -INFINITY, all0 = t->q0[0], all1 = t->q1[N_ALPHAS - 1];
    for (size_t i = 0; i < N_ALPHAS; i++) {
        double sum = (all0 > 0 ? t->q0[i] / all0 : 0) + (all1 > 0 ? t->q1[i] / all1 : 0);
        if (sum > best + 1e-12) {
            best = sum;
            t->alpha = t->alphas[i];
        }
    }
    return IRM_OK;
}

static irm_status classify_clustgeo(irm_typology *t, size_t k, int32_t *classes,
                                    irm_error *error) {
    double n = (double)t->n;
    if (n * (n - 1) / 2 > PAIRS_MOST / 2) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "clustgeo holds the distances of every pair: %zu units are too "
                        "many; take --space contiguous, or fewer with --within",
                        t->n);
    }
    size_t pairs = t->n * (t->n - 1) / 2;
    double *d0 = irm_calloc(pairs, sizeof *d0), *d1 = irm_calloc(pairs, sizeof *d1);
    irm_status status =
        d0 == NULL || d1 == NULL ? irm_fail_memory(error) : fill_ground(t, d1, error);
    if (status == IRM_OK) {
        fill_distances(&t->points, d0);
        status = choose_alpha(t, d0, d1, k, error);
    }
    if (status == IRM_OK) {
        status =
            irm_clustgeo(d0, d1, t->n, t->alpha, true, t->units.weights, &t->tree, error);
    }
    if (status == IRM_OK) {
        status = irm_tree_cut(&t->tree, k, classes, error);
    }
    irm_free(d0);
    irm_free(d1);
    return status;
}

/* ---- the others ---- */

static irm_status population_of(irm_typology *t, const double **population,
                                irm_error *error) {
    *population = t->units.population != NULL ? t->units.population : t->units.weights;
    for (size_t i = 0; *population != NULL && i < t->n; i++) {
        if (isnan((*population)[i])) {
            return irm_fail(error, IRM_STATUS_REFUSED,
                            "%s has no known population: a floor cannot be promised",
                            t->units.names[i]);
        }
    }
    return IRM_OK;
}

static irm_status classify_skater(irm_typology *t, size_t k, int32_t *classes,
                                  irm_error *error) {
    const double *population = NULL;
    if (t->options.floor > 0) {
        IRM_TRY(population_of(t, &population, error));
    }
    return irm_skater(&t->points, &t->neighbours, k, population, t->options.floor,
                      classes, error);
}

static irm_status classify_maxp(irm_typology *t, int32_t *classes, size_t *found,
                                irm_error *error) {
    const double *population = NULL;
    if (!(t->options.floor > 0)) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "max-p makes as many classes as reach a floor: which --floor (of "
                        "inhabitants)?");
    }
    IRM_TRY(population_of(t, &population, error));
    return irm_max_p(&t->points, &t->neighbours, population, t->options.floor,
                     MAXP_STARTS, t->options.seed, t->options.threads, classes, found,
                     error);
}

static size_t count_classes(const int32_t *classes, size_t n) {
    int32_t most = -1;
    for (size_t i = 0; i < n; i++) {
        most = classes[i] > most ? classes[i] : most;
    }
    return (size_t)(most + 1);
}

irm_status typology_classify_space(irm_typology *t, size_t k, int32_t *classes,
                                   size_t *found, irm_error *error) {
    if (t->options.space != IRM_SPACE_CLUSTGEO) {
        IRM_TRY(connect(t, error));
    }
    switch (t->options.space) {
        case IRM_SPACE_CLUSTGEO:
            IRM_TRY(classify_clustgeo(t, k, classes, error));
            break;
        case IRM_SPACE_CONTIGUOUS:
            IRM_TRY(irm_tree_contiguous(&t->points, t->units.weights, &t->neighbours,
                                        &t->tree, error));
            IRM_TRY(irm_tree_cut(&t->tree, k, classes, error));
            break;
        case IRM_SPACE_SKATER:
            IRM_TRY(classify_skater(t, k, classes, error));
            break;
        case IRM_SPACE_MAXP:
            IRM_TRY(classify_maxp(t, classes, found, error));
            break;
        default:
            break;
    }
    *found = count_classes(classes, t->n);
    if (*found < k) {
        return typology_note(
            t, error, "%zu classes seulement ont pu être formées, sur %zu demandées.",
            "only %zu classes could be made, of %zu asked.", *found, k);
    }
    return IRM_OK;
}

/* ---- autocorrelation ---- */

static double share_within_classes(const irm_typology *t) {
    size_t all = t->neighbours.start[t->n], same = 0;
    for (size_t i = 0; i < t->n; i++) {
        for (size_t e = t->neighbours.start[i]; e < t->neighbours.start[i + 1]; e++) {
            same +=
                t->partition.classes[i] == t->partition.classes[t->neighbours.index[e]];
        }
    }
    return all > 0 ? (double)same / (double)all : NAN;
}

static irm_status copy_neighbours(const irm_neighbours *from, irm_neighbours *to,
                                  irm_error *error) {
    size_t links = from->start[from->n];
    *to = (irm_neighbours){.n = from->n,
                           .start = irm_calloc(from->n + 1, sizeof *to->start),
                           .index = irm_calloc(links, sizeof *to->index),
                           .weights = irm_calloc(links, sizeof *to->weights)};
    if (to->start == NULL || to->index == NULL || to->weights == NULL) {
        return irm_fail_memory(error);
    }
    memcpy(to->start, from->start, (from->n + 1) * sizeof *to->start);
    memcpy(to->index, from->index, links * sizeof *to->index);
    memcpy(to->weights, from->weights, links * sizeof *to->weights);
    return IRM_OK;
}

/* Where neighbours are alike on the first axis, the widest gap between units. */
static irm_status measure_local(irm_typology *t, const irm_neighbours *rows,
                                irm_error *error) {
    double *first = irm_calloc(t->n, sizeof *first);
    t->local = irm_calloc(t->n, sizeof *t->local);
    irm_status status =
        first == NULL || t->local == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < t->n; i++) {
        first[i] = irm_matrix_row(&t->factors.individuals.coordinates, i)[0];
    }
    if (status == IRM_OK) {
        status = irm_local_moran(first, rows, LOCAL_DRAWS, t->options.seed,
                                 t->options.threads, t->local, error);
    }
    irm_free(first);
    return status;
}

irm_status typology_autocorrelation(irm_typology *t, irm_error *error) {
    if (t->neighbours.n == 0) {
        return IRM_OK;
    }
    t->class_contiguity = share_within_classes(t);
    irm_neighbours rows = {0};
    irm_status status = copy_neighbours(&t->neighbours, &rows, error);
    t->moran =
        status == IRM_OK ? irm_calloc(t->units.n_variables, sizeof *t->moran) : NULL;
    if (status == IRM_OK && t->moran == NULL) {
        status = irm_fail_memory(error);
    }
    if (status == IRM_OK) {
        irm_neighbours_standardise(&rows);
    }
    for (size_t v = 0; status == IRM_OK && v < t->units.n_variables; v++) {
        if (t->units.variables[v].active) {
            status = irm_moran(t->units.variables[v].values, &rows, MORAN_DRAWS,
                               t->options.seed, t->options.threads, &t->moran[v], error);
        }
    }
    if (status == IRM_OK) {
        status = measure_local(t, &rows, error);
    }
    irm_neighbours_clear(&rows);
    return status;
}
