#include "csv/stored.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "irminon/memory.h"

enum { BLOCK = 1 << 18 };

static int read_some(stored_bytes *stored, void *bytes, size_t size, size_t *got) {
    ssize_t count;
    do {
        count = read(stored->descriptor, bytes, size);
    } while (count < 0 && errno == EINTR);
    *got = count > 0 ? (size_t)count : 0;
    stored->ended = count == 0;
    return count < 0 ? errno : 0;
}

/* Reads the next block ahead, unless some bytes still are; 0 of them at the end. */
static int read_ahead(stored_bytes *stored) {
    if (stored->n_ahead > 0 || stored->ended) {
        return 0;
    }
    if (stored->descriptor < 0) {
        stored->ahead = stored->memory;
        stored->n_ahead = (size_t)stored->size;
        stored->ended = true;
        return 0;
    }
    stored->ahead = stored->block;
    return read_some(stored, stored->block, BLOCK, &stored->n_ahead);
}

static bool starts_with(const stored_bytes *stored, const char *magic) {
    return stored->n_ahead >= 2 && memcmp(stored->ahead, magic, 2) == 0;
}

static irm_status prepare(stored_bytes *stored, const char *name, irm_error *error) {
    if (stored->descriptor >= 0) {
        stored->block = irm_calloc(BLOCK, 1);
        if (stored->block == NULL) {
            return irm_fail_memory(error);
        }
    }
    int problem = read_ahead(stored);
    if (problem != 0) {
        return irm_fail_at(error, IRM_STATUS_IO, name, 0, 0, NULL, "cannot read: %s",
                           strerror(problem));
    }
    if (stored->n_ahead == 0) {
        return irm_fail_at(error, IRM_STATUS_DATA, name, 0, 0, NULL, "the file is empty");
    }
    stored->gzip = starts_with(stored, "\x1f\x8b");
    if (!stored->gzip) {
        return IRM_OK;
    }
    stored->inflated = irm_calloc(BLOCK, 1);
    enum { GZIP_WINDOW = 15 + 16 };
    if (stored->inflated == NULL ||
        inflateInit2(&stored->inflater, GZIP_WINDOW) != Z_OK) {
        irm_free(stored->inflated);
        stored->inflated = NULL; /* tells that the inflater is not to be ended */
        return irm_fail_memory(error);
    }
    return IRM_OK;
}

irm_status stored_open_path(stored_bytes *stored, const char *path, irm_error *error) {
    bool standard = strcmp(path, "-") == 0;
    const char *name = standard ? "<stdin>" : path;
    *stored = (stored_bytes){.descriptor = STDIN_FILENO, .borrowed = standard};
    if (!standard) {
        stored->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    }
    struct stat info;
    if (stored->descriptor < 0 || fstat(stored->descriptor, &info) != 0) {
        irm_status code = errno == ENOENT ? IRM_STATUS_NOT_FOUND : IRM_STATUS_IO;
        return irm_fail_at(error, code, name, 0, 0, NULL, "cannot open: %s",
                           strerror(errno));
    }
    if (S_ISDIR(info.st_mode)) {
        return irm_fail_at(error, IRM_STATUS_IO, name, 0, 0, NULL,
                           "is a folder; expected a file");
    }
    stored->regular =
        S_ISREG(info.st_mode) && lseek(stored->descriptor, 0, SEEK_CUR) == 0;
    stored->size = stored->regular ? (uint64_t)info.st_size : 0;
    return prepare(stored, name, error);
}

irm_status stored_open_memory(stored_bytes *stored, const void *bytes, size_t size,
                              const char *name, irm_error *error) {
    *stored =
        (stored_bytes){.descriptor = -1, .memory = bytes, .size = size, .regular = true};
    return prepare(stored, name, error);
}

void stored_clear(stored_bytes *stored) {
    if (stored->inflated != NULL) {
        inflateEnd(&stored->inflater);
    }
    if (stored->descriptor >= 0 && !stored->borrowed) {
        close(stored->descriptor);
    }
    irm_free(stored->block);
    irm_free(stored->inflated);
    *stored = (stored_bytes){.descriptor = -1};
}

bool stored_rewind(stored_bytes *stored) {
    if (!stored->regular || stored->gzip ||
        (stored->descriptor >= 0 && lseek(stored->descriptor, 0, SEEK_SET) != 0)) {
        return false;
    }
    stored->position = stored->n_ahead = 0;
    stored->ended = false;
    return read_ahead(stored) == 0;
}

int stored_read(stored_bytes *stored, void *bytes, size_t size, size_t *got) {
    int problem = 0;
    *got = stored->n_ahead < size ? stored->n_ahead : size;
    if (*got > 0) {
        memcpy(bytes, stored->ahead, *got);
        stored->ahead += *got;
        stored->n_ahead -= *got;
    } else if (!stored->ended) {
        problem = read_some(stored, bytes, size, got);
    }
    stored->position += *got;
    return problem;
}

static la_ssize_t give_plain(struct archive *archive, void *context, const void **bytes) {
    stored_bytes *stored = context;
    int problem = read_ahead(stored);
    if (problem != 0) {
        archive_set_error(archive, problem, "%s", strerror(problem));
        return ARCHIVE_FATAL;
    }
    size_t given = stored->n_ahead;
    *bytes = stored->ahead;
    stored->position += given;
    stored->n_ahead = 0;
    return (la_ssize_t)given;
}

/* Inflates some of what is ahead. False at the end of a member, or on an error, told. */
static bool inflate_some(stored_bytes *stored, struct archive *archive, bool *failed) {
    z_stream *z = &stored->inflater;
    /* zlib counts in unsigned int, memory may be larger. */
    uInt piece = stored->n_ahead < BLOCK ? (uInt)stored->n_ahead : BLOCK;
    z->next_in = stored->ahead;
    z->avail_in = piece;
    int outcome = inflate(z, Z_NO_FLUSH);
    size_t used = piece - z->avail_in;
    stored->ahead += used;
    stored->n_ahead -= used;
    stored->position += used;
    stored->in_member = outcome != Z_STREAM_END;
    if (outcome == Z_STREAM_END) {
        inflateReset(z);
        return false;
    }
    *failed = outcome != Z_OK && outcome != Z_BUF_ERROR;
    if (*failed) {
        archive_set_error(archive, outcome == Z_MEM_ERROR ? ENOMEM : EINVAL, "gzip: %s",
                          z->msg != NULL ? z->msg : "bad data");
    }
    return !*failed;
}

/* Zero bytes after a member are padding. */
static void skip_padding(stored_bytes *stored) {
    while (stored->n_ahead > 0 && *stored->ahead == 0) {
        stored->ahead++;
        stored->n_ahead--;
        stored->position++;
    }
}

static la_ssize_t give_inflated(struct archive *archive, void *context,
                                const void **bytes) {
    stored_bytes *stored = context;
    z_stream *z = &stored->inflater;
    z->next_out = stored->inflated;
    z->avail_out = BLOCK;
    while (z->avail_out > 0) {
        int problem = read_ahead(stored);
        if (problem != 0) {
            archive_set_error(archive, problem, "%s", strerror(problem));
            return ARCHIVE_FATAL;
        }
        if (stored->position > 0 && !stored->in_member) {
            skip_padding(stored);
        }
        if (stored->n_ahead == 0 && stored->ended) {
            break;
        }
        bool failed = false;
        if (stored->n_ahead > 0 && !inflate_some(stored, archive, &failed) && failed) {
            return ARCHIVE_FATAL;
        }
    }
    size_t given = BLOCK - z->avail_out;
    if (given == 0 && stored->in_member) {
        archive_set_error(archive, EINVAL,
                          "gzip: the file ends in the middle of its data");
        return ARCHIVE_FATAL;
    }
    *bytes = stored->inflated;
    return (la_ssize_t)given;
}

int stored_feed(stored_bytes *stored, struct archive *archive) {
    /* A zip's directory is at its end: libarchive seeks to it where it can. */
    if (stored->regular && starts_with(stored, "PK")) {
        if (stored->descriptor < 0) {
            return archive_read_open_memory(archive, stored->memory,
                                            (size_t)stored->size);
        }
        if (lseek(stored->descriptor, 0, SEEK_SET) != 0) {
            archive_set_error(archive, errno, "%s", strerror(errno));
            return ARCHIVE_FATAL;
        }
        return archive_read_open_fd(archive, stored->descriptor, BLOCK);
    }
    return archive_read_open(archive, stored, NULL,
                             stored->gzip ? give_inflated : give_plain, NULL);
}

uint64_t stored_position(const stored_bytes *stored, struct archive *archive) {
    if (stored->position > 0) {
        return stored->position;
    }
    la_int64_t consumed = archive_filter_bytes(archive, -1);
    return consumed > 0 ? (uint64_t)consumed : 0;
}
