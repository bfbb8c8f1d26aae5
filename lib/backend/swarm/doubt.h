/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_DOUBT_H
#define ORCH_SWARM_DOUBT_H

#include "backend/swarm/session.h"

/* Another copy of this creation may arrive until the engine has dropped it: net/doubt.h. */
void swarm_doubt_add(struct swarm *s, const char *name, const char *op_id, int64_t sent_ms);

/* After the service of that name was deleted. */
orch_status swarm_doubt_settle(const orch_call *call, const char *name);

#endif
