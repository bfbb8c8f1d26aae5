/* SPDX-License-Identifier: MIT */
#include "util/pool.h"

#include <stdalign.h>
#include <string.h>

struct header {
	orch_pool pool;
	alignas(max_align_t) unsigned char result[];
};

void *orch__result_new(size_t size)
{
	struct orch__arena arena = { 0 };
	struct header *h = orch__arena_alloc(&arena, sizeof *h + size);

	if (!h) {
		orch__arena_dispose(&arena);
		return NULL;
	}
	h->pool.arena = arena;
	return h->result;
}

orch_pool *orch__result_pool(const void *result)
{
	return (orch_pool *)((uintptr_t)result - offsetof(struct header, result));
}

void orch__result_free(const void *result)
{
	struct orch__arena arena;

	if (!result)
		return;
	arena = orch__result_pool(result)->arena; /* it lies in what is freed now */
	orch__arena_dispose(&arena);
}

void *orch_pool_take(orch_pool *pool, size_t size)
{
	return orch__arena_alloc(&pool->arena, size);
}

const char *orch_pool_copy(orch_pool *pool, const char *text)
{
	return text ? orch__arena_strndup(&pool->arena, text, strlen(text)) : NULL;
}
