#include "irminon/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "irminon/files.h"
#include "irminon/memory.h"
#include "schema.h"

/* What makes a folder a store: this file, whose only line names the format. */
static const char marker_name[] = "irminon-store";
static const char marker_text[] = "irminon store, format %d\n";

/* A table file, as it was when its schema was read. */
typedef struct entry {
    char *file; /* its name in tables/, without ".h5": the table's name, escaped */
    struct stat info;
    irm_table schema;
} entry;

struct irm_store {
    char *path, *tables, *links, *lock;
    size_t threads;
    entry **entries; /* in the order of the files' names; each stays where it is, so that
                        a schema lent out holds until its own table changes */
    size_t count;
};

static void clear_entry(entry *e) {
    irm_free(e->file);
    irm_table_clear(&e->schema);
    *e = (entry){0};
}

static void free_entry(entry *e) {
    if (e != NULL) {
        clear_entry(e);
        irm_free(e);
    }
}

static void free_names(char **names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        irm_free(names[i]);
    }
    irm_free(names);
}

static bool ends_with(const char *text, const char *end) {
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0;
}

/* "FOLDER/NAME.h5", allocated, or NULL. */
static char *table_path(const irm_store *store, const char *file) {
    irm_buffer path = {0};
    irm_buffer_format(&path, "%s/%s.h5", store->tables, file);
    return irm_buffer_take(&path);
}

/* Names of the table files, without ".h5", sorted by byte. */
static irm_status list_files(const irm_store *store, char ***names, size_t *count,
                             irm_error *error) {
    *names = NULL;
    *count = 0;
    if (!irm_path_exists(store->tables)) {
        return IRM_OK;
    }
    IRM_TRY(irm_list_directory(store->tables, names, count, error));
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        char *name = (*names)[i];
        if (name[0] != '.' && ends_with(name, ".h5")) {
            name[strlen(name) - 3] = '\0';
            (*names)[kept++] = name;
        } else {
            irm_free(name);
        }
    }
    *count = kept;
    return IRM_OK;
}

static bool same_file(const struct stat *a, const struct stat *b) {
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static irm_status fill_entry(const char *path, const char *file, entry *made,
                             irm_error *error) {
    if (stat(path, &made->info) != 0) {
        return irm_fail_at(error, IRM_STATUS_IO, path, 0, 0, NULL, "cannot read: %s",
                           strerror(errno));
    }
    IRM_TRY(irm_table_file_schema(path, &made->schema, error));
    made->file = irm_strdup(file);
    irm_free(made->schema.name); /* a file that was renamed is a table renamed */
    made->schema.name = irm_name_unescape(file, strlen(file));
    return made->file != NULL && made->schema.name != NULL ? IRM_OK
                                                           : irm_fail_memory(error);
}

/* The entry of the table file at `path`, which is (or will be) tables/FILE.h5. */
static irm_status read_entry(const char *path, const char *file, entry **made,
                             irm_error *error) {
    *made = irm_calloc(1, sizeof **made);
    if (*made == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = fill_entry(path, file, *made, error);
    if (status != IRM_OK) {
        free_entry(*made);
        *made = NULL;
    }
    return status;
}

static irm_status read_file_entry(const irm_store *store, const char *file, entry **made,
                                  irm_error *error) {
    *made = NULL;
    char *path = table_path(store, file);
    irm_status status =
        path == NULL ? irm_fail_memory(error) : read_entry(path, file, made, error);
    irm_free(path);
    return status;
}

/* Index of the entry of that file, or `count`. */
static size_t index_of(const irm_store *store, const char *file) {
    size_t i = 0;
    while (i < store->count && strcmp(store->entries[i]->file, file) != 0) {
        i++;
    }
    return i;
}

/* True when the table's file is still the one that was read. */
static bool is_current(const irm_store *store, const entry *e) {
    struct stat info;
    char *path = table_path(store, e->file);
    bool same = path != NULL && stat(path, &info) == 0 && same_file(&info, &e->info);
    irm_free(path);
    return same;
}

/* Makes room for one more entry, so that keep_entry cannot fail. */
static irm_status reserve_entry(irm_store *store, irm_error *error) {
    entry **grown = irm_realloc(store->entries, store->count + 1, sizeof *grown);
    if (grown == NULL) {
        return irm_fail_memory(error);
    }
    store->entries = grown;
    return IRM_OK;
}

/* Puts an entry where it belongs, in place of the one it replaces. */
static void keep_entry(irm_store *store, entry *added) {
    size_t at = 0;
    while (at < store->count && strcmp(store->entries[at]->file, added->file) < 0) {
        at++;
    }
    entry **place = &store->entries[at];
    if (at < store->count && strcmp((*place)->file, added->file) == 0) {
        free_entry(*place);
    } else {
        memmove(place + 1, place, (store->count - at) * sizeof *place);
        store->count++;
    }
    *place = added;
}

static void drop_entry(irm_store *store, size_t at) {
    free_entry(store->entries[at]);
    store->count--;
    memmove(store->entries + at, store->entries + at + 1,
            (store->count - at) * sizeof *store->entries);
}

/* Forgets the tables whose files are gone (`files` is sorted by byte). */
static void drop_absent(irm_store *store, char *const *files, size_t count) {
    for (size_t i = store->count; i-- > 0;) {
        size_t f = 0;
        while (f < count && strcmp(files[f], store->entries[i]->file) != 0) {
            f++;
        }
        if (f == count) {
            drop_entry(store, i);
        }
    }
}

/* Brings the entries up to date with the folder; only files that changed are opened. */
static irm_status refresh(irm_store *store, irm_error *error) {
    char **files = NULL;
    size_t count = 0;
    IRM_TRY(list_files(store, &files, &count, error));
    irm_status status = IRM_OK;
    for (size_t i = 0; i < count && status == IRM_OK; i++) {
        size_t at = index_of(store, files[i]);
        if (at < store->count && is_current(store, store->entries[at])) {
            continue;
        }
        entry *fresh = NULL;
        status = reserve_entry(store, error);
        if (status == IRM_OK) {
            status = read_file_entry(store, files[i], &fresh, error);
        }
        if (status == IRM_OK) {
            keep_entry(store, fresh);
        }
    }
    if (status == IRM_OK) {
        drop_absent(store, files, count);
    }
    free_names(files, count);
    return status;
}

static irm_status take_lock(const irm_store *store, irm_lock *lock, irm_error *error) {
    irm_status status = irm_lock_take(lock, store->lock, error);
    if (status != IRM_OK) {
        irm_error_prefix(error, "this store cannot be changed: ");
    }
    return status;
}

/* Temporary files of writers that were killed: under the lock, all are. */
static void sweep(const char *folder) {
    char **names = NULL;
    size_t count = 0;
    if (irm_list_directory(folder, &names, &count, NULL) != IRM_OK) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char *path = names[i][0] == '.' && ends_with(names[i], ".tmp")
                         ? irm_path_join(folder, names[i])
                         : NULL;
        if (path != NULL) {
            unlink(path);
        }
        irm_free(path);
    }
    free_names(names, count);
}

/* Writes bytes beside `path`; *temporary is then to be renamed or unlinked, and freed. */
static irm_status write_beside(const char *path, const unsigned char *bytes, size_t size,
                               char **temporary, irm_error *error) {
    *temporary = irm_temporary_path(path);
    if (*temporary == NULL) {
        return irm_fail_memory(error);
    }
    FILE *stream = fopen(*temporary, "wb");
    bool done = stream != NULL && fwrite(bytes, 1, size, stream) == size;
    done = done && fflush(stream) == 0;
    int problem = errno;
    if (stream != NULL && fclose(stream) != 0 && done) {
        problem = errno;
        done = false;
    }
    if (done) {
        return IRM_OK;
    }
    unlink(*temporary);
    irm_free(*temporary);
    *temporary = NULL;
    return irm_fail_at(error, IRM_STATUS_IO, path, 0, 0, NULL, "cannot write: %s",
                       strerror(problem));
}

/* The names that will be there once `added` is and `removed` is not (either may be NULL);
 * `names` is borrowed from `files`. */
static size_t future_names(char **files, size_t count, const char *added,
                           const char *removed, const char **names) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        bool out = (removed != NULL && strcmp(files[i], removed) == 0) ||
                   (added != NULL && strcmp(files[i], added) == 0);
        if (!out) {
            names[n++] = files[i];
        }
    }
    if (added != NULL) {
        names[n++] = added;
    }
    return n;
}

/* Writes store.h5 beside its place, as it will be after the change. *temporary stays NULL
 * when the one in place already tells so. */
static irm_status prepare_links(const irm_store *store, const char *added,
                                const char *removed, char **temporary, irm_error *error) {
    *temporary = NULL;
    char **files = NULL;
    size_t count = 0;
    IRM_TRY(list_files(store, &files, &count, error));
    const char **names = irm_calloc(count + 1, sizeof *names);
    irm_status status = names == NULL ? irm_fail_memory(error) : IRM_OK;
    unsigned char *bytes = NULL;
    size_t size = 0;
    if (status == IRM_OK) {
        size_t n = future_names(files, count, added, removed, names);
        if (!irm_links_match(store->links, names, n)) {
            status = irm_links_image(names, n, &bytes, &size, error);
        }
    }
    if (status == IRM_OK && bytes != NULL) {
        status = write_beside(store->links, bytes, size, temporary, error);
    }
    irm_free(bytes);
    irm_free(names);
    free_names(files, count);
    return status;
}

/* Puts store.h5 in place. A failure here is not one of the change, which is done: the
 * next change heals it. */
static void commit_links(const irm_store *store, char *temporary) {
    if (temporary != NULL &&
        irm_rename_into_place(temporary, store->links, NULL) != IRM_OK) {
        unlink(temporary);
    }
    irm_free(temporary);
}

static void drop_temporary(char *temporary) {
    if (temporary != NULL) {
        unlink(temporary);
    }
    irm_free(temporary);
}

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
    free_names(names, count);
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

/* store.h5 as the tables are, should a change have been cut short. */
static irm_status heal(irm_store *store, irm_error *error) {
    irm_lock lock;
    IRM_TRY(take_lock(store, &lock, error));
    char *temporary = NULL;
    irm_status status = irm_make_directory(store->tables, error);
    if (status == IRM_OK) {
        status = prepare_links(store, NULL, NULL, &temporary, error);
    }
    commit_links(store, temporary);
    irm_lock_release(&lock);
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
        status = heal(made, error);
    }
    if (status == IRM_OK) {
        status = refresh(made, error);
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
        free_entry(store->entries[i]);
    }
    irm_free(store->entries);
    irm_free(store->path);
    irm_free(store->tables);
    irm_free(store->links);
    irm_free(store->lock);
    irm_free(store);
}

const char *irm_store_path(const irm_store *store) { return store->path; }

void irm_store_set_threads(irm_store *store, size_t threads) { store->threads = threads; }

size_t irm_store_count(const irm_store *store) { return store->count; }

const irm_table *irm_store_schema(const irm_store *store, size_t index) {
    return &store->entries[index]->schema;
}

static entry *find_entry(const irm_store *store, const char *name) {
    for (size_t i = 0; i < store->count; i++) {
        if (strcmp(store->entries[i]->schema.name, name) == 0) {
            return store->entries[i];
        }
    }
    return NULL;
}

const irm_table *irm_store_find(const irm_store *store, const char *name) {
    entry *e = find_entry(store, name);
    return e != NULL ? &e->schema : NULL;
}

static irm_status need_entry(const irm_store *store, const char *name, entry **found,
                             irm_error *error) {
    *found = find_entry(store, name);
    if (*found != NULL) {
        return IRM_OK;
    }
    const char **names = irm_calloc(store->count, sizeof *names);
    if (names == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < store->count; i++) {
        names[i] = store->entries[i]->schema.name;
    }
    const char *near = irm_text_suggest(name, names, store->count);
    irm_fail(error, IRM_STATUS_NOT_FOUND, "store %s has no table '%s'%s%s%s", store->path,
             name, near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
             near != NULL ? "'?" : "");
    irm_free(names);
    return IRM_STATUS_NOT_FOUND;
}

irm_status irm_store_need(const irm_store *store, const char *name,
                          const irm_table **schema, irm_error *error) {
    entry *e = NULL;
    *schema = NULL;
    IRM_TRY(need_entry(store, name, &e, error));
    *schema = &e->schema;
    return IRM_OK;
}

static irm_status write_table(const irm_store *store, const irm_table *table,
                              const char *path, char **temporary, irm_error *error) {
    unsigned char *bytes = NULL;
    size_t size = 0;
    IRM_TRY(irm_table_image(table, store->threads, &bytes, &size, error));
    irm_status status = irm_make_directory(store->tables, error);
    if (status == IRM_OK) {
        status = write_beside(path, bytes, size, temporary, error);
    }
    irm_free(bytes);
    return status;
}

/* Writes both files beside and does all that can fail, then renames both: a full disk, or
 * no memory, is met before any change. */
static irm_status put_file(irm_store *store, const irm_table *table, const char *file,
                           const char *path, irm_error *error) {
    char *temporary = NULL, *links = NULL;
    entry *added = NULL;
    irm_status status = write_table(store, table, path, &temporary, error);
    if (status == IRM_OK) {
        status = read_entry(temporary, file, &added, error);
    }
    if (status == IRM_OK) {
        status = reserve_entry(store, error);
    }
    if (status == IRM_OK) {
        status = prepare_links(store, file, NULL, &links, error);
    }
    if (status == IRM_OK) {
        status = irm_rename_into_place(temporary, path, error);
    }
    if (status == IRM_OK) {
        keep_entry(store, added);
        commit_links(store, links);
        irm_free(temporary);
        return IRM_OK;
    }
    free_entry(added);
    drop_temporary(temporary);
    drop_temporary(links);
    return status;
}

static irm_status check_name(const char *name, const char *file, irm_error *error) {
    enum { LONGEST = 200 }; /* leaves room for what a temporary name adds */
    if (*name == '\0' || strlen(file) > LONGEST) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "'%.80s' cannot name a table: a name has 1 to %d bytes", name,
                        LONGEST);
    }
    return IRM_OK;
}

static irm_status put_locked(irm_store *store, const irm_table *table, bool replace,
                             const char *file, const char *path, irm_error *error) {
    irm_lock lock;
    IRM_TRY(take_lock(store, &lock, error));
    sweep(store->tables);
    sweep(store->path);
    irm_status status = refresh(store, error);
    if (status == IRM_OK && !replace && irm_path_exists(path)) {
        status =
            irm_fail(error, IRM_STATUS_EXISTS,
                     "store %s already has the table '%s'; replace it (--replace) or "
                     "remove it first",
                     store->path, table->name);
    } else if (status == IRM_OK) {
        status = put_file(store, table, file, path, error);
    }
    irm_lock_release(&lock);
    return status;
}

irm_status irm_store_put(irm_store *store, const irm_table *table, bool replace,
                         irm_error *error) {
    char *file = irm_name_escape(table->name);
    char *path = file != NULL ? table_path(store, file) : NULL;
    irm_status status =
        path == NULL ? irm_fail_memory(error) : check_name(table->name, file, error);
    if (status == IRM_OK) {
        status = put_locked(store, table, replace, file, path, error);
    }
    irm_free(path);
    irm_free(file);
    return status;
}

static irm_status remove_file(irm_store *store, entry *removed, irm_error *error) {
    char *links = NULL;
    char *path = table_path(store, removed->file);
    if (path == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = prepare_links(store, NULL, removed->file, &links, error);
    if (status == IRM_OK && unlink(path) != 0) {
        status = irm_fail_at(error, IRM_STATUS_IO, path, 0, 0, NULL, "cannot remove: %s",
                             strerror(errno));
    }
    if (status == IRM_OK) {
        drop_entry(store, index_of(store, removed->file));
        commit_links(store, links);
    } else {
        drop_temporary(links);
    }
    irm_free(path);
    return status;
}

irm_status irm_store_remove(irm_store *store, const char *name, irm_error *error) {
    irm_lock lock;
    IRM_TRY(take_lock(store, &lock, error));
    sweep(store->tables);
    sweep(store->path);
    entry *e = NULL;
    irm_status status = refresh(store, error);
    if (status == IRM_OK) {
        status = need_entry(store, name, &e, error);
    }
    if (status == IRM_OK) {
        status = remove_file(store, e, error);
    }
    irm_lock_release(&lock);
    return status;
}

/* The schema of the file as it is now: the one known, or one read again into `fresh`. */
static irm_status current_schema(const irm_store *store, const entry *e, entry **fresh,
                                 const irm_table **schema, irm_error *error) {
    *fresh = NULL;
    *schema = &e->schema;
    if (!is_current(store, e)) {
        IRM_TRY(read_file_entry(store, e->file, fresh, error));
        *schema = &(*fresh)->schema;
    }
    return IRM_OK;
}

static irm_status read_part(const irm_store *store, const char *name,
                            irm_selection *selection, bool whole, irm_table *table,
                            irm_error *error) {
    *table = (irm_table){0};
    entry *e = NULL, *fresh = NULL;
    const irm_table *schema = NULL;
    IRM_TRY(need_entry(store, name, &e, error));
    IRM_TRY(current_schema(store, e, &fresh, &schema, error));
    char *path = table_path(store, e->file);
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
    free_entry(fresh);
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
