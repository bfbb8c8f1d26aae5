/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "backend/sim/error.h"
#include "backend/sim/noun.h"
#include "backend/sim/raw.h"
#include "backend/sim/view.h"
#include "util/buf.h"

enum { TEXT_LIMIT = 4096 };

static enum orch_cause cause_of(const struct sim_task *t)
{
	switch (sim_view_state(t)) {
	case ORCH_INSTANCE_UNKNOWN:
		return ORCH_CAUSE_NODE;
	case ORCH_INSTANCE_STOPPING: /* nothing is wrong with that */
	case ORCH_INSTANCE_SUCCEEDED:
		return ORCH_CAUSE_NONE;
	case ORCH_INSTANCE_PENDING:
	case ORCH_INSTANCE_RUNNING:
	case ORCH_INSTANCE_FAILED:
		break;
	}
	return t->cause;
}

static void say_nodes(struct orch__buf *b, const char *why, int64_t nodes)
{
	if (nodes > 0)
		orch__buf_addf(b, "%s%s on %" PRId64 " node%s", b->len ? "; " : "", why, nodes,
			nodes == 1 ? "" : "s");
}

/* "no suitable node (insufficient resources on 3 nodes)": Swarm's words. */
static void say_unschedulable(struct orch__buf *b, const struct sim_task *t)
{
	struct orch__buf why = ORCH__BUF_INIT(TEXT_LIMIT);

	say_nodes(&why, "no answer", t->gone);
	say_nodes(&why, "scheduling constraints not satisfied", t->unfit);
	say_nodes(&why, "insufficient resources", t->full);
	if (orch__buf_ok(&why))
		orch__buf_addf(b, "no suitable node%s%s%s", why.len ? " (" : "",
			why.len ? why.text : "", why.len ? ")" : "");
	else
		b->failed = why.failed;
	orch__buf_dispose(&why);
}

static void say(struct orch__buf *b, const struct sim_task *t)
{
	switch (cause_of(t)) {
	case ORCH_CAUSE_IMAGE:
		orch__buf_addf(b, "No such image: %s", t->spec->image->name);
		break;
	case ORCH_CAUSE_UNSCHEDULABLE:
		say_unschedulable(b, t);
		break;
	case ORCH_CAUSE_CRASH:
		orch__buf_addf(b, "exited with code %" PRId64, t->exit_code);
		break;
	case ORCH_CAUSE_UNHEALTHY:
		orch__buf_addf(b, "unhealthy: its health check failed again and again");
		break;
	case ORCH_CAUSE_NODE:
		orch__buf_addf(b, "node %s does not answer", t->node->name);
		break;
	case ORCH_CAUSE_NONE:
	case ORCH_CAUSE_START:
	case ORCH_CAUSE_MEMORY:
		break;
	}
}

/* One text of the result, written to a buffer first. */
static const char *take_text(struct sim_memory *m, struct orch__buf *b)
{
	const char *text = NULL;

	if (orch__buf_ok(b))
		text = sim_copy_text(m, b->len ? b->text : "");
	m->failed = !text;
	orch__buf_dispose(b);
	return text;
}

static void fill(struct sim_memory *m, const struct sim_task *t, orch_instance *out, bool raw)
{
	const char *name = t->deployment->spec->spec.name;
	struct orch__buf place = ORCH__BUF_INIT(TEXT_LIMIT), message = ORCH__BUF_INIT(TEXT_LIMIT);

	orch__buf_addf(&place, "%s.%" PRId64, name, t->slot);
	say(&message, t);
	out->id = sim_copy_text(m, t->id);
	out->name = take_text(m, &place);
	out->deployment = sim_copy_text(m, name);
	out->node = sim_copy_text(m, t->node ? t->node->name : "");
	out->image = sim_copy_text(m, t->spec->image->name);
	out->state = sim_view_state(t);
	out->ready = sim_task_is_serving(t);
	out->updated = sim_task_is_updated(t);
	out->cause = cause_of(t);
	out->message = take_text(m, &message);
	out->restarts = t->restarts;
	out->exit_code = t->exit_code;
	out->created_ms = SIM_EPOCH_MS + t->created_ms;
	if (raw)
		out->raw_json = sim_raw_instance(m, out);
}

static orch_status list(const orch_call *call, const struct sim_deployment *d, orch_instances *out)
{
	struct sim_memory m = sim_view_memory(call);
	const size_t n = (size_t)d->tasks;
	const orch_instance **items = n ? sim_take(&m, n * sizeof *items) : NULL;
	size_t i = 0;

	for (const struct sim_task *t = d->first; t && !m.failed; t = t->next) {
		orch_instance *one = sim_take(&m, sizeof *one);

		if (one)
			fill(&m, t, one, call->raw_json);
		if (one)
			items[i++] = one;
	}
	if (m.failed)
		return sim_error_nomem(d->spec->spec.name);
	*out = (orch_instances){ items, n };
	return ORCH_OK;
}

orch_status sim_instance_list(
	const orch_call *call, const orch_deployment_entry *of, orch_instances *out)
{
	const struct sim_deployment *d;
	struct sim_call c;
	orch_status st = sim_call_begin(&c, call, "instance.list", SIM_READ);

	if (st < 0)
		return st;
	d = sim_store_by_id(c.world, of->deployment.id);
	if (d)
		st = list(call, d, out);
	return sim_call_end(&c, st);
}
