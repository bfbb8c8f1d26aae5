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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thousand_calls_over_tcp_use_one_connection),
		cmocka_unit_test(a_thousand_calls_over_a_unix_socket_use_one_connection),
		cmocka_unit_test(a_thousand_calls_over_tls_use_one_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
