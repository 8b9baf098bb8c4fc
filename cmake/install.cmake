# SPDX-License-Identifier: GPL-3.0-or-later
# What `cmake --install` puts where: program, library (static and shared), headers, the CMake
# package, the pkg-config file, man pages and completion.
include(CMakePackageConfigHelpers)

# The shared library is the archive, whole, so that rooms name their sources once.
set_target_properties(myotwitch PROPERTIES EXPORT_NAME myotwitch_static)
# What a stranger links who takes the archive; myotwitch.pc.in says the same.
target_link_libraries(myotwitch PRIVATE $<INSTALL_INTERFACE:yaml>)
add_library(myotwitch_shared SHARED engine/include/myotwitch/myotwitch.h)
set(map ${PROJECT_SOURCE_DIR}/cmake/myotwitch.map)
set_target_properties(
    myotwitch_shared
    PROPERTIES OUTPUT_NAME myotwitch EXPORT_NAME myotwitch LINKER_LANGUAGE C
               VERSION ${PROJECT_VERSION} SOVERSION 0 LINK_DEPENDS ${map})
target_link_options(myotwitch_shared PRIVATE -Wl,--version-script=${map} -Wl,--no-undefined)
target_link_libraries(
    myotwitch_shared PRIVATE $<BUILD_INTERFACE:$<LINK_LIBRARY:WHOLE_ARCHIVE,myotwitch>> m)
target_include_directories(
    myotwitch_shared INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

install(TARGETS myotwitch myotwitch_shared EXPORT myotwitch)
install(DIRECTORY engine/include/ TYPE INCLUDE FILES_MATCHING PATTERN "*.h")

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/myotwitch)
install(EXPORT myotwitch NAMESPACE myotwitch:: FILE myotwitchTargets.cmake
        DESTINATION ${package_dir})
configure_package_config_file(cmake/myotwitchConfig.cmake.in myotwitchConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
# Before 1.0 a minor version may break what was promised.
write_basic_package_version_file(myotwitchConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/myotwitchConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/myotwitchConfigVersion.cmake
        DESTINATION ${package_dir})

# The prefix is reckoned from where the file lies, as `cmake --install --prefix` and packages move
# it after this point.
set(pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH pc_to_prefix /${pc_dir} /)
string(REGEX REPLACE "/$" "" pc_to_prefix ${pc_to_prefix})
configure_file(cmake/myotwitch.pc.in myotwitch.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/myotwitch.pc DESTINATION ${pc_dir})

# The Python package carries the library beside its modules; pyproject.toml asks for this part alone.
install(FILES $<TARGET_FILE:myotwitch_shared> RENAME libmyotwitch.so DESTINATION myotwitch
        COMPONENT python EXCLUDE_FROM_ALL)

if(NOT MYO_PROGRAM)
    return()
endif()
install(TARGETS myotwitch_cli)

# Man pages: one by hand for the program, one per command written by the program itself.
set(man_dir ${CMAKE_CURRENT_BINARY_DIR}/man)
configure_file(man/myotwitch.1.in man/myotwitch.1 @ONLY)
add_custom_command(
    OUTPUT ${man_dir}/stamp
    COMMAND sh ${PROJECT_SOURCE_DIR}/man/pages.sh $<TARGET_FILE:myotwitch_cli> ${man_dir}
    COMMAND ${CMAKE_COMMAND} -E touch ${man_dir}/stamp
    DEPENDS myotwitch_cli man/pages.sh)
add_custom_target(man ALL DEPENDS ${man_dir}/stamp)
install(DIRECTORY ${man_dir}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
install(FILES cli/completion/myotwitch.bash RENAME myotwitch
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
