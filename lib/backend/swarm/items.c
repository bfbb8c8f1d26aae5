/* SPDX-License-Identifier: MIT */
#include "backend/swarm/items.h"

#include "util/error.h"
#include "util/pool.h"

struct reading {
	const struct swarm_items *items;
	struct orch__json_list *list;
	struct orch__arena *arena, scratch;
	struct orch__arena_mark mark;
	void *item;
	bool is_strict;
};

static orch_status begin(void *payload)
{
	struct reading *r = payload;
	const struct orch__json_list_options options = { .strict = r->is_strict,
		.keep_raw = r->items->keep_raw };

	orch__json_list_close(r->list);
	r->list = NULL;
	orch__arena_rewind(r->arena, r->mark);
	if (r->items->restart)
		r->items->restart(r->items->payload);
	return orch__json_list_open(r->items->table, NULL, NULL, &options, &r->list);
}

static orch_status take_items(struct reading *r)
{
	for (;;) {
		bool got = false;
		orch_status st = orch__json_list_next(r->list, r->arena, r->item, &got);

		if (st < 0 || !got)
			return st;
		st = r->items->on_item(r->items->payload, r->item, r->list);
		if (st < 0)
			return st;
		if (!r->items->arena)
			orch__arena_reset(&r->scratch);
	}
}

static orch_status take_text(void *payload, const char *data, size_t len)
{
	struct reading *r = payload;
	orch_status st = orch__json_list_lend(r->list, data, len);

	return st < 0 ? st : take_items(r);
}

orch_status swarm_items_read(struct swarm_attempts *a, const char *path, const char *query,
	const struct swarm_items *items)
{
	struct reading r = { .items = items,
		.item = orch__resize(NULL, items->table->size),
		.is_strict = a->s->is_strict };
	const struct swarm_request request = { .method = "GET",
		.path = path,
		.query = query,
		.is_large = items->is_large,
		.write = take_text,
		.restart = begin,
		.payload = &r };
	struct orch__response response = { 0 };
	orch_status st;

	r.arena = items->arena ? items->arena : &r.scratch;
	r.mark = orch__arena_mark(r.arena);
	st = r.item ? swarm_send(a, &request, &response)
		    : orch__fail(ORCH_E_NOMEM, "out of memory");
	if (st == ORCH_OK) {
		st = orch__json_list_finish(r.list, r.arena, NULL);
		if (st < 0)
			st = orch__fail_in(st, "GET %s", path);
	}
	orch__response_dispose(&response);
	orch__json_list_close(r.list);
	orch__arena_dispose(&r.scratch);
	orch__free(r.item);
	return st;
}

orch_status swarm_filters_query(const struct swarm_filters *filters, struct orch__buf *query)
{
	struct orch__buf json = ORCH__BUF_INIT(65536);
	orch_status st = orch__json_encode(&swarm_filters_table, filters, &json);

	*query = (struct orch__buf)ORCH__BUF_INIT(262144);
	if (st == ORCH_OK) {
		orch__buf_addf(query, "filters=");
		orch__buf_add_urlencoded(query, json.text);
		if (!orch__buf_ok(query))
			st = orch__fail(ORCH_E_NOMEM, "out of memory");
	}
	orch__buf_dispose(&json);
	return st;
}

const char *swarm_items_raw(const struct orch__json_list *list, orch_pool *pool)
{
	size_t len;
	const char *text = orch__json_list_raw(list, &len);

	return orch__arena_strndup(&pool->arena, text, len);
}
