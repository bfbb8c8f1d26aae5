/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/call.h"
#include "backend/kubernetes/noun.h"
#include "backend/kubernetes/tables.h"
#include "util/error.h"
#include "util/pool.h"

static orch_status read_version(const orch_call *call, struct kube_version *out)
{
	const struct kube_request request = {
		.method = "GET", .path = "/version", .again = KUBE_READ
	};
	struct orch__response answer = { 0 };
	orch_status st = kube_send(call, &request, &answer);

	if (st == ORCH_OK) {
		st = orch__json_decode(&kube_version_table, &call->pool->arena, answer.body.text,
			answer.body.len, out);
		if (st < 0)
			(void)orch__fail_in(st, "GET /version");
	}
	orch__response_dispose(&answer);
	return st;
}

/* "v1.36.3" is what others call 1.36.3. */
static const char *plain_version(const char *git_version)
{
	return !git_version ? "" : *git_version == 'v' ? git_version + 1 : git_version;
}

orch_status kube_info(const orch_call *call, orch_client_info *out)
{
	struct kube *k = kube_of(call);
	struct kube_version version;
	orch_status st = read_version(call, &version);

	if (st < 0)
		return st;
	out->url = orch_pool_copy(call->pool, k->config.url);
	out->chosen_by = orch_pool_copy(call->pool, k->config.chosen_by);
	out->endpoint = kube_session_address(k, call->pool);
	out->server_version = plain_version(version.git_version);
	out->api_version = "v1";
	if (!out->url || !out->chosen_by || !out->endpoint)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	return ORCH_OK;
}
