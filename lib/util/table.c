/* SPDX-License-Identifier: MIT */
#include "util/table.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { FIRST_CAP = 64 };

static size_t hash(const char *name)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

/* Rows are read and written through memcpy: their type is the caller's. */
static const char *name_of(const void *row)
{
	const char *name;

	memcpy(&name, row, sizeof name);
	return name;
}

/* Where that name is, or would be. */
static char *slot(char *rows, size_t row_size, size_t cap, const char *name)
{
	size_t i = hash(name) & (cap - 1);

	while (name_of(rows + i * row_size) && strcmp(name_of(rows + i * row_size), name) != 0)
		i = (i + 1) & (cap - 1);
	return rows + i * row_size;
}

static bool grow(struct orch__table *t)
{
	const size_t cap = t->cap ? t->cap * 2 : FIRST_CAP;
	char *rows = orch__zalloc(cap * t->row_size);

	if (!rows)
		return false;
	for (void *row = NULL; (row = orch__table_next(t, row)) != NULL;)
		memcpy(slot(rows, t->row_size, cap, name_of(row)), row, t->row_size);
	orch__free(t->rows);
	t->rows = rows;
	t->cap = cap;
	return true;
}

void *orch__table_find(const struct orch__table *t, const char *name)
{
	char *row = t->cap ? slot(t->rows, t->row_size, t->cap, name) : NULL;

	return row && name_of(row) ? row : NULL;
}

void *orch__table_at(struct orch__table *t, const char *name)
{
	void *row = orch__table_find(t, name);
	const char *kept;

	if (row)
		return row;
	if (t->count * 4 >= t->cap * 3 && !grow(t))
		return NULL;
	t->names.limit = SIZE_MAX / 4;
	kept = orch__arena_strndup(&t->names, name, strlen(name));
	if (!kept)
		return NULL;
	row = slot(t->rows, t->row_size, t->cap, name);
	memcpy(row, &kept, sizeof kept);
	t->count++;
	return row;
}

void *orch__table_next(const struct orch__table *t, const void *row)
{
	char *rows = t->rows;
	size_t i = row ? (size_t)((const char *)row - rows) / t->row_size + 1 : 0;

	while (i < t->cap && !name_of(rows + i * t->row_size))
		i++;
	return i < t->cap ? rows + i * t->row_size : NULL;
}

void orch__table_zero(struct orch__table *t)
{
	for (void *row = NULL; (row = orch__table_next(t, row)) != NULL;)
		memset((char *)row + sizeof(char *), 0, t->row_size - sizeof(char *));
}

void orch__table_dispose(struct orch__table *t)
{
	orch__free(t->rows);
	orch__arena_dispose(&t->names);
	*t = (struct orch__table){ .row_size = t->row_size };
}
