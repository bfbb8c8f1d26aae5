# SPDX-License-Identifier: MIT
# Install rules, pkg-config file, CMake package, CPack. Included by the top only
# when ORCH_INSTALL is on.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# -- pkg-config: relocatable, unless the directories were given as absolute paths
set(ORCH_PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
set(ORCH_PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
	set(ORCH_PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
	set(ORCH_PC_LIBDIR "${CMAKE_INSTALL_LIBDIR}")
else()
	# lib/pkgconfig is two levels below the prefix, lib/<triplet>/pkgconfig three
	file(RELATIVE_PATH up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
	string(REGEX REPLACE "/$" "" up "${up}")
	set(ORCH_PC_PREFIX "\${pcfiledir}/${up}")
endif()
if(IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
	set(ORCH_PC_INCLUDEDIR "${CMAKE_INSTALL_INCLUDEDIR}")
endif()
configure_file(pkgconfig/liborch.pc.in pkgconfig/liborch.pc @ONLY)

# -- CMake package orch, target orch::orch
set(dir "${CMAKE_INSTALL_LIBDIR}/cmake/orch")
configure_package_config_file(cmake/orch-config.cmake.in orch-config.cmake
	INSTALL_DESTINATION "${dir}")
write_basic_package_version_file(orch-config-version.cmake COMPATIBILITY ${ORCH_COMPATIBILITY})

install(TARGETS orch EXPORT orch-targets
	RUNTIME COMPONENT runtime
	LIBRARY COMPONENT runtime NAMELINK_COMPONENT development
	ARCHIVE COMPONENT development
	INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT orch-targets NAMESPACE orch:: DESTINATION "${dir}" COMPONENT development)
install(DIRECTORY include/orch DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development
	FILES_MATCHING PATTERN "*.h")
install(FILES "${PROJECT_BINARY_DIR}/pkgconfig/liborch.pc"
	DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT development)
install(FILES
	"${PROJECT_BINARY_DIR}/orch-config.cmake" "${PROJECT_BINARY_DIR}/orch-config-version.cmake"
	DESTINATION "${dir}" COMPONENT development)

# -- quick archives and packages, for a look; a release wants a distribution's own
if(PROJECT_IS_TOP_LEVEL)
	set(CPACK_GENERATOR "TGZ;DEB")
	set(CPACK_PACKAGE_CONTACT "liborch developers <nobody@example.invalid>")
	set(CPACK_ARCHIVE_COMPONENT_INSTALL ON)
	set(CPACK_DEB_COMPONENT_INSTALL ON)
	set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
	set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME "liborch${ORCH_SOVERSION}")
	set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
	set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
	set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME liborch-dev)
	set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
		"liborch${ORCH_SOVERSION} (= ${PROJECT_VERSION})${ORCH_DEV_PACKAGES}")
	include(CPack)
endif()
