/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_SWARM_H
#define ORCH_SWARM_SWARM_H

#include "orch/sys/backend.h"

/* Docker Swarm. */
extern const struct orch_backend_ops swarm_backend;

#endif
