/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/object.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend/kubernetes/call.h"
#include "backend/kubernetes/names.h"
#include "backend/kubernetes/resource.h"
#include "backend/kubernetes/spec.h"
#include "util/error.h"
#include "util/pool.h"
#include "util/text.h"

#define CONTROLLERS "deployment.kubernetes.io/"

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

/* ---- reading ---- */

orch_status kube_object_decode(
	const orch_call *call, const char *text, size_t len, struct kube_live *out)
{
	struct kube_live live = { .pool = call->pool };
	orch_status st = orch__json_decode(
		&kube_deployment_table, &call->pool->arena, text, len, &live.object);

	if (st < 0)
		return st;
	if (call->spec_only || call->raw_json) {
		live.text = orch_pool_copy(call->pool, text);
		if (!live.text)
			return no_memory();
	}
	*out = live;
	return ORCH_OK;
}

static orch_status fetch(const orch_call *call, const char *path, struct kube_live *out)
{
	const struct kube_request request = { .method = "GET", .path = path, .again = KUBE_READ };
	struct orch__response answer = { 0 };
	orch_status st = kube_send(call, &request, &answer);

	if (st == ORCH_OK)
		st = kube_object_decode(call, answer.body.text, answer.body.len, out);
	orch__response_dispose(&answer);
	return st;
}

static orch_status on_its_way_out(const char *name)
{
	(void)orch__fail(ORCH_E_NOTFOUND, "deployment %s is being deleted", name);
	orch__error_remote(0, "NotFound", ORCH_UNSET);
	return ORCH_E_NOTFOUND;
}

orch_status kube_object_read(const orch_call *call, const char *name, struct kube_live *out)
{
	struct orch__target to = ORCH__TARGET_INIT;
	struct kube_live live;
	orch_status st;

	kube_resource_path(&to, KUBE_DEPLOYMENT, call->ns, name, NULL);
	st = orch__target_end(&to);
	if (st == ORCH_OK)
		st = fetch(call, to.path.text, &live);
	orch__target_dispose(&to);
	if (st < 0)
		return st;
	if (live.object.spec.meta.deleted_ms != ORCH_UNSET)
		return on_its_way_out(name);
	*out = live;
	return ORCH_OK;
}

/* ---- the selector ---- */

static void add_values(struct orch__buf *out, orch_string_list values)
{
	for (size_t i = 0; i < values.count; i++)
		orch__buf_addf(out, "%s%s", i ? "," : "(", values.items[i]);
	orch__buf_addf(out, "%s)", values.count ? "" : "(");
}

static void add_requirement(struct orch__buf *out, const struct kube_requirement *r)
{
	const char *comma = out->len ? "," : "";

	if (strcmp(r->op, "Exists") == 0) {
		orch__buf_addf(out, "%s%s", comma, r->key);
	} else if (strcmp(r->op, "DoesNotExist") == 0) {
		orch__buf_addf(out, "%s!%s", comma, r->key);
	} else {
		orch__buf_addf(out, "%s%s %s ", comma, r->key,
			strcmp(r->op, "NotIn") == 0 ? "notin" : "in");
		add_values(out, r->values);
	}
}

void kube_object_selector(const struct kube_spec *spec, struct orch__buf *out)
{
	for (size_t i = 0; i < spec->selector.count; i++)
		orch__buf_addf(out, "%s%s=%s", out->len ? "," : "", spec->selector.items[i].key,
			spec->selector.items[i].value);
	for (size_t i = 0; i < spec->selector_more.count; i++)
		add_requirement(out, &spec->selector_more.items[i]);
}

/* ---- the version ---- */

/* FNV-1a. A text and its end, so that "ab","c" is not "a","bc". */
static uint64_t add_text(uint64_t hash, const char *text)
{
	for (text = text ? text : "";; text++) {
		hash = (hash ^ (unsigned char)*text) * 0x100000001B3u;
		if (!*text)
			return hash;
	}
}

static uint64_t add_list(uint64_t hash, orch_kv_list list)
{
	for (size_t i = 0; i < list.count; i++) {
		if (orch__text_starts(list.items[i].key, CONTROLLERS))
			continue;
		hash = add_text(add_text(hash, list.items[i].key), list.items[i].value);
	}
	return add_text(hash, "");
}

/*
 * resourceVersion changes with every look of a controller. The generation changes with the
 * spec alone; labels and annotations do not count there, and are written by people, too.
 */
static const char *version_of(orch_pool *pool, const struct kube_meta *meta)
{
	uint64_t hash = add_text(0xCBF29CE484222325u, meta->uid);
	char text[48];

	hash = add_list(add_list(hash, meta->labels), meta->annotations);
	snprintf(text, sizeof text, "%" PRId64 "-%08" PRIx32,
		meta->generation == ORCH_UNSET ? 0 : meta->generation,
		(uint32_t)(hash ^ (hash >> 32)));
	return orch_pool_copy(pool, text);
}

/* ---- times and state ---- */

/* The last write that was not a controller's report. */
static int64_t updated_ms(const struct kube_deployment *object)
{
	int64_t last = object->spec.meta.created_ms;

	for (size_t i = 0; i < object->managers.count; i++) {
		const struct kube_manager *m = &object->managers.items[i];

		if (orch__text_equal(m->subresource, "status") ||
			orch__text_equal(m->name, "kube-controller-manager"))
			continue;
		if (m->time_ms != ORCH_UNSET && (last == ORCH_UNSET || m->time_ms > last))
			last = m->time_ms;
	}
	return last;
}

static const struct kube_condition *condition(
	const struct kube_deployment *object, const char *type, const char *status)
{
	for (size_t i = 0; i < object->conditions.count; i++) {
		const struct kube_condition *c = &object->conditions.items[i];

		if (orch__text_equal(c->type, type) && orch__text_equal(c->status, status))
			return c;
	}
	return NULL;
}

bool kube_object_is_observed(const struct kube_deployment *object)
{
	const int64_t seen = object->observed_generation;

	return object->spec.meta.generation == ORCH_UNSET ||
		(seen != ORCH_UNSET && seen >= object->spec.meta.generation);
}

static void show_state(const struct kube_deployment *object, orch_deployment *out)
{
	const struct kube_condition *stuck = condition(object, "Progressing", "False");
	const struct kube_condition *failing = condition(object, "ReplicaFailure", "True");

	out->state = 0;
	out->message = failing && failing->message ? failing->message : "";
	if (object->spec.paused == 1) {
		out->state = ORCH_DEPLOYMENT_PAUSED;
	} else if (!kube_object_is_observed(object)) {
		out->state = ORCH_DEPLOYMENT_PROGRESSING;
		out->message = "";
	} else if (stuck && orch__text_equal(stuck->reason, "ProgressDeadlineExceeded")) {
		out->state = ORCH_DEPLOYMENT_FAILED;
		if (!*out->message && stuck->message)
			out->message = stuck->message;
	}
}

orch_status kube_object_show(
	orch_pool *pool, const struct kube_deployment *object, orch_deployment *out)
{
	const struct kube_meta *meta = &object->spec.meta;
	orch_deployment_spec *spec = orch_pool_take(pool, sizeof *spec);
	const char *version = version_of(pool, meta);
	orch_status st;

	if (!spec || !version)
		return no_memory();
	st = kube_spec_read(pool, &object->spec, meta->name, spec);
	if (st < 0)
		return st;
	out->spec = spec;
	out->id = meta->uid ? meta->uid : "";
	out->ns = meta->ns ? meta->ns : "";
	out->version = version;
	out->desired = spec->replicas == ORCH_UNSET ? 1 : spec->replicas;
	out->created_ms = meta->created_ms;
	out->updated_ms = updated_ms(object);
	show_state(object, out);
	return ORCH_OK;
}
