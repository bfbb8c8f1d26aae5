/* SPDX-License-Identifier: MIT */
#ifndef ORCH_BACKEND_SIM_SIM_H
#define ORCH_BACKEND_SIM_SIM_H

#include "orch/sys/backend.h"

/* The simulator: an orchestrator inside the process. */
extern const struct orch_backend_ops sim_backend;

#endif
