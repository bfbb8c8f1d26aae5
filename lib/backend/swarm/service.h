/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_SERVICE_H
#define ORCH_SWARM_SERVICE_H

#include "backend/swarm/call.h"
#include "backend/swarm/tables.h"

/* A service as it was read: what a write starts from. Lies in the pool of the call. */
struct swarm_live {
	struct swarm_service service;
	struct swarm_spec spec;
	const char *raw_json;
};

/*
 * Read one, by its ID or its exact name. ORCH_E_NOTFOUND also when the engine
 * takes `key` for the beginning of somebody's ID.
 */
orch_status swarm_service_read(struct swarm_attempts *a, const char *key, struct swarm_live *out);

/* What the public sees of it, but for the counts. `ns` and `name` are borrowed. */
orch_status swarm_service_show(orch_pool *pool, const struct swarm_service *service,
	const struct swarm_spec *spec, const char *ns, const char *name, orch_deployment *out);

/* Did the call of that name write what is there, or what was there just before? */
bool swarm_service_is_signed(const struct swarm_live *live, const char *op_id);

/*
 * Writes. Each is safe to send again, and is, until it is known what became of
 * it: creating by the name, which only one can have; changing by the version,
 * which only one can follow; deleting by the ID.
 */
struct swarm_body {
	const char *text;
	size_t len;
};

/* `*id` of what was created. ORCH_E_EXISTS: the name is another's; ORCH_E_IMMUTABLE: of
 * another mode. */
orch_status swarm_service_create(
	const orch_call *call, const char *name, struct swarm_body body, const char **id);
/* ORCH_E_CONFLICT: it is no longer of that version. */
orch_status swarm_service_update(
	const orch_call *call, const struct swarm_live *live, struct swarm_body body);
orch_status swarm_service_delete(const orch_call *call, const char *id);

#endif
