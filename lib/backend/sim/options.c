/* SPDX-License-Identifier: MIT */
#include "backend/sim/options.h"

#include <string.h>

#include "util/error.h"

orch_status sim_options_take(const char *type, void *to, size_t known, const void *given)
{
	size_t size;

	if (!given)
		return orch__fail(ORCH_E_INVALID, "%s: it is NULL", type);
	memcpy(&size, given, sizeof size);
	if (size < sizeof size)
		return orch__fail(ORCH_E_INVALID, "%s: initialise it with its ORCH_..._INIT", type);
	if (size > known)
		return orch__fail(
			ORCH_E_INVALID, "%s: this program was built against a newer liborch", type);
	memcpy(to, given, size);
	return ORCH_OK;
}
