# SPDX-License-Identifier: MIT
# Whether the Python package is built. ORCH_PYTHON=AUTO: when all it needs is there, and in
# CI, where what is missing would be missed by nobody, always.
if(ORCH_PYTHON)
	set(required "")
	if(NOT ORCH_PYTHON STREQUAL "AUTO" OR DEFINED ENV{CI})
		set(required REQUIRED)
	endif()
	# The system's, whose packages scripts/install-deps brings, unless another was asked for.
	if(NOT Python3_EXECUTABLE AND NOT Python3_ROOT_DIR AND NOT DEFINED ENV{VIRTUAL_ENV}
		AND EXISTS /usr/bin/python3)
		set(Python3_EXECUTABLE /usr/bin/python3)
	endif()
	find_package(Python3 3.10 ${required} COMPONENTS Interpreter Development.Module)
	find_package(SWIG 4.1 ${required} COMPONENTS python)
	if(Python3_FOUND AND SWIG_FOUND AND BUILD_SHARED_LIBS)
		add_subdirectory(bindings/python)
	elseif(required)
		message(FATAL_ERROR "The Python package needs BUILD_SHARED_LIBS")
	else()
		message(STATUS "No Python package: SWIG, Python's headers or a shared liborch are missing")
	endif()
endif()
