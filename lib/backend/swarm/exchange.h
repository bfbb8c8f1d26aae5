/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_EXCHANGE_H
#define ORCH_SWARM_EXCHANGE_H

#include "backend/swarm/call.h"

/* One request to the endpoint that is next, in a version that it speaks. ORCH_OK: an answer. */
orch_status swarm_exchange(struct swarm_attempts *a, const struct swarm_request *r,
	struct swarm_api api, struct orch__response *answer);

/* How long an engine may be silent about a read, now that others were. */
int64_t swarm_patience_ms(const struct swarm_attempts *a, bool is_large);

#endif
