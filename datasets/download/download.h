/* Download, inside: one attempt (transfer.c), what a body must be (verify.c), and both
 * together (download.c). */
#ifndef IRMINON_DOWNLOAD_DOWNLOAD_H
#define IRMINON_DOWNLOAD_DOWNLOAD_H

#include <stdio.h>

#include "irminon/download.h"

/* A connection, by libcurl: nothing of it is initialised before transfer_open. */
typedef struct transfer transfer;
irm_status transfer_open(const irm_download_options *options,
                         const irm_reporter *reporter, transfer **opened,
                         irm_error *error);
void transfer_close(transfer *of);

/* What one attempt told. Texts are "" where the server told nothing. */
typedef struct transfer_answer {
    bool may_pass;       /* the failure is of those that another attempt may not meet */
    bool start_again;    /* the part is of no use any more */
    bool full;           /* the disk refused to write it */
    unsigned wait_s;     /* asked by the server before another attempt (Retry-After) */
    bool body;           /* the file itself was on its way */
    char validator[256]; /* strong ETag or Last-Modified: what a part can be gone on with
                          */
    char published[16];  /* YYYY-MM-DD */
    char type[128];      /* Content-Type */
} transfer_answer;

/* Asks for `url`, whose first `from` bytes are in `to` and belong to what `validator`
 * names (0 and NULL: nothing yet); appends to `to`, which is emptied first where the
 * server sends the whole. `path` and `what` are told in errors and progress. */
irm_status transfer_get(transfer *of, const char *url, const char *path, const char *what,
                        FILE *to, uint64_t from, const char *validator,
                        transfer_answer *answer, irm_error *error);

/* Adds an entry, or puts it in the place of that of the same file; its texts are copied.
 */
irm_status manifest_put(irm_manifest *manifest, const irm_fetched *entry,
                        irm_error *error);

/* Whether the file at `path` is what `name` (its extension) says and `type` does not
 * deny: no web page instead of data, an archive whole and readable. `url` is told in
 * errors. */
irm_status verify_body(const char *path, const char *name, const char *type,
                       const char *url, irm_error *error);
/* SHA-256 (64 hex digits and a NUL) and size of a file. */
irm_status verify_digest(const char *path, char sha256[65], uint64_t *size,
                         irm_error *error);

#endif
