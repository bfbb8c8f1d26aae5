/* SPDX-License-Identifier: MIT */
/* Which backends there are: those built in, and those a program adds. */
#include "core/registry.h"

#include <pthread.h>
#include <string.h>

#include "backend/sim/sim.h"
#ifdef ORCH_WITH_KUBERNETES
#include "backend/kubernetes/kube.h"
#endif
#ifdef ORCH_WITH_SWARM
#include "backend/swarm/swarm.h"
#endif
#include "core/dispatch.h"
#include "util/env.h"
#include "util/error.h"

/* Known but not built in: the descriptor stays, so that the error can say so. */
#ifndef ORCH_WITH_KUBERNETES
static const struct orch_backend_ops kubernetes_backend = {
	.struct_size = sizeof kubernetes_backend,
	.name = "kubernetes",
	.schemes = (const char *const[]){ "kubernetes", NULL },
};
#endif
#ifndef ORCH_WITH_SWARM
static const struct orch_backend_ops swarm_backend = {
	.struct_size = sizeof swarm_backend,
	.name = "swarm",
	.schemes = (const char *const[]){ "swarm", "swarm+unix", "swarm+ssh", NULL },
};
#endif

static const struct orch_backend_ops *const built_in[] = { &sim_backend, &kubernetes_backend,
	&swarm_backend };
enum { BUILT_IN = sizeof built_in / sizeof built_in[0], ADDED_MAX = 16 };

/*
 * Without a URL these are asked first, in this order, and then those that a
 * program adds. When the environment names none at all, it is what the docker
 * command would do: its default socket.
 */
static const struct orch_backend_ops *const asked[] = { &kubernetes_backend, &swarm_backend };
enum { ASKED = sizeof asked / sizeof asked[0] };
static const char last_resort[] = "swarm://";

/* The one list a program can add to; entries are never removed. */
static struct {
	pthread_mutex_t lock;
	const struct orch_backend_ops *ops[ADDED_MAX];
	size_t count;
} added = { .lock = PTHREAD_MUTEX_INITIALIZER };

const struct orch_backend_ops *orch__registry_at(size_t i)
{
	return i < BUILT_IN ? built_in[i] : NULL;
}

static int has_scheme(const struct orch_backend_ops *ops, const char *scheme, size_t len)
{
	for (const char *const *s = ops->schemes; *s; s++)
		if (strlen(*s) == len && !memcmp(*s, scheme, len))
			return 1;
	return 0;
}

static const struct orch_backend_ops *find_scheme(const char *scheme, size_t len)
{
	for (size_t i = 0; i < BUILT_IN; i++)
		if (has_scheme(built_in[i], scheme, len))
			return built_in[i];
	for (size_t i = 0; i < added.count; i++)
		if (has_scheme(added.ops[i], scheme, len))
			return added.ops[i];
	return NULL;
}

orch_status orch__registry_find(const char *url, const struct orch_backend_ops **out)
{
	const char *end = strstr(url, "://");
	const struct orch_backend_ops *ops;

	if (!end)
		return orch__fail(ORCH_E_INVALID,
			"this is no URL of an orchestrator: expected kubernetes://..., swarm://... "
			"or sim://");
	pthread_mutex_lock(&added.lock);
	ops = find_scheme(url, (size_t)(end - url));
	pthread_mutex_unlock(&added.lock);
	if (!ops)
		return orch__fail(ORCH_E_INVALID, "no backend has the scheme %.*s://",
			(int)(end - url < 32 ? end - url : 32), url);
	if (!ops->open)
		return orch__fail(ORCH_E_UNSUPPORTED,
			"liborch knows %.*s:// but was built without %s", (int)(end - url), url,
			ops->name);
	*out = ops;
	return ORCH_OK;
}

static const struct orch_backend_ops *asked_at(size_t i)
{
	const struct orch_backend_ops *ops = NULL;

	if (i < ASKED)
		return asked[i];
	pthread_mutex_lock(&added.lock);
	if (i - ASKED < added.count)
		ops = added.ops[i - ASKED];
	pthread_mutex_unlock(&added.lock);
	return ops;
}

orch_status orch__registry_choose(
	const orch_client_options *options, const char **url, const char **named_by)
{
	const struct orch_backend_ops *ops;
	orch_status st = ORCH_OK;

	*url = orch__env("ORCH_URL");
	*named_by = *url ? "ORCH_URL" : NULL;
	for (size_t i = 0; st == ORCH_OK && !*url && (ops = asked_at(i)) != NULL; i++)
		if (ops->detect)
			st = ops->detect(options, url);
	if (!*url)
		*url = last_resort;
	return st;
}

static orch_status check_free(const struct orch_backend_ops *ops)
{
	for (const char *const *s = ops->schemes; *s; s++)
		if (find_scheme(*s, strlen(*s)))
			return orch__fail(ORCH_E_EXISTS,
				"register backend %s: the scheme %s is taken", ops->name, *s);
	if (added.count == ADDED_MAX)
		return orch__fail(ORCH_E_TOO_LARGE, "register backend %s: there are %d already",
			ops->name, ADDED_MAX);
	return ORCH_OK;
}

orch_status orch_backend_register(const struct orch_backend_ops *ops)
{
	const char *missing;
	orch_status st;

	orch__error_clear();
	if (!ops)
		return orch__fail(ORCH_E_INVALID, "register backend: ops is NULL");
	missing = orch__backend_missing(ops);
	if (missing)
		return orch__fail(ORCH_E_INVALID, "register backend %s: %s is missing",
			ops->name ? ops->name : "?", missing);
	pthread_mutex_lock(&added.lock);
	st = check_free(ops);
	if (st == ORCH_OK)
		added.ops[added.count++] = ops;
	pthread_mutex_unlock(&added.lock);
	return st;
}
