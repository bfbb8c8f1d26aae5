# SPDX-License-Identifier: MIT
# Linked PRIVATE by every target of ours, so that programs which embed liborch
# do not inherit them. Presets turn them into errors, packagers need not; and a
# host that makes warnings errors is not to fail on ours.
add_library(orch_warnings INTERFACE)
if(PROJECT_IS_TOP_LEVEL)
	target_compile_options(orch_warnings INTERFACE
		-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wundef -Wvla -Wformat=2
		# snprintf into messages of fixed size: to be cut is what it is there for
		$<$<C_COMPILER_ID:GNU>:-Wno-format-truncation>
		# what clang misses when it is not there
		$<$<C_COMPILER_ID:GNU>:-Wmissing-format-attribute>
		$<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes>)
endif()
