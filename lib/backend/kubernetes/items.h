/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_ITEMS_H
#define ORCH_KUBE_ITEMS_H

#include "backend/kubernetes/call.h"
#include "backend/kubernetes/resource.h"
#include "json/list.h"

/* Told of each item as it arrives. Its text can be had from the list, where it was asked for. */
typedef orch_status kube_item_fn(
	void *payload, const void *item, const struct orch__json_list *list);

/*
 * A list, read page by page from the first item to the last. A continue token that has
 * expired, or an answer that breaks off, begins it anew: `restart` is called then.
 */
struct kube_items {
	enum kube_kind kind;
	const char *ns;             /* NULL: of all namespaces             */
	const char *label_selector; /* NULL: all                           */
	const char *field_selector;
	const struct orch__json_table *table;
	bool keep_raw;
	struct orch__arena *arena; /* of what items point to; NULL: gone with the next item */
	kube_item_fn *on_item;
	void (*restart)(void *payload);
	void *payload;
};

orch_status kube_items_read(const orch_call *call, const struct kube_items *items);

/*
 * The same, pulled: for lists that are handed out one by one. Memory is what one page says to
 * the rows of the table. Of the members above, `arena` and those behind it are not looked at.
 */
struct kube_pages;
orch_status kube_pages_open(
	const orch_call *call, const struct kube_items *what, struct kube_pages **out);
/* The next item, valid until the next call; NULL: that was all. */
orch_status kube_pages_next(struct kube_pages *p, const orch_call *call, const void **item);
/* The text of the item that came last, as long as it; only where it was asked for. */
const char *kube_pages_raw(const struct kube_pages *p);
void kube_pages_close(struct kube_pages *p); /* NULL is fine */

#endif
