#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "folder.h"
#include "irminon/files.h"
#include "irminon/memory.h"
#include "schema.h"

/* A table to be put: its cells are its own, or a spool's. */
typedef struct content {
    const irm_table *table;
    irm_spool *spool;
} content;

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
        char *path = names[i][0] == '.' && irm_ends_with(names[i], ".tmp")
                         ? irm_path_join(folder, names[i])
                         : NULL;
        if (path != NULL) {
            unlink(path);
        }
        irm_free(path);
    }
    irm_names_free(names, count);
}

static irm_status cannot_write(const char *path, int problem, irm_error *error) {
    return irm_fail_at(error, IRM_STATUS_IO, path, 0, 0, NULL, "cannot write: %s",
                       strerror(problem));
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
    return cannot_write(path, problem, error);
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
    IRM_TRY(irm_store_list_files(store, &files, &count, error));
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
    irm_names_free(files, count);
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

/* store.h5 as the tables are, should a change have been cut short. */
irm_status irm_store_heal(irm_store *store, irm_error *error) {
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

/* Writes a table whose cells are in a spool beside `path`, as write_beside does bytes. */
static irm_status stream_beside(const irm_store *store, const content *what,
                                const char *path, char **temporary, irm_error *error) {
    IRM_TRY(irm_make_directory(store->tables, error));
    char *beside = irm_temporary_path(path);
    if (beside == NULL) {
        return irm_fail_memory(error);
    }
    int descriptor = open(beside, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int problem = descriptor < 0 ? errno : 0;
    irm_status status = IRM_OK;
    if (descriptor >= 0) {
        status = irm_table_stream(what->table, what->spool, store->threads, descriptor,
                                  &problem, error);
        problem = close(descriptor) != 0 && problem == 0 ? errno : problem;
    }
    status = problem != 0 ? cannot_write(path, problem, error) : status;
    if (status == IRM_OK) {
        *temporary = beside;
        return IRM_OK;
    }
    unlink(beside);
    irm_free(beside);
    return status;
}

static irm_status write_table(const irm_store *store, const content *what,
                              const char *path, char **temporary, irm_error *error) {
    if (what->spool != NULL) {
        return stream_beside(store, what, path, temporary, error);
    }
    unsigned char *bytes = NULL;
    size_t size = 0;
    IRM_TRY(irm_table_image(what->table, store->threads, &bytes, &size, error));
    irm_status status = irm_make_directory(store->tables, error);
    if (status == IRM_OK) {
        status = write_beside(path, bytes, size, temporary, error);
    }
    irm_free(bytes);
    return status;
}

/* Writes both files beside and does all that can fail, then renames both: a full disk, or
 * no memory, is met before any change. */
static irm_status put_file(irm_store *store, const content *what, const char *file,
                           const char *path, irm_error *error) {
    char *temporary = NULL, *links = NULL;
    irm_entry *added = NULL;
    irm_status status = write_table(store, what, path, &temporary, error);
    if (status == IRM_OK) {
        status = irm_entry_read(temporary, file, &added, error);
    }
    if (status == IRM_OK) {
        status = irm_entries_reserve(store, error);
    }
    if (status == IRM_OK) {
        status = prepare_links(store, file, NULL, &links, error);
    }
    if (status == IRM_OK) {
        status = irm_rename_into_place(temporary, path, error);
    }
    if (status == IRM_OK) {
        irm_entries_keep(store, added);
        irm_damage_forget(store, file);
        commit_links(store, links);
        irm_free(temporary);
        return IRM_OK;
    }
    irm_entry_free(added);
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

static irm_status put_locked(irm_store *store, const content *what, bool replace,
                             const char *file, const char *path, irm_error *error) {
    irm_lock lock;
    IRM_TRY(take_lock(store, &lock, error));
    sweep(store->tables);
    sweep(store->path);
    irm_status status = irm_entries_refresh(store, error);
    if (status == IRM_OK && !replace && irm_path_exists(path)) {
        status =
            irm_fail(error, IRM_STATUS_EXISTS,
                     "store %s already has the table '%s'; replace it (--replace) or "
                     "remove it first",
                     store->path, what->table->name);
    } else if (status == IRM_OK) {
        status = put_file(store, what, file, path, error);
    }
    irm_lock_release(&lock);
    return status;
}

static irm_status put(irm_store *store, const content *what, bool replace,
                      irm_error *error) {
    const char *name = what->table->name;
    char *file = irm_name_escape(name);
    char *path = file != NULL ? irm_store_table_path(store, file) : NULL;
    irm_status status =
        path == NULL ? irm_fail_memory(error) : check_name(name, file, error);
    if (status == IRM_OK) {
        status = put_locked(store, what, replace, file, path, error);
    }
    irm_free(path);
    irm_free(file);
    return status;
}

irm_status irm_store_put(irm_store *store, const irm_table *table, bool replace,
                         irm_error *error) {
    content what = {table, NULL};
    return put(store, &what, replace, error);
}

irm_status irm_store_put_spooled(irm_store *store, const irm_table *table,
                                 irm_spool *spool, bool replace, irm_error *error) {
    content what = {table, spool};
    return put(store, &what, replace, error);
}

/* `file` is borrowed, and may be that of the entry which goes with it. */
static irm_status remove_file(irm_store *store, const char *file, irm_error *error) {
    char *links = NULL;
    char *path = irm_store_table_path(store, file);
    if (path == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = prepare_links(store, NULL, file, &links, error);
    if (status == IRM_OK && unlink(path) != 0) {
        status = irm_fail_at(error, IRM_STATUS_IO, path, 0, 0, NULL, "cannot remove: %s",
                             strerror(errno));
    }
    if (status == IRM_OK) {
        size_t at = irm_entries_index(store, file);
        if (at < store->count) {
            irm_entries_drop(store, at);
        } else {
            irm_damage_forget(store, file);
        }
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
    irm_entry *e = NULL;
    irm_status status = irm_entries_refresh(store, error);
    const irm_damage *damage = irm_damage_find(store, name);
    if (status == IRM_OK && damage == NULL) {
        status = irm_entries_need(store, name, &e, error);
    }
    if (status == IRM_OK) {
        status = remove_file(store, damage != NULL ? damage->file : e->file, error);
    }
    irm_lock_release(&lock);
    return status;
}
