/* The folder of a store: its tables as they were when last looked at, and its changes.
 * Internal to the store. */
#ifndef IRMINON_STORE_FOLDER_H
#define IRMINON_STORE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "irminon/store.h"

/* A table file, as it was when its schema was read. */
typedef struct irm_entry {
    char *file; /* its name in tables/, without ".h5": the table's name, escaped */
    struct stat info;
    irm_table schema;
} irm_entry;

/* A table file that cannot be read, and why. */
typedef struct irm_damage {
    char *file, *name; /* as of an entry; the name unescaped */
    irm_error error;
} irm_damage;

struct irm_store {
    char *path, *tables, *links, *lock;
    size_t threads;
    irm_entry **entries; /* in the order of the files' names; each stays where it is, so
                            that a schema lent out holds until its own table changes */
    size_t count;
    irm_damage **damaged; /* in the order of the files' names */
    size_t n_damaged;
};

/* True of what reading a file may meet that is the file's fault. */
bool irm_damage_of(irm_status status);
/* Notes what reading tables/FILE.h5 met; forgets it (NULL: all of it); looks for it by
 * the table's name, NULL where nothing was met. */
irm_status irm_damage_note(irm_store *store, const char *file, const irm_error *met,
                           irm_error *error);
void irm_damage_forget(irm_store *store, const char *file);
const irm_damage *irm_damage_find(const irm_store *store, const char *name);

void irm_entry_free(irm_entry *entry);
void irm_names_free(char **names, size_t count);
bool irm_ends_with(const char *text, const char *end);

/* "STORE/tables/FILE.h5", allocated, or NULL. */
char *irm_store_table_path(const irm_store *store, const char *file);
/* Names of the table files, without ".h5", sorted by byte. */
irm_status irm_store_list_files(const irm_store *store, char ***names, size_t *count,
                                irm_error *error);

/* The entry of the table file at `path`, which is (or will be) tables/FILE.h5; and of
 * tables/FILE.h5 itself. */
irm_status irm_entry_read(const char *path, const char *file, irm_entry **made,
                          irm_error *error);
irm_status irm_entry_read_file(const irm_store *store, const char *file, irm_entry **made,
                               irm_error *error);
/* True when the table's file is still the one that was read. */
bool irm_entry_is_current(const irm_store *store, const irm_entry *entry);

/* Index of the entry of that file, or the number of entries. */
size_t irm_entries_index(const irm_store *store, const char *file);
/* By the table's name: NULL when absent, or with an error that suggests the nearest. */
irm_entry *irm_entries_find(const irm_store *store, const char *name);
irm_status irm_entries_need(const irm_store *store, const char *name, irm_entry **found,
                            irm_error *error);
/* Makes room for one more entry, so that keeping it cannot fail. */
irm_status irm_entries_reserve(irm_store *store, irm_error *error);
/* Puts an entry where it belongs, in place of the one it replaces; takes it. */
void irm_entries_keep(irm_store *store, irm_entry *added);
void irm_entries_drop(irm_store *store, size_t at);
/* Brings the entries up to date with the folder; only files that changed are opened. One
 * that cannot be read is noted as damaged. */
irm_status irm_entries_refresh(irm_store *store, irm_error *error);

/* Makes tables/ where it is missing, and store.h5 as the tables are, should a change have
 * been cut short. */
irm_status irm_store_heal(irm_store *store, irm_error *error);

#endif
