/* FD_LOGEMT: the dwellings of the focus. */
#include <stdio.h>

#include "sample/detail.h"

static void put_commune(const detail_record *r, irm_buffer *out) {
    irm_buffer_text(out, r->commune->code);
}

static void put_built(const detail_record *r, irm_buffer *out) {
    static const char *const codes[] = {"", "A11", "A12", "B11", "B12", "C100"};
    int built = detail_value(r, BUILT);
    if (built <= 5) {
        irm_buffer_text(out, codes[built]);
    } else {
        irm_buffer_format(out, "C%d", 106 + r->luck[8] * 13 / 1000);
    }
}

static void put_moved_in(const detail_record *r, irm_buffer *out) {
    irm_buffer_format(out, "%04d",
                      detail_lived_in(r) ? DETAIL_YEAR - detail_value(r, YEARS_IN) : 0);
}

static void put_years_in(const detail_record *r, irm_buffer *out) {
    irm_buffer_format(out, "%03d", detail_lived_in(r) ? detail_value(r, YEARS_IN) : 999);
}

static void put_head_age(const detail_record *r, irm_buffer *out) {
    static const int from[] = {80, 65, 55, 40, 25, 20, 15, 0};
    if (r->person == NULL) {
        irm_buffer_text(out, "YY");
        return;
    }
    for (int i = 0; i < 8; i++) {
        if (r->person->value[AGE] >= from[i]) {
            irm_buffer_format(out, "%02d", from[i]);
            return;
        }
    }
}

static const detail_column dwelling_columns[] = {{"COMMUNE", CALL(put_commune)},
                                                 {"ARM", FIXED("ZZZZZ")},
                                                 {"IRIS", CALL(detail_iris)},
                                                 {"ACHL", CALL(put_built)},
                                                 {"AEMM", CALL(put_moved_in)},
                                                 {"AEMMR", CALL(detail_moved_in_class)},
                                                 {"AGEMEN8", CALL(put_head_age)},
                                                 {"ANEM", CALL(put_years_in)},
                                                 {"ANEMR", CALL(detail_years_in_class)},
                                                 {"ASCEN", CALL(detail_lift)},
                                                 {"BAIN", FIXED("Z")},
                                                 {"BATI", FIXED("Z")},
                                                 {"CATIRIS", CALL(detail_iris_kind)},
                                                 {"CATL", FIELD(CATEGORY, 1, "Y")},
                                                 {"CHAU", FIXED("Z")},
                                                 {"CHFL", CALL(detail_heating)},
                                                 {"CHOS", FIXED("Z")},
                                                 {"CLIM", FIXED("Z")},
                                                 {"CMBL", CALL(detail_fuel)},
                                                 {"CUIS", FIXED("Z")},
                                                 {"DEROU", FIXED("Z")},
                                                 {"DIPLM", CALL(detail_diploma)},
                                                 {"EAU", FIXED("Z")},
                                                 {"EGOUL", FIXED("Z")},
                                                 {"ELEC", FIXED("Z")},
                                                 {"EMPLM", CALL(detail_contract)},
                                                 {"GARL", CALL(detail_parking)},
                                                 {"HLML", CALL(detail_social)},
                                                 {"ILETUDM", CALL(detail_school_place)},
                                                 {"ILTM", CALL(detail_workplace)},
                                                 {"IMMIM", FIELD(IMMIGRANT, 1, "Y")},
                                                 {"INAIM", CALL(detail_birthplace)},
                                                 {"INEEM", COUNT(AT_SCHOOL, 1, 1)},
                                                 {"INP11M", COUNT(AGE, 0, 11)},
                                                 {"INP15M", COUNT(AGE, 0, 15)},
                                                 {"INP17M", COUNT(AGE, 0, 17)},
                                                 {"INP19M", COUNT(AGE, 0, 19)},
                                                 {"INP24M", COUNT(AGE, 0, 24)},
                                                 {"INP3M", COUNT(AGE, 0, 3)},
                                                 {"INP60M", COUNT(AGE, 60, 199)},
                                                 {"INP65M", COUNT(AGE, 65, 199)},
                                                 {"INP5M", COUNT(AGE, 0, 5)},
                                                 {"INP75M", COUNT(AGE, 75, 199)},
                                                 {"INPAM", COUNT(ACTIVITY, 11, 12)},
                                                 {"INPER", FIELD(SIZE, 1, "Y")},
                                                 {"INPER1", COUNT(SEX, 1, 1)},
                                                 {"INPER2", COUNT(SEX, 2, 2)},
                                                 {"INPOM", COUNT(ACTIVITY, 11, 11)},
                                                 {"INPSM", COUNT(AT_SCHOOL, 1, 1)},
                                                 {"IPONDL", CALL(detail_weight)},
                                                 {"IRANM", FIELD(MOVED, 1, "Y")},
                                                 {"METRODOM", FIXED("M")},
                                                 {"NBPI", CALL(detail_rooms)},
                                                 {"RECHM", CALL(detail_search)},
                                                 {"REGION", CALL(detail_region)},
                                                 {"SANI", CALL(detail_bathroom)},
                                                 {"SANIDOM", FIXED("ZZ")},
                                                 {"SEXEM", FIELD(SEX, 1, "Y")},
                                                 {"STAT_CONJM", FIELD(MARITAL, 1, "Y")},
                                                 {"STOCD", CALL(detail_tenure)},
                                                 {"SURF", FIELD(SURFACE, 1, "Y")},
                                                 {"TACTM", CALL(detail_activity)},
                                                 {"TPM", CALL(detail_work_time)},
                                                 {"TRANSM", CALL(detail_transport)},
                                                 {"TRIRIS", CALL(detail_triris)},
                                                 {"TYPC", CALL(detail_building)},
                                                 {"TYPL", FIELD(HOUSE, 1, "Y")},
                                                 {"VOIT", CALL(detail_cars)},
                                                 {"WC", FIXED("Z")}};
enum { COLUMNS = sizeof dwelling_columns / sizeof *dwelling_columns };

irm_status sample_write_dwellings(sample_country *country, irm_error *error) {
    const sample_geography *g = &country->geography;
    const sample_world *world;
    IRM_TRY(sample_country_year(country, DETAIL_YEAR, &world, error));
    irm_buffer out = {0};
    detail_put_header(dwelling_columns, COLUMNS, &out);
    for (size_t i = 0; i < world->household_count; i++) {
        const sample_household *one = &world->households[i];
        if (g->communes[one->commune].epci != SAMPLE_FOCUS) {
            continue;
        }
        bool lived_in = sample_dwelling_field(one, CATEGORY) == 1;
        detail_record r =
            detail_of(g, world, one, lived_in ? &world->persons[one->first] : NULL, i);
        r.weight = one->weight;
        detail_put_record(dwelling_columns, COLUMNS, &r, &out);
    }
    char name[48];
    snprintf(name, sizeof name, "FD_LOGEMT_%d.csv", DETAIL_YEAR);
    return sample_write(country, name, &out, error);
}

irm_status sample_write_detail(sample_country *country, irm_error *error) {
    IRM_TRY(sample_write_dwellings(country, error));
    return sample_write_persons(country, error);
}
