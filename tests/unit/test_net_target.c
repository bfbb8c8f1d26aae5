/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/evil_server.h"
#include "net/http.h"
#include "net/target.h"
#include "util/error.h"

/* ---- building ---- */

static void paths_and_queries_are_built_piece_by_piece(void **state)
{
	struct orch__target to = ORCH__TARGET_INIT;

	(void)state;
	orch__target_add(&to, "/services");
	orch__target_segment(&to, "service", "web_1.prod:x@y-z");
	orch__target_add(&to, "/update");
	orch__target_query(&to, "version", "17");
	orch__target_query(&to, "absent", NULL);
	orch__target_query(&to, "filters", "{\"label\":[\"a=b&c#d\"]}");
	orch__target_query_i64(&to, "since", -5);
	assert_int_equal(orch__target_end(&to), ORCH_OK);
	assert_string_equal(to.path.text, "/services/web_1.prod:x@y-z/update");
	assert_string_equal(to.query.text,
		"version=17&filters=%7B%22label%22%3A%5B%22a%3Db%26c%23d%22%5D%7D&since=-5");
	orch__target_dispose(&to);
}

static void refuse_segment(const char *name)
{
	struct orch__target to = ORCH__TARGET_INIT;

	orch__target_add(&to, "/x");
	orch__target_segment(&to, "service", name);
	orch__target_segment(&to, "service", "good");
	if (orch__target_end(&to) != ORCH_E_INVALID)
		fail_msg("taken as a name: %s", name);
	assert_non_null(strstr(orch_error_last()->message, "service"));
	orch__target_dispose(&to);
}

static void no_odd_byte_becomes_part_of_a_path(void **state)
{
	static const char *const bad[] = { "", ".", "..", "../../../../api/v1/secrets", "a/b",
		"%2e%2e", "a%2fb", "a?b", "a#b", "a&b", "a;b", "a\\b", "a b", "a\tb", "a\r\nb",
		"\xE2\x80\xAE", "\xE2\x80\x8B", "\xC0\x80", "\xFF", "a=b", "a,b", "a+b", "~", "*" };
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._:@-";
	char name[4] = "aaa";

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		refuse_segment(bad[i]);
	for (int c = 1; c < 256; c++)
		for (int at = 0; at < 3 && !strchr(allowed, c); at++) {
			memset(name, 'a', 3);
			name[at] = (char)c;
			refuse_segment(name);
		}
}

static void a_name_has_at_most_253_bytes(void **state)
{
	char name[1025];

	(void)state;
	memset(name, 'a', sizeof name);
	name[1024] = '\0';
	refuse_segment(name);
	name[254] = '\0';
	refuse_segment(name);
	name[253] = '\0';
	assert_true(orch__is_segment(name));
	assert_true(orch__is_segment("..."));
	assert_true(orch__is_segment(".a"));
}

static void a_path_that_is_too_long_is_refused(void **state)
{
	struct orch__target to = ORCH__TARGET_INIT;

	(void)state;
	for (int i = 0; i < 1000; i++)
		orch__target_segment(&to, "x", "0123456789");
	assert_int_equal(orch__target_end(&to), ORCH_E_TOO_LARGE);
	orch__target_dispose(&to);
}

static void ready_made_paths_follow_rfc_3986_and_have_no_dot_segment(void **state)
{
	static const char *const good[] = { "/", "/a", "/a/b/", "//", "/a%20b", "/a.b/..c/...",
		"/v1.41/x:y@z", "/!$&'()*+,;=~" };
	static const char *const bad[] = { "", "a", "/a b", "/a\r\nX: y", "/a?b", "/a#b", "/%",
		"/%2", "/%zz", "/../x", "/a/..", "/./a", "/%2e%2e/x", "/%2E./x", "/.%2e", "/%2e",
		"/a\"b", "/a<b", "/a\\b", "/\x7f", "/\xC3\xA4", "/a|b", "/a^b", "/[a]" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!orch__is_path(good[i]))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (orch__is_path(bad[i]))
			fail_msg("taken: %s", bad[i]);
	assert_true(orch__is_query("a=b&c=%7B/?:@"));
	assert_false(orch__is_query("a=b#c"));
	assert_false(orch__is_query("a b"));
	assert_false(orch__is_query("a=b\r\nX: y"));
}

/* ---- nothing malformed reaches a socket ---- */

static void say_ok(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	(void)r;
	evil_reply(c, 200, "{}");
}

static struct evil *start(struct orch__http **http)
{
	struct evil *e = evil_start(&(struct evil_options){ .handle = say_ok });
	const struct orch__http_config config = { .url = evil_url(e) };

	assert_int_equal(orch__http_open(&config, http), ORCH_OK);
	return e;
}

static orch_status call(struct orch__http *http, const struct orch__request *request)
{
	struct orch__response response = { 0 };
	orch_status st = orch__http_perform(http, request, &response);

	orch__response_dispose(&response);
	return st;
}

static void the_seam_refuses_what_was_not_built_well(void **state)
{
	struct orch__http *http = NULL;
	struct evil *e = start(&http);
	static const struct orch__request bad[] = {
		{ .method = "GET", .path = "/a/../b" },
		{ .method = "GET", .path = "/a b" },
		{ .method = "GET", .path = "/a?b" },
		{ .method = "GET", .path = "http://other/" },
		{ .method = "GET", .path = NULL },
		{ .method = "GET", .path = "/a", .query = "x y" },
		{ .method = "GET", .path = "/a", .query = "x#y" },
		{ .method = "GET /x HTTP/1.1\r\nX:", .path = "/a" },
		{ .method = "get", .path = "/a" },
		{ .method = "", .path = "/a" },
		{ .method = NULL, .path = "/a" },
		{ .method = "GET", .path = "/a", .accept = "a\r\nX: y" },
		{ .method = "POST", .path = "/a", .body = "", .content_type = "a\nb" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(call(http, &bad[i]), ORCH_E_INVALID);
		assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
	}
	assert_int_equal(evil_accepts(e), 0);
	orch__http_close(http);
	evil_stop(e);
}

static void refuse_header(struct orch__http *http, const char *name, const char *value)
{
	const orch_kv header = { name, value };
	const struct orch__request request = {
		.method = "GET", .path = "/a", .headers = &header, .header_count = 1
	};

	assert_int_equal(call(http, &request), ORCH_E_INVALID);
	assert_null(strstr(orch_error_last()->message, "canary"));
}

static void no_header_value_becomes_a_second_header(void **state)
{
	struct orch__http *http = NULL;
	struct evil *e = start(&http);
	char value[16], *huge = malloc(65538);

	(void)state;
	for (int c = 1; c < 256; c++) {
		bool is_fine = (c >= 0x20 && c < 0x7F) || c == '\t';

		snprintf(value, sizeof value, "canary%cx", c);
		if (!is_fine)
			refuse_header(http, "X-Test", value);
	}
	memset(huge, 'a', 65537);
	huge[65537] = '\0';
	refuse_header(http, "X-Test", huge);
	refuse_header(http, "X-Test", "canary\r\nX-Injected: 1");
	refuse_header(http, "X-Test\r\nX-Injected", "canary");
	refuse_header(http, "X Test", "canary");
	refuse_header(http, "", "canary");
	refuse_header(http, NULL, "canary");
	refuse_header(http, "X-Test", NULL);
	assert_int_equal(evil_accepts(e), 0);
	free(huge);
	orch__http_close(http);
	evil_stop(e);
}

static void headers_of_ours_cannot_be_given_twice(void **state)
{
	static const char *const ours[] = { "Accept", "ACCEPT", "content-type", "Content-Length",
		"Host", "Transfer-Encoding", "Connection", "Expect", "User-Agent", "Upgrade" };
	struct orch__http *http = NULL;
	struct evil *e = start(&http);

	(void)state;
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		refuse_header(http, ours[i], "x");
	assert_int_equal(evil_accepts(e), 0);
	orch__http_close(http);
	evil_stop(e);
}

static void refuse_config(const struct orch__http_config *config)
{
	struct orch__http *untouched = NULL;

	assert_int_equal(orch__http_open(config, &untouched), ORCH_E_INVALID);
	assert_null(untouched);
	assert_null(strstr(orch_error_last()->message, "canary"));
	assert_true(orch_error_last()->message[0] != '\0');
}

static void a_malformed_configuration_is_refused_without_showing_secrets(void **state)
{
	static const char *const urls[] = { "", "tcp://a", "file:///etc/passwd", "HTTP://a",
		"http://", "http://-oX", "http://a:0", "http://a:65536", "http://a:x",
		"http://a:", "http://user:canary@a", "http://a/?canary", "http://a/#canary",
		"http://a b", "http://a\r\nX: canary", "http://[::1", "http://::1", "http://[a]",
		"http://a/..", "unix://relative", "unix://", "https://a/%" };
	const struct orch__tls half = { .cert = "canary" }, odd = { .server_name = "a b" };
	const orch_kv injected = { "Authorization", "canary\r\nX: y" };
	char long_path[200];

	(void)state;
	refuse_config(&(struct orch__http_config){ .url = NULL });
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
		refuse_config(&(struct orch__http_config){ .url = urls[i] });
	snprintf(long_path, sizeof long_path, "unix:///%0120d", 1);
	refuse_config(&(struct orch__http_config){ .url = long_path });
	refuse_config(&(struct orch__http_config){ .url = "https://a", .tls = &half });
	refuse_config(&(struct orch__http_config){ .url = "https://a", .tls = &odd });
	refuse_config(&(struct orch__http_config){ .url = "http://a", .proxy = "canary" });
	refuse_config(
		&(struct orch__http_config){ .url = "http://a", .proxy = "http://a\r\ncanary" });
	refuse_config(&(struct orch__http_config){ .url = "http://a", .user_agent = "canary\n" });
	refuse_config(&(struct orch__http_config){ .url = "http://a", .accept = "canary\n" });
	refuse_config(&(struct orch__http_config){ .url = "http://a", .connect_timeout_ms = -1 });
	refuse_config(&(struct orch__http_config){
		.url = "http://a", .headers = &injected, .header_count = 1 });
}

static void the_server_sees_exactly_the_path_that_was_named(void **state)
{
	struct orch__http *http = NULL;
	struct evil *e = start(&http);
	const struct orch__request request = {
		.method = "GET", .path = "/v1.41/a%20b/x:y@z", .query = "q=%7B%7D&r=/?"
	};
	char *raw;

	(void)state;
	assert_int_equal(call(http, &request), ORCH_OK);
	raw = evil_raw(e, 0);
	assert_ptr_equal(strstr(raw, "GET /v1.41/a%20b/x:y@z?q=%7B%7D&r=/? HTTP/1.1\r\n"), raw);
	free(raw);
	orch__http_close(http);
	evil_stop(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_and_queries_are_built_piece_by_piece),
		cmocka_unit_test(no_odd_byte_becomes_part_of_a_path),
		cmocka_unit_test(a_name_has_at_most_253_bytes),
		cmocka_unit_test(a_path_that_is_too_long_is_refused),
		cmocka_unit_test(ready_made_paths_follow_rfc_3986_and_have_no_dot_segment),
		cmocka_unit_test(the_seam_refuses_what_was_not_built_well),
		cmocka_unit_test(no_header_value_becomes_a_second_header),
		cmocka_unit_test(headers_of_ours_cannot_be_given_twice),
		cmocka_unit_test(a_malformed_configuration_is_refused_without_showing_secrets),
		cmocka_unit_test(the_server_sees_exactly_the_path_that_was_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
