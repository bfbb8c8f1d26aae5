/* SPDX-License-Identifier: MIT */
#include "backend/sim/noun.h"
#include "backend/sim/view.h"
#include "util/error.h"

orch_status sim_deployment_get(const orch_call *call, const char *name, orch_deployment_entry *out)
{
	struct sim_deployment *d;
	struct sim_call c;
	orch_status st = sim_call_begin(&c, call, "deployment.get", SIM_READ);

	if (st < 0)
		return st;
	st = sim_store_find(c.world, call->ns, name, &d);
	if (st == ORCH_OK)
		st = sim_view_deployment(call, d, out);
	return sim_call_end(&c, st);
}

/* ---- writes ---- */

static struct sim_write write_of(
	const orch_call *call, const char *name, const orch_deployment_entry *live)
{
	return (struct sim_write){ call->ns, name, call->op_id, live ? live->live : NULL };
}

/* A lack of memory for the answer must not look like a write that was refused. */
static orch_status answer(struct sim_call *c, orch_status st, const struct sim_deployment *d,
	orch_deployment_entry *out)
{
	if (st == ORCH_OK) {
		st = sim_view_deployment(c->call, d, out);
		if (st < 0)
			orch__error_outcome(ORCH_OUTCOME_APPLIED);
	}
	return sim_call_end(c, st);
}

orch_status sim_deployment_put(const orch_call *call, const orch_deployment_entry *live,
	const orch_deployment_spec *want, orch_deployment_entry *out)
{
	struct sim_write write = write_of(call, want->name, live);
	struct sim_deployment *d = NULL;
	struct sim_call c;
	orch_status st = sim_call_begin(&c, call, "deployment.put", SIM_WRITE);

	if (st < 0)
		return st;
	st = sim_store_put(c.world, &write, want, &d);
	return answer(&c, st, d, out);
}

orch_status sim_deployment_scale(const orch_call *call, const orch_deployment_entry *live,
	int64_t replicas, orch_deployment_entry *out)
{
	struct sim_write write = write_of(call, live->deployment.spec->name, live);
	struct sim_deployment *d = NULL;
	struct sim_call c;
	orch_status st = sim_call_begin(&c, call, "deployment.scale", SIM_WRITE);

	if (st < 0)
		return st;
	st = sim_store_scale(c.world, &write, replicas, &d);
	return answer(&c, st, d, out);
}

orch_status sim_deployment_restart(
	const orch_call *call, const orch_deployment_entry *live, orch_deployment_entry *out)
{
	struct sim_write write = write_of(call, live->deployment.spec->name, live);
	struct sim_deployment *d = NULL;
	struct sim_call c;
	orch_status st = sim_call_begin(&c, call, "deployment.restart", SIM_WRITE);

	if (st < 0)
		return st;
	st = sim_store_restart(c.world, &write, &d);
	return answer(&c, st, d, out);
}

orch_status sim_deployment_remove(const orch_call *call, const orch_deployment_entry *live)
{
	struct sim_write write = write_of(call, live->deployment.spec->name, live);
	struct sim_call c;
	orch_status st = sim_call_begin(&c, call, "deployment.remove", SIM_WRITE);

	if (st < 0)
		return st;
	return sim_call_end(&c, sim_store_remove(c.world, &write));
}

orch_status sim_deployment_remaining(
	const orch_call *call, const orch_deployment_entry *live, int64_t *count)
{
	const struct sim_deployment *d;
	struct sim_call c;
	orch_status st = sim_call_begin(&c, call, "deployment.remaining", SIM_READ);

	if (st < 0)
		return st;
	d = sim_store_by_id(c.world, live->deployment.id);
	*count = d ? d->tasks : 0;
	return sim_call_end(&c, ORCH_OK);
}
