/* SPDX-License-Identifier: MIT */
/* Reading: which manager is asked, what its answer is taken for, and when to ask another. */
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
#include "util/cancel.h"
#include "util/clock.h"
#include "util/pool.h"

#define V "/v1.41"
#define GET_WEB "GET " V "/services/web"
#define GET_TASKS "GET " V "/tasks?filters=%7B%22service%22%3A%5B%22s1%22%5D%7D"
#define GET_CURRENT                                                                                \
	"GET " V                                                                                   \
	"/tasks?filters=%7B%22service%22%3A%5B%22s1%22%5D%2C%22_up-to-date%22%3A%5B%22true"        \
	"%22%5D%7D"
#define GET_NODES "GET " V "/nodes"
#define NO_LEADER                                                                                  \
	"{\"message\":\"rpc error: code = Unknown desc = The swarm does not have a leader. It's "  \
	"possible that too few managers are online.\"}"
#define NOT_MANAGER                                                                                \
	"{\"message\":\"This node is not a swarm manager. Worker nodes can't be used to view or "  \
	"modify cluster state.\"}"
#define M(n) ((n) + 1)

static const char nodes[] =
	"[{\"ID\":\"n1\",\"Description\":{\"Hostname\":\"m1\"},\"Status\":{\"State\":\"ready\"}},"
	"{\"ID\":\"n2\",\"Description\":{\"Hostname\":\"w1\"},\"Status\":{\"State\":\"down\","
	"\"Message\":\"heartbeat failure\"}}]";
#define TASK(id, slot, node, state, desired)                                                       \
	"{\"ID\":\"" id "\",\"CreatedAt\":\"2026-11-25T10:00:00Z\",\"Spec\":{\"ContainerSpec\":{"  \
	"\"Image\":\"i:1\"}},\"ServiceID\":\"s1\",\"Slot\":" #slot ",\"NodeID\":\"" node           \
	"\",\"Status\":{\"State\":\"" state "\"},\"DesiredState\":\"" desired "\"}"
static const char tasks[] = "[" TASK("t1", 1, "n1", "running", "running") "," TASK(
	"t2", 2, "n2", "running", "running") "," TASK("t3", 2, "n1", "failed", "shutdown") "]";
static const char current[] = "[" TASK("t1", 1, "n1", "running", "running") "]";

static struct swarm_world w;
static orch_deployment_entry entry;

static orch_status get(void)
{
	memset(&entry, 0, sizeof entry);
	return swarm_deployment_get(&w.call, "web", &entry);
}

static void expect_get(orch_status status, const char *words)
{
	orch_status st = get();

	swarm_world_done(&w);
	if (st != status || (words && !strstr(orch_error_last()->message, words)))
		fail_msg("%s: %s", orch_status_name(st), orch_error_last()->message);
}

/* ---- one manager ---- */

static void a_deployment_is_its_service_and_its_tasks(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = GET_WEB,
			.body = swarm_world_service(7, "\"orch.io/op\":\"x\",\"a\":\"b\"", NULL) },
		{ .request = GET_TASKS, .body = tasks, .piece = 7 },
		{ .request = GET_CURRENT, .body = current, .piece = 1 },
		{ .request = GET_NODES, .body = nodes },
		{ .request = NULL },
	};
	const orch_deployment *d = &entry.deployment;

	(void)state;
	swarm_world_open(&w, 1, steps);
	expect_get(ORCH_OK, NULL);
	assert_string_equal(d->spec->name, "web");
	assert_string_equal(d->spec->image, "i:1");
	assert_int_equal(d->spec->labels.count, 1);
	assert_string_equal(d->id, "s1");
	assert_string_equal(d->ns, "default");
	assert_string_equal(d->version, "7");
	assert_int_equal(d->state, 0);
	assert_int_equal(d->desired, 2);
	assert_int_equal(d->total, 2);
	assert_int_equal(d->ready, 1); /* the other one's node is down */
	assert_int_equal(d->updated, 1);
	assert_int_equal(d->updated_ms - d->created_ms, 1500);
	assert_null(d->raw_json);
	assert_int_equal(w.asked, 5); /* and a ping */
	swarm_world_close(&w);
}

static void counting_is_left_out_where_a_write_follows(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = GET_WEB, .body = swarm_world_service(7, "", NULL) },
		{ .request = NULL },
	};

	(void)state;
	swarm_world_open(&w, 1, steps);
	w.call.spec_only = 1;
	w.call.raw_json = 1;
	expect_get(ORCH_OK, NULL);
	assert_string_equal(entry.deployment.raw_json, steps[0].body);
	swarm_world_close(&w);
}

static void rollouts_have_the_state_that_the_engine_says(void **state)
{
	static const struct {
		const char *word;
		int64_t state;
	} states[] = {
		{ "updating", ORCH_DEPLOYMENT_PROGRESSING },
		{ "paused", ORCH_DEPLOYMENT_PAUSED },
		{ "completed", 0 },
		{ "rollback_started", ORCH_DEPLOYMENT_ROLLING_BACK },
		{ "rollback_paused", ORCH_DEPLOYMENT_FAILED },
		{ "rollback_completed", ORCH_DEPLOYMENT_ROLLED_BACK },
		{ "something new", 0 },
	};
	char body[1024];
	const struct swarm_step steps[] = {
		{ .request = GET_WEB, .body = body },
		{ .request = NULL },
	};

	(void)state;
	swarm_world_open(&w, 1, steps);
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		snprintf(body, sizeof body,
			"{\"ID\":\"s1\",\"Version\":{\"Index\":1},\"Spec\":{\"Name\":\"web\"},"
			"\"UpdateStatus\":{\"State\":\"%s\",\"Message\":\"why\"}}",
			states[i].word);
		swarm_world_expect(&w, steps);
		w.call.spec_only = 1;
		expect_get(ORCH_OK, NULL);
		assert_int_equal(entry.deployment.state, states[i].state);
		assert_string_equal(entry.deployment.message, states[i].state ? "why" : "");
	}
	swarm_world_close(&w);
}

static void what_is_not_a_deployment_of_the_namespace_is_not_found(void **state)
{
	static const struct {
		int status;
		const char *body, *words;
	} answers[] = {
		{ 404, "{\"message\":\"service web not found\"}", "service web not found" },
		/* "web" begins somebody's ID. */
		{ 200, "{\"ID\":\"webxyz\",\"Version\":{\"Index\":1},\"Spec\":{\"Name\":\"db\"}}",
			"not found" },
		{ 200, "{\"ID\":\"web\",\"Version\":{\"Index\":1},\"Spec\":{\"Name\":\"db\"}}",
			"namespace" },
		{ 400, "{\"message\":\"service web is ambiguous (2 matches found)\"}",
			"not found" },
		{ 200,
			"{\"ID\":\"s1\",\"Version\":{\"Index\":1},\"Spec\":{\"Name\":\"web\","
			"\"Mode\":{"
			"\"Global\":{}}}}",
			"global service" },
	};
	struct swarm_step steps[2] = { { .request = GET_WEB }, { .request = NULL } };

	(void)state;
	swarm_world_open(&w, 1, steps);
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		steps[0].status = answers[i].status;
		steps[0].body = answers[i].body;
		swarm_world_expect(&w, steps);
		expect_get(ORCH_E_NOTFOUND, answers[i].words);
		assert_int_equal(orch_error_last()->transient, 0);
	}
	swarm_world_close(&w);
}

static void a_namespace_looks_for_its_own(void **state)
{
	static const char theirs[] =
		"{\"ID\":\"s1\",\"Version\":{\"Index\":1},\"Spec\":{\"Name\":\"shop_web\"}}";
	static const char ours[] = "{\"ID\":\"s1\",\"Version\":{\"Index\":1},\"Spec\":{\"Name\":"
				   "\"shop_web\",\"Labels\":"
				   "{\"com.docker.stack.namespace\":\"shop\"}}}";
	struct swarm_step steps[2] = { { .request = "GET " V "/services/shop_web" } };

	(void)state;
	steps[0].body = ours;
	swarm_world_open(&w, 1, steps);
	w.call.ns = "shop";
	w.call.spec_only = 1;
	expect_get(ORCH_OK, NULL);
	assert_string_equal(entry.deployment.spec->name, "web");
	assert_string_equal(entry.deployment.ns, "shop");
	steps[0].body = theirs;
	swarm_world_expect(&w, steps);
	expect_get(ORCH_E_NOTFOUND, "another namespace");
	swarm_world_close(&w);
}

static void an_answer_that_is_no_service_is_refused(void **state)
{
	static const char *const bodies[] = {
		"", "{", "[]", "{}", "{\"ID\":7}",
		"{\"ID\":\"s1\",\"Version\":{\"Index\":1},\"Spec\":{}}",
		"{\"ID\":\"s1\",\"Version\":{\"Index\":1},\"Spec\":{\"Name\":\"web\",\"Mode\":7}}"
	};
	struct swarm_step steps[2] = { { .request = GET_WEB }, { .request = NULL } };

	(void)state;
	swarm_world_open(&w, 1, steps);
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		steps[0].body = bodies[i];
		swarm_world_expect(&w, steps);
		w.call.spec_only = 1;
		expect_get(ORCH_E_PROTOCOL, NULL);
	}
	swarm_world_close(&w);
}

/* ---- versions ---- */

static void the_version_is_asked_once(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = "HEAD /_ping", .headers = "Api-Version: 1.45\r\n" },
		{ .request = "GET /v1.45/services/web", .body = swarm_world_service(1, "", NULL) },
		{ .request = "GET /v1.45/services/web", .body = swarm_world_service(1, "", NULL) },
		{ .request = NULL },
	};

	(void)state;
	swarm_world_open(&w, 1, steps);
	w.call.spec_only = 1;
	assert_int_equal(get(), ORCH_OK);
	expect_get(ORCH_OK, NULL);
	swarm_world_close(&w);
}

static void an_engine_without_head_is_asked_by_get(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = "HEAD /_ping", .status = 405 },
		{ .request = "GET /_ping", .headers = "Api-Version: 1.44\r\n", .body = "OK" },
		{ .request = "GET /v1.44/services/web", .body = swarm_world_service(1, "", NULL) },
		{ .request = NULL },
	};

	(void)state;
	swarm_world_open(&w, 1, steps);
	w.call.spec_only = 1;
	expect_get(ORCH_OK, NULL);
	swarm_world_close(&w);
}

static void plain_http_to_a_tls_port_is_a_tls_error(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = "HEAD /_ping", .status = 400 },
		{ .request = "GET /_ping",
			.status = 400,
			.body = "Client sent an HTTP request to an HTTPS server.\n" },
		{ .request = NULL },
	};

	(void)state;
	swarm_world_open(&w, 1, steps);
	expect_get(ORCH_E_TLS, "HTTPS server");
	swarm_world_close(&w);
}

/* It must not be taken for an engine that does not have what is asked for. */
static void what_is_no_engine_is_left_for_the_next(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = "HEAD /_ping", .status = 404, .endpoint = M(0) },
		{ .request = "GET /_ping",
			.status = 404,
			.body = "<html>Not Found</html>",
			.endpoint = M(0) },
		{ .request = GET_WEB,
			.status = 404,
			.body = "<html>Not Found</html>",
			.endpoint = M(1) },
		{ .request = GET_WEB, .body = swarm_world_service(1, "", NULL), .endpoint = M(2) },
		{ .request = NULL },
	};
	const struct swarm_step alone[] = {
		{ .request = "HEAD /_ping", .status = 404 },
		{ .request = "GET /_ping", .status = 404 },
		{ .request = NULL },
	};

	(void)state;
	swarm_world_open(&w, 3, steps);
	w.call.spec_only = 1;
	expect_get(ORCH_OK, NULL);
	swarm_world_close(&w);
	swarm_world_open(&w, 1, alone);
	expect_get(ORCH_E_PROTOCOL, "HTTP 404");
	assert_int_equal(orch_error_last()->transient, 0);
	swarm_world_close(&w);
}

static void an_engine_too_old_is_refused_and_another_asked(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = "HEAD /_ping", .headers = "Api-Version: 1.40\r\n", .endpoint = M(0) },
		{ .request = GET_WEB, .body = swarm_world_service(1, "", NULL), .endpoint = M(1) },
		{ .request = NULL },
	};
	const struct swarm_step alone[] = {
		{ .request = "HEAD /_ping", .headers = "Api-Version: 1.40\r\n" },
		{ .request = NULL },
	};

	(void)state;
	swarm_world_open(&w, 2, steps);
	w.call.spec_only = 1;
	expect_get(ORCH_OK, NULL);
	swarm_world_close(&w);
	swarm_world_open(&w, 1, alone);
	expect_get(ORCH_E_UNSUPPORTED, "1.40");
	swarm_world_close(&w);
}

static void an_engine_that_was_replaced_is_asked_anew(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = "HEAD /_ping", .headers = "Api-Version: 1.51\r\n" },
		{ .request = "GET /v1.51/services/web",
			.status = 400,
			.body = "{\"message\":\"client version 1.51 is too new. Maximum supported "
				"API "
				"version is 1.41\"}" },
		{ .request = "HEAD /_ping", .headers = "Api-Version: 1.41\r\n" },
		{ .request = GET_WEB, .body = swarm_world_service(1, "", NULL) },
		{ .request = NULL },
	};

	(void)state;
	swarm_world_open(&w, 1, steps);
	w.call.spec_only = 1;
	expect_get(ORCH_OK, NULL);
	swarm_world_close(&w);
}

static void a_version_by_force_asks_nothing(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = "GET /v1.43/services/web", .body = swarm_world_service(1, "", NULL) },
		{ .request = NULL },
	};

	(void)state;
	assert_int_equal(setenv("DOCKER_API_VERSION", "1.43", 1), 0);
	swarm_world_open(&w, 1, steps);
	assert_int_equal(unsetenv("DOCKER_API_VERSION"), 0);
	w.call.spec_only = 1;
	expect_get(ORCH_OK, NULL);
	assert_int_equal(w.asked, 1);
	swarm_world_close(&w);
}

/* ---- several managers ---- */

static void a_manager_out_of_reach_is_left_for_the_next(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = "HEAD /_ping",
			.fault = ORCH_E_NETWORK,
			.is_unsent = true,
			.endpoint = M(0) },
		{ .request = GET_WEB, .fault = ORCH_E_NETWORK, .endpoint = M(1) },
		{ .request = GET_WEB, .body = swarm_world_service(1, "", NULL), .endpoint = M(2) },
		/* It was good once: begin there. */
		{ .request = GET_WEB, .body = swarm_world_service(1, "", NULL), .endpoint = M(2) },
		{ .request = NULL },
	};

	(void)state;
	swarm_world_open(&w, 3, steps);
	w.call.spec_only = 1;
	assert_int_equal(get(), ORCH_OK);
	expect_get(ORCH_OK, NULL);
	swarm_world_close(&w);
}

static void workers_are_passed_over(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = GET_WEB, .status = 503, .body = NOT_MANAGER, .endpoint = M(0) },
		{ .request = GET_WEB, .status = 503, .body = NO_LEADER, .endpoint = M(1) },
		{ .request = GET_WEB, .status = 500, .body = NO_LEADER, .endpoint = M(1) },
		{ .request = GET_WEB, .body = swarm_world_service(1, "", NULL), .endpoint = M(1) },
		{ .request = NULL },
	};

	(void)state;
	swarm_world_open(&w, 2, steps);
	w.call.spec_only = 1;
	expect_get(ORCH_OK, NULL);
	swarm_world_close(&w);
}

static void when_none_is_a_manager_that_is_said_at_once(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = GET_WEB, .status = 503, .body = NOT_MANAGER, .endpoint = M(0) },
		{ .request = GET_WEB, .status = 503, .body = NOT_MANAGER, .endpoint = M(1) },
		{ .request = NULL },
	};

	(void)state;
	swarm_world_open(&w, 2, steps);
	expect_get(ORCH_E_UNAVAILABLE, "Worker nodes can't be used");
	assert_string_equal(orch_error_last()->reason, "NotManager");
	assert_int_equal(orch_error_last()->transient, 0);
	assert_int_equal(orch_error_last()->http_status, 503);
	swarm_world_close(&w);
}

static void an_election_is_waited_for(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = GET_WEB, .status = 500, .body = NO_LEADER },
		{ .request = GET_WEB,
			.status = 500,
			.body = "{\"message\":\"rpc error: code = DeadlineExceeded desc = context "
				"deadline exceeded\"}" },
		{ .request = GET_WEB, .body = swarm_world_service(1, "", NULL) },
		{ .request = NULL },
	};

	(void)state;
	swarm_world_open(&w, 1, steps);
	w.call.spec_only = 1;
	expect_get(ORCH_OK, NULL);
	swarm_world_close(&w);
}

/* Many steps of one kind: whatever is asked within the deadline. */
static void fill(struct swarm_step *steps, size_t n, struct swarm_step with)
{
	for (size_t i = 0; i + 1 < n; i++)
		steps[i] = with;
	steps[n - 1] = (struct swarm_step){ .request = NULL };
}

static void the_deadline_ends_it_with_what_tells_most(void **state)
{
	struct swarm_step steps[SWARM_WORLD_STEPS];
	const int64_t began = orch__clock_ms();

	(void)state;
	fill(steps, SWARM_WORLD_STEPS,
		(struct swarm_step){ .request = GET_WEB, .status = 500, .body = NO_LEADER });
	swarm_world_open(&w, 3, steps);
	w.call.deadline_ms = began + 300;
	assert_int_equal(get(), ORCH_E_NO_QUORUM);
	assert_string_equal(w.problem, "");
	assert_string_equal(orch_error_last()->reason, "NoLeader");
	assert_int_equal(orch_error_last()->transient, 1);
	assert_non_null(strstr(orch_error_last()->message, "too few managers are online"));
	assert_in_range(orch__clock_ms() - began, 100, 3000);
	swarm_world_close(&w);

	fill(steps, SWARM_WORLD_STEPS,
		(struct swarm_step){
			.request = "HEAD /_ping", .fault = ORCH_E_NETWORK, .is_unsent = true });
	swarm_world_open(&w, 2, steps);
	w.call.deadline_ms = orch__clock_ms() + 200;
	assert_int_equal(get(), ORCH_E_NETWORK);
	swarm_world_close(&w);
}

static void a_cancel_ends_a_pause(void **state)
{
	struct swarm_step steps[SWARM_WORLD_STEPS];
	struct orch__cancel cancel = { 0 };
	struct orch__cancel_ticket ticket = orch__cancel_watch(&cancel);

	(void)state;
	fill(steps, SWARM_WORLD_STEPS,
		(struct swarm_step){ .request = GET_WEB, .status = 500, .body = NO_LEADER });
	swarm_world_open(&w, 1, steps);
	w.call.ticket = &ticket;
	orch__cancel_fire(&cancel);
	assert_int_equal(get(), ORCH_E_CANCELLED);
	w.call.ticket = NULL;
	swarm_world_close(&w);
}

static void a_list_that_breaks_off_is_counted_anew(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = GET_WEB, .body = swarm_world_service(1, "", NULL) },
		{ .request = GET_TASKS,
			.status = 200,
			.body = tasks,
			.fault = ORCH_E_NETWORK,
			.endpoint = M(0) },
		{ .request = GET_TASKS, .body = tasks, .endpoint = M(1) },
		{ .request = GET_CURRENT, .body = current },
		{ .request = GET_NODES, .body = nodes },
		{ .request = NULL },
	};

	(void)state;
	swarm_world_open(&w, 2, steps);
	expect_get(ORCH_OK, NULL);
	assert_int_equal(entry.deployment.total, 2);
	swarm_world_close(&w);
}

static void a_service_deleted_meanwhile_is_not_found(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = GET_WEB, .body = swarm_world_service(1, "", NULL) },
		{ .request = GET_TASKS,
			.status = 404,
			.body = "{\"message\":\"service s1 not found\"}" },
		{ .request = NULL },
	};

	(void)state;
	swarm_world_open(&w, 1, steps);
	expect_get(ORCH_E_NOTFOUND, "s1");
	swarm_world_close(&w);
}

/* ---- info ---- */

static void info_asks_what_only_managers_answer(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = "GET " V "/services?filters=",
			.status = 503,
			.body = NOT_MANAGER,
			.endpoint = M(0) },
		{ .request = "GET " V "/services?filters=", .body = "[]", .endpoint = M(1) },
		{ .request = "GET " V "/version",
			.body = "{\"Version\":\"20.10.24\",\"ApiVersion\":\"1.41\"}",
			.endpoint = M(1) },
		{ .request = NULL },
	};
	orch_client_info info = { .url = NULL };

	(void)state;
	swarm_world_open(&w, 2, steps);
	assert_int_equal(swarm_info(&w.call, &info), ORCH_OK);
	swarm_world_done(&w);
	assert_string_equal(info.server_version, "20.10.24");
	assert_string_equal(info.api_version, "1.41");
	assert_string_equal(info.endpoint, "fake");
	assert_string_equal(info.url, "swarm://");
	assert_string_equal(info.chosen_by, "the URL");
	swarm_world_close(&w);
}

/* ---- instances ---- */

static void instances_are_shown_with_their_nodes(void **state)
{
	static const char history[] =
		"[{\"ID\":\"t1\",\"CreatedAt\":\"2026-11-25T10:00:00Z\",\"Spec\":{"
		"\"ContainerSpec\":{"
		"\"Image\":\"i:1\"}},\"ServiceID\":\"s1\",\"Slot\":2,\"NodeID\":\"n1\",\"Status\":{"
		"\"State\":\"failed\",\"Err\":\"task: non-zero exit (3)\",\"ContainerStatus\":{"
		"\"ExitCode\":3}},\"DesiredState\":\"shutdown\"}, null, "
		"{\"ID\":\"t2\",\"CreatedAt\":\"2026-11-25T10:00:05Z\",\"Spec\":{\"ContainerSpec\":"
		"{"
		"\"Image\":\"i:1\"}},\"ServiceID\":\"s1\",\"Slot\":2,\"NodeID\":\"n1\",\"Status\":{"
		"\"State\":\"ready\"},\"DesiredState\":\"ready\"},"
		"{\"ID\":\"t3\",\"CreatedAt\":\"2026-11-25T10:00:00Z\",\"ServiceID\":\"s1\","
		"\"Slot\":1,"
		"\"NodeID\":\"n2\",\"Status\":{\"State\":\"running\"},\"DesiredState\":\"running\"}"
		","
		"{\"ID\":\"t4\",\"CreatedAt\":\"2026-11-25T10:00:00Z\",\"ServiceID\":\"s1\","
		"\"Slot\":3,"
		"\"NodeID\":\"n9\",\"Status\":{\"State\":\"running\"},\"DesiredState\":\"running\"}"
		","
		"{\"ID\":\"t5\",\"CreatedAt\":\"2000-11-25T10:00:00Z\",\"ServiceID\":\"s1\","
		"\"Slot\":4,"
		"\"Status\":{\"State\":\"new\"},\"DesiredState\":\"running\"}"
		"]";
	const struct swarm_step steps[] = {
		{ .request = GET_TASKS, .body = history },
		{ .request = GET_CURRENT, .body = history },
		{ .request = GET_NODES, .body = nodes },
		{ .request = NULL },
	};
	const orch_deployment_spec spec = { .name = "web" };
	const orch_deployment_entry of = { { .spec = &spec, .id = "s1" }, NULL };
	const orch_instance *i;
	orch_instances list;

	(void)state;
	swarm_world_open(&w, 1, steps);
	w.call.raw_json = 1;
	assert_int_equal(swarm_instance_list(&w.call, &of, &list), ORCH_OK);
	swarm_world_done(&w);
	assert_int_equal(list.count, 4);
	i = list.items[0];
	assert_string_equal(i->name, "web.1");
	assert_string_equal(i->node, "w1");
	assert_int_equal(i->state, ORCH_INSTANCE_UNKNOWN);
	assert_int_equal(i->cause, ORCH_CAUSE_NODE);
	assert_string_equal(i->message, "node w1 is down: heartbeat failure");
	i = list.items[1];
	assert_string_equal(i->name, "web.2");
	assert_string_equal(i->id, "t2");
	assert_string_equal(i->deployment, "web");
	assert_string_equal(i->image, "i:1");
	assert_int_equal(i->cause, ORCH_CAUSE_CRASH);
	assert_int_equal(i->exit_code, 3);
	assert_int_equal(i->restarts, 1);
	assert_true(i->updated);
	assert_memory_equal(i->raw_json, "{\"ID\":\"t2\"", 10);
	assert_string_equal(i->raw_json + strlen(i->raw_json) - 23, "\"DesiredState\":\"ready\"}");
	i = list.items[2];
	assert_string_equal(i->node, "n9"); /* removed: it has no name any more */
	assert_int_equal(i->state, ORCH_INSTANCE_RUNNING);
	i = list.items[3];
	assert_int_equal(i->state, ORCH_INSTANCE_PENDING);
	assert_string_equal(i->node, "");
	assert_non_null(strstr(i->message, "is an address left"));
	swarm_world_close(&w);
}

/* ---- memory ---- */

static orch_status get_alone(void *payload)
{
	void *result = orch__result_new(1);
	orch_call call = w.call;
	orch_deployment_entry mine = { .live = NULL };
	orch_status st = ORCH_E_NOMEM;

	(void)payload;
	w.at = 0;
	call.pool = result ? orch__result_pool(result) : NULL;
	if (result)
		st = swarm_deployment_get(&call, "web", &mine);
	orch__result_free(result);
	return st;
}

static void lack_of_memory_is_a_status(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = GET_WEB,
			.body = swarm_world_service(7, "\"orch.io/op\":\"x\",\"a\":\"b\"", NULL) },
		{ .request = GET_TASKS, .body = tasks },
		{ .request = GET_CURRENT, .body = current },
		{ .request = GET_NODES, .body = nodes },
		{ .request = NULL },
	};

	(void)state;
	swarm_world_open(&w, 1, steps);
	w.call.raw_json = 1;
	torture_run(get_alone, NULL);
	swarm_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_deployment_is_its_service_and_its_tasks),
		cmocka_unit_test(counting_is_left_out_where_a_write_follows),
		cmocka_unit_test(rollouts_have_the_state_that_the_engine_says),
		cmocka_unit_test(what_is_not_a_deployment_of_the_namespace_is_not_found),
		cmocka_unit_test(a_namespace_looks_for_its_own),
		cmocka_unit_test(an_answer_that_is_no_service_is_refused),
		cmocka_unit_test(the_version_is_asked_once),
		cmocka_unit_test(an_engine_without_head_is_asked_by_get),
		cmocka_unit_test(plain_http_to_a_tls_port_is_a_tls_error),
		cmocka_unit_test(what_is_no_engine_is_left_for_the_next),
		cmocka_unit_test(an_engine_too_old_is_refused_and_another_asked),
		cmocka_unit_test(an_engine_that_was_replaced_is_asked_anew),
		cmocka_unit_test(a_version_by_force_asks_nothing),
		cmocka_unit_test(a_manager_out_of_reach_is_left_for_the_next),
		cmocka_unit_test(workers_are_passed_over),
		cmocka_unit_test(when_none_is_a_manager_that_is_said_at_once),
		cmocka_unit_test(an_election_is_waited_for),
		cmocka_unit_test(the_deadline_ends_it_with_what_tells_most),
		cmocka_unit_test(a_cancel_ends_a_pause),
		cmocka_unit_test(a_list_that_breaks_off_is_counted_anew),
		cmocka_unit_test(a_service_deleted_meanwhile_is_not_found),
		cmocka_unit_test(info_asks_what_only_managers_answer),
		cmocka_unit_test(instances_are_shown_with_their_nodes),
		cmocka_unit_test(lack_of_memory_is_a_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
