/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_TASK_H
#define ORCH_SWARM_TASK_H

#include "backend/swarm/node.h"
#include "backend/swarm/tables.h"
#include "orch/instance.h"

/* What one task means. Nothing here asks the engine. */

/* It does not run and never will again. */
bool swarm_task_has_ended(const struct swarm_task *t);

/* What a task adds to the numbers of its deployment. */
struct swarm_counts {
	int64_t total, ready, updated;
};

void swarm_task_count(
	const struct swarm_task *t, const struct swarm_node *node, struct swarm_counts *counts);

/* What the task itself says about what is wrong with it. */
enum orch_cause swarm_task_cause(const struct swarm_task *t);

/*
 * A place that an instance has: what is in it now, and what was in it before.
 * All tasks are of one slot, the oldest first.
 */
struct swarm_place {
	struct swarm_task *const *tasks;
	size_t count;
};

/*
 * The i-th task of a place as an instance. False: it is history, and shows in
 * the newer one only. Names, node and raw text are the caller's to fill in.
 */
bool swarm_place_show(const struct swarm_place *place, size_t i, const struct swarm_node *node,
	orch_instance *out);

#endif
