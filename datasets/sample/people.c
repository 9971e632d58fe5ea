#include "sample/people.h"

/* Deciles of the age of reference persons by kind of commune, in 2021. */
static const int head_ages[KIND_COUNT][11] = {
    {19, 28, 35, 42, 49, 55, 62, 68, 75, 83, 98},
    {22, 33, 38, 42, 47, 51, 56, 62, 69, 77, 96},
    {21, 34, 42, 48, 53, 58, 64, 69, 75, 82, 98},
    {24, 38, 48, 55, 61, 66, 70, 75, 80, 86, 99},
    {22, 36, 45, 52, 59, 64, 69, 73, 78, 84, 98}};

int sample_head_age(const sample_place *place, double rank) {
    const int *decile = head_ages[place->commune->kind];
    int low = (int)(rank * 10);
    double step = rank * 10 - low;
    /* The very old are few: the last decile thins out. */
    step = low == 9 ? step * (0.25 + 0.75 * step * step) : step;
    double age = decile[low] + step * (decile[low + 1] - decile[low]);
    /* France ages: reference persons in the middle of life by two years in ten. */
    double middle = rank < 0.5 ? rank : 1 - rank;
    return (int)(age + (place->year - 2021) * 0.4 * middle);
}

int sample_household_kind(const sample_place *place, sample_random *random, int age) {
    /* Per thousand: alone, others, couple, couple with children, one parent. */
    static const int by_age[5][5] = {{430, 40, 280, 190, 60},
                                     {180, 20, 120, 565, 115},
                                     {225, 20, 225, 415, 115},
                                     {325, 25, 570, 58, 22},
                                     {560, 40, 365, 8, 27}};
    int band = age < 30 ? 0 : age < 45 ? 1 : age < 60 ? 2 : age < 75 ? 3 : 4;
    int weight[5];
    for (int i = 0; i < 5; i++) {
        weight[i] = by_age[band][i];
    }
    bool town = place->commune->kind == KIND_TOWN;
    weight[0] = weight[0] *
                (town                                  ? 145
                 : place->commune->kind == KIND_SUBURB ? 72
                                                       : 100) /
                100;
    weight[4] = weight[4] *
                (town                                  ? 150
                 : place->commune->kind == KIND_SUBURB ? 85
                                                       : 90) /
                100;
    weight[0] += weight[0] * (place->year - 2021) / 120;
    weight[4] += weight[4] * (place->year - 2021) / 60;
    int kind = sample_pick(random, weight, 5);
    if (kind == 0) {
        int men = age < 45 ? 575 : age < 60 ? 545 : age < 75 ? 385 : 235;
        return sample_chance(random, men) ? 1 : 2;
    }
    return kind + 2;
}

/* Diplomas by generation, per thousand: none, BEPC, CAP-BEP, bac, +2, +3 or 4, +5. */
static int draw_diploma(const sample_place *place, sample_random *random, int age) {
    static const int by_age[4][7] = {{80, 45, 190, 250, 160, 165, 110},
                                     {95, 45, 240, 195, 175, 130, 120},
                                     {170, 65, 330, 155, 125, 80, 75},
                                     {430, 120, 235, 100, 45, 40, 30}};
    static const int high_by_kind[KIND_COUNT] = {95, 125, 82, 70, 96};
    int band = age < 30 ? 0 : age < 50 ? 1 : age < 65 ? 2 : 3;
    int weight[7];
    for (int i = 0; i < 7; i++) {
        weight[i] = by_age[band][i];
        if (i >= 4) {
            weight[i] = weight[i] *
                        (high_by_kind[place->commune->kind] +
                         (place->commune->wealth - 1000) / 3 + 2 * (place->year - 2021)) /
                        100;
        }
    }
    return 1 + sample_pick(random, weight, 7);
}

/* Studies by age, per thousand; the young who study live less often in the country. */
static bool studies(const sample_place *place, sample_random *random, int age) {
    static const int by_age[] = {0,   0,   140, 975, 990, 990, 990, 990, 990,
                                 990, 990, 990, 990, 990, 985, 980, 955, 915,
                                 720, 540, 420, 330, 230, 160, 100, 60};
    if (age >= 26) {
        return sample_chance(random, age < 30 ? 30 : 4);
    }
    int permille = by_age[age];
    if (age >= 18) {
        permille = permille * (place->commune->kind == KIND_TOWN ? 108 : 88) / 100;
    }
    return sample_chance(random, permille);
}

static int draw_activity(const sample_place *place, sample_random *random,
                         const sample_person *person) {
    static const int unemployment[KIND_COUNT] = {132, 66, 84, 98, 92};
    int age = person->value[AGE];
    if (age < 14) {
        return 23;
    }
    int luck = sample_between(random, 0, 999), fate = sample_between(random, 0, 999);
    if (person->value[AT_SCHOOL] == 1 && age < 30 && (age < 16 || luck > 130)) {
        return 22;
    }
    if (age < 16) {
        return 25;
    }
    int retired = age < 55   ? 0
                  : age < 60 ? 25
                  : age < 62 ? 160
                  : age < 64 ? 500
                  : age < 67 ? 800
                  : age < 70 ? 935
                             : 990;
    /* Retirement moves later: two and a half years of age in fifteen years. */
    retired = age >= 60 && age < 67 ? retired - 14 * (place->year - 2021) : retired;
    if (luck < retired) {
        return 21;
    }
    if (age >= 67) {
        return fate < 500 ? 21 : 11;
    }
    int out = person->value[SEX] == 2 ? (age < 25 ? 60 : 105) : 55;
    out = person->value[DIPLOMA] <= 2 ? out * 9 / 5 : out;
    if (fate < out) {
        return fate % 20 < (person->value[SEX] == 2 ? 12 : 2) ? 24 : 25;
    }
    int seeking = unemployment[place->commune->kind] - 3 * (place->year - 2021);
    seeking = seeking * (4000 - 3 * place->commune->wealth) / 1000;
    seeking = seeking * (age < 25 ? 200 : age < 55 ? 95 : 85) / 100;
    seeking = seeking *
              (person->value[DIPLOMA] <= 2   ? 170
               : person->value[DIPLOMA] >= 5 ? 60
                                             : 100) /
              100;
    return sample_chance(random, seeking) ? 12 : 11;
}

static int draw_occupation(const sample_place *place, sample_random *random,
                           const sample_person *person) {
    int activity = person->value[ACTIVITY], diploma = person->value[DIPLOMA];
    if (person->value[AGE] < 15) {
        return 0;
    }
    if (activity == 21) {
        return 7;
    }
    if (activity > 21) {
        return 8;
    }
    bool woman = person->value[SEX] == 2;
    static const int farmers[KIND_COUNT] = {4, 12, 70, 125, 25};
    int weight[6] = {farmers[place->commune->kind],
                     place->commune->kind == KIND_TOURIST ? 110 : 68,
                     diploma == 7   ? 1500
                     : diploma == 6 ? 330
                     : diploma == 5 ? 70
                                    : 22,
                     diploma >= 5   ? 560
                     : diploma == 4 ? 300
                                    : 150,
                     (diploma >= 5 ? 150 : 340) * (woman ? 3 : 1) / (woman ? 2 : 2),
                     (diploma >= 5 ? 70 : 480) * (woman ? 2 : 6) / 6};
    return 1 + sample_pick(random, weight, 6);
}

static void draw_job(const sample_place *place, sample_random *random,
                     sample_person *person) {
    static const int at_home_commune[KIND_COUNT] = {560, 160, 235, 300, 340};
    int16_t *value = person->value;
    bool woman = value[SEX] == 2, car_country = place->commune->kind != KIND_TOWN;
    int own = value[OCCUPATION] <= 2 ? 860 : 35;
    if (sample_chance(random, own)) {
        value[CONTRACT] = (int16_t)(sample_chance(random, 550)
                                        ? 21
                                        : 22 + (woman && sample_chance(random, 40)));
    } else {
        int young = value[AGE] < 25;
        int weight[5] = {young ? 210 : 3, young ? 40 : 16, 6, young ? 190 : 78,
                         young ? 560 : 880};
        static const int contract[5] = {11, 12, 13, 15, 16};
        value[CONTRACT] = (int16_t)contract[sample_pick(random, weight, 5)];
    }
    value[WORK_TIME] = sample_chance(random, woman ? 285 : 75) ? 2 : 1;
    if (value[OCCUPATION] == 1 ||
        sample_chance(random, at_home_commune[place->commune->kind])) {
        value[WORKPLACE] = 1;
    } else {
        int weight[4] = {870, 95, 33, 2};
        value[WORKPLACE] = (int16_t)(2 + sample_pick(random, weight, 4));
    }
    if (value[WORKPLACE] == 1) {
        int weight[6] = {value[OCCUPATION] == 1 ? 900 : 130,
                         car_country ? 130 : 200,
                         45,
                         12,
                         car_country ? 660 : 560,
                         car_country ? 8 : 45};
        value[TRANSPORT] = (int16_t)(1 + sample_pick(random, weight, 6));
    } else {
        int weight[6] = {15, 8, 14, 18, 900, car_country ? 28 : 60};
        value[TRANSPORT] = (int16_t)(1 + sample_pick(random, weight, 6));
    }
}

static void draw_origin(const sample_place *place, sample_random *random,
                        sample_person *person) {
    static const int immigrants[KIND_COUNT] = {98, 38, 34, 40, 45};
    int16_t *value = person->value;
    int permille = immigrants[place->commune->kind] + 2 * (place->year - 2021);
    permille = value[AGE] < 15 ? permille / 3 : permille;
    value[IMMIGRANT] = sample_chance(random, permille) ? 1 : 2;
    value[NATIONALITY] = sample_chance(random, value[IMMIGRANT] == 1 ? 610 : 8) ? 2 : 1;
    int moving = value[AGE] < 18   ? 110
                 : value[AGE] < 30 ? 260
                 : value[AGE] < 60 ? 95
                                   : 35;
    value[MOVED] = 1;
    if (value[AGE] == 0) {
        value[MOVED] = 0;
    } else if (sample_chance(random, moving)) {
        int weight[5] = {340, 400, 90, 140, 30};
        static const int from[5] = {2, 3, 4, 5, 9};
        value[MOVED] = (int16_t)from[sample_pick(random, weight, 5)];
    }
}

void sample_live(const sample_place *place, sample_random *random,
                 sample_person *person) {
    int16_t *value = person->value;
    value[AT_SCHOOL] = studies(place, random, value[AGE]) ? 1 : 2;
    value[DIPLOMA] = 0;
    if (value[AGE] >= 15) {
        int diploma = draw_diploma(place, random, value[AGE]);
        int most = value[AGE] < 17   ? 2
                   : value[AGE] < 19 ? 3
                   : value[AGE] < 21 ? 4
                   : value[AGE] < 23 ? 6
                                     : 7;
        value[DIPLOMA] = (int16_t)(diploma > most ? most : diploma);
    }
    value[ACTIVITY] = (int16_t)draw_activity(place, random, person);
    value[OCCUPATION] = (int16_t)draw_occupation(place, random, person);
    if (value[ACTIVITY] == 11) {
        draw_job(place, random, person);
    }
    draw_origin(place, random, person);
    sample_marry(random, person, false, false, false);
}

void sample_marry(sample_random *random, sample_person *person, bool couple, bool parent,
                  bool married) {
    int16_t *value = person->value;
    value[IN_COUPLE] = couple ? 1 : 2;
    if (value[AGE] < 15) {
        value[MARITAL] = 6;
        value[IN_COUPLE] = 0;
    } else if (couple) {
        value[MARITAL] = married ? 1 : sample_chance(random, 320) ? 2 : 3;
    } else {
        int widowed = value[AGE] < 45   ? 4
                      : value[AGE] < 60 ? 45
                      : value[AGE] < 75 ? 260
                                        : 720;
        int divorced = value[AGE] < 30 ? 15 : value[AGE] < 75 ? 330 : 90;
        divorced = parent ? divorced + 220 : divorced;
        value[MARITAL] = sample_chance(random, widowed)    ? 4
                         : sample_chance(random, divorced) ? 5
                                                           : 6;
    }
}
