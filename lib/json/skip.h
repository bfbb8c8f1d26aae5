/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_SKIP_H
#define ORCH_JSON_SKIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An object or array that is jumped over, 64 bytes a step; it may come in
 * pieces. Behind its first bracket `open` is 1 and the rest is zero. */
struct orch__skip {
	size_t open, open_max;
	bool escape;        /* the last byte was a backslash */
	uint64_t in_string; /* all ones: inside a string     */
};

/* Where the container ends (`open` is 0 again), or `end`; NULL: nested deeper
 * than open_max. */
const unsigned char *orch__skip_container(
	struct orch__skip *s, const unsigned char *p, const unsigned char *end);

#endif
