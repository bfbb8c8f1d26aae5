/* SPDX-License-Identifier: MIT */
#include "json/encode.h"

#include <string.h>

typedef const struct orch__json_row row;
typedef struct orch__json_writer writer;

static void encode_scalar(writer *w, row *r, int64_t value)
{
	const struct orch__json_scalar *s = r->aux.scalar;
	char text[64];
	int n = s->format(value, text, sizeof text);

	if (n <= 0 || (size_t)n >= sizeof text)
		orch__json_fail(&w->err, ORCH_E_INVALID, "%s: not a %s", r->path, s->what);
	else if (s->quoted)
		orch__json_write_text(w, text, (size_t)n);
	else
		orch__json_write_number(w, text, (size_t)n);
}

static void encode_map(writer *w, const orch_kv *kv, size_t count)
{
	orch__json_write_object(w);
	for (size_t i = 0; i < count; i++) {
		orch__json_write_key(w, kv[i].key);
		orch__json_write_str(w, kv[i].value ? kv[i].value : "");
	}
	orch__json_write_end(w);
}

static void encode_struct(writer *w, row *r, const char *base)
{
	struct orch__span all = orch__span_all(r->aux.table, base);

	orch__encode_group(w, &all);
	w->at = r->path;
}

static void encode_list(writer *w, row *r, struct orch__vec v)
{
	orch__json_write_array(w);
	for (size_t i = 0; i < v.count; i++) {
		if (r->kind == ORCH__K_STRVEC)
			orch__json_write_str(w, ((const char *const *)v.items)[i]);
		else if (r->kind == ORCH__K_KVLIST)
			orch__json_write_pair(w, (const orch_kv *)v.items + i);
		else
			encode_struct(w, r, orch__row_element(r, &v, i));
	}
	orch__json_write_end(w);
}

void orch__encode_member(writer *w, row *r, const char *base)
{
	const char *text;

	w->at = r->path;
	switch ((enum orch__json_kind)r->kind) {
	case ORCH__K_STR:
		orch__json_write_str(w, orch__row_ptr(r, base));
		break;
	case ORCH__K_NUMTEXT:
		text = orch__row_ptr(r, base);
		orch__json_write_number(w, text, strlen(text));
		break;
	case ORCH__K_RAW:
		text = orch__row_ptr(r, base);
		orch__json_write_raw(w, text, strlen(text));
		break;
	case ORCH__K_I64:
		orch__json_write_i64(w, orch__row_i64(r, base));
		break;
	case ORCH__K_BOOL:
		orch__json_write_bool(w, orch__row_i64(r, base) != 0);
		break;
	case ORCH__K_SCALAR:
		encode_scalar(w, r, orch__row_i64(r, base));
		break;
	case ORCH__K_LITERAL:
		orch__json_write_str(w, r->aux.literal);
		break;
	case ORCH__K_OBJ:
		encode_struct(w, r, orch__row_ptr(r, base));
		break;
	case ORCH__K_MAP:
		encode_map(w, orch__row_vec(r, base).items, orch__row_vec(r, base).count);
		break;
	case ORCH__K_STRVEC:
	case ORCH__K_KVLIST:
	case ORCH__K_OBJVEC:
	case ORCH__K_PTRVEC:
		encode_list(w, r, orch__row_vec(r, base));
		break;
	}
}

void orch__encode_group(writer *w, const struct orch__span *group)
{
	if (orch__span_is_array(group))
		orch__json_write_array(w);
	else
		orch__json_write_object(w);
	orch__encode_span(w, group, NULL);
	orch__json_write_end(w);
}

void orch__encode_span(writer *w, const struct orch__span *in, const struct orch__row_set *seen)
{
	for (size_t i = in->lo, end; i < in->hi; i = end) {
		const char *p = in->t->rows[i].path + in->skip;
		size_t n = orch__segment_len(p);
		struct orch__span group;

		end = orch__span_group_end(in, i);
		group = (struct orch__span){ in->t, NULL, in->base, i, end, in->skip + n + 1 };
		if (!orch__span_any(&group, seen))
			continue;
		if (*p != '[')
			orch__json_write_name(w, p, n);
		if (p[n] == '.')
			orch__encode_group(w, &group);
		else
			orch__encode_member(w, &in->t->rows[i], in->base);
	}
}

orch_status orch__json_encode(
	const struct orch__json_table *t, const void *in, struct orch__buf *out)
{
	struct orch__span all = orch__span_all(t, in);
	writer w;

	orch__json_write_start(&w, out);
	orch__encode_group(&w, &all);
	return orch__json_write_finish(&w);
}
