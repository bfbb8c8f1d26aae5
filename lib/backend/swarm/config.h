/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_CONFIG_H
#define ORCH_SWARM_CONFIG_H

#include "backend/swarm/url.h"
#include "orch/client.h"
#include "util/arena.h"

/* Which engines to talk to, how, and why these. */
struct swarm_config {
	struct orch__arena texts;
	struct swarm_host hosts[SWARM_HOSTS_MAX];
	size_t host_count;
	const char *url;       /* as chosen                                  */
	const char *chosen_by; /* "the URL", "DOCKER_HOST", "context prod, named by ..." */
	bool has_tls, is_insecure;
	char *ca, *cert, *key; /* PEM; NULL: none                            */
};

/*
 * Decide as the docker command would: the URL, else the context of the options,
 * else DOCKER_HOST, DOCKER_CONTEXT, the current context, the default socket.
 * Dispose of `out` in either case.
 */
orch_status swarm_config_resolve(
	const char *url, const orch_client_options *options, struct swarm_config *out);
void swarm_config_dispose(struct swarm_config *config);

#endif
