/* SPDX-License-Identifier: MIT */
#include "json/decode.h"

#include <string.h>

#include "json/plan.h"
#include "util/error.h"

typedef const struct orch__json_row row;
typedef struct orch__json_reader reader;
typedef struct orch__json_frame frame;

static frame *top(reader *r)
{
	return &r->frames[r->depth - 1];
}

/* The SAX layer has checked the depth. */
static frame *push(reader *r, enum orch__json_where where)
{
	frame *f = &r->frames[r->depth++];

	memset(f, 0, sizeof *f);
	f->where = (uint8_t)where;
	return f;
}

static bool not_an_object(reader *r)
{
	return orch__json_fail(&r->err, ORCH_E_PROTOCOL, "document is not an object");
}

static void forget_hit(reader *r)
{
	r->hit.leaf = NULL;
	r->hit.group.t = NULL;
	r->hit.inner = NULL;
}

/* Work out what the value that arrives is; in an object its key has done it. */
static void arrive(reader *r)
{
	frame *f = top(r);

	if (f->where == ORCH__IN_OBJECT)
		return;
	forget_hit(r);
	if (f->where == ORCH__IN_FIRST && f->index == 0)
		r->hit = orch__span_find(&f->span, "[0]", 3);
	if (f->where != ORCH__IN_MAP)
		f->index++;
}

/* ---- scalars ------------------------------------------------------------------- */

static bool end_of_raw(reader *r)
{
	bool ok = orch__store_raw(r);

	r->raw = NULL;
	return ok;
}

static bool scalar(void *ctx, enum orch__json_type type, const char *text, size_t len)
{
	reader *r = ctx;

	if (r->ignore)
		return true;
	if (r->depth == 0)
		return not_an_object(r);
	arrive(r);
	if (type == ORCH__T_NULL) { /* null means "unset", for every kind */
		r->raw = NULL;
		return true;
	}
	if (top(r)->where >= ORCH__IN_STRVEC)
		return orch__store_element(r, type, text, len);
	if (r->raw)
		return end_of_raw(r);
	if (r->hit.leaf || r->hit.group.t)
		return orch__store_member(r, type, text, len);
	return true;
}

static void find_key(reader *r, const struct orch__span *in, const char *text, size_t len)
{
	const struct orch__plan_child *c;

	if (!r->numbered) {
		r->hit = orch__span_find(in, text, len);
		return;
	}
	c = orch__plan_numbered(in->node, text, len);
	if (c)
		orch__plan_hit(&r->hit, in, c);
	else
		forget_hit(r);
}

static bool key(void *ctx, const char *text, size_t len)
{
	reader *r = ctx;

	if (r->ignore)
		return true;
	if (top(r)->where == ORCH__IN_MAP) {
		forget_hit(r);
		return (r->map_key = orch__store_text(r, text, len)) != NULL;
	}
	find_key(r, &top(r)->span, text, len);
	if (r->hit.leaf && r->hit.leaf->kind == ORCH__K_RAW) {
		r->raw = r->hit.leaf;
		orch__sax_capture(&r->sax);
	}
	return true;
}

/* ---- containers ------------------------------------------------------------------ */

static void enter(reader *r, const struct orch__span *span, row *part)
{
	frame *f = push(r, ORCH__IN_OBJECT);

	f->row = part;
	f->span = *span;
	f->whole = span->skip == 0 && span->hi - span->lo == span->t->count;
}

/* A struct of its own: an element of a list, or a part that was unset so far. */
static char *new_struct(reader *r, const struct orch__json_table *t)
{
	char *obj = orch__arena_take(r->arena, t->size);

	if (obj)
		orch__json_init(t, obj);
	else
		orch__store_no_memory(r);
	return obj;
}

/* A part that is named twice is one part: objects merge. */
static bool open_part(reader *r, row *leaf, char *member)
{
	const struct orch__plan_node *inner = r->hit.inner;
	const char *obj = orch__row_ptr(leaf, top(r)->span.base);
	struct orch__span all;

	if (!obj)
		obj = new_struct(r, leaf->aux.table);
	if (!obj)
		return false;
	orch__store_ptr(member, obj);
	all = orch__span_all(leaf->aux.table, obj);
	all.node = inner;
	enter(r, &all, leaf);
	return true;
}

static bool open_list(reader *r, row *leaf, char *member)
{
	static const uint8_t where[] = {
		[ORCH__K_STRVEC] = ORCH__IN_STRVEC,
		[ORCH__K_MAP] = ORCH__IN_MAP,
		[ORCH__K_KVLIST] = ORCH__IN_KVLIST,
		[ORCH__K_OBJVEC] = ORCH__IN_STRUCTS,
		[ORCH__K_PTRVEC] = ORCH__IN_STRUCTS,
	};
	frame *f = push(r, where[leaf->kind]);

	f->row = leaf;
	f->span.node = r->hit.inner;
	f->member = member;
	f->mark = r->scratch.len;
	return true;
}

static bool ignore(reader *r)
{
	r->ignore = 1;
	return true;
}

static bool open_leaf(reader *r, row *leaf, bool array)
{
	char *member = top(r)->span.base + leaf->offset;

	if (leaf->kind == ORCH__K_RAW)
		return ignore(r);
	if (leaf->kind == ORCH__K_OBJ && !array)
		return open_part(r, leaf, member);
	if (orch__row_is_list(leaf) && array == (leaf->kind != ORCH__K_MAP))
		return open_list(r, leaf, member);
	return orch__store_unexpected(r, array ? "array" : "object");
}

static bool open_element(reader *r)
{
	const struct orch__json_table *t = top(r)->row->aux.table;
	const struct orch__plan_node *inner = top(r)->span.node;
	char *obj = new_struct(r, t);
	struct orch__span all;

	if (!obj || !orch__store_add(r, &obj, sizeof obj))
		return false;
	all = orch__span_all(t, obj);
	all.node = inner;
	enter(r, &all, NULL);
	return true;
}

static bool open(void *ctx, bool array)
{
	reader *r = ctx;

	if (r->ignore) {
		r->ignore++;
		return true;
	}
	if (r->depth == 0) {
		if (!array)
			enter(r, &r->root, NULL);
		return array ? not_an_object(r) : true;
	}
	arrive(r);
	if (top(r)->where == ORCH__IN_STRUCTS && !array)
		return open_element(r);
	if (top(r)->where >= ORCH__IN_STRVEC)
		return orch__store_unexpected(r, array ? "array" : "object");
	if (r->hit.leaf)
		return open_leaf(r, r->hit.leaf, array);
	if (!r->hit.group.t)
		return ignore(r);
	if (array != orch__span_is_array(&r->hit.group))
		return orch__store_unexpected(r, array ? "array" : "object");
	push(r, array ? ORCH__IN_FIRST : ORCH__IN_OBJECT)->span = r->hit.group;
	return true;
}

static bool close(void *ctx, bool array)
{
	reader *r = ctx;
	frame *f = top(r);

	(void)array;
	if (r->ignore) {
		r->ignore--;
		return r->ignore || !r->raw || end_of_raw(r);
	}
	forget_hit(r);
	if (f->where >= ORCH__IN_STRVEC && !orch__store_list(r, f))
		return false;
	if (f->whole && !orch__store_has_required(r, &f->span))
		return false;
	r->depth--;
	r->documents += r->depth == 0;
	return true;
}

static void where(void *ctx, char *text, size_t size)
{
	orch__store_where(ctx, text, size);
}

static const struct orch__sax_ops events = {
	.scalar = scalar,
	.key = key,
	.open = open,
	.close = close,
	.where = where,
};

/* ---- the interface ----------------------------------------------------------------- */

void orch__reader_start(reader *r, const struct orch__span *root, struct orch__arena *arena,
	bool stream, const struct orch__json_limits *limits)
{
	memset(r, 0, offsetof(reader, frames)); /* frames are cleared when pushed */
	r->root = *root;
	r->arena = arena;
	r->scratch.limit = ORCH__ARENA_LIMIT;
	orch__sax_open(&r->sax, &events, r, stream, limits, &r->err);
	if (arena && arena->is_secret) { /* then so is the text */
		r->scratch.is_secret = true;
		orch__sax_keep_secret(&r->sax);
	}
}

void orch__reader_stop(reader *r)
{
	orch__sax_dispose(&r->sax);
	orch__buf_dispose(&r->scratch);
}

bool orch__decode_into(const struct orch__span *root, struct orch__arena *arena, const char *text,
	size_t len, struct orch__json_error *err)
{
	reader *r = orch__resize(NULL, sizeof *r);

	if (!r)
		return orch__json_fail_mem(err, ORCH__MEM_NONE_LEFT);
	orch__reader_start(r, root, arena, false, NULL);
	r->sax.cut_out = true;
	orch__sax_feed(&r->sax, text, len);
	orch__sax_finish(&r->sax);
	if (r->err.status)
		orch__json_fail(err, r->err.status, "%s", r->err.text);
	orch__reader_stop(r);
	orch__free(r);
	return !err->status;
}

/* The struct is filled behind the reader and handed out when it is complete. */
static char *unfinished(reader *r)
{
	return (char *)(r + 1);
}

orch_status orch__json_reader_open(const struct orch__json_table *t, struct orch__arena *a,
	const struct orch__json_limits *limits, reader **out)
{
	reader *r = orch__resize(NULL, sizeof *r + t->size);
	struct orch__span root;
	orch_status st;

	if (!r)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	orch__json_init(t, unfinished(r));
	root = orch__span_all(t, unfinished(r));
	orch__reader_start(r, &root, a, false, limits);
	st = orch__json_report(&r->err);
	if (st < 0)
		orch__json_reader_dispose(r);
	else
		*out = r;
	return st;
}

orch_status orch__json_reader_feed(reader *r, const char *text, size_t len)
{
	orch__sax_feed(&r->sax, text, len);
	return orch__json_report(&r->err);
}

orch_status orch__json_reader_finish(reader *r, void *out)
{
	if (orch__sax_finish(&r->sax))
		memcpy(out, unfinished(r), r->root.t->size);
	return orch__json_report(&r->err);
}

void orch__json_reader_dispose(reader *r)
{
	if (r)
		orch__reader_stop(r);
	orch__free(r);
}

orch_status orch__json_decode(const struct orch__json_table *t, struct orch__arena *a,
	const char *text, size_t len, void *out)
{
	reader *r = NULL;
	orch_status st = orch__json_reader_open(t, a, NULL, &r);

	if (st < 0)
		return st;
	st = orch__json_reader_feed(r, text, len);
	if (st == ORCH_OK)
		st = orch__json_reader_finish(r, out);
	orch__json_reader_dispose(r);
	return st;
}
