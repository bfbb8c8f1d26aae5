/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_EQUAL_H
#define ORCH_JSON_EQUAL_H

#include "json/fail.h"
#include "json/sax.h"
#include "json/table.h"

/* Do both structs have the same in this member, or neither anything? */
bool orch__row_equal(const struct orch__json_row *r, const char *a, const char *b);

/* Does a scalar of a document say what the member (which is set) says? */
bool orch__row_says(const struct orch__json_row *r, const char *base, enum orch__json_type type,
	const char *text, size_t len);

/* The same for an object or array: row `i` of the table, where the path has
 * `skip` bytes in front of its last segment. A value of another shape is
 * different, not wrong; false with `err` set when memory ran out. */
bool orch__row_says_text(const struct orch__span *in, const struct orch__json_row *r,
	const char *text, size_t len, struct orch__json_error *err);

#endif
