/* SPDX-License-Identifier: MIT */
#include "backend/swarm/node.h"

#include <stdlib.h>
#include <string.h>

#include "backend/swarm/items.h"
#include "util/error.h"
#include "util/text.h"

struct collect {
	struct swarm_nodes *nodes;
	struct orch__arena *arena;
};

static void forget(void *payload)
{
	struct collect *c = payload;

	c->nodes->items.count = 0;
}

static orch_status keep(void *payload, const void *item, const struct orch__json_list *list)
{
	struct collect *c = payload;
	struct swarm_node *node = orch__arena_take(c->arena, sizeof *node);

	(void)list;
	if (!node)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	memcpy(node, item, sizeof *node);
	if (!orch__vec_add(&c->nodes->items, node))
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	return ORCH_OK;
}

static int by_id(const void *a, const void *b)
{
	const struct swarm_node *x = *(const struct swarm_node *const *)a;
	const struct swarm_node *y = *(const struct swarm_node *const *)b;

	return strcmp(x->id, y->id);
}

orch_status swarm_nodes_read(
	struct swarm_attempts *a, struct orch__arena *arena, struct swarm_nodes *out)
{
	struct collect collect = { out, arena };
	const struct swarm_items items = { .table = &swarm_node_table,
		.arena = arena,
		.on_item = keep,
		.restart = forget,
		.payload = &collect };
	orch_status st;

	memset(out, 0, sizeof *out);
	st = swarm_items_read(a, "/nodes", NULL, &items);
	if (st == ORCH_OK && out->items.count > 1)
		qsort(out->items.items, out->items.count, sizeof *out->items.items, by_id);
	return st;
}

void swarm_nodes_dispose(struct swarm_nodes *nodes)
{
	orch__vec_dispose(&nodes->items);
}

const struct swarm_node *swarm_nodes_find(const struct swarm_nodes *nodes, const char *id)
{
	const struct swarm_node key = { .id = id };
	const struct swarm_node *wanted = &key;
	void *const *found;

	if (!id || !nodes->items.count)
		return NULL;
	found = bsearch(
		&wanted, nodes->items.items, nodes->items.count, sizeof *nodes->items.items, by_id);
	return found ? *found : NULL;
}

bool swarm_node_is_down(const struct swarm_node *node)
{
	return node && orch__text_equal(node->state, "down");
}
