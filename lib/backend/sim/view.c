/* SPDX-License-Identifier: MIT */
#include "backend/sim/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend/sim/error.h"
#include "backend/sim/raw.h"

static void *take_from_pool(void *pool, size_t size)
{
	return orch_pool_take(pool, size);
}

struct sim_memory sim_view_memory(const orch_call *call)
{
	return (struct sim_memory){ take_from_pool, call->pool, false };
}

enum orch_instance_state sim_view_state(const struct sim_task *t)
{
	if (t->placed && t->node->down)
		return ORCH_INSTANCE_UNKNOWN;
	switch (t->state) {
	case SIM_TASK_RUNNING:
		return ORCH_INSTANCE_RUNNING;
	case SIM_TASK_STOPPING:
		return ORCH_INSTANCE_STOPPING;
	case SIM_TASK_ENDED:
		return t->exit_code == 0 ? ORCH_INSTANCE_SUCCEEDED : ORCH_INSTANCE_FAILED;
	case SIM_TASK_WAITING:
	case SIM_TASK_PULLING:
	case SIM_TASK_STARTING:
	case SIM_TASK_RESTING:
		break;
	}
	return ORCH_INSTANCE_PENDING;
}

static void count(const struct sim_deployment *d, orch_deployment *out)
{
	out->desired = d->removed ? 0 : d->spec->spec.replicas;
	for (const struct sim_task *t = d->first; t; t = t->next) {
		enum orch_instance_state state = sim_view_state(t);

		out->ready += sim_task_is_serving(t);
		out->updated += sim_task_is_updated(t);
		out->total += state == ORCH_INSTANCE_PENDING || state == ORCH_INSTANCE_RUNNING ||
			state == ORCH_INSTANCE_STOPPING;
		if (t->state == SIM_TASK_ENDED)
			out->state = ORCH_DEPLOYMENT_FAILED; /* it is not started again */
	}
}

orch_status sim_view_deployment(
	const orch_call *call, const struct sim_deployment *d, orch_deployment_entry *out)
{
	struct sim_memory m = sim_view_memory(call);
	orch_deployment_spec *spec = sim_take(&m, sizeof *spec);
	struct sim_live *live = sim_take(&m, sizeof *live);
	orch_deployment *o = &out->deployment;
	char version[24];

	if (m.failed)
		return sim_error_nomem(d->spec->spec.name);
	sim_spec_copy(&m, spec, &d->spec->spec);
	snprintf(version, sizeof version, "%" PRIu64, d->version);
	memcpy(live->id, d->id, sizeof live->id);
	live->version = d->version;
	o->spec = spec;
	o->id = sim_copy_text(&m, d->id);
	o->ns = sim_copy_text(&m, d->ns);
	o->version = sim_copy_text(&m, version);
	o->message = sim_copy_text(&m, "");
	o->created_ms = SIM_EPOCH_MS + d->created_ms;
	o->updated_ms = SIM_EPOCH_MS + d->updated_ms;
	count(d, o);
	if (call->raw_json)
		o->raw_json = sim_raw_deployment(&m, o);
	out->live = live;
	return m.failed ? sim_error_nomem(spec->name ? spec->name : "") : ORCH_OK;
}
