/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_SPEC_H
#define ORCH_SWARM_SPEC_H

#include "backend/swarm/tables.h"
#include "orch/sys/backend.h"

/* What a deployment is called here, and what the engine says. */
orch_status swarm_spec_read(orch_pool *pool, const struct swarm_spec *wire, const char *name,
	orch_deployment_spec *out);

/*
 * What the engine shall be told. `live` is what it has, or NULL to create: of
 * it the spelling is kept where it says the same, and all that belongs to
 * others. The labels are complete but for the marks of liborch.
 */
orch_status swarm_spec_write(orch_pool *pool, const char *ns, const orch_deployment_spec *want,
	const struct swarm_spec *live, struct swarm_spec *out);

/* "global", "replicated job", "global job"; NULL: replicated, which is what we model. */
const char *swarm_spec_other_mode(const struct swarm_spec *wire);

#endif
