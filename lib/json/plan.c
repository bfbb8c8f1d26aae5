/* SPDX-License-Identifier: MIT */
#include "json/plan.h"

/* Four slots a name: most of those that nobody knows find a free one at once. */
enum { SLOTS_MIN = 32, SLOTS_PER_NAME = 4, NESTING_MAX = 16 };

typedef struct orch__plan_node node;
typedef struct orch__plan_child child;

static const node *make(
	struct orch__arena *a, const struct orch__span *in, const char *list, unsigned nesting);

/* The first row from `i` on that lists have a use for. */
static size_t next_row(const struct orch__span *in, size_t i)
{
	while (i < in->hi && in->t->rows[i].flags & ORCH__J_UNLISTED)
		i++;
	return i;
}

static size_t count_names(const struct orch__span *in)
{
	size_t n = 0;

	for (size_t i = in->lo; (i = next_row(in, i)) < in->hi; i = orch__span_group_end(in, i))
		n++;
	return n;
}

static uint8_t *make_slots(struct orch__arena *a, const child *children, size_t count, size_t size)
{
	uint8_t *slots = orch__arena_alloc(a, size);

	for (size_t i = 0; slots && i < count; i++) {
		size_t slot =
			orch__plan_hash((const unsigned char *)children[i].name, children[i].len) &
			(size - 1);

		while (slots[slot])
			slot = (slot + 1) & (size - 1);
		slots[slot] = (uint8_t)(i + 1);
	}
	return slots;
}

static void number_child(child *c, size_t number)
{
	const char key[ORCH__PLAN_KEY] = { '"', (char)('0' + number / 16),
		(char)('a' + number % 16), '"', ':' };

	memcpy(c->key, key, sizeof key);
}

/* What is inside a row that has a table of its own. */
static bool plan_leaf(struct orch__arena *a, child *c, unsigned nesting)
{
	struct orch__span all;

	if (!orch__row_has_table(c->leaf))
		return true;
	c->shape = c->leaf->kind == ORCH__K_OBJ ? ORCH__P_OBJECT : ORCH__P_LIST;
	all = orch__span_all(c->leaf->aux.table, NULL);
	c->inner = make(a, &all, NULL, nesting + 1);
	return c->inner != NULL;
}

static bool plan_child(struct orch__arena *a, const struct orch__span *in, size_t i,
	child *children, size_t number, unsigned nesting)
{
	child *c = &children[number];
	const struct orch__json_row *r = &in->t->rows[i];
	struct orch__span group;

	c->name = r->path + in->skip;
	c->len = (uint8_t)orch__segment_len(c->name);
	c->lo = (uint16_t)i;
	c->hi = (uint16_t)orch__span_group_end(in, i);
	c->skip = (uint16_t)(in->skip + c->len + 1);
	number_child(c, number);
	if (c->name[c->len] == '\0') {
		c->leaf = r;
		return plan_leaf(a, c, nesting);
	}
	group = (struct orch__span){ in->t, NULL, NULL, c->lo, c->hi, c->skip };
	c->shape = orch__span_is_array(&group) ? ORCH__P_FIRST : ORCH__P_OBJECT;
	c->inner = make(a, &group, NULL, nesting);
	return c->inner != NULL;
}

static const node *make(
	struct orch__arena *a, const struct orch__span *in, const char *list, unsigned nesting)
{
	const size_t count = (in->t ? count_names(in) : 0) + (list != NULL);
	size_t size = SLOTS_MIN, n = 0;
	node *new_node;
	child *children;

	if (nesting == NESTING_MAX || count > ORCH__JSON_MAX_ROWS)
		return NULL;
	while (size < count * SLOTS_PER_NAME)
		size *= 2;
	new_node = orch__arena_alloc(a, sizeof *new_node);
	children = orch__arena_alloc(a, count * sizeof *children);
	if (!new_node || !children)
		return NULL;
	for (size_t i = in->lo; in->t && (i = next_row(in, i)) < in->hi; i = children[n++].hi)
		if (!plan_child(a, in, i, children, n, nesting))
			return NULL;
	if (list)
		children[n] = (child){
			.name = list, .len = (uint8_t)strlen(list), .shape = ORCH__P_ITEMS
		};
	new_node->t = in->t;
	new_node->children = children;
	new_node->slots = make_slots(a, children, count, size);
	new_node->mask = (unsigned)(size - 1);
	new_node->count = (unsigned)count;
	return new_node->slots ? new_node : NULL;
}

const node *orch__plan_make(
	struct orch__arena *arena, const struct orch__json_table *t, const char *list)
{
	struct orch__span none = { 0 }, all;
	struct orch__hit hit;

	if (!t)
		return make(arena, &none, list, 0);
	all = orch__span_all(t, NULL);
	if (list) {
		hit = orch__span_find(&all, list, strlen(list));
		if (hit.leaf || hit.group.t)
			return NULL;
	}
	return make(arena, &all, list, 0);
}
