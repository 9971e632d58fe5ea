#include <archive.h>
#include <archive_entry.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "sample/country.h"

static irm_status archive_fail(struct archive *archive, const char *path,
                               irm_error *error) {
    const char *why = archive_error_string(archive);
    return irm_fail_at(error, IRM_STATUS_IO, path, 0, 0, NULL, "cannot write: %s",
                       why == NULL ? "unknown reason" : why);
}

static irm_status add_member(struct archive *archive, const char *path, const char *name,
                             const irm_buffer *content, irm_error *error) {
    struct archive_entry *entry = archive_entry_new();
    if (entry == NULL || content->failed) {
        archive_entry_free(entry);
        return irm_fail_memory(error);
    }
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (la_int64_t)content->size);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    /* No time: a date in a zip is of the writer's time zone. */
    archive_entry_unset_mtime(entry);
    irm_status status = IRM_OK;
    if (archive_write_header(archive, entry) != ARCHIVE_OK ||
        archive_write_data(archive, content->data, content->size) !=
            (la_ssize_t)content->size) {
        status = archive_fail(archive, path, error);
    }
    archive_entry_free(entry);
    return status;
}

static irm_status write_members(const char *path, const char *const *names,
                                irm_buffer *const *contents, irm_error *error) {
    struct archive *archive = archive_write_new();
    if (archive == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = IRM_OK;
    if (archive_write_set_format_zip(archive) != ARCHIVE_OK ||
        archive_write_set_options(archive, "zip:compression=store") != ARCHIVE_OK ||
        archive_write_open_filename(archive, path) != ARCHIVE_OK) {
        status = archive_fail(archive, path, error);
    }
    for (int i = 0; i < 2 && status == IRM_OK; i++) {
        status = add_member(archive, path, names[i], contents[i], error);
    }
    if (archive_write_close(archive) != ARCHIVE_OK && status == IRM_OK) {
        status = archive_fail(archive, path, error);
    }
    archive_write_free(archive);
    return status;
}

irm_status sample_write_zip(const sample_country *country, const char *name,
                            const char *first_name, irm_buffer *first,
                            const char *second_name, irm_buffer *second,
                            irm_error *error) {
    const char *names[] = {first_name, second_name};
    irm_buffer *contents[] = {first, second};
    char *path = irm_path_join(country->folder, name);
    char *temporary = path == NULL ? NULL : irm_temporary_path(path);
    irm_status status = temporary == NULL
                            ? irm_fail_memory(error)
                            : write_members(temporary, names, contents, error);
    if (status == IRM_OK) {
        status = irm_rename_into_place(temporary, path, error);
    }
    irm_free(temporary);
    irm_free(path);
    irm_buffer_clear(first);
    irm_buffer_clear(second);
    return status;
}
