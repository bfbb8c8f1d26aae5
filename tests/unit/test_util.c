/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "orch/error.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/random.h"
#include "util/text.h"

static void a_message_never_carries_terminal_escapes(void **state)
{
	char text[] = "a\x1b[31mred\x7f \xC2\x9B \xE2\x80\xAE end\xF0\x9F";

	(void)state;
	orch__text_printable(text);
	assert_string_equal(text, "a?[31mred? ?? ??? end");
	(void)!orch__fail(ORCH_E_REFUSED, "server said %s", "\x1b]0;x\x07");
	assert_string_equal(orch_error_last()->message, "server said ?]0;x?");
}

static void context_is_put_in_front_and_the_facts_stay(void **state)
{
	(void)state;
	(void)!orch__fail(ORCH_E_EXISTS, "it is there");
	orch__error_remote(409, "AlreadyExists", ORCH_UNSET);
	orch__error_outcome(ORCH_OUTCOME_NOT_APPLIED);
	(void)!orch__fail_in(ORCH_E_EXISTS, "create %s", "web");
	assert_string_equal(orch_error_last()->message, "create web: it is there");
	assert_int_equal(orch_error_last()->http_status, 409);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
	assert_string_equal(orch_error_last()->reason, "AlreadyExists");
	orch__error_clear();
	assert_int_equal(orch_error_last()->status, ORCH_OK);
	assert_string_equal(orch_error_last()->message, "");
}

static void every_status_has_a_name_and_a_text(void **state)
{
	(void)state;
	assert_string_equal(orch_status_name(ORCH_E_NO_QUORUM), "ORCH_E_NO_QUORUM");
	assert_string_equal(orch_status_text(ORCH_E_EXISTS), "object already exists");
	assert_string_equal(orch_status_name((orch_status)-999), "ORCH_?");
	assert_string_equal(orch_outcome_name(ORCH_OUTCOME_APPLIED), "applied");
}

static void times_are_read_as_both_servers_write_them(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-25T10:47:04.123456789Z", 1795603624123 },
		{ "2026-11-25T11:47:04.1+01:00", 1795603624100 },
		{ "1969-12-31T23:59:59.999Z", -1 },
		{ "2016-12-31T23:59:60Z", 1483228800000 },
	};
	static const char *const bad[] = { "", "2026", "2026-13-01T00:00:00Z",
		"2026-11-25T10:47:04", "2026-11-25T10:47:04.Z", "2026-11-25T10:47:04Zx" };
	char text[32];
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_true(orch__time_parse(good[i].text, strlen(good[i].text), &ms));
		assert_int_equal(ms, good[i].ms);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(orch__time_parse(bad[i], strlen(bad[i]), &ms));
	assert_int_equal(orch__time_format(1795603624123, text, sizeof text), 24);
	assert_string_equal(text, "2026-11-25T10:47:04.123Z");
	assert_int_equal(orch__time_format(-1, text, sizeof text), 24);
	assert_string_equal(text, "1969-12-31T23:59:59.999Z");
	assert_int_equal(orch__time_format(0, text, 10), -1);
}

static void a_seed_repeats_its_numbers(void **state)
{
	struct orch__random a = { 7 }, b = { 7 };

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_true(orch__random_next(&a) == orch__random_next(&b));
	for (int i = 0; i < 100; i++)
		assert_in_range(orch__random_below(&a, 10), 0, 9);
	assert_int_equal(orch__random_below(&a, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_never_carries_terminal_escapes),
		cmocka_unit_test(context_is_put_in_front_and_the_facts_stay),
		cmocka_unit_test(every_status_has_a_name_and_a_text),
		cmocka_unit_test(times_are_read_as_both_servers_write_them),
		cmocka_unit_test(a_seed_repeats_its_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
