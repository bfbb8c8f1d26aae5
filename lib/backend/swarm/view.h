/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_VIEW_H
#define ORCH_SWARM_VIEW_H

#include "backend/swarm/call.h"
#include "backend/swarm/items.h"
#include "backend/swarm/task.h"
#include "util/vec.h"

/* The tasks of one service at one moment, marked with what else has to be known. */
struct swarm_view {
	struct orch__vec_ptr tasks; /* of struct swarm_task, by slot, then by age */
	struct swarm_nodes nodes;   /* read only where it matters                 */
};

/* For counting, or with all that an instance shows; texts go into the arena. */
enum swarm_view_depth { SWARM_VIEW_COUNTS, SWARM_VIEW_WHOLE };

/* `raw` (may be NULL) gives each task its text, in the pool. Dispose of `out` in either case. */
orch_status swarm_view_read(struct swarm_attempts *a, const char *service_id,
	enum swarm_view_depth depth, struct orch__arena *arena, orch_pool *raw,
	struct swarm_view *out);
void swarm_view_dispose(struct swarm_view *view);

struct swarm_counts swarm_view_count(const struct swarm_view *view);

#endif
