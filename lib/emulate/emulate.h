/* SPDX-License-Identifier: MIT */
#ifndef ORCH_EMULATE_EMULATE_H
#define ORCH_EMULATE_EMULATE_H

#include "orch/sys/backend.h"

/*
 * What a backend may lack, written once on required operations only. Each has
 * the signature of the slot that it stands in for; core/dispatch.c decides when.
 */
orch_status orch__emulate_scale(const orch_call *call, const orch_deployment_entry *live,
	int64_t replicas, orch_deployment_entry *out);

orch_status orch__emulate_wait(const orch_call *call, const char *name,
	const orch_wait_options *options, orch_deployment_entry *out);

/* Where namespaces are a part of the names of deployments. */
orch_status orch__emulate_ns_list(
	const orch_call *call, const orch_list_options *options, orch_namespaces *out);
orch_status orch__emulate_ns_put(const orch_call *call);
orch_status orch__emulate_ns_remove(const orch_call *call, const void **live);
orch_status orch__emulate_ns_remaining(
	const orch_call *call, const void *live, int64_t *count, const char **why);

#endif
