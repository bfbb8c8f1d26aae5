/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_TABLE_H
#define ORCH_UTIL_TABLE_H

#include <stddef.h>

#include "util/arena.h"

/*
 * Rows by name: a hash table that grows. Rows are the caller's structs, whose first
 * member is `const char *`, the name; small, there may be many.
 *
 *	struct orch__table t = { .row_size = sizeof(struct row) };
 */
struct orch__table {
	size_t row_size;
	void *rows;
	size_t count, cap; /* a power of two */
	struct orch__arena names;
};

/* The row of that name, made and zeroed if need be; valid until the next one is made. NULL: out of
 * memory. */
void *orch__table_at(struct orch__table *t, const char *name);
/* The same; NULL: there is none. */
void *orch__table_find(const struct orch__table *t, const char *name);
/* One after the other: NULL begins, and is the end. */
void *orch__table_next(const struct orch__table *t, const void *row);
/* All but the names to nothing, the rows kept. */
void orch__table_zero(struct orch__table *t);
/* Empty, and fit for rows of the same size. */
void orch__table_dispose(struct orch__table *t);

#endif
