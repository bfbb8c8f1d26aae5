/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/number.h"
#include "util/utf8.h"

static void integers_are_exact_or_refused(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
		/* clang-format off */
	} rows[] = {
		{ "0", true, 0 }, { "-0", true, 0 }, { "007", true, 7 }, { "-12", true, -12 },
		{ "9223372036854775807", true, INT64_MAX }, { "9223372036854775808", false, 0 },
		{ "-9223372036854775808", true, INT64_MIN }, { "-9223372036854775809", false, 0 },
		{ "99999999999999999999", false, 0 }, { "", false, 0 }, { "-", false, 0 },
		{ "+1", false, 0 }, { " 1", false, 0 }, { "1 ", false, 0 }, { "1.", false, 0 },
		{ "1.0", false, 0 }, { "1e3", false, 0 }, { "0x1", false, 0 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int64_t v = 0;

		assert_int_equal(
			orch__parse_i64(rows[i].text, strlen(rows[i].text), &v), rows[i].ok);
		if (rows[i].ok)
			assert_true(v == rows[i].value);
	}
}

static void decimals_round_away_from_zero(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t milli;
		/* clang-format off */
	} rows[] = {
		{ "0.5", true, 500 }, { "2", true, 2000 }, { "1.25", true, 1250 },
		{ "0.0001", true, 1 }, { "-0.0001", true, -1 }, { "0.1230", true, 123 },
		{ "9223372036854775.807", true, INT64_MAX }, { "9223372036854775.8071", false, 0 },
		{ "-9223372036854775.808", true, INT64_MIN },
		{ "-9223372036854775.8081", false, 0 },
		{ ".5", false, 0 }, { "1.", false, 0 }, { "1..2", false, 0 }, { "1,5", false, 0 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int64_t v = 0;

		assert_int_equal(
			orch__parse_decimal(rows[i].text, strlen(rows[i].text), 3, &v), rows[i].ok);
		if (rows[i].ok)
			assert_true(v == rows[i].milli);
	}
}

static void json_numbers_are_told_from_others(void **state)
{
	static const char *const good[] = { "0", "-0", "10", "1.5", "-1.50", "1e3", "1E+3", "0e-0",
		"123456789012345678901234567890.5" };
	static const char *const bad[] = { "", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+",
		"1 ", " 1", "0x1", "1,5", "NaN", "--1", "1.2.3", "1e2e3", "1-" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(orch__is_json_number(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(orch__is_json_number(bad[i], strlen(bad[i])));
	assert_true(orch__is_json_number("12x", 2));
}

/* Against the definition: decode, and compare with the shortest encoding. */
static bool is_utf8_by_definition(const unsigned char *s, size_t n)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };

	for (size_t i = 0; i < n;) {
		size_t len = s[i] < 0x80  ? 1
			: s[i] >> 5 == 6  ? 2
			: s[i] >> 4 == 14 ? 3
			: s[i] >> 3 == 30 ? 4
					  : 0;
		uint32_t c = len == 1 ? s[i] : len ? s[i] & (0x7Fu >> len) : 0;

		if (len == 0 || i + len > n)
			return false;
		for (size_t k = 1; k < len; k++) {
			if (s[i + k] >> 6 != 2)
				return false;
			c = c << 6 | (s[i + k] & 0x3F);
		}
		if (len > 1 && (c < smallest[len] || c > 0x10FFFF || (c >> 11) == 27))
			return false;
		i += len;
	}
	return true;
}

static void utf8_is_strict(void **state)
{
	static const unsigned char tails[] = { 0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0,
		0xFF };
	unsigned char s[4];

	(void)state;
	for (unsigned a = 0; a < 256; a++)
		for (unsigned b = 0; b < 256; b++)
			for (size_t c = 0; c < sizeof tails; c++)
				for (size_t d = 0; d < sizeof tails; d++)
					for (size_t n = 1; n <= 4; n++) {
						s[0] = (unsigned char)a;
						s[1] = (unsigned char)b;
						s[2] = tails[c];
						s[3] = tails[d];
						if (orch__utf8_ok((char *)s, n) !=
							is_utf8_by_definition(s, n))
							fail_msg("%02X %02X %02X %02X, %zu bytes",
								a, b, tails[c], tails[d], n);
					}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_exact_or_refused),
		cmocka_unit_test(decimals_round_away_from_zero),
		cmocka_unit_test(json_numbers_are_told_from_others),
		cmocka_unit_test(utf8_is_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
