/* SPDX-License-Identifier: MIT */
/* orch/sim.h: what a program does with its world. */
#include "backend/sim/call.h"
#include "backend/sim/sim.h"
#include "util/error.h"

orch_status orch_sim_from_client(orch_client *client, orch_sim **out)
{
	orch_backend *backend;
	struct sim_world *w;

	orch__error_clear();
	if (!client || !out)
		return orch__fail(ORCH_E_INVALID, "simulator of a client: %s is NULL",
			client ? "out" : "client");
	backend = orch_client_backend(client);
	if (backend->ops != &sim_backend)
		return orch__fail(ORCH_E_UNSUPPORTED,
			"simulator of a client: this client is of a real orchestrator, %s",
			backend->ops->name);
	w = sim_client_of(backend)->world;
	sim_world_ref(w);
	*out = &w->handle;
	return ORCH_OK;
}

void orch_sim_close(orch_sim *sim)
{
	if (sim)
		sim_world_unref(sim->world);
}

int64_t orch_sim_now(const orch_sim *sim)
{
	int64_t now;

	if (!sim)
		return 0;
	sim_world_lock(sim->world);
	now = sim->world->clock.now;
	sim_world_unlock(sim->world);
	return now;
}

void orch_sim_advance(orch_sim *sim, int64_t ms)
{
	if (!sim || ms <= 0)
		return;
	sim_world_lock(sim->world);
	if (sim->world->config.speed > 0)
		sim_world_advance(sim->world, ms);
	else
		sim_world_sleep(sim->world, ms);
	sim_world_unlock(sim->world);
}

/* NULL: an argument is missing, and the error says so. */
static struct sim_world *enter(orch_sim *sim, const char *what, const void *given)
{
	orch__error_clear();
	if (!sim || !given) {
		(void)!orch__fail(ORCH_E_INVALID, "%s: %s is NULL", what, sim ? "it" : "sim");
		return NULL;
	}
	sim_world_lock(sim->world);
	return sim->world;
}

static orch_status leave(struct sim_world *w, orch_status st)
{
	sim_world_unlock(w);
	return st;
}

orch_status orch_sim_node_put(orch_sim *sim, const orch_sim_node *node)
{
	struct sim_world *w = enter(sim, "put node", node);

	return w ? leave(w, sim_node_put(w, node)) : ORCH_E_INVALID;
}

orch_status orch_sim_node_fail(orch_sim *sim, const char *name)
{
	struct sim_world *w = enter(sim, "fail node", name);

	return w ? leave(w, sim_node_fail(w, name)) : ORCH_E_INVALID;
}

orch_status orch_sim_node_recover(orch_sim *sim, const char *name)
{
	struct sim_world *w = enter(sim, "recover node", name);

	return w ? leave(w, sim_node_recover(w, name)) : ORCH_E_INVALID;
}

orch_status orch_sim_image_put(orch_sim *sim, const orch_sim_image *image)
{
	struct sim_world *w = enter(sim, "put image", image);

	return w ? leave(w, sim_image_put(w, image)) : ORCH_E_INVALID;
}

orch_status orch_sim_fault_add(orch_sim *sim, const orch_sim_fault *fault)
{
	struct sim_world *w = enter(sim, "add fault", fault);

	return w ? leave(w, sim_fault_add(w, fault)) : ORCH_E_INVALID;
}

/* Both counters are of the past: no time need pass to read them. */
int64_t orch_sim_writes(const orch_sim *sim)
{
	int64_t n;

	if (!sim)
		return 0;
	pthread_mutex_lock(&sim->world->lock);
	n = sim->world->writes;
	pthread_mutex_unlock(&sim->world->lock);
	return n;
}

int64_t orch_sim_operations(const orch_sim *sim)
{
	int64_t n;

	if (!sim)
		return 0;
	pthread_mutex_lock(&sim->world->lock);
	n = sim->world->operations;
	pthread_mutex_unlock(&sim->world->lock);
	return n;
}
