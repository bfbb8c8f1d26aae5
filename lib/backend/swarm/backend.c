/* SPDX-License-Identifier: MIT */
#include "backend/swarm/swarm.h"

#include "backend/swarm/config.h"
#include "backend/swarm/noun.h"
#include "backend/swarm/session.h"

static orch_status open_http(
	void *payload, const struct orch__http_config *config, struct orch__http **out)
{
	(void)payload;
	return orch__http_open(config, out);
}

/* The namespace is the caller's alone: neither URLs nor contexts of Docker have one. */
orch_status swarm_open(
	const char *url, const orch_client_options *options, orch_backend **out, const char **ns)
{
	struct swarm_config config;
	struct swarm *s = NULL;
	orch_status st = swarm_config_resolve(url, options, &config);

	(void)ns;
	if (st == ORCH_OK)
		st = swarm_session_open(&config, options, open_http, NULL, &s);
	swarm_config_dispose(&config);
	if (st == ORCH_OK)
		*out = &s->base;
	return st;
}

void swarm_close(orch_backend *backend)
{
	swarm_session_close((struct swarm *)backend);
}

static const struct orch_feature features[] = {
	{ ORCH_CAP_RESTART_CONDITION, ORCH_LEVEL_NATIVE, "" },
	{ ORCH_CAP_RESTART_DELAY, ORCH_LEVEL_NATIVE, "" },
	{ ORCH_CAP_NAMED_USER, ORCH_LEVEL_NATIVE, "" },
	{ ORCH_CAP_PREFIXED_NODE_LABEL, ORCH_LEVEL_UNAVAILABLE,
		"Docker Swarm takes no '/' in a constraint on a node label" },
	{ ORCH_CAP_SEVERAL_ENDPOINTS, ORCH_LEVEL_EMULATED,
		"liborch rotates over the managers in the URL" },
	{ ORCH_CAP_FIELD_OWNERSHIP, ORCH_LEVEL_UNAVAILABLE,
		"Docker Swarm does not keep who set a field" },
	{ (orch_cap)0, ORCH_LEVEL_UNAVAILABLE, NULL },
};

static const struct orch_deployment_ops deployment = {
	.struct_size = sizeof deployment,
	.get = swarm_deployment_get,
	.open = swarm_deployment_open,
	.next = swarm_deployment_next,
	.close = swarm_deployment_close,
	.put = swarm_deployment_put,
	.scale = swarm_deployment_scale,
	.restart = swarm_deployment_restart,
	.remove = swarm_deployment_remove,
	.remaining = swarm_deployment_remaining,
};

static const struct orch_instance_ops instance = {
	.struct_size = sizeof instance,
	.list = swarm_instance_list,
};

static const char *const options[] = { "context", "ca_file", "cert_file", "key_file", "insecure",
	"proxy", NULL };

const struct orch_backend_ops swarm_backend = {
	.struct_size = sizeof swarm_backend,
	.name = "swarm",
	.schemes = (const char *const[]){ "swarm", "swarm+unix", "swarm+ssh", NULL },
	.open = swarm_open,
	.close = swarm_close,
	.info = swarm_info,
	.detect = swarm_detect,
	.features = features,
	.deployment = &deployment,
	.instance = &instance,
	.options = options,
};
