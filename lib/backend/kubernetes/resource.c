/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/resource.h"

#include <stdbool.h>
#include <stddef.h>

struct resource {
	const char *root, *version, *kind, *plural, *noun;
	bool is_of_namespace;
};

/* The same in every server from 1.20 on. */
/* clang-format off */
static const struct resource resources[] = {
	[KUBE_DEPLOYMENT] = { "/apis/apps/v1", "apps/v1", "Deployment", "deployments", "deployment", true },
	[KUBE_REPLICASET] = { "/apis/apps/v1", "apps/v1", "ReplicaSet", "replicasets", "replica set", true },
	[KUBE_POD] = { "/api/v1", "v1", "Pod", "pods", "pod", true },
	[KUBE_NAMESPACE] = { "/api/v1", "v1", "Namespace", "namespaces", "namespace", false },
	[KUBE_NODE] = { "/api/v1", "v1", "Node", "nodes", "node", false },
	[KUBE_EVENT] = { "/api/v1", "v1", "Event", "events", "event", true },
	[KUBE_SERVICE_ACCOUNT] = { "/api/v1", "v1", "ServiceAccount", "serviceaccounts", "service account", true },
};
/* clang-format on */

void kube_resource_path(struct orch__target *to, enum kube_kind kind, const char *ns,
	const char *name, const char *sub)
{
	const struct resource *r = &resources[kind];

	orch__target_add(to, r->root);
	if (r->is_of_namespace && ns) {
		orch__target_add(to, "/namespaces");
		orch__target_segment(to, "namespace", ns);
	}
	orch__target_add(to, "/");
	orch__target_add(to, r->plural);
	if (name)
		orch__target_segment(to, r->noun, name);
	if (sub) {
		orch__target_add(to, "/");
		orch__target_add(to, sub);
	}
}

const char *kube_resource_version(enum kube_kind kind)
{
	return resources[kind].version;
}

const char *kube_resource_kind(enum kube_kind kind)
{
	return resources[kind].kind;
}

const char *kube_resource_plural(enum kube_kind kind)
{
	return resources[kind].plural;
}
