/* GDAL speaks on standard error and to a global handler; here it speaks to the call. */
#ifndef IRMINON_GEOMETRY_QUIET_H
#define IRMINON_GEOMETRY_QUIET_H

#include "irminon/status.h"

/* The first failure GDAL told of between begin and end; empty when there was none. */
typedef struct quiet_log {
    char message[512];
} quiet_log;

/* Loads GDAL and registers its drivers on the first use, and silences it for this thread.
 * Calls that succeed pair up with quiet_end; `log` must live until then. IO where GDAL cannot
 * be loaded. */
irm_status quiet_begin(quiet_log *log, irm_error *error);
void quiet_end(void);
/* GDAL's words with `name` (a file of ours in its memory) replaced by `shown`. */
void quiet_rename(quiet_log *log, const char *name, const char *shown);

#endif
