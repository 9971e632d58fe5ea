#include "irminon/page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "style.h"
#include "typology/figures.h"

enum { WORDS = 2048, TRAITS_SHOWN = 7, NEIGHBOURS_SHOWN = 5 };

static void number(const typology_drawing *d, double value, int decimals, char *text,
                   size_t size) {
    irm_number_text(value, decimals, d->french ? "fr" : "en", text, size);
}

static const char *units_word(const typology_drawing *d) {
    const irm_typology_page_options *o = d->options;
    const char *word = d->french ? o->units_fr : o->units_en;
    return word != NULL ? word : typology_pick(d, "unités", "units");
}

static irm_status put_figure(irm_page *page, const typology_drawing *d,
                             const typology_figure *figure, irm_error *error) {
    irm_caption caption = {.title = figure->title,
                           .lecture = figure->lecture,
                           .note = figure->note,
                           .source = d->options->source,
                           .lang = d->french ? "fr" : "en"};
    irm_buffer path = {0};
    irm_buffer_format(&path, "%s/%s", d->folder, figure->path);
    irm_status status = path.failed ? irm_fail_memory(error)
                                    : irm_page_figure(page, path.data, &caption, error);
    irm_buffer_clear(&path);
    return status;
}

static irm_status put_figures(irm_page *page, const typology_drawing *d,
                              const char *section, irm_error *error) {
    for (size_t i = 0; i < d->n_figures; i++) {
        if (strcmp(d->figures[i].section, section) == 0) {
            IRM_TRY(put_figure(page, d, &d->figures[i], error));
        }
    }
    return IRM_OK;
}

/* ---- in brief ---- */

static const char *reading_words(const typology_drawing *d, double jaccard) {
    const char *reading = irm_typology_reading(jaccard);
    if (strcmp(reading, "stable") == 0) {
        return typology_pick(d, "stable", "stable");
    }
    if (strcmp(reading, "care") == 0) {
        return typology_pick(d, "à utiliser avec précaution", "to be used with care");
    }
    return strcmp(reading, "unstable") == 0 ? typology_pick(d, "instable", "unstable")
                                            : "–";
}

static void brief_cards(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    char text[64], other[WORDS];
    irm_page_begin_cards(page);
    number(d, (double)t->n, 0, text, sizeof text);
    number(d, (double)t->units.n_absent, 0, other, sizeof other);
    char absent[WORDS + 64] = "";
    if (t->units.n_absent > 0) {
        snprintf(absent, sizeof absent,
                 typology_pick(d, "%s hors typologie", "%s left out"), other);
    }
    irm_page_card(page, text, "", units_word(d), absent);
    number(d, (double)t->k, 0, text, sizeof text);
    other[0] = '\0';
    if (t->proposed > 0 && t->proposed != t->k) {
        snprintf(
            other, sizeof other,
            typology_pick(d, "%zu proposées par l’arbre", "%zu proposed by the tree"),
            t->proposed);
    }
    irm_page_card(page, text, "", typology_pick(d, "classes", "classes"), other);
    number(d, 100 * (1 - t->partition.within / t->partition.total), 1, text, sizeof text);
    irm_page_card(page, text, "%",
                  typology_pick(d, "des différences expliquées par les classes",
                                "of the differences explained by the classes"),
                  typology_pick(d, "part de l’inertie entre classes",
                                "between-class share of inertia"));
    if (isfinite(t->rand)) {
        number(d, t->rand, 2, text, sizeof text);
        snprintf(other, sizeof other,
                 typology_pick(
                     d, "indice de Rand ajusté moyen sur %zu tirages ; 1 : identiques",
                     "mean adjusted Rand index over %zu draws; 1: identical"),
                 t->draws);
        irm_page_card(
            page, text, "",
            typology_pick(d, "d’accord quand on recommence sur un tirage au sort",
                          "of agreement when done again on a random draw"),
            other);
    }
    irm_page_end_cards(page);
}

static void brief_table(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    bool people = t->units.population != NULL;
    const char *headers[] = {typology_pick(d, "Classe", "Class"),
                             units_word(d),
                             typology_pick(d, "part", "share"),
                             people
                                 ? typology_pick(d, "habitants", "inhabitants")
                                 : typology_pick(d, "part du poids", "share of weight"),
                             typology_pick(d, "stabilité", "stability"),
                             typology_pick(d, "les plus typiques", "most typical")};
    const char *classes[] = {"", "n", "n", "n", "", ""};
    irm_page_begin_table(page, NULL, headers, classes, 6);
    for (size_t c = 0; c < t->k; c++) {
        const irm_typology_class *class = &t->classes[c];
        char text[64];
        irm_buffer names = {0};
        irm_page_begin_row(page, NULL);
        irm_page_cell(page, "own", d->labels[c], NULL);
        number(d, (double)class->size, 0, text, sizeof text);
        irm_page_cell(page, "n", text, NULL);
        number(d, 100 * (double)class->size / (double)t->n, 1, text, sizeof text);
        strcat(text, " %");
        irm_page_cell(page, "n", text, NULL);
        if (people) {
            number(d, class->population, 0, text, sizeof text);
        } else {
            number(d, 100 * class->weight_share, 1, text, sizeof text);
            strcat(text, " %");
        }
        irm_page_cell(page, "n", text, NULL);
        irm_page_cell(page, "", reading_words(d, class->jaccard), NULL);
        for (size_t i = 0; i < class->n_parangons && i < 3; i++) {
            irm_buffer_format(&names, "%s%s", i > 0 ? ", " : "",
                              t->units.names[class->parangons[i]]);
        }
        page->html.failed = page->html.failed || names.failed;
        irm_page_cell(page, "", names.data != NULL ? names.data : "", NULL);
        irm_buffer_clear(&names);
        irm_page_end_row(page);
    }
    irm_page_end_table(page);
}

static void warnings(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    const char **notes = irm_calloc(t->n_notes + t->k + 2, sizeof *notes);
    char(*unstable)[WORDS] = irm_calloc(t->k + 1, sizeof *unstable);
    size_t n = 0;
    for (size_t i = 0; notes != NULL && unstable != NULL && i < t->n_notes; i++) {
        notes[n++] = d->french ? t->notes[i].fr : t->notes[i].en;
    }
    for (size_t c = 0; notes != NULL && unstable != NULL && c < t->k; c++) {
        double jaccard = t->classes[c].jaccard;
        if (isnan(jaccard) || jaccard >= 0.75) {
            continue;
        }
        char text[48];
        number(d, jaccard, 2, text, sizeof text);
        snprintf(
            unstable[c], WORDS,
            typology_pick(d,
                          "La classe %zu est %s (Jaccard moyen : %s) : ses contours "
                          "changeraient avec d’autres données.",
                          "Class %zu is %s (mean Jaccard: %s): its limits would change "
                          "with other data."),
            c + 1, reading_words(d, jaccard), text);
        notes[n++] = unstable[c];
    }
    page->html.failed = page->html.failed || notes == NULL || unstable == NULL;
    irm_page_list(page, "warnings", notes, n);
    irm_free(notes);
    irm_free(unstable);
}

static irm_status brief(irm_page *page, const typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    char text[WORDS], n[48];
    irm_page_section(page, "essentiel", typology_pick(d, "L’essentiel", "In brief"));
    number(d, (double)t->n, 0, n, sizeof n);
    snprintf(text, sizeof text,
             typology_pick(
                 d,
                 "Cette typologie range %s %s en %zu classes : dans une classe, on se "
                 "ressemble autant que possible sur les indicateurs retenus ; d’une "
                 "classe à l’autre, on diffère autant que possible. Le nom d’une "
                 "classe est une proposition, tirée de ce qui la distingue le plus : "
                 "il peut être changé.",
                 "%s %s are put in %zu classes: within a class, as alike as can be on "
                 "the indicators taken; from one class to another, as different. The "
                 "name of a class is a proposal, made of what tells it apart most."),
             n, units_word(d), t->k);
    irm_page_paragraph(page, NULL, text);
    brief_cards(page, d);
    brief_table(page, d);
    warnings(page, d);
    IRM_TRY(put_figures(page, d, "map", error));
    irm_page_end_section(page);
    return IRM_OK;
}

/* ---- a sheet a class ---- */

static void class_cards(irm_page *page, const typology_drawing *d, size_t c) {
    const irm_typology *t = d->typology;
    const irm_typology_class *class = &t->classes[c];
    char text[64], share[96];
    irm_page_begin_cards(page);
    number(d, (double)class->size, 0, text, sizeof text);
    number(d, 100 * (double)class->size / (double)t->n, 1, share, 32);
    strcat(share, typology_pick(d, " % de l’ensemble", "% of all"));
    irm_page_card(page, text, "", units_word(d), share);
    if (isfinite(class->population)) {
        double all = 0;
        for (size_t k = 0; k < t->k; k++) {
            all += t->classes[k].population;
        }
        number(d, class->population, 0, text, sizeof text);
        number(d, 100 * class->population / all, 1, share, 32);
        strcat(share, typology_pick(d, " % de la population", "% of the population"));
        irm_page_card(page, text, "", typology_pick(d, "habitants", "inhabitants"),
                      share);
    }
    if (!isnan(class->jaccard)) {
        char jaccard[64];
        number(d, class->jaccard, 2, text, sizeof text);
        snprintf(jaccard, sizeof jaccard, "%s", reading_words(d, class->jaccard));
        irm_page_card(page, text, "",
                      typology_pick(d, "stabilité (Jaccard)", "stability (Jaccard)"),
                      jaccard);
    }
    irm_page_end_cards(page);
}

static irm_status class_traits(irm_page *page, const typology_drawing *d, size_t c,
                               irm_error *error) {
    const irm_typology *t = d->typology;
    size_t m = t->units.n_variables;
    size_t *order = irm_calloc(m + 1, sizeof *order);
    char(*texts)[512] = irm_calloc(TRAITS_SHOWN, sizeof *texts);
    const char *list[TRAITS_SHOWN];
    if (order == NULL || texts == NULL) {
        irm_free(order);
        irm_free(texts);
        return irm_fail_memory(error);
    }
    size_t n = irm_typology_ranked(t, c, order);
    n = n < TRAITS_SHOWN ? n : TRAITS_SHOWN;
    for (size_t i = 0; i < n; i++) {
        irm_typology_sentence(t, c, order[i], d->french ? "fr" : "en", texts[i],
                              sizeof texts[i]);
        list[i] = texts[i];
    }
    if (n == 0 && m > 0) {
        irm_page_paragraph(
            page, NULL,
            typology_pick(d,
                          "Aucun indicateur ne s’écarte nettement de la moyenne "
                          ": c’est le profil moyen.",
                          "No indicator stands clear of the average: this is the "
                          "average profile."));
    }
    irm_page_list(page, "traits", list, n);
    irm_free(order);
    irm_free(texts);
    return IRM_OK;
}

/* Modalities over-represented in the class: "3 fois plus souvent…". */
static void class_modalities(irm_page *page, const typology_drawing *d, size_t c) {
    const irm_typology *t = d->typology;
    char texts[TRAITS_SHOWN][512];
    double strength[TRAITS_SHOWN];
    const char *list[TRAITS_SHOWN];
    size_t n = 0;
    for (size_t q = 0; q < t->units.n_categories; q++) {
        const irm_typology_category *category = &t->units.categories[q];
        size_t m = irm_dict_count(category->labels);
        for (size_t j = 0; j < m; j++) {
            const irm_profile_modality *p = &t->modality_profiles[q][c * m + j];
            if (!(p->v_test >= 1.96)) {
                continue;
            }
            size_t at = n < TRAITS_SHOWN ? n++ : TRAITS_SHOWN;
            if (at == TRAITS_SHOWN && strength[TRAITS_SHOWN - 1] >= p->v_test) {
                continue;
            }
            at = at == TRAITS_SHOWN ? TRAITS_SHOWN - 1 : at;
            for (; at > 0 && strength[at - 1] < p->v_test; at--) {
                strength[at] = strength[at - 1];
                memcpy(texts[at], texts[at - 1], sizeof texts[at]);
            }
            char own[48], all[48];
            number(d, p->modality_in_class, 1, own, sizeof own);
            number(d, p->overall, 1, all, sizeof all);
            strength[at] = p->v_test;
            snprintf(texts[at], sizeof texts[at],
                     typology_pick(
                         d, "%s = %s : %s %% de la classe contre %s %% de l’ensemble",
                         "%s = %s: %s%% of the class against %s%% of all"),
                     category->id, irm_dict_text(category->labels, (int32_t)j), own, all);
        }
    }
    for (size_t i = 0; i < n; i++) {
        list[i] = texts[i];
    }
    irm_page_list(page, "traits", list, n);
}

static void name_list(const typology_drawing *d, const uint32_t *units, size_t n,
                      irm_buffer *text) {
    for (size_t i = 0; i < n; i++) {
        irm_buffer_format(text, "%s%s", i > 0 ? ", " : "",
                          d->typology->units.names[units[i]]);
    }
}

static void class_members(irm_page *page, const typology_drawing *d, size_t c) {
    const irm_typology_class *class = &d->typology->classes[c];
    irm_buffer typical = {0}, specific = {0};
    name_list(d, class->parangons, class->n_parangons, &typical);
    name_list(d, class->specific, class->n_specific, &specific);
    const char *terms[] = {typology_pick(d, "Les plus typiques", "Most typical"),
                           typology_pick(d, "Les plus à l’écart des autres classes",
                                         "Farthest from other classes")};
    const char *meanings[] = {typical.data != NULL ? typical.data : "–",
                              specific.data != NULL ? specific.data : "–"};
    page->html.failed = page->html.failed || typical.failed || specific.failed;
    irm_page_terms(page, terms, meanings, 2);
    irm_buffer_clear(&typical);
    irm_buffer_clear(&specific);
}

static irm_status class_map(irm_page *page, const typology_drawing *d, size_t c,
                            irm_error *error) {
    for (size_t i = 0; i < d->n_figures; i++) {
        const typology_figure *figure = &d->figures[i];
        if (strcmp(figure->section, "class") == 0 && figure->class_index == c) {
            irm_page_begin_figures(page);
            IRM_TRY(put_figure(page, d, figure, error));
            irm_page_end_figures(page);
        }
    }
    return IRM_OK;
}

/* A mean of rates is not the rate of the whole: said before anyone reads one. */
static const char *average_words(const typology_drawing *d) {
    return d->typology->units.weight_id != NULL
               ? typology_pick(
                     d,
                     "La moyenne à laquelle une classe est comparée est celle des "
                     "unités, chacune avec son poids.",
                     "The average that a class is compared with is that of the units, "
                     "each with its weight.")
               : typology_pick(
                     d,
                     "La moyenne à laquelle une classe est comparée est celle des "
                     "unités, la plus petite comptant autant que la plus grande : ce "
                     "n’est pas le taux du territoire entier.",
                     "The average that a class is compared with is that of the units, "
                     "the smallest counting as much as the largest: it is not the rate "
                     "of the whole territory.");
}

static irm_status class_sheets(irm_page *page, const typology_drawing *d,
                               irm_error *error) {
    const irm_typology *t = d->typology;
    irm_page_section(page, "classes", typology_pick(d, "Les classes", "The classes"));
    irm_page_paragraph(page, "intro", average_words(d));
    for (size_t c = 0; c < t->k; c++) {
        char title[CLASS_LABEL + 32];
        snprintf(title, sizeof title, "%s %s", typology_pick(d, "Classe", "Class"),
                 d->labels[c]);
        irm_page_coloured_heading(page, style_category(c) >> 8, title);
        class_cards(page, d, c);
        if (t->units.n_variables > 0) {
            IRM_TRY(class_traits(page, d, c, error));
        }
        if (t->units.n_categories > 0) {
            class_modalities(page, d, c);
        }
        class_members(page, d, c);
        IRM_TRY(class_map(page, d, c, error));
    }
    irm_page_end_section(page);
    return IRM_OK;
}

/* ---- the method, told ---- */

static void method_analysis(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    char text[WORDS], kept[48];
    double sum = 0;
    for (size_t a = 0; a < t->axes_used; a++) {
        sum += t->factors.eigenvalues[a];
    }
    number(d, fmin(100 * sum / t->factors.inertia, 100), 1, kept, sizeof kept);
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
    number(d, 100 * (1 - t->partition.within / t->partition.total), 1, after,
           sizeof after);
    if (consolidated) {
        char moved[48];
        number(d, 100 * (1 - t->cut_within / t->partition.total), 1, before,
               sizeof before);
        number(d, (double)t->n_moved, 0, moved, sizeof moved);
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
    number(d, t->gaps[t->k - 1], 2, gap, sizeof gap);
    number(d, t->gap_errors[t->k - 1], 2, margin, sizeof margin);
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
        number(d, t->profiles[v].overall_mean, variable->decimals, text, sizeof text);
        irm_page_cell(page, "n", text, NULL);
        number(d, t->profiles[v].overall_sd, variable->decimals, text, sizeof text);
        irm_page_cell(page, "n", text, NULL);
        number(d, 100 * t->eta2[v], 0, text, 48);
        strcat(text, " %");
        irm_page_cell(page, "n", text, NULL);
        number(d, (double)variable->n_filled, 0, text, sizeof text);
        irm_page_cell(page, "n", text, NULL);
        irm_page_end_row(page);
    }
    irm_page_end_table(page);
}

static irm_status method(irm_page *page, const typology_drawing *d, irm_error *error) {
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
            IRM_TRY(put_figure(page, d, &d->figures[i], error));
        }
    }
    irm_page_end_figures(page);
    for (size_t i = 0; i < d->n_figures; i++) {
        bool whole = strstr(d->figures[i].path, "correlations") != NULL ||
                     strstr(d->figures[i].path, "tree") != NULL;
        if (whole) {
            IRM_TRY(put_figure(page, d, &d->figures[i], error));
        }
    }
    IRM_TRY(put_figures(page, d, "quality", error));
    irm_page_end_section(page);
    return IRM_OK;
}

/* ---- space ---- */

static void moran_table(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    if (t->moran == NULL) {
        return;
    }
    const char *headers[] = {typology_pick(d, "Indicateur", "Indicator"),
                             typology_pick(d, "I de Moran", "Moran's I"), "z",
                             typology_pick(d, "lecture", "reading")};
    const char *classes[] = {"", "n", "n", ""};
    irm_page_begin_table(page, NULL, headers, classes, 4);
    for (size_t v = 0; v < t->units.n_variables; v++) {
        const irm_autocorrelation *moran = &t->moran[v];
        char text[64];
        if (!t->units.variables[v].active) {
            continue;
        }
        irm_page_begin_row(page, NULL);
        irm_page_cell(page, "", typology_label(d, v), NULL);
        number(d, moran->statistic, 2, text, sizeof text);
        irm_page_cell(page, "n", text, NULL);
        number(d, moran->z, 1, text, sizeof text);
        irm_page_cell(page, "n", text, NULL);
        const char *reading =
            moran->p_value >= 0.05
                ? typology_pick(d, "pas de structure géographique nette",
                                "no clear pattern")
            : moran->statistic >= 0.4
                ? typology_pick(d, "voisins très semblables", "neighbours much alike")
                : typology_pick(d, "voisins assez semblables",
                                "neighbours somewhat alike");
        irm_page_cell(page, "", reading, NULL);
        irm_page_end_row(page);
    }
    irm_page_end_table(page);
}

static irm_status space(irm_page *page, const typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    if (t->neighbours.n == 0 && t->n_alphas == 0) {
        return IRM_OK;
    }
    irm_page_section(page, "espace", typology_pick(d, "Dans l’espace", "In space"));
    if (!isnan(t->class_contiguity)) {
        char text[WORDS], share[48];
        number(d, 100 * t->class_contiguity, 1, share, sizeof share);
        snprintf(
            text, sizeof text,
            typology_pick(d, "%s %% des couples de voisins sont dans la même classe.",
                          "%s%% of the pairs of neighbours are in the same class."),
            share);
        irm_page_paragraph(page, NULL, text);
    }
    moran_table(page, d);
    irm_page_begin_figures(page);
    IRM_TRY(put_figures(page, d, "space", error));
    irm_page_end_figures(page);
    irm_page_end_section(page);
    return IRM_OK;
}

/* ---- the page ---- */

static void contents(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    bool spatial = t->neighbours.n > 0 || t->n_alphas > 0;
    const char *ids[] = {"classes", "profils", "methode", spatial ? "espace" : "sources",
                         "sources"};
    const char *titles[] = {
        typology_pick(d, "Les classes, une à une", "The classes, one by one"),
        typology_pick(d, "Les profils côte à côte", "Profiles side by side"),
        typology_pick(d, "La méthode et ses chiffres", "The method, with numbers"),
        spatial ? typology_pick(d, "Dans l’espace", "In space") : "Sources", "Sources"};
    irm_page_contents(page, typology_pick(d, "Sommaire", "Contents"), ids, titles,
                      spatial ? 5 : 4);
}

static void sources(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    irm_page_section(page, "sources", "Sources");
    irm_page_paragraph(page, NULL,
                       d->options->source != NULL && *d->options->source != '\0'
                           ? d->options->source
                           : t->units.source_file);
    irm_page_paragraph(
        page, "absent",
        typology_pick(
            d,
            "Les mêmes résultats, unité par unité : classes.csv, profile.csv, "
            "tree.csv, axes.csv, coordinates.csv, variables.csv, stability.csv, "
            "quality.csv, et typology.h5 qui les réunit ; paramètres, lignage et "
            "classes figées : typology.json.",
            "The same results, unit by unit: classes.csv, profile.csv, tree.csv, "
            "axes.csv, coordinates.csv, variables.csv, stability.csv, quality.csv, and "
            "typology.h5 that holds them all; parameters, lineage and frozen classes: "
            "typology.json."));
    irm_page_end_section(page);
}

static irm_status write_page(typology_drawing *d, irm_error *error) {
    irm_page page;
    char subtitle[WORDS], n[48];
    number(d, (double)d->typology->n, 0, n, sizeof n);
    snprintf(subtitle, sizeof subtitle,
             typology_pick(d, "%s %s, %zu classes", "%s %s, %zu classes"), n,
             units_word(d), d->typology->k);
    irm_page_begin(&page,
                   d->options->title != NULL ? d->options->title
                                             : typology_pick(d, "Typologie", "Typology"),
                   subtitle, d->french ? "fr" : "en",
                   d->options->fictional
                       ? typology_pick(d, "Territoires et données fictifs",
                                       "Fictional territories and data")
                       : NULL);
    irm_status status = brief(&page, d, error);
    contents(&page, d);
    if (status == IRM_OK) {
        status = class_sheets(&page, d, error);
    }
    irm_page_section(
        &page, "profils",
        typology_pick(d, "Les profils côte à côte", "Profiles side by side"));
    if (status == IRM_OK) {
        status = put_figures(&page, d, "profiles", error);
    }
    irm_page_end_section(&page);
    if (status == IRM_OK) {
        status = method(&page, d, error);
    }
    if (status == IRM_OK) {
        status = space(&page, d, error);
    }
    sources(&page, d);
    char *path = irm_path_join(d->folder, "typology.html");
    if (path == NULL && status == IRM_OK) {
        status = irm_fail_memory(error);
    }
    if (status == IRM_OK) {
        status = irm_page_finish(&page, path, error);
    } else {
        irm_page_clear(&page);
    }
    irm_free(path);
    return status;
}

irm_status irm_typology_page_write(const irm_typology *typology, const char *folder,
                                   const irm_typology_page_options *options,
                                   const irm_reporter *reporter, irm_error *error) {
    typology_drawing *drawing = irm_calloc(1, sizeof *drawing);
    if (drawing == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = typology_drawing_init(drawing, typology, folder, options, error);
    if (status == IRM_OK) {
        status = irm_check_stop(reporter, error);
    }
    if (status == IRM_OK) {
        status = typology_figures_draw(drawing, error);
    }
    if (status == IRM_OK) {
        status = write_page(drawing, error);
    }
    typology_drawing_clear(drawing);
    irm_free(drawing);
    return status;
}
