#include <cyaml/cyaml.h>

#include "descriptors/model.h"
#include "irminon/yaml.h"

#define TEXT(key, type, member)                                                         \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, \
                           0, CYAML_UNLIMITED)
#define NEEDED_TEXT(key, type, member) \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 0, CYAML_UNLIMITED)
#define CHOICE(key, type, member, words)                                                \
    CYAML_FIELD_ENUM(key, CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, type, member, words, \
                     CYAML_ARRAY_LEN(words))
#define CHOICE_PTR(key, type, member, words)                                           \
    CYAML_FIELD_ENUM_PTR(key,                                                          \
                         CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, \
                         type, member, words, CYAML_ARRAY_LEN(words))
#define LIST(key, type, member, entry)                                                \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, \
                         entry, 0, CYAML_UNLIMITED)
#define PART(key, type, member, fields)                                                  \
    CYAML_FIELD_MAPPING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, \
                            fields)

static const cyaml_strval_t kinds[] = {
    {"count", IRM_KIND_COUNT},
    {"amount", IRM_KIND_AMOUNT},
    {"area", IRM_KIND_AREA},
    {"ratio", IRM_KIND_RATIO},
    {"median", IRM_KIND_MEDIAN},
    {"mean", IRM_KIND_MEAN},
    {"index", IRM_KIND_INDEX},
    {"weight", IRM_KIND_WEIGHT},
    {"category", IRM_KIND_CATEGORY},
    {"code", IRM_KIND_CODE},
    {"label", IRM_KIND_LABEL},
    {"year", IRM_KIND_YEAR},
    {"coordinate", IRM_KIND_COORDINATE},
};

static const cyaml_strval_t roles[] = {
    {"variable", MODEL_ROLE_VARIABLE},   {"key", MODEL_ROLE_KEY},
    {"level", MODEL_ROLE_LEVEL},         {"period", MODEL_ROLE_PERIOD},
    {"measure", MODEL_ROLE_MEASURE},     {"value", MODEL_ROLE_VALUE},
    {"dimension", MODEL_ROLE_DIMENSION}, {"status", MODEL_ROLE_STATUS},
    {"weight", MODEL_ROLE_WEIGHT},       {"name", MODEL_ROLE_NAME},
    {"ignore", MODEL_ROLE_IGNORE},
};

static const cyaml_strval_t types[] = {{"number", MODEL_TYPE_NUMBER},
                                       {"category", MODEL_TYPE_CATEGORY}};

static const cyaml_strval_t shapes[] = {
    {"wide", IRM_TABLE_WIDE},     {"cube", IRM_TABLE_CUBE},
    {"detail", IRM_TABLE_DETAIL}, {"geometry", IRM_TABLE_GEOMETRY},
    {"zoning", IRM_TABLE_ZONING},
};

static const cyaml_strval_t encodings[] = {{"auto", IRM_ENCODING_AUTO},
                                           {"utf-8", IRM_ENCODING_UTF8},
                                           {"windows-1252", IRM_ENCODING_WINDOWS_1252}};

static const cyaml_strval_t states[] = {
    {"secret", IRM_STATE_SECRET},
    {"missing", IRM_STATE_MISSING},
    {"not_applicable", IRM_STATE_NOT_APPLICABLE},
    {"imputed", IRM_STATE_IMPUTED},
    {"floored", IRM_STATE_FLOORED},
};

static const cyaml_schema_value_t string_entry = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 0, CYAML_UNLIMITED)};

static const cyaml_schema_field_t text_fields[] = {
    TEXT("fr", model_text, fr), TEXT("en", model_text, en), CYAML_FIELD_END};

static const cyaml_schema_field_t recognise_fields[] = {
    LIST("headers", model_recognise, headers, &string_entry),
    LIST("absent", model_recognise, absent, &string_entry),
    TEXT("file", model_recognise, file),
    TEXT("level", model_recognise, level),
    CYAML_FIELD_INT("vintage", CYAML_FLAG_OPTIONAL, model_recognise, vintage),
    CYAML_FIELD_END};
static const cyaml_schema_value_t recognise_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, model_recognise, recognise_fields)};

static const cyaml_schema_field_t rounding_fields[] = {
    CYAML_FIELD_FLOAT("below", CYAML_FLAG_DEFAULT, model_rounding, below),
    CYAML_FIELD_FLOAT("above", CYAML_FLAG_DEFAULT, model_rounding, above),
    CYAML_FIELD_END};

static const cyaml_schema_field_t defaults_fields[] = {
    CHOICE_PTR("kind", model_defaults, kind, kinds), TEXT("unit", model_defaults, unit),
    TEXT("exploitation", model_defaults, exploitation),
    PART("rounding", model_defaults, rounding, rounding_fields), CYAML_FIELD_END};

static const cyaml_schema_field_t modality_fields[] = {
    NEEDED_TEXT("code", model_modality, code), TEXT("fr", model_modality, fr),
    TEXT("en", model_modality, en), CYAML_FIELD_END};
static const cyaml_schema_value_t modality_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, model_modality, modality_fields)};

static const cyaml_schema_field_t level_fields[] = {
    NEEDED_TEXT("code", model_level, code), NEEDED_TEXT("level", model_level, level),
    TEXT("key", model_level, key), CYAML_FIELD_END};
static const cyaml_schema_value_t level_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, model_level, level_fields)};

static const cyaml_schema_field_t column_fields[] = {
    NEEDED_TEXT("name", model_column, name),
    TEXT("id", model_column, id),
    CHOICE("role", model_column, role, roles),
    CHOICE("type", model_column, type, types),
    CHOICE_PTR("kind", model_column, kind, kinds),
    TEXT("unit", model_column, unit),
    TEXT("fr", model_column, fr),
    TEXT("en", model_column, en),
    TEXT("exploitation", model_column, exploitation),
    TEXT("level", model_column, level),
    CYAML_FIELD_INT("pad", CYAML_FLAG_OPTIONAL, model_column, pad),
    TEXT("total", model_column, total),
    TEXT("partition", model_column, partition),
    CYAML_FIELD_BOOL("closed", CYAML_FLAG_OPTIONAL, model_column, closed),
    LIST("modalities", model_column, modalities, &modality_entry),
    PART("rounding", model_column, rounding, rounding_fields),
    TEXT("unplaced", model_column, unplaced),
    TEXT("years_of", model_column, years_of),
    LIST("levels", model_column, levels, &level_entry),
    CYAML_FIELD_END};
static const cyaml_schema_value_t column_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, model_column, column_fields)};

static const cyaml_schema_field_t measure_fields[] = {
    NEEDED_TEXT("name", model_measure, name),
    CHOICE_PTR("kind", model_measure, kind, kinds),
    TEXT("unit", model_measure, unit),
    TEXT("fr", model_measure, fr),
    TEXT("en", model_measure, en),
    TEXT("exploitation", model_measure, exploitation),
    CYAML_FIELD_END};
static const cyaml_schema_value_t measure_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, model_measure, measure_fields)};

static const cyaml_schema_field_t when_fields[] = {
    NEEDED_TEXT("column", model_when, column), NEEDED_TEXT("values", model_when, values),
    CYAML_FIELD_END};

static const cyaml_schema_field_t marker_fields[] = {
    NEEDED_TEXT("text", model_marker, text),
    CYAML_FIELD_ENUM("state", CYAML_FLAG_STRICT, model_marker, state, states,
                     CYAML_ARRAY_LEN(states)),
    CYAML_FIELD_FLOAT_PTR("lower", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, model_marker,
                          lower),
    CYAML_FIELD_FLOAT_PTR("upper", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, model_marker,
                          upper),
    TEXT("columns", model_marker, columns),
    PART("when", model_marker, when, when_fields),
    CYAML_FIELD_END};
static const cyaml_schema_value_t marker_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, model_marker, marker_fields)};

static const cyaml_schema_field_t break_fields[] = {
    NEEDED_TEXT("variables", model_break, variables),
    TEXT("dimension", model_break, dimension),
    CYAML_FIELD_INT("year", CYAML_FLAG_DEFAULT, model_break, year),
    NEEDED_TEXT("fr", model_break, fr),
    NEEDED_TEXT("en", model_break, en),
    CYAML_FIELD_END};
static const cyaml_schema_value_t break_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, model_break, break_fields)};

static const cyaml_schema_field_t fetch_fields[] = {
    NEEDED_TEXT("url", model_fetch, url), TEXT("file", model_fetch, file),
    TEXT("vintages", model_fetch, vintages), CYAML_FIELD_END};
static const cyaml_schema_value_t fetch_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, model_fetch, fetch_fields)};

static const cyaml_schema_field_t years_fields[] = {
    CYAML_FIELD_INT("first", CYAML_FLAG_DEFAULT, model_years, first),
    CYAML_FIELD_INT("last", CYAML_FLAG_DEFAULT, model_years, last), CYAML_FIELD_END};

static const cyaml_schema_field_t model_fields[] = {
    NEEDED_TEXT("id", model, id),
    CYAML_FIELD_MAPPING("title", CYAML_FLAG_OPTIONAL, model, title, text_fields),
    TEXT("producer", model, producer),
    TEXT("licence", model, licence),
    TEXT("url", model, url),
    TEXT("note", model, note),
    CHOICE("shape", model, shape, shapes),
    CHOICE("encoding", model, encoding, encodings),
    TEXT("delimiter", model, delimiter),
    TEXT("decimal", model, decimal),
    TEXT("unique", model, unique),
    TEXT("placement", model, placement),
    TEXT("vintage_of", model, vintage_of),
    TEXT("absent_rows", model, absent_rows),
    TEXT("totals", model, totals),
    LIST("identities", model, identities, &string_entry),
    CYAML_FIELD_INT_PTR("geography_offset", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                        model, geography_offset),
    PART("survey_years", model, survey_years, years_fields),
    LIST("fetch", model, fetch, &fetch_entry),
    LIST("recognise", model, recognise, &recognise_entry),
    CYAML_FIELD_MAPPING("defaults", CYAML_FLAG_OPTIONAL, model, defaults,
                        defaults_fields),
    LIST("columns", model, columns, &column_entry),
    LIST("measures", model, measures, &measure_entry),
    LIST("markers", model, markers, &marker_entry),
    LIST("breaks", model, breaks, &break_entry),
    CYAML_FIELD_END};
static const cyaml_schema_value_t model_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, model, model_fields)};

irm_status model_load(const char *name, const char *text, size_t size, model **loaded,
                      irm_error *error) {
    void *data = NULL;
    irm_status status =
        irm_yaml_load(name, text, size, &model_schema, &data, NULL, error);
    *loaded = data;
    return status;
}

void model_free(model *loaded) { irm_yaml_free(&model_schema, loaded, 0); }

const char *model_role_name(model_role role) {
    for (size_t i = 0; i < CYAML_ARRAY_LEN(roles); i++) {
        if (roles[i].val == (int64_t)role) {
            return roles[i].str;
        }
    }
    return "variable";
}
