/* SPDX-License-Identifier: MIT */
#ifndef ORCH_BACKEND_SIM_RAW_H
#define ORCH_BACKEND_SIM_RAW_H

#include "backend/sim/spec.h"

/*
 * The simulator's own JSON, for clients that ask for the orchestrator's. It
 * mirrors the public structs; programs that want another form of it read those.
 */
const char *sim_raw_deployment(struct sim_memory *m, const orch_deployment *d);
const char *sim_raw_instance(struct sim_memory *m, const orch_instance *i);

#endif
