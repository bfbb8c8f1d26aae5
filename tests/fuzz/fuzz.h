/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* What a fuzzer calls, and without one the driver. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
