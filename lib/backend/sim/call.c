/* SPDX-License-Identifier: MIT */
#include "backend/sim/call.h"
#include "backend/sim/error.h"
#include "util/error.h"

struct sim_client *sim_client_of(orch_backend *backend)
{
	return (struct sim_client *)(void *)backend;
}

/* Nobody waits under the lock. A write that a fault lets through all the same
 * goes on when its time is over: only the answer comes too late. */
static void wait_latency(struct sim_call *c)
{
	orch_status st = orch_call_sleep(c->call, c->verdict.latency_ms);

	if (st < 0)
		c->verdict.status = st;
}

static orch_status fail(const struct sim_call *c, orch_outcome outcome)
{
	return sim_error_injected((orch_status)c->verdict.status, c->name,
		c->kind == SIM_READ ? ORCH_OUTCOME_NOT_SENT : outcome);
}

orch_status sim_call_begin(
	struct sim_call *c, const orch_call *call, const char *name, enum sim_call_kind kind)
{
	struct sim_world *w = sim_client_of(call->backend)->world;

	*c = (struct sim_call){ .call = call, .name = name, .kind = kind, .world = w };
	sim_world_lock(w);
	w->operations++;
	c->verdict = sim_fault_take(w, name);
	if (c->verdict.latency_ms > 0) {
		sim_world_unlock(w);
		wait_latency(c);
		sim_world_lock(w);
	}
	sim_turns_hold(&w->turns);
	if (c->verdict.status == ORCH_OK || (kind == SIM_WRITE && c->verdict.applied))
		return ORCH_OK;
	sim_turns_release(&w->turns);
	sim_world_unlock(w);
	return fail(c, ORCH_OUTCOME_NOT_APPLIED);
}

orch_status sim_call_end(struct sim_call *c, orch_status st)
{
	sim_turns_release(&c->world->turns);
	sim_world_unlock(c->world);
	if (c->verdict.status != ORCH_OK)
		return fail(c, ORCH_OUTCOME_UNKNOWN);
	if (st < 0 && c->kind == SIM_READ)
		orch__error_outcome(ORCH_OUTCOME_NOT_SENT);
	return st;
}
