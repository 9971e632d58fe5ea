#include <string.h>

#include "irminon/files.h"
#include "irminon/identity.h"
#include "irminon/memory.h"
#include "verbs.h"

/* What the identities of the tables met, all together. */
typedef struct identities_met {
    size_t tables, held, violations, tables_apart;
} identities_met;

static irm_status check_table(cli_context *context, const irm_store *store, const char *name,
                              identities_met *met, irm_error *error) {
    irm_table table = {0};
    size_t held = 0, violations = 0;
    irm_status status = irm_store_read(store, name, NULL, 0, &table, error);
    if (status == IRM_OK && irm_attributes_get(&table.attributes, "identities") != NULL) {
        status = irm_identities_check(&table, &context->reporter, &held, &violations, error);
    }
    met->tables += held > 0;
    met->held += held;
    met->violations += violations;
    met->tables_apart += violations > 0;
    irm_table_clear(&table);
    return status;
}

/* Tells every damaged table; the last is the error. */
static irm_status check_damaged(cli_context *context, const irm_store *store,
                                irm_error *error) {
    size_t n = irm_store_damaged_count(store);
    const char *name;
    for (size_t i = 0; i + 1 < n; i++) {
        cli_print_error(context, irm_store_damaged(store, i, &name));
    }
    if (n > 0) {
        *error = *irm_store_damaged(store, n - 1, &name);
    }
    return n > 0 ? error->status : IRM_OK;
}

/* Every table of the store, read whole: checksums, shapes, states, and the identities that
 * its producer's rows satisfy. */
static irm_status check_store(cli_context *context, irm_error *error) {
    irm_store *store;
    identities_met met = {0};
    IRM_TRY(irm_store_open(cli_word(context, 0), false, &store, error));
    irm_status status = check_damaged(context, store, error);
    size_t n = irm_store_count(store);
    for (size_t i = 0; status == IRM_OK && i < n; i++) {
        status = check_table(context, store, irm_store_schema(store, i)->name, &met, error);
    }
    if (status == IRM_OK && met.violations > 0) {
        status = irm_fail(error, IRM_STATUS_DATA,
                          "%zu tables, all readable; the producer's totals disagree in %zu "
                          "places of %zu tables (of %zu held against their identities)",
                          n, met.violations, met.tables_apart, met.held);
    } else if (status == IRM_OK) {
        cli_note(context, "%zu tables, all readable", n);
        if (met.held > 0) {
            cli_note(context, "%zu totals of %zu tables hold", met.held, met.tables);
        }
    }
    irm_store_free(store);
    return status;
}

static irm_status check_catalogue(cli_context *context, const char *path,
                                  const irm_registry *registry, irm_error *error) {
    irm_catalogue *catalogue;
    IRM_TRY(irm_catalogue_new(&catalogue, error));
    irm_status status = path == NULL ? IRM_OK : irm_catalogue_add_file(catalogue, path, error);
    if (status == IRM_OK) {
        status = irm_catalogue_check(catalogue, registry, &context->reporter, error);
    }
    if (status == IRM_OK) {
        cli_note(context, "%zu indicators, no mistake", irm_catalogue_count(catalogue));
    }
    irm_catalogue_free(catalogue);
    return status;
}

/* A YAML file is a catalogue when its first key is `theme`, a descriptor otherwise. */
static irm_status is_catalogue(const char *path, bool *yes, irm_error *error) {
    irm_buffer text = {0};
    IRM_TRY(irm_read_file(path, &text, error));
    irm_buffer_add(&text, "", 0);
    *yes = false;
    for (const char *line = text.data; line != NULL && *line != '\0';) {
        if (strncmp(line, "theme:", 6) == 0) {
            *yes = true;
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    irm_buffer_clear(&text);
    return IRM_OK;
}

static irm_status check_file(cli_context *context, const char *path, irm_registry *registry,
                             irm_error *error) {
    bool catalogue;
    IRM_TRY(is_catalogue(path, &catalogue, error));
    if (catalogue) {
        return check_catalogue(context, path, registry, error);
    }
    IRM_TRY(irm_registry_add_file(registry, path, error));
    IRM_TRY(irm_descriptor_check(irm_registry_get(registry, 0), error));
    cli_note(context, "%s: no mistake", path);
    return IRM_OK;
}

static irm_status check_embedded(cli_context *context, irm_registry *registry,
                                 irm_error *error) {
    for (size_t i = 0; i < irm_registry_count(registry); i++) {
        IRM_TRY(irm_descriptor_check(irm_registry_get(registry, i), error));
    }
    cli_note(context, "%zu descriptors, no mistake", irm_registry_count(registry));
    return check_catalogue(context, NULL, registry, error);
}

static irm_status run(cli_context *context, irm_error *error) {
    const char *path = cli_word(context, 0);
    if (path != NULL && irm_path_is_directory(path)) {
        return check_store(context, error);
    }
    irm_registry *registry;
    IRM_TRY(irm_registry_new(&registry, error));
    irm_status status = path != NULL ? check_file(context, path, registry, error)
                                     : check_embedded(context, registry, error);
    irm_registry_free(registry);
    return status;
}

const cli_verb cli_verb_check = {
    .name = "check",
    .words = "[STORE | CATALOGUE | DESCRIPTOR]",
    .min_words = 0,
    .max_words = 1,
    .summary = "validate a store, a catalogue or a descriptor (none: those built in)",
    .details = "A store is read whole, every checksum verified, and the totals that a\n"
               "descriptor declares (identities) are held against every row: where the\n"
               "producer's figures disagree, the row and its cells are told. A catalogue is held against\n"
               "the descriptors: unknown variables, overlapping modalities, missing labels,\n"
               "an addition of medians. Mistakes are told with their line and column.",
    .run = run,
};
