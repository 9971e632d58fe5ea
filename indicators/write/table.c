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

write_kind write_kind_of(const char *path) {
    static const struct {
        const char *extension;
        write_kind format;
    } known[] = {{".csv", WRITE_CSV},
                 {".json", WRITE_JSON},
                 {".xlsx", WRITE_XLSX},
                 {".h5", WRITE_HDF5},
                 {".hdf5", WRITE_HDF5}};
    if (strcmp(path, "-") == 0) {
        return WRITE_CSV;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcasecmp(irm_path_extension(path), known[i].extension) == 0) {
            return known[i].format;
        }
    }
    return WRITE_UNKNOWN;
}

static irm_status unknown_format(const char *path, irm_error *error) {
    return irm_fail(error, IRM_STATUS_USAGE,
                    "%s: the extension says the format: .csv, .json, .xlsx or .h5", path);
}

irm_status irm_write_check(const char *path, const char *locale, irm_error *error) {
    write_locale marks;
    IRM_TRY(write_locale_parse(locale, &marks, error));
    return write_kind_of(path) == WRITE_UNKNOWN ? unknown_format(path, error) : IRM_OK;
}

irm_status irm_table_write_in(const irm_table *table, const char *path, const char *locale,
                              size_t threads, irm_error *error) {
    write_locale marks;
    IRM_TRY(write_locale_parse(locale, &marks, error));
    switch (write_kind_of(path)) {
        case WRITE_CSV: return write_csv(table, path, marks, threads, error);
        case WRITE_JSON: return write_json(table, path, error);
        case WRITE_XLSX: return write_xlsx(table, path, error);
        case WRITE_HDF5: return write_hdf5(table, path, error);
        case WRITE_UNKNOWN: break;
    }
    return unknown_format(path, error);
}

irm_status irm_table_write(const irm_table *table, const char *path, const char *locale,
                           irm_error *error) {
    return irm_table_write_in(table, path, locale, 0, error);
}
