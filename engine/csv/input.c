#include "irminon/input.h"

#include <archive_entry.h>
#include <errno.h>
#include <fnmatch.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "csv/stored.h"
#include "irminon/files.h"
#include "irminon/memory.h"

struct irm_input {
    struct archive *archive;
    stored_bytes stored;
    char *path; /* as messages show it */
    char *name; /* the path, and the member if any */
    char *base;
    struct sha256_ctx sha256;
    uint64_t n_read;
    bool ended;
    bool direct; /* the bytes are as they are stored: libarchive is not asked */
};

static irm_status fail(const irm_input *input, irm_status code, irm_error *error,
                       const char *message) {
    const char *file = input->name != NULL ? input->name : input->path;
    return irm_fail_at(error, code, file, 0, 0, NULL, "%s", message);
}

/* What libarchive says, in the user's terms. */
static irm_status fail_archive(const irm_input *input, irm_error *error) {
    const char *why = archive_error_string(input->archive);
    const char *file = input->name != NULL ? input->name : input->path;
    int number = archive_errno(input->archive);
    if (number == ENOMEM) {
        return irm_fail_memory(error);
    }
    return irm_fail_at(error, IRM_STATUS_IO, file, 0, 0, NULL,
                       "cannot read: truncated or damaged file (%s)",
                       why != NULL ? why : "unknown reason");
}

/* Formats and filters that libarchive decodes itself: those it would hand to an external
 * program are left out, since the input is not trusted. */
static irm_status open_archive(irm_input *input, irm_error *error) {
    archive_read_free(input->archive);
    input->archive = archive_read_new();
    struct archive *a = input->archive;
    if (a == NULL) {
        return irm_fail_memory(error);
    }
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_format_zip(a);
    archive_read_support_format_raw(a);
    archive_read_support_format_empty(a);
    return stored_feed(&input->stored, a) == ARCHIVE_OK ? IRM_OK
                                                        : fail_archive(input, error);
}

static const char *entry_name(struct archive_entry *entry) {
    const char *name = archive_entry_pathname(entry);
    name = name != NULL ? name : archive_entry_pathname_utf8(entry);
    return name != NULL ? name : "";
}

/* Members that describe the data rather than hold it, or that an operating system left.
 */
static bool is_dictionary(const char *name) {
    const char *base = irm_path_base(name);
    return fnmatch("*_metadata.*", base, 0) == 0 || strncasecmp(base, "meta_", 5) == 0 ||
           strncasecmp(base, "varmod", 6) == 0;
}

static bool is_litter(const char *name) {
    return strncmp(name, "__MACOSX/", 9) == 0 || irm_path_base(name)[0] == '.';
}

/* What a search through an archive met: enough for a useful error. */
typedef struct member_search {
    size_t n_members;
    bool plain; /* not an archive: one stream of bytes */
    bool spreadsheet;
    irm_buffer names; /* the first members, for the message */
    char *found;      /* owned; NULL when no member is wanted */
} member_search;

static void note_member(member_search *search, const char *name) {
    enum { SHOWN = 8 };
    if (search->n_members < SHOWN) {
        irm_buffer_format(&search->names, "%s%s", search->n_members > 0 ? ", " : "",
                          name);
    } else if (search->n_members == SHOWN) {
        irm_buffer_text(&search->names, ", …");
    }
    search->n_members++;
    search->spreadsheet |=
        strcmp(name, "[Content_Types].xml") == 0 || strcmp(name, "content.xml") == 0;
}

static bool wanted(const char *name, const char *member, bool any) {
    if (member != NULL) {
        return fnmatch(member, name, 0) == 0 ||
               fnmatch(member, irm_path_base(name), 0) == 0;
    }
    return any || !is_dictionary(name);
}

/* Moves to the first member that is wanted, if any; `any`: dictionaries are too. */
static irm_status find_member(irm_input *input, const char *member, bool any,
                              member_search *search, irm_error *error) {
    struct archive_entry *entry;
    int got;
    while ((got = archive_read_next_header(input->archive, &entry)) == ARCHIVE_OK ||
           got == ARCHIVE_WARN) {
        const char *name = entry_name(entry);
        search->plain = archive_format(input->archive) == ARCHIVE_FORMAT_RAW;
        if (!search->plain) {
            mode_t type = archive_entry_filetype(entry);
            if ((type != AE_IFREG && type != 0) || is_litter(name)) {
                continue;
            }
            note_member(search, name);
            if (search->spreadsheet || !wanted(name, member, any)) {
                continue;
            }
        }
        search->found = irm_strdup(name);
        return search->found != NULL ? IRM_OK : irm_fail_memory(error);
    }
    return got == ARCHIVE_EOF ? IRM_OK : fail_archive(input, error);
}

static irm_status fail_search(const irm_input *input, const char *member,
                              const member_search *search, irm_error *error) {
    const char *names = search->names.data != NULL ? search->names.data : "";
    if (search->spreadsheet) {
        return fail(input, IRM_STATUS_DATA, error,
                    "is a spreadsheet; expected CSV: export the sheet as CSV (UTF-8)");
    }
    if (search->n_members == 0) {
        bool zip = archive_format(input->archive) == ARCHIVE_FORMAT_ZIP;
        return fail(input, IRM_STATUS_DATA, error,
                    zip ? "the archive holds no file" : "the file is empty");
    }
    if (member != NULL) {
        return irm_fail_at(error, IRM_STATUS_NOT_FOUND, input->path, 0, 0, NULL,
                           "the archive has no member '%s'; it holds %s", member, names);
    }
    return irm_fail_at(error, IRM_STATUS_NOT_FOUND, input->path, 0, 0, NULL,
                       "cannot tell which member is the data; the archive holds %s",
                       names);
}

/* A dictionary is taken after all when it is the only member. */
static irm_status find_again(irm_input *input, member_search *search, irm_error *error) {
    if (!stored_rewind(&input->stored)) {
        return IRM_OK;
    }
    IRM_TRY(open_archive(input, error));
    return find_member(input, NULL, true, search, error);
}

/* The path's last part without a compression suffix. */
static char *plain_base(const char *path) {
    static const char *const suffixes[] = {".gz", ".bz2", ".xz", ".zst"};
    const char *base = irm_path_base(path);
    size_t length = strlen(base);
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        size_t end = strlen(suffixes[i]);
        if (length > end && strcasecmp(base + length - end, suffixes[i]) == 0) {
            return irm_strndup(base, length - end);
        }
    }
    return irm_strdup(base);
}

static irm_status name_data(irm_input *input, const member_search *search,
                            irm_error *error) {
    irm_buffer name = {0};
    irm_buffer_text(&name, input->path);
    if (search->plain) {
        input->base = input->stored.borrowed ? irm_strdup("") : plain_base(input->path);
    } else {
        irm_buffer_format(&name, ":%s", search->found);
        input->base = irm_strdup(irm_path_base(search->found));
    }
    input->name = irm_buffer_take(&name);
    return input->name == NULL || input->base == NULL ? irm_fail_memory(error) : IRM_OK;
}

/* Whether what was found is the file itself, which can be read from its start again. */
static bool read_direct(irm_input *input, const member_search *search) {
    return search->plain &&
           archive_filter_code(input->archive, 0) == ARCHIVE_FILTER_NONE &&
           stored_rewind(&input->stored);
}

static irm_status choose_data(irm_input *input, const char *member, irm_error *error) {
    member_search search = {0};
    irm_status status = open_archive(input, error);
    if (status == IRM_OK) {
        status = find_member(input, member, false, &search, error);
    }
    if (status == IRM_OK && search.found == NULL && member == NULL &&
        search.n_members == 1 && !search.spreadsheet) {
        status = find_again(input, &search, error);
    }
    if (status == IRM_OK) {
        status = search.found != NULL ? name_data(input, &search, error)
                                      : fail_search(input, member, &search, error);
    }
    input->direct = status == IRM_OK && read_direct(input, &search);
    irm_buffer_clear(&search.names);
    irm_free(search.found);
    return status;
}

static irm_status make(const char *path, irm_input **made, irm_error *error) {
    irm_input *input = irm_calloc(1, sizeof *input);
    if (input == NULL) {
        return irm_fail_memory(error);
    }
    input->stored.descriptor = -1;
    sha256_init(&input->sha256);
    input->path = irm_strdup(path);
    if (input->path == NULL) {
        irm_input_free(input);
        return irm_fail_memory(error);
    }
    *made = input;
    return IRM_OK;
}

irm_status irm_input_open(const char *path, const char *member, irm_input **input,
                          irm_error *error) {
    irm_input *made;
    IRM_TRY(make(strcmp(path, "-") == 0 ? "<stdin>" : path, &made, error));
    irm_status status = stored_open_path(&made->stored, path, error);
    if (status == IRM_OK) {
        status = choose_data(made, member, error);
    }
    if (status != IRM_OK) {
        irm_input_free(made);
        return status;
    }
    *input = made;
    return IRM_OK;
}

irm_status irm_input_open_memory(const void *bytes, size_t size, const char *name,
                                 const char *member, irm_input **input,
                                 irm_error *error) {
    irm_input *made;
    IRM_TRY(make(name, &made, error));
    irm_status status = stored_open_memory(&made->stored, bytes, size, name, error);
    if (status == IRM_OK) {
        status = choose_data(made, member, error);
    }
    if (status != IRM_OK) {
        irm_input_free(made);
        return status;
    }
    *input = made;
    return IRM_OK;
}

void irm_input_free(irm_input *input) {
    if (input == NULL) {
        return;
    }
    archive_read_free(input->archive);
    stored_clear(&input->stored);
    irm_free(input->path);
    irm_free(input->name);
    irm_free(input->base);
    irm_free(input);
}

static irm_status read_stored(irm_input *input, void *bytes, size_t size, size_t *got,
                              irm_error *error) {
    int problem = stored_read(&input->stored, bytes, size, got);
    return problem == 0 ? IRM_OK
                        : irm_fail_at(error, IRM_STATUS_IO, input->name, 0, 0, NULL,
                                      "cannot read: %s", strerror(problem));
}

static irm_status read_member(irm_input *input, void *bytes, size_t size, size_t *got,
                              irm_error *error) {
    la_ssize_t count = archive_read_data(input->archive, bytes, size);
    *got = count > 0 ? (size_t)count : 0;
    return count < 0 ? fail_archive(input, error) : IRM_OK;
}

irm_status irm_input_read(irm_input *input, void *bytes, size_t size, size_t *got,
                          irm_error *error) {
    *got = 0;
    if (input->ended || size == 0) {
        return IRM_OK;
    }
    irm_status status = input->direct ? read_stored(input, bytes, size, got, error)
                                      : read_member(input, bytes, size, got, error);
    input->ended = status != IRM_OK || *got == 0;
    IRM_TRY(status);
    sha256_update(&input->sha256, *got, bytes);
    input->n_read += *got;
    return IRM_OK;
}

const char *irm_input_name(const irm_input *input) { return input->name; }

const char *irm_input_base(const irm_input *input) { return input->base; }

uint64_t irm_input_position(const irm_input *input) {
    return stored_position(&input->stored, input->archive);
}

uint64_t irm_input_size(const irm_input *input) { return input->stored.size; }

void irm_input_digest(const irm_input *input, char sha256[65], uint64_t *size) {
    struct sha256_ctx copy = input->sha256; /* taking a digest resets its context */
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(&copy, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        snprintf(sha256 + 2 * i, 3, "%02x", digest[i]);
    }
    *size = input->n_read;
}
