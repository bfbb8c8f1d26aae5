/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_RESOURCE_H
#define ORCH_KUBE_RESOURCE_H

#include "net/target.h"

/* Where the objects of a kind are found. */
enum kube_kind {
	KUBE_DEPLOYMENT,
	KUBE_REPLICASET,
	KUBE_POD,
	KUBE_NAMESPACE,
	KUBE_NODE,
	KUBE_EVENT,
	KUBE_SERVICE_ACCOUNT
};

/*
 * "/apis/apps/v1/namespaces/NS/deployments/NAME/SUB". `ns` NULL: of all namespaces, or of a
 * kind that has none; `name` NULL: all of them; `sub` NULL: the object itself. Names are
 * checked by orch__target_end().
 */
void kube_resource_path(struct orch__target *to, enum kube_kind kind, const char *ns,
	const char *name, const char *sub);

/* "apps/v1", "Deployment", "deployments": as objects and messages say. */
const char *kube_resource_version(enum kube_kind kind);
const char *kube_resource_kind(enum kube_kind kind);
const char *kube_resource_plural(enum kube_kind kind);

#endif
