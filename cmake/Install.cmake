include(CMakePackageConfigHelpers)

install(TARGETS irminon EXPORT irminon-targets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(BUILD_SHARED_LIBS)
    set_target_properties(irminon_cli PROPERTIES
        INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
endif()
install(TARGETS irminon_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
foreach(layer ${IRMINON_LAYERS})
    install(DIRECTORY ${layer}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endforeach()

install(EXPORT irminon-targets NAMESPACE irminon::
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/irminon)
if(BUILD_SHARED_LIBS)
    set(IRMINON_SHARED TRUE)
    set(IRMINON_PC_REQUIRES "Requires.private:${IRMINON_PKGCONFIG}")
    set(IRMINON_PC_LIBS "Libs: -L\${libdir} -lirminon\nLibs.private: -lcsv -lglpk -ldl -lm -pthread")
else()
    # Not private: --static would also ask for what HDF5 and PLplot stand on, as if these
    # were static too, and few machines have it all.
    set(IRMINON_SHARED FALSE)
    set(IRMINON_PC_REQUIRES "Requires:${IRMINON_PKGCONFIG}")
    set(IRMINON_PC_LIBS "Libs: -L\${libdir} -lirminon -lcsv -lglpk -ldl -lm -pthread")
endif()
configure_package_config_file(cmake/irminon-config.cmake.in
    ${PROJECT_BINARY_DIR}/irminon-config.cmake
    INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/irminon)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/irminon-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/irminon-config.cmake
              ${PROJECT_BINARY_DIR}/irminon-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/irminon)

# Relative, so that the installed tree can be moved.
file(RELATIVE_PATH IRMINON_PC_UP
     ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" IRMINON_PC_UP "${IRMINON_PC_UP}")
configure_file(cmake/irminon.pc.in ${PROJECT_BINARY_DIR}/irminon.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/irminon.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The manual page and the completion are printed by the program from its table of commands.
set(generated ${PROJECT_BINARY_DIR}/generated)
add_custom_command(
    OUTPUT ${generated}/irminon.1 ${generated}/irminon.bash
    COMMAND ${CMAKE_COMMAND} -E make_directory ${generated}
    COMMAND irminon_cli --man > ${generated}/irminon.1
    COMMAND irminon_cli --bash-completion > ${generated}/irminon.bash
    DEPENDS irminon_cli
    VERBATIM)
add_custom_target(irminon_manual ALL DEPENDS ${generated}/irminon.1)
install(FILES ${generated}/irminon.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${generated}/irminon.bash
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME irminon)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md")
