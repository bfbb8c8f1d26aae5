/* SPDX-License-Identifier: MIT */
#ifndef ORCH_MODEL_SELECTOR_H
#define ORCH_MODEL_SELECTOR_H

#include <stdbool.h>

#include "orch/common.h"

/*
 * Label selectors, in the grammar of Kubernetes: requirements joined by commas,
 * each "k", "!k", "k=v", "k==v", "k!=v", "k in (a,b)" or "k notin (a,b)".
 * "!=" and "notin" also match where there is no such label.
 */
enum orch__selector_op {
	ORCH__SELECT_EXISTS,
	ORCH__SELECT_ABSENT,
	ORCH__SELECT_IN,
	ORCH__SELECT_NOT_IN
};

/* A piece of the selector's text. */
struct orch__slice {
	const char *text;
	size_t len;
};

struct orch__requirement {
	enum orch__selector_op op;
	struct orch__slice key;
	struct orch__slice values; /* "a,b" with blanks: walk with orch__selector_value() */
};

/*
 * The next requirement; `*at` moves behind it. False at the end, and where the
 * text is malformed: then `*at` does not stand at its end.
 */
bool orch__selector_next(const char **at, struct orch__requirement *out);

/* The next of a requirement's values; `*rest` moves behind it. */
bool orch__selector_value(struct orch__slice *rest, struct orch__slice *value);

/* NULL when well formed, else where it is not. NULL and "" are well formed. */
const char *orch__selector_check(const char *selector);

bool orch__selector_matches(const char *selector, orch_kv_list labels);

#endif
