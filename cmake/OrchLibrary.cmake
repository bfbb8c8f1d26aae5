# SPDX-License-Identifier: MIT
# The product library `orch`, and `orch_testing`: the same sources as a static
# library with everything visible, for our own tests.

# A folder is a layer: whatever lies in it is built.
file(GLOB orch_sources CONFIGURE_DEPENDS
	lib/util/*.c lib/model/*.c lib/core/*.c lib/emulate/*.c lib/backend/sim/*.c)
if(ORCH_REMOTE)
	file(GLOB orch_remote CONFIGURE_DEPENDS lib/json/*.c lib/net/*.c)
	list(APPEND orch_sources ${orch_remote})
endif()
if(ORCH_SWARM)
	file(GLOB orch_swarm CONFIGURE_DEPENDS lib/backend/swarm/*.c)
	list(APPEND orch_sources ${orch_swarm})
endif()
if(ORCH_KUBERNETES)
	file(GLOB orch_kubernetes CONFIGURE_DEPENDS lib/yaml/*.c lib/backend/kubernetes/*.c)
	list(APPEND orch_sources ${orch_kubernetes})
endif()

# What sees every byte of a list is made fast, all else, which waits for the network,
# small; bench/run measures both. What is in neither list has the preset's -O2.
set(orch_fast ${orch_sources})
list(FILTER orch_fast INCLUDE REGEX "/(json/(check|decode|skip)|util/arena)\\.c$")
set(orch_small ${orch_sources})
list(FILTER orch_small EXCLUDE REGEX
	"/(json/(check|decode|decode_store|list|plan|sax|scanner|skip|table)|util/(arena|buf|number|text|utf8))\\.c$")
if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
	set_source_files_properties(${orch_fast} PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-O3>)
	set_source_files_properties(${orch_small} PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-Os>)
	add_compile_options(-ffunction-sections -fdata-sections) # what nobody calls is left out
endif()

function(orch_setup_library target)
	target_compile_features(${target} PUBLIC c_std_11)
	# _DEFAULT_SOURCE: POSIX and sockets beside strict C11.
	target_compile_definitions(${target} PRIVATE _DEFAULT_SOURCE
		$<$<BOOL:${ORCH_SWARM}>:ORCH_WITH_SWARM>
		$<$<BOOL:${ORCH_KUBERNETES}>:ORCH_WITH_KUBERNETES>)
	target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/lib
		PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
	# BUILD_INTERFACE: or a static liborch would name this target in its exported file.
	target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:orch_warnings>
		${ORCH_DEPENDENCIES})
	set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON
		C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
endfunction()

add_library(orch ${orch_sources})
add_library(orch::orch ALIAS orch)
orch_setup_library(orch)
set_target_properties(orch PROPERTIES C_VISIBILITY_PRESET hidden
	VERSION ${PROJECT_VERSION} SOVERSION ${ORCH_SOVERSION})

if(BUILD_SHARED_LIBS)
	include(CheckLinkerFlag)
	configure_file(lib/orch.map.in orch.map @ONLY)
	set(orch_linker_flags "--version-script=${PROJECT_BINARY_DIR}/orch.map" -z,relro,-z,now)
	if(NOT CMAKE_C_FLAGS MATCHES "-fsanitize") # clang leaves its runtime to the program
		list(APPEND orch_linker_flags --no-undefined --as-needed --gc-sections)
	endif()
	foreach(flag ${orch_linker_flags})
		string(MAKE_C_IDENTIFIER "ORCH_LINKER_${flag}" has)
		check_linker_flag(C "LINKER:${flag}" ${has})
		if(${has})
			target_link_options(orch PRIVATE "LINKER:${flag}")
		endif()
	endforeach()
	set_target_properties(orch PROPERTIES LINK_DEPENDS "${PROJECT_BINARY_DIR}/orch.map")
else()
	target_compile_definitions(orch PUBLIC ORCH_STATIC)
endif()

if(ORCH_BUILD_TESTS OR ORCH_BUILD_BENCH)
	add_library(orch_testing STATIC ${orch_sources})
	orch_setup_library(orch_testing)
	target_compile_definitions(orch_testing PUBLIC ORCH_STATIC _DEFAULT_SOURCE)
	target_include_directories(orch_testing PUBLIC ${PROJECT_SOURCE_DIR}/lib)
endif()
