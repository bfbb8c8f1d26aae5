/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "backend/sim/world.h"
#include "util/options.h"

static bool has_room(const struct sim_node *n, const orch_deployment_spec *s)
{
	return orch__or_default(s->cpu_request_milli, 0) <= n->cpu_milli - n->used_cpu &&
		orch__or_default(s->memory_request_bytes, 0) <= n->memory_bytes - n->used_memory;
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
		if (t->placed)
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
