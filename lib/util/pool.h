/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_POOL_H
#define ORCH_UTIL_POOL_H

#include "orch/sys/backend.h"
#include "util/arena.h"

/*
 * A result and all it points to are one arena, and the arena's own bookkeeping
 * lies in it, just before the result: the pointer that a program holds is all
 * that is needed to release everything.
 */
struct orch_pool {
	struct orch__arena arena;
};

/* A zeroed result of `size` bytes; NULL when memory is short. */
void *orch__result_new(size_t size);
orch_pool *orch__result_pool(const void *result);
void orch__result_free(const void *result); /* NULL is fine */

#endif
