#include "irminon/explain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/figure.h"
#include "irminon/memory.h"
#include "irminon/portrait.h"
#include "irminon/write.h"
#include "verbs.h"

enum { SHOWN_CELLS = 60, CELL_DECIMALS = 3 };

static const cli_option options[] = {
    {"year", 0, "YEAR", "year (default: the newest that gives a value)"},
    {"all", 'a', NULL, "print every source cell, however many"},
    {"output", 'o', "FILE", "the source cells: .csv, .json, .xlsx or .h5"},
    {0},
};

/* Words in the reader's language. */
typedef struct teller {
    const irm_explanation *e;
    const irm_store *store;
    const char *lang;
    const char *left_out; /* a sentence; NULL: nothing was */
    bool french, all;
} teller;

static const char *pick(const teller *t, const char *fr, const char *en) {
    return t->french ? fr : en;
}

/* Whole numbers, to the decimals shown, without decimals: most cells are counts. */
static void number(const teller *t, double value, int decimals, char *text) {
    bool small = value > -1e15 && value < 1e15;
    double rest = small ? value - (double)(long long)value : 1.0 / 2;
    rest = rest < 0 ? -rest : rest;
    bool whole = decimals == CELL_DECIMALS && (rest < 0.0005 || rest > 0.9995);
    irm_number_text(value, whole ? 0 : decimals, t->lang, text, 64);
}

/* "12,3", "[10 ; 14]", "s", "nd". */
static void quantity(const teller *t, const irm_quantity *q, int decimals, char *text,
                     size_t size) {
    char low[64], high[64];
    bool bounds = q->lower < q->upper && isfinite(q->lower) && isfinite(q->upper);
    number(t, q->lower, decimals, low);
    number(t, q->upper, decimals, high);
    if (isfinite(q->value)) {
        char value[64];
        number(t, q->value, decimals, value);
        snprintf(text, size, bounds ? "%s [%s ; %s]" : "%s", value, low, high);
    } else if (bounds) {
        const char *hidden = q->state == IRM_STATE_SECRET ? "s " : "";
        snprintf(text, size, "%s[%s ; %s]", hidden, low, high);
    } else {
        bool secret = q->state == IRM_STATE_SECRET;
        bool nothing = q->state == IRM_STATE_NOT_APPLICABLE;
        snprintf(text, size, "%s", secret ? "s" : nothing ? "–" : "nd");
    }
}

/* What a flag, or a state, means to who reads the figure. */
static const struct {
    uint32_t flag;
    const char *fr, *en;
} flag_words[] = {
    {IRM_FLAG_RELIABLE_COUNT, "effectifs estimés de plus de 500 : jugés fiables",
     "estimated counts over 500: held reliable"},
    {IRM_FLAG_LOW_COUNT, "un effectif estimé de moins de 200 : à manier avec prudence",
     "an estimated count under 200: to be handled with care"},
    {IRM_FLAG_COMPLEMENTARY, "exploitation complémentaire du recensement : un sondage",
     "complementary exploitation of the census: a sample"},
    {IRM_FLAG_SMALL_POPULATION, "moins de 2 000 habitants : trop peu pour ce sondage",
     "under 2,000 inhabitants: too few for that sample"},
    {IRM_FLAG_ROUNDED, "le producteur arrondit : le vrai chiffre est entre les crochets",
     "the producer rounds: the true figure is between the brackets"},
    {IRM_FLAG_PARTIAL_COVERAGE, "des communes n’ont pas de ligne dans la source",
     "some communes have no row in the source"},
    {IRM_FLAG_CONVERTED_GEOGRAPHY,
     "des communes ont fusionné ou changé depuis la source : voir les lignes",
     "communes merged or changed since the source: see the lines"},
    {IRM_FLAG_CUT_COMMUNES, "le zonage coupe des communes : chiffres partagés, estimés",
     "the zoning cuts communes: figures are shared, estimated"},
    {IRM_FLAG_MIXED_SOURCES, "deux sources rapportées l’une à l’autre",
     "two sources put over one another"},
    {IRM_FLAG_MIXED_YEARS, "deux années rapportées l’une à l’autre",
     "two years put over one another"},
    {IRM_FLAG_OVERLAPPING_VINTAGES,
     "deux recensements dont les enquêtes se recouvrent : ce n’est pas une évolution",
     "two censuses whose surveys overlap: this is no evolution"},
};

static const char *state_words(const teller *t, irm_state state) {
    switch (state) {
        case IRM_STATE_SECRET:
            return pick(t, "secret : le producteur ne le publie pas",
                        "secret: the producer does not publish it");
        case IRM_STATE_MISSING:
            return pick(t, "inconnu : aucune source du dépôt ne le dit",
                        "unknown: no source of the store tells it");
        case IRM_STATE_NOT_APPLICABLE:
            return pick(t, "sans objet : rien à quoi le rapporter",
                        "not applicable: there is nothing to relate it to");
        case IRM_STATE_BOUNDED:
            return pick(
                t,
                "encadré : une partie est secrète ou inconnue, le vrai chiffre "
                "est entre les crochets",
                "bounded: a part is secret or unknown, the true figure is between "
                "the brackets");
        case IRM_STATE_ESTIMATED:
            return pick(t, "estimé : des communes ont été partagées",
                        "estimated: communes were shared");
        case IRM_STATE_FLOORED:
            return pick(t, "plancher : publié au moins à cette valeur, ou au plus",
                        "floored: published at its floor");
        case IRM_STATE_IMPUTED:
            return pick(t, "imputé par le producteur", "imputed by the producer");
        default:
            return NULL;
    }
}

/* The codes that other programs read, then what they mean. */
static void tell_state(const teller *t, const irm_quantity *q) {
    char flags[256];
    irm_state state = irm_quantity_state_shown(*q);
    const char *words = state_words(t, state);
    irm_flags_text(q->flags, flags, sizeof flags);
    printf("  %s%s%s%s\n", pick(t, "état : ", "state: "), irm_state_name(state),
           flags[0] != '\0' ? "; " : "", flags);
    if (words != NULL) {
        printf("    – %s\n", words);
    }
    for (size_t i = 0; i < sizeof flag_words / sizeof *flag_words; i++) {
        if ((q->flags & flag_words[i].flag) != 0) {
            printf("    – %s\n", pick(t, flag_words[i].fr, flag_words[i].en));
        }
    }
    if (t->left_out != NULL && (q->flags & IRM_FLAG_REFERENCE_COVERAGE) != 0) {
        printf("    – %s\n", t->left_out);
    }
}

static void tell_figure(const teller *t) {
    const irm_explanation *e = t->e;
    const irm_territory *territory = &e->level->items[e->index];
    const irm_quantity *q = &e->evaluation.result[e->index];
    char text[256];
    printf("%s\n%s (%s:%s), %d\n\n",
           pick(t, e->indicator->label_fr, e->indicator->label_en), territory->name,
           e->level->id, territory->code, e->evaluation.year);
    quantity(t, q, e->indicator->decimals, text, sizeof text);
    bool told = isfinite(q->value) || (isfinite(q->lower) && isfinite(q->upper));
    printf("  %s%s%s\n", text, told ? " " : "",
           told ? pick(t, e->indicator->unit_fr, e->indicator->unit) : "");
    if (isfinite(e->interval.upper)) {
        char low[64], high[64];
        number(t, e->interval.lower, e->indicator->decimals, low);
        number(t, e->interval.upper, e->indicator->decimals, high);
        printf(pick(t, "  intervalle de confiance à 95 %% : %s à %s\n",
                    "  95%% confidence interval: %s to %s\n"),
               low, high);
    }
    tell_state(t, q);
}

static void tell_formula(const teller *t) {
    const irm_explanation *e = t->e;
    const irm_evaluation *evaluation = &e->evaluation;
    char text[256];
    printf("\n%s (%s)\n", pick(t, "Formule", "Formula"), evaluation->source->dataset);
    for (size_t f = 0; f < 2 && e->formulas[f] != NULL; f++) {
        printf("  %s%s\n    = %s\n",
               e->formulas[1] == NULL ? ""
               : f == 0               ? pick(t, "numérateur   ", "numerator    ")
                                      : pick(t, "dénominateur ", "denominator  "),
               e->formulas[f], e->worked[f]);
        const irm_quantity *part = e->formulas[1] == NULL ? NULL
                                   : f == 0               ? evaluation->numerator
                                                          : evaluation->denominator;
        if (part != NULL) {
            quantity(t, &part[e->index], CELL_DECIMALS, text, sizeof text);
            printf("    = %s\n", text);
        }
    }
    if (e->formulas[1] != NULL && evaluation->source->scale != 1) {
        printf("  %s × %g\n",
               pick(t, "numérateur / dénominateur", "numerator / denominator"),
               evaluation->source->scale);
    }
    printf("  %s : %s\n", pick(t, "définition", "definition"), e->indicator->reference);
}

static const char *placement(const teller *t, irm_placement how) {
    switch (how) {
        case IRM_PLACED_MERGED:
            return pick(t, "commune d'alors", "former commune");
        case IRM_PLACED_FOLDED:
            return pick(t, "arrondissement", "arrondissement");
        case IRM_PLACED_NOWHERE:
            return pick(t, "hors commune", "of no commune");
        default:
            return "";
    }
}

static void tell_cell(const teller *t, const irm_source_cell *cell) {
    char text[256], place[32] = "";
    if (cell->line > 0) {
        snprintf(place, sizeof place, pick(t, "ligne %zu", "line %zu"), cell->line);
    } else {
        snprintf(place, sizeof place, pick(t, "rang %zu", "row %zu"), cell->row + 1);
    }
    quantity(t, &cell->quantity, CELL_DECIMALS, text, sizeof text);
    printf("    %-12s %-9s %20s  %s", place, cell->code, text, cell->name);
    if (cell->how != IRM_PLACED_SAME) {
        printf(" (%s, %s)", cell->territory, placement(t, cell->how));
    }
    if (cell->share != 1) {
        char share[64];
        number(t, 100 * cell->share, 1, share);
        printf(pick(t, " [part estimée : %s %%]", " [estimated share: %s%%]"),
               isfinite(cell->share) ? share : "?");
    }
    if (cell->modalities != NULL) {
        printf("  %s", cell->modalities);
    }
    if (cell->published != NULL) {
        printf(pick(t, " [publié : « %s »]", " [published: \"%s\"]"), cell->published);
    }
    putchar('\n');
}

static void tell_lineage(const teller *t, const irm_term *term) {
    static const char *const names[] = {"source_file", "source_date",  "source_sha256",
                                        "geography",   "survey_years", "licence",
                                        "url"};
    char sentence[512];
    irm_source_sentence(t->store, term->table->name, t->lang, sentence, sizeof sentence);
    printf("    %s (%s)\n", sentence, term->table->name);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = irm_attributes_get(&term->table->attributes, names[i]);
        if (value != NULL) {
            printf("      %-13s %s\n", names[i], value);
        }
    }
}

static bool same_table(const irm_explanation *e, size_t index) {
    for (size_t i = 0; i < index; i++) {
        if (e->terms[i].table == e->terms[index].table) {
            return true;
        }
    }
    return false;
}

/* True when a formula names it again, at the same place and year. */
static bool told_before(const irm_explanation *e, size_t index) {
    const irm_term *term = &e->terms[index];
    for (size_t i = 0; i < index; i++) {
        const irm_term *other = &e->terms[i];
        if (strcmp(other->text, term->text) == 0 && other->year == term->year &&
            other->elsewhere == term->elsewhere &&
            other->by_commune == term->by_commune &&
            strcmp(other->dataset, term->dataset) == 0) {
            return true;
        }
    }
    return false;
}

static void tell_term(const teller *t, size_t index) {
    const irm_term *term = &t->e->terms[index];
    char text[256];
    if (told_before(t->e, index)) {
        return;
    }
    quantity(t, &term->quantity, CELL_DECIMALS, text, sizeof text);
    const char *label = pick(t, term->label_fr, term->label_en);
    printf("\n%s%s%s\n", term->text, label != NULL ? " : " : "",
           label != NULL ? label : "");
    if (term->elsewhere && !term->by_commune) {
        printf("  %s\n", pick(t, "lu pour la France : voir la formule",
                              "read for France: see the formula"));
        return;
    }
    const char *how =
        term->by_commune
            ? pick(t, "comparé commune par commune", "compared commune by commune")
        : term->published || (strcmp(t->e->level->id, "com") == 0 && term->n_cells == 1)
            ? pick(t, "publié pour ce territoire", "published for this territory")
        : strcmp(t->e->level->id, "com") == 0
            ? pick(t, "somme de ses lignes", "sum of its rows")
        : term->n_cells == 0 ? pick(t, "aucune de ses communes n’est dans la source",
                                    "none of its communes is in the source")
                             : pick(t, "somme des communes", "sum of the communes");
    printf(pick(t, "  %s%s%d, colonne %s, %s (%zu cellule%s)\n",
                "  %s%s%d, column %s, %s (%zu cell%s)\n"),
           term->by_commune ? "" : text, term->by_commune ? "" : ", ", term->year,
           term->column != NULL ? term->column : "–", how, term->n_cells,
           term->n_cells > 1 ? "s" : "");
    size_t shown = t->all || term->n_cells <= SHOWN_CELLS ? term->n_cells : SHOWN_CELLS;
    for (size_t i = 0; i < shown; i++) {
        tell_cell(t, &term->cells[i]);
    }
    if (shown < term->n_cells) {
        printf(pick(t, "    … et %zu autres (--all, ou -o FICHIER)\n",
                    "    … and %zu more (--all, or -o FILE)\n"),
               term->n_cells - shown);
    }
    if (term->absent_zeros) {
        printf("    %s\n", pick(t, "une commune sans ligne vaut zéro, dit le producteur",
                                "a commune without a row is zero, the producer says"));
    }
    if (term->table != NULL && !same_table(t->e, index)) {
        tell_lineage(t, term);
    }
}

static irm_status tell(const teller *t, irm_error *error) {
    const irm_explanation *e = t->e;
    if (e->evaluation.unavailable != NULL) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND, "%s is not available for %s:%s: %s",
                        e->indicator->id, e->level->id, e->level->items[e->index].code,
                        e->evaluation.unavailable);
    }
    tell_figure(t);
    tell_formula(t);
    for (size_t i = 0; i < e->n_terms; i++) {
        tell_term(t, i);
    }
    return IRM_OK;
}

static irm_status write_cells(const irm_explanation *e, const char *path,
                              irm_error *error) {
    irm_table table;
    IRM_TRY(irm_explanation_table(e, &table, error));
    irm_status status = irm_table_write(&table, path, NULL, error);
    irm_table_clear(&table);
    return status;
}

static irm_status explain(cli_context *context, const cli_session *session, long year,
                          irm_error *error) {
    const irm_level *level;
    int32_t index;
    size_t indicator;
    irm_explanation e;
    const char *output = cli_get(context, "output");
    IRM_TRY(irm_geography_parse(session->geography, cli_word(context, 1), &level, &index,
                                error));
    IRM_TRY(
        irm_catalogue_need(session->catalogue, cli_word(context, 2), &indicator, error));
    IRM_TRY(
        irm_explain(session->evaluator, indicator, level, index, (int)year, &e, error));
    char *left_fr = NULL, *left_en = NULL;
    irm_status status =
        irm_evaluator_left_out(session->evaluator, &left_fr, &left_en, error);
    bool french = strcmp(session->lang, "fr") == 0;
    teller t = {.e = &e,
                .left_out = french ? left_fr : left_en,
                .store = session->store,
                .lang = session->lang,
                .french = french,
                .all = cli_has(context, "all")};
    bool to_screen = output != NULL && strcmp(output, "-") == 0;
    if (status == IRM_OK && (!to_screen || e.evaluation.unavailable != NULL)) {
        status = tell(&t, error);
    }
    if (status == IRM_OK && output != NULL) {
        status = write_cells(&e, output, error);
    }
    irm_explanation_clear(&e);
    irm_free(left_fr);
    irm_free(left_en);
    return status;
}

static irm_status run(cli_context *context, irm_error *error) {
    long year;
    cli_session session;
    if (cli_has(context, "output")) {
        IRM_TRY(irm_write_check(cli_get(context, "output"), NULL, error));
    }
    IRM_TRY(cli_get_integer(context, "year", 1900, 2100, 0, &year, error));
    irm_status status = cli_session_open(context, CLI_WITH_EVALUATOR, &session, error);
    if (status == IRM_OK) {
        status = explain(context, &session, year, error);
    }
    cli_session_clear(&session);
    return status;
}

const cli_verb cli_verb_explain = {
    .name = "explain",
    .words = "STORE TERRITORY INDICATOR",
    .min_words = 3,
    .max_words = 3,
    .summary = "where a figure comes from: formula, numbers, source cells, lineage",
    .details =
        "Prints the figure with its state, bounds and flags, the formula with its "
        "numbers,\n"
        "and every cell of the published files that it was read from: line, column, code "
        "of\n"
        "then and commune of now. -o writes the cells as a table (- for CSV on standard\n"
        "output, and nothing else).\n\n"
        "Examples:\n"
        "  irminon explain store epci:200068815 dwelling_vacancy\n"
        "  irminon explain store dep:43 poverty_rate --year 2019 -o cells.csv",
    .options = options,
    .session = true,
    .run = run,
};
