#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"
#include "portrait/portraitist.h"

/* What each flag means to a reader, in the order of telling. */
static const struct {
    uint32_t flag;
    const char *fr, *en;
} sentences[] = {
    {IRM_FLAG_SMALL_POPULATION,
     "Le territoire compte moins de 2 000 habitants : les chiffres de l’exploitation "
     "complémentaire du recensement, tirés d’un quart des ménages environ, y sont à "
     "prendre avec précaution",
     "The territory has under 2,000 inhabitants: figures of the census's complementary "
     "exploitation, drawn from about a quarter of households, are to be taken with care"},
    {IRM_FLAG_LOW_COUNT,
     "Des effectifs estimés sont inférieurs à 200 : ils sont à manier avec prudence, et les "
     "parts qui en découlent aussi",
     "Some estimated counts are under 200: they are to be handled with care, and so are the "
     "shares drawn from them"},
    {IRM_FLAG_ROUNDED,
     "Les effectifs de la Caf sont arrondis par le producteur : l’encadrement certain est "
     "indiqué entre crochets",
     "CAF counts are rounded by the producer: certain bounds are given in brackets"},
    {IRM_FLAG_PARTIAL_COVERAGE,
     "Certaines communes n’ont pas de ligne dans la source : le total publié ne les "
     "comprend pas",
     "Some communes have no row in the source: the total does not hold them"},
    {IRM_FLAG_CONVERTED_GEOGRAPHY,
     "Des communes ont fusionné ou changé depuis la diffusion de la source : leurs chiffres "
     "sont rattachés à la commune d’aujourd’hui",
     "Communes have merged or changed since the source was published: their figures are "
     "counted in the commune of today"},
    {IRM_FLAG_CUT_COMMUNES,
     "Le zonage coupe des communes : leurs chiffres sont partagés entre les zones selon la "
     "part ou la population qui en a été donnée, et estimés",
     "The zoning cuts communes: their figures are shared among zones by the share or the "
     "population given of each part, and estimated"},
    {IRM_FLAG_MIXED_SOURCES,
     "Des taux rapportent l’une à l’autre deux sources, dont les champs peuvent différer : "
     "celui des foyers de la Caf aux ménages du recensement peut dépasser 100 %",
     "Some rates put two sources over one another, whose coverage may differ: that of CAF "
     "households to census households may pass 100%"},
    {IRM_FLAG_MIXED_YEARS,
     "Des taux rapportent l’une à l’autre deux années différentes",
     "Some rates put two different years over one another"},
    {IRM_FLAG_OVERLAPPING_VINTAGES,
     "Des évolutions comparent des millésimes du recensement dont les années d’enquête se "
     "recouvrent : elles ne se lisent pas comme telles",
     "Some changes compare census vintages whose survey years overlap: they cannot be read "
     "as changes"},
};

/* How many rows bear a flag, and the labels of the first few. */
static size_t bearers(const irm_portrait *portrait, uint32_t flag, bool french,
                      irm_buffer *names) {
    enum { NAMED = 4 };
    size_t count = 0;
    for (size_t t = 0; t < portrait->n_themes; t++) {
        for (size_t i = 0; i < portrait->themes[t].n_rows; i++) {
            const irm_portrait_row *row = &portrait->themes[t].rows[i];
            if (row->unavailable != NULL || (row->values[0].flags & flag) == 0) {
                continue;
            }
            if (count < NAMED) {
                irm_buffer_text(names, count > 0 ? ", " : "");
                irm_buffer_text(names, french ? row->indicator->label_fr
                                              : row->indicator->label_en);
            }
            count++;
        }
    }
    if (count > NAMED) {
        irm_buffer_text(names, "…");
    }
    return count;
}

static char *sentence(const irm_portrait *portrait, size_t k, bool french) {
    irm_buffer names = {0}, text = {0};
    size_t count = bearers(portrait, sentences[k].flag, french, &names);
    irm_buffer_format(&text, french ? "%s (%zu indicateur%s : %s)." : "%s (%zu indicator%s: %s).",
                      french ? sentences[k].fr : sentences[k].en, count,
                      count > 1 ? "s" : "", names.data != NULL ? names.data : "");
    irm_buffer_clear(&names);
    return irm_buffer_take(&text);
}

static bool has_flag(const irm_portrait *portrait, uint32_t flag) {
    irm_buffer unused = {0};
    size_t count = bearers(portrait, flag, true, &unused);
    irm_buffer_clear(&unused);
    return count > 0;
}

/* Which tables were converted, where something of the territory was. */
static irm_status tell_moved(const irm_portraitist *portraitist, irm_portrait *portrait,
                             irm_error *error) {
    const irm_level *level = portrait->place.level,
                    *communes = irm_geography_level(portraitist->geography, "com");
    if (communes == NULL || level->of_commune == NULL ||
        !has_flag(portrait, IRM_FLAG_CONVERTED_GEOGRAPHY)) {
        return IRM_OK;
    }
    bool *in = irm_calloc(communes->count, sizeof *in);
    if (in == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t c = 0; c < communes->count; c++) {
        in[c] = level->of_commune[c] == portrait->place.index;
    }
    size_t at = portrait->n_warnings;
    irm_status status =
        irm_evaluator_moved(portraitist->evaluator, in, &portrait->warnings_fr[at],
                            &portrait->warnings_en[at], error);
    portrait->n_warnings += status == IRM_OK && portrait->warnings_fr[at] != NULL;
    irm_free(in);
    return status;
}

/* Which communes France is taken without, where a row compares with it so. */
static irm_status tell_left_out(const irm_portraitist *portraitist, irm_portrait *portrait,
                                irm_error *error) {
    if (!has_flag(portrait, IRM_FLAG_REFERENCE_COVERAGE)) {
        return IRM_OK;
    }
    size_t at = portrait->n_warnings;
    IRM_TRY(irm_evaluator_left_out(portraitist->evaluator, &portrait->warnings_fr[at],
                                   &portrait->warnings_en[at], error));
    portrait->n_warnings += portrait->warnings_fr[at] != NULL;
    return IRM_OK;
}

irm_status warnings_collect(irm_portraitist *portraitist, irm_portrait *portrait,
                            irm_error *error) {
    enum { MOST = sizeof sentences / sizeof *sentences };
    portrait->warnings_fr = irm_calloc(MOST + 2, sizeof *portrait->warnings_fr);
    portrait->warnings_en = irm_calloc(MOST + 2, sizeof *portrait->warnings_en);
    if (portrait->warnings_fr == NULL || portrait->warnings_en == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t k = 0; k < MOST; k++) {
        if (!has_flag(portrait, sentences[k].flag)) {
            continue;
        }
        size_t at = portrait->n_warnings++;
        portrait->warnings_fr[at] = sentence(portrait, k, true);
        portrait->warnings_en[at] = sentence(portrait, k, false);
        if (portrait->warnings_fr[at] == NULL || portrait->warnings_en[at] == NULL) {
            return irm_fail_memory(error);
        }
    }
    IRM_TRY(tell_left_out(portraitist, portrait, error));
    return tell_moved(portraitist, portrait, error);
}
