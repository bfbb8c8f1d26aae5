/* SPDX-License-Identifier: MIT */
#ifndef ORCH_BACKEND_SIM_BACKEND_H
#define ORCH_BACKEND_SIM_BACKEND_H

#include "backend/sim/store.h"
#include "orch/sys/backend.h"

/* An open client of a world. */
struct sim_client {
	orch_backend base;
	struct sim_world *world;
	char url[];
};

/*
 * One operation of a client on its world: counted, and delayed or failed by
 * the faults that were asked for. Between a begin that succeeded and its end
 * the world is locked.
 */
enum sim_op_kind { SIM_READ, SIM_WRITE };

struct sim_op {
	const orch_call *call;
	const char *name; /* as in fault.c */
	enum sim_op_kind kind;
	struct sim_world *world;
	struct sim_verdict verdict;
};

orch_status sim_op_begin(
	struct sim_op *op, const orch_call *call, const char *name, enum sim_op_kind kind);
orch_status sim_op_end(struct sim_op *op, orch_status st); /* what the client gets to hear */

orch_status sim_deployment_get(const orch_call *call, const char *name, orch_deployment_entry *out);
orch_status sim_deployment_open(
	const orch_call *call, const orch_list_options *options, void **cursor);
orch_status sim_deployment_next(
	const orch_call *call, void *cursor, orch_deployment_entry *out, int *got);
void sim_deployment_close(orch_backend *backend, void *cursor);
orch_status sim_deployment_put(const orch_call *call, const orch_deployment_entry *live,
	const orch_deployment_spec *want, orch_deployment_entry *out);
orch_status sim_deployment_scale(const orch_call *call, const orch_deployment_entry *live,
	int64_t replicas, orch_deployment_entry *out);
orch_status sim_deployment_restart(
	const orch_call *call, const orch_deployment_entry *live, orch_deployment_entry *out);
orch_status sim_deployment_remove(const orch_call *call, const orch_deployment_entry *live);
orch_status sim_deployment_remaining(const orch_call *call, const char *id, int64_t *count);

orch_status sim_instance_list(
	const orch_call *call, const orch_deployment_entry *of, orch_instances *out);

/* A task as clients see it. */
enum orch_instance_state sim_instance_state(const struct sim_task *t);

#endif
