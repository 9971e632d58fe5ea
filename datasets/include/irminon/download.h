/* Download: brings published files whose addresses descriptors hold (`fetch:`).
 *
 * A file is written beside its place, verified, then renamed. What an interruption leaves
 * (`.FILE.part`, and `.FILE.tag`, which says of what it is a part) is gone on with by the
 * next attempt where the server allows. `sources.json`, in the folder, says of each file
 * where it comes from, its SHA-256, and the date that its producer gives: never that of
 * the clock. */
#ifndef IRMINON_DOWNLOAD_H
#define IRMINON_DOWNLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/descriptor.h"
#include "irminon/progress.h"
#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An official file: of a family, at a vintage. */
typedef struct irm_official {
    char *dataset;
    int vintage;              /* 0: whatever the producer has today */
    char *url;                /* whole */
    char *file;               /* its name in a folder */
    char *producer, *licence; /* "" where the descriptor tells none */
} irm_official;

/* Zero-initialise; clear when done. */
typedef struct irm_official_list {
    irm_official *items;
    size_t count, capacity;
} irm_official_list;
IRM_API void irm_official_list_clear(irm_official_list *list);
/* Adds what is known of the families whose ids fit `pattern` (shell pattern; NULL: all),
 * in the order of the registry. */
IRM_API irm_status irm_official_known(const irm_registry *registry, const char *pattern,
                                      irm_official_list *list, irm_error *error);
/* Adds what "ID[@VINTAGE]" asks for: without a vintage the newest known. ID may be a
 * shell pattern. NOT_FOUND for an unknown family, one without an address, or a vintage
 * whose address cannot be told; where a family has one address for all its vintages, any
 * year is taken. */
IRM_API irm_status irm_official_find(const irm_registry *registry, const char *asked,
                                     irm_official_list *list, irm_error *error);

/* What sources.json tells of a file. Texts are owned; NULL or 0 where unknown. */
typedef struct irm_fetched {
    char *file, *dataset, *url, *sha256;
    char *published; /* "2026-06-30": Last-Modified, as the server gave it */
    char *producer, *licence;
    int vintage;
    uint64_t size; /* bytes */
} irm_fetched;
/* Zero-initialise; clear when done. */
typedef struct irm_manifest {
    irm_fetched *items; /* in the order of the files' names */
    size_t count, capacity;
} irm_manifest;
/* An absent file is an empty manifest. DATA where it is not what irm_manifest_write
 * wrote. */
IRM_API irm_status irm_manifest_read(const char *folder, irm_manifest *manifest,
                                     irm_error *error);
IRM_API irm_status irm_manifest_write(const char *folder, const irm_manifest *manifest,
                                      irm_error *error);
IRM_API const irm_fetched *irm_manifest_find(const irm_manifest *manifest,
                                             const char *file);
IRM_API void irm_manifest_clear(irm_manifest *manifest);

typedef struct irm_download_options {
    const char *base_url;   /* "http://127.0.0.1:8000": a mirror, asked for BASE/HOST/PATH
                               of   each address; NULL: the addresses themselves */
    const char *proxy;      /* NULL: as the environment says (https_proxy, no_proxy) */
    const char *user_agent; /* NULL: "irminon/VERSION" */
    bool refresh;           /* fetch again what is there */
    unsigned retries;       /* further attempts after a failure that may pass */
    unsigned wait_ms;  /* before the first of them; doubled each time, at most a minute */
    unsigned pause_ms; /* between two requests */
    unsigned stall_s;  /* without a byte: a failure that may pass. 0: 60 */
} irm_download_options;

/* One connection, one request at a time. Holds a lock on the folder, which it makes. */
typedef struct irm_downloader irm_downloader;
IRM_API irm_status irm_downloader_new(const char *folder,
                                      const irm_download_options *options,
                                      const irm_reporter *reporter,
                                      irm_downloader **downloader, irm_error *error);
IRM_API void irm_downloader_free(irm_downloader *downloader);
/* Brings one file and adds it to sources.json; *fetched is lent until the next call.
 * *brought is false where it was there already, unchanged. Errors: NOT_FOUND (404, 410),
 * IO (network, TLS, other answers, disk), DATA (the body is not what was asked for: a web
 * page, a damaged archive), EXISTS (another file has its name, or it was changed since),
 * INTERRUPTED. */
IRM_API irm_status irm_download(irm_downloader *downloader, const irm_official *source,
                                const irm_fetched **fetched, bool *brought,
                                irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
