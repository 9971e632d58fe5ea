/* Dwellings, incomes and benefits of a household. */
#include "sample/people.h"

static int16_t *field(sample_household *household, sample_field which) {
    return &household->value[which - PERSON_FIELDS];
}

static void draw_building(const sample_place *place, sample_random *random,
                          sample_household *household) {
    static const int houses[KIND_COUNT] = {410, 880, 955, 975, 800};
    /* Before 1919, to 1945, to 1970, to 1990, to 2005, later. */
    static const int built[KIND_COUNT][6] = {{210, 110, 255, 215, 110, 100},
                                             {150, 50, 95, 265, 220, 220},
                                             {380, 90, 90, 190, 130, 120},
                                             {560, 130, 80, 110, 65, 55},
                                             {300, 80, 140, 220, 140, 120}};
    *field(household, HOUSE) =
        sample_chance(random, houses[place->commune->kind]) ? 1 : 2;
    *field(household, BUILT) =
        (int16_t)(1 + sample_pick(random, built[place->commune->kind], 6));
    bool house = *field(household, HOUSE) == 1;
    int size = *field(household, SIZE);
    int rooms = house ? 3 + sample_between(random, 0, 3) + (size >= 4)
                      : 1 + sample_between(random, 0, 2) + (size >= 2) + (size >= 5);
    *field(household, ROOMS) = (int16_t)rooms;
    int metres = rooms * (house ? 22 : 20) + sample_between(random, 0, 24);
    *field(household, SURFACE) = metres < 30    ? 1
                                 : metres < 40  ? 2
                                 : metres < 60  ? 3
                                 : metres < 80  ? 4
                                 : metres < 100 ? 5
                                 : metres < 120 ? 6
                                                : 7;
}

static void draw_tenure(const sample_place *place, sample_random *random,
                        sample_household *household) {
    static const int social[KIND_COUNT] = {205, 62, 38, 14, 30};
    int age = *field(household, HEAD_AGE);
    bool house = *field(household, HOUSE) == 1;
    int owners = house ? (age < 30   ? 380
                          : age < 45 ? 720
                          : age < 60 ? 850
                                     : 930)
                       : (age < 30   ? 70
                          : age < 60 ? 260
                                     : 420);
    if (*field(household, HOUSEHOLD) == 6) {
        owners = owners * 6 / 10;
    }
    int hlm = social[place->commune->kind] * (house ? 1 : 2);
    int weight[5] = {owners, 0, 0, 22, 18};
    int rest = 1000 - owners;
    weight[2] = hlm < rest * 8 / 10 ? hlm : rest * 8 / 10;
    weight[1] = rest - weight[2] > 60 ? rest - weight[2] - 40 : 20;
    static const int tenure[5] = {10, 21, 22, 23, 30};
    *field(household, TENURE) = (int16_t)tenure[sample_pick(random, weight, 5)];
    bool owner = *field(household, TENURE) == 10;
    int most = age - 20 < 1 ? 1 : age - 20;
    int years = (int)(sample_unit(random) * (owner ? 1.4 : 0.55) * most);
    *field(household, YEARS_IN) = (int16_t)(years > most ? most : years);
}

/* The last IRIS of a commune is a small one, too small for some tables. */
static int draw_block(sample_random *random, int blocks) {
    if (blocks < 2) {
        return blocks;
    }
    return sample_chance(random, 45) ? blocks : sample_between(random, 1, blocks - 1);
}

void sample_house(const sample_place *place, sample_random *random,
                  sample_household *household) {
    draw_building(place, random, household);
    *field(household, BLOCK) = (int16_t)draw_block(random, place->commune->iris);
    if (*field(household, CATEGORY) != 1) {
        return;
    }
    draw_tenure(place, random, household);
    int adults = *field(household, SIZE) - *field(household, CHILDREN_20);
    int age = *field(household, HEAD_AGE);
    int none = (place->commune->kind == KIND_TOWN ? 190 : 45) + (age >= 78 ? 190 : 0) +
               (adults == 1 ? 70 : -30);
    int cars = sample_chance(random, none) ? 0 : 1;
    if (cars == 1 && adults >= 2) {
        cars += sample_chance(random, place->commune->kind == KIND_TOWN ? 370 : 620);
        cars += cars == 2 && sample_chance(random, 130);
    }
    *field(household, CARS) = (int16_t)cars;
    int needed = 1 + (adults + 1) / 2 + (*field(household, CHILDREN_20) + 1) / 2;
    *field(household, CROWDED) =
        *field(household, ROOMS)<needed && * field(household, SIZE)> 1;
}

/* What a person brings home in a year, in tens of euros. */
static double earnings(sample_random *random, const sample_person *person) {
    static const int wage[] = {0, 1900, 2300, 4250, 2600, 1720, 1800, 0, 0};
    const int16_t *value = person->value;
    /* A long tail above, a short one below. */
    double luck = 1 + 0.3 * sample_bell(random);
    luck = luck < 0.4 ? 0.4 : luck > 1 ? 1 + (luck - 1) * 1.75 : luck;
    switch (value[ACTIVITY]) {
        case 11:
            return wage[value[OCCUPATION]] * luck * (value[WORK_TIME] == 2 ? 0.62 : 1) *
                   (value[AGE] < 25 ? 0.7 : 0.82 + 0.006 * (value[AGE] - 25));
        case 12:
            return 860 * luck;
        case 21:
            return (value[SEX] == 2 ? 1500 : 2080) * luck;
        case 24:
        case 25:
            return value[AGE] < 20 ? 0 : 330 * luck;
        default:
            return 0;
    }
}

static void draw_standard(const sample_place *place, sample_random *random,
                          sample_household *household, const sample_person *persons) {
    double income = 260.0 + 130.0 * *field(household, CHILDREN_20);
    int units = 0;
    for (int i = 0; i < *field(household, SIZE); i++) {
        income += earnings(random, &persons[i]);
        units += i == 0 ? 10 : persons[i].value[AGE] >= 14 ? 5 : 3;
    }
    /* Prices and wages: 1.6 % a year around 2021. */
    static const double richness[KIND_COUNT] = {0.965, 1.05, 0.99, 0.925, 0.98};
    double level = richness[place->commune->kind] * place->commune->wealth / 1000.0 *
                   (1 + 0.016 * (place->year - 2021));
    double standard = income * level * 0.97 * 10 / units;
    standard = standard < 620 ? 620 : standard > 14000 ? 14000 : standard;
    *field(household, STANDARD) = (int16_t)standard;
    *field(household, UNITS_10) = (int16_t)units;
}

/* Family benefits follow children; minimum incomes and housing aid, the living standard.
 */
static void draw_benefits(sample_random *random, sample_household *household,
                          bool worker) {
    int standard = *field(household, STANDARD), children = *field(household, CHILDREN_20);
    int age = *field(household, HEAD_AGE), tenure = *field(household, TENURE);
    bool adult_age = age >= 25 && age < 65;
    *field(household, CAF_AF) = children >= 2;
    *field(household, CAF_CF) = children >= 3 && standard < 2300;
    *field(household, CAF_ASF) =
        *field(household, HOUSEHOLD) == 6 && children > 0 && sample_chance(random, 450);
    bool young = *field(household, CHILDREN_3) > 0;
    *field(household, CAF_PAJE) =
        young && (standard < 2600 || sample_chance(random, 300));
    *field(household, CAF_CMG) =
        *field(household, CAF_PAJE) && worker && sample_chance(random, 420);
    *field(household, CAF_ARS) = children > 0 && standard < 1650;
    *field(household, CAF_RSA) = adult_age && !worker && standard < 1010;
    *field(household, CAF_PPA) =
        worker && age < 66 && standard < 1720 && sample_chance(random, 690);
    *field(household, CAF_AAH) =
        adult_age && !worker && !*field(household, CAF_RSA) && sample_chance(random, 165);
    *field(household, CAF_AEEH) = children > 0 && sample_chance(random, 32);
    bool tenant = tenure == 21 || tenure == 22 || tenure == 23;
    if (tenant && (standard < (tenure == 22 ? 1560 : 1430))) {
        *field(household, CAF_HOUSING) = tenure == 22 || sample_chance(random, 480) ? 1
                                         : children > 0                             ? 2
                                                                                    : 3;
    }
}

void sample_pay(const sample_place *place, sample_random *random,
                sample_household *household, const sample_person *persons) {
    draw_standard(place, random, household, persons);
    bool worker = false;
    for (int i = 0; i < *field(household, SIZE); i++) {
        worker =
            worker || (persons[i].value[ACTIVITY] == 11 && persons[i].value[LINK] <= 2);
    }
    draw_benefits(random, household, worker);
    bool any = false;
    for (sample_field f = CAF_RSA; f <= CAF_ARS; f++) {
        any = any || *field(household, f) != 0;
    }
    /* Farmers' families belong to the agricultural scheme. */
    bool farm = *field(household, HEAD_OCCUPATION) == 1 && sample_chance(random, 850);
    *field(household, CAF) = any && !farm;
    if (!*field(household, CAF)) {
        for (sample_field f = CAF_RSA; f <= CAF_LOW; f++) {
            *field(household, f) = 0;
        }
        return;
    }
    int standard = *field(household, STANDARD);
    bool minimum = *field(household, CAF_RSA) || *field(household, CAF_AAH);
    *field(household, CAF_LOW) = standard < 1310;
    *field(household, CAF_SHARE) =
        sample_chance(random, 45)                                    ? 0
        : minimum && sample_chance(random, 560)                      ? 3
        : minimum || (standard < 1000 && sample_chance(random, 400)) ? 2
                                                                     : 1;
}
