#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/store.h"
#include "irminon/write.h"
#include "write/format.h"

irm_status write_locale_parse(const char *name, write_locale *locale, irm_error *error) {
    bool french = name != NULL && strcmp(name, "fr") == 0;
    if (name != NULL && *name != '\0' && !french) {
        return irm_fail(error, IRM_STATUS_USAGE, "the locale is 'fr' or none, not '%s'", name);
    }
    *locale = french ? (write_locale){';', ','} : (write_locale){',', '.'};
    return IRM_OK;
}

static irm_status write_hdf5(const irm_table *table, const char *path, irm_error *error) {
    char *temporary = irm_temporary_path(path);
    if (temporary == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = irm_table_write_hdf5(table, temporary, error);
    if (status == IRM_OK) {
        status = irm_rename_into_place(temporary, path, error);
    }
    if (status != IRM_OK) {
        unlink(temporary);
    }
    irm_free(temporary);
    return status;
}

irm_status irm_table_write(const irm_table *table, const char *path, const char *locale,
                           irm_error *error) {
    write_locale marks;
    IRM_TRY(write_locale_parse(locale, &marks, error));
    const char *extension = irm_path_extension(path);
    if (strcmp(path, "-") == 0 || strcasecmp(extension, ".csv") == 0) {
        return write_csv(table, path, marks, error);
    }
    if (strcasecmp(extension, ".json") == 0) {
        return write_json(table, path, error);
    }
    if (strcasecmp(extension, ".xlsx") == 0) {
        return write_xlsx(table, path, error);
    }
    if (strcasecmp(extension, ".h5") == 0 || strcasecmp(extension, ".hdf5") == 0) {
        return write_hdf5(table, path, error);
    }
    return irm_fail(error, IRM_STATUS_USAGE,
                    "%s: the extension says the format: .csv, .json, .xlsx or .h5", path);
}
