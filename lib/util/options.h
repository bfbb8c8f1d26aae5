/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_OPTIONS_H
#define ORCH_UTIL_OPTIONS_H

#include <stddef.h>

#include "orch/error.h"

/*
 * Options: `src` over the defaults in `dst`, as many bytes as the program knows
 * of. NULL leaves the defaults. Both begin with struct_size; one that is longer
 * than we know, or not set at all, is ORCH_E_INVALID. `what` names the operation.
 */
orch_status orch__options_copy(const char *what, void *dst, size_t size, const void *src);

/* `value` unless it was left open. */
int64_t orch__or_default(int64_t value, int64_t fallback);

#endif
