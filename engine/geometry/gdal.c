#define GDAL_NAMES_AS_THEY_ARE
#include "geometry/gdal.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

gdal_functions gdal_calls;

/* POSIX promises that a function's address fits in a void pointer; C does not convert it. */
static bool find(void *library, const char *name, void *function) {
    void *found = dlsym(library, name);
    memcpy(function, &found, sizeof found);
    return found != NULL;
}

/* What is loaded stays: GDAL registers functions to be called when the process ends. */
static bool fill(gdal_functions *functions) {
    void *library = dlopen(IRMINON_GDAL, RTLD_LAZY | RTLD_LOCAL);
    bool done = library != NULL;
#define GDAL_FIND(name) done = done && find(library, #name, &functions->name);
    GDAL_FUNCTIONS(GDAL_FIND)
#undef GDAL_FIND
    return done;
}

irm_status gdal_load(irm_error *error) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static bool loaded;
    irm_status status = IRM_OK;
    pthread_mutex_lock(&lock);
    if (!loaded && !(loaded = fill(&gdal_calls))) {
        const char *why = dlerror();
        status = irm_fail(error, IRM_STATUS_IO,
                          "GDAL, which geometries need, cannot be loaded: %s",
                          why != NULL ? why : "a function is missing");
    }
    pthread_mutex_unlock(&lock);
    return status;
}
