/* SPDX-License-Identifier: MIT */
#include "backend/swarm/noun.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend/swarm/view.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/pool.h"

enum { STUCK_MS = 10000 };

/* What is being put together. */
struct listing {
	const orch_call *call;
	const char *deployment;
	const struct swarm_view *view;
	const orch_instance **items;
	size_t count;
};

static const char *print_name(struct listing *l, const struct swarm_task *t)
{
	char text[320];

	snprintf(text, sizeof text, "%.253s.%" PRId64, l->deployment,
		t->slot == ORCH_UNSET ? 0 : t->slot);
	return orch_pool_copy(l->call->pool, text);
}

static const char *say_node(
	struct listing *l, const struct swarm_node *node, const struct swarm_task *t)
{
	char text[512];

	if (!swarm_node_is_down(node))
		return t->message ? t->message : "";
	snprintf(text, sizeof text, "node %.255s is down%s%.200s",
		node->hostname ? node->hostname : node->id,
		node->message && *node->message ? ": " : "", node->message ? node->message : "");
	return orch_pool_copy(l->call->pool, text);
}

/* A node that is gone has no name any more. */
static const char *host_name(const struct swarm_node *node, const struct swarm_task *t)
{
	if (node && node->hostname && *node->hostname)
		return node->hostname;
	return t->node_id ? t->node_id : "";
}

/* The engine says nothing of why it does not get on with a new task; the log of the leader does. */
static bool is_stuck(const struct swarm_task *t)
{
	return t->state == SWARM_TASK_NEW && t->created_ms != ORCH_UNSET &&
		orch__clock_wall_ms() - t->created_ms > STUCK_MS;
}

static orch_status show(struct listing *l, const struct swarm_place *place, size_t i)
{
	const struct swarm_task *t = place->tasks[i];
	const struct swarm_node *node = swarm_nodes_find(&l->view->nodes, t->node_id);
	orch_instance *one = orch_pool_take(l->call->pool, sizeof *one);

	if (!one)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	if (!swarm_place_show(place, i, node, one))
		return ORCH_OK;
	one->id = t->id;
	one->name = print_name(l, t);
	one->deployment = l->deployment;
	one->node = host_name(node, t);
	one->image = t->image ? t->image : "";
	one->created_ms = t->created_ms;
	one->raw_json = t->raw_json;
	if (one->state == ORCH_INSTANCE_UNKNOWN)
		one->message = say_node(l, node, t);
	else if (is_stuck(t) && one->cause == ORCH_CAUSE_NONE)
		one->message = "not allocated for long: is an address left in each of its "
			       "networks, and are they all there?";
	if (!one->name || !one->message)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	l->items[l->count++] = one;
	return ORCH_OK;
}

static size_t place_len(const struct orch__vec_ptr *tasks, size_t from)
{
	const struct swarm_task *first = tasks->items[from];
	size_t n = 1;

	while (from + n < tasks->count) {
		const struct swarm_task *t = tasks->items[from + n];

		if (t->slot != first->slot)
			break;
		n++;
	}
	return n;
}

static orch_status show_all(struct listing *l)
{
	const struct orch__vec_ptr *tasks = &l->view->tasks;
	orch_status st = ORCH_OK;

	l->items = orch_pool_take(l->call->pool, (tasks->count + 1) * sizeof *l->items);
	if (!l->items)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	for (size_t from = 0, n; st == ORCH_OK && from < tasks->count; from += n) {
		struct swarm_place place;

		n = place_len(tasks, from);
		place = (struct swarm_place){ (struct swarm_task *const *)(tasks->items + from),
			n };
		for (size_t i = 0; st == ORCH_OK && i < n; i++)
			st = show(l, &place, i);
	}
	return st;
}

orch_status swarm_instance_list(
	const orch_call *call, const orch_deployment_entry *of, orch_instances *out)
{
	struct swarm_view view;
	struct listing l = { .call = call, .deployment = of->deployment.spec->name, .view = &view };
	struct swarm_attempts attempts;
	orch_status st;

	swarm_attempts_begin(&attempts, call);
	st = swarm_view_read(&attempts, of->deployment.id, SWARM_VIEW_WHOLE, &call->pool->arena,
		call->raw_json ? call->pool : NULL, &view);
	if (st == ORCH_OK)
		st = show_all(&l);
	swarm_view_dispose(&view);
	if (st == ORCH_OK)
		*out = (orch_instances){ l.items, l.count };
	return st;
}
