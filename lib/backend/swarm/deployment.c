/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend/swarm/doubt.h"
#include "backend/swarm/names.h"
#include "backend/swarm/noun.h"
#include "backend/swarm/service.h"
#include "backend/swarm/spec.h"
#include "backend/swarm/view.h"
#include "util/error.h"
#include "util/pool.h"

enum { SPEC_LIMIT = 16 << 20 };

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

static orch_status not_found(const char *why, const char *name)
{
	(void)orch__fail(ORCH_E_NOTFOUND, "%s: %s", name, why);
	orch__error_remote(0, "NotFound", ORCH_UNSET);
	return ORCH_E_NOTFOUND;
}

/* ---- get ---- */

/* A name with a prefix that nobody can have is nobody's. */
static orch_status full_name(const orch_call *call, const char *name, const char **out)
{
	orch_status st = swarm_name_join(call->pool, call->ns, name, out);

	return st == ORCH_E_INVALID ? not_found("no service has such a long name", name) : st;
}

/* The service behind a deployment of this namespace. */
static orch_status find(
	struct swarm_attempts *a, const char *name, const char *full, struct swarm_live *out)
{
	const char *ns, *bare, *mode;
	orch_status st = swarm_service_read(a, full, out);

	if (st < 0)
		return st;
	swarm_name_split(out->spec.name, out->spec.labels, &ns, &bare);
	if (strcmp(out->spec.name, full) != 0 || strcmp(ns, a->call->ns) != 0)
		return not_found("the service of that name belongs to another namespace", name);
	mode = swarm_spec_other_mode(&out->spec);
	if (!mode)
		return ORCH_OK;
	(void)not_found("not a replicated service", name);
	return orch__fail_in(ORCH_E_NOTFOUND, "%s service", mode);
}

static orch_status count(struct swarm_attempts *a, orch_deployment *d)
{
	struct orch__arena scratch = { 0 };
	struct swarm_view view;
	struct swarm_counts counts;
	orch_status st = swarm_view_read(a, d->id, SWARM_VIEW_COUNTS, &scratch, NULL, &view);

	if (st == ORCH_OK) {
		counts = swarm_view_count(&view);
		d->total = counts.total;
		d->ready = counts.ready;
		d->updated = counts.updated;
	}
	swarm_view_dispose(&view);
	orch__arena_dispose(&scratch);
	return st;
}

orch_status swarm_deployment_get(
	const orch_call *call, const char *name, orch_deployment_entry *out)
{
	struct swarm_live *live = orch_pool_take(call->pool, sizeof *live);
	struct swarm_attempts attempts;
	const char *full, *ns, *bare;
	orch_status st;

	if (!live)
		return no_memory();
	swarm_attempts_begin(&attempts, call);
	st = full_name(call, name, &full);
	if (st == ORCH_OK)
		st = find(&attempts, name, full, live);
	if (st < 0)
		return st;
	swarm_name_split(live->spec.name, live->spec.labels, &ns, &bare);
	st = swarm_service_show(
		call->pool, &live->service, &live->spec, ns, bare, &out->deployment);
	if (st == ORCH_OK && !call->spec_only)
		st = count(&attempts, &out->deployment);
	out->deployment.raw_json = live->raw_json;
	out->live = live;
	return st;
}

/* ---- put, scale, restart ---- */

/* What was sent, as the caller of the backend sees it. Its version is known to the next get(). */
static orch_status accepted(const orch_call *call, const char *id, const char *version,
	struct swarm_body body, orch_deployment_entry *out)
{
	struct swarm_service service = {
		.id = id, .version = version, .created_ms = ORCH_UNSET, .updated_ms = ORCH_UNSET
	};
	struct swarm_spec spec;
	const char *ns, *name;
	orch_status st = orch__json_decode(
		&swarm_spec_table, &call->pool->arena, body.text, body.len, &spec);

	if (st == ORCH_OK) {
		swarm_name_split(spec.name, spec.labels, &ns, &name);
		st = swarm_service_show(call->pool, &service, &spec, ns, name, &out->deployment);
	}
	if (st < 0)
		orch__error_outcome(ORCH_OUTCOME_APPLIED);
	return st;
}

static orch_status create(
	const orch_call *call, const orch_deployment_spec *want, orch_deployment_entry *out)
{
	struct orch__buf text = ORCH__BUF_INIT(SPEC_LIMIT);
	struct swarm_body body;
	struct swarm_spec spec;
	const char *id;
	orch_status st = swarm_spec_write(call->pool, call->ns, want, NULL, &spec);

	if (st == ORCH_OK)
		st = swarm_labels_sign(
			call->pool, spec.labels, call->ns, call->op_id, &spec.labels);
	if (st == ORCH_OK)
		st = orch__json_encode(&swarm_spec_table, &spec, &text);
	body = (struct swarm_body){ text.text, text.len };
	if (st == ORCH_OK)
		st = swarm_service_create(call, spec.name, body, &id);
	if (st == ORCH_OK)
		st = accepted(call, id, "", body, out);
	orch__buf_dispose(&text);
	return st;
}

/* What lies over a spec that was read. */
struct intent {
	const struct orch__json_table *table;
	const void *in;
	enum orch__json_unset unset;
	orch_kv_list labels; /* that it shall have          */
	const char *ns;      /* to be marked with, or NULL  */
};

/* `text` is what the service shall be: signed and sent. */
static orch_status sign_and_send(const orch_call *call, const struct swarm_live *live,
	const struct intent *intent, struct swarm_body text, orch_deployment_entry *out)
{
	struct swarm_patch signature = { .replicas = ORCH_UNSET };
	struct orch__buf signed_text = ORCH__BUF_INIT(SPEC_LIMIT);
	struct swarm_body body;
	orch_status st = swarm_labels_sign(
		call->pool, intent->labels, intent->ns, call->op_id, &signature.labels);

	if (st == ORCH_OK)
		st = orch__json_overlay(&swarm_patch_table, text.text, text.len, &signature,
			ORCH__JSON_KEEP_UNSET, &signed_text, NULL);
	body = (struct swarm_body){ signed_text.text, signed_text.len };
	if (st == ORCH_OK)
		st = swarm_service_update(call, live, body);
	if (st == ORCH_OK)
		st = accepted(call, live->service.id, "", body, out);
	orch__buf_dispose(&signed_text);
	return st;
}

/* Nothing is sent when the service says the same already. */
static orch_status change(const orch_call *call, const struct swarm_live *live,
	const struct intent *intent, orch_deployment_entry *out)
{
	const char *spec = live->service.spec_text;
	struct orch__buf text = ORCH__BUF_INIT(SPEC_LIMIT);
	struct swarm_body body;
	bool changed = false;
	orch_status st = orch__json_overlay(
		intent->table, spec, strlen(spec), intent->in, intent->unset, &text, &changed);

	body = (struct swarm_body){ text.text, text.len };
	if (st == ORCH_OK && changed)
		st = sign_and_send(call, live, intent, body, out);
	else if (st == ORCH_OK)
		st = accepted(call, live->service.id, live->service.version, body, out);
	orch__buf_dispose(&text);
	return st;
}

static orch_status patch(const orch_call *call, const struct swarm_live *live,
	const struct swarm_patch *in, orch_deployment_entry *out)
{
	const struct intent intent = { &swarm_patch_table, in, ORCH__JSON_KEEP_UNSET,
		live->spec.labels, NULL };

	return change(call, live, &intent, out);
}

orch_status swarm_deployment_put(const orch_call *call, const orch_deployment_entry *live,
	const orch_deployment_spec *want, orch_deployment_entry *out)
{
	const struct swarm_live *found = live ? live->live : NULL;
	struct swarm_spec spec = { .name = NULL };
	struct intent intent = { .table = &swarm_spec_table,
		.in = &spec,
		.unset = ORCH__JSON_DROP_UNSET,
		.ns = call->ns };
	orch_status st;

	if (!found)
		return create(call, want, out);
	st = swarm_spec_write(call->pool, call->ns, want, &found->spec, &spec);
	intent.labels = spec.labels;
	return st < 0 ? st : change(call, found, &intent, out);
}

orch_status swarm_deployment_scale(const orch_call *call, const orch_deployment_entry *live,
	int64_t replicas, orch_deployment_entry *out)
{
	const struct swarm_patch in = { .replicas = replicas };

	return patch(call, live->live, &in, out);
}

/* The counter has 64 bits and no sign; whatever it was, another value restarts. */
static void count_up(const char *text, char *out, size_t cap)
{
	uint64_t n = 0;

	for (; text && *text >= '0' && *text <= '9'; text++)
		n = n * 10 + (uint64_t)(*text - '0');
	snprintf(out, cap, "%" PRIu64, n + 1);
}

orch_status swarm_deployment_restart(
	const orch_call *call, const orch_deployment_entry *live, orch_deployment_entry *out)
{
	const struct swarm_live *found = live->live;
	char counter[24];
	const struct swarm_patch in = { .replicas = ORCH_UNSET, .force_update = counter };

	count_up(found->spec.force_update, counter, sizeof counter);
	return patch(call, found, &in, out);
}

/* ---- remove ---- */

orch_status swarm_deployment_remove(const orch_call *call, const orch_deployment_entry *live)
{
	const struct swarm_live *found = live->live;
	orch_status st = swarm_service_delete(call, live->deployment.id);

	return st == ORCH_OK && found ? swarm_doubt_settle(call, found->spec.name) : st;
}

struct remaining {
	const char *id;
	int64_t count;
};

static void forget(void *payload)
{
	struct remaining *r = payload;

	r->count = 0;
}

static orch_status count_one(void *payload, const void *item, const struct orch__json_list *list)
{
	struct remaining *r = payload;
	const struct swarm_task *t = item;

	(void)list;
	r->count += t->service_id && strcmp(t->service_id, r->id) == 0;
	return ORCH_OK;
}

/* The engine no longer filters by a service that is deleted: go through all tasks. */
orch_status swarm_deployment_remaining(
	const orch_call *call, const orch_deployment_entry *live, int64_t *count_out)
{
	struct remaining r = { live->deployment.id, 0 };
	const struct swarm_items items = { .table = &swarm_task_brief,
		.is_large = true,
		.on_item = count_one,
		.restart = forget,
		.payload = &r };
	struct swarm_attempts attempts;
	orch_status st;

	swarm_attempts_begin(&attempts, call);
	st = swarm_items_read(&attempts, "/tasks", NULL, &items);
	if (st == ORCH_OK)
		*count_out = r.count;
	return st;
}
