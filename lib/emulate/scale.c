/* SPDX-License-Identifier: MIT */
#include "emulate/emulate.h"

orch_status orch__emulate_scale(const orch_call *call, const orch_deployment_entry *live,
	int64_t replicas, orch_deployment_entry *out)
{
	orch_deployment_spec want = *live->deployment.spec;

	want.replicas = replicas;
	return call->backend->ops->deployment->put(call, live, &want, out);
}
