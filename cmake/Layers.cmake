# A layer is a folder: its sources (any depth), its public headers in <layer>/include, and
# its data files (*.yaml), which are compiled in so that the library needs no data path.

add_library(irminon_flags INTERFACE)
target_compile_options(irminon_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes
    # GCC cannot see that irm_fail never returns IRM_OK, and warns of what follows.
    $<$<C_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
    $<$<BOOL:${IRMINON_WERROR}>:-Werror>)
target_compile_definitions(irminon_flags INTERFACE
    _POSIX_C_SOURCE=200809L _DEFAULT_SOURCE IRMINON_VERSION="${PROJECT_VERSION}")
if(IRMINON_SANITIZE)
    target_compile_options(irminon_flags INTERFACE
        -fsanitize=${IRMINON_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(irminon_flags INTERFACE -fsanitize=${IRMINON_SANITIZE})
endif()
if(IRMINON_COVERAGE)
    target_compile_options(irminon_flags INTERFACE --coverage)
    target_link_options(irminon_flags INTERFACE --coverage)
endif()

set(IRMINON_LAYERS "")

function(irminon_layer name)
    cmake_parse_arguments(LAYER "" "" "AFTER" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*.c)
    file(GLOB_RECURSE data CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*.yaml)
    set(embedded ${PROJECT_BINARY_DIR}/embedded/${name}_data.c)
    list(SORT data)
    add_custom_command(
        OUTPUT ${embedded}
        COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DOUT=${embedded}
                -DROOT=${PROJECT_SOURCE_DIR}/${name} "-DFILES=${data}"
                -P ${PROJECT_SOURCE_DIR}/cmake/Embed.cmake
        DEPENDS ${data} ${PROJECT_SOURCE_DIR}/cmake/Embed.cmake
        COMMENT "Embedding the data files of ${name}"
        VERBATIM)
    list(APPEND sources ${embedded})
    add_library(irminon_${name} OBJECT ${sources})
    target_include_directories(irminon_${name} PUBLIC
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/${name}/include>)
    target_include_directories(irminon_${name} PRIVATE ${PROJECT_SOURCE_DIR}/${name})
    foreach(before ${LAYER_AFTER})
        target_include_directories(irminon_${name} PUBLIC
            $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/${before}/include>)
    endforeach()
    target_link_libraries(irminon_${name}
        PRIVATE irminon_flags ${IRMINON_${name}_LIBRARIES})
    set(IRMINON_LAYERS ${IRMINON_LAYERS} ${name} PARENT_SCOPE)
endfunction()

function(irminon_library)
    set(objects "")
    set(libraries "")
    foreach(layer ${IRMINON_LAYERS})
        list(APPEND objects $<TARGET_OBJECTS:irminon_${layer}>)
        list(APPEND libraries ${IRMINON_${layer}_LIBRARIES})
    endforeach()
    list(REMOVE_DUPLICATES libraries)
    add_library(irminon ${objects})
    add_library(irminon::irminon ALIAS irminon)
    foreach(layer ${IRMINON_LAYERS})
        target_include_directories(irminon PUBLIC
            $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/${layer}/include>)
    endforeach()
    target_include_directories(irminon PUBLIC
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    foreach(library ${libraries})
        target_link_libraries(irminon PRIVATE $<BUILD_INTERFACE:${library}>)
    endforeach()
    target_link_libraries(irminon PRIVATE $<BUILD_INTERFACE:irminon_flags>)
    set_target_properties(irminon PROPERTIES SOVERSION 0 VERSION ${PROJECT_VERSION})
endfunction()
