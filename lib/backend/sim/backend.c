/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "backend/sim/call.h"
#include "backend/sim/noun.h"
#include "backend/sim/sim.h"
#include "util/clock.h"
#include "util/error.h"

static orch_status sim_open(
	const char *url, const orch_client_options *options, orch_backend **out, const char **ns)
{
	struct sim_config config;
	struct sim_client *c;
	orch_status st = sim_config_parse(url, &config);

	(void)options;
	(void)ns;
	if (st < 0)
		return st;
	c = orch__zalloc(sizeof *c + strlen(url) + 1);
	if (!c)
		return orch__fail(ORCH_E_NOMEM, "simulator");
	memcpy(c->url, url, strlen(url) + 1);
	st = sim_worlds_open(&config, &c->world);
	if (st == ORCH_OK)
		*out = &c->base;
	else
		orch__free(c);
	return st;
}

static void sim_close(orch_backend *backend)
{
	sim_world_unref(sim_client_of(backend)->world);
	orch__free(backend);
}

static int64_t sim_now(orch_backend *backend)
{
	struct sim_world *w = sim_client_of(backend)->world;
	int64_t now;

	sim_world_lock(w);
	now = w->clock.now;
	sim_turns_hold(&w->turns);
	sim_world_unlock(w);
	return now;
}

/* Virtual time passes because somebody sleeps; with a speed it passes anyway. */
static void sim_sleep(orch_backend *backend, int64_t ms)
{
	struct sim_world *w = sim_client_of(backend)->world;

	if (w->config.speed > 0) {
		orch__clock_sleep((ms + w->config.speed - 1) / w->config.speed);
		return;
	}
	sim_world_lock(w);
	sim_world_sleep(w, ms);
	sim_world_unlock(w);
}

static const struct orch_feature features[] = {
	{ ORCH_CAP_RESTART_CONDITION, ORCH_LEVEL_NATIVE, "" },
	{ ORCH_CAP_RESTART_DELAY, ORCH_LEVEL_NATIVE, "" },
	{ ORCH_CAP_NAMED_USER, ORCH_LEVEL_NATIVE, "" },
	{ ORCH_CAP_PREFIXED_NODE_LABEL, ORCH_LEVEL_NATIVE, "" },
	{ ORCH_CAP_SEVERAL_ENDPOINTS, ORCH_LEVEL_UNAVAILABLE,
		"the simulator runs in this process and has no endpoints" },
	{ ORCH_CAP_FIELD_OWNERSHIP, ORCH_LEVEL_UNAVAILABLE,
		"the simulator has no fields but those of liborch, and nobody else" },
	{ (orch_cap)0, ORCH_LEVEL_UNAVAILABLE, "" },
};

static const struct orch_deployment_ops deployment = {
	.struct_size = sizeof deployment,
	.get = sim_deployment_get,
	.open = sim_deployment_open,
	.next = sim_deployment_next,
	.close = sim_deployment_close,
	.put = sim_deployment_put,
	.scale = sim_deployment_scale,
	.restart = sim_deployment_restart,
	.remove = sim_deployment_remove,
	.remaining = sim_deployment_remaining,
};

static const struct orch_instance_ops instance = {
	.struct_size = sizeof instance,
	.list = sim_instance_list,
};

const struct orch_backend_ops sim_backend = {
	.struct_size = sizeof sim_backend,
	.name = "sim",
	.schemes = (const char *const[]){ "sim", NULL },
	.open = sim_open,
	.close = sim_close,
	.info = sim_info,
	.now = sim_now,
	.sleep = sim_sleep,
	.features = features,
	.deployment = &deployment,
	.instance = &instance,
};
