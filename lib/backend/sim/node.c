/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "backend/sim/spec.h"
#include "backend/sim/world.h"
#include "util/error.h"
#include "util/options.h"

#define CPU_DEFAULT INT64_C(4000)
#define MEMORY_DEFAULT (INT64_C(8) << 30)

static struct sim_node *find(const struct sim_world *w, const char *name)
{
	for (size_t i = 0; i < w->node_count; i++)
		if (!strcmp(w->nodes[i]->name, name))
			return w->nodes[i];
	return NULL;
}

static void freeze(struct sim_task *t, void *node)
{
	if (t->node == node)
		sim_task_freeze(t);
}

static void lose(struct sim_task *t, void *node)
{
	if (t->node == node)
		sim_task_lose(t);
}

static void thaw(struct sim_task *t, void *node)
{
	if (t->node == node)
		sim_task_thaw(t);
}

static void give_up(struct sim_world *w, void *node)
{
	struct sim_node *n = node;

	n->down = true;
	sim_world_each_task(w, lose, n);
	w->place = true; /* if only to say why nothing can be placed */
}

static struct sim_node *make(struct sim_world *w, const char *name)
{
	struct sim_node *n = orch__zalloc(sizeof *n);

	if (!n)
		return NULL;
	n->world = w;
	n->index = w->node_count;
	n->giving_up = (struct sim_timer){ .fire = give_up, .owner = n };
	n->cpu_milli = CPU_DEFAULT;
	n->memory_bytes = MEMORY_DEFAULT;
	n->name = orch__strdup(name);
	if (n->name)
		return n;
	orch__free(n);
	return NULL;
}

void sim_node_free(struct sim_node *n)
{
	orch__arena_dispose(&n->memory);
	orch__free(n->name);
	orch__free(n);
}

static struct sim_node *add(struct sim_world *w, const char *name)
{
	struct sim_node **grown = orch__resize(w->nodes, (w->node_count + 1) * sizeof *grown);
	struct sim_node *n;

	if (!grown)
		return NULL;
	w->nodes = grown;
	n = make(w, name);
	if (n)
		w->nodes[w->node_count++] = n;
	return n;
}

static orch_status check(const orch_sim_node *n)
{
	if (!n->name || !n->name[0])
		return orch__fail(ORCH_E_INVALID, "node: it has no name");
	if (n->cpu_milli != ORCH_UNSET && n->cpu_milli < 0)
		return orch__fail(
			ORCH_E_INVALID, "node %s: cpu_milli must not be negative", n->name);
	if (n->memory_bytes != ORCH_UNSET && n->memory_bytes < 0)
		return orch__fail(
			ORCH_E_INVALID, "node %s: memory_bytes must not be negative", n->name);
	if (n->labels.count && !n->labels.items)
		return orch__fail(
			ORCH_E_INVALID, "node %s: labels has a count and no items", n->name);
	for (size_t i = 0; i < n->labels.count; i++)
		if (!n->labels.items[i].key || !n->labels.items[i].value)
			return orch__fail(ORCH_E_INVALID, "node %s: label %zu is NULL", n->name, i);
	return ORCH_OK;
}

static void *take_from_arena(void *arena, size_t size)
{
	return orch__arena_alloc(arena, size);
}

/* Tasks that no longer fit are the business of the loops. */
static void look_at_all(struct sim_world *w)
{
	w->place = true;
	for (size_t i = 0; i < w->deployment_count; i++)
		sim_world_dirty(w, w->deployments[i]);
	sim_world_settle(w);
}

orch_status sim_node_put(struct sim_world *w, const orch_sim_node *node)
{
	orch_sim_node given = ORCH_SIM_NODE_INIT;
	struct orch__arena memory = { 0 };
	struct sim_memory m = { take_from_arena, &memory, false };
	orch_kv_list labels = { NULL, 0 };
	struct sim_node *n = NULL;
	orch_status st = orch__options_copy("orch_sim_node", &given, sizeof given, node);

	if (st == ORCH_OK)
		st = check(&given);
	if (st < 0)
		return st;
	sim_labels_copy(&m, &labels, given.labels);
	if (!m.failed)
		n = find(w, given.name);
	if (!m.failed && !n)
		n = add(w, given.name);
	if (!n) {
		orch__arena_dispose(&memory);
		return orch__fail(ORCH_E_NOMEM, "node %s", given.name);
	}
	if (given.cpu_milli != ORCH_UNSET)
		n->cpu_milli = given.cpu_milli;
	if (given.memory_bytes != ORCH_UNSET)
		n->memory_bytes = given.memory_bytes;
	orch__arena_dispose(&n->memory);
	n->memory = memory;
	n->labels = labels;
	look_at_all(w);
	return ORCH_OK;
}

static orch_status find_or_fail(struct sim_world *w, const char *name, struct sim_node **out)
{
	*out = find(w, name);
	return *out ? ORCH_OK : orch__fail(ORCH_E_NOTFOUND, "no node %s", name);
}

orch_status sim_node_fail(struct sim_world *w, const char *name)
{
	struct sim_node *n;
	orch_status st = find_or_fail(w, name, &n);

	if (st < 0 || n->silent)
		return st;
	n->silent = true;
	sim_world_each_task(w, freeze, n);
	sim_timer_arm(&w->clock, &n->giving_up, SIM_SILENCE_MS);
	return ORCH_OK;
}

orch_status sim_node_recover(struct sim_world *w, const char *name)
{
	struct sim_node *n;
	orch_status st = find_or_fail(w, name, &n);

	if (st < 0 || !n->silent)
		return st;
	n->silent = n->down = false;
	sim_timer_disarm(&w->clock, &n->giving_up);
	sim_world_each_task(w, thaw, n);
	w->place = true;
	sim_world_settle(w);
	return ORCH_OK;
}
