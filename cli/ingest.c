#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "verbs.h"

static const cli_option options[] = {
    {"dataset", 'd', "ID@VINTAGE", "what the file is, when its header does not tell"},
    {"geography", 'g', "YEAR", "year of the file's geography, when it is known"},
    {"replace", 0, NULL, "replace tables that are in the store already"},
    {"on-error", 0, "stop|skip", "at a bad row: stop (default), or put it in a rejects file"},
    {"rejects", 0, "FILE", "where bad rows go (default: FILE.rejects.csv)"},
    {"confidential", 0, NULL, "data under convention: its cells are not to be published"},
    {"date", 0, "YYYY-MM-DD", "date of publication, kept in the lineage"},
    {"descriptor", 0, "FILE", "a descriptor of yours, added to those known"},
    {"inferred", 0, "FILE", "where to write the descriptor inferred for an unknown file"},
    {0},
};

static irm_status read_options(cli_context *context, irm_ingest_options *ingest,
                               irm_error *error) {
    long year;
    IRM_TRY(cli_get_integer(context, "geography", 1943, 2100, 0, &year, error));
    const char *policy = cli_get(context, "on-error");
    if (policy != NULL && strcmp(policy, "stop") != 0 && strcmp(policy, "skip") != 0) {
        return cli_usage_error(error, context->verb, "--on-error is stop or skip, not '%s'",
                               policy);
    }
    *ingest = (irm_ingest_options){
        .dataset = cli_get(context, "dataset"),
        .geography = (int)year,
        .skip_errors = policy != NULL && strcmp(policy, "skip") == 0,
        .rejects = cli_get(context, "rejects"),
        .confidential = cli_has(context, "confidential"),
        .date = cli_get(context, "date"),
        .inferred = cli_get(context, "inferred"),
    };
    return IRM_OK;
}

/* The rejects file of an input: beside the current folder, under the input's own name. */
static char *default_rejects(const char *path) {
    irm_buffer name = {0};
    irm_buffer_text(&name, strcmp(path, "-") == 0 ? "stdin" : irm_path_base(path));
    irm_buffer_text(&name, ".rejects.csv");
    return irm_buffer_take(&name);
}

static irm_status ingest_one(cli_context *context, irm_store *store,
                             const irm_registry *registry, const char *path,
                             irm_ingest_options ingest, irm_error *error) {
    char *rejects = NULL;
    if (ingest.skip_errors && ingest.rejects == NULL) {
        rejects = default_rejects(path);
        ingest.rejects = rejects;
    }
    irm_table table = {0};
    irm_status status =
        irm_ingest_into(registry, path, &ingest, &context->reporter, store,
                        cli_has(context, "replace"), &table, error);
    if (status == IRM_OK) {
        cli_note(context, "%s: %zu rows, %zu columns", table.name, table.n_rows,
                 table.n_columns);
    } else if (status == IRM_STATUS_EXISTS) {
        irm_error_prefix(error, "%s: ", irm_path_base(path));
    }
    irm_table_clear(&table);
    irm_free(rejects);
    return status;
}

/* A file that is refused does not keep the others out: each tells its own error, and the
 * last words say how many were refused. */
static irm_status ingest_each(cli_context *context, irm_store *store,
                              const irm_registry *registry, irm_ingest_options ingest,
                              irm_error *error) {
    size_t n_files = context->arguments.n_words - 1, refused = 0;
    irm_status status = IRM_OK;
    for (size_t i = 1; i <= n_files; i++) {
        status = ingest_one(context, store, registry, cli_word(context, i), ingest, error);
        if (status == IRM_STATUS_INTERRUPTED || status == IRM_STATUS_NO_MEMORY ||
            (status != IRM_OK && n_files == 1)) {
            return status;
        }
        if (status != IRM_OK) {
            cli_print_error(context, error);
            refused++;
        }
    }
    return refused == 0 ? IRM_OK
                        : irm_fail(error, IRM_STATUS_DATA, "%zu of %zu files not ingested",
                                   refused, n_files);
}

static irm_status run(cli_context *context, irm_error *error) {
    irm_ingest_options ingest;
    IRM_TRY(read_options(context, &ingest, error));
    irm_registry *registry = NULL;
    irm_store *store = NULL;
    irm_status status = irm_registry_new(&registry, error);
    const char *descriptor;
    for (size_t i = 0;
         status == IRM_OK && (descriptor = cli_get_nth(context, "descriptor", i)) != NULL; i++) {
        status = irm_registry_add_file(registry, descriptor, error);
    }
    if (status == IRM_OK) {
        status = cli_store_open(context, true, &store, error);
    }
    if (status == IRM_OK) {
        status = ingest_each(context, store, registry, ingest, error);
    }
    irm_store_free(store);
    irm_registry_free(registry);
    return status;
}

const cli_verb cli_verb_ingest = {
    .name = "ingest",
    .words = "STORE FILE...",
    .min_words = 2,
    .max_words = 4096,
    .summary = "read published files into a store",
    .details =
        "STORE is a folder, made when it does not exist. A FILE is CSV (any delimiter,\n"
        "UTF-8 or Windows-1252), plain or compressed (.gz, .xz, .zip as INSEE publishes\n"
        "them), '-' for standard input, or a layer of polygons (.geojson, .gpkg, .shp).\n"
        "What it is is recognised from its header; --dataset tells otherwise. A file that\n"
        "no descriptor matches is read by inference with --dataset NAME@VINTAGE.\n\n"
        "Each file becomes one table, whole or not at all; one that is refused does not\n"
        "keep the others out.\n\n"
        "Examples:\n"
        "  irminon ingest store base_cc_comparateur.CSV FILO2019_DISP_COM.csv\n"
        "  irminon ingest store DS_RP_LOGEMENT_PRINC_2023_CSV_FR.zip\n"
        "  xz -dc FD_LOGEMT_2021.csv.xz | irminon ingest store - -d detail-logemt@2021",
    .options = options,
    .run = run,
};
