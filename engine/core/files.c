#include "irminon/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "irminon/memory.h"

char *irm_path_join(const char *directory, const char *name) {
    irm_buffer path = {0};
    irm_buffer_text(&path, directory);
    if (path.size > 0 && path.data[path.size - 1] != '/') {
        irm_buffer_text(&path, "/");
    }
    irm_buffer_text(&path, name);
    return irm_buffer_take(&path);
}

const char *irm_path_base(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

const char *irm_path_extension(const char *path) {
    const char *base = irm_path_base(path);
    const char *dot = strrchr(base, '.');
    return dot != NULL && dot != base ? dot : "";
}

bool irm_path_exists(const char *path) {
    struct stat info;
    return stat(path, &info) == 0;
}

bool irm_path_is_directory(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static irm_status io(irm_error *error, const char *path, const char *what) {
    return irm_fail_at(error, IRM_STATUS_IO, path, 0, 0, NULL, "%s: %s", what,
                       strerror(errno));
}

irm_status irm_make_directory(const char *path, irm_error *error) {
    if (*path == '\0') {
        return irm_fail(error, IRM_STATUS_USAGE, "a folder's name is empty");
    }
    char *partial = irm_strdup(path);
    if (partial == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = IRM_OK;
    for (char *p = partial + 1; status == IRM_OK; p++) {
        if (*p == '/' || *p == '\0') {
            char end = *p;
            *p = '\0';
            int problem = mkdir(partial, 0777) != 0 ? errno : 0;
            if (problem != 0 && !irm_path_is_directory(partial)) {
                errno = problem;
                status = io(error, partial, "cannot make this folder");
            }
            *p = end;
            if (end == '\0') {
                break;
            }
        }
    }
    irm_free(partial);
    return status;
}

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

irm_status irm_list_directory(const char *path, char ***names, size_t *count,
                              irm_error *error) {
    *names = NULL;
    *count = 0;
    DIR *directory = opendir(path);
    if (directory == NULL) {
        return io(error, path, "cannot list this folder");
    }
    size_t capacity = 0;
    irm_status status = IRM_OK;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        char *name = irm_strdup(entry->d_name);
        status = name == NULL ? irm_fail_memory(error)
                              : irm_reserve((void **)names, &capacity, *count + 1,
                                            sizeof **names, error);
        if (status != IRM_OK) {
            irm_free(name);
            break;
        }
        (*names)[(*count)++] = name;
    }
    closedir(directory);
    if (status != IRM_OK) {
        for (size_t i = 0; i < *count; i++) {
            irm_free((*names)[i]);
        }
        irm_free(*names);
        *names = NULL;
        *count = 0;
    } else if (*count > 0) {
        qsort(*names, *count, sizeof **names, by_bytes);
    }
    return status;
}

irm_status irm_read_file(const char *path, irm_buffer *buffer, irm_error *error) {
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        return io(error, path, "cannot open");
    }
    char block[65536];
    irm_buffer_add(buffer, "", 0); /* an empty file is an empty text, not NULL */
    for (size_t got; (got = fread(block, 1, sizeof block, stream)) > 0;) {
        irm_buffer_add(buffer, block, got);
    }
    irm_status status = IRM_OK;
    if (ferror(stream)) {
        status = io(error, path, "cannot read");
    } else if (buffer->failed) {
        status = irm_fail_memory(error);
    }
    fclose(stream);
    return status;
}

char *irm_temporary_path(const char *path) {
    irm_buffer name = {0};
    const char *base = irm_path_base(path);
    irm_buffer_add(&name, path, (size_t)(base - path));
    irm_buffer_format(&name, ".%s.%ld.tmp", base, (long)getpid());
    return irm_buffer_take(&name);
}

static bool make_unnamed(const char *folder, int *descriptor) {
    char *name = irm_path_join(folder, ".irminon-XXXXXX");
    *descriptor = name != NULL ? mkstemp(name) : -1;
    if (*descriptor >= 0) {
        fcntl(*descriptor, F_SETFD, FD_CLOEXEC);
        unlink(name);
    }
    irm_free(name);
    return *descriptor >= 0;
}

irm_status irm_temporary_file(int *descriptor, irm_error *error) {
    const char *folder = getenv("TMPDIR");
    bool made =
        folder != NULL && *folder != '\0'
            ? make_unnamed(folder, descriptor)
            : make_unnamed("/var/tmp", descriptor) || make_unnamed("/tmp", descriptor);
    return made ? IRM_OK
                : irm_fail(error, IRM_STATUS_IO,
                           "cannot make a temporary file (TMPDIR tells where): %s",
                           strerror(errno));
}

/* A terminal, /dev/null, a pipe: written to as it is, since renaming a file over it would
 * take its place. */
static bool is_device(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

irm_status irm_output_open(irm_output *output, const char *path, irm_error *error) {
    *output = (irm_output){0};
    output->path = irm_strdup(path);
    if (output->path == NULL) {
        return irm_fail_memory(error);
    }
    if (strcmp(path, "-") == 0) {
        output->stream = stdout;
        return IRM_OK;
    }
    if (is_device(path)) {
        output->stream = fopen(path, "wb");
        if (output->stream == NULL) {
            irm_status status = io(error, path, "cannot write");
            irm_output_abort(output);
            return status;
        }
        return IRM_OK;
    }
    output->temporary = irm_temporary_path(path);
    if (output->temporary == NULL) {
        irm_output_abort(output);
        return irm_fail_memory(error);
    }
    output->stream = fopen(output->temporary, "wb");
    if (output->stream == NULL) {
        irm_status status = io(error, path, "cannot write");
        irm_output_abort(output);
        return status;
    }
    return IRM_OK;
}

irm_status irm_output_write(irm_output *output, const char *data, size_t size,
                            irm_error *error) {
    if (size > 0 && fwrite(data, 1, size, output->stream) != size) {
        return io(error, output->path, "cannot write");
    }
    return IRM_OK;
}

static void release_output(irm_output *output) {
    irm_free(output->path);
    irm_free(output->temporary);
    *output = (irm_output){0};
}

/* Closes the stream, unless it is standard output. */
static bool close_stream(irm_output *output) {
    FILE *stream = output->stream;
    output->stream = NULL;
    return stream == NULL || stream == stdout || fclose(stream) == 0;
}

/* A result can be made again: it need not outlive a power cut. */
static irm_status rename_result(const char *temporary, const char *path,
                                irm_error *error) {
    return rename(temporary, path) == 0
               ? IRM_OK
               : io(error, path, "cannot put the finished file in place");
}

static irm_status commit(irm_output *output, bool lasting, irm_error *error) {
    irm_status status = IRM_OK;
    if (fflush(output->stream) != 0) {
        status = io(error, output->path, "cannot write");
    }
    if (!close_stream(output) && status == IRM_OK) {
        status = io(error, output->path, "cannot write");
    }
    if (output->temporary != NULL) {
        if (status == IRM_OK) {
            status = lasting
                         ? irm_rename_into_place(output->temporary, output->path, error)
                         : rename_result(output->temporary, output->path, error);
        }
        if (status != IRM_OK) {
            unlink(output->temporary);
        }
    }
    release_output(output);
    return status;
}

irm_status irm_output_commit(irm_output *output, irm_error *error) {
    return commit(output, true, error);
}

irm_status irm_output_finish(irm_output *output, irm_error *error) {
    return commit(output, false, error);
}

void irm_output_abort(irm_output *output) {
    bool open = output->stream != NULL;
    close_stream(output);
    if (output->temporary != NULL && open) {
        unlink(output->temporary);
    }
    release_output(output);
}

irm_status irm_write_file(const char *path, const char *data, size_t size,
                          irm_error *error) {
    irm_output output;
    IRM_TRY(irm_output_open(&output, path, error));
    irm_status status = irm_output_write(&output, data, size, error);
    if (status != IRM_OK) {
        irm_output_abort(&output);
        return status;
    }
    return irm_output_commit(&output, error);
}

/* Some file systems cannot flush a folder, or one opened for reading: that is no failure
 * of the data. */
static bool sync_path(const char *path) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    bool done = descriptor >= 0 && (fsync(descriptor) == 0 || errno == EINVAL);
    int problem = errno;
    if (descriptor >= 0) {
        close(descriptor);
    }
    errno = problem;
    return done;
}

/* The folder is flushed too, so that the rename outlives a power cut: its name is made
 * before, so that a file in place is a success. */
irm_status irm_rename_into_place(const char *temporary, const char *path,
                                 irm_error *error) {
    const char *base = irm_path_base(path);
    if (!sync_path(temporary)) {
        return io(error, path, "cannot flush to the disk");
    }
    char *folder =
        base == path ? irm_strdup(".") : irm_strndup(path, (size_t)(base - path));
    if (folder == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = IRM_OK;
    if (rename(temporary, path) != 0) {
        status = io(error, path, "cannot put the finished file in place");
    } else {
        sync_path(folder);
    }
    irm_free(folder);
    return status;
}

irm_status irm_lock_take(irm_lock *lock, const char *path, irm_error *error) {
    lock->descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock->descriptor < 0) {
        return io(error, path, "cannot open the lock");
    }
    while (flock(lock->descriptor, LOCK_EX) != 0) {
        if (errno != EINTR) {
            irm_status status = io(error, path, "cannot take the lock");
            irm_lock_release(lock);
            return status;
        }
    }
    return IRM_OK;
}

void irm_lock_release(irm_lock *lock) {
    if (lock->descriptor >= 0) {
        /* A process forked meanwhile shares the lock: closing alone would leave it held.
         */
        flock(lock->descriptor, LOCK_UN);
        close(lock->descriptor);
    }
    lock->descriptor = -1;
}
