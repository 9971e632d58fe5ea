/* What a downloaded file must be before it takes its place. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <nettle/sha2.h>
#include <string.h>
#include <strings.h>

#include "download/download.h"
#include "irminon/files.h"

enum { LOOKED_AT = 1024, BLOCK = 65536 };

static irm_status cannot_read(const char *path, irm_error *error) {
    return irm_fail_at(error, IRM_STATUS_IO, path, 0, 0, NULL, "cannot read: %s",
                       strerror(errno));
}

irm_status verify_digest(const char *path, char sha256[65], uint64_t *size,
                         irm_error *error) {
    unsigned char block[BLOCK], digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx context;
    size_t got;
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        return cannot_read(path, error);
    }
    sha256_init(&context);
    *size = 0;
    while ((got = fread(block, 1, sizeof block, stream)) > 0) {
        sha256_update(&context, got, block);
        *size += got;
    }
    irm_status status = ferror(stream) ? cannot_read(path, error) : IRM_OK;
    fclose(stream);
    sha256_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        snprintf(sha256 + 2 * i, 3, "%02x", digest[i]);
    }
    return status;
}

static irm_status read_start(const char *path, char start[LOOKED_AT + 1], size_t *size,
                             irm_error *error) {
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        return cannot_read(path, error);
    }
    *size = fread(start, 1, LOOKED_AT, stream);
    start[*size] = '\0';
    irm_status status = ferror(stream) ? cannot_read(path, error) : IRM_OK;
    fclose(stream);
    return status;
}

/* Past a byte-order mark and blanks. */
static const char *first_word(const char *start) {
    start += strncmp(start, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    return start + strspn(start, " \t\r\n");
}

static bool is_page(const char *start, const char *type) {
    const char *word = first_word(start);
    return strncasecmp(word, "<!doctype", 9) == 0 || strncasecmp(word, "<html", 5) == 0 ||
           strncasecmp(word, "<?xml", 5) == 0 || strncasecmp(type, "text/html", 9) == 0;
}

/* The title of a page, which is often its error, or its first words. */
static void page_words(const char *start, char *words, size_t size) {
    const char *title = strstr(start, "<title>");
    title = title != NULL ? title : strstr(start, "<TITLE>");
    const char *from = title != NULL ? title + 7 : first_word(start);
    size_t length = title != NULL ? strcspn(from, "<\r\n") : strcspn(from, "\r\n");
    snprintf(words, size, "%.*s", (int)(length < 80 ? length : 80), from);
}

static irm_status not_data(const char *url, const char *start, const char *what,
                           const char *expected, irm_error *error) {
    char words[100];
    page_words(start, words, sizeof words);
    return irm_fail_at(error, IRM_STATUS_DATA, url, 0, 0, NULL,
                       "the server sent %s instead of %s: %s", what, expected, words);
}

/* Every member of the archive, to its last byte: libarchive holds their checksums. */
static irm_status read_archive(struct archive *archive, const char *url,
                               irm_error *error) {
    char block[BLOCK];
    struct archive_entry *entry;
    size_t members = 0;
    int got = ARCHIVE_OK;
    while (got == ARCHIVE_OK &&
           (got = archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
        la_ssize_t read = 1;
        while (read > 0) {
            read = archive_read_data(archive, block, sizeof block);
        }
        got = read < 0 ? ARCHIVE_FATAL : ARCHIVE_OK;
        members++;
    }
    if (got != ARCHIVE_EOF || members == 0) {
        const char *why = archive_error_string(archive);
        return irm_fail_at(error, IRM_STATUS_DATA, url, 0, 0, NULL,
                           "the archive that came is damaged (%s)",
                           got == ARCHIVE_EOF ? "it is empty"
                           : why != NULL      ? why
                                              : "unknown reason");
    }
    return IRM_OK;
}

/* An archive ends with its directory: libarchive reads one without it all the same. */
static bool has_end(const char *path) {
    enum { END = 22, LONGEST_COMMENT = 65535 };
    static const char mark[] = {'P', 'K', 5, 6};
    char tail[END + LONGEST_COMMENT];
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        return false;
    }
    fseek(stream, 0, SEEK_END);
    long size = ftell(stream);
    long start = size > (long)sizeof tail ? size - (long)sizeof tail : 0;
    fseek(stream, start, SEEK_SET);
    size_t got = fread(tail, 1, sizeof tail, stream);
    fclose(stream);
    for (size_t i = 0; i + END <= got; i++) {
        if (memcmp(tail + i, mark, sizeof mark) == 0) {
            return true;
        }
    }
    return false;
}

static irm_status verify_zip(const char *path, const char *url, irm_error *error) {
    if (!has_end(path)) {
        return irm_fail_at(error, IRM_STATUS_DATA, url, 0, 0, NULL,
                           "the archive that came is damaged (its end is missing)");
    }
    struct archive *archive = archive_read_new();
    if (archive == NULL) {
        return irm_fail_memory(error);
    }
    archive_read_support_format_zip(archive);
    irm_status status = IRM_OK;
    if (archive_read_open_filename(archive, path, BLOCK) != ARCHIVE_OK) {
        status = irm_fail_at(error, IRM_STATUS_DATA, url, 0, 0, NULL,
                             "the archive that came is damaged (%s)",
                             archive_error_string(archive));
    } else {
        status = read_archive(archive, url, error);
    }
    archive_read_free(archive);
    return status;
}

irm_status verify_body(const char *path, const char *name, const char *type,
                       const char *url, irm_error *error) {
    char start[LOOKED_AT + 1];
    size_t size;
    IRM_TRY(read_start(path, start, &size, error));
    bool zip = strcasecmp(irm_path_extension(name), ".zip") == 0;
    const char *expected = zip ? "an archive (.zip)" : "a table";
    bool is_zip = size >= 4 && memcmp(start, "PK\3\4", 4) == 0;
    if (size == 0) {
        return irm_fail_at(error, IRM_STATUS_DATA, url, 0, 0, NULL,
                           "the server sent an empty file");
    }
    if (!is_zip && is_page(start, type)) {
        return not_data(url, start, "a web page", expected, error);
    }
    if (!is_zip && (zip || first_word(start)[0] == '{')) {
        return not_data(url, start, "something else", expected, error);
    }
    if (is_zip && !zip) {
        return irm_fail_at(error, IRM_STATUS_DATA, url, 0, 0, NULL,
                           "the server sent an archive (.zip) instead of a table");
    }
    return zip ? verify_zip(path, url, error) : IRM_OK;
}
