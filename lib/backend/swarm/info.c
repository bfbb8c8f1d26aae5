/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "backend/swarm/call.h"
#include "backend/swarm/items.h"
#include "backend/swarm/noun.h"
#include "util/error.h"
#include "util/pool.h"

static orch_status ignore(void *payload, const void *item, const struct orch__json_list *list)
{
	(void)payload;
	(void)item;
	(void)list;
	return ORCH_OK;
}

/*
 * A question that only a manager of a swarm with a leader answers: pings and
 * /info are answered by all. No service has an empty ID, so the answer is short.
 */
static orch_status ask_the_swarm(struct swarm_attempts *a)
{
	const struct swarm_items items = { .table = &swarm_created_table, .on_item = ignore };

	return swarm_items_read(
		a, "/services", "filters=%7B%22id%22%3A%5B%22none%22%5D%7D", &items);
}

static orch_status read_server(struct swarm_attempts *a, struct swarm_server *out)
{
	const struct swarm_request request = { .method = "GET", .path = "/version" };
	struct orch__response answer = { 0 };
	orch_status st = swarm_send(a, &request, &answer);

	if (st == ORCH_OK)
		st = orch__json_decode(&swarm_server_table, &a->call->pool->arena, answer.body.text,
			answer.body.len, out);
	orch__response_dispose(&answer);
	return st;
}

orch_status swarm_info(const orch_call *call, orch_client_info *out)
{
	struct swarm *s = swarm_of(call);
	struct swarm_attempts attempts;
	struct swarm_server server;
	struct swarm_api api;
	char text[32];
	orch_status st;

	swarm_attempts_begin(&attempts, call);
	st = ask_the_swarm(&attempts);
	if (st == ORCH_OK)
		st = read_server(&attempts, &server);
	if (st == ORCH_OK)
		st = swarm_negotiate(&attempts, attempts.at, &api);
	if (st < 0)
		return st;
	snprintf(text, sizeof text, "%d.%d", (int)api.major, (int)api.minor);
	out->url = orch_pool_copy(call->pool, s->url);
	out->chosen_by = orch_pool_copy(call->pool, s->chosen_by);
	out->endpoint =
		orch_pool_copy(call->pool, orch__http_address(s->endpoints[attempts.at].http));
	out->server_version = server.version ? server.version : "";
	out->api_version = orch_pool_copy(call->pool, text);
	if (!out->url || !out->chosen_by || !out->endpoint || !out->api_version)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	return ORCH_OK;
}
