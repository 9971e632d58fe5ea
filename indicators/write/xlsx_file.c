#include "write/xlsx_file.h"

#include <unistd.h>

#include "irminon/files.h"
#include "irminon/memory.h"

/* The date of creation that every file bears: 1 January 2000. */
static const time_t epoch = 946684800;

irm_status xlsx_open(xlsx_file *made, const char *path, irm_error *error) {
    *made = (xlsx_file){.path = path, .temporary = irm_temporary_path(path)};
    made->workbook = made->temporary != NULL ? workbook_new(made->temporary) : NULL;
    if (made->workbook == NULL) {
        irm_free(made->temporary);
        return irm_fail_memory(error);
    }
    lxw_doc_properties properties = {.created = epoch};
    workbook_set_properties(made->workbook, &properties);
    return IRM_OK;
}

irm_status xlsx_close(xlsx_file *made, irm_status filled, irm_error *error) {
    irm_status status = filled;
    lxw_error closed = workbook_close(made->workbook);
    if (status == IRM_OK && closed != LXW_NO_ERROR) {
        status = irm_fail_at(error, IRM_STATUS_IO, made->path, 0, 0, NULL,
                             "cannot write: %s", lxw_strerror(closed));
    }
    if (status == IRM_OK) {
        status = irm_rename_into_place(made->temporary, made->path, error);
    }
    if (status != IRM_OK) {
        unlink(made->temporary);
    }
    irm_free(made->temporary);
    *made = (xlsx_file){0};
    return status;
}
