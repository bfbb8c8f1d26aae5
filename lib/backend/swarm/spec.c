/* SPDX-License-Identifier: MIT */
/*
 * A deployment and a ServiceSpec say the same in different words. Where the
 * engine stores something else than it was sent ("MaxAttempts": 0, a member
 * that is dropped because it is empty), writing speaks the stored form: or a
 * second apply of the same spec would find a difference.
 */
#include "backend/swarm/spec.h"

#include <string.h>

#include "backend/swarm/constraint.h"
#include "backend/swarm/names.h"
#include "util/error.h"
#include "util/text.h"

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

static int64_t unset_if_zero(int64_t value)
{
	return value == 0 ? ORCH_UNSET : value;
}

const char *swarm_spec_other_mode(const struct swarm_spec *wire)
{
	return wire->global            ? "global"
		: wire->replicated_job ? "replicated job"
		: wire->global_job     ? "global job"
				       : NULL;
}

/* ---- reading ---- */

/* A bare "K" takes a variable away that the image has; for us its value is "". */
static orch_status read_env(orch_pool *pool, orch_kv_list wire, orch_kv_list *out)
{
	orch_kv *items;
	size_t bare = 0;

	for (size_t i = 0; i < wire.count; i++)
		bare += wire.items[i].value == NULL;
	*out = wire;
	if (!bare)
		return ORCH_OK;
	items = orch_pool_take(pool, wire.count * sizeof *items);
	if (!items)
		return no_memory();
	for (size_t i = 0; i < wire.count; i++) {
		const orch_kv *e = &wire.items[i];

		items[i] = (orch_kv){ e->key, e->value ? e->value : "" };
	}
	out->items = items;
	return ORCH_OK;
}

static orch_status read_shell(orch_pool *pool, const char *line, orch_string_list *out)
{
	const char **items = orch_pool_take(pool, 3 * sizeof *items);

	if (!items)
		return no_memory();
	items[0] = "/bin/sh";
	items[1] = "-c";
	items[2] = line;
	*out = (orch_string_list){ items, 3 };
	return ORCH_OK;
}

/* The command of a check. No items: none that can be shown (NONE, or the image's). */
static orch_status read_test(orch_pool *pool, orch_string_list test, orch_string_list *out)
{
	*out = (orch_string_list){ NULL, 0 };
	if (test.count == 2 && strcmp(test.items[0], "CMD-SHELL") == 0)
		return read_shell(pool, test.items[1], out);
	if (test.count > 1 && strcmp(test.items[0], "CMD") == 0)
		*out = (orch_string_list){ test.items + 1, test.count - 1 };
	return ORCH_OK;
}

static orch_status read_health(
	orch_pool *pool, const struct swarm_health *wire, const orch_health_spec **out)
{
	orch_health_spec *health;
	orch_string_list command;
	orch_status st;

	if (!wire)
		return ORCH_OK;
	st = read_test(pool, wire->test, &command);
	if (st < 0 || !command.count)
		return st;
	health = orch_pool_take(pool, sizeof *health);
	if (!health)
		return no_memory();
	health->command = command;
	health->interval_ms = unset_if_zero(wire->interval_ms);
	health->timeout_ms = unset_if_zero(wire->timeout_ms);
	health->start_period_ms = unset_if_zero(wire->start_period_ms);
	health->retries = unset_if_zero(wire->retries);
	*out = health;
	return ORCH_OK;
}

static int64_t or_else(int64_t value, int64_t fallback)
{
	return value == ORCH_UNSET ? fallback : value;
}

/* No more than what holds without a policy. */
static bool says_nothing(const struct swarm_restart *wire)
{
	return (wire->condition == ORCH_UNSET || wire->condition == ORCH_RESTART_ANY) &&
		wire->delay_ms == ORCH_UNSET && unset_if_zero(wire->max_attempts) == ORCH_UNSET;
}

static orch_status read_restart(
	orch_pool *pool, const struct swarm_restart *wire, const orch_restart_spec **out)
{
	orch_restart_spec *restart;

	if (!wire || says_nothing(wire))
		return ORCH_OK;
	restart = orch_pool_take(pool, sizeof *restart);
	if (!restart)
		return no_memory();
	restart->condition = or_else(wire->condition, ORCH_RESTART_ANY);
	restart->delay_ms = wire->delay_ms;
	restart->max_attempts = unset_if_zero(wire->max_attempts);
	*out = restart;
	return ORCH_OK;
}

orch_status swarm_spec_read(
	orch_pool *pool, const struct swarm_spec *wire, const char *name, orch_deployment_spec *out)
{
	orch_deployment_spec spec = ORCH_DEPLOYMENT_SPEC_INIT;
	orch_status st;

	spec.name = name;
	spec.image = wire->image ? wire->image : "";
	spec.command = wire->command;
	spec.args = wire->args;
	spec.working_dir = wire->working_dir;
	spec.user = wire->user;
	spec.replicas = wire->replicas;
	spec.cpu_request_milli = unset_if_zero(wire->cpu_request_milli);
	spec.cpu_limit_milli = unset_if_zero(wire->cpu_limit_milli);
	spec.memory_request_bytes = unset_if_zero(wire->memory_request_bytes);
	spec.memory_limit_bytes = unset_if_zero(wire->memory_limit_bytes);
	spec.stop_grace_ms = wire->stop_grace_ms;
	st = read_env(pool, wire->env, &spec.env);
	if (st == ORCH_OK)
		st = swarm_labels_of_user(pool, wire->labels, &spec.labels);
	if (st == ORCH_OK)
		st = read_health(pool, wire->health, &spec.health);
	if (st == ORCH_OK)
		st = read_restart(pool, wire->restart, &spec.restart);
	if (st == ORCH_OK)
		st = swarm_constraints_read(pool, wire->constraints, &spec.constraints);
	if (st == ORCH_OK)
		*out = spec;
	return st;
}

/* ---- writing ---- */

static orch_string_list unset_if_empty(orch_string_list list)
{
	return list.count ? list : (orch_string_list){ NULL, 0 };
}

static bool has_bare(orch_kv_list env, const char *key)
{
	for (size_t i = 0; i < env.count; i++)
		if (!env.items[i].value && strcmp(env.items[i].key, key) == 0)
			return true;
	return false;
}

static orch_status write_env(
	orch_pool *pool, orch_kv_list want, const struct swarm_spec *live, orch_kv_list *out)
{
	orch_kv *items;

	*out = (orch_kv_list){ NULL, 0 };
	if (!want.count)
		return ORCH_OK;
	items = orch_pool_take(pool, want.count * sizeof *items);
	if (!items)
		return no_memory();
	for (size_t i = 0; i < want.count; i++) {
		items[i] = want.items[i];
		if (live && !*items[i].value && has_bare(live->env, items[i].key))
			items[i].value = NULL;
	}
	*out = (orch_kv_list){ items, want.count };
	return ORCH_OK;
}

/* The live check, if it is one that we cannot show and that nobody wants replaced. */
static const struct swarm_health *hidden_health(const struct swarm_spec *live)
{
	const struct swarm_health *h = live ? live->health : NULL;
	const char *kind = h && h->test.count ? h->test.items[0] : "";

	if (h && strcmp(kind, "CMD") != 0 && strcmp(kind, "CMD-SHELL") != 0)
		return h;
	return NULL;
}

/* {"/bin/sh","-c",line} was perhaps written as a line for the shell. */
static bool is_live_shell(orch_string_list command, const struct swarm_spec *live)
{
	const struct swarm_health *h = live ? live->health : NULL;

	return h && h->test.count == 2 && strcmp(h->test.items[0], "CMD-SHELL") == 0 &&
		command.count == 3 && strcmp(command.items[0], "/bin/sh") == 0 &&
		strcmp(command.items[1], "-c") == 0 &&
		strcmp(command.items[2], h->test.items[1]) == 0;
}

static orch_status write_test(orch_pool *pool, orch_string_list command,
	const struct swarm_spec *live, orch_string_list *out)
{
	const char **items;

	if (is_live_shell(command, live)) {
		*out = live->health->test;
		return ORCH_OK;
	}
	items = orch_pool_take(pool, (command.count + 1) * sizeof *items);
	if (!items)
		return no_memory();
	items[0] = "CMD";
	memcpy(items + 1, command.items, command.count * sizeof *items);
	*out = (orch_string_list){ items, command.count + 1 };
	return ORCH_OK;
}

static orch_status write_health(orch_pool *pool, const orch_health_spec *want,
	const struct swarm_spec *live, const struct swarm_health **out)
{
	struct swarm_health *health;
	orch_status st;

	if (!want) {
		*out = hidden_health(live);
		return ORCH_OK;
	}
	health = orch_pool_take(pool, sizeof *health);
	if (!health)
		return no_memory();
	st = write_test(pool, want->command, live, &health->test);
	health->interval_ms = want->interval_ms;
	health->timeout_ms = want->timeout_ms;
	health->start_period_ms = unset_if_zero(want->start_period_ms);
	health->retries = want->retries;
	*out = health;
	return st;
}

/* The engine fills in condition and attempts wherever there is a policy at all. */
static orch_status write_restart(orch_pool *pool, const orch_restart_spec *want,
	const struct swarm_spec *live, const struct swarm_restart **out)
{
	struct swarm_restart *restart;

	if (!want && !(live && live->restart))
		return ORCH_OK;
	restart = orch_pool_take(pool, sizeof *restart);
	if (!restart)
		return no_memory();
	restart->condition = want ? or_else(want->condition, ORCH_RESTART_ANY) : ORCH_RESTART_ANY;
	restart->max_attempts = want ? or_else(want->max_attempts, 0) : 0;
	restart->delay_ms = want ? want->delay_ms : ORCH_UNSET;
	*out = restart;
	return ORCH_OK;
}

orch_status swarm_spec_write(orch_pool *pool, const char *ns, const orch_deployment_spec *want,
	const struct swarm_spec *live, struct swarm_spec *out)
{
	const orch_kv_list live_labels = live ? live->labels : (orch_kv_list){ NULL, 0 };
	struct swarm_spec spec = { .image = want->image,
		.working_dir = want->working_dir,
		.user = want->user,
		.command = unset_if_empty(want->command),
		.args = unset_if_empty(want->args),
		.stop_grace_ms = want->stop_grace_ms,
		.cpu_limit_milli = want->cpu_limit_milli,
		.cpu_request_milli = want->cpu_request_milli,
		.memory_limit_bytes = want->memory_limit_bytes,
		.memory_request_bytes = want->memory_request_bytes,
		.replicas = live ? want->replicas : or_else(want->replicas, 1) };
	orch_status st = swarm_name_join(pool, ns, want->name, &spec.name);

	if (st == ORCH_OK)
		st = swarm_labels_for(pool, want->labels, live_labels, &spec.labels);
	if (st == ORCH_OK)
		st = write_env(pool, want->env, live, &spec.env);
	if (st == ORCH_OK)
		st = write_health(pool, want->health, live, &spec.health);
	if (st == ORCH_OK)
		st = write_restart(pool, want->restart, live, &spec.restart);
	if (st == ORCH_OK)
		st = swarm_constraints_write(pool, want->constraints,
			live ? live->constraints : (orch_string_list){ NULL, 0 },
			&spec.constraints);
	if (st == ORCH_OK)
		*out = spec;
	return st;
}
