/* SPDX-License-Identifier: MIT */
#include "orch/client.h"

#include <stdio.h>
#include <string.h>

#include <unistd.h>

#include "core/call.h"
#include "core/check.h"
#include "core/options.h"
#include "core/registry.h"
#include "util/alloc.h"
#include "util/error.h"

static void session_unref(struct orch__session *s)
{
	if (atomic_fetch_sub(&s->refs, 1) != 1)
		return;
	s->backend->ops->close(s->backend);
	orch__free(s);
}

/* A view that takes over one reference to the session; NULL when memory is short. */
static orch_client *view_new(struct orch__session *session, const char *ns, int64_t timeout_ms)
{
	orch_client *c = orch__zalloc(sizeof *c);

	if (!c)
		return NULL;
	c->ns = orch__strdup(ns);
	if (!c->ns) {
		orch__free(c);
		return NULL;
	}
	atomic_init(&c->refs, 1);
	atomic_init(&c->cancel.fired, 0);
	c->cancel.ask = session->interrupted;
	c->cancel.payload = session->interrupted_payload;
	c->session = session;
	c->timeout_ms = timeout_ms;
	return c;
}

static struct orch__session *session_new(
	orch_backend *backend, const orch_client_options *options, const char *named_by)
{
	struct orch__session *s = orch__zalloc(sizeof *s);

	if (!s)
		return NULL;
	atomic_init(&s->refs, 1);
	s->backend = backend;
	s->pid = getpid();
	s->raw_json = options->raw_json;
	s->interrupted = options->interrupted;
	s->interrupted_payload = options->interrupted_payload;
	s->named_by = named_by;
	return s;
}

static orch_status open_backend(const struct orch_backend_ops *ops, const char *url,
	const char *named_by, const orch_client_options *options, orch_client **out)
{
	struct orch__session *session;
	orch_backend *backend = NULL;
	orch_client *client = NULL;
	const char *ns = NULL;
	orch_status st = ops->open(url, options, &backend, &ns);

	if (st < 0)
		return st;
	backend->ops = ops;
	if (options->ns || !ns)
		ns = options->ns ? options->ns : "default";
	session = session_new(backend, options, named_by);
	if (session)
		client = view_new(session, ns, options->timeout_ms);
	if (!client) {
		ops->close(backend);
		orch__free(session);
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	}
	*out = client;
	return ORCH_OK;
}

orch_status orch_client_open(const char *url, const orch_client_options *options, orch_client **out)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	const struct orch_backend_ops *ops;
	const char *named_by = NULL;
	orch_status st;

	orch__error_clear();
	if (!out)
		return orch__fail(ORCH_E_INVALID, "open client: out is NULL");
	st = orch__options_copy("open client", &o, sizeof o, options);
	if (st < 0)
		return st;
	orch__client_options_fill(&o);
	st = orch__client_options_check(&o);
	if (st == ORCH_OK && !url)
		st = orch__registry_choose(&o, &url, &named_by);
	if (st == ORCH_OK)
		st = orch__registry_find(url, &ops);
	if (st == ORCH_OK)
		st = orch__client_options_suit(ops, &o);
	if (st == ORCH_OK)
		st = open_backend(ops, url, named_by, &o, out);
	if (st < 0 && named_by)
		st = orch__fail_in(st, "%s", named_by);
	return orch__leave(st, "open client");
}

orch_client *orch_client_ref(orch_client *client)
{
	if (client)
		atomic_fetch_add(&client->refs, 1);
	return client;
}

void orch_client_close(orch_client *client)
{
	if (!client || atomic_fetch_sub(&client->refs, 1) != 1)
		return;
	session_unref(client->session);
	orch__free(client->ns);
	orch__free(client);
}

static orch_status new_view(
	orch_client *client, const char *ns, int64_t timeout_ms, orch_client **out)
{
	orch_client *view = view_new(client->session, ns, timeout_ms);

	if (!view)
		return orch__fail(ORCH_E_NOMEM, "make a view of a client: out of memory");
	atomic_fetch_add(&client->session->refs, 1);
	*out = view;
	return ORCH_OK;
}

orch_status orch_client_with_namespace(orch_client *client, const char *ns, orch_client **out)
{
	orch_status st;

	orch__error_clear();
	if (!client || !out)
		return orch__fail(ORCH_E_INVALID, "with namespace: client or out is NULL");
	st = orch__check_label_name("namespace", ns, ORCH__NAMESPACE_MAX);
	return st < 0 ? st : new_view(client, ns, client->timeout_ms, out);
}

orch_status orch_client_with_timeout(orch_client *client, int64_t timeout_ms, orch_client **out)
{
	orch__error_clear();
	if (!client || !out)
		return orch__fail(ORCH_E_INVALID, "with timeout: client or out is NULL");
	if (timeout_ms <= 0)
		return orch__fail(ORCH_E_INVALID, "with timeout: timeout_ms must be more than 0");
	return new_view(client, client->ns, timeout_ms, out);
}

const char *orch_client_namespace(const orch_client *client)
{
	return client ? client->ns : "";
}

orch_backend *orch_client_backend(const orch_client *client)
{
	return client ? client->session->backend : NULL;
}

void orch_client_cancel(orch_client *client)
{
	if (client)
		orch__cancel_fire(&client->cancel);
}

/* "ORCH_URL", or "ORCH_URL, DOCKER_HOST" when that leaves a choice. */
static orch_status tell_who_named_it(orch_pool *pool, const char *named_by, orch_client_info *info)
{
	const char *then = info->chosen_by;
	char text[1024];

	if (!named_by)
		return ORCH_OK;
	if (then && strcmp(then, "the URL") != 0)
		(void)snprintf(text, sizeof text, "%s, %s", named_by, then);
	else
		(void)snprintf(text, sizeof text, "%s", named_by);
	info->chosen_by = orch_pool_copy(pool, text);
	return info->chosen_by ? ORCH_OK : orch__fail(ORCH_E_NOMEM, "out of memory");
}

static orch_status get_info(struct orch__call *call, const char *named_by, orch_client_info *info)
{
	orch_status st = call->c.backend->ops->info(&call->c, info);

	if (st == ORCH_OK)
		st = tell_who_named_it(call->c.pool, named_by, info);
	if (st < 0)
		return st;
	info->backend = call->c.backend->ops->name;
	info->ns = orch_pool_copy(call->c.pool, call->c.ns);
	return info->ns ? ORCH_OK : orch__fail(ORCH_E_NOMEM, "out of memory");
}

orch_status orch_client_info_get(orch_client *client, const orch_client_info **out)
{
	struct orch__call call;
	orch_client_info *info;
	orch_status st;

	orch__error_clear();
	if (!out)
		return orch__fail(ORCH_E_INVALID, "client info: out is NULL");
	st = orch__call_begin(&call, client, "client info", ORCH_UNSET);
	if (st < 0)
		return st;
	info = orch__result_new(sizeof *info);
	if (!info)
		return orch__fail(ORCH_E_NOMEM, "client info: out of memory");
	orch__call_into(&call, info);
	st = get_info(&call, client->session->named_by, info);
	if (st < 0)
		orch__result_free(info);
	else
		*out = info;
	return orch__leave(st, "client info");
}

void orch_client_info_free(const orch_client_info *info)
{
	orch__result_free(info);
}
