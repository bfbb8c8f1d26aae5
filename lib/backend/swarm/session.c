/* SPDX-License-Identifier: MIT */
#include "backend/swarm/session.h"

#include <stdlib.h>
#include <string.h>

#include "util/error.h"

enum { CONNECT_OF_SEVERAL_MS = 5000 };

/* With one engine there is nothing to gain by haste. The engine itself gives up after 20 s. */
static const struct swarm_limits alone = { 5000, 5000, 3000, 3000, 3000, 25000, 1000, 21000 };
static const struct swarm_limits several = { 2000, 4000, 3000, 3000, 3000, 25000, 1000, 21000 };

static orch_status open_endpoint(struct swarm *s, const struct swarm_host *host,
	struct orch__http_config *http, swarm_open_http_fn *open_http, void *payload)
{
	const struct orch__ssh ssh = { .host = host->host,
		.user = *host->user ? host->user : NULL,
		.port = host->port,
		.socket = *host->path ? host->path : NULL };
	char url[SWARM_HOST_TEXT + 64];
	orch_status st;

	if (!swarm_host_url(host, http->tls != NULL, url, sizeof url))
		return orch__fail(ORCH_E_INVALID, "the address of the engine is too long");
	http->ssh = host->kind == SWARM_HOST_SSH ? &ssh : NULL;
	http->url = http->ssh ? NULL : url;
	st = open_http(payload, http, &s->endpoints[s->count].http);
	if (st == ORCH_OK)
		s->count++;
	return st;
}

static orch_status open_endpoints(struct swarm *s, const struct swarm_config *config,
	const orch_client_options *options, swarm_open_http_fn *open_http, void *payload)
{
	const struct orch__tls tls = { .ca = config->ca,
		.cert = config->cert,
		.key = config->key,
		.is_insecure = config->is_insecure };
	struct orch__http_config http = {
		.tls = config->has_tls ? &tls : NULL,
		.proxy = options->proxy,
		.user_agent = options->user_agent,
		.connect_timeout_ms = options->connect_timeout_ms,
		.trace = options->trace,
		.trace_payload = options->trace_payload,
	};
	orch_status st = ORCH_OK;

	if (config->host_count > 1 && http.connect_timeout_ms > CONNECT_OF_SEVERAL_MS)
		http.connect_timeout_ms = CONNECT_OF_SEVERAL_MS;
	for (size_t i = 0; st == ORCH_OK && i < config->host_count; i++)
		st = open_endpoint(s, &config->hosts[i], &http, open_http, payload);
	return st;
}

/* NULL for NULL; false: out of memory. */
static bool keep_text(struct swarm *s, const char *text, const char **out)
{
	*out = text ? orch__arena_strndup(&s->texts, text, strlen(text)) : NULL;
	return *out || !text;
}

orch_status swarm_session_open(const struct swarm_config *config,
	const orch_client_options *options, swarm_open_http_fn *open_http, void *payload,
	struct swarm **out)
{
	struct swarm *s = orch__zalloc(sizeof *s);
	orch_status st;

	if (!s)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	pthread_mutex_init(&s->lock, NULL);
	orch__doubts_open(&s->doubts);
	s->is_strict = options->strict_json == 1;
	s->limits = config->host_count > 1 ? several : alone;
	if (keep_text(s, config->url, &s->url) && keep_text(s, config->chosen_by, &s->chosen_by) &&
		keep_text(s, getenv("DOCKER_API_VERSION"), &s->forced_api))
		st = open_endpoints(s, config, options, open_http, payload);
	else
		st = orch__fail(ORCH_E_NOMEM, "out of memory");
	if (st < 0)
		swarm_session_close(s);
	else
		*out = s;
	return st;
}

void swarm_session_close(struct swarm *s)
{
	for (size_t i = 0; i < s->count; i++)
		orch__http_close(s->endpoints[i].http);
	pthread_mutex_destroy(&s->lock);
	orch__doubts_close(&s->doubts);
	orch__arena_dispose(&s->texts);
	orch__free(s);
}

size_t swarm_session_current(struct swarm *s)
{
	size_t i;

	pthread_mutex_lock(&s->lock);
	i = s->current;
	pthread_mutex_unlock(&s->lock);
	return i;
}

void swarm_session_prefer(struct swarm *s, size_t i)
{
	pthread_mutex_lock(&s->lock);
	s->current = i;
	pthread_mutex_unlock(&s->lock);
}

struct swarm_api swarm_session_api(struct swarm *s, size_t i)
{
	struct swarm_api api;

	pthread_mutex_lock(&s->lock);
	api = s->endpoints[i].api;
	pthread_mutex_unlock(&s->lock);
	return api;
}

void swarm_session_set_api(struct swarm *s, size_t i, struct swarm_api api)
{
	pthread_mutex_lock(&s->lock);
	s->endpoints[i].api = api;
	pthread_mutex_unlock(&s->lock);
}
