/* SPDX-License-Identifier: MIT */
/* Namespaces of Kubernetes as a noun: what is asked, and what the answers mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "backend/kubernetes/noun.h"
#include "orch/namespace.h"
#include "support/kube_world.h"
#include "torture/alloc.h"
#include "util/pool.h"

#define SHOP "/api/v1/namespaces/shop"
#define META(name, uid, more)                                                                      \
	"\"metadata\":{\"name\":\"" name "\",\"uid\":\"" uid                                       \
	"\",\"resourceVersion\":\"7\",\"creationTimestamp\":\"2026-11-25T10:47:04Z\"" more "}"
#define ACTIVE(name, uid) "{" META(name, uid, "") ",\"status\":{\"phase\":\"Active\"}}"
#define GOING(conditions)                                                                          \
	"{" META("shop", "u1",                                                                     \
		",\"deletionTimestamp\":\"2026-11-25T10:48:00Z\"") ",\"status\":{\"phase\":"       \
								   "\"Terminating\","              \
								   "\"conditions\":[" conditions   \
								   "]}}"
#define CONDITION(type, status, message)                                                           \
	"{\"type\":\"" type "\",\"status\":\"" status "\",\"reason\":\"R\",\"message\":\"" message \
	"\"}"

static struct kube_world w;

static const char *gone(void)
{
	return kube_world_status(
		404, "NotFound", "namespaces \\\"shop\\\" not found", "shop", NULL);
}

static void open_world(const struct kube_step *steps)
{
	kube_world_open(&w, steps);
	w.call.ns = "shop";
}

static void close_world(void)
{
	kube_world_done(&w);
	kube_world_close(&w);
}

static void a_list_says_what_they_are_and_why_they_hang(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET /api/v1/namespaces",
			.body = "{\"kind\":\"NamespaceList\",\"metadata\":{},\"items\":[" ACTIVE(
				"prod",
				"u2") "," GOING(CONDITION("NamespaceDeletionDiscoveryFailure",
				"False", "fine") "," CONDITION("NamespaceContentRemaining", "True",
				"Some resources are remaining: pods. has 1 resource "
				"instances")) "]}",
			.piece = 7 },
		{ .request = NULL },
	};
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;
	orch_namespaces list = { NULL, 0 };

	(void)state;
	open_world(steps);
	options.selector = "team=a";
	assert_int_equal(kube_ns_list(&w.call, &options, &list), ORCH_OK);
	assert_non_null(strstr(w.query, "labelSelector=team=a"));
	assert_int_equal(list.count, 2);
	assert_string_equal(list.items[0]->name, "prod");
	assert_int_equal(list.items[0]->state, ORCH_NAMESPACE_ACTIVE);
	assert_string_equal(list.items[0]->message, "");
	assert_int_equal(list.items[0]->created_ms, INT64_C(1795603624000));
	assert_int_equal(list.items[1]->state, ORCH_NAMESPACE_TERMINATING);
	assert_string_equal(list.items[1]->message,
		"Some resources are remaining: pods. has 1 resource instances");
	close_world();
}

static void one_that_is_missing_is_made(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " SHOP, .status = 404, .body = gone() },
		{ .request = "POST /api/v1/namespaces",
			.status = 201,
			.body = ACTIVE("shop", "u1") },
		{ .request = NULL },
	};

	(void)state;
	open_world(steps);
	assert_int_equal(kube_ns_put(&w.call), ORCH_OK);
	assert_non_null(strstr(w.posted, "\"name\":\"shop\""));
	close_world();
}

static void one_that_is_there_is_left_alone(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " SHOP, .body = ACTIVE("shop", "u1") },
		{ .request = NULL },
	};

	(void)state;
	open_world(steps);
	assert_int_equal(kube_ns_put(&w.call), ORCH_OK);
	close_world();
}

static void one_that_somebody_else_makes_meanwhile_is_made(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " SHOP, .status = 404, .body = gone() },
		{ .request = "POST /api/v1/namespaces",
			.status = 409,
			.body = kube_world_status(409, "AlreadyExists",
				"namespaces \\\"shop\\\" already exists", "shop", NULL) },
		{ .request = "GET " SHOP, .body = ACTIVE("shop", "u1") },
		{ .request = NULL },
	};

	(void)state;
	open_world(steps);
	assert_int_equal(kube_ns_put(&w.call), ORCH_OK);
	close_world();
}

static void one_on_its_way_out_is_a_conflict(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " SHOP, .body = GOING("") },
		{ .request = NULL },
	};

	(void)state;
	open_world(steps);
	assert_int_equal(kube_ns_put(&w.call), ORCH_E_CONFLICT);
	assert_non_null(strstr(orch_error_last()->message, "shop is being deleted"));
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
	close_world();
}

static void it_is_deleted_by_its_uid_and_followed_by_it(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " SHOP, .body = ACTIVE("shop", "u1") },
		{ .request = "DELETE " SHOP, .body = GOING("") },
		{ .request = "GET " SHOP,
			.body = GOING(CONDITION("NamespaceContentRemaining", "True",
				"Some resources are remaining: pods.")) },
		{ .request = "GET " SHOP, .body = ACTIVE("shop", "another") },
		{ .request = "GET " SHOP, .status = 404, .body = gone() },
		{ .request = NULL },
	};
	const void *live = NULL;
	const char *why = NULL;
	int64_t left = -1;

	(void)state;
	open_world(steps);
	assert_int_equal(kube_ns_remove(&w.call, &live), ORCH_OK);
	assert_non_null(strstr(w.posted, "\"uid\":\"u1\""));
	assert_int_equal(kube_ns_remaining(&w.call, live, &left, &why), ORCH_OK);
	assert_int_equal(left, 1);
	assert_string_equal(why, "it is still there: Some resources are remaining: pods.");
	assert_int_equal(kube_ns_remaining(&w.call, live, &left, &why), ORCH_OK);
	assert_int_equal(left, 0); /* that one is somebody else's */
	assert_int_equal(kube_ns_remaining(&w.call, live, &left, &why), ORCH_OK);
	assert_int_equal(left, 0);
	assert_int_equal(orch_error_last()->status, ORCH_OK);
	close_world();
}

static void one_that_is_being_deleted_is_only_waited_for(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " SHOP, .body = GOING("") },
		{ .request = NULL },
	};
	const void *live = NULL;

	(void)state;
	open_world(steps);
	assert_int_equal(kube_ns_remove(&w.call, &live), ORCH_OK);
	assert_string_equal(live, "u1");
	close_world();
}

static void one_that_is_not_there_is_not_found(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET " SHOP, .status = 404, .body = gone() },
		{ .request = NULL },
	};
	const void *live = NULL;

	(void)state;
	open_world(steps);
	assert_int_equal(kube_ns_remove(&w.call, &live), ORCH_E_NOTFOUND);
	assert_null(live);
	close_world();
}

static orch_status list_in_a_pool(void *payload)
{
	const orch_list_options *options = payload;
	void *result = orch__result_new(1);
	orch_namespaces list = { NULL, 0 };
	orch_call call = w.call;
	orch_status st = ORCH_E_NOMEM;

	w.at = 0;
	if (result) {
		call.pool = orch__result_pool(result);
		st = kube_ns_list(&call, options, &list);
	}
	orch__result_free(result);
	return st;
}

static void a_list_survives_any_refused_request(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET /api/v1/namespaces",
			.body = "{\"kind\":\"NamespaceList\",\"metadata\":{},\"items\":[" GOING(
				CONDITION("A", "True", "one") "," CONDITION(
					"B", "True", "two")) "]}" },
		{ .request = NULL },
	};
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	open_world(steps);
	w.call.raw_json = 1;
	assert_int_equal(list_in_a_pool(&options), ORCH_OK); /* it is connected from now on */
	torture_run(list_in_a_pool, &options);
	kube_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_says_what_they_are_and_why_they_hang),
		cmocka_unit_test(one_that_is_missing_is_made),
		cmocka_unit_test(one_that_is_there_is_left_alone),
		cmocka_unit_test(one_that_somebody_else_makes_meanwhile_is_made),
		cmocka_unit_test(one_on_its_way_out_is_a_conflict),
		cmocka_unit_test(it_is_deleted_by_its_uid_and_followed_by_it),
		cmocka_unit_test(one_that_is_being_deleted_is_only_waited_for),
		cmocka_unit_test(one_that_is_not_there_is_not_found),
		cmocka_unit_test(a_list_survives_any_refused_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
