/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/node.h"

#include <stdlib.h>
#include <string.h>

#include "backend/kubernetes/items.h"
#include "backend/kubernetes/tables.h"
#include "util/error.h"
#include "util/text.h"

struct collect {
	struct kube_nodes *nodes;
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
	struct kube_node *node = orch__arena_take(c->arena, sizeof *node);

	(void)list;
	if (!node)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	memcpy(node, item, sizeof *node);
	return orch__vec_add(&c->nodes->items, node) ? ORCH_OK
						     : orch__fail(ORCH_E_NOMEM, "out of memory");
}

static int by_name(const void *a, const void *b)
{
	const struct kube_node *x = *(const struct kube_node *const *)a;
	const struct kube_node *y = *(const struct kube_node *const *)b;

	return strcmp(x->name, y->name);
}

/* Who may not see nodes sees what pods say of themselves. */
static orch_status without(orch_status st, struct kube_nodes *out)
{
	if (st != ORCH_E_FORBIDDEN)
		return st;
	orch__error_clear();
	out->items.count = 0;
	return ORCH_OK;
}

orch_status kube_nodes_read(
	const orch_call *call, const char *only, struct orch__arena *arena, struct kube_nodes *out)
{
	struct orch__buf field = ORCH__BUF_INIT(512);
	struct collect collect = { out, arena };
	struct kube_items items = { .kind = KUBE_NODE,
		.table = &kube_node_table,
		.arena = arena,
		.on_item = keep,
		.restart = forget,
		.payload = &collect };
	orch_status st = ORCH_OK;

	memset(out, 0, sizeof *out);
	if (only)
		orch__buf_addf(&field, "metadata.name=%s", only);
	if (!orch__buf_ok(&field))
		st = orch__fail(ORCH_E_NOMEM, "out of memory");
	items.field_selector = field.text;
	if (st == ORCH_OK)
		st = kube_items_read(call, &items);
	out->is_known = st == ORCH_OK;
	orch__buf_dispose(&field);
	if (st < 0)
		return without(st, out);
	if (out->items.count > 1)
		qsort(out->items.items, out->items.count, sizeof *out->items.items, by_name);
	return ORCH_OK;
}

void kube_nodes_dispose(struct kube_nodes *nodes)
{
	orch__vec_dispose(&nodes->items);
}

static const struct kube_node *find(const struct kube_nodes *nodes, const char *name)
{
	const struct kube_node key = { .name = name };
	const struct kube_node *wanted = &key;
	void *const *found = NULL;

	if (nodes->items.count)
		found = bsearch(&wanted, nodes->items.items, nodes->items.count,
			sizeof *nodes->items.items, by_name);
	return found ? *found : NULL;
}

static const struct kube_condition *readiness(const struct kube_node *node)
{
	for (size_t i = 0; i < node->conditions.count; i++)
		if (orch__text_equal(node->conditions.items[i].type, "Ready"))
			return &node->conditions.items[i];
	return NULL;
}

bool kube_nodes_lost(const struct kube_nodes *nodes, const char *name, const char **why)
{
	const struct kube_node *node = name && nodes->is_known ? find(nodes, name) : NULL;
	const struct kube_condition *ready = node ? readiness(node) : NULL;

	if (why)
		*why = ready && ready->message ? ready->message : "";
	if (!name || !nodes->is_known)
		return false;
	return !node || (ready && orch__text_equal(ready->status, "Unknown"));
}
