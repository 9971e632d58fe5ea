/* GDAL, loaded when a geometry is first met. It brings some ninety shared libraries with it,
 * which take 25 ms to map: more than most commands last. So nothing links GDAL: its functions
 * are called through a table, which gdal_load fills.
 *
 * A function that is new to this room is added to the list and to the names below. One that
 * is in neither does not link. */
#ifndef IRMINON_GEOMETRY_GDAL_H
#define IRMINON_GEOMETRY_GDAL_H

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "irminon/status.h"

/* clang-format off */
#define GDAL_FUNCTIONS(X) \
    X(CPLErrorReset) X(CPLGetErrorHandlerUserData) X(CPLPopErrorHandler) \
    X(CPLPushErrorHandlerEx) X(CPLSetThreadLocalConfigOption) X(GDALAllRegister) \
    X(GDALClose) X(GDALCreate) X(GDALDatasetCreateLayer) X(GDALDatasetGetLayer) \
    X(GDALDatasetGetLayerByName) X(GDALGetDriverByName) X(GDALOpenEx) \
    X(OCTDestroyCoordinateTransformation) X(OCTNewCoordinateTransformation) \
    X(OCTTransformEx) X(OGR_FD_GetFieldCount) X(OGR_FD_GetFieldDefn) X(OGR_F_Create) \
    X(OGR_F_Destroy) X(OGR_F_GetFieldAsDouble) X(OGR_F_GetFieldAsString) \
    X(OGR_F_GetFieldCount) X(OGR_F_GetGeometryRef) X(OGR_F_IsFieldSetAndNotNull) \
    X(OGR_F_SetFieldDouble) X(OGR_F_SetFieldNull) X(OGR_F_SetFieldString) \
    X(OGR_F_SetGeometryDirectly) X(OGR_Fld_Create) X(OGR_Fld_Destroy) \
    X(OGR_Fld_GetNameRef) X(OGR_Fld_GetType) X(OGR_GT_Flatten) X(OGR_G_AddGeometry) \
    X(OGR_G_AddGeometryDirectly) X(OGR_G_AddPoint_2D) X(OGR_G_CreateGeometry) \
    X(OGR_G_DestroyGeometry) X(OGR_G_ExportToIsoWkb) X(OGR_G_GetGeometryCount) \
    X(OGR_G_GetGeometryRef) X(OGR_G_GetGeometryType) X(OGR_G_GetLinearGeometry) \
    X(OGR_G_HasCurveGeometry) X(OGR_G_IsValid) X(OGR_G_MakeValid) X(OGR_G_SetPoints) \
    X(OGR_G_UnionCascaded) X(OGR_G_WkbSizeEx) X(OGR_L_CreateFeature) \
    X(OGR_L_CreateField) X(OGR_L_GetFeatureCount) X(OGR_L_GetLayerDefn) \
    X(OGR_L_GetName) X(OGR_L_GetNextFeature) X(OGR_L_GetSpatialRef) \
    X(OGR_L_ResetReading) X(OSRDestroySpatialReference) X(OSRExportToWkt) \
    X(OSRFindMatches) X(OSRFreeSRSArray) X(OSRGetAuthorityCode) \
    X(OSRGetAuthorityName) X(OSRImportFromWkt) X(OSRNewSpatialReference) \
    X(OSRRelease) X(OSRSetAxisMappingStrategy) X(OSRSetFromUserInput) X(VSIFCloseL) \
    X(VSIFileFromMemBuffer) X(VSIFree) X(VSIRmdir) X(VSIUnlink)

typedef struct gdal_functions {
#define GDAL_MEMBER(name) __typeof__(name) *name;
    GDAL_FUNCTIONS(GDAL_MEMBER)
#undef GDAL_MEMBER
} gdal_functions;

/* Filled once, by gdal_load. */
extern gdal_functions gdal_calls;

/* Loads GDAL, on the first call; threads may call it together. IO where it is not there, or
 * lacks a function. */
irm_status gdal_load(irm_error *error);

#ifndef GDAL_NAMES_AS_THEY_ARE
#define CPLErrorReset (gdal_calls.CPLErrorReset)
#define CPLGetErrorHandlerUserData (gdal_calls.CPLGetErrorHandlerUserData)
#define CPLPopErrorHandler (gdal_calls.CPLPopErrorHandler)
#define CPLPushErrorHandlerEx (gdal_calls.CPLPushErrorHandlerEx)
#define CPLSetThreadLocalConfigOption (gdal_calls.CPLSetThreadLocalConfigOption)
#define GDALAllRegister (gdal_calls.GDALAllRegister)
#define GDALClose (gdal_calls.GDALClose)
#define GDALCreate (gdal_calls.GDALCreate)
#define GDALDatasetCreateLayer (gdal_calls.GDALDatasetCreateLayer)
#define GDALDatasetGetLayer (gdal_calls.GDALDatasetGetLayer)
#define GDALDatasetGetLayerByName (gdal_calls.GDALDatasetGetLayerByName)
#define GDALGetDriverByName (gdal_calls.GDALGetDriverByName)
#define GDALOpenEx (gdal_calls.GDALOpenEx)
#define OCTDestroyCoordinateTransformation (gdal_calls.OCTDestroyCoordinateTransformation)
#define OCTNewCoordinateTransformation (gdal_calls.OCTNewCoordinateTransformation)
#define OCTTransformEx (gdal_calls.OCTTransformEx)
#define OGR_FD_GetFieldCount (gdal_calls.OGR_FD_GetFieldCount)
#define OGR_FD_GetFieldDefn (gdal_calls.OGR_FD_GetFieldDefn)
#define OGR_F_Create (gdal_calls.OGR_F_Create)
#define OGR_F_Destroy (gdal_calls.OGR_F_Destroy)
#define OGR_F_GetFieldAsDouble (gdal_calls.OGR_F_GetFieldAsDouble)
#define OGR_F_GetFieldAsString (gdal_calls.OGR_F_GetFieldAsString)
#define OGR_F_GetFieldCount (gdal_calls.OGR_F_GetFieldCount)
#define OGR_F_GetGeometryRef (gdal_calls.OGR_F_GetGeometryRef)
#define OGR_F_IsFieldSetAndNotNull (gdal_calls.OGR_F_IsFieldSetAndNotNull)
#define OGR_F_SetFieldDouble (gdal_calls.OGR_F_SetFieldDouble)
#define OGR_F_SetFieldNull (gdal_calls.OGR_F_SetFieldNull)
#define OGR_F_SetFieldString (gdal_calls.OGR_F_SetFieldString)
#define OGR_F_SetGeometryDirectly (gdal_calls.OGR_F_SetGeometryDirectly)
#define OGR_Fld_Create (gdal_calls.OGR_Fld_Create)
#define OGR_Fld_Destroy (gdal_calls.OGR_Fld_Destroy)
#define OGR_Fld_GetNameRef (gdal_calls.OGR_Fld_GetNameRef)
#define OGR_Fld_GetType (gdal_calls.OGR_Fld_GetType)
#define OGR_GT_Flatten (gdal_calls.OGR_GT_Flatten)
#define OGR_G_AddGeometry (gdal_calls.OGR_G_AddGeometry)
#define OGR_G_AddGeometryDirectly (gdal_calls.OGR_G_AddGeometryDirectly)
#define OGR_G_AddPoint_2D (gdal_calls.OGR_G_AddPoint_2D)
#define OGR_G_CreateGeometry (gdal_calls.OGR_G_CreateGeometry)
#define OGR_G_DestroyGeometry (gdal_calls.OGR_G_DestroyGeometry)
#define OGR_G_ExportToIsoWkb (gdal_calls.OGR_G_ExportToIsoWkb)
#define OGR_G_GetGeometryCount (gdal_calls.OGR_G_GetGeometryCount)
#define OGR_G_GetGeometryRef (gdal_calls.OGR_G_GetGeometryRef)
#define OGR_G_GetGeometryType (gdal_calls.OGR_G_GetGeometryType)
#define OGR_G_GetLinearGeometry (gdal_calls.OGR_G_GetLinearGeometry)
#define OGR_G_HasCurveGeometry (gdal_calls.OGR_G_HasCurveGeometry)
#define OGR_G_IsValid (gdal_calls.OGR_G_IsValid)
#define OGR_G_MakeValid (gdal_calls.OGR_G_MakeValid)
#define OGR_G_SetPoints (gdal_calls.OGR_G_SetPoints)
#define OGR_G_UnionCascaded (gdal_calls.OGR_G_UnionCascaded)
#define OGR_G_WkbSizeEx (gdal_calls.OGR_G_WkbSizeEx)
#define OGR_L_CreateFeature (gdal_calls.OGR_L_CreateFeature)
#define OGR_L_CreateField (gdal_calls.OGR_L_CreateField)
#define OGR_L_GetFeatureCount (gdal_calls.OGR_L_GetFeatureCount)
#define OGR_L_GetLayerDefn (gdal_calls.OGR_L_GetLayerDefn)
#define OGR_L_GetName (gdal_calls.OGR_L_GetName)
#define OGR_L_GetNextFeature (gdal_calls.OGR_L_GetNextFeature)
#define OGR_L_GetSpatialRef (gdal_calls.OGR_L_GetSpatialRef)
#define OGR_L_ResetReading (gdal_calls.OGR_L_ResetReading)
#define OSRDestroySpatialReference (gdal_calls.OSRDestroySpatialReference)
#define OSRExportToWkt (gdal_calls.OSRExportToWkt)
#define OSRFindMatches (gdal_calls.OSRFindMatches)
#define OSRFreeSRSArray (gdal_calls.OSRFreeSRSArray)
#define OSRGetAuthorityCode (gdal_calls.OSRGetAuthorityCode)
#define OSRGetAuthorityName (gdal_calls.OSRGetAuthorityName)
#define OSRImportFromWkt (gdal_calls.OSRImportFromWkt)
#define OSRNewSpatialReference (gdal_calls.OSRNewSpatialReference)
#define OSRRelease (gdal_calls.OSRRelease)
#define OSRSetAxisMappingStrategy (gdal_calls.OSRSetAxisMappingStrategy)
#define OSRSetFromUserInput (gdal_calls.OSRSetFromUserInput)
#define VSIFCloseL (gdal_calls.VSIFCloseL)
#define VSIFileFromMemBuffer (gdal_calls.VSIFileFromMemBuffer)
#define VSIFree (gdal_calls.VSIFree)
#define VSIRmdir (gdal_calls.VSIRmdir)
#define VSIUnlink (gdal_calls.VSIUnlink)
#endif
/* clang-format on */

#endif
