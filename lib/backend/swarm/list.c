/* SPDX-License-Identifier: MIT */
/*
 * Lists of deployments. The tasks are counted first, service by service, and
 * then the services are handed out as they arrive: what stays in memory is one
 * small row for each, however large they are.
 */
#include <stdio.h>
#include <string.h>

#include "backend/swarm/items.h"
#include "backend/swarm/names.h"
#include "backend/swarm/node.h"
#include "backend/swarm/noun.h"
#include "backend/swarm/service.h"
#include "backend/swarm/spec.h"
#include "backend/swarm/task.h"
#include "model/selector.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/pool.h"
#include "util/table.h"

enum { READ_MS = 1000 };

/* What is known of a service while a list goes on. */
struct counts {
	const char *id;
	uint32_t total, ready, updated;
	bool is_delivered;
};

struct cursor {
	struct swarm_attempts attempts;
	struct orch__arena arena;
	struct orch__table tally; /* struct counts, by id of the service */
	struct swarm_nodes nodes;
	const char *selector;
	bool all_namespaces;
	struct orch__buf query; /* of services */

	struct orch__transfer *transfer;
	struct orch__json_list *list;
	bool is_done;
};

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

/* ---- what to ask for ---- */

/* All of a namespace have its prefix. NULL: no such condition. */
static orch_status prefix(const orch_call *call, struct cursor *c, const char **out)
{
	const size_t n = strlen(call->ns);
	char *text;

	*out = NULL;
	if (c->all_namespaces || strcmp(call->ns, SWARM_NS_DEFAULT) == 0)
		return ORCH_OK;
	text = orch__arena_take(&c->arena, n + 2);
	if (!text)
		return no_memory();
	memcpy(text, call->ns, n);
	memcpy(text + n, "_", 2);
	*out = text;
	return ORCH_OK;
}

/* "k" or "k=v" for the engine; *text NULL: it cannot ask that. */
static orch_status label_filter(
	struct cursor *c, const struct orch__requirement *r, const char **text)
{
	struct orch__slice rest = r->values, value = { "", 0 };
	struct orch__buf b = ORCH__BUF_INIT(65536);

	*text = NULL;
	if (r->op == ORCH__SELECT_IN && (!orch__selector_value(&rest, &value) || rest.text))
		return ORCH_OK; /* one of several values */
	if (r->op != ORCH__SELECT_IN && r->op != ORCH__SELECT_EXISTS)
		return ORCH_OK;
	orch__buf_add(&b, r->key.text, r->key.len);
	if (r->op == ORCH__SELECT_IN)
		orch__buf_addf(&b, "=%.*s", (int)value.len, value.text);
	*text = orch__buf_ok(&b) ? orch__arena_strndup(&c->arena, b.text, b.len) : NULL;
	orch__buf_dispose(&b);
	return *text ? ORCH_OK : no_memory();
}

/* What the engine can sort out by itself need not be sent to us. */
static orch_status label_filters(struct cursor *c, orch_string_list *out)
{
	const char *at = c->selector ? c->selector : "";
	const size_t most = strlen(at) / 2 + 1; /* each takes a letter and a comma */
	const char **items = orch__arena_alloc(&c->arena, most * sizeof *items);
	struct orch__requirement r;
	size_t n = 0;

	if (!items)
		return no_memory();
	while (n < most && orch__selector_next(&at, &r)) {
		orch_status st = label_filter(c, &r, &items[n]);

		if (st < 0)
			return st;
		n += items[n] != NULL;
	}
	if (n)
		*out = (orch_string_list){ items, n };
	return ORCH_OK;
}

/* ---- counting ---- */

struct counting {
	struct cursor *cursor;
	bool is_updated; /* these are the tasks of the present specs */
};

/* Counts of the second list alone are dropped: the first is complete by then. */
static void forget(void *payload)
{
	struct counting *c = payload;

	if (!c->is_updated) {
		orch__table_zero(&c->cursor->tally);
		return;
	}
	for (struct counts *row = NULL; (row = orch__table_next(&c->cursor->tally, row)) != NULL;)
		row->updated = 0;
}

static orch_status count_one(void *payload, const void *item, const struct orch__json_list *list)
{
	const struct counting *c = payload;
	struct swarm_task task = *(const struct swarm_task *)item;
	struct swarm_counts one = { 0, 0, 0 };
	struct counts *row;

	(void)list;
	if (!task.service_id)
		return ORCH_OK;
	row = orch__table_at(&c->cursor->tally, task.service_id);
	if (!row)
		return no_memory();
	task.is_updated = c->is_updated;
	swarm_task_count(&task, swarm_nodes_find(&c->cursor->nodes, task.node_id), &one);
	if (c->is_updated) {
		row->updated += (uint32_t)one.updated;
	} else {
		row->total += (uint32_t)one.total;
		row->ready += (uint32_t)one.ready;
	}
	return ORCH_OK;
}

static orch_status count_tasks(struct cursor *c, const char *name, bool is_updated)
{
	const char *const yes[] = { "true" };
	const struct swarm_filters filters = { .name = { name ? &name : NULL, name ? 1 : 0 },
		.up_to_date = { is_updated ? yes : NULL, is_updated ? 1 : 0 } };
	struct counting counting = { c, is_updated };
	const struct swarm_items items = { .table = &swarm_task_brief,
		.is_large = true,
		.on_item = count_one,
		.restart = forget,
		.payload = &counting };
	struct orch__buf query;
	orch_status st = swarm_filters_query(&filters, &query);

	if (st == ORCH_OK)
		st = swarm_items_read(&c->attempts, "/tasks", query.text, &items);
	orch__buf_dispose(&query);
	return st;
}

static orch_status prepare(const orch_call *call, struct cursor *c)
{
	struct swarm_filters filters = { .name = { NULL, 0 } };
	const char *name;
	orch_status st = prefix(call, c, &name);

	if (st == ORCH_OK)
		st = label_filters(c, &filters.label);
	if (name)
		filters.name = (orch_string_list){ &name, 1 };
	if (st == ORCH_OK)
		st = swarm_filters_query(&filters, &c->query);
	if (st == ORCH_OK)
		st = swarm_nodes_read(&c->attempts, &c->arena, &c->nodes);
	if (st == ORCH_OK)
		st = count_tasks(c, name, false);
	if (st == ORCH_OK)
		st = count_tasks(c, name, true);
	return st;
}

/* ---- the services ---- */

static void close_stream(struct cursor *c)
{
	orch__transfer_close(c->transfer);
	orch__json_list_close(c->list);
	c->transfer = NULL;
	c->list = NULL;
}

static orch_status open_stream(struct cursor *c)
{
	const struct orch__json_list_options options = { .strict = c->attempts.s->is_strict,
		.keep_raw = c->attempts.call->raw_json };
	const struct swarm_request request = { .method = "GET",
		.path = "/services",
		.query = c->query.text,
		.is_large = true,
		.stream = &c->transfer };
	struct orch__response answer = { 0 };
	orch_status st = orch__json_list_open(&swarm_service_item, NULL, NULL, &options, &c->list);

	if (st == ORCH_OK)
		st = swarm_send(&c->attempts, &request, &answer);
	orch__response_dispose(&answer);
	return st;
}

/* More text; at its end, *c is done. */
static orch_status feed(struct cursor *c)
{
	const orch_call *call = c->attempts.call;
	struct orch__chunk chunk;
	orch_status st;

	if (orch_call_now(call) >= call->deadline_ms)
		return orch__fail(ORCH_E_TIMEOUT, "the deadline is over");
	st = orch__transfer_read(c->transfer, READ_MS, &chunk);
	if (st < 0)
		return st;
	if (chunk.is_end) {
		c->is_done = true;
		return orch__json_list_finish(c->list, &c->arena, NULL);
	}
	return chunk.len ? orch__json_list_lend(c->list, chunk.data, chunk.len) : ORCH_OK;
}

/* The next service, whoever's it is. A stream that breaks is begun anew. */
static orch_status next_item(struct cursor *c, struct swarm_service *item, bool *got)
{
	struct orch__arena *arena = &c->attempts.call->pool->arena;

	for (;;) {
		orch_status st = c->list ? ORCH_OK : open_stream(c);

		if (st < 0)
			return st;
		st = orch__json_list_next(c->list, arena, item, got);
		if (st < 0 || *got || c->is_done)
			return st;
		st = feed(c);
		if (st == ORCH_OK)
			continue;
		close_stream(c);
		st = swarm_attempts_next(&c->attempts);
		if (st < 0)
			return st;
	}
}

static orch_status show(
	struct cursor *c, const struct swarm_service *item, orch_deployment_entry *out, int *got)
{
	const orch_call *call = c->attempts.call;
	orch_deployment *d = &out->deployment;
	struct counts *row;
	const char *ns, *name;
	orch_status st;

	swarm_name_split(item->spec->name, item->spec->labels, &ns, &name);
	if (swarm_spec_other_mode(item->spec) || (!c->all_namespaces && strcmp(ns, call->ns) != 0))
		return ORCH_OK;
	row = orch__table_at(&c->tally, item->id);
	if (!row)
		return no_memory();
	if (row->is_delivered)
		return ORCH_OK;
	st = swarm_service_show(call->pool, item, item->spec, ns, name, d);
	if (st < 0 || !orch__selector_matches(c->selector, d->spec->labels))
		return st;
	d->total = row->total;
	d->ready = row->ready;
	d->updated = row->updated;
	if (call->raw_json) {
		d->raw_json = swarm_items_raw(c->list, call->pool);
		if (!d->raw_json)
			return no_memory();
	}
	row->is_delivered = true;
	*got = 1;
	return ORCH_OK;
}

orch_status swarm_deployment_next(
	const orch_call *call, void *cursor, orch_deployment_entry *out, int *got)
{
	struct orch__arena_mark mark = orch__arena_mark(&call->pool->arena);
	struct cursor *c = cursor;

	*got = 0;
	c->attempts.call = call;
	for (;;) {
		struct swarm_service item;
		bool any = false;
		orch_status st = c->is_done ? ORCH_OK : next_item(c, &item, &any);

		if (st < 0 || !any)
			return st;
		st = show(c, &item, out, got);
		if (st < 0 || *got)
			return st;
		memset(out, 0, sizeof *out);
		orch__arena_rewind(&call->pool->arena, mark);
	}
}

orch_status swarm_deployment_open(
	const orch_call *call, const orch_list_options *options, void **cursor)
{
	struct cursor *c = orch__zalloc(sizeof *c);
	orch_status st = ORCH_OK;

	if (!c)
		return no_memory();
	c->tally.row_size = sizeof(struct counts);
	c->all_namespaces = options->all_namespaces == 1;
	swarm_attempts_begin(&c->attempts, call);
	if (options->selector) {
		c->selector = orch__arena_strndup(
			&c->arena, options->selector, strlen(options->selector));
		st = c->selector ? ORCH_OK : no_memory();
	}
	if (st == ORCH_OK)
		st = prepare(call, c);
	if (st < 0)
		swarm_deployment_close(call->backend, c);
	else
		*cursor = c;
	return st;
}

void swarm_deployment_close(orch_backend *backend, void *cursor)
{
	struct cursor *c = cursor;

	(void)backend;
	close_stream(c);
	swarm_nodes_dispose(&c->nodes);
	orch__table_dispose(&c->tally);
	orch__buf_dispose(&c->query);
	orch__arena_dispose(&c->arena);
	orch__free(c);
}
