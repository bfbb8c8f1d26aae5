/* SPDX-License-Identifier: MIT */
/* Which texts and numbers are let through, in every cutting, and come back. */
#include "support/json_fixture.h"

#include <locale.h>
#include <stdio.h>

#include "json/list.h"
#include "util/number.h"

/* ---- {"Labels":{key:value}} in pieces of some size ----------------------------------- */

struct labels {
	orch_kv_list items;
};

static const struct labels labels_blank;

/* clang-format off */
ORCH__J_LOCAL_TABLE(labels_table, labels_blank,
	ORCH__J_MAP("Labels", struct labels, items, 0));
/* clang-format on */

enum way { READER, FILTERED, STRICT, WAYS };

struct result {
	orch_status status;
	char key[64], value[64];
};

static struct result result_of(orch_status status, const struct labels *l)
{
	struct result r = { status, "", "" };

	if (status == ORCH_OK) {
		assert_int_equal(l->items.count, 1);
		snprintf(r.key, sizeof r.key, "%s", l->items.items[0].key);
		snprintf(r.value, sizeof r.value, "%s", l->items.items[0].value);
	}
	return r;
}

static struct result read_document(const char *json, size_t len, size_t step)
{
	struct orch__arena a = { 0 };
	struct orch__json_reader *r;
	struct labels l;
	struct result result;
	orch_status st;

	assert_int_equal(orch__json_reader_open(&labels_table, &a, NULL, &r), ORCH_OK);
	for (size_t at = 0; at < len; at += step)
		(void)!orch__json_reader_feed(r, json + at, len - at < step ? len - at : step);
	st = orch__json_reader_finish(r, &l);
	result = result_of(st, &l);
	orch__json_reader_dispose(r);
	orch__arena_dispose(&a);
	return result;
}

static struct result read_stream(const char *json, size_t len, size_t step, bool strict)
{
	const struct orch__json_list_options o = { .strict = strict };
	struct orch__arena a = { 0 };
	struct orch__json_list *list;
	struct labels l, found;
	struct result result;
	orch_status st = ORCH_OK;
	bool got;

	assert_int_equal(orch__json_stream_open(&labels_table, &o, &list), ORCH_OK);
	for (size_t at = 0; at < len && st == ORCH_OK; at += step) {
		st = orch__json_list_feed(list, json + at, len - at < step ? len - at : step);
		for (got = true; st == ORCH_OK && got;) {
			st = orch__json_list_next(list, &a, &l, &got);
			if (st == ORCH_OK && got)
				found = l;
		}
	}
	if (st == ORCH_OK)
		st = orch__json_list_finish(list, &a, NULL);
	result = result_of(st, &found);
	orch__json_list_close(list);
	orch__arena_dispose(&a);
	return result;
}

static struct result read_labels(const char *json, size_t len, size_t step, enum way way)
{
	if (way == READER)
		return read_document(json, len, step);
	return read_stream(json, len, step, way == STRICT);
}

struct bytes {
	const char *text;
	size_t len;
};

#define BYTES(text_)                                                                               \
	{                                                                                          \
		text_, sizeof(text_) - 1                                                           \
	}

static size_t put_in(char *json, const struct bytes *b, bool as_key)
{
	size_t n = (size_t)sprintf(json, "{\"Labels\":{\"%s", as_key ? "" : "k\":\"");

	memcpy(json + n, b->text, b->len);
	n += b->len;
	return n + (size_t)sprintf(json + n, "%s\"}}", as_key ? "\":\"v" : "");
}

/* ---- strings ------------------------------------------------------------------------------ */

/* clang-format off */
static const struct bytes bad_texts[] = {
	/* continuation bytes alone, overlong forms */
	BYTES("\x80"), BYTES("\xBF"), BYTES("\xC0\x80"), BYTES("\xC0\xAF"), BYTES("\xC1\x80"),
	BYTES("\xC1\xBF"), BYTES("\xE0\x80\x80"), BYTES("\xE0\x80\xAF"), BYTES("\xE0\x9F\xBF"),
	BYTES("\xF0\x80\x80\x80"), BYTES("\xF0\x80\x80\xAF"), BYTES("\xF0\x8F\xBF\xBF"),
	/* surrogates, and beyond the end */
	BYTES("\xED\xA0\x80"), BYTES("\xED\xAF\xBF"), BYTES("\xED\xB0\x80"), BYTES("\xED\xBF\xBF"),
	BYTES("\xED\xA0\xBD\xED\xB8\x80"), BYTES("\xF4\x90\x80\x80"), BYTES("\xF4\xBF\xBF\xBF"),
	BYTES("\xF5\x80\x80\x80"), BYTES("\xF6\x80\x80\x80"), BYTES("\xF7\xBF\xBF\xBF"),
	BYTES("\xF8\x88\x80\x80\x80"), BYTES("\xFC\x84\x80\x80\x80\x80"), BYTES("\xFE"),
	BYTES("\xFF"), BYTES("\xFF\xFE"),
	/* cut before the quote, and before ASCII */
	BYTES("\xC3"), BYTES("\xE2"), BYTES("\xE2\x82"), BYTES("\xF0"), BYTES("\xF0\x9F"),
	BYTES("\xF0\x9F\x98"), BYTES("\xC3" "a"), BYTES("\xE2" "a"), BYTES("\xE2\x82" "a"),
	BYTES("\xF0" "a"), BYTES("\xF0\x9F" "a"), BYTES("\xF0\x9F\x98" "a"), BYTES("\xC3\xC3"),
	BYTES("\xC3\\n"), BYTES("\xE2\x28\xA1"), BYTES("\xE2\x82\x28"), BYTES("\xF0\x28\x8C\xBC"),
	BYTES("\xF0\x90\x28\xBC"), BYTES("\xF0\x90\x8C\x28"),
	/* halves of a pair */
	BYTES("\\ud800"), BYTES("\\udbff"), BYTES("\\udc00"), BYTES("\\uDFFF"),
	BYTES("\\ud800\\u0041"), BYTES("\\ud800\\ud800"), BYTES("\\udc00\\ud800"),
	BYTES("\\ud800\\\\"), BYTES("\\ud800a"), BYTES("\\ud800\\n"), BYTES("\\ud83d\xC3\xA9"),
	/* no escapes at all */
	BYTES("\\u12"), BYTES("\\u12g4"), BYTES("\\ud83d\\u"), BYTES("\\x41"), BYTES("\\'"),
	BYTES("\\U00e9"), BYTES("\\\xC3\xA9"),
	/* control characters, and the end of a C string */
	BYTES("\x01"), BYTES("\x1F"), BYTES("\t"), BYTES("\n"), BYTES("\0"), BYTES("\\u0000"),
	BYTES("a\\u0000b"),
};

static const struct {
	struct bytes text;
	const char *read;
} good_texts[] = {
	{ BYTES("\x7F"), "\x7F" }, { BYTES("\xC2\x80"), "\xC2\x80" },
	{ BYTES("\xDF\xBF"), "\xDF\xBF" }, { BYTES("\xE0\xA0\x80"), "\xE0\xA0\x80" },
	{ BYTES("\xED\x9F\xBF"), "\xED\x9F\xBF" }, { BYTES("\xEE\x80\x80"), "\xEE\x80\x80" },
	{ BYTES("\xEF\xBB\xBF"), "\xEF\xBB\xBF" }, { BYTES("\xEF\xBF\xBF"), "\xEF\xBF\xBF" },
	{ BYTES("\xF0\x90\x80\x80"), "\xF0\x90\x80\x80" },
	{ BYTES("\xF4\x8F\xBF\xBF"), "\xF4\x8F\xBF\xBF" },
	{ BYTES("\\u0001"), "\x01" }, { BYTES("\\u007f"), "\x7F" },
	{ BYTES("\\u0080"), "\xC2\x80" }, { BYTES("\\u07FF"), "\xDF\xBF" },
	{ BYTES("\\u0800"), "\xE0\xA0\x80" }, { BYTES("\\ud7ff"), "\xED\x9F\xBF" },
	{ BYTES("\\ue000"), "\xEE\x80\x80" }, { BYTES("\\uffff"), "\xEF\xBF\xBF" },
	{ BYTES("\\ud800\\udc00"), "\xF0\x90\x80\x80" },
	{ BYTES("\\udbff\\udfff"), "\xF4\x8F\xBF\xBF" },
	{ BYTES("\\uD83D\\uDE00\\uD83D\\uDE00"), "\xF0\x9F\x98\x80\xF0\x9F\x98\x80" },
	{ BYTES("\\\\\\\"\\/\\b\\f\\n\\r\\t"), "\\\"/\b\f\n\r\t" },
	{ BYTES("{\\\"[,:]}\\\\"), "{\"[,:]}\\" }, { BYTES(""), "" },
};
/* clang-format on */

static void broken_text_is_refused_in_every_cutting(void **state)
{
	char json[128];

	(void)state;
	for (size_t i = 0; i < sizeof bad_texts / sizeof bad_texts[0]; i++)
		for (int as_key = 0; as_key <= 1; as_key++) {
			const size_t len = put_in(json, &bad_texts[i], as_key);

			for (size_t step = 1; step <= len; step++)
				for (enum way way = READER; way < WAYS; way++) {
					struct result r = read_labels(json, len, step, way);

					if (r.status != ORCH_E_PROTOCOL)
						fail_msg("text %zu, key %d, pieces of %zu, way %d",
							i, as_key, step, way);
				}
		}
}

static void whole_text_is_read_in_every_cutting(void **state)
{
	char json[128];

	(void)state;
	for (size_t i = 0; i < sizeof good_texts / sizeof good_texts[0]; i++)
		for (int as_key = 0; as_key <= 1; as_key++) {
			const size_t len = put_in(json, &good_texts[i].text, as_key);

			for (size_t step = 1; step <= len; step++)
				for (enum way way = READER; way < WAYS; way++) {
					struct result r = read_labels(json, len, step, way);

					assert_int_equal(r.status, ORCH_OK);
					assert_string_equal(
						as_key ? r.key : r.value, good_texts[i].read);
				}
		}
}

static orch_status write_label(const char *key, const char *value, struct orch__buf *out)
{
	const orch_kv kv = { key, value };
	const struct labels l = { { &kv, 1 } };

	return orch__json_encode(&labels_table, &l, out);
}

/* Bytes that UTF-8 does not know; of the rest only escapes are wrong. */
static void broken_text_is_not_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_texts / sizeof bad_texts[0]; i++) {
		struct orch__buf out = ORCH__BUF_INIT(1000);

		if (bad_texts[i].text[0] == '\\' || (unsigned char)bad_texts[i].text[0] < 0x80)
			continue;
		assert_int_equal(write_label("k", bad_texts[i].text, &out), ORCH_E_INVALID);
		assert_int_equal(write_label(bad_texts[i].text, "v", &out), ORCH_E_INVALID);
		assert_int_equal(out.len, 0);
		orch__buf_dispose(&out);
	}
}

static void whole_text_is_written_and_read_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good_texts / sizeof good_texts[0]; i++) {
		struct orch__buf out = ORCH__BUF_INIT(1000);
		struct result r;

		assert_int_equal(
			write_label(good_texts[i].read, good_texts[i].read, &out), ORCH_OK);
		r = read_document(out.text, out.len, out.len);
		assert_int_equal(r.status, ORCH_OK);
		assert_string_equal(r.key, good_texts[i].read);
		assert_string_equal(r.value, good_texts[i].read);
		orch__buf_dispose(&out);
	}
}

/* Broken bytes behind, before and within blocks that need no look. */
static void the_place_of_a_broken_byte_does_not_matter(void **state)
{
	(void)state;
	for (size_t at = 0; at < 200; at++)
		for (size_t step = 1; step <= 201; step += 50) {
			struct result r;
			char json[300] = "{\"Labels\":{\"k\":\"";
			const size_t n = strlen(json);

			memset(json + n, 'x', 200);
			strcpy(json + n + 200, "\"}}");
			json[n + at] = '\xFF';
			r = read_document(json, n + 203, step);
			assert_int_equal(r.status, ORCH_E_PROTOCOL);
			json[n + at] = '\\';
			json[n + at + 1] = at + 1 < 200 ? '"' : '\\';
			json[n + 200] = '"';
			r = read_document(json, n + 203, step);
			assert_int_equal(r.status, at + 1 < 200 ? ORCH_OK : ORCH_E_PROTOCOL);
		}
}

/* ---- numbers -------------------------------------------------------------------------------- */

struct number {
	int64_t whole, milli;
	const char *text, *raw;
};

static const struct number number_blank = { ORCH_UNSET, ORCH_UNSET, NULL, NULL };

static bool milli_parse(const char *text, size_t len, int64_t *out)
{
	return orch__parse_decimal(text, len, 3, out);
}

static int milli_format(int64_t v, char *buf, size_t cap)
{
	return snprintf(buf, cap, "%lld.%03lld", (long long)(v / 1000), (long long)(v % 1000));
}

static const struct orch__json_scalar milli = { "decimal", false, milli_parse, milli_format };

/* clang-format off */
ORCH__J_LOCAL_TABLE(whole_table, number_blank,
	ORCH__J_I64("n", struct number, whole, 0));
ORCH__J_LOCAL_TABLE(milli_table, number_blank,
	ORCH__J_SCALAR("n", struct number, milli, 0, &milli));
ORCH__J_LOCAL_TABLE(text_table, number_blank,
	ORCH__J_NUMTEXT("n", struct number, text, 0));
ORCH__J_LOCAL_TABLE(raw_table, number_blank,
	ORCH__J_RAW("n", struct number, raw, 0));

#define NO ORCH_UNSET

/* As JSON numbers: is it one, as an int64_t, as thousandths. */
static const struct {
	const char *text;
	bool json;
	int64_t whole, thousandths;
} numbers[] = {
	{ "0", true, 0, 0 }, { "-0", true, 0, 0 }, { "1", true, 1, 1000 },
	{ "-1", true, -1, -1000 }, { "10", true, 10, 10000 },
	{ "2147483646", true, 2147483646, 2147483646000 },
	{ "2147483647", true, 2147483647, 2147483647000 },
	{ "2147483648", true, 2147483648, 2147483648000 },
	{ "2147483649", true, 2147483649, 2147483649000 },
	{ "-2147483647", true, -2147483647, -2147483647000 },
	{ "-2147483648", true, -2147483648, -2147483648000 },
	{ "-2147483649", true, -2147483649, -2147483649000 },
	{ "4294967295", true, 4294967295, 4294967295000 },
	{ "4294967296", true, 4294967296, 4294967296000 },
	{ "4294967297", true, 4294967297, 4294967297000 },
	{ "9007199254740991", true, 9007199254740991, 9007199254740991000 },
	{ "9007199254740992", true, 9007199254740992, 9007199254740992000 },
	{ "9007199254740993", true, 9007199254740993, 9007199254740993000 },
	{ "9223372036854775", true, 9223372036854775, 9223372036854775000 },
	{ "9223372036854776", true, 9223372036854776, NO },
	{ "9223372036854775806", true, INT64_MAX - 1, NO },
	{ "9223372036854775807", true, INT64_MAX, NO },
	{ "9223372036854775808", true, NO, NO },
	{ "-9223372036854775807", true, -INT64_MAX, NO },
	{ "-9223372036854775808", true, NO, NO }, /* is ORCH_UNSET */
	{ "-9223372036854775809", true, NO, NO },
	{ "18446744073709551614", true, NO, NO }, { "18446744073709551615", true, NO, NO },
	{ "18446744073709551616", true, NO, NO }, { "99999999999999999999999", true, NO, NO },
	{ "1.0", true, NO, 1000 }, { "1.5", true, NO, 1500 }, { "-0.5", true, NO, -500 },
	{ "0.001", true, NO, 1 }, { "0.0001", true, NO, 1 }, { "1.23456", true, NO, 1235 },
	{ "0.10", true, NO, 100 }, { "1e3", true, NO, NO }, { "1E+3", true, NO, NO },
	{ "1e-3", true, NO, NO }, { "1e400", true, NO, NO }, { "1e-400", true, NO, NO },
	{ "-1.5E10", true, NO, NO }, { "0e0", true, NO, NO },
	{ "01", false, NO, NO }, { "-01", false, NO, NO }, { "00", false, NO, NO },
	{ "1.", false, NO, NO }, { ".5", false, NO, NO }, { "-", false, NO, NO },
	{ "+1", false, NO, NO }, { "1e", false, NO, NO }, { "1e+", false, NO, NO },
	{ "1.e3", false, NO, NO }, { "--1", false, NO, NO }, { "1-2", false, NO, NO },
	{ "0x10", false, NO, NO }, { "1_000", false, NO, NO }, { "1,5", false, NO, NO },
	{ "1 000", false, NO, NO }, { "NaN", false, NO, NO }, { "Infinity", false, NO, NO },
	{ "-Infinity", false, NO, NO }, { "1.5.2", false, NO, NO }, { "1e3.5", false, NO, NO },
};
/* clang-format on */

static orch_status read_number(const struct orch__json_table *t, const char *text, struct number *n)
{
	static struct orch__arena a;
	char json[128];

	orch__arena_dispose(&a);
	snprintf(json, sizeof json, "{\"n\":%s}", text);
	return decode(t, &a, json, n);
}

static void expect_number(
	const struct orch__json_table *t, const char *text, bool ok, const char *back)
{
	struct number n = number_blank;
	orch_status st = read_number(t, text, &n);
	char *json, expected[128];

	if ((st == ORCH_OK) != ok)
		fail_msg("%s as %s: %s", text, t->name, complaint);
	if (!ok) {
		assert_int_equal(st, ORCH_E_PROTOCOL);
		assert_null(strlen(text) > 3 ? strstr(complaint, text) : NULL);
		return;
	}
	json = encode(t, &n);
	assert_non_null(json);
	snprintf(expected, sizeof expected, "{\"n\":%s}", back);
	assert_string_equal(json, expected);
	orch__free(json);
}

static void check_numbers(void)
{
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		const char *text = numbers[i].text;
		char whole[32], thousandths[48];

		snprintf(whole, sizeof whole, "%lld", (long long)numbers[i].whole);
		milli_format(numbers[i].thousandths, thousandths, sizeof thousandths);
		expect_number(&whole_table, text, numbers[i].whole != NO, whole);
		if (numbers[i].thousandths >= 0 || numbers[i].thousandths == NO)
			expect_number(
				&milli_table, text, numbers[i].thousandths != NO, thousandths);
		expect_number(&text_table, text, numbers[i].json, text);
		expect_number(&raw_table, text, numbers[i].json, text);
	}
}

static void numbers_are_exact_or_refused(void **state)
{
	(void)state;
	check_numbers();
}

static void the_locale_of_the_program_does_not_matter(void **state)
{
	static const char *const names[] = { "de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", "tr_TR.UTF-8",
		"ar_EG.UTF-8", "hi_IN.UTF-8", "C.UTF-8" };
	size_t tried = 0;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (!setlocale(LC_ALL, names[i]))
			continue;
		tried++;
		check_numbers();
	}
	setlocale(LC_ALL, "C");
	print_message("%zu of %zu locales are installed\n", tried, sizeof names / sizeof names[0]);
}

static void long_numbers_are_texts(void **state)
{
	char text[4001], json[4100];
	struct orch__arena a = { 0 };
	struct number n;

	(void)state;
	memset(text, '7', 4000);
	text[4000] = '\0';
	snprintf(json, sizeof json, "{\"n\":%s}", text);
	assert_int_equal(decode(&text_table, &a, json, &n), ORCH_OK);
	assert_string_equal(n.text, text);
	assert_int_equal(decode(&whole_table, &a, json, &n), ORCH_E_PROTOCOL);
	orch__arena_dispose(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_text_is_refused_in_every_cutting),
		cmocka_unit_test(whole_text_is_read_in_every_cutting),
		cmocka_unit_test(broken_text_is_not_written),
		cmocka_unit_test(whole_text_is_written_and_read_back),
		cmocka_unit_test(the_place_of_a_broken_byte_does_not_matter),
		cmocka_unit_test(numbers_are_exact_or_refused),
		cmocka_unit_test(the_locale_of_the_program_does_not_matter),
		cmocka_unit_test(long_numbers_are_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
