/* Columns that LOGEMT and INDCVI share. */
#include <stdio.h>

#include "irminon/sample.h"
#include "sample/detail.h"
#include "sample/random.h"

int detail_value(const detail_record *record, sample_field field) {
    if (field < PERSON_FIELDS) {
        return record->person == NULL ? 0 : record->person->value[field];
    }
    return record->household == NULL ? 0
                                     : sample_dwelling_field(record->household, field);
}

bool detail_lived_in(const detail_record *record) {
    return record->household != NULL && detail_value(record, CATEGORY) == 1;
}

/* What stands where there is nothing to tell. */
static void put_absent(const detail_record *r, int width, irm_buffer *out) {
    for (int i = 0; i < width; i++) {
        irm_buffer_text(out, r->about_person ? "Z" : "Y");
    }
}

static int count_between(const detail_record *r, sample_field field, int low, int high,
                         bool children) {
    int count = 0;
    for (int i = 0; i < detail_value(r, SIZE); i++) {
        const sample_person *one = &r->world->persons[r->household->first + i];
        count += one->value[field] >= low && one->value[field] <= high &&
                 (!children || one->value[LINK] == 3);
    }
    return count;
}

static void put_children(const detail_record *r, int last, irm_buffer *out) {
    if (detail_value(r, HOUSEHOLD) < 4) {
        irm_buffer_text(out, "Z");
        return;
    }
    int count = count_between(r, AGE, 0, last, true);
    irm_buffer_format(out, "%d", count > 4 ? 4 : count);
}

static void put_column(const detail_column *column, const detail_record *r,
                       irm_buffer *out) {
    int value = detail_value(r, (sample_field)column->field);
    switch (column->how) {
        case DETAIL_CALL:
            column->put(r, out);
            break;
        case DETAIL_FIXED:
            irm_buffer_text(out, column->text);
            break;
        case DETAIL_CHILDREN:
            put_children(r, column->high, out);
            break;
        case DETAIL_COUNT:
            if (detail_lived_in(r)) {
                irm_buffer_format(out, "%d",
                                  count_between(r, (sample_field)column->field,
                                                column->low, column->high, false));
            } else {
                irm_buffer_text(out, "Y");
            }
            break;
        default:
            /* Building facts are told for main residences only; category and type for
             * all. */
            if (column->field == CATEGORY || column->field == HOUSE ? r->household != NULL
                : column->field < PERSON_FIELDS                     ? r->person != NULL
                                                : detail_lived_in(r)) {
                irm_buffer_format(out, "%0*d", column->low, value);
            } else {
                irm_buffer_text(out, column->text);
            }
    }
}

void detail_put_header(const detail_column *columns, size_t count, irm_buffer *out) {
    for (size_t i = 0; i < count; i++) {
        irm_buffer_format(out, "%s%s", i > 0 ? ";" : "", columns[i].name);
    }
    irm_buffer_text(out, "\n");
}

void detail_put_record(const detail_column *columns, size_t count,
                       const detail_record *record, irm_buffer *out) {
    for (size_t i = 0; i < count; i++) {
        irm_buffer_text(out, i > 0 ? ";" : "");
        put_column(&columns[i], record, out);
    }
    irm_buffer_text(out, "\n");
}

detail_record detail_of(const sample_geography *geography, const sample_world *world,
                        const sample_household *household, const sample_person *person,
                        size_t index) {
    int commune = person != NULL ? person->commune : household->commune;
    detail_record r = {.geography = geography,
                       .world = world,
                       .household = household,
                       .commune = &geography->communes[commune],
                       .person = person};
    /* One luck a household, so that its people describe the same dwelling. */
    sample_random random =
        sample_stream(geography->seed, FOR_DETAIL, (uint64_t)commune, index);
    for (int i = 0; i < DETAIL_LUCK; i++) {
        r.luck[i] = sample_between(&random, 0, 999);
    }
    r.weight = person != NULL ? person->weight : household->weight;
    return r;
}

void detail_iris(const detail_record *r, irm_buffer *out) {
    int block = detail_value(r, BLOCK);
    if (r->household == NULL && r->commune->iris > 0) {
        block = 1;
    }
    if (block > 0) {
        irm_buffer_format(out, "%s01%02d", r->commune->code, block);
    } else {
        irm_buffer_text(out, "ZZZZZZZZZ");
    }
}

void detail_triris(const detail_record *r, irm_buffer *out) {
    if (r->commune->iris > 0) {
        irm_buffer_format(out, "%s%03d1",
                          sample_departements[r->commune->departement].code,
                          r->commune->iris);
    } else {
        irm_buffer_text(out, "ZZZZZZ");
    }
}

void detail_iris_kind(const detail_record *r, irm_buffer *out) {
    irm_buffer_text(out, r->commune->iris > 0 ? "H" : "Z");
}

void detail_region(const detail_record *r, irm_buffer *out) {
    (void)r;
    irm_buffer_text(out, IRM_SAMPLE_REGION);
}

void detail_weight(const detail_record *r, irm_buffer *out) {
    sample_put_weight(out, r->weight);
}

void detail_moved_in_class(const detail_record *r, irm_buffer *out) {
    int year = DETAIL_YEAR - detail_value(r, YEARS_IN);
    if (!detail_lived_in(r)) {
        irm_buffer_text(out, r->about_person ? "Z" : "0");
        return;
    }
    irm_buffer_format(out, "%d",
                      year >= 2000   ? 9
                      : year >= 1960 ? 5 + (year - 1960) / 10
                                     : 4);
}

void detail_years_in_class(const detail_record *r, irm_buffer *out) {
    int years = detail_value(r, YEARS_IN);
    if (!detail_lived_in(r)) {
        irm_buffer_text(out, r->about_person ? "ZZ" : "99");
        return;
    }
    int band = years < 2    ? 0
               : years < 5  ? 1
               : years < 10 ? 2
               : years < 20 ? 3
                            : years / 10 + 2;
    irm_buffer_format(out, "%02d", band > 9 ? 9 : band);
}

/* One of a few codes by luck, where a dwelling is lived in. */
static void put_by_luck(const detail_record *r, int code, irm_buffer *out) {
    if (detail_lived_in(r)) {
        irm_buffer_format(out, "%d", code);
    } else {
        put_absent(r, 1, out);
    }
}

void detail_lift(const detail_record *r, irm_buffer *out) {
    put_by_luck(r, detail_value(r, HOUSE) == 2 && r->luck[0] < 260 ? 1 : 2, out);
}

void detail_heating(const detail_record *r, irm_buffer *out) {
    int luck = r->luck[1];
    put_by_luck(r, luck < 90 ? 1 : luck < 480 ? 2 : luck < 820 ? 3 : 4, out);
}

void detail_fuel(const detail_record *r, irm_buffer *out) {
    int luck = r->luck[2];
    put_by_luck(r,
                luck < 20    ? 1
                : luck < 260 ? 2
                : luck < 430 ? 3
                : luck < 780 ? 4
                : luck < 820 ? 5
                             : 6,
                out);
}

void detail_parking(const detail_record *r, irm_buffer *out) {
    put_by_luck(r, r->luck[3] < (detail_value(r, HOUSE) == 1 ? 850 : 430) ? 1 : 2, out);
}

void detail_social(const detail_record *r, irm_buffer *out) {
    put_by_luck(r, detail_value(r, TENURE) == 22 ? 1 : 2, out);
}

void detail_rooms(const detail_record *r, irm_buffer *out) {
    if (detail_lived_in(r)) {
        irm_buffer_format(out, "%02d", detail_value(r, ROOMS));
    } else {
        put_absent(r, 2, out);
    }
}

void detail_bathroom(const detail_record *r, irm_buffer *out) {
    if (r->household == NULL) {
        irm_buffer_text(out, "X");
    } else {
        put_by_luck(r, r->luck[4] < 15 ? 1 : 2, out);
    }
}

void detail_tenure(const detail_record *r, irm_buffer *out) {
    if (detail_lived_in(r)) {
        irm_buffer_format(out, "%02d", detail_value(r, TENURE));
    } else {
        irm_buffer_text(out, r->about_person ? "ZZ" : "00");
    }
}

void detail_building(const detail_record *r, irm_buffer *out) {
    put_by_luck(r, detail_value(r, HOUSE) == 2 ? 3 : r->luck[5] < 640 ? 1 : 2, out);
}

void detail_cars(const detail_record *r, irm_buffer *out) {
    if (detail_lived_in(r)) {
        irm_buffer_format(out, "%d", detail_value(r, CARS));
    } else {
        irm_buffer_text(out, "X");
    }
}

/* A field of the person: `none` of that width for those it does not apply to. */
static void put_of_person(const detail_record *r, sample_field field, const char *none,
                          irm_buffer *out) {
    int value = detail_value(r, field);
    if (r->person == NULL) {
        irm_buffer_text(out, none[1] == '\0' ? "Y" : "YY");
    } else if (value == 0) {
        irm_buffer_text(out, none);
    } else {
        irm_buffer_format(out, "%d", value);
    }
}

void detail_diploma(const detail_record *r, irm_buffer *out) {
    static const char *const codes[] = {"ZZ", "03", "12", "13", "14", "16", "17", "18"};
    irm_buffer_text(out, r->person == NULL ? "YY" : codes[r->person->value[DIPLOMA]]);
}

void detail_contract(const detail_record *r, irm_buffer *out) {
    put_of_person(r, CONTRACT, "ZZ", out);
}

void detail_school_place(const detail_record *r, irm_buffer *out) {
    if (r->person == NULL) {
        irm_buffer_text(out, "Y");
    } else if (r->person->value[AT_SCHOOL] != 1) {
        irm_buffer_text(out, "Z");
    } else {
        bool near = r->person->value[AGE] < 11 && r->commune->kind != KIND_REMOTE;
        irm_buffer_text(out, near ? "1" : r->person->value[AGE] < 18 ? "2" : "3");
    }
}

void detail_workplace(const detail_record *r, irm_buffer *out) {
    put_of_person(r, WORKPLACE, "Z", out);
}

int detail_birthplace_code(const detail_record *r) {
    int luck = (r->luck[6] + 37 * r->person->value[AGE]) % 1000;
    return r->person->value[IMMIGRANT] == 1 ? 6 : luck < 610 ? 1 : luck < 740 ? 2 : 3;
}

void detail_birthplace(const detail_record *r, irm_buffer *out) {
    if (r->person == NULL) {
        irm_buffer_text(out, "Y");
    } else {
        irm_buffer_format(out, "%d", detail_birthplace_code(r));
    }
}

void detail_search(const detail_record *r, irm_buffer *out) {
    int activity = detail_value(r, ACTIVITY);
    if (r->person == NULL) {
        irm_buffer_text(out, "Y");
    } else if (activity == 12) {
        irm_buffer_text(out, r->luck[7] < 560 ? "1" : "2");
    } else {
        irm_buffer_text(out, activity == 11 || activity == 23 ? "Z" : "0");
    }
}

void detail_activity(const detail_record *r, irm_buffer *out) {
    put_of_person(r, ACTIVITY, "ZZ", out);
}

void detail_work_time(const detail_record *r, irm_buffer *out) {
    put_of_person(r, WORK_TIME, "Z", out);
}

void detail_transport(const detail_record *r, irm_buffer *out) {
    put_of_person(r, TRANSPORT, "Z", out);
}
