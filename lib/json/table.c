/* SPDX-License-Identifier: MIT */
#include "json/table.h"

#include <string.h>

#include "json/plan.h"

typedef const struct orch__json_row row;

size_t orch__segment_len(const char *path)
{
	return strcspn(path, ".");
}

struct orch__span orch__span_all(const struct orch__json_table *t, const void *base)
{
	return (struct orch__span){ t, NULL, (char *)base, 0, t->count, 0 };
}

size_t orch__span_group_end(const struct orch__span *in, size_t i)
{
	const char *p = in->t->rows[i].path + in->skip;
	size_t n = orch__segment_len(p);

	if (p[n] == '\0')
		return i + 1;
	for (i++; i < in->hi; i++)
		if (strncmp(in->t->rows[i].path + in->skip, p, n + 1) != 0)
			break;
	return i;
}

static bool begins_with(const char *path, const char *segment, size_t len)
{
	return *path == *segment && strncmp(path, segment, len) == 0 &&
		(path[len] == '\0' || path[len] == '.');
}

static struct orch__hit find_in_plan(const struct orch__span *in, const char *segment, size_t len)
{
	const struct orch__plan_child *c = orch__plan_find(in->node, segment, len);
	struct orch__hit hit = { 0 };

	if (c)
		orch__plan_hit(&hit, in, c);
	return hit;
}

struct orch__hit orch__span_find(const struct orch__span *in, const char *segment, size_t len)
{
	struct orch__hit hit = { 0 };
	size_t i = in->lo;

	if (in->node)
		return find_in_plan(in, segment, len);
	if (len == 0 || memchr(segment, '.', len) || memchr(segment, '\0', len))
		return hit; /* no row has such a name */
	while (i < in->hi && !begins_with(in->t->rows[i].path + in->skip, segment, len))
		i++;
	if (i == in->hi)
		return hit;
	if (in->t->rows[i].path[in->skip + len] == '\0')
		hit.leaf = &in->t->rows[i];
	else
		hit.group = (struct orch__span){ in->t, NULL, in->base, i,
			orch__span_group_end(in, i), in->skip + len + 1 };
	return hit;
}

const char *orch__span_path(const struct orch__span *group)
{
	return group->t->rows[group->lo].path;
}

bool orch__span_is_array(const struct orch__span *group)
{
	return orch__span_path(group)[group->skip] == '[';
}

bool orch__span_any(const struct orch__span *in, const struct orch__row_set *seen)
{
	for (size_t i = in->lo; i < in->hi; i++) {
		row *r = &in->t->rows[i];

		if (seen && orch__row_set_has(seen, i))
			continue;
		if (orch__row_writable(r) && orch__row_is_set(r, in->base))
			return true;
	}
	return false;
}

void orch__row_set_add(struct orch__row_set *set, size_t lo, size_t hi)
{
	for (size_t i = lo; i < hi; i++)
		set->bits[i / 8] |= (uint8_t)(1u << (i % 8));
}

bool orch__row_set_has(const struct orch__row_set *set, size_t i)
{
	return set->bits[i / 8] >> (i % 8) & 1;
}

/* ---- members --------------------------------------------------------------------- */

const void *orch__row_ptr(row *r, const char *base)
{
	const void *p;

	memcpy(&p, base + r->offset, sizeof p);
	return p;
}

int64_t orch__row_i64(row *r, const char *base)
{
	int64_t v;

	memcpy(&v, base + r->offset, sizeof v);
	return v;
}

struct orch__vec orch__row_vec(row *r, const char *base)
{
	struct orch__vec v;

	memcpy(&v, base + r->offset, sizeof v);
	return v;
}

bool orch__row_is_int(row *r)
{
	return r->kind >= ORCH__K_I64 && r->kind <= ORCH__K_SCALAR;
}

bool orch__row_is_list(row *r)
{
	return r->kind >= ORCH__K_STRVEC;
}

bool orch__row_has_table(row *r)
{
	return r->kind == ORCH__K_OBJ || r->kind >= ORCH__K_OBJVEC;
}

const char *orch__row_element(row *r, const struct orch__vec *v, size_t i)
{
	const char *const *pointers = v->items;

	if (r->kind == ORCH__K_PTRVEC)
		return pointers[i];
	return (const char *)v->items + i * r->aux.table->size;
}

bool orch__row_writable(row *r)
{
	return !(r->flags & ORCH__J_READONLY);
}

bool orch__row_is_set(row *r, const char *base)
{
	if (r->kind == ORCH__K_LITERAL)
		return true;
	if (orch__row_is_int(r))
		return orch__row_i64(r, base) != ORCH_UNSET;
	return orch__row_ptr(r, base) != NULL; /* a list begins with its items pointer */
}

void orch__json_init(const struct orch__json_table *t, void *out)
{
	memcpy(out, t->blank, t->size);
}
