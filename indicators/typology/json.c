#include "typology/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/text.h"
#include "typology/tables.h"

json_t *typology_json_number(double value) {
    if (!isfinite(value)) {
        return json_null();
    }
    return value == floor(value) && fabs(value) < 1e15 ? json_integer((json_int_t)value)
                                                       : json_real(value);
}

json_t *typology_json_numbers(const double *values, size_t n) {
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(list, typology_json_number(values[i]));
    }
    return list;
}

json_t *typology_json_variables(const irm_typology_units *units) {
    json_t *list = json_array();
    for (size_t v = 0; v < units->n_variables; v++) {
        const irm_typology_variable *of = &units->variables[v];
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:i, s:i, s:i, s:i}",
                      "id", of->id, "role", of->active ? "active" : "supplementary",
                      "label_fr", of->label_fr, "label_en", of->label_en, "unit_fr",
                      of->unit_fr, "unit_en", of->unit_en, "year", of->year, "tables",
                      of->tables != NULL ? of->tables : "", "secret", (int)of->n_secret,
                      "missing", (int)of->n_missing, "bounded", (int)of->n_bounded,
                      "imputed", (int)of->n_filled));
    }
    for (size_t c = 0; c < units->n_categories; c++) {
        const irm_typology_category *of = &units->categories[c];
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:i, s:i}", "id", of->id, "role",
                      of->active ? "active" : "supplementary", "modalities",
                      (int)irm_dict_count(of->labels), "missing", (int)of->n_missing));
    }
    return list;
}

static json_t *table_lineage(const irm_table *table) {
    json_t *item = json_object();
    json_object_set_new(item, "table", json_string(table->name));
    for (size_t k = 0; k < table->attributes.count; k++) {
        const irm_attribute *attribute = &table->attributes.items[k];
        json_object_set_new(item, attribute->name, json_string(attribute->value));
    }
    return item;
}

json_t *typology_json_sources(const irm_typology_units *units,
                              const irm_typology_lineage *lineage) {
    json_t *list = json_array();
    if (lineage->store == NULL) {
        json_array_append_new(list, json_pack("{s:s?, s:s}", "file", units->source_file,
                                              "sha256", units->source_sha256));
        return list;
    }
    for (size_t i = 0; i < irm_store_count(lineage->store); i++) {
        const irm_table *table = irm_store_schema(lineage->store, i);
        bool used = false;
        for (size_t v = 0; v < units->n_variables && !used; v++) {
            const char *names = units->variables[v].tables;
            size_t size = strlen(table->name);
            for (const char *p = names; p != NULL && *p != '\0' && !used;) {
                size_t length = strcspn(p, " ");
                used = length == size && strncmp(p, table->name, size) == 0;
                p += length + (p[length] == ' ');
            }
        }
        if (used) {
            json_array_append_new(list, table_lineage(table));
        }
    }
    return list;
}

irm_status typology_json_write(json_t *object, const char *folder, irm_error *error) {
    char *text = object != NULL ? json_dumps(object, JSON_INDENT(1)) : NULL;
    char *path = irm_path_join(folder, "typology.json");
    json_decref(object);
    if (text != NULL) {
        irm_json_shorten(text);
    }
    irm_status status = text == NULL || path == NULL
                            ? irm_fail_memory(error)
                            : irm_write_file(path, text, strlen(text), error);
    free(text);
    irm_free(path);
    return status;
}

/* ---- a typology ---- */

static json_t *parameters_of(const irm_typology *t) {
    const irm_typology_options *o = &t->options;
    json_t *axes = o->axes == IRM_AXES_ALL    ? json_string("all")
                   : o->axes == IRM_AXES_NONE ? json_string("none")
                                              : json_integer(o->axes);
    json_t *classes =
        o->classes > 0 ? json_integer((json_int_t)o->classes) : json_string("auto");
    return json_pack(
        "{s:s, s:s, s:o, s:o, s:s, s:b, s:s, s:I, s:s?, s:s, s:o, s:o, s:o, s:s?}",
        "analysis", t->multiple ? "mca" : "pca", "method",
        irm_typology_method_name(o->method), "classes", classes, "axes", axes, "scale",
        o->no_reduction ? "none" : "reduce", "consolidated",
        t->tree_class != NULL && o->space == IRM_SPACE_NONE &&
            (o->consolidate > 0 ||
             (o->consolidate == 0 && o->method == IRM_TYPOLOGY_WARD)),
        "missing", o->exclude ? "exclude" : "impute", "seed", (json_int_t)o->seed,
        "weight", t->units.weight_id, "space", irm_typology_space_name(o->space), "alpha",
        typology_json_number(t->alpha), "floor", typology_json_number(o->floor),
        "imputation_components",
        t->n_filled > 0 ? json_integer((json_int_t)t->components) : json_null(),
        "contiguity",
        t->neighbours.n > 0
            ? (o->contiguity != NULL ? irm_path_base(o->contiguity) : "queen")
            : NULL);
}

static json_t *members(const irm_typology *t, const uint32_t *units, size_t n) {
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(list, json_pack("{s:s, s:s}", "id", t->units.ids[units[i]],
                                              "name", t->units.names[units[i]]));
    }
    return list;
}

static json_t *traits(const irm_typology *t, size_t c, const char *lang) {
    enum { TRAITS_MOST = 8, SENTENCE = 512 };
    json_t *list = json_array();
    size_t *order = irm_calloc(t->units.n_variables + 1, sizeof *order);
    size_t n = order != NULL ? irm_typology_ranked(t, c, order) : 0;
    for (size_t i = 0; i < n && i < TRAITS_MOST; i++) {
        char text[SENTENCE];
        irm_typology_sentence(t, c, order[i], lang, text, sizeof text);
        json_array_append_new(list, json_string(text));
    }
    irm_free(order);
    return list;
}

static json_t *classes_of(const irm_typology *t, const char *lang) {
    json_t *list = json_array();
    for (size_t c = 0; c < t->k; c++) {
        const irm_typology_class *class = &t->classes[c];
        const char *reading = irm_typology_reading(class->jaccard);
        json_array_append_new(
            list,
            json_pack("{s:i, s:s, s:s, s:i, s:o, s:o, s:o, s:s?, s:o, s:o, s:o, s:o}",
                      "class", (int)c + 1, "name_fr", class->name_fr, "name_en",
                      class->name_en, "units", (int)class->size, "weight_share",
                      typology_json_number(class->weight_share), "population",
                      typology_json_number(class->population), "jaccard",
                      typology_json_number(class->jaccard), "reading",
                      *reading != '\0' ? reading : NULL, "silhouette",
                      typology_json_number(class->silhouette), "traits",
                      traits(t, c, lang), "parangons",
                      members(t, class->parangons, class->n_parangons), "specific",
                      members(t, class->specific, class->n_specific)));
    }
    return list;
}

static json_t *notes_of(const irm_typology *t, const char *lang) {
    json_t *list = json_array();
    for (size_t i = 0; i < t->n_notes; i++) {
        json_array_append_new(
            list, json_string(strcmp(lang, "en") == 0 ? t->notes[i].en : t->notes[i].fr));
    }
    return list;
}

static json_t *rows_of(const irm_matrix *matrix) {
    json_t *rows = json_array();
    for (size_t i = 0; i < matrix->rows; i++) {
        json_array_append_new(
            rows, typology_json_numbers(irm_matrix_row(matrix, i), matrix->columns));
    }
    return rows;
}

/* Eigenvectors: what turns standardised values into coordinates. */
static json_t *loadings_of(const irm_typology *t) {
    json_t *rows = json_array();
    for (size_t j = 0; j < t->p; j++) {
        json_t *row = json_array();
        for (size_t a = 0; a < t->axes_used; a++) {
            double root = sqrt(t->factors.eigenvalues[a]);
            double value = irm_matrix_row(&t->factors.variables.coordinates, j)[a];
            json_array_append_new(row, json_real(root > 0 ? value / root : 0));
        }
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *model_of(const irm_typology *t) {
    if (t->multiple) {
        return json_null();
    }
    json_t *ids = json_array();
    for (size_t j = 0; j < t->p; j++) {
        json_array_append_new(ids, json_string(t->units.variables[t->active[j]].id));
    }
    return json_pack("{s:o, s:o, s:o, s:i, s:o, s:o}", "variables", ids, "center",
                     typology_json_numbers(t->factors.center, t->p), "scale",
                     typology_json_numbers(t->factors.scale, t->p), "axes",
                     (int)t->axes_used, "loadings", loadings_of(t), "centers",
                     rows_of(&t->partition.centers));
}

static json_t *quality_of(const irm_typology *t) {
    double total = t->partition.total;
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:i, s:o, s:o}", "explained",
        typology_json_number(1 - t->partition.within / total),
        "explained_by_tree_classes",
        typology_json_number(t->tree_class != NULL ? 1 - t->cut_within / total : NAN),
        "silhouette", typology_json_number(t->quality.silhouette), "calinski_harabasz",
        typology_json_number(t->quality.calinski_harabasz), "adjusted_rand",
        typology_json_number(t->rand), "bootstrap_draws", (int)t->draws,
        "neighbours_in_same_class", typology_json_number(t->class_contiguity), "moved",
        typology_json_number(t->tree_class != NULL ? (double)t->n_moved : NAN));
}

static json_t *typology_object(const irm_typology *t, const irm_typology_lineage *lineage,
                               const char *lang) {
    return json_pack(
        "{s:s, s:s, s:b, s:s?, s:i, s:i, s:i, s:i, s:i, s:s?, s:o, s:o, s:o, s:o, s:o, "
        "s:o, "
        "s:o, s:o}",
        "kind", "typology", "software", "irminon " IRMINON_VERSION, "fictional",
        lineage->fictional, "level", t->units.level, "geography", lineage->geography,
        "units", (int)t->n, "excluded", (int)t->units.n_absent, "classes_made", (int)t->k,
        "classes_proposed", (int)t->proposed, "command", lineage->command, "parameters",
        parameters_of(t), "variables", typology_json_variables(&t->units), "eigenvalues",
        typology_json_numbers(t->factors.eigenvalues, t->factors.n_eigenvalues),
        "quality", quality_of(t), "classes", classes_of(t, lang), "notes",
        notes_of(t, lang), "sources", typology_json_sources(&t->units, lineage), "model",
        model_of(t));
}

irm_status irm_typology_write(const irm_typology *t, const char *folder,
                              const irm_typology_lineage *lineage, const char *locale,
                              irm_error *error) {
    const char *lang = t->options.lang != NULL ? t->options.lang : "fr";
    table_list list = {0};
    irm_status status = irm_make_directory(folder, error);
    if (status == IRM_OK) {
        status = typology_tables(t, &list, error);
    }
    if (status == IRM_OK) {
        status = table_list_write(&list, folder, locale, error);
    }
    table_list_clear(&list);
    return status == IRM_OK
               ? typology_json_write(typology_object(t, lineage, lang), folder, error)
               : status;
}
