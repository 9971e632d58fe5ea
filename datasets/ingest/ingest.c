#include "ingest/ingest.h"

#include <string.h>

#include "irminon/conversion.h"
#include "irminon/geometry.h"
#include "irminon/labels.h"
#include "irminon/memory.h"
#include "labels/dictionary.h"

static void clear_builder(builder *from) {
    irm_column *column = &from->column;
    irm_free(column->name);
    irm_free(column->values);
    irm_free(column->codes);
    irm_dict_free(column->categories);
    irm_free(column->marks);
    for (size_t i = 0; i < column->n_markers; i++) {
        irm_free(column->markers[i].text);
    }
    irm_free(column->markers);
    irm_attributes_clear(&column->attributes);
    irm_free(from->markers);
    irm_free(from->guess.values);
    irm_free(from->bytes);
}

static void clear(ingest *in) {
    for (size_t i = 0; i < in->n_builders; i++) {
        clear_builder(&in->builders[i]);
    }
    irm_free(in->builders);
    unique_clear(&in->unique);
    if (in->rejects.open) {
        irm_output_abort(&in->rejects.output);
    }
    for (size_t i = 0; in->scratch != NULL && i < in->workers; i++) {
        irm_free(in->scratch[i]);
    }
    irm_free(in->scratch);
    irm_spool_free(in->spool);
    irm_dictionary_free(in->dictionary);
    irm_csv_free(in->csv);
    irm_input_free(in->input);
}

/* The family asked for may name its delimiter and encoding: nothing to detect then. */
static irm_csv_options csv_options(const irm_registry *registry,
                                   const irm_ingest_options *options) {
    enum { PIECE_BYTES = 512 << 10 }; /* with its cells, in a processor's second cache */
    irm_csv_options csv = {.block_size = PIECE_BYTES};
    if (options != NULL && options->block_size > 0) {
        csv.block_size = options->block_size;
    }
    char id[96];
    const char *asked = options != NULL ? options->dataset : NULL;
    size_t length = asked != NULL ? strcspn(asked, ".@") : 0;
    if (length == 0 || length >= sizeof id) {
        return csv;
    }
    memcpy(id, asked, length);
    id[length] = '\0';
    const irm_descriptor *descriptor = irm_registry_find(registry, id);
    if (descriptor != NULL) {
        csv.encoding = descriptor->head->encoding;
        csv.delimiter =
            descriptor->head->delimiter != NULL ? descriptor->head->delimiter[0] : 0;
    }
    return csv;
}

/* The dictionary that lies beside the data in an archive. One that cannot be read costs
 * its labels, not the data. */
static irm_status read_companion(ingest *in, const char *path, irm_error *error) {
    static const char *const members[] = {"*_metadata.*", "[Mm][Ee][Tt][Aa]_*",
                                          "[Vv][Aa][Rr][Mm][Oo][Dd]*"};
    irm_error met = {0};
    irm_status status = IRM_STATUS_NOT_FOUND;
    bool archive = strcmp(path, "-") != 0 && strcmp(in->name, path) != 0;
    for (size_t i = 0; archive && i < sizeof members / sizeof *members &&
                       status == IRM_STATUS_NOT_FOUND;
         i++) {
        status = irm_dictionary_read(path, members[i], &in->dictionary, &met);
    }
    if (status == IRM_STATUS_NO_MEMORY) {
        return irm_fail_memory(error);
    }
    if (status != IRM_OK && status != IRM_STATUS_NOT_FOUND) {
        irm_warn(in->reporter, "%s: its dictionary is left out: %s", in->name,
                 met.message);
    }
    return IRM_OK;
}

static irm_status read_file(ingest *in, const char *path, irm_table *table,
                            irm_error *error) {
    irm_csv_options csv = csv_options(in->registry, in->options);
    IRM_TRY(irm_input_open(path, NULL, &in->input, error));
    in->name = irm_input_name(in->input);
    IRM_TRY(irm_csv_open(in->input, &csv, &in->csv, error));
    IRM_TRY(ingest_header(in, error));
    IRM_TRY(ingest_rows(in, error));
    IRM_TRY(read_companion(in, path, error));
    irm_shape_kind shape = in->whole != NULL ? in->whole->shape : IRM_TABLE_WIDE;
    IRM_TRY(ingest_finish(in, shape, path, table, error));
    IRM_TRY(reject_close(in, error));
    return totals_check(table, in->spool, in->store, in->reporter, error);
}

static ingest begin(const irm_registry *registry, const irm_ingest_options *options,
                    const irm_reporter *reporter, const char *folder) {
    return (ingest){.registry = registry,
                    .options = options,
                    .reporter = reporter,
                    .folder = folder,
                    .rejects = {.path = options != NULL ? options->rejects : NULL},
                    .key = NO_COLUMN,
                    .level = NO_COLUMN,
                    .period = NO_COLUMN};
}

static irm_status load_file(const irm_registry *registry, const char *path,
                            const irm_ingest_options *options,
                            const irm_reporter *reporter, irm_table *table,
                            irm_error *error) {
    ingest in = begin(registry, options, reporter, NULL);
    irm_status status = read_file(&in, path, table, error);
    if (status == IRM_OK) {
        status = irm_spool_load(in.spool, table, 0, error);
    }
    clear(&in);
    return status;
}

irm_status irm_ingest_file(const irm_registry *registry, const char *path,
                           const irm_ingest_options *options,
                           const irm_reporter *reporter, irm_table *table,
                           irm_error *error) {
    *table = (irm_table){0};
    irm_status status =
        irm_geometry_recognised(path)
            ? ingest_layer(registry, path, options, reporter, table, error)
        : irm_dictionary_recognised(path)
            ? dictionary_table(registry, path, options, reporter, table, error)
            : load_file(registry, path, options, reporter, table, error);
    if (status != IRM_OK) {
        irm_table_clear(table);
    }
    return status;
}

/* A table of communes that states no geography is dated by its codes, where the store
 * knows the communes of each year. */
static irm_status date_table(const irm_store *store, const irm_reporter *reporter,
                             irm_table *table, irm_error *error) {
    const char *level = irm_attributes_get(&table->attributes, "level");
    const char *shape = irm_attributes_get(&table->attributes, "shape");
    bool dated = irm_attributes_integer(&table->attributes, "geography", 0) != 0;
    bool communes = level != NULL && strcmp(level, "com") == 0 && shape != NULL &&
                    strcmp(shape, "geometry") != 0;
    irm_history *history = NULL;
    if (dated || !communes || irm_history_load(store, &history, NULL) != IRM_OK) {
        return IRM_OK;
    }
    int year = 0;
    irm_error why = {0};
    irm_status status = IRM_OK;
    if (irm_history_lists(history)) {
        status = irm_history_date(history, table, NULL, reporter, &year, &why);
    }
    if (status == IRM_OK && year != 0) {
        status = irm_attributes_set_integer(&table->attributes, "geography", year, error);
    } else if (status == IRM_STATUS_DATA) {
        irm_warn(reporter, "%s; it is left without a year", why.message);
        status = IRM_OK;
    } else if (status == IRM_STATUS_NO_MEMORY) {
        status = irm_fail_memory(error);
    } else {
        status = IRM_OK;
    }
    irm_history_free(history);
    return status;
}

irm_status irm_ingest_into(const irm_registry *registry, const char *path,
                           const irm_ingest_options *options,
                           const irm_reporter *reporter, irm_store *store, bool replace,
                           irm_table *table, irm_error *error) {
    *table = (irm_table){0};
    ingest in = begin(registry, options, reporter, irm_store_path(store));
    in.store = store;
    irm_status status = IRM_OK;
    bool layer = irm_geometry_recognised(path);
    if (layer || irm_dictionary_recognised(path)) {
        status = (layer ? ingest_layer : dictionary_table)(registry, path, options,
                                                           reporter, table, error);
        if (status == IRM_OK) {
            status = irm_store_put(store, table, replace, error);
        }
    } else {
        status = read_file(&in, path, table, error);
        if (status == IRM_OK) {
            status = date_table(store, reporter, table, error);
        }
        if (status == IRM_OK) {
            status = irm_store_put_spooled(store, table, in.spool, replace, error);
        }
    }
    clear(&in);
    if (status != IRM_OK) {
        irm_table_clear(table);
    }
    return status;
}
