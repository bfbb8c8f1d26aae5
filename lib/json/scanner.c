/* SPDX-License-Identifier: MIT */
#include "json/scanner.h"

#include <string.h>

#include "json/masks.h"
#include "json/scanner_key.h"
#include "json/skip.h"

/*
 * A state machine that may be interrupted after any byte. Each step takes the
 * text [p, end), p < end, and returns where the next one goes on, or NULL after
 * an error.
 */
typedef struct orch__scanner scanner;
typedef struct orch__scanner_frame frame;
typedef const unsigned char *cursor;

enum state {
	/* between tokens: white space is allowed */
	DOCUMENT, /* before and after documents                          */
	VALUE,
	FIRST_ELEMENT, /* after '[': a value or ']'                           */
	FIRST_KEY,     /* after '{': a key or '}'                             */
	KEY,           /* after ',' in an object                              */
	COLON,
	NEXT, /* after a value: ',' or the closing bracket           */
	/* inside a token, or a value that is not entered */
	IN_KEY,
	STRING,
	ESCAPE,
	PRIMITIVE,
	NULL_ITEM,
	CONTAINER
};

/* ---- errors ------------------------------------------------------------------------- */

static uint64_t offset_of(const scanner *s, cursor p)
{
	return s->offset + (uint64_t)(p - s->from);
}

static cursor fail(scanner *s, cursor p, const char *why)
{
	orch__json_fail(
		s->err, ORCH_E_PROTOCOL, "byte %llu: %s", (unsigned long long)offset_of(s, p), why);
	return NULL;
}

static cursor too_deep(scanner *s, cursor p)
{
	orch__json_fail(s->err, ORCH_E_TOO_LARGE, "byte %llu: nested deeper than %zu levels",
		(unsigned long long)offset_of(s, p), s->depth_max);
	return NULL;
}

static cursor unexpected(scanner *s, cursor p)
{
	return fail(s, p, "unexpected character");
}

static bool is_space(unsigned char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* ---- output ------------------------------------------------------------------------------ */

/*
 * What is written never outgrows what is read, but for the names of members
 * that an earlier piece began, and those make their own room.
 */
static bool make_room(scanner *s, size_t len)
{
	const size_t room = len + ORCH__KEY_MAX + 8 + 16; /* 16: orch__string_copy() */

	if (orch__buf_reserve(&s->text, room) && orch__buf_reserve(&s->envelope, room))
		return true;
	return orch__json_fail_mem(s->err, s->text.failed ? s->text.failed : s->envelope.failed);
}

static void emit(scanner *s, const void *bytes, size_t len)
{
	memcpy(s->out->text + s->out->len, bytes, len);
	s->out->len += len;
}

static void emit_byte(scanner *s, unsigned char c)
{
	s->out->text[s->out->len++] = (char)c;
}

/* Commas are ours, not the server's: those around dropped members go too. */
static void emit_comma(scanner *s)
{
	frame *f = &s->frames[s->depth - 1];

	if (f->kind == ORCH__P_ITEMS)
		return;
	if (f->has_member)
		emit_byte(s, ',');
	f->has_member = true;
}

/* ---- frames ----------------------------------------------------------------------------- */

static bool in_list_of_items(const scanner *s)
{
	return s->depth && s->frames[s->depth - 1].kind == ORCH__P_ITEMS;
}

/* What the next element of an array is. */
static void expect_element(scanner *s)
{
	frame *f = &s->frames[s->depth - 1];

	s->keep = true;
	s->want = NULL;
	if (f->kind != ORCH__P_FIRST)
		return;
	if (f->past_first)
		s->keep = false;
	else
		s->want = &f->node->children[0];
	f->past_first = true;
}

static cursor open_frame(scanner *s, cursor p, const struct orch__plan_node *node, uint8_t kind)
{
	frame *f = &s->frames[s->depth];

	if (s->depth == s->depth_max)
		return too_deep(s, p);
	*f = (frame){ node, kind, false, false };
	s->depth++;
	emit_byte(s, *p);
	if (kind == ORCH__P_OBJECT) {
		s->state = FIRST_KEY;
		return p + 1;
	}
	if (kind == ORCH__P_ITEMS)
		s->out = &s->text;
	expect_element(s);
	s->state = FIRST_ELEMENT;
	return p + 1;
}

static void item_done(scanner *s)
{
	s->items++;
	s->item_open = false;
	s->item_ready = true;
}

static void value_done(scanner *s)
{
	s->state = s->depth ? NEXT : DOCUMENT;
	if (in_list_of_items(s) || (s->stream && !s->depth))
		item_done(s);
}

static cursor close_frame(scanner *s, cursor p)
{
	const frame *f = &s->frames[s->depth - 1];

	if (*p != (f->kind == ORCH__P_OBJECT ? '}' : ']'))
		return unexpected(s, p);
	if (f->kind == ORCH__P_ITEMS)
		s->out = &s->envelope;
	emit_byte(s, *p);
	s->depth--;
	value_done(s);
	return p + 1;
}

/* ---- values ----------------------------------------------------------------------------- */

static cursor string(scanner *s, cursor p, cursor end)
{
	cursor q;

	if (s->keep) {
		q = orch__string_copy(s->out->text + s->out->len, p, end);
		s->out->len += (size_t)(q - p);
	} else {
		q = orch__string_end(p, end);
	}
	if (q == end)
		return q;
	if (s->keep)
		emit_byte(s, *q);
	s->state = *q == '"' ? NEXT : ESCAPE;
	return q + 1;
}

static cursor escape(scanner *s, cursor p)
{
	if (s->keep)
		emit_byte(s, *p);
	s->state = STRING;
	return p + 1;
}

static cursor primitive(scanner *s, cursor p, cursor end)
{
	cursor from = p;

	while (p < end && orch__json_is_primitive(*p))
		p++;
	if (s->keep)
		emit(s, from, (size_t)(p - from));
	if (p < end)
		s->state = NEXT;
	return p;
}

/* Go has no empty list but null. */
static cursor null_item(scanner *s, cursor p)
{
	if (*p != (unsigned char)"null"[s->matched])
		return unexpected(s, p);
	if (s->out == &s->envelope)
		emit_byte(s, *p);
	if (++s->matched == 4)
		s->state = s->depth ? NEXT : DOCUMENT;
	return p + 1;
}

static cursor container(scanner *s, cursor p, cursor end)
{
	struct orch__skip skip = { s->open, s->depth_max - s->depth, s->escape, s->in_string };
	cursor q = orch__skip_container(&skip, p, end);

	s->open = skip.open;
	s->escape = skip.escape;
	s->in_string = skip.in_string;
	if (!q)
		return too_deep(s, p);
	if (s->keep)
		emit(s, p, (size_t)(q - p));
	if (!s->open)
		value_done(s);
	return q;
}

static cursor begin_plain(scanner *s, cursor p, cursor end)
{
	if (*p == '"') {
		s->state = STRING;
		if (s->keep)
			emit_byte(s, '"');
		return string(s, p + 1, end);
	}
	if (orch__json_is_primitive(*p)) {
		s->state = PRIMITIVE;
		return primitive(s, p, end);
	}
	if (s->depth == s->depth_max)
		return too_deep(s, p);
	if (s->keep)
		emit_byte(s, *p);
	s->state = CONTAINER;
	s->open = 1;
	s->escape = false;
	s->in_string = 0;
	return container(s, p + 1, end);
}

/* An item: an object, or a null that is passed over. */
static cursor begin_item(scanner *s, cursor p, cursor end)
{
	s->item_at = offset_of(s, p);
	if (*p == 'n') {
		s->state = NULL_ITEM;
		s->matched = 0;
		return p;
	}
	if (*p != '{') {
		orch__json_fail(s->err, ORCH_E_PROTOCOL, "%s[%zu] is not an object (byte %llu)",
			s->list ? s->list : "", s->items, (unsigned long long)s->item_at);
		return NULL;
	}
	s->item_open = true;
	if (!s->strict)
		return open_frame(s, p, s->item, ORCH__P_OBJECT);
	return begin_plain(s, p, end);
}

/* The list of items itself, where it is a member. */
static cursor begin_list(scanner *s, cursor p)
{
	if (s->list_seen)
		return fail(s, p, "a second list of items");
	s->list_seen = true;
	if (*p == 'n') {
		s->state = NULL_ITEM;
		s->matched = 0;
		return p;
	}
	if (*p != '[')
		return fail(s, p, "the list of items is none");
	return open_frame(s, p, NULL, ORCH__P_ITEMS);
}

/* What there is to look for inside of a value that is kept, or NULL: nothing,
 * it is taken as it is. */
static const struct orch__plan_node *inside(const scanner *s, unsigned char c, uint8_t *kind)
{
	const frame *f = &s->frames[s->depth - 1];
	const uint8_t shape = s->want ? s->want->shape : ORCH__P_VALUE;

	*kind = shape;
	if (f->kind == ORCH__P_LIST && c == '{') {
		*kind = ORCH__P_OBJECT;
		return f->node;
	}
	if (c == '{' && shape == ORCH__P_OBJECT)
		return s->want->inner;
	if (c == '[' && (shape == ORCH__P_LIST || shape == ORCH__P_FIRST))
		return s->want->inner;
	return NULL;
}

static cursor begin_value(scanner *s, cursor p, cursor end)
{
	const unsigned char c = *p;
	const struct orch__plan_node *node;
	uint8_t kind;

	if (c != '"' && c != '{' && c != '[' && !orch__json_is_primitive(c))
		return unexpected(s, p);
	if (!s->keep)
		return begin_plain(s, p, end);
	if (in_list_of_items(s))
		return begin_item(s, p, end);
	if (s->want && s->want->shape == ORCH__P_ITEMS)
		return begin_list(s, p);
	if (s->frames[s->depth - 1].kind != ORCH__P_OBJECT)
		emit_comma(s);
	node = inside(s, c, &kind);
	if (node && !s->strict)
		return open_frame(s, p, node, kind);
	return begin_plain(s, p, end);
}

/* ---- keys -------------------------------------------------------------------------------- */

/* The value behind it is kept or dropped; a key that is kept is written now. */
static void key_known(scanner *s, cursor name, size_t len, bool escaped)
{
	const struct orch__plan_node *node = s->frames[s->depth - 1].node;

	s->want = escaped ? orch__find_escaped(node, name, len) : orch__plan_find(node, name, len);
	s->keep = s->want || s->strict;
	s->state = COLON;
	if (!s->keep)
		return;
	emit_comma(s);
	if (s->out == &s->text && !s->strict) {
		memcpy(s->out->text + s->out->len, s->want->key, sizeof s->want->key);
		s->out->len += ORCH__PLAN_KEY;
		return;
	}
	emit_byte(s, '"');
	if (s->strict)
		emit(s, name, len);
	else
		emit(s, s->want->name, s->want->len);
	emit_byte(s, '"');
	emit_byte(s, ':');
}

static cursor begin_key(scanner *s, cursor p, cursor end)
{
	cursor name = p + 1, q = orch__string_end(name, end);

	if (*p != '"')
		return unexpected(s, p);
	if (q < end && *q == '"') {
		key_known(s, name, (size_t)(q - name), false);
		if (end - q < 3 || q[1] != ':')
			return q + 1;
		s->state = VALUE; /* the usual case: no space around the colon */
		return q[2] <= ' ' ? q + 2 : begin_value(s, q + 2, end);
	}
	orch__buf_clear(&s->key);
	s->escape = false;
	s->state = IN_KEY;
	return name;
}

/* The slow way: a key with an escape, or one that comes in two pieces. */
static cursor in_key(scanner *s, cursor p, cursor end)
{
	cursor q = orch__key_end(p, end, &s->escape);
	size_t len = (size_t)(q - p);
	const unsigned char *name;

	orch__buf_add(&s->key, (const char *)p, len);
	if (!orch__buf_ok(&s->key) || !make_room(s, s->key.len + (size_t)(end - q))) {
		orch__json_fail_mem(s->err, s->key.failed);
		return NULL;
	}
	if (q == end)
		return q;
	name = (const unsigned char *)s->key.text;
	key_known(s, name, s->key.len, memchr(name, '\\', s->key.len) != NULL);
	return q + 1;
}

/* ---- between tokens ------------------------------------------------------------------------ */

static cursor begin_stream_item(scanner *s, cursor p, cursor end)
{
	s->out = &s->text;
	s->item_at = offset_of(s, p);
	if (*p != '{')
		return fail(s, p, "document is not an object");
	s->item_open = true;
	s->keep = true;
	return s->strict ? begin_plain(s, p, end) : open_frame(s, p, s->item, ORCH__P_OBJECT);
}

static cursor begin_document(scanner *s, cursor p, cursor end)
{
	if (s->stream)
		return begin_stream_item(s, p, end);
	s->out = &s->envelope;
	if (s->envelope.len)
		return fail(s, p, "text behind the document");
	if (!s->list)
		return begin_list(s, p);
	if (*p != '{')
		return fail(s, p, "document is not an object");
	return open_frame(s, p, s->root, ORCH__P_OBJECT);
}

static cursor next_member(scanner *s, cursor p, cursor end)
{
	if (*p != ',')
		return close_frame(s, p);
	if (s->frames[s->depth - 1].kind != ORCH__P_OBJECT) {
		expect_element(s);
		s->state = VALUE;
		return p + 1;
	}
	s->state = KEY;
	if (end - p > 1 && p[1] == '"')
		return begin_key(s, p + 1, end);
	return p + 1;
}

static cursor colon(scanner *s, cursor p)
{
	if (*p != ':')
		return unexpected(s, p);
	s->state = VALUE;
	return p + 1;
}

static cursor step(scanner *s, cursor p, cursor end)
{
	const enum state state = (enum state)s->state;

	if (*p <= ' ' && state <= NEXT && is_space(*p))
		return p + 1;
	switch (state) {
	case DOCUMENT:
		return begin_document(s, p, end);
	case VALUE:
		return begin_value(s, p, end);
	case FIRST_ELEMENT:
		return *p == ']' ? close_frame(s, p) : begin_value(s, p, end);
	case FIRST_KEY:
		return *p == '}' ? close_frame(s, p) : begin_key(s, p, end);
	case KEY:
		return begin_key(s, p, end);
	case COLON:
		return colon(s, p);
	case NEXT:
		return next_member(s, p, end);
	case IN_KEY:
		return in_key(s, p, end);
	case STRING:
		return string(s, p, end);
	case ESCAPE:
		return escape(s, p);
	case PRIMITIVE:
		return primitive(s, p, end);
	case NULL_ITEM:
		return null_item(s, p);
	case CONTAINER:
		return container(s, p, end);
	}
	return fail(s, p, "internal error");
}

/* ---- the interface --------------------------------------------------------------------------- */

size_t orch__scanner_run(scanner *s, const char *text, size_t len)
{
	cursor from = (const unsigned char *)text, p = from, end = from + len;

	if (s->err->status || !make_room(s, len))
		return 0;
	s->from = from;
	while (p && p < end && !s->item_ready)
		p = step(s, p, end);
	if (!p)
		return 0;
	s->offset += (uint64_t)(p - from);
	return (size_t)(p - from);
}

bool orch__scanner_finish(scanner *s)
{
	s->from = NULL;
	if (s->err->status)
		return false;
	if (s->state != DOCUMENT || (!s->stream && !s->envelope.len))
		return orch__json_fail(s->err, ORCH_E_PROTOCOL,
			"byte %llu: the document is cut off", (unsigned long long)s->offset);
	if (!s->stream && !s->list_seen)
		return orch__json_fail(s->err, ORCH_E_PROTOCOL, "%s: missing", s->list);
	return true;
}

void orch__scanner_dispose(scanner *s)
{
	orch__buf_dispose(&s->text);
	orch__buf_dispose(&s->envelope);
	orch__buf_dispose(&s->key);
}
