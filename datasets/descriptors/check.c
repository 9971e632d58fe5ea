#include <ctype.h>
#include <string.h>

#include "descriptors/level.h"
#include "descriptors/model.h"
#include "descriptors/pattern.h"
#include "irminon/identity.h"
#include "irminon/yaml.h"

/* A descriptor under examination, and where its mistakes are told. */
typedef struct exam {
    const irm_descriptor *descriptor;
    const model *whole;
    irm_error *error;
} exam;

/* A mistake at the line where `key: value` stands; `what` says what is wrong with it. */
static irm_status wrong(const exam *of, const char *key, const char *value,
                        const char *what, const char *detail) {
    size_t line = irm_yaml_line(of->descriptor->text, of->descriptor->size, key, value);
    return irm_fail_at(of->error, IRM_STATUS_SCHEMA, of->descriptor->path, line, 0, NULL,
                       "%s '%s': %s%s", key, value, what, detail);
}

static irm_status check_pattern(const exam *of, const char *key, const char *pattern) {
    const char *mistake = pattern_mistake(pattern);
    return mistake != NULL ? wrong(of, key, pattern, mistake, "") : IRM_OK;
}

static irm_status check_level(const exam *of, const char *level) {
    if (level == NULL || level_known(level)) {
        return IRM_OK;
    }
    return wrong(
        of, "level", level,
        "not a level; expected com, epci, dep, reg, fr, frm, can, arr, bv, ze, aav, "
        "au, uu, iris, qpv, arm, ctcd or mixed",
        "");
}

static irm_status check_exploitation(const exam *of, const char *text) {
    if (text == NULL || strcmp(text, "main") == 0 || strcmp(text, "complementary") == 0 ||
        strcmp(text, "exhaustive") == 0) {
        return IRM_OK;
    }
    return wrong(of, "exploitation", text, "expected main, complementary or exhaustive", "");
}

static irm_status check_head(const exam *of) {
    const model *whole = of->whole;
    for (const char *p = whole->id; *p != '\0'; p++) {
        if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && *p != '-' &&
            *p != '_') {
            return wrong(of, "id", whole->id, "an id is in lower case, digits and dashes",
                         "");
        }
    }
    if (*whole->id == '\0') {
        return wrong(of, "id", whole->id, "an id is needed", "");
    }
    if (whole->delimiter != NULL && strlen(whole->delimiter) != 1) {
        return wrong(of, "delimiter", whole->delimiter, "expected one character", "");
    }
    if (whole->decimal != NULL && strcmp(whole->decimal, ".") != 0 &&
        strcmp(whole->decimal, ",") != 0 && strcmp(whole->decimal, "auto") != 0) {
        return wrong(of, "decimal", whole->decimal, "expected '.', ',' or auto", "");
    }
    if (whole->placement != NULL && strcmp(whole->placement, "exact") != 0 &&
        strcmp(whole->placement, "drawing") != 0) {
        return wrong(of, "placement", whole->placement, "expected exact or drawing", "");
    }
    if (whole->absent_rows != NULL && strcmp(whole->absent_rows, "missing") != 0 &&
        strcmp(whole->absent_rows, "zero") != 0) {
        return wrong(of, "absent_rows", whole->absent_rows, "expected missing or zero", "");
    }
    if (whole->totals != NULL && strcmp(whole->totals, "at_most") != 0 &&
        strcmp(whole->totals, "equal") != 0 && strcmp(whole->totals, "none") != 0) {
        return wrong(of, "totals", whole->totals, "expected at_most, equal or none", "");
    }
    return check_exploitation(of, whole->defaults.exploitation);
}

static irm_status check_form(const exam *of, const model_recognise *form) {
    for (unsigned i = 0; i < form->headers_count; i++) {
        IRM_TRY(check_pattern(of, "headers", form->headers[i]));
    }
    for (unsigned i = 0; i < form->absent_count; i++) {
        IRM_TRY(check_pattern(of, "absent", form->absent[i]));
    }
    if (form->file != NULL) {
        IRM_TRY(check_pattern(of, "file", form->file));
    }
    if (form->headers_count == 0 && form->file == NULL) {
        return wrong(of, "recognise", of->whole->id,
                     "a form needs headers or a file pattern", "");
    }
    return check_level(of, form->level);
}

/* An address, its file's name and its vintages agree. */
static irm_status check_fetch(const exam *of, const model_fetch *entry) {
    const char *mistake = pattern_mistake(entry->url), *file = entry->file;
    irm_view word;
    long long year;
    if (mistake != NULL) {
        return wrong(of, "url", entry->url, mistake, "");
    }
    if (strncmp(entry->url, "https://", 8) != 0 &&
        strncmp(entry->url, "http://", 7) != 0) {
        return wrong(of, "url", entry->url, "expected https://… or http://…", "");
    }
    if (file != NULL && (*file == '.' || *file == '\0' || strchr(file, '/') != NULL)) {
        return wrong(of, "file", file, "expected the name of a file, without a folder",
                     "");
    }
    if (entry->vintages == NULL && pattern_has_year(entry->url)) {
        return wrong(of, "url", entry->url, "it has a year: which? (vintages:)", "");
    }
    for (const char *cursor = entry->vintages;
         cursor != NULL && model_next_word(&cursor, &word);) {
        if (!irm_text_integer(word, &year) || year < 1800 || year > 2199) {
            return wrong(of, "vintages", entry->vintages, "expected years", "");
        }
    }
    return IRM_OK;
}

static irm_status check_modalities(const exam *of, const model_column *column) {
    for (unsigned i = 0; i < column->modalities_count; i++) {
        for (unsigned j = 0; j < i; j++) {
            if (strcmp(column->modalities[i].code, column->modalities[j].code) == 0) {
                return wrong(
                    of, "name", column->name,
                    "its modalities hold a code twice: ", column->modalities[i].code);
            }
        }
    }
    if (column->closed && column->modalities_count == 0) {
        return wrong(of, "name", column->name, "closed, but without modalities", "");
    }
    return IRM_OK;
}

static bool has_modality(const model_column *column, irm_view code) {
    for (unsigned i = 0; i < column->modalities_count; i++) {
        if (irm_view_equals(code, column->modalities[i].code)) {
            return true;
        }
    }
    return column->modalities_count == 0 ||
           (column->total != NULL && irm_view_equals(code, column->total));
}

/* Every modality of a closed list's partitions is in the list. */
static irm_status check_partition(const exam *of, const model_column *column) {
    const char *cursor = column->partition;
    irm_view word;
    while (cursor != NULL && model_next_word(&cursor, &word)) {
        bool special = irm_view_equals(word, "|") || irm_view_equals(word, "all");
        if (!special && column->closed && !has_modality(column, word)) {
            char code[64] = "";
            strncat(code, word.data,
                    word.size < sizeof code - 1 ? word.size : sizeof code - 1);
            return wrong(of, "name", column->name,
                         "its partition names a modality that is not listed: ", code);
        }
    }
    return IRM_OK;
}

static irm_status check_column(const exam *of, const model_column *column) {
    IRM_TRY(check_pattern(of, "name", column->name));
    IRM_TRY(check_level(of, column->level));
    IRM_TRY(check_exploitation(of, column->exploitation));
    if (column->pad < 0 || column->pad >= LEVEL_CODE_SIZE) {
        return wrong(of, "name", column->name, "pad goes from 1 to 15", "");
    }
    for (unsigned i = 0; i < column->levels_count; i++) {
        IRM_TRY(check_level(of, column->levels[i].level));
    }
    if (column->rounding != NULL &&
        (!(column->rounding->below >= 0) || !(column->rounding->above >= 0))) {
        return wrong(of, "name", column->name,
                     "rounding is given as two positive numbers", "");
    }
    IRM_TRY(check_modalities(of, column));
    return check_partition(of, column);
}

static unsigned count_role(const model *whole, model_role role) {
    unsigned count = 0;
    for (unsigned i = 0; i < whole->columns_count; i++) {
        count += model_column_role(&whole->columns[i]) == role;
    }
    return count;
}

static irm_status check_roles(const exam *of) {
    const model *whole = of->whole;
    irm_shape_kind shape = whole->shape;
    bool keyed =
        shape == IRM_TABLE_WIDE || shape == IRM_TABLE_ZONING || shape == IRM_TABLE_CUBE;
    if (keyed && count_role(whole, MODEL_ROLE_KEY) == 0) {
        return wrong(of, "id", whole->id, "no column has the role key", "");
    }
    if (shape == IRM_TABLE_CUBE && count_role(whole, MODEL_ROLE_VALUE) == 0) {
        return wrong(of, "id", whole->id, "a cube has a column of role value", "");
    }
    if (count_role(whole, MODEL_ROLE_MEASURE) > 0 && whole->measures_count == 0) {
        return wrong(of, "id", whole->id,
                     "its column of measures has no entry in measures", "");
    }
    return IRM_OK;
}

/* Two columns may share an id (variants of one variable) but not a name. */
static irm_status check_unique(const exam *of) {
    const model *whole = of->whole;
    for (unsigned i = 0; i < whole->columns_count; i++) {
        for (unsigned j = 0; j < i; j++) {
            if (strcmp(whole->columns[i].name, whole->columns[j].name) == 0) {
                return wrong(of, "name", whole->columns[i].name,
                             "two columns have this name", "");
            }
        }
    }
    for (unsigned i = 0; i < whole->measures_count; i++) {
        IRM_TRY(check_exploitation(of, whole->measures[i].exploitation));
        for (unsigned j = 0; j < i; j++) {
            if (strcmp(whole->measures[i].name, whole->measures[j].name) == 0) {
                return wrong(of, "name", whole->measures[i].name,
                             "two measures have this name", "");
            }
        }
    }
    return IRM_OK;
}

static bool has_id(const model *whole, irm_view wanted) {
    for (unsigned i = 0; i < whole->columns_count; i++) {
        char id[128];
        model_column_id(&whole->columns[i], id, sizeof id);
        if (irm_view_equals(wanted, id)) {
            return true;
        }
    }
    return false;
}

/* Ids that other keys name. */
static irm_status check_references(const exam *of) {
    const model *whole = of->whole;
    if (whole->vintage_of != NULL && !has_id(whole, irm_view_of(whole->vintage_of))) {
        return wrong(of, "vintage_of", whole->vintage_of, "no column has this id", "");
    }
    for (unsigned i = 0; i < whole->columns_count; i++) {
        const char *years_of = whole->columns[i].years_of;
        if (years_of != NULL && !has_id(whole, irm_view_of(years_of))) {
            return wrong(of, "years_of", years_of, "no column has this id", "");
        }
    }
    return IRM_OK;
}

/* An identity joins variables that add up. */
static irm_status check_identity(const exam *of, const char *text) {
    irm_identity identity;
    irm_error why = {0};
    if (of->whole->shape != IRM_TABLE_WIDE) {
        return wrong(of, "identities", text, "only the rows of a wide table have identities",
                     "");
    }
    irm_status status = irm_identity_parse(text, &identity, &why);
    if (status != IRM_OK) {
        return status == IRM_STATUS_SCHEMA ? wrong(of, "identities", text, why.message, "")
                                           : irm_fail_memory(of->error);
    }
    for (size_t i = 0; status == IRM_OK && i < identity.n_terms; i++) {
        irm_kind kind = irm_descriptor_variable_kind(of->descriptor, identity.names[i]);
        if (kind == IRM_KIND_END) {
            status = wrong(of, "identities", text, "no number has the id ",
                           identity.names[i]);
        } else if (!irm_kind_additive(kind)) {
            status = wrong(of, "identities", text, "does not add up: ", identity.names[i]);
        }
    }
    irm_identity_clear(&identity);
    return status;
}

static irm_status check_marker(const exam *of, const model_marker *marker) {
    if (marker->lower != NULL && marker->upper != NULL &&
        *marker->lower > *marker->upper) {
        return wrong(of, "text", marker->text, "its lower bound is above its upper one",
                     "");
    }
    const char *cursor = marker->columns;
    irm_view word;
    while (cursor != NULL && model_next_word(&cursor, &word)) {
        if (!has_id(of->whole, word)) {
            char id[64] = "";
            strncat(id, word.data, word.size < sizeof id - 1 ? word.size : sizeof id - 1);
            return wrong(of, "text", marker->text, "no column has the id ", id);
        }
    }
    return IRM_OK;
}

irm_status irm_descriptor_check(const irm_descriptor *descriptor, irm_error *error) {
    exam of = {.descriptor = descriptor, .error = error};
    IRM_TRY(descriptor_whole(descriptor, &of.whole, error));
    IRM_TRY(check_head(&of));
    for (unsigned i = 0; i < of.whole->fetch_count; i++) {
        IRM_TRY(check_fetch(&of, &of.whole->fetch[i]));
    }
    for (unsigned i = 0; i < of.whole->recognise_count; i++) {
        IRM_TRY(check_form(&of, &of.whole->recognise[i]));
    }
    for (unsigned i = 0; i < of.whole->columns_count; i++) {
        IRM_TRY(check_column(&of, &of.whole->columns[i]));
    }
    IRM_TRY(check_roles(&of));
    IRM_TRY(check_unique(&of));
    IRM_TRY(check_references(&of));
    for (unsigned i = 0; i < of.whole->identities_count; i++) {
        IRM_TRY(check_identity(&of, of.whole->identities[i]));
    }
    for (unsigned i = 0; i < of.whole->markers_count; i++) {
        IRM_TRY(check_marker(&of, &of.whole->markers[i]));
    }
    return IRM_OK;
}
