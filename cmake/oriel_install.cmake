# `cmake --install`: the program (component "program"), and the library for the C++ of others (component "development"):
# headers, static libraries and a package for find_package(Oriel) with the targets Oriel::client, Oriel::agent,
# Oriel::conduit, Oriel::monitor and Oriel::oriel, which is all of them. What is below those comes along by itself.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(ORIEL_PACKAGE_PARTS client agent conduit monitor)

# Appends to the list `found` the target and those of our own that it links, directly or not.
function(oriel_collect_targets target found)
  if(NOT TARGET ${target} OR NOT target MATCHES "^oriel_" OR target IN_LIST ${found})
    return()
  endif()
  list(APPEND ${found} ${target})
  get_target_property(links ${target} INTERFACE_LINK_LIBRARIES)
  if(links)
    foreach(link ${links})
      oriel_collect_targets(${link} ${found})
    endforeach()
  endif()
  set(${found} ${${found}} PARENT_SCOPE)
endfunction()

set(targets "")
foreach(part ${ORIEL_PACKAGE_PARTS})
  oriel_collect_targets(oriel_app_${part} targets)
endforeach()
foreach(target ${targets})
  string(REGEX REPLACE "^oriel_(app_)?" "" export_name ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${export_name})
endforeach()

add_library(oriel_package INTERFACE)
list(TRANSFORM ORIEL_PACKAGE_PARTS PREPEND oriel_app_ OUTPUT_VARIABLE parts)
target_link_libraries(oriel_package INTERFACE ${parts})
set_target_properties(oriel_package PROPERTIES EXPORT_NAME oriel)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Oriel)
install(TARGETS oriel COMPONENT program)
install(TARGETS oriel_package ${targets} EXPORT oriel_targets COMPONENT development
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} FILE_SET HEADERS)
install(EXPORT oriel_targets NAMESPACE Oriel:: FILE OrielTargets.cmake DESTINATION ${package_folder}
        COMPONENT development)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/OrielConfig.cmake.in ${CMAKE_BINARY_DIR}/OrielConfig.cmake
                              INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/OrielConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/OrielConfig.cmake ${CMAKE_BINARY_DIR}/OrielConfigVersion.cmake
        DESTINATION ${package_folder} COMPONENT development)

# What a test needs before it can install.
add_custom_target(oriel_package_files DEPENDS oriel ${targets})
