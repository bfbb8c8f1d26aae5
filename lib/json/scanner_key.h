/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_SCANNER_KEY_H
#define ORCH_JSON_SCANNER_KEY_H

#include "json/plan.h"

enum { ORCH__KEY_MAX = 64 }; /* no row has a longer name */

/* The closing quote of a key, or `end`; `escape` carries over. */
const unsigned char *orch__key_end(const unsigned char *p, const unsigned char *end, bool *escape);

/* As orch__plan_find(), for a key with escapes in it. */
const struct orch__plan_child *orch__find_escaped(
	const struct orch__plan_node *node, const unsigned char *key, size_t len);

#endif
