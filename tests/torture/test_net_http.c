/* SPDX-License-Identifier: MIT */
/* Memory that runs short on the way to a server and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/net_world.h"
#include "net/target.h"
#include "torture/alloc.h"
#include "util/error.h"

static orch_status call(struct orch__http *http, const struct orch__request *request)
{
	struct orch__response response = { .wants_head = true };
	orch_status st = orch__http_perform(http, request, &response);

	orch__response_dispose(&response);
	return st;
}

static orch_status pull(struct orch__http *http)
{
	const struct orch__request request = { .method = "GET", .path = "/x", .is_stream = true };
	struct orch__transfer *t = NULL;
	struct orch__chunk chunk = { 0 };
	orch_status st = orch__transfer_open(http, &request, &t);

	while (st == ORCH_OK && !chunk.is_end)
		st = orch__transfer_read(t, 10000, &chunk);
	orch__transfer_close(t);
	return st;
}

static orch_status get_post_and_pull(struct orch__http *http)
{
	struct orch__target to = ORCH__TARGET_INIT;
	const orch_kv extra = { "X-Registry-Auth", "e30=" };
	struct orch__request request = { .method = "GET" };
	orch_status st;

	orch__target_segment(&to, "service", "web");
	orch__target_query(&to, "version", "1");
	st = orch__target_end(&to);
	request.path = to.path.text;
	request.query = to.query.text;
	if (st == ORCH_OK)
		st = call(http, &request);
	request.method = "POST";
	request.body = "{}";
	request.body_len = 2;
	request.headers = &extra;
	request.header_count = 1;
	if (st == ORCH_OK)
		st = call(http, &request);
	if (st == ORCH_OK)
		st = pull(http);
	orch__target_dispose(&to);
	return st;
}

static orch_status open_use_close(void *payload)
{
	const orch_kv token = { "Authorization", "Bearer x" };
	const struct evil *e = payload;
	const struct orch__tls tls = { .ca = evil_ca(e), .server_name = "localhost" };
	struct orch__http_config config = {
		.url = evil_url(e), .headers = &token, .header_count = 1
	};
	struct orch__http *http = NULL;
	orch_status st;

	if (evil_ca(e))
		config.tls = &tls;
	st = orch__http_open(&config, &http);
	if (st == ORCH_OK)
		st = get_post_and_pull(http);
	orch__http_close(http);
	return st;
}

static void over(enum evil_kind kind)
{
	struct evil *e = evil_start(&(struct evil_options){ .kind = kind, .handle = net_say_ok });

	torture_run(open_use_close, e);
	evil_stop(e);
}

static void calls_over_a_unix_socket_survive_every_refused_allocation(void **state)
{
	(void)state;
	over(EVIL_UNIX);
}

static void calls_over_tcp_survive_every_refused_allocation(void **state)
{
	(void)state;
	over(EVIL_TCP);
}

static void calls_over_tls_survive_every_refused_allocation(void **state)
{
	(void)state;
	over(EVIL_TLS);
}

/* One endpoint through it all: what failed once works the next time. */
static void an_endpoint_works_again_once_there_is_memory(void **state)
{
	struct net_world w;
	bool was_refused = true;

	(void)state;
	torture_alloc_install();
	w = net_world_open(EVIL_UNIX, net_say_ok);
	for (size_t n = 1; was_refused; n++) {
		orch_status st;

		torture_alloc_refuse(TORTURE_ONE, n);
		st = get_post_and_pull(w.http);
		was_refused = torture_alloc_refused();
		torture_alloc_refuse(TORTURE_ONE, 0);
		assert_int_equal(st, was_refused ? ORCH_E_NOMEM : ORCH_OK);
		assert_int_equal(get_post_and_pull(w.http), ORCH_OK);
	}
	net_world_close(&w);
	assert_int_equal(torture_alloc_live(), 0);
	torture_alloc_remove();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_over_a_unix_socket_survive_every_refused_allocation),
		cmocka_unit_test(calls_over_tcp_survive_every_refused_allocation),
		cmocka_unit_test(calls_over_tls_survive_every_refused_allocation),
		cmocka_unit_test(an_endpoint_works_again_once_there_is_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
