/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_REMAINS_H
#define ORCH_KUBE_REMAINS_H

#include "backend/kubernetes/object.h"

/*
 * What is left of a deployment. Its replica sets go soon after it, its pods later; so the
 * sets are remembered before it is deleted, and those that turn up afterwards as well.
 */
orch_status kube_remains_note(const orch_call *call, struct kube_live *live);
orch_status kube_remains_count(const orch_call *call, struct kube_live *live, int64_t *count);

#endif
