/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_POD_H
#define ORCH_KUBE_POD_H

#include "backend/kubernetes/tables.h"
#include "orch/instance.h"

/* What one pod means. Nothing here asks the server. */

/* It does not run and never will again. */
bool kube_pod_has_ended(const struct kube_pod *pod);

/*
 * State, cause, ready, restarts, exit code, message, node, image: all that the pod itself
 * says. `node_is_lost`: its node does not answer. Id, name, deployment, updated, raw text
 * are the caller's to fill in. Texts of `out` are borrowed from the pod.
 */
void kube_pod_show(const struct kube_pod *pod, bool node_is_lost, orch_instance *out);

#endif
