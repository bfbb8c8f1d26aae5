/* SPDX-License-Identifier: MIT */
#ifndef ORCH_BACKEND_SIM_STORE_H
#define ORCH_BACKEND_SIM_STORE_H

#include "backend/sim/world.h"

/* What a reader saw, and a writer goes by. */
struct sim_live {
	char id[SIM_ID_LEN + 1];
	uint64_t version;
};

/* Who writes what: names without NULL. */
struct sim_write {
	const char *ns, *name, *op_id;
	const struct sim_live *live; /* NULL: it is not there yet */
};

/*
 * Deployments by namespace and name, and the rules of writing them. Each write
 * is whole or not at all: what it needs is taken before anything is changed. A
 * write that bears the op_id of the last one is that one, asked for again
 * because its answer was lost: it succeeds and changes nothing.
 *
 * Statuses: ORCH_E_NOTFOUND, ORCH_E_EXISTS, ORCH_E_CONFLICT, ORCH_E_NOMEM,
 * ORCH_E_TOO_LARGE for more than SIM_REPLICAS_MAX.
 */
orch_status sim_store_find(
	struct sim_world *w, const char *ns, const char *name, struct sim_deployment **out);
orch_status sim_store_put(struct sim_world *w, const struct sim_write *write,
	const orch_deployment_spec *want, struct sim_deployment **out);
orch_status sim_store_scale(struct sim_world *w, const struct sim_write *write, int64_t replicas,
	struct sim_deployment **out);
orch_status sim_store_restart(
	struct sim_world *w, const struct sim_write *write, struct sim_deployment **out);
orch_status sim_store_remove(struct sim_world *w, const struct sim_write *write);

/* Also among those that are removed, as long as they have tasks. NULL: none. */
struct sim_deployment *sim_store_by_id(struct sim_world *w, const char *id);
/* The first one behind this place in the order of namespaces and names. NULL: none. */
struct sim_deployment *sim_store_behind(struct sim_world *w, const char *ns, const char *name);

void sim_store_bury(struct sim_deployment *d); /* removed, and its last task is gone */
void sim_store_clear(struct sim_world *w);

#endif
