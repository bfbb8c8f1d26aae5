/* SPDX-License-Identifier: MIT */
/* Writes that are not answered for long, and copies of them that come late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "backend/swarm/noun.h"
#include "backend/swarm/service.h"
#include "backend/swarm/session.h"
#include "support/swarm_world.h"
#include "util/clock.h"

#define V "/v1.41"
#define GET_WEB "GET " V "/services/web"
#define GET_ID "GET " V "/services/s1"
#define CREATE "POST " V "/services/create"
#define UPDATE "POST " V "/services/s1/update?version=7"
#define DELETE "DELETE " V "/services/s1"
#define OURS "\"orch.io/op\":\"" SWARM_WORLD_OP "\""
#define THEIRS "\"orch.io/op\":\"another\""
#define CREATED .status = 201, .body = "{\"ID\":\"s1\"}"
#define GONE .status = 404, .body = "{\"message\":\"service s1 not found\"}"
#define LOST .fault = ORCH_E_NETWORK
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

/* ---- silence ---- */

#define NEVER .silent_ms = 100000

static void a_silent_write_is_looked_up_elsewhere_meanwhile(void **state)
{
	const struct swarm_step create[] = {
		{ .request = CREATE, CREATED, NEVER, .endpoint = M(0) },
		{ .request = GET_WEB,
			.body = swarm_world_service(7, OURS, NULL),
			.endpoint = M(1) },
		{ .request = GET_WEB,
			.body = swarm_world_service(7, OURS, NULL),
			.endpoint = M(1) },
		{ .request = NULL },
	};
	const struct swarm_step change[] = {
		{ .request = GET_WEB, .body = swarm_world_service(7, THEIRS, NULL) },
		{ .request = UPDATE, NEVER },
		{ .request = GET_ID, .body = swarm_world_service(8, OURS, NULL), .endpoint = M(1) },
		{ .request = NULL },
	};

	(void)state;
	expect_create(create, 2, ORCH_OK, 0, NULL);
	expect_scale(change, 2, ORCH_OK, 0, NULL);
}

static void a_write_that_is_answered_while_others_are_asked_is_answered(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = CREATE, CREATED, .silent_ms = 60 },
		{ .request = GET_WEB, GONE, .endpoint = M(1) },
		{ .request = NULL },
	};

	(void)state;
	expect_create(steps, 2, ORCH_OK, 0, NULL);
}

/* An election: the answer comes when the swarm has a leader again, and there is one copy. */
static void a_write_is_left_alone_while_the_swarm_answers_nobody(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = CREATE, CREATED, .silent_ms = 75, .endpoint = M(0) },
		{ .request = GET_WEB, NEVER, .endpoint = M(1) },
		{ .request = NULL },
	};

	(void)state;
	expect_create(steps, 2, ORCH_OK, 0, NULL);
}

static void a_write_that_hangs_while_others_are_answered_is_sent_again(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = CREATE, CREATED, NEVER, .endpoint = M(0) },
		{ .request = GET_WEB, GONE, .endpoint = M(1) }, /* while it is waited for */
		{ .request = GET_WEB, GONE, .endpoint = M(1) }, /* and when it is not any more */
		{ .request = CREATE, CREATED, .endpoint = M(1) },
		{ .request = NULL },
	};

	(void)state;
	expect_create(steps, 2, ORCH_OK, 0, NULL);
}

static void a_silent_delete_is_settled_by_what_is_gone(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = DELETE, NEVER, .endpoint = M(0) },
		{ .request = GET_ID, GONE, .endpoint = M(1) },
		{ .request = NULL },
	};
	orch_deployment_entry found = { .live = NULL };

	(void)state;
	open_world(2, steps);
	found.deployment.id = "s1";
	expect(swarm_deployment_remove(&w.call, &found), ORCH_OK, 0, NULL);
	swarm_world_close(&w);
}

static void silence_until_the_deadline_leaves_it_open(void **state)
{
	struct swarm_step steps[SWARM_WORLD_STEPS];

	(void)state;
	memset(steps, 0, sizeof steps);
	steps[0] = (struct swarm_step){ .request = CREATE, NEVER };
	for (size_t i = 1; i + 1 < SWARM_WORLD_STEPS; i++)
		steps[i] = (struct swarm_step){ .request = "GET ", NEVER };
	open_world(1, steps);
	w.call.deadline_ms = orch__clock_ms() + 600 * SWARM_WORLD_SLOW;
	assert_int_equal(swarm_deployment_put(&w.call, NULL, &want, &out), ORCH_E_NO_QUORUM);
	assert_string_equal(w.problem, "");
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_UNKNOWN);
	assert_in_range(orch__clock_ms(), w.call.deadline_ms - 100 * SWARM_WORLD_SLOW,
		w.call.deadline_ms + 2000);
	swarm_world_close(&w);
}

/* ---- late copies ---- */

static void a_lost_creation_that_turns_up_late_is_not_sent_again(void **state)
{
	const struct swarm_step steps[] = {
		{ .request = CREATE, LOST },
		{ .request = GET_WEB, GONE },
		{ .request = GET_WEB, GONE },
		{ .request = GET_WEB, .body = swarm_world_service(7, OURS, NULL) },
		{ .request = NULL },
	};

	(void)state;
	open_world(1, steps);
	((struct swarm *)w.call.backend)->limits.again_ms = 10000;
	expect(swarm_deployment_put(&w.call, NULL, &want, &out), ORCH_OK, 0, NULL);
	swarm_world_close(&w);
}

/* Of two copies one was refused, or has not come yet: then it would bring back what is deleted. */
static void a_late_copy_does_not_bring_back_what_is_deleted(void **state)
{
	const struct swarm_step twice[] = {
		{ .request = CREATE, LOST },
		{ .request = GET_WEB, GONE },
		{ .request = CREATE, CREATED },
		{ .request = GET_WEB, .body = swarm_world_service(7, OURS, NULL) },
		{ .request = NULL },
	};
	const struct swarm_step comes[] = {
		{ .request = DELETE },
		{ .request = GET_WEB, GONE },
		{ .request = GET_WEB, .body = swarm_world_service(9, OURS, NULL) },
		{ .request = DELETE },
		{ .request = NULL },
	};
	/* As often as there is time for. */
	const struct swarm_step gone = { .request = GET_WEB, GONE };
	const struct swarm_step never[] = { { .request = DELETE }, gone, gone, gone, gone, gone,
		gone, gone, gone, { .request = NULL } };
	const struct swarm_step others[] = {
		{ .request = DELETE },
		{ .request = GET_WEB, .body = swarm_world_service(9, THEIRS, NULL) },
		{ .request = NULL },
	};
	const struct swarm_step *const ends[] = { comes, never, others };

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct swarm_live found = { .raw_json = NULL };

		open_world(1, twice);
		((struct swarm *)w.call.backend)->limits.late_ms = ends[i] == never ? 1000 : 20000;
		assert_int_equal(swarm_deployment_put(&w.call, NULL, &want, &out), ORCH_OK);
		memset(&live, 0, sizeof live);
		assert_int_equal(swarm_deployment_get(&w.call, "web", &live), ORCH_OK);
		swarm_world_done(&w);
		found = *(const struct swarm_live *)live.live;
		found.spec.name = "web";
		live.live = &found;
		live.deployment.id = "s1";
		swarm_world_expect(&w, ends[i]);
		assert_int_equal(swarm_deployment_remove(&w.call, &live), ORCH_OK);
		assert_string_equal(w.problem, "");
		if (ends[i] != never)
			swarm_world_done(&w);
		swarm_world_close(&w);
	}
}

static void without_a_copy_in_doubt_deleting_does_not_wait(void **state)
{
	const struct swarm_step once[] = {
		{ .request = CREATE, LOST },
		{ .request = GET_WEB, .body = swarm_world_service(7, OURS, NULL) },
		{ .request = GET_WEB, .body = swarm_world_service(7, OURS, NULL) },
		{ .request = DELETE },
		{ .request = NULL },
	};

	(void)state;
	open_world(1, once);
	((struct swarm *)w.call.backend)->limits.late_ms = 20000;
	assert_int_equal(swarm_deployment_put(&w.call, NULL, &want, &out), ORCH_OK);
	memset(&live, 0, sizeof live);
	assert_int_equal(swarm_deployment_get(&w.call, "web", &live), ORCH_OK);
	expect(swarm_deployment_remove(&w.call, &live), ORCH_OK, 0, NULL);
	swarm_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_silent_write_is_looked_up_elsewhere_meanwhile),
		cmocka_unit_test(a_write_that_is_answered_while_others_are_asked_is_answered),
		cmocka_unit_test(a_write_is_left_alone_while_the_swarm_answers_nobody),
		cmocka_unit_test(a_write_that_hangs_while_others_are_answered_is_sent_again),
		cmocka_unit_test(a_silent_delete_is_settled_by_what_is_gone),
		cmocka_unit_test(silence_until_the_deadline_leaves_it_open),
		cmocka_unit_test(a_lost_creation_that_turns_up_late_is_not_sent_again),
		cmocka_unit_test(a_late_copy_does_not_bring_back_what_is_deleted),
		cmocka_unit_test(without_a_copy_in_doubt_deleting_does_not_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
