/* SPDX-License-Identifier: MIT */
#include "json/overlay.h"

#include <string.h>

#include "json/decode.h"
#include "json/equal.h"

typedef const struct orch__json_row row;
typedef const struct orch__json_table table;

/* An element as the document has it. */
struct orch__live {
	struct orch__live *next;
	const char *text;
	size_t len, index;
	char *value; /* decoded, to look at its keys */
};

/* Only lists whose elements have a key can be merged; others are replaced. */
bool orch__merge_wanted(row *r)
{
	if (r->kind != ORCH__K_OBJVEC && r->kind != ORCH__K_PTRVEC)
		return false;
	for (size_t i = 0; i < r->aux.table->count; i++)
		if (r->aux.table->rows[i].flags & ORCH__J_KEY)
			return true;
	return false;
}

bool orch__merge_add(
	struct orch__merge *m, const char *text, size_t len, struct orch__json_error *err)
{
	table *t = m->row->aux.table;
	struct orch__live *l = orch__arena_alloc(&m->arena, sizeof *l);
	struct orch__span all;

	if (l)
		l->value = orch__arena_take(&m->arena, t->size);
	if (!l || !l->value)
		return orch__json_fail_mem(err, m->arena.failed);
	l->text = text;
	l->len = len;
	l->index = m->count++;
	if (m->last)
		m->last->next = l;
	else
		m->live = l;
	m->last = l;
	orch__json_init(t, l->value);
	all = orch__span_all(t, l->value);
	return orch__decode_into(&all, &m->arena, text, len, err);
}

static bool same_key(table *t, const char *a, const char *b)
{
	for (size_t i = 0; i < t->count; i++)
		if ((t->rows[i].flags & ORCH__J_KEY) && !orch__row_equal(&t->rows[i], a, b))
			return false;
	return true;
}

static const struct orch__live *find_live(const struct orch__merge *m, const char *want)
{
	for (const struct orch__live *l = m->live; l; l = l->next)
		if (same_key(m->row->aux.table, l->value, want))
			return l;
	return NULL;
}

void orch__merge_write(struct orch__merge *m, struct orch__json_writer *w,
	enum orch__json_unset unset, bool *changed)
{
	table *t = m->row->aux.table;
	struct orch__vec want = orch__row_vec(m->row, m->base);

	if (want.count != m->count)
		*changed = true;
	orch__json_write_array(w);
	for (size_t i = 0; i < want.count && !w->err.status; i++) {
		const char *value = orch__row_element(m->row, &want, i);
		const struct orch__live *l = find_live(m, value);
		struct orch__span all = orch__span_all(t, value);

		if (!l || l->index != i)
			*changed = true;
		if (l)
			orch__overlay_text(w, t, l->text, l->len, value, unset, changed);
		else
			orch__encode_group(w, &all);
	}
	orch__json_write_end(w);
	orch__arena_dispose(&m->arena);
	memset(m, 0, sizeof *m);
}
