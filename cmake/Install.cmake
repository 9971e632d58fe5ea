include(CMakePackageConfigHelpers)

install(TARGETS irminon EXPORT irminon-targets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS irminon_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
foreach(layer ${IRMINON_LAYERS})
    install(DIRECTORY ${layer}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endforeach()

install(EXPORT irminon-targets NAMESPACE irminon::
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/irminon)
configure_package_config_file(cmake/irminon-config.cmake.in
    ${PROJECT_BINARY_DIR}/irminon-config.cmake
    INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/irminon)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/irminon-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/irminon-config.cmake
              ${PROJECT_BINARY_DIR}/irminon-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/irminon)

configure_file(cmake/irminon.pc.in ${PROJECT_BINARY_DIR}/irminon.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/irminon.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
