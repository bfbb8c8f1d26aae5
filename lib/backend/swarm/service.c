/* SPDX-License-Identifier: MIT */
#include "backend/swarm/service.h"

#include <string.h>

#include "backend/swarm/names.h"
#include "backend/swarm/spec.h"
#include "net/target.h"
#include "util/error.h"
#include "util/pool.h"
#include "util/text.h"

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

static orch_status decode(
	struct swarm_attempts *a, const struct orch__response *answer, struct swarm_live *out)
{
	orch_pool *pool = a->call->pool;
	struct swarm_live live = { .raw_json = NULL };
	orch_status st = orch__json_decode(&swarm_service_whole, &pool->arena, answer->body.text,
		answer->body.len, &live.service);

	if (st == ORCH_OK)
		st = orch__json_decode(&swarm_spec_table, &pool->arena, live.service.spec_text,
			strlen(live.service.spec_text), &live.spec);
	if (st < 0)
		return orch__fail_in(
			st, "answer of %s", orch__http_address(a->s->endpoints[a->at].http));
	if (a->call->raw_json) {
		live.raw_json = orch_pool_copy(pool, answer->body.text);
		if (!live.raw_json)
			return no_memory();
	}
	*out = live;
	return ORCH_OK;
}

static orch_status not_found(const char *key)
{
	(void)orch__fail(ORCH_E_NOTFOUND, "service %s not found", key);
	orch__error_remote(404, "NotFound", ORCH_UNSET);
	return ORCH_E_NOTFOUND;
}

static orch_status fetch(struct swarm_attempts *a, const char *path, struct swarm_live *out)
{
	const struct swarm_request request = { .method = "GET", .path = path };
	struct orch__response answer = { 0 };
	orch_status st = swarm_send(a, &request, &answer);

	if (st == ORCH_OK)
		st = decode(a, &answer, out);
	orch__response_dispose(&answer);
	return st;
}

orch_status swarm_service_read(struct swarm_attempts *a, const char *key, struct swarm_live *out)
{
	struct orch__target to = ORCH__TARGET_INIT;
	struct swarm_live live;
	orch_status st;

	orch__target_add(&to, "/services");
	orch__target_segment(&to, "service", key);
	st = orch__target_end(&to);
	if (st == ORCH_OK)
		st = fetch(a, to.path.text, &live);
	orch__target_dispose(&to);
	/* Several IDs begin like this, and no name is it. */
	if (st == ORCH_E_INVALID && orch__text_equal(orch_error_last()->reason, "Ambiguous"))
		return not_found(key);
	if (st < 0)
		return st;
	if (strcmp(live.spec.name, key) != 0 && strcmp(live.service.id, key) != 0)
		return not_found(key);
	*out = live;
	return ORCH_OK;
}

bool swarm_service_is_signed(const struct swarm_live *live, const char *op_id)
{
	return orch__text_equal(swarm_label_find(live->spec.labels, SWARM_LABEL_OP), op_id) ||
		orch__text_equal(
			swarm_label_find(live->service.previous_labels, SWARM_LABEL_OP), op_id);
}

/* Absent: there was no update, or it has not begun yet. The counts tell more then. */
static int64_t state_of(const char *update)
{
	static const struct {
		const char *word;
		int64_t state;
	} states[] = {
		{ "updating", ORCH_DEPLOYMENT_PROGRESSING },
		{ "paused", ORCH_DEPLOYMENT_PAUSED },
		{ "rollback_started", ORCH_DEPLOYMENT_ROLLING_BACK },
		{ "rollback_paused", ORCH_DEPLOYMENT_FAILED },
		{ "rollback_completed", ORCH_DEPLOYMENT_ROLLED_BACK },
	};

	for (size_t i = 0; update && i < sizeof states / sizeof *states; i++)
		if (strcmp(update, states[i].word) == 0)
			return states[i].state;
	return 0;
}

orch_status swarm_service_show(orch_pool *pool, const struct swarm_service *service,
	const struct swarm_spec *spec, const char *ns, const char *name, orch_deployment *out)
{
	orch_deployment_spec *shown = orch_pool_take(pool, sizeof *shown);
	orch_status st;

	if (!shown)
		return no_memory();
	st = swarm_spec_read(pool, spec, name, shown);
	if (st < 0)
		return st;
	out->spec = shown;
	out->id = service->id;
	out->ns = ns;
	out->version = service->version;
	out->state = state_of(service->update_state);
	out->message = out->state && service->update_message ? service->update_message : "";
	out->desired = spec->replicas == ORCH_UNSET ? 0 : spec->replicas;
	out->created_ms = service->created_ms;
	out->updated_ms = service->updated_ms;
	return ORCH_OK;
}
