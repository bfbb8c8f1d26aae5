/* SPDX-License-Identifier: MIT */
#ifndef ORCH_CORE_DISPATCH_H
#define ORCH_CORE_DISPATCH_H

#include "orch/sys/backend.h"

typedef void orch__any_fn(void);
typedef orch_status orch__scale_fn(const orch_call *call, const orch_deployment_entry *live,
	int64_t replicas, orch_deployment_entry *out);
typedef orch_status orch__wait_fn(const orch_call *call, const char *name,
	const orch_wait_options *options, orch_deployment_entry *out);

typedef orch_status orch__ns_list_fn(
	const orch_call *call, const orch_list_options *options, orch_namespaces *out);
typedef orch_status orch__ns_put_fn(const orch_call *call);
typedef orch_status orch__ns_remove_fn(const orch_call *call, const void **live);
typedef orch_status orch__ns_remaining_fn(
	const orch_call *call, const void *live, int64_t *count, const char **why);

/* What to call for an operation: native, else emulated, else NULL. */
orch__any_fn *orch__slot(const struct orch_backend_ops *ops, orch_cap cap);

/* What goes with the ns.remove that orch__slot() gives. */
orch__ns_remaining_fn *orch__ns_remaining(const struct orch_backend_ops *ops);

/* How well a backend does something, and why. `reason` may be NULL. */
orch_level orch__level(const struct orch_backend_ops *ops, orch_cap cap, const char **reason);

/* Fails with ORCH_E_UNSUPPORTED and the reason. */
orch_status orch__unsupported(const struct orch_backend_ops *ops, orch_cap cap);

/* Fails like that when a backend lacks what `part` of the caller's input needs. */
orch_status orch__require(const struct orch_backend_ops *ops, orch_cap cap, const char *part);

/* Name of a required operation that a table lacks, NULL when it is complete. */
const char *orch__backend_missing(const struct orch_backend_ops *ops);

#endif
