/* SPDX-License-Identifier: MIT */
#include "backend/swarm/context.h"
#include "backend/swarm/noun.h"
#include "util/env.h"
#include "util/error.h"

/* A config.json that cannot be read is one all the same: opening says what is wrong with it. */
static orch_status has_current_context(bool *out)
{
	struct orch__arena texts = { 0 };
	const char *folder = swarm_docker_folder(&texts), *name = NULL;
	orch_status st = ORCH_E_NOMEM;

	if (folder)
		st = swarm_context_current(&texts, folder, &name);
	else
		(void)orch__fail(st, "out of memory");
	*out = name != NULL || st < 0;
	orch__arena_dispose(&texts);
	if (st == ORCH_E_NOMEM)
		return st;
	orch__error_clear();
	return ORCH_OK;
}

/* What would make the docker command leave its default socket. */
orch_status swarm_detect(const orch_client_options *options, const char **url)
{
	bool is_named = orch__env("DOCKER_HOST") || orch__env("DOCKER_CONTEXT");
	orch_status st = is_named ? ORCH_OK : has_current_context(&is_named);

	(void)options;
	if (st == ORCH_OK && is_named)
		*url = "swarm://";
	return st;
}
