/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/quantity.h"

#define GI ((int64_t)1 << 30)

static void every_form_of_a_quantity_is_read_exactly(void **state)
{
	/* clang-format off */
	static const struct {
		const char *text;
		unsigned digits;
		int64_t value;
	} rows[] = {
		{ "0", 0, 0 }, { "1", 0, 1 }, { "+1", 0, 1 }, { "-1", 0, -1 }, { "007", 0, 7 },
		{ "0.5", 3, 500 }, { ".5", 3, 500 }, { "5.", 3, 5000 }, { "500m", 3, 500 },
		{ "1", 3, 1000 }, { "1500m", 3, 1500 }, { "250000u", 3, 250 }, { "1e-1", 3, 100 },
		{ "1e3", 0, 1000 }, { "1E3", 0, 1000 }, { "1e+3", 0, 1000 }, { "12e-1", 0, 2 },
		{ "1.5e2", 0, 150 }, { "0e500", 0, 0 }, { "0e-500", 0, 0 }, { "100e-500", 0, 1 },
		{ "1k", 0, 1000 }, { "1M", 0, 1000000 }, { "1G", 0, 1000000000 },
		{ "1T", 0, 1000000000000 }, { "1P", 0, 1000000000000000 },
		{ "1E", 0, 1000000000000000000 },
		{ "1Ki", 0, 1024 }, { "128Mi", 0, 128 << 20 }, { "1Gi", 0, GI }, { "1.5Gi", 0, GI + GI / 2 },
		{ "1Ti", 0, GI << 10 }, { "1Pi", 0, GI << 20 }, { "7Ei", 0, 7 * (GI << 30) },
		{ "0.1Gi", 0, 107374183 }, { "0.1Ei", 0, 115292150460684698 },
		{ "0.0000000000000000000000000000001Ei", 0, 1 },
		/* What is finer rounds away from zero. */
		{ "1u", 3, 1 }, { "1n", 3, 1 }, { "-1n", 3, -1 }, { "100m", 0, 1 }, { "1.0001", 3, 1001 },
		{ "1.0000", 3, 1000 }, { "0.9999Ki", 0, 1024 }, { "0.5Ki", 0, 512 }, { "0.001Ki", 0, 2 },
		/* And what is more is the most there is. */
		{ "9223372036854775807", 0, INT64_MAX }, { "9223372036854775808", 0, INT64_MAX },
		{ "8Ei", 0, INT64_MAX }, { "7.9999999999999999999Ei", 0, INT64_MAX },
		{ "1e100", 0, INT64_MAX }, { "1e99999", 0, INT64_MAX }, { "-1e100", 0, -INT64_MAX },
		{ "9E", 3, INT64_MAX }, { "10Ei", 3, INT64_MAX },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t v = -42;

		if (!orch__parse_quantity(rows[i].text, strlen(rows[i].text), rows[i].digits, &v) ||
			v != rows[i].value)
			fail_msg("%s: %lld instead of %lld", rows[i].text, (long long)v,
				(long long)rows[i].value);
	}
}

static void what_is_no_quantity_is_refused(void **state)
{
	static const char *const bad[] = { "", "-", "+", ".", "m", "Ki", "1.2.3", " 1", "1 ", "1K",
		"1ki", "1mi", "1e", "1e+", "1e-", "1e1.5", "1e3Ki", "0x1", "1,5", "--1", "1MiB",
		"1e+-3", "NaN" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int64_t v = -42;

		if (orch__parse_quantity(bad[i], strlen(bad[i]), 3, &v))
			fail_msg("'%s' was read as %lld", bad[i], (long long)v);
		assert_int_equal(v, -42);
	}
}

static void what_is_written_is_read_again(void **state)
{
	static const int64_t values[] = { 0, 1, 999, 1000, 1024, 1025, 1500, 64 << 20, GI, 3 * GI,
		INT64_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		char text[32];
		int64_t v = -1;
		int n = orch__format_bytes(values[i], text, sizeof text);

		assert_true(n > 0 && orch__parse_quantity(text, (size_t)n, 0, &v));
		assert_true(v == values[i]);
		n = orch__format_milli(values[i], text, sizeof text);
		assert_true(n > 0 && orch__parse_quantity(text, (size_t)n, 3, &v));
		assert_true(v == values[i]);
	}
}

static void quantities_are_written_as_people_write_them(void **state)
{
	char text[32];

	(void)state;
	(void)orch__format_bytes(64 << 20, text, sizeof text);
	assert_string_equal(text, "64Mi");
	(void)orch__format_bytes(1000, text, sizeof text);
	assert_string_equal(text, "1000");
	(void)orch__format_milli(500, text, sizeof text);
	assert_string_equal(text, "500m");
	(void)orch__format_milli(2000, text, sizeof text);
	assert_string_equal(text, "2");
	assert_int_equal(orch__format_bytes(1000, text, 4), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_a_quantity_is_read_exactly),
		cmocka_unit_test(what_is_no_quantity_is_refused),
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(quantities_are_written_as_people_write_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
