# Every third-party library, and the one layer that may name it.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

set(IRMINON_PKGCONFIG "") # what a static libirminon needs at link time
foreach(pair
        "GSL:gsl" "HDF5:hdf5" "LIBDEFLATE:libdeflate" "CYAML:libcyaml" "JANSSON:jansson"
        "XLSXWRITER:xlsxwriter" "GDAL:gdal" "PROJ:proj" "PLPLOT:plplot" "CURL:libcurl"
        "ARCHIVE:libarchive" "ZLIB:zlib" "NETTLE:nettle")
    string(REPLACE ":" ";" pair "${pair}")
    list(GET pair 0 name)
    list(GET pair 1 module)
    pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
    string(APPEND IRMINON_PKGCONFIG " ${module}")
endforeach()

# libcsv ships no pkg-config file.
find_path(LIBCSV_INCLUDE csv.h REQUIRED)
find_library(LIBCSV_LIBRARY csv REQUIRED)
add_library(libcsv INTERFACE)
target_include_directories(libcsv SYSTEM INTERFACE ${LIBCSV_INCLUDE})
target_link_libraries(libcsv INTERFACE ${LIBCSV_LIBRARY})

set(IRMINON_engine_LIBRARIES
    PkgConfig::GSL libcsv PkgConfig::HDF5 PkgConfig::LIBDEFLATE PkgConfig::GDAL
    PkgConfig::PROJ PkgConfig::ARCHIVE PkgConfig::ZLIB PkgConfig::NETTLE PkgConfig::JANSSON
    Threads::Threads m)
set(IRMINON_datasets_LIBRARIES PkgConfig::CYAML PkgConfig::CURL PkgConfig::ARCHIVE)
set(IRMINON_indicators_LIBRARIES PkgConfig::CYAML PkgConfig::JANSSON PkgConfig::XLSXWRITER)
set(IRMINON_plots_LIBRARIES PkgConfig::PLPLOT)
