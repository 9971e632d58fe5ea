#include <string.h>

#include "irminon/download.h"
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

/* A file to read, and what sources.json told of it. */
typedef struct input_file {
    char *path;
    char *dataset, *date, *address; /* NULL where nothing was told */
} input_file;

typedef struct input_files {
    input_file *items;
    size_t count, capacity;
} input_files;

static void clear_files(input_files *files) {
    for (size_t i = 0; i < files->count; i++) {
        irm_free(files->items[i].path);
        irm_free(files->items[i].dataset);
        irm_free(files->items[i].date);
        irm_free(files->items[i].address);
    }
    irm_free(files->items);
}

static irm_status add_file(input_files *files, const char *folder,
                           const irm_fetched *fetched, irm_error *error) {
    irm_buffer dataset = {0};
    IRM_TRY(irm_reserve((void **)&files->items, &files->capacity, files->count + 1,
                        sizeof *files->items, error));
    irm_buffer_text(&dataset, fetched->dataset);
    if (fetched->vintage != 0) {
        irm_buffer_format(&dataset, "@%d", fetched->vintage);
    }
    input_file made = {.path = irm_path_join(folder, fetched->file),
                       .dataset = irm_buffer_take(&dataset),
                       .address = irm_strdup(fetched->url)};
    if (fetched->published != NULL && *fetched->published != '\0') {
        made.date = irm_strdup(fetched->published);
    }
    files->items[files->count++] = made;
    return made.path != NULL && made.dataset != NULL && made.address != NULL
               ? IRM_OK
               : irm_fail_memory(error);
}

/* The files that a folder's sources.json lists. */
static irm_status add_folder(input_files *files, const char *folder, irm_error *error) {
    irm_manifest manifest = {0};
    IRM_TRY(irm_manifest_read(folder, &manifest, error));
    irm_status status = IRM_OK;
    for (size_t i = 0; i < manifest.count && status == IRM_OK; i++) {
        status = add_file(files, folder, &manifest.items[i], error);
    }
    if (status == IRM_OK && manifest.count == 0) {
        status =
            irm_fail_at(error, IRM_STATUS_IO, folder, 0, 0, NULL,
                        "is a folder, without a sources.json that lists fetched files; "
                        "name the files");
    }
    irm_manifest_clear(&manifest);
    return status;
}

static irm_status list_files(const cli_context *context, input_files *files,
                             irm_error *error) {
    for (size_t i = 1; i < context->arguments.n_words; i++) {
        const char *word = cli_word(context, i);
        if (irm_path_is_directory(word)) {
            IRM_TRY(add_folder(files, word, error));
            continue;
        }
        IRM_TRY(irm_reserve((void **)&files->items, &files->capacity, files->count + 1,
                            sizeof *files->items, error));
        files->items[files->count] = (input_file){.path = irm_strdup(word)};
        if (files->items[files->count++].path == NULL) {
            return irm_fail_memory(error);
        }
    }
    return IRM_OK;
}

/* What was asked comes before what is told of the file. */
static irm_status ingest_file(cli_context *context, irm_store *store,
                              const irm_registry *registry, const input_file *file,
                              irm_ingest_options ingest, irm_error *error) {
    ingest.dataset = ingest.dataset != NULL ? ingest.dataset : file->dataset;
    ingest.date = ingest.date != NULL ? ingest.date : file->date;
    ingest.address = file->address;
    return ingest_one(context, store, registry, file->path, ingest, error);
}

/* A file that is refused does not keep the others out: each tells its own error, and the
 * last words say how many were refused. */
static irm_status ingest_each(cli_context *context, irm_store *store,
                              const irm_registry *registry, irm_ingest_options ingest,
                              const input_files *files, irm_error *error) {
    size_t refused = 0;
    for (size_t i = 0; i < files->count; i++) {
        irm_status status =
            ingest_file(context, store, registry, &files->items[i], ingest, error);
        if (status == IRM_STATUS_INTERRUPTED || status == IRM_STATUS_NO_MEMORY ||
            (status != IRM_OK && files->count == 1)) {
            return status;
        }
        if (status != IRM_OK) {
            cli_print_error(context, error);
            refused++;
        }
    }
    return refused == 0
               ? IRM_OK
               : irm_fail(error, IRM_STATUS_DATA, "%zu of %zu files not ingested",
                          refused, files->count);
}

static irm_status run(cli_context *context, irm_error *error) {
    irm_ingest_options ingest;
    IRM_TRY(read_options(context, &ingest, error));
    irm_registry *registry = NULL;
    irm_store *store = NULL;
    input_files files = {0};
    irm_status status = irm_registry_new(&registry, error);
    const char *descriptor;
    for (size_t i = 0;
         status == IRM_OK && (descriptor = cli_get_nth(context, "descriptor", i)) != NULL; i++) {
        status = irm_registry_add_file(registry, descriptor, error);
    }
    if (status == IRM_OK) {
        status = list_files(context, &files, error);
    }
    if (status == IRM_OK) {
        status = cli_store_open(context, true, &store, error);
    }
    if (status == IRM_OK) {
        status = ingest_each(context, store, registry, ingest, &files, error);
    }
    clear_files(&files);
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
        "A folder that 'irminon fetch' filled stands for the files it lists. What a file "
        "is\n"
        "is recognised from its header; --dataset tells otherwise. One that no "
        "descriptor\n"
        "matches is read by inference with --dataset NAME@VINTAGE.\n\n"
        "Each file becomes one table, whole or not at all; one that is refused does not\n"
        "keep the others out.\n\n"
        "Examples:\n"
        "  irminon ingest store base_cc_comparateur.CSV FILO2019_DISP_COM.csv\n"
        "  irminon ingest store DS_RP_LOGEMENT_PRINC_2023_CSV_FR.zip\n"
        "  xz -dc FD_LOGEMT_2021.csv.xz | irminon ingest store - -d detail-logemt@2021",
    .options = options,
    .run = run,
};
