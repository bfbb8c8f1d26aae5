/* SPDX-License-Identifier: MIT */
/* Namespaces: on demand, where the first object of one makes it, and as a noun of their own. */
#include "backend/kubernetes/namespace.h"

#include <stdio.h>
#include <string.h>

#include "backend/kubernetes/call.h"
#include "backend/kubernetes/items.h"
#include "backend/kubernetes/names.h"
#include "backend/kubernetes/noun.h"
#include "backend/kubernetes/resource.h"
#include "backend/kubernetes/tables.h"
#include "backend/kubernetes/write.h"
#include "json/writer.h"
#include "net/retry.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/pool.h"
#include "util/text.h"
#include "util/ticket.h"
#include "util/vec.h"

enum { BODY_MAX = 4096, WHY_MAX = 1024, PAUSE_MS = 200 };

/* ---- making one ---- */

static orch_status write_body(const char *ns, struct orch__buf *out)
{
	struct orch__json_writer w;

	orch__json_write_start(&w, out);
	orch__json_write_object(&w);
	orch__json_write_key(&w, "apiVersion");
	orch__json_write_str(&w, kube_resource_version(KUBE_NAMESPACE));
	orch__json_write_key(&w, "kind");
	orch__json_write_str(&w, kube_resource_kind(KUBE_NAMESPACE));
	orch__json_write_key(&w, "metadata");
	orch__json_write_object(&w);
	orch__json_write_key(&w, "name");
	orch__json_write_str(&w, ns);
	orch__json_write_key(&w, "labels");
	orch__json_write_object(&w);
	orch__json_write_key(&w, KUBE_LABEL_MANAGED);
	orch__json_write_str(&w, KUBE_MANAGER);
	orch__json_write_end(&w);
	orch__json_write_end(&w);
	orch__json_write_end(&w);
	return orch__json_write_finish(&w);
}

static orch_status post(
	const orch_call *call, struct orch__target *to, const struct orch__buf *body)
{
	/* A second copy meets the first. */
	const struct kube_request request = { .method = "POST",
		.path = to->path.text,
		.query = to->query.text,
		.body = body->text,
		.body_len = body->len,
		.again = KUBE_REPEAT };
	struct orch__response answer = { 0 };
	orch_status st = kube_send(call, &request, &answer);

	orch__response_dispose(&answer);
	return st;
}

/* ORCH_E_EXISTS: somebody else was faster, or it is there after all. */
static orch_status make(const orch_call *call)
{
	struct orch__target to = ORCH__TARGET_INIT;
	struct orch__buf body = ORCH__BUF_INIT(BODY_MAX);
	orch_status st;

	kube_resource_path(&to, KUBE_NAMESPACE, NULL, NULL, NULL);
	orch__target_query(&to, "fieldManager", KUBE_MANAGER);
	st = orch__target_end(&to);
	if (st == ORCH_OK)
		st = write_body(call->ns, &body);
	if (st == ORCH_OK)
		st = post(call, &to, &body);
	orch__buf_dispose(&body);
	orch__target_dispose(&to);
	return st < 0 ? orch__fail_in(st, "create namespace %s", call->ns) : ORCH_OK;
}

/* ---- what is the matter ---- */

/* What is created has no name yet that could not be found: only its namespace can be missing. */
static bool is_missing(const orch_error *e)
{
	return e->status == ORCH_E_NOTFOUND && e->http_status == 404;
}

static bool is_going(const orch_error *e)
{
	return strcmp(e->reason, "NamespaceTerminating") == 0;
}

static orch_status rest(const orch_call *call, const orch_error *why)
{
	const struct orch__cancel_ticket cancel = orch__ticket(call);

	if (call->deadline_ms - orch__clock_ms() <= PAUSE_MS)
		return orch__error_restore(why);
	return orch__pause(PAUSE_MS, &cancel)
		? ORCH_OK
		: orch__fail(ORCH_E_CANCELLED, "cancelled by the caller");
}

orch_status kube_namespace_mend(const orch_call *call)
{
	const orch_error why = *orch_error_last();
	orch_status st;

	if (is_going(&why))
		return rest(call, &why);
	if (!is_missing(&why))
		return why.status;
	if (!kube_of(call)->creates_namespaces)
		return orch__fail_in(why.status,
			"there is no namespace %s, and this client was told to create none",
			call->ns);
	st = make(call);
	return st == ORCH_E_EXISTS ? rest(call, &why) : st;
}

/* ---- the noun ---- */

static bool is_terminating(const struct kube_namespace *ns)
{
	return ns->meta.deleted_ms != ORCH_UNSET || orch__text_equal(ns->phase, "Terminating");
}

/* What its end waits for: whatever of its conditions holds speaks of nothing else. */
static orch_status explain(orch_pool *pool, const struct kube_namespace *ns, const char **out)
{
	struct orch__buf text = ORCH__BUF_INIT(WHY_MAX);

	for (size_t i = 0; is_terminating(ns) && i < ns->conditions.count; i++) {
		const struct kube_condition *c = &ns->conditions.items[i];

		if (!orch__text_equal(c->status, "True") || !c->message || !*c->message)
			continue;
		orch__buf_addf(&text, "%s%s", text.len ? "; " : "", c->message);
	}
	/* What no longer fits is left out. */
	*out = text.failed == ORCH__MEM_NONE_LEFT
		? NULL
		: orch_pool_copy(pool, text.text ? text.text : "");
	orch__buf_dispose(&text);
	return *out ? ORCH_OK : orch__fail(ORCH_E_NOMEM, "out of memory");
}

/* ---- list ---- */

struct listing {
	const orch_call *call;
	struct orch__vec_ptr found;
};

static void forget(void *payload)
{
	struct listing *l = payload;

	l->found.count = 0;
}

static orch_status show(const orch_call *call, const struct kube_namespace *from,
	const struct orch__json_list *list, orch_namespace *out)
{
	size_t len;
	const char *raw;

	out->name = from->meta.name;
	out->state = is_terminating(from) ? ORCH_NAMESPACE_TERMINATING : ORCH_NAMESPACE_ACTIVE;
	out->labels = from->meta.labels;
	out->created_ms = from->meta.created_ms;
	if (call->raw_json) {
		raw = orch__json_list_raw(list, &len);
		out->raw_json = orch__arena_strndup(&call->pool->arena, raw, len);
		if (!out->raw_json)
			return orch__fail(ORCH_E_NOMEM, "out of memory");
	}
	return explain(call->pool, from, &out->message);
}

static orch_status take_one(void *payload, const void *item, const struct orch__json_list *list)
{
	struct listing *l = payload;
	orch_namespace *one = orch_pool_take(l->call->pool, sizeof *one);
	orch_status st;

	if (!one)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	st = show(l->call, item, list, one);
	if (st == ORCH_OK && !orch__vec_add(&l->found, one))
		st = orch__fail(ORCH_E_NOMEM, "out of memory");
	return st;
}

static orch_status keep(orch_pool *pool, const struct orch__vec_ptr *found, orch_namespaces *out)
{
	const size_t size = found->count * sizeof *found->items;
	void *items = orch_pool_take(pool, size ? size : 1);

	if (!items)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	if (size)
		memcpy(items, found->items, size);
	*out = (orch_namespaces){ items, found->count };
	return ORCH_OK;
}

orch_status kube_ns_list(
	const orch_call *call, const orch_list_options *options, orch_namespaces *out)
{
	struct listing l = { .call = call };
	const struct kube_items items = { .kind = KUBE_NAMESPACE,
		.label_selector = options->selector,
		.table = &kube_namespace_table,
		.arena = &call->pool->arena,
		.keep_raw = call->raw_json,
		.on_item = take_one,
		.restart = forget,
		.payload = &l };
	orch_status st = kube_items_read(call, &items);

	if (st == ORCH_OK)
		st = keep(call->pool, &l.found, out);
	orch__vec_dispose(&l.found);
	return st;
}

/* ---- put, remove ---- */

static orch_status decode(
	const orch_call *call, const struct orch__response *answer, struct kube_namespace *out)
{
	return orch__json_decode(&kube_namespace_table, &call->pool->arena, answer->body.text,
		answer->body.len, out);
}

/* ORCH_E_NOTFOUND: there is none. */
static orch_status read_it(const orch_call *call, struct kube_namespace *out)
{
	struct orch__target to = ORCH__TARGET_INIT;
	struct kube_request request = { .method = "GET", .again = KUBE_READ };
	struct orch__response answer = { 0 };
	orch_status st;

	kube_resource_path(&to, KUBE_NAMESPACE, NULL, call->ns, NULL);
	st = orch__target_end(&to);
	request.path = to.path.text;
	if (st == ORCH_OK)
		st = kube_send(call, &request, &answer);
	if (st == ORCH_OK)
		st = decode(call, &answer, out);
	orch__response_dispose(&answer);
	orch__target_dispose(&to);
	return st;
}

orch_status kube_ns_put(const orch_call *call)
{
	struct kube_namespace found;
	orch_status st = read_it(call, &found);

	if (st == ORCH_E_NOTFOUND) {
		st = make(call);
		if (st != ORCH_E_EXISTS)
			return st;
		st = read_it(call, &found); /* somebody else was faster */
	}
	if (st == ORCH_OK && is_terminating(&found)) {
		st = orch__fail(ORCH_E_CONFLICT, "namespace %s is being deleted", call->ns);
		orch__error_outcome(ORCH_OUTCOME_NOT_APPLIED);
	}
	return st;
}

/* The uid is what remaining() goes by: another of the name may be made while we wait. */
orch_status kube_ns_remove(const orch_call *call, const void **live)
{
	struct kube_namespace found;
	orch_status st = read_it(call, &found);

	if (st < 0)
		return st;
	*live = found.meta.uid;
	return is_terminating(&found)
		? ORCH_OK
		: kube_write_gone(call, KUBE_NAMESPACE, call->ns, found.meta.uid);
}

orch_status kube_ns_remaining(
	const orch_call *call, const void *live, int64_t *count, const char **why)
{
	struct kube_namespace found;
	const char *conditions;
	char text[WHY_MAX];
	orch_status st = read_it(call, &found);

	*count = 0;
	if (st == ORCH_E_NOTFOUND) {
		orch__error_clear();
		return ORCH_OK;
	}
	if (st < 0 || strcmp(found.meta.uid, live) != 0)
		return st;
	*count = 1;
	st = explain(call->pool, &found, &conditions);
	if (st < 0)
		return st;
	(void)snprintf(
		text, sizeof text, "it is still there%s%s", *conditions ? ": " : "", conditions);
	*why = orch_pool_copy(call->pool, text);
	return *why ? ORCH_OK : orch__fail(ORCH_E_NOMEM, "out of memory");
}
