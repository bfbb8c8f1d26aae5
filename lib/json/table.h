/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_TABLE_H
#define ORCH_JSON_TABLE_H

#include "json/json.h"

/* What all operations share: walking the rows of a table. */

enum { ORCH__JSON_MAX_ROWS = 128 };

/* Rows [lo, hi) of one table, which agree on the first `skip` path bytes, and
 * the struct their offsets are relative to. `node`, if there is one, is the
 * place of a plan (json/plan.h) where they are found faster. */
struct orch__span {
	const struct orch__json_table *t;
	const struct orch__plan_node *node;
	char *base;
	size_t lo, hi, skip;
};

/* What one path segment leads to: a row, a narrower span, or nothing known. */
struct orch__hit {
	const struct orch__json_row *leaf;
	struct orch__span group;             /* .t is NULL when there is none */
	const struct orch__plan_node *inner; /* of the plan: what is inside */
};

/* One bit per row: already written (overlay). */
struct orch__row_set {
	uint8_t bits[ORCH__JSON_MAX_ROWS / 8];
};

struct orch__span orch__span_all(const struct orch__json_table *t, const void *base);
struct orch__hit orch__span_find(const struct orch__span *in, const char *segment, size_t len);
/* Rows from `i` on that continue with the same segment: [i, result). */
size_t orch__span_group_end(const struct orch__span *in, size_t i);
bool orch__span_is_array(const struct orch__span *group);
/* Is any row of the span set, writable and not in `seen` (may be NULL)? */
bool orch__span_any(const struct orch__span *in, const struct orch__row_set *seen);
const char *orch__span_path(const struct orch__span *group);

size_t orch__segment_len(const char *path);

void orch__row_set_add(struct orch__row_set *set, size_t lo, size_t hi);
bool orch__row_set_has(const struct orch__row_set *set, size_t i);

/* Members are read and written through memcpy: the public structs hold typed
 * lists and pointers, and reading those through another type is undefined. */
bool orch__row_is_set(const struct orch__json_row *r, const char *base);
bool orch__row_writable(const struct orch__json_row *r);
const void *orch__row_ptr(const struct orch__json_row *r, const char *base);
int64_t orch__row_i64(const struct orch__json_row *r, const char *base);
struct orch__vec orch__row_vec(const struct orch__json_row *r, const char *base);
bool orch__row_is_int(const struct orch__json_row *r);
bool orch__row_is_list(const struct orch__json_row *r);
bool orch__row_has_table(const struct orch__json_row *r);

/* Element i of an OBJVEC or PTRVEC. */
const char *orch__row_element(const struct orch__json_row *r, const struct orch__vec *v, size_t i);

#endif
