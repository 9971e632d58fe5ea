#include "irminon/store.h"

#include <stdio.h>
#include <string.h>

#include "files.h"
#include "folder.h"
#include "irminon/files.h"
#include "irminon/memory.h"

/* What makes a folder a store: this file, whose only line names the format. */
static const char marker_name[] = "irminon-store";
static const char marker_text[] = "irminon store, format %d\n";

static irm_status check_marker(const char *path, const char *marker, irm_error *error) {
    irm_buffer text = {0};
    int version = 0;
    irm_status status = irm_read_file(marker, &text, error);
    if (status == IRM_OK &&
        (text.data == NULL || sscanf(text.data, marker_text, &version) != 1)) {
        status = irm_fail_at(error, IRM_STATUS_DATA, marker, 0, 0, NULL,
                             "does not say which format the store is in; it should read "
                             "'irminon store, format %d'",
                             IRM_STORE_FORMAT);
    } else if (status == IRM_OK && version > IRM_STORE_FORMAT) {
        status =
            irm_fail_at(error, IRM_STATUS_REFUSED, path, 0, 0, NULL,
                        "this store was made by a newer version of Irminon (format %d; "
                        "this one reads up to %d): update Irminon",
                        version, IRM_STORE_FORMAT);
    }
    irm_buffer_clear(&text);
    return status;
}

/* A folder is empty enough to become a store when nothing is in it, or only what a
 * creation that was cut short leaves. */
static irm_status check_empty(const char *path, irm_error *error) {
    char **names = NULL;
    size_t count = 0;
    IRM_TRY(irm_list_directory(path, &names, &count, error));
    bool empty = true;
    for (size_t i = 0; i < count; i++) {
        empty = empty && strncmp(names[i], ".irminon-store.", 15) == 0;
    }
    irm_names_free(names, count);
    return empty
               ? IRM_OK
               : irm_fail_at(error, IRM_STATUS_USAGE, path, 0, 0, NULL,
                             "this folder is not a store and is not empty; name a new or "
                             "an empty folder");
}

static irm_status create_folder(const char *path, const char *marker, irm_error *error) {
    if (irm_path_exists(path)) {
        if (!irm_path_is_directory(path)) {
            return irm_fail_at(error, IRM_STATUS_USAGE, path, 0, 0, NULL,
                               "not a store: a file has this name");
        }
        IRM_TRY(check_empty(path, error));
    }
    IRM_TRY(irm_make_directory(path, error));
    char text[64];
    int size = snprintf(text, sizeof text, marker_text, IRM_STORE_FORMAT);
    return irm_write_file(marker, text, (size_t)size, error);
}

static irm_status check_folder(const char *path, bool create, irm_error *error) {
    char *marker = irm_path_join(path, marker_name);
    if (marker == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status;
    if (irm_path_exists(marker)) {
        status = check_marker(path, marker, error);
    } else if (create) {
        status = create_folder(path, marker, error);
    } else if (!irm_path_exists(path)) {
        status = irm_fail_at(error, IRM_STATUS_NOT_FOUND, path, 0, 0, NULL,
                             "no such store; `irminon ingest` makes one");
    } else {
        status = irm_fail_at(error, IRM_STATUS_DATA, path, 0, 0, NULL,
                             "not a store: it has no file '%s'", marker_name);
    }
    irm_free(marker);
    return status;
}

irm_status irm_store_open(const char *path, bool create, irm_store **store,
                          irm_error *error) {
    *store = NULL;
    IRM_TRY(check_folder(path, create, error));
    irm_store *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->path = irm_strdup(path);
    made->tables = irm_path_join(path, "tables");
    made->links = irm_path_join(path, "store.h5");
    made->lock = irm_path_join(path, ".lock");
    irm_status status = made->path != NULL && made->tables != NULL &&
                                made->links != NULL && made->lock != NULL
                            ? IRM_OK
                            : irm_fail_memory(error);
    if (status == IRM_OK && create) {
        status = irm_store_heal(made, error);
    }
    if (status == IRM_OK) {
        status = irm_entries_refresh(made, error);
    }
    if (status != IRM_OK) {
        irm_store_free(made);
        return status;
    }
    *store = made;
    return IRM_OK;
}

void irm_store_free(irm_store *store) {
    if (store == NULL) {
        return;
    }
    for (size_t i = 0; i < store->count; i++) {
        irm_entry_free(store->entries[i]);
    }
    irm_free(store->entries);
    irm_damage_forget(store, NULL);
    irm_free(store->damaged);
    irm_free(store->path);
    irm_free(store->tables);
    irm_free(store->links);
    irm_free(store->lock);
    irm_free(store);
}

const char *irm_store_path(const irm_store *store) { return store->path; }

void irm_store_set_threads(irm_store *store, size_t threads) { store->threads = threads; }

size_t irm_store_threads(const irm_store *store) { return store->threads; }

size_t irm_store_count(const irm_store *store) { return store->count; }

const irm_table *irm_store_schema(const irm_store *store, size_t index) {
    return &store->entries[index]->schema;
}

irm_status irm_store_need(const irm_store *store, const char *name,
                          const irm_table **schema, irm_error *error) {
    irm_entry *e = NULL;
    *schema = NULL;
    IRM_TRY(irm_entries_need(store, name, &e, error));
    *schema = &e->schema;
    return IRM_OK;
}

/* The schema of the file as it is now: the one known, or one read again into `fresh`. */
static irm_status current_schema(const irm_store *store, const irm_entry *e,
                                 irm_entry **fresh, const irm_table **schema,
                                 irm_error *error) {
    *fresh = NULL;
    *schema = &e->schema;
    if (!irm_entry_is_current(store, e)) {
        IRM_TRY(irm_entry_read_file(store, e->file, fresh, error));
        *schema = &(*fresh)->schema;
    }
    return IRM_OK;
}

static irm_status read_part(const irm_store *store, const char *name,
                            irm_selection *selection, bool whole, irm_table *table,
                            irm_error *error) {
    *table = (irm_table){0};
    irm_entry *e = NULL, *fresh = NULL;
    const irm_table *schema = NULL;
    IRM_TRY(irm_entries_need(store, name, &e, error));
    IRM_TRY(current_schema(store, e, &fresh, &schema, error));
    char *path = irm_store_table_path(store, e->file);
    irm_status status = path == NULL ? irm_fail_memory(error) : IRM_OK;
    if (whole) {
        selection->count = schema->n_rows;
    } else if (status == IRM_OK &&
               (selection->first > schema->n_rows ||
                selection->count > schema->n_rows - selection->first)) {
        status = irm_fail(
            error, IRM_STATUS_USAGE, "rows %zu to %zu asked of table %s, which has %zu",
            selection->first, selection->first + selection->count, name, schema->n_rows);
    }
    if (status == IRM_OK) {
        status =
            irm_table_file_read(path, schema, selection, store->threads, table, error);
    }
    irm_free(path);
    irm_entry_free(fresh);
    return status;
}

irm_status irm_store_read(const irm_store *store, const char *name,
                          const char *const *columns, size_t n_columns, irm_table *table,
                          irm_error *error) {
    irm_selection selection = {.columns = columns, .n_columns = n_columns};
    return read_part(store, name, &selection, true, table, error);
}

irm_status irm_store_read_rows(const irm_store *store, const char *name,
                               const char *const *columns, size_t n_columns, size_t first,
                               size_t count, irm_table *table, irm_error *error) {
    irm_selection selection = {columns, n_columns, first, count};
    return read_part(store, name, &selection, false, table, error);
}

irm_status irm_table_write_hdf5(const irm_table *table, const char *path,
                                irm_error *error) {
    unsigned char *bytes = NULL;
    size_t size = 0;
    IRM_TRY(irm_table_image(table, 0, &bytes, &size, error));
    irm_status status = irm_write_file(path, (const char *)bytes, size, error);
    irm_free(bytes);
    return status;
}

irm_status irm_tables_write_hdf5(const irm_table *const *tables, size_t count,
                                 const char *path, irm_error *error) {
    unsigned char *bytes = NULL;
    size_t size = 0;
    IRM_TRY(irm_tables_image(tables, count, &bytes, &size, error));
    irm_status status = irm_write_file(path, (const char *)bytes, size, error);
    irm_free(bytes);
    return status;
}
