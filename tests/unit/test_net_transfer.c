/* SPDX-License-Identifier: MIT */
/* Streams, cancelling, repeating, headers, threads: what a caller relies on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <pthread.h>

#include <cmocka.h>

#include "fakes/fake_http.h"
#include "fakes/net_world.h"
#include "util/clock.h"
#include "util/error.h"

#define OK_HEAD NET_OK_HEAD

enum { SOON = 10000 };

/* ---- bodies ---- */

static orch_status dislike(void *payload, const char *data, size_t len)
{
	(void)payload;
	(void)data;
	(void)len;
	return orch__fail(ORCH_E_PROTOCOL, "byte 3: not JSON");
}

static void a_consumer_that_refuses_the_body_ends_the_call_with_its_own_words(void **state)
{
	struct net_world w = net_world_open(EVIL_TCP, net_say_ok);
	const struct orch__request request = { .method = "POST", .path = "/x" };
	struct orch__response response = { .write = dislike };

	(void)state;
	assert_int_equal(orch__http_perform(w.http, &request, &response), ORCH_E_PROTOCOL);
	assert_non_null(strstr(orch_error_last()->message, "POST /x at 127.0.0.1:"));
	assert_non_null(strstr(orch_error_last()->message, ": byte 3: not JSON"));
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_APPLIED);
	net_world_close(&w);
}

static void say_no(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	evil_say(c,
		"HTTP/1.1 429 No\r\nRetry-After: 3\r\nX-Why: because\r\n"
		"Content-Length: 7\r\n\r\n");
	if (strcmp(r->method, "HEAD") != 0)
		evil_say(c, "{\"a\":1}");
}

static void the_body_of_an_error_is_kept_and_not_given_to_the_consumer(void **state)
{
	struct net_world w = net_world_open(EVIL_TCP, say_no);
	const struct orch__request request = { .method = "GET", .path = "/x" };
	struct orch__response response = { .write = dislike, .wants_head = true };
	char why[16];

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(orch__http_perform(w.http, &request, &response), ORCH_OK);
		assert_int_equal(response.http_status, 429);
		assert_int_equal(response.retry_after_ms, 3000);
		assert_string_equal(response.body.text, "{\"a\":1}");
		assert_true(orch__head_copy(&response.head, "x-why", why, sizeof why));
		assert_string_equal(why, "because");
	}
	orch__response_dispose(&response);
	net_world_close(&w);
}

static void a_head_request_has_no_body(void **state)
{
	struct net_world w = net_world_open(EVIL_TCP, say_no);
	const struct orch__request request = { .method = "HEAD", .path = "/_ping" };
	struct orch__response response = { 0 };

	(void)state;
	assert_int_equal(orch__http_perform(w.http, &request, &response), ORCH_OK);
	assert_int_equal(response.http_status, 429);
	assert_int_equal(response.body.len, 0);
	assert_true(response.is_delimited);
	net_world_close(&w);
}

/* ---- what is sent ---- */

static unsigned count(const char *text, const char *part)
{
	unsigned n = 0;

	for (; (text = strstr(text, part)); text++)
		n++;
	return n;
}

static void each_request_names_its_media_types_once(void **state)
{
	struct net_world w = net_world_open(EVIL_TCP, net_say_ok);
	const orch_kv extra[] = { { "X-Registry-Auth", "e30=" }, { "X-Empty", "" } };
	const struct orch__request requests[] = {
		{ .method = "GET", .path = "/x" },
		{ .method = "GET", .path = "/x", .accept = "text/plain" },
		{ .method = "GET", .path = "/x", .headers = extra, .header_count = 2 },
		{ .method = "POST", .path = "/x" },
		{ .method = "POST", .path = "/x", .body = "{}", .body_len = 2 },
		{ .method = "POST",
			.path = "/x",
			.body = "a",
			.body_len = 1,
			.content_type = "text/plain",
			.headers = extra,
			.header_count = 2 },
		{ .method = "PATCH",
			.path = "/x",
			.body = "{}",
			.body_len = 2,
			.content_type = "application/merge-patch+json" },
		{ .method = "PUT", .path = "/x", .body = "{}", .body_len = 2, .accept = "a/b" },
		{ .method = "DELETE", .path = "/x" },
		{ .method = "DELETE", .path = "/x", .body = "{}", .body_len = 2 },
		{ .method = "HEAD", .path = "/x" },
		{ .method = "GET", .path = "/x" },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof requests / sizeof *requests; i++) {
		struct orch__response response = { 0 };
		char line[32], *raw;

		assert_int_equal(orch__http_perform(w.http, &requests[i], &response), ORCH_OK);
		orch__response_dispose(&response);
		raw = evil_raw(w.e, i);
		snprintf(line, sizeof line, "%s /x HTTP/1.1\r\n", requests[i].method);
		assert_ptr_equal(strstr(raw, line), raw);
		assert_int_equal(count(raw, "\r\nAccept: "), 1);
		assert_int_equal(count(raw, "\r\nContent-Type: "), requests[i].body ? 1 : 0);
		assert_int_equal(count(raw, "\r\nUser-Agent: liborch/"), 1);
		assert_int_equal(count(raw, "\r\nHost: "), 1);
		assert_int_equal(count(raw, "\r\nX-Registry-Auth: e30=\r\n"),
			requests[i].header_count ? 1 : 0);
		assert_int_equal(count(raw, "\r\nX-Empty:\r\n"), requests[i].header_count ? 1 : 0);
		assert_int_equal(count(raw, "urlencoded"), 0);
		free(raw);
	}
	net_world_close(&w);
}

static void a_large_body_is_sent_without_waiting_for_permission(void **state)
{
	struct net_world w = net_world_open(EVIL_UNIX, net_say_ok);
	struct orch__request request = { .method = "POST", .path = "/x", .body_len = 3 << 20 };
	struct orch__response response = { 0 };
	char *body = malloc(request.body_len), *raw;

	(void)state;
	memset(body, 'b', request.body_len);
	request.body = body;
	assert_int_equal(orch__http_perform(w.http, &request, &response), ORCH_OK);
	raw = evil_raw(w.e, 0);
	assert_null(strstr(raw, "Expect:"));
	assert_int_equal(strlen(strstr(raw, "\r\n\r\n") + 4), request.body_len);
	free(raw);
	free(body);
	orch__response_dispose(&response);
	net_world_close(&w);
}

/* ---- repeating ---- */

/* The second request on a connection is read whole and not answered. */
static void answer_the_first(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	if (r->on_conn == 0)
		evil_reply(c, 200, "{}");
	else
		evil_close(c);
}

static orch_status call_on_old_connection(
	struct net_world *w, struct orch__request request, int *sends)
{
	const struct orch__request first = { .method = "GET", .path = "/x" };
	struct orch__response response = { 0 };
	orch_status st;

	assert_int_equal(orch__http_perform(w->http, &first, &response), ORCH_OK);
	request.path = "/x";
	st = orch__http_perform(w->http, &request, &response);
	*sends = st == ORCH_OK ? response.sends : 0;
	orch__response_dispose(&response);
	return st;
}

static unsigned count_requests(const struct evil *e, const char *start)
{
	unsigned n = 0;

	for (unsigned i = 0; i < evil_request_count(e); i++) {
		char *raw = evil_raw(e, i);

		n += strstr(raw, start) == raw;
		free(raw);
	}
	return n;
}

static void a_write_without_a_fence_is_sent_once(void **state)
{
	const struct orch__request request = { .method = "POST", .body = "{}", .body_len = 2 };
	struct net_world w = net_world_open(EVIL_TCP, answer_the_first);
	int sends;

	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(call_on_old_connection(&w, request, &sends), ORCH_OK);
		assert_int_equal(sends, 1);
	}
	assert_int_equal(count_requests(w.e, "POST "), 5);
	net_world_close(&w);
}

static void a_repeated_write_with_a_fence_is_told(void **state)
{
	const struct orch__request request = {
		.method = "POST", .body = "{}", .body_len = 2, .is_fenced = true
	};
	struct net_world w = net_world_open(EVIL_TCP, answer_the_first);
	int sends;

	(void)state;
	assert_int_equal(call_on_old_connection(&w, request, &sends), ORCH_OK);
	assert_int_equal(sends, 2);
	assert_int_equal(count_requests(w.e, "POST "), 2);
	net_world_close(&w);
}

static void a_read_survives_a_connection_that_was_closed_meanwhile(void **state)
{
	const struct orch__request request = { .method = "GET" };
	struct net_world w = net_world_open(EVIL_UNIX, answer_the_first);
	int sends;

	(void)state;
	assert_int_equal(call_on_old_connection(&w, request, &sends), ORCH_OK);
	assert_int_equal(sends, 2);
	net_world_close(&w);
}

/* ---- threads ---- */

static void echo(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	char body[128];

	(void)payload;
	snprintf(body, sizeof body, "%.60s %.*s", r->target, (int)r->body_len, r->body);
	evil_reply(c, 200, body);
}

enum { THREADS = 8, CALLS = 200 };

struct caller {
	pthread_t thread;
	struct orch__http *http;
	int id, wrong;
};

static void *call_many(void *payload)
{
	struct caller *caller = payload;
	struct orch__response response = { 0 };
	char path[32], body[32], want[80];

	for (int i = 0; i < CALLS; i++) {
		struct orch__request request = { .method = i % 2 ? "POST" : "GET", .path = path };

		snprintf(path, sizeof path, "/%d/%d", caller->id, i);
		snprintf(body, sizeof body, "%d", i * caller->id);
		snprintf(want, sizeof want, "%s %s", path, i % 2 ? body : "");
		request.body = i % 2 ? body : NULL;
		request.body_len = i % 2 ? strlen(body) : 0;
		request.is_fenced = true;
		if (orch__http_perform(caller->http, &request, &response) != ORCH_OK ||
			strcmp(response.body.text, want) != 0)
			caller->wrong++;
	}
	orch__response_dispose(&response);
	return NULL;
}

static void threads_share_an_endpoint_and_get_their_own_answers(void **state)
{
	static const enum evil_kind kinds[] = { EVIL_TCP, EVIL_UNIX, EVIL_TLS };

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		struct net_world w = net_world_open(kinds[k], echo);
		struct caller callers[THREADS];

		for (int i = 0; i < THREADS; i++) {
			callers[i] = (struct caller){ .http = w.http, .id = i };
			assert_int_equal(
				pthread_create(&callers[i].thread, NULL, call_many, &callers[i]),
				0);
		}
		for (int i = 0; i < THREADS; i++) {
			pthread_join(callers[i].thread, NULL);
			assert_int_equal(callers[i].wrong, 0);
		}
		assert_int_equal(evil_request_count(w.e), THREADS * CALLS);
		net_world_close(&w);
	}
}

static void connections_beyond_the_limit_are_not_kept(void **state)
{
	enum { MANY = 10, KEPT = 4 };
	struct net_world w = net_world_open(EVIL_TCP, net_say_ok);
	const struct orch__request request = { .method = "GET", .path = "/x" };
	struct orch__transfer *t[MANY];
	struct orch__chunk chunk;

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < MANY; i++) {
			assert_int_equal(orch__transfer_open(w.http, &request, &t[i]), ORCH_OK);
			do
				assert_int_equal(orch__transfer_read(t[i], SOON, &chunk), ORCH_OK);
			while (!chunk.is_end);
		}
		for (int i = 0; i < MANY; i++)
			orch__transfer_close(t[i]);
	}
	assert_int_equal(evil_accepts(w.e), MANY + MANY - KEPT);
	net_world_close(&w);
}

/* ---- trace and messages ---- */

struct tape {
	char text[2048];
};

static void record(void *payload, const orch_trace_event *e)
{
	struct tape *tape = payload;
	size_t n = strlen(tape->text);

	assert_int_equal(e->struct_size, sizeof *e);
	assert_true(e->duration_ms >= 0);
	snprintf(tape->text + n, sizeof tape->text - n, "%d %s %s %s %d %s %d\n", (int)e->phase,
		e->method, e->path, e->endpoint, (int)e->http_status, orch_status_name(e->status),
		(int)e->bytes_in);
}

static void warn(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	(void)r;
	evil_say(c,
		"HTTP/1.1 200 OK\r\nAudit-Id: 6d4b-1\r\nWarning: 299 - \"one\"\r\n"
		"Set-Cookie: canary\r\nWarning: 299 - \"two\"\r\nContent-Length: 0\r\n\r\n");
}

static void record_words(void *payload, const orch_trace_event *e)
{
	struct tape *tape = payload;
	size_t n = strlen(tape->text);

	snprintf(tape->text + n, sizeof tape->text - n, "%d %s %s|", (int)e->phase, e->audit_id,
		e->warnings);
}

static void a_trace_has_what_the_server_warns_of(void **state)
{
	struct evil *e = evil_start(&(struct evil_options){ .kind = EVIL_UNIX, .handle = warn });
	struct tape tape = { "" };
	const struct orch__http_config config = {
		.url = evil_url(e), .trace = record_words, .trace_payload = &tape
	};
	const struct orch__request request = { .method = "GET", .path = "/x" };
	struct orch__response response = { 0 };
	struct orch__http *http = NULL;

	(void)state;
	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	assert_int_equal(orch__http_perform(http, &request, &response), ORCH_OK);
	assert_string_equal(tape.text, "1  |2 6d4b-1 one\ntwo|3 6d4b-1 one\ntwo|");
	orch__response_dispose(&response);
	orch__http_close(http);
	evil_stop(e);
}

static void a_trace_shows_the_course_and_no_secret(void **state)
{
	struct evil *e = evil_start(&(struct evil_options){ .kind = EVIL_UNIX, .handle = say_no });
	struct tape tape = { "" };
	const orch_kv token = { "Authorization", "Bearer canary" };
	const struct orch__http_config config = { .url = evil_url(e),
		.headers = &token,
		.header_count = 1,
		.trace = record,
		.trace_payload = &tape };
	const orch_kv extra = { "X-Registry-Auth", "canary" };
	const struct orch__request request = { .method = "POST",
		.path = "/secrets/create",
		.query = "x=canary",
		.body = "canary",
		.body_len = 6,
		.headers = &extra,
		.header_count = 1 };
	struct orch__response response = { 0 };
	struct orch__http *http = NULL;
	char want[512];

	(void)state;
	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	assert_int_equal(orch__http_perform(http, &request, &response), ORCH_OK);
	snprintf(want, sizeof want,
		"1 POST /secrets/create unix:%s 0 ORCH_OK 0\n"
		"2 POST /secrets/create unix:%s 429 ORCH_OK 0\n"
		"3 POST /secrets/create unix:%s 429 ORCH_OK 7\n",
		evil_path(e), evil_path(e), evil_path(e));
	assert_string_equal(tape.text, want);
	evil_stop(e);
	tape.text[0] = '\0';
	assert_int_equal(orch__http_perform(http, &request, &response), ORCH_E_NETWORK);
	assert_non_null(strstr(tape.text, "0 ORCH_E_NETWORK 0\n"));
	assert_null(strstr(tape.text, "canary"));
	assert_null(strstr(orch_error_last()->message, "canary"));
	orch__response_dispose(&response);
	orch__http_close(http);
}

static orch_status call_url(const char *url)
{
	const struct orch__http_config config = { .url = url };
	const struct orch__request request = { .method = "POST", .path = "/services/create" };
	struct orch__response response = { 0 };
	struct orch__http *http = NULL;
	orch_status st;

	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	st = orch__http_perform(http, &request, &response);
	orch__response_dispose(&response);
	orch__http_close(http);
	return st;
}

static void an_endpoint_that_is_not_there_is_named_with_the_reason(void **state)
{
	struct net_world w = net_world_open(EVIL_TCP, net_say_ok);
	char url[64], want[128];

	(void)state;
	snprintf(url, sizeof url, "%s", evil_url(w.e));
	snprintf(want, sizeof want,
		"POST /services/create at %s: cannot connect: Connection refused", url + 7);
	net_world_close(&w);
	assert_int_equal(call_url(url), ORCH_E_NETWORK);
	assert_string_equal(orch_error_last()->message, want);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
	assert_int_equal(orch_error_last()->transient, 1);
	assert_int_equal(call_url("unix:///no/such/socket"), ORCH_E_NETWORK);
	assert_string_equal(orch_error_last()->message,
		"POST /services/create at unix:/no/such/socket: cannot connect: "
		"No such file or directory");
	assert_int_equal(call_url("http://no-such-host.invalid"), ORCH_E_NETWORK);
	assert_non_null(strstr(orch_error_last()->message, "no-such-host.invalid"));
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
}

static void success_leaves_errno_alone(void **state)
{
	struct net_world w = net_world_open(EVIL_TLS, net_say_ok);
	const struct orch__request request = { .method = "GET", .path = "/x" };
	struct orch__response response = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		errno = EXDEV;
		assert_int_equal(orch__http_perform(w.http, &request, &response), ORCH_OK);
		assert_int_equal(errno, EXDEV);
	}
	orch__response_dispose(&response);
	net_world_close(&w);
}

/* ---- the fake ---- */

static void answer_by_fake(
	void *payload, const struct orch__request *r, const char *target, struct fake_reply *reply)
{
	(void)payload;
	if (strcmp(target, "/lost?x=1") == 0) {
		reply->status = 0;
		reply->fault = ORCH_E_NETWORK;
	} else if (strcmp(r->method, "POST") == 0) {
		reply->status = 201;
		reply->headers = "Api-Version: 1.41\r\n";
		reply->body = "{\"ID\":\"x\"}";
		reply->piece = 4;
	}
}

static void a_fake_endpoint_goes_through_the_same_machine(void **state)
{
	struct orch__http *http = fake_http_open(answer_by_fake, NULL);
	struct orch__request request = { .method = "POST", .path = "/x" };
	struct orch__response response = { .wants_head = true };
	char version[8];

	(void)state;
	assert_int_equal(orch__http_perform(http, &request, &response), ORCH_OK);
	assert_int_equal(response.http_status, 201);
	assert_string_equal(response.body.text, "{\"ID\":\"x\"}");
	assert_true(orch__head_copy(&response.head, "api-version", version, sizeof version));
	request.path = "/lost";
	request.query = "x=1";
	assert_int_equal(orch__http_perform(http, &request, &response), ORCH_E_NETWORK);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_UNKNOWN);
	assert_string_equal(orch_error_last()->message, "POST /lost at fake: fake fault");
	orch__response_dispose(&response);
	orch__http_close(http);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_consumer_that_refuses_the_body_ends_the_call_with_its_own_words),
		cmocka_unit_test(the_body_of_an_error_is_kept_and_not_given_to_the_consumer),
		cmocka_unit_test(a_head_request_has_no_body),
		cmocka_unit_test(each_request_names_its_media_types_once),
		cmocka_unit_test(a_large_body_is_sent_without_waiting_for_permission),
		cmocka_unit_test(a_write_without_a_fence_is_sent_once),
		cmocka_unit_test(a_repeated_write_with_a_fence_is_told),
		cmocka_unit_test(a_read_survives_a_connection_that_was_closed_meanwhile),
		cmocka_unit_test(threads_share_an_endpoint_and_get_their_own_answers),
		cmocka_unit_test(connections_beyond_the_limit_are_not_kept),
		cmocka_unit_test(a_trace_shows_the_course_and_no_secret),
		cmocka_unit_test(a_trace_has_what_the_server_warns_of),
		cmocka_unit_test(an_endpoint_that_is_not_there_is_named_with_the_reason),
		cmocka_unit_test(success_leaves_errno_alone),
		cmocka_unit_test(a_fake_endpoint_goes_through_the_same_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
