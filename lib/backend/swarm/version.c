/* SPDX-License-Identifier: MIT */
#include "backend/swarm/version.h"

#include <string.h>

#include "util/error.h"
#include "util/number.h"

static bool parse_part(const char *text, size_t len, int32_t *out)
{
	int64_t n;

	if (len == 0 || *text == '-' || !orch__parse_i64(text, len, &n) || n > 99999)
		return false;
	*out = (int32_t)n;
	return true;
}

bool swarm_api_parse(const char *text, struct swarm_api *out)
{
	const size_t dot = strcspn(text, ".");
	struct swarm_api v;

	if (!text[dot] || !parse_part(text, dot, &v.major) ||
		!parse_part(text + dot + 1, strlen(text + dot + 1), &v.minor))
		return false;
	*out = v;
	return true;
}

int swarm_api_compare(struct swarm_api a, struct swarm_api b)
{
	if (a.major != b.major)
		return a.major < b.major ? -1 : 1;
	return a.minor == b.minor ? 0 : a.minor < b.minor ? -1 : 1;
}

static orch_status check_age(struct swarm_api v, const char *whose)
{
	const struct swarm_api min = SWARM_API_MIN;

	if (swarm_api_compare(v, min) >= 0)
		return ORCH_OK;
	(void)orch__fail(ORCH_E_UNSUPPORTED, "%s is API %d.%d; liborch needs %d.%d or newer", whose,
		(int)v.major, (int)v.minor, (int)min.major, (int)min.minor);
	orch__error_remote(0, "ApiVersion", ORCH_UNSET);
	return ORCH_E_UNSUPPORTED;
}

orch_status swarm_api_choose(const char *offered, const char *forced, struct swarm_api *out)
{
	struct swarm_api v = SWARM_API_MAX;
	orch_status st;

	if (forced && *forced) {
		if (!swarm_api_parse(forced, &v))
			return orch__fail(
				ORCH_E_INVALID, "DOCKER_API_VERSION is not of the form 1.41");
		st = check_age(v, "DOCKER_API_VERSION");
	} else if (*offered) {
		if (!swarm_api_parse(offered, &v))
			return orch__fail(ORCH_E_PROTOCOL,
				"the header Api-Version of the engine is malformed");
		st = check_age(v, "the engine");
		if (swarm_api_compare(v, SWARM_API_MAX) > 0)
			v = SWARM_API_MAX;
	} else {
		st = ORCH_OK;
	}
	if (st == ORCH_OK)
		*out = v;
	return st;
}
