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
#include "util/clock.h"
#include "util/error.h"

/* "/status/404" answers 404; every body is a small document. */
static void answer_by_path(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	const char *status = strstr(r->target, "/status/");

	(void)payload;
	evil_reply(c, status ? atoi(status + 8) : 200, "{\"a\":1}");
}

static struct evil *start(enum evil_kind kind)
{
	return evil_start(&(struct evil_options){ .kind = kind, .handle = answer_by_path });
}

static struct orch__http *connect_to(const struct evil *e)
{
	const struct orch__tls tls = { .ca = evil_ca(e) };
	const struct orch__http_config config = { .url = evil_url(e), .tls = &tls };
	struct orch__http *http = NULL;

	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	return http;
}

static void must_answer(struct orch__http *http, const char *method, const char *path, int status)
{
	struct orch__request request = { .method = method, .path = path, .is_fenced = true };
	struct orch__response response = { 0 };
	orch_status st;

	if (strcmp(method, "POST") == 0) {
		request.body = "{}";
		request.body_len = 2;
	}
	st = orch__http_perform(http, &request, &response);
	if (st < 0)
		fail_msg("%s", orch_error_last()->message);
	assert_int_equal(response.http_status, status);
	assert_string_equal(response.body.text, "{\"a\":1}");
	orch__response_dispose(&response);
}

static void calls_share_one_connection(enum evil_kind kind)
{
	struct evil *e = start(kind);
	struct orch__http *http = connect_to(e);

	for (int i = 0; i < 1000; i++)
		must_answer(http, i % 3 ? "GET" : "POST", "/x", 200);
	must_answer(http, "GET", "/status/404", 404);
	must_answer(http, "POST", "/status/409", 409);
	must_answer(http, "DELETE", "/status/500", 500);
	must_answer(http, "GET", "/x", 200);
	assert_int_equal(evil_accepts(e), 1);
	assert_int_equal(evil_request_count(e), 1004);
	orch__http_close(http);
	evil_stop(e);
}

static void a_thousand_calls_over_tcp_use_one_connection(void **state)
{
	(void)state;
	calls_share_one_connection(EVIL_TCP);
}

static void a_thousand_calls_over_a_unix_socket_use_one_connection(void **state)
{
	(void)state;
	calls_share_one_connection(EVIL_UNIX);
}

static void a_thousand_calls_over_tls_use_one_connection(void **state)
{
	(void)state;
	calls_share_one_connection(EVIL_TLS);
}

/* ---- headers ---- */

/* Performs it; the request as it arrived, to be freed. */
static char *arrived(const struct orch__http_config *shape, const struct orch__request *request)
{
	struct evil *e = start(EVIL_TCP);
	struct orch__http_config config = *shape;
	struct orch__response response = { 0 };
	struct orch__http *http = NULL;
	char *raw;

	config.url = evil_url(e);
	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	assert_int_equal(orch__http_perform(http, request, &response), ORCH_OK);
	orch__response_dispose(&response);
	raw = evil_raw(e, 0);
	orch__http_close(http);
	evil_stop(e);
	return raw;
}

static void must_say(char *raw, const char *header, bool does)
{
	if ((strstr(raw, header) != NULL) != does)
		fail_msg("%s \"%s\" in: %s", does ? "no" : "a", header, raw);
}

static void headers_of_one_name_arrive_all_and_in_order(void **state)
{
	static const orch_kv fixed[] = { { "Impersonate-User", "u" }, { "Impersonate-Group", "a" },
		{ "Impersonate-Group", "b" }, { "Impersonate-Extra-scopes", "x" },
		{ "Impersonate-Extra-scopes", "y" } };
	static const orch_kv own[] = { { "Authorization", "Bearer t" }, { "X-More", "1" },
		{ "X-More", "2" } };
	const struct orch__http_config config = { .headers = fixed, .header_count = 5 };
	const struct orch__request request = {
		.method = "GET", .path = "/x", .headers = own, .header_count = 3
	};
	char *raw = arrived(&config, &request);

	(void)state;
	must_say(raw, "Impersonate-User: u\r\n", true);
	must_say(raw, "Impersonate-Group: a\r\nImpersonate-Group: b\r\n", true);
	must_say(raw, "Impersonate-Extra-scopes: x\r\nImpersonate-Extra-scopes: y\r\n", true);
	must_say(raw, "Authorization: Bearer t\r\n", true);
	must_say(raw, "X-More: 1\r\nX-More: 2\r\n", true);
	free(raw);
}

static void media_types_are_those_of_the_request(void **state)
{
	const struct orch__http_config config = { 0 };
	struct orch__request request = { .method = "PATCH",
		.path = "/x",
		.body = "{}",
		.body_len = 2,
		.accept = "application/vnd.x+json",
		.content_type = "application/merge-patch+json" };
	char *raw = arrived(&config, &request);

	(void)state;
	must_say(raw, "\r\nAccept: application/vnd.x+json\r\n", true);
	must_say(raw, "\r\nContent-Type: application/merge-patch+json\r\n", true);
	must_say(raw, "application/json", false);
	free(raw);
	request.accept = request.content_type = NULL;
	raw = arrived(&config, &request);
	must_say(raw, "\r\nAccept: application/json\r\n", true);
	must_say(raw, "\r\nContent-Type: application/json\r\n", true);
	free(raw);
}

static void compression_is_for_long_reads_and_can_be_refused(void **state)
{
	static const char gzip[] = "Accept-Encoding: gzip";
	const struct orch__http_config config = { .wants_local_gzip = true };
	struct orch__request request = { .method = "GET", .path = "/x", .is_large = true };
	char *raw = arrived(&config, &request);

	(void)state;
	must_say(raw, gzip, true);
	free(raw);
	request.is_plain = true;
	raw = arrived(&config, &request);
	must_say(raw, "Accept-Encoding", false);
	free(raw);
	request.is_plain = false;
	request.method = "POST";
	request.body = "";
	raw = arrived(&config, &request);
	must_say(raw, "Accept-Encoding", false);
	free(raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_of_one_name_arrive_all_and_in_order),
		cmocka_unit_test(media_types_are_those_of_the_request),
		cmocka_unit_test(compression_is_for_long_reads_and_can_be_refused),
		cmocka_unit_test(a_thousand_calls_over_tcp_use_one_connection),
		cmocka_unit_test(a_thousand_calls_over_a_unix_socket_use_one_connection),
		cmocka_unit_test(a_thousand_calls_over_tls_use_one_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
