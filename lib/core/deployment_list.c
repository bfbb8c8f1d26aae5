/* SPDX-License-Identifier: MIT */
/* Lists of deployments: whole, and one by one. */
#include <stdlib.h>
#include <string.h>

#include "core/deployment.h"
#include "core/list.h"
#include "model/deployment.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/vec.h"

struct orch_deployment_cursor {
	struct orch__call call;
	orch_client *client;
	void *cursor; /* the backend's */
};

static const struct orch_deployment_ops *ops_of(const struct orch__call *call)
{
	return call->c.backend->ops->deployment;
}

static orch_status next_entry(
	struct orch__call *call, void *cursor, orch_deployment_entry *entry, int *got)
{
	orch_status st = ops_of(call)->next(&call->c, cursor, entry, got);

	if (st == ORCH_OK && *got)
		orch__deployment_settle(&entry->deployment);
	return st;
}

static orch_status collect(struct orch__call *call, void *cursor, struct orch__vec_ptr *found)
{
	for (;;) {
		orch_deployment_entry *entry = orch_pool_take(call->c.pool, sizeof *entry);
		int got = 0;
		orch_status st;

		if (!entry)
			return orch__fail(ORCH_E_NOMEM, "out of memory");
		st = next_entry(call, cursor, entry, &got);
		if (st < 0 || !got)
			return st;
		if (!orch__vec_add(found, &entry->deployment))
			return orch__fail(ORCH_E_NOMEM, "out of memory");
	}
}

static int by_name(const void *a, const void *b)
{
	const orch_deployment *x = *(const orch_deployment *const *)a;
	const orch_deployment *y = *(const orch_deployment *const *)b;
	int order = orch__name_compare(x->ns, y->ns);

	return order ? order : orch__name_compare(x->spec->name, y->spec->name);
}

static orch_status keep(
	struct orch__call *call, struct orch__vec_ptr *found, orch_deployments *list)
{
	const size_t size = found->count * sizeof *found->items;
	void *items = orch_pool_take(call->c.pool, size ? size : 1);

	if (!items)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	if (size) {
		qsort(found->items, found->count, sizeof *found->items, by_name);
		memcpy(items, found->items, size);
	}
	list->items = items;
	list->count = found->count;
	return ORCH_OK;
}

static orch_status read_all(
	struct orch__call *call, const orch_list_options *options, orch_deployments *list)
{
	struct orch__vec_ptr found = { 0 };
	void *cursor = NULL;
	orch_status st = ops_of(call)->open(&call->c, options, &cursor);

	if (st < 0)
		return st;
	st = collect(call, cursor, &found);
	if (st == ORCH_OK)
		st = keep(call, &found, list);
	ops_of(call)->close(call->c.backend, cursor);
	orch__vec_dispose(&found);
	return st;
}

orch_status orch_deployment_list(
	orch_client *client, const orch_list_options *options, const orch_deployments **out)
{
	orch_list_options o = ORCH_LIST_OPTIONS_INIT;
	struct orch__call call;
	orch_deployments *list;
	orch_status st;

	orch__error_clear();
	if (!out)
		return orch__fail(ORCH_E_INVALID, "list deployments: out is NULL");
	st = orch__list_begin(&call, client, "list deployments", options, &o);
	if (st < 0)
		return st;
	list = orch__result_new(sizeof *list);
	if (!list)
		return orch__fail(ORCH_E_NOMEM, "list deployments: out of memory");
	orch__call_into(&call, list);
	st = read_all(&call, &o, list);
	if (st < 0)
		orch__result_free(list);
	else
		*out = list;
	return orch__leave(st, "list deployments");
}

void orch_deployments_free(const orch_deployments *list)
{
	orch__result_free(list);
}

/* What the backend takes at open lives as long as the cursor: it is a result too. */
orch_status orch_deployment_open(
	orch_client *client, const orch_list_options *options, orch_deployment_cursor **out)
{
	orch_list_options o = ORCH_LIST_OPTIONS_INIT;
	orch_deployment_cursor *cursor;
	orch_status st;

	orch__error_clear();
	if (!out)
		return orch__fail(ORCH_E_INVALID, "list deployments: out is NULL");
	cursor = orch__result_new(sizeof *cursor);
	if (!cursor)
		return orch__fail(ORCH_E_NOMEM, "list deployments: out of memory");
	st = orch__list_begin(&cursor->call, client, "list deployments", options, &o);
	if (st == ORCH_OK) {
		orch__call_into(&cursor->call, cursor);
		st = ops_of(&cursor->call)->open(&cursor->call.c, &o, &cursor->cursor);
	}
	if (st < 0) {
		orch__result_free(cursor);
		return orch__fail_in(st, "list deployments");
	}
	cursor->client = orch_client_ref(client);
	*out = cursor;
	return orch__leave(st, "list deployments");
}

orch_status orch_deployment_next(orch_deployment_cursor *cursor, const orch_deployment **out)
{
	orch_deployment_entry *entry;
	int got = 0;
	orch_status st;

	orch__error_clear();
	if (!cursor || !out)
		return orch__fail(ORCH_E_INVALID, "next deployment: cursor or out is NULL");
	entry = orch__entry_new(&cursor->call);
	if (!entry)
		return ORCH_E_NOMEM;
	st = next_entry(&cursor->call, cursor->cursor, entry, &got);
	if (st < 0 || !got)
		orch__entry_free(entry);
	if (st == ORCH_OK)
		*out = got ? &entry->deployment : NULL;
	return orch__leave(st, "next deployment");
}

void orch_deployment_close(orch_deployment_cursor *cursor)
{
	orch_client *client;

	if (!cursor)
		return;
	client = cursor->client;
	ops_of(&cursor->call)->close(cursor->call.c.backend, cursor->cursor);
	orch__result_free(cursor);
	orch_client_close(client);
}
