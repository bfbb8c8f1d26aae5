/* SPDX-License-Identifier: MIT */
#include "backend/sim/config.h"

#include <stddef.h>
#include <string.h>

#include "util/error.h"
#include "util/number.h"

/* clang-format off */
static const struct parameter {
	const char *name;
	size_t offset;
	int64_t max;
} parameters[] = {
	{ "nodes", offsetof(struct sim_config, nodes), 10000 },
	{ "seed",  offsetof(struct sim_config, seed),  INT64_MAX },
	{ "speed", offsetof(struct sim_config, speed), 1000000 },
};
/* clang-format on */

static const struct parameter *find_parameter(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
		if (strlen(parameters[i].name) == len && !memcmp(parameters[i].name, name, len))
			return &parameters[i];
	return NULL;
}

static bool is_name(const char *text, size_t len)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	return len <= SIM_WORLD_NAME_MAX && strspn(text, allowed) >= len;
}

/* One `name=number`. */
static orch_status read_parameter(const char *text, size_t len, struct sim_config *out)
{
	const char *equals = memchr(text, '=', len);
	size_t name_len = equals ? (size_t)(equals - text) : len;
	const struct parameter *p = find_parameter(text, name_len);
	int64_t *member, value;

	if (!p)
		return orch__fail(ORCH_E_INVALID,
			"URL of the simulator: no parameter \"%.*s\"; there are nodes, seed, speed",
			(int)name_len, text);
	member = (int64_t *)(void *)((char *)out + p->offset);
	if (*member != ORCH_UNSET)
		return orch__fail(
			ORCH_E_INVALID, "URL of the simulator: %s is given twice", p->name);
	if (!equals || !orch__parse_i64(equals + 1, len - name_len - 1, &value) || value < 0 ||
		value > p->max)
		return orch__fail(ORCH_E_INVALID,
			"URL of the simulator: %s must be a number from 0 to %lld", p->name,
			(long long)p->max);
	*member = value;
	return ORCH_OK;
}

static orch_status read_query(const char *query, struct sim_config *out)
{
	orch_status st = ORCH_OK;

	while (st == ORCH_OK && *query) {
		size_t len = strcspn(query, "&");

		st = read_parameter(query, len, out);
		query += len;
		if (*query == '&')
			query++;
	}
	return st;
}

orch_status sim_config_parse(const char *url, struct sim_config *out)
{
	static const char scheme[] = "sim://";
	struct sim_config c = { "", ORCH_UNSET, ORCH_UNSET, ORCH_UNSET };
	orch_status st;
	size_t len;

	if (strncmp(url, scheme, sizeof scheme - 1) != 0)
		return orch__fail(ORCH_E_INVALID, "URL of the simulator: it begins with sim://");
	url += sizeof scheme - 1;
	len = strcspn(url, "?");
	if (!is_name(url, len))
		return orch__fail(ORCH_E_INVALID,
			"URL of the simulator: the world's name \"%.*s\" is not 1 to %d of A-Z, "
			"a-z, "
			"0-9, \".\", \"_\", \"-\"",
			(int)len, url, SIM_WORLD_NAME_MAX);
	memcpy(c.name, url, len);
	st = url[len] ? read_query(url + len + 1, &c) : ORCH_OK;
	if (st == ORCH_OK)
		*out = c;
	return st;
}
