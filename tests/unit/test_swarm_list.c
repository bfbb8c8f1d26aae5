/* SPDX-License-Identifier: MIT */
/* Lists: what is asked for, what is counted, and a stream that breaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend/swarm/noun.h"
#include "support/swarm_world.h"
#include "torture/alloc.h"
#include "util/pool.h"

#define V "/v1.41"
#define NODES "GET " V "/nodes"
#define TASKS "GET " V "/tasks?filters=%7B%7D"
#define CURRENT "GET " V "/tasks?filters=%7B%22_up-to-date%22%3A%5B%22true%22%5D%7D"
#define SERVICES "GET " V "/services?filters=%7B%7D"
#define M(n) ((n) + 1)

#define TASK(id, service, state, desired)                                                          \
	"{\"ID\":\"" id "\",\"ServiceID\":\"" service                                              \
	"\",\"NodeID\":\"n1\",\"Status\":{\"State\":"                                              \
	"\"" state "\"},\"DesiredState\":\"" desired "\"}"
#define SERVICE(id, name, labels, more)                                                            \
	"{\"ID\":\"" id "\",\"Version\":{\"Index\":1},\"Spec\":{\"Name\":\"" name                  \
	"\",\"Labels\":{" labels "},\"Mode\":{" more "}}}"
#define TWO "\"Replicated\":{\"Replicas\":2}"

static const char nodes[] = "[{\"ID\":\"n1\",\"Status\":{\"State\":\"ready\"}}]";
static const char tasks[] = "[" TASK("t1", "a", "running", "running") "," TASK(
	"t2", "a", "running", "shutdown") "," TASK("t3", "a", "failed", "shutdown") "," TASK("t4",
	"c", "starting", "running") "]";
static const char current[] =
	"[" TASK("t1", "a", "running", "running") "," TASK("t3", "a", "failed", "shutdown") "]";
static const char services[] = "[" SERVICE("a", "web", "\"k\":\"v\"", TWO) ",\n" SERVICE(
	"g", "agent", "", "\"Global\":{}") "," SERVICE("b", "shop_db",
	"\"com.docker.stack.namespace\":\"shop\"", TWO) "," SERVICE("c", "api", "", TWO) "]";

static struct swarm_world w;
static char seen[512];

/* "web 2/1/1, ..." of total, ready, updated. */
static orch_status list(const orch_list_options *options)
{
	void *cursor = NULL;
	orch_status st = swarm_deployment_open(&w.call, options, &cursor);
	int got = 1;

	seen[0] = '\0';
	while (st == ORCH_OK && got) {
		orch_deployment_entry e = { .live = NULL };
		const size_t n = strlen(seen);

		st = swarm_deployment_next(&w.call, cursor, &e, &got);
		if (st == ORCH_OK && got)
			snprintf(seen + n, sizeof seen - n, "%s%s/%s %d/%d/%d", n ? ", " : "",
				e.deployment.ns, e.deployment.spec->name, (int)e.deployment.total,
				(int)e.deployment.ready, (int)e.deployment.updated);
		if (st == ORCH_OK && got && w.call.raw_json) {
			assert_memory_equal(e.deployment.raw_json, "{\"ID\":\"", 7);
			assert_string_equal(
				e.deployment.raw_json + strlen(e.deployment.raw_json) - 3, "}}}");
			assert_non_null(strstr(e.deployment.raw_json, e.deployment.spec->name));
		}
	}
	if (cursor)
		swarm_deployment_close(w.call.backend, cursor);
	return st;
}

static void expect(const orch_list_options *options, const char *wanted)
{
	orch_status st = list(options);

	swarm_world_done(&w);
	if (st != ORCH_OK)
		fail_msg("%s", orch_error_last()->message);
	assert_string_equal(seen, wanted);
}

static struct swarm_step usual[] = {
	{ .request = NODES, .body = nodes },
	{ .request = TASKS, .body = tasks, .piece = 3 },
	{ .request = CURRENT, .body = current },
	{ .request = SERVICES, .body = services, .piece = 11 },
	{ .request = NULL },
};

static void a_list_holds_deployments_of_the_namespace_with_their_counts(void **state)
{
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	swarm_world_open(&w, 1, usual);
	expect(&options, "default/web 2/1/1, default/api 1/0/0");
	swarm_world_expect(&w, usual);
	w.call.raw_json = 1;
	options.all_namespaces = 1;
	expect(&options, "default/web 2/1/1, shop/db 0/0/0, default/api 1/0/0");
	swarm_world_close(&w);
}

static void a_namespace_is_asked_for_by_its_prefix(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = NODES, .body = nodes },
		{ .request = "GET " V "/tasks?filters=%7B%22name%22%3A%5B%22shop_%22%5D%7D",
			.body = "[]" },
		{ .request = "GET " V
			     "/tasks?filters=%7B%22name%22%3A%5B%22shop_%22%5D%2C%22_up-to-",
			.body = "[]" },
		{ .request = "GET " V "/services?filters=%7B%22name%22%3A%5B%22shop_%22%5D%7D",
			.body = "[" SERVICE("b", "shop_db", "\"orch.io/namespace\":\"shop\"",
				TWO) "," SERVICE("c", "shop_x", "", TWO) "]" },
		{ .request = NULL },
	};
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	swarm_world_open(&w, 1, steps);
	w.call.ns = "shop";
	expect(&options, "shop/db 0/0/0");
	swarm_world_close(&w);
}

static void the_engine_sorts_out_what_it_can(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = NODES, .body = nodes },
		{ .request = TASKS, .body = tasks },
		{ .request = CURRENT, .body = current },
		{ .request = "GET " V
			     "/services?filters=%7B%22label%22%3A%5B%22a%3D1%22%2C%22b%22%2C%22"
			     "c%3Dx%22%5D%7D",
			.body = "[" SERVICE("a", "yes", "\"a\":\"1\",\"b\":\"\",\"c\":\"x\"",
				TWO) "," SERVICE("b", "no",
				"\"a\":\"1\",\"b\":\"\",\"c\":\"x\",\"d\":\"\"",
				TWO) "," SERVICE("c", "nor",
				"\"a\":\"1\",\"b\":\"\",\"c\":\"x\",\"e\":\"1\"", TWO) "]" },
		{ .request = NULL },
	};
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	swarm_world_open(&w, 1, steps);
	options.selector = "a=1,b, c in (x), !d, e!=1, f notin (1,2)";
	expect(&options, "default/yes 2/1/1");
	swarm_world_close(&w);
}

static void a_stream_that_breaks_goes_on_elsewhere_without_repeating(void **state)
{
	static const char half[] = "[" SERVICE("a", "web", "", TWO) ",{\"ID\":\"b";
	static const char whole[] = "[" SERVICE("b", "new", "", TWO) "," SERVICE(
		"a", "web", "", TWO) "," SERVICE("c", "api", "", TWO) "]";
	const struct swarm_step steps[] = {
		{ .request = NODES, .body = nodes, .endpoint = M(0) },
		{ .request = TASKS, .body = tasks },
		{ .request = CURRENT, .body = current },
		{ .request = SERVICES, .status = 200, .body = half, .fault = ORCH_E_NETWORK },
		{ .request = SERVICES, .status = 503, .body = "", .endpoint = M(1) },
		{ .request = SERVICES, .body = whole, .endpoint = M(0) },
		{ .request = NULL },
	};
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	swarm_world_open(&w, 2, steps);
	w.call.raw_json = 1;
	expect(&options, "default/web 2/1/1, default/new 0/0/0, default/api 1/0/0");
	swarm_world_close(&w);
}

static void counts_of_a_list_that_breaks_are_not_added_twice(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = NODES, .body = nodes },
		{ .request = TASKS, .status = 200, .body = tasks, .fault = ORCH_E_NETWORK },
		{ .request = TASKS, .body = tasks },
		{ .request = CURRENT, .status = 200, .body = current, .fault = ORCH_E_NETWORK },
		{ .request = CURRENT, .body = current },
		{ .request = SERVICES, .body = services },
		{ .request = NULL },
	};
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	swarm_world_open(&w, 1, steps);
	expect(&options, "default/web 2/1/1, default/api 1/0/0");
	swarm_world_close(&w);
}

static void a_refusal_and_nonsense_end_it(void **state)
{
	static const struct {
		int status;
		const char *body;
		orch_status expected;
	} ends[] = {
		{ 401, "{\"message\":\"no\"}", ORCH_E_AUTH },
		{ 200, "{}", ORCH_E_PROTOCOL },
		{ 200, "[{\"ID\":1}]", ORCH_E_PROTOCOL },
		{ 200, "[", ORCH_E_PROTOCOL },
	};
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct swarm_step steps[5];

		memcpy(steps, usual, sizeof steps);
		steps[3].status = ends[i].status;
		steps[3].body = ends[i].body;
		swarm_world_open(&w, 1, steps);
		assert_int_equal(list(&options), ends[i].expected);
		swarm_world_done(&w);
		swarm_world_close(&w);
	}
}

static void a_cursor_may_be_closed_in_the_middle(void **state)
{
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;
	orch_deployment_entry e = { .live = NULL };
	void *cursor;
	int got = 0;

	(void)state;
	swarm_world_open(&w, 1, usual);
	assert_int_equal(swarm_deployment_open(&w.call, &options, &cursor), ORCH_OK);
	assert_int_equal(swarm_deployment_next(&w.call, cursor, &e, &got), ORCH_OK);
	assert_int_equal(got, 1);
	swarm_deployment_close(w.call.backend, cursor);
	swarm_world_close(&w);
}

static orch_status list_alone(void *payload)
{
	const orch_call keep = w.call;
	void *result = orch__result_new(1);
	orch_status st = ORCH_E_NOMEM;

	w.at = 0;
	w.call.pool = result ? orch__result_pool(result) : NULL;
	if (result)
		st = list(payload);
	w.call = keep;
	orch__result_free(result);
	return st;
}

static void lack_of_memory_is_a_status(void **state)
{
	orch_list_options options = ORCH_LIST_OPTIONS_INIT;

	(void)state;
	options.selector = "!x";
	swarm_world_open(&w, 1, usual);
	w.call.raw_json = 1;
	torture_run(list_alone, &options);
	swarm_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_holds_deployments_of_the_namespace_with_their_counts),
		cmocka_unit_test(a_namespace_is_asked_for_by_its_prefix),
		cmocka_unit_test(the_engine_sorts_out_what_it_can),
		cmocka_unit_test(a_stream_that_breaks_goes_on_elsewhere_without_repeating),
		cmocka_unit_test(counts_of_a_list_that_breaks_are_not_added_twice),
		cmocka_unit_test(a_refusal_and_nonsense_end_it),
		cmocka_unit_test(a_cursor_may_be_closed_in_the_middle),
		cmocka_unit_test(lack_of_memory_is_a_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
