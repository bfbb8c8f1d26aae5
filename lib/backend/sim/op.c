/* SPDX-License-Identifier: MIT */
#include "backend/sim/backend.h"
#include "backend/sim/error.h"
#include "util/error.h"

/* Nobody waits under the lock. A write that a fault lets through all the same
 * goes on when its time is over: only the answer comes too late. */
static void wait_latency(struct sim_op *op)
{
	orch_status st = orch_call_sleep(op->call, op->verdict.latency_ms);

	if (st < 0)
		op->verdict.status = st;
}

static orch_status fail(const struct sim_op *op, orch_outcome outcome)
{
	return sim_error_injected((orch_status)op->verdict.status, op->name,
		op->kind == SIM_READ ? ORCH_OUTCOME_NOT_SENT : outcome);
}

orch_status sim_op_begin(
	struct sim_op *op, const orch_call *call, const char *name, enum sim_op_kind kind)
{
	struct sim_world *w = ((struct sim_client *)(void *)call->backend)->world;

	*op = (struct sim_op){ .call = call, .name = name, .kind = kind, .world = w };
	sim_world_lock(w);
	w->operations++;
	op->verdict = sim_fault_take(w, name);
	if (op->verdict.latency_ms > 0) {
		sim_world_unlock(w);
		wait_latency(op);
		sim_world_lock(w);
	}
	if (op->verdict.status == ORCH_OK || (kind == SIM_WRITE && op->verdict.applied))
		return ORCH_OK;
	sim_world_unlock(w);
	return fail(op, ORCH_OUTCOME_NOT_APPLIED);
}

orch_status sim_op_end(struct sim_op *op, orch_status st)
{
	sim_world_unlock(op->world);
	if (op->verdict.status != ORCH_OK)
		return fail(op, ORCH_OUTCOME_UNKNOWN);
	if (st < 0 && op->kind == SIM_READ)
		orch__error_outcome(ORCH_OUTCOME_NOT_SENT);
	return st;
}
