/* SPDX-License-Identifier: MIT */
#include "util/options.h"

#include <string.h>

#include "util/error.h"

int64_t orch__or_default(int64_t value, int64_t fallback)
{
	return value == ORCH_UNSET ? fallback : value;
}

orch_status orch__options_copy(const char *what, void *dst, size_t size, const void *src)
{
	size_t given;

	if (!src)
		return ORCH_OK;
	memcpy(&given, src, sizeof given);
	if (given < sizeof given)
		return orch__fail(ORCH_E_INVALID,
			"%s: options are not initialised; use the ORCH_..._INIT macro", what);
	if (given > size)
		return orch__fail(ORCH_E_INVALID,
			"%s: options are of a newer liborch than the one that runs", what);
	memcpy(dst, src, given);
	memcpy(dst, &size, sizeof size);
	return ORCH_OK;
}
