# SPDX-License-Identifier: MIT
# A test is one line, so nobody avoids writing one:
# orch_add_test(unit.arena SOURCE tests/unit/test_arena.c LABELS unit [ENV A=b] [LIBS x] [TIMEOUT s])

# What tests share, linked into all of them: the allocator that runs short, and
# tests/support.
file(GLOB orch_test_support CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/support/*.c)
if(NOT ORCH_REMOTE)
	list(FILTER orch_test_support EXCLUDE REGEX "/(json|net|swarm)_")
endif()
if(NOT ORCH_KUBERNETES)
	list(FILTER orch_test_support EXCLUDE REGEX "/kube_")
endif()
add_library(orch_test_support STATIC ${PROJECT_SOURCE_DIR}/tests/torture/alloc.c ${orch_test_support})
target_include_directories(orch_test_support PUBLIC ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(orch_test_support PUBLIC orch_testing Threads::Threads
	PRIVATE orch_warnings PkgConfig::CMOCKA)

function(orch_add_test name)
	cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCE;LABELS;ENV;LIBS")
	string(REPLACE "." "_" target "${name}")
	add_executable(${target} ${arg_SOURCE})
	target_link_libraries(${target} PRIVATE orch_test_support orch_warnings PkgConfig::CMOCKA
		${arg_LIBS})
	if(NOT arg_TIMEOUT)
		set(arg_TIMEOUT 120)
	endif()
	add_test(NAME ${name} COMMAND ${target})
	set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}"
		ENVIRONMENT
		"ORCH_SHARED=${ORCH_SHARED};ORCH_FIXTURES=${PROJECT_SOURCE_DIR}/tests/fixtures;${arg_ENV}" TIMEOUT ${arg_TIMEOUT}
		SKIP_RETURN_CODE 77)
endfunction()

# Every public header compiles alone and twice, as C11 and as C++17, without a warning.
function(orch_add_header_tests dir)
	file(GLOB_RECURSE headers RELATIVE ${dir} CONFIGURE_DEPENDS ${dir}/*.h)
	foreach(header IN LISTS headers)
		string(MAKE_C_IDENTIFIER "${header}" id)
		foreach(ext IN ITEMS c cpp)
			set(file ${CMAKE_CURRENT_BINARY_DIR}/headers/${id}.${ext})
			file(GENERATE OUTPUT ${file} CONTENT
				"#include \"${header}\"\n#include \"${header}\"\nextern int ${id}_${ext};\n")
			if(ext STREQUAL c OR CMAKE_CXX_COMPILER)
				list(APPEND sources ${file})
			endif()
		endforeach()
	endforeach()
	add_library(orch_headers OBJECT EXCLUDE_FROM_ALL ${sources})
	target_include_directories(orch_headers PRIVATE ${dir})
	target_link_libraries(orch_headers PRIVATE orch_warnings)
	target_compile_options(orch_headers PRIVATE -Werror)
	set_target_properties(orch_headers PROPERTIES CXX_STANDARD 17 CXX_EXTENSIONS OFF)
	add_test(NAME headers
		COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --target orch_headers)
	set_tests_properties(headers PROPERTIES LABELS headers)
endfunction()
