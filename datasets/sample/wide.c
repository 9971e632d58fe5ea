#include "sample/wide.h"

#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "sample/incomes.h"
#include "sample/measure.h"
#include "sample/random.h"

enum { BASES_YEAR = 2021 };

irm_status sample_jobs(const sample_world *world, const sample_geography *geography,
                       int salaried, int64_t sums[SAMPLE_COMMUNES], irm_error *error) {
    /* Per thousand resident workers: towns employ their surroundings. */
    static const int ratio[KIND_COUNT] = {1420, 460, 380, 440, 780};
    IRM_TRY(sample_tally(world, "persons ACTIVITY=11", sums, error));
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        const sample_commune *commune = &geography->communes[c];
        int permille = ratio[commune->kind] + commune->drift * 2 +
                       (commune->population > 10000 ? 380 : 0);
        int wages = commune->kind == KIND_TOWN     ? 905
                    : commune->kind == KIND_SUBURB ? 840
                                                   : 690;
        int64_t jobs = sums[c] / 1000 * permille;
        int64_t paid = jobs / 1000 * wages;
        sums[c] = salaried < 0 ? jobs : salaried ? paid : jobs - paid;
    }
    return IRM_OK;
}

static irm_status count_column(const sample_world *world,
                               const sample_geography *geography, const char *who,
                               int64_t *sums, irm_error *error) {
    if (strcmp(who, "jobs") == 0) {
        return sample_jobs(world, geography, -1, sums, error);
    }
    if (strcmp(who, "salaried jobs") == 0) {
        return sample_jobs(world, geography, 1, sums, error);
    }
    if (strcmp(who, "other jobs") == 0) {
        return sample_jobs(world, geography, 0, sums, error);
    }
    return sample_tally(world, who, sums, error);
}

/* The name of a column, its vintage in place. */
static void put_name(irm_buffer *out, const char *column, int year) {
    for (const char *p = column; *p != '\0' && *p != '|'; p++) {
        if (p[0] == '%' && p[1] == 's') {
            irm_buffer_format(out, "%02d", year % 100);
            p++;
        } else {
            irm_buffer_add(out, p, 1);
        }
    }
}

static irm_status count_columns(sample_country *country, const wide_table *table,
                                int count, int64_t *sums, irm_error *error) {
    const sample_world *world;
    IRM_TRY(sample_country_year(country, BASES_YEAR, &world, error));
    for (int i = 0; i < count; i++) {
        IRM_TRY(count_column(world, &country->geography,
                             strchr(table->columns[i], '|') + 1,
                             &sums[i * SAMPLE_COMMUNES], error));
    }
    return IRM_OK;
}

static irm_status write_base(sample_country *country, const wide_table *table,
                             irm_error *error) {
    int count = 0;
    while (table->columns[count] != NULL) {
        count++;
    }
    int64_t *sums = irm_calloc((size_t)count * SAMPLE_COMMUNES, sizeof *sums);
    if (sums == NULL) {
        return irm_fail_memory(error);
    }
    irm_buffer out = {0};
    irm_status status = count_columns(country, table, count, sums, error);
    irm_buffer_text(&out, "CODGEO");
    for (int i = 0; i < count; i++) {
        irm_buffer_text(&out, ";");
        put_name(&out, table->columns[i], BASES_YEAR);
    }
    irm_buffer_text(&out, "\r\n");
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        irm_buffer_text(&out, country->geography.communes[c].code);
        for (int i = 0; i < count; i++) {
            irm_buffer_text(&out, ";");
            sample_put_weight(&out, sums[i * SAMPLE_COMMUNES + c]);
        }
        irm_buffer_text(&out, "\r\n");
    }
    irm_free(sums);
    if (status != IRM_OK) {
        irm_buffer_clear(&out);
        return status;
    }
    char name[64];
    snprintf(name, sizeof name, "%s-%d.CSV", table->file, BASES_YEAR);
    return sample_write(country, name, &out, error);
}

irm_status sample_write_census(sample_country *country, irm_error *error) {
    for (const wide_table *table = sample_wide_tables; table->file != NULL; table++) {
        IRM_TRY(write_base(country, table, error));
    }
    return IRM_OK;
}

/* The weighted columns of the comparateur, by vintage; 'i' columns are whole numbers that
 * follow from elsewhere. */
enum {
    C_POP,
    C_POP_BEFORE,
    C_MEN,
    C_LOG,
    C_RP,
    C_SECOND,
    C_VACANT,
    C_OWNERS,
    C_JOBS,
    C_PAID,
    C_JOBS_BEFORE,
    C_ADULTS,
    C_SEEKING,
    C_ACTIVE,
    C_COUNT
};

static irm_status count_comparateur(sample_country *country,
                                    int64_t (*sums)[SAMPLE_COMMUNES], irm_error *error) {
    static const char *const who[C_COUNT] = {
        [C_POP] = "persons",
        [C_MEN] = "dwellings CATEGORY=1",
        [C_LOG] = "dwellings",
        [C_RP] = "dwellings CATEGORY=1",
        [C_SECOND] = "dwellings CATEGORY=2-3",
        [C_VACANT] = "dwellings CATEGORY=4",
        [C_OWNERS] = "dwellings CATEGORY=1 TENURE=10",
        [C_JOBS] = "jobs",
        [C_PAID] = "salaried jobs",
        [C_ADULTS] = "persons AGE=15-64",
        [C_SEEKING] = "persons AGE=15-64 ACTIVITY=12",
        [C_ACTIVE] = "persons AGE=15-64 ACTIVITY=11-12"};
    const sample_world *now, *before;
    IRM_TRY(sample_country_year(country, 2018, &now, error));
    IRM_TRY(sample_country_year(country, 2013, &before, error));
    for (int i = 0; i < C_COUNT; i++) {
        if (who[i] != NULL) {
            IRM_TRY(count_column(now, &country->geography, who[i], sums[i], error));
        }
    }
    IRM_TRY(
        count_column(before, &country->geography, "persons", sums[C_POP_BEFORE], error));
    return count_column(before, &country->geography, "jobs", sums[C_JOBS_BEFORE], error);
}

/* Births or deaths from 2013 to 2017, and in 2020. */
static int several_years(const sample_geography *g, int c, bool births, int first,
                         int last) {
    int total = 0;
    for (int year = first; year <= last; year++) {
        total += births ? sample_births(g, c, year) : sample_deaths(g, c, year);
    }
    return total;
}

/* Active establishments at the end of 2018: total, five sectors, 1–9 and 10 or more
 * staff. */
static void put_establishments(const sample_geography *g, int c, irm_buffer *out) {
    const sample_commune *commune = &g->communes[c];
    sample_random random = sample_stream(g->seed, FOR_FACILITIES, (uint64_t)c, 1);
    bool farms = commune->kind == KIND_RURAL || commune->kind == KIND_REMOTE;
    int per_thousand[5] = {farms ? 9 : 1, 4, 6, commune->kind == KIND_TOWN ? 34 : 20, 9};
    int sector[5], total = 0;
    for (int i = 0; i < 5; i++) {
        int mean = commune->population * per_thousand[i];
        sector[i] = (mean / 1000) + sample_between(&random, 0, 1 + mean / 4000);
        total += sector[i];
    }
    int trade = sector[3] * 2 / 5, small = total * 27 / 100, large = total * 6 / 100;
    irm_buffer_format(out, ";%d;%d;%d;%d;%d;%d;%d;%d;%d\r\n", total, sector[0], sector[1],
                      sector[2], sector[3], trade, sector[4], small, large);
}

static void put_incomes(const sample_income *income, irm_buffer *out) {
    if (income->households < INCOME_MEDIAN_FROM) {
        irm_buffer_text(out, ";;;;");
        return;
    }
    bool full = income->households >= INCOME_ALL_FROM;
    irm_buffer_format(out, ";%d;", income->households);
    if (full) {
        irm_buffer_format(out, "%d", (income->taxed + 5) / 10);
    }
    irm_buffer_format(out, ";%d;", income->quantile[INCOME_MEDIAN]);
    if (full && income->poor >= 50) {
        irm_buffer_format(out, "%d", (income->poor + 5) / 10);
    }
}

static void put_comparateur(const sample_country *country, int c,
                            int64_t (*sums)[SAMPLE_COMMUNES], const sample_income *income,
                            irm_buffer *out) {
    const sample_geography *g = &country->geography;
    const sample_commune *commune = &g->communes[c];
    irm_buffer_format(out, "%s;", commune->code);
    sample_put_weight(out, sums[C_POP][c]);
    irm_buffer_text(out, ";");
    sample_put_weight(out, sums[C_POP_BEFORE][c]);
    irm_buffer_text(out, ";");
    sample_put_fixed(out, commune->hectares, 2, '.');
    irm_buffer_format(out, ";%d;%d;", several_years(g, c, true, 2013, 2017),
                      several_years(g, c, false, 2013, 2017));
    sample_put_weight(out, sums[C_MEN][c]);
    irm_buffer_format(out, ";%d;%d", sample_births(g, c, 2020),
                      sample_deaths(g, c, 2020));
    for (int i = C_LOG; i <= C_OWNERS; i++) {
        irm_buffer_text(out, ";");
        sample_put_weight(out, sums[i][c]);
    }
    put_incomes(income, out);
    for (int i = C_JOBS; i <= C_ACTIVE; i++) {
        irm_buffer_text(out, ";");
        sample_put_weight(out, sums[i][c]);
    }
    put_establishments(g, c, out);
}

irm_status sample_write_comparateur(sample_country *country, irm_error *error) {
    int64_t(*sums)[SAMPLE_COMMUNES] = irm_calloc(C_COUNT, sizeof *sums);
    if (sums == NULL) {
        return irm_fail_memory(error);
    }
    irm_buffer out = {0};
    irm_status status = count_comparateur(country, sums, error);
    irm_buffer_text(
        &out,
        "CODGEO;P18_POP;P13_POP;SUPERF;NAIS1318;DECE1318;P18_MEN;NAISD20;DECESD20;"
        "P18_LOG;P18_RP;P18_RSECOCC;P18_LOGVAC;P18_RP_PROP;NBMENFISC19;PIMP19;"
        "MED19;TP6019;P18_EMPLT;P18_EMPLT_SAL;P13_EMPLT;P18_POP1564;"
        "P18_CHOM1564;P18_ACT1564;ETTOT18;ETAZ18;ETBE18;ETFZ18;ETGU18;ETGZ18;"
        "ETOQ18;ETTEF118;ETTEFP1018\r\n");
    for (int c = 0; c < SAMPLE_COMMUNES && status == IRM_OK; c++) {
        sample_income income;
        status = sample_income_of(country, 2019, LEVEL_COM, c, &income, error);
        if (status == IRM_OK) {
            put_comparateur(country, c, sums, &income, &out);
        }
    }
    irm_free(sums);
    if (status != IRM_OK) {
        irm_buffer_clear(&out);
        return status;
    }
    return sample_write(country, "base_cc_comparateur.CSV", &out, error);
}
