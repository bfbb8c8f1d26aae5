/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_VEC_H
#define ORCH_UTIL_VEC_H

#include <stdbool.h>
#include <stddef.h>

/* Growing array of pointers. Zeroed is empty. */
struct orch__vec_ptr {
	void **items;
	size_t count, cap;
};

bool orch__vec_add(struct orch__vec_ptr *v, void *item); /* false: no memory, unchanged */
void orch__vec_dispose(struct orch__vec_ptr *v);         /* the array, not what it points to */

#endif
