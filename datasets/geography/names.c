#include "geography/names.h"

#include <string.h>

#include "irminon/memory.h"

static size_t missing_names(const draft_level *level) {
    size_t missing = 0;
    for (size_t i = 0; i < irm_dict_count(level->codes); i++) {
        missing += level->names[i] == NULL;
    }
    return missing;
}

/* The pair of columns (codes, names) of a table that names a level; false when it has
 * none: either its own territories, or a membership with the names beside (EPCI,
 * LIBEPCI). */
static bool find_pair(const zoning_source *source, const char *level,
                      const char *pair[2]) {
    const irm_column *codes = NULL, *names = NULL;
    if (strcmp(source->level, level) == 0) {
        codes = source_key(source->schema);
        names = source_role(source->schema, "name", NULL);
    } else {
        names = source_role(source->schema, "name", level);
        for (size_t i = 0; i < source->schema->n_columns && codes == NULL; i++) {
            const char *given = source_membership(&source->schema->columns[i]);
            if (given != NULL && strcmp(given, level) == 0) {
                codes = &source->schema->columns[i];
            }
        }
    }
    if (codes == NULL || names == NULL) {
        return false;
    }
    pair[0] = codes->name;
    pair[1] = names->name;
    return true;
}

/* Names the codes that `level` has; with `all`, adds those it has not. */
static irm_status take_pair(const irm_store *store, const zoning_source *source,
                            const char *const pair[2], bool all, draft_level *level,
                            irm_error *error) {
    irm_table table = {0};
    IRM_TRY(irm_store_read(store, source->schema->name, pair, 2, &table, error));
    irm_column *codes = NULL, *names = NULL;
    irm_status status = irm_table_need(&table, pair[0], &codes, error);
    if (status == IRM_OK) {
        status = irm_table_need(&table, pair[1], &names, error);
    }
    for (size_t row = 0; row < table.n_rows && status == IRM_OK; row++) {
        const char *code = irm_column_label(codes, row);
        int32_t number = irm_dict_find(level->codes, irm_view_of(code));
        if (number < 0 && all && !source_unplaced(codes, code)) {
            status = draft_add(level, code, &number, error);
        }
        if (number >= 0 && status == IRM_OK) {
            status = draft_name(level, number, irm_column_label(names, row), error);
        }
    }
    irm_table_clear(&table);
    return status;
}

static irm_status name_level(const irm_store *store, const zoning_sources *sources,
                             draft_level *level, irm_error *error) {
    for (size_t i = 0; i < sources->count && missing_names(level) > 0; i++) {
        const char *pair[2];
        if (find_pair(&sources->items[i], level->id, pair)) {
            IRM_TRY(take_pair(store, &sources->items[i], pair, false, level, error));
        }
    }
    return IRM_OK;
}

/* Tables of figures bear names beside their codes: they serve where no zoning table names
 * a level, as EPCI when only the composition by code is there. The newest vintage first.
 */
static irm_status name_after_figures(const irm_store *store, draft_level *level,
                                     irm_error *error) {
    for (size_t i = irm_store_count(store); i-- > 0 && missing_names(level) > 0;) {
        zoning_source source = {.schema = irm_store_schema(store, i)};
        const char *shape = irm_attributes_get(&source.schema->attributes, "shape");
        source.level = irm_attributes_get(&source.schema->attributes, "level");
        bool figures = shape != NULL &&
                       (strcmp(shape, "wide") == 0 || strcmp(shape, "geometry") == 0);
        const char *pair[2];
        if (figures && source.level != NULL && strcmp(source.level, level->id) == 0 &&
            find_pair(&source, level->id, pair)) {
            IRM_TRY(take_pair(store, &source, pair, false, level, error));
        }
    }
    return IRM_OK;
}

/* A living area bears the code of its main commune: it takes its name where no table
 * names it. */
static irm_status name_after_communes(const geography_draft *draft, const char *id,
                                      irm_error *error) {
    const draft_level *communes = draft->levels[0];
    draft_level *level = draft_find(draft, id);
    for (size_t i = 0; level != NULL && i < irm_dict_count(level->codes); i++) {
        const char *code = irm_dict_text(level->codes, (int32_t)i);
        int32_t commune = irm_dict_find(communes->codes, irm_view_of(code));
        if (commune >= 0 && communes->names[commune] != NULL) {
            IRM_TRY(draft_name(level, (int32_t)i, communes->names[commune], error));
        }
    }
    return IRM_OK;
}

static irm_status add_level(const irm_store *store, const zoning_source *source,
                            geography_draft *draft, irm_error *error) {
    const char *pair[2];
    draft_level *level;
    if (!find_pair(source, source->level, pair)) {
        return IRM_OK;
    }
    IRM_TRY(draft_need(draft, source->level, &level, error));
    return take_pair(store, source, pair, true, level, error);
}

static irm_status add_codes(const irm_store *store, const irm_table *schema,
                            draft_level *level, irm_error *error) {
    irm_table table = {0};
    const irm_column *key = source_key(schema), *names = source_role(schema, "name", NULL);
    const char *wanted[2] = {key->name, names != NULL ? names->name : NULL};
    int32_t number;
    IRM_TRY(irm_store_read(store, schema->name, wanted, names != NULL ? 2 : 1, &table,
                           error));
    irm_column *codes = NULL, *own = NULL;
    irm_status status = irm_table_need(&table, wanted[0], &codes, error);
    if (status == IRM_OK && names != NULL) {
        status = irm_table_need(&table, wanted[1], &own, error);
    }
    for (size_t row = 0; row < table.n_rows && status == IRM_OK; row++) {
        const char *code = irm_column_label(codes, row);
        if (code[0] == '\0' || source_unplaced(codes, code)) {
            continue;
        }
        status = draft_add(level, code, &number, error);
        if (status == IRM_OK && own != NULL) {
            status = draft_name(level, number, irm_column_label(own, row), error);
        }
    }
    irm_table_clear(&table);
    return status;
}

/* No official table lists the priority neighbourhoods, and that of the IRIS may not be
 * there: the figures published of them do, the newest first. Neighbourhoods keep their
 * codes from year to year; the IRIS are those of the newest table alone. */
static irm_status add_level_of_figures(const irm_store *store, const char *id,
                                       bool every_vintage, geography_draft *draft,
                                       irm_error *error) {
    draft_level *level = draft_find(draft, id);
    bool listed = level != NULL;
    for (size_t i = irm_store_count(store); i-- > 0 && !listed;) {
        const irm_table *schema = irm_store_schema(store, i);
        const char *shape = irm_attributes_get(&schema->attributes, "shape");
        const char *of = irm_attributes_get(&schema->attributes, "level");
        bool wide = shape != NULL && strcmp(shape, "wide") == 0 && of != NULL &&
                    strcmp(of, id) == 0 && source_key(schema) != NULL &&
                    source_key(schema)->type == IRM_COLUMN_CATEGORY;
        if (wide && (level == NULL || every_vintage)) {
            IRM_TRY(draft_need(draft, id, &level, error));
            IRM_TRY(add_codes(store, schema, level, error));
        }
    }
    return IRM_OK;
}

irm_status names_fill(const irm_store *store, const zoning_sources *sources,
                      geography_draft *draft, irm_error *error) {
    for (size_t i = 1; i < draft->n_levels; i++) {
        IRM_TRY(name_level(store, sources, draft->levels[i], error));
        IRM_TRY(name_after_figures(store, draft->levels[i], error));
    }
    IRM_TRY(name_after_communes(draft, "bv", error));
    for (size_t i = 0; i < sources->count; i++) {
        if (draft_find(draft, sources->items[i].level) == NULL) {
            IRM_TRY(add_level(store, &sources->items[i], draft, error));
        }
    }
    IRM_TRY(add_level_of_figures(store, "iris", false, draft, error));
    return add_level_of_figures(store, "qpv", true, draft, error);
}
