/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/tally.h"

#include <string.h>

enum { FIRST_CAP = 64 };

static size_t hash(const char *uid)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *uid; uid++)
		h = (h ^ (unsigned char)*uid) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

/* Where that uid is, or would be. */
static struct kube_tally_row *slot(struct kube_tally_row *rows, size_t cap, const char *uid)
{
	size_t i = hash(uid) & (cap - 1);

	while (rows[i].uid && strcmp(rows[i].uid, uid) != 0)
		i = (i + 1) & (cap - 1);
	return &rows[i];
}

static bool grow(struct kube_tally *t)
{
	const size_t cap = t->cap ? t->cap * 2 : FIRST_CAP;
	struct kube_tally_row *rows = orch__zalloc(cap * sizeof *rows);

	if (!rows)
		return false;
	for (size_t i = 0; i < t->cap; i++)
		if (t->rows[i].uid)
			*slot(rows, cap, t->rows[i].uid) = t->rows[i];
	orch__free(t->rows);
	t->rows = rows;
	t->cap = cap;
	return true;
}

struct kube_tally_row *kube_tally_find(const struct kube_tally *t, const char *uid)
{
	struct kube_tally_row *row = t->cap ? slot(t->rows, t->cap, uid) : NULL;

	return row && row->uid ? row : NULL;
}

struct kube_tally_row *kube_tally_at(struct kube_tally *t, const char *uid)
{
	struct kube_tally_row *row = kube_tally_find(t, uid);

	if (row)
		return row;
	if (t->count * 4 >= t->cap * 3 && !grow(t))
		return NULL;
	row = slot(t->rows, t->cap, uid);
	t->uids.limit = SIZE_MAX / 4;
	row->uid = orch__arena_strndup(&t->uids, uid, strlen(uid));
	if (!row->uid)
		return NULL;
	t->count++;
	return row;
}

void kube_tally_zero(struct kube_tally *t)
{
	for (size_t i = 0; i < t->cap; i++)
		t->rows[i] = (struct kube_tally_row){ .uid = t->rows[i].uid };
}

void kube_tally_dispose(struct kube_tally *t)
{
	orch__free(t->rows);
	orch__arena_dispose(&t->uids);
	memset(t, 0, sizeof *t);
}
