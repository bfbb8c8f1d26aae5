/* SPDX-License-Identifier: MIT */
#include "backend/sim/spec.h"

#include <string.h>

#include "util/options.h"
#include "util/text.h"

void *sim_take(struct sim_memory *m, size_t size)
{
	void *p = m->failed ? NULL : m->take(m->from, size);

	m->failed = !p;
	return p;
}

const char *sim_copy_text(struct sim_memory *m, const char *text)
{
	size_t size = text ? strlen(text) + 1 : 0;
	char *copy = text ? sim_take(m, size) : NULL;

	return copy ? memcpy(copy, text, size) : NULL;
}

static void copy_texts(struct sim_memory *m, orch_string_list *to, orch_string_list from)
{
	const char **items = from.count ? sim_take(m, from.count * sizeof *items) : NULL;

	for (size_t i = 0; items && i < from.count; i++)
		items[i] = sim_copy_text(m, from.items[i]);
	*to = (orch_string_list){ items, items ? from.count : 0 };
}

static orch_kv *copy_pairs(struct sim_memory *m, orch_kv_list from)
{
	orch_kv *items = from.count ? sim_take(m, from.count * sizeof *items) : NULL;

	for (size_t i = 0; items && i < from.count; i++) {
		items[i].key = sim_copy_text(m, from.items[i].key);
		items[i].value = sim_copy_text(m, from.items[i].value);
	}
	return m->failed ? NULL : items;
}

/* By key; of two with the same key the later one stays. */
static size_t sort_pairs(orch_kv *items, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		orch_kv kv = items[i];
		size_t at = n;

		while (at > 0 && strcmp(items[at - 1].key, kv.key) > 0)
			at--;
		if (at > 0 && orch__text_equal(items[at - 1].key, kv.key)) {
			items[at - 1] = kv;
			continue;
		}
		memmove(items + at + 1, items + at, (n - at) * sizeof *items);
		items[at] = kv;
		n++;
	}
	return n;
}

void sim_labels_copy(struct sim_memory *m, orch_kv_list *to, orch_kv_list from)
{
	orch_kv *items = copy_pairs(m, from);

	*to = (orch_kv_list){ items, items ? sort_pairs(items, from.count) : 0 };
}

static void copy_constraints(
	struct sim_memory *m, orch_constraint_list *to, orch_constraint_list from)
{
	orch_constraint *items = from.count ? sim_take(m, from.count * sizeof *items) : NULL;

	for (size_t i = 0; items && i < from.count; i++) {
		items[i].key = sim_copy_text(m, from.items[i].key);
		items[i].op = from.items[i].op;
		items[i].value = sim_copy_text(m, from.items[i].value);
	}
	*to = (orch_constraint_list){ items, items ? from.count : 0 };
}

static const orch_health_spec *copy_health(struct sim_memory *m, const orch_health_spec *from)
{
	orch_health_spec *to = from ? sim_take(m, sizeof *to) : NULL;

	if (!to)
		return NULL;
	*to = *from;
	if (to->start_period_ms == 0) /* is what holds without one, and reads as none */
		to->start_period_ms = ORCH_UNSET;
	copy_texts(m, &to->command, from->command);
	return to;
}

static const orch_restart_spec *copy_restart(struct sim_memory *m, const orch_restart_spec *from)
{
	int64_t condition = from ? orch__or_default(from->condition, ORCH_RESTART_ANY) : 0;
	bool says_something = from &&
		(condition != ORCH_RESTART_ANY || from->delay_ms != ORCH_UNSET ||
			from->max_attempts != ORCH_UNSET);
	orch_restart_spec *to = says_something ? sim_take(m, sizeof *to) : NULL;

	if (!to)
		return NULL;
	*to = *from;
	to->condition = condition;
	return to;
}

void sim_spec_copy(struct sim_memory *m, orch_deployment_spec *to, const orch_deployment_spec *from)
{
	orch_kv *env;

	*to = *from;
	to->name = sim_copy_text(m, from->name);
	to->image = sim_copy_text(m, from->image);
	copy_texts(m, &to->command, from->command);
	copy_texts(m, &to->args, from->args);
	env = copy_pairs(m, from->env);
	to->env = (orch_kv_list){ env, env ? from->env.count : 0 };
	sim_labels_copy(m, &to->labels, from->labels);
	to->working_dir = sim_copy_text(m, from->working_dir);
	to->user = sim_copy_text(m, from->user);
	to->health = copy_health(m, from->health);
	to->restart = copy_restart(m, from->restart);
	copy_constraints(m, &to->constraints, from->constraints);
	memset(to->reserved, 0, sizeof to->reserved);
}

static bool same_texts(orch_string_list a, orch_string_list b)
{
	bool same = a.count == b.count;

	for (size_t i = 0; same && i < a.count; i++)
		same = orch__text_equal(a.items[i], b.items[i]);
	return same;
}

static bool same_pairs(orch_kv_list a, orch_kv_list b)
{
	bool same = a.count == b.count;

	for (size_t i = 0; same && i < a.count; i++)
		same = orch__text_equal(a.items[i].key, b.items[i].key) &&
			orch__text_equal(a.items[i].value, b.items[i].value);
	return same;
}

static bool same_constraints(orch_constraint_list a, orch_constraint_list b)
{
	bool same = a.count == b.count;

	for (size_t i = 0; same && i < a.count; i++)
		same = orch__text_equal(a.items[i].key, b.items[i].key) &&
			a.items[i].op == b.items[i].op &&
			orch__text_equal(a.items[i].value, b.items[i].value);
	return same;
}

static bool same_health(const orch_health_spec *a, const orch_health_spec *b)
{
	if (!a || !b)
		return a == b;
	return same_texts(a->command, b->command) && a->interval_ms == b->interval_ms &&
		a->timeout_ms == b->timeout_ms && a->start_period_ms == b->start_period_ms &&
		a->retries == b->retries;
}

static bool same_restart(const orch_restart_spec *a, const orch_restart_spec *b)
{
	if (!a || !b)
		return a == b;
	return a->condition == b->condition && a->delay_ms == b->delay_ms &&
		a->max_attempts == b->max_attempts;
}

static bool same_resources(const orch_deployment_spec *a, const orch_deployment_spec *b)
{
	return a->cpu_request_milli == b->cpu_request_milli &&
		a->cpu_limit_milli == b->cpu_limit_milli &&
		a->memory_request_bytes == b->memory_request_bytes &&
		a->memory_limit_bytes == b->memory_limit_bytes;
}

bool sim_spec_same_template(const orch_deployment_spec *a, const orch_deployment_spec *b)
{
	return orch__text_equal(a->image, b->image) && same_texts(a->command, b->command) &&
		same_texts(a->args, b->args) && same_pairs(a->env, b->env) &&
		orch__text_equal(a->working_dir, b->working_dir) &&
		orch__text_equal(a->user, b->user) && same_resources(a, b) &&
		same_health(a->health, b->health) && same_restart(a->restart, b->restart) &&
		a->stop_grace_ms == b->stop_grace_ms;
}

bool sim_spec_same(const orch_deployment_spec *a, const orch_deployment_spec *b)
{
	return sim_spec_same_template(a, b) && orch__text_equal(a->name, b->name) &&
		same_pairs(a->labels, b->labels) && a->replicas == b->replicas &&
		same_constraints(a->constraints, b->constraints);
}

static void *take_from_arena(void *arena, size_t size)
{
	return orch__arena_alloc(arena, size);
}

struct sim_spec *sim_spec_new(struct sim_world *w, const orch_deployment_spec *from)
{
	struct sim_spec *s = orch__zalloc(sizeof *s);
	struct sim_memory m = { take_from_arena, s ? &s->memory : NULL, false };

	if (!s)
		return NULL;
	s->refs = 1;
	sim_spec_copy(&m, &s->spec, from);
	s->image = m.failed ? NULL : sim_image_find(w, s->spec.image);
	if (s->image)
		return s;
	sim_spec_unref(s);
	return NULL;
}

struct sim_spec *sim_spec_ref(struct sim_spec *s)
{
	s->refs++;
	return s;
}

void sim_spec_unref(struct sim_spec *s)
{
	if (!s || --s->refs > 0)
		return;
	orch__arena_dispose(&s->memory);
	orch__free(s);
}
