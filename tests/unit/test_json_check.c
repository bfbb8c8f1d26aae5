/* SPDX-License-Identifier: MIT */
/* Where a text may be cut so that no token is. */
#include "support/json_fixture.h"

#include "json/check.h"

static const char text[] =
	"{\"key\":[12345, true,\"a string, of some length that is more than a block of 64 "
	"bytes: \\\"\\\\\",-1.5e3 ,null],\"\xC3\xA9\\u00e9\\ud83d\\ude00\":\"\",\"z\":1}  7";

enum { LEN = sizeof text - 1 };

static size_t token_end(size_t from)
{
	size_t i = from + 1;

	if (text[from] == '"') {
		while (text[i] != '"')
			i += text[i] == '\\' ? 2 : 1;
		return i + 1;
	}
	if (orch__json_is_primitive((unsigned char)text[from]))
		while (i < LEN && orch__json_is_primitive((unsigned char)text[i]))
			i++;
	return i;
}

/* Is there a token that covers the place between bytes `at - 1` and `at`? */
static bool is_within_token(size_t at)
{
	size_t i = 0;

	while (i < at)
		i = token_end(i);
	return i > at;
}

/* Puts the pieces together as the parser gets them: held tokens in front. */
static void expect_whole_tokens(const size_t *ends, size_t count)
{
	struct orch__json_check c = { .token_max = 1 << 20 };
	size_t start = 0, held = 0; /* bytes before `start` that wait */

	for (size_t i = 0; i < count; start = ends[i++]) {
		const size_t len = ends[i] - start;
		struct orch__json_cut cut;

		orch__json_check(&c, text + start, len, &cut);
		assert_null(cut.wrong);
		assert_int_equal(cut.at, len);
		if (cut.more) {
			assert_int_equal(cut.head, len);
			held += len;
			continue;
		}
		if (held) /* what waited ends here, and nothing else with it */
			assert_false(is_within_token(start + cut.head));
		else
			assert_int_equal(cut.head, 0);
		if (held && cut.head)
			assert_true(is_within_token(start + cut.head - 1) ||
				text[start + cut.head - 1] == '"' || cut.head == 1);
		assert_in_range(cut.tail, cut.head, len);
		assert_false(is_within_token(start + cut.tail));
		held = len - cut.tail;
		if (held)
			assert_true(text[start + cut.tail] == '"' ||
				orch__json_is_primitive((unsigned char)text[start + cut.tail]));
		if (is_within_token(ends[i]))
			assert_true(held > 0);
	}
	assert_int_equal(orch__json_check_in_string(&c), false);
}

static void no_cut_goes_through_a_token(void **state)
{
	(void)state;
	for (size_t a = 1; a < LEN; a++)
		for (size_t b = a + 1; b <= LEN; b++) {
			const size_t ends[] = { a, b, LEN };

			expect_whole_tokens(ends, b < LEN ? 3 : 2);
		}
}

static void pieces_of_one_byte_are_cut_as_well(void **state)
{
	size_t ends[LEN];

	(void)state;
	for (size_t i = 0; i < LEN; i++)
		ends[i] = i + 1;
	expect_whole_tokens(ends, LEN);
}

/* A chunk in which a held string ends gives up no more than that string. */
static void a_string_that_ends_is_given_up_at_once(void **state)
{
	struct orch__json_check c = { .token_max = 1 << 20 };
	struct orch__json_cut cut;

	(void)state;
	orch__json_check(&c, "[\"ab", 4, &cut);
	assert_int_equal(cut.tail, 1);
	orch__json_check(&c, "cd\",\"e\",12", 10, &cut);
	assert_false(cut.more);
	assert_int_equal(cut.head, 3);
	assert_int_equal(cut.tail, 8);
	orch__json_check(&c, "34]", 3, &cut);
	assert_int_equal(cut.head, 2);
	assert_int_equal(cut.tail, 3);
}

static void the_length_of_a_string_is_watched(void **state)
{
	(void)state;
	for (size_t max = 60; max < 140; max++)
		for (size_t step = 1; step < 200; step += 37) {
			struct orch__json_check c = { .token_max = max };
			char string[102] = "\"";

			memset(string + 1, 'x', 100);
			string[101] = '"';
			for (size_t at = 0; at < sizeof string; at += step) {
				const size_t rest = sizeof string - at;
				struct orch__json_cut cut;

				orch__json_check(&c, string + at, rest < step ? rest : step, &cut);
			}
			assert_int_equal(c.too_long, max < 100);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_cut_goes_through_a_token),
		cmocka_unit_test(pieces_of_one_byte_are_cut_as_well),
		cmocka_unit_test(a_string_that_ends_is_given_up_at_once),
		cmocka_unit_test(the_length_of_a_string_is_watched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
