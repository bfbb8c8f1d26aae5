/* SPDX-License-Identifier: MIT */
/* The leader is killed, or hangs, and a worker is lost, while programs work on. */
#include <stdio.h>
#include <stdlib.h>

#include "live/live.h"
#include "live/workers.h"

/* Returns how many deployments are there that were deleted. */
static int64_t work_through(struct world *w, const char *fault)
{
	struct workers workers;
	int status;

	(void)live_env("LIVE_CLUSTER");
	workers_hire(&workers, w, 8);
	(void)live_sh("sleep 2"); /* all at work */
	status = live_sh("%s", fault);
	(void)live_sh("sleep 5"); /* and again, after it */
	workers_dismiss(&workers);
	live_ok("$LIVE_CLUSTER resume --name $LIVE_NAME >/dev/null");
	assert_int_equal(status, 0);
	workers_lost_nothing(&workers);
	return workers_left_over(&workers);
}

/* LIVE_ROUNDS: how often, for a night without hurry. */
static int rounds(void)
{
	const char *given = getenv("LIVE_ROUNDS");

	return given ? atoi(given) : 1;
}

static void no_call_fails_when_the_leader_is_killed(void **state)
{
	for (int i = rounds(); i > 0; i--)
		assert_int_equal(
			work_through(*state, "$LIVE_CLUSTER kill-leader --name $LIVE_NAME --wait"),
			0);
}

/*
 * It hangs until another one leads, which may take longer than liborch waits for late copies
 * of a creation: what it was asked before, it may still do when it goes on.
 */
static void no_call_fails_when_the_leader_hangs(void **state)
{
	for (int i = rounds(); i > 0; i--)
		assert_in_range(
			work_through(*state, "$LIVE_CLUSTER pause-leader --name $LIVE_NAME --wait"),
			0, 8);
}

static void a_leader_that_hangs_for_a_while_brings_back_nothing(void **state)
{
	for (int i = rounds(); i > 0; i--)
		assert_int_equal(
			work_through(*state,
				"$LIVE_CLUSTER pause-leader --name $LIVE_NAME && sleep 8 && "
				"$LIVE_CLUSTER resume --name $LIVE_NAME >/dev/null"),
			0);
}

/* Two of three are gone: nobody may decide, and liborch says so instead of waiting. */
static void without_a_majority_calls_say_so_and_work_again_by_themselves(void **state)
{
	struct world *w = *state;
	orch_client *patient = NULL, *hasty = NULL;
	orch_deployment_spec spec = world_server(w, "undecided");
	orch_status st;
	int64_t began;

	(void)live_env("SWARM_M3_UNIX");
	world_up(w, "here", 0);
	assert_ok(orch_client_with_timeout(w->client, 60000, &patient));
	assert_ok(orch_client_with_timeout(w->client, 5000, &hasty));
	live_ok("$LIVE_CLUSTER kill --name $LIVE_NAME m2");
	live_ok("$LIVE_CLUSTER kill --name $LIVE_NAME m3");
	began = world_now_ms();
	/* A leader that is left answers from its own memory until it finds out. */
	do {
		(void)live_sh("sleep 1");
		st = world_probe(patient, "here");
	} while (st == ORCH_OK && world_now_ms() - began < 120000);
	print_message("# %s\n", orch_error_last()->message);
	assert_status(st, ORCH_E_NO_QUORUM);
	assert_status(orch_deployment_apply(hasty, &spec, NULL, NULL), ORCH_E_NO_QUORUM);
	assert_int_equal(orch_error_last()->transient, 1);
	assert_int_not_equal(orch_error_last()->outcome, ORCH_OUTCOME_APPLIED);
	live_ok("$LIVE_CLUSTER resume --name $LIVE_NAME >/dev/null");
	assert_ok(world_probe(patient, "here"));
	assert_ok(orch_deployment_apply(patient, &spec, NULL, NULL));
	orch_client_close(patient);
	orch_client_close(hasty);
}

/* No packet comes back on a connection that was fine a moment ago: no FIN, no RST. */
static void a_connection_that_went_silent_is_given_up_in_time(void **state)
{
	struct world *w = *state;
	const orch_client_info *info = NULL;
	orch_client *patient = NULL;
	int64_t began;

	world_up(w, "here", 0);
	assert_ok(orch_client_with_timeout(w->client, 60000, &patient));
	assert_ok(orch_client_info_get(patient, &info));
	print_message("# connected to %s\n", info->endpoint);
	live_ok("n=m1; case $SWARM_M2_TCP in *//%s) n=m2;; esac; "
		"case $SWARM_M3_TCP in *//%s) n=m3;; esac; "
		"$LIVE_CLUSTER cut --name $LIVE_NAME $n",
		info->endpoint, info->endpoint);
	orch_client_info_free(info);
	began = world_now_ms();
	/* 12 s to notice; when it was the leader, the others must elect another one. */
	assert_ok(world_probe(patient, "here"));
	print_message(
		"# answered by another one after %lld ms\n", (long long)(world_now_ms() - began));
	orch_client_close(patient);
}

static bool lives_on_other_nodes(struct world *w, void *payload)
{
	const orch_deployment *d = world_get(w, "spread");
	bool seen = d->state == ORCH_DEPLOYMENT_COMPLETE;
	const char *lost = payload;
	const orch_instances *list;

	assert_true(d->ready <= d->desired);
	orch_deployment_free(d);
	list = world_instances(w, "spread");
	for (size_t i = 0; i < list->count; i++) {
		bool there = strcmp(list->items[i]->node, lost) == 0;

		seen = seen && !(there && list->items[i]->ready);
	}
	orch_instances_free(list);
	return seen;
}

static bool uses_every_node(struct world *w, void *payload)
{
	const orch_instances *list = world_instances(w, "spread");
	bool seen = false;

	for (size_t i = 0; i < list->count; i++)
		seen = seen || strcmp(list->items[i]->node, payload) == 0;
	orch_instances_free(list);
	return seen;
}

/* Tasks of a dead node go on "running" in the orchestrator's own count. */
static void a_lost_node_does_not_inflate_what_is_ready(void **state)
{
	struct world *w = *state;
	char *host;

	(void)live_env("SWARM_W1_UNIX");
	host = live_output("docker -H \"$SWARM_W1_UNIX\" info --format '{{.Name}}'");
	world_up(w, "spread", 8);
	assert_true(uses_every_node(w, host));
	live_ok("$LIVE_CLUSTER kill --name $LIVE_NAME w1");
	(void)live_sh("sleep 20"); /* until the swarm has noticed */
	await(w, lives_on_other_nodes, host);
	free(host);
}

/* However a test ended, the next one finds the cluster whole. */
static int mend(void **state)
{
	if (live_sh("$LIVE_CLUSTER resume --name $LIVE_NAME >/dev/null") != 0)
		return -1;
	return world_end(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(no_call_fails_when_the_leader_is_killed, mend),
		live_test(no_call_fails_when_the_leader_hangs, mend),
		live_test(a_leader_that_hangs_for_a_while_brings_back_nothing, mend),
		live_test(a_connection_that_went_silent_is_given_up_in_time, mend),
		live_test(a_lost_node_does_not_inflate_what_is_ready, mend),
		live_test(without_a_majority_calls_say_so_and_work_again_by_themselves, mend),
	};

	return world_run(tests);
}
