/* SPDX-License-Identifier: MIT */
/*
 * Maps: a key is there once, and "<<" brings in the items of other maps whose keys are not
 * there. What stands in the map itself goes first, then the maps in their order.
 */
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/error.h"
#include "yaml/tree.h"

/* An item and where it stood among those of its map. */
struct place {
	const struct orch__yaml_item *item;
	size_t order;
	bool is_out;
};

static int by_key(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	const int differ = strcmp(x->item->key->text, y->item->key->text);

	return differ ? differ : x->order < y->order ? -1 : x->order > y->order;
}

static int by_order(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->order < y->order ? -1 : x->order > y->order;
}

static bool is_again(const struct place *places, size_t i)
{
	return i > 0 && strcmp(places[i - 1].item->key->text, places[i].item->key->text) == 0;
}

/* Sorted by key, so that the same keys stand together, the first one first. */
static struct place *places_of(const struct orch__yaml *map)
{
	struct place *places = orch__resize(NULL, (map->count + 1) * sizeof *places);
	size_t n = 0;

	if (!places)
		return NULL;
	for (const struct orch__yaml_item *i = map->items; i; i = i->next, n++)
		places[n] = (struct place){ i, n, false };
	qsort(places, n, sizeof *places, by_key);
	return places;
}

static orch_status check_keys(const struct orch__yaml *map)
{
	struct place *places = places_of(map);
	orch_status st = ORCH_OK;

	if (!places)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	for (size_t i = 1; st == ORCH_OK && i < map->count; i++)
		if (is_again(places, i))
			st = orch__yaml_fail(ORCH_E_INVALID, places[i].item->key->line,
				places[i].item->key->column, "a key that is there already");
	orch__free(places);
	return st;
}

/* ---- "<<" ---- */

static orch_status merge_map(struct orch__yaml_build *b, struct orch__yaml_node *into,
	const struct orch__yaml *from, const struct orch__yaml *key)
{
	const struct orch__yaml_node *node = orch__yaml_node_of(from);
	orch_status st;

	if (from->kind != ORCH__YAML_MAP)
		return orch__yaml_fail(ORCH_E_INVALID, key->line, key->column,
			"\"<<\" takes a map, or a list of maps");
	st = orch__yaml_count(b, node->size, key);
	for (const struct orch__yaml_item *i = from->items; st == ORCH_OK && i; i = i->next)
		st = orch__yaml_append(b, into, i->key, i->value);
	return st;
}

static orch_status merge(struct orch__yaml_build *b, struct orch__yaml_node *into,
	const struct orch__yaml_item *item)
{
	const struct orch__yaml *value = item->value;
	orch_status st = ORCH_OK;

	if (value->kind != ORCH__YAML_LIST)
		return merge_map(b, into, value, item->key);
	for (const struct orch__yaml_item *i = value->items; st == ORCH_OK && i; i = i->next)
		st = merge_map(b, into, i->value, item->key);
	return st;
}

/* The key itself goes, what it brought comes at the end. */
static orch_status replace_merge_key(struct orch__yaml_build *b, struct orch__yaml_node *map)
{
	const struct orch__yaml_item *i = map->pub.items, *found = NULL;
	orch_status st = ORCH_OK;

	map->pub.items = NULL;
	map->last = NULL;
	map->pub.count = 0;
	for (; st == ORCH_OK && i; i = i->next) {
		if (!found && i->key->is_plain && strcmp(i->key->text, "<<") == 0)
			found = i;
		else
			st = orch__yaml_append(b, map, i->key, i->value);
	}
	return st == ORCH_OK && found ? merge(b, map, found) : st;
}

/* Of the same keys the first stays. */
static orch_status drop_repeated(struct orch__yaml_build *b, struct orch__yaml_node *map)
{
	struct place *places = places_of(&map->pub);
	const size_t n = map->pub.count;
	orch_status st = ORCH_OK;

	if (!places)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	for (size_t i = 1; i < n; i++)
		places[i].is_out = is_again(places, i);
	qsort(places, n, sizeof *places, by_order);
	map->pub.items = NULL;
	map->last = NULL;
	map->pub.count = 0;
	for (size_t i = 0; st == ORCH_OK && i < n; i++)
		if (!places[i].is_out)
			st = orch__yaml_append(b, map, places[i].item->key, places[i].item->value);
	orch__free(places);
	return st;
}

static void measure(struct orch__yaml_node *map)
{
	map->size = map->depth = 1;
	for (const struct orch__yaml_item *i = map->pub.items; i; i = i->next) {
		const struct orch__yaml_node *value = orch__yaml_node_of(i->value);

		map->size += 1 + value->size;
		if (map->depth <= value->depth)
			map->depth = value->depth + 1;
	}
}

orch_status orch__yaml_close_map(struct orch__yaml_build *b, struct orch__yaml_node *map)
{
	orch_status st = check_keys(&map->pub);

	if (st < 0 || !map->has_merge)
		return st;
	st = replace_merge_key(b, map);
	if (st == ORCH_OK)
		st = drop_repeated(b, map);
	if (st == ORCH_OK)
		measure(map);
	return st;
}
