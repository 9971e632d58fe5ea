#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/text.h"
#include "portrait/portraitist.h"

static json_t *number(double value) { return isfinite(value) ? json_real(value) : json_null(); }

/* Integers read better as such. */
static json_t *tidy_number(double value) {
    return isfinite(value) && value == floor(value) && fabs(value) < 1e15
               ? json_integer((json_int_t)value)
               : number(value);
}

static json_t *quantity(const irm_quantity *q) {
    char flags[256];
    irm_flags_text(q->flags, flags, sizeof flags);
    json_t *object = json_pack("{s:o, s:s, s:s}", "value", tidy_number(q->value), "state",
                               irm_state_name(irm_quantity_state_shown(*q)), "flags", flags);
    if (object != NULL && q->lower != q->upper) {
        json_object_set_new(object, "lower", tidy_number(q->lower));
        json_object_set_new(object, "upper", tidy_number(q->upper));
    }
    return object;
}

static json_t *place(const irm_place *p) {
    return json_pack("{s:s, s:s, s:s}", "level", p->level->id, "code", p->code, "name",
                     p->name);
}

/* From the reference without the territory. */
static json_t *difference_of(const irm_difference *difference) {
    bool significant = difference->p_value <= 1 - IRM_PORTRAIT_CONFIDENCE;
    return json_pack("{s:o, s:o, s:b}", "value", tidy_number(difference->value), "p_value",
                     tidy_number(difference->p_value), "significant", significant);
}

/* The territory less the reference, where bounds leave it open. */
static void add_gap(json_t *item, const irm_quantity *gap) {
    if (gap->lower != gap->upper && (isfinite(gap->lower) || isfinite(gap->upper))) {
        json_object_set_new(item, "gap", quantity(gap));
    }
}

static json_t *values_of_references(const irm_portrait *portrait,
                                    const irm_portrait_row *row) {
    json_t *list = json_array();
    for (size_t i = 0; i < portrait->n_references; i++) {
        json_t *item = quantity(&row->values[i + 1]);
        json_object_set_new(item, "territory",
                            json_sprintf("%s:%s", portrait->references[i].level->id,
                                         portrait->references[i].code));
        if (isfinite(row->differences[i].p_value)) {
            json_object_set_new(item, "difference", difference_of(&row->differences[i]));
        }
        add_gap(item, &row->gaps[i]);
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *series_of(const irm_portrait_row *row) {
    json_t *list = json_array();
    for (size_t i = 0; i < row->n_series; i++) {
        json_array_append_new(list, json_pack("{s:i, s:o}", "year", row->series_years[i],
                                              "value", tidy_number(row->series_values[i])));
    }
    return list;
}

static json_t *parts_of(const irm_portrait *portrait, const irm_portrait_row *row) {
    json_t *list = json_array();
    for (size_t i = 0; i < portrait->n_parts; i++) {
        json_t *item = quantity(&row->parts[i]);
        json_object_set_new(
            item, "code",
            json_string(portrait->part_level->items[portrait->parts[i]].code));
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *row_of(const irm_portrait *portrait, const irm_portrait_row *row,
                      bool french) {
    const irm_indicator *indicator = row->indicator;
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", indicator->id, "label",
                  french ? indicator->label_fr : indicator->label_en, "unit",
                  french ? indicator->unit_fr : indicator->unit, "kind",
                  irm_kind_name(indicator->kind), "champ",
                  french ? indicator->champ_fr : indicator->champ_en);
    if (row->unavailable != NULL) {
        json_object_set_new(object, "unavailable", json_string(row->unavailable));
        return object;
    }
    json_object_set_new(object, "year", json_integer(row->year));
    json_t *own = quantity(&row->values[0]);
    json_object_update(object, own);
    json_decref(own);
    if (row->denominator.state != IRM_STATE_MISSING) {
        json_object_set_new(object, "numerator", tidy_number(row->numerator.value));
        json_object_set_new(object, "denominator", tidy_number(row->denominator.value));
    }
    if (isfinite(row->interval.upper)) {
        json_object_set_new(object, "interval",
                            json_pack("{s:o, s:o, s:f}", "lower",
                                      tidy_number(row->interval.lower), "upper",
                                      tidy_number(row->interval.upper), "level",
                                      IRM_PORTRAIT_CONFIDENCE));
    }
    if (row->rank > 0) {
        json_object_set_new(object, "rank",
                            json_pack("{s:i, s:i, s:i, s:s?}", "first", (int)row->rank,
                                      "last", (int)row->rank_last, "peers", (int)row->peers,
                                      "within", row->peers_within));
    }
    json_object_set_new(object, "source",
                        json_pack("{s:s, s:s, s:i}", "dataset",
                                  row->source != NULL ? row->source->dataset : "", "tables",
                                  row->tables, "geography", row->geography));
    json_object_set_new(object, "references", values_of_references(portrait, row));
    if (row->n_series > 1) {
        json_object_set_new(object, "series", series_of(row));
    }
    if (row->parts != NULL) {
        json_object_set_new(object, "parts", parts_of(portrait, row));
    }
    return object;
}

static json_t *themes_of(const irm_portrait *portrait, bool french) {
    json_t *themes = json_array();
    for (size_t t = 0; t < portrait->n_themes; t++) {
        const irm_portrait_theme *theme = &portrait->themes[t];
        json_t *rows = json_array();
        for (size_t i = 0; i < theme->n_rows; i++) {
            json_array_append_new(rows, row_of(portrait, &theme->rows[i], french));
        }
        json_array_append_new(
            themes, json_pack("{s:s, s:s, s:o}", "id", theme->theme->id, "label",
                              french ? theme->theme->label_fr : theme->theme->label_en,
                              "indicators", rows));
    }
    return themes;
}

static json_t *numbers(const double *values, size_t n) {
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(list, tidy_number(values[i]));
    }
    return list;
}

static json_t *pyramid_of(const irm_portrait_pyramid *pyramid) {
    json_t *bands = json_array();
    for (size_t i = 0; i < pyramid->n_bands; i++) {
        json_array_append_new(bands, json_string(pyramid->bands[i]));
    }
    json_t *object = json_pack("{s:i, s:s, s:o, s:o, s:o}", "year", pyramid->year, "tables",
                               pyramid->tables, "bands", bands, "men",
                               numbers(pyramid->men, pyramid->n_bands), "women",
                               numbers(pyramid->women, pyramid->n_bands));
    if (pyramid->reference != NULL) {
        json_object_set_new(object, "reference", json_string(pyramid->reference));
        json_object_set_new(object, "reference_men",
                            numbers(pyramid->reference_men, pyramid->n_bands));
        json_object_set_new(object, "reference_women",
                            numbers(pyramid->reference_women, pyramid->n_bands));
    }
    return object;
}

static json_t *sources_of(const irm_portrait *portrait, irm_error *error) {
    const irm_table **tables = NULL;
    size_t count = 0;
    if (irm_portrait_tables(portrait, &tables, &count, error) != IRM_OK) {
        return NULL;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_object();
        json_object_set_new(item, "table", json_string(tables[i]->name));
        for (size_t k = 0; k < tables[i]->attributes.count; k++) {
            const irm_attribute *attribute = &tables[i]->attributes.items[k];
            json_object_set_new(item, attribute->name, json_string(attribute->value));
        }
        json_array_append_new(list, item);
    }
    irm_free(tables);
    return list;
}

static json_t *parts_list(const irm_portrait *portrait) {
    json_t *list = json_array();
    for (size_t i = 0; i < portrait->n_parts; i++) {
        const irm_territory *item = &portrait->part_level->items[portrait->parts[i]];
        json_array_append_new(list,
                              json_pack("{s:s, s:s}", "code", item->code, "name", item->name));
    }
    return list;
}

static json_t *whole(const irm_portrait *portrait, bool french, irm_error *error) {
    json_t *references = json_array();
    for (size_t i = 0; i < portrait->n_references; i++) {
        json_array_append_new(references, place(&portrait->references[i]));
    }
    json_t *warnings = json_array();
    for (size_t i = 0; i < portrait->n_warnings; i++) {
        json_array_append_new(warnings, json_string(french ? portrait->warnings_fr[i]
                                                           : portrait->warnings_en[i]));
    }
    json_t *sources = sources_of(portrait, error);
    if (sources == NULL) {
        json_decref(references);
        json_decref(warnings);
        return NULL;
    }
    json_t *object = json_pack(
        "{s:s, s:o, s:b, s:i, s:i, s:o, s:o, s:o, s:s, s:o, s:o, s:o}", "software",
        "irminon " IRMINON_VERSION, "territory", place(&portrait->place), "fictional",
        portrait->fictional, "geography", portrait->geography_year, "communes",
        (int)portrait->n_communes, "population", tidy_number(portrait->population), "area",
        tidy_number(portrait->area), "references", references, "peers",
        french ? portrait->peer_group_fr : portrait->peer_group_en, "warnings", warnings,
        "themes", themes_of(portrait, french), "sources", sources);
    if (object != NULL && portrait->pyramid.n_bands > 0) {
        json_object_set_new(object, "pyramid", pyramid_of(&portrait->pyramid));
    }
    if (object != NULL && portrait->n_parts > 0) {
        json_object_set_new(object, "parts",
                            json_pack("{s:s, s:o}", "level", portrait->part_level->id,
                                      "territories", parts_list(portrait)));
    }
    return object;
}

irm_status irm_portrait_write_json(const irm_portrait *portrait, const char *path,
                                   const char *lang, irm_error *error) {
    json_t *object = whole(portrait, strcmp(lang, "en") != 0, error);
    char *text = object != NULL ? json_dumps(object, JSON_INDENT(1)) : NULL;
    json_decref(object);
    if (text == NULL) {
        return error != NULL && error->status != IRM_OK ? error->status
                                                        : irm_fail_memory(error);
    }
    irm_json_shorten(text);
    irm_status status = irm_write_file(path, text, strlen(text), error);
    free(text);
    return status;
}
