/* SPDX-License-Identifier: MIT */
#include "json/overlay.h"

#include <string.h>

#include "json/equal.h"

/*
 * Goes through a document and copies its members. Where a row is set and says
 * something else, ours is written in their place; rows the document lacks are
 * added where their container ends. What no row speaks of is copied byte for
 * byte: its numbers, its escapes, its white space.
 */

typedef const struct orch__json_row row;

/* An open container that we are inside of: one that rows speak of. */
struct frame {
	bool array;
	size_t index;
	struct orch__span span;    /* the rows that may occur here */
	struct orch__row_set seen; /* and those that have          */
};

/* What becomes of a value: it stays, it goes, ours is written in its place if
 * that says something else, or we look into it. */
enum fate { COPY, DROP, REPLACE, REPLACE_GROUP, MERGE, ENTER };
enum shape { EMPTY, SCALAR, OBJECT, ARRAY };

struct overlay {
	struct orch__json_writer *w;
	enum orch__json_unset unset;
	bool *changed;
	const char *text;
	struct orch__sax sax;
	struct orch__span root;

	struct orch__hit hit;
	const char *name; /* of a modelled member: written when its fate is known */
	size_t name_len;
	size_t behind; /* where the token before the current one ended */

	size_t mute;    /* open containers of a value that we do not enter */
	enum fate fate; /* of that value                                   */
	size_t from;    /* where it begins                                 */
	size_t element; /* where the element of a merge begins             */
	struct orch__merge merge;

	size_t depth;
	struct frame frames[ORCH__JSON_DEPTH];
};

static struct frame *top(struct overlay *o)
{
	return &o->frames[o->depth - 1];
}

static void push(struct overlay *o, bool array, const struct orch__span *span)
{
	struct frame *f = &o->frames[o->depth++];

	memset(f, 0, sizeof *f);
	f->array = array;
	f->span = *span;
}

static bool ok(const struct overlay *o)
{
	return !o->w->err.status;
}

static bool not_an_object(struct overlay *o)
{
	return orch__json_fail(&o->w->err, ORCH_E_PROTOCOL, "document is not an object");
}

/* ---- what becomes of a value --------------------------------------------------------- */

static enum fate fate_of_group(struct overlay *o, enum shape shape)
{
	const struct orch__span *g = &o->hit.group;

	orch__row_set_add(&top(o)->seen, g->lo, g->hi);
	if (shape == (orch__span_is_array(g) ? ARRAY : OBJECT))
		return ENTER;
	if (!orch__span_any(g, NULL))
		return COPY;
	if (shape != EMPTY)
		orch__json_fail(&o->w->err, ORCH_E_PROTOCOL,
			"%.*s: cannot put %s into what is there", (int)g->skip - 1,
			orch__span_path(g), orch__span_path(g) + g->skip);
	return REPLACE_GROUP;
}

static enum fate fate_when_unset(const struct overlay *o, row *leaf)
{
	if (o->unset == ORCH__JSON_KEEP_UNSET || leaf->flags & ORCH__J_KEEP)
		return COPY;
	return DROP;
}

static enum fate fate_of_leaf(struct overlay *o, row *leaf, enum shape shape)
{
	struct frame *f = top(o);
	size_t i = (size_t)(leaf - f->span.t->rows);

	orch__row_set_add(&f->seen, i, i + 1);
	if (!orch__row_writable(leaf))
		return COPY;
	if (!orch__row_is_set(leaf, f->span.base))
		return fate_when_unset(o, leaf);
	if (leaf->kind == ORCH__K_OBJ && shape == OBJECT) {
		o->hit.group = orch__span_all(leaf->aux.table, orch__row_ptr(leaf, f->span.base));
		return ENTER;
	}
	return orch__merge_wanted(leaf) && shape == ARRAY ? MERGE : REPLACE;
}

static enum fate fate_of(struct overlay *o, enum shape shape)
{
	struct frame *f = top(o);

	if (f->array) {
		o->hit = (struct orch__hit){ 0 };
		if (f->index == 0)
			o->hit = orch__span_find(&f->span, "[0]", 3);
		f->index++;
	}
	if (o->hit.group.t)
		return fate_of_group(o, shape);
	return o->hit.leaf ? fate_of_leaf(o, o->hit.leaf, shape) : COPY;
}

/* ---- carrying it out -------------------------------------------------------------------- */

static void put_name(struct overlay *o)
{
	if (o->name)
		orch__json_write_name(o->w, o->name, o->name_len);
	o->name = NULL;
}

static void keep(struct overlay *o, size_t from, size_t to)
{
	put_name(o);
	orch__json_write_verbatim(o->w, o->text + from, to - from);
}

static void drop(struct overlay *o, enum shape shape)
{
	o->name = NULL;
	if (shape != EMPTY)
		*o->changed = true;
}

static void replace(struct overlay *o)
{
	put_name(o);
	*o->changed = true;
	if (o->hit.leaf)
		orch__encode_member(o->w, o->hit.leaf, top(o)->span.base);
	else
		orch__encode_group(o->w, &o->hit.group);
}

/* The value begins behind the last token: a colon or a comma may come first. */
static size_t value_start(const struct overlay *o)
{
	size_t at = o->behind;

	while (strchr(" \t\r\n:,", o->text[at])) /* the value itself ends this */
		at++;
	return at;
}

static bool says(struct overlay *o, enum orch__json_type type, const char *text, size_t len)
{
	const struct orch__span *span = &top(o)->span;
	const size_t from = value_start(o);

	if (o->hit.leaf->kind == ORCH__K_RAW)
		return orch__row_says_text(span, o->hit.leaf, o->text + from,
			orch__sax_offset(&o->sax) - from, &o->w->err);
	return orch__row_says(o->hit.leaf, span->base, type, text, len);
}

static bool scalar(void *ctx, enum orch__json_type type, const char *text, size_t len)
{
	struct overlay *o = ctx;
	const enum shape shape = type == ORCH__T_NULL ? EMPTY : SCALAR;
	const size_t end = orch__sax_offset(&o->sax);
	enum fate fate;

	if (o->mute) {
		if (o->mute == 1 && o->fate == MERGE && shape != EMPTY)
			orch__json_fail(&o->w->err, ORCH_E_PROTOCOL, "%s: unexpected element",
				o->merge.row->path);
		return ok(o);
	}
	if (o->depth == 0)
		return not_an_object(o);
	fate = fate_of(o, shape);
	if (fate == REPLACE && shape == SCALAR && says(o, type, text, len))
		fate = COPY;
	if (fate == COPY)
		keep(o, value_start(o), end);
	else if (fate == DROP)
		drop(o, shape);
	else
		replace(o);
	o->behind = end;
	return ok(o);
}

static bool key(void *ctx, const char *text, size_t len)
{
	struct overlay *o = ctx;
	struct frame *f;

	if (o->mute)
		return true;
	f = top(o);
	o->behind = orch__sax_offset(&o->sax);
	o->hit = orch__span_find(&f->span, text, len);
	if (o->hit.leaf || o->hit.group.t) {
		o->name = (o->hit.leaf ? o->hit.leaf->path : orch__span_path(&o->hit.group)) +
			f->span.skip;
		o->name_len = len;
	} else {
		orch__json_write_name(o->w, text, len);
	}
	return ok(o);
}

/* ---- containers ---------------------------------------------------------------------------- */

static void enter(struct overlay *o, bool array)
{
	put_name(o);
	if (array)
		orch__json_write_array(o->w);
	else
		orch__json_write_object(o->w);
	push(o, array, &o->hit.group);
}

static bool open(void *ctx, bool array)
{
	struct overlay *o = ctx;
	const size_t behind = orch__sax_offset(&o->sax);
	enum fate fate = ENTER;

	if (o->mute) {
		if (o->mute++ == 1)
			o->element = behind - 1;
		return true;
	}
	o->behind = behind;
	if (o->depth == 0 && array)
		return not_an_object(o);
	if (o->depth == 0)
		o->hit.group = o->root;
	else
		fate = fate_of(o, array ? ARRAY : OBJECT);
	if (fate == ENTER) {
		enter(o, array);
		return ok(o);
	}
	o->mute = 1;
	o->fate = fate;
	o->from = behind - 1;
	if (fate == MERGE) {
		o->merge.row = o->hit.leaf;
		o->merge.base = top(o)->span.base;
	}
	return ok(o);
}

static void value_ends(struct overlay *o, size_t end)
{
	const struct orch__span *span = &top(o)->span;

	o->behind = end;
	if (o->fate == REPLACE &&
		orch__row_says_text(
			span, o->hit.leaf, o->text + o->from, end - o->from, &o->w->err))
		o->fate = COPY;
	if (o->fate == COPY) {
		keep(o, o->from, end);
	} else if (o->fate == DROP) {
		drop(o, OBJECT);
	} else if (o->fate == MERGE) {
		put_name(o);
		orch__merge_write(&o->merge, o->w, o->unset, o->changed);
	} else {
		replace(o);
	}
}

static bool close_muted(struct overlay *o, bool array)
{
	const size_t end = orch__sax_offset(&o->sax);

	o->mute--;
	if (o->mute == 0)
		value_ends(o, end);
	else if (o->mute == 1 && o->fate == MERGE && array)
		orch__json_fail(
			&o->w->err, ORCH_E_PROTOCOL, "%s: unexpected element", o->merge.row->path);
	else if (o->mute == 1 && o->fate == MERGE)
		orch__merge_add(&o->merge, o->text + o->element, end - o->element, &o->w->err);
	return ok(o);
}

static bool close(void *ctx, bool array)
{
	struct overlay *o = ctx;
	struct frame *f = top(o);

	if (o->mute)
		return close_muted(o, array);
	if (orch__span_any(&f->span, &f->seen))
		*o->changed = true;
	orch__encode_span(o->w, &f->span, &f->seen);
	orch__json_write_end(o->w);
	o->depth--;
	o->behind = orch__sax_offset(&o->sax);
	return ok(o);
}

static const struct orch__sax_ops events = {
	.scalar = scalar,
	.key = key,
	.open = open,
	.close = close,
};

/* ---- the interface ------------------------------------------------------------------------- */

bool orch__overlay_text(struct orch__json_writer *w, const struct orch__json_table *t,
	const char *text, size_t len, const void *in, enum orch__json_unset unset, bool *changed)
{
	struct overlay *o;

	if (w->err.status)
		return false;
	o = orch__resize(NULL, sizeof *o);
	if (!o)
		return orch__json_fail_mem(&w->err, ORCH__MEM_NONE_LEFT);
	memset(o, 0, offsetof(struct overlay, frames));
	o->w = w;
	o->unset = unset;
	o->changed = changed;
	o->text = text;
	o->root = orch__span_all(t, in);
	orch__sax_open(&o->sax, &events, o, false, NULL, &w->err);
	orch__sax_feed(&o->sax, text, len);
	orch__sax_finish(&o->sax);
	orch__sax_dispose(&o->sax);
	orch__arena_dispose(&o->merge.arena);
	orch__free(o);
	return !w->err.status;
}

orch_status orch__json_overlay(const struct orch__json_table *t, const char *text, size_t len,
	const void *in, enum orch__json_unset unset, struct orch__buf *out, bool *changed)
{
	struct orch__json_writer w;
	bool any = false;

	orch__json_write_start(&w, out);
	orch__overlay_text(&w, t, text, len, in, unset, &any);
	if (orch__json_write_stop(&w) && changed)
		*changed = any;
	return orch__json_report(&w.err);
}
