/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "backend/sim/world.h"
#include "util/text.h"

/* Labels that a node has without being told. NULL: it has no such label. */
static const char *label(const struct sim_node *n, const char *key)
{
	if (!strcmp(key, "kubernetes.io/hostname"))
		return n->name;
	if (!strcmp(key, "kubernetes.io/os"))
		return "linux";
	if (!strcmp(key, "kubernetes.io/arch"))
		return "amd64";
	for (size_t i = 0; i < n->labels.count; i++)
		if (!strcmp(n->labels.items[i].key, key))
			return n->labels.items[i].value;
	return NULL;
}

bool sim_node_satisfies(const struct sim_node *n, orch_constraint_list constraints)
{
	for (size_t i = 0; i < constraints.count; i++) {
		const orch_constraint *c = &constraints.items[i];
		const char *value = label(n, c->key);
		bool equal = value && orch__text_equal(value, c->value);

		if (equal != (c->op == ORCH_CONSTRAINT_EQUAL))
			return false;
	}
	return true;
}
