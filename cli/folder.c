#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/text.h"

static void remove_tree(const char *path) {
    char **names = NULL;
    size_t count = 0;
    if (irm_path_is_directory(path) &&
        irm_list_directory(path, &names, &count, NULL) == IRM_OK) {
        for (size_t i = 0; i < count; i++) {
            char *entry = irm_path_join(path, names[i]);
            if (entry != NULL) {
                remove_tree(entry);
            }
            irm_free(entry);
            irm_free(names[i]);
        }
        irm_free(names);
    }
    remove(path);
}

static irm_status move_tree(const char *from, const char *to, irm_error *error);

static irm_status move_entry(const char *from, const char *to, const char *name,
                             irm_error *error) {
    char *source = irm_path_join(from, name), *target = irm_path_join(to, name);
    irm_status status =
        source == NULL || target == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK) {
        status = irm_path_is_directory(source)
                     ? move_tree(source, target, error)
                     : irm_rename_into_place(source, target, error);
    }
    irm_free(source);
    irm_free(target);
    return status;
}

static irm_status move_tree(const char *from, const char *to, irm_error *error) {
    char **names = NULL;
    size_t count = 0;
    IRM_TRY(irm_make_directory(to, error));
    irm_status status = irm_list_directory(from, &names, &count, error);
    for (size_t i = 0; i < count; i++) {
        if (status == IRM_OK) {
            status = move_entry(from, to, names[i], error);
        }
        irm_free(names[i]);
    }
    irm_free(names);
    return status;
}

irm_status cli_folder_begin(cli_folder *folder, const char *path, irm_error *error) {
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/') {
        size--;
    }
    *folder = (cli_folder){.path = irm_strndup(path, size)};
    if (folder->path == NULL) {
        return irm_fail_memory(error);
    }
    if (irm_path_exists(folder->path) && !irm_path_is_directory(folder->path)) {
        return irm_fail_at(error, IRM_STATUS_EXISTS, path, 0, 0, NULL,
                           "a file has this name; expected a folder");
    }
    folder->temporary = irm_temporary_path(folder->path);
    return folder->temporary == NULL ? irm_fail_memory(error) : IRM_OK;
}

/* An error names the file that was asked for, not where it was being written. */
static void name_final(const cli_folder *folder, irm_error *error) {
    size_t size = folder->temporary != NULL ? strlen(folder->temporary) : 0;
    if (error != NULL && size > 0 && strncmp(error->file, folder->temporary, size) == 0) {
        char *name = irm_path_join(folder->path, error->file + size + 1);
        if (name != NULL) {
            snprintf(error->file, sizeof error->file, "%s", name);
        }
        irm_free(name);
    }
}

irm_status cli_folder_end(cli_folder *folder, irm_status status, irm_error *error) {
    if (status == IRM_OK) {
        status = move_tree(folder->temporary, folder->path, error);
    }
    if (status != IRM_OK) {
        name_final(folder, error);
    }
    if (folder->temporary != NULL) {
        remove_tree(folder->temporary);
    }
    irm_free(folder->path);
    irm_free(folder->temporary);
    *folder = (cli_folder){0};
    return status;
}
