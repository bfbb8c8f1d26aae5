/* SPDX-License-Identifier: MIT */
#ifndef ORCH_YAML_TREE_H
#define ORCH_YAML_TREE_H

#include <stdint.h>

#include "yaml/events.h"
#include "yaml/yaml.h"

/* A value in the making, and what aliases to it will cost. */
struct orch__yaml_node {
	struct orch__yaml pub;
	struct orch__yaml_item *last;
	size_t size, depth; /* with all in it; depth of a scalar: 0 */
	bool is_open, has_merge;
};

/* What all of a parse shares. */
struct orch__yaml_build {
	struct orch__arena *arena;
	struct orch__yaml_limits limits;
	size_t nodes; /* so far, aliases and merges in full */
};

/* Count, against the limit; the place is for the message. */
orch_status orch__yaml_count(struct orch__yaml_build *b, size_t more, const struct orch__yaml *at);

/* Append to a list or map. */
orch_status orch__yaml_append(struct orch__yaml_build *b, struct orch__yaml_node *to,
	const struct orch__yaml *key, const struct orch__yaml *value);

/* A map that is complete: refuse keys that are there twice, carry out "<<". */
orch_status orch__yaml_close_map(struct orch__yaml_build *b, struct orch__yaml_node *map);

static inline const struct orch__yaml_node *orch__yaml_node_of(const struct orch__yaml *y)
{
	return (const struct orch__yaml_node *)y;
}

#endif
