#include "sample/measure.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A conjunction of ranges of fields, over persons or dwellings. */
typedef struct sample_filter {
    bool persons;
    int times; /* a sample_field, or -1 */
    int count;
    struct {
        int16_t field, low, high;
    } range[8];
} sample_filter;

static const char *const field_names[FIELD_COUNT] = {
    [SEX] = "SEX",
    [AGE] = "AGE",
    [LINK] = "LINK",
    [ACTIVITY] = "ACTIVITY",
    [DIPLOMA] = "DIPLOMA",
    [AT_SCHOOL] = "AT_SCHOOL",
    [OCCUPATION] = "OCCUPATION",
    [CONTRACT] = "CONTRACT",
    [WORK_TIME] = "WORK_TIME",
    [WORKPLACE] = "WORKPLACE",
    [TRANSPORT] = "TRANSPORT",
    [IMMIGRANT] = "IMMIGRANT",
    [NATIONALITY] = "NATIONALITY",
    [MARITAL] = "MARITAL",
    [IN_COUPLE] = "IN_COUPLE",
    [MOVED] = "MOVED",
    [CATEGORY] = "CATEGORY",
    [HOUSEHOLD] = "HOUSEHOLD",
    [SIZE] = "SIZE",
    [HOUSE] = "HOUSE",
    [ROOMS] = "ROOMS",
    [SURFACE] = "SURFACE",
    [BUILT] = "BUILT",
    [TENURE] = "TENURE",
    [CARS] = "CARS",
    [YEARS_IN] = "YEARS_IN",
    [CHILDREN] = "CHILDREN",
    [CHILDREN_25] = "CHILDREN_25",
    [CHILDREN_20] = "CHILDREN_20",
    [CHILDREN_3] = "CHILDREN_3",
    [BLENDED] = "BLENDED",
    [HEAD_SEX] = "HEAD_SEX",
    [HEAD_AGE] = "HEAD_AGE",
    [HEAD_OCCUPATION] = "HEAD_OCCUPATION",
    [HEAD_ACTIVITY] = "HEAD_ACTIVITY",
    [STANDARD] = "STANDARD",
    [UNITS_10] = "UNITS_10",
    [BLOCK] = "BLOCK",
    [CROWDED] = "CROWDED",
    [CAF] = "CAF",
    [CAF_RSA] = "CAF_RSA",
    [CAF_PPA] = "CAF_PPA",
    [CAF_HOUSING] = "CAF_HOUSING",
    [CAF_AF] = "CAF_AF",
    [CAF_CF] = "CAF_CF",
    [CAF_ASF] = "CAF_ASF",
    [CAF_PAJE] = "CAF_PAJE",
    [CAF_CMG] = "CAF_CMG",
    [CAF_AAH] = "CAF_AAH",
    [CAF_AEEH] = "CAF_AEEH",
    [CAF_ARS] = "CAF_ARS",
    [CAF_SHARE] = "CAF_SHARE",
    [CAF_LOW] = "CAF_LOW"};

static int field_named(const char *name, size_t size) {
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (strlen(field_names[f]) == size && memcmp(field_names[f], name, size) == 0) {
            return f;
        }
    }
    return -1;
}

static bool parse_range(const char *word, sample_filter *filter) {
    const char *equals = strchr(word, '=');
    char *end;
    int field = field_named(word, (size_t)(equals - word));
    long low = strtol(equals + 1, &end, 10), high = low;
    if (*end == '-') {
        high = strtol(end + 1, &end, 10);
    }
    if (field < 0 || (*end != '\0' && *end != ' ') || filter->count == 8 ||
        (!filter->persons && field < PERSON_FIELDS)) {
        return false;
    }
    filter->range[filter->count].field = (int16_t)field;
    filter->range[filter->count].low = (int16_t)low;
    filter->range[filter->count++].high = (int16_t)high;
    return true;
}

static irm_status parse_filter(const char *text, sample_filter *filter,
                               irm_error *error) {
    *filter = (sample_filter){.times = -1};
    for (const char *word = text; *word != '\0';) {
        size_t size = strcspn(word, " ");
        bool good = true;
        if (size == 7 && memcmp(word, "persons", 7) == 0) {
            filter->persons = true;
        } else if (size == 9 && memcmp(word, "dwellings", 9) == 0) {
            filter->persons = false;
        } else if (word[0] == 'x') {
            filter->times = field_named(word + 1, size - 1);
            good = filter->times >= (filter->persons ? 0 : PERSON_FIELDS);
        } else {
            good = memchr(word, '=', size) != NULL && parse_range(word, filter);
        }
        if (!good) {
            return irm_fail(error, IRM_STATUS_INTERNAL, "sample: cannot count \"%s\"",
                            text);
        }
        word += size;
        word += strspn(word, " ");
    }
    return IRM_OK;
}

static bool matches(const sample_filter *filter, const int16_t *person,
                    const int16_t *dwelling) {
    for (int i = 0; i < filter->count; i++) {
        int field = filter->range[i].field;
        int value = field < PERSON_FIELDS ? person[field]
                    : dwelling != NULL    ? dwelling[field - PERSON_FIELDS]
                                          : 0;
        if (value < filter->range[i].low || value > filter->range[i].high) {
            return false;
        }
    }
    return true;
}

/* The ages a filter lets in, so that a table by year of age reads each person once. */
static void age_range(const sample_filter *filter, int *low, int *high) {
    *low = 0;
    *high = SAMPLE_OLDEST;
    for (int i = 0; i < filter->count; i++) {
        if (filter->range[i].field == AGE) {
            *low = filter->range[i].low > *low ? filter->range[i].low : *low;
            *high = filter->range[i].high < *high ? filter->range[i].high : *high;
        }
    }
}

static void tally_persons(const sample_world *world, const sample_filter *filter,
                          int64_t *sums) {
    int low, high;
    age_range(filter, &low, &high);
    if (low > high) {
        return;
    }
    for (int i = world->age_start[low]; i < world->age_start[high + 1]; i++) {
        const sample_person *person = &world->persons[world->by_age[i]];
        const int16_t *dwelling =
            person->household < 0 ? NULL : world->households[person->household].value;
        if (matches(filter, person->value, dwelling)) {
            int times = filter->times < 0
                            ? 1
                            : sample_field_of(world, person, (sample_field)filter->times);
            sums[person->commune] += person->weight * times;
        }
    }
}

static void tally_dwellings(const sample_world *world, const sample_filter *filter,
                            int64_t *sums) {
    for (size_t i = 0; i < world->household_count; i++) {
        const sample_household *dwelling = &world->households[i];
        if (matches(filter, NULL, dwelling->value)) {
            int times = filter->times < 0 ? 1
                                          : sample_dwelling_field(
                                                dwelling, (sample_field)filter->times);
            sums[dwelling->commune] += dwelling->weight * times;
        }
    }
}

irm_status sample_tally(const sample_world *world, const char *text,
                        int64_t sums[SAMPLE_COMMUNES], irm_error *error) {
    sample_filter filter;
    IRM_TRY(parse_filter(text, &filter, error));
    memset(sums, 0, SAMPLE_COMMUNES * sizeof *sums);
    if (filter.persons) {
        tally_persons(world, &filter, sums);
    } else {
        tally_dwellings(world, &filter, sums);
    }
    return IRM_OK;
}
