/* SPDX-License-Identifier: MIT */
/* Whether two structs, or a struct and a piece of a document, say the same. */
#include "json/equal.h"

#include <string.h>

#include "json/decode.h"
#include "util/number.h"
#include "util/text.h"

typedef const struct orch__json_row row;

static const orch_kv *last_of_key(const orch_kv *kv, size_t count, const char *key)
{
	while (count--)
		if (!strcmp(kv[count].key, key))
			return &kv[count];
	return NULL;
}

/* Of a key that is there twice the last one counts. */
static bool has_all(struct orch__vec a, struct orch__vec b)
{
	const orch_kv *ours = a.items;

	for (size_t i = 0; i < a.count; i++) {
		const orch_kv *our = last_of_key(ours, a.count, ours[i].key);
		const orch_kv *their = last_of_key(b.items, b.count, ours[i].key);

		if (!their || !orch__text_equal(our->value, their->value))
			return false;
	}
	return true;
}

static bool same_element(row *r, const struct orch__vec *a, const struct orch__vec *b, size_t i)
{
	const char *const *texts_a = a->items, *const *texts_b = b->items;
	const orch_kv *kv_a = a->items, *kv_b = b->items;

	if (r->kind == ORCH__K_STRVEC)
		return orch__text_equal(texts_a[i], texts_b[i]);
	if (r->kind == ORCH__K_KVLIST)
		return orch__text_equal(kv_a[i].key, kv_b[i].key) &&
			orch__text_equal(kv_a[i].value, kv_b[i].value);
	return orch__json_equal(
		r->aux.table, orch__row_element(r, a, i), orch__row_element(r, b, i));
}

static bool same_list(row *r, struct orch__vec a, struct orch__vec b)
{
	if (r->kind == ORCH__K_MAP) /* servers sort them: order says nothing */
		return has_all(a, b) && has_all(b, a);
	if (a.count != b.count)
		return false;
	for (size_t i = 0; i < a.count; i++)
		if (!same_element(r, &a, &b, i))
			return false;
	return true;
}

bool orch__row_equal(row *r, const char *a, const char *b)
{
	bool has = orch__row_is_set(r, a);

	if (has != orch__row_is_set(r, b))
		return false;
	if (!has || r->kind == ORCH__K_LITERAL)
		return true;
	if (orch__row_is_list(r))
		return same_list(r, orch__row_vec(r, a), orch__row_vec(r, b));
	if (r->kind == ORCH__K_OBJ)
		return orch__json_equal(r->aux.table, orch__row_ptr(r, a), orch__row_ptr(r, b));
	if (orch__row_is_int(r))
		return orch__row_i64(r, a) == orch__row_i64(r, b);
	return !strcmp(orch__row_ptr(r, a), orch__row_ptr(r, b));
}

bool orch__json_equal(const struct orch__json_table *t, const void *a, const void *b)
{
	for (size_t i = 0; i < t->count; i++)
		if (orch__row_writable(&t->rows[i]) && !orch__row_equal(&t->rows[i], a, b))
			return false;
	return true;
}

static bool is_text(const char *ours, const char *text, size_t len)
{
	return strlen(ours) == len && !memcmp(ours, text, len);
}

bool orch__row_says(
	row *r, const char *base, enum orch__json_type type, const char *text, size_t len)
{
	bool string = type == ORCH__T_STRING, number = type == ORCH__T_NUMBER;
	int64_t v = 0;

	if (r->kind == ORCH__K_STR)
		return string && is_text(orch__row_ptr(r, base), text, len);
	if (r->kind == ORCH__K_NUMTEXT)
		return number && is_text(orch__row_ptr(r, base), text, len);
	if (r->kind == ORCH__K_LITERAL)
		return string && is_text(r->aux.literal, text, len);
	if (r->kind == ORCH__K_BOOL)
		return type == ORCH__T_BOOLEAN && (orch__row_i64(r, base) != 0) == (*text == 't');
	if (r->kind == ORCH__K_I64 && (!number || !orch__parse_i64(text, len, &v)))
		return false;
	if (r->kind == ORCH__K_SCALAR &&
		(!(string || number) || !r->aux.scalar->parse(text, len, &v)))
		return false;
	return orch__row_is_int(r) && v == orch__row_i64(r, base);
}

/* A document of the one member, read by its row alone. */
static void decode_member(
	struct orch__json_reader *r, row *leaf, size_t skip, const char *text, size_t len)
{
	orch__sax_feed(&r->sax, "{\"", 2);
	orch__sax_feed(&r->sax, leaf->path + skip, strlen(leaf->path + skip));
	orch__sax_feed(&r->sax, "\":", 2);
	orch__sax_feed(&r->sax, text, len);
	orch__sax_feed(&r->sax, "}", 1);
	orch__sax_finish(&r->sax);
}

bool orch__row_says_text(const struct orch__span *in, row *r, const char *text, size_t len,
	struct orch__json_error *err)
{
	const size_t i = (size_t)(r - in->t->rows);
	struct orch__json_reader *reader;
	struct orch__arena a = { 0 };
	struct orch__span one = { in->t, NULL, NULL, i, i + 1, in->skip };
	bool same;

	if (r->kind == ORCH__K_RAW)
		return is_text(orch__row_ptr(r, in->base), text, len);
	if (!orch__row_is_list(r))
		return false;
	reader = orch__resize(NULL, sizeof *reader);
	one.base = orch__arena_take(&a, in->t->size);
	if (reader && one.base) {
		orch__json_init(in->t, one.base);
		orch__reader_start(reader, &one, &a, false, NULL);
		decode_member(reader, r, in->skip, text, len);
		orch__reader_stop(reader);
		if (reader->err.status && reader->err.status != ORCH_E_PROTOCOL)
			orch__json_fail(err, reader->err.status, "%s", reader->err.text);
	} else {
		orch__json_fail_mem(err, ORCH__MEM_NONE_LEFT);
	}
	same = !err->status && !reader->err.status && orch__row_equal(r, one.base, in->base);
	orch__free(reader);
	orch__arena_dispose(&a);
	return same;
}
