# SPDX-License-Identifier: MIT
# What liborch is built on, and only what the chosen backends need: the simulator
# speaks to nobody, so a build without network backends needs threads alone.
#
# ORCH_REQUIRES and ORCH_PACKAGES say the same for liborch.pc and for a static
# liborch found by CMake.
find_package(Threads REQUIRED)

set(ORCH_DEPENDENCIES Threads::Threads)
set(ORCH_REQUIRES "")
set(ORCH_PACKAGES "find_dependency(Threads)")
set(ORCH_DEV_PACKAGES "")

# lib/net and lib/json: what a backend needs that speaks HTTP and JSON.
set(ORCH_REMOTE OFF)
if(ORCH_SWARM OR ORCH_KUBERNETES)
	set(ORCH_REMOTE ON)
endif()

if(ORCH_REMOTE)
	find_package(CURL 7.80 REQUIRED)
	find_package(OpenSSL 3.0 REQUIRED)
	find_package(PkgConfig REQUIRED)
	pkg_check_modules(YAJL REQUIRED IMPORTED_TARGET yajl>=2.1)

	list(APPEND ORCH_DEPENDENCIES
		CURL::libcurl OpenSSL::SSL OpenSSL::Crypto PkgConfig::YAJL)
	set(ORCH_REQUIRES "libcurl >= 7.80, yajl >= 2.1, libssl >= 3.0, libcrypto >= 3.0")
	string(APPEND ORCH_PACKAGES "
	find_dependency(CURL 7.80)
	find_dependency(OpenSSL 3.0)
	find_dependency(PkgConfig)
	pkg_check_modules(YAJL REQUIRED IMPORTED_TARGET yajl>=2.1)")
	set(ORCH_DEV_PACKAGES ", libcurl4-openssl-dev, libyajl-dev, libssl-dev")
endif()

# lib/yaml: kubeconfig files.
if(ORCH_KUBERNETES)
	pkg_check_modules(FYAML REQUIRED IMPORTED_TARGET libfyaml>=0.7.12)

	list(APPEND ORCH_DEPENDENCIES PkgConfig::FYAML)
	string(APPEND ORCH_REQUIRES ", libfyaml >= 0.7.12")
	string(APPEND ORCH_PACKAGES "
	pkg_check_modules(FYAML REQUIRED IMPORTED_TARGET libfyaml>=0.7.12)")
	string(APPEND ORCH_DEV_PACKAGES ", libfyaml-dev")
endif()
