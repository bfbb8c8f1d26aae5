/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_NOUN_H
#define ORCH_KUBE_NOUN_H

#include "orch/sys/backend.h"

/* The operations, one by one: what they promise stands at their slots in orch/sys/backend.h. */
orch_status kube_open(
	const char *url, const orch_client_options *options, orch_backend **out, const char **ns);
void kube_close(orch_backend *backend);
orch_status kube_detect(const orch_client_options *options, const char **url);
orch_status kube_info(const orch_call *call, orch_client_info *out);

orch_status kube_deployment_get(
	const orch_call *call, const char *name, orch_deployment_entry *out);
orch_status kube_deployment_open(
	const orch_call *call, const orch_list_options *options, void **cursor);
orch_status kube_deployment_next(
	const orch_call *call, void *cursor, orch_deployment_entry *out, int *got);
void kube_deployment_close(orch_backend *backend, void *cursor);
orch_status kube_deployment_put(const orch_call *call, const orch_deployment_entry *live,
	const orch_deployment_spec *want, orch_deployment_entry *out);
orch_status kube_deployment_scale(const orch_call *call, const orch_deployment_entry *live,
	int64_t replicas, orch_deployment_entry *out);
orch_status kube_deployment_restart(
	const orch_call *call, const orch_deployment_entry *live, orch_deployment_entry *out);
orch_status kube_deployment_remove(const orch_call *call, const orch_deployment_entry *live);
orch_status kube_deployment_remaining(
	const orch_call *call, const orch_deployment_entry *live, int64_t *count);

orch_status kube_ns_list(
	const orch_call *call, const orch_list_options *options, orch_namespaces *out);
orch_status kube_ns_put(const orch_call *call);
orch_status kube_ns_remove(const orch_call *call, const void **live);
orch_status kube_ns_remaining(
	const orch_call *call, const void *live, int64_t *count, const char **why);

orch_status kube_instance_list(
	const orch_call *call, const orch_deployment_entry *of, orch_instances *out);

#endif
