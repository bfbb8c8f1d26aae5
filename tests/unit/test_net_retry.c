/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <pthread.h>

#include <cmocka.h>

#include "net/retry.h"
#include "util/clock.h"
#include "util/error.h"

enum { LONG = 3600000 };

static struct orch__retry fresh(bool is_read)
{
	struct orch__retry r = { .deadline_ms = orch__clock_ms() + LONG, .is_read = is_read };

	return r;
}

/* The last error, without a pause that a test would have to wait for: an endpoint is left. */
static orch_status after(struct orch__retry *r, orch_status status, orch_outcome outcome)
{
	(void)!orch__fail(status, "it failed");
	orch__error_outcome(outcome);
	r->hops = 1;
	return orch__retry_wait(r);
}

static void a_write_is_repeated_only_if_it_had_no_effect(void **state)
{
	struct orch__retry r = fresh(false);

	(void)state;
	assert_int_equal(after(&r, ORCH_E_NETWORK, ORCH_OUTCOME_NOT_SENT), ORCH_OK);
	assert_int_equal(after(&r, ORCH_E_NETWORK, ORCH_OUTCOME_NOT_APPLIED), ORCH_OK);
	assert_int_equal(after(&r, ORCH_E_NETWORK, ORCH_OUTCOME_UNKNOWN), ORCH_E_NETWORK);
	assert_int_equal(after(&r, ORCH_E_NETWORK, ORCH_OUTCOME_APPLIED), ORCH_E_NETWORK);
	r.is_read = true;
	assert_int_equal(after(&r, ORCH_E_TIMEOUT, ORCH_OUTCOME_UNKNOWN), ORCH_OK);
}

static void what_will_not_change_is_not_repeated(void **state)
{
	static const orch_status final[] = { ORCH_E_INVALID, ORCH_E_NOMEM, ORCH_E_NOTFOUND,
		ORCH_E_EXISTS, ORCH_E_AUTH, ORCH_E_FORBIDDEN, ORCH_E_PROTOCOL, ORCH_E_TOO_LARGE,
		ORCH_E_TLS, ORCH_E_CANCELLED, ORCH_E_CONFLICT };
	struct orch__retry r = fresh(true);

	(void)state;
	for (unsigned i = 0; i < sizeof final / sizeof *final; i++) {
		assert_int_equal(after(&r, final[i], ORCH_OUTCOME_NOT_SENT), final[i]);
		assert_int_equal(orch_error_last()->status, final[i]);
		assert_string_equal(orch_error_last()->message, "it failed");
	}
}

static void pauses_double_to_ten_seconds(void **state)
{
	(void)state;
	assert_int_equal(orch__backoff_ms(0), 100);
	assert_int_equal(orch__backoff_ms(1), 200);
	assert_int_equal(orch__backoff_ms(6), 6400);
	assert_int_equal(orch__backoff_ms(7), 10000);
	assert_int_equal(orch__backoff_ms(1000), 10000);
}

static void nothing_is_repeated_after_the_deadline(void **state)
{
	struct orch__retry r = { .deadline_ms = orch__clock_ms(), .is_read = true };

	(void)state;
	assert_int_equal(after(&r, ORCH_E_NETWORK, ORCH_OUTCOME_NOT_SENT), ORCH_E_NETWORK);
	(void)!orch__fail(ORCH_E_CONFLICT, "stale");
	assert_int_equal(orch__retry_conflict(&r), ORCH_E_CONFLICT);
}

static void a_server_that_asks_for_more_time_than_there_is_ends_the_call_at_once(void **state)
{
	struct orch__retry r = { .deadline_ms = orch__clock_ms() + 20000, .is_read = true };
	int64_t start = orch__clock_ms();

	(void)state;
	(void)!orch__fail(ORCH_E_BUSY, "slow down");
	orch__error_remote(429, NULL, 30000);
	assert_int_equal(orch__retry_wait(&r), ORCH_E_BUSY);
	assert_int_equal(orch_error_last()->retry_after_ms, 30000);
	assert_true(orch__clock_ms() - start < 10000);
}

static void a_pause_ends_before_the_deadline(void **state)
{
	struct orch__retry r = { .deadline_ms = orch__clock_ms() + 1000, .is_read = true };

	(void)state;
	r.tries = 9; /* up to ten seconds, but for the deadline */
	(void)!orch__fail(ORCH_E_UNAVAILABLE, "no");
	assert_int_equal(orch__retry_wait(&r), ORCH_OK);
	assert_int_equal(r.tries, 10);
	assert_true(orch__clock_ms() < r.deadline_ms + 5000);
}

static void ten_retries_are_the_most(void **state)
{
	struct orch__retry r = { .deadline_ms = orch__clock_ms() + LONG, .is_read = true };

	(void)state;
	r.tries = ORCH__RETRY_MAX;
	(void)!orch__fail(ORCH_E_UNAVAILABLE, "no");
	assert_int_equal(orch__retry_wait(&r), ORCH_E_UNAVAILABLE);
	r.conflicts = ORCH__CONFLICT_MAX;
	(void)!orch__fail(ORCH_E_CONFLICT, "stale");
	assert_int_equal(orch__retry_conflict(&r), ORCH_E_CONFLICT);
}

static int retries_until_refused(struct orch__retry_budget *budget)
{
	int n = 0;

	for (;; n++) { /* one call after the other, each in its first try */
		struct orch__retry r = fresh(true);

		r.budget = budget;
		(void)!orch__fail(ORCH_E_UNAVAILABLE, "no");
		if (orch__retry_wait(&r) < 0)
			return n;
	}
}

static void a_client_saves_up_a_bounded_number_of_retries(void **state)
{
	struct orch__retry_budget budget = ORCH__RETRY_BUDGET_INIT;

	(void)state;
	assert_int_equal(retries_until_refused(&budget), 10);
	for (int i = 0; i < 15; i++)
		orch__retry_budget_earn(&budget);
	assert_int_equal(retries_until_refused(&budget), 3);
	for (int i = 0; i < 100000; i++)
		orch__retry_budget_earn(&budget);
	assert_int_equal(atomic_load(&budget.fifths), 5 * ORCH__RETRY_BUDGET_MAX);
}

static void *fire_soon(void *payload)
{
	orch__clock_sleep(20);
	orch__cancel_fire(payload);
	return NULL;
}

static void cancelling_ends_a_pause(void **state)
{
	struct orch__cancel source = { 0 };
	struct orch__retry r = fresh(false);
	int64_t start = orch__clock_ms();
	pthread_t thread;

	(void)state;
	r.cancel = orch__cancel_watch(&source);
	(void)!orch__fail(ORCH_E_BUSY, "slow down");
	orch__error_remote(429, NULL, 50000);
	orch__error_outcome(ORCH_OUTCOME_NOT_APPLIED);
	assert_int_equal(pthread_create(&thread, NULL, fire_soon, &source), 0);
	assert_int_equal(orch__retry_wait(&r), ORCH_E_CANCELLED);
	assert_true(orch__clock_ms() - start < 20000);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
	assert_string_equal(orch_error_last()->message, "cancelled before another try: slow down");
	pthread_join(thread, NULL);
	r.cancel = orch__cancel_watch(&source); /* what comes later is not affected */
	(void)!orch__fail(ORCH_E_CONFLICT, "stale");
	assert_int_equal(orch__retry_conflict(&r), ORCH_OK);
}

static void a_status_alone_tells_a_refusal_from_doubt(void **state)
{
	(void)state;
	assert_int_equal(orch__http_outcome(201), ORCH_OUTCOME_APPLIED);
	assert_int_equal(orch__http_outcome(404), ORCH_OUTCOME_NOT_APPLIED);
	assert_int_equal(orch__http_outcome(429), ORCH_OUTCOME_NOT_APPLIED);
	assert_int_equal(orch__http_outcome(409), ORCH_OUTCOME_UNKNOWN); /* may be our own */
	assert_int_equal(orch__http_outcome(500), ORCH_OUTCOME_UNKNOWN);
	assert_int_equal(orch__http_outcome(304), ORCH_OUTCOME_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_write_is_repeated_only_if_it_had_no_effect),
		cmocka_unit_test(what_will_not_change_is_not_repeated),
		cmocka_unit_test(pauses_double_to_ten_seconds),
		cmocka_unit_test(nothing_is_repeated_after_the_deadline),
		cmocka_unit_test(
			a_server_that_asks_for_more_time_than_there_is_ends_the_call_at_once),
		cmocka_unit_test(a_pause_ends_before_the_deadline),
		cmocka_unit_test(ten_retries_are_the_most),
		cmocka_unit_test(a_client_saves_up_a_bounded_number_of_retries),
		cmocka_unit_test(cancelling_ends_a_pause),
		cmocka_unit_test(a_status_alone_tells_a_refusal_from_doubt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
