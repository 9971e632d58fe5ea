#include "geometry/quiet.h"

#include <stdio.h>
#include <string.h>

#include "geometry/gdal.h"

static void CPL_STDCALL keep_first(CPLErr severity, CPLErrorNum number,
                                   const char *message) {
    (void)number;
    quiet_log *log = CPLGetErrorHandlerUserData();
    if (severity >= CE_Failure && log->message[0] == '\0') {
        snprintf(log->message, sizeof log->message, "%s", message);
    }
}

irm_status quiet_begin(quiet_log *log, irm_error *error) {
    log->message[0] = '\0';
    IRM_TRY(gdal_load(error));
    CPLPushErrorHandlerEx(keep_first, log);
    CPLErrorReset();
    if (GDALGetDriverByName("GeoJSON") == NULL) {
        GDALAllRegister();
    }
    return IRM_OK;
}

void quiet_end(void) {
    CPLErrorReset();
    CPLPopErrorHandler();
}

void quiet_rename(quiet_log *log, const char *name, const char *shown) {
    const char *at = strstr(log->message, name);
    if (at == NULL) {
        return;
    }
    char whole[sizeof log->message];
    snprintf(whole, sizeof whole, "%.*s%s%s", (int)(at - log->message), log->message, shown,
             at + strlen(name));
    memcpy(log->message, whole, sizeof whole);
}
