/* SPDX-License-Identifier: MIT */
/*
 * Namespaces where they are nothing of their own, but a part of the names of
 * deployments: one is there as long as something is in it.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "emulate/emulate.h"
#include "util/error.h"
#include "util/pool.h"
#include "util/vec.h"

enum { ROUNDS = 8, PAUSE_MS = 100 };

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

static const struct orch_deployment_ops *ops_of(const orch_call *call)
{
	return call->backend->ops->deployment;
}

/* ---- going through deployments ---- */

typedef orch_status each_fn(void *payload, const orch_deployment *d);

static orch_status walk(const orch_call *call, void *cursor, each_fn *each, void *payload)
{
	const struct orch__arena_mark mark = orch__arena_mark(&call->pool->arena);

	for (;;) {
		orch_deployment_entry entry = { .live = NULL };
		int got = 0;
		orch_status st = ops_of(call)->next(call, cursor, &entry, &got);

		if (st == ORCH_OK && got)
			st = each(payload, &entry.deployment);
		if (st < 0 || !got)
			return st;
		orch__arena_rewind(&call->pool->arena, mark);
	}
}

/* In memory that is given back: a name is all that is kept of each. */
static orch_status for_each(
	const orch_call *given, bool in_all_namespaces, each_fn *each, void *payload)
{
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;
	orch_call call = *given;
	void *scratch = orch__result_new(1), *cursor = NULL;
	orch_status st;

	if (!scratch)
		return no_memory();
	options.all_namespaces = in_all_namespaces;
	call.pool = orch__result_pool(scratch);
	st = ops_of(&call)->open(&call, &options, &cursor);
	if (st == ORCH_OK) {
		st = walk(&call, cursor, each, payload);
		ops_of(&call)->close(call.backend, cursor);
	}
	orch__result_free(scratch);
	return st;
}

/* Names in the order in which they came. */
struct names {
	orch_pool *pool;
	struct orch__vec_ptr list;
};

static orch_status add(struct names *names, const char *name)
{
	const char *kept = orch_pool_copy(names->pool, name);

	return kept && orch__vec_add(&names->list, (void *)(uintptr_t)kept) ? ORCH_OK : no_memory();
}

/* ---- list ---- */

/* Those of one namespace mostly come together, so the search begins at the end. */
static orch_status add_namespace(void *payload, const orch_deployment *d)
{
	struct names *names = payload;

	for (size_t i = names->list.count; i > 0; i--)
		if (strcmp(names->list.items[i - 1], d->ns) == 0)
			return ORCH_OK;
	return add(names, d->ns);
}

static orch_status show(orch_pool *pool, const struct orch__vec_ptr *names, orch_namespaces *out)
{
	const orch_namespace **items = orch_pool_take(pool, names->count * sizeof *items);
	orch_namespace *all = orch_pool_take(pool, names->count * sizeof *all);

	if (!items || !all)
		return no_memory();
	for (size_t i = 0; i < names->count; i++) {
		all[i] = (orch_namespace){ .name = names->items[i],
			.state = ORCH_NAMESPACE_ACTIVE,
			.message = "",
			.created_ms = ORCH_UNSET };
		items[i] = &all[i];
	}
	out->items = items;
	out->count = names->count;
	return ORCH_OK;
}

orch_status orch__emulate_ns_list(
	const orch_call *call, const orch_list_options *options, orch_namespaces *out)
{
	const orch_kv_list no_labels = { NULL, 0 };
	struct names names = { .pool = call->pool };
	orch_status st;

	if (!orch_selector_matches(options->selector, no_labels))
		return ORCH_OK;
	st = add(&names, "default");
	if (st == ORCH_OK)
		st = for_each(call, true, add_namespace, &names);
	if (st == ORCH_OK)
		st = show(call->pool, &names.list, out);
	orch__vec_dispose(&names.list);
	return st;
}

/* ---- put ---- */

orch_status orch__emulate_ns_put(const orch_call *call)
{
	(void)call;
	return ORCH_OK;
}

/* ---- remove ---- */

/* What was deleted, and how many of those are known to be gone with all instances. */
struct removed {
	const orch_deployment_entry *entry;
	struct removed *next;
};

struct removal {
	struct removed *left;
};

static orch_status add_deployment(void *payload, const orch_deployment *d)
{
	return add(payload, d->spec->name);
}

static orch_status note(const orch_call *call, struct removal *r, const orch_deployment_entry *e)
{
	struct removed *one = orch_pool_take(call->pool, sizeof *one);

	if (!one)
		return no_memory();
	*one = (struct removed){ e, r->left };
	r->left = one;
	return ORCH_OK;
}

/* Gone, or changed since: the next round sees. */
static bool is_settled_by_looking_again(orch_status st)
{
	return st == ORCH_E_NOTFOUND || st == ORCH_E_CONFLICT;
}

static orch_status remove_one(const orch_call *given, struct removal *r, const char *name)
{
	orch_deployment_entry *entry = orch_pool_take(given->pool, sizeof *entry);
	orch_call call = *given;
	orch_status st;

	if (!entry)
		return no_memory();
	call.spec_only = 1;
	st = ops_of(&call)->get(&call, name, entry);
	if (st == ORCH_OK)
		st = ops_of(&call)->remove(given, entry);
	if (st == ORCH_OK)
		return note(given, r, entry);
	if (!is_settled_by_looking_again(st))
		return orch__fail_in(st, "deployment %s", name);
	orch__error_clear();
	return ORCH_OK;
}

/* Delete all that is there now; `*count` of those. */
static orch_status remove_round(const orch_call *call, struct removal *r, size_t *count)
{
	struct names names = { .pool = call->pool };
	orch_status st = for_each(call, false, add_deployment, &names);

	for (size_t i = 0; st == ORCH_OK && i < names.list.count; i++)
		st = remove_one(call, r, names.list.items[i]);
	*count = names.list.count;
	orch__vec_dispose(&names.list);
	return st;
}

static orch_status rest(const orch_call *call)
{
	orch_status st = orch_call_sleep(call, PAUSE_MS);

	if (st == ORCH_E_CANCELLED)
		return orch__fail(st, "cancelled by the caller");
	return st < 0 ? orch__fail(st, "the deadline is over") : ORCH_OK;
}

static orch_status in_part(const struct removal *r, orch_status st)
{
	if (!r->left)
		return st;
	st = orch__fail_in(st, "a part of it is deleted");
	orch__error_outcome(ORCH_OUTCOME_UNKNOWN);
	return st;
}

orch_status orch__emulate_ns_remove(const orch_call *call, const void **live)
{
	struct removal *r = orch_pool_take(call->pool, sizeof *r);
	size_t count = 0;

	if (!r)
		return no_memory();
	for (int i = 0; i < ROUNDS; i++) {
		orch_status st = i > 1 ? rest(call) : ORCH_OK;

		if (st == ORCH_OK)
			st = remove_round(call, r, &count);
		if (st < 0)
			return in_part(r, st);
		if (count == 0 && i == 0)
			return orch__fail(ORCH_E_NOTFOUND, "nothing is in it");
		if (count == 0) {
			*live = r;
			return ORCH_OK;
		}
	}
	return in_part(r, orch__fail(ORCH_E_CONFLICT, "deployments go on being made in it"));
}

/* One after the other: of those that are gone nobody need ask again. */
orch_status orch__emulate_ns_remaining(
	const orch_call *call, const void *live, int64_t *count, const char **why)
{
	struct removal *r = (struct removal *)(uintptr_t)live;
	char text[128];

	*count = 0;
	for (; r->left; r->left = r->left->next) {
		const orch_deployment_entry *e = r->left->entry;
		orch_status st = ops_of(call)->remaining(call, e, count);

		if (st < 0 || *count > 0) {
			(void)snprintf(text, sizeof text, "%lld instances of %s are still stopping",
				(long long)*count, e->deployment.spec->name);
			*why = orch_pool_copy(call->pool, text);
			return st < 0 || *why ? st : no_memory();
		}
	}
	return ORCH_OK;
}
