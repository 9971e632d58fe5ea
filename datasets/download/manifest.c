/* sources.json: where the files of a folder come from. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "download/download.h"
#include "irminon/files.h"
#include "irminon/memory.h"

static const char manifest_name[] = "sources.json";
static const char manifest_format[] = "irminon-sources";

/* The texts of an entry, under the names they have in the file. */
typedef struct text_field {
    const char *name;
    size_t offset;
    bool needed;
} text_field;
static const text_field text_fields[] = {
    {"file", offsetof(irm_fetched, file), true},
    {"dataset", offsetof(irm_fetched, dataset), true},
    {"url", offsetof(irm_fetched, url), true},
    {"sha256", offsetof(irm_fetched, sha256), true},
    {"published", offsetof(irm_fetched, published), false},
    {"producer", offsetof(irm_fetched, producer), false},
    {"licence", offsetof(irm_fetched, licence), false},
};
enum { N_TEXTS = sizeof text_fields / sizeof *text_fields };

static char **text_of(const irm_fetched *entry, size_t field) {
    return (char **)((char *)entry + text_fields[field].offset);
}

static void clear_entry(irm_fetched *entry) {
    for (size_t i = 0; i < N_TEXTS; i++) {
        irm_free(*text_of(entry, i));
    }
    *entry = (irm_fetched){0};
}

void irm_manifest_clear(irm_manifest *manifest) {
    for (size_t i = 0; i < manifest->count; i++) {
        clear_entry(&manifest->items[i]);
    }
    irm_free(manifest->items);
    *manifest = (irm_manifest){0};
}

const irm_fetched *irm_manifest_find(const irm_manifest *manifest, const char *file) {
    for (size_t i = 0; i < manifest->count; i++) {
        if (strcmp(manifest->items[i].file, file) == 0) {
            return &manifest->items[i];
        }
    }
    return NULL;
}

static irm_status copy_entry(const irm_fetched *from, irm_fetched *to, irm_error *error) {
    *to = (irm_fetched){.vintage = from->vintage, .size = from->size};
    for (size_t i = 0; i < N_TEXTS; i++) {
        const char *text = *text_of(from, i);
        if (text != NULL && (*text_of(to, i) = irm_strdup(text)) == NULL) {
            clear_entry(to);
            return irm_fail_memory(error);
        }
    }
    return IRM_OK;
}

irm_status manifest_put(irm_manifest *manifest, const irm_fetched *entry,
                        irm_error *error) {
    irm_fetched made;
    size_t at = 0;
    IRM_TRY(irm_reserve((void **)&manifest->items, &manifest->capacity,
                        manifest->count + 1, sizeof *manifest->items, error));
    IRM_TRY(copy_entry(entry, &made, error));
    while (at < manifest->count && strcmp(manifest->items[at].file, made.file) < 0) {
        at++;
    }
    irm_fetched *place = &manifest->items[at];
    if (at < manifest->count && strcmp(place->file, made.file) == 0) {
        clear_entry(place);
    } else {
        memmove(place + 1, place, (manifest->count - at) * sizeof *place);
        manifest->count++;
    }
    *place = made;
    return IRM_OK;
}

static irm_status fail_entry(const char *path, size_t index, const char *what,
                             irm_error *error) {
    return irm_fail_at(error, IRM_STATUS_DATA, path, 0, 0, NULL,
                       "entry %zu: %s; delete this file and fetch again", index + 1,
                       what);
}

static irm_status read_entry(const char *path, size_t index, const json_t *object,
                             irm_manifest *manifest, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&manifest->items, &manifest->capacity,
                        manifest->count + 1, sizeof *manifest->items, error));
    irm_fetched *entry = &manifest->items[manifest->count++];
    *entry = (irm_fetched){0};
    for (size_t i = 0; i < N_TEXTS; i++) {
        const char *text =
            json_string_value(json_object_get(object, text_fields[i].name));
        if (text == NULL && text_fields[i].needed) {
            return fail_entry(path, index, "a text is missing", error);
        }
        if (text != NULL && (*text_of(entry, i) = irm_strdup(text)) == NULL) {
            return irm_fail_memory(error);
        }
    }
    if (strchr(entry->file, '/') != NULL || entry->file[0] == '.') {
        return fail_entry(path, index, "not the name of a file of this folder", error);
    }
    entry->vintage = (int)json_integer_value(json_object_get(object, "vintage"));
    entry->size = (uint64_t)json_integer_value(json_object_get(object, "size"));
    return IRM_OK;
}

static irm_status read_root(const char *path, const json_t *root, irm_manifest *manifest,
                            irm_error *error) {
    const char *format = json_string_value(json_object_get(root, "format"));
    const json_t *files = json_object_get(root, "files");
    if (format == NULL || strcmp(format, manifest_format) != 0 || !json_is_array(files)) {
        return irm_fail_at(error, IRM_STATUS_DATA, path, 0, 0, NULL,
                           "is not a list of fetched files (format %s)", manifest_format);
    }
    for (size_t i = 0; i < json_array_size(files); i++) {
        IRM_TRY(read_entry(path, i, json_array_get(files, i), manifest, error));
    }
    return IRM_OK;
}

static irm_status read_text(const char *path, irm_manifest *manifest, irm_error *error) {
    irm_buffer text = {0};
    json_error_t mistake;
    irm_status status = irm_read_file(path, &text, error);
    json_t *root = status == IRM_OK ? json_loadb(text.data != NULL ? text.data : "",
                                                 text.size, 0, &mistake)
                                    : NULL;
    if (status == IRM_OK && root == NULL) {
        status = irm_fail_at(error, IRM_STATUS_DATA, path, (size_t)mistake.line,
                             (size_t)mistake.column, NULL, "not JSON: %s", mistake.text);
    }
    if (status == IRM_OK) {
        status = read_root(path, root, manifest, error);
    }
    json_decref(root);
    irm_buffer_clear(&text);
    return status;
}

irm_status irm_manifest_read(const char *folder, irm_manifest *manifest,
                             irm_error *error) {
    char *path = irm_path_join(folder, manifest_name);
    irm_status status = path == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK && irm_path_exists(path)) {
        status = read_text(path, manifest, error);
    }
    if (status != IRM_OK) {
        irm_manifest_clear(manifest);
    }
    irm_free(path);
    return status;
}

static json_t *entry_json(const irm_fetched *entry) {
    json_t *object = json_object();
    for (size_t i = 0; i < N_TEXTS; i++) {
        const char *text = *text_of(entry, i);
        if (text != NULL && *text != '\0') {
            json_object_set_new(object, text_fields[i].name, json_string(text));
        }
        if (i == 1 && entry->vintage != 0) {
            json_object_set_new(object, "vintage", json_integer(entry->vintage));
        }
        if (i == 3) {
            json_object_set_new(object, "size", json_integer((json_int_t)entry->size));
        }
    }
    return object;
}

static char *manifest_text(const irm_manifest *manifest) {
    json_t *files = json_array();
    for (size_t i = 0; i < manifest->count; i++) {
        json_array_append_new(files, entry_json(&manifest->items[i]));
    }
    json_t *root = json_pack("{s:s, s:i, s:o}", "format", manifest_format, "version", 1,
                             "files", files);
    char *text = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    json_decref(root);
    return text;
}

irm_status irm_manifest_write(const char *folder, const irm_manifest *manifest,
                              irm_error *error) {
    char *path = irm_path_join(folder, manifest_name);
    char *text = manifest_text(manifest);
    irm_buffer lines = {0};
    irm_buffer_text(&lines, text != NULL ? text : "");
    irm_buffer_text(&lines, "\n");
    irm_status status = path == NULL || text == NULL || lines.failed
                            ? irm_fail_memory(error)
                            : irm_write_file(path, lines.data, lines.size, error);
    irm_buffer_clear(&lines);
    free(text);
    irm_free(path);
    return status;
}
