/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_DOUBT_H
#define ORCH_SWARM_DOUBT_H

#include "backend/swarm/session.h"

/*
 * Creations of which another copy may still be on its way, because it was sent
 * again when no answer came. While the service is there, the copy is refused:
 * the name is taken. When the service is deleted soon, the copy would bring it
 * back. So whoever deletes waits until no copy can arrive any more, and takes
 * away what did.
 */
void swarm_doubt_add(struct swarm *s, const char *name, const char *op_id, int64_t sent_ms);

/*
 * After the service of that name was deleted. Returns at once where there is no
 * doubt, which is nearly always. ORCH_E_TIMEOUT, with the outcome APPLIED: it is
 * deleted, and may come back.
 */
orch_status swarm_doubt_settle(const orch_call *call, const char *name);

#endif
