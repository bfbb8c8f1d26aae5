/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_SIM_WORLD_H
#define TESTS_SUPPORT_SIM_WORLD_H

#include "backend/sim/store.h"

/*
 * Tests of a simulated world from within: no client, no lock, time that the
 * test moves. Whatever goes wrong here fails the test.
 */
struct sim_world *world_open(const char *url);
struct sim_world *world_new(void); /* sim:// */
void world_close(struct sim_world *w);

orch_deployment_spec world_spec(const char *name, const char *image, int64_t replicas);

/* Create it, or change what is there now. */
struct sim_deployment *world_put(struct sim_world *w, const orch_deployment_spec *spec);
struct sim_deployment *world_find(struct sim_world *w, const char *name);
struct sim_live world_live(const struct sim_deployment *d);
void world_restart(struct sim_world *w, const char *name);
void world_remove(struct sim_world *w, const char *name);

/* An image without chance: pulled in 1 s, started in 100 ms. */
void world_image(struct sim_world *w, const char *name);

struct sim_task *world_task(struct sim_deployment *d, int64_t slot); /* who holds the slot */

/*
 * How the tasks are, in the order of slots, one character each:
 *
 *	W waiting  P pulling  S starting  r running  R ready  B resting  E ended  T stopping
 *
 * followed by '\'' when it is not of the present spec, and by '?' when it is lost.
 * Valid until the next call.
 */
const char *world_look(const struct sim_deployment *d);
int64_t world_ready(const struct sim_deployment *d);

#endif
