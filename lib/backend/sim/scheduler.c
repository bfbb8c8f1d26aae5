/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "backend/sim/world.h"
#include "util/text.h"

/* Labels that a node has without being told. NULL: it has no such label. */
static const char *label(const struct sim_node *n, const char *key)
{
	if (!strcmp(key, "kubernetes.io/hostname"))
		return n->name;
	if (!strcmp(key, "kubernetes.io/os"))
		return "linux";
	if (!strcmp(key, "kubernetes.io/arch"))
		return "amd64";
	for (size_t i = 0; i < n->labels.count; i++)
		if (!strcmp(n->labels.items[i].key, key))
			return n->labels.items[i].value;
	return NULL;
}

bool sim_node_satisfies(const struct sim_node *n, orch_constraint_list constraints)
{
	for (size_t i = 0; i < constraints.count; i++) {
		const orch_constraint *c = &constraints.items[i];
		const char *value = label(n, c->key);
		bool equal = value && orch__text_equal(value, c->value);

		if (equal != (c->op == ORCH_CONSTRAINT_EQUAL))
			return false;
	}
	return true;
}

static int64_t or_zero(int64_t request)
{
	return request == ORCH_UNSET ? 0 : request;
}

static bool has_room(const struct sim_node *n, const orch_deployment_spec *s)
{
	return or_zero(s->cpu_request_milli) <= n->cpu_milli - n->used_cpu &&
		or_zero(s->memory_request_bytes) <= n->memory_bytes - n->used_memory;
}

/* Is `a` the better place? Equal ones are told apart by name, so that a run repeats. */
static bool is_better(const struct sim_node *a, const struct sim_node *b)
{
	if (!b)
		return true;
	if (a->mine != b->mine)
		return a->mine < b->mine;
	if (a->used_tasks != b->used_tasks)
		return a->used_tasks < b->used_tasks;
	return strcmp(a->name, b->name) < 0;
}

/* NULL: none; the task then knows why. Constraints are those of today, so that
 * a task which waits for a node profits when they are loosened. */
static struct sim_node *choose(struct sim_world *w, struct sim_task *t)
{
	const orch_constraint_list constraints = t->deployment->spec->spec.constraints;
	struct sim_node *best = NULL;

	t->unfit = t->full = t->gone = 0;
	for (size_t i = 0; i < w->node_count; i++) {
		struct sim_node *n = w->nodes[i];

		if (n->down)
			t->gone++;
		else if (!sim_node_satisfies(n, constraints))
			t->unfit++;
		else if (!has_room(n, &t->spec->spec))
			t->full++;
		else if (is_better(n, best))
			best = n;
	}
	return best;
}

static void count_mine(struct sim_world *w, const struct sim_deployment *d)
{
	for (size_t i = 0; i < w->node_count; i++)
		w->nodes[i]->mine = 0;
	for (const struct sim_task *t = d->first; t; t = t->next)
		if (t->node && !t->lost)
			t->node->mine++;
}

static void place(struct sim_world *w, struct sim_deployment *d)
{
	count_mine(w, d);
	for (struct sim_task *t = d->first; t && d->waiting > 0; t = t->next) {
		struct sim_node *n;

		if (t->state != SIM_TASK_WAITING)
			continue;
		n = choose(w, t);
		if (n) {
			sim_task_assign(t, n);
			n->mine++;
		} else {
			t->cause = ORCH_CAUSE_UNSCHEDULABLE;
		}
	}
}

void sim_schedule(struct sim_world *w)
{
	if (!w->place)
		return;
	w->place = false;
	for (size_t i = 0; i < w->deployment_count; i++)
		if (w->deployments[i]->waiting > 0)
			place(w, w->deployments[i]);
}
