/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_ENCODE_H
#define ORCH_JSON_ENCODE_H

#include "json/table.h"
#include "json/writer.h"

/* The parts of encode that overlay uses as well. */

/* The value of one set member. */
void orch__encode_member(
	struct orch__json_writer *w, const struct orch__json_row *r, const char *base);
/* The set members of a span that are not in `seen` (may be NULL), into the
 * container that is open. */
void orch__encode_span(
	struct orch__json_writer *w, const struct orch__span *in, const struct orch__row_set *seen);
/* The same, container included. */
void orch__encode_group(struct orch__json_writer *w, const struct orch__span *group);

#endif
