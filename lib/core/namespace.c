/* SPDX-License-Identifier: MIT */
#include "orch/namespace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/deployment.h"
#include "core/dispatch.h"
#include "core/gone.h"
#include "core/list.h"
#include "model/deployment.h"
#include "util/error.h"

enum { AGAIN_MS = 200 };

/* ---- list ---- */

static int by_name(const void *a, const void *b)
{
	const orch_namespace *x = *(const orch_namespace *const *)a;
	const orch_namespace *y = *(const orch_namespace *const *)b;

	return orch__name_compare(x->name, y->name);
}

static orch_status read_list(
	struct orch__call *call, const orch_list_options *options, orch_namespaces *list)
{
	orch__ns_list_fn *read =
		(orch__ns_list_fn *)orch__slot(call->c.backend->ops, ORCH_CAP_NAMESPACE_LIST);
	orch_status st = read(&call->c, options, list);

	if (st == ORCH_OK && list->count)
		qsort((void *)(uintptr_t)list->items, list->count, sizeof *list->items, by_name);
	return st;
}

orch_status orch_namespace_list(
	orch_client *client, const orch_list_options *options, const orch_namespaces **out)
{
	orch_list_options o = ORCH_LIST_OPTIONS_INIT;
	struct orch__call call;
	orch_namespaces *list;
	orch_status st;

	orch__error_clear();
	if (!out)
		return orch__fail(ORCH_E_INVALID, "list namespaces: out is NULL");
	st = orch__list_begin(&call, client, "list namespaces", options, &o);
	if (st < 0)
		return st;
	list = orch__result_new(sizeof *list);
	if (!list)
		return orch__fail(ORCH_E_NOMEM, "list namespaces: out of memory");
	orch__call_into(&call, list);
	st = read_list(&call, &o, list);
	if (st < 0)
		orch__result_free(list);
	else
		*out = list;
	return orch__leave(st, "list namespaces");
}

void orch_namespaces_free(const orch_namespaces *list)
{
	orch__result_free(list);
}

/* ---- apply, delete ---- */

/* A write, with memory for what the backend keeps from one step to the next. */
struct write {
	const char *verb; /* "delete namespace" */
	orch_write_options options;
	orch_wait_options wait;
	struct orch__call call;
	void *kept;
	const void *live;
};

static orch_status read_options(struct write *w, const orch_write_options *given)
{
	orch_write_options o = ORCH_WRITE_OPTIONS_INIT;
	orch_status st = orch__options_copy(w->verb, &o, sizeof o, given);

	if (st == ORCH_OK && o.version)
		return orch__fail(ORCH_E_INVALID, "%s: a namespace has no version", w->verb);
	if (st == ORCH_OK && o.force != ORCH_UNSET && o.force != 1)
		return orch__fail(ORCH_E_INVALID, "%s: force is not for namespaces", w->verb);
	if (st == ORCH_OK && o.wait)
		st = orch__wait_options(w->verb, o.wait, &w->wait);
	w->options = o;
	return st;
}

/* Dispose of `w` in either case. */
static orch_status begin(struct write *w, orch_client *client, const orch_write_options *given)
{
	orch_status st = read_options(w, given);

	if (st == ORCH_OK)
		st = orch__call_begin(&w->call, client, w->verb, w->options.timeout_ms);
	if (st < 0)
		return st;
	w->kept = orch__result_new(1);
	if (!w->kept)
		return orch__fail(ORCH_E_NOMEM, "%s: out of memory", w->verb);
	orch__call_into(&w->call, w->kept);
	return ORCH_OK;
}

/* One that is on its way out is in the way of another, for a while. */
static orch_status put_when_free(struct write *w, orch__ns_put_fn *put)
{
	orch_status st;

	orch__call_extend(&w->call, w->wait.timeout_ms);
	for (;;) {
		st = put(&w->call.c);
		if (st != ORCH_E_CONFLICT)
			return st;
		st = orch_call_sleep(&w->call.c, AGAIN_MS);
		if (st == ORCH_E_CANCELLED)
			return orch__fail(st, "cancelled by the caller");
		if (st < 0)
			return orch_error_last()->status;
	}
}

orch_status orch_namespace_apply(orch_client *client, const orch_write_options *options)
{
	struct write w = { .verb = "apply namespace" };
	orch__ns_put_fn *put;
	orch_status st;

	orch__error_clear();
	st = begin(&w, client, options);
	if (st < 0)
		return st;
	put = (orch__ns_put_fn *)orch__slot(w.call.c.backend->ops, ORCH_CAP_NAMESPACE_APPLY);
	st = w.options.wait ? put_when_free(&w, put) : put(&w.call.c);
	orch__result_free(w.kept);
	return orch__leave(st, "%s %s", w.verb, w.call.c.ns);
}

static orch_status count_left(
	struct orch__call *call, void *payload, int64_t *left, char why[ORCH__WHY])
{
	const struct write *w = payload;
	const char *text = NULL;
	orch_status st = orch__ns_remaining(call->c.backend->ops)(&call->c, w->live, left, &text);

	if (st == ORCH_OK && text)
		(void)snprintf(why, ORCH__WHY, "%s", text);
	return st;
}

static orch_status remove_it(struct write *w)
{
	orch__ns_remove_fn *remove =
		(orch__ns_remove_fn *)orch__slot(w->call.c.backend->ops, ORCH_CAP_NAMESPACE_DELETE);
	orch_status st;

	if (strcmp(w->call.c.ns, "default") == 0)
		return orch__fail(ORCH_E_INVALID,
			"this namespace is always there; delete what is in it one by one");
	st = remove(&w->call.c, &w->live);
	if (st == ORCH_OK && w->options.wait)
		st = orch__wait_until_gone(&w->call, w->wait.timeout_ms, count_left, w);
	return st;
}

orch_status orch_namespace_delete(orch_client *client, const orch_write_options *options)
{
	struct write w = { .verb = "delete namespace" };
	orch_status st;

	orch__error_clear();
	st = begin(&w, client, options);
	if (st < 0)
		return st;
	st = remove_it(&w);
	orch__result_free(w.kept);
	return orch__leave(st, "%s %s", w.verb, w.call.c.ns);
}
