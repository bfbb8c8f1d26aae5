/* SPDX-License-Identifier: MIT */
/* What is asked to read, create, change, scale, restart and delete, and what
 * answers mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend/kubernetes/names.h"
#include "backend/kubernetes/noun.h"
#include "backend/kubernetes/object.h"
#include "support/kube_world.h"
#include "torture/alloc.h"
#include "util/error.h"
#include "util/pool.h"
#include "util/text.h"

#define ALL "/apis/apps/v1/namespaces/shop/deployments"
#define ONE ALL "/web"

/* A Deployment of ours, as the server answers it. */
#define DEPLOYMENT(version, generation, meta, rest, status)                                        \
	"{\"apiVersion\":\"apps/"                                                                  \
	"v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\","                             \
	"\"namespace\":\"shop\",\"uid\":\"u1\",\"resourceVersion\":\"" version "\","               \
	"\"generation\":" generation ",\"creationTimestamp\":\"2026-11-25T10:00:00Z\"" meta        \
	"},\"spec\":{\"replicas\":2,\"selector\":{\"matchLabels\":{\"app\":\"web\"}"               \
	"},"                                                                                       \
	"\"template\":{\"metadata\":{\"labels\":{\"app\":\"web\"}},\"spec\":{"                     \
	"\"containers\":[{"                                                                        \
	"\"name\":\"main\",\"image\":\"i:1\"}],\"terminationGracePeriodSeconds\":"                 \
	"30}}" rest "},"                                                                           \
	"\"status\":{" status "}}"
#define SIGNED ",\"annotations\":{\"orch.io/op\":\"" KUBE_WORLD_OP "\"}"
#define LIVE DEPLOYMENT("7", "3", "", "", "\"observedGeneration\":3")
#define OURS DEPLOYMENT("8", "4", SIGNED, "", "\"observedGeneration\":3")

static orch_deployment_spec wanted(void)
{
	orch_deployment_spec s = ORCH_DEPLOYMENT_SPEC_INIT;

	s.name = "web";
	s.image = "i:2";
	return s;
}

static void begin(struct kube_world *w, const struct kube_step *steps)
{
	kube_world_open(w, steps);
	w->call.ns = "shop";
	w->call.spec_only = 1;
	w->call.force = 1;
}

static void end(struct kube_world *w)
{
	kube_world_done(w);
	kube_world_close(w);
}

/* Read first, as core does. The steps begin with that. */
static orch_deployment_entry get(struct kube_world *w)
{
	orch_deployment_entry live = { 0 };

	if (kube_deployment_get(&w->call, "web", &live) < 0)
		fail_msg("%s", orch_error_last()->message);
	w->call.spec_only = 0;
	return live;
}

static void expect_posted(const struct kube_world *w, const char *part)
{
	if (!strstr(w->posted, part))
		fail_msg("no %s in %s", part, w->posted);
}

static const char *status(int code, const char *reason, const char *message, const char *rest)
{
	return kube_world_status(code, reason, message, "web", rest);
}

/* ---- get ---- */

static void one_that_is_being_deleted_is_not_there(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " ONE,
			.body = DEPLOYMENT("7", "3",
				",\"deletionTimestamp\":\"2026-11-25T10:00:00Z\"", "", "") },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_entry out = { 0 };

	(void)state;
	begin(&w, steps);
	assert_int_equal(kube_deployment_get(&w.call, "web", &out), ORCH_E_NOTFOUND);
	assert_non_null(strstr(orch_error_last()->message, "being deleted"));
	end(&w);
}

static orch_deployment shown(struct kube_world *w, const char *text)
{
	struct kube_deployment object;
	orch_deployment d = { 0 };

	(void)w;
	if (orch__json_decode(&kube_deployment_table, &w->call.pool->arena, text, strlen(text),
		    &object) < 0 ||
		kube_object_show(w->call.pool, &object, &d) < 0)
		fail_msg("%s", orch_error_last()->message);
	return d;
}

/* Else an apply would create, where nothing can be. */
static void a_server_without_deployments_is_none_without_this_one(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " ONE, .status = 404, .body = "404 page not found\n" },
		{ .request = "GET " ONE,
			.status = 404,
			.body = kube_world_status(
				404, "NotFound", "the server could not find it", NULL, NULL) },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_entry out = { 0 };

	(void)state;
	begin(&w, steps);
	for (int i = 0; i < 2; i++)
		assert_int_equal(kube_deployment_get(&w.call, "web", &out), ORCH_E_UNSUPPORTED);
	end(&w);
}

static void a_version_changes_with_what_is_written_and_not_with_reports(void **state)
{
	const struct kube_step steps[] = { { 0 } };
	struct kube_world w;
	const char *version;

	(void)state;
	begin(&w, steps);
	version = shown(&w, LIVE).version;
	assert_string_equal(version,
		shown(&w,
			DEPLOYMENT("9", "3",
				",\"annotations\":{\"deployment.kubernetes.io/revision\":\"2\"}",
				"", "\"observedGeneration\":3,\"readyReplicas\":2"))
			.version);
	assert_string_not_equal(version, shown(&w, DEPLOYMENT("7", "4", "", "", "")).version);
	assert_string_not_equal(version,
		shown(&w, DEPLOYMENT("7", "3", ",\"labels\":{\"a\":\"1\"}", "", "")).version);
	assert_string_not_equal(
		shown(&w, DEPLOYMENT("7", "3", ",\"labels\":{\"a\":\"1\"}", "", "")).version,
		shown(&w, DEPLOYMENT("7", "3", ",\"annotations\":{\"a\":\"1\"}", "", "")).version);
	end(&w);
}

#define CONDITION(type, status, reason, message)                                                   \
	"\"observedGeneration\":3,\"conditions\":[{\"type\":\"" type "\",\"status\":\"" status     \
	"\",\"reason\":\"" reason "\",\"message\":\"" message "\"}]"

static void the_controllers_verdict_is_the_state(void **state)
{
	const struct kube_step steps[] = { { 0 } };
	struct kube_world w;
	orch_deployment d;

	(void)state;
	begin(&w, steps);
	assert_int_equal(shown(&w, LIVE).state, 0); /* the counts decide */
	d = shown(&w, DEPLOYMENT("7", "4", "", "", "\"observedGeneration\":3"));
	assert_int_equal(d.state, ORCH_DEPLOYMENT_PROGRESSING);
	d = shown(&w, DEPLOYMENT("7", "1", "", "", ""));
	assert_int_equal(d.state, ORCH_DEPLOYMENT_PROGRESSING);
	d = shown(&w, DEPLOYMENT("7", "3", "", ",\"paused\":true", "\"observedGeneration\":3"));
	assert_int_equal(d.state, ORCH_DEPLOYMENT_PAUSED);
	d = shown(&w,
		DEPLOYMENT("7", "3", "", "",
			CONDITION("Progressing", "False", "ProgressDeadlineExceeded",
				"has timed out")));
	assert_int_equal(d.state, ORCH_DEPLOYMENT_FAILED);
	assert_string_equal(d.message, "has timed out");
	d = shown(&w,
		DEPLOYMENT("7", "3", "", "",
			CONDITION("ReplicaFailure", "True", "FailedCreate", "exceeded quota")));
	assert_int_equal(d.state, 0);
	assert_string_equal(d.message, "exceeded quota");
	end(&w);
}

static void the_last_write_is_that_of_people(void **state)
{
	static const char json[] = DEPLOYMENT("7", "3",
		",\"managedFields\":[{\"manager\":\"liborch\",\"operation\":\"Update\","
		"\"time\":"
		"\"2026-11-25T10:00:05Z\",\"fieldsV1\":{\"f:spec\":{}}},{\"manager\":"
		"\"kube-controller-manager\",\"time\":\"2026-11-25T11:00:00Z\","
		"\"subresource\":"
		"\"status\"}]",
		"", "");
	const struct kube_step steps[] = { { 0 } };
	struct kube_world w;
	orch_deployment d;

	(void)state;
	begin(&w, steps);
	d = shown(&w, json);
	assert_int_equal(d.updated_ms - d.created_ms, 5000);
	end(&w);
}

/* ---- create ---- */

static void creation_says_whose_it_is(void **state)
{
	const struct kube_step steps[] = { { .request = "POST " ALL, .status = 201, .body = OURS },
		{ 0 } };
	struct kube_world w;
	orch_deployment_spec want = wanted();
	orch_deployment_entry out = { 0 };

	(void)state;
	begin(&w, steps);
	assert_int_equal(kube_deployment_put(&w.call, NULL, &want, &out), ORCH_OK);
	assert_string_equal(out.deployment.id, "u1");
	assert_non_null(strstr(w.query, "fieldManager=liborch"));
	expect_posted(&w, "\"orch.io/op\":\"" KUBE_WORLD_OP "\"");
	expect_posted(&w, "\"app.kubernetes.io/managed-by\":\"liborch\"");
	expect_posted(&w, "\"replicas\":1");
	end(&w);
}

static void what_somebody_else_has_made_exists(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "POST " ALL,
			.status = 409,
			.body = status(409, "AlreadyExists", "web already exists", NULL) },
		{ .request = "GET " ONE, .body = LIVE },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_spec want = wanted();
	orch_deployment_entry out = { 0 };

	(void)state;
	begin(&w, steps);
	assert_int_equal(kube_deployment_put(&w.call, NULL, &want, &out), ORCH_E_EXISTS);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
	end(&w);
}

static void what_our_own_call_has_made_is_a_success(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "POST " ALL,
			.status = 409,
			.body = status(409, "AlreadyExists", "web already exists", NULL) },
		{ .request = "GET " ONE, .body = OURS },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_spec want = wanted();
	orch_deployment_entry out = { 0 };

	(void)state;
	begin(&w, steps);
	assert_int_equal(kube_deployment_put(&w.call, NULL, &want, &out), ORCH_OK);
	assert_string_equal(out.deployment.id, "u1");
	end(&w);
}

static void a_creation_without_an_answer_is_looked_for(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "POST " ALL, .fault = ORCH_E_NETWORK },
		{ .request = "GET " ONE, .body = OURS },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_spec want = wanted();
	orch_deployment_entry out = { 0 };

	(void)state;
	begin(&w, steps);
	assert_int_equal(kube_deployment_put(&w.call, NULL, &want, &out), ORCH_OK);
	end(&w);
}

static void a_creation_that_did_not_arrive_is_sent_again(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "POST " ALL, .fault = ORCH_E_NETWORK },
		{ .request = "GET " ONE,
			.status = 404,
			.body = status(404, "NotFound", "not found", NULL) },
		{ .request = "POST " ALL, .status = 201, .body = OURS },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_spec want = wanted();
	orch_deployment_entry out = { 0 };

	(void)state;
	begin(&w, steps);
	assert_int_equal(kube_deployment_put(&w.call, NULL, &want, &out), ORCH_OK);
	end(&w);
}

/* ---- namespaces ---- */

static const char *no_namespace(void)
{
	return kube_world_status(
		404, "NotFound", "namespaces shop not found", "shop", "\"kind\":\"namespaces\"");
}

static void a_missing_namespace_is_made(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "POST " ALL, .status = 404, .body = no_namespace() },
		{ .request = "POST /api/v1/namespaces", .status = 201, .body = "{}" },
		{ .request = "POST " ALL, .status = 201, .body = OURS },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_spec want = wanted();
	orch_deployment_entry out = { 0 };

	(void)state;
	begin(&w, steps);
	w.k->creates_namespaces = true;
	assert_int_equal(kube_deployment_put(&w.call, NULL, &want, &out), ORCH_OK);
	end(&w);
}

static void a_missing_namespace_is_told_to_who_wants_none_made(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "POST " ALL, .status = 404, .body = no_namespace() },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_spec want = wanted();
	orch_deployment_entry out = { 0 };

	(void)state;
	begin(&w, steps);
	w.k->creates_namespaces = false;
	assert_int_equal(kube_deployment_put(&w.call, NULL, &want, &out), ORCH_E_NOTFOUND);
	assert_non_null(strstr(orch_error_last()->message, "namespace shop"));
	end(&w);
}

static void one_who_may_not_make_namespaces_is_told_which(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "POST " ALL, .status = 404, .body = no_namespace() },
		{ .request = "POST /api/v1/namespaces",
			.status = 403,
			.body = status(403, "Forbidden", "namespaces is forbidden", NULL) },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_spec want = wanted();
	orch_deployment_entry out = { 0 };

	(void)state;
	begin(&w, steps);
	w.k->creates_namespaces = true;
	assert_int_equal(kube_deployment_put(&w.call, NULL, &want, &out), ORCH_E_FORBIDDEN);
	assert_non_null(strstr(orch_error_last()->message, "create namespace shop"));
	end(&w);
}

static void an_old_namespace_of_that_name_is_waited_for(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "POST " ALL,
			.status = 403,
			.body = status(403, "Forbidden",
				"unable to create new content in namespace shop because it is "
				"being "
				"terminated",
				"\"causes\":[{\"reason\":\"NamespaceTerminating\"}]") },
		{ .request = "POST " ALL, .status = 404, .body = no_namespace() },
		{ .request = "POST /api/v1/namespaces", .status = 201, .body = "{}" },
		{ .request = "POST " ALL, .status = 201, .body = OURS },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_spec want = wanted();
	orch_deployment_entry out = { 0 };

	(void)state;
	begin(&w, steps);
	w.k->creates_namespaces = true;
	assert_int_equal(kube_deployment_put(&w.call, NULL, &want, &out), ORCH_OK);
	end(&w);
}

/* ---- change ---- */

static void a_change_is_one_write_with_the_version_that_was_read(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " ONE, .body = LIVE },
		{ .request = "PUT " ONE, .body = OURS },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_spec want = wanted();
	orch_deployment_entry live, out = { 0 };

	(void)state;
	begin(&w, steps);
	live = get(&w);
	assert_int_equal(kube_deployment_put(&w.call, &live, &want, &out), ORCH_OK);
	assert_non_null(strstr(w.query, "fieldManager=liborch"));
	expect_posted(&w, "\"resourceVersion\":\"7\"");
	expect_posted(&w, "\"image\":\"i:2\"");
	expect_posted(&w, "\"replicas\":2");
	expect_posted(&w, "\"orch.io/op\":\"" KUBE_WORLD_OP "\"");
	assert_null(strstr(w.posted, "app.kubernetes.io")); /* somebody else has made it */
	assert_string_not_equal(out.deployment.version, live.deployment.version);
	end(&w);
}

static void nothing_is_written_when_nothing_differs(void **state)
{
	const struct kube_step steps[] = { { .request = "GET " ONE, .body = LIVE }, { 0 } };
	struct kube_world w;
	orch_deployment_spec want = wanted();
	orch_deployment_entry live, out = { 0 };

	(void)state;
	begin(&w, steps);
	live = get(&w);
	want.image = "i:1";
	assert_int_equal(kube_deployment_put(&w.call, &live, &want, &out), ORCH_OK);
	assert_string_equal(out.deployment.version, live.deployment.version);
	end(&w);
}

static const char *modified(void)
{
	return status(409, "Conflict", "the object has been modified", NULL);
}

static void another_write_in_between_is_a_conflict_that_may_pass(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " ONE, .body = LIVE },
		{ .request = "PUT " ONE, .status = 409, .body = modified() },
		{ .request = "GET " ONE, .body = DEPLOYMENT("8", "4", "", "", "") },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_spec want = wanted();
	orch_deployment_entry live, out = { 0 };

	(void)state;
	begin(&w, steps);
	live = get(&w);
	assert_int_equal(kube_deployment_put(&w.call, &live, &want, &out), ORCH_E_CONFLICT);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
	assert_int_equal(orch_error_last()->transient, 1);
	end(&w);
}

static void a_conflict_with_ourselves_is_a_success(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " ONE, .body = LIVE },
		{ .request = "PUT " ONE, .fault = ORCH_E_NETWORK },
		{ .request = "PUT " ONE, .status = 409, .body = modified() },
		{ .request = "GET " ONE, .body = OURS },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_spec want = wanted();
	orch_deployment_entry live, out = { 0 };

	(void)state;
	begin(&w, steps);
	live = get(&w);
	assert_int_equal(kube_deployment_put(&w.call, &live, &want, &out), ORCH_OK);
	end(&w);
}

/* ---- whose a field is ---- */

#define MANAGED(manager, fields)                                                                   \
	DEPLOYMENT("7", "3",                                                                       \
		",\"labels\":{\"team\":\"red\"},\"managedFields\":[{\"manager\":"                  \
		"\"" manager "\",\"operation\":\"Update\",\"fieldsV1\":" fields "}]",              \
		"", "")
#define IMAGE                                                                                      \
	"{\"f:spec\":{\"f:template\":{\"f:spec\":{\"f:containers\":{\"k:{"                         \
	"\\\"name\\\":"                                                                            \
	"\\\"main\\\"}\":{\".\":{},\"f:image\":{}}}}}}}"

static orch_status put_unforced(const char *text, bool is_written, const orch_deployment_spec *want)
{
	const struct kube_step refused[] = { { .request = "GET " ONE, .body = text }, { 0 } };
	const struct kube_step written[] = { { .request = "GET " ONE, .body = text },
		{ .request = "PUT " ONE, .body = OURS }, { 0 } };
	struct kube_world w;
	orch_deployment_entry live, out = { 0 };
	orch_status st;

	begin(&w, is_written ? written : refused);
	live = get(&w);
	w.call.force = 0;
	st = kube_deployment_put(&w.call, &live, want, &out);
	end(&w);
	return st;
}

static void a_field_of_somebody_else_is_left_alone_unless_forced(void **state)
{
	orch_deployment_spec want = wanted();

	(void)state;
	assert_int_equal(
		put_unforced(MANAGED("kubectl-set", IMAGE), false, &want), ORCH_E_CONFLICT);
	assert_non_null(strstr(orch_error_last()->message, "kubectl-set"));
	assert_non_null(strstr(orch_error_last()->message, "image"));
	assert_int_equal(orch_error_last()->transient, 0);
	assert_int_equal(put_unforced(MANAGED("liborch", IMAGE), true, &want), ORCH_OK);
	assert_int_equal(put_unforced(MANAGED("liborch-ops", IMAGE), true, &want), ORCH_OK);
	assert_int_equal(
		put_unforced(MANAGED("hpa", "{\"f:spec\":{\"f:replicas\":{}}}"), true, &want),
		ORCH_OK);
}

static void labels_are_somebodys_one_by_one(void **state)
{
	static const orch_kv labels[] = { { "team", "red" }, { "new", "1" } };
	orch_deployment_spec want = wanted();
	const char *text = MANAGED("helm", "{\"f:metadata\":{\"f:labels\":{\"f:team\":{}}}}");

	(void)state;
	want.labels = (orch_kv_list){ labels, 2 };
	assert_int_equal(put_unforced(text, true, &want), ORCH_OK);
	want.labels.count = 0;
	assert_int_equal(put_unforced(text, false, &want), ORCH_E_CONFLICT);
	assert_non_null(strstr(orch_error_last()->message, "team"));
	assert_non_null(strstr(orch_error_last()->message, "helm"));
}

/* ---- scale ---- */

static void scaling_is_a_patch_of_the_number_alone(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " ONE, .body = LIVE },
		{ .request = "PATCH " ONE "/scale", .body = "{\"kind\":\"Scale\"}" },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_entry live, out = { 0 };

	(void)state;
	begin(&w, steps);
	live = get(&w);
	assert_int_equal(kube_deployment_scale(&w.call, &live, 5, &out), ORCH_OK);
	assert_string_equal(w.content_type, "application/merge-patch+json");
	assert_string_equal(
		w.posted, "{\"metadata\":{\"resourceVersion\":\"7\"},\"spec\":{\"replicas\":5}}");
	assert_non_null(strstr(w.query, "fieldManager=liborch-ops"));
	assert_int_equal(out.deployment.spec->replicas, 5);
	assert_int_equal(live.deployment.spec->replicas, 2);
	end(&w);
}

static void scaling_what_was_changed_is_a_conflict(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " ONE, .body = LIVE },
		{ .request = "PATCH " ONE "/scale", .status = 409, .body = modified() },
		{ .request = "GET " ONE, .body = LIVE },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_entry live, out = { 0 };

	(void)state;
	begin(&w, steps);
	live = get(&w);
	assert_int_equal(kube_deployment_scale(&w.call, &live, 5, &out), ORCH_E_CONFLICT);
	end(&w);
}

/* ---- restart ---- */

static void a_restart_changes_a_time_in_the_template(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " ONE, .body = LIVE },
		{ .request = "PATCH " ONE, .body = OURS },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_entry live, out = { 0 };

	(void)state;
	begin(&w, steps);
	live = get(&w);
	assert_int_equal(kube_deployment_restart(&w.call, &live, &out), ORCH_OK);
	expect_posted(&w,
		"{\"metadata\":{\"resourceVersion\":\"7\"},\"spec\":{\"template\":{"
		"\"metadata\":{\"annotations\":{\"kubectl.kubernetes.io/"
		"restartedAt\":\"20");
	assert_string_equal(w.content_type, "application/merge-patch+json");
	end(&w);
}

static void what_is_paused_is_not_restarted(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " ONE, .body = DEPLOYMENT("7", "3", "", ",\"paused\":true", "") },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_entry live, out = { 0 };

	(void)state;
	begin(&w, steps);
	live = get(&w);
	assert_int_equal(kube_deployment_restart(&w.call, &live, &out), ORCH_E_REFUSED);
	assert_non_null(strstr(orch_error_last()->message, "web"));
	end(&w);
}

/* ---- remove ---- */

#define SETS "GET /apis/apps/v1/namespaces/shop/replicasets"
#define PODS "GET /api/v1/namespaces/shop/pods"
#define OWNED(name, uid, owner)                                                                    \
	"{\"metadata\":{\"name\":\"" name "\",\"uid\":\"" uid "\",\"ownerReferences\":[{\"kind\":" \
	"\"X\",\"name\":\"x\",\"uid\":\"" owner "\",\"controller\":true}]},\"spec\":{},"           \
	"\"status\":{\"phase\":\"Running\"}}"
#define LIST(items)                                                                                \
	"{\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"9\"},\"items\":"                   \
	"[" items "]}"

static void a_deletion_is_of_this_one_and_its_instances_are_followed(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " ONE, .body = LIVE },
		{ .request = SETS,
			.body = LIST(OWNED("web-1", "r1", "u1") "," OWNED("old", "r0", "u0")) },
		{ .request = "DELETE " ONE,
			.body = "{\"kind\":\"Status\",\"status\":\"Success\"}" },
		/* One more came into being meanwhile, and the first is gone. */
		{ .request = SETS, .body = LIST(OWNED("web-2", "r2", "u1")) },
		{ .request = PODS,
			.body = LIST(OWNED("web-1-a", "p1", "r1") "," OWNED(
				"old-a", "p0", "r0") "," OWNED("web-2-a", "p2", "r2")) },
		{ .request = SETS, .body = LIST("") },
		{ .request = PODS, .body = LIST(OWNED("web-2-a", "p2", "r2")) },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_entry live;
	int64_t left = -1;

	(void)state;
	begin(&w, steps);
	live = get(&w);
	assert_int_equal(kube_deployment_remove(&w.call, &live), ORCH_OK);
	expect_posted(&w, "\"preconditions\":{\"uid\":\"u1\"}");
	expect_posted(&w, "\"propagationPolicy\":\"Background\"");
	assert_int_equal(kube_deployment_remaining(&w.call, &live, &left), ORCH_OK);
	assert_int_equal(left, 2);
	assert_int_equal(kube_deployment_remaining(&w.call, &live, &left), ORCH_OK);
	assert_int_equal(left, 1);
	assert_non_null(strstr(w.query, "labelSelector=app=web"));
	end(&w);
}

static void one_that_is_gone_or_another_by_now_is_deleted(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " ONE, .body = LIVE },
		{ .request = SETS, .body = LIST("") },
		{ .request = "DELETE " ONE,
			.status = 409,
			.body = status(409, "Conflict", "the UID in the precondition", NULL) },
		{ .request = SETS, .body = LIST("") },
		{ .request = "DELETE " ONE,
			.status = 404,
			.body = status(404, "NotFound", "not found", NULL) },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_entry live;

	(void)state;
	begin(&w, steps);
	live = get(&w);
	assert_int_equal(kube_deployment_remove(&w.call, &live), ORCH_OK);
	assert_int_equal(kube_deployment_remove(&w.call, &live), ORCH_OK);
	end(&w);
}

/* ---- memory ---- */

/* Reads and changes, or only creates: `payload` says so. */
static orch_status put_alone(void *payload)
{
	struct kube_world *w = payload;
	const bool creates = w->steps->request[0] == 'P';
	void *result = orch__result_new(1);
	orch_deployment_entry live = { 0 }, out = { 0 };
	orch_deployment_spec want = wanted();
	orch_call call = w->call;
	orch_status st = result ? ORCH_OK : ORCH_E_NOMEM;

	w->at = 0;
	call.pool = result ? orch__result_pool(result) : NULL;
	call.spec_only = 1;
	if (st == ORCH_OK && !creates)
		st = kube_deployment_get(&call, "web", &live);
	if (st == ORCH_OK)
		st = kube_deployment_put(&call, creates ? NULL : &live, &want, &out);
	orch__result_free(result);
	return st;
}

static void lack_of_memory_is_a_status(void **state)
{
	const struct kube_step create[] = {
		{ .request = "POST " ALL, .status = 201, .body = OURS },
		{ .request = "GET " ONE, .body = OURS },
		{ 0 },
	};
	const struct kube_step change[] = {
		{ .request = "GET " ONE, .body = MANAGED("helm", "{\"f:spec\":{}}") },
		{ .request = "PUT " ONE, .body = OURS },
		{ .request = "GET " ONE, .body = OURS },
		{ 0 },
	};
	struct kube_world w;

	(void)state;
	begin(&w, create);
	assert_int_equal(put_alone(&w), ORCH_OK); /* connects, which is not what this is about */
	torture_run_tolerant(put_alone, &w);
	kube_world_close(&w);
	begin(&w, change);
	w.call.force = 0;
	assert_int_equal(put_alone(&w), ORCH_OK);
	torture_run_tolerant(put_alone, &w);
	kube_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_is_being_deleted_is_not_there),
		cmocka_unit_test(a_server_without_deployments_is_none_without_this_one),
		cmocka_unit_test(a_version_changes_with_what_is_written_and_not_with_reports),
		cmocka_unit_test(the_controllers_verdict_is_the_state),
		cmocka_unit_test(the_last_write_is_that_of_people),
		cmocka_unit_test(creation_says_whose_it_is),
		cmocka_unit_test(what_somebody_else_has_made_exists),
		cmocka_unit_test(what_our_own_call_has_made_is_a_success),
		cmocka_unit_test(a_creation_without_an_answer_is_looked_for),
		cmocka_unit_test(a_creation_that_did_not_arrive_is_sent_again),
		cmocka_unit_test(a_missing_namespace_is_made),
		cmocka_unit_test(a_missing_namespace_is_told_to_who_wants_none_made),
		cmocka_unit_test(one_who_may_not_make_namespaces_is_told_which),
		cmocka_unit_test(an_old_namespace_of_that_name_is_waited_for),
		cmocka_unit_test(a_change_is_one_write_with_the_version_that_was_read),
		cmocka_unit_test(nothing_is_written_when_nothing_differs),
		cmocka_unit_test(another_write_in_between_is_a_conflict_that_may_pass),
		cmocka_unit_test(a_conflict_with_ourselves_is_a_success),
		cmocka_unit_test(a_field_of_somebody_else_is_left_alone_unless_forced),
		cmocka_unit_test(labels_are_somebodys_one_by_one),
		cmocka_unit_test(scaling_is_a_patch_of_the_number_alone),
		cmocka_unit_test(scaling_what_was_changed_is_a_conflict),
		cmocka_unit_test(a_restart_changes_a_time_in_the_template),
		cmocka_unit_test(what_is_paused_is_not_restarted),
		cmocka_unit_test(a_deletion_is_of_this_one_and_its_instances_are_followed),
		cmocka_unit_test(one_that_is_gone_or_another_by_now_is_deleted),
		cmocka_unit_test(lack_of_memory_is_a_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
