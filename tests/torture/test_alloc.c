/* SPDX-License-Identifier: MIT */
/* The torture helper itself: what it must see, and what it must let pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "torture/alloc.h"
#include "util/alloc.h"
#include "util/error.h"

static int calls;

static orch_status take_three_blocks(void *payload)
{
	char *a = orch__strdup("a"), *b = orch__strdup("b"), *c = orch__strdup("c");
	orch_status st = a && b && c ? ORCH_OK : orch__fail(ORCH_E_NOMEM, "three blocks");

	(void)payload;
	calls++;
	orch__free(a);
	orch__free(b);
	orch__free(c);
	return st;
}

static orch_status leak_when_the_second_fails(void *payload)
{
	char *a = orch__strdup("a"), *b = orch__strdup("b");

	(void)payload;
	if (!b)
		return orch__fail(ORCH_E_NOMEM, "b");
	orch__free(b);
	orch__free(a);
	return ORCH_OK;
}

static orch_status hide_the_refusal(void *payload)
{
	(void)payload;
	orch__free(orch__strdup("cache"));
	return ORCH_OK;
}

static orch_status always_fail(void *payload)
{
	(void)payload;
	return orch__fail(ORCH_E_PROTOCOL, "never works");
}

static void every_request_is_refused_once_and_then_none(void **state)
{
	(void)state;
	calls = 0;
	torture_run(take_three_blocks, NULL);
	assert_int_equal(calls, 2 * (3 + 1)); /* both modes; the last one gets through */
}

static void a_leak_after_a_refusal_is_seen(void **state)
{
	bool refused = false;
	const char *wrong = torture_try(leak_when_the_second_fails, NULL, TORTURE_ONE, 2, &refused);

	(void)state;
	assert_true(refused);
	assert_non_null(wrong);
	assert_non_null(strstr(wrong, "leaked 1 blocks of 2 bytes"));
	assert_null(torture_try(leak_when_the_second_fails, NULL, TORTURE_COUNT, 0, &refused));
	assert_false(refused);
}

static void a_refusal_that_is_not_reported_is_seen(void **state)
{
	(void)state;
	assert_non_null(torture_try(hide_the_refusal, NULL, TORTURE_ONE, 1, NULL));
	torture_run_tolerant(hide_the_refusal, NULL);
}

static void a_failure_with_enough_memory_is_seen(void **state)
{
	const char *wrong = torture_try(always_fail, NULL, TORTURE_ONE, 1, NULL);

	(void)state;
	assert_non_null(wrong);
	assert_non_null(strstr(wrong, "never works"));
}

static void all_later_requests_can_be_refused_as_well(void **state)
{
	(void)state;
	torture_alloc_install();
	torture_alloc_refuse(TORTURE_ALL, 2);
	char *first = orch__strdup("first");

	assert_non_null(first);
	assert_null(orch__strdup("second"));
	assert_null(orch__strdup("third"));
	assert_int_equal(torture_alloc_requests(), 3);
	assert_int_equal(torture_alloc_live(), 1);
	assert_int_equal(torture_alloc_bytes(), sizeof "first");
	orch__free(first);
	assert_int_equal(torture_alloc_live(), 0);
	torture_alloc_remove();
}

static void a_block_moves_when_resized_and_keeps_its_text(void **state)
{
	(void)state;
	torture_alloc_install();
	char *text = orch__strdup("abc");

	assert_non_null(text);
	uintptr_t before = (uintptr_t)text;

	text = orch__resize(text, 100);
	assert_non_null(text);
	assert_true((uintptr_t)text != before);
	assert_string_equal(text, "abc");
	torture_alloc_refuse(TORTURE_ONE, 1);
	assert_null(orch__resize(text, 200));
	assert_string_equal(text, "abc"); /* still ours */
	orch__free(text);
	torture_alloc_remove();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_is_refused_once_and_then_none),
		cmocka_unit_test(a_leak_after_a_refusal_is_seen),
		cmocka_unit_test(a_refusal_that_is_not_reported_is_seen),
		cmocka_unit_test(a_failure_with_enough_memory_is_seen),
		cmocka_unit_test(all_later_requests_can_be_refused_as_well),
		cmocka_unit_test(a_block_moves_when_resized_and_keeps_its_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
