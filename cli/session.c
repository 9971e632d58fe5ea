#include <string.h>

#include "cli.h"
#include "irminon/memory.h"

static irm_status open_registry(cli_context *context, cli_session *session,
                                irm_error *error) {
    IRM_TRY(irm_registry_new(&session->registry, error));
    const char *path;
    for (size_t i = 0; (path = cli_get_nth(context, "descriptor", i)) != NULL; i++) {
        IRM_TRY(irm_registry_add_file(session->registry, path, error));
    }
    return IRM_OK;
}

static irm_status open_catalogue(cli_context *context, cli_session *session,
                                 irm_error *error) {
    IRM_TRY(irm_catalogue_new(&session->catalogue, error));
    const char *path;
    for (size_t i = 0; (path = cli_get_nth(context, "catalogue", i)) != NULL; i++) {
        IRM_TRY(irm_catalogue_add_file(session->catalogue, path, error));
    }
    return IRM_OK;
}

/* --zones NAME=FILE */
static irm_status add_zones(cli_context *context, irm_geography *geography,
                            const char *argument, irm_error *error) {
    const char *equals = strchr(argument, '=');
    if (equals == NULL || equals == argument || equals[1] == '\0') {
        return cli_usage_error(error, context->verb, "--zones wants NAME=FILE, not '%s'",
                               argument);
    }
    char *name = irm_strndup(argument, (size_t)(equals - argument));
    if (name == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status =
        irm_geography_add_zones(geography, name, equals + 1, &context->reporter, error);
    irm_free(name);
    return status;
}

static irm_status open_geography(cli_context *context, cli_session *session,
                                 irm_error *error) {
    long year;
    IRM_TRY(cli_get_integer(context, "geography", 1943, 2100, 0, &year, error));
    IRM_TRY(irm_geography_load(session->store, (int)year, &session->geography, error));
    const char *zones;
    for (size_t i = 0; (zones = cli_get_nth(context, "zones", i)) != NULL; i++) {
        IRM_TRY(add_zones(context, session->geography, zones, error));
    }
    return IRM_OK;
}

irm_status cli_store_open(cli_context *context, bool create, irm_store **store,
                          irm_error *error) {
    IRM_TRY(irm_store_open(cli_word(context, 0), create, store, error));
    for (size_t i = 0; i < irm_store_damaged_count(*store); i++) {
        const char *name;
        char why[1700];
        irm_error_format(irm_store_damaged(*store, i, &name), why, sizeof why);
        irm_warn(&context->reporter, "%s; the store is read without '%s'", why, name);
    }
    return IRM_OK;
}

irm_status cli_session_open(cli_context *context, unsigned with, cli_session *session,
                            irm_error *error) {
    *session = (cli_session){.lang = cli_get(context, "lang")};
    if (session->lang == NULL) {
        session->lang = "fr";
    } else if (strcmp(session->lang, "fr") != 0 && strcmp(session->lang, "en") != 0) {
        return cli_usage_error(error, context->verb, "--lang is fr or en, not '%s'",
                               session->lang);
    }
    if (with & CLI_WITH_STORE) {
        IRM_TRY(cli_store_open(context, false, &session->store, error));
    }
    if (with & CLI_WITH_REGISTRY) {
        IRM_TRY(open_registry(context, session, error));
    }
    if (with & CLI_WITH_CATALOGUE) {
        IRM_TRY(open_catalogue(context, session, error));
    }
    if (with & CLI_WITH_GEOGRAPHY) {
        IRM_TRY(open_geography(context, session, error));
    }
    if (with == CLI_WITH_EVALUATOR) {
        IRM_TRY(irm_evaluator_new(session->store, session->geography, session->catalogue,
                                  session->registry, &context->reporter,
                                  &session->evaluator, error));
        irm_evaluator_force(session->evaluator, cli_has(context, "force-comparison"));
    }
    return IRM_OK;
}

void cli_session_clear(cli_session *session) {
    irm_evaluator_free(session->evaluator);
    irm_geography_free(session->geography);
    irm_catalogue_free(session->catalogue);
    irm_registry_free(session->registry);
    irm_store_free(session->store);
    *session = (cli_session){0};
}

/* Which items of `level` belong to territory `index` of `zone`: those most of whose
 * inhabitants (communes, where inhabitants are unknown) are in it. */
static irm_status belongs(const cli_session *session, const irm_level *level,
                          const irm_level *zone, int32_t index, bool *mask,
                          irm_error *error) {
    double *population = NULL;
    if (!irm_level_tells(level, zone)) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "level %s cannot be taken within a territory of level %s", level->id,
                        zone->id);
    }
    if (session->evaluator != NULL && level != zone) {
        IRM_TRY(irm_evaluator_population(session->evaluator, session->catalogue,
                                         session->geography, &population, error));
    }
    for (size_t i = 0; i < level->count; i++) {
        mask[i] = irm_geography_main(session->geography, level, (int32_t)i, zone, population,
                                     NULL) == index;
    }
    irm_free(population);
    return IRM_OK;
}

irm_status cli_territory(const cli_session *session, const char *text,
                         const irm_level **level, int32_t *index, irm_error *error) {
    const irm_geography *geography = session->geography;
    if (strchr(text, '+') == NULL) {
        return irm_geography_parse(geography, text, level, index, error);
    }
    *index = 0;
    return irm_geography_add_union(session->geography, text, level, error);
}

irm_status cli_level(const cli_session *session, const char *text, const irm_level **level,
                     irm_error *error) {
    return strchr(text, '+') != NULL
               ? irm_geography_add_union(session->geography, text, level, error)
               : irm_geography_need_level(session->geography, text, level, error);
}

irm_status cli_within(const cli_session *session, const irm_level *level,
                      const char *within, bool **mask, size_t *count, irm_error *error) {
    bool *in = irm_calloc(level->count, sizeof *in);
    if (in == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = IRM_OK;
    if (within == NULL) {
        memset(in, 1, level->count);
    } else {
        const irm_level *zone;
        int32_t index;
        status = cli_territory(session, within, &zone, &index, error);
        if (status == IRM_OK) {
            status = belongs(session, level, zone, index, in, error);
        }
    }
    *count = 0;
    for (size_t i = 0; status == IRM_OK && i < level->count; i++) {
        *count += in[i];
    }
    if (status != IRM_OK) {
        irm_free(in);
        return status;
    }
    *mask = in;
    return IRM_OK;
}

irm_status cli_refuse_confidential(const irm_table *schema, irm_error *error) {
    if (irm_attributes_get(&schema->attributes, "confidential") == NULL) {
        return IRM_OK;
    }
    return irm_fail(error, IRM_STATUS_REFUSED,
                    "%s is confidential: its cells are not published as they are; 'irminon "
                    "protect' hides what would disclose",
                    schema->name);
}

irm_status cli_check_theme(const irm_catalogue *catalogue, const char *id, irm_error *error) {
    const char *names[64];
    size_t n = irm_catalogue_theme_count(catalogue);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(irm_catalogue_theme(catalogue, i)->id, id) == 0) {
            return IRM_OK;
        }
        names[i < 64 ? i : 63] = irm_catalogue_theme(catalogue, i)->id;
    }
    const char *near = irm_text_suggest(id, names, n < 64 ? n : 64);
    return irm_fail(error, IRM_STATUS_NOT_FOUND, "the catalogue has no theme '%s'%s%s%s", id,
                    near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                    near != NULL ? "'?" : "");
}
