/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "backend/sim/call.h"
#include "backend/sim/noun.h"
#include "util/error.h"

orch_status sim_info(const orch_call *call, orch_client_info *out)
{
	const struct sim_client *client = sim_client_of(call->backend);
	struct sim_call c;
	char endpoint[SIM_WORLD_NAME_MAX + 32];
	orch_status st = sim_call_begin(&c, call, "client.info", SIM_READ);

	if (st < 0)
		return st;
	snprintf(endpoint, sizeof endpoint, "%s%s",
		client->world->name[0] ? "world " : "a private world", client->world->name);
	out->url = orch_pool_copy(call->pool, client->url);
	out->chosen_by = orch_pool_copy(call->pool, "the URL");
	out->endpoint = orch_pool_copy(call->pool, endpoint);
	out->server_version = orch_pool_copy(call->pool, orch_version());
	out->api_version = orch_pool_copy(call->pool, "sim");
	if (!out->url || !out->chosen_by || !out->endpoint || !out->server_version ||
		!out->api_version)
		st = orch__fail(ORCH_E_NOMEM, "simulator");
	return sim_call_end(&c, st);
}
