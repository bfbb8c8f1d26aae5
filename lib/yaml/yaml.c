/* SPDX-License-Identifier: MIT */
/* Events become a tree. Nesting is a stack here, not recursion; an alias costs what it stands
 * for, so the limits hold before anybody walks the tree. */
#include "yaml/yaml.h"

#include <stdio.h>
#include <string.h>

#include "util/error.h"
#include "util/utf8.h"
#include "yaml/encoding.h"
#include "yaml/tree.h"

enum { BUCKETS = 64 };

struct anchor {
	const char *name;
	struct orch__yaml_node *node;
	struct anchor *next;
};

/* A list or map that is open. */
struct frame {
	struct orch__yaml_node *node;
	const struct orch__yaml *key; /* read, its value comes */
	struct frame *up;
};

struct parse {
	struct orch__yaml_build build;
	struct orch__yaml_events *events;
	struct anchor *anchors[BUCKETS]; /* the newest of a name first */
	struct frame *top;
	size_t depth;
	const struct orch__yaml *root;
};

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

static orch_status at_event(const struct orch__yaml_event *e, orch_status st, const char *why)
{
	return orch__yaml_fail(st, e->line, e->column, why);
}

static orch_status too_deep(const struct parse *p, const struct orch__yaml_event *e)
{
	char why[80];

	snprintf(why, sizeof why, "nested deeper than %zu levels", p->build.limits.depth);
	return at_event(e, ORCH_E_TOO_LARGE, why);
}

orch_status orch__yaml_count(struct orch__yaml_build *b, size_t more, const struct orch__yaml *at)
{
	char why[80];

	if (more <= b->limits.nodes && b->nodes <= b->limits.nodes - more) {
		b->nodes += more;
		return ORCH_OK;
	}
	snprintf(why, sizeof why, "more than %zu values, aliases counted in full", b->limits.nodes);
	return orch__yaml_fail(ORCH_E_TOO_LARGE, at->line, at->column, why);
}

/* ---- anchors ---- */

static struct anchor **bucket(struct parse *p, const char *name, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619u;
	return &p->anchors[hash % BUCKETS];
}

static orch_status remember(
	struct parse *p, const struct orch__yaml_event *e, struct orch__yaml_node *node)
{
	struct anchor **head, *anchor;

	if (!e->anchor)
		return ORCH_OK;
	anchor = orch__arena_alloc(p->build.arena, sizeof *anchor);
	if (anchor)
		anchor->name = orch__arena_strndup(p->build.arena, e->anchor, e->anchor_len);
	if (!anchor || !anchor->name)
		return no_memory();
	head = bucket(p, e->anchor, e->anchor_len);
	anchor->node = node;
	anchor->next = *head;
	*head = anchor;
	return ORCH_OK;
}

static struct orch__yaml_node *recall(struct parse *p, const struct orch__yaml_event *e)
{
	for (struct anchor *a = *bucket(p, e->anchor, e->anchor_len); a; a = a->next)
		if (strlen(a->name) == e->anchor_len && !memcmp(a->name, e->anchor, e->anchor_len))
			return a->node;
	return NULL;
}

/* ---- values ---- */

orch_status orch__yaml_append(struct orch__yaml_build *b, struct orch__yaml_node *to,
	const struct orch__yaml *key, const struct orch__yaml *value)
{
	struct orch__yaml_item *item = orch__arena_alloc(b->arena, sizeof *item);

	if (!item)
		return no_memory();
	item->key = key;
	item->value = value;
	if (to->last)
		to->last->next = item;
	else
		to->pub.items = item;
	to->last = item;
	to->pub.count++;
	return ORCH_OK;
}

static void grow(struct orch__yaml_node *node, const struct orch__yaml_node *by)
{
	node->size += by->size;
	if (node->depth <= by->depth)
		node->depth = by->depth + 1;
}

static bool is_merge(const struct orch__yaml *key)
{
	return key->is_plain && strcmp(key->text, "<<") == 0;
}

/* A value that is complete finds its place. */
static orch_status place(struct parse *p, const struct orch__yaml_node *node)
{
	struct frame *top = p->top;
	const struct orch__yaml *key;

	if (!top) {
		p->root = &node->pub;
		return ORCH_OK;
	}
	grow(top->node, node);
	key = top->key;
	if (top->node->pub.kind == ORCH__YAML_MAP && !key) {
		if (node->pub.kind != ORCH__YAML_SCALAR)
			return orch__yaml_fail(ORCH_E_INVALID, node->pub.line, node->pub.column,
				"a key that is a list or a map");
		top->key = &node->pub;
		return ORCH_OK;
	}
	top->key = NULL;
	if (key && is_merge(key))
		top->node->has_merge = true;
	return orch__yaml_append(&p->build, top->node, key, &node->pub);
}

/* `out` is complete but for what is in it. */
static orch_status make(struct parse *p, const struct orch__yaml_event *e,
	enum orch__yaml_kind kind, struct orch__yaml_node **out)
{
	struct orch__yaml_node *node;
	orch_status st;

	if (e->has_tag)
		return at_event(e, ORCH_E_INVALID, "a tag (\"!...\"): there is no use for one");
	node = orch__arena_alloc(p->build.arena, sizeof *node);
	if (!node)
		return no_memory();
	node->pub.kind = kind;
	node->pub.line = e->line;
	node->pub.column = e->column;
	node->size = 1;
	st = orch__yaml_count(&p->build, 1, &node->pub);
	*out = node;
	return st < 0 ? st : remember(p, e, node);
}

static orch_status take_scalar(struct parse *p, const struct orch__yaml_event *e)
{
	struct orch__yaml_node *node;
	orch_status st = make(p, e, ORCH__YAML_SCALAR, &node);

	if (st < 0)
		return st;
	if (memchr(e->text, '\0', e->len))
		return at_event(e, ORCH_E_INVALID, "a text with a NUL character");
	if (!orch__utf8_ok(e->text, e->len)) /* escapes can say half a character */
		return at_event(e, ORCH_E_INVALID, "a text that is not UTF-8");
	node->pub.is_plain = e->is_plain;
	node->pub.text = orch__arena_strndup(p->build.arena, e->text, e->len);
	return node->pub.text ? place(p, node) : no_memory();
}

static orch_status take_alias(struct parse *p, const struct orch__yaml_event *e)
{
	const struct orch__yaml at = { .line = e->line, .column = e->column };
	const struct orch__yaml_node *node = recall(p, e);
	orch_status st;

	if (!node)
		return at_event(e, ORCH_E_INVALID, "an alias of which there is no anchor before");
	if (node->is_open)
		return at_event(e, ORCH_E_INVALID, "an alias of what it stands in");
	if (p->depth + node->depth > p->build.limits.depth)
		return too_deep(p, e);
	st = orch__yaml_count(&p->build, node->size, &at);
	return st < 0 ? st : place(p, node);
}

static orch_status open_one(
	struct parse *p, const struct orch__yaml_event *e, enum orch__yaml_kind kind)
{
	struct orch__yaml_node *node;
	struct frame *frame;
	orch_status st = make(p, e, kind, &node);

	if (st < 0)
		return st;
	if (p->depth == p->build.limits.depth)
		return too_deep(p, e);
	frame = orch__arena_alloc(p->build.arena, sizeof *frame);
	if (!frame)
		return no_memory();
	node->depth = 1;
	node->is_open = true;
	frame->node = node;
	frame->up = p->top;
	p->top = frame;
	p->depth++;
	return ORCH_OK;
}

static orch_status close_one(struct parse *p)
{
	struct orch__yaml_node *node = p->top->node;
	orch_status st = ORCH_OK;

	p->top = p->top->up;
	p->depth--;
	node->is_open = false;
	if (node->pub.kind == ORCH__YAML_MAP)
		st = orch__yaml_close_map(&p->build, node);
	return st < 0 ? st : place(p, node);
}

static orch_status begin_document(const struct parse *p, const struct orch__yaml_event *e)
{
	return p->root ? at_event(e, ORCH_E_INVALID, "a second document") : ORCH_OK;
}

static orch_status take(struct parse *p, const struct orch__yaml_event *e)
{
	switch (e->kind) {
	case ORCH__YAML_E_DOCUMENT:
		return begin_document(p, e);
	case ORCH__YAML_E_SCALAR:
		return take_scalar(p, e);
	case ORCH__YAML_E_ALIAS:
		return take_alias(p, e);
	case ORCH__YAML_E_LIST:
		return open_one(p, e, ORCH__YAML_LIST);
	case ORCH__YAML_E_MAP:
		return open_one(p, e, ORCH__YAML_MAP);
	case ORCH__YAML_E_CLOSE:
		return close_one(p);
	case ORCH__YAML_E_END:
		break;
	}
	return ORCH_OK;
}

static orch_status take_all(struct parse *p)
{
	struct orch__yaml_event e;
	orch_status st;

	do {
		st = orch__yaml_events_next(p->events, &e);
		if (st == ORCH_OK)
			st = take(p, &e);
	} while (st == ORCH_OK && e.kind != ORCH__YAML_E_END);
	return st;
}

/*
 * libfyaml reads ahead: all that is open may still turn out to be a key, as far as the line
 * goes, and each bracket that is open costs. So what is too much for us must not get there.
 * Each of these characters is a value more, unless it stands in a text or comment.
 */
static orch_status guard(const struct orch__yaml_text *t, size_t nodes)
{
	const char *why = "more brackets, or commas in a line, than there may be values";
	size_t brackets = 0, commas = 0;
	int line = 1;

	for (size_t i = 0; i < t->len; i++) {
		if (t->text[i] == '\n') {
			commas = 0;
			line++;
		} else if (t->text[i] == ',') {
			commas++;
		} else if (t->text[i] == '[' || t->text[i] == '{') {
			brackets++;
		}
		if (brackets > nodes || commas > nodes)
			return orch__yaml_fail(ORCH_E_TOO_LARGE, line, 1, why);
	}
	return ORCH_OK;
}

orch_status orch__yaml_parse(struct orch__arena *a, const char *text, size_t len,
	const struct orch__yaml_limits *limits, const struct orch__yaml **out)
{
	struct parse p = { .build = {
				   .arena = a, .limits = limits ? *limits : ORCH__YAML_LIMITS } };
	struct orch__yaml_text utf8;
	orch_status st;

	if (len > p.build.limits.bytes)
		return orch__fail(ORCH_E_TOO_LARGE, "more than %zu bytes", p.build.limits.bytes);
	st = orch__yaml_text_read(text, len, &utf8);
	if (st == ORCH_OK)
		st = guard(&utf8, p.build.limits.nodes);
	if (st == ORCH_OK) {
		p.events = orch__yaml_events_open(utf8.text, utf8.len);
		st = p.events ? take_all(&p) : no_memory();
		orch__yaml_events_close(p.events);
	}
	orch__yaml_text_dispose(&utf8);
	if (st == ORCH_OK)
		*out = p.root;
	return st;
}

const struct orch__yaml *orch__yaml_get(const struct orch__yaml *map, const char *key)
{
	if (!map || map->kind != ORCH__YAML_MAP)
		return NULL;
	for (const struct orch__yaml_item *i = map->items; i; i = i->next)
		if (strcmp(i->key->text, key) == 0)
			return i->value;
	return NULL;
}
