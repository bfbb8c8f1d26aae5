/* SPDX-License-Identifier: MIT */
/* What to speak with an engine. Answering a ping proves nothing but that. */
#include <string.h>

#include "backend/swarm/call.h"
#include "backend/swarm/error.h"
#include "util/error.h"
#include "util/ticket.h"

static orch_status ping(
	struct swarm_attempts *a, size_t i, const char *method, struct orch__response *answer)
{
	const struct orch__request request = {
		.method = method,
		.path = "/_ping",
		.accept = "text/plain",
		.deadline_ms = a->call->deadline_ms,
		.idle_ms = a->s->limits.ping_ms,
		.response_limit = 4096,
		.cancel = orch__ticket(a->call),
	};

	answer->wants_head = true;
	return orch__http_perform(a->s->endpoints[i].http, &request, answer);
}

static orch_status choose(struct swarm_attempts *a, size_t i, const struct orch__response *answer,
	struct swarm_api *out)
{
	char offered[32];
	orch_status st;

	if (answer->http_status != 200) {
		(void)swarm_fault_report(answer, false, "ping");
		return orch__fail_in(orch_error_last()->status, "%s",
			orch__http_address(a->s->endpoints[i].http));
	}
	orch__head_copy(&answer->head, "api-version", offered, sizeof offered);
	st = swarm_api_choose(offered, NULL, out);
	return st < 0 ? orch__fail_in(st, "%s", orch__http_address(a->s->endpoints[i].http))
		      : ORCH_OK;
}

static orch_status ask(struct swarm_attempts *a, size_t i, struct swarm_api *out)
{
	struct orch__response answer = { 0 };
	orch_status st = ping(a, i, "HEAD", &answer);

	if (st == ORCH_OK && answer.http_status != 200) /* of old, or with a proxy in between */
		st = ping(a, i, "GET", &answer);
	if (st == ORCH_OK)
		st = choose(a, i, &answer, out);
	orch__response_dispose(&answer);
	return st;
}

orch_status swarm_negotiate(struct swarm_attempts *a, size_t i, struct swarm_api *out)
{
	orch_status st;

	*out = swarm_session_api(a->s, i);
	if (out->major)
		return ORCH_OK;
	st = a->s->forced_api && *a->s->forced_api ? swarm_api_choose("", a->s->forced_api, out)
						   : ask(a, i, out);
	if (st == ORCH_OK) {
		a->alive |= a->silent & (UINT32_C(1) << i);
		swarm_session_set_api(a->s, i, *out);
	}
	return st;
}
