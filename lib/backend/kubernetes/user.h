/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_USER_H
#define ORCH_KUBE_USER_H

#include "backend/kubernetes/entry.h"

/* Users of a kubeconfig. */

/*
 * What the entry says of itself, into `out->user`. `cluster` is where extensions for plugins
 * stand. With `has_token` the caller has one, which goes before all but certificates: what
 * the entry says in its place is not looked at.
 */
orch_status kube_user_read(const struct kube_entry *user, const struct kube_entry *cluster,
	bool has_token, struct kube_config *out);

/* Its member `exec`: user_exec.c. */
orch_status kube_user_read_exec(const struct kube_entry *user, const struct kube_entry *cluster,
	const struct orch__yaml *exec, struct kube_config *out);

#endif
