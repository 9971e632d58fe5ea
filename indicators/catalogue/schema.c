#include "catalogue/schema.h"

#include "catalogue/loaded.h"

#define OPTIONAL_TEXT(key, type, member)                                                \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, \
                           0, CYAML_UNLIMITED)
#define OPTIONAL_WORDS(key, type, member) \
    CYAML_FIELD_MAPPING(key, CYAML_FLAG_OPTIONAL, type, member, text_fields)

static const cyaml_schema_field_t text_fields[] = {
    OPTIONAL_TEXT("fr", irm_yaml_text, fr),
    OPTIONAL_TEXT("en", irm_yaml_text, en),
    CYAML_FIELD_END,
};

static const cyaml_strval_t kinds[] = {
    {"count", IRM_KIND_COUNT}, {"amount", IRM_KIND_AMOUNT}, {"area", IRM_KIND_AREA},
    {"ratio", IRM_KIND_RATIO}, {"median", IRM_KIND_MEDIAN}, {"mean", IRM_KIND_MEAN},
    {"index", IRM_KIND_INDEX},
};

static const cyaml_strval_t senses[] = {
    {"neutral", IRM_SENSE_NEUTRAL},
    {"need", IRM_SENSE_NEED},
    {"resource", IRM_SENSE_RESOURCE},
};

static const cyaml_strval_t precisions[] = {{"main", 0}, {"complementary", 1}};

static const cyaml_schema_field_t source_fields[] = {
    CYAML_FIELD_STRING_PTR("dataset", CYAML_FLAG_POINTER, irm_yaml_source, dataset, 1,
                           CYAML_UNLIMITED),
    OPTIONAL_TEXT("numerator", irm_yaml_source, numerator),
    OPTIONAL_TEXT("denominator", irm_yaml_source, denominator),
    OPTIONAL_TEXT("formula", irm_yaml_source, formula),
    CYAML_FIELD_FLOAT_PTR("scale", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                          irm_yaml_source, scale),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t source_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, irm_yaml_source, source_fields)};

static const cyaml_schema_field_t indicator_fields[] = {
    CYAML_FIELD_STRING_PTR("id", CYAML_FLAG_POINTER, irm_yaml_indicator, id, 1, 64),
    OPTIONAL_WORDS("label", irm_yaml_indicator, label),
    OPTIONAL_WORDS("unit", irm_yaml_indicator, unit),
    CYAML_FIELD_ENUM("kind", CYAML_FLAG_STRICT, irm_yaml_indicator, kind, kinds,
                     CYAML_ARRAY_LEN(kinds)),
    CYAML_FIELD_UINT("decimals", CYAML_FLAG_OPTIONAL, irm_yaml_indicator, decimals),
    OPTIONAL_WORDS("champ", irm_yaml_indicator, champ),
    CYAML_FIELD_ENUM("sense", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, irm_yaml_indicator,
                     sense, senses, CYAML_ARRAY_LEN(senses)),
    CYAML_FIELD_ENUM("precision", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL,
                     irm_yaml_indicator, precision, precisions,
                     CYAML_ARRAY_LEN(precisions)),
    OPTIONAL_TEXT("reference", irm_yaml_indicator, reference),
    OPTIONAL_WORDS("note", irm_yaml_indicator, note),
    CYAML_FIELD_BOOL("key", CYAML_FLAG_OPTIONAL, irm_yaml_indicator, key),
    CYAML_FIELD_BOOL("map", CYAML_FLAG_OPTIONAL, irm_yaml_indicator, map),
    CYAML_FIELD_SEQUENCE_COUNT("sources", CYAML_FLAG_POINTER, irm_yaml_indicator, sources,
                               n_sources, &source_value, 0, 100),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t indicator_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, irm_yaml_indicator, indicator_fields)};

static const cyaml_schema_field_t theme_fields[] = {
    CYAML_FIELD_STRING_PTR("theme", CYAML_FLAG_POINTER, irm_yaml_theme, theme, 1, 64),
    OPTIONAL_WORDS("label", irm_yaml_theme, label),
    OPTIONAL_WORDS("intro", irm_yaml_theme, intro),
    CYAML_FIELD_SEQUENCE_COUNT("indicators", CYAML_FLAG_POINTER, irm_yaml_theme,
                               indicators, n_indicators, &indicator_value, 0, 10000),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t irm_catalogue_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, irm_yaml_theme, theme_fields)};
