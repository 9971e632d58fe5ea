#include <stdio.h>
#include <string.h>

#include "geometry/gdal.h"
#include "geometry/quiet.h"
#include "geometry/shapes.h"
#include "irminon/memory.h"

/* Either an authority's code ("EPSG:2154") or WKT, and nothing that PROJ would look for on
 * the disk or on the network: the text may come from a file. */
static OGRErr import(OGRSpatialReferenceH reference, const char *text) {
    if (strchr(text, '[') != NULL) {
        char *wkt = (char *)text;
        return OSRImportFromWkt(reference, &wkt);
    }
    size_t name = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    size_t code = text[name] == ':' ? strspn(text + name + 1, "0123456789") : 0;
    if (name == 0 || code == 0 || text[name + 1 + code] != '\0') {
        return OGRERR_UNSUPPORTED_SRS;
    }
    return OSRSetFromUserInput(reference, text);
}

static OGRSpatialReferenceH reference(const char *text) {
    OGRSpatialReferenceH made = OSRNewSpatialReference(NULL);
    if (made == NULL || import(made, text) != OGRERR_NONE) {
        OSRDestroySpatialReference(made);
        return NULL;
    }
    /* x is longitude or easting, whatever order the authority writes axes in. */
    OSRSetAxisMappingStrategy(made, OAMS_TRADITIONAL_GIS_ORDER);
    return made;
}

static irm_status transform(irm_shapes *shapes, OGRCoordinateTransformationH way,
                            irm_error *error) {
    enum { BLOCK = 1 << 16 };
    int *done = irm_calloc(BLOCK, sizeof *done);
    if (done == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = IRM_OK;
    for (size_t first = 0; first < shapes->n_points && status == IRM_OK; first += BLOCK) {
        size_t left = shapes->n_points - first;
        int n = left < BLOCK ? (int)left : BLOCK;
        OCTTransformEx(way, n, shapes->x + first, shapes->y + first, NULL, done);
        for (int i = 0; i < n && status == IRM_OK; i++) {
            if (!done[i]) {
                status = irm_fail(error, IRM_STATUS_DATA,
                                  "a point is outside what the projection covers");
            }
        }
    }
    irm_free(done);
    return status;
}

irm_status irm_shapes_project(irm_shapes *shapes, const char *from, const char *to,
                              irm_error *error) {
    if (from == NULL || *from == '\0') {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "the layer does not state its coordinate system: it cannot be "
                        "projected to %s", to);
    }
    if (strcmp(from, to) == 0) {
        return IRM_OK;
    }
    quiet_log log;
    IRM_TRY(quiet_begin(&log, error));
    irm_status status = IRM_OK;
    OGRCoordinateTransformationH way = NULL;
    OGRSpatialReferenceH source = reference(from);
    OGRSpatialReferenceH target = reference(to);
    if (source == NULL || target == NULL) {
        status = irm_fail(error, IRM_STATUS_USAGE, "'%.80s' is not a coordinate system",
                          source == NULL ? from : to);
        goto cleanup;
    }
    way = OCTNewCoordinateTransformation(source, target);
    status = way == NULL
                 ? irm_fail(error, IRM_STATUS_DATA, "no way from '%.80s' to '%.80s': %s",
                            from, to, log.message)
                 : transform(shapes, way, error);
cleanup:
    OCTDestroyCoordinateTransformation(way);
    OSRDestroySpatialReference(source);
    OSRDestroySpatialReference(target);
    quiet_end();
    return status;
}
