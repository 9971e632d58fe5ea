/* Layers of polygons: read by the engine, named and described by their descriptor. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "descriptors/level.h"
#include "ingest/ingest.h"
#include "ingest/lineage.h"
#include "irminon/geography.h"
#include "irminon/geometry.h"
#include "irminon/memory.h"

typedef struct layer {
    const irm_registry *registry;
    const irm_ingest_options *options;
    const irm_reporter *reporter;
    const char *path;
    asked_dataset asked;
    char dataset[96];
    int vintage;
    irm_recognition found;
    const model *whole; /* NULL: an unknown layer */
    char level[24];
    char key[128];
    char sha256[65];
    uint64_t size;
    char base[256];
} layer;

/* Digest of the (decompressed) file, and its name without folder nor compression. */
static irm_status digest(layer *in, irm_error *error) {
    irm_input *input = NULL;
    IRM_TRY(irm_input_open(in->path, "*", &input, error));
    char block[65536];
    size_t got = 1;
    irm_status status = IRM_OK;
    while (status == IRM_OK && got > 0) {
        status = irm_input_read(input, block, sizeof block, &got, error);
    }
    irm_input_digest(input, in->sha256, &in->size);
    snprintf(in->base, sizeof in->base, "%s", irm_input_base(input));
    irm_input_free(input);
    return status;
}

static irm_status recognise(layer *in, const irm_table *table, irm_error *error) {
    const char **names = irm_calloc(table->n_columns, sizeof *names);
    if (names == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        names[i] = table->columns[i].name;
    }
    const char *id = in->asked.id[0] != '\0' ? in->asked.id : NULL;
    irm_status status = IRM_OK;
    if (id == NULL || irm_registry_find(in->registry, id) != NULL) {
        status = irm_registry_recognise(in->registry, in->base, names, table->n_columns,
                                        id, &in->found, error);
    }
    irm_free(names);
    IRM_TRY(status);
    snprintf(in->dataset, sizeof in->dataset, "%s", in->asked.id);
    if (in->found.descriptor != NULL) {
        snprintf(in->dataset, sizeof in->dataset, "%s",
                 irm_descriptor_id(in->found.descriptor));
        IRM_TRY(descriptor_whole(in->found.descriptor, &in->whole, error));
        if (in->whole->shape != IRM_TABLE_GEOMETRY) {
            return irm_fail_at(error, IRM_STATUS_DATA, in->path, 0, 0, NULL,
                               "%s is not a family of polygons", in->dataset);
        }
    }
    if (in->asked.level[0] != '\0') {
        memcpy(in->found.level, in->asked.level, sizeof in->found.level);
    }
    int told[] = {in->asked.vintage, in->found.file_vintage, in->found.declared_vintage};
    return lineage_vintage(told, sizeof told / sizeof *told, in->path, in->base,
                           in->dataset, &in->vintage, error);
}

static const model_column *entry_of(const layer *in, const char *name) {
    for (unsigned i = 0; in->whole != NULL && i < in->whole->columns_count; i++) {
        if (strcasecmp(in->whole->columns[i].name, name) == 0) {
            return &in->whole->columns[i];
        }
    }
    return NULL;
}

static irm_status describe_column(const layer *in, irm_column *column, irm_error *error) {
    const model_column *entry = entry_of(in, column->name);
    irm_attributes *to = &column->attributes;
    if (column->type == IRM_COLUMN_BYTES) {
        return lineage_set(to, "role", "geometry", error);
    }
    if (entry == NULL) {
        return lineage_set(to, "kind",
                           column->type == IRM_COLUMN_NUMBER ? "ratio" : "label", error);
    }
    char id[128];
    model_column_id(entry, id, sizeof id);
    IRM_TRY(lineage_set(to, "variable", id, error));
    IRM_TRY(lineage_set(to, "role", model_role_name(model_column_role(entry)), error));
    IRM_TRY(lineage_set(to, "kind", irm_kind_name(model_column_kind(in->whole, entry)),
                        error));
    IRM_TRY(lineage_set(to, "level", entry->level, error));
    IRM_TRY(lineage_set(to, "unit", entry->unit, error));
    IRM_TRY(lineage_set(to, "label_fr", entry->fr, error));
    return lineage_set(to, "label_en", entry->en, error);
}

/* The column that names the territories: the descriptor's, or one of the usual names. */
static irm_status find_key(layer *in, const irm_table *table, irm_error *error) {
    static const char *const usual[] = {"INSEE_COM", "CODGEO", "code_insee", "insee_com",
                                        "code",      "insee",  "DEPCOM",     "COM"};
    for (unsigned i = 0; in->whole != NULL && i < in->whole->columns_count; i++) {
        const model_column *entry = &in->whole->columns[i];
        if (model_column_role(entry) == MODEL_ROLE_KEY) {
            snprintf(in->key, sizeof in->key, "%s", entry->name);
            snprintf(in->level, sizeof in->level, "%s",
                     in->found.level[0] != '\0' ? in->found.level
                     : entry->level != NULL     ? entry->level
                                                : "com");
        }
    }
    for (size_t i = 0; in->key[0] == '\0' && i < sizeof usual / sizeof *usual; i++) {
        for (size_t k = 0; k < table->n_columns && in->key[0] == '\0'; k++) {
            if (strcasecmp(table->columns[k].name, usual[i]) == 0) {
                snprintf(in->key, sizeof in->key, "%s", table->columns[k].name);
                snprintf(in->level, sizeof in->level, "%s",
                         in->found.level[0] != '\0' ? in->found.level : "com");
            }
        }
    }
    return in->key[0] != '\0'
               ? IRM_OK
               : irm_fail_at(error, IRM_STATUS_DATA, in->path, 0, 0, NULL,
                             "no field of this layer holds the codes of territories");
}

static irm_column *key_column(const layer *in, const irm_table *table) {
    for (size_t i = 0; i < table->n_columns; i++) {
        if (strcasecmp(table->columns[i].name, in->key) == 0) {
            return &table->columns[i];
        }
    }
    return NULL;
}

/* Codes kept as numbers by a spreadsheet or a database: text again, with their zeros. */
static irm_status restore_codes(const layer *in, irm_column *key, size_t n_rows,
                                irm_error *error) {
    if (key->type != IRM_COLUMN_NUMBER) {
        return IRM_OK;
    }
    int pad = level_pad(in->level);
    irm_dict *codes = NULL;
    int32_t *rows = irm_calloc(n_rows, sizeof *rows);
    irm_status status =
        rows == NULL ? irm_fail_memory(error) : irm_dict_new(&codes, error);
    for (size_t i = 0; status == IRM_OK && i < n_rows; i++) {
        char text[32];
        rows[i] = -1;
        if (!isnan(key->values[i])) {
            snprintf(text, sizeof text, "%0*.0f", pad, key->values[i]);
            status = irm_dict_add(codes, irm_view_of(text), &rows[i], error);
        }
    }
    if (status != IRM_OK) {
        irm_free(rows);
        irm_dict_free(codes);
        return status;
    }
    irm_free(key->values);
    key->values = NULL;
    key->codes = rows;
    key->categories = codes;
    key->type = IRM_COLUMN_CATEGORY;
    return IRM_OK;
}

/* Every feature names its territory, once. */
static irm_status check_codes(const layer *in, const irm_column *key, size_t n_rows,
                              irm_error *error) {
    bool *seen = irm_calloc(irm_dict_count(key->categories), sizeof *seen);
    if (seen == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < n_rows; i++) {
        const char *code = irm_column_label(key, i);
        if (!level_code_valid(in->level, irm_view_of(code))) {
            status = irm_fail_at(error, IRM_STATUS_DATA, in->path, 0, 0, key->name,
                                 "feature %zu has code '%s'; expected %s", i + 1, code,
                                 level_code_form(in->level));
        } else if (seen[key->codes[i]]) {
            status = irm_fail_at(error, IRM_STATUS_DATA, in->path, 0, 0, key->name,
                                 "two features have code '%s'", code);
        } else {
            seen[key->codes[i]] = true;
        }
    }
    irm_free(seen);
    return status;
}

/* The département that holds every commune of the layer, or "". */
static void single_department(const irm_column *key, size_t n_rows, char department[4]) {
    department[0] = '\0';
    for (size_t i = 0; i < n_rows; i++) {
        char of[4];
        irm_code_department(irm_column_label(key, i), of);
        if (i > 0 && strcmp(of, department) != 0) {
            department[0] = '\0';
            return;
        }
        memcpy(department, of, sizeof of);
    }
}

/* A layer of one département's communes is a part: its name tells which. */
static irm_status name_table(const layer *in, const irm_column *key, irm_table *table,
                             irm_error *error) {
    char name[200], department[4] = "", part[64];
    if (strcmp(in->level, "com") == 0) {
        single_department(key, table->n_rows, department);
    }
    const char *level = in->found.one_file_a_level ? in->level : "";
    bool both = *level != '\0' && department[0] != '\0';
    snprintf(part, sizeof part, "%s%s%s%s", level, both ? "." : "",
             department[0] != '\0' ? "dep" : "", department);
    lineage_name(in->dataset, part, in->vintage, name, sizeof name);
    irm_free(table->name);
    table->name = irm_strdup(name);
    return table->name == NULL ? irm_fail_memory(error) : IRM_OK;
}

static irm_status describe(const layer *in, const irm_column *key, irm_attributes *to,
                           irm_error *error) {
    int geography = in->options != NULL && in->options->geography != 0
                        ? in->options->geography
                        : in->vintage;
    IRM_TRY(lineage_set(to, "dataset", in->dataset, error));
    IRM_TRY(irm_attributes_set_integer(to, "vintage", in->vintage, error));
    IRM_TRY(lineage_set(to, "shape", "geometry", error));
    IRM_TRY(lineage_set(to, "level", in->level, error));
    IRM_TRY(lineage_set(to, "key", key->name, error));
    IRM_TRY(irm_attributes_set_integer(to, "geography", geography, error));
    IRM_TRY(lineage_family(in->whole, in->vintage, to, error));
    IRM_TRY(lineage_file(in->path, in->sha256, in->size, to, error));
    return lineage_said(in->options, to, error);
}

irm_status ingest_layer(const irm_registry *registry, const char *path,
                        const irm_ingest_options *options, const irm_reporter *reporter,
                        irm_table *table, irm_error *error) {
    layer in = {
        .registry = registry, .options = options, .reporter = reporter, .path = path};
    IRM_TRY(lineage_asked(options != NULL ? options->dataset : NULL, &in.asked, error));
    IRM_TRY(irm_geometry_read(path, NULL, "layer", table, error));
    IRM_TRY(digest(&in, error));
    IRM_TRY(recognise(&in, table, error));
    IRM_TRY(find_key(&in, table, error));
    irm_column *key = key_column(&in, table);
    if (key == NULL) {
        return irm_fail_at(error, IRM_STATUS_DATA, path, 0, 0, in.key,
                           "the layer has no such field");
    }
    IRM_TRY(restore_codes(&in, key, table->n_rows, error));
    IRM_TRY(check_codes(&in, key, table->n_rows, error));
    IRM_TRY(name_table(&in, key, table, error));
    IRM_TRY(describe(&in, key, &table->attributes, error));
    for (size_t i = 0; i < table->n_columns; i++) {
        IRM_TRY(describe_column(&in, &table->columns[i], error));
    }
    return lineage_set(&key->attributes, "role", "key", error);
}
