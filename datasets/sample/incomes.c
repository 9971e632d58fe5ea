#include "sample/incomes.h"

#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"

/* A household as Filosofi sees it; weights in thousandths, which keeps products small. */
typedef struct earner {
    int standard; /* tens of euros */
    int64_t people, households, units_10;
    const sample_household *household;
} earner;

static int by_standard(const void *a, const void *b) {
    const earner *one = a, *two = b;
    return (one->standard > two->standard) - (one->standard < two->standard);
}

static bool counted(const sample_country *country, const sample_household *one,
                    sample_level level, int i) {
    return sample_dwelling_field(one, CATEGORY) == 1 &&
           sample_level_of(&country->geography, level, one->commune) == i;
}

static size_t gather(const sample_country *country, const sample_world *world,
                     sample_level level, int i, earner *earners) {
    size_t count = 0;
    for (size_t h = 0; h < world->household_count; h++) {
        const sample_household *one = &world->households[h];
        if (!counted(country, one, level, i)) {
            continue;
        }
        int64_t weight = one->weight / (SAMPLE_UNIT / 1000);
        earners[count++] = (earner){sample_dwelling_field(one, STANDARD),
                                    weight * sample_dwelling_field(one, SIZE), weight,
                                    weight * sample_dwelling_field(one, UNITS_10), one};
    }
    qsort(earners, count, sizeof *earners, by_standard);
    return count;
}

/* Quantiles of persons, linear between neighbours so that communes do not share values.
 */
static int quantile(const earner *earners, size_t count, int64_t total, int permille) {
    int64_t wanted = total * permille / 1000, seen = 0;
    for (size_t i = 0; i < count; i++) {
        if (seen + earners[i].people > wanted) {
            int64_t after = i + 1 < count ? earners[i + 1].standard : earners[i].standard;
            int64_t step = (after - earners[i].standard) * 10 * (wanted - seen);
            int64_t euros = earners[i].standard * 10 + step / earners[i].people;
            return (int)((euros + 5) / 10 * 10);
        }
        seen += earners[i].people;
    }
    return count > 0 ? earners[count - 1].standard * 10 : 0;
}

/* Gini and S80/S20 from the Lorenz curve of persons. */
static void measure_inequality(const earner *earners, size_t count, int64_t total,
                               sample_income *to) {
    double below = 0, area = 0, poorest = 0, richest = 0, all = 0;
    for (size_t i = 0; i < count; i++) {
        all += (double)earners[i].people * earners[i].standard;
    }
    int64_t seen = 0;
    for (size_t i = 0; i < count; i++) {
        double amount = (double)earners[i].people * earners[i].standard;
        area += (double)earners[i].people * (below + below + amount);
        below += amount;
        seen += earners[i].people;
        poorest += seen * 5 <= total ? amount : 0;
        richest += seen * 5 > total * 4 ? amount : 0;
    }
    if (count > 0) {
        to->gini = (int)((1 - area / ((double)total * all)) * 1000 + 0.5);
        to->s80_s20 = poorest > 0 ? (int)(richest / poorest * 10 + 0.5) : 0;
    }
}

static int permille(int64_t part, int64_t whole) {
    return whole > 0 ? (int)((part * 1000 + whole / 2) / whole) : 0;
}

/* Poverty among persons, by age and tenure of their household, and taxed households. */
static void measure_poverty(const earner *earners, size_t count, int year, int64_t total,
                            sample_income *to) {
    static const int last_age[6] = {29, 39, 49, 59, 74, 199};
    /* 60 % of the national median, which follows prices and wages as incomes do. */
    int threshold = 1290 + (year - 2021) * 21, taxable = 1930 + (year - 2021) * 31;
    int64_t poor = 0, taxed = 0, homes = 0, by_age[6][2] = {{0}}, by_tenure[2][2] = {{0}};
    for (size_t i = 0; i < count; i++) {
        bool is_poor = earners[i].standard < threshold;
        int age = sample_dwelling_field(earners[i].household, HEAD_AGE), band = 0;
        int tenant = sample_dwelling_field(earners[i].household, TENURE) != 10;
        while (age > last_age[band]) {
            band++;
        }
        poor += is_poor ? earners[i].people : 0;
        by_age[band][0] += is_poor ? earners[i].people : 0;
        by_age[band][1] += earners[i].people;
        by_tenure[tenant][0] += is_poor ? earners[i].people : 0;
        by_tenure[tenant][1] += earners[i].people;
        taxed += earners[i].standard > taxable ? earners[i].households : 0;
        homes += earners[i].households;
    }
    to->poor = permille(poor, total);
    to->taxed = permille(taxed, homes);
    for (int i = 0; i < 6; i++) {
        to->poor_by_age[i] = permille(by_age[i][0], by_age[i][1]);
    }
    for (int i = 0; i < 2; i++) {
        to->poor_by_tenure[i] = permille(by_tenure[i][0], by_tenure[i][1]);
    }
}

/* Where income comes from: by what people do, at average earnings. */
static void measure_sources(const sample_world *world, const earner *earners,
                            size_t count, sample_income *to) {
    int64_t wages = 0, business = 0, unemployment = 0, pensions = 0, family = 0,
            minimum = 0, housing = 0;
    for (size_t i = 0; i < count; i++) {
        const sample_household *h = earners[i].household;
        for (int p = 0; p < sample_dwelling_field(h, SIZE); p++) {
            const int16_t *value = world->persons[h->first + p].value;
            bool own = value[CONTRACT] >= 21;
            int pay = value[OCCUPATION] == 3   ? 3900
                      : value[OCCUPATION] == 4 ? 2700
                                               : 1850;
            wages += value[ACTIVITY] == 11 && !own ? earners[i].households * pay : 0;
            business += value[ACTIVITY] == 11 && own ? earners[i].households * 1700 : 0;
            unemployment += value[ACTIVITY] == 12 ? earners[i].households * 850 : 0;
            pensions += value[ACTIVITY] == 21 ? earners[i].households * 1760 : 0;
        }
        family += earners[i].households * 110 * sample_dwelling_field(h, CHILDREN_20);
        minimum +=
            earners[i].households * 700 *
            (sample_dwelling_field(h, CAF_RSA) + sample_dwelling_field(h, CAF_AAH));
        housing +=
            sample_dwelling_field(h, CAF_HOUSING) > 0 ? earners[i].households * 260 : 0;
    }
    int assets = 70 + (to->quantile[INCOME_MEDIAN] - 20000) / 180;
    to->assets = assets < 30 ? 30 : assets;
    to->taxes = -(100 + (to->quantile[INCOME_MEDIAN] - 15000) / 110);
    int64_t earned =
        wages + business + unemployment + pensions + family + minimum + housing;
    int64_t share = 1000 - to->assets - to->taxes;
    earned = earned > 0 ? earned : 1;
    to->wages = (int)(wages * share / earned);
    to->business = (int)(business * share / earned);
    to->unemployment = (int)(unemployment * share / earned);
    to->family = (int)(family * share / earned);
    to->minimum = (int)(minimum * share / earned);
    to->housing = (int)(housing * share / earned);
    to->work = to->wages + to->business + to->unemployment;
    to->benefits = to->family + to->minimum + to->housing;
    to->pensions = 1000 - to->work - to->benefits - to->assets - to->taxes;
}

static void measure(const sample_world *world, const earner *earners, size_t count,
                    sample_income *to) {
    static const int at[INCOME_QUANTILES] = {100, 200, 300, 400, 500, 600,
                                             700, 800, 900, 250, 750};
    int64_t people = 0, homes = 0, units = 0;
    for (size_t i = 0; i < count; i++) {
        people += earners[i].people;
        homes += earners[i].households;
        units += earners[i].units_10;
    }
    to->households = (int)((homes + 500) / 1000);
    to->persons = (int)((people + 500) / 1000);
    to->units_10 = (int)((units + 500) / 1000);
    for (int i = 0; i < INCOME_QUANTILES; i++) {
        to->quantile[i] = quantile(earners, count, people, at[i]);
    }
    int d1 = to->quantile[0];
    to->rd = d1 > 0 ? (to->quantile[8] * 10 + d1 / 2) / d1 : 0;
    measure_inequality(earners, count, people, to);
    measure_poverty(earners, count, world->year, people, to);
    measure_sources(world, earners, count, to);
}

irm_status sample_income_of(sample_country *country, int year, sample_level level, int i,
                            sample_income *income, irm_error *error) {
    const sample_world *world;
    IRM_TRY(sample_country_year(country, year, &world, error));
    size_t count = 0;
    for (size_t h = 0; h < world->household_count; h++) {
        count += counted(country, &world->households[h], level, i);
    }
    earner *earners = irm_calloc(count, sizeof *earners);
    if (earners == NULL) {
        return irm_fail_memory(error);
    }
    memset(income, 0, sizeof *income);
    measure(world, earners, gather(country, world, level, i, earners), income);
    irm_free(earners);
    return IRM_OK;
}
