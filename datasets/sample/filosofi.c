/* Filosofi's files: by level, the key figures of communes, the cube. */
#include <stdio.h>

#include "sample/incomes.h"
#include "sample/melodi.h"

enum { DISTRIBUTION_YEAR = 2019, KEY_YEAR = 2021 };

static bool published(const sample_income *income) {
    return income->households >= INCOME_ALL_FROM || income->persons >= 2000;
}

static void put_euros(irm_buffer *out, int euros) {
    irm_buffer_format(out, ";%d", euros);
}

static void put_share(irm_buffer *out, int per_mille) {
    irm_buffer_text(out, ";");
    sample_put_fixed(out, per_mille, 1, ',');
}

/* Q1, Q2, Q3, Q3−Q1, eight deciles, D9/D1, S80/S20, Gini, then the shares. */
static void put_distribution(const sample_income *income, irm_buffer *out) {
    const int *q = income->quantile;
    put_euros(out, q[INCOME_Q1]);
    put_euros(out, q[INCOME_MEDIAN]);
    put_euros(out, q[INCOME_Q3]);
    put_euros(out, q[INCOME_Q3] - q[INCOME_Q1]);
    for (int d = 0; d < 9; d++) {
        if (d != INCOME_MEDIAN) {
            put_euros(out, q[d]);
        }
    }
    put_share(out, income->rd);
    irm_buffer_text(out, ";");
    sample_put_fixed(out, income->s80_s20 * 100, 3, ',');
    irm_buffer_text(out, ";");
    sample_put_fixed(out, income->gini, 3, ',');
    const int shares[] = {income->work,     income->wages,    income->unemployment,
                          income->business, income->pensions, income->assets,
                          income->benefits, income->family,   income->minimum,
                          income->housing,  income->taxes};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        put_share(out, shares[i]);
    }
}

static irm_status put_level(sample_country *country, sample_level level, irm_buffer *out,
                            irm_error *error) {
    irm_buffer_text(
        out,
        "\xEF\xBB\xBF"
        "CODGEO;LIBGEO;NBMEN19;NBPERS19;NBUC19;Q119;Q219;Q319;"
        "Q3_Q1;D119;D219;D319;D419;D619;D719;D819;D919;RD;S80S2019;GI19;PACT19;"
        "PTSA19;PCHO19;PBEN19;PPEN19;PPAT19;PPSOC19;PPFAM19;PPMINI19;PPLOGT19;"
        "PIMPOT19\r\n");
    for (int i = 0; i < sample_level_size(level); i++) {
        sample_income income;
        IRM_TRY(sample_income_of(country, DISTRIBUTION_YEAR, level, i, &income, error));
        if (income.households < INCOME_MEDIAN_FROM) {
            continue; /* such communes are not in the file */
        }
        const char *code =
            level == LEVEL_FR ? "1" : sample_level_code(&country->geography, level, i);
        irm_buffer_format(out, "%s;%s;%d;%d;", code,
                          sample_level_name(&country->geography, level, i),
                          income.households, income.persons);
        sample_put_fixed(out, income.units_10, 1, ',');
        if (published(&income)) {
            put_distribution(&income, out);
        } else {
            irm_buffer_format(out, ";;%d;;;;;;;;;;;;;;;;;;;;;;;;",
                              income.quantile[INCOME_MEDIAN]);
        }
        irm_buffer_text(out, "\r\n");
    }
    return IRM_OK;
}

/* A poverty rate: whole percents, and not told under five. */
static void put_poverty(irm_buffer *out, int per_mille) {
    if (per_mille < 50) {
        irm_buffer_text(out, ";s");
    } else {
        irm_buffer_format(out, ";%d,0", (per_mille + 5) / 10);
    }
}

static void put_key_figures(const sample_income *income, irm_buffer *out) {
    irm_buffer_format(out, ";%d;%d;%d", income->households, income->persons,
                      income->quantile[INCOME_MEDIAN]);
    if (!published(income)) {
        for (int i = 0; i < 24; i++) {
            irm_buffer_text(out, ";s");
        }
        return;
    }
    irm_buffer_format(out, ";%d,0", (income->taxed + 5) / 10);
    put_poverty(out, income->poor);
    /* Breakdowns need more households than the whole does. */
    bool large = income->households >= 2 * INCOME_ALL_FROM;
    for (int i = 0; i < 6; i++) {
        put_poverty(out, large ? income->poor_by_age[i] : 0);
    }
    for (int i = 0; i < 2; i++) {
        put_poverty(out, large ? income->poor_by_tenure[i] : 0);
    }
    const int shares[] = {income->work,     income->wages,    income->unemployment,
                          income->business, income->pensions, income->assets,
                          income->benefits, income->family,   income->minimum,
                          income->housing,  income->taxes};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        put_share(out, shares[i]);
    }
    irm_buffer_format(out, ";%d;%d", income->quantile[0], income->quantile[8]);
    put_share(out, income->rd);
}

static irm_status write_key_figures(sample_country *country, irm_error *error) {
    irm_buffer out = {0};
    irm_status status = IRM_OK;
    irm_buffer_text(&out,
                    "CODGEO;NBMENFISC21;NBPERSMENFISC21;MED21;PIMP21;TP6021;TP60AGE121;"
                    "TP60AGE221;TP60AGE321;TP60AGE421;TP60AGE521;TP60AGE621;TP60TOL121;"
                    "TP60TOL221;PACT21;PTSA21;PCHO21;PBEN21;PPEN21;PPAT21;PPSOC21;"
                    "PPFAM21;PPMINI21;PPLOGT21;PIMPOT21;D121;D921;RD21\n");
    for (int c = 0; c < SAMPLE_COMMUNES && status == IRM_OK; c++) {
        sample_income income;
        status = sample_income_of(country, KEY_YEAR, LEVEL_COM, c, &income, error);
        irm_buffer_text(&out, country->geography.communes[c].code);
        if (income.households < INCOME_MEDIAN_FROM) {
            for (int i = 0; i < 27; i++) {
                irm_buffer_text(&out, ";s");
            }
        } else {
            put_key_figures(&income, &out);
        }
        irm_buffer_text(&out, "\n");
    }
    if (status != IRM_OK) {
        irm_buffer_clear(&out);
        return status;
    }
    return sample_write(country, "cc_filosofi_2021_COM.csv", &out, error);
}

/* Measures of the cube: code, unit, decimals of the published value, label. */
static const struct {
    const char *code, *unit, *label;
    int decimals;
} measures[] = {{"NUM_HH", "HH", "Nombre de ménages fiscaux", 0},
                {"NUM_PER", "PS", "Nombre de personnes", 0},
                {"MED_SL", "EUR_YR", "Médiane du niveau de vie", 0},
                {"PR_MD60", "PT", "Taux de pauvreté au seuil de 60 %", 1},
                {"D1_SL", "EUR_YR", "1er décile du niveau de vie", 0},
                {"D9_SL", "EUR_YR", "9e décile du niveau de vie", 0},
                {"IR_D9_D1_SL", "RATIO", "Rapport interdécile D9/D1", 1},
                {"S_EI_DI", "PT", "Part des revenus d'activité", 1},
                {"S_EI_DI_SAL", "PT", "Part des salaires", 1},
                {"S_EI_DI_UNE", "PT", "Part des indemnités de chômage", 1},
                {"S_EI_DI_N_SAL", "PT", "Part des revenus non salariés", 1},
                {"S_RET_PEN_DI", "PT", "Part des pensions, retraites et rentes", 1},
                {"S_INC_ASS_DI", "PT", "Part des revenus du patrimoine", 1},
                {"S_SOC_BEN_DI", "PT", "Part des prestations sociales", 1},
                {"S_SOC_BEN_DI_FAM_BEN", "PT", "Part des prestations familiales", 1},
                {"S_SOC_BEN_DI_MIN_SOC", "PT", "Part des minima sociaux", 1},
                {"S_SOC_BEN_DI_HOU_BEN", "PT", "Part des prestations logement", 1},
                {"S_DIR_TAX_DI", "PT", "Part des impôts", 1}};
enum { MEASURES = sizeof measures / sizeof *measures, ALWAYS = 3 };

static void put_observations(const sample_country *country, sample_level level, int i,
                             const sample_income *v, irm_buffer *out) {
    const int values[MEASURES] = {v->households,
                                  v->persons,
                                  v->quantile[INCOME_MEDIAN],
                                  (v->poor + 5) / 10 * 10,
                                  v->quantile[0],
                                  v->quantile[8],
                                  v->rd,
                                  v->work,
                                  v->wages,
                                  v->unemployment,
                                  v->business,
                                  v->pensions,
                                  v->assets,
                                  v->benefits,
                                  v->family,
                                  v->minimum,
                                  v->housing,
                                  v->taxes};
    for (int m = 0; m < MEASURES; m++) {
        bool secret = v->households < INCOME_MEDIAN_FROM ||
                      (m >= ALWAYS && !published(v)) || (m == ALWAYS && v->poor < 50);
        irm_buffer_format(out, "\"%s\";\"%s\";\"%s\";\"%s\";\"0\";\"%s\";\"A\";%d;",
                          sample_level_code(&country->geography, level, i),
                          sample_level_object(level), measures[m].code, measures[m].unit,
                          secret ? "C" : "F", KEY_YEAR);
        if (!secret) {
            sample_put_fixed(out, values[m], measures[m].decimals, '.');
        }
        irm_buffer_text(out, "\n");
    }
}

static irm_status put_cube(sample_country *country, irm_buffer *data,
                           irm_buffer *metadata, irm_error *error) {
    const int year = KEY_YEAR;
    irm_buffer_text(
        data,
        "\"GEO\";\"GEO_OBJECT\";\"FILOSOFI_MEASURE\";\"UNIT_MEASURE\";"
        "\"UNIT_MULT\";\"CONF_STATUS\";\"OBS_STATUS\";TIME_PERIOD;OBS_VALUE\n");
    for (int level = 0; level < LEVELS; level++) {
        for (int i = 0; i < sample_level_size((sample_level)level); i++) {
            sample_income income;
            IRM_TRY(
                sample_income_of(country, year, (sample_level)level, i, &income, error));
            put_observations(country, (sample_level)level, i, &income, data);
        }
    }
    irm_buffer_text(metadata, "\"COD_VAR\";\"LIB_VAR\";\"COD_MOD\";\"LIB_MOD\"\n");
    for (int m = 0; m < MEASURES; m++) {
        irm_buffer_format(metadata,
                          "\"FILOSOFI_MEASURE\";\"Indicateur Filosofi\";\"%s\";\"%s\"\n",
                          measures[m].code, measures[m].label);
    }
    irm_buffer_text(metadata,
                    "\"CONF_STATUS\";\"Confidentialité\";\"F\";\"Libre\"\n"
                    "\"CONF_STATUS\";\"Confidentialité\";\"C\";\"Confidentiel\"\n");
    sample_put_metadata(country, metadata, &year, 1);
    return IRM_OK;
}

static irm_status write_cube(sample_country *country, irm_error *error) {
    irm_buffer data = {0}, metadata = {0};
    irm_status status = put_cube(country, &data, &metadata, error);
    if (status == IRM_OK) {
        return sample_write_melodi(country, "DS_FILOSOFI_CC", KEY_YEAR, &data, &metadata,
                                   error);
    }
    irm_buffer_clear(&data);
    irm_buffer_clear(&metadata);
    return status;
}

irm_status sample_write_incomes(sample_country *country, irm_error *error) {
    static const char *const words[LEVELS] = {"COM", "EPCI", "DEP", "REG", "METROPOLE"};
    for (int level = 0; level < LEVELS; level++) {
        char name[64];
        irm_buffer out = {0};
        irm_status status = put_level(country, (sample_level)level, &out, error);
        snprintf(name, sizeof name, "FILO%d_DISP_%s.csv", DISTRIBUTION_YEAR,
                 words[level]);
        if (status != IRM_OK) {
            irm_buffer_clear(&out);
            return status;
        }
        IRM_TRY(sample_write(country, name, &out, error));
    }
    IRM_TRY(write_key_figures(country, error));
    return write_cube(country, error);
}
