#include "ingest/lineage.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "descriptors/level.h"
#include "irminon/files.h"
#include "irminon/text.h"

/* A level asked for after a dot: "filosofi-disp.dep". */
static irm_status read_level(const char *text, char *dot, asked_dataset *asked,
                             irm_error *error) {
    if (dot == NULL) {
        return IRM_OK;
    }
    if (!level_known(dot + 1) || strlen(dot + 1) >= sizeof asked->level) {
        return irm_fail(
            error, IRM_STATUS_USAGE,
            "dataset '%s': '%s' is not a level (com, epci, dep, reg, fr, iris…)", text,
            dot + 1);
    }
    memcpy(asked->level, dot + 1, strlen(dot + 1) + 1);
    *dot = '\0';
    return IRM_OK;
}

irm_status lineage_asked(const char *text, asked_dataset *asked, irm_error *error) {
    *asked = (asked_dataset){0};
    if (text == NULL) {
        return IRM_OK;
    }
    size_t length = strcspn(text, "@");
    bool valid = length > 0 && length < sizeof asked->id;
    for (size_t i = 0; i < length && valid; i++) {
        valid = isalnum((unsigned char)text[i]) || strchr("-_.", text[i]) != NULL;
    }
    long long year = 0;
    if (text[length] == '@' && valid) {
        valid = irm_text_integer(irm_view_of(text + length + 1), &year) && year >= 1800 &&
                year <= 2199;
    }
    if (!valid) {
        return irm_fail(
            error, IRM_STATUS_USAGE,
            "dataset '%s': expected NAME@YEAR, the name in letters, digits, - "
            "and _",
            text);
    }
    for (size_t i = 0; i < length; i++) {
        asked->id[i] = (char)tolower((unsigned char)text[i]);
    }
    asked->vintage = (int)year;
    return read_level(text, strchr(asked->id, '.'), asked, error);
}

int lineage_year(const char *text) {
    int year = 0;
    for (int i = 0; i < 4; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return 0;
        }
        year = year * 10 + (text[i] - '0');
    }
    return year;
}

/* A year somewhere in a file's name: good enough to suggest, not to decide. */
static int year_in_name(const char *base) {
    for (const char *p = base; *p != '\0'; p++) {
        int year = strlen(p) >= 4 ? lineage_year(p) : 0;
        bool alone = year != 0 && (p == base || p[-1] < '0' || p[-1] > '9') &&
                     (p[4] < '0' || p[4] > '9');
        if (alone && year >= 1960 && year < 2100) {
            return year;
        }
    }
    return 0;
}

irm_status lineage_vintage(const int *told, size_t count, const char *input,
                           const char *base, const char *dataset, int *vintage,
                           irm_error *error) {
    *vintage = 0;
    for (size_t i = 0; i < count && *vintage == 0; i++) {
        *vintage = told[i];
    }
    if (*vintage != 0) {
        return IRM_OK;
    }
    int hint = year_in_name(base);
    return irm_fail_at(
        error, IRM_STATUS_USAGE, input, 0, 0, NULL,
        "this is %s, but nothing in the file tells of which year; give it, as "
        "in --dataset %s@%d",
        dataset, dataset, hint != 0 ? hint : 2021);
}

void lineage_name(const char *dataset, const char *level, int vintage, char *name,
                  size_t size) {
    snprintf(name, size, "%s%s%s@%d", dataset, *level != '\0' ? "." : "", level, vintage);
}

irm_status lineage_set(irm_attributes *to, const char *name, const char *value,
                       irm_error *error) {
    return value == NULL || *value == '\0' ? IRM_OK
                                           : irm_attributes_set(to, name, value, error);
}

/* One a line. */
static irm_status describe_identities(const model *whole, irm_attributes *to,
                                      irm_error *error) {
    irm_buffer lines = {0};
    for (unsigned i = 0; i < whole->identities_count; i++) {
        irm_buffer_format(&lines, "%s%s", i > 0 ? "\n" : "", whole->identities[i]);
    }
    irm_status status = lines.failed ? irm_fail_memory(error)
                                     : lineage_set(to, "identities", lines.data, error);
    irm_buffer_clear(&lines);
    return status;
}

irm_status lineage_family(const model *whole, int vintage, irm_attributes *to,
                          irm_error *error) {
    if (whole == NULL) {
        return IRM_OK;
    }
    IRM_TRY(lineage_set(to, "title_fr", whole->title.fr, error));
    IRM_TRY(lineage_set(to, "title_en", whole->title.en, error));
    IRM_TRY(lineage_set(to, "producer", whole->producer, error));
    IRM_TRY(lineage_set(to, "licence", whole->licence, error));
    IRM_TRY(lineage_set(to, "url", whole->url, error));
    IRM_TRY(lineage_set(to, "placement", whole->placement, error));
    IRM_TRY(lineage_set(to, "absent_rows", whole->absent_rows, error));
    IRM_TRY(lineage_set(to, "totals", whole->totals, error));
    IRM_TRY(describe_identities(whole, to, error));
    if (whole->survey_years != NULL) {
        char years[32];
        snprintf(years, sizeof years, "%d-%d", vintage + whole->survey_years->first,
                 vintage + whole->survey_years->last);
        IRM_TRY(lineage_set(to, "survey_years", years, error));
    }
    return IRM_OK;
}

irm_status lineage_file(const char *path, const char sha256[65], uint64_t size,
                        irm_attributes *to, irm_error *error) {
    const char *file = strcmp(path, "-") == 0 ? "<stdin>" : irm_path_base(path);
    IRM_TRY(lineage_set(to, "source_file", file, error));
    IRM_TRY(lineage_set(to, "source_sha256", sha256, error));
    return irm_attributes_set_integer(to, "source_size", (long long)size, error);
}

irm_status lineage_said(const irm_ingest_options *options, irm_attributes *to,
                        irm_error *error) {
    if (options != NULL) {
        IRM_TRY(lineage_set(to, "source_date", options->date, error));
        IRM_TRY(lineage_set(to, "source_address", options->address, error));
        IRM_TRY(lineage_set(to, "confidential", options->confidential ? "true" : NULL,
                            error));
    }
    return lineage_set(to, "software", "irminon " IRMINON_VERSION, error);
}
