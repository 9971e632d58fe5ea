/* Shapes and their figures out, for a GIS: GeoJSON and GeoPackage. */
#include <math.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "geometry/gdal.h"
#include "geometry/quiet.h"
#include "irminon/files.h"
#include "irminon/geometry.h"
#include "irminon/memory.h"

static bool is_geojson(const char *path) {
    return strcasecmp(irm_path_extension(path), ".geojson") == 0;
}

bool irm_geometry_writable(const char *path) {
    return is_geojson(path) || strcasecmp(irm_path_extension(path), ".gpkg") == 0;
}

static OGRGeometryH ring_of(irm_shape shape, size_t ring) {
    OGRGeometryH line = OGR_G_CreateGeometry(wkbLinearRing);
    for (size_t i = shape.ring_start[ring]; i < shape.ring_start[ring + 1]; i++) {
        OGR_G_AddPoint_2D(line, shape.x[i], shape.y[i]);
    }
    return line;
}

/* Outer rings start polygons, the holes after each are its own. */
static OGRGeometryH geometry_of(irm_shape shape) {
    OGRGeometryH whole = OGR_G_CreateGeometry(wkbMultiPolygon);
    OGRGeometryH polygon = NULL;
    for (size_t r = 0; r < shape.n_rings; r++) {
        if (!shape.hole[r] || polygon == NULL) {
            if (polygon != NULL) {
                OGR_G_AddGeometryDirectly(whole, polygon);
            }
            polygon = OGR_G_CreateGeometry(wkbPolygon);
        }
        OGR_G_AddGeometryDirectly(polygon, ring_of(shape, r));
    }
    if (polygon != NULL) {
        OGR_G_AddGeometryDirectly(whole, polygon);
    }
    return whole;
}

static void create_fields(OGRLayerH layer, const irm_table *table) {
    for (size_t i = 0; i < table->n_columns; i++) {
        bool number = table->columns[i].type == IRM_COLUMN_NUMBER;
        OGRFieldDefnH field =
            OGR_Fld_Create(table->columns[i].name, number ? OFTReal : OFTString);
        OGR_L_CreateField(layer, field, TRUE);
        OGR_Fld_Destroy(field);
    }
}

static OGRErr create_feature(OGRLayerH layer, const irm_table *table, irm_shape shape,
                             size_t row) {
    OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
    for (size_t i = 0; i < table->n_columns; i++) {
        const irm_column *column = &table->columns[i];
        if (column->type == IRM_COLUMN_CATEGORY && column->codes[row] >= 0) {
            OGR_F_SetFieldString(feature, (int)i, irm_column_label(column, row));
        } else if (column->type == IRM_COLUMN_NUMBER && isfinite(column->values[row])) {
            OGR_F_SetFieldDouble(feature, (int)i, column->values[row]);
        } else {
            OGR_F_SetFieldNull(feature, (int)i);
        }
    }
    OGR_F_SetGeometryDirectly(feature, geometry_of(shape));
    OGRErr result = OGR_L_CreateFeature(layer, feature);
    OGR_F_Destroy(feature);
    return result;
}

static bool write_layer(GDALDatasetH dataset, const irm_table *table,
                        const irm_shapes *shapes, const char *crs) {
    OGRSpatialReferenceH reference = OSRNewSpatialReference(NULL);
    bool good = OSRSetFromUserInput(reference, crs) == OGRERR_NONE;
    OSRSetAxisMappingStrategy(reference, OAMS_TRADITIONAL_GIS_ORDER);
    OGRLayerH layer = good ? GDALDatasetCreateLayer(dataset, table->name, reference,
                                                    wkbMultiPolygon, NULL)
                           : NULL;
    good = layer != NULL;
    if (good) {
        create_fields(layer, table);
    }
    for (size_t row = 0; good && row < table->n_rows; row++) {
        good = create_feature(layer, table, irm_shapes_get(shapes, row), row) == OGRERR_NONE;
    }
    OSRRelease(reference);
    return good;
}

static irm_status write_file(const irm_table *table, const irm_shapes *shapes,
                             const char *crs, const char *temporary, const char *path,
                             irm_error *error) {
    quiet_log log;
    IRM_TRY(quiet_begin(&log, error));
    /* The only clock of a GeoPackage is the date of its last change. */
    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", "2000-01-01T00:00:00.000Z");
    GDALDriverH driver = GDALGetDriverByName(is_geojson(path) ? "GeoJSON" : "GPKG");
    GDALDatasetH dataset =
        driver != NULL ? GDALCreate(driver, temporary, 0, 0, 0, GDT_Unknown, NULL) : NULL;
    bool good = dataset != NULL && write_layer(dataset, table, shapes, crs);
    if (dataset != NULL) {
        GDALClose(dataset);
    }
    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", NULL);
    good = good && log.message[0] == '\0';
    irm_status status = IRM_OK;
    if (!good) {
        quiet_rename(&log, temporary, path);
        status = irm_fail_at(error, IRM_STATUS_IO, path, 0, 0, NULL, "cannot write: %s",
                             log.message[0] != '\0' ? log.message : "GDAL refuses");
    }
    quiet_end();
    return status;
}

irm_status irm_geometry_write(const irm_table *table, const irm_shapes *shapes,
                              const char *crs, const char *path, irm_error *error) {
    if (!irm_geometry_writable(path)) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "%s: polygons are written as .geojson or .gpkg", path);
    }
    if (irm_shapes_count(shapes) != table->n_rows) {
        return irm_fail(error, IRM_STATUS_USAGE, "%zu shapes for %zu rows",
                        irm_shapes_count(shapes), table->n_rows);
    }
    char *temporary = irm_temporary_path(path);
    if (temporary == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = write_file(table, shapes, crs, temporary, path, error);
    if (status == IRM_OK) {
        status = irm_rename_into_place(temporary, path, error);
    }
    if (status != IRM_OK) {
        unlink(temporary);
    }
    irm_free(temporary);
    return status;
}
