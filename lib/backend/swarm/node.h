/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_NODE_H
#define ORCH_SWARM_NODE_H

#include "backend/swarm/call.h"
#include "backend/swarm/tables.h"
#include "util/vec.h"

/* The nodes of the swarm at one moment, in the order of their IDs. */
struct swarm_nodes {
	struct orch__vec_ptr items; /* of struct swarm_node */
};

/* Texts go into the arena. Dispose of `out` in either case. */
orch_status swarm_nodes_read(
	struct swarm_attempts *a, struct orch__arena *arena, struct swarm_nodes *out);
void swarm_nodes_dispose(struct swarm_nodes *nodes);

/* NULL: not there (any more). */
const struct swarm_node *swarm_nodes_find(const struct swarm_nodes *nodes, const char *id);
/* Does the swarm hold it for dead? "unknown" is no such verdict: it is what all nodes are for
 * a moment when the leader changes. */
bool swarm_node_is_down(const struct swarm_node *node);

#endif
