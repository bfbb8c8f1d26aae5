/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_CONSTRAINT_H
#define ORCH_SWARM_CONSTRAINT_H

#include "orch/sys/backend.h"

/*
 * Placement. Where both sides mean the same, the key is that of Kubernetes
 * (`kubernetes.io/hostname`, `.../os`, `.../arch` with its names of
 * architectures); every other key is a label of the node. What Swarm has
 * beyond that (node.role, node.id, node.ip, engine.labels) is not shown, and
 * stays where it is.
 */
orch_status swarm_constraints_read(
	orch_pool *pool, orch_string_list wire, orch_constraint_list *out);

/* As they shall be; `live` keeps its order, its spelling and what we do not show. */
orch_status swarm_constraints_write(
	orch_pool *pool, orch_constraint_list want, orch_string_list live, orch_string_list *out);

#endif
