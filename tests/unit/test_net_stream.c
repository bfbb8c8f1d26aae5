/* SPDX-License-Identifier: MIT */
/* Answers that are pulled piece by piece, and calls that are cancelled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>

#include <cmocka.h>

#include "fakes/net_world.h"
#include "util/clock.h"
#include "util/error.h"

#define OK_HEAD NET_OK_HEAD

enum { SOON = 10000 };

static void hang(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	if (strcmp(r->target, "/body") == 0)
		evil_say(c, OK_HEAD "Content-Length: 9\r\n\r\nab");
	evil_hang(c);
}

/* ---- streams ---- */

/* How many words the server may say on /gated: it says the next when the test lets it. */
static atomic_int words_allowed;

static bool may_say(struct evil_conn *c, const struct evil_request *r, int word)
{
	if (strcmp(r->target, "/gated") != 0)
		return evil_pause(c, 100);
	while (atomic_load(&words_allowed) < word)
		if (!evil_pause(c, 5))
			return false;
	return true;
}

static void stream(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	if (strcmp(r->target, "/refused") == 0) {
		evil_reply(c, 403, "no");
		return;
	}
	evil_say(c, OK_HEAD "Transfer-Encoding: chunked\r\n\r\n");
	if (!may_say(c, r, 1))
		return;
	evil_say(c, "3\r\none\r\n");
	if (strcmp(r->target, "/silent") == 0) {
		evil_hang(c);
		return;
	}
	if (!may_say(c, r, 2))
		return;
	evil_say(c, "3\r\ntwo\r\n");
	if (strcmp(r->target, "/cut") == 0)
		evil_close(c);
	else
		evil_say(c, "0\r\n\r\n");
}

static struct orch__transfer *open_stream(struct orch__http *http, const char *path, int64_t idle)
{
	const struct orch__request request = { .method = "GET",
		.path = path,
		.is_stream = true,
		.idle_ms = idle,
		.deadline_ms = orch__clock_ms() + SOON };
	struct orch__transfer *t = NULL;

	assert_int_equal(orch__transfer_open(http, &request, &t), ORCH_OK);
	return t;
}

/* Everything until the end or a failure, which is returned. */
static orch_status read_all(struct orch__transfer *t, char *out, size_t cap)
{
	struct orch__chunk chunk = { 0 };
	size_t n = 0;

	do {
		orch_status st = orch__transfer_read(t, SOON, &chunk);

		if (st < 0)
			return st;
		assert_true(n + chunk.len < cap);
		if (chunk.len)
			memcpy(out + n, chunk.data, chunk.len);
		n += chunk.len;
		out[n] = '\0';
	} while (!chunk.is_end);
	return ORCH_OK;
}

static void a_stream_is_pulled_piece_by_piece(void **state)
{
	struct net_world w = net_world_open(EVIL_TCP, stream);
	struct orch__transfer *t;
	const struct orch__head *head = NULL;
	struct orch__chunk chunk;

	(void)state;
	atomic_store(&words_allowed, 0);
	t = open_stream(w.http, "/gated", 0);
	assert_int_equal(orch__transfer_wait_head(t, &head), ORCH_OK);
	assert_int_equal(head->status, 200);
	assert_int_equal(orch__transfer_read(t, 1, &chunk), ORCH_OK);
	assert_int_equal(chunk.len, 0); /* nothing yet, and that is no failure */
	assert_false(chunk.is_end);
	atomic_store(&words_allowed, 1);
	assert_int_equal(orch__transfer_read(t, SOON, &chunk), ORCH_OK);
	assert_int_equal(chunk.len, 3);
	assert_memory_equal(chunk.data, "one", 3);
	atomic_store(&words_allowed, 2);
	assert_int_equal(orch__transfer_read(t, SOON, &chunk), ORCH_OK);
	assert_memory_equal(chunk.data, "two", 3);
	assert_int_equal(orch__transfer_read(t, SOON, &chunk), ORCH_OK);
	assert_true(chunk.is_end);
	assert_int_equal(orch__transfer_read(t, SOON, &chunk), ORCH_OK);
	assert_true(chunk.is_end);
	orch__transfer_close(t);
	t = open_stream(w.http, "/x", 0);
	orch__transfer_close(t);
	net_world_close(&w);
}

enum { FLOOD = 16 << 20, ENOUGH = 512 << 10 };

static char flood_byte(size_t at)
{
	return (char)('a' + at / 1000 % 26);
}

static void flood(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	char *body = malloc(FLOOD);

	(void)payload;
	(void)r;
	assert_non_null(body);
	for (size_t i = 0; i < FLOOD; i++)
		body[i] = flood_byte(i);
	evil_say(c, OK_HEAD "Content-Length: 16777216\r\n\r\n");
	evil_send(c, body, FLOOD);
	free(body);
}

static void hold_back(enum evil_kind kind)
{
	struct net_world w = net_world_open(kind, flood);
	const struct orch__request request = {
		.method = "GET", .path = "/x", .is_stream = true, .is_large = true
	};
	struct orch__transfer *t = NULL;
	struct orch__chunk chunk = { 0 };
	size_t n = 0;

	assert_int_equal(orch__transfer_open(w.http, &request, &t), ORCH_OK);
	do {
		assert_int_equal(orch__transfer_read(t, SOON, &chunk), ORCH_OK);
		assert_true(chunk.len <= ENOUGH);
		for (size_t i = 0; i < chunk.len; i++, n++)
			if (chunk.data[i] != flood_byte(n))
				fail_msg("byte %zu is not what was sent", n);
	} while (!chunk.is_end);
	assert_int_equal(n, FLOOD);
	orch__transfer_close(t);
	assert_int_equal(net_call(w.http, "GET", "/x"), ORCH_OK);
	assert_int_equal(evil_accepts(w.e), 1);
	net_world_close(&w);
}

static void a_server_that_is_faster_than_the_reader_is_held_back(void **state)
{
	(void)state;
	hold_back(EVIL_TCP);
	hold_back(EVIL_TLS);
}

static void the_deadline_of_a_stream_is_one_for_its_head(void **state)
{
	struct net_world w = net_world_open(EVIL_UNIX, stream);
	struct orch__request request = { .method = "GET", .path = "/x", .is_stream = true };
	struct orch__transfer *t = NULL;
	const struct orch__head *head;
	char text[32];

	(void)state;
	request.deadline_ms = orch__clock_ms() + 1500;
	assert_int_equal(orch__transfer_open(w.http, &request, &t), ORCH_OK);
	assert_int_equal(orch__transfer_wait_head(t, &head), ORCH_OK);
	orch__clock_sleep(request.deadline_ms - orch__clock_ms() + 1);
	assert_int_equal(read_all(t, text, sizeof text), ORCH_OK);
	assert_string_equal(text, "onetwo");
	orch__transfer_close(t);
	net_world_close(&w);
}

static void a_stream_that_falls_silent_ends(void **state)
{
	struct net_world w = net_world_open(EVIL_TCP, stream);
	struct orch__transfer *t = open_stream(w.http, "/silent", 300);
	char text[32];

	(void)state;
	assert_int_equal(read_all(t, text, sizeof text), ORCH_E_NETWORK);
	assert_string_equal(text, "one");
	assert_non_null(strstr(orch_error_last()->message, "silent for 300 ms"));
	orch__transfer_close(t);
	net_world_close(&w);
}

static void what_came_before_a_cut_is_handed_out_first(void **state)
{
	struct net_world w = net_world_open(EVIL_TCP, stream);
	struct orch__transfer *t = open_stream(w.http, "/cut", 0);
	const struct orch__head *head;
	char text[32];

	(void)state;
	assert_int_equal(orch__transfer_wait_head(t, &head), ORCH_OK);
	assert_int_equal(read_all(t, text, sizeof text), ORCH_E_NETWORK);
	assert_string_equal(text, "onetwo");
	assert_non_null(strstr(orch_error_last()->message, "cut short at byte 6"));
	orch__transfer_close(t);
	net_world_close(&w);
}

static void a_stream_that_is_refused_gives_the_reason(void **state)
{
	struct net_world w = net_world_open(EVIL_TCP, stream);
	struct orch__transfer *t = open_stream(w.http, "/refused", 0);
	const struct orch__head *head;
	char text[32];

	(void)state;
	assert_int_equal(orch__transfer_wait_head(t, &head), ORCH_OK);
	assert_int_equal(head->status, 403);
	assert_int_equal(read_all(t, text, sizeof text), ORCH_OK);
	assert_string_equal(text, "no");
	orch__transfer_close(t);
	net_world_close(&w);
}

/* ---- cancelling ---- */

struct canceller {
	struct evil *e;
	struct orch__cancel source;
	unsigned requests; /* fire when so many have arrived */
	int64_t fired_ms;
};

static void *fire_in_time(void *payload)
{
	struct canceller *k = payload;

	assert_true(evil_wait_requests(k->e, k->requests));
	orch__clock_sleep(10);
	k->fired_ms = orch__clock_ms();
	orch__cancel_fire(&k->source);
	return NULL;
}

/* Time from the firing to the end of the call. */
static int64_t cancel_one(
	struct net_world *w, struct canceller *k, const char *path, orch_outcome outcome)
{
	struct orch__request request = { .method = "POST", .path = path };
	struct orch__response response = { 0 };
	pthread_t thread;

	k->e = w->e;
	k->requests++;
	request.cancel = orch__cancel_watch(&k->source);
	assert_int_equal(pthread_create(&thread, NULL, fire_in_time, k), 0);
	assert_int_equal(orch__http_perform(w->http, &request, &response), ORCH_E_CANCELLED);
	assert_int_equal(orch_error_last()->outcome, outcome);
	pthread_join(thread, NULL);
	return orch__clock_ms() - k->fired_ms;
}

static void cancelling_ends_a_call_within_50_ms(void **state)
{
	struct net_world w = net_world_open(EVIL_TCP, hang);
	struct canceller k = { 0 };
	int64_t best = INT64_MAX;

	(void)state;
	for (int i = 0; i < 5 && best > 50; i++) { /* the machine may be busy */
		int64_t ms = cancel_one(&w, &k, "/x", ORCH_OUTCOME_UNKNOWN);

		best = ms < best ? ms : best;
	}
	assert_in_range(best, 0, 50);
	cancel_one(&w, &k, "/body", ORCH_OUTCOME_APPLIED);
	net_world_close(&w);
}

static void cancelling_does_not_touch_what_starts_later(void **state)
{
	struct net_world w = net_world_open(EVIL_TCP, net_say_ok);
	struct orch__cancel source = { 0 };
	struct orch__request request = { .method = "POST", .path = "/x" };
	struct orch__response response = { 0 };

	(void)state;
	request.cancel = orch__cancel_watch(&source);
	orch__cancel_fire(&source);
	assert_int_equal(orch__http_perform(w.http, &request, &response), ORCH_E_CANCELLED);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
	request.cancel = orch__cancel_watch(&source);
	assert_int_equal(orch__http_perform(w.http, &request, &response), ORCH_OK);
	orch__response_dispose(&response);
	net_world_close(&w);
}

static void cancelling_ends_a_read_of_a_stream(void **state)
{
	struct net_world w = net_world_open(EVIL_TCP, hang);
	struct canceller k = { .e = w.e, .requests = 1 };
	struct orch__request request = { .method = "GET", .path = "/body", .is_stream = true };
	struct orch__transfer *t = NULL;
	struct orch__chunk chunk;
	pthread_t thread;
	orch_status st;

	(void)state;
	request.cancel = orch__cancel_watch(&k.source);
	assert_int_equal(pthread_create(&thread, NULL, fire_in_time, &k), 0);
	assert_int_equal(orch__transfer_open(w.http, &request, &t), ORCH_OK);
	do
		st = orch__transfer_read(t, 60000, &chunk);
	while (st == ORCH_OK && !chunk.is_end);
	assert_int_equal(st, ORCH_E_CANCELLED);
	orch__transfer_close(t);
	pthread_join(thread, NULL);
	net_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_is_pulled_piece_by_piece),
		cmocka_unit_test(a_server_that_is_faster_than_the_reader_is_held_back),
		cmocka_unit_test(the_deadline_of_a_stream_is_one_for_its_head),
		cmocka_unit_test(a_stream_that_falls_silent_ends),
		cmocka_unit_test(what_came_before_a_cut_is_handed_out_first),
		cmocka_unit_test(a_stream_that_is_refused_gives_the_reason),
		cmocka_unit_test(cancelling_ends_a_call_within_50_ms),
		cmocka_unit_test(cancelling_does_not_touch_what_starts_later),
		cmocka_unit_test(cancelling_ends_a_read_of_a_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
