/* Byte sources: a file, standard input, or a member of an archive, decompressed as it
 * streams (.gz, .xz, .zst, .bz2, .zip), through libarchive. */
#ifndef IRMINON_INPUT_H
#define IRMINON_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct irm_input irm_input;

/* Opens `path` ("-" is standard input). In an archive of several members, `member` is a
 * shell pattern that chooses one ("*_data.csv"), matched against the whole name or what
 * follows its last slash; NULL takes the only regular member, or the first that is not a
 * dictionary of the data ("*_metadata.csv", "meta_*", "varmod*"). Errors: NOT_FOUND or IO
 * naming the path; DATA for an empty file; a directory, an empty file, a spreadsheet and an
 * archive without the member are told apart. */
IRM_API irm_status irm_input_open(const char *path, const char *member, irm_input **input,
                                  irm_error *error);
/* The same over `size` bytes in memory, which must outlive the input; `name` is what
 * messages call it. */
IRM_API irm_status irm_input_open_memory(const void *bytes, size_t size, const char *name,
                                         const char *member, irm_input **input,
                                         irm_error *error);
IRM_API void irm_input_free(irm_input *input);
/* Up to `size` decompressed bytes; *got is 0 at the end only. A truncated or corrupt
 * archive is an IO error. */
IRM_API irm_status irm_input_read(irm_input *input, void *bytes, size_t size, size_t *got,
                                  irm_error *error);
/* Name to show in messages: "base.zip:DS_X_data.csv", "<stdin>", or the path. Borrowed. */
IRM_API const char *irm_input_name(const irm_input *input);
/* Name of the data itself, without folder nor compression suffix: "FILO2019_DISP_COM.csv".
 * Borrowed; "" for standard input. */
IRM_API const char *irm_input_base(const irm_input *input);
/* Bytes consumed of the file as stored, and its size (0 when unknown). */
IRM_API uint64_t irm_input_position(const irm_input *input);
IRM_API uint64_t irm_input_size(const irm_input *input);
/* SHA-256 (64 hex digits and a NUL) of the decompressed bytes read so far, and their
 * number: what lineage records, the same whatever the compression. */
IRM_API void irm_input_digest(const irm_input *input, char sha256[65], uint64_t *size);

#ifdef __cplusplus
}
#endif
#endif
