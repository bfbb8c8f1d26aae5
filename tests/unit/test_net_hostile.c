/* SPDX-License-Identifier: MIT */
/* What comes of answers that are wrong, over TCP, TLS and a unix socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/net_world.h"
#include "util/clock.h"
#include "util/error.h"

#define OK_HEAD NET_OK_HEAD

enum { TOLERANCE_MS = 250 };

/* How the server ends after its words. */
enum ending { CLOSE, RESET, STAY };

struct row {
	const char *name;
	const char *reply;
	enum ending ending;
	orch_status status;   /* of a GET and a POST alike */
	orch_outcome outcome; /* of the POST */
	const char *says;     /* part of the message; NULL: any */
};

/* clang-format off */
static const struct row rows[] = {
	{ "a body shorter than its Content-Length", OK_HEAD "Content-Length: 20\r\n\r\n{\"a\"", CLOSE,
	  ORCH_E_NETWORK, ORCH_OUTCOME_APPLIED, "cut short at byte 4" },
	{ "a chunked body that is cut", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n", CLOSE,
	  ORCH_E_NETWORK, ORCH_OUTCOME_APPLIED, "cut short" },
	{ "a body without a length", OK_HEAD "\r\n{\"a\":1}", CLOSE, ORCH_OK, ORCH_OUTCOME_APPLIED, NULL },
	{ "no answer at all", "", CLOSE, ORCH_E_NETWORK, ORCH_OUTCOME_UNKNOWN, "without an answer" },
	{ "half a status line", "HTTP/1.1 20", CLOSE, ORCH_E_NETWORK, ORCH_OUTCOME_UNKNOWN, NULL },
	{ "a status line and no more", OK_HEAD, CLOSE, ORCH_E_NETWORK, ORCH_OUTCOME_APPLIED, NULL },
	{ "a refusal that is cut", "HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\nab", CLOSE,
	  ORCH_E_NETWORK, ORCH_OUTCOME_UNKNOWN, NULL },
	{ "a reset inside the body", OK_HEAD "Content-Length: 20\r\n\r\n{\"a\"", RESET,
	  ORCH_E_NETWORK, ORCH_OUTCOME_APPLIED, NULL },
	{ "a bad chunk size", OK_HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", STAY,
	  ORCH_E_PROTOCOL, ORCH_OUTCOME_APPLIED, "chunk" },
	{ "an oversized chunk size", OK_HEAD "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n", STAY,
	  ORCH_E_PROTOCOL, ORCH_OUTCOME_APPLIED, "chunk" },
	{ "two different lengths", OK_HEAD "Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}", STAY,
	  ORCH_E_PROTOCOL, ORCH_OUTCOME_APPLIED, "two different Content-Length" },
	{ "the same length twice", OK_HEAD "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", STAY,
	  ORCH_OK, ORCH_OUTCOME_APPLIED, NULL },
	{ "a length and chunks", OK_HEAD "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", STAY,
	  ORCH_OK, ORCH_OUTCOME_APPLIED, NULL },
	{ "a negative length", OK_HEAD "Content-Length: -5\r\n\r\n{}", STAY,
	  ORCH_E_PROTOCOL, ORCH_OUTCOME_APPLIED, NULL },
	{ "a length that is a list", OK_HEAD "Content-Length: 2, 2\r\n\r\n{}", STAY,
	  ORCH_E_PROTOCOL, ORCH_OUTCOME_APPLIED, NULL },
	{ "HTTP/0.9", "<html>hello</html>\n", CLOSE, ORCH_E_PROTOCOL, ORCH_OUTCOME_UNKNOWN, NULL },
	{ "another protocol", "SSH-2.0-OpenSSH_9.2\r\n", CLOSE, ORCH_E_PROTOCOL, ORCH_OUTCOME_UNKNOWN, NULL },
	{ "status 999", "HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n", STAY,
	  ORCH_E_PROTOCOL, ORCH_OUTCOME_UNKNOWN, "status line" },
	{ "status 000", "HTTP/1.1 000 No\r\nContent-Length: 0\r\n\r\n", STAY,
	  ORCH_E_PROTOCOL, ORCH_OUTCOME_UNKNOWN, NULL },
	{ "a protocol switch nobody asked for", "HTTP/1.1 101 Switching\r\nUpgrade: tcp\r\n\r\n", STAY,
	  ORCH_E_PROTOCOL, ORCH_OUTCOME_UNKNOWN, "switched protocols" },
	{ "a header without a colon", OK_HEAD "nonsense\r\nContent-Length: 0\r\n\r\n", STAY,
	  ORCH_E_PROTOCOL, ORCH_OUTCOME_APPLIED, "eader" },
	{ "an interim answer first", "HTTP/1.1 100 Continue\r\n\r\n" OK_HEAD "Content-Length: 2\r\n\r\n{}", STAY,
	  ORCH_OK, ORCH_OUTCOME_APPLIED, NULL },
	{ "only an interim answer", "HTTP/1.1 100 Continue\r\n\r\n", CLOSE,
	  ORCH_E_NETWORK, ORCH_OUTCOME_UNKNOWN, NULL },
	{ "a redirect elsewhere", "HTTP/1.1 302 Found\r\nLocation: http://me:pw@other/x?token=t\r\nContent-Length: 0\r\n\r\n", STAY,
	  ORCH_E_PROTOCOL, ORCH_OUTCOME_UNKNOWN, "\"http://other/x\"" },
	{ "a redirect to a file", "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", STAY,
	  ORCH_E_PROTOCOL, ORCH_OUTCOME_UNKNOWN, "never followed" },
	{ "trailers after chunks", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nContent-Length: 7\r\nX: y\r\n\r\n", STAY,
	  ORCH_OK, ORCH_OUTCOME_APPLIED, NULL },
	{ "compression that is none", OK_HEAD "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", STAY,
	  ORCH_E_PROTOCOL, ORCH_OUTCOME_APPLIED, "compression" },
};
/* clang-format on */

static void answer_row(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	const struct row *row = &rows[atoi(r->target + 1)];

	(void)payload;
	evil_say(c, row->reply);
	if (row->ending == CLOSE)
		evil_close(c);
	else if (row->ending == RESET && evil_pause(c, 20))
		evil_reset(c);
}

static struct orch__http *connect_eager(const struct evil *e)
{
	const struct orch__tls tls = { .ca = evil_ca(e) };
	const struct orch__http_config config = {
		.url = evil_url(e),
		.tls = &tls,
		.wants_local_gzip = true,
	};
	struct orch__http *http = NULL;

	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	return http;
}

static orch_status call(struct orch__http *http, const char *method, const char *path)
{
	const struct orch__request request = {
		.method = method,
		.path = path,
		.deadline_ms = orch__clock_ms() + 20000,
		.is_large = true,
	};
	struct orch__response response = { 0 };
	orch_status st = orch__http_perform(http, &request, &response);

	if (st < 0)
		assert_int_equal(response.http_status, 0); /* untouched */
	orch__response_dispose(&response);
	return st;
}

static void check(const struct row *row, const char *method, orch_status st)
{
	const orch_error *error = orch_error_last();
	bool is_post = strcmp(method, "POST") == 0;

	if (st != row->status)
		fail_msg("%s of %s: %s, %s", method, row->name, orch_status_name(st),
			error->message);
	if (st == ORCH_OK)
		return;
	assert_int_equal(error->status, st);
	if (is_post && error->outcome != row->outcome)
		fail_msg("POST of %s: outcome is %s: %s", row->name,
			orch_outcome_name(error->outcome), error->message);
	if (!is_post)
		assert_int_equal(error->outcome, ORCH_OUTCOME_NOT_SENT);
	assert_non_null(strstr(error->message, method));
	assert_null(strstr(error->message, "token"));
	assert_null(strstr(error->message, "pw"));
	if (row->says && !strstr(error->message, row->says))
		fail_msg("%s: the message is \"%s\"", row->name, error->message);
}

static void every_row_is_classified(enum evil_kind kind)
{
	struct evil *e = evil_start(&(struct evil_options){ .kind = kind, .handle = answer_row });
	struct orch__http *http = connect_eager(e);
	char path[16];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		snprintf(path, sizeof path, "/%zu", i);
		check(&rows[i], "GET", call(http, "GET", path));
		check(&rows[i], "POST", call(http, "POST", path));
	}
	orch__http_close(http);
	evil_stop(e);
}

static void malformed_answers_over_tcp_are_told_apart(void **state)
{
	(void)state;
	every_row_is_classified(EVIL_TCP);
}

static void malformed_answers_over_a_unix_socket_are_told_apart(void **state)
{
	(void)state;
	every_row_is_classified(EVIL_UNIX);
}

static void malformed_answers_over_tls_are_told_apart(void **state)
{
	(void)state;
	every_row_is_classified(EVIL_TLS);
}

static void say_both(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	(void)r;
	evil_say(c,
		OK_HEAD "Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n"
			"2\r\n{}\r\n0\r\n\r\n");
}

static void a_connection_with_two_ends_of_an_answer_is_not_used_again(void **state)
{
	struct net_world w = net_world_open(EVIL_TCP, say_both);

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(net_call(w.http, "GET", "/x"), ORCH_OK);
	assert_int_equal(evil_accepts(w.e), 3);
	net_world_close(&w);
}

/* ---- too much ---- */

static struct net_world eager_world(net_handler *handle)
{
	struct net_world w;

	w.e = evil_start(&(struct evil_options){ .handle = handle });
	w.http = connect_eager(w.e);
	return w;
}

static void must_fail(struct net_world *w, orch_status want, const char *says)
{
	orch_status st = call(w->http, "GET", "/x");

	if (st != want || !strstr(orch_error_last()->message, says))
		fail_msg("%s: %s", orch_status_name(st), orch_error_last()->message);
	st = call(w->http, "POST", "/x");
	assert_int_equal(st, want);
}

static void send_endless_headers(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	(void)r;
	evil_say(c, OK_HEAD);
	while (evil_say(c, "X-More: of the same, again and again and again and again\r\n"))
		;
}

static void headers_without_end_are_refused(void **state)
{
	struct net_world w = eager_world(send_endless_headers);

	(void)state;
	must_fail(&w, ORCH_E_PROTOCOL, "headers");
	net_world_close(&w);
}

static void send_endless_interim(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	(void)r;
	while (evil_say(c, "HTTP/1.1 100 Continue\r\n\r\n"))
		;
}

static void interim_answers_without_end_are_refused(void **state)
{
	struct net_world w = eager_world(send_endless_interim);

	(void)state;
	must_fail(&w, ORCH_E_PROTOCOL, "headers");
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_UNKNOWN);
	net_world_close(&w);
}

static void send_long_line(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	size_t len = strcmp(r->target, "/70k") == 0 ? 70000 : 400000;
	char *line = malloc(len);

	(void)payload;
	assert_non_null(line);
	memset(line, 'x', len);
	evil_say(c, OK_HEAD "X: ");
	evil_send(c, line, len);
	evil_say(c, "\r\n\r\n");
	free(line);
}

static void a_header_line_of_400_kilobytes_is_refused(void **state)
{
	struct net_world w = eager_world(send_long_line);

	(void)state;
	must_fail(&w, ORCH_E_PROTOCOL, "header line");
	assert_int_equal(call(w.http, "GET", "/70k"), ORCH_E_PROTOCOL);
	net_world_close(&w);
}

static void send_endless_body(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	static const char piece[65536];

	(void)payload;
	evil_say(c, strcmp(r->target, "/error") == 0 ? "HTTP/1.1 500 No\r\n\r\n" : OK_HEAD "\r\n");
	while (evil_send(c, piece, sizeof piece))
		;
}

static orch_status count_bytes(void *payload, const char *data, size_t len)
{
	(void)data;
	*(size_t *)payload += len;
	return ORCH_OK;
}

static void an_endless_body_ends_at_the_limit(void **state)
{
	struct net_world w = eager_world(send_endless_body);
	struct orch__request request = { .method = "GET", .path = "/x", .response_limit = 1 << 20 };
	size_t got = 0;
	struct orch__response response = { .write = count_bytes, .payload = &got };

	(void)state;
	assert_int_equal(orch__http_perform(w.http, &request, &response), ORCH_E_TOO_LARGE);
	assert_in_range(got, (1 << 20) - 65536, 1 << 20);
	response.write = NULL;
	assert_int_equal(orch__http_perform(w.http, &request, &response), ORCH_E_TOO_LARGE);
	assert_non_null(strstr(orch_error_last()->message, "longer than 1048576 bytes"));
	net_world_close(&w);
}

static void of_an_endless_error_64_kilobytes_are_kept(void **state)
{
	struct net_world w = eager_world(send_endless_body);
	struct orch__request request = { .method = "POST", .path = "/error" };
	struct orch__response response = { 0 };

	(void)state;
	assert_int_equal(orch__http_perform(w.http, &request, &response), ORCH_OK);
	assert_int_equal(response.http_status, 500);
	assert_true(response.is_truncated);
	assert_int_equal(response.body.len, 65536);
	orch__response_dispose(&response);
	net_world_close(&w);
}

/* ---- compression ---- */

struct bits {
	unsigned char *out;
	size_t at; /* in bits */
};

static void put(struct bits *b, unsigned code, int len) /* Huffman codes: high bit first */
{
	for (; len-- > 0; b->at++)
		if (code >> len & 1)
			b->out[b->at / 8] |= (unsigned char)(1 << b->at % 8);
}

/* A NUL, then "258 times the same again" as often as fits: about 150 times shorter. */
static size_t make_bomb(unsigned char *out, size_t size)
{
	static const unsigned char head[10] = { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3 };
	struct bits b = { out, 80 };

	memset(out, 0, size);
	memcpy(out, head, sizeof head);
	put(&b, 4 + 2, 3); /* last block, fixed codes: bits 1, then 01 low bit first */
	put(&b, 0x30, 8);  /* literal 0 */
	while (b.at / 8 + 8 < size) {
		put(&b, 0xC5, 8); /* length 258 */
		put(&b, 0, 5);    /* distance 1 */
	}
	return b.at / 8;
}

static void send_bomb(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	enum { SIZE = 1300000 };
	unsigned char *bomb = malloc(SIZE);
	char head[128];
	size_t n;

	(void)payload;
	assert_non_null(strstr(r->raw, "Accept-Encoding: gzip\r\n"));
	assert_non_null(bomb);
	n = make_bomb(bomb, SIZE);
	snprintf(head, sizeof head, OK_HEAD "Content-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
		n);
	if (evil_say(c, head))
		evil_send(c, bomb, n);
	free(bomb);
}

static void a_decompression_bomb_is_stopped_at_the_cap(void **state)
{
	struct net_world w = eager_world(send_bomb);
	struct orch__request request = { .method = "GET", .path = "/x", .is_large = true };
	size_t got = 0;
	struct orch__response response = { .write = count_bytes, .payload = &got };

	(void)state;
	request.response_limit = 4 << 20;
	assert_int_equal(orch__http_perform(w.http, &request, &response), ORCH_E_TOO_LARGE);
	assert_in_range(got, 1 << 20, 4 << 20);
	net_world_close(&w);
}

static void a_body_that_unfolds_a_hundredfold_is_stopped_below_the_cap(void **state)
{
	struct net_world w = eager_world(send_bomb);
	struct orch__request request = { .method = "GET", .path = "/x", .is_large = true };
	size_t got = 0;
	struct orch__response response = { .write = count_bytes, .payload = &got };

	(void)state;
	request.response_limit = (size_t)1 << 30;
	assert_int_equal(orch__http_perform(w.http, &request, &response), ORCH_E_TOO_LARGE);
	assert_non_null(strstr(orch_error_last()->message, "unfolds"));
	assert_in_range(got, 1 << 20, 150 << 20);
	net_world_close(&w);
}

static uint32_t crc32_of(const char *text)
{
	uint32_t crc = 0xFFFFFFFF;

	for (; *text; text++) {
		crc ^= (unsigned char)*text;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
	}
	return ~crc;
}

static void put32(unsigned char *out, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(v >> 8 * i);
}

/* One gzip member with a stored block. */
static size_t make_gzip(unsigned char *out, const char *text)
{
	static const unsigned char head[11] = { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1 };
	size_t n = strlen(text);

	memcpy(out, head, sizeof head);
	put32(out + 11, (uint32_t)n | ~(uint32_t)n << 16);
	memcpy(out + 15, text, n);
	put32(out + 15 + n, crc32_of(text));
	put32(out + 19 + n, (uint32_t)n);
	return n + 23;
}

static void send_gzip(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	unsigned char out[256];
	size_t n = make_gzip(out, "{\"a\":1}");
	char head[512] = OK_HEAD;

	(void)payload;
	if (strcmp(r->target, "/twice") == 0)
		n += make_gzip(out + n, "{\"b\":2}");
	if (strcmp(r->target, "/damaged") == 0)
		out[n - 6] ^= 1;
	for (int i = 0; i < (strcmp(r->target, "/sixty") == 0 ? 60 : 1); i++)
		strcat(head, i ? ", gzip" : "Content-Encoding: gzip");
	snprintf(head + strlen(head), 64, "\r\nContent-Length: %zu\r\n\r\n", n);
	if (evil_say(c, head))
		evil_send(c, out, n);
}

static void compressed_answers_are_unfolded_or_refused(void **state)
{
	struct net_world w = eager_world(send_gzip);
	struct orch__request request = { .method = "GET", .path = "/good", .is_large = true };
	struct orch__response response = { 0 };

	(void)state;
	assert_int_equal(orch__http_perform(w.http, &request, &response), ORCH_OK);
	assert_string_equal(response.body.text, "{\"a\":1}");
	orch__response_dispose(&response);
	assert_int_equal(call(w.http, "GET", "/twice"), ORCH_E_PROTOCOL);
	assert_int_equal(call(w.http, "GET", "/damaged"), ORCH_E_PROTOCOL);
	assert_int_equal(call(w.http, "GET", "/sixty"), ORCH_E_PROTOCOL);
	net_world_close(&w);
}

static void streams_and_near_servers_are_not_asked_to_compress(void **state)
{
	struct evil *e = evil_start(&(struct evil_options){ .handle = send_gzip });
	const struct orch__http_config config = { .url = evil_url(e) };
	struct orch__request request = { .method = "GET", .path = "/x", .is_large = true };
	struct orch__http *http = NULL, *eager = connect_eager(e);
	struct orch__response response = { 0 };
	char *raw;

	(void)state;
	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	/* This one compresses all the same: nobody would undo it. */
	assert_int_equal(orch__http_perform(http, &request, &response), ORCH_E_PROTOCOL);
	assert_non_null(strstr(orch_error_last()->message, "not asked for"));
	request.is_stream = true;
	assert_int_equal(orch__http_perform(eager, &request, &response), ORCH_E_PROTOCOL);
	for (unsigned i = 0; i < 2; i++) {
		raw = evil_raw(e, i);
		assert_null(strstr(raw, "Accept-Encoding"));
		free(raw);
	}
	orch__response_dispose(&response);
	orch__http_close(http);
	orch__http_close(eager);
	evil_stop(e);
}

/* ---- too slow ---- */

static void drip(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	if (strcmp(r->target, "/status") == 0)
		evil_drip(c, "HTTP/1.1 200 OK", 50);
	evil_say(c, OK_HEAD);
	if (strcmp(r->target, "/headers") == 0)
		evil_drip(c, "X-Header: abcdefghijklmnopqrstuvwxyz", 50);
	evil_say(c, "Content-Length: 1000\r\n\r\n");
	evil_drip(c, "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", 50);
	evil_hang(c);
}

static void say_nothing(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	(void)r;
	evil_hang(c);
}

/*
 * A call ends soon after its deadline, with the outcome that it must have. Other
 * programs may hold the machine up, so that it is late, or not even sent in time:
 * then it is tried again, with more time to come as far as it has to.
 */
static void assert_left_at_the_deadline(struct orch__http *http, struct orch__request *request,
	int64_t deadline, orch_outcome outcome)
{
	orch_outcome got = ORCH_OUTCOME_NOT_SENT;
	int64_t late = INT64_MAX;

	for (int i = 0; i < 7 && (late > TOLERANCE_MS || got != outcome); i++, deadline *= 2) {
		struct orch__response response = { 0 };

		request->deadline_ms = orch__clock_ms() + deadline;
		assert_int_equal(orch__http_perform(http, request, &response), ORCH_E_TIMEOUT);
		late = orch__clock_ms() - request->deadline_ms;
		got = orch_error_last()->outcome;
		assert_true(late >= 0);
		orch__response_dispose(&response);
	}
	assert_in_range(late, 0, TOLERANCE_MS);
	assert_int_equal(got, outcome);
}

static void a_slow_peer_is_left_at_the_deadline(void **state)
{
	static const char *const paths[] = { "/status", "/headers", "/body" };
	struct net_world w = eager_world(drip);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct orch__request request = { .method = "POST", .path = paths[i] };

		assert_left_at_the_deadline(w.http, &request, 200,
			i == 0 ? ORCH_OUTCOME_UNKNOWN : ORCH_OUTCOME_APPLIED);
	}
	assert_non_null(strstr(orch_error_last()->message, "not complete within"));
	net_world_close(&w);
}

static void a_silent_peer_is_left_at_the_deadline(
	enum evil_kind kind, bool is_silent, orch_outcome outcome)
{
	struct evil *e = evil_start(&(struct evil_options){
		.kind = kind, .handle = say_nothing, .is_silent = is_silent });
	struct orch__http *http = connect_eager(e);
	struct orch__request request = { .method = "POST", .path = "/x" };

	assert_left_at_the_deadline(http, &request, 100, outcome);
	assert_int_equal(orch_error_last()->transient, 1);
	orch__http_close(http);
	evil_stop(e);
}

static void silence_is_left_at_the_deadline(void **state)
{
	(void)state;
	a_silent_peer_is_left_at_the_deadline(EVIL_TCP, false, ORCH_OUTCOME_UNKNOWN);
	a_silent_peer_is_left_at_the_deadline(EVIL_UNIX, false, ORCH_OUTCOME_UNKNOWN);
	a_silent_peer_is_left_at_the_deadline(EVIL_TLS, false, ORCH_OUTCOME_UNKNOWN);
	a_silent_peer_is_left_at_the_deadline(EVIL_TLS, true, ORCH_OUTCOME_NOT_SENT);
}

static void a_peer_that_reads_nothing_of_a_large_body_is_left_at_the_deadline(void **state)
{
	struct evil *e = evil_start(&(struct evil_options){ .is_silent = true });
	struct orch__http *http = connect_eager(e);
	struct orch__request request = { .method = "POST", .path = "/x", .body_len = 8 << 20 };
	char *body = calloc(1, request.body_len);

	(void)state;
	request.body = body;
	assert_left_at_the_deadline(http, &request, 200, ORCH_OUTCOME_UNKNOWN);
	free(body);
	orch__http_close(http);
	evil_stop(e);
}

static void a_connect_timeout_is_shorter_than_the_deadline(void **state)
{
	struct evil *e = evil_start(&(struct evil_options){ .kind = EVIL_TLS, .is_silent = true });
	const struct orch__http_config config = { .url = evil_url(e), .connect_timeout_ms = 100 };
	struct orch__request request = { .method = "POST", .path = "/x" };
	struct orch__response response = { 0 };
	struct orch__http *http = NULL;

	(void)state;
	request.deadline_ms = orch__clock_ms() + 60000;
	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	assert_int_equal(orch__http_perform(http, &request, &response), ORCH_E_TIMEOUT);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
	assert_true(orch__clock_ms() < request.deadline_ms - 30000);
	orch__http_close(http);
	evil_stop(e);
}

/* ---- cut at every byte ---- */

static const char whole[] =
	OK_HEAD "Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}";

static void send_part(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	evil_send(c, whole, (size_t)atoi(r->target + 1));
	if (r->method[0] == 'G')
		evil_close(c);
	else
		evil_reset(c);
}

static void an_answer_that_is_cut_anywhere_is_never_taken_for_whole(void **state)
{
	struct net_world w = eager_world(send_part);
	char path[16];

	(void)state;
	for (size_t i = 0; i < sizeof whole - 1; i++) {
		snprintf(path, sizeof path, "/%zu", i);
		assert_int_equal(call(w.http, "GET", path), ORCH_E_NETWORK);
		assert_int_equal(call(w.http, "POST", path), ORCH_E_NETWORK);
		if (orch_error_last()->outcome == ORCH_OUTCOME_APPLIED)
			assert_in_range(i, strlen(OK_HEAD), sizeof whole);
		else
			assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_UNKNOWN);
	}
	snprintf(path, sizeof path, "/%zu", sizeof whole - 1);
	assert_int_equal(call(w.http, "GET", path), ORCH_OK);
	net_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(malformed_answers_over_tcp_are_told_apart),
		cmocka_unit_test(malformed_answers_over_a_unix_socket_are_told_apart),
		cmocka_unit_test(malformed_answers_over_tls_are_told_apart),
		cmocka_unit_test(a_connection_with_two_ends_of_an_answer_is_not_used_again),
		cmocka_unit_test(headers_without_end_are_refused),
		cmocka_unit_test(interim_answers_without_end_are_refused),
		cmocka_unit_test(a_header_line_of_400_kilobytes_is_refused),
		cmocka_unit_test(an_endless_body_ends_at_the_limit),
		cmocka_unit_test(of_an_endless_error_64_kilobytes_are_kept),
		cmocka_unit_test(a_decompression_bomb_is_stopped_at_the_cap),
		cmocka_unit_test(a_body_that_unfolds_a_hundredfold_is_stopped_below_the_cap),
		cmocka_unit_test(compressed_answers_are_unfolded_or_refused),
		cmocka_unit_test(streams_and_near_servers_are_not_asked_to_compress),
		cmocka_unit_test(a_slow_peer_is_left_at_the_deadline),
		cmocka_unit_test(silence_is_left_at_the_deadline),
		cmocka_unit_test(a_peer_that_reads_nothing_of_a_large_body_is_left_at_the_deadline),
		cmocka_unit_test(a_connect_timeout_is_shorter_than_the_deadline),
		cmocka_unit_test(an_answer_that_is_cut_anywhere_is_never_taken_for_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
