/* FD_INDCVI: the people of the focus, located by canton and, in towns, by IRIS. */
#include <stdio.h>
#include <string.h>

#include "sample/detail.h"

static int value(const detail_record *r, sample_field field) {
    return detail_value(r, field);
}

static void put_departement(const detail_record *r, irm_buffer *out) {
    irm_buffer_text(out, sample_departements[r->commune->departement].code);
}

static void put_canton(const detail_record *r, irm_buffer *out) {
    put_departement(r, out);
    irm_buffer_format(out, "%02d", r->commune->canton);
}

static void put_number(const detail_record *r, irm_buffer *out) {
    if (r->household == NULL) {
        irm_buffer_text(out, "Z");
    } else {
        irm_buffer_format(out, "%d", r->number);
    }
}

/* Age reached in the year, against completed years. */
static int year_age(const detail_record *r) {
    return value(r, AGE) + ((r->luck[8] + 211 * value(r, AGE)) % 1000 < 480);
}

static void put_year_age(const detail_record *r, irm_buffer *out) {
    irm_buffer_format(out, "%03d", year_age(r));
}

static void put_birth_year(const detail_record *r, irm_buffer *out) {
    irm_buffer_format(out, "%d", DETAIL_YEAR - year_age(r));
}

static void put_age_class(const detail_record *r, irm_buffer *out) {
    static const int last[] = {2, 5, 10, 14, 17, 19, 24, 29, 39, 54, 64, 79};
    for (size_t i = 0; i < sizeof last / sizeof *last; i++) {
        if (value(r, AGE) <= last[i]) {
            irm_buffer_format(out, "%02d", last[i]);
            return;
        }
    }
    irm_buffer_text(out, "80");
}

static void put_age_5(const detail_record *r, irm_buffer *out) {
    irm_buffer_format(out, "%03d", value(r, AGE) / 5 * 5);
}

/* A code of one who lives in a household, Z (or ZZ) of the others. */
static void put_in_household(const detail_record *r, int code, int width,
                             irm_buffer *out) {
    if (r->household == NULL) {
        irm_buffer_text(out, width == 1 ? "Z" : "ZZ");
    } else {
        irm_buffer_format(out, "%d", code);
    }
}

static bool in_family(const detail_record *r) {
    return value(r, HOUSEHOLD) >= 4 && value(r, LINK) <= 3;
}

static void put_family_role(const detail_record *r, irm_buffer *out) {
    int role = !in_family(r) ? 0 : value(r, LINK) == 3 ? 3 : value(r, SEX);
    put_in_household(r, role, 1, out);
}

static void put_population(const detail_record *r, irm_buffer *out) {
    irm_buffer_text(out, r->household == NULL ? "1" : "0");
}

static void put_couple(const detail_record *r, irm_buffer *out) {
    irm_buffer_text(out, value(r, IN_COUPLE) == 1 ? "1" : "2");
}

static void put_occupation(const detail_record *r, irm_buffer *out) {
    irm_buffer_format(out, "%d", value(r, OCCUPATION) == 0 ? 8 : value(r, OCCUPATION));
}

static void put_birth_departement(const detail_record *r, irm_buffer *out) {
    int where = detail_birthplace_code(r);
    int other = 1 - r->commune->departement;
    irm_buffer_text(out, where == 1   ? sample_departements[r->commune->departement].code
                         : where == 2 ? sample_departements[other].code
                                      : "99");
}

static void put_families(const detail_record *r, irm_buffer *out) {
    put_in_household(r, value(r, HOUSEHOLD) >= 4, 1, out);
}

static void put_family_size(const detail_record *r, irm_buffer *out) {
    if (in_family(r)) {
        irm_buffer_format(out, "%d", value(r, SIZE));
    } else {
        irm_buffer_text(out, "Z");
    }
}

static void put_moved(const detail_record *r, irm_buffer *out) {
    if (value(r, MOVED) == 0) {
        irm_buffer_text(out, "Z");
    } else {
        irm_buffer_format(out, "%d", value(r, MOVED));
    }
}

static void put_family_link(const detail_record *r, irm_buffer *out) {
    put_family_role(r, out);
}

static void put_family_reference(const detail_record *r, irm_buffer *out) {
    put_in_household(r, in_family(r) ? value(r, LINK) : 0, 1, out);
}

static void put_household_link(const detail_record *r, irm_buffer *out) {
    put_in_household(r, value(r, LINK) == 6 ? 7 : value(r, LINK), 1, out);
}

static void put_cohabitation(const detail_record *r, irm_buffer *out) {
    int kind = value(r, HOUSEHOLD);
    int code = r->household == NULL  ? 40
               : kind <= 2           ? 32
               : kind == 3           ? 31
               : value(r, LINK) == 3 ? (kind == 6 ? 12 : 11)
               : kind == 4           ? 21
               : kind == 5           ? 22
                                     : 23;
    irm_buffer_format(out, "%d", code);
}

static void put_life(const detail_record *r, irm_buffer *out) {
    int kind = value(r, HOUSEHOLD), young = value(r, AGE) < 40;
    int code = r->household == NULL  ? 70
               : kind <= 2           ? (young ? 20 : 50)
               : kind == 3           ? 60
               : value(r, LINK) == 3 ? (kind == 6 ? 12 : 11)
               : kind == 4           ? (young ? 31 : 40)
               : kind == 5           ? 32
                                     : 33;
    irm_buffer_format(out, "%d", code);
}

static int sector(const detail_record *r) {
    int luck = (r->luck[9] + 401 * value(r, LINK)) % 1000;
    return value(r, OCCUPATION) == 1 ? 0
           : luck < 170              ? 1
           : luck < 245              ? 2
           : luck < 650              ? 3
                                     : 4;
}

static void put_sector_17(const detail_record *r, irm_buffer *out) {
    static const char *const codes[] = {"AZ", "C5", "FZ", "GZ", "OQ"};
    irm_buffer_text(out, value(r, ACTIVITY) == 11 ? codes[sector(r)] : "ZZ");
}

static void put_sector_5(const detail_record *r, irm_buffer *out) {
    static const char *const codes[] = {"AZ", "BE", "FZ", "GU", "OQ"};
    irm_buffer_text(out, value(r, ACTIVITY) == 11 ? codes[sector(r)] : "ZZ");
}

static void put_overseas(const detail_record *r, irm_buffer *out) {
    irm_buffer_text(out, value(r, IMMIGRANT) == 1 ? "30" : "00");
}

static void put_size_class(const detail_record *r, irm_buffer *out) {
    put_in_household(r, value(r, SIZE) > 6 ? 6 : value(r, SIZE), 1, out);
}

static void put_family_number(const detail_record *r, irm_buffer *out) {
    irm_buffer_text(out, in_family(r) ? "1" : "Z");
}

static void put_structure(const detail_record *r, irm_buffer *out) {
    int children = value(r, CHILDREN) > 4 ? 4 : value(r, CHILDREN);
    static const int codes[] = {0, 11, 12, 70, 30, 30, 20};
    int kind = value(r, HOUSEHOLD);
    int code = codes[kind] + (kind == 5 ? children : kind == 6 ? value(r, HEAD_SEX) : 0);
    put_in_household(r, code, 2, out);
}

static void put_status(const detail_record *r, irm_buffer *out) {
    int contract = value(r, CONTRACT);
    irm_buffer_text(out, contract == 0 ? "Z" : contract < 20 ? "1" : "2");
}

static void put_activity_16(const detail_record *r, irm_buffer *out) {
    int activity = value(r, ACTIVITY);
    irm_buffer_format(out, "%d",
                      activity == 11   ? 111
                      : activity == 12 ? 122
                                       : activity * 10);
}

static void put_family_kind(const detail_record *r, irm_buffer *out) {
    irm_buffer_text(out, !in_family(r) ? "Z" : value(r, HOUSEHOLD) == 6 ? "1" : "2");
}

static void put_household_4(const detail_record *r, irm_buffer *out) {
    static const int codes[] = {0, 1, 1, 2, 4, 4, 3};
    put_in_household(r, codes[value(r, HOUSEHOLD)], 1, out);
}

static void put_household_9(const detail_record *r, irm_buffer *out) {
    static const int codes[] = {0, 11, 12, 20, 44, 44, 30};
    int kind = value(r, HOUSEHOLD), code = codes[kind];
    if (kind == 4 || kind == 5) {
        const sample_person *two = &r->world->persons[r->household->first];
        bool his = two[0].value[ACTIVITY] == 11, hers = two[1].value[ACTIVITY] == 11;
        code = his && hers ? 41 : his ? 42 : hers ? 43 : 44;
    }
    put_in_household(r, kind == 6 ? code + value(r, HEAD_SEX) : code, 2, out);
}

static const detail_column person_columns[] = {{"CANTVILLE", CALL(put_canton)},
                                               {"NUMMI", CALL(put_number)},
                                               {"ACHLR", FIELD(BUILT, 1, "Z")},
                                               {"AEMMR", CALL(detail_moved_in_class)},
                                               {"AGED", CALL(put_year_age)},
                                               {"AGER20", CALL(put_age_class)},
                                               {"AGEREV", FIELD(AGE, 3, "Y")},
                                               {"AGEREVQ", CALL(put_age_5)},
                                               {"ANAI", CALL(put_birth_year)},
                                               {"ANEMR", CALL(detail_years_in_class)},
                                               {"APAF", CALL(put_family_role)},
                                               {"ARM", FIXED("ZZZZZ")},
                                               {"ASCEN", CALL(detail_lift)},
                                               {"BAIN", FIXED("Z")},
                                               {"BATI", FIXED("Z")},
                                               {"CATIRIS", CALL(detail_iris_kind)},
                                               {"CATL", FIELD(CATEGORY, 1, "Z")},
                                               {"CATPC", CALL(put_population)},
                                               {"CHAU", FIXED("Z")},
                                               {"CHFL", CALL(detail_heating)},
                                               {"CHOS", FIXED("Z")},
                                               {"CLIM", FIXED("Z")},
                                               {"CMBL", CALL(detail_fuel)},
                                               {"COUPLE", CALL(put_couple)},
                                               {"CS1", CALL(put_occupation)},
                                               {"CUIS", FIXED("Z")},
                                               {"DEPT", CALL(put_departement)},
                                               {"DEROU", FIXED("Z")},
                                               {"DIPL", CALL(detail_diploma)},
                                               {"DNAI", CALL(put_birth_departement)},
                                               {"EAU", FIXED("Z")},
                                               {"EGOUL", FIXED("Z")},
                                               {"ELEC", FIXED("Z")},
                                               {"EMPL", CALL(detail_contract)},
                                               {"ETUD", FIELD(AT_SCHOOL, 1, "Y")},
                                               {"GARL", CALL(detail_parking)},
                                               {"HLML", CALL(detail_social)},
                                               {"ILETUD", CALL(detail_school_place)},
                                               {"ILT", CALL(detail_workplace)},
                                               {"IMMI", FIELD(IMMIGRANT, 1, "Y")},
                                               {"INAI", CALL(detail_birthplace)},
                                               {"INATC", FIELD(NATIONALITY, 1, "Y")},
                                               {"INFAM", CALL(put_families)},
                                               {"INPER", FIELD(SIZE, 1, "Z")},
                                               {"INPERF", CALL(put_family_size)},
                                               {"IPONDI", CALL(detail_weight)},
                                               {"IRAN", CALL(put_moved)},
                                               {"IRIS", CALL(detail_iris)},
                                               {"LIENF", CALL(put_family_link)},
                                               {"LPRF", CALL(put_family_reference)},
                                               {"LPRM", CALL(put_household_link)},
                                               {"METRODOM", FIXED("M")},
                                               {"MOCO", CALL(put_cohabitation)},
                                               {"MODV", CALL(put_life)},
                                               {"NA17", CALL(put_sector_17)},
                                               {"NA5", CALL(put_sector_5)},
                                               {"NAIDT", CALL(put_overseas)},
                                               {"NBPI", CALL(detail_rooms)},
                                               {"NE17FR", CHILD(17)},
                                               {"NE24FR", CHILD(24)},
                                               {"NE3FR", CHILD(3)},
                                               {"NE5FR", CHILD(5)},
                                               {"NENFR", CHILD(199)},
                                               {"NPERR", CALL(put_size_class)},
                                               {"NUMF", CALL(put_family_number)},
                                               {"ORIDT", FIXED("00")},
                                               {"RECH", CALL(detail_search)},
                                               {"REGION", CALL(detail_region)},
                                               {"SANI", CALL(detail_bathroom)},
                                               {"SANIDOM", FIXED("ZZ")},
                                               {"SEXE", FIELD(SEX, 1, "Y")},
                                               {"SFM", CALL(put_structure)},
                                               {"STATR", CALL(put_status)},
                                               {"STAT_CONJ", FIELD(MARITAL, 1, "Y")},
                                               {"STOCD", CALL(detail_tenure)},
                                               {"SURF", FIELD(SURFACE, 1, "Z")},
                                               {"TACT", CALL(detail_activity)},
                                               {"TACTD16", CALL(put_activity_16)},
                                               {"TP", CALL(detail_work_time)},
                                               {"TRANS", CALL(detail_transport)},
                                               {"TRIRIS", CALL(detail_triris)},
                                               {"TYPC", CALL(detail_building)},
                                               {"TYPFC", CALL(put_family_kind)},
                                               {"TYPL", FIELD(HOUSE, 1, "Z")},
                                               {"TYPMC", CALL(put_household_4)},
                                               {"TYPMR", CALL(put_household_9)},
                                               {"VOIT", CALL(detail_cars)},
                                               {"WC", FIXED("Z")}};
enum { COLUMNS = sizeof person_columns / sizeof *person_columns };

/* ---- FD_MIGCOM: the same persons by commune, and where they lived a year before -------
 */

static void put_commune(const detail_record *r, irm_buffer *out) {
    irm_buffer_text(out, r->commune->code);
}

/* Another commune, of the same département or of the other one, by luck. */
static const char *another_commune(const detail_record *r, bool same_departement) {
    const sample_commune *all = r->geography->communes;
    size_t own = (size_t)(r->commune - all);
    for (size_t step = 1 + (size_t)r->luck[10] * (SAMPLE_COMMUNES - 1) / 1000;; step++) {
        const sample_commune *there = &all[(own + step) % SAMPLE_COMMUNES];
        bool same = there->departement == r->commune->departement;
        if (there != r->commune && same == same_departement) {
            return there->code;
        }
    }
}

/* What is not of the sample is 99999. */
static void put_previous_commune(const detail_record *r, irm_buffer *out) {
    int moved = value(r, MOVED);
    irm_buffer_text(out, moved <= 2   ? r->commune->code
                         : moved == 3 ? another_commune(r, true)
                         : moved == 4 ? another_commune(r, false)
                                      : "99999");
}

/* The columns of INDCVI, with communes instead of cantons and IRIS. */
static size_t make_commune_columns(detail_column *columns) {
    static const detail_column commune = {"COMMUNE", CALL(put_commune)},
                               previous = {"DCRAN", CALL(put_previous_commune)};
    static const char *const left[] = {"CATIRIS", "IRIS", "TRIRIS"};
    size_t n = 0;
    for (size_t i = 0; i < COLUMNS; i++) {
        bool skipped = false;
        for (size_t k = 0; k < sizeof left / sizeof *left; k++) {
            skipped = skipped || strcmp(person_columns[i].name, left[k]) == 0;
        }
        if (!skipped) {
            columns[n++] = i == 0 ? commune : person_columns[i];
        }
        if (strcmp(person_columns[i].name, "CUIS") == 0) {
            columns[n++] = previous;
        }
    }
    return n;
}

/* Every person, or those of the focus. */
static irm_status write_persons(sample_country *country, const char *file, bool focus,
                                const detail_column *columns, size_t count,
                                irm_error *error) {
    const sample_geography *g = &country->geography;
    const sample_world *world;
    IRM_TRY(sample_country_year(country, DETAIL_YEAR, &world, error));
    irm_buffer out = {0};
    detail_put_header(columns, count, &out);
    for (size_t i = 0; i < world->person_count; i++) {
        const sample_person *one = &world->persons[i];
        if (focus && g->communes[one->commune].epci != SAMPLE_FOCUS) {
            continue;
        }
        const sample_household *home =
            one->household < 0 ? NULL : &world->households[one->household];
        detail_record r = detail_of(g, world, home, one,
                                    home == NULL ? i + 1000000 : (size_t)one->household);
        r.about_person = true;
        r.number = one->household + 1;
        detail_put_record(columns, count, &r, &out);
    }
    char name[48];
    snprintf(name, sizeof name, "%s_%d.csv", file, DETAIL_YEAR);
    return sample_write(country, name, &out, error);
}

irm_status sample_write_persons(sample_country *country, irm_error *error) {
    detail_column by_commune[COLUMNS + 1];
    size_t count = make_commune_columns(by_commune);
    IRM_TRY(write_persons(country, "FD_INDCVI", true, person_columns, COLUMNS, error));
    return write_persons(country, "FD_MIGCOM", false, by_commune, count, error);
}
