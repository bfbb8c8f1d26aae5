/* SPDX-License-Identifier: MIT */
#include "backend/swarm/doubt.h"

#include "backend/swarm/call.h"
#include "backend/swarm/service.h"

void swarm_doubt_add(struct swarm *s, const char *name, const char *op_id, int64_t sent_ms)
{
	orch__doubts_add(&s->doubts, name, op_id, sent_ms + s->limits.late_ms);
}

/* One of that name by another call is somebody's. */
static orch_status look(const orch_call *call, const struct orch__doubt *d, bool *is_settled)
{
	struct swarm_attempts attempts;
	struct swarm_live found;
	orch_status st;

	swarm_attempts_begin(&attempts, call);
	st = swarm_service_read(&attempts, d->name, &found);
	*is_settled = st == ORCH_OK;
	if (st == ORCH_OK && swarm_service_is_signed(&found, d->op_id))
		st = swarm_service_delete(call, found.service.id);
	return st == ORCH_E_NOTFOUND ? ORCH_OK : st;
}

orch_status swarm_doubt_settle(const orch_call *call, const char *name)
{
	return orch__doubts_settle(&swarm_of(call)->doubts, call, name, look);
}
