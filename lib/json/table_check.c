/* SPDX-License-Identifier: MIT */
/* What a unit test asks about every table. */
#include "json/table.h"

#include <string.h>

typedef const struct orch__json_row row;

/* Tables within tables, and the segments of a path. */
enum { NESTING_MAX = 16, SEGMENT_MAX = 63 };

static const char *check_table(const struct orch__json_table *t, unsigned nesting);

static bool aux_is_right(row *r, unsigned nesting)
{
	if (r->kind == ORCH__K_SCALAR)
		return r->aux.scalar && r->aux.scalar->what && r->aux.scalar->parse &&
			r->aux.scalar->format;
	if (r->kind == ORCH__K_LITERAL)
		return r->aux.literal != NULL;
	if (orch__row_has_table(r))
		return r->aux.table && r->aux.table->size == r->elem &&
			!check_table(r->aux.table, nesting + 1);
	return true;
}

/* KEY is for what can be compared, REQUIRED for what can be missing. */
static bool flags_are_right(row *r)
{
	if (r->flags & ORCH__J_KEY && r->kind >= ORCH__K_LITERAL)
		return false;
	return !(r->flags & ORCH__J_REQUIRED && r->kind == ORCH__K_LITERAL);
}

static bool member_fits(const struct orch__json_table *t, row *r)
{
	size_t size = sizeof(int64_t);

	if (r->kind == ORCH__K_LITERAL)
		return true;
	if (orch__row_is_list(r))
		size = sizeof(struct orch__vec);
	else if (r->kind == ORCH__K_STR || r->kind == ORCH__K_OBJ)
		size = sizeof(void *);
	return r->offset + size <= t->size;
}

/* Every segment a name or "[0]", and no empty ones. */
static bool path_is_clean(const char *p)
{
	for (;;) {
		size_t n = orch__segment_len(p);

		if (n == 0 || n > SEGMENT_MAX ||
			(*p == '[' && (n != 3 || memcmp(p, "[0]", 3) != 0)))
			return false;
		if (p[n] == '\0')
			return true;
		p += n + 1;
	}
}

/* Within one span: no duplicate, no row that is also a group, no group that is
 * interrupted, and array and object segments never mixed. */
static const char *check_span(const struct orch__span *in)
{
	const char *first = in->t->rows[in->lo].path + in->skip, *bad = NULL;

	for (size_t i = in->lo, end; i < in->hi && !bad; i = end) {
		const char *p = in->t->rows[i].path + in->skip;
		size_t n = orch__segment_len(p);
		struct orch__span group;

		end = orch__span_group_end(in, i);
		if ((*p == '[') != (*first == '['))
			return in->t->rows[i].path;
		for (size_t j = end; j < in->hi; j++) {
			const char *q = in->t->rows[j].path + in->skip;

			if (orch__segment_len(q) == n && !memcmp(p, q, n))
				return in->t->rows[j].path;
		}
		group = (struct orch__span){ in->t, NULL, NULL, i, end, in->skip + n + 1 };
		if (p[n] == '.')
			bad = check_span(&group);
	}
	return bad;
}

/* Text that is looked at by itself must have a key in front of it. */
static bool has_a_key(row *r)
{
	size_t n = strlen(r->path);

	return (r->kind != ORCH__K_RAW && !orch__row_is_list(r)) || r->path[n - 1] != ']';
}

static const char *check_table(const struct orch__json_table *t, unsigned nesting)
{
	struct orch__span all = orch__span_all(t, NULL);

	if (t->count == 0 || t->count > ORCH__JSON_MAX_ROWS || nesting == NESTING_MAX)
		return t->name;
	for (size_t i = 0; i < t->count; i++) {
		row *r = &t->rows[i];

		if (!path_is_clean(r->path) || !flags_are_right(r) || !has_a_key(r) ||
			!member_fits(t, r) || !aux_is_right(r, nesting))
			return r->path;
	}
	if (t->rows[0].path[0] == '[')
		return t->rows[0].path; /* a document is an object */
	return check_span(&all);
}

const char *orch__json_table_check(const struct orch__json_table *t)
{
	return check_table(t, 0);
}
