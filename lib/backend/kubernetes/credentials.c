/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/credentials.h"

#include <pthread.h>
#include <string.h>

#include "backend/kubernetes/exec.h"
#include "backend/kubernetes/material.h"
#include "net/retry.h"
#include "net/target.h"
#include "util/base64.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/text.h"

/*
 * A token of a service account lives for ten minutes at least and is rewritten when a
 * fifth of that is left. Plugins that ask a server for a token take seconds; a minute is
 * for those in trouble.
 */
static const struct kube_credential_limits ordinary = { 60000, 60000 };

enum { HEADER_LIMIT = 64 << 10, TURN_MS = 5 };

struct kube_credentials {
	const struct kube_config *config;
	struct kube_credential_limits limits;
	bool is_secure; /* https: nobody else gets a credential */
	int64_t policy;
	orch_string_list allowed;
	struct orch__arena texts; /* of `allowed` */

	pthread_mutex_t lock; /* of what follows */
	struct kube_material material;
	struct kube_token token;
	struct kube_issued issued; /* by the plugin */
	bool is_issued;            /* and not refused since */
	bool is_running;           /* the plugin, for one thread and all others */
	unsigned runs;             /* that have ended */
	orch_error failure;        /* of the last one; its status may be OK */
	unsigned generation, token_generation;
};

/* ---- open and close ---- */

static orch_status keep_allowed(struct kube_credentials *c, const orch_string_list *list)
{
	const char **items =
		list->count ? orch__arena_alloc(&c->texts, list->count * sizeof *items) : NULL;

	for (size_t i = 0; items && i < list->count; i++)
		items[i] = orch__arena_strndup(&c->texts, list->items[i], strlen(list->items[i]));
	if (c->texts.failed)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	c->allowed = (orch_string_list){ items, list->count };
	return ORCH_OK;
}

orch_status kube_credentials_open(const struct kube_config *config,
	const orch_client_options *options, struct kube_credentials **out)
{
	struct kube_credentials *c = orch__zalloc(sizeof *c);
	orch_status st;

	if (!c)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	pthread_mutex_init(&c->lock, NULL);
	c->config = config;
	c->limits = ordinary;
	c->is_secure = orch__text_starts(config->server, "https://");
	c->policy = options->exec_policy;
	c->generation = c->token_generation = 1;
	st = keep_allowed(c, &options->exec_allowed);
	if (st < 0) {
		kube_credentials_close(c);
		return st;
	}
	*out = c;
	return ORCH_OK;
}

void kube_credentials_close(struct kube_credentials *c)
{
	if (!c)
		return;
	kube_material_dispose(&c->material);
	kube_token_dispose(&c->token);
	kube_issued_dispose(&c->issued);
	orch__arena_dispose(&c->texts);
	pthread_mutex_destroy(&c->lock);
	orch__free(c);
}

struct kube_credential_limits *kube_credentials_limits(struct kube_credentials *c)
{
	return &c->limits;
}

/* ---- files ---- */

/* While there is material, files that cannot be read are about to be replaced. */
static orch_status refresh_material(struct kube_credentials *c)
{
	struct kube_material fresh;
	orch_status st;

	if (c->material.is_loaded && !kube_material_is_stale(&c->material, c->config))
		return ORCH_OK;
	st = kube_material_load(c->config, &fresh);
	if (st < 0)
		return c->material.is_loaded && st != ORCH_E_NOMEM ? ORCH_OK : st;
	if (c->material.is_loaded && !kube_material_equal(&fresh, &c->material))
		c->generation++;
	kube_material_dispose(&c->material);
	c->material = fresh;
	return ORCH_OK;
}

static orch_status refresh_token(struct kube_credentials *c, int64_t look_ms)
{
	bool is_other, is_first = !c->token.text;
	orch_status st =
		kube_token_refresh(&c->token, c->config->user.token_file, look_ms, &is_other);

	if (st == ORCH_OK && is_other && !is_first)
		c->token_generation++;
	return st;
}

/* ---- plugins ---- */

static bool is_valid(const struct kube_credentials *c)
{
	return c->is_issued &&
		(c->issued.expires_ms == ORCH_UNSET ||
			orch__clock_wall_ms() < c->issued.expires_ms);
}

static void take_issued(struct kube_credentials *c, struct kube_issued *fresh)
{
	if (!orch__text_equal(fresh->cert, c->issued.cert) ||
		!orch__text_equal(fresh->key, c->issued.key))
		c->generation++;
	c->token_generation++;
	kube_issued_dispose(&c->issued);
	c->issued = *fresh;
	c->is_issued = true;
}

/* Without the lock, so that others can wait in their own time. The authority does not move
 * away meanwhile: it is copied. */
static orch_status run_unlocked(struct kube_credentials *c, int64_t deadline_ms,
	struct orch__cancel_ticket cancel, struct kube_issued *out)
{
	struct kube_exec_call call = { .config = c->config,
		.policy = c->policy,
		.allowed = c->allowed,
		.patience_ms = c->limits.exec_ms,
		.deadline_ms = deadline_ms,
		.cancel = cancel };
	struct orch__arena texts = { 0 };
	orch_status st = ORCH_OK;

	if (c->material.ca) {
		call.ca = orch__arena_strndup(&texts, c->material.ca, strlen(c->material.ca));
		if (!call.ca)
			return orch__fail(ORCH_E_NOMEM, "out of memory");
	}
	pthread_mutex_unlock(&c->lock);
	st = kube_exec_run(&call, out);
	orch__arena_dispose(&texts);
	pthread_mutex_lock(&c->lock);
	return st;
}

/* Under the lock, which is given up while the plugin runs. */
static orch_status run_plugin(
	struct kube_credentials *c, int64_t deadline_ms, struct orch__cancel_ticket cancel)
{
	struct kube_issued fresh = { 0 };
	orch_status st;

	c->is_running = true;
	st = run_unlocked(c, deadline_ms, cancel, &fresh);
	c->is_running = false;
	c->runs++;
	c->failure.status = ORCH_OK;
	if (st < 0)
		c->failure = *orch_error_last();
	else
		take_issued(c, &fresh);
	return st;
}

/* That one caller had no more time says nothing to the others. */
static bool is_of_the_call(orch_status st)
{
	return st == ORCH_E_CANCELLED || st == ORCH_E_TIMEOUT || st == ORCH_E_NOMEM;
}

/* Until the run of somebody else has ended; then its failure is ours. */
static orch_status await_run(
	struct kube_credentials *c, int64_t deadline_ms, struct orch__cancel_ticket cancel)
{
	const unsigned before = c->runs;
	bool goes_on = true;

	while (goes_on && c->runs == before && orch__clock_ms() < deadline_ms) {
		pthread_mutex_unlock(&c->lock);
		goes_on = orch__pause(TURN_MS, &cancel);
		pthread_mutex_lock(&c->lock);
	}
	if (!goes_on)
		return orch__fail(ORCH_E_CANCELLED, "cancelled while a plugin ran");
	if (c->runs == before)
		return orch__fail(ORCH_E_TIMEOUT, "exec: executable %.200s: the deadline came",
			c->config->user.exec->command);
	if (c->failure.status < 0 && !is_of_the_call(c->failure.status))
		return orch__error_restore(&c->failure);
	return ORCH_OK;
}

/* A credential that has just been issued is taken even when it is about to expire. */
static orch_status ensure_issued(
	struct kube_credentials *c, int64_t deadline_ms, struct orch__cancel_ticket cancel)
{
	orch_status st = ORCH_OK;

	while (st == ORCH_OK && !is_valid(c)) {
		if (!c->is_running)
			return run_plugin(c, deadline_ms, cancel);
		st = await_run(c, deadline_ms, cancel);
		if (st == ORCH_OK && c->is_issued && c->failure.status == ORCH_OK)
			return ORCH_OK;
	}
	return st;
}

/* ---- a request ---- */

static orch_status check_token(const char *token)
{
	if (*token && orch__is_header_value(token) && !strpbrk(token, " \t"))
		return ORCH_OK;
	return orch__fail(ORCH_E_INVALID, "token: it is empty or holds bytes that no token has");
}

static orch_status write_bearer(const char *token, struct orch__buf *out)
{
	orch_status st = check_token(token);

	if (st == ORCH_OK)
		orch__buf_addf(out, "Bearer %s", token);
	return st;
}

static orch_status write_basic(const struct kube_user *u, struct orch__buf *out)
{
	struct orch__buf pair = ORCH__BUF_SECRET(HEADER_LIMIT);

	if (strchr(u->username, ':'))
		return orch__fail(ORCH_E_INVALID, "user name: it holds a colon");
	orch__buf_addf(&pair, "%s:%s", u->username, u->password ? u->password : "");
	orch__buf_add(out, "Basic ", 6);
	if (orch__buf_ok(&pair))
		orch__base64_encode(pair.text, pair.len, out);
	else
		out->failed = pair.failed;
	orch__buf_dispose(&pair);
	return ORCH_OK;
}

static const char *bearer_of(const struct kube_credentials *c)
{
	const struct kube_user *u = &c->config->user;

	if (u->exec)
		return c->issued.token;
	return u->token_file && c->token.text ? c->token.text : u->token;
}

static orch_status write_header(const struct kube_credentials *c, struct orch__buf *out)
{
	const struct kube_user *u = &c->config->user;
	const char *token = bearer_of(c);
	orch_status st = ORCH_OK;

	if (u->username)
		st = write_basic(u, out);
	else if (token)
		st = write_bearer(token, out);
	if (st == ORCH_OK && !orch__buf_ok(out))
		return orch__fail(
			out->failed == ORCH__MEM_NONE_LEFT ? ORCH_E_NOMEM : ORCH_E_INVALID,
			"Authorization: %s",
			out->failed == ORCH__MEM_NONE_LEFT ? "out of memory" : "too long");
	return st;
}

static orch_status refresh(
	struct kube_credentials *c, int64_t deadline_ms, struct orch__cancel_ticket cancel)
{
	const struct kube_user *u = &c->config->user;
	orch_status st = refresh_material(c);

	if (st == ORCH_OK && u->exec)
		return ensure_issued(c, deadline_ms, cancel);
	if (st == ORCH_OK && u->token_file) {
		st = refresh_token(c, c->limits.look_ms);
		/* What was read before, or stands in the kubeconfig, does until there is one. */
		if (st < 0 && st != ORCH_E_NOMEM && (c->token.text || u->token))
			return ORCH_OK;
	}
	return st;
}

/* "Not found" is what is said of objects of the cluster. */
static orch_status of_credentials(orch_status st)
{
	return st == ORCH_E_NOTFOUND ? orch__fail_in(ORCH_E_AUTH, "credentials") : st;
}

orch_status kube_credentials_get(struct kube_credentials *c, int64_t deadline_ms,
	struct orch__cancel_ticket cancel, struct kube_credential *out)
{
	orch_status st = ORCH_OK;

	out->header = (struct orch__buf)ORCH__BUF_SECRET(HEADER_LIMIT);
	pthread_mutex_lock(&c->lock);
	if (c->is_secure) {
		st = refresh(c, deadline_ms, cancel);
		if (st == ORCH_OK)
			st = write_header(c, &out->header);
	}
	out->generation = c->generation;
	out->token_generation = c->token_generation;
	pthread_mutex_unlock(&c->lock);
	return of_credentials(st);
}

static orch_status reread_token(struct kube_credentials *c)
{
	const unsigned before = c->token_generation;
	orch_status st = refresh_token(c, 0);

	if (st == ORCH_OK && c->token_generation == before)
		return orch__fail(ORCH_E_AUTH, "token file: %s: still holds that token",
			c->config->user.token_file);
	return st;
}

static orch_status renew(
	struct kube_credentials *c, int64_t deadline_ms, struct orch__cancel_ticket cancel)
{
	if (c->config->user.exec) {
		c->is_issued = false;
		return ensure_issued(c, deadline_ms, cancel);
	}
	return c->config->user.token_file ? reread_token(c) : ORCH_OK;
}

orch_status kube_credentials_refused(struct kube_credentials *c, const struct kube_credential *used,
	int64_t deadline_ms, struct orch__cancel_ticket cancel, bool *is_other)
{
	orch_status st = ORCH_OK;

	pthread_mutex_lock(&c->lock);
	if (c->is_secure && used->token_generation == c->token_generation)
		st = renew(c, deadline_ms, cancel);
	*is_other = used->token_generation != c->token_generation;
	pthread_mutex_unlock(&c->lock);
	return *is_other ? ORCH_OK : of_credentials(st);
}

void kube_credential_dispose(struct kube_credential *credential)
{
	orch__buf_dispose(&credential->header);
}

/* ---- connections ---- */

static const char *copy(struct orch__arena *a, const char *text)
{
	return text ? orch__arena_strndup(a, text, strlen(text)) : NULL;
}

orch_status kube_credentials_tls(struct kube_credentials *c, unsigned generation,
	struct orch__arena *texts, struct orch__tls *out)
{
	struct orch__tls tls = { 0 };
	orch_status st = ORCH_OK;

	(void)generation; /* the newest: it is the one asked for, or better */
	texts->is_secret = true;
	pthread_mutex_lock(&c->lock);
	if (c->is_secure) {
		st = c->material.is_loaded ? ORCH_OK : refresh_material(c);
		tls.ca = copy(texts, c->material.ca);
		tls.cert = copy(texts, c->issued.cert ? c->issued.cert : c->material.cert);
		tls.key = copy(texts, c->issued.key ? c->issued.key : c->material.key);
	}
	pthread_mutex_unlock(&c->lock);
	if (st == ORCH_OK && texts->failed)
		st = orch__fail(ORCH_E_NOMEM, "out of memory");
	if (st < 0)
		return of_credentials(st);
	*out = tls;
	return ORCH_OK;
}
