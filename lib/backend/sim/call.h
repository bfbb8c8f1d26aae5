/* SPDX-License-Identifier: MIT */
#ifndef ORCH_BACKEND_SIM_CALL_H
#define ORCH_BACKEND_SIM_CALL_H

#include "backend/sim/store.h"
#include "orch/sys/backend.h"

/* An open client of a world. */
struct sim_client {
	orch_backend base;
	struct sim_world *world;
	char url[];
};

struct sim_client *sim_client_of(orch_backend *backend);

/*
 * One operation of a client on its world: counted, and delayed or failed by
 * the faults that were asked for. Between a begin that succeeded and its end
 * the world is locked.
 */
enum sim_call_kind { SIM_READ, SIM_WRITE };

struct sim_call {
	const orch_call *call;
	const char *name; /* as in fault.c */
	enum sim_call_kind kind;
	struct sim_world *world;
	struct sim_verdict verdict;
};

orch_status sim_call_begin(
	struct sim_call *c, const orch_call *call, const char *name, enum sim_call_kind kind);
orch_status sim_call_end(struct sim_call *c, orch_status st); /* what the client gets to hear */

#endif
