/* SPDX-License-Identifier: MIT */
/* Instances of one deployment: whose pods are asked for, counted, and shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend/kubernetes/noun.h"
#include "backend/kubernetes/view.h"
#include "support/kube_objects.h"
#include "support/kube_world.h"
#include "torture/alloc.h"
#include "util/pool.h"

#define SETS "GET /apis/apps/v1/namespaces/default/replicasets?limit=500&labelSelector=app%3Dweb"
#define PODS "GET /api/v1/namespaces/default/pods?limit=500&labelSelector=app%3Dweb"
#define NODES "GET /api/v1/nodes?limit=500"
#define ONE_NODE NODES "&fieldSelector=metadata.name%3Dn1"
#define LONG_AGO "2026-11-25T16:10:00Z"
#define LATER "2099-11-25T16:10:00Z"

static struct kube_world w;

static const struct kube_object web = { "web", .revision = 2, .replicas = 3, .generation = 4,
	.observed = 4, .updated = 3, .available = 3 };

static struct kube_live read_live(const struct kube_object *o)
{
	const char *text = kube_deployment_json(o);
	struct kube_live live;

	if (kube_object_decode(&w.call, text, strlen(text), &live) < 0)
		fail_msg("%s", orch_error_last()->message);
	return live;
}

static orch_deployment count(const struct kube_object *o)
{
	const struct kube_live live = read_live(o);
	orch_deployment d = { .desired = o->replicas };

	if (kube_view_count(&w.call, &live, &d) < 0)
		fail_msg("%s", orch_error_last()->message);
	kube_world_done(&w);
	return d;
}

static void assert_counts(const orch_deployment *d, int total, int ready, int updated)
{
	if (d->total != total || d->ready != ready || d->updated != updated)
		fail_msg("%d/%d/%d", (int)d->total, (int)d->ready, (int)d->updated);
}

/* ---- counting ---- */

static const struct kube_object sets[] = {
	{ "s1", .owner = "web", .revision = 1 },
	{ "s2", .owner = "web", .revision = 2, .replicas = 3 },
	{ "s3", .owner = "else", .revision = 2, .replicas = 1 },
	{ "s4", .revision = 2, .replicas = 1 },
};

static void pods_of_its_own_replica_sets_are_counted(void **state)
{
	const struct kube_object pods[] = {
		{ "p1", .owner = "s1", .deleted = LATER },
		{ "p2", .owner = "s1" },
		{ "p3", .owner = "s2" },
		{ "p4", .owner = "s2", .ready = "False" },
		{ "p5", .owner = "s2", .phase = "Failed" },
		{ "p6", .owner = "s3" }, /* another's, whom the selector finds as well */
		{ "p7", .owner = "s4" },
		{ "p8", .owner = NULL },
	};
	const struct kube_step steps[] = {
		{ .request = SETS, .body = kube_sets_json(sets, 4) },
		{ .request = PODS, .body = kube_pods_json(pods, 8), .piece = 100 },
		{ .request = NULL },
	};
	orch_deployment d;

	(void)state;
	kube_world_open(&w, steps);
	d = count(&web);
	assert_counts(&d, 4, 2, 2);
	kube_world_close(&w);
}

/* Until the controller has looked, its numbers are those of the spec before. */
static void none_is_updated_before_the_controller_has_seen_the_change(void **state)
{
	const struct kube_object pods[] = { { "p1", .owner = "s2" } };
	const struct kube_step steps[] = {
		{ .request = SETS, .body = kube_sets_json(sets, 2) },
		{ .request = PODS, .body = kube_pods_json(pods, 1) },
		{ .request = NULL },
	};
	struct kube_object changed = web;
	orch_deployment d;

	(void)state;
	changed.generation = 5;
	changed.replicas = 1;
	kube_world_open(&w, steps);
	d = count(&changed);
	assert_counts(&d, 1, 1, 0);
	kube_world_close(&w);
}

static void without_replica_sets_there_are_no_pods_to_ask_for(void **state)
{
	const struct kube_step steps[] = {
		{ .request = SETS, .body = kube_sets_json(sets + 2, 2) },
		{ .request = NULL },
	};
	orch_deployment d;

	(void)state;
	kube_world_open(&w, steps);
	d = count(&web);
	assert_counts(&d, 0, 0, 0);
	kube_world_close(&w);
}

/* Ready for a moment is not available yet, where the deployment wants more than that. */
static void complete_is_what_the_controller_calls_complete_too(void **state)
{
	static const struct {
		int updated, available;
		int64_t state;
	} cases[] = { { 1, 1, 0 }, { 1, 0, ORCH_DEPLOYMENT_PROGRESSING },
		{ 0, 0, ORCH_DEPLOYMENT_PROGRESSING } };
	const struct kube_object pods[] = { { "p1", .owner = "s2" } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct kube_step steps[] = {
			{ .request = SETS, .body = kube_sets_json(sets, 2) },
			{ .request = PODS, .body = kube_pods_json(pods, 1) },
			{ .request = NULL },
		};
		struct kube_object o = web;
		orch_deployment d;

		o.replicas = 1;
		o.updated = cases[i].updated;
		o.available = cases[i].available;
		kube_world_open(&w, steps);
		d = count(&o);
		assert_counts(&d, 1, 1, 1);
		assert_int_equal(d.state, cases[i].state);
		kube_world_close(&w);
	}
}

/* ---- nodes that do not answer ---- */

static const struct kube_object gone[] = { { "n1", .ready = "Unknown" } };
static const struct kube_object alive[] = { { .name = "n1" }, { "n2", .ready = "False" } };

static void what_a_dead_node_will_not_end_counts_no_more(void **state)
{
	const struct kube_object pods[] = {
		{ "p1", .owner = "s2", .deleted = LONG_AGO },
		{ "p2", .owner = "s2", .ready = "False", .able = "True" },
		{ "p3", .owner = "s2", .node = "n2" },
	};
	const struct kube_step dead[] = {
		{ .request = SETS, .body = kube_sets_json(sets, 2) },
		{ .request = PODS, .body = kube_pods_json(pods, 3) },
		{ .request = ONE_NODE, .body = kube_nodes_json(gone, 1) },
		{ .request = NULL },
	};
	const struct kube_step slow[] = {
		{ .request = SETS, .body = kube_sets_json(sets, 2) },
		{ .request = PODS, .body = kube_pods_json(pods, 3) },
		{ .request = ONE_NODE, .body = kube_nodes_json(alive, 1) },
		{ .request = NULL },
	};
	orch_deployment d;

	(void)state;
	kube_world_open(&w, dead);
	d = count(&web);
	assert_counts(&d, 2, 1, 2);
	kube_world_expect(&w, slow);
	d = count(&web);
	assert_counts(&d, 3, 1, 2);
	kube_world_close(&w);
}

static void a_node_that_is_no_more_does_not_answer(void **state)
{
	const struct kube_object pods[] = { { "p1", .owner = "s2", .deleted = LONG_AGO } };
	const struct kube_step steps[] = {
		{ .request = SETS, .body = kube_sets_json(sets, 2) },
		{ .request = PODS, .body = kube_pods_json(pods, 1) },
		{ .request = ONE_NODE, .body = kube_nodes_json(NULL, 0) },
		{ .request = NULL },
	};
	orch_deployment d;

	(void)state;
	kube_world_open(&w, steps);
	d = count(&web);
	assert_counts(&d, 0, 0, 0);
	kube_world_close(&w);
}

/* Nodes belong to all namespaces: not everybody may look at them. */
static void who_may_not_see_nodes_counts_what_pods_say(void **state)
{
	const struct kube_object pods[] = {
		{ "p1", .owner = "s2", .deleted = LONG_AGO },
		{ "p2", .owner = "s2", .deleted = LONG_AGO, .node = "n2" },
	};
	const struct kube_step steps[] = {
		{ .request = SETS, .body = kube_sets_json(sets, 2) },
		{ .request = PODS, .body = kube_pods_json(pods, 2) },
		{ .request = NODES,
			.status = 403,
			.body = kube_world_status(403, "Forbidden",
				"nodes is forbidden: User \\\"viewer\\\" cannot list resource",
				NULL, NULL) },
		{ .request = NULL },
	};
	orch_deployment d;

	(void)state;
	kube_world_open(&w, steps);
	d = count(&web);
	assert_counts(&d, 2, 0, 0);
	kube_world_close(&w);
}

/* ---- instances ---- */

static const orch_instances *list(const struct kube_object *o)
{
	static orch_deployment_spec spec;
	static orch_instances out;
	struct kube_live live = read_live(o);
	orch_deployment_entry entry = { .live = &live };

	spec = (orch_deployment_spec)ORCH_DEPLOYMENT_SPEC_INIT;
	spec.name = o->name;
	entry.deployment.spec = &spec;
	if (kube_instance_list(&w.call, &entry, &out) < 0)
		fail_msg("%s", orch_error_last()->message);
	kube_world_done(&w);
	return &out;
}

static const orch_instance *of_name(const orch_instances *all, const char *name)
{
	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->items[i]->name, name) == 0)
			return all->items[i];
	fail_msg("no %s", name);
	return NULL;
}

static void instances_are_its_pods_old_and_new(void **state)
{
	const struct kube_object pods[] = {
		{ "p1", .owner = "s1", .deleted = LATER },
		{ "p2", .owner = "s2" },
		{ "p3", .owner = "s3" },
	};
	const struct kube_step steps[] = {
		{ .request = SETS, .body = kube_sets_json(sets, 4) },
		{ .request = PODS, .body = kube_pods_json(pods, 3), .piece = 50 },
		{ .request = ONE_NODE, .body = kube_nodes_json(alive, 1) },
		{ .request = NULL },
	};
	const orch_instances *all;

	(void)state;
	kube_world_open(&w, steps);
	w.call.raw_json = 1;
	all = list(&web);
	assert_int_equal(all->count, 2);
	assert_int_equal(of_name(all, "p1")->state, ORCH_INSTANCE_STOPPING);
	assert_int_equal(of_name(all, "p1")->updated, 0);
	assert_int_equal(of_name(all, "p2")->state, ORCH_INSTANCE_RUNNING);
	assert_int_equal(of_name(all, "p2")->updated, 1);
	assert_string_equal(of_name(all, "p2")->id, "p2");
	assert_string_equal(of_name(all, "p2")->deployment, "web");
	assert_string_equal(of_name(all, "p2")->node, "n1");
	assert_string_equal(of_name(all, "p2")->image, "i:1");
	assert_memory_equal(of_name(all, "p2")->raw_json, "{\"metadata\":{\"name\":\"p2\"", 24);
	kube_world_close(&w);
}

/* Kubernetes keeps pods that were evicted, by the hundred. */
static void ended_pods_show_where_nothing_took_their_place(void **state)
{
	const struct kube_object pods[] = {
		{ "old", .owner = "s2", .phase = "Failed", .created = "2026-11-25T16:00:00Z" },
		{ "new", .owner = "s2", .phase = "Failed", .created = "2026-11-25T16:00:09Z" },
		{ "mid", .owner = "s2", .phase = "Failed", .created = "2026-11-25T16:00:05Z" },
		{ "p1", .owner = "s2" },
		{ "p2", .owner = "s2" },
		{ "done", .owner = "s1", .phase = "Succeeded" },
	};
	const struct kube_step steps[] = {
		{ .request = SETS, .body = kube_sets_json(sets, 2) },
		{ .request = PODS, .body = kube_pods_json(pods, 6) },
		{ .request = NULL },
	};
	const orch_instances *all;

	(void)state;
	kube_world_open(&w, steps);
	all = list(&web); /* wants three */
	assert_int_equal(all->count, 3);
	assert_int_equal(of_name(all, "new")->state, ORCH_INSTANCE_FAILED);
	kube_world_close(&w);
}

static void an_instance_on_a_lost_node_says_so(void **state)
{
	const struct kube_object pods[] = {
		{ "p1", .owner = "s2", .ready = "False", .able = "True" },
		{ "p2", .owner = "s2", .ready = "False", .node = "n2" },
	};
	const struct kube_object nodes[] = { { "n1", .ready = "Unknown" }, { .name = "n2" } };
	const struct kube_step steps[] = {
		{ .request = SETS, .body = kube_sets_json(sets, 2) },
		{ .request = PODS, .body = kube_pods_json(pods, 2) },
		{ .request = NODES, .body = kube_nodes_json(nodes, 2) },
		{ .request = "GET /api/v1/namespaces/default/events?limit=500",
			.body = "{\"items\":[]}" },
		{ .request = NULL },
	};
	const orch_instances *all;

	(void)state;
	kube_world_open(&w, steps);
	all = list(&web);
	assert_int_equal(of_name(all, "p1")->state, ORCH_INSTANCE_UNKNOWN);
	assert_int_equal(of_name(all, "p1")->cause, ORCH_CAUSE_NODE);
	assert_string_equal(of_name(all, "p1")->message,
		"node n1 does not answer: Kubelet stopped posting node status.");
	assert_int_equal(of_name(all, "p2")->state, ORCH_INSTANCE_RUNNING);
	kube_world_close(&w);
}

/* ---- what was said of it ---- */

#define EVENT(about, reason, message, time)                                                        \
	"{\"metadata\":{\"creationTimestamp\":\"2026-11-25T16:00:00Z\"},\"involvedObject\":{"      \
	"\"kind\":\"Pod\",\"uid\":\"" about "\"},\"reason\":\"" reason "\",\"message\":\"" message \
	"\",\"lastTimestamp\":" time ",\"eventTime\":null}"
#define SAID(...) "{\"metadata\":{},\"items\":[" __VA_ARGS__ "]}"
#define EVENTS "GET /api/v1/namespaces/default/events?limit=500&fieldSelector=involvedObject."

/* The newest word counts: a volume that came at last is no news. */
static void a_pod_that_says_nothing_is_explained_by_events(void **state)
{
	static const char said[] = SAID(EVENT("p1", "FailedMount",
		"secret \\\"nosuch\\\" not found", "\"2026-11-25T16:02:00Z\"") "," EVENT("p1",
		"Scheduled", "to n1", "null") "," EVENT("p2", "Pulling", "image",
		"\"2026-11-25T16:01:00Z\"") "," EVENT("p2", "FailedMount", "later",
		"\"2026-11-25T16:00:30Z\"") "," EVENT("other", "FailedMount", "x",
		"\"2026-11-25T16:03:00Z\""));
	const struct kube_object pods[] = {
		{ "p1", .owner = "s2", .phase = "Pending", .ready = "False",
			.waits = "ContainerCreating" },
		{ "p2", .owner = "s2", .phase = "Pending", .ready = "False",
			.waits = "ContainerCreating" },
		{ "p3", .owner = "s2" },
	};
	const struct kube_step steps[] = {
		{ .request = SETS, .body = kube_sets_json(sets, 2) },
		{ .request = PODS, .body = kube_pods_json(pods, 3) },
		{ .request = ONE_NODE, .body = kube_nodes_json(alive, 1) },
		{ .request = EVENTS "kind%3DPod", .body = said, .piece = 33 },
		{ .request = NULL },
	};
	const orch_instances *all;

	(void)state;
	kube_world_open(&w, steps);
	all = list(&web);
	assert_int_equal(of_name(all, "p1")->cause, ORCH_CAUSE_START);
	assert_string_equal(
		of_name(all, "p1")->message, "FailedMount: secret \"nosuch\" not found");
	assert_int_equal(of_name(all, "p2")->cause, ORCH_CAUSE_NONE);
	assert_string_equal(of_name(all, "p2")->message, "");
	kube_world_close(&w);
}

static void who_may_not_read_events_is_told_what_pods_say(void **state)
{
	const struct kube_object pods[] = { { "p1", .owner = "s2", .phase = "Pending",
		.ready = "False", .waits = "ContainerCreating" } };
	const struct kube_step steps[] = {
		{ .request = SETS, .body = kube_sets_json(sets, 2) },
		{ .request = PODS, .body = kube_pods_json(pods, 1) },
		{ .request = ONE_NODE, .body = kube_nodes_json(alive, 1) },
		{ .request = EVENTS "uid%3Dp1",
			.status = 403,
			.body = kube_world_status(
				403, "Forbidden", "events is forbidden", NULL, NULL) },
		{ .request = NULL },
	};
	const orch_instances *all;

	(void)state;
	kube_world_open(&w, steps);
	all = list(&web);
	assert_int_equal(of_name(all, "p1")->state, ORCH_INSTANCE_PENDING);
	assert_int_equal(of_name(all, "p1")->cause, ORCH_CAUSE_NONE);
	kube_world_close(&w);
}

/* ---- want of memory ---- */

static const char *web_json;

static orch_status count_and_list(void *payload)
{
	const struct kube_step *steps = payload;
	static orch_deployment_spec spec;
	void *result = orch__result_new(1);
	orch_deployment_entry entry = { .live = NULL };
	orch_deployment d = { .desired = 3 };
	orch_instances all;
	struct kube_live live;
	orch_status st;
	orch_call call = w.call;

	if (!result)
		return ORCH_E_NOMEM;
	w.steps = steps;
	w.at = 0;
	spec = (orch_deployment_spec)ORCH_DEPLOYMENT_SPEC_INIT;
	spec.name = "web";
	call.pool = orch__result_pool(result);
	entry.deployment.spec = &spec;
	entry.live = &live;
	st = kube_object_decode(&call, web_json, strlen(web_json), &live);
	if (st == ORCH_OK)
		st = kube_view_count(&call, &live, &d);
	if (st == ORCH_OK)
		st = kube_instance_list(&call, &entry, &all);
	orch__result_free(result);
	return st;
}

static void want_of_memory_is_told(void **state)
{
	const struct kube_object pods[] = {
		{ "p1", .owner = "s2", .deleted = LONG_AGO },
		{ "p2", .owner = "s2", .ready = "False", .able = "True" },
		{ "p3", .owner = "s2", .node = "n2", .phase = "Pending", .ready = "False",
			.waits = "ContainerCreating" },
	};
	const struct kube_object nodes[] = { { "n1", .ready = "Unknown" }, { .name = "n2" } };
	const struct kube_step steps[] = {
		{ .request = SETS, .body = kube_sets_json(sets, 2) },
		{ .request = PODS, .body = kube_pods_json(pods, 3) },
		{ .request = ONE_NODE, .body = kube_nodes_json(gone, 1) },
		{ .request = SETS, .body = kube_sets_json(sets, 2) },
		{ .request = PODS, .body = kube_pods_json(pods, 3) },
		{ .request = NODES, .body = kube_nodes_json(nodes, 2) },
		{ .request = EVENTS "uid%3Dp3",
			.body = SAID(EVENT("p3", "FailedMount", "no volume", "null")) },
		{ .request = NULL },
	};

	(void)state;
	web_json = kube_deployment_json(&web);
	kube_world_open(&w, steps);
	assert_int_equal(count_and_list((void *)steps), ORCH_OK); /* connects */
	torture_run(count_and_list, (void *)steps);
	kube_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pods_of_its_own_replica_sets_are_counted),
		cmocka_unit_test(none_is_updated_before_the_controller_has_seen_the_change),
		cmocka_unit_test(without_replica_sets_there_are_no_pods_to_ask_for),
		cmocka_unit_test(complete_is_what_the_controller_calls_complete_too),
		cmocka_unit_test(what_a_dead_node_will_not_end_counts_no_more),
		cmocka_unit_test(a_node_that_is_no_more_does_not_answer),
		cmocka_unit_test(who_may_not_see_nodes_counts_what_pods_say),
		cmocka_unit_test(instances_are_its_pods_old_and_new),
		cmocka_unit_test(ended_pods_show_where_nothing_took_their_place),
		cmocka_unit_test(an_instance_on_a_lost_node_says_so),
		cmocka_unit_test(a_pod_that_says_nothing_is_explained_by_events),
		cmocka_unit_test(who_may_not_read_events_is_told_what_pods_say),
		cmocka_unit_test(want_of_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
