/* What befalls one person or one household, given where and when. */
#ifndef IRMINON_SAMPLE_PEOPLE_H
#define IRMINON_SAMPLE_PEOPLE_H

#include "sample/random.h"
#include "sample/world.h"

/* Age of the reference person of the household at `rank` in [0, 1) of its commune. */
int sample_head_age(const sample_place *place, double rank);
/* HOUSEHOLD, by the age of its reference person. */
int sample_household_kind(const sample_place *place, sample_random *random, int age);
/* Activity, diploma, occupation, … of a person whose sex, age and link are set. */
void sample_live(const sample_place *place, sample_random *random, sample_person *person);
/* MARITAL and IN_COUPLE. */
void sample_marry(sample_random *random, sample_person *person, bool couple, bool parent,
                  bool married);
/* The dwelling of a household whose people are set. */
void sample_house(const sample_place *place, sample_random *random,
                  sample_household *household);
/* Living standard, consumption units, benefits, once people and dwelling are set. */
void sample_pay(const sample_place *place, sample_random *random,
                sample_household *household, const sample_person *persons);

#endif
