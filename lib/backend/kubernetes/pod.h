/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_POD_H
#define ORCH_KUBE_POD_H

#include <stdbool.h>

#include "backend/kubernetes/tables.h"
#include "orch/instance.h"
#include "orch/sys/backend.h"

/* What one pod means. Nothing here asks the server. */

/* It does not run and never will again. */
bool kube_pod_has_ended(const struct kube_pod *pod);

/* uid of the one that manages an object; "" when nobody does. */
const char *kube_controller_of(const struct kube_owners *owners);

/*
 * Who sees to it that it runs may be gone: its condition was set by somebody else than the
 * kubelet, which would have had something to say, or it is still there long after its time.
 * Only its node can tell.
 */
bool kube_pod_is_suspect(const struct kube_pod *pod, int64_t now_ms);

/* What a pod adds to the numbers of its deployment. */
struct kube_counts {
	int64_t total, ready, updated;
};

void kube_pod_count(
	const struct kube_pod *pod, bool is_updated, bool node_is_lost, struct kube_counts *counts);

/*
 * What was said of a pod may tell more than it says itself: a volume that cannot be had, what a
 * failed check answered. `reason` and `message` are of the newest event, `unhealthy` of the
 * newest failed check; NULL: none. Texts are borrowed.
 */
bool kube_pod_is_silent(const orch_instance *shown);
orch_status kube_pod_hear(orch_pool *pool, const char *reason, const char *message,
	const char *unhealthy, orch_instance *shown);

/* What the pod does not know of itself. */
struct kube_sight {
	bool is_updated;   /* of the present spec          */
	bool node_is_lost; /* its node does not answer     */
	int64_t now_ms;    /* since 1970                   */
};

/*
 * State, cause, ready, restarts, exit code, message, node, image: all that the pod itself
 * says. Id, name, deployment, raw text are the caller's to fill in, and so is the message
 * where the node is to blame. ORCH_E_NOMEM.
 */
orch_status kube_pod_show(orch_pool *pool, const struct kube_pod *pod,
	const struct kube_sight *sight, orch_instance *out);

#endif
