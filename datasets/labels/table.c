/* A dictionary kept in a store: a table of labels. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "descriptors/model.h"
#include "descriptors/pattern.h"
#include "ingest/lineage.h"
#include "irminon/files.h"
#include "irminon/input.h"
#include "irminon/memory.h"
#include "labels/dictionary.h"

/* What the table of labels is of, as far as its file tells. */
typedef struct subject {
    asked_dataset asked;
    char dataset[96];
    int file_vintage, header_vintage;
} subject;

/* The name of the data that a dictionary goes with: "base-cc-logement-2021.CSV" of
 * "meta_base-cc-logement-2021.CSV", "DS_BPE_2024.csv" of "DS_BPE_2024_metadata.csv". */
static void data_name(const char *base, char *name, size_t size) {
    static const char *const prefixes[] = {"meta_", "varmod_", "mod_"};
    static const char suffix[] = "_metadata";
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t length = strlen(prefixes[i]);
        if (strncasecmp(base, prefixes[i], length) == 0) {
            base += length;
            break;
        }
    }
    size_t stem = strlen(base) - strlen(irm_path_extension(base));
    size_t end = strlen(suffix);
    bool ended = stem > end && strncasecmp(base + stem - end, suffix, end) == 0;
    snprintf(name, size, "%.*s%s", (int)(ended ? stem - end : stem), base, base + stem);
}

/* The first family one of whose file patterns fits, and the year in the name. */
static const model *family_of_file(const irm_registry *registry, const char *name,
                                   int *year) {
    pattern_match match;
    for (size_t i = 0; i < irm_registry_count(registry); i++) {
        const model *head = irm_registry_get(registry, i)->head;
        for (unsigned k = 0; k < head->recognise_count; k++) {
            const char *pattern = head->recognise[k].file;
            if (pattern != NULL && pattern_fits_file(pattern, name, &match)) {
                *year = match.year;
                return head;
            }
        }
    }
    return NULL;
}

static void recognise_file(const irm_registry *registry, const char *base, subject *of) {
    char name[256], detail[300];
    data_name(base, name, sizeof name);
    snprintf(detail, sizeof detail, "FD_%s", name); /* INSEE's detail files */
    const model *family = family_of_file(registry, name, &of->file_vintage);
    if (family == NULL) {
        family = family_of_file(registry, detail, &of->file_vintage);
    }
    if (family != NULL && of->dataset[0] == '\0') {
        snprintf(of->dataset, sizeof of->dataset, "%s", family->id);
    }
}

/* By the columns that it describes, as by a header. */
static irm_status recognise_columns(const irm_registry *registry, const char *base,
                                    const irm_dictionary *dictionary, subject *of,
                                    irm_error *error) {
    size_t n = dictionary_count(dictionary), count = 0;
    const char **names = irm_calloc(n, sizeof *names);
    char *block = irm_calloc(n, 64);
    char name[256];
    irm_recognition found;
    irm_status status = names == NULL || block == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; i < n && status == IRM_OK; i++) {
        const char *code, *label;
        char *column = block + 64 * count;
        dictionary_entry(dictionary, i, column, 64, &code, &label);
        if (*code == '\0') {
            names[count++] = column;
        }
    }
    data_name(base, name, sizeof name);
    if (status == IRM_OK &&
        irm_registry_recognise(registry, name, names, count,
                               of->dataset[0] != '\0' ? of->dataset : NULL, &found,
                               NULL) == IRM_OK) {
        of->header_vintage = found.header_vintage;
        snprintf(of->dataset, sizeof of->dataset, "%s",
                 irm_descriptor_id(found.descriptor));
    }
    irm_free(names);
    irm_free(block);
    return status;
}

static irm_status fill(const irm_dictionary *from, irm_table *table, irm_error *error) {
    static const char *const names[] = {"column", "code", "label"};
    irm_column *columns[3];
    for (size_t i = 0; i < 3; i++) {
        IRM_TRY(irm_table_add(table, names[i], IRM_COLUMN_CATEGORY, &columns[i], error));
    }
    for (size_t i = 0; i < 3; i++) {
        columns[i] = &table->columns[i]; /* an addition moves those before */
        IRM_TRY(lineage_set(&columns[i]->attributes, "kind", "label", error));
    }
    for (size_t row = 0; row < table->n_rows; row++) {
        char column[320];
        const char *texts[3] = {column, NULL, NULL};
        dictionary_entry(from, row, column, sizeof column, &texts[1], &texts[2]);
        for (size_t i = 0; i < 3; i++) {
            if (*texts[i] != '\0') {
                IRM_TRY(irm_dict_add(columns[i]->categories, irm_view_of(texts[i]),
                                     &columns[i]->codes[row], error));
            }
        }
    }
    return IRM_OK;
}

/* Digest and name of the file: read through once more, for its lineage. */
static irm_status digest(const char *path, char sha256[65], uint64_t *size, char *base,
                         size_t room, irm_error *error) {
    irm_input *input = NULL;
    char block[16384];
    size_t got = 1;
    IRM_TRY(irm_input_open(path, NULL, &input, error));
    irm_status status = IRM_OK;
    while (status == IRM_OK && got > 0) {
        status = irm_input_read(input, block, sizeof block, &got, error);
    }
    irm_input_digest(input, sha256, size);
    snprintf(base, room, "%s", irm_input_base(input));
    irm_input_free(input);
    return status;
}

static irm_status settle(const irm_registry *registry, const char *path, const char *base,
                         const irm_dictionary *dictionary, subject *of, int *vintage,
                         irm_error *error) {
    snprintf(of->dataset, sizeof of->dataset, "%s", of->asked.id);
    recognise_file(registry, base, of);
    IRM_TRY(recognise_columns(registry, base, dictionary, of, error));
    if (of->dataset[0] == '\0') {
        return irm_fail_at(error, IRM_STATUS_USAGE, path, 0, 0, NULL,
                           "is a dictionary of labels, and nothing tells of which files; "
                           "give --dataset ID@YEAR, as those have it");
    }
    int told[] = {of->asked.vintage, of->file_vintage, of->header_vintage};
    return lineage_vintage(told, sizeof told / sizeof *told, path, base, of->dataset,
                           vintage, error);
}

static irm_status make_table(const char *path, const irm_ingest_options *options,
                             const irm_dictionary *dictionary, const char *dataset,
                             int vintage, const char sha256[65], uint64_t size,
                             irm_table *table, irm_error *error) {
    char name[160];
    lineage_name(dataset, "labels", vintage, name, sizeof name);
    IRM_TRY(irm_table_init(table, name, dictionary_count(dictionary), error));
    irm_attributes *to = &table->attributes;
    IRM_TRY(irm_attributes_set(to, "labels_of", dataset, error));
    IRM_TRY(irm_attributes_set_integer(to, "vintage", vintage, error));
    IRM_TRY(irm_attributes_set(to, "shape", "labels", error));
    IRM_TRY(lineage_file(path, sha256, size, to, error));
    IRM_TRY(lineage_said(options, to, error));
    table->loaded = true;
    return fill(dictionary, table, error);
}

irm_status dictionary_table(const irm_registry *registry, const char *path,
                            const irm_ingest_options *options,
                            const irm_reporter *reporter, irm_table *table,
                            irm_error *error) {
    subject of = {0};
    irm_dictionary *dictionary = NULL;
    char sha256[65], base[256];
    uint64_t size = 0;
    int vintage = 0;
    IRM_TRY(lineage_asked(options != NULL ? options->dataset : NULL, &of.asked, error));
    IRM_TRY(digest(path, sha256, &size, base, sizeof base, error));
    IRM_TRY(irm_dictionary_read(path, NULL, &dictionary, error));
    irm_status status = settle(registry, path, base, dictionary, &of, &vintage, error);
    if (status == IRM_OK) {
        status = make_table(path, options, dictionary, of.dataset, vintage, sha256, size,
                            table, error);
    }
    if (status == IRM_OK && dictionary_contradictions(dictionary) > 0) {
        irm_warn(reporter, "%s: %zu labels contradict earlier ones, which are kept", path,
                 dictionary_contradictions(dictionary));
    }
    irm_dictionary_free(dictionary);
    return status;
}
