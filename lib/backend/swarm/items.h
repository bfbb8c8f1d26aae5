/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_ITEMS_H
#define ORCH_SWARM_ITEMS_H

#include "backend/swarm/call.h"
#include "backend/swarm/tables.h"
#include "json/list.h"

/*
 * Told of each item as it arrives. Its text can be had from the list, where it
 * was asked for. A status other than ORCH_OK, with its error, ends the reading.
 */
typedef orch_status swarm_item_fn(
	void *payload, const void *item, const struct orch__json_list *list);

/*
 * A list of the engine, read from the first item to the last. When an engine
 * drops out in the middle, `restart` is called and another begins anew.
 */
struct swarm_items {
	const struct orch__json_table *table;
	struct orch__arena *arena; /* of what items point to; NULL: gone with the next item */
	bool keep_raw;
	bool is_large;
	swarm_item_fn *on_item;
	void (*restart)(void *payload);
	void *payload;
};

orch_status swarm_items_read(struct swarm_attempts *a, const char *path, const char *query,
	const struct swarm_items *items);

/* "filters=..." as a query, percent-encoded. Dispose of it in either case. */
orch_status swarm_filters_query(const struct swarm_filters *filters, struct orch__buf *query);

/* The text of the item that came last, in the pool. NULL: out of memory. */
const char *swarm_items_raw(const struct orch__json_list *list, orch_pool *pool);

#endif
