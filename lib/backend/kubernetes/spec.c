/* SPDX-License-Identifier: MIT */
/*
 * A deployment and a Deployment say the same in different words. Where the server fills in
 * what was left open (a period of 10 s, a grace of 30 s), writing speaks the filled-in form,
 * or a second apply of the same spec would find a difference; and reading takes it for what
 * was left open, unless an annotation says that it was given.
 */
#include "backend/kubernetes/spec.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend/kubernetes/constraint.h"
#include "backend/kubernetes/expand.h"
#include "backend/kubernetes/names.h"
#include "util/error.h"
#include "util/number.h"
#include "util/pool.h"

enum { SECOND_MS = 1000, GIVEN_MAX = 1024 };

/* What the server fills in. */
enum { GRACE_S = 30, PERIOD_S = 10, TIMEOUT_S = 1, FAILURES = 3 };

#define GIVEN_GRACE "stop_grace_ms"
#define GIVEN_INTERVAL "health.interval_ms"
#define GIVEN_TIMEOUT "health.timeout_ms"
#define GIVEN_RETRIES "health.retries"

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

/* ---- reading ---- */

static int64_t unless_default(
	int64_t value, int64_t fallback, const struct kube_meta *meta, const char *member)
{
	if (value == fallback && !kube_given_has(meta->annotations, member))
		return ORCH_UNSET;
	return value;
}

static int64_t milliseconds(int64_t seconds)
{
	if (seconds == ORCH_UNSET)
		return ORCH_UNSET;
	return seconds > INT64_MAX / SECOND_MS ? INT64_MAX : seconds * SECOND_MS;
}

/* The value of a variable that comes from elsewhere is not known: it shows as empty. */
static orch_status read_env(orch_pool *pool, struct kube_variables wire, orch_kv_list *out)
{
	orch_kv *items;

	if (!wire.count)
		return ORCH_OK;
	items = orch_pool_take(pool, wire.count * sizeof *items);
	if (!items)
		return no_memory();
	for (size_t i = 0; i < wire.count; i++) {
		const char *value = wire.items[i].value ? wire.items[i].value : "";

		items[i].key = wire.items[i].name;
		items[i].value = kube_expand_read(pool, value);
		if (!items[i].value)
			return no_memory();
	}
	*out = (orch_kv_list){ items, wire.count };
	return ORCH_OK;
}

static bool is_command(const struct kube_probe *probe)
{
	return probe && probe->command.count;
}

/* The check as one that can be shown; NULL: there is none. */
static const struct kube_probe *shown_probe(const struct kube_spec *wire)
{
	if (is_command(wire->liveness))
		return wire->liveness;
	return is_command(wire->readiness) ? wire->readiness : NULL;
}

static orch_status read_health(
	orch_pool *pool, const struct kube_spec *wire, const orch_health_spec **out)
{
	const struct kube_probe *probe = shown_probe(wire);
	orch_health_spec *health;
	const struct kube_meta *meta = &wire->meta;

	if (!probe)
		return ORCH_OK;
	health = orch_pool_take(pool, sizeof *health);
	if (!health)
		return no_memory();
	health->interval_ms =
		milliseconds(unless_default(probe->period_s, PERIOD_S, meta, GIVEN_INTERVAL));
	health->timeout_ms =
		milliseconds(unless_default(probe->timeout_s, TIMEOUT_S, meta, GIVEN_TIMEOUT));
	health->start_period_ms = milliseconds(probe->delay_s ? probe->delay_s : ORCH_UNSET);
	health->retries = unless_default(probe->failures, FAILURES, meta, GIVEN_RETRIES);
	*out = health;
	return kube_expand_read_all(pool, probe->command, &health->command);
}

static orch_status read_user(orch_pool *pool, const struct kube_spec *wire, const char **out)
{
	char text[48];

	if (wire->user == ORCH_UNSET)
		return ORCH_OK;
	if (wire->group == ORCH_UNSET)
		snprintf(text, sizeof text, "%" PRId64, wire->user);
	else
		snprintf(text, sizeof text, "%" PRId64 ":%" PRId64, wire->user, wire->group);
	*out = orch_pool_copy(pool, text);
	return *out ? ORCH_OK : no_memory();
}

static orch_status read_parts(
	orch_pool *pool, const struct kube_spec *wire, orch_deployment_spec *spec)
{
	orch_status st = kube_expand_read_all(pool, wire->command, &spec->command);

	if (st == ORCH_OK)
		st = kube_expand_read_all(pool, wire->args, &spec->args);
	if (st == ORCH_OK)
		st = read_env(pool, wire->env, &spec->env);
	if (st == ORCH_OK)
		st = kube_labels_of_user(pool, &wire->meta, &spec->labels);
	if (st == ORCH_OK)
		st = read_user(pool, wire, &spec->user);
	if (st == ORCH_OK)
		st = read_health(pool, wire, &spec->health);
	if (st == ORCH_OK)
		st = kube_constraints_read(pool, wire, &spec->constraints);
	return st;
}

orch_status kube_spec_read(
	orch_pool *pool, const struct kube_spec *wire, const char *name, orch_deployment_spec *out)
{
	orch_deployment_spec spec = ORCH_DEPLOYMENT_SPEC_INIT;
	orch_status st;

	spec.name = name;
	spec.image = wire->image ? wire->image : "";
	spec.working_dir = wire->working_dir;
	spec.replicas = wire->replicas;
	spec.cpu_request_milli = wire->cpu_request_milli;
	spec.cpu_limit_milli = wire->cpu_limit_milli;
	spec.memory_request_bytes = wire->memory_request_bytes;
	spec.memory_limit_bytes = wire->memory_limit_bytes;
	spec.stop_grace_ms =
		milliseconds(unless_default(wire->grace_s, GRACE_S, &wire->meta, GIVEN_GRACE));
	st = read_parts(pool, wire, &spec);
	if (st == ORCH_OK)
		*out = spec;
	return st;
}

/* ---- writing ---- */

/* Rounded up: a grace is never shorter than what was asked for. */
static int64_t seconds(int64_t ms)
{
	return ms / SECOND_MS + (ms % SECOND_MS > 0);
}

static int64_t seconds_or(int64_t ms, int64_t fallback)
{
	return ms == ORCH_UNSET ? fallback : seconds(ms);
}

static int64_t write_grace(int64_t ms, const struct kube_spec *live)
{
	const int64_t wanted = seconds_or(ms, GRACE_S);
	const bool is_unsaid = live && live->grace_s == ORCH_UNSET;

	return is_unsaid && wanted == GRACE_S ? ORCH_UNSET : wanted;
}

/* Of several variables of a name the last one counts, and the server wants one only. */
static bool is_overruled(orch_kv_list env, size_t at)
{
	for (size_t i = at + 1; i < env.count; i++)
		if (strcmp(env.items[i].key, env.items[at].key) == 0)
			return true;
	return false;
}

static const struct kube_variable *find_variable(const struct kube_spec *live, const char *name)
{
	for (size_t i = 0; live && i < live->env.count; i++)
		if (strcmp(live->env.items[i].name, name) == 0)
			return &live->env.items[i];
	return NULL;
}

/* The server drops an empty value; and one that comes from elsewhere shows as empty. */
static orch_status write_variable(orch_pool *pool, const orch_kv *want,
	const struct kube_variable *live, struct kube_variable *out)
{
	out->name = want->key;
	if (!*want->value) {
		out->source = live ? live->source : NULL;
		out->value = live && live->value && !*live->value ? live->value : NULL;
		return ORCH_OK;
	}
	out->value = kube_expand_write(pool, want->value, live ? live->value : NULL);
	if (live && out->value == live->value)
		out->source = live->source;
	return out->value ? ORCH_OK : no_memory();
}

static orch_status write_env(orch_pool *pool, orch_kv_list want, const struct kube_spec *live,
	struct kube_variables *out)
{
	struct kube_variable *items;
	size_t n = 0;

	if (live && !live->env.count)
		*out = live->env; /* [] or no word at all */
	if (!want.count)
		return ORCH_OK;
	items = orch_pool_take(pool, want.count * sizeof *items);
	if (!items)
		return no_memory();
	for (size_t i = 0; i < want.count; i++) {
		const orch_kv *e = &want.items[i];
		orch_status st;

		if (is_overruled(want, i))
			continue;
		st = write_variable(pool, e, find_variable(live, e->key), &items[n++]);
		if (st < 0)
			return st;
	}
	out->items = items;
	out->count = n;
	return ORCH_OK;
}

static bool same_command(orch_string_list a, orch_string_list b)
{
	if (a.count != b.count)
		return false;
	for (size_t i = 0; i < a.count; i++)
		if (strcmp(a.items[i], b.items[i]) != 0)
			return false;
	return true;
}

/* Both seen from the server: what it would not tell apart is the same. */
static bool same_health(const orch_health_spec *a, const orch_health_spec *b)
{
	return same_command(a->command, b->command) &&
		seconds_or(a->interval_ms, PERIOD_S) == seconds_or(b->interval_ms, PERIOD_S) &&
		seconds_or(a->timeout_ms, TIMEOUT_S) == seconds_or(b->timeout_ms, TIMEOUT_S) &&
		seconds_or(a->start_period_ms, 0) == seconds_or(b->start_period_ms, 0) &&
		(a->retries == ORCH_UNSET ? FAILURES : a->retries) ==
		(b->retries == ORCH_UNSET ? FAILURES : b->retries);
}

/*
 * Two probes of the same command: until it succeeds, and when it fails too often, an instance
 * is not ready; and then it is started again as well, but not before the start period is over.
 */
static orch_status write_probes(
	orch_pool *pool, const orch_health_spec *want, struct kube_spec *out)
{
	struct kube_probe *both = orch_pool_take(pool, 2 * sizeof *both);
	orch_status st;

	if (!both)
		return no_memory();
	both[0].period_s = seconds_or(want->interval_ms, PERIOD_S);
	both[0].timeout_s = seconds_or(want->timeout_ms, TIMEOUT_S);
	both[0].failures = want->retries == ORCH_UNSET ? FAILURES : want->retries;
	st = kube_expand_write_all(
		pool, want->command, (orch_string_list){ NULL, 0 }, &both[0].command);
	both[1] = both[0];
	both[0].delay_s = ORCH_UNSET;
	both[1].delay_s = seconds_or(want->start_period_ms, 0);
	if (!both[1].delay_s)
		both[1].delay_s = ORCH_UNSET;
	out->readiness = &both[0];
	out->liveness = &both[1];
	return st;
}

/* Probes that say what is wanted stay, and so do those that nobody was shown. */
static orch_status write_health(orch_pool *pool, const orch_health_spec *want,
	const struct kube_spec *live, struct kube_spec *out)
{
	const orch_health_spec *before = NULL;
	orch_status st = live ? read_health(pool, live, &before) : ORCH_OK;

	if (st < 0)
		return st;
	if (live && (want ? before && same_health(want, before) : !before)) {
		out->liveness = live->liveness;
		out->readiness = live->readiness;
		return ORCH_OK;
	}
	return want ? write_probes(pool, want, out) : ORCH_OK;
}

static bool parse_id(const char *text, size_t len, int64_t *out)
{
	return len > 0 && orch__parse_i64(text, len, out);
}

/* A group without a user is nothing we can show: it stays until there is a user. */
static orch_status write_user(const char *want, const struct kube_spec *live, struct kube_spec *out)
{
	const char *colon = want ? strchr(want, ':') : NULL;
	const size_t len = !want ? 0 : colon ? (size_t)(colon - want) : strlen(want);

	if (!want) {
		if (live && live->user == ORCH_UNSET)
			out->group = live->group;
		return ORCH_OK;
	}
	if (parse_id(want, len, &out->user) &&
		(!colon || parse_id(colon + 1, strlen(colon + 1), &out->group)))
		return ORCH_OK;
	return orch__fail(ORCH_E_INVALID, "user %.63s: not UID or UID:GID", want);
}

/* ---- what was given although it looks the same without ---- */

static void add_given(struct orch__buf *list, const char *member, int64_t value, int64_t fallback)
{
	if (value == fallback)
		kube_given_add(list, member);
}

static int64_t as_seconds(int64_t ms)
{
	return seconds_or(ms, ORCH_UNSET);
}

static orch_status write_notes(orch_pool *pool, const orch_deployment_spec *want,
	const struct kube_spec *live, struct kube_spec *out)
{
	const orch_health_spec *h = want->health;
	struct orch__buf given = ORCH__BUF_INIT(GIVEN_MAX);
	const orch_kv_list before = live ? live->meta.annotations : (orch_kv_list){ NULL, 0 };
	const char *text;

	add_given(&given, GIVEN_GRACE, as_seconds(want->stop_grace_ms), GRACE_S);
	if (h) {
		add_given(&given, GIVEN_INTERVAL, as_seconds(h->interval_ms), PERIOD_S);
		add_given(&given, GIVEN_TIMEOUT, as_seconds(h->timeout_ms), TIMEOUT_S);
		add_given(&given, GIVEN_RETRIES, h->retries, FAILURES);
	}
	if (live && kube_meta_is_ours(&live->meta))
		kube_given_add_labels(&given, want->name, want->labels);
	text = orch__buf_ok(&given) ? orch_pool_copy(pool, given.text ? given.text : "") : NULL;
	orch__buf_dispose(&given);
	return text ? kube_notes_for(pool, before, text, &out->meta.annotations) : no_memory();
}

/* ---- all of it ---- */

static orch_status write_parts(orch_pool *pool, const orch_deployment_spec *want,
	const struct kube_spec *live, struct kube_spec *out)
{
	const orch_string_list none = { NULL, 0 };
	orch_status st = kube_expand_write_all(
		pool, want->command, live ? live->command : none, &out->command);

	if (st == ORCH_OK)
		st = kube_expand_write_all(pool, want->args, live ? live->args : none, &out->args);
	if (st == ORCH_OK)
		st = write_env(pool, want->env, live, &out->env);
	if (st == ORCH_OK)
		st = write_user(want->user, live, out);
	if (st == ORCH_OK)
		st = write_health(pool, want->health, live, out);
	if (st == ORCH_OK)
		st = kube_constraints_write(pool, want->constraints, live, out);
	if (st == ORCH_OK)
		st = kube_labels_for(
			pool, want->labels, live ? &live->meta : NULL, &out->meta.labels);
	if (st == ORCH_OK)
		st = write_notes(pool, want, live, out);
	return st;
}

/* What is written once and stays: how the pods are told, and what their container is called. */
static orch_status write_new(orch_pool *pool, const char *name, struct kube_spec *out)
{
	orch_status st = kube_labels_of_pods(pool, name, &out->selector);

	out->version = "apps/v1";
	out->kind = "Deployment";
	out->meta.name = name;
	out->container = name;
	out->pod_labels = out->selector;
	if (out->replicas == ORCH_UNSET)
		out->replicas = 1;
	return st;
}

orch_status kube_spec_write(orch_pool *pool, const orch_deployment_spec *want,
	const struct kube_spec *live, struct kube_spec *out)
{
	struct kube_deployment blank;
	struct kube_spec spec;
	orch_status st;

	orch__json_init(&kube_deployment_table, &blank);
	spec = blank.spec;
	spec.image = want->image;
	spec.working_dir = want->working_dir;
	spec.replicas = want->replicas;
	spec.cpu_limit_milli = want->cpu_limit_milli;
	spec.cpu_request_milli = want->cpu_request_milli;
	spec.memory_limit_bytes = want->memory_limit_bytes;
	spec.memory_request_bytes = want->memory_request_bytes;
	spec.grace_s = write_grace(want->stop_grace_ms, live);
	st = write_parts(pool, want, live, &spec);
	if (st == ORCH_OK && live)
		spec.meta.name = live->meta.name;
	else if (st == ORCH_OK)
		st = write_new(pool, want->name, &spec);
	if (st == ORCH_OK)
		*out = spec;
	return st;
}
