/* SPDX-License-Identifier: MIT */
/* What is sent, what is sent again, and when it is enough. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "backend/kubernetes/call.h"
#include "backend/kubernetes/kube.h"
#include "backend/kubernetes/noun.h"
#include "support/kube_world.h"
#include "support/plugin_world.h"
#include "torture/alloc.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/pool.h"

#define SHUTDOWN "The apiserver is shutting down, please try again later."
#define END                                                                                        \
	{                                                                                          \
		.request = NULL                                                                    \
	}

static struct kube_world w;

static orch_status send_as(const char *method, enum kube_again again)
{
	const struct kube_request request = { .method = method,
		.path = "/x",
		.again = again,
		.body = again == KUBE_READ ? NULL : "{}",
		.body_len = again == KUBE_READ ? 0 : 2 };
	struct orch__response answer = { 0 };
	orch_status st = kube_send(&w.call, &request, &answer);

	orch__response_dispose(&answer);
	return st;
}

static orch_status get(void)
{
	return send_as("GET", KUBE_READ);
}

static void expect(orch_status st, orch_status wanted)
{
	kube_world_done(&w);
	if (st != wanted)
		fail_msg("%s instead of %s: %s", orch_status_name(st), orch_status_name(wanted),
			orch_error_last()->message);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* ---- who asks ---- */

static void the_token_comes_with_each_request(void **state)
{
	const struct kube_step steps[] = { { .request = "GET /x", .token = KUBE_WORLD_TOKEN },
		{ .request = "POST /x", .token = KUBE_WORLD_TOKEN }, END };

	(void)state;
	kube_world_open(&w, steps);
	assert_int_equal(get(), ORCH_OK);
	expect(send_as("POST", KUBE_ONCE), ORCH_OK);
	assert_string_equal(w.posted, "{}");
	assert_string_equal(w.content_type, "application/json");
	kube_world_close(&w);
}

static void no_token_goes_over_an_open_wire(void **state)
{
	const struct kube_step steps[] = { { .request = "GET /x" }, END };
	struct kube_config config = { .server = "http://127.0.0.1:8001",
		.user.token = KUBE_WORLD_TOKEN };

	(void)state;
	kube_world_open_as(&w, &config, steps);
	expect(get(), ORCH_OK);
	assert_null(strstr(w.headers, "Authorization"));
	kube_world_close(&w);
}

static void another_user_is_acted_as(void **state)
{
	static const char *const groups[] = { "a", "b c" };
	static const orch_kv extra[] = { { "example.com/scope", "x" }, { "acme", "y" } };
	const struct kube_step steps[] = { { .request = "GET /x" }, END };
	struct kube_config config = { .user.token = KUBE_WORLD_TOKEN,
		.user.as = "jane",
		.user.as_uid = "7",
		.user.as_groups = { groups, 2 },
		.user.as_extra = { extra, 2 } };

	(void)state;
	kube_world_open_as(&w, &config, steps);
	expect(get(), ORCH_OK);
	assert_string_equal(w.headers,
		"Authorization: Bearer " KUBE_WORLD_TOKEN "\nImpersonate-User: jane\n"
		"Impersonate-Uid: 7\nImpersonate-Group: a\nImpersonate-Group: b c\n"
		"Impersonate-Extra-example.com%2Fscope: x\nImpersonate-Extra-acme: y\n");
	kube_world_close(&w);
}

/* ---- 401 ---- */

static char token_file[] = "/tmp/orch-kube-call-XXXXXX";

static void open_with_token_file(const struct kube_step *steps)
{
	struct kube_config config = { .user.token_file = token_file };

	write_file(token_file, "old");
	kube_world_open_as(&w, &config, steps);
}

static void a_new_token_is_used_once_the_old_one_is_refused_whatever_is_asked(void **state)
{
	static const struct {
		const char *method, *request;
		enum kube_again again;
	} verbs[] = {
		{ "GET", "GET /x", KUBE_READ },
		{ "POST", "POST /x", KUBE_ONCE },
		{ "PUT", "PUT /x", KUBE_REPEAT },
		{ "PATCH", "PATCH /x", KUBE_REPEAT },
		{ "PATCH", "PATCH /x", KUBE_ONCE },
		{ "DELETE", "DELETE /x", KUBE_REPEAT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		const char *refusal =
			kube_world_status(401, "Unauthorized", "Unauthorized", NULL, NULL);
		const struct kube_step steps[] = {
			{ .request = "GET /x", .token = "old" },
			{ .request = verbs[i].request,
				.status = 401,
				.body = refusal,
				.token = "old" },
			{ .request = verbs[i].request, .token = "new" },
			END,
		};

		open_with_token_file(steps);
		assert_int_equal(get(), ORCH_OK);
		write_file(token_file, "new");
		expect(send_as(verbs[i].method, verbs[i].again), ORCH_OK);
		kube_world_close(&w);
	}
}

static void who_is_refused_twice_is_told(void **state)
{
	const char *refusal = kube_world_status(401, "Unauthorized", "Unauthorized", NULL, NULL);
	const struct kube_step steps[] = {
		{ .request = "GET /x", .token = "old" },
		{ .request = "POST /x", .status = 401, .body = refusal, .token = "old" },
		{ .request = "POST /x", .status = 401, .body = refusal, .token = "new" },
		END,
	};

	(void)state;
	open_with_token_file(steps);
	assert_int_equal(get(), ORCH_OK);
	write_file(token_file, "new");
	expect(send_as("POST", KUBE_ONCE), ORCH_E_AUTH);
	assert_string_equal(
		orch_error_last()->message, "with a credential just renewed: fake: Unauthorized");
	kube_world_close(&w);
}

/* The server's own words, and what stands in the way of another credential. */
static void who_cannot_renew_is_told_why(void **state)
{
	const char *refusal = kube_world_status(401, "Unauthorized", "Unauthorized", NULL, NULL);
	const struct kube_step steps[] = {
		{ .request = "GET /x", .token = "canary-exec" },
		{ .request = "POST /x", .status = 401, .body = refusal, .token = "canary-exec" },
		END,
	};
	struct plugin_world plugin;

	(void)state;
	plugin_world_open(&plugin, PLUGIN_TOKEN);
	kube_world_open_as(&w, &plugin.config, steps);
	assert_int_equal(get(), ORCH_OK);
	plugin_world_script(&plugin, "exit 3\n");
	expect(send_as("POST", KUBE_ONCE), ORCH_E_AUTH);
	assert_true(strstr(orch_error_last()->message, "fake: Unauthorized; ") ==
		orch_error_last()->message);
	assert_non_null(strstr(orch_error_last()->message, plugin.command));
	assert_non_null(strstr(orch_error_last()->message, "failed with exit code 3"));
	assert_null(strstr(orch_error_last()->message, "canary"));
	assert_int_equal(orch_error_last()->http_status, 401);
	assert_string_equal(orch_error_last()->reason, "Unauthorized");
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
	kube_world_close(&w);
	plugin_world_close(&plugin);
}

static void without_another_credential_nothing_is_sent_again(void **state)
{
	const struct kube_step steps[] = { { .request = "GET /x", .status = 401 }, END };

	(void)state;
	kube_world_open(&w, steps);
	expect(get(), ORCH_E_AUTH);
	assert_int_equal(orch_error_last()->http_status, 401);
	assert_null(strstr(orch_error_last()->message, KUBE_WORLD_TOKEN));
	kube_world_close(&w);
}

/* ---- what is tried again ---- */

/* clang-format off */
static const struct {
	int status;          /* 0: no answer */
	const char *headers;
	bool is_unsent;
	bool read, repeat, once; /* is it tried again? */
} troubles[] = {
	{ 0, NULL, true, true, true, true },
	{ 0, NULL, false, true, true, false },
	{ 429, NULL, false, true, true, true },
	{ 500, NULL, false, true, false, false },
	{ 500, "Retry-After: 0\r\n", false, true, true, false },
	{ 502, NULL, false, true, true, false },
	{ 503, NULL, false, true, true, false },
	{ 504, NULL, false, true, true, false },
	{ 400, NULL, false, false, false, false },
	{ 404, NULL, false, false, false, false },
	{ 409, NULL, false, false, false, false },
	{ 413, NULL, false, false, false, false },
	{ 422, NULL, false, false, false, false },
};
/* clang-format on */

static void expect_again(size_t i, const char *method, enum kube_again again, bool is_again)
{
	char request[32];
	const struct kube_step steps[] = {
		{ .request = request,
			.status = troubles[i].status,
			.headers = troubles[i].headers,
			.fault = troubles[i].status ? ORCH_OK : ORCH_E_NETWORK,
			.is_unsent = troubles[i].is_unsent },
		{ .request = is_again ? request : NULL },
		END,
	};
	orch_status st;

	snprintf(request, sizeof request, "%s /x", method);
	kube_world_open(&w, steps);
	st = send_as(method, again);
	kube_world_done(&w);
	if ((st == ORCH_OK) != is_again)
		fail_msg("row %zu, %s: %s", i, method, orch_error_last()->message);
	kube_world_close(&w);
}

static void what_may_pass_is_tried_again_where_that_does_no_harm(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
		expect_again(i, "GET", KUBE_READ, troubles[i].read);
		expect_again(i, "PATCH", KUBE_REPEAT, troubles[i].repeat);
		expect_again(i, "POST", KUBE_ONCE, troubles[i].once);
	}
}

static void silence_is_not_listened_to_for_ever(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET /x", .silent_ms = 400 },
		{ .request = "GET /x" },
		{ .request = "PUT /x", .silent_ms = 800 },
		{ .request = "PUT /x" },
		{ .request = "POST /x", .silent_ms = 800 },
		END,
	};

	(void)state;
	kube_world_open(&w, steps);
	assert_int_equal(get(), ORCH_OK);
	assert_int_equal(send_as("PUT", KUBE_REPEAT), ORCH_OK);
	expect(send_as("POST", KUBE_ONCE), ORCH_E_TIMEOUT);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_UNKNOWN);
	kube_world_close(&w);
}

static void a_lost_copy_stays_in_doubt_when_the_next_is_refused(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "PUT /x", .fault = ORCH_E_NETWORK },
		{ .request = "PUT /x", .status = 422 },
		{ .request = "PUT /x", .status = 429 },
		{ .request = "PUT /x", .status = 422 },
		{ .request = "PUT /x", .status = 200, .fault = ORCH_E_NETWORK },
		{ .request = "PUT /x", .status = 422 },
		END,
	};

	(void)state;
	kube_world_open(&w, steps);
	assert_int_equal(send_as("PUT", KUBE_REPEAT), ORCH_E_INVALID);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_UNKNOWN);
	assert_int_equal(send_as("PUT", KUBE_REPEAT), ORCH_E_INVALID);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
	expect(send_as("PUT", KUBE_REPEAT), ORCH_E_INVALID);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_APPLIED);
	kube_world_close(&w);
}

static void the_server_says_when_it_has_time(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "POST /x",
			.status = 429,
			.headers = "Retry-After: 1\r\n",
			.body = SHUTDOWN },
		{ .request = "POST /x" },
		{ .request = "GET /x",
			.status = 500,
			.body = kube_world_status(
				500, "ServerTimeout", "m", NULL, "\"retryAfterSeconds\":1") },
		{ .request = "GET /x" },
		END,
	};
	int64_t began = orch__clock_ms();

	(void)state;
	kube_world_open(&w, steps);
	assert_int_equal(send_as("POST", KUBE_ONCE), ORCH_OK);
	assert_true(orch__clock_ms() - began >= 1000);
	began = orch__clock_ms();
	expect(get(), ORCH_OK);
	assert_true(orch__clock_ms() - began >= 1000);
	kube_world_close(&w);
}

static void nobody_waits_past_the_deadline(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET /x", .status = 429, .headers = "Retry-After: 30\r\n" },
		END,
	};
	const int64_t began = orch__clock_ms();

	(void)state;
	kube_world_open(&w, steps);
	expect(get(), ORCH_E_BUSY);
	assert_true(orch__clock_ms() - began < 10000);
	assert_int_equal(orch_error_last()->retry_after_ms, 30000);
	kube_world_close(&w);
}

static void at_the_deadline_the_last_trouble_is_told(void **state)
{
	struct kube_step steps[64];
	int64_t late;

	(void)state;
	for (size_t i = 0; i < 63; i++)
		steps[i] = (struct kube_step){
			.request = "GET /x", .fault = ORCH_E_NETWORK, .is_unsent = true
		};
	steps[63] = (struct kube_step)END;
	kube_world_open(&w, steps);
	w.call.deadline_ms = orch__clock_ms() + 500;
	assert_int_equal(get(), ORCH_E_NETWORK);
	late = orch__clock_ms() - w.call.deadline_ms;
	if (late > 250 * KUBE_WORLD_SLOW)
		fail_msg("%lld ms late", (long long)late);
	kube_world_close(&w);
}

static void *cancel_after_the_answer(void *payload)
{
	while (!atomic_load(&w.answered))
		orch__clock_sleep(1);
	orch__clock_sleep(100); /* it is waiting by now, or is about to */
	orch__cancel_fire(payload);
	return NULL;
}

static void a_cancel_ends_the_wait_before_another_try(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "PUT /x", .status = 429, .headers = "Retry-After: 15\r\n" },
		END,
	};
	struct orch__cancel cancel = { 0 };
	const struct orch__cancel_ticket ticket = orch__cancel_watch(&cancel);
	const int64_t began = orch__clock_ms();
	pthread_t other;

	(void)state;
	kube_world_open(&w, steps);
	w.call.ticket = &ticket;
	assert_int_equal(pthread_create(&other, NULL, cancel_after_the_answer, &cancel), 0);
	expect(send_as("PUT", KUBE_REPEAT), ORCH_E_CANCELLED);
	assert_true(orch__clock_ms() - began < 10000);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
	pthread_join(other, NULL);
	kube_world_close(&w);
}

/* ---- servers that have just started ---- */

static void a_server_that_starts_may_refuse_for_a_moment(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET /x" },
		{ .request = "POST /x", .fault = ORCH_E_NETWORK, .is_unsent = true },
		{ .request = "POST /x", .status = 403 },
		{ .request = "POST /x", .status = 403 },
		{ .request = "POST /x", .status = 403 },
		{ .request = "POST /x" },
		{ .request = "GET /x", .status = 503 },
		{ .request = "GET /x", .status = 403 },
		{ .request = "GET /x" },
		END,
	};

	(void)state;
	kube_world_open(&w, steps);
	assert_int_equal(get(), ORCH_OK);
	assert_int_equal(send_as("POST", KUBE_ONCE), ORCH_OK);
	expect(get(), ORCH_OK);
	kube_world_close(&w);
}

static void a_connection_that_was_made_anew_is_a_sign_as_well(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET /x" },
		{ .request = "GET /x", .status = 403, .sends = 2 },
		{ .request = "GET /x" },
		END,
	};

	(void)state;
	kube_world_open(&w, steps);
	assert_int_equal(get(), ORCH_OK);
	expect(get(), ORCH_OK);
	kube_world_close(&w);
}

static void it_is_believed_in_the_end(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET /x" },
		{ .request = "GET /x", .status = 503 },
		{ .request = "GET /x", .status = 403 },
		{ .request = "GET /x", .status = 403 },
		{ .request = "GET /x", .status = 403 },
		{ .request = "GET /x", .status = 403 },
		END,
	};

	(void)state;
	kube_world_open(&w, steps);
	w.k->limits.forbidden_ms = 4000; /* it is the number of tries that ends it, not the time */
	w.k->limits.unsettled_ms = 20000;
	assert_int_equal(get(), ORCH_OK);
	expect(get(), ORCH_E_FORBIDDEN);
	kube_world_close(&w);
}

static void who_may_not_is_told_at_once(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET /x", .status = 503 },
		{ .request = "GET /x", .status = 403 }, /* was never allowed anything */
		{ .request = "GET /x" },
		END,
	};
	const struct kube_step others[] = {
		{ .request = "GET /x" },
		{ .request = "GET /x", .status = 403 }, /* nothing was lost */
		END,
	};

	(void)state;
	kube_world_open(&w, steps);
	assert_int_equal(get(), ORCH_E_FORBIDDEN);
	expect(get(), ORCH_OK);
	kube_world_close(&w);
	kube_world_open(&w, others);
	assert_int_equal(get(), ORCH_OK);
	expect(get(), ORCH_E_FORBIDDEN);
	kube_world_close(&w);
}

/* ---- connections ---- */

static void connections_of_an_older_certificate_close_with_their_last_user(void **state)
{
	const struct kube_step steps[] = { END };
	struct kube_connections *a = NULL, *b = NULL, *c = NULL;

	(void)state;
	kube_world_open(&w, steps);
	assert_int_equal(kube_session_connect(w.k, 0, &a), ORCH_OK);
	assert_int_equal(kube_session_connect(w.k, 0, &b), ORCH_OK);
	assert_ptr_equal(a, b);
	assert_int_equal(w.opened, 1);
	kube_session_release(w.k, b);
	assert_int_equal(kube_session_connect(w.k, 1, &b), ORCH_OK);
	assert_ptr_not_equal(a, b);
	assert_int_equal(w.closed, 0);
	assert_int_equal(kube_session_connect(w.k, 0, &c), ORCH_OK);
	assert_ptr_equal(b, c); /* whoever comes late gets the newer ones */
	kube_session_release(w.k, a);
	assert_int_equal(w.closed, 1);
	kube_session_release(w.k, b);
	kube_session_release(w.k, c);
	assert_int_equal(w.closed, 1);
	kube_world_close(&w);
	assert_int_equal(w.opened, 2);
	assert_int_equal(w.closed, 2);
}

static atomic_uint generation;

static void *connect_and_release(void *payload)
{
	struct kube *k = payload;

	for (unsigned i = 0; i < 2000; i++) {
		struct kube_connections *c = NULL;
		const unsigned wanted =
			i % 7 ? atomic_load(&generation) : atomic_fetch_add(&generation, 1) + 1;

		if (kube_session_connect(k, wanted, &c) < 0 || c->generation - wanted > 100000)
			return payload;
		kube_session_release(k, c);
	}
	return NULL;
}

static void threads_may_change_certificates_at_the_same_time(void **state)
{
	const struct kube_step steps[] = { END };
	pthread_t threads[4];
	void *failed;

	(void)state;
	kube_world_open(&w, steps);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, connect_and_release, w.k), 0);
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	assert_true(w.opened > 1);
	assert_int_equal(w.closed, w.opened - 1);
	kube_world_close(&w);
	assert_int_equal(w.closed, w.opened);
}

/* ---- bodies that are taken as they come ---- */

struct taker {
	char text[64];
	unsigned beginnings;
};

static orch_status take(void *payload, const char *data, size_t len)
{
	struct taker *t = payload;
	const size_t n = strlen(t->text);

	snprintf(t->text + n, sizeof t->text - n, "%.*s", (int)len, data);
	return ORCH_OK;
}

static orch_status begin_again(void *payload)
{
	struct taker *t = payload;

	t->text[0] = '\0';
	t->beginnings++;
	return ORCH_OK;
}

static void each_attempt_begins_anew(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET /x", .status = 503, .body = "error text" },
		{ .request = "GET /x",
			.status = 200,
			.body = "abcd",
			.piece = 1,
			.fault = ORCH_E_NETWORK },
		{ .request = "GET /x", .body = "abcdef", .piece = 2 },
		END,
	};
	struct taker t = { "", 0 };
	const struct kube_request request = { .method = "GET",
		.path = "/x",
		.again = KUBE_READ,
		.write = take,
		.restart = begin_again,
		.payload = &t };
	struct orch__response answer = { 0 };

	(void)state;
	kube_world_open(&w, steps);
	expect(kube_send(&w.call, &request, &answer), ORCH_OK);
	orch__response_dispose(&answer);
	assert_string_equal(t.text, "abcdef");
	assert_int_equal(t.beginnings, 3);
	kube_world_close(&w);
}

/* ---- who the server is ---- */

static void the_server_says_which_version_it_is(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET /version",
			.body = "{\"major\":\"1\",\"minor\":\"36\",\"gitVersion\":\"v1.36.3\","
				"\"platform\":\"linux/amd64\"}" },
		{ .request = "GET /version", .body = "{\"gitVersion\":\"1.34.2-eks-x\"}" },
		{ .request = "GET /version", .body = "{}" },
		{ .request = "GET /version", .body = "hello" },
		END,
	};
	orch_client_info info = { 0 };

	(void)state;
	kube_world_open(&w, steps);
	assert_int_equal(kube_info(&w.call, &info), ORCH_OK);
	assert_string_equal(info.server_version, "1.36.3");
	assert_string_equal(info.api_version, "v1");
	assert_string_equal(info.url, "kubernetes://");
	assert_string_equal(info.chosen_by, "the URL");
	assert_string_equal(info.endpoint, "fake");
	assert_int_equal(kube_info(&w.call, &info), ORCH_OK);
	assert_string_equal(info.server_version, "1.34.2-eks-x");
	assert_int_equal(kube_info(&w.call, &info), ORCH_OK);
	assert_string_equal(info.server_version, "");
	expect(kube_info(&w.call, &info), ORCH_E_PROTOCOL);
	kube_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_token_comes_with_each_request),
		cmocka_unit_test(no_token_goes_over_an_open_wire),
		cmocka_unit_test(another_user_is_acted_as),
		cmocka_unit_test(a_new_token_is_used_once_the_old_one_is_refused_whatever_is_asked),
		cmocka_unit_test(who_is_refused_twice_is_told),
		cmocka_unit_test(who_cannot_renew_is_told_why),
		cmocka_unit_test(without_another_credential_nothing_is_sent_again),
		cmocka_unit_test(what_may_pass_is_tried_again_where_that_does_no_harm),
		cmocka_unit_test(silence_is_not_listened_to_for_ever),
		cmocka_unit_test(a_lost_copy_stays_in_doubt_when_the_next_is_refused),
		cmocka_unit_test(the_server_says_when_it_has_time),
		cmocka_unit_test(nobody_waits_past_the_deadline),
		cmocka_unit_test(at_the_deadline_the_last_trouble_is_told),
		cmocka_unit_test(a_cancel_ends_the_wait_before_another_try),
		cmocka_unit_test(a_server_that_starts_may_refuse_for_a_moment),
		cmocka_unit_test(a_connection_that_was_made_anew_is_a_sign_as_well),
		cmocka_unit_test(it_is_believed_in_the_end),
		cmocka_unit_test(who_may_not_is_told_at_once),
		cmocka_unit_test(connections_of_an_older_certificate_close_with_their_last_user),
		cmocka_unit_test(threads_may_change_certificates_at_the_same_time),
		cmocka_unit_test(each_attempt_begins_anew),
		cmocka_unit_test(the_server_says_which_version_it_is),
	};
	const int fd = mkstemp(token_file);
	int failed;

	if (fd < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(token_file);
	return failed;
}
