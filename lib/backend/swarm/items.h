/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_ITEMS_H
#define ORCH_SWARM_ITEMS_H

#include "backend/swarm/call.h"
#include "backend/swarm/tables.h"
#include "json/list.h"

/* Told of each item as it arrives, up to its end. */
typedef orch_status swarm_item_fn(void *payload, const void *item);

/*
 * A list of the engine, read from the first item to the last. When an engine
 * drops out in the middle, `restart` is called and another begins anew.
 */
struct swarm_items {
	const struct orch__json_table *table;
	struct orch__arena *arena; /* of what items point to; NULL: gone with the next item */
	bool is_large;
	swarm_item_fn *on_item;
	void (*restart)(void *payload);
	void *payload;
	struct orch__buf *text; /* keeps the whole text; NULL: nobody wants it    */
};

orch_status swarm_items_read(struct swarm_attempts *a, const char *path, const char *query,
	const struct swarm_items *items);

/* "filters=..." as a query, percent-encoded. Dispose of it in either case. */
orch_status swarm_filters_query(const struct swarm_filters *filters, struct orch__buf *query);

/*
 * The text of items: for results that keep it. Feed it the text of a list, and
 * take the next whole item out; the text has been found to be well formed.
 */
struct swarm_raw {
	struct orch__buf text;
	size_t at;
};

void swarm_raw_feed(struct swarm_raw *raw, const char *text, size_t len);
/* A copy in the pool; NULL when memory is short. */
const char *swarm_raw_next(struct swarm_raw *raw, orch_pool *pool);
void swarm_raw_dispose(struct swarm_raw *raw);

#endif
