/* SPDX-License-Identifier: MIT */
/* 64 bytes as bit masks, against the definition; both ways to make them. */
#include "support/json_fixture.h"

#include "json/masks.h"
#include "json/skip.h"
#include "util/random.h"

static struct orch__random random_state = { 7 };

static void fill(unsigned char *p, size_t len)
{
	static const unsigned char usual[] = "\"\"\\\\[]{}\x00\x1F\x20\x7F\x80\xFF|;Az\xDB\xFB\xDC";

	for (size_t i = 0; i < len; i++) {
		p[i] = (unsigned char)orch__random_below(&random_state, 256);
		if (orch__random_below(&random_state, 2))
			p[i] = usual[orch__random_below(&random_state, sizeof usual - 1)];
	}
}

static struct orch__masks by_definition(const unsigned char *p)
{
	struct orch__masks m = { 0, 0, 0, 0, 0 };

	for (int i = 0; i < ORCH__BLOCK; i++) {
		m.quote |= (uint64_t)(p[i] == '"') << i;
		m.backslash |= (uint64_t)(p[i] == '\\') << i;
		m.open |= (uint64_t)(p[i] == '{' || p[i] == '[') << i;
		m.close |= (uint64_t)(p[i] == '}' || p[i] == ']') << i;
		m.odd |= (uint64_t)(p[i] < 0x20 || p[i] >= 0x80) << i;
	}
	return m;
}

static void masks_are_what_they_say(void **state)
{
	unsigned char p[ORCH__BLOCK];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct orch__masks want, got;

		fill(p, sizeof p);
		want = by_definition(p);
		got = orch__masks_portable(p);
		assert_memory_equal(&got, &want, sizeof want);
#if defined(ORCH__HAS_SSE2_MASKS)
		got = orch__masks_sse2(p);
		assert_memory_equal(&got, &want, sizeof want);
#endif
	}
}

static void every_byte_is_in_its_class(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		unsigned char p[ORCH__BLOCK];
		struct orch__masks want, got;

		memset(p, (int)c, sizeof p);
		want = by_definition(p);
		got = orch__masks_portable(p);
		assert_memory_equal(&got, &want, sizeof want);
		got = orch__masks(p);
		assert_memory_equal(&got, &want, sizeof want);
	}
}

static void bits_are_counted_and_paired(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		const uint64_t x = orch__random_next(&random_state);
		uint64_t parity = 0;
		unsigned count = 0;

		for (int bit = 0; bit < 64; bit++) {
			count += (unsigned)(x >> bit & 1);
			parity |= (uint64_t)(count & 1) << bit;
		}
		assert_int_equal(orch__count(x), count);
		assert_true(orch__parity(x) == parity);
	}
}

static void escapes_are_found_across_blocks(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		const size_t len = (size_t)orch__random_below(&random_state, 64) + 1;
		const uint64_t backslash = orch__random_next(&random_state) &
			(len == 64 ? UINT64_MAX : (UINT64_C(1) << len) - 1);
		const bool before = i & 1;
		bool carry = before, escaped = before;
		uint64_t got = orch__escaped(backslash, len, &carry);

		for (size_t at = 0; at < len; at++) {
			const bool is_backslash = backslash >> at & 1;

			assert_int_equal(got >> at & 1, escaped);
			escaped = !escaped && is_backslash;
		}
		assert_int_equal(carry, escaped);
	}
}

static void strings_end_at_their_quote(void **state)
{
	unsigned char text[100];
	char copy[100 + 16];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		const size_t len = (size_t)orch__random_below(&random_state, 100);
		const unsigned char *end = text;

		memset(text, 'x', sizeof text);
		if (i % 2)
			fill(text + i % 100, (size_t)(100 - i % 100));
		while (end < text + len && *end != '"' && *end != '\\')
			end++;
		assert_ptr_equal(orch__string_end(text, text + len), end);
		assert_ptr_equal(orch__string_copy(copy, text, text + len), end);
		assert_memory_equal(copy, text, (size_t)(end - text));
	}
}

/* The definition, byte by byte; NULL: too deep. */
static const unsigned char *skip_slowly(const unsigned char *p, size_t len, size_t max)
{
	bool in_string = false, escape = false;
	size_t open = 1;

	for (size_t i = 0; i < len; i++) {
		const bool escaped = escape;

		escape = !escaped && p[i] == '\\';
		if (p[i] == '"' && !escaped)
			in_string = !in_string;
		else if (!in_string && (p[i] == '{' || p[i] == '[') && ++open > max)
			return NULL;
		else if (!in_string && (p[i] == '}' || p[i] == ']') && --open == 0)
			return p + i + 1;
	}
	return p + len;
}

static void containers_end_at_their_bracket(void **state)
{
	unsigned char text[400];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		static const char pieces[] = "[[{{]}\"\"\\x,";
		const size_t max = 3 + (size_t)orch__random_below(&random_state, 20);
		struct orch__skip s = { 1, max, false, 0 };
		const unsigned char *want, *p = text, *end = text + sizeof text;

		for (size_t k = 0; k < sizeof text; k++)
			text[k] = (unsigned char)
				pieces[orch__random_below(&random_state, sizeof pieces - 1)];
		want = skip_slowly(text, sizeof text, max);
		while (p && p < end && s.open) { /* in pieces */
			size_t n = (size_t)orch__random_below(&random_state, 200) + 1;

			if (n > (size_t)(end - p))
				n = (size_t)(end - p);
			p = orch__skip_container(&s, p, p + n);
		}
		assert_ptr_equal(p, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks_are_what_they_say),
		cmocka_unit_test(every_byte_is_in_its_class),
		cmocka_unit_test(bits_are_counted_and_paired),
		cmocka_unit_test(escapes_are_found_across_blocks),
		cmocka_unit_test(strings_end_at_their_quote),
		cmocka_unit_test(containers_end_at_their_bracket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
