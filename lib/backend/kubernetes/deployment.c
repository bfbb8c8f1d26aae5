/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "backend/kubernetes/doubt.h"
#include "backend/kubernetes/names.h"
#include "backend/kubernetes/noun.h"
#include "backend/kubernetes/object.h"
#include "backend/kubernetes/owner.h"
#include "backend/kubernetes/remains.h"
#include "backend/kubernetes/spec.h"
#include "backend/kubernetes/view.h"
#include "backend/kubernetes/write.h"
#include "json/writer.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/pool.h"
#include "util/text.h"

enum { OBJECT_MAX = 3 << 20, PATCH_MAX = 4096, TIME_MAX = 40 };

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

/* ---- get ---- */

orch_status kube_deployment_get(const orch_call *call, const char *name, orch_deployment_entry *out)
{
	struct kube_live *live = orch_pool_take(call->pool, sizeof *live);
	orch_status st = live ? kube_object_read(call, name, live) : no_memory();

	if (st == ORCH_OK)
		st = kube_object_show(call->pool, &live->object, &out->deployment);
	if (st == ORCH_OK && !call->spec_only)
		st = kube_view_count(call, live, &out->deployment);
	if (st < 0)
		return st;
	out->deployment.raw_json = call->raw_json ? live->text : NULL;
	out->live = live;
	return ORCH_OK;
}

/* ---- put ---- */

static orch_status show(
	const orch_call *call, const struct kube_live *live, orch_deployment_entry *out)
{
	orch_status st = kube_object_show(call->pool, &live->object, &out->deployment);

	out->deployment.raw_json = call->raw_json ? live->text : NULL;
	return st;
}

/* What was accepted. Whatever fails now, it is in effect. */
static orch_status accepted(
	const orch_call *call, const struct kube_live *live, orch_deployment_entry *out)
{
	orch_status st = show(call, live, out);

	if (st < 0)
		orch__error_outcome(ORCH_OUTCOME_APPLIED);
	return st;
}

static orch_status create(
	const orch_call *call, const orch_deployment_spec *want, orch_deployment_entry *out)
{
	struct orch__buf text = ORCH__BUF_INIT(OBJECT_MAX);
	struct kube_deployment d;
	struct kube_live made;
	orch_status st;

	orch__json_init(&kube_deployment_table, &d);
	st = kube_spec_write(call->pool, want, NULL, &d.spec);
	if (st == ORCH_OK)
		st = kube_meta_sign(call->pool, &d.spec.meta, true, call->op_id);
	if (st == ORCH_OK)
		st = orch__json_encode(&kube_deployment_table, &d, &text);
	if (st == ORCH_OK)
		st = kube_write_new(
			call, want->name, (struct kube_body){ text.text, text.len }, &made);
	orch__buf_dispose(&text);
	return st < 0 ? st : accepted(call, &made, out);
}

/* `text` is what the object shall be, with `meta`: signed and sent. */
static orch_status sign_and_send(const orch_call *call, const struct kube_live *live,
	const struct kube_meta *meta, const struct orch__buf *text, orch_deployment_entry *out)
{
	struct orch__buf body = ORCH__BUF_INIT(OBJECT_MAX);
	struct kube_deployment signature;
	struct kube_live changed;
	orch_status st;

	orch__json_init(&kube_deployment_table, &signature);
	signature.spec.meta.name = meta->name;
	signature.spec.meta.labels = meta->labels;
	signature.spec.meta.annotations = meta->annotations;
	st = kube_meta_sign(call->pool, &signature.spec.meta,
		kube_meta_is_made(&live->object.spec.meta), call->op_id);
	if (st == ORCH_OK)
		st = orch__json_overlay(&kube_deployment_table, text->text, text->len, &signature,
			ORCH__JSON_KEEP_UNSET, &body, NULL);
	if (st == ORCH_OK)
		st = kube_write_over(
			call, meta->name, (struct kube_body){ body.text, body.len }, &changed);
	orch__buf_dispose(&body);
	return st < 0 ? st : accepted(call, &changed, out);
}

/*
 * Laid over the document that was read and sent whole, with its resourceVersion. An apply by
 * the server itself would keep what another manager has set and `want` leaves open: fields
 * of objects that were made by somebody else, and all that a creation of ours has set, which
 * the server books as an update.
 */
static orch_status change(const orch_call *call, const struct kube_live *live,
	const orch_deployment_spec *want, orch_deployment_entry *out)
{
	struct orch__buf text = ORCH__BUF_INIT(OBJECT_MAX);
	struct kube_deployment d;
	bool changed = false;
	orch_status st;

	orch__json_init(&kube_deployment_table, &d);
	st = kube_spec_write(call->pool, want, &live->object.spec, &d.spec);
	if (st == ORCH_OK)
		st = orch__json_overlay(&kube_deployment_table, live->text, strlen(live->text), &d,
			ORCH__JSON_DROP_UNSET, &text, &changed);
	if (st == ORCH_OK && changed && !call->force)
		st = kube_owner_check(live, &d);
	if (st == ORCH_OK)
		st = changed ? sign_and_send(call, live, &d.spec.meta, &text, out)
			     : show(call, live, out);
	orch__buf_dispose(&text);
	return st;
}

orch_status kube_deployment_put(const orch_call *call, const orch_deployment_entry *live,
	const orch_deployment_spec *want, orch_deployment_entry *out)
{
	return live ? change(call, live->live, want, out) : create(call, want, out);
}

/* ---- scale ---- */

/* {"metadata":{"resourceVersion":V},"spec":{ ... : the caller writes on, and closes twice. */
static void open_patch(struct orch__json_writer *w, struct orch__buf *out, const char *version)
{
	orch__json_write_start(w, out);
	orch__json_write_object(w);
	orch__json_write_key(w, "metadata");
	orch__json_write_object(w);
	orch__json_write_key(w, "resourceVersion");
	orch__json_write_str(w, version);
	orch__json_write_end(w);
	orch__json_write_key(w, "spec");
	orch__json_write_object(w);
}

static bool has_replicas(const struct kube_live *found, const void *payload)
{
	const int64_t *replicas = payload;

	return found->object.spec.replicas == *replicas;
}

/* Its version is known to the next get(). */
static orch_status show_scaled(const orch_call *call, const orch_deployment_entry *live,
	int64_t replicas, orch_deployment_entry *out)
{
	orch_deployment_spec *spec = orch_pool_take(call->pool, sizeof *spec);

	if (!spec) {
		(void)no_memory();
		orch__error_outcome(ORCH_OUTCOME_APPLIED);
		return ORCH_E_NOMEM;
	}
	*spec = *live->deployment.spec;
	spec->replicas = replicas;
	out->deployment = live->deployment;
	out->deployment.spec = spec;
	out->deployment.desired = replicas;
	out->deployment.version = "";
	return ORCH_OK;
}

orch_status kube_deployment_scale(const orch_call *call, const orch_deployment_entry *live,
	int64_t replicas, orch_deployment_entry *out)
{
	const struct kube_live *found = live->live;
	struct orch__buf text = ORCH__BUF_INIT(PATCH_MAX);
	struct kube_patch patch = { .name = found->object.spec.meta.name,
		.sub = "scale",
		.is_done = has_replicas,
		.payload = &replicas };
	struct orch__json_writer w;
	orch_status st;

	open_patch(&w, &text, found->object.spec.meta.resource_version);
	orch__json_write_key(&w, "replicas");
	orch__json_write_i64(&w, replicas);
	orch__json_write_end(&w);
	orch__json_write_end(&w);
	st = orch__json_write_finish(&w);
	patch.body = (struct kube_body){ text.text, text.len };
	if (st == ORCH_OK)
		st = kube_write_patch(call, &patch, NULL);
	orch__buf_dispose(&text);
	return st < 0 ? st : show_scaled(call, live, replicas, out);
}

/* ---- restart ---- */

static bool was_restarted_at(const struct kube_live *found, const void *payload)
{
	return orch__text_equal(
		kube_label_find(found->object.spec.pod_annotations, KUBE_NOTE_RESTARTED), payload);
}

/* Another time than the last one, however soon this comes. */
static void restart_time(const struct kube_live *live, char *out, size_t cap)
{
	const int64_t now = orch__clock_wall_ms();

	orch__time_format(now, out, cap);
	if (was_restarted_at(live, out))
		orch__time_format(now + 1, out, cap);
}

static orch_status write_restart(
	const struct kube_live *live, const char *at, struct orch__buf *out)
{
	struct orch__json_writer w;

	open_patch(&w, out, live->object.spec.meta.resource_version);
	orch__json_write_key(&w, "template");
	orch__json_write_object(&w);
	orch__json_write_key(&w, "metadata");
	orch__json_write_object(&w);
	orch__json_write_key(&w, "annotations");
	orch__json_write_object(&w);
	orch__json_write_key(&w, KUBE_NOTE_RESTARTED);
	orch__json_write_str(&w, at);
	for (int i = 0; i < 5; i++)
		orch__json_write_end(&w);
	return orch__json_write_finish(&w);
}

static orch_status is_paused(const char *name)
{
	(void)orch__fail(ORCH_E_REFUSED,
		"deployment %s is paused: nothing would be replaced until it is resumed", name);
	orch__error_remote(0, "DeploymentPaused", ORCH_UNSET);
	orch__error_outcome(ORCH_OUTCOME_NOT_APPLIED);
	return ORCH_E_REFUSED;
}

orch_status kube_deployment_restart(
	const orch_call *call, const orch_deployment_entry *live, orch_deployment_entry *out)
{
	const struct kube_live *found = live->live;
	struct orch__buf text = ORCH__BUF_INIT(PATCH_MAX);
	char at[TIME_MAX];
	struct kube_patch patch = {
		.name = found->object.spec.meta.name, .is_done = was_restarted_at, .payload = at
	};
	struct kube_live changed;
	orch_status st;

	if (found->object.spec.paused == 1)
		return is_paused(patch.name);
	restart_time(found, at, sizeof at);
	st = write_restart(found, at, &text);
	patch.body = (struct kube_body){ text.text, text.len };
	if (st == ORCH_OK)
		st = kube_write_patch(call, &patch, &changed);
	orch__buf_dispose(&text);
	return st < 0 ? st : accepted(call, &changed, out);
}

/* ---- remove ---- */

/* It is ours to add to, until the entry is released. */
static struct kube_live *live_of(const orch_deployment_entry *entry)
{
	return (struct kube_live *)entry->live;
}

orch_status kube_deployment_remove(const orch_call *call, const orch_deployment_entry *live)
{
	struct kube_live *found = live_of(live);
	const struct kube_meta *meta = &found->object.spec.meta;
	orch_status st = kube_remains_note(call, found);

	if (st == ORCH_OK)
		st = kube_write_gone(call, KUBE_DEPLOYMENT, meta->name, meta->uid);
	return st < 0 ? st : kube_doubt_settle(call, meta->name);
}

orch_status kube_deployment_remaining(
	const orch_call *call, const orch_deployment_entry *live, int64_t *count)
{
	return kube_remains_count(call, live_of(live), count);
}
