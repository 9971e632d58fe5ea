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

typedef enum output_format {
    OUTPUT_UNKNOWN = 0,
    OUTPUT_CSV,
    OUTPUT_JSON,
    OUTPUT_XLSX,
    OUTPUT_HDF5
} output_format;

static output_format format_of(const char *path) {
    static const struct {
        const char *extension;
        output_format format;
    } known[] = {{".csv", OUTPUT_CSV},
                 {".json", OUTPUT_JSON},
                 {".xlsx", OUTPUT_XLSX},
                 {".h5", OUTPUT_HDF5},
                 {".hdf5", OUTPUT_HDF5}};
    if (strcmp(path, "-") == 0) {
        return OUTPUT_CSV;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcasecmp(irm_path_extension(path), known[i].extension) == 0) {
            return known[i].format;
        }
    }
    return OUTPUT_UNKNOWN;
}

static irm_status unknown_format(const char *path, irm_error *error) {
    return irm_fail(error, IRM_STATUS_USAGE,
                    "%s: the extension says the format: .csv, .json, .xlsx or .h5", path);
}

irm_status irm_write_check(const char *path, const char *locale, irm_error *error) {
    write_locale marks;
    IRM_TRY(write_locale_parse(locale, &marks, error));
    return format_of(path) == OUTPUT_UNKNOWN ? unknown_format(path, error) : IRM_OK;
}

irm_status irm_table_write_in(const irm_table *table, const char *path, const char *locale,
                              size_t threads, irm_error *error) {
    write_locale marks;
    IRM_TRY(write_locale_parse(locale, &marks, error));
    switch (format_of(path)) {
        case OUTPUT_CSV: return write_csv(table, path, marks, threads, error);
        case OUTPUT_JSON: return write_json(table, path, error);
        case OUTPUT_XLSX: return write_xlsx(table, path, error);
        case OUTPUT_HDF5: return write_hdf5(table, path, error);
        case OUTPUT_UNKNOWN: break;
    }
    return unknown_format(path, error);
}

irm_status irm_table_write(const irm_table *table, const char *path, const char *locale,
                           irm_error *error) {
    return irm_table_write_in(table, path, locale, 0, error);
}
