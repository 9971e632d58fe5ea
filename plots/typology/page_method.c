/* The method and its numbers. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "typology/sections.h"

enum { WORDS = 2048 };

static void method_analysis(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    char text[WORDS], kept[48];
    double sum = 0;
    for (size_t a = 0; a < t->axes_used; a++) {
        sum += t->factors.eigenvalues[a];
    }
    typology_number(d, fmin(100 * sum / t->factors.inertia, 100), 1, kept, sizeof kept);
    if (t->multiple) {
        snprintf(text, sizeof text,
                 typology_pick(
                     d,
                     "Analyse des correspondances multiples de %zu modalités ; la "
                     "classification se fait sur %zu axes (%s %% de l’inertie).",
                     "Multiple correspondence analysis of %zu modalities; classes are "
                     "made on %zu axes (%s%% of the inertia)."),
                 t->p, t->axes_used, kept);
    } else if (t->axes_used == 0) {
        snprintf(text, sizeof text,
                 typology_pick(
                     d,
                     "Analyse en composantes principales de %zu variables%s ; la "
                     "classification se fait sur les variables elles-mêmes.%s",
                     "Principal components of %zu variables%s; classes are made on the "
                     "variables themselves.%s"),
                 t->p,
                 t->options.no_reduction
                     ? ""
                     : typology_pick(d, " centrées et réduites", ", centred and reduced"),
                 "");
    } else {
        snprintf(text, sizeof text,
                 typology_pick(
                     d,
                     "Analyse en composantes principales de %zu variables%s ; la "
                     "classification se fait sur %zu axes, qui portent %s %% de "
                     "l’inertie.",
                     "Principal components of %zu variables%s; classes are made on %zu "
                     "axes, which carry %s%% of the inertia."),
                 t->p,
                 t->options.no_reduction
                     ? ""
                     : typology_pick(d, " centrées et réduites", ", centred and reduced"),
                 t->axes_used, kept);
    }
    irm_page_paragraph(page, NULL, text);
    if (t->units.weight_id != NULL) {
        snprintf(text, sizeof text,
                 typology_pick(d, "Chaque unité pèse selon « %s ».",
                               "Each unit weighs by '%s'."),
                 t->units.weight_id);
        irm_page_paragraph(page, NULL, text);
    }
}

static const char *method_words(const typology_drawing *d) {
    static const char *const fr[] = {
        "Classification ascendante hiérarchique, critère de Ward",
        "Classification ascendante hiérarchique, lien minimum",
        "Classification ascendante hiérarchique, lien maximum",
        "Classification ascendante hiérarchique, lien moyen",
        "k-moyennes (k-means++, 25 départs)",
        "k-médoïdes (FasterPAM)",
        "Mélange gaussien (EM)"};
    static const char *const en[] = {"Hierarchical clustering, Ward's criterion",
                                     "Hierarchical clustering, single linkage",
                                     "Hierarchical clustering, complete linkage",
                                     "Hierarchical clustering, average linkage",
                                     "k-means (k-means++, 25 starts)",
                                     "k-medoids (FasterPAM)",
                                     "Gaussian mixture (EM)"};
    return (d->french ? fr : en)[d->typology->options.method];
}

static const char *space_words(const typology_drawing *d) {
    switch (d->typology->options.space) {
        case IRM_SPACE_CLUSTGEO:
            return typology_pick(
                d, "Ward à contrainte géographique (ClustGeo)",
                "Ward's criterion with geographical distances (ClustGeo)");
        case IRM_SPACE_CONTIGUOUS:
            return typology_pick(d, "Ward entre voisins seulement",
                                 "Ward's criterion between neighbours only");
        case IRM_SPACE_SKATER:
            return "SKATER";
        case IRM_SPACE_MAXP:
            return "max-p";
        default:
            return method_words(d);
    }
}

static void method_classes(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    char text[WORDS], before[48], after[48];
    const char *proposal = "";
    if (t->options.classes == 0 && t->options.method == IRM_TYPOLOGY_WARD &&
        t->options.space != IRM_SPACE_MAXP) {
        proposal = typology_pick(
            d,
            " Le nombre de classes est celui, de 3 à 10, après lequel une classe de plus "
            "apporte relativement le moins (plus petit rapport d’inerties intra "
            "W(K)/W(K−1)).",
            " The number of classes is the one, from 3 to 10, with the least ratio of "
            "within-class inertias W(K)/W(K-1).");
    } else if (t->options.classes > 0) {
        proposal = typology_pick(d, " Le nombre de classes a été choisi par l’auteur.",
                                 " The number of classes was chosen by the author.");
    }
    snprintf(text, sizeof text,
             typology_pick(d, "%s, %zu classes.%s", "%s, %zu classes.%s"), space_words(d),
             t->k, proposal);
    irm_page_paragraph(page, NULL, text);
    bool consolidated =
        t->tree_class != NULL && t->options.space == IRM_SPACE_NONE &&
        (t->options.consolidate > 0 ||
         (t->options.consolidate == 0 && t->options.method == IRM_TYPOLOGY_WARD));
    typology_number(d, 100 * (1 - t->partition.within / t->partition.total), 1, after,
                    sizeof after);
    if (consolidated) {
        char moved[48];
        typology_number(d, 100 * (1 - t->cut_within / t->partition.total), 1, before,
                        sizeof before);
        typology_number(d, (double)t->n_moved, 0, moved, sizeof moved);
        snprintf(text, sizeof text,
                 typology_pick(
                     d,
                     "Une consolidation par k-moyennes a ensuite déplacé %s unités : "
                     "l’inertie expliquée passe de %s %% à %s %%.",
                     "Consolidation by k-means then moved %s units: the inertia "
                     "explained goes from %s%% to %s%%."),
                 moved, before, after);
    } else {
        snprintf(text, sizeof text,
                 typology_pick(d, "Les classes expliquent %s %% de l’inertie.",
                               "The classes explain %s%% of the inertia."),
                 after);
    }
    irm_page_paragraph(page, NULL, text);
}

static void method_stability(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    char text[WORDS];
    if (t->draws == 0) {
        return;
    }
    snprintf(
        text, sizeof text,
        typology_pick(
            d,
            "Stabilité : toute la procédure est recommencée sur %zu tirages au sort avec "
            "remise ; pour chaque classe, l’indice de Jaccard moyen avec la classe la "
            "plus "
            "proche du tirage dit si on la retrouve (à partir de 0,75 : stable ; de 0,60 "
            "à "
            "0,75 : à utiliser avec précaution ; au-dessous : instable).",
            "Stability: the whole procedure is done again on %zu bootstrap samples; for "
            "each class, the mean Jaccard index with the nearest class of the sample "
            "says "
            "whether it is found again (0.75 and over: stable; 0.60 to 0.75: to be used "
            "with care; under: unstable)."),
        t->draws);
    irm_page_paragraph(page, NULL, text);
}

static void method_gap(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    char text[WORDS], gap[48], margin[48];
    if (t->n_gaps < t->k) {
        return;
    }
    typology_number(d, t->gaps[t->k - 1], 2, gap, sizeof gap);
    typology_number(d, t->gap_errors[t->k - 1], 2, margin, sizeof margin);
    size_t used = (size_t)snprintf(
        text, sizeof text,
        typology_pick(
            d,
            "Écart à l’absence de structure (gap) de %zu classes, sur %zu tables "
            "tirées sans structure : %s, à %s près.",
            "Gap statistic of %zu classes, against %zu tables without "
            "structure: %s, standard error %s."),
        t->k, t->gap_references, gap, margin);
    if (t->gap_classes > 0 && used < sizeof text) {
        snprintf(text + used, sizeof text - used,
                 typology_pick(d, " Cette mesure proposerait %zu %s.",
                               " This measure would propose %zu %s."),
                 t->gap_classes,
                 t->gap_classes == 1 ? typology_pick(d, "classe", "class")
                                     : typology_pick(d, "classes", "classes"));
    }
    irm_page_paragraph(page, NULL, text);
}

static void variable_table(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    const char *headers[] = {typology_pick(d, "Indicateur", "Indicator"),
                             typology_pick(d, "année", "year"),
                             typology_pick(d, "rôle", "role"),
                             typology_pick(d, "moyenne", "mean"),
                             typology_pick(d, "écart-type", "sd"),
                             typology_pick(d, "part expliquée par les classes",
                                           "share explained by the classes"),
                             typology_pick(d, "imputées", "imputed")};
    const char *classes[] = {"", "n", "", "n", "n", "n", "n"};
    irm_page_begin_table(page, NULL, headers, classes, 7);
    for (size_t v = 0; v < t->units.n_variables; v++) {
        const irm_typology_variable *variable = &t->units.variables[v];
        const char *unit = d->french ? variable->unit_fr : variable->unit_en;
        char text[512], year[16] = "";
        irm_page_begin_row(page, NULL);
        snprintf(text, sizeof text, *unit != '\0' ? "%s (%s)" : "%s",
                 typology_label(d, v), unit);
        irm_page_cell(page, "", text, variable->id);
        if (variable->year > 0) {
            snprintf(year, sizeof year, "%d", variable->year);
        }
        irm_page_cell(page, "n", year, NULL);
        irm_page_cell(page, "",
                      variable->active
                          ? typology_pick(d, "active", "active")
                          : typology_pick(d, "supplémentaire", "supplementary"),
                      NULL);
        typology_number(d, t->profiles[v].overall_mean, variable->decimals, text,
                        sizeof text);
        irm_page_cell(page, "n", text, NULL);
        typology_number(d, t->profiles[v].overall_sd, variable->decimals, text,
                        sizeof text);
        irm_page_cell(page, "n", text, NULL);
        typology_number(d, 100 * t->eta2[v], 0, text, 48);
        strcat(text, " %");
        irm_page_cell(page, "n", text, NULL);
        typology_number(d, (double)variable->n_filled, 0, text, sizeof text);
        irm_page_cell(page, "n", text, NULL);
        irm_page_end_row(page);
    }
    irm_page_end_table(page);
}

irm_status typology_page_method(irm_page *page, const typology_drawing *d,
                                irm_error *error) {
    irm_page_section(
        page, "methode",
        typology_pick(d, "La méthode et ses chiffres", "The method, with numbers"));
    method_analysis(page, d);
    method_classes(page, d);
    method_stability(page, d);
    method_gap(page, d);
    if (d->typology->units.n_variables > 0) {
        irm_page_heading(page, typology_pick(d, "Les indicateurs", "The indicators"));
        variable_table(page, d);
    }
    irm_page_begin_figures(page);
    for (size_t i = 0; i < d->n_figures; i++) {
        bool half = strstr(d->figures[i].path, "eigenvalues") != NULL ||
                    strstr(d->figures[i].path, "gains") != NULL;
        if (half) {
            IRM_TRY(typology_put_figure(page, d, &d->figures[i], error));
        }
    }
    irm_page_end_figures(page);
    for (size_t i = 0; i < d->n_figures; i++) {
        bool whole = strstr(d->figures[i].path, "correlations") != NULL ||
                     strstr(d->figures[i].path, "tree") != NULL;
        if (whole) {
            IRM_TRY(typology_put_figure(page, d, &d->figures[i], error));
        }
    }
    IRM_TRY(typology_put_figures(page, d, "quality", error));
    irm_page_end_section(page);
    return IRM_OK;
}
