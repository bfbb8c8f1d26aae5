/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend/sim/backend.h"
#include "backend/sim/error.h"
#include "backend/sim/raw.h"
#include "backend/sim/spec.h"
#include "util/error.h"

static void *take_from_pool(void *pool, size_t size)
{
	return orch_pool_take(pool, size);
}

static void count(const struct sim_deployment *d, orch_deployment *out)
{
	out->desired = d->removed ? 0 : d->spec->spec.replicas;
	for (const struct sim_task *t = d->first; t; t = t->next) {
		enum orch_instance_state state = sim_instance_state(t);

		out->ready += sim_task_is_serving(t);
		out->updated += sim_task_is_updated(t);
		out->total += state == ORCH_INSTANCE_PENDING || state == ORCH_INSTANCE_RUNNING ||
			state == ORCH_INSTANCE_STOPPING;
		if (t->state == SIM_TASK_ENDED)
			out->state = ORCH_DEPLOYMENT_FAILED; /* it is not started again */
	}
}

static orch_status fill(
	const orch_call *call, const struct sim_deployment *d, orch_deployment_entry *out)
{
	struct sim_memory m = { take_from_pool, call->pool, false };
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

orch_status sim_deployment_get(const orch_call *call, const char *name, orch_deployment_entry *out)
{
	struct sim_deployment *d;
	struct sim_op op;
	orch_status st = sim_op_begin(&op, call, "deployment.get", SIM_READ);

	if (st < 0)
		return st;
	st = sim_store_find(op.world, call->ns, name, &d);
	if (st == ORCH_OK)
		st = fill(call, d, out);
	return sim_op_end(&op, st);
}

/* ---- lists ---- */

/* The last one that was read: what comes behind it is looked up again each
 * time, so a list costs the world nothing and sees what happens meanwhile. */
struct cursor {
	bool all_namespaces;
	char ns[64], name[64];
	char selector[];
};

orch_status sim_deployment_open(
	const orch_call *call, const orch_list_options *options, void **cursor)
{
	const char *selector = options->selector ? options->selector : "";
	struct sim_op op;
	struct cursor *c;
	orch_status st = sim_op_begin(&op, call, "deployment.open", SIM_READ);

	if (st < 0)
		return st;
	c = orch__zalloc(sizeof *c + strlen(selector) + 1);
	if (c) {
		c->all_namespaces = options->all_namespaces == 1;
		snprintf(c->ns, sizeof c->ns, "%s", c->all_namespaces ? "" : call->ns);
		memcpy(c->selector, selector, strlen(selector) + 1);
		*cursor = c;
	} else {
		st = orch__fail(ORCH_E_NOMEM, "list of deployments");
	}
	return sim_op_end(&op, st);
}

static bool is_wanted(const struct cursor *c, const struct sim_deployment *d)
{
	return orch_selector_matches(c->selector[0] ? c->selector : NULL, d->spec->spec.labels);
}

static const struct sim_deployment *step(struct sim_world *w, const struct cursor *c)
{
	const struct sim_deployment *d = sim_store_behind(w, c->ns, c->name);

	while (d && (c->all_namespaces || !strcmp(d->ns, c->ns)) && !is_wanted(c, d))
		d = sim_store_behind(w, d->ns, d->spec->spec.name);
	return d && (c->all_namespaces || !strcmp(d->ns, c->ns)) ? d : NULL;
}

orch_status sim_deployment_next(
	const orch_call *call, void *cursor, orch_deployment_entry *out, int *got)
{
	struct sim_world *w = ((struct sim_client *)(void *)call->backend)->world;
	struct cursor *c = cursor;
	const struct sim_deployment *d;
	orch_status st = ORCH_OK;

	sim_world_lock(w);
	d = step(w, c);
	*got = d != NULL;
	if (d) {
		snprintf(c->ns, sizeof c->ns, "%s", d->ns);
		snprintf(c->name, sizeof c->name, "%s", d->spec->spec.name);
		st = fill(call, d, out);
	}
	sim_world_unlock(w);
	return st;
}

void sim_deployment_close(orch_backend *backend, void *cursor)
{
	(void)backend;
	orch__free(cursor);
}

/* ---- writes ---- */

static struct sim_write write_of(
	const orch_call *call, const char *name, const orch_deployment_entry *live)
{
	return (struct sim_write){ call->ns, name, call->op_id, live ? live->live : NULL };
}

/* A lack of memory for the answer must not look like a write that was refused. */
static orch_status answer(struct sim_op *op, orch_status st, const struct sim_deployment *d,
	orch_deployment_entry *out)
{
	if (st == ORCH_OK) {
		st = fill(op->call, d, out);
		if (st < 0)
			orch__error_outcome(ORCH_OUTCOME_APPLIED);
	}
	return sim_op_end(op, st);
}

orch_status sim_deployment_put(const orch_call *call, const orch_deployment_entry *live,
	const orch_deployment_spec *want, orch_deployment_entry *out)
{
	struct sim_write write = write_of(call, want->name, live);
	struct sim_deployment *d = NULL;
	struct sim_op op;
	orch_status st = sim_op_begin(&op, call, "deployment.put", SIM_WRITE);

	if (st < 0)
		return st;
	st = sim_store_put(op.world, &write, want, &d);
	return answer(&op, st, d, out);
}

orch_status sim_deployment_scale(const orch_call *call, const orch_deployment_entry *live,
	int64_t replicas, orch_deployment_entry *out)
{
	struct sim_write write = write_of(call, live->deployment.spec->name, live);
	struct sim_deployment *d = NULL;
	struct sim_op op;
	orch_status st = sim_op_begin(&op, call, "deployment.scale", SIM_WRITE);

	if (st < 0)
		return st;
	st = sim_store_scale(op.world, &write, replicas, &d);
	return answer(&op, st, d, out);
}

orch_status sim_deployment_restart(
	const orch_call *call, const orch_deployment_entry *live, orch_deployment_entry *out)
{
	struct sim_write write = write_of(call, live->deployment.spec->name, live);
	struct sim_deployment *d = NULL;
	struct sim_op op;
	orch_status st = sim_op_begin(&op, call, "deployment.restart", SIM_WRITE);

	if (st < 0)
		return st;
	st = sim_store_restart(op.world, &write, &d);
	return answer(&op, st, d, out);
}

orch_status sim_deployment_remove(const orch_call *call, const orch_deployment_entry *live)
{
	struct sim_write write = write_of(call, live->deployment.spec->name, live);
	struct sim_op op;
	orch_status st = sim_op_begin(&op, call, "deployment.remove", SIM_WRITE);

	if (st < 0)
		return st;
	return sim_op_end(&op, sim_store_remove(op.world, &write));
}

orch_status sim_deployment_remaining(const orch_call *call, const char *id, int64_t *left)
{
	const struct sim_deployment *d;
	struct sim_op op;
	orch_status st = sim_op_begin(&op, call, "deployment.remaining", SIM_READ);

	if (st < 0)
		return st;
	d = sim_store_by_id(op.world, id);
	*left = d ? d->tasks : 0;
	return sim_op_end(&op, ORCH_OK);
}
