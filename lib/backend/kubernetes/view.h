/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_VIEW_H
#define ORCH_KUBE_VIEW_H

#include "backend/kubernetes/object.h"

/*
 * Count the instances of a deployment that was read: sets ready, updated and total of `out`,
 * which kube_object_show() has filled in. Until kube_object_is_observed() none is updated.
 */
orch_status kube_view_count(
	const orch_call *call, const struct kube_live *live, orch_deployment *out);

#endif
