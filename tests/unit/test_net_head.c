/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "net/head.h"
#include "util/clock.h"

static bool feed(struct orch__head *h, const char *text)
{
	bool ok = true;

	orch__head_reset(h);
	for (const char *end; ok && *text; text = end + 1) {
		end = strchr(text, '\n');
		ok = orch__head_line(h, text, (size_t)(end + 1 - text));
	}
	return ok;
}

static void headers_are_found_in_any_case_and_trimmed(void **state)
{
	struct orch__head h = { 0 };
	char value[8];
	size_t len = 0;

	(void)state;
	assert_true(feed(&h, "HTTP/1.1 200 OK\r\nAPI-Version:  1.41\t \r\nX:\r\nx-y: z\r\n\r\n"));
	assert_true(h.is_complete);
	assert_int_equal(h.status, 200);
	assert_true(orch__head_copy(&h, "api-version", value, sizeof value));
	assert_string_equal(value, "1.41");
	assert_true(orch__head_copy(&h, "x", value, sizeof value));
	assert_string_equal(value, "");
	assert_non_null(orch__head_find(&h, "x-y", &len));
	assert_int_equal(len, 1);
	assert_false(orch__head_copy(&h, "api", value, sizeof value));
	assert_false(orch__head_copy(&h, "1.41", value, sizeof value));
	orch__head_dispose(&h);
}

static void an_interim_answer_leaves_nothing_behind(void **state)
{
	struct orch__head h = { 0 };
	char value[8];

	(void)state;
	assert_true(feed(&h, "HTTP/1.1 103 Hints\r\nLink: x\r\nContent-Length: 5\r\n\r\n"));
	assert_false(h.is_complete);
	assert_int_equal(h.status, 0);
	assert_true(feed(&h,
		"HTTP/1.1 103 Hints\r\nLink: x\r\nContent-Length: 5\r\n\r\n"
		"HTTP/1.1 201 Made\r\n\r\n"));
	assert_true(h.is_complete);
	assert_int_equal(h.content_length, -1);
	assert_false(orch__head_copy(&h, "link", value, sizeof value));
	orch__head_dispose(&h);
}

static void malformed_status_lines_are_refused(void **state)
{
	static const char *const bad[] = { "HTTP/1.1 99 x\r\n", "HTTP/1.1 600 x\r\n",
		"HTTP/1.1 2000 x\r\n", "HTTP/1.1 -12 x\r\n", "HTTP/1.1  20\r\n",
		"HTTP/1.1 2x0 y\r\n", "HTTP/1.1\r\n", "HTTP/2 200 OK\r\n",
		"HTTP/1.1 101 Switching\r\n" };
	struct orch__head h = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(feed(&h, bad[i]));
		assert_non_null(h.fault);
		assert_int_equal(h.status, 0);
	}
	assert_true(feed(&h, "HTTP/1.0 404\r\n\r\n"));
	assert_int_equal(h.status, 404);
	orch__head_dispose(&h);
}

static void an_end_that_is_not_marked_is_known(void **state)
{
	struct orch__head h = { 0 };

	(void)state;
	assert_true(feed(&h, "HTTP/1.1 200 OK\r\n\r\n"));
	assert_false(orch__head_is_delimited(&h));
	assert_true(feed(&h, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
	assert_true(orch__head_is_delimited(&h));
	assert_true(feed(&h, "HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: chunked\r\n\r\n"));
	assert_true(orch__head_is_delimited(&h));
	assert_true(feed(&h, "HTTP/1.1 204 No\r\n\r\n"));
	assert_true(orch__head_is_delimited(&h));
	orch__head_dispose(&h);
}

static void warnings_are_words_for_people(void **state)
{
	struct orch__head h = { 0 };
	char text[64] = "x";

	(void)state;
	orch__head_warnings(&h, text, sizeof text);
	assert_string_equal(text, "");
	assert_true(feed(&h,
		"HTTP/1.1 200 OK\r\nWarning: 299 - \"policy/v1beta1 is \\\"old\\\"\"\r\nA: b\r\n"
		"warning: 110 cache \"stale\"\r\nWarning: 299\r\nWarning: 299 - \"\"\r\n"
		"WARNING: 299 kube \"two\x1b[2J\" \"Sat\"\r\n\r\n"));
	orch__head_warnings(&h, text, sizeof text);
	assert_string_equal(text, "policy/v1beta1 is \"old\"\ntwo?[2J");
	orch__head_warnings(&h, text, 8);
	assert_string_equal(text, "policy");
	orch__head_dispose(&h);
}

static int64_t retry_after(const char *value)
{
	struct orch__head h = { 0 };
	char text[128];
	int64_t ms;

	snprintf(text, sizeof text, "HTTP/1.1 429 No\r\nRetry-After: %s\r\n\r\n", value);
	assert_true(feed(&h, text));
	ms = orch__head_retry_after_ms(&h);
	orch__head_dispose(&h);
	return ms;
}

static void retry_after_is_seconds_or_a_date_and_else_absent(void **state)
{
	struct orch__head h = { 0 };

	(void)state;
	assert_int_equal(retry_after("0"), 0);
	assert_int_equal(retry_after("7"), 7000);
	assert_int_equal(retry_after("1000000000"), 60000);
	assert_int_equal(retry_after("-1"), -1);
	assert_int_equal(retry_after(""), -1);
	assert_int_equal(retry_after("12abc"), -1);
	assert_int_equal(retry_after("1.5"), -1);
	assert_int_equal(retry_after("Sun, 06 Nov 1994 08:49:37 GMT"), 0);
	assert_int_equal(retry_after("Sun, 06 Nov 2094 08:49:37 GMT"), 60000);
	assert_int_equal(retry_after("Sun, 06 Nov 2094 08:49:37 CET"), -1);
	assert_true(feed(&h, "HTTP/1.1 429 No\r\n\r\n"));
	assert_int_equal(orch__head_retry_after_ms(&h), -1);
	orch__head_dispose(&h);
}

static void http_dates_are_read_exactly(void **state)
{
	int64_t ms = 0;

	(void)state;
	assert_true(orch__http_date("Sun, 06 Nov 1994 08:49:37 GMT", 29, &ms));
	assert_int_equal(ms, 784111777000);
	assert_true(orch__http_date("Thu, 01 Jan 1970 00:00:00 GMT", 29, &ms));
	assert_int_equal(ms, 0);
	assert_false(orch__http_date("Sun, 06 Nov 1994 08:49:37 GM", 28, &ms));
	assert_false(orch__http_date("Sun, 06 Nov 1994 25:49:37 GMT", 29, &ms));
	assert_false(orch__http_date("Sun, 06 Xxx 1994 08:49:37 GMT", 29, &ms));
	assert_false(orch__http_date("Sun, 06-Nov-1994 08:49:37 GMT", 29, &ms));
	assert_false(orch__http_date("Sun, x6 Nov 1994 08:49:37 GMT", 29, &ms));
}

static void lines_and_heads_have_a_limit(void **state)
{
	static char line[ORCH__HEAD_LINE_MAX + 2];
	struct orch__head h = { 0 };
	int n = 0;

	(void)state;
	memset(line, 'a', sizeof line);
	line[1] = ':';
	orch__head_reset(&h);
	assert_false(orch__head_line(&h, line, ORCH__HEAD_LINE_MAX + 1));
	orch__head_reset(&h);
	while (orch__head_line(&h, line, ORCH__HEAD_LINE_MAX))
		n++;
	assert_int_equal(n, ORCH__HEAD_MAX / ORCH__HEAD_LINE_MAX);
	orch__head_dispose(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_found_in_any_case_and_trimmed),
		cmocka_unit_test(an_interim_answer_leaves_nothing_behind),
		cmocka_unit_test(malformed_status_lines_are_refused),
		cmocka_unit_test(an_end_that_is_not_marked_is_known),
		cmocka_unit_test(warnings_are_words_for_people),
		cmocka_unit_test(retry_after_is_seconds_or_a_date_and_else_absent),
		cmocka_unit_test(http_dates_are_read_exactly),
		cmocka_unit_test(lines_and_heads_have_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
