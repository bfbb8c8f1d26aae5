/* SPDX-License-Identifier: MIT */
/* Lists: what is asked for, what is counted, and pages that break. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend/kubernetes/noun.h"
#include "support/kube_objects.h"
#include "support/kube_world.h"
#include "torture/alloc.h"
#include "util/pool.h"

#define NS "/namespaces/default"
#define ENDED "&fieldSelector=status.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed"
#define PODS "GET /api/v1" NS "/pods?limit=500" ENDED
#define SETS "GET /apis/apps/v1" NS "/replicasets?limit=500"
#define DEPLOYMENTS "GET /apis/apps/v1" NS "/deployments?limit=500"
#define EMPTY "{\"items\":[]}"
#define LONG_AGO "2026-11-25T16:10:00Z"
#define LATER "2099-11-25T16:10:00Z"

static struct kube_world w;
static char seen[1024];

/* "web 2/1/1, ..." of total, ready, updated. */
static orch_status list(const orch_list_options *options)
{
	void *cursor = NULL;
	orch_status st = kube_deployment_open(&w.call, options, &cursor);
	int got = 1;

	seen[0] = '\0';
	while (st == ORCH_OK && got) {
		orch_deployment_entry e = { .live = NULL };
		const size_t n = strlen(seen);

		st = kube_deployment_next(&w.call, cursor, &e, &got);
		if (st == ORCH_OK && got)
			snprintf(seen + n, sizeof seen - n, "%s%s/%s %d/%d/%d", n ? ", " : "",
				e.deployment.ns, e.deployment.spec->name, (int)e.deployment.total,
				(int)e.deployment.ready, (int)e.deployment.updated);
		if (st == ORCH_OK && got && w.call.raw_json)
			assert_memory_equal(e.deployment.raw_json, "{\"metadata\":{\"name\":", 20);
	}
	if (cursor)
		kube_deployment_close(w.call.backend, cursor);
	return st;
}

static void expect(const orch_list_options *options, const char *wanted)
{
	orch_status st = list(options);

	kube_world_done(&w);
	if (st != ORCH_OK)
		fail_msg("%s", orch_error_last()->message);
	assert_string_equal(seen, wanted);
}

static const struct kube_object deployments[] = {
	{ "web", .revision = 2, .replicas = 2, .generation = 3, .observed = 3, .updated = 1,
		.available = 1, .labels = "\"tier\":\"front\"" },
	{ "api", .revision = 4, .generation = 1, .observed = 1 },
	{ "leaving", .revision = 1, .deleted = LONG_AGO },
	{ "new", .replicas = 1, .generation = 2, .observed = 1, .revision = 1 },
};
static const struct kube_object sets[] = {
	{ "w1", .owner = "web", .revision = 1 },
	{ "w2", .owner = "web", .revision = 2, .replicas = 2 },
	{ "a3", .owner = "api", .revision = 3 },
	{ "a4", .owner = "api", .revision = 4 }, /* no pods yet */
	{ "n1", .owner = "new", .revision = 1 },
	{ "lonely", .revision = 1 },
};
static const struct kube_object pods[] = {
	{ "p1", .owner = "w1" },
	{ "p2", .owner = "w1", .deleted = LATER },
	{ "p3", .owner = "w2" },
	{ "p4", .owner = "a3" },
	{ "p5", .owner = "n1" },
	{ "p6", .owner = "lonely" },
	{ "p7", .owner = NULL },
};

static void a_list_holds_all_deployments_with_their_counts(void **state)
{
	const struct kube_step steps[] = {
		{ .request = PODS, .body = kube_pods_json(pods, 7), .piece = 101 },
		{ .request = SETS, .body = kube_sets_json(sets, 6), .piece = 57 },
		{ .request = DEPLOYMENTS, .body = kube_deployments_json(deployments, 4, "") },
		{ .request = NULL },
	};
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	kube_world_open(&w, steps);
	expect(&options, "default/web 3/2/1, default/api 1/1/0, default/new 1/1/0");
	kube_world_expect(&w, steps);
	w.call.raw_json = 1;
	expect(&options, "default/web 3/2/1, default/api 1/1/0, default/new 1/1/0");
	kube_world_close(&w);
}

static void of_all_namespaces_it_asks_once(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET /api/v1/pods?limit=500", .body = kube_pods_json(pods, 1) },
		{ .request = "GET /apis/apps/v1/replicasets?limit=500",
			.body = kube_sets_json(sets, 2) },
		{ .request = "GET /apis/apps/v1/deployments?limit=500",
			.body = kube_deployments_json(deployments, 1, "") },
		{ .request = NULL },
	};
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	options.all_namespaces = 1;
	kube_world_open(&w, steps);
	expect(&options, "default/web 1/1/0");
	kube_world_close(&w);
}

/* Two pages of deployments: the counts are those of the beginning. */
static void pages_follow_one_another(void **state)
{
	const struct kube_step steps[] = {
		{ .request = PODS, .body = kube_pods_json(pods, 3) },
		{ .request = SETS, .body = kube_sets_json(sets, 2) },
		{ .request = DEPLOYMENTS,
			.body = kube_deployments_json(deployments, 1, "\"continue\":\"more\"") },
		{ .request = DEPLOYMENTS "&continue=more",
			.body = kube_deployments_json(deployments + 1, 1, "") },
		{ .request = NULL },
	};
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	kube_world_open(&w, steps);
	expect(&options, "default/web 3/2/1, default/api 0/0/0");
	kube_world_close(&w);
}

/* Without pods there is no need to know the replica sets. */
static void what_is_empty_is_asked_for_in_short(void **state)
{
	const struct kube_step steps[] = {
		{ .request = PODS, .body = "{\"items\":null}" },
		{ .request = DEPLOYMENTS, .body = EMPTY },
		{ .request = NULL },
	};
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	kube_world_open(&w, steps);
	expect(&options, "");
	kube_world_close(&w);
}

static void a_list_of_pods_that_breaks_is_counted_anew(void **state)
{
	const struct kube_step steps[] = {
		{ .request = PODS,
			.status = 200,
			.body = kube_pods_json(pods, 3),
			.piece = 400,
			.fault = ORCH_E_UNAVAILABLE },
		{ .request = PODS, .body = kube_pods_json(pods, 3) },
		{ .request = SETS, .body = kube_sets_json(sets, 2) },
		{ .request = DEPLOYMENTS, .body = kube_deployments_json(deployments, 1, "") },
		{ .request = NULL },
	};
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	kube_world_open(&w, steps);
	expect(&options, "default/web 3/2/1");
	kube_world_close(&w);
}

static void what_a_dead_node_will_not_end_counts_no_more(void **state)
{
	const struct kube_object lost[] = {
		{ "p1", .owner = "w1", .deleted = LONG_AGO },
		{ "p2", .owner = "w1", .deleted = LONG_AGO, .node = "n2" },
		{ "p3", .owner = "w2" },
	};
	const struct kube_object nodes[] = { { "n1", .ready = "Unknown" }, { .name = "n2" } };
	const struct kube_step steps[] = {
		{ .request = PODS, .body = kube_pods_json(lost, 3) },
		{ .request = "GET /api/v1/nodes?limit=500", .body = kube_nodes_json(nodes, 2) },
		{ .request = SETS, .body = kube_sets_json(sets, 2) },
		{ .request = DEPLOYMENTS, .body = kube_deployments_json(deployments, 1, "") },
		{ .request = NULL },
	};
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	kube_world_open(&w, steps);
	expect(&options, "default/web 2/1/1");
	kube_world_close(&w);
}

/* ---- selectors ---- */

/* clang-format off */
static const struct {
	const char *selector, *asked; /* of the server; NULL: nothing */
	const char *found;
} selections[] = {
	{ "tier=front", "tier in (front)", "default/web 0/0/0" },
	{ " tier == front ", "tier in (front)", "default/web 0/0/0" },
	{ "tier!=front", "tier notin (front)", "default/api 0/0/0" },
	{ "tier in (front, back),!gone", "tier in (front,back),!gone", "default/web 0/0/0" },
	{ "tier notin (back)", "tier notin (back)", "default/web 0/0/0, default/api 0/0/0" },
	{ "example.com/team", "example.com/team", "" },
	{ "tier=", "tier in ()", "" },
	{ "", NULL, "default/web 0/0/0, default/api 0/0/0" },
	/* What liborch writes for itself is none of its user's. */
	{ "!app.kubernetes.io/name", NULL, "default/web 0/0/0, default/api 0/0/0" },
	{ "orch.io/managed,tier", "tier", "" },
};
/* clang-format on */

static const char *asked_selector(void)
{
	static char text[256];
	const char *at = strstr(w.query, "labelSelector=");

	if (!at)
		return NULL;
	snprintf(text, sizeof text, "%s", at + strlen("labelSelector="));
	return text;
}

static void selectors_are_the_servers_to_judge_and_ours(void **state)
{
	const struct kube_step steps[] = {
		{ .request = PODS, .body = EMPTY },
		{ .request = DEPLOYMENTS, .body = kube_deployments_json(deployments, 2, "") },
		{ .request = NULL },
	};
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	kube_world_open(&w, steps);
	for (size_t i = 0; i < sizeof selections / sizeof *selections; i++) {
		const char *asked;

		kube_world_expect(&w, steps);
		options.selector = selections[i].selector;
		expect(&options, selections[i].found);
		asked = asked_selector();
		if (selections[i].asked ? !asked || strcmp(asked, selections[i].asked) != 0
					: asked != NULL)
			fail_msg("'%s' asked '%s'", selections[i].selector, asked ? asked : "");
	}
	kube_world_close(&w);
}

/* The server would refuse the whole selector for a key that no label can have. */
static void what_no_label_can_be_is_not_asked_for(void **state)
{
	static const char *const odd[] = { "a_=x", "-a", "a/b/c", "k=-v",
		"this-is-a-key-of-more-than-sixty-three-characters-which-no-label-can-have=x" };
	const struct kube_step steps[] = {
		{ .request = PODS, .body = EMPTY },
		{ .request = DEPLOYMENTS, .body = kube_deployments_json(deployments, 2, "") },
		{ .request = NULL },
	};
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	kube_world_open(&w, steps);
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		kube_world_expect(&w, steps);
		options.selector = odd[i];
		expect(&options, "");
		assert_null(asked_selector());
	}
	kube_world_close(&w);
}

/* ---- failures ---- */

static void a_refusal_ends_the_list(void **state)
{
	const struct kube_step steps[] = {
		{ .request = PODS,
			.status = 403,
			.body = kube_world_status(403, "Forbidden",
				"pods is forbidden: User \\\"viewer\\\" cannot list resource", NULL,
				NULL) },
		{ .request = NULL },
	};
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	kube_world_open(&w, steps);
	assert_int_equal(list(&options), ORCH_E_FORBIDDEN);
	kube_world_done(&w);
	if (!strstr(orch_error_last()->message, "cannot list resource"))
		fail_msg("%s", orch_error_last()->message);
	kube_world_close(&w);
}

static orch_status list_once(void *payload)
{
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;
	void *result = orch__result_new(1), *cursor = NULL;
	orch_call call = w.call;
	orch_status st;
	int got = 1;

	if (!result)
		return ORCH_E_NOMEM;
	w.steps = payload;
	w.at = 0;
	call.pool = orch__result_pool(result);
	call.raw_json = 1;
	options.selector = "tier=front";
	st = kube_deployment_open(&call, &options, &cursor);
	while (st == ORCH_OK && got) {
		orch_deployment_entry e = { .live = NULL };

		st = kube_deployment_next(&call, cursor, &e, &got);
	}
	if (cursor)
		kube_deployment_close(call.backend, cursor);
	orch__result_free(result);
	return st;
}

static void want_of_memory_is_told(void **state)
{
	const struct kube_object lost[] = {
		{ "p1", .owner = "w1", .deleted = LONG_AGO },
		{ "p3", .owner = "w2" },
	};
	const struct kube_object nodes[] = { { "n1", .ready = "Unknown" }, { .name = "n2" } };
	const struct kube_step steps[] = {
		{ .request = PODS, .body = kube_pods_json(lost, 2) },
		{ .request = "GET /api/v1/nodes?limit=500", .body = kube_nodes_json(nodes, 2) },
		{ .request = SETS, .body = kube_sets_json(sets, 2) },
		{ .request = DEPLOYMENTS, .body = kube_deployments_json(deployments, 2, "") },
		{ .request = NULL },
	};

	(void)state;
	kube_world_open(&w, steps);
	assert_int_equal(list_once((void *)steps), ORCH_OK); /* connects */
	torture_run(list_once, (void *)steps);
	kube_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_holds_all_deployments_with_their_counts),
		cmocka_unit_test(of_all_namespaces_it_asks_once),
		cmocka_unit_test(pages_follow_one_another),
		cmocka_unit_test(what_is_empty_is_asked_for_in_short),
		cmocka_unit_test(a_list_of_pods_that_breaks_is_counted_anew),
		cmocka_unit_test(what_a_dead_node_will_not_end_counts_no_more),
		cmocka_unit_test(selectors_are_the_servers_to_judge_and_ours),
		cmocka_unit_test(what_no_label_can_be_is_not_asked_for),
		cmocka_unit_test(a_refusal_ends_the_list),
		cmocka_unit_test(want_of_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
