/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_VIEW_H
#define ORCH_KUBE_VIEW_H

#include "backend/kubernetes/items.h"
#include "backend/kubernetes/object.h"
#include "backend/kubernetes/pod.h"
#include "util/vec.h"

/*
 * The pods of one deployment: those that its selector finds and that one of its replica sets
 * manages. A name proves nothing, and a selector may find what belongs to others.
 */

/* One of the replica sets. */
struct kube_set {
	const char *uid;
	bool is_current;  /* of the present spec */
	int64_t replicas; /* there should be     */
	int64_t working;  /* counted by a list   */
};

struct kube_sets {
	struct orch__vec_ptr items;
};

/* Texts go into the arena. Dispose of `out` in either case. */
orch_status kube_sets_read(const orch_call *call, const struct kube_live *live,
	struct orch__arena *arena, struct kube_sets *out);
void kube_sets_dispose(struct kube_sets *sets);
/* The one that manages an object; NULL: none of these. */
struct kube_set *kube_sets_find(const struct kube_sets *sets, const struct kube_owners *owners);

/* Read what the selector of the deployment finds: sets kind, namespace and selector. */
orch_status kube_view_read(const orch_call *call, const struct kube_live *live, enum kube_kind kind,
	struct kube_items *items);

/* The number of the spec that an object is of; ORCH_UNSET: none yet. */
int64_t kube_revision_of(const struct kube_meta *meta);

/*
 * Numbers into what kube_object_show() has filled in. Until kube_object_is_observed() none
 * is updated; nor is all complete before the controller says so, too: it may want instances
 * to have been ready for a while.
 */
void kube_view_tell(const struct kube_deployment *object, const struct kube_counts *counts,
	orch_deployment *out);

/*
 * Count the instances of a deployment that was read: sets ready, updated and total of `out`,
 * which kube_object_show() has filled in.
 */
orch_status kube_view_count(
	const orch_call *call, const struct kube_live *live, orch_deployment *out);

#endif
