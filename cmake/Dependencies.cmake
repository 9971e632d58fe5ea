# Every third-party library, and the one layer that may name it.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

set(IRMINON_PKGCONFIG "") # what a static libirminon needs at link time
foreach(pair
        "GSL:gsl" "HDF5:hdf5" "LIBDEFLATE:libdeflate" "CYAML:libcyaml" "JANSSON:jansson"
        "XLSXWRITER:xlsxwriter" "PLPLOT:plplot" "CURL:libcurl"
        "ARCHIVE:libarchive" "ZLIB:zlib" "NETTLE:nettle")
    string(REPLACE ":" ";" pair "${pair}")
    list(GET pair 0 name)
    list(GET pair 1 module)
    pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
    string(APPEND IRMINON_PKGCONFIG " ${module}")
endforeach()

# Loaded when it is first needed (engine/geometry/gdal.c): nothing links it, so that a program
# that meets no geometry does not wait for the ninety libraries that come with it.
pkg_check_modules(GDAL REQUIRED gdal)
find_library(GDAL_LIBRARY gdal REQUIRED HINTS ${GDAL_LIBRARY_DIRS})
execute_process(COMMAND ${CMAKE_READELF} -d ${GDAL_LIBRARY} OUTPUT_VARIABLE gdal_entries)
if(NOT gdal_entries MATCHES "SONAME[^\n]*\\[([^]]+)\\]")
    message(FATAL_ERROR "${GDAL_LIBRARY} does not say its SONAME: is it a shared library?")
endif()
add_library(gdal_loaded INTERFACE)
target_include_directories(gdal_loaded SYSTEM INTERFACE ${GDAL_INCLUDE_DIRS})
target_compile_definitions(gdal_loaded INTERFACE IRMINON_GDAL="${CMAKE_MATCH_1}")
target_link_libraries(gdal_loaded INTERFACE ${CMAKE_DL_LIBS})

# libcsv ships no pkg-config file.
find_path(LIBCSV_INCLUDE csv.h REQUIRED)
find_library(LIBCSV_LIBRARY csv REQUIRED)
add_library(libcsv INTERFACE)
target_include_directories(libcsv SYSTEM INTERFACE ${LIBCSV_INCLUDE})
target_link_libraries(libcsv INTERFACE ${LIBCSV_LIBRARY})

# Nor does GLPK.
find_path(GLPK_INCLUDE glpk.h REQUIRED)
find_library(GLPK_LIBRARY glpk REQUIRED)
add_library(glpk INTERFACE)
target_include_directories(glpk SYSTEM INTERFACE ${GLPK_INCLUDE})
target_link_libraries(glpk INTERFACE ${GLPK_LIBRARY})

set(IRMINON_engine_LIBRARIES
    PkgConfig::GSL libcsv glpk PkgConfig::HDF5 PkgConfig::LIBDEFLATE gdal_loaded
    PkgConfig::ARCHIVE PkgConfig::ZLIB PkgConfig::NETTLE PkgConfig::JANSSON
    Threads::Threads m)
set(IRMINON_datasets_LIBRARIES
    PkgConfig::CYAML PkgConfig::CURL PkgConfig::ARCHIVE PkgConfig::JANSSON PkgConfig::NETTLE)
set(IRMINON_indicators_LIBRARIES PkgConfig::CYAML PkgConfig::JANSSON PkgConfig::XLSXWRITER)
set(IRMINON_plots_LIBRARIES PkgConfig::PLPLOT)
