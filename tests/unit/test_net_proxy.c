/* SPDX-License-Identifier: MIT */
/* Through a proxy: who is asked for what, what reaches the server, and what nobody is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/certs.h"
#include "fakes/net_world.h"
#include "fakes/proxy.h"
#include "util/error.h"

/* A server for "api.invalid", which only a proxy can find. */
static struct {
	struct test_cert ca, own;
} pki;

static int make_pki(void **state)
{
	(void)state;
	pki.ca = test_cert_make(&(struct test_cert_wish){ .name = "CA", .is_ca = true });
	pki.own = test_cert_make(&(struct test_cert_wish){
		.name = "s", .san = "DNS:api.invalid", .issuer = &pki.ca });
	return 0;
}

static int free_pki(void **state)
{
	(void)state;
	test_cert_free(&pki.ca);
	test_cert_free(&pki.own);
	return 0;
}

static struct evil *start_server(void)
{
	return evil_start(&(struct evil_options){
		.kind = EVIL_TLS, .handle = net_say_ok, .cert = pki.own.cert, .key = pki.own.key });
}

/* Texts of traces, all in one. */
static char traced[4096];

static void trace(void *payload, const orch_trace_event *e)
{
	size_t n = strlen(traced);

	(void)payload;
	snprintf(traced + n, sizeof traced - n, "%s %s %s\n", e->method, e->path, e->endpoint);
}

struct way {
	const char *scheme, *userinfo;  /* of the proxy: "socks5", "me:secret@" */
	const char *host, *server_name; /* of the server */
};

/* So many requests over one endpoint; the status of the last one. */
static orch_status ask(
	const struct way *way, const struct evil *e, const struct test_proxy *p, int times)
{
	const orch_kv token = { "Authorization", "Bearer canary-token" };
	const struct orch__request request = {
		.method = "GET", .path = "/x", .headers = &token, .header_count = 1
	};
	const struct orch__tls tls = { .ca = pki.ca.cert, .server_name = way->server_name };
	char url[128], proxy[128];
	const struct orch__http_config config = {
		.url = url, .proxy = proxy, .tls = &tls, .trace = trace
	};
	struct orch__response response = { 0 };
	struct orch__http *http = NULL;
	orch_status st = ORCH_OK;

	traced[0] = '\0';
	snprintf(url, sizeof url, "https://%s:%d", way->host, evil_port(e));
	snprintf(proxy, sizeof proxy, "%s://%s127.0.0.1:%d", way->scheme, way->userinfo,
		test_proxy_port(p));
	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	for (int i = 0; i < times && st == ORCH_OK; i++)
		st = orch__http_perform(http, &request, &response);
	orch__response_dispose(&response);
	orch__http_close(http);
	assert_null(strstr(traced, "canary"));
	assert_null(strstr(orch_error_last()->message, "canary"));
	return st;
}

static void must_pass(orch_status st)
{
	if (st < 0)
		fail_msg("%s", orch_error_last()->message);
}

static void https_goes_through_a_tunnel_of_its_own(void **state)
{
	const struct way way = { "http", "", "api.invalid", NULL };
	struct test_proxy *p = test_proxy_start(&(struct test_proxy_options){ 0 });
	struct evil *e = start_server();
	char want[128], *log, *raw;

	(void)state;
	must_pass(ask(&way, e, p, 3));
	log = test_proxy_log(p);
	snprintf(want, sizeof want, "CONNECT api.invalid:%d HTTP/1.1\r\n", evil_port(e));
	assert_ptr_equal(strstr(log, want), log);
	assert_null(strstr(log + 1, "CONNECT ")); /* one for all three */
	assert_null(strstr(log, "canary"));       /* what is the server's goes through the tunnel */
	assert_null(strstr(log, "Proxy-Authorization"));
	assert_int_equal(evil_request_count(e), 3);
	raw = evil_raw(e, 0);
	assert_ptr_equal(strstr(raw, "GET /x HTTP/1.1\r\n"), raw);
	assert_non_null(strstr(raw, "Authorization: Bearer canary-token\r\n"));
	free(raw);
	free(log);
	evil_stop(e);
	test_proxy_stop(p);
}

/* For client-go both schemes are the same. */
static void socks_proxies_look_the_name_up_themselves(void **state)
{
	static const char *const schemes[] = { "socks5", "socks5h" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct way way = { schemes[i], "", "api.invalid", NULL };
		struct test_proxy *p =
			test_proxy_start(&(struct test_proxy_options){ .is_socks = true });
		struct evil *e = start_server();
		char want[128], *log;

		must_pass(ask(&way, e, p, 2));
		log = test_proxy_log(p);
		snprintf(want, sizeof want, "name api.invalid:%d\n", evil_port(e));
		assert_string_equal(log, want);
		free(log);
		evil_stop(e);
		test_proxy_stop(p);
	}
}

static void users_and_passwords_are_for_the_proxy_and_for_nobody_else(void **state)
{
	static const char *const schemes[] = { "http", "socks5" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct way way = { schemes[i], "me:canary%2Fp%40ss@", "api.invalid", NULL };
		struct test_proxy *p = test_proxy_start(&(struct test_proxy_options){
			.is_socks = i == 1, .user = "me", .password = "canary/p@ss" });
		struct evil *e = start_server();
		char *raw;

		must_pass(ask(&way, e, p, 1));
		raw = evil_raw(e, 0);
		assert_null(strstr(raw, "Proxy-Authorization"));
		free(raw);
		way.userinfo = "me:canary-wrong@";
		assert_int_equal(ask(&way, e, p, 1), ORCH_E_NETWORK);
		assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
		way.userinfo = "";
		assert_int_equal(ask(&way, e, p, 1), ORCH_E_NETWORK);
		assert_int_equal(evil_request_count(e), 1);
		evil_stop(e);
		test_proxy_stop(p);
	}
}

static void a_server_name_changes_what_is_checked_and_not_where_it_goes(void **state)
{
	static const char *const schemes[] = { "http", "socks5" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct way way = { schemes[i], "", "10.1.2.3", "api.invalid" };
		struct test_proxy *p =
			test_proxy_start(&(struct test_proxy_options){ .is_socks = i == 1 });
		struct evil *e = start_server();
		char want[128], *log, *raw;

		must_pass(ask(&way, e, p, 1));
		log = test_proxy_log(p);
		snprintf(want, sizeof want, "%s 10.1.2.3:%d", i ? "address" : "CONNECT",
			evil_port(e));
		assert_ptr_equal(strstr(log, want), log);
		raw = evil_raw(e, 0);
		snprintf(want, sizeof want, "\r\nHost: 10.1.2.3:%d\r\n", evil_port(e));
		assert_non_null(strstr(raw, want));
		assert_string_equal(evil_sni(e), "api.invalid");
		free(raw);
		free(log);
		evil_stop(e);
		test_proxy_stop(p);
	}
}

/* An https:// proxy is checked against the authorities of the system, not the cluster's. */
static void a_proxy_with_tls_must_be_who_it_says(void **state)
{
	struct evil *proxy =
		evil_start(&(struct evil_options){ .kind = EVIL_TLS, .handle = net_say_ok });
	const struct orch__tls tls = { .ca = evil_ca(proxy), .is_insecure = true };
	const struct orch__http_config config = {
		.url = "https://api.invalid", .proxy = evil_url(proxy), .tls = &tls
	};
	struct orch__http *http = NULL;

	(void)state;
	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	assert_int_equal(net_call(http, "GET", "/x"), ORCH_E_TLS);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
	assert_int_equal(evil_request_count(proxy), 0);
	orch__http_close(http);
	evil_stop(proxy);
}

static void what_is_no_proxy_is_refused_and_not_shown(void **state)
{
	static const char *const bad[] = { "", "canary", "ftp://canary", "socks4://canary",
		"http://", "http://can ary", "http://canary\r\n", "http://canary:p@h\x01" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct orch__http_config config = { .url = "https://h", .proxy = bad[i] };
		struct orch__http *http = NULL;

		assert_int_equal(orch__http_open(&config, &http), ORCH_E_INVALID);
		assert_null(http);
		assert_non_null(strstr(orch_error_last()->message, "proxy"));
		assert_null(strstr(orch_error_last()->message, "canary"));
	}
}

static void a_proxy_that_is_not_there_is_named_without_its_password(void **state)
{
	static const char *const proxies[] = { "http://me:canary@127.0.0.1:9",
		"socks5://me:canary@127.0.0.1:9", "http://me:canary@proxy.invalid:9",
		"https://me:canary@127.0.0.1:9" };

	(void)state;
	for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++) {
		const struct orch__http_config config = { .url = "https://h", .proxy = proxies[i] };
		struct orch__http *http = NULL;

		assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
		assert_int_equal(net_call(http, "GET", "/x"), ORCH_E_NETWORK);
		assert_null(strstr(orch_error_last()->message, "canary"));
		assert_null(strstr(orch_error_last()->message, "me:"));
		orch__http_close(http);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(https_goes_through_a_tunnel_of_its_own),
		cmocka_unit_test(socks_proxies_look_the_name_up_themselves),
		cmocka_unit_test(users_and_passwords_are_for_the_proxy_and_for_nobody_else),
		cmocka_unit_test(a_server_name_changes_what_is_checked_and_not_where_it_goes),
		cmocka_unit_test(a_proxy_with_tls_must_be_who_it_says),
		cmocka_unit_test(what_is_no_proxy_is_refused_and_not_shown),
		cmocka_unit_test(a_proxy_that_is_not_there_is_named_without_its_password),
	};

	return cmocka_run_group_tests(tests, make_pki, free_pki);
}
