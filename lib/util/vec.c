/* SPDX-License-Identifier: MIT */
#include "util/vec.h"

#include "util/alloc.h"

bool orch__vec_add(struct orch__vec_ptr *v, void *item)
{
	if (v->count == v->cap) {
		size_t cap = v->cap ? v->cap * 2 : 16;
		void **items = orch__resize(v->items, cap * sizeof *items);

		if (!items)
			return false;
		v->items = items;
		v->cap = cap;
	}
	v->items[v->count++] = item;
	return true;
}

void orch__vec_dispose(struct orch__vec_ptr *v)
{
	orch__free(v->items);
	v->items = NULL;
	v->count = v->cap = 0;
}
