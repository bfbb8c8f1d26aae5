/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_CHECK_H
#define ORCH_JSON_CHECK_H

#include "util/utf8.h"

/*
 * Looks at the raw bytes before yajl does, for two reasons.
 *
 * What yajl lets through or silently changes is refused: overlong and surrogate
 * UTF-8, "\ud800" without its other half (which becomes "?"), vertical tab and
 * form feed as white space.
 *
 * And yajl scans a token that spans two pieces again from its start for each of
 * them: a 4 MB string in 1 KB pieces costs it a thousand times as much as in
 * one. So the caller learns where the pieces may be cut.
 *
 * A struct that is zero but for its limit is the beginning of a document;
 * chunks may end anywhere.
 */
struct orch__json_check {
	size_t token_max; /* bytes of a string  */
	struct orch__utf8 utf8;
	uint8_t where, digits;
	uint16_t code;  /* of the \u escape being read                         */
	bool high;      /* a high surrogate waits for its low one              */
	bool primitive; /* a number or literal was open at the end             */
	bool too_long;
	bool nul;      /* a \u0000 has come by */
	size_t base;   /* bytes of earlier chunks                             */
	size_t opened; /* of all bytes, where the open string began           */
	size_t head;   /* of this chunk: end of what was open at its beginning */
};

/* [0, head) finishes the token that was open at the start of the chunk, and
 * [tail, at) begins one that it leaves open. `more`: the whole chunk belongs to
 * a token that began earlier and goes on. */
struct orch__json_cut {
	const char *wrong; /* NULL, or what is wrong with the byte `at` */
	size_t at;         /* bytes that are right: all, without `wrong` */
	size_t head, tail;
	bool more;
};

void orch__json_check(
	struct orch__json_check *c, const char *text, size_t len, struct orch__json_cut *cut);

/* Is the text so far cut off within a string? */
bool orch__json_check_in_string(const struct orch__json_check *c);

/* Part of a number or a literal. */
static inline bool orch__json_is_primitive(unsigned char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' ||
		c == '+' || c == '.';
}

#endif
