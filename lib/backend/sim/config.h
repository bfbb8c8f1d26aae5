/* SPDX-License-Identifier: MIT */
#ifndef ORCH_BACKEND_SIM_CONFIG_H
#define ORCH_BACKEND_SIM_CONFIG_H

#include "orch/error.h"

enum { SIM_WORLD_NAME_MAX = 63 };

/* What a URL asks for. Numbers it leaves open are ORCH_UNSET, for a world that
 * is there already need not be described again. */
struct sim_config {
	char name[SIM_WORLD_NAME_MAX + 1]; /* "": private */
	int64_t nodes, seed, speed;
};

#define SIM_NODES_DEFAULT 3
#define SIM_SEED_DEFAULT 1
#define SIM_SPEED_DEFAULT 0

/* `sim://[NAME][?nodes=N&seed=N&speed=N]`; ORCH_E_INVALID names the part that is wrong. */
orch_status sim_config_parse(const char *url, struct sim_config *out);

#endif
