/* Files: paths, whole reads, and outputs that appear whole or not at all. */
#ifndef IRMINON_FILES_H
#define IRMINON_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "irminon/status.h"
#include "irminon/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* "directory/name", allocated (irm_free), or NULL without memory. */
IRM_API char *irm_path_join(const char *directory, const char *name);
/* What follows the last slash; borrowed. */
IRM_API const char *irm_path_base(const char *path);
/* ".csv" of "a/b.csv", "" without one; borrowed. */
IRM_API const char *irm_path_extension(const char *path);
IRM_API bool irm_path_exists(const char *path);
IRM_API bool irm_path_is_directory(const char *path);
/* Creates a directory and its parents; an existing one is fine. */
IRM_API irm_status irm_make_directory(const char *path, irm_error *error);
/* Names in a directory (not "." nor ".."), sorted by byte; free each and the list. */
IRM_API irm_status irm_list_directory(const char *path, char ***names, size_t *count,
                                      irm_error *error);

/* Reads a whole file into a buffer. */
IRM_API irm_status irm_read_file(const char *path, irm_buffer *buffer, irm_error *error);

/* An output that is renamed into place by commit and leaves nothing behind when aborted.
 * Written beside its destination; the path "-" is standard output, and what is no regular
 * file (/dev/null, a pipe) is written to directly. */
typedef struct irm_output {
    FILE *stream;
    char *path;
    char *temporary; /* NULL for standard output and devices */
} irm_output;

IRM_API irm_status irm_output_open(irm_output *output, const char *path, irm_error *error);
IRM_API irm_status irm_output_write(irm_output *output, const char *data, size_t size,
                                    irm_error *error);
/* Flushes to the disk, then renames. A full disk is told here at the latest. */
IRM_API irm_status irm_output_commit(irm_output *output, irm_error *error);
/* The same of a result that can be made again, without waiting for the disk: it appears whole
 * whatever stops the program, but a power cut soon after may lose it. */
IRM_API irm_status irm_output_finish(irm_output *output, irm_error *error);
IRM_API void irm_output_abort(irm_output *output);
/* The whole of `data`, in one call. */
IRM_API irm_status irm_write_file(const char *path, const char *data, size_t size,
                                  irm_error *error);

/* A path beside `path` that no other process uses, for a library that writes by name;
 * allocated. Commit renames it over `path` after flushing it to the disk. */
IRM_API char *irm_temporary_path(const char *path);
IRM_API irm_status irm_rename_into_place(const char *temporary, const char *path,
                                         irm_error *error);

/* A file without a name, whose room is given back when it is closed: in TMPDIR where that is
 * set, else in /var/tmp, which is on a disk, or /tmp. */
IRM_API irm_status irm_temporary_file(int *descriptor, irm_error *error);

/* An exclusive lock on a file (created when absent), waited for; release closes it. */
typedef struct irm_lock {
    int descriptor;
} irm_lock;
IRM_API irm_status irm_lock_take(irm_lock *lock, const char *path, irm_error *error);
IRM_API void irm_lock_release(irm_lock *lock);

#ifdef __cplusplus
}
#endif
#endif
