/* SPDX-License-Identifier: MIT */
/* Copies that outlive what they were made from. The arena remembers whether memory ran short. */
#include <string.h>

#include "model/deployment.h"

static const char *copy_text(struct orch__arena *a, const char *text)
{
	return text ? orch__arena_strndup(a, text, strlen(text)) : NULL;
}

static void *copy_bytes(struct orch__arena *a, const void *from, size_t size)
{
	void *to = from ? orch__arena_take(a, size) : NULL;

	return to ? memcpy(to, from, size) : NULL;
}

static orch_string_list copy_texts(struct orch__arena *a, orch_string_list from)
{
	const char **items = copy_bytes(a, from.items, from.count * sizeof *items);

	for (size_t i = 0; items && i < from.count; i++)
		items[i] = copy_text(a, items[i]);
	return (orch_string_list){ items, from.count };
}

static orch_kv_list copy_pairs(struct orch__arena *a, orch_kv_list from)
{
	orch_kv *items = copy_bytes(a, from.items, from.count * sizeof *items);

	for (size_t i = 0; items && i < from.count; i++) {
		items[i].key = copy_text(a, items[i].key);
		items[i].value = copy_text(a, items[i].value);
	}
	return (orch_kv_list){ items, from.count };
}

static orch_constraint_list copy_constraints(struct orch__arena *a, orch_constraint_list from)
{
	orch_constraint *items = copy_bytes(a, from.items, from.count * sizeof *items);

	for (size_t i = 0; items && i < from.count; i++) {
		items[i].key = copy_text(a, items[i].key);
		items[i].value = copy_text(a, items[i].value);
	}
	return (orch_constraint_list){ items, from.count };
}

static const orch_health_spec *copy_health(struct orch__arena *a, const orch_health_spec *from)
{
	orch_health_spec *to = copy_bytes(a, from, sizeof *to);

	if (to)
		to->command = copy_texts(a, to->command);
	return to;
}

static const orch_deployment_spec *copy_spec(
	struct orch__arena *a, const orch_deployment_spec *from)
{
	orch_deployment_spec *to = copy_bytes(a, from, sizeof *to);

	if (!to)
		return NULL;
	to->name = copy_text(a, to->name);
	to->image = copy_text(a, to->image);
	to->command = copy_texts(a, to->command);
	to->args = copy_texts(a, to->args);
	to->env = copy_pairs(a, to->env);
	to->labels = copy_pairs(a, to->labels);
	to->working_dir = copy_text(a, to->working_dir);
	to->user = copy_text(a, to->user);
	to->health = copy_health(a, to->health);
	to->restart = copy_bytes(a, to->restart, sizeof *to->restart);
	to->constraints = copy_constraints(a, to->constraints);
	return to;
}

bool orch__deployment_copy(
	struct orch__arena *arena, const orch_deployment *from, orch_deployment *to)
{
	orch_deployment copy = *from;

	copy.spec = copy_spec(arena, from->spec);
	copy.id = copy_text(arena, from->id);
	copy.ns = copy_text(arena, from->ns);
	copy.version = copy_text(arena, from->version);
	copy.message = copy_text(arena, from->message);
	copy.raw_json = copy_text(arena, from->raw_json);
	if (arena->failed)
		return false;
	*to = copy;
	return true;
}
