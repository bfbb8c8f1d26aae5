/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <string.h>

#include "core/check.h"
#include "core/dispatch.h"
#include "model/image.h"
#include "util/error.h"
#include "util/text.h"
#include "util/utf8.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGIT "0123456789"

enum { KEY_MAX = 253, LABEL_MAX = 4096 };

static const int64_t memory_min = (int64_t)4 << 20;

static orch_status bad(const char *part, const char *why)
{
	return orch__fail(ORCH_E_INVALID, "%s %s", part, why);
}

static orch_status check_texts(const char *part, orch_string_list list)
{
	if (list.count && !list.items)
		return bad(part, "has a count but no items");
	for (size_t i = 0; i < list.count; i++)
		if (!list.items[i] || !orch__utf8_ok(list.items[i], strlen(list.items[i])))
			return orch__fail(ORCH_E_INVALID, "%s[%zu] is NULL or not UTF-8", part, i);
	return ORCH_OK;
}

static orch_status check_env(orch_kv_list env)
{
	if (env.count && !env.items)
		return bad("env", "has a count but no items");
	for (size_t i = 0; i < env.count; i++) {
		const orch_kv *e = &env.items[i];

		if (!e->key || !*e->key || strchr(e->key, '='))
			return orch__fail(ORCH_E_INVALID,
				"env[%zu] needs a name, which is not empty and has no '='", i);
		if (!e->value)
			return orch__fail(ORCH_E_INVALID,
				"env %s has no value; the empty text is one", e->key);
		if (!orch__utf8_ok(e->key, strlen(e->key)) ||
			!orch__utf8_ok(e->value, strlen(e->value)))
			return orch__fail(ORCH_E_INVALID, "env[%zu] is not UTF-8", i);
	}
	return ORCH_OK;
}

static orch_status check_label(const orch_kv *label, size_t i)
{
	size_t len = label->key ? strlen(label->key) : 0;

	if (len == 0 || len > KEY_MAX || strspn(label->key, LETTERS DIGIT "-_./") != len)
		return orch__fail(ORCH_E_INVALID,
			"labels[%zu] needs a key of 1 to %d letters, digits, '-', '_', '.' and '/'",
			i, KEY_MAX);
	if (orch__text_starts(label->key, "orch.io/"))
		return orch__fail(ORCH_E_INVALID,
			"label %s: keys that begin with orch.io/ are liborch's own", label->key);
	if (!label->value || strlen(label->value) > LABEL_MAX ||
		!orch__utf8_ok(label->value, strlen(label->value)))
		return orch__fail(ORCH_E_INVALID,
			"label %s needs a value of at most %d bytes of UTF-8", label->key,
			LABEL_MAX);
	return ORCH_OK;
}

static orch_status check_labels(orch_kv_list labels)
{
	if (labels.count && !labels.items)
		return bad("labels", "has a count but no items");
	for (size_t i = 0; i < labels.count; i++) {
		orch_status st = check_label(&labels.items[i], i);

		if (st < 0)
			return st;
		for (size_t k = 0; k < i; k++)
			if (strcmp(labels.items[k].key, labels.items[i].key) == 0)
				return orch__fail(ORCH_E_INVALID, "label %s is given twice",
					labels.items[i].key);
	}
	return ORCH_OK;
}

static orch_status check_number(const char *part, int64_t value, int64_t min)
{
	if (value == ORCH_UNSET || value >= min)
		return ORCH_OK;
	return orch__fail(ORCH_E_INVALID, "%s is %lld; it must be at least %lld", part,
		(long long)value, (long long)min);
}

static orch_status check_pair(const char *what, int64_t request, int64_t limit)
{
	if (request == ORCH_UNSET || limit == ORCH_UNSET || request <= limit)
		return ORCH_OK;
	return orch__fail(ORCH_E_INVALID, "%s request %lld is more than the limit %lld", what,
		(long long)request, (long long)limit);
}

static orch_status check_resources(const orch_deployment_spec *s)
{
	orch_status st = check_number("replicas", s->replicas, 0);

	if (st == ORCH_OK)
		st = check_number("cpu_request_milli", s->cpu_request_milli, 1);
	if (st == ORCH_OK)
		st = check_number("cpu_limit_milli", s->cpu_limit_milli, 1);
	if (st == ORCH_OK)
		st = check_number("memory_request_bytes", s->memory_request_bytes, memory_min);
	if (st == ORCH_OK)
		st = check_number("memory_limit_bytes", s->memory_limit_bytes, memory_min);
	if (st == ORCH_OK)
		st = check_pair("cpu", s->cpu_request_milli, s->cpu_limit_milli);
	if (st == ORCH_OK)
		st = check_pair("memory", s->memory_request_bytes, s->memory_limit_bytes);
	return st;
}

static orch_status check_health(const orch_health_spec *h)
{
	orch_status st;

	if (!h)
		return ORCH_OK;
	if (h->reserved[0] || h->reserved[1])
		return bad("health.reserved", "must be NULL");
	if (h->command.count == 0)
		return bad("health.command", "is empty");
	st = check_texts("health.command", h->command);
	if (st == ORCH_OK)
		st = check_number("health.interval_ms", h->interval_ms, 1);
	if (st == ORCH_OK)
		st = check_number("health.timeout_ms", h->timeout_ms, 1);
	if (st == ORCH_OK)
		st = check_number("health.start_period_ms", h->start_period_ms, 0);
	if (st == ORCH_OK)
		st = check_number("health.retries", h->retries, 1);
	return st;
}

static orch_status check_restart(const struct orch_backend_ops *ops, const orch_restart_spec *r)
{
	orch_status st;

	if (!r)
		return ORCH_OK;
	if (r->reserved[0] || r->reserved[1])
		return bad("restart.reserved", "must be NULL");
	if (r->condition != ORCH_UNSET &&
		(r->condition < ORCH_RESTART_ANY || r->condition > ORCH_RESTART_NONE))
		return bad("restart.condition", "is none of enum orch_restart_condition");
	st = check_number("restart.delay_ms", r->delay_ms, 0);
	if (st == ORCH_OK)
		st = check_number("restart.max_attempts", r->max_attempts, 1);
	if (st == ORCH_OK && r->condition != ORCH_UNSET && r->condition != ORCH_RESTART_ANY)
		st = orch__require(ops, ORCH_CAP_RESTART_CONDITION, "restart.condition");
	if (st == ORCH_OK && r->max_attempts != ORCH_UNSET)
		st = orch__require(ops, ORCH_CAP_RESTART_CONDITION, "restart.max_attempts");
	if (st == ORCH_OK && r->delay_ms != ORCH_UNSET)
		st = orch__require(ops, ORCH_CAP_RESTART_DELAY, "restart.delay_ms");
	return st;
}

/* Keys with a prefix that every orchestrator has a word for. */
static bool is_common_key(const char *key)
{
	return !strcmp(key, "kubernetes.io/hostname") || !strcmp(key, "kubernetes.io/os") ||
		!strcmp(key, "kubernetes.io/arch");
}

static orch_status check_constraint(
	const struct orch_backend_ops *ops, const orch_constraint *c, size_t i)
{
	static const char allowed[] = LETTERS DIGIT "-_./";
	size_t key = c->key ? strlen(c->key) : 0, value = c->value ? strlen(c->value) : 0;

	if (key == 0 || key > KEY_MAX || strspn(c->key, allowed) != key)
		return orch__fail(
			ORCH_E_INVALID, "constraints[%zu] needs the key of a node label", i);
	if (c->op != ORCH_CONSTRAINT_EQUAL && c->op != ORCH_CONSTRAINT_NOT_EQUAL)
		return orch__fail(ORCH_E_INVALID,
			"constraints[%zu].op is none of enum orch_constraint_op", i);
	if (value == 0 || value > KEY_MAX || strspn(c->value, allowed) != value)
		return orch__fail(ORCH_E_INVALID,
			"constraints[%zu] (%s) needs a value of letters, digits, '-', '_', '.' and "
			"'/'",
			i, c->key);
	if (strchr(c->key, '/') && !is_common_key(c->key))
		return orch__require(ops, ORCH_CAP_PREFIXED_NODE_LABEL, c->key);
	return ORCH_OK;
}

static orch_status check_constraints(const struct orch_backend_ops *ops, orch_constraint_list list)
{
	if (list.count && !list.items)
		return bad("constraints", "has a count but no items");
	for (size_t i = 0; i < list.count; i++) {
		orch_status st = check_constraint(ops, &list.items[i], i);

		if (st < 0)
			return st;
	}
	return ORCH_OK;
}

static orch_status check_user(const struct orch_backend_ops *ops, const char *user)
{
	size_t len = user ? strlen(user) : 0;
	const char *colon = user ? strchr(user, ':') : NULL;

	if (!user)
		return ORCH_OK;
	if (len == 0 || strspn(user, LETTERS DIGIT "-_.:") != len || *user == ':' ||
		user[len - 1] == ':' || (colon && strchr(colon + 1, ':')))
		return bad("user", "must be UID, UID:GID or such names");
	return strspn(user, DIGIT ":") == len ? ORCH_OK
					      : orch__require(ops, ORCH_CAP_NAMED_USER, "user");
}

static orch_status check_program(const struct orch_backend_ops *ops, const orch_deployment_spec *s)
{
	orch_status st = check_texts("command", s->command);

	if (st == ORCH_OK)
		st = check_texts("args", s->args);
	if (st == ORCH_OK)
		st = check_env(s->env);
	if (st == ORCH_OK && s->working_dir && s->working_dir[0] != '/')
		st = bad("working_dir", "must be an absolute path");
	if (st == ORCH_OK)
		st = check_user(ops, s->user);
	return st;
}

static orch_status check_reserved(const orch_deployment_spec *s)
{
	for (size_t i = 0; i < sizeof s->reserved / sizeof s->reserved[0]; i++)
		if (s->reserved[i])
			return bad("reserved",
				"must be NULL; initialise with ORCH_DEPLOYMENT_SPEC_INIT");
	return ORCH_OK;
}

orch_status orch__check_deployment_spec(
	const struct orch_backend_ops *ops, const orch_deployment_spec *s)
{
	orch_status st = orch__check_label_name("name", s->name, 63);

	if (st == ORCH_OK && !s->image)
		st = bad("image", "is NULL");
	if (st == ORCH_OK && !orch__image_is_reference(s->image))
		st = bad("image", "is not a valid reference: [host[:port]/]name[:tag][@digest]");
	if (st == ORCH_OK)
		st = check_reserved(s);
	if (st == ORCH_OK)
		st = check_program(ops, s);
	if (st == ORCH_OK)
		st = check_labels(s->labels);
	if (st == ORCH_OK)
		st = check_resources(s);
	if (st == ORCH_OK)
		st = check_health(s->health);
	if (st == ORCH_OK)
		st = check_restart(ops, s->restart);
	if (st == ORCH_OK)
		st = check_constraints(ops, s->constraints);
	if (st == ORCH_OK)
		st = check_number("stop_grace_ms", s->stop_grace_ms, 0);
	return st;
}
