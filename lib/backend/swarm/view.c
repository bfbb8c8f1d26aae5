/* SPDX-License-Identifier: MIT */
#include "backend/swarm/view.h"

#include <stdlib.h>
#include <string.h>

#include "util/error.h"
#include "util/pool.h"

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

/* ---- reading ---- */

struct collect {
	struct orch__vec_ptr *found;
	struct orch__arena *arena;
	orch_pool *raw; /* NULL: nobody wants their text */
};

static void forget(void *payload)
{
	struct collect *c = payload;

	c->found->count = 0;
}

static orch_status keep(void *payload, const void *item, const struct orch__json_list *list)
{
	struct collect *c = payload;
	struct swarm_task *t = orch__arena_take(c->arena, sizeof *t);

	if (!t)
		return no_memory();
	memcpy(t, item, sizeof *t);
	if (c->raw) {
		t->raw_json = swarm_items_raw(list, c->raw);
		if (!t->raw_json)
			return no_memory();
	}
	return orch__vec_add(c->found, t) ? ORCH_OK : no_memory();
}

static orch_status read_tasks(struct swarm_attempts *a, const struct swarm_filters *filters,
	const struct orch__json_table *table, struct collect *into)
{
	const struct swarm_items items = { .table = table,
		.arena = into->arena,
		.keep_raw = into->raw != NULL,
		.on_item = keep,
		.restart = forget,
		.payload = into };
	struct orch__buf query;
	orch_status st = swarm_filters_query(filters, &query);

	if (st == ORCH_OK)
		st = swarm_items_read(a, "/tasks", query.text, &items);
	orch__buf_dispose(&query);
	return st;
}

static int by_id(const void *a, const void *b)
{
	const struct swarm_task *x = *(const struct swarm_task *const *)a;
	const struct swarm_task *y = *(const struct swarm_task *const *)b;

	return strcmp(x->id, y->id);
}

/* The engine alone knows which tasks it would not replace: some changes touch none. */
static orch_status mark_updated(struct swarm_attempts *a, const char *service_id,
	struct orch__arena *arena, struct orch__vec_ptr *tasks)
{
	const char *const yes[] = { "true" };
	const struct swarm_filters filters = { .service = { &service_id, 1 },
		.up_to_date = { yes, 1 } };
	struct orch__vec_ptr current = { 0 };
	struct collect into = { &current, arena, NULL };
	orch_status st = read_tasks(a, &filters, &swarm_task_brief, &into);

	if (current.count)
		qsort(current.items, current.count, sizeof *current.items, by_id);
	for (size_t i = 0; st == ORCH_OK && current.count && i < tasks->count; i++) {
		struct swarm_task *t = tasks->items[i];

		t->is_updated = bsearch(&t, current.items, current.count, sizeof *current.items,
					by_id) != NULL;
	}
	orch__vec_dispose(&current);
	return st;
}

/* ---- all of it ---- */

static int compare(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_place(const void *a, const void *b)
{
	const struct swarm_task *x = *(const struct swarm_task *const *)a;
	const struct swarm_task *y = *(const struct swarm_task *const *)b;
	int order = compare(x->slot, y->slot);

	if (!order)
		order = compare(x->created_ms, y->created_ms);
	return order ? order : strcmp(x->id, y->id);
}

static bool needs_nodes(const struct swarm_view *view, enum swarm_view_depth depth)
{
	for (size_t i = 0; i < view->tasks.count; i++) {
		const struct swarm_task *t = view->tasks.items[i];

		if (t->node_id && (depth == SWARM_VIEW_WHOLE || !swarm_task_has_ended(t)))
			return true;
	}
	return false;
}

orch_status swarm_view_read(struct swarm_attempts *a, const char *service_id,
	enum swarm_view_depth depth, struct orch__arena *arena, orch_pool *raw,
	struct swarm_view *out)
{
	const struct swarm_filters filters = { .service = { &service_id, 1 } };
	const struct orch__json_table *table =
		depth == SWARM_VIEW_WHOLE ? &swarm_task_table : &swarm_task_brief;
	struct collect into = { &out->tasks, arena, raw };
	orch_status st;

	memset(out, 0, sizeof *out);
	st = read_tasks(a, &filters, table, &into);
	if (st == ORCH_OK && out->tasks.count)
		st = mark_updated(a, service_id, arena, &out->tasks);
	if (st == ORCH_OK && needs_nodes(out, depth))
		st = swarm_nodes_read(a, arena, &out->nodes);
	if (st == ORCH_OK && out->tasks.count)
		qsort(out->tasks.items, out->tasks.count, sizeof *out->tasks.items, by_place);
	return st;
}

void swarm_view_dispose(struct swarm_view *view)
{
	orch__vec_dispose(&view->tasks);
	swarm_nodes_dispose(&view->nodes);
}

struct swarm_counts swarm_view_count(const struct swarm_view *view)
{
	struct swarm_counts counts = { 0, 0, 0 };

	for (size_t i = 0; i < view->tasks.count; i++) {
		const struct swarm_task *t = view->tasks.items[i];

		swarm_task_count(t, swarm_nodes_find(&view->nodes, t->node_id), &counts);
	}
	return counts;
}
