/* SPDX-License-Identifier: MIT */
#include "backend/swarm/doubt.h"

#include <stdio.h>
#include <string.h>

#include "backend/swarm/call.h"
#include "backend/swarm/service.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/pool.h"

enum { LOOK_MS = 250 };

/* The oldest gives way: it is the next to be settled by time. */
void swarm_doubt_add(struct swarm *s, const char *name, const char *op_id, int64_t sent_ms)
{
	struct swarm_doubt *d;

	pthread_mutex_lock(&s->lock);
	d = &s->doubts[s->next_doubt++ % SWARM_DOUBTS_MAX];
	snprintf(d->name, sizeof d->name, "%s", name);
	snprintf(d->op_id, sizeof d->op_id, "%s", op_id);
	d->until_ms = sent_ms + s->limits.late_ms;
	pthread_mutex_unlock(&s->lock);
}

static bool find(struct swarm *s, const char *name, struct swarm_doubt *out)
{
	const int64_t now = orch__clock_ms();
	bool found = false;

	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; !found && i < SWARM_DOUBTS_MAX; i++) {
		found = s->doubts[i].until_ms > now && strcmp(s->doubts[i].name, name) == 0;
		if (found)
			*out = s->doubts[i];
	}
	pthread_mutex_unlock(&s->lock);
	return found;
}

static void forget(struct swarm *s, const struct swarm_doubt *d)
{
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < SWARM_DOUBTS_MAX; i++)
		if (strcmp(s->doubts[i].op_id, d->op_id) == 0)
			s->doubts[i].until_ms = 0;
	pthread_mutex_unlock(&s->lock);
}

/* Is it back? Then it goes once more. One of that name by another call is somebody's. */
static orch_status look(const orch_call *call, const struct swarm_doubt *d, bool *is_settled)
{
	struct orch__arena_mark mark = orch__arena_mark(&call->pool->arena);
	struct swarm_attempts attempts;
	struct swarm_live found;
	orch_status st;

	swarm_attempts_begin(&attempts, call);
	st = swarm_service_read(&attempts, d->name, &found);
	*is_settled = st == ORCH_OK;
	if (st == ORCH_OK && swarm_service_is_signed(&found, d->op_id))
		st = swarm_service_delete(call, found.service.id);
	orch__arena_rewind(&call->pool->arena, mark);
	return st == ORCH_E_NOTFOUND ? ORCH_OK : st;
}

static orch_status wait_a_little(const orch_call *call)
{
	const orch_status st = orch_call_sleep(call, LOOK_MS);

	if (st == ORCH_OK)
		return st;
	return st == ORCH_E_CANCELLED
		? orch__fail(st, "cancelled")
		: orch__fail(
			  st, "deleted, but a late copy of its creation may still bring it back");
}

orch_status swarm_doubt_settle(const orch_call *call, const char *name)
{
	struct swarm *s = swarm_of(call);
	struct swarm_doubt d;
	orch_status st = ORCH_OK;

	while (st == ORCH_OK && find(s, name, &d)) {
		bool is_settled;

		st = look(call, &d, &is_settled);
		if (st == ORCH_OK && is_settled)
			forget(s, &d);
		else if (st == ORCH_OK)
			st = wait_a_little(call);
	}
	if (st < 0)
		orch__error_outcome(ORCH_OUTCOME_APPLIED);
	return st;
}
