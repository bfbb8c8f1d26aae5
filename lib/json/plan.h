/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_PLAN_H
#define ORCH_JSON_PLAN_H

#include <string.h>

#include "json/table.h"

/*
 * The rows of a table as a tree of names, for lists: thousands of items are
 * worth one hash table per object. The scanner and the decoder walk the same.
 *
 * A plan belongs to one reader and is made when that opens: some microseconds,
 * against a request's hundreds. So there is nothing shared that threads would
 * have to agree on, and nothing left over at the end of the process.
 */
enum orch__plan_shape {
	ORCH__P_VALUE,  /* handed over as it is                          */
	ORCH__P_OBJECT, /* `inner` has its members                       */
	ORCH__P_LIST,   /* `inner` has the members of its elements       */
	ORCH__P_FIRST,  /* an array; the child "[0]" of `inner` is its first element */
	ORCH__P_ITEMS   /* the list whose items are read one by one      */
};

struct orch__plan_child {
	const char *name;
	uint8_t len, shape;
	uint16_t lo, hi, skip;             /* its rows, as in a span */
	const struct orch__json_row *leaf; /* NULL: a group          */
	const struct orch__plan_node *inner;
	char key[8]; /* `"2c":`, its number in place of its name */
};

enum { ORCH__PLAN_KEY = 5 };

struct orch__plan_node {
	const struct orch__json_table *t;
	const struct orch__plan_child *children;
	const uint8_t *slots; /* number of the child + 1; 0: free */
	unsigned mask, count;
};

/* An object by table `t`, which may be NULL, with one more member named `list`,
 * which may be NULL too. NULL: no memory, or (`arena` has not failed) a table
 * that the table check would refuse. */
const struct orch__plan_node *orch__plan_make(
	struct orch__arena *arena, const struct orch__json_table *t, const char *list);

/* Short names that differ at one end or in the middle: good enough to need
 * hardly more than one look. */
static inline unsigned orch__plan_hash(const unsigned char *name, size_t len)
{
	return (unsigned)len * 7u + name[0] * 3u + name[len >> 1] * 13u + name[len - 1] * 31u;
}

/* The same by the number that the scanner wrote, without its quotes. */
static inline const struct orch__plan_child *orch__plan_numbered(
	const struct orch__plan_node *node, const char *key, size_t len)
{
	unsigned number = len == 2 ? (unsigned)(key[0] - '0') * 16 + (unsigned)(key[1] - 'a') : 0;

	return number < node->count ? &node->children[number] : NULL;
}

/* What a child leads to, seen from the span of its node. */
static inline void orch__plan_hit(
	struct orch__hit *hit, const struct orch__span *in, const struct orch__plan_child *c)
{
	hit->leaf = c->leaf;
	hit->inner = c->inner;
	hit->group.t = NULL;
	if (!c->leaf)
		hit->group =
			(struct orch__span){ in->t, c->inner, in->base, c->lo, c->hi, c->skip };
}

static inline bool orch__plan_same(const char *a, const char *b, size_t len)
{
	uint64_t x, y;

	if (len < sizeof x || len > 2 * sizeof x)
		return memcmp(a, b, len) == 0;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	if (x != y)
		return false;
	memcpy(&x, a + len - sizeof x, sizeof x);
	memcpy(&y, b + len - sizeof y, sizeof y);
	return x == y;
}

static inline const struct orch__plan_child *orch__plan_find(
	const struct orch__plan_node *node, const void *name, size_t len)
{
	const struct orch__plan_child *c;
	unsigned slot, number;

	if (len == 0)
		return NULL;
	slot = orch__plan_hash(name, len) & node->mask;
	for (; (number = node->slots[slot]) != 0; slot = (slot + 1) & node->mask) {
		c = &node->children[number - 1];
		if (c->len == len && orch__plan_same(c->name, name, len))
			return c;
	}
	return NULL;
}

#endif
