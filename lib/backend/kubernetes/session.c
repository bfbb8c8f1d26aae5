/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/session.h"

#include <limits.h>
#include <string.h>

#include "util/clock.h"
#include "util/error.h"
#include "util/pool.h"
#include "util/wipe.h"

/*
 * A request may stand in a queue of the server for 15 s, and a write ends after
 * 34 s whatever happens: to ask again sooner only makes the queue longer. The
 * rules of access are there within a second of the first answer.
 */
static const struct kube_limits ordinary = { 20000, 36000, 2000, 10000 };

/* ---- impersonation ---- */

static const char impersonate_extra[] = "Impersonate-Extra-";

static size_t impersonation_count(const struct kube_user *u)
{
	if (!u->as)
		return 0;
	return 1 + (size_t)(u->as_uid != NULL) + u->as_groups.count + u->as_extra.count;
}

/* Keys are percent-encoded where they are no part of a header's name. */
static const char *extra_name(struct orch__arena *texts, const char *key)
{
	struct orch__buf b = ORCH__BUF_INIT(4096);
	const char *name = NULL;

	orch__buf_add(&b, impersonate_extra, sizeof impersonate_extra - 1);
	orch__buf_add_urlencoded(&b, key);
	if (orch__buf_ok(&b))
		name = orch__arena_strndup(texts, b.text, b.len);
	orch__buf_dispose(&b);
	return name;
}

/* Whom the server shall take us for: the same in every request. */
static orch_status add_impersonation(struct kube *k)
{
	const struct kube_user *u = &k->config.user;
	const size_t count = impersonation_count(u);
	orch_kv *h = count ? orch__arena_alloc(&k->texts, count * sizeof *h) : NULL;
	size_t n = 0;

	if (!count)
		return ORCH_OK;
	if (!h)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	h[n++] = (orch_kv){ "Impersonate-User", u->as };
	if (u->as_uid)
		h[n++] = (orch_kv){ "Impersonate-Uid", u->as_uid };
	for (size_t i = 0; i < u->as_groups.count; i++)
		h[n++] = (orch_kv){ "Impersonate-Group", u->as_groups.items[i] };
	for (size_t i = 0; i < u->as_extra.count; i++) {
		const char *name = extra_name(&k->texts, u->as_extra.items[i].key);

		if (!name)
			return orch__fail(ORCH_E_NOMEM, "out of memory");
		h[n++] = (orch_kv){ name, u->as_extra.items[i].value };
	}
	k->http.headers = h;
	k->http.header_count = n;
	return ORCH_OK;
}

/* ---- open and close ---- */

/* NULL for NULL; false: out of memory. */
static bool keep_text(struct kube *k, const char *text, const char **out)
{
	*out = text ? orch__arena_strndup(&k->texts, text, strlen(text)) : NULL;
	return *out || !text;
}

static orch_status set_up(struct kube *k, const orch_client_options *options)
{
	const char *proxy = k->config.proxy ? k->config.proxy : options->proxy;

	k->texts.is_secret = true; /* the password of a proxy */
	k->is_strict = options->strict_json == 1;
	k->creates_namespaces = options->create_namespace != 0;
	k->http.url = k->config.server;
	k->http.connect_timeout_ms = options->connect_timeout_ms;
	k->http.trace = options->trace;
	k->http.trace_payload = options->trace_payload;
	if (!keep_text(k, proxy, &k->http.proxy) ||
		!keep_text(k, options->user_agent, &k->http.user_agent))
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	return add_impersonation(k);
}

static void dispose(struct kube *k)
{
	kube_credentials_close(k->credentials);
	pthread_mutex_destroy(&k->lock);
	orch__doubts_close(&k->doubts);
	orch__arena_dispose(&k->texts);
	orch__free(k);
}

orch_status kube_session_open(struct kube_config *config, const orch_client_options *options,
	kube_open_http_fn *open_http, void *payload, struct kube **out)
{
	struct kube *k = orch__zalloc(sizeof *k);
	orch_status st;

	if (!k)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	pthread_mutex_init(&k->lock, NULL);
	orch__doubts_open(&k->doubts);
	k->limits = ordinary;
	k->budget = (struct orch__retry_budget)ORCH__RETRY_BUDGET_INIT;
	k->open_http = open_http;
	k->open_payload = payload;
	k->config = *config;
	st = set_up(k, options);
	if (st == ORCH_OK)
		st = kube_credentials_open(&k->config, options, &k->credentials);
	if (st < 0) {
		dispose(k);
		return st;
	}
	memset(config, 0, sizeof *config);
	*out = k;
	return ORCH_OK;
}

static void free_connections(struct kube_connections *c)
{
	orch__http_close(c->http);
	orch__free(c);
}

void kube_session_close(struct kube *k)
{
	if (k->current)
		free_connections(k->current);
	kube_config_dispose(&k->config);
	dispose(k);
}

/* ---- connections ---- */

static orch_status open_connections(
	struct kube *k, unsigned generation, struct kube_connections **out)
{
	struct kube_connections *c = orch__zalloc(sizeof *c);
	struct orch__http_config http = k->http;
	struct orch__arena texts = { 0 };
	struct orch__tls tls = { 0 };
	orch_status st;

	if (!c)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	st = kube_credentials_tls(k->credentials, generation, &texts, &tls);
	if (st == ORCH_OK) {
		tls.server_name = k->config.tls_server_name;
		tls.is_insecure = k->config.is_insecure;
		http.tls = &tls;
		st = k->open_http(k->open_payload, &http, &c->http);
	}
	orch__wipe_text((char *)(uintptr_t)tls.key);
	orch__arena_dispose(&texts);
	if (st < 0) {
		orch__free(c);
		return st;
	}
	c->generation = generation;
	c->users = 1;
	*out = c;
	return ORCH_OK;
}

/* Under the lock. NULL, or what nobody uses any more, for the caller to free without it. */
static struct kube_connections *drop(struct kube_connections *c)
{
	return c && --c->users == 0 ? c : NULL;
}

static bool is_newer(unsigned a, unsigned b)
{
	return a - b - 1 < UINT_MAX / 2;
}

orch_status kube_session_connect(struct kube *k, unsigned generation, struct kube_connections **out)
{
	struct kube_connections *old = NULL, *fresh = NULL;
	orch_status st = ORCH_OK;

	pthread_mutex_lock(&k->lock);
	/* Under the lock, so that two threads do not connect twice: nothing is connected yet. */
	if (!k->current || is_newer(generation, k->current->generation)) {
		st = open_connections(k, generation, &fresh);
		if (st == ORCH_OK) {
			old = drop(k->current);
			k->current = fresh;
		}
	}
	if (st == ORCH_OK) {
		k->current->users++;
		*out = k->current;
	}
	pthread_mutex_unlock(&k->lock);
	if (old)
		free_connections(old);
	return st;
}

void kube_session_release(struct kube *k, struct kube_connections *connections)
{
	struct kube_connections *unused;

	pthread_mutex_lock(&k->lock);
	unused = drop(connections);
	pthread_mutex_unlock(&k->lock);
	if (unused)
		free_connections(unused);
}

const char *kube_session_address(struct kube *k, orch_pool *pool)
{
	const char *address;

	pthread_mutex_lock(&k->lock);
	address = orch_pool_copy(
		pool, k->current ? orch__http_address(k->current->http) : k->config.server);
	pthread_mutex_unlock(&k->lock);
	return address;
}

/* ---- what is known of the server ---- */

void kube_session_allowed(struct kube *k)
{
	pthread_mutex_lock(&k->lock);
	k->was_allowed = true;
	pthread_mutex_unlock(&k->lock);
}

void kube_session_unsettled(struct kube *k)
{
	pthread_mutex_lock(&k->lock);
	k->unsettled_until_ms = orch__clock_ms() + k->limits.unsettled_ms;
	pthread_mutex_unlock(&k->lock);
}

bool kube_session_doubts(struct kube *k)
{
	bool doubts;

	pthread_mutex_lock(&k->lock);
	doubts = k->was_allowed && orch__clock_ms() < k->unsettled_until_ms;
	pthread_mutex_unlock(&k->lock);
	return doubts;
}
