/* SPDX-License-Identifier: MIT */
/* Writing: what is sent, and what became of it when the answer is lost, late or odd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "backend/swarm/noun.h"
#include "backend/swarm/service.h"
#include "support/swarm_world.h"
#include "torture/alloc.h"
#include "util/clock.h"
#include "util/pool.h"

#define V "/v1.41"
#define GET_WEB "GET " V "/services/web"
#define GET_ID "GET " V "/services/s1"
#define CREATE "POST " V "/services/create"
#define UPDATE "POST " V "/services/s1/update?version=7"
#define DELETE "DELETE " V "/services/s1"
#define OURS "\"orch.io/op\":\"" SWARM_WORLD_OP "\""
#define THEIRS "\"orch.io/op\":\"another\""
#define CREATED .status = 201, .body = "{\"ID\":\"s1\"}"
#define TAKEN                                                                                      \
	.status = 409,                                                                             \
	.body = "{\"message\":\"name conflicts with an existing object: service "                  \
		"web already exists\"}"
#define STALE                                                                                      \
	.status = 500,                                                                             \
	.body = "{\"message\":\"rpc error: code = Unknown desc = update out of "                   \
		"sequence\"}"
#define GONE .status = 404, .body = "{\"message\":\"service s1 not found\"}"
#define LATE                                                                                       \
	.status = 500,                                                                             \
	.body = "{\"message\":\"rpc error: code = DeadlineExceeded desc = context "                \
		"deadline exceeded\"}"
#define LOST .fault = ORCH_E_NETWORK
#define UNSENT .fault = ORCH_E_NETWORK, .is_unsent = true
#define M(n) ((n) + 1)

static struct swarm_world w;
static orch_deployment_entry live, out;
static orch_deployment_spec want;

static void open_world(size_t managers, const struct swarm_step *steps)
{
	static const orch_deployment_spec blank = ORCH_DEPLOYMENT_SPEC_INIT;

	want = blank;
	want.name = "web";
	want.image = "i:1";
	swarm_world_open(&w, managers, steps);
	w.call.spec_only = 1;
}

static void expect(orch_status got, orch_status status, orch_outcome outcome, const char *words)
{
	swarm_world_done(&w);
	if (got != status || (got < 0 && orch_error_last()->outcome != outcome) ||
		(words && !strstr(orch_error_last()->message, words)))
		fail_msg("%s, %s: %s", orch_status_name(got),
			orch_outcome_name(orch_error_last()->outcome), orch_error_last()->message);
}

static void expect_create(const struct swarm_step *steps, size_t managers, orch_status status,
	orch_outcome outcome, const char *words)
{
	orch_status st;

	open_world(managers, steps);
	memset(&out, 0, sizeof out);
	st = swarm_deployment_put(&w.call, NULL, &want, &out);
	expect(st, status, outcome, words);
	if (st == ORCH_OK)
		assert_string_equal(out.deployment.id, "s1");
	swarm_world_close(&w);
}

/* Steps of a change begin with the reading. */
static void expect_scale(const struct swarm_step *steps, size_t managers, orch_status status,
	orch_outcome outcome, const char *words)
{
	open_world(managers, steps);
	memset(&live, 0, sizeof live);
	memset(&out, 0, sizeof out);
	assert_int_equal(swarm_deployment_get(&w.call, "web", &live), ORCH_OK);
	expect(swarm_deployment_scale(&w.call, &live, 5, &out), status, outcome, words);
	swarm_world_close(&w);
}

/* ---- creating ---- */

static void a_creation_is_signed_and_marked(void **state)
{
	const struct swarm_step steps[] = { { .request = CREATE, CREATED }, { .request = NULL } };

	(void)state;
	open_world(1, steps);
	w.call.ns = "shop";
	expect(swarm_deployment_put(&w.call, NULL, &want, &out), ORCH_OK, 0, NULL);
	assert_string_equal(w.posted,
		"{\"Name\":\"shop_web\",\"Labels\":{\"orch.io/op\":\"" SWARM_WORLD_OP
		"\",\"orch.io/managed\":\"true\",\"orch.io/namespace\":\"shop\","
		"\"com.docker.stack.namespace\":\"shop\"},\"TaskTemplate\":{\"ContainerSpec\":{"
		"\"Image\":\"i:1\"}},\"Mode\":{\"Replicated\":{\"Replicas\":1}}}");
	assert_string_equal(out.deployment.spec->name, "web");
	assert_string_equal(out.deployment.ns, "shop");
	swarm_world_close(&w);
}

static void a_name_too_long_is_refused_before_anything_is_sent(void **state)
{
	const struct swarm_step steps[] = { { .request = NULL } };

	(void)state;
	open_world(1, steps);
	w.call.ns = "n123456789n123456789n123456789n123456789";
	want.name = "a123456789a123456789abc";
	expect(swarm_deployment_put(&w.call, NULL, &want, &out), ORCH_E_INVALID,
		ORCH_OUTCOME_NOT_SENT, "63");
	assert_int_equal(w.asked, 0);
	swarm_world_close(&w);
}

static void a_taken_name_may_be_our_own_success(void **state)
{
	const struct swarm_step ours[] = {
		{ .request = CREATE, TAKEN },
		{ .request = GET_WEB, .body = swarm_world_service(7, OURS, NULL) },
		{ .request = NULL },
	};
	const struct swarm_step theirs[] = {
		{ .request = CREATE, TAKEN },
		{ .request = GET_WEB, .body = swarm_world_service(7, THEIRS, NULL) },
		{ .request = NULL },
	};

	(void)state;
	expect_create(ours, 1, ORCH_OK, 0, NULL);
	expect_create(theirs, 1, ORCH_E_EXISTS, ORCH_OUTCOME_NOT_APPLIED, "web already exists");
	assert_string_equal(orch_error_last()->reason, "NameConflict");
}

static void a_name_that_is_free_again_is_taken(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = CREATE, TAKEN },
		{ .request = GET_WEB, GONE },
		{ .request = CREATE, CREATED },
		{ .request = NULL },
	};

	(void)state;
	expect_create(steps, 1, ORCH_OK, 0, NULL);
}

static void a_service_of_another_mode_cannot_become_a_deployment(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = CREATE, TAKEN },
		{ .request = GET_WEB,
			.body = swarm_world_service(7, "", "\"Mode\":{\"Global\":{}}") },
		{ .request = NULL },
	};

	(void)state;
	expect_create(steps, 1, ORCH_E_IMMUTABLE, ORCH_OUTCOME_NOT_APPLIED, "global");
}

static void a_lost_answer_is_looked_up(void **state)
{
	const struct swarm_step arrived[] = {
		{ .request = CREATE, LOST, .endpoint = M(0) },
		{ .request = GET_WEB,
			.body = swarm_world_service(7, OURS, NULL),
			.endpoint = M(1) },
		{ .request = NULL },
	};
	const struct swarm_step late[] = {
		{ .request = CREATE, LATE },
		{ .request = GET_WEB, GONE },
		{ .request = CREATE, TAKEN }, /* the first copy was faster */
		{ .request = GET_WEB, .body = swarm_world_service(7, OURS, NULL) },
		{ .request = NULL },
	};
	const struct swarm_step never[] = {
		{ .request = CREATE, LOST },
		{ .request = GET_WEB, GONE },
		{ .request = CREATE, CREATED },
		{ .request = NULL },
	};

	(void)state;
	expect_create(arrived, 2, ORCH_OK, 0, NULL);
	expect_create(late, 1, ORCH_OK, 0, NULL);
	expect_create(never, 1, ORCH_OK, 0, NULL);
}

static void an_answer_cut_after_its_status_is_looked_up(void **state)
{
	const struct swarm_step cut[] = {
		{ .request = CREATE, .status = 201, LOST },
		{ .request = GET_WEB, .body = swarm_world_service(7, OURS, NULL) },
		{ .request = NULL },
	};
	const struct swarm_step odd[] = {
		{ .request = CREATE, .status = 201, .body = "{\"Id\"" },
		{ .request = GET_WEB, .body = swarm_world_service(7, OURS, NULL) },
		{ .request = NULL },
	};

	(void)state;
	expect_create(cut, 1, ORCH_OK, 0, NULL);
	expect_create(odd, 1, ORCH_OK, 0, NULL);
}

static void what_never_left_is_simply_sent_elsewhere(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = CREATE, UNSENT, .endpoint = M(0) },
		{ .request = CREATE, CREATED, .endpoint = M(1) },
		{ .request = NULL },
	};

	(void)state;
	expect_create(steps, 2, ORCH_OK, 0, NULL);
}

static void a_refusal_is_final_and_keeps_the_engines_words(void **state)
{
	const struct swarm_step invalid[] = {
		{ .request = CREATE,
			.status = 400,
			.body = "{\"message\":\"invalid memory value\"}" },
		{ .request = NULL },
	};
	const struct swarm_step reference[] = {
		{ .request = CREATE,
			.status = 500,
			.body = "{\"message\":\"network nonet not found\"}" },
		{ .request = NULL },
	};

	(void)state;
	expect_create(invalid, 2, ORCH_E_INVALID, ORCH_OUTCOME_NOT_APPLIED, "invalid memory value");
	expect_create(
		reference, 1, ORCH_E_NOTFOUND, ORCH_OUTCOME_NOT_APPLIED, "network nonet not found");
}

static void an_error_nobody_knows_is_looked_into_once(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = CREATE, .status = 500, .body = "{\"message\":\"something new\"}" },
		{ .request = GET_WEB, GONE },
		{ .request = NULL },
	};

	(void)state;
	expect_create(steps, 1, ORCH_E_REFUSED, ORCH_OUTCOME_UNKNOWN, "something new");
	assert_non_null(strstr(orch_error_last()->message, "orch.io/op=" SWARM_WORLD_OP));
}

static void without_an_answer_until_the_deadline_nothing_is_known(void **state)
{
	struct swarm_step steps[SWARM_WORLD_STEPS];
	size_t n = SWARM_WORLD_STEPS - 1;

	(void)state;
	steps[0] = (struct swarm_step){ .request = CREATE, LOST };
	for (size_t i = 1; i < n; i++)
		steps[i] = (struct swarm_step){ .request = "HEAD /_ping", LOST };
	steps[n] = (struct swarm_step){ .request = NULL };
	open_world(1, steps);
	w.call.deadline_ms = orch__clock_ms() + 300;
	assert_int_equal(swarm_deployment_put(&w.call, NULL, &want, &out), ORCH_E_NETWORK);
	assert_string_equal(w.problem, "");
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_UNKNOWN);
	assert_non_null(strstr(orch_error_last()->message, "orch.io/op=" SWARM_WORLD_OP));
	swarm_world_close(&w);
}

static void a_leader_that_never_was_refused_it(void **state)
{
	struct swarm_step steps[SWARM_WORLD_STEPS];
	size_t n = SWARM_WORLD_STEPS - 1;

	(void)state;
	for (size_t i = 0; i < n; i++)
		steps[i] = (struct swarm_step){ .request = CREATE,
			.status = 500,
			.body = "{\"message\":\"The swarm does not have a leader.\"}" };
	steps[n] = (struct swarm_step){ .request = NULL };
	open_world(3, steps);
	w.call.deadline_ms = orch__clock_ms() + 300;
	assert_int_equal(swarm_deployment_put(&w.call, NULL, &want, &out), ORCH_E_NO_QUORUM);
	assert_string_equal(w.problem, "");
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
	swarm_world_close(&w);
}

/* ---- changing ---- */

static void scaling_changes_the_number_and_signs(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = GET_WEB, .body = swarm_world_service(7, THEIRS ",\"a\":\"b\"", NULL) },
		{ .request = UPDATE, .body = "{\"Warnings\":null}" },
		{ .request = NULL },
	};

	(void)state;
	expect_scale(steps, 1, ORCH_OK, 0, NULL);
	assert_string_equal(w.posted,
		"{\"Name\":\"web\",\"Labels\":{\"orch.io/op\":\"" SWARM_WORLD_OP
		"\",\"a\":\"b\"},\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"i:1\","
		"\"Isolation\":"
		"\"default\"},\"ForceUpdate\":4},\"Mode\":{\"Replicated\":{\"Replicas\":5}}}");
}

static void what_says_the_same_already_is_not_sent(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = GET_WEB, .body = swarm_world_service(7, "\"a\":\"b\"", NULL) },
		{ .request = NULL },
	};
	static const orch_kv labels[] = { { "a", "b" } };

	(void)state;
	open_world(1, steps);
	assert_int_equal(swarm_deployment_get(&w.call, "web", &live), ORCH_OK);
	expect(swarm_deployment_scale(&w.call, &live, 2, &out), ORCH_OK, 0, NULL);
	want.labels = (orch_kv_list){ labels, 1 };
	expect(swarm_deployment_put(&w.call, &live, &want, &out), ORCH_OK, 0, NULL);
	assert_string_equal(out.deployment.version, "7");
	assert_int_equal(out.deployment.spec->replicas, 2); /* left open: as it is */
	swarm_world_close(&w);
}

static void applying_keeps_what_is_not_ours_and_marks_it(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = GET_WEB,
			.body = swarm_world_service(
				7, "\"a\":\"b\",\"com.docker.stack.image\":\"x\"", NULL) },
		{ .request = UPDATE },
		{ .request = NULL },
	};

	(void)state;
	open_world(1, steps);
	assert_int_equal(swarm_deployment_get(&w.call, "web", &live), ORCH_OK);
	want.image = "i:2";
	expect(swarm_deployment_put(&w.call, &live, &want, &out), ORCH_OK, 0, NULL);
	assert_string_equal(w.posted,
		"{\"Name\":\"web\",\"Labels\":{\"com.docker.stack.image\":\"x\",\"orch.io/"
		"op\":\"" SWARM_WORLD_OP
		"\",\"orch.io/managed\":\"true\"},\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":"
		"\"i:2\",\"Isolation\":\"default\"},\"ForceUpdate\":4},\"Mode\":{\"Replicated\":{"
		"\"Replicas\":2}}}");
	assert_string_equal(out.deployment.spec->image, "i:2");
	swarm_world_close(&w);
}

static void restarting_counts_up(void **state)
{
	static const struct {
		const char *was, *becomes;
	} counters[] = {
		{ "4", "\"ForceUpdate\":5" },
		{ "18446744073709551615", "\"ForceUpdate\":0" },
	};
	struct swarm_step steps[] = {
		{ .request = GET_WEB },
		{ .request = UPDATE },
		{ .request = NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
		char spec[256];

		snprintf(spec, sizeof spec, "\"TaskTemplate\":{\"ForceUpdate\":%s}",
			counters[i].was);
		steps[0].body = swarm_world_service(7, "", spec);
		open_world(1, steps);
		assert_int_equal(swarm_deployment_get(&w.call, "web", &live), ORCH_OK);
		expect(swarm_deployment_restart(&w.call, &live, &out), ORCH_OK, 0, NULL);
		assert_non_null(strstr(w.posted, counters[i].becomes));
		assert_null(strstr(w.posted, "orch.io/managed"));
		swarm_world_close(&w);
	}
}

static void a_stale_version_may_be_our_own_success(void **state)
{
	const char *read = swarm_world_service(7, THEIRS, NULL);
	const struct swarm_step ours[] = {
		{ .request = GET_WEB, .body = read },
		{ .request = UPDATE, STALE },
		{ .request = GET_ID, .body = swarm_world_service(9, OURS, NULL) },
		{ .request = NULL },
	};
	const struct swarm_step overwritten[] = {
		{ .request = GET_WEB, .body = read },
		{ .request = UPDATE, STALE },
		{ .request = GET_ID,
			.body = "{\"ID\":\"s1\",\"Version\":{\"Index\":10},\"Spec\":{\"Name\":"
				"\"web\","
				"\"Labels\":{" THEIRS "}},\"PreviousSpec\":{\"Labels\":{" OURS
				"}}}" },
		{ .request = NULL },
	};
	const struct swarm_step theirs[] = {
		{ .request = GET_WEB, .body = read },
		{ .request = UPDATE, STALE },
		{ .request = GET_ID, .body = swarm_world_service(9, THEIRS, NULL) },
		{ .request = NULL },
	};

	(void)state;
	expect_scale(ours, 1, ORCH_OK, 0, NULL);
	expect_scale(overwritten, 1, ORCH_OK, 0, NULL);
	expect_scale(theirs, 1, ORCH_E_CONFLICT, ORCH_OUTCOME_NOT_APPLIED, "someone else");
	assert_int_equal(orch_error_last()->transient, 1);
}

static void a_lost_answer_to_a_change_is_looked_up(void **state)
{
	const char *read = swarm_world_service(7, THEIRS, NULL);
	const struct swarm_step arrived[] = {
		{ .request = GET_WEB, .body = read },
		{ .request = UPDATE, LATE, .endpoint = M(0) },
		{ .request = GET_ID, .body = swarm_world_service(8, OURS, NULL), .endpoint = M(1) },
		{ .request = NULL },
	};
	const struct swarm_step never[] = {
		{ .request = GET_WEB, .body = read },
		{ .request = UPDATE, LOST },
		{ .request = GET_ID, .body = read },
		{ .request = UPDATE, STALE }, /* the first copy was faster */
		{ .request = GET_ID, .body = swarm_world_service(8, OURS, NULL) },
		{ .request = NULL },
	};
	/* Another version means that a copy on its way will be refused. */
	const struct swarm_step moved[] = {
		{ .request = GET_WEB, .body = read },
		{ .request = UPDATE, LOST },
		{ .request = GET_ID, .body = swarm_world_service(8, THEIRS, NULL) },
		{ .request = NULL },
	};
	const struct swarm_step cut[] = {
		{ .request = GET_WEB, .body = read },
		{ .request = UPDATE, .status = 200, LOST },
		{ .request = NULL },
	};

	(void)state;
	expect_scale(arrived, 2, ORCH_OK, 0, NULL);
	expect_scale(never, 1, ORCH_OK, 0, NULL);
	expect_scale(moved, 1, ORCH_E_CONFLICT, ORCH_OUTCOME_NOT_APPLIED, NULL);
	expect_scale(cut, 1, ORCH_OK, 0, NULL);
}

static void what_is_gone_is_no_longer_of_that_version(void **state)
{
	const char *read = swarm_world_service(7, THEIRS, NULL);
	const struct swarm_step gone[] = {
		{ .request = GET_WEB, .body = read },
		{ .request = UPDATE, GONE },
		{ .request = NULL },
	};
	const struct swarm_step later[] = {
		{ .request = GET_WEB, .body = read },
		{ .request = UPDATE, STALE },
		{ .request = GET_ID, GONE },
		{ .request = NULL },
	};

	(void)state;
	expect_scale(gone, 1, ORCH_E_CONFLICT, ORCH_OUTCOME_NOT_APPLIED, NULL);
	expect_scale(later, 1, ORCH_E_CONFLICT, ORCH_OUTCOME_NOT_APPLIED, NULL);
}

static void a_conflict_that_cannot_be_looked_into_leaves_it_open(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = GET_WEB, .body = swarm_world_service(7, THEIRS, NULL) },
		{ .request = UPDATE, STALE },
		{ .request = GET_ID, .status = 401, .body = "" },
		{ .request = NULL },
	};

	(void)state;
	expect_scale(steps, 1, ORCH_E_AUTH, ORCH_OUTCOME_UNKNOWN, "orch.io/op=");
}

static void a_cancel_in_the_middle_leaves_it_open(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = GET_WEB, .body = swarm_world_service(7, THEIRS, NULL) },
		{ .request = UPDATE, .fault = ORCH_E_CANCELLED },
		{ .request = GET_ID, .fault = ORCH_E_CANCELLED },
		{ .request = NULL },
	};

	(void)state;
	expect_scale(steps, 1, ORCH_E_CANCELLED, ORCH_OUTCOME_UNKNOWN, NULL);
}

/* ---- deleting ---- */

static void expect_delete(
	const struct swarm_step *steps, size_t managers, orch_status status, orch_outcome outcome)
{
	orch_deployment_entry found = { .live = NULL };

	open_world(managers, steps);
	found.deployment.id = "s1";
	expect(swarm_deployment_remove(&w.call, &found), status, outcome, NULL);
	swarm_world_close(&w);
}

static void deleting_is_by_id_and_gone_is_gone(void **state)
{
	const struct swarm_step plain[] = { { .request = DELETE }, { .request = NULL } };
	const struct swarm_step gone[] = { { .request = DELETE, GONE }, { .request = NULL } };
	const struct swarm_step lost[] = {
		{ .request = DELETE, LOST, .endpoint = M(0) },
		{ .request = DELETE, GONE, .endpoint = M(1) },
		{ .request = NULL },
	};
	const struct swarm_step cut[] = { { .request = DELETE, .status = 200, LOST },
		{ .request = NULL } };
	const struct swarm_step odd[] = {
		{ .request = DELETE, .status = 500, .body = "something new" },
		{ .request = NULL },
	};

	(void)state;
	expect_delete(plain, 1, ORCH_OK, 0);
	expect_delete(gone, 1, ORCH_OK, 0);
	expect_delete(lost, 2, ORCH_OK, 0);
	expect_delete(cut, 1, ORCH_OK, 0);
	expect_delete(odd, 1, ORCH_E_REFUSED, ORCH_OUTCOME_UNKNOWN);
}

static void what_remains_is_counted_among_all_tasks(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = "GET " V "/tasks",
			.body = "[{\"ID\":\"a\",\"ServiceID\":\"s1\"},{\"ID\":\"b\",\"ServiceID\":"
				"\"s2\"},"
				"{\"ID\":\"c\"},{\"ID\":\"d\",\"ServiceID\":\"s1\"}]",
			.piece = 5 },
		{ .request = NULL },
	};
	const orch_deployment_entry deleted = { .deployment.id = "s1" };
	int64_t n = -1;

	(void)state;
	open_world(1, steps);
	expect(swarm_deployment_remaining(&w.call, &deleted, &n), ORCH_OK, 0, NULL);
	assert_int_equal(n, 2);
	swarm_world_close(&w);
}

/* ---- memory ---- */

static orch_status put_alone(void *payload)
{
	void *result = orch__result_new(1);
	orch_call call = w.call;
	orch_deployment_entry found = { .live = NULL }, mine = { .live = NULL };
	orch_status st = ORCH_E_NOMEM;

	w.at = 0;
	call.pool = result ? orch__result_pool(result) : NULL;
	if (result)
		st = payload ? ORCH_OK : swarm_deployment_get(&call, "web", &found);
	if (st == ORCH_OK)
		st = swarm_deployment_put(&call, payload ? NULL : &found, &want, &mine);
	orch__result_free(result);
	return st;
}

static void lack_of_memory_is_a_status(void **state)
{
	/* Once it is sent, lack of memory is no reason to send it again: it is read back. */
	const struct swarm_step create[] = {
		{ .request = CREATE, CREATED },
		{ .request = GET_WEB, .body = swarm_world_service(7, OURS, NULL) },
		{ .request = NULL },
	};
	const struct swarm_step change[] = {
		{ .request = GET_WEB, .body = swarm_world_service(7, THEIRS, NULL) },
		{ .request = UPDATE },
		{ .request = NULL },
	};

	(void)state;
	open_world(1, change);
	want.image = "i:2";
	torture_run_tolerant(put_alone, NULL);
	swarm_world_close(&w);
	open_world(1, create);
	torture_run_tolerant(put_alone, &w);
	swarm_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_creation_is_signed_and_marked),
		cmocka_unit_test(a_name_too_long_is_refused_before_anything_is_sent),
		cmocka_unit_test(a_taken_name_may_be_our_own_success),
		cmocka_unit_test(a_name_that_is_free_again_is_taken),
		cmocka_unit_test(a_service_of_another_mode_cannot_become_a_deployment),
		cmocka_unit_test(a_lost_answer_is_looked_up),
		cmocka_unit_test(an_answer_cut_after_its_status_is_looked_up),
		cmocka_unit_test(what_never_left_is_simply_sent_elsewhere),
		cmocka_unit_test(a_refusal_is_final_and_keeps_the_engines_words),
		cmocka_unit_test(an_error_nobody_knows_is_looked_into_once),
		cmocka_unit_test(without_an_answer_until_the_deadline_nothing_is_known),
		cmocka_unit_test(a_leader_that_never_was_refused_it),
		cmocka_unit_test(scaling_changes_the_number_and_signs),
		cmocka_unit_test(what_says_the_same_already_is_not_sent),
		cmocka_unit_test(applying_keeps_what_is_not_ours_and_marks_it),
		cmocka_unit_test(restarting_counts_up),
		cmocka_unit_test(a_stale_version_may_be_our_own_success),
		cmocka_unit_test(a_lost_answer_to_a_change_is_looked_up),
		cmocka_unit_test(what_is_gone_is_no_longer_of_that_version),
		cmocka_unit_test(a_conflict_that_cannot_be_looked_into_leaves_it_open),
		cmocka_unit_test(a_cancel_in_the_middle_leaves_it_open),
		cmocka_unit_test(deleting_is_by_id_and_gone_is_gone),
		cmocka_unit_test(what_remains_is_counted_among_all_tasks),
		cmocka_unit_test(lack_of_memory_is_a_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
