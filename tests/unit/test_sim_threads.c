/* SPDX-License-Identifier: MIT */
/* One world, many threads: nothing is lost, nothing is torn. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "orch/orch.h"
#include "orch/sim.h"
#include "support/sim_world.h"
#include "util/clock.h"

enum { THREADS = 8, ROUNDS = 40 };

static void run_threads(void *(*fn)(void *))
{
	pthread_t threads[THREADS];
	void *failed = NULL;

	for (intptr_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, fn, (void *)i), 0);
	for (int i = 0; i < THREADS; i++) {
		void *result;

		pthread_join(threads[i], &result);
		failed = failed ? failed : result;
	}
	if (failed)
		fail_msg("%s", (const char *)failed);
}

/* Assertions of cmocka belong to the main thread: others say what was wrong. */
#define NEED(condition)                                                                            \
	do {                                                                                       \
		if (!(condition))                                                                  \
			return (void *)(uintptr_t) #condition;                                     \
	} while (0)

static orch_deployment_spec spec(const char *name, int64_t replicas)
{
	orch_deployment_spec s = ORCH_DEPLOYMENT_SPEC_INIT;

	s.name = name;
	s.image = "app:1";
	s.replicas = replicas;
	return s;
}

/* ---- each thread its own client and deployment, all in one world ---- */

static void *live(void *number)
{
	orch_client *client = NULL;
	char name[16];

	snprintf(name, sizeof name, "d%d", (int)(intptr_t)number);
	NEED(orch_client_open("sim://crowd", NULL, &client) == ORCH_OK);
	for (int i = 0; i < ROUNDS; i++) {
		orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;
		orch_write_options o = ORCH_WRITE_OPTIONS_INIT;
		orch_deployment_spec s = spec(name, 1 + i % 3);
		const orch_instances *list = NULL;
		const orch_deployments *all = NULL;

		o.wait = &wait;
		NEED(orch_deployment_apply(client, &s, &o, NULL) == ORCH_OK);
		NEED(orch_deployment_scale(client, name, 4, NULL, NULL) == ORCH_OK);
		NEED(orch_instance_list(client, name, &list) == ORCH_OK);
		NEED(list->count >= 4); /* and those of lost nodes */
		NEED(orch_deployment_list(client, NULL, &all) == ORCH_OK);
		NEED(all->count >= 1);
		orch_instances_free(list);
		orch_deployments_free(all);
		NEED(orch_deployment_delete(client, name, i % 2 ? &o : NULL) == ORCH_OK);
	}
	orch_client_close(client);
	return NULL;
}

static void *shake(void *number)
{
	if ((intptr_t)number > 0)
		return live(number);
	orch_client *client = NULL;
	orch_sim *sim = NULL;

	NEED(orch_client_open("sim://crowd", NULL, &client) == ORCH_OK);
	NEED(orch_sim_from_client(client, &sim) == ORCH_OK);
	orch_client_close(client);
	for (int i = 0; i < ROUNDS; i++) {
		NEED(orch_sim_node_fail(sim, "node-1") == ORCH_OK);
		orch_sim_advance(sim, 1000);
		NEED(orch_sim_node_recover(sim, "node-1") == ORCH_OK);
	}
	orch_sim_close(sim);
	return NULL;
}

static void clients_in_many_threads_share_a_world(void **state)
{
	(void)state;
	run_threads(live);
}

static void a_world_may_be_shaken_meanwhile(void **state)
{
	(void)state;
	run_threads(shake);
}

/* ---- all threads write one deployment: no change is lost ---- */

static orch_client *shared;

static void *count_up(void *number)
{
	(void)number;
	for (int i = 0; i < ROUNDS; i++) {
		const orch_deployment *d = NULL;
		orch_write_options only_this = ORCH_WRITE_OPTIONS_INIT;
		orch_status st;

		do {
			NEED(orch_deployment_get(shared, "counter", &d) == ORCH_OK);
			only_this.version = d->version;
			st = orch_deployment_scale(
				shared, "counter", d->spec->replicas + 1, &only_this, NULL);
			orch_deployment_free(d);
			NEED(st == ORCH_OK || st == ORCH_E_CONFLICT);
		} while (st != ORCH_OK);
	}
	return NULL;
}

static void no_change_is_lost_between_writers(void **state)
{
	orch_deployment_spec s = spec("counter", 0);
	const orch_deployment *d = NULL;

	(void)state;
	assert_int_equal(orch_client_open("sim://?nodes=1", NULL, &shared), ORCH_OK);
	assert_int_equal(orch_deployment_apply(shared, &s, NULL, NULL), ORCH_OK);
	run_threads(count_up);
	assert_int_equal(orch_deployment_get(shared, "counter", &d), ORCH_OK);
	assert_int_equal(d->spec->replicas, THREADS * ROUNDS);
	orch_deployment_free(d);
	orch_client_close(shared);
}

/* ---- virtual time is shared ---- */

struct nap {
	struct sim_world *world;
	int64_t ms, woken_at, off_ms;
};

static void *take_a_nap(void *payload)
{
	struct nap *nap = payload;
	int64_t from;

	sim_world_lock(nap->world);
	sim_world_sleep(nap->world, nap->ms);
	sim_world_unlock(nap->world);
	from = orch__clock_ms();
	orch__clock_sleep(2); /* off the processor for a while */
	sim_world_lock(nap->world);
	nap->woken_at = nap->world->clock.now;
	nap->off_ms = orch__clock_ms() - from;
	sim_turns_release(&nap->world->turns);
	sim_world_unlock(nap->world);
	return NULL;
}

static void wait_for_sleeper(struct sim_world *w)
{
	for (bool sleeps = false; !sleeps; orch__clock_sleep(1)) {
		sim_world_lock(w);
		sleeps = w->turns.first != NULL;
		sim_world_unlock(w);
	}
}

static void time_does_not_run_away_from_a_thread_that_has_woken(void **state)
{
	struct sim_world *w = world_new();
	struct nap nap = { w, 1000, 0, 0 };
	pthread_t thread;

	(void)state;
	sim_world_lock(w);
	sim_turns_hold(&w->turns);
	w->turns.busy[0].until_ms += 60000; /* however slow this machine is */
	assert_int_equal(pthread_create(&thread, NULL, take_a_nap, &nap), 0);
	sim_world_unlock(w);
	wait_for_sleeper(w);
	for (int64_t i = 1; i <= 100; i++) {
		sim_world_lock(w);
		sim_world_sleep(w, 20);
		assert_int_equal(w->clock.now, i * 20);
		sim_world_unlock(w);
	}
	pthread_join(thread, NULL);
	if (nap.off_ms < SIM_HOLD_MS)
		assert_int_equal(nap.woken_at, 1000);
	world_close(w);
}

static void a_thread_that_does_nothing_more_holds_time_only_for_a_moment(void **state)
{
	struct sim_world *w = world_new();
	struct nap nap = { w, 1, 0, 0 };
	pthread_t thread;

	(void)state;
	sim_world_lock(w);
	sim_turns_hold(&w->turns); /* and that was all */
	sim_world_unlock(w);
	assert_int_equal(pthread_create(&thread, NULL, take_a_nap, &nap), 0);
	pthread_join(thread, NULL);
	assert_int_equal(nap.woken_at, 1);
	world_close(w);
}

/* ---- real time ---- */

static void *wait_for_ever(void *started)
{
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;

	wait.timeout_ms = 3600000;
	*(atomic_int *)started = 1;
	return (void *)(intptr_t)orch_deployment_wait(shared, "web", &wait, NULL);
}

static void a_wait_in_real_time_can_be_cancelled(void **state)
{
	orch_deployment_spec s = spec("web", 1);
	static atomic_int started;
	pthread_t thread;
	void *result;
	int64_t from;

	(void)state;
	assert_int_equal(orch_client_open("sim://?nodes=0&speed=1", NULL, &shared), ORCH_OK);
	assert_int_equal(orch_deployment_apply(shared, &s, NULL, NULL), ORCH_OK);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_ever, &started), 0);
	while (!started)
		orch__clock_sleep(1);
	orch__clock_sleep(30); /* into the wait */
	from = orch__clock_ms();
	orch_client_cancel(shared);
	pthread_join(thread, &result);
	assert_int_equal((intptr_t)result, ORCH_E_CANCELLED);
	assert_true(orch__clock_ms() - from < 1000);
	orch_client_close(shared);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clients_in_many_threads_share_a_world),
		cmocka_unit_test(a_world_may_be_shaken_meanwhile),
		cmocka_unit_test(no_change_is_lost_between_writers),
		cmocka_unit_test(time_does_not_run_away_from_a_thread_that_has_woken),
		cmocka_unit_test(a_thread_that_does_nothing_more_holds_time_only_for_a_moment),
		cmocka_unit_test(a_wait_in_real_time_can_be_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
