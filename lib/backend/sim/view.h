/* SPDX-License-Identifier: MIT */
#ifndef ORCH_BACKEND_SIM_VIEW_H
#define ORCH_BACKEND_SIM_VIEW_H

#include "backend/sim/call.h"
#include "backend/sim/spec.h"

/* What clients see of the world, in the memory of their call. */
struct sim_memory sim_view_memory(const orch_call *call);
enum orch_instance_state sim_view_state(const struct sim_task *t);
orch_status sim_view_deployment(
	const orch_call *call, const struct sim_deployment *d, orch_deployment_entry *out);

#endif
