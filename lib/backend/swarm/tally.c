/* SPDX-License-Identifier: MIT */
#include "backend/swarm/tally.h"

#include <string.h>

enum { FIRST_CAP = 64 };

static size_t hash(const char *id)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *id; id++)
		h = (h ^ (unsigned char)*id) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

/* Where that ID is, or would be. */
static struct swarm_tally_row *slot(struct swarm_tally_row *rows, size_t cap, const char *id)
{
	size_t i = hash(id) & (cap - 1);

	while (rows[i].id && strcmp(rows[i].id, id) != 0)
		i = (i + 1) & (cap - 1);
	return &rows[i];
}

static bool grow(struct swarm_tally *t)
{
	const size_t cap = t->cap ? t->cap * 2 : FIRST_CAP;
	struct swarm_tally_row *rows = orch__zalloc(cap * sizeof *rows);

	if (!rows)
		return false;
	for (size_t i = 0; i < t->cap; i++)
		if (t->rows[i].id)
			*slot(rows, cap, t->rows[i].id) = t->rows[i];
	orch__free(t->rows);
	t->rows = rows;
	t->cap = cap;
	return true;
}

struct swarm_tally_row *swarm_tally_at(struct swarm_tally *t, const char *id)
{
	struct swarm_tally_row *row = t->cap ? slot(t->rows, t->cap, id) : NULL;

	if (row && row->id)
		return row;
	if (t->count * 4 >= t->cap * 3) {
		if (!grow(t))
			return NULL;
		row = slot(t->rows, t->cap, id);
	}
	t->ids.limit = SIZE_MAX / 4;
	row->id = orch__arena_strndup(&t->ids, id, strlen(id));
	if (!row->id)
		return NULL;
	t->count++;
	return row;
}

void swarm_tally_zero(struct swarm_tally *t)
{
	for (size_t i = 0; i < t->cap; i++)
		t->rows[i] = (struct swarm_tally_row){ .id = t->rows[i].id };
}

void swarm_tally_dispose(struct swarm_tally *t)
{
	orch__free(t->rows);
	orch__arena_dispose(&t->ids);
	memset(t, 0, sizeof *t);
}
