/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_LIST_H
#define ORCH_JSON_LIST_H

#include "json/json.h"

/*
 * Items of a long list one by one, while it arrives:
 *
 *	for each piece of text
 *		st = orch__json_list_feed(list, piece, len);
 *		for (;;)
 *			st = orch__json_list_next(list, &arena, &item, &got);
 *			if (st < 0 || !got)
 *				break;
 *	st = orch__json_list_finish(list, &arena, &envelope);
 *	orch__json_list_close(list);
 *
 * It never holds more than what was fed and not read, and one item. Errors come
 * in the order of the text: first the items before it, then the error, which is
 * final and given again by every later call.
 *
 * Members that no row names are dropped before yajl sees them. Text inside of
 * them is checked for even quotes and brackets only, unless `strict` is set.
 */
struct orch__json_list_options {
	bool strict;
	bool keep_raw; /* for orch__json_list_raw() */
	struct orch__json_limits limits;
};

struct orch__json_list;

/*
 * `member` names the member of the document that is the list, "items"; with
 * NULL or "" the document is the list. `envelope` is the table of what is beside the items,
 * or NULL. Null items are passed over; a list that is null is empty; one that is
 * missing or there twice is an error. `options` may be NULL.
 */
orch_status orch__json_list_open(const struct orch__json_table *items, const char *member,
	const struct orch__json_table *envelope, const struct orch__json_list_options *options,
	struct orch__json_list **out);

/* The same for documents one after another, as a watch sends them: each is an
 * item. An item is there as soon as its last brace is. */
orch_status orch__json_stream_open(const struct orch__json_table *items,
	const struct orch__json_list_options *options, struct orch__json_list **out);

/* More text, copied. */
orch_status orch__json_list_feed(struct orch__json_list *list, const char *text, size_t len);

/* The same without a copy: the text must stay until orch__json_list_next() has
 * failed or said that it takes more. */
orch_status orch__json_list_lend(struct orch__json_list *list, const char *text, size_t len);

/* The next item into `out`, and what it points to into the arena; `*got` false:
 * it takes more text. */
orch_status orch__json_list_next(
	struct orch__json_list *list, struct orch__arena *a, void *out, bool *got);

/* The text of the item that came last, as it was sent; valid until the next call. */
const char *orch__json_list_raw(const struct orch__json_list *list, size_t *len);

/* The text is complete and read: was it a complete document? `envelope` (may be
 * NULL) gets what was beside the items. */
orch_status orch__json_list_finish(
	struct orch__json_list *list, struct orch__arena *a, void *envelope);

void orch__json_list_close(struct orch__json_list *list); /* NULL is fine */

#endif
