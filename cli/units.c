#include "units.h"

#include <stdio.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/portrait.h"

void cli_units_clear(cli_units *of) {
    irm_typology_units_clear(&of->units);
    irm_map_layer_free(of->layer);
    irm_map_layer_free(of->outlines);
    if (of->from_store) {
        cli_session_clear(&of->session);
    }
    *of = (cli_units){0};
}

bool cli_units_is_file(const cli_context *context) {
    const char *path = cli_word(context, 0);
    return strcmp(path, "-") == 0 ||
           (irm_path_exists(path) && !irm_path_is_directory(path));
}

/* ---- from a store ---- */

enum { INDICATORS_MOST = 256 };

typedef struct wish {
    size_t indicators[INDICATORS_MOST];
    size_t n_active, n_supplementary;
} wish;

static irm_status add_indicator(const cli_units *of, wish *wanted, const char *id,
                                irm_error *error) {
    size_t n = wanted->n_active + wanted->n_supplementary;
    if (n == INDICATORS_MOST) {
        return irm_fail(error, IRM_STATUS_USAGE, "more than %d indicators",
                        INDICATORS_MOST);
    }
    return irm_catalogue_need(of->session.catalogue, id, &wanted->indicators[n], error);
}

static irm_status add_list(const cli_units *of, wish *wanted, const char *list,
                           bool active, irm_error *error) {
    const char **items;
    size_t count;
    IRM_TRY(cli_split(list, &items, &count, error));
    irm_status status = IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < count; i++) {
        status = add_indicator(of, wanted, items[i], error);
        if (status == IRM_OK) {
            wanted->n_active += active;
            wanted->n_supplementary += !active;
        }
    }
    irm_free(items);
    return status;
}

/* Those of a theme that compare territories of any size: rates, medians, never counts. */
static irm_status add_theme(cli_context *context, const cli_units *of, wish *wanted,
                            const char *theme, int year, irm_error *error) {
    const irm_catalogue *catalogue = of->session.catalogue;
    IRM_TRY(cli_check_theme(catalogue, theme, error));
    for (size_t i = 0; i < irm_catalogue_count(catalogue); i++) {
        const irm_indicator *indicator = irm_catalogue_get(catalogue, i);
        if (strcmp(indicator->theme, theme) != 0 || irm_kind_additive(indicator->kind)) {
            continue;
        }
        irm_evaluation evaluation = {0};
        IRM_TRY(
            irm_evaluate(of->session.evaluator, i, of->level, year, &evaluation, error));
        bool known = evaluation.unavailable == NULL;
        irm_evaluation_clear(&evaluation);
        if (known) {
            IRM_TRY(add_indicator(of, wanted, indicator->id, error));
            wanted->n_active++;
        }
    }
    if (wanted->n_active == 0) {
        return cli_usage_error(error, context->verb,
                               "the store gives no indicator of theme '%s' at level %s",
                               theme, of->level->id);
    }
    return IRM_OK;
}

static irm_status read_wish(cli_context *context, const irm_typology_model *frozen,
                            const bool *mask, int year, const cli_units *of, wish *wanted,
                            irm_error *error) {
    const char *list = cli_get(context, "indicators"), *theme = cli_get(context, "theme");
    for (size_t j = 0; frozen != NULL && j < frozen->p; j++) {
        IRM_TRY(add_indicator(of, wanted, frozen->variables[j], error));
        wanted->n_active++;
    }
    if (frozen != NULL) {
        return IRM_OK;
    }
    if (list != NULL) {
        IRM_TRY(add_list(of, wanted, list, true, error));
    } else if (theme != NULL) {
        IRM_TRY(add_theme(context, of, wanted, theme, year, error));
    } else {
        IRM_TRY(irm_typology_default_indicators(
            of->session.evaluator, of->session.catalogue, of->level, mask, year,
            wanted->indicators, &wanted->n_active, error));
    }
    if (cli_has(context, "supplementary")) {
        IRM_TRY(add_list(of, wanted, cli_get(context, "supplementary"), false, error));
    }
    return IRM_OK;
}

/* Adds what is within one zone. */
static irm_status add_within(const cli_units *of, const char *zone, bool *all,
                             irm_error *error) {
    bool *one = NULL;
    size_t count;
    IRM_TRY(cli_within(&of->session, of->level, zone, &one, &count, error));
    for (size_t i = 0; i < of->level->count; i++) {
        all[i] = all[i] || one[i];
    }
    irm_free(one);
    return IRM_OK;
}

/* Adds what is within a zone and those that touch it. */
static irm_status add_around(cli_context *context, const cli_units *of, const char *zone,
                             bool *all, irm_error *error) {
    const irm_level *level;
    int32_t index;
    IRM_TRY(irm_geography_parse(of->session.geography, zone, &level, &index, error));
    bool *around = irm_calloc(level->count, sizeof *around);
    irm_status status = around == NULL ? irm_fail_memory(error)
                                       : cli_zones_around(context, &of->session, level,
                                                          index, around, error);
    for (size_t z = 0; status == IRM_OK && z < level->count; z++) {
        irm_buffer name = {0};
        irm_buffer_format(&name, "%s:%s", level->id, level->items[z].code);
        if (around[z]) {
            status = name.failed ? irm_fail_memory(error)
                                 : add_within(of, name.data, all, error);
        }
        irm_buffer_clear(&name);
    }
    irm_free(around);
    return status;
}

/* Several zones, separated by commas: what is in any of them, with --neighbours in those
 * that touch them too. */
static irm_status within_any(cli_context *context, const cli_units *of, bool **mask,
                             size_t *count, irm_error *error) {
    const char *list = cli_get(context, "within");
    bool around = cli_has(context, "neighbours");
    if (list == NULL) {
        return around ? cli_usage_error(error, context->verb,
                                        "--neighbours of what? (--within TERRITORY)")
                      : cli_within(&of->session, of->level, NULL, mask, count, error);
    }
    const char **zones;
    size_t n;
    IRM_TRY(cli_split(list, &zones, &n, error));
    bool *all = irm_calloc(of->level->count, sizeof *all);
    irm_status status = all == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t z = 0; status == IRM_OK && z < n; z++) {
        status = around ? add_around(context, of, zones[z], all, error)
                        : add_within(of, zones[z], all, error);
    }
    irm_free(zones);
    if (status != IRM_OK) {
        irm_free(all);
        return status;
    }
    *count = 0;
    for (size_t i = 0; i < of->level->count; i++) {
        *count += all[i] ? 1 : 0;
    }
    *mask = all;
    return IRM_OK;
}

/* The names of a store made of the sample say that they are fictional. */
static bool says_fictional(const irm_geography *geography) {
    for (size_t i = 0; i < irm_geography_level_count(geography); i++) {
        const irm_level *level = irm_geography_level_at(geography, i);
        for (size_t t = 0; strcmp(level->id, "dep") == 0 && t < level->count; t++) {
            if (strstr(level->items[t].name, "ficti") != NULL) {
                return true;
            }
        }
    }
    return false;
}

static void describe_source(cli_units *of) {
    irm_buffer tables = {0};
    for (size_t v = 0; v < of->units.n_variables; v++) {
        for (const char *p = of->units.variables[v].tables; p != NULL && *p != '\0';) {
            size_t size = strcspn(p, " ");
            char name[256];
            snprintf(name, sizeof name, "%.*s", (int)size, p);
            if (tables.data == NULL || strstr(tables.data, name) == NULL) {
                irm_buffer_format(&tables, "%s%s", tables.size > 0 ? " " : "", name);
            }
            p += size + (p[size] == ' ');
        }
    }
    irm_source_sentence(of->session.store, tables.data, of->session.lang, of->source,
                        sizeof of->source);
    irm_buffer_clear(&tables);
}

static void describe_title(cli_context *context, cli_units *of) {
    bool french = strcmp(of->session.lang, "fr") == 0;
    const char *within = cli_get(context, "within"), *what = of->level->id;
    const irm_level *zone;
    int32_t index;
    irm_error unseen = {0};
    char where[300] = "";
    if (within != NULL && strchr(within, ',') == NULL &&
        irm_geography_parse(of->session.geography, within, &zone, &index, &unseen) ==
            IRM_OK) {
        snprintf(where, sizeof where, french ? " : %s" : ": %s", zone->items[index].name);
    } else if (within != NULL) {
        snprintf(where, sizeof where, french ? " : %.200s" : ": %.200s", within);
    }
    what = strcmp(what, "com") == 0    ? "communes"
           : strcmp(what, "epci") == 0 ? "EPCI"
           : strcmp(what, "dep") == 0  ? "départements"
           : strcmp(what, "reg") == 0  ? "régions"
                                       : what;
    snprintf(of->title, sizeof of->title,
             french ? "Typologie des %s%s" : "Typology of %s%s", what, where);
}

static irm_status evaluate(cli_context *context, const irm_typology_model *frozen,
                           const bool *mask, int year, cli_units *of, irm_error *error) {
    wish *wanted = irm_calloc(1, sizeof *wanted);
    if (wanted == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = read_wish(context, frozen, mask, year, of, wanted, error);
    if (status == IRM_OK) {
        irm_typology_request request = {.level = of->level,
                                        .mask = mask,
                                        .indicators = wanted->indicators,
                                        .n_active = wanted->n_active,
                                        .n_supplementary = wanted->n_supplementary,
                                        .year = year,
                                        .weight = cli_get(context, "weight")};
        status = irm_typology_units_evaluate(of->session.evaluator, of->session.catalogue,
                                             &request, &of->units, error);
    }
    irm_free(wanted);
    return status;
}

static irm_status read_store(cli_context *context, const irm_typology_model *frozen,
                             const char *level, int32_t item, cli_units *of,
                             irm_error *error) {
    bool *mask = NULL;
    size_t count = 0;
    long year;
    of->from_store = true;
    IRM_TRY(cli_get_integer(context, "year", 1900, 2100, 0, &year, error));
    IRM_TRY(cli_session_open(context, CLI_WITH_EVALUATOR, &of->session, error));
    IRM_TRY(irm_geography_need_level(of->session.geography, level, &of->level, error));
    IRM_TRY(within_any(context, of, &mask, &count, error));
    if (item >= 0) {
        count += !mask[item];
        mask[item] = true;
    }
    irm_status status =
        count > 0 ? evaluate(context, frozen, mask, (int)year, of, error)
                  : irm_fail(error, IRM_STATUS_NOT_FOUND,
                             "no territory of level %s is there", of->level->id);
    irm_free(mask);
    if (status == IRM_OK) {
        describe_source(of);
        describe_title(context, of);
        of->fictional = says_fictional(of->session.geography);
    }
    return status;
}

irm_status cli_units_from_store(cli_context *context, const irm_typology_model *frozen,
                                cli_units *of, irm_error *error) {
    return read_store(context, frozen, cli_get(context, "level"), -1, of, error);
}

irm_status cli_units_from_store_level(cli_context *context, const char *level,
                                      int32_t item, cli_units *of, irm_error *error) {
    return read_store(context, NULL, level, item, of, error);
}

/* Copies: the typology owns its shapes, the layer keeps what surrounds them. */
static irm_status copy_shapes(cli_units *of, irm_error *error) {
    const irm_shapes *drawn = irm_map_layer_shapes(of->layer);
    return irm_shapes_join(&drawn, 1, &of->units.shapes, error);
}

static irm_status open_outlines(cli_context *context, cli_units *of, irm_error *error) {
    enum { WIDE = 2000 };
    const irm_level *dep = irm_geography_level(of->session.geography, "dep");
    if (dep == NULL || of->units.n < WIDE || strcmp(of->level->id, "com") != 0) {
        return IRM_OK;
    }
    int32_t *items = irm_calloc(dep->count, sizeof *items);
    if (items == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < dep->count; i++) {
        items[i] = (int32_t)i;
    }
    irm_error unseen = {0};
    irm_reporter silent = context->reporter;
    silent.warn = NULL;
    irm_status status =
        irm_map_layer_new(of->session.store, of->session.geography, dep, items,
                          dep->count, &silent, &of->outlines, &unseen);
    irm_free(items);
    return status == IRM_STATUS_NO_MEMORY ? irm_fail_memory(error) : IRM_OK;
}

irm_status cli_units_shapes(cli_context *context, bool needed, cli_units *of,
                            irm_error *error) {
    irm_error unseen = {0};
    irm_error *told = error != NULL ? error : &unseen;
    irm_status status = irm_map_layer_new(of->session.store, of->session.geography,
                                          of->level, of->units.items, of->units.n,
                                          &context->reporter, &of->layer, told);
    if (status == IRM_STATUS_NOT_FOUND && !needed) {
        irm_warn(&context->reporter, "no map: %s", told->message);
        of->layer = NULL;
        return IRM_OK;
    }
    IRM_TRY(status);
    IRM_TRY(open_outlines(context, of, error));
    return copy_shapes(of, error);
}

/* ---- from a file ---- */

static irm_status split_option(cli_context *context, const char *option,
                               const char ***items, size_t *count, irm_error *error) {
    const char *list = cli_get(context, option);
    *items = NULL;
    *count = 0;
    return list != NULL ? cli_split(list, items, count, error) : IRM_OK;
}

irm_status cli_units_from_file(cli_context *context, const irm_typology_model *frozen,
                               cli_units *of, irm_error *error) {
    irm_typology_columns columns = {.id = cli_get(context, "id"),
                                    .name = cli_get(context, "name"),
                                    .weight = cli_get(context, "weight")};
    const char **variables = NULL, **categories = NULL, **supplementary = NULL;
    if (columns.id == NULL) {
        return cli_usage_error(
            error, context->verb,
            "which column names the units of this table? (--id COLUMN)");
    }
    irm_status status =
        split_option(context, "variables", &variables, &columns.n_variables, error);
    if (status == IRM_OK) {
        status = split_option(context, "categories", &categories, &columns.n_categories,
                              error);
    }
    if (status == IRM_OK) {
        status = split_option(context, "supplementary", &supplementary,
                              &columns.n_supplementary, error);
    }
    columns.variables = variables;
    columns.categories = categories;
    columns.supplementary = supplementary;
    if (status == IRM_OK && frozen != NULL) {
        columns.variables = (const char *const *)frozen->variables;
        columns.n_variables = frozen->p;
        columns.n_categories = columns.n_supplementary = 0;
    }
    if (status == IRM_OK && columns.n_variables + columns.n_categories == 0) {
        status =
            cli_usage_error(error, context->verb,
                            "classify by which columns? (--variables A,B,… for numbers, "
                            "--categories C,… for categories)");
    }
    if (status == IRM_OK) {
        status =
            irm_typology_units_read(cli_word(context, 0), &columns, &of->units, error);
    }
    if (status == IRM_OK) {
        const char *lang = cli_get(context, "lang");
        bool english = lang != NULL && strcmp(lang, "en") == 0;
        snprintf(of->source, sizeof of->source, "%s", of->units.source_file);
        snprintf(of->title, sizeof of->title, english ? "Typology: %s" : "Typologie : %s",
                 of->units.source_file);
    }
    irm_free(variables);
    irm_free(categories);
    irm_free(supplementary);
    return status;
}
