/* SPDX-License-Identifier: MIT */
#ifndef ORCH_BACKEND_SIM_OPTIONS_H
#define ORCH_BACKEND_SIM_OPTIONS_H

#include <stddef.h>

#include "orch/error.h"

/*
 * Lay a struct of the program, which begins with its `struct_size`, over the
 * defaults in `to`: an older and so shorter one leaves the rest as it is, one
 * that is longer than we know is refused.
 */
orch_status sim_options_take(const char *type, void *to, size_t known, const void *given);

#endif
