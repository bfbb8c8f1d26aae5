/* SPDX-License-Identifier: MIT */
/* Cancelling: from another thread, from a signal handler, and what stays untouched. */
#include "conformance/world.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

/* Long enough that only a cancel ends it, also where time is virtual. */
#define FOR_EVER_MS ((int64_t)1000 * 3600 * 24 * 365 * 1000)

struct waiter {
	struct world *w;
	orch_client *client;
	atomic_int waiting; /* set by the progress callback, so within the call */
	orch_status status;
	int64_t ended_ms;
	char message[512];
};

static void say_so(void *payload, const orch_deployment *now)
{
	struct waiter *me = payload;

	(void)now;
	atomic_store(&me->waiting, 1);
}

static orch_wait_options for_ever(struct waiter *me, orch_deployment_progress_fn *progress)
{
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;

	wait.timeout_ms = FOR_EVER_MS;
	wait.progress = progress;
	wait.progress_payload = me;
	return wait;
}

static void *wait_for_ever(void *payload)
{
	struct waiter *me = payload;
	orch_wait_options wait = for_ever(me, say_so);

	me->status = orch_deployment_wait(me->client, "stuck", &wait, NULL);
	me->ended_ms = world_now_ms();
	memcpy(me->message, orch_error_last()->message, sizeof me->message);
	return NULL;
}

/* A deployment that nobody will ever see complete. */
static void put_stuck(struct world *w)
{
	orch_deployment_spec spec = world_server(w, "stuck");

	spec.cpu_request_milli = 1000000;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
}

static void let_it_begin(struct waiter *me)
{
	struct timespec moment = { 0, 1000000 };

	while (!atomic_load(&me->waiting))
		(void)nanosleep(&moment, NULL);
}

static void a_cancel_from_another_thread_ends_a_wait(void **state)
{
	struct world *w = *state;
	struct waiter me = { .w = w, .client = w->client };
	pthread_t thread;
	int64_t cancelled_ms;

	put_stuck(w);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_ever, &me), 0);
	let_it_begin(&me);
	cancelled_ms = world_now_ms();
	orch_client_cancel(w->client);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(me.status, ORCH_E_CANCELLED);
	assert_non_null(strstr(me.message, "stuck"));
	assert_true(me.ended_ms - cancelled_ms < 1000);
	assert_ok(world_probe(w->client, "stuck"));
}

static void a_cancel_ends_all_calls_of_the_view(void **state)
{
	struct world *w = *state;
	struct waiter us[3];
	pthread_t threads[3];

	put_stuck(w);
	for (int i = 0; i < 3; i++) {
		memset(&us[i], 0, sizeof us[i]);
		us[i].w = w;
		us[i].client = w->client;
		assert_int_equal(pthread_create(&threads[i], NULL, wait_for_ever, &us[i]), 0);
	}
	for (int i = 0; i < 3; i++)
		let_it_begin(&us[i]);
	orch_client_cancel(w->client);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(us[i].status, ORCH_E_CANCELLED);
	}
}

static void a_cancel_of_one_view_leaves_the_others_alone(void **state)
{
	struct world *w = *state;
	struct waiter me = { .w = w };
	orch_client *view = NULL;
	pthread_t thread;

	put_stuck(w);
	assert_ok(orch_client_with_namespace(w->client, w->ns, &view));
	me.client = view;
	assert_int_equal(pthread_create(&thread, NULL, wait_for_ever, &me), 0);
	let_it_begin(&me);
	orch_client_cancel(w->client);
	world_tick(w);
	assert_int_equal(me.status, ORCH_OK); /* still waiting */
	orch_client_cancel(view);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(me.status, ORCH_E_CANCELLED);
	orch_client_close(view);
}

static void a_cancel_in_advance_means_nothing(void **state)
{
	struct world *w = *state;

	world_up(w, "later", 0);
	orch_client_cancel(w->client);
	assert_ok(world_probe(w->client, "later"));
	orch_client_cancel(w->client);
	world_up(w, "later", 1);
}

/* The handler may run anywhere, in the midst of a call as well. */
static orch_client *of_the_handler;

static void on_signal(int number)
{
	(void)number;
	orch_client_cancel(of_the_handler);
}

static void interrupt(void *payload, const orch_deployment *now)
{
	(void)payload;
	(void)now;
	(void)raise(SIGUSR1);
}

static void a_signal_handler_may_cancel(void **state)
{
	struct world *w = *state;
	orch_wait_options wait = for_ever(NULL, interrupt);
	struct sigaction act, old;
	orch_status st;

	put_stuck(w);
	memset(&act, 0, sizeof act);
	act.sa_handler = on_signal;
	of_the_handler = w->client;
	assert_int_equal(sigaction(SIGUSR1, &act, &old), 0);
	st = orch_deployment_wait(w->client, "stuck", &wait, NULL);
	assert_int_equal(sigaction(SIGUSR1, &old, NULL), 0);
	assert_status(st, ORCH_E_CANCELLED);
}

static void a_cancelled_apply_tells_that_it_was_accepted(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "accepted");
	orch_wait_options wait = for_ever(NULL, interrupt);
	orch_write_options how = world_write(&wait);
	const orch_deployment *out = UNTOUCHED(const orch_deployment *);
	struct sigaction act, old;
	orch_status st;

	memset(&act, 0, sizeof act);
	act.sa_handler = on_signal;
	of_the_handler = w->client;
	spec.cpu_request_milli = 1000000;
	assert_int_equal(sigaction(SIGUSR1, &act, &old), 0);
	st = orch_deployment_apply(w->client, &spec, &how, &out);
	assert_int_equal(sigaction(SIGUSR1, &old, NULL), 0);
	assert_status(st, ORCH_E_CANCELLED);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_APPLIED);
	assert_message_names("accepted");
	assert_untouched(out);
	assert_ok(world_probe(w->client, "accepted"));
}

static int is_waiting(void *payload)
{
	struct waiter *me = payload;

	return atomic_load(&me->waiting);
}

static void a_program_that_is_asked_can_end_its_calls(void **state)
{
	struct world *w = *state;
	struct waiter me = { .w = w };
	orch_wait_options wait = for_ever(&me, say_so);
	orch_client_options options = ORCH_CLIENT_OPTIONS_INIT;
	orch_client *client, *view = NULL;

	put_stuck(w);
	options.interrupted = is_waiting;
	options.interrupted_payload = &me;
	client = world_client(w, &options);
	assert_ok(orch_client_with_timeout(client, 60000, &view)); /* holds for all views */
	assert_status(orch_deployment_wait(view, "stuck", &wait, NULL), ORCH_E_CANCELLED);
	assert_message_names("stuck");
	assert_ok(world_probe(w->client, "stuck")); /* those who are not asked go on */
	atomic_store(&me.waiting, 0);
	assert_ok(world_probe(client, "stuck"));
	orch_client_close(view);
	orch_client_close(client);
}

static void cancelling_nothing_is_nothing(void **state)
{
	(void)state;
	orch_client_cancel(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(a_cancel_from_another_thread_ends_a_wait),
		world_test(a_cancel_ends_all_calls_of_the_view),
		world_test(a_cancel_of_one_view_leaves_the_others_alone),
		world_test(a_cancel_in_advance_means_nothing),
		world_test(a_signal_handler_may_cancel),
		world_test(a_cancelled_apply_tells_that_it_was_accepted),
		world_test(a_program_that_is_asked_can_end_its_calls),
		world_test(cancelling_nothing_is_nothing),
	};

	return world_run(tests);
}
