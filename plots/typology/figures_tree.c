/* The tree and its cut, and how well each unit is in its class. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "typology/figures.h"

enum { GAINS = 14 };

static bool is_ward(const irm_typology *t) {
    return t->tree.n > 2 && t->tree.linkage == IRM_LINKAGE_WARD &&
           t->options.space == IRM_SPACE_NONE;
}

static irm_status gain_figure(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    size_t n = t->tree.n - 1 < GAINS ? t->tree.n - 1 : GAINS;
    double percent[GAINS];
    char texts[GAINS][8];
    const char *names[GAINS];
    for (size_t i = 0; i < n; i++) {
        percent[i] = 100 * t->tree.merges[t->tree.n - 2 - i].gain / t->partition.total;
        snprintf(texts[i], sizeof texts[i], "%zu", i + 2);
        names[i] = texts[i];
    }
    typology_figure *figure = typology_figure_add(d, "method");
    char gain[48];
    size_t at = t->k >= 2 && t->k - 2 < n ? t->k - 2 : 0;
    typology_number(d, percent[at], 1, gain, sizeof gain);
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Ce que chaque classe de plus explique",
                           "What each class more explains"));
    snprintf(figure->lecture, FIGURE_WORDS,
             typology_pick(
                 d, "passer de %zu à %zu classes explique %s %% de l'inertie de plus.",
                 "going from %zu to %zu classes explains %s%% more of the inertia."),
             at + 1, at + 2, gain);
    irm_scree scree = {
        .caption = typology_caption(d, figure),
        .n = n,
        .values = percent,
        .names = names,
        .kept = t->k > 1 ? t->k - 1 : 0,
        .marked = t->k > 1 ? t->k - 1 : 0,
        .decimals = 1,
        .axis = typology_pick(d, "nombre de classes", "number of classes")};
    scree.caption.unit = typology_pick(d, "% de l'inertie", "% of the inertia");
    return typology_draw_twins(d, figure, "gains", HALF, false, typology_draw_scree,
                               &scree, error);
}

irm_status typology_tree_figure(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    if (t->tree.n < 3 || t->tree_class == NULL) {
        return IRM_OK;
    }
    if (is_ward(t)) {
        IRM_TRY(gain_figure(d, error));
    }
    typology_figure *figure = typology_figure_add(d, "method");
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Arbre des regroupements et sa coupure",
                           "Tree of the merges, and its cut"));
    snprintf(
        figure->lecture, FIGURE_WORDS, "%s",
        typology_pick(d,
                      "plus deux branches se rejoignent à gauche, moins elles se "
                      "ressemblent ; le trait rouge coupe l'arbre en classes, de la "
                      "couleur qu'elles ont partout.",
                      "the further left two branches meet, the less they are alike; the "
                      "red line cuts the tree into classes, coloured as everywhere."));
    irm_dendrogram tree = {.caption = typology_caption(d, figure),
                           .tree = &t->tree,
                           .classes = t->tree_class,
                           .k = t->k,
                           .names = (const char *const *)t->units.names,
                           .leaves = t->n <= 45 ? t->n : 30};
    return typology_draw_twins(d, figure, "tree", FULL, false, typology_draw_dendrogram,
                               &tree, error);
}

irm_status typology_silhouette_figure(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    if (!isfinite(t->quality.silhouette) || t->k > 30) {
        return IRM_OK;
    }
    typology_figure *figure = typology_figure_add(d, "quality");
    char mean[48];
    typology_number(d, t->quality.silhouette, 2, mean, sizeof mean);
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Silhouettes : chacun est-il bien dans sa classe ?",
                           "Silhouettes: is each well in its class?"));
    snprintf(figure->lecture, FIGURE_WORDS,
             typology_pick(
                 d,
                 "1 : très près de sa classe et loin des autres ; 0 : à la limite de "
                 "deux classes ; au-dessous : plus près d'une autre. Moyenne : %s.",
                 "1: very near its class and far from others; 0: between two; below: "
                 "nearer to another. Mean: %s."),
             mean);
    if (t->quality.sampled) {
        snprintf(figure->note, FIGURE_WORDS, "%s",
                 typology_pick(d, "calculées exactement sur un échantillon tiré au sort.",
                               "computed exactly on a random sample."));
    }
    irm_silhouettes of = {.caption = typology_caption(d, figure),
                          .n = t->n,
                          .k = t->k,
                          .values = t->silhouettes,
                          .classes = t->partition.classes,
                          .class_names = d->label_list};
    return typology_draw_twins(d, figure, "silhouettes", FULL, false,
                               typology_draw_silhouettes, &of, error);
}
