/* SPDX-License-Identifier: MIT */
/*
 * Changing deployments: apply, scale, restart, delete. All are one loop: read,
 * change what was read, and when somebody else was faster do it again on top of
 * what they wrote. The intent is applied anew each time, so no change is lost.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/check.h"
#include "core/deployment.h"
#include "core/dispatch.h"
#include "core/gone.h"
#include "util/error.h"
#include "util/random.h"

enum { TRIES = 32, PAUSE_MIN_MS = 5, PAUSE_MAX_MS = 100 };

struct change {
	const char *verb; /* "apply": for messages */
	const char *name;
	orch_write_options options;
	orch_wait_options wait;
	const orch_deployment_spec *want; /* apply */
	int64_t replicas;                 /* scale */
	bool keeps_live;                  /* delete: `live` is needed afterwards */
	orch_deployment_entry *live;      /* what was acted on, if it is kept */
	/* Acts on what was found; `live` is NULL when there is nothing. */
	orch_status (*act)(struct orch__call *call, struct change *change,
		const orch_deployment_entry *live, orch_deployment_entry *out);
};

static const struct orch_deployment_ops *ops_of(const struct orch__call *call)
{
	return call->c.backend->ops->deployment;
}

static orch_status check_version(const struct change *c, const orch_deployment_entry *live)
{
	const char *expected = c->options.version;

	if (!expected || (live && strcmp(live->deployment.version, expected) == 0))
		return ORCH_OK;
	if (live)
		(void)orch__fail(ORCH_E_CONFLICT, "it is of version %s, not %s",
			live->deployment.version, expected);
	else
		(void)orch__fail(ORCH_E_CONFLICT, "it does not exist");
	orch__error_outcome(ORCH_OUTCOME_NOT_APPLIED);
	orch__error_transient(false); /* the same call will fail again */
	return ORCH_E_CONFLICT;
}

/* Was somebody else faster, in a way that reading again settles? */
static bool was_overtaken(
	const struct change *c, const orch_deployment_entry *found, orch_status st)
{
	switch (st) {
	case ORCH_E_CONFLICT: /* not with one who manages a field, and goes on doing so */
		return orch_error_last()->transient;
	case ORCH_E_EXISTS:
		return !found;
	case ORCH_E_NOTFOUND:
		return found && c->want;
	default:
		return false;
	}
}

/* Read and act once. `*again` is set when another attempt may end differently. */
static orch_status attempt(struct orch__call *call, struct change *c, bool *again)
{
	orch_deployment_entry *live = orch__entry_new(call), out = { 0 };
	const orch_deployment_entry *found = live;
	orch_status st;

	*again = false;
	if (!live)
		return ORCH_E_NOMEM;
	call->c.spec_only = 1;
	st = orch__entry_get(call, c->name, live);
	call->c.spec_only = 0;
	if (st == ORCH_E_NOTFOUND && c->want) {
		found = NULL;
		orch__error_clear();
		st = ORCH_OK;
	}
	if (st == ORCH_OK)
		st = check_version(c, found);
	if (st == ORCH_OK) {
		st = c->act(call, c, found, &out);
		*again = was_overtaken(c, found, st);
	}
	if (st == ORCH_OK && c->keeps_live)
		c->live = live;
	else
		orch__entry_free(live);
	return st;
}

static orch_status back_off(struct orch__call *call, orch_status st)
{
	const orch_error keep = *orch_error_last();
	orch_status slept = orch_call_sleep(
		&call->c, PAUSE_MIN_MS + orch__random_jitter(PAUSE_MAX_MS - PAUSE_MIN_MS));

	(void)orch__error_restore(&keep);
	if (slept == ORCH_E_CANCELLED)
		return orch__fail(ORCH_E_CANCELLED, "cancelled by the caller");
	return slept == ORCH_OK ? ORCH_OK : st;
}

static orch_status carry_out(struct orch__call *call, struct change *c)
{
	bool again;
	orch_status st;

	for (int i = 0;; i++) {
		st = attempt(call, c, &again);
		if (!again || i == TRIES - 1)
			return st;
		st = back_off(call, st);
		if (st < 0)
			return st;
	}
}

/* What the caller gets to see of an accepted change. */
static orch_status deliver(
	struct orch__call *call, const struct change *c, const orch_deployment **out)
{
	orch_deployment_entry *entry;
	orch_status st;

	if (!c->options.wait && !out)
		return ORCH_OK;
	entry = orch__entry_new(call);
	if (!entry)
		return ORCH_E_NOMEM;
	st = c->options.wait ? orch__entry_wait(call, c->name, &c->wait, entry)
			     : orch__entry_get(call, c->name, entry);
	if (st < 0 || !out)
		orch__entry_free(entry);
	else
		*out = &entry->deployment;
	if (st < 0)
		orch__error_outcome(ORCH_OUTCOME_APPLIED);
	return st;
}

static orch_status read_options(struct change *c, const orch_write_options *given)
{
	orch_write_options o = ORCH_WRITE_OPTIONS_INIT;
	orch_status st = orch__options_copy(c->verb, &o, sizeof o, given);

	if (st == ORCH_OK && o.wait)
		st = orch__wait_options(c->verb, o.wait, &c->wait);
	c->options = o;
	return st;
}

/* Only an apply says what a field shall be: all else changes what it is there for. */
static orch_status take_force(struct orch__call *call, const struct change *c)
{
	const int64_t force = orch__or_default(c->options.force, 1);
	orch_status st = ORCH_OK;

	if (force != 0 && force != 1)
		return orch__fail(ORCH_E_INVALID, "%s: force must be 0 or 1", c->verb);
	if (!force && !c->want)
		return orch__fail(
			ORCH_E_INVALID, "%s: force is 0, which only an apply can be told", c->verb);
	if (!force)
		st = orch__require(call->c.backend->ops, ORCH_CAP_FIELD_OWNERSHIP, "force is 0");
	call->c.force = force;
	return st < 0 ? orch__fail_in(st, "%s %s", c->verb, c->name) : st;
}

static orch_status begin(struct orch__call *call, struct change *c, orch_client *client,
	const orch_write_options *given)
{
	orch_status st = read_options(c, given);

	if (st == ORCH_OK)
		st = orch__call_begin(call, client, c->verb, c->options.timeout_ms);
	return st < 0 ? st : take_force(call, c);
}

static orch_status run(orch_client *client, struct change *c, const orch_write_options *given,
	const orch_deployment **out)
{
	struct orch__call call;
	orch_status st = begin(&call, c, client, given);

	if (st < 0)
		return st;
	st = carry_out(&call, c);
	if (st == ORCH_OK)
		st = deliver(&call, c, out);
	return orch__leave(st, "%s %s", c->verb, c->name);
}

static orch_status act_apply(struct orch__call *call, struct change *c,
	const orch_deployment_entry *live, orch_deployment_entry *out)
{
	return ops_of(call)->put(&call->c, live, c->want, out);
}

orch_status orch_deployment_apply(orch_client *client, const orch_deployment_spec *spec,
	const orch_write_options *options, const orch_deployment **out)
{
	struct change c = { .verb = "apply deployment", .want = spec, .act = act_apply };
	orch_status st;

	orch__error_clear();
	if (!client || !spec)
		return orch__fail(
			ORCH_E_INVALID, "apply deployment: %s is NULL", client ? "spec" : "client");
	st = orch__check_deployment_spec(client->session->backend->ops, spec);
	if (st < 0)
		return orch__fail_in(st, "apply deployment %.63s", spec->name ? spec->name : "");
	c.name = spec->name;
	return run(client, &c, options, out);
}

static orch_status act_scale(struct orch__call *call, struct change *c,
	const orch_deployment_entry *live, orch_deployment_entry *out)
{
	orch__scale_fn *scale;

	if (live->deployment.spec->replicas == c->replicas)
		return ORCH_OK;
	scale = (orch__scale_fn *)orch__slot(call->c.backend->ops, ORCH_CAP_DEPLOYMENT_SCALE);
	return scale(&call->c, live, c->replicas, out);
}

orch_status orch_deployment_scale(orch_client *client, const char *name, int64_t replicas,
	const orch_write_options *options, const orch_deployment **out)
{
	struct change c = {
		.verb = "scale deployment", .name = name, .replicas = replicas, .act = act_scale
	};
	orch_status st;

	orch__error_clear();
	st = orch__check_known_name("scale deployment: name", name);
	if (st < 0)
		return st;
	if (replicas < 0)
		return orch__fail(ORCH_E_INVALID,
			"scale deployment %s: replicas is %lld; it must be 0 or more", name,
			(long long)replicas);
	return run(client, &c, options, out);
}

static orch_status act_restart(struct orch__call *call, struct change *c,
	const orch_deployment_entry *live, orch_deployment_entry *out)
{
	(void)c;
	return ops_of(call)->restart(&call->c, live, out);
}

orch_status orch_deployment_restart(orch_client *client, const char *name,
	const orch_write_options *options, const orch_deployment **out)
{
	struct change c = { .verb = "restart deployment", .name = name, .act = act_restart };
	orch_status st;

	orch__error_clear();
	st = orch__check_known_name("restart deployment: name", name);
	return st < 0 ? st : run(client, &c, options, out);
}

static orch_status act_delete(struct orch__call *call, struct change *c,
	const orch_deployment_entry *live, orch_deployment_entry *out)
{
	(void)c;
	(void)out;
	return ops_of(call)->remove(&call->c, live);
}

static orch_status count_left(
	struct orch__call *call, void *payload, int64_t *left, char why[ORCH__WHY])
{
	orch_status st = ops_of(call)->remaining(&call->c, payload, left);

	if (st == ORCH_OK)
		(void)snprintf(
			why, ORCH__WHY, "%lld instances are still stopping", (long long)*left);
	return st;
}

orch_status orch_deployment_delete(
	orch_client *client, const char *name, const orch_write_options *options)
{
	struct change c = {
		.verb = "delete deployment", .name = name, .keeps_live = true, .act = act_delete
	};
	struct orch__call call;
	orch_status st;

	orch__error_clear();
	st = orch__check_known_name("delete deployment: name", name);
	if (st == ORCH_OK)
		st = begin(&call, &c, client, options);
	if (st < 0)
		return st;
	st = carry_out(&call, &c);
	if (st == ORCH_OK && c.options.wait)
		st = orch__wait_until_gone(&call, c.wait.timeout_ms, count_left, c.live);
	orch__entry_free(c.live);
	return orch__leave(st, "delete deployment %s", name);
}
