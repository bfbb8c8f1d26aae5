/* SPDX-License-Identifier: MIT */
/* Assertions that tell what they saw, and the comparison of specs. */
#include "conformance/world.h"

void world_status(orch_status got, orch_status want, const char *call, const char *file, int line)
{
	const orch_error *e = orch_error_last();

	if (got != want) {
		print_error("%s\n  gave %s, not %s\n", call, orch_status_name(got),
			orch_status_name(want));
		print_error("  message: %s\n  reason: %s, outcome: %s\n", e->message, e->reason,
			orch_outcome_name(e->outcome));
		_fail(file, line);
	}
	if (e->status == got && (got == ORCH_OK) == (e->message[0] == '\0'))
		return;
	print_error("%s\n  gave %s, but the last error says %s: '%s'\n", call,
		orch_status_name(got), orch_status_name(e->status), e->message);
	_fail(file, line);
}

void world_message(const char *text, const char *file, int line)
{
	if (strstr(orch_error_last()->message, text))
		return;
	print_error("'%s' is not in the message: %s\n", text, orch_error_last()->message);
	_fail(file, line);
}

void world_reason(const char *text, const char *file, int line)
{
	const orch_error *e = orch_error_last();

	if (strcmp(e->reason, text) == 0)
		return;
	print_error("reason is '%s', not '%s'; message: %s\n", e->reason, text, e->message);
	_fail(file, line);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_strings(orch_string_list a, orch_string_list b)
{
	if (a.count != b.count)
		return false;
	for (size_t i = 0; i < a.count; i++) {
		if (!same_text(a.items[i], b.items[i]))
			return false;
	}
	return true;
}

static bool same_pairs(orch_kv_list a, orch_kv_list b)
{
	if (a.count != b.count)
		return false;
	for (size_t i = 0; i < a.count; i++) {
		if (!same_text(a.items[i].key, b.items[i].key) ||
			!same_text(a.items[i].value, b.items[i].value))
			return false;
	}
	return true;
}

static bool holds(orch_kv_list list, const orch_kv *pair)
{
	for (size_t i = 0; i < list.count; i++) {
		if (same_text(list.items[i].key, pair->key) &&
			same_text(list.items[i].value, pair->value))
			return true;
	}
	return false;
}

/* Labels are a set: no orchestrator keeps their order. */
static bool same_labels(orch_kv_list a, orch_kv_list b)
{
	if (a.count != b.count)
		return false;
	for (size_t i = 0; i < a.count; i++) {
		if (!holds(b, &a.items[i]))
			return false;
	}
	return true;
}

static bool same_constraints(orch_constraint_list a, orch_constraint_list b)
{
	if (a.count != b.count)
		return false;
	for (size_t i = 0; i < a.count; i++) {
		if (!same_text(a.items[i].key, b.items[i].key) || a.items[i].op != b.items[i].op ||
			!same_text(a.items[i].value, b.items[i].value))
			return false;
	}
	return true;
}

static bool same_health(const orch_health_spec *a, const orch_health_spec *b)
{
	if (!a || !b)
		return a == b;
	return same_strings(a->command, b->command) && a->interval_ms == b->interval_ms &&
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

const char *world_difference(const orch_deployment_spec *a, const orch_deployment_spec *b)
{
#define MEMBER(same, m)                                                                            \
	{                                                                                          \
#m, same(a->m, b->m)                                                               \
	}
#define NUMBER(m)                                                                                  \
	{                                                                                          \
#m, a->m == b->m                                                                   \
	}
	const struct {
		const char *name;
		bool same;
	} members[] = {
		MEMBER(same_text, name),
		MEMBER(same_text, image),
		MEMBER(same_strings, command),
		MEMBER(same_strings, args),
		MEMBER(same_pairs, env),
		MEMBER(same_labels, labels),
		MEMBER(same_text, working_dir),
		MEMBER(same_text, user),
		NUMBER(replicas),
		NUMBER(cpu_request_milli),
		NUMBER(cpu_limit_milli),
		NUMBER(memory_request_bytes),
		NUMBER(memory_limit_bytes),
		MEMBER(same_health, health),
		MEMBER(same_restart, restart),
		MEMBER(same_constraints, constraints),
		NUMBER(stop_grace_ms),
	};
#undef MEMBER
#undef NUMBER

	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		if (!members[i].same)
			return members[i].name;
	}
	return NULL;
}
