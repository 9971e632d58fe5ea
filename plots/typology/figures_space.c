/* Classes in space: the choice of alpha, Moran's scatter, local clusters. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "typology/figures.h"

irm_status typology_alpha_figure(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    if (t->n_alphas == 0) {
        return IRM_OK;
    }
    double *values = irm_calloc(2 * t->n_alphas, sizeof *values);
    if (values == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < t->n_alphas; i++) {
        values[i] = 100 * t->q0[i];
        values[t->n_alphas + i] = 100 * t->q1[i];
    }
    const char *series[] = {
        typology_pick(d, "homogénéité des classes", "likeness within classes"),
        typology_pick(d, "cohésion géographique", "geographical cohesion")};
    typology_figure *figure = typology_figure_add(d, "space");
    char alpha[48];
    typology_number(d, t->alpha, 2, alpha, sizeof alpha);
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Le choix d'alpha : ce que l'on perd, ce que l'on gagne",
                           "The choice of alpha: what is lost, what is gained"));
    snprintf(figure->lecture, FIGURE_WORDS,
             typology_pick(
                 d,
                 "alpha va de 0 (les données seules) à 1 (la géographie seule) ; "
                 "le trait rouge est celui retenu : %s.",
                 "alpha goes from 0 (data alone) to 1 (geography alone); the red line "
                 "is the one taken: %s."),
             alpha);
    irm_curves curves = {.caption = typology_caption(d, figure),
                         .n = t->n_alphas,
                         .n_series = 2,
                         .x = t->alphas,
                         .values = values,
                         .series = series,
                         .marked = t->alpha,
                         .axis = "alpha"};
    curves.caption.unit =
        typology_pick(d, "% d'inertie expliquée", "% of inertia explained");
    irm_status status = typology_draw_twins(d, figure, "alpha", HALF, false,
                                            typology_draw_curves, &curves, error);
    irm_free(values);
    return status;
}

/* The first axis against its neighbours' mean: Moran's scatter. */
irm_status typology_moran_figure(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    if (t->neighbours.n == 0) {
        return IRM_OK;
    }
    double *places = irm_calloc(2 * t->n, sizeof *places);
    if (places == NULL) {
        return irm_fail_memory(error);
    }
    double *x = places, *lag = places + t->n;
    double scale = sqrt(t->factors.eigenvalues[0]);
    for (size_t i = 0; i < t->n; i++) {
        x[i] = irm_matrix_row(&t->factors.individuals.coordinates, i)[0] / scale;
    }
    for (size_t i = 0; i < t->n; i++) {
        size_t from = t->neighbours.start[i], to = t->neighbours.start[i + 1];
        lag[i] = from == to ? NAN : 0;
        for (size_t e = from; e < to; e++) {
            lag[i] += x[t->neighbours.index[e]] / (double)(to - from);
        }
    }
    typology_figure *figure = typology_figure_add(d, "space");
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Ressemble-t-on à ses voisins ? (premier axe)",
                           "Are neighbours alike? (first axis)"));
    snprintf(
        figure->lecture, FIGURE_WORDS, "%s",
        typology_pick(d,
                      "en haut à droite et en bas à gauche, les unités dont les voisins "
                      "leur ressemblent ; la pente du trait est l'indice de Moran.",
                      "top right and bottom left, units whose neighbours are like them; "
                      "the slope of the line is Moran's I."));
    irm_plane plane = {
        .caption = typology_caption(d, figure),
        .n = t->n,
        .x = x,
        .y = lag,
        .classes = t->partition.classes,
        .k = t->k,
        .line = true,
        .x_title = typology_pick(d, "coordonnée sur le premier axe (réduite)",
                                 "coordinate on the first axis (standardised)"),
        .y_title = typology_pick(d, "moyenne des voisins", "mean of neighbours")};
    irm_status status = typology_draw_twins(d, figure, "moran", HALF, false,
                                            typology_draw_plane, &plane, error);
    irm_free(places);
    return status;
}

/* Where neighbours are alike, beyond chance: the quadrants of the local Moran. */
irm_status typology_cluster_map(typology_drawing *d, irm_error *error) {
    static const size_t places[] = {4, 0, 1, 2, 3}; /* by quadrant; 4: none */
    enum { ACCEPTED_PERCENT = 5 };
    const irm_typology *t = d->typology;
    if (t->local == NULL || t->units.shapes == NULL) {
        return IRM_OK;
    }
    const char *names[] = {
        typology_pick(d, "haut, entouré de haut", "high among high"),
        typology_pick(d, "bas, entouré de bas", "low among low"),
        typology_pick(d, "haut, entouré de bas", "high among low"),
        typology_pick(d, "bas, entouré de haut", "low among high"),
    };
    double *values = irm_calloc(t->n, sizeof *values);
    if (values == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < t->n; i++) {
        bool clear = t->local[i].adjusted_p * 100 < ACCEPTED_PERCENT;
        size_t place = clear ? places[t->local[i].quadrant] : 4;
        values[i] = place < 4 ? (double)place : -1;
    }
    typology_figure *figure = typology_figure_add(d, "space");
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Regroupements locaux sur le premier axe",
                           "Local clusters on the first axis"));
    snprintf(
        figure->lecture, FIGURE_WORDS, "%s",
        typology_pick(d,
                      "en couleur, les unités dont les voisins leur ressemblent (ou s'en "
                      "distinguent) plus que le hasard ne le ferait.",
                      "coloured, units whose neighbours are like them (or unlike) beyond "
                      "chance."));
    snprintf(figure->note, FIGURE_WORDS, "%s",
             typology_pick(
                 d,
                 "indice de Moran local, 999 permutations, taux de fausses "
                 "découvertes à 5 % ; en gris, rien ne se distingue du hasard.",
                 "local Moran's I, 999 permutations, false discovery rate of 5%; grey: "
                 "nothing beyond chance."));
    irm_map map = {
        .caption = typology_caption(d, figure),
        .shapes = t->units.shapes,
        .colour = values,
        .names = names,
        .n_classes = 4,
        .context = d->options->context,
        .labels = t->n <= MOST_SHAPES ? (const char *const *)t->units.names : NULL,
        .quiet = true};
    irm_status status =
        typology_draw_twins(d, figure, "clusters-map", HALF, t->n > MOST_SHAPES,
                            typology_draw_map, &map, error);
    irm_free(values);
    return status;
}
