/* Files of the Cnaf: communal benefits since 2020, older communal themes, IRIS. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "sample/country.h"
#include "sample/measure.h"
#include "sample/random.h"

enum { FIRST_DECEMBER = 2020, LAST_DECEMBER = 2024, OLD_YEAR = 2014, IRIS_YEAR = 2020 };

/* A benefit: which households, and euros a month for each on average. */
static const struct {
    const char *code, *who;
    int euros;
} benefits[] = {{"ndur", "dwellings CAF=1", 0},
                {"rsa", "dwellings CAF_RSA=1", 562},
                {"ppa", "dwellings CAF_PPA=1", 187},
                {"ndural", "dwellings CAF_HOUSING=1-3", 0},
                {"apl", "dwellings CAF_HOUSING=1", 231},
                {"als", "dwellings CAF_HOUSING=3", 176},
                {"alf", "dwellings CAF_HOUSING=2", 268},
                {"aah", "dwellings CAF_AAH=1", 872},
                {"aeeh", "dwellings CAF_AEEH=1", 236},
                {"af", "dwellings CAF_AF=1", 194},
                {"cf", "dwellings CAF_CF=1", 213},
                {"asf", "dwellings CAF_ASF=1", 224},
                {"ndurpaje", "dwellings CAF_PAJE=1", 0},
                {"ab", "dwellings CAF_PAJE=1 CAF_CMG=0", 178},
                {"cmg", "dwellings CAF_CMG=1", 391}};
enum { BENEFITS = sizeof benefits / sizeof *benefits, ANY = 0, HOUSING = 3, CHILD = 12 };

/* Of one December: households, persons covered, euros, by benefit and commune. */
typedef struct december {
    int64_t households[BENEFITS][SAMPLE_COMMUNES], persons[BENEFITS][SAMPLE_COMMUNES],
        euros[BENEFITS][SAMPLE_COMMUNES];
} december;

static irm_status count_december(const sample_world *world, december *to,
                                 irm_error *error) {
    int64_t sums[SAMPLE_COMMUNES];
    char who[96];
    for (int b = 0; b < BENEFITS; b++) {
        IRM_TRY(sample_tally(world, benefits[b].who, sums, error));
        for (int c = 0; c < SAMPLE_COMMUNES; c++) {
            to->households[b][c] = sample_whole(sums[c]);
            /* Amounts: averages, and what inflation raised them by. */
            to->euros[b][c] = to->households[b][c] * benefits[b].euros *
                              (1000 + 26 * (world->year - 2022)) / 1000;
        }
        snprintf(who, sizeof who, "%s xSIZE", benefits[b].who);
        IRM_TRY(sample_tally(world, who, sums, error));
        for (int c = 0; c < SAMPLE_COMMUNES; c++) {
            to->persons[b][c] = sample_whole(sums[c]);
        }
    }
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        to->euros[HOUSING][c] = to->euros[4][c] + to->euros[5][c] + to->euros[6][c];
        to->euros[CHILD][c] = to->euros[13][c] + to->euros[14][c];
        for (int b = 1; b < BENEFITS; b++) {
            bool part = (b > HOUSING && b <= 6) || b > CHILD;
            to->euros[ANY][c] += part ? 0 : to->euros[b][c];
        }
    }
    return IRM_OK;
}

static int64_t nearest(int64_t value, int64_t step) {
    return (value + step / 2) / step * step;
}

static void put_december(const sample_geography *g, const december *d, int year,
                         irm_buffer *out) {
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        irm_buffer_format(out, "%d-12;%s;%s", year, g->communes[c].code,
                          g->communes[c].capital);
        for (int b = 0; b < BENEFITS; b++) {
            irm_buffer_format(out, ";%" PRId64 ";%" PRId64 ";%" PRId64,
                              nearest(d->households[b][c], 5),
                              nearest(d->persons[b][c], 5), nearest(d->euros[b][c], 100));
        }
        irm_buffer_text(out, "\n");
    }
    /* Households whose commune is not known. */
    irm_buffer_format(out, "%d-12;;", year);
    for (int b = 0; b < BENEFITS; b++) {
        irm_buffer_text(out, b == 0 ? ";15;25;5400" : ";0;0;0");
    }
    irm_buffer_text(out, "\n");
}

static irm_status write_decembers(sample_country *country, irm_error *error) {
    irm_buffer out = {0};
    irm_status status = IRM_OK;
    irm_buffer_text(&out, "dtreffre;numcomdo;nomcom");
    for (int b = 0; b < BENEFITS; b++) {
        irm_buffer_format(&out, ";indfoy_%s;indnbp_%s;indmtt_%s", benefits[b].code,
                          benefits[b].code, benefits[b].code);
    }
    irm_buffer_text(&out, "\n");
    for (int year = FIRST_DECEMBER; year <= LAST_DECEMBER && status == IRM_OK; year++) {
        const sample_world *world;
        december *d = irm_calloc(1, sizeof *d);
        status = d == NULL ? irm_fail_memory(error)
                           : sample_country_year(country, year, &world, error);
        status = status == IRM_OK ? count_december(world, d, error) : status;
        if (status == IRM_OK) {
            put_december(&country->geography, d, year, &out);
        }
        irm_free(d);
    }
    if (status != IRM_OK) {
        irm_buffer_clear(&out);
        return status;
    }
    return sample_write(country, "s_ben_com_f.csv", &out, error);
}

/* The older files: one theme each; a cell under 5 is blank. */
enum { THEME_COLUMNS = 12 };
typedef struct theme {
    const char *file;
    const char *columns[THEME_COLUMNS]; /* "NAME|who is counted" */
    bool disjoint; /* those after the first are parts of it: they add up to no more */
} theme;

static const theme themes[] = {
    {"DependancePrestaCom",
     {"NB_Allocataires|dwellings CAF=1", "TR50PFRB|dwellings CAF_SHARE=2-3",
      "TR100PFRB|dwellings CAF_SHARE=3"},
     false},
    {"BasrevenuCom",
     {"NB_Allocataires|dwellings CAF=1", "NB_allocataires_ress|dwellings CAF_SHARE=1-3",
      "NB_pers_couv_ress|dwellings CAF_SHARE=1-3 xSIZE",
      "ALL_bas_revenu|dwellings CAF_LOW=1 CAF_SHARE=1-3",
      "Pers_bas_revenu|dwellings CAF_LOW=1 CAF_SHARE=1-3 xSIZE"},
     false},
    {"ConfigFamiliale",
     {"NB_Allocataires|dwellings CAF=1",
      "COUP_0_ENF|dwellings CAF=1 HOUSEHOLD=4-5 CHILDREN_20=0",
      "COUP_1_ENF|dwellings CAF=1 HOUSEHOLD=5 CHILDREN_20=1",
      "COUP_2_ENF|dwellings CAF=1 HOUSEHOLD=5 CHILDREN_20=2",
      "COUP_3_ENF|dwellings CAF=1 HOUSEHOLD=5 CHILDREN_20=3",
      "COUP_4plus_ENF|dwellings CAF=1 HOUSEHOLD=5 CHILDREN_20=4-9",
      "MONO_1_ENF|dwellings CAF=1 HOUSEHOLD=6 CHILDREN_20=0-1",
      "MONO_2_ENF|dwellings CAF=1 HOUSEHOLD=6 CHILDREN_20=2",
      "MONO_3_ENF|dwellings CAF=1 HOUSEHOLD=6 CHILDREN_20=3",
      "MONO_4plus_ENF|dwellings CAF=1 HOUSEHOLD=6 CHILDREN_20=4-9",
      "Homme_Isole|dwellings CAF=1 HOUSEHOLD=1",
      "Femme_Isolee|dwellings CAF=1 HOUSEHOLD=2"},
     true},
    {"TrancheAge",
     {"NB_Allocataires|dwellings CAF=1", "ALL0A19|dwellings CAF=1 HEAD_AGE=0-19",
      "ALL20A24|dwellings CAF=1 HEAD_AGE=20-24",
      "ALL25A29|dwellings CAF=1 HEAD_AGE=25-29",
      "ALL30A39|dwellings CAF=1 HEAD_AGE=30-39",
      "ALL40A49|dwellings CAF=1 HEAD_AGE=40-49",
      "ALL50A54|dwellings CAF=1 HEAD_AGE=50-54",
      "ALL55A59|dwellings CAF=1 HEAD_AGE=55-59",
      "ALL60A64|dwellings CAF=1 HEAD_AGE=60-64",
      "ALL65A69|dwellings CAF=1 HEAD_AGE=65-69",
      "ALL70AX|dwellings CAF=1 HEAD_AGE=70-199"},
     true}};

static irm_status put_theme(sample_country *country, const theme *one, irm_buffer *out,
                            irm_error *error) {
    const sample_world *world;
    int64_t sums[THEME_COLUMNS][SAMPLE_COMMUNES];
    int count = 0;
    IRM_TRY(sample_country_year(country, OLD_YEAR, &world, error));
    irm_buffer_text(out, "Communes;Codes_Insee");
    for (; count < THEME_COLUMNS && one->columns[count] != NULL; count++) {
        const char *bar = strchr(one->columns[count], '|');
        irm_buffer_format(out, ";%.*s", (int)(bar - one->columns[count]),
                          one->columns[count]);
        IRM_TRY(sample_tally(world, bar + 1, sums[count], error));
    }
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        irm_buffer_format(out, "\n%s;%s", country->geography.communes[c].capital,
                          country->geography.communes[c].code);
        int64_t before = 0;
        for (int i = 0; i < count; i++) {
            int64_t value = sample_whole(sums[i][c]);
            if (one->disjoint && i > 0) { /* rounded as a running total, parts keep it */
                value = sample_whole(before + sums[i][c]) - sample_whole(before);
                before += sums[i][c];
            }
            irm_buffer_text(out, ";");
            if (value >= 5) {
                irm_buffer_format(out, "%" PRId64, value);
            }
        }
    }
    irm_buffer_text(out, "\nETRANGER;99999;7");
    for (int i = 1; i < count; i++) {
        irm_buffer_text(out, ";");
    }
    irm_buffer_text(out, "\nCODE COMMUNE INCONNU;XXXXX;12");
    for (int i = 1; i < count; i++) {
        irm_buffer_text(out, ";");
    }
    irm_buffer_text(out, "\n");
    return IRM_OK;
}

static irm_status write_themes(sample_country *country, irm_error *error) {
    for (size_t i = 0; i < sizeof themes / sizeof *themes; i++) {
        irm_buffer out = {0};
        irm_status status = put_theme(country, &themes[i], &out, error);
        if (status != IRM_OK) {
            irm_buffer_clear(&out);
            return status;
        }
        char name[48];
        snprintf(name, sizeof name, "%.30s%d.csv", themes[i].file, OLD_YEAR);
        IRM_TRY(sample_write(country, name, &out, error));
    }
    return IRM_OK;
}

irm_status sample_write_benefits(sample_country *country, irm_error *error) {
    IRM_TRY(write_decembers(country, error));
    IRM_TRY(write_themes(country, error));
    return sample_write_blocks(country, IRIS_YEAR, error);
}
