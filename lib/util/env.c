/* SPDX-License-Identifier: MIT */
#include "util/env.h"

#include <stdlib.h>

const char *orch__env(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}
