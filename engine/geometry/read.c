#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "geometry/fields.h"
#include "geometry/quiet.h"
#include "irminon/files.h"
#include "irminon/geometry.h"
#include "irminon/input.h"
#include "irminon/memory.h"

/* A file being read: from the disk by GDAL itself, or decompressed by us into its memory. */
typedef struct source {
    const char *path;
    char name[400]; /* what GDAL opens */
    irm_buffer content;
    bool in_memory;
    GDALDatasetH dataset;
    OGRLayerH layer;
    quiet_log log;
} source;

static bool ends_with(const char *text, const char *end) {
    size_t size = strlen(text), tail = strlen(end);
    return size >= tail && strcasecmp(text + size - tail, end) == 0;
}

static bool ends_with_any(const char *text, const char *const *ends) {
    for (; *ends != NULL; ends++) {
        if (ends_with(text, *ends)) {
            return true;
        }
    }
    return false;
}

static bool is_packed(const char *path) {
    static const char *const packed[] = {".gz", ".xz", ".zip", NULL};
    return ends_with_any(path, packed);
}

bool irm_geometry_recognised(const char *path) {
    static const char *const known[] = {
        ".geojson",    ".json",    ".gpkg",        ".shp",     ".geojson.gz", ".json.gz",
        ".geojson.xz", ".json.xz", ".geojson.zip", ".json.zip", NULL};
    return ends_with_any(path, known);
}

static irm_status fail(const char *path, irm_error *error, const char *what) {
    return irm_fail_at(error, IRM_STATUS_DATA, path, 0, 0, NULL, "%s", what);
}

/* A shapefile is three files: without .shx GDAL gives up, without .dbf it reads polygons
 * that have no name. Both are told in the same clear way. */
static irm_status check_companions(const char *path, irm_error *error) {
    static const char *const pairs[][2] = {{".shx", ".SHX"}, {".dbf", ".DBF"}};
    for (size_t i = 0; i < 2; i++) {
        char *beside = irm_strdup(path);
        if (beside == NULL) {
            return irm_fail_memory(error);
        }
        char *extension = beside + strlen(beside) - 4;
        memcpy(extension, pairs[i][0], 4);
        bool found = irm_path_exists(beside);
        memcpy(extension, pairs[i][1], 4);
        found = found || irm_path_exists(beside);
        irm_free(beside);
        if (!found) {
            return irm_fail_at(error, IRM_STATUS_NOT_FOUND, path, 0, 0, NULL,
                               "the %s file that belongs beside a .shp is missing",
                               pairs[i][0]);
        }
    }
    return IRM_OK;
}

static irm_status read_all(irm_input *input, irm_buffer *content, irm_error *error) {
    char block[1 << 16];
    size_t got = 1;
    while (got > 0) {
        IRM_TRY(irm_input_read(input, block, sizeof block, &got, error));
        irm_buffer_add(content, block, got);
    }
    return content->failed ? irm_fail_memory(error) : IRM_OK;
}

/* Decompresses into GDAL's memory, under a folder of this call's own; the layer takes the
 * name of the file without its suffix, the same from run to run. */
static irm_status unpack(source *from, irm_error *error) {
    irm_input *input = NULL;
    const char *member = ends_with(from->path, ".zip") ? "*json" : NULL;
    IRM_TRY(irm_input_open(from->path, member, &input, error));
    irm_status status = read_all(input, &from->content, error);
    if (status == IRM_OK) {
        snprintf(from->name, sizeof from->name, "/vsimem/irminon-%p/%.255s",
                 (void *)from, irm_path_base(irm_input_base(input)));
        VSILFILE *file = VSIFileFromMemBuffer(
            from->name, (GByte *)from->content.data, from->content.size, FALSE);
        if (file == NULL) {
            status = fail(from->path, error, "cannot be handed to GDAL");
        } else {
            VSIFCloseL(file);
            from->in_memory = true;
        }
    }
    irm_input_free(input);
    return status;
}

static irm_status locate(source *from, irm_error *error) {
    if (!irm_path_exists(from->path)) {
        return irm_fail_at(error, IRM_STATUS_NOT_FOUND, from->path, 0, 0, NULL,
                           "no such file");
    }
    if (irm_path_is_directory(from->path)) {
        return irm_fail_at(error, IRM_STATUS_IO, from->path, 0, 0, NULL,
                           "is a directory, not a layer");
    }
    if (is_packed(from->path)) {
        return unpack(from, error);
    }
    if (ends_with(from->path, ".shp")) {
        IRM_TRY(check_companions(from->path, error));
    }
    int size = snprintf(from->name, sizeof from->name, "%s", from->path);
    return size < (int)sizeof from->name
               ? IRM_OK
               : irm_fail_at(error, IRM_STATUS_IO, from->path, 0, 0, NULL,
                             "the path is too long");
}

static irm_status open_layer(source *from, const char *layer, irm_error *error) {
    const char *const drivers[] = {"GeoJSON", "GPKG", "ESRI Shapefile", NULL};
    const char *const unlocked[] = {"NOLOCK=YES", NULL};
    bool geopackage = ends_with(from->path, ".gpkg");
    from->dataset =
        GDALOpenEx(from->name, GDAL_OF_VECTOR | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR,
                   drivers, geopackage ? unlocked : NULL, NULL);
    if (from->dataset == NULL) {
        quiet_rename(&from->log, from->name, irm_path_base(from->path));
        return irm_fail_at(error, IRM_STATUS_DATA, from->path, 0, 0, NULL,
                           "not a GeoJSON, GeoPackage or Shapefile layer that can be read"
                           "%s%s",
                           from->log.message[0] != '\0' ? ": " : "", from->log.message);
    }
    from->layer = layer != NULL ? GDALDatasetGetLayerByName(from->dataset, layer)
                                : GDALDatasetGetLayer(from->dataset, 0);
    if (from->layer == NULL) {
        return irm_fail_at(error, IRM_STATUS_NOT_FOUND, from->path, 0, 0, NULL,
                           layer != NULL ? "has no layer '%s'" : "has no layer%s",
                           layer != NULL ? layer : "");
    }
    return IRM_OK;
}

/* The authority's code of a reference system that has one, or that PROJ knows by its
 * parameters (a shapefile's .prj bears no code). */
static bool authority_code(OGRSpatialReferenceH reference, char *text, size_t size) {
    const char *name = OSRGetAuthorityName(reference, NULL);
    const char *code = OSRGetAuthorityCode(reference, NULL);
    if (name != NULL && code != NULL) {
        bool crs84 = strcmp(name, "OGC") == 0 && strcmp(code, "CRS84") == 0;
        /* The same as EPSG:4326 here, where x is always the longitude. */
        snprintf(text, size, "%s:%s", crs84 ? "EPSG" : name, crs84 ? "4326" : code);
        return true;
    }
    int n = 0, *confidence = NULL;
    OGRSpatialReferenceH *matches = OSRFindMatches(reference, NULL, &n, &confidence);
    bool found = n > 0 && confidence[0] >= 70 && authority_code(matches[0], text, size);
    OSRFreeSRSArray(matches);
    CPLFree(confidence);
    return found;
}

static irm_status describe(const source *from, irm_table *table, irm_error *error) {
    OGRSpatialReferenceH reference = OGR_L_GetSpatialRef(from->layer);
    char code[80] = "", *wkt = NULL;
    if (reference != NULL && !authority_code(reference, code, sizeof code)) {
        OSRExportToWkt(reference, &wkt);
    }
    irm_status status = irm_attributes_set(&table->attributes, "crs",
                                           wkt != NULL ? wkt : code, error);
    CPLFree(wkt);
    if (status == IRM_OK) {
        status = irm_attributes_set(&table->attributes, "layer",
                                    OGR_L_GetName(from->layer), error);
    }
    return status;
}

static irm_status write_geometry(OGRGeometryH geometry, irm_column *column, size_t row,
                                 size_t *capacity, irm_error *error) {
    uint64_t used = column->offsets[row];
    column->offsets[row + 1] = used;
    if (geometry == NULL) {
        return IRM_OK;
    }
    OGRGeometryH straight =
        OGR_G_HasCurveGeometry(geometry, TRUE) ? OGR_G_GetLinearGeometry(geometry, 0, NULL)
                                               : NULL;
    OGRGeometryH written = straight != NULL ? straight : geometry;
    size_t size = (size_t)OGR_G_WkbSizeEx(written);
    irm_status status =
        irm_reserve((void **)&column->bytes, capacity, (size_t)used + size, 1, error);
    if (status == IRM_OK) {
        OGR_G_ExportToIsoWkb(written, wkbNDR, column->bytes + used);
        column->offsets[row + 1] = used + size;
    }
    OGR_G_DestroyGeometry(straight);
    return status;
}

static irm_status read_features(source *from, irm_table *table, irm_error *error) {
    irm_column *geometry = irm_table_column(table, "geometry");
    size_t row = 0, capacity = 0;
    irm_status status = IRM_OK;
    OGR_L_ResetReading(from->layer);
    for (;;) {
        OGRFeatureH feature = OGR_L_GetNextFeature(from->layer);
        if (feature == NULL) {
            break;
        }
        if (row == table->n_rows) {
            status = fail(from->path, error, "holds more features than it announces");
        } else {
            status = fields_write(feature, table, row, error);
        }
        if (status == IRM_OK) {
            status = write_geometry(OGR_F_GetGeometryRef(feature), geometry, row, &capacity,
                                    error);
        }
        OGR_F_Destroy(feature);
        if (status != IRM_OK) {
            return status;
        }
        row++;
    }
    if (from->log.message[0] != '\0' || row < table->n_rows) {
        quiet_rename(&from->log, from->name, irm_path_base(from->path));
        return irm_fail_at(error, IRM_STATUS_DATA, from->path, 0, 0, NULL,
                           "feature %zu of %zu cannot be read%s%s", row + 1, table->n_rows,
                           from->log.message[0] != '\0' ? ": " : "", from->log.message);
    }
    return geometry->offsets[row] > 0
               ? IRM_OK
               : fail(from->path, error, "no feature of the layer has a geometry");
}

static irm_status read_layer(source *from, const char *layer, const char *name,
                             irm_table *table, irm_error *error) {
    IRM_TRY(locate(from, error));
    IRM_TRY(open_layer(from, layer, error));
    GIntBig count = OGR_L_GetFeatureCount(from->layer, TRUE);
    if (count <= 0) {
        return fail(from->path, error, "the layer has no feature");
    }
    IRM_TRY(irm_table_init(table, name, (size_t)count, error));
    irm_status status = fields_add(OGR_L_GetLayerDefn(from->layer), table, error);
    if (status == IRM_OK) {
        status = describe(from, table, error);
    }
    if (status == IRM_OK) {
        status = read_features(from, table, error);
    }
    if (status != IRM_OK) {
        irm_table_clear(table);
    }
    return status;
}

irm_status irm_geometry_read(const char *path, const char *layer, const char *name,
                             irm_table *table, irm_error *error) {
    source from = {.path = path};
    *table = (irm_table){0};
    IRM_TRY(quiet_begin(&from.log, error));
    irm_status status = read_layer(&from, layer, name, table, error);
    if (from.dataset != NULL) {
        GDALClose(from.dataset);
    }
    if (from.in_memory) {
        VSIUnlink(from.name);
        char folder[sizeof from.name];
        snprintf(folder, sizeof folder, "/vsimem/irminon-%p", (void *)&from);
        VSIRmdir(folder);
    }
    irm_buffer_clear(&from.content);
    quiet_end();
    return status;
}
