/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_CLUSTER_H
#define ORCH_KUBE_CLUSTER_H

#include "backend/kubernetes/entry.h"

/* Clusters of a kubeconfig: server, proxy, whom to trust. `is_insecure` is what the entry
 * asks for. */
orch_status kube_cluster_read(const struct kube_entry *e, struct kube_config *out);

/* "https://host[:port][/prefix]" without query, fragment and last slash, checked. `what` is
 * for the message: "FILE: cluster NAME: server". */
orch_status kube_server_read(
	const char *what, const char *text, struct orch__arena *keep, const char **out);

#endif
