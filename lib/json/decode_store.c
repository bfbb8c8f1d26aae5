/* SPDX-License-Identifier: MIT */
#include "json/decode.h"

#include <stdio.h>
#include <string.h>

#include "util/number.h"

typedef const struct orch__json_row row;
typedef struct orch__json_reader reader;
typedef struct orch__json_frame frame;

static frame *top(reader *r)
{
	return &r->frames[r->depth - 1];
}

/* ---- errors name the path --------------------------------------------------------- */

/* Text that is cut at the end of its room, without a word: it is for people. */
struct path {
	char *text;
	size_t size, len;
};

static void path_add(struct path *p, const char *text, size_t len)
{
	size_t room = p->size - 1 - p->len;

	if (len > room)
		len = room;
	memcpy(p->text + p->len, text, len);
	p->len += len;
	p->text[p->len] = '\0';
}

static void path_add_name(struct path *p, const char *name, size_t len)
{
	if (p->len)
		path_add(p, ".", 1);
	path_add(p, name, len);
}

static void path_of_frames(const reader *r, struct path *p)
{
	char index[32];

	p->text[0] = '\0';
	for (size_t i = 0; i < r->depth; i++) {
		const frame *f = &r->frames[i];

		if (!f->row)
			continue;
		path_add_name(p, f->row->path, strlen(f->row->path));
		if (f->index)
			path_add(p, index,
				(size_t)snprintf(index, sizeof index, "[%zu]", f->index - 1));
	}
}

static void path_add_group(struct path *p, const struct orch__span *g)
{
	if (g->t && g->skip)
		path_add_name(p, orch__span_path(g), g->skip - 1);
}

void orch__store_where(const reader *r, char *text, size_t size)
{
	struct path p = { text, size, 0 };
	const frame *f = r->depth ? &r->frames[r->depth - 1] : NULL;

	path_of_frames(r, &p);
	if (r->hit.leaf)
		path_add_name(&p, r->hit.leaf->path, strlen(r->hit.leaf->path));
	else if (r->hit.group.t)
		path_add_group(&p, &r->hit.group);
	else if (f && f->where <= ORCH__IN_FIRST)
		path_add_group(&p, &f->span);
}

static bool fail_at(reader *r, const char *path, const char *problem, const char *detail)
{
	const char *in_document = *path ? path : "document";

	if (r->sax.cut_out)
		return orch__json_fail(
			&r->err, ORCH_E_PROTOCOL, "%s: %s%s", in_document, problem, detail);
	return orch__json_fail(&r->err, ORCH_E_PROTOCOL, "%s: %s%s (byte %zu)", in_document,
		problem, detail, orch__sax_offset(&r->sax));
}

static bool fail_here(reader *r, const char *problem, const char *detail)
{
	char path[256];

	orch__store_where(r, path, sizeof path);
	return fail_at(r, path, problem, detail);
}

bool orch__store_unexpected(reader *r, const char *got)
{
	return fail_here(r, "unexpected ", got);
}

bool orch__store_no_memory(reader *r)
{
	enum orch__mem why = r->scratch.failed ? r->scratch.failed : r->arena->failed;

	return orch__json_fail_mem(&r->err, why);
}

bool orch__store_has_required(reader *r, const struct orch__span *all)
{
	for (size_t i = 0; i < all->t->count; i++) {
		row *q = &all->t->rows[i];
		char path[256];
		struct path p = { path, sizeof path, 0 };

		if (!(q->flags & ORCH__J_REQUIRED) || orch__row_is_set(q, all->base))
			continue;
		path_of_frames(r, &p);
		path_add_name(&p, q->path, strlen(q->path));
		return fail_at(r, path, "missing", "");
	}
	return true;
}

/* ---- values ------------------------------------------------------------------------- */

static const char *const type_names[] = { "null", "boolean", "number", "string" };

void orch__store_ptr(char *member, const void *p)
{
	memcpy(member, &p, sizeof p);
}

static bool store_i64(char *member, int64_t v)
{
	memcpy(member, &v, sizeof v);
	return true;
}

/* A C string ends at its first NUL, so a text that holds one is refused. */
const char *orch__store_text(reader *r, const char *text, size_t len)
{
	const char *kept;

	if (r->sax.check.nul && memchr(text, 0, len)) {
		fail_here(r, "NUL in a string", "");
		return NULL;
	}
	kept = orch__arena_strndup(r->arena, text, len);
	if (!kept)
		orch__store_no_memory(r);
	return kept;
}

static bool store_text(reader *r, char *member, const char *text, size_t len)
{
	const char *kept = orch__store_text(r, text, len);

	if (kept)
		orch__store_ptr(member, kept);
	return kept != NULL;
}

/* What was captured begins behind the key: `: value`. */
bool orch__store_raw(reader *r)
{
	size_t len;
	const char *text = orch__sax_captured(&r->sax, &len);

	if (!text)
		return false;
	for (bool colon = false; !colon || strchr(" \t\r\n", *text); text++, len--)
		colon |= *text == ':';
	return store_text(r, top(r)->span.base + r->raw->offset, text, len);
}

static bool store_number(reader *r, char *member, const char *text, size_t len)
{
	int64_t v = 0;

	if (!orch__parse_i64(text, len, &v) || v == ORCH_UNSET)
		return fail_here(r, "not a 64-bit integer", "");
	return store_i64(member, v);
}

static bool store_scalar(reader *r, row *leaf, char *member, const char *text, size_t len)
{
	int64_t v = 0;

	if (!leaf->aux.scalar->parse(text, len, &v) || v == ORCH_UNSET)
		return fail_here(r, "not a ", leaf->aux.scalar->what);
	return store_i64(member, v);
}

static bool expect_literal(reader *r, row *leaf, const char *text, size_t len)
{
	if (len == strlen(leaf->aux.literal) && !memcmp(text, leaf->aux.literal, len))
		return true;
	return fail_here(r, "expected ", leaf->aux.literal);
}

bool orch__store_member(reader *r, enum orch__json_type type, const char *text, size_t len)
{
	row *leaf = r->hit.leaf;
	bool is_text = type == ORCH__T_STRING, is_number = type == ORCH__T_NUMBER;
	char *member;

	if (!leaf) /* a container was expected */
		return orch__store_unexpected(r, type_names[type]);
	member = top(r)->span.base + leaf->offset;
	if (leaf->kind == ORCH__K_STR && is_text)
		return store_text(r, member, text, len);
	if (leaf->kind == ORCH__K_NUMTEXT && is_number)
		return store_text(r, member, text, len);
	if (leaf->kind == ORCH__K_I64 && is_number)
		return store_number(r, member, text, len);
	if (leaf->kind == ORCH__K_BOOL && type == ORCH__T_BOOLEAN)
		return store_i64(member, *text == 't');
	if (leaf->kind == ORCH__K_SCALAR && (is_text || is_number))
		return store_scalar(r, leaf, member, text, len);
	if (leaf->kind == ORCH__K_LITERAL && is_text)
		return expect_literal(r, leaf, text, len);
	return orch__store_unexpected(r, type_names[type]);
}

/* ---- elements -------------------------------------------------------------------------- */

bool orch__store_add(reader *r, const void *element, size_t size)
{
	orch__buf_add(&r->scratch, element, size);
	return orch__buf_ok(&r->scratch) || orch__store_no_memory(r);
}

/* "k=v", or a bare "k", whose value stays NULL: not the same as "k=". */
static bool store_pair(reader *r, orch_kv *kv, const char *text, size_t len)
{
	const char *eq = memchr(text, '=', len);

	kv->key = orch__store_text(r, text, eq ? (size_t)(eq - text) : len);
	if (kv->key && eq)
		kv->value = orch__store_text(r, eq + 1, len - (size_t)(eq + 1 - text));
	return kv->key && (kv->value || !eq);
}

bool orch__store_element(reader *r, enum orch__json_type type, const char *text, size_t len)
{
	uint8_t where = top(r)->where;
	orch_kv kv = { r->map_key, NULL };
	const char *kept;

	if (type != ORCH__T_STRING || where == ORCH__IN_STRUCTS)
		return orch__store_unexpected(r, type_names[type]);
	if (where == ORCH__IN_KVLIST)
		return store_pair(r, &kv, text, len) && orch__store_add(r, &kv, sizeof kv);
	kept = orch__store_text(r, text, len);
	if (!kept)
		return false;
	if (where == ORCH__IN_STRVEC)
		return orch__store_add(r, &kept, sizeof kept);
	kv.value = kept;
	return orch__store_add(r, &kv, sizeof kv);
}

/* The structs of an OBJVEC were made one by one; one alone is an array already. */
static bool join_structs(reader *r, const frame *f, struct orch__vec *v)
{
	const size_t size = f->row->aux.table->size;
	const char *element;
	char *items;

	if (v->count == 1) {
		memcpy(&v->items, r->scratch.text + f->mark, sizeof v->items);
		return true;
	}
	items = orch__arena_take(r->arena, v->count * size);
	if (!items)
		return orch__store_no_memory(r);
	for (size_t i = 0; i < v->count; i++) {
		memcpy(&element, r->scratch.text + f->mark + i * sizeof element, sizeof element);
		memcpy(items + i * size, element, size);
	}
	v->items = items;
	return true;
}

static bool copy_elements(reader *r, const frame *f, struct orch__vec *v)
{
	size_t bytes = r->scratch.len - f->mark;
	void *items = orch__arena_take(r->arena, bytes);

	if (!items)
		return orch__store_no_memory(r);
	v->items = memcpy(items, r->scratch.text + f->mark, bytes);
	return true;
}

bool orch__store_list(reader *r, const frame *f)
{
	static const max_align_t nothing; /* a list that is there, though empty */
	bool pairs = f->where == ORCH__IN_MAP || f->where == ORCH__IN_KVLIST;
	struct orch__vec v = { &nothing, 0 };
	bool ok = true;

	v.count = (r->scratch.len - f->mark) / (pairs ? sizeof(orch_kv) : sizeof(void *));
	if (v.count && f->row->kind == ORCH__K_OBJVEC)
		ok = join_structs(r, f, &v);
	else if (v.count)
		ok = copy_elements(r, f, &v);
	r->scratch.len = f->mark;
	if (ok) /* of a repeated key the last one wins */
		memcpy(f->member, &v, sizeof v);
	return ok;
}
