/* A file brought whole: attempts, parts that are gone on with, verification, and its line
 * in sources.json. */
#include "download/download.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "irminon/files.h"
#include "irminon/memory.h"

enum { LONGEST_WAIT_MS = 60000, STEP_MS = 50 };

struct irm_downloader {
    irm_download_options options;
    const irm_reporter *reporter;
    char *folder;
    irm_manifest manifest;
    irm_lock lock;
    transfer *connection; /* NULL until something is asked for */
    bool asked;           /* a request was made before */
};

/* A file under way. */
typedef struct work {
    irm_downloader *by;
    const irm_official *source;
    char *url;               /* as it is asked for */
    char *path, *part, *tag; /* FOLDER/FILE, FOLDER/.FILE.part and .FILE.tag */
    transfer_answer answer;
} work;

static irm_status lock_folder(irm_downloader *made, irm_error *error) {
    char *path = irm_path_join(made->folder, ".lock");
    irm_status status =
        path == NULL ? irm_fail_memory(error) : irm_lock_take(&made->lock, path, error);
    irm_free(path);
    return status;
}

irm_status irm_downloader_new(const char *folder, const irm_download_options *options,
                              const irm_reporter *reporter, irm_downloader **downloader,
                              irm_error *error) {
    irm_downloader *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->options = *options;
    made->reporter = reporter;
    made->lock.descriptor = -1;
    made->folder = irm_strdup(folder);
    irm_status status =
        made->folder == NULL ? irm_fail_memory(error) : irm_make_directory(folder, error);
    if (status == IRM_OK) {
        status = lock_folder(made, error);
    }
    if (status == IRM_OK) {
        status = irm_manifest_read(folder, &made->manifest, error);
    }
    if (status != IRM_OK) {
        irm_downloader_free(made);
        return status;
    }
    *downloader = made;
    return IRM_OK;
}

void irm_downloader_free(irm_downloader *downloader) {
    if (downloader == NULL) {
        return;
    }
    transfer_close(downloader->connection);
    irm_manifest_clear(&downloader->manifest);
    irm_lock_release(&downloader->lock);
    irm_free(downloader->folder);
    irm_free(downloader);
}

/* "BASE/api.insee.fr/melodi/…" of "https://api.insee.fr/melodi/…". */
static char *asked_url(const irm_downloader *by, const char *url) {
    const char *base = by->options.base_url, *host = strstr(url, "://");
    if (base == NULL || host == NULL) {
        return irm_strdup(url);
    }
    size_t length = strlen(base);
    while (length > 0 && base[length - 1] == '/') {
        length--;
    }
    irm_buffer text = {0};
    irm_buffer_add(&text, base, length);
    irm_buffer_format(&text, "/%s", host + 3);
    return irm_buffer_take(&text);
}

static char *hidden(const irm_downloader *by, const char *file, const char *end) {
    irm_buffer path = {0};
    irm_buffer_format(&path, "%s/.%s%s", by->folder, file, end);
    return irm_buffer_take(&path);
}

static irm_status begin(work *w, irm_error *error) {
    const irm_official *source = w->source;
    w->url = asked_url(w->by, source->url);
    w->path = irm_path_join(w->by->folder, source->file);
    w->part = hidden(w->by, source->file, ".part");
    w->tag = hidden(w->by, source->file, ".tag");
    return w->url == NULL || w->path == NULL || w->part == NULL || w->tag == NULL
               ? irm_fail_memory(error)
               : IRM_OK;
}

static void end(work *w) {
    irm_free(w->url);
    irm_free(w->path);
    irm_free(w->part);
    irm_free(w->tag);
}

static void drop_part(const work *w) {
    unlink(w->part);
    unlink(w->tag);
}

/* Waits, looking now and then whether to stop. */
static irm_status pause_for(const irm_downloader *by, unsigned milliseconds,
                            irm_error *error) {
    for (unsigned left = milliseconds; left > 0;) {
        unsigned step = left < STEP_MS ? left : STEP_MS;
        struct timespec time = {.tv_nsec = (long)step * 1000000};
        IRM_TRY(irm_check_stop(by->reporter, error));
        nanosleep(&time, NULL);
        left -= step;
    }
    return irm_check_stop(by->reporter, error);
}

/* What the part that is there belongs to: "URL\nVALIDATOR\n". False where it cannot be
 * gone on with. */
static bool read_tag(const work *w, char *validator, size_t size) {
    irm_buffer text = {0};
    bool known = irm_path_exists(w->part) && irm_path_exists(w->tag) &&
                 irm_read_file(w->tag, &text, NULL) == IRM_OK && text.data != NULL;
    size_t length = strlen(w->url);
    known = known && strncmp(text.data, w->url, length) == 0 && text.data[length] == '\n';
    if (known) {
        snprintf(validator, size, "%s", text.data + length + 1);
        validator[strcspn(validator, "\n")] = '\0';
        known = *validator != '\0';
    }
    irm_buffer_clear(&text);
    return known;
}

static irm_status write_tag(const work *w, irm_error *error) {
    irm_buffer text = {0};
    if (w->answer.validator[0] == '\0') {
        unlink(w->tag);
        return IRM_OK;
    }
    irm_buffer_format(&text, "%s\n%s\n", w->url, w->answer.validator);
    irm_status status = text.failed ? irm_fail_memory(error)
                                    : irm_write_file(w->tag, text.data, text.size, error);
    irm_buffer_clear(&text);
    return status;
}

/* One request, from where the part that is there ends. */
static irm_status attempt(work *w, irm_error *error) {
    char validator[256];
    bool known = read_tag(w, validator, sizeof validator);
    FILE *to = fopen(w->part, known ? "ab" : "wb");
    if (to == NULL) {
        return irm_fail_at(error, IRM_STATUS_IO, w->path, 0, 0, NULL, "cannot write: %s",
                           strerror(errno));
    }
    fseek(to, 0, SEEK_END);
    long at = ftell(to);
    uint64_t from = at > 0 ? (uint64_t)at : 0;
    irm_status status =
        transfer_get(w->by->connection, w->url, w->path, w->source->file, to, from,
                     from > 0 ? validator : NULL, &w->answer, error);
    if (fclose(to) != 0 && status == IRM_OK) {
        status = irm_fail_at(error, IRM_STATUS_IO, w->path, 0, 0, NULL,
                             "cannot write: %s", strerror(errno));
    }
    if (w->answer.start_again || w->answer.full) {
        drop_part(w);
    } else if (status != IRM_OK && w->answer.body) {
        write_tag(w, NULL); /* without it, the next attempt starts again */
    }
    return status;
}

/* How long before another attempt: doubled each time, or as the server asks. */
static unsigned wait_before(const work *w, unsigned tried) {
    unsigned wait = w->by->options.wait_ms;
    for (unsigned i = 0; i < tried && wait < LONGEST_WAIT_MS; i++) {
        wait *= 2;
    }
    unsigned asked = w->by->options.wait_ms > 0 ? w->answer.wait_s * 1000 : 0;
    wait = asked > wait ? asked : wait;
    return wait < LONGEST_WAIT_MS ? wait : LONGEST_WAIT_MS;
}

static irm_status attempts(work *w, irm_error *error) {
    irm_downloader *by = w->by;
    irm_error met = {0};
    if (by->connection == NULL) {
        IRM_TRY(transfer_open(&by->options, by->reporter, &by->connection, error));
    }
    for (unsigned tried = 0;; tried++) {
        IRM_TRY(pause_for(by, by->asked ? by->options.pause_ms : 0, error));
        by->asked = true;
        irm_status status = attempt(w, &met);
        if (status == IRM_OK) {
            return IRM_OK;
        }
        if (!w->answer.may_pass || tried == by->options.retries) {
            if (error != NULL) {
                *error = met;
            }
            if (tried > 0) {
                irm_error_prefix(error, "after %u attempts: ", tried + 1);
            }
            return status;
        }
        irm_warn(by->reporter, "%s: %s; trying again", w->source->file, met.message);
        IRM_TRY(pause_for(by, wait_before(w, tried), error));
    }
}

/* Where the file is there already: as it was brought, or not ours to replace. */
static irm_status look_present(const work *w, bool *present, irm_error *error) {
    const irm_fetched *entry = irm_manifest_find(&w->by->manifest, w->source->file);
    char sha256[65];
    uint64_t size;
    *present = false;
    if (w->by->options.refresh || !irm_path_exists(w->path)) {
        return IRM_OK;
    }
    if (entry != NULL && strcmp(entry->url, w->url) == 0) {
        IRM_TRY(verify_digest(w->path, sha256, &size, error));
        *present = strcmp(sha256, entry->sha256) == 0;
    }
    return *present
               ? IRM_OK
               : irm_fail_at(error, IRM_STATUS_EXISTS, w->path, 0, 0, NULL,
                             "is there already, and is not what was fetched from %s; "
                             "--refresh replaces it",
                             w->url);
}

/* Verifies what came, puts it in its place and in the list. */
static irm_status settle(work *w, irm_error *error) {
    char sha256[65];
    uint64_t size;
    IRM_TRY(verify_body(w->part, w->source->file, w->answer.type, w->url, error));
    IRM_TRY(verify_digest(w->part, sha256, &size, error));
    IRM_TRY(irm_rename_into_place(w->part, w->path, error));
    unlink(w->tag);
    irm_fetched made = {.file = w->source->file,
                        .dataset = w->source->dataset,
                        .url = w->url,
                        .sha256 = sha256,
                        .published = w->answer.published,
                        .producer = w->source->producer,
                        .licence = w->source->licence,
                        .vintage = w->source->vintage,
                        .size = size};
    IRM_TRY(manifest_put(&w->by->manifest, &made, error));
    return irm_manifest_write(w->by->folder, &w->by->manifest, error);
}

static irm_status bring(work *w, bool *brought, irm_error *error) {
    bool present;
    IRM_TRY(begin(w, error));
    IRM_TRY(look_present(w, &present, error));
    if (present) {
        return IRM_OK;
    }
    irm_status status = attempts(w, error);
    if (status == IRM_OK) {
        status = settle(w, error);
        if (status != IRM_OK) {
            drop_part(w);
        }
    } else if (!irm_path_exists(w->tag)) {
        unlink(w->part); /* nothing tells of what it is a part */
    }
    *brought = status == IRM_OK;
    return status;
}

irm_status irm_download(irm_downloader *downloader, const irm_official *source,
                        const irm_fetched **fetched, bool *brought, irm_error *error) {
    work w = {.by = downloader, .source = source};
    *fetched = NULL;
    *brought = false;
    irm_status status = bring(&w, brought, error);
    if (status == IRM_OK) {
        *fetched = irm_manifest_find(&downloader->manifest, source->file);
    }
    end(&w);
    return status;
}
