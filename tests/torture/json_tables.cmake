# SPDX-License-Identifier: MIT
# Every table of rows in lib/ is well formed, those that only their file knows of
# as well: a table that nobody checks is the one that is wrong. Each file is
# included into one of ours, which asks for the tables that it finds there.
file(GLOB_RECURSE candidates CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/*.c)
set(calls "")
set(sources "")
foreach(file IN LISTS candidates)
	file(STRINGS ${file} lines REGEX "^ORCH__J_(LOCAL_)?TABLE\\(")
	if(NOT lines)
		continue()
	endif()
	set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
	file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR}/lib ${file})
	string(MAKE_C_IDENTIFIER "${name}" id)
	set(checks "")
	foreach(line IN LISTS lines)
		string(REGEX REPLACE "^ORCH__J_[A-Z_]*TABLE\\(([A-Za-z0-9_]+).*" "\\1" table "${line}")
		string(APPEND checks "\twrong += json_table_is_wrong(\"${name}\", &${table});\n")
	endforeach()
	set(source ${CMAKE_CURRENT_BINARY_DIR}/json_tables/${id}.c)
	file(CONFIGURE OUTPUT ${source} CONTENT
		"#include \"${name}\"\n#include \"torture/json_tables.h\"\n
int json_tables_${id}(void)\n{\n\tint wrong = 0;\n\n${checks}\treturn wrong;\n}\n" @ONLY)
	list(APPEND sources ${source})
	string(APPEND calls "X(json_tables_${id})\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/json_tables/all.inc CONTENT "${calls}" @ONLY)

orch_add_test(torture.json_tables SOURCE json_tables.c ${sources} LABELS torture)
target_include_directories(torture_json_tables
	PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/json_tables)
