/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_NODE_H
#define ORCH_KUBE_NODE_H

#include <stdbool.h>

#include "orch/sys/backend.h"
#include "util/arena.h"
#include "util/vec.h"

/*
 * Which nodes answer. Reading them takes a right that not everybody has, and much text: it
 * is for pods that give reason to ask.
 */
struct kube_nodes {
	struct orch__vec_ptr items; /* by name */
	bool is_known;              /* false: they could not be read, and none is lost */
};

/* All of them, or `only` that one; texts go into the arena. Dispose of `out` in either case. */
orch_status kube_nodes_read(
	const orch_call *call, const char *only, struct orch__arena *arena, struct kube_nodes *out);
void kube_nodes_dispose(struct kube_nodes *nodes);

/* It does not answer, or is no more; `*why` (may be NULL): in the server's words, or "". */
bool kube_nodes_lost(const struct kube_nodes *nodes, const char *name, const char **why);

#endif
