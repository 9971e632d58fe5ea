#include "sample/world.h"

#include <string.h>

#include "irminon/memory.h"
#include "sample/people.h"

/* What a record stands for, before calibration: fewer in small communes, so that they are
 * not three people repeated. */
static double base_weight(const sample_place *place) {
    double large = place->commune->epci == SAMPLE_FOCUS ? 5.0 : 7.5;
    int population = place->commune->population;
    return population < 150    ? 1.5
           : population < 500  ? 2.3
           : population < 1000 ? 3.4
                               : large;
}

static int16_t *field(sample_household *household, sample_field which) {
    return &household->value[which - PERSON_FIELDS];
}

static irm_status add_person(sample_world *world, int household, int commune, int sex,
                             int age, int link, sample_person **added, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&world->persons, &world->person_capacity,
                        world->person_count + 1, sizeof *world->persons, error));
    sample_person *person = &world->persons[world->person_count++];
    memset(person, 0, sizeof *person);
    person->household = household;
    person->commune = commune;
    person->value[SEX] = (int16_t)sex;
    person->value[AGE] = (int16_t)age;
    person->value[LINK] = (int16_t)link;
    *added = person;
    return IRM_OK;
}

static irm_status add_dwelling(sample_world *world, int commune, sample_household **added,
                               irm_error *error) {
    IRM_TRY(irm_reserve((void **)&world->households, &world->household_capacity,
                        world->household_count + 1, sizeof *world->households, error));
    *added = &world->households[world->household_count++];
    memset(*added, 0, sizeof **added);
    (*added)->commune = commune;
    (*added)->first = (int)world->person_count;
    return IRM_OK;
}

/* Ages of the children of a parent: born when she was about 31 (30 before), three years
 * or so apart, and most gone after twenty. Returns how many live there still. */
static int draw_children(sample_random *random, int parent_age, int *ages) {
    static const int families[] = {330, 455, 160, 42, 13};
    int wanted = 1 + sample_pick(random, families, 5), kept = 0;
    int age = parent_age - 31 - (int)(4.4 * sample_bell(random));
    for (int i = 0; i < wanted; i++) {
        int leaving =
            18 + sample_between(random, 0, 7) + (sample_chance(random, 60) ? 9 : 0);
        if (age >= 0 && age < leaving && age < parent_age - 16) {
            ages[kept++] = age;
        }
        age -= 2 + sample_between(random, 0, 2);
    }
    if (kept == 0) {
        int one = parent_age - 29;
        one = one < 0    ? sample_between(random, 0, 8)
              : one > 21 ? sample_between(random, 6, 22)
                         : one;
        ages[kept++] = one > parent_age - 19 ? sample_between(random, 0, 2) : one;
    }
    return kept;
}

typedef struct builder {
    sample_world *world;
    const sample_place *place;
    sample_random random;
    int household; /* index */
} builder;

static irm_status live(builder *b, int sex, int age, int link, bool couple, bool parent,
                       bool married, irm_error *error) {
    sample_person *person;
    age = age > SAMPLE_OLDEST ? SAMPLE_OLDEST : age;
    IRM_TRY(add_person(b->world, b->household, b->place->index, sex, age, link, &person,
                       error));
    sample_live(b->place, &b->random, person);
    sample_marry(&b->random, person, couple, parent, married);
    return IRM_OK;
}

static irm_status add_children(builder *b, int parent_age, irm_error *error) {
    int ages[5];
    int count = draw_children(&b->random, parent_age, ages);
    for (int i = 0; i < count; i++) {
        int sex = sample_chance(&b->random, 512) ? 1 : 2;
        IRM_TRY(live(b, sex, ages[i], 3, false, false, false, error));
        sample_household *h = &b->world->households[b->household];
        *field(h, CHILDREN) += 1;
        *field(h, CHILDREN_25) = (int16_t)(*field(h, CHILDREN_25) + (ages[i] < 25));
        *field(h, CHILDREN_20) = (int16_t)(*field(h, CHILDREN_20) + (ages[i] < 20));
        *field(h, CHILDREN_3) = (int16_t)(*field(h, CHILDREN_3) + (ages[i] < 3));
    }
    return IRM_OK;
}

static irm_status add_people(builder *b, int kind, int age, irm_error *error) {
    sample_random *random = &b->random;
    bool couple = kind == 4 || kind == 5, parent = kind >= 5;
    bool married = sample_chance(random, age < 30   ? 220
                                         : age < 45 ? 520
                                         : age < 60 ? 700
                                                    : 900);
    int sex = kind == 1 || couple                            ? 1
              : kind == 2                                    ? 2
              : sample_chance(random, kind == 6 ? 185 : 450) ? 1
                                                             : 2;
    IRM_TRY(live(b, sex, age, 1, couple, parent, married, error));
    if (couple) {
        int partner = age - 2 + (int)(3.2 * sample_bell(random));
        IRM_TRY(live(b, 2, partner < 18 ? 18 : partner, 2, true, parent, married, error));
    }
    if (parent) {
        IRM_TRY(add_children(b, couple ? age - 2 : age, error));
        sample_household *h = &b->world->households[b->household];
        *field(h, BLENDED) = couple && sample_chance(random, 105);
    } else if (kind == 3) {
        int other = age + sample_between(random, -9, 26);
        IRM_TRY(live(b, sample_between(random, 1, 2), other < 18 ? 20 : other, 6, false,
                     false, false, error));
    }
    return IRM_OK;
}

static irm_status add_household(builder *b, double rank, bool alone, irm_error *error) {
    sample_household *h;
    b->household = (int)b->world->household_count;
    IRM_TRY(add_dwelling(b->world, b->place->index, &h, error));
    int age = sample_head_age(b->place, rank);
    int kind = sample_household_kind(b->place, &b->random, age);
    kind = alone ? 1 + sample_between(&b->random, 0, 1) : kind;
    *field(h, CATEGORY) = 1;
    *field(h, HOUSEHOLD) = (int16_t)kind;
    *field(h, HEAD_AGE) = (int16_t)age;
    IRM_TRY(add_people(b, kind, age, error));
    const sample_person *people = &b->world->persons[h->first];
    *field(h, SIZE) = (int16_t)((int)b->world->person_count - h->first);
    *field(h, HEAD_SEX) = people[0].value[SEX];
    *field(h, HEAD_OCCUPATION) = people[0].value[OCCUPATION];
    *field(h, HEAD_ACTIVITY) = people[0].value[ACTIVITY];
    sample_house(b->place, &b->random, h);
    sample_pay(b->place, &b->random, h, people);
    h->weight =
        (int64_t)((0.86 + 0.28 * sample_unit(&b->random)) * base_weight(b->place) * 1e6);
    return IRM_OK;
}

/* Old people's homes and boarding schools: people outside households. */
static irm_status add_communities(builder *b, irm_error *error) {
    if (b->place->commune->population < 1500) {
        return IRM_OK;
    }
    int count = b->place->commune->population * 17 / 1000 / 6;
    for (int i = 0; i < count; i++) {
        b->random = sample_stream(b->place->geography->seed, FOR_COMMUNITIES,
                                  (uint64_t)b->place->index, (uint64_t)i);
        bool home = sample_chance(&b->random, 780);
        int age = home ? 74 + sample_between(&b->random, 0, 13) +
                             sample_between(&b->random, 0, 11)
                       : sample_between(&b->random, 15, 34);
        b->household = -1;
        IRM_TRY(live(b, sample_chance(&b->random, home ? 285 : 620) ? 1 : 2, age, 0,
                     false, false, false, error));
        sample_person *person = &b->world->persons[b->world->person_count - 1];
        person->weight = (int64_t)((0.9 + 0.2 * sample_unit(&b->random)) * 5.6e6);
    }
    return IRM_OK;
}

static irm_status add_empty(builder *b, int main_dwellings, irm_error *error) {
    static const int second[KIND_COUNT] = {35, 45, 150, 390, 1150};
    static const int vacant[KIND_COUNT] = {118, 62, 108, 185, 70};
    int seconds = main_dwellings * second[b->place->commune->kind] / 1000 + 1;
    /* Where people leave, dwellings stay. */
    int emptiness =
        vacant[b->place->commune->kind] * (200 - b->place->commune->drift) / 200;
    int empties = main_dwellings * (emptiness + b->place->year - 2021) / 1000 + 1;
    for (int i = 0; i < seconds + empties; i++) {
        sample_household *h;
        b->random = sample_stream(b->place->geography->seed, FOR_EMPTY_DWELLINGS,
                                  (uint64_t)b->place->index, (uint64_t)i);
        IRM_TRY(add_dwelling(b->world, b->place->index, &h, error));
        *field(h, CATEGORY) = (int16_t)(i >= seconds                    ? 4
                                        : sample_chance(&b->random, 60) ? 2
                                                                        : 3);
        sample_house(b->place, &b->random, h);
        h->weight = (int64_t)((0.86 + 0.28 * sample_unit(&b->random)) *
                              base_weight(b->place) * 1e6);
    }
    return IRM_OK;
}

/* Scales the weights of a commune so that its people add up to its population exactly;
 * the remainder of the division goes to a household of one person. */
static void calibrate(sample_world *world, const sample_place *place,
                      size_t first_household, size_t first_person) {
    int64_t raw = 0, done = 0;
    int64_t target =
        (int64_t)sample_population(place->commune, place->year) * SAMPLE_UNIT;
    for (size_t i = first_person; i < world->person_count; i++) {
        sample_person *p = &world->persons[i];
        p->weight = p->household < 0 ? p->weight : world->households[p->household].weight;
        raw += p->weight;
    }
    double scale = (double)target / (double)raw;
    sample_household *alone = NULL;
    for (size_t i = first_household; i < world->household_count; i++) {
        sample_household *h = &world->households[i];
        h->weight = (int64_t)((double)h->weight * scale);
        alone = alone == NULL && *field(h, SIZE) == 1 ? h : alone;
    }
    for (size_t i = first_person; i < world->person_count; i++) {
        sample_person *p = &world->persons[i];
        p->weight = p->household < 0 ? (int64_t)((double)p->weight * scale)
                                     : world->households[p->household].weight;
        done += p->weight;
    }
    if (alone != NULL) {
        alone->weight += target - done;
        world->persons[alone->first].weight = alone->weight;
    }
}

static irm_status people_commune(sample_world *world, const sample_place *place,
                                 irm_error *error) {
    size_t first_household = world->household_count, first_person = world->person_count;
    builder b = {.world = world, .place = place};
    uint64_t seed = place->geography->seed, index = (uint64_t)place->index;
    sample_random shift = sample_stream(seed, FOR_HOUSEHOLDS, index, UINT64_MAX);
    double rank = sample_unit(&shift);
    int target =
        (int)(sample_population(place->commune, place->year) / base_weight(place));
    for (int i = 0; i < 8 || (int)(world->person_count - first_person) < target; i++) {
        b.random = sample_stream(seed, FOR_HOUSEHOLDS, index, (uint64_t)i);
        /* Steps of the golden ratio: ages fill their distribution evenly, however many.
         */
        rank += 0.6180339887498949;
        rank -= rank >= 1 ? 1 : 0;
        IRM_TRY(add_household(&b, rank, i == 0, error));
    }
    int main_dwellings = (int)(world->household_count - first_household);
    IRM_TRY(add_communities(&b, error));
    IRM_TRY(add_empty(&b, main_dwellings, error));
    calibrate(world, place, first_household, first_person);
    return IRM_OK;
}

static irm_status index_ages(sample_world *world, irm_error *error) {
    world->by_age = irm_calloc(world->person_count, sizeof *world->by_age);
    if (world->by_age == NULL) {
        return irm_fail_memory(error);
    }
    int next[SAMPLE_OLDEST + 1];
    for (size_t i = 0; i < world->person_count; i++) {
        world->age_start[world->persons[i].value[AGE] + 1]++;
    }
    for (int age = 0; age <= SAMPLE_OLDEST; age++) {
        world->age_start[age + 1] += world->age_start[age];
        next[age] = world->age_start[age];
    }
    for (size_t i = 0; i < world->person_count; i++) {
        world->by_age[next[world->persons[i].value[AGE]]++] = (int)i;
    }
    return IRM_OK;
}

irm_status sample_world_make(sample_world *world, const sample_geography *geography,
                             int year, irm_error *error) {
    *world = (sample_world){.year = year};
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        sample_place place = {geography, &geography->communes[c], c, year};
        irm_status status = people_commune(world, &place, error);
        if (status != IRM_OK) {
            sample_world_clear(world);
            return status;
        }
    }
    irm_status status = index_ages(world, error);
    if (status != IRM_OK) {
        sample_world_clear(world);
    }
    return status;
}

void sample_world_clear(sample_world *world) {
    irm_free(world->by_age);
    irm_free(world->households);
    irm_free(world->persons);
    *world = (sample_world){0};
}

int sample_field_of(const sample_world *world, const sample_person *person,
                    sample_field which) {
    if (which < PERSON_FIELDS) {
        return person->value[which];
    }
    return person->household < 0
               ? 0
               : sample_dwelling_field(&world->households[person->household], which);
}
