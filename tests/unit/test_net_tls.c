/* SPDX-License-Identifier: MIT */
/* Which certificates are believed, and what is said of the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "fakes/certs.h"
#include "fakes/net_world.h"
#include "net/crypto.h"
#include "util/error.h"

enum { DAY = 86400 };

/* Authorities and certificates, made once. */
static struct {
	struct test_cert ca, other_ca, middle, good, by_middle, client, odd_client;
} pki;

static struct test_cert make(const char *name, const char *san, const struct test_cert *issuer)
{
	return test_cert_make(
		&(struct test_cert_wish){ .name = name, .san = san, .issuer = issuer });
}

static int make_pki(void **state)
{
	(void)state;
	pki.ca = test_cert_make(&(struct test_cert_wish){ .name = "CA", .is_ca = true });
	pki.other_ca = test_cert_make(&(struct test_cert_wish){ .name = "Other", .is_ca = true });
	pki.middle = test_cert_make(
		&(struct test_cert_wish){ .name = "Middle", .is_ca = true, .issuer = &pki.ca });
	pki.good = make("s", "DNS:localhost,IP:127.0.0.1", &pki.ca);
	pki.by_middle = make("s", "IP:127.0.0.1", &pki.middle);
	pki.client = make("client", NULL, &pki.ca);
	pki.odd_client = make("client", NULL, &pki.other_ca);
	return 0;
}

static int free_pki(void **state)
{
	struct test_cert *all = (struct test_cert *)&pki;

	(void)state;
	for (size_t i = 0; i < sizeof pki / sizeof *all; i++)
		test_cert_free(&all[i]);
	return 0;
}

/* A server with this certificate and an endpoint with these settings. */
struct trial {
	struct evil_options server;
	struct orch__tls tls;
	const char *host; /* NULL: 127.0.0.1 */
};

static orch_status attempt(const struct trial *trial)
{
	struct evil_options options = trial->server;
	char url[64];
	struct orch__http_config config = { .url = url, .tls = &trial->tls };
	struct orch__http *http = NULL;
	struct evil *e;
	orch_status st;

	options.kind = EVIL_TLS;
	options.handle = net_say_ok;
	e = evil_start(&options);
	snprintf(url, sizeof url, "https://%s:%d", trial->host ? trial->host : "127.0.0.1",
		evil_port(e));
	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	st = net_call(http, "POST", "/x");
	orch__http_close(http);
	evil_stop(e);
	return st;
}

static struct trial with(const struct test_cert *cert)
{
	struct trial trial = { .server = { .cert = cert->cert, .key = cert->key },
		.tls = { .ca = pki.ca.cert } };

	return trial;
}

static void must_pass(const struct trial *trial)
{
	if (attempt(trial) < 0)
		fail_msg("%s", orch_error_last()->message);
}

static void must_fail(const struct trial *trial, const char *says)
{
	orch_status st = attempt(trial);
	const orch_error *e = orch_error_last();

	if (st != ORCH_E_TLS || !strstr(e->message, says))
		fail_msg("not \"%s\" but %s: %s", says, orch_status_name(st), e->message);
	assert_int_equal(e->outcome, ORCH_OUTCOME_NOT_SENT);
	assert_int_equal(e->transient, 0);
}

static void names_and_addresses_of_the_certificate_count(void **state)
{
	struct test_cert wrong = make("s", "DNS:elsewhere,IP:127.0.0.2", &pki.ca);
	struct test_cert name_only = make("s", "DNS:localhost", &pki.ca);
	struct test_cert none = make("127.0.0.1", NULL, &pki.ca);
	struct trial trial = with(&pki.good);

	(void)state;
	must_pass(&trial);
	trial.host = "localhost";
	must_pass(&trial);
	trial = with(&wrong);
	must_fail(&trial, "127.0.0.1");
	trial.host = "localhost";
	must_fail(&trial, "localhost");
	trial = with(&name_only);
	must_fail(&trial, "127.0.0.1");
	trial.host = "localhost";
	must_pass(&trial);
	(void)none; /* a common name alone: libcurl still takes it for an address */
	test_cert_free(&wrong);
	test_cert_free(&name_only);
	test_cert_free(&none);
}

static void a_server_name_stands_in_for_the_host(void **state)
{
	struct test_cert cert = make("s", "DNS:kubernetes", &pki.ca);
	struct trial trial = with(&cert);

	(void)state;
	must_fail(&trial, "127.0.0.1");
	trial.tls.server_name = "kubernetes";
	must_pass(&trial);
	trial.tls.server_name = "other";
	must_fail(&trial, "other");
	test_cert_free(&cert);
}

/* What is checked and what the handshake asks for, but not what the request names. */
static void the_request_names_the_address_whatever_the_server_name_is(void **state)
{
	struct test_cert cert = make("s", "DNS:kubernetes", &pki.ca);
	struct evil *e = evil_start(&(struct evil_options){
		.kind = EVIL_TLS, .handle = net_say_ok, .cert = cert.cert, .key = cert.key });
	const struct orch__tls tls = { .ca = pki.ca.cert, .server_name = "kubernetes" };
	const struct orch__http_config config = { .url = evil_url(e), .tls = &tls };
	struct orch__http *http = NULL;
	char host[64], *raw;

	(void)state;
	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	assert_int_equal(net_call(http, "GET", "/x"), ORCH_OK);
	raw = evil_raw(e, 0);
	snprintf(host, sizeof host, "\r\nHost: 127.0.0.1:%d\r\n", evil_port(e));
	assert_non_null(strstr(raw, host));
	assert_null(strstr(raw, "Host: kubernetes"));
	assert_string_equal(evil_sni(e), "kubernetes");
	free(raw);
	orch__http_close(http);
	evil_stop(e);
	test_cert_free(&cert);
}

static void keys_are_told_from_those_of_others(void **state)
{
	(void)state;
	assert_true(orch__key_fits(pki.good.cert, pki.good.key));
	assert_false(orch__key_fits(pki.good.cert, pki.client.key));
	assert_false(orch__key_fits(pki.good.cert, "no PEM"));
	assert_false(orch__key_fits("no PEM", pki.good.key));
	assert_false(orch__key_fits(pki.good.key, pki.good.cert));
}

static void the_times_of_a_certificate_are_checked_against_the_clock(void **state)
{
	struct test_cert old = test_cert_make(&(struct test_cert_wish){ .name = "s",
		.san = "IP:127.0.0.1",
		.issuer = &pki.ca,
		.from_s = -2 * DAY,
		.to_s = -DAY });
	struct test_cert young = test_cert_make(&(struct test_cert_wish){ .name = "s",
		.san = "IP:127.0.0.1",
		.issuer = &pki.ca,
		.from_s = DAY,
		.to_s = 2 * DAY });
	struct trial trial = with(&old);

	(void)state;
	must_fail(&trial, "expired");
	assert_non_null(strstr(orch_error_last()->message, "the clock of this machine says 20"));
	trial = with(&young);
	must_fail(&trial, "not yet valid");
	assert_non_null(strstr(orch_error_last()->message, "the clock of this machine says 20"));
	test_cert_free(&old);
	test_cert_free(&young);
}

static void only_the_given_authority_is_believed(void **state)
{
	struct test_cert self = make("s", "IP:127.0.0.1", NULL);
	struct trial trial = with(&self);

	(void)state;
	must_fail(&trial, "self-signed");
	trial.tls.ca = NULL; /* the system's */
	must_fail(&trial, "self-signed");
	trial = with(&pki.good);
	trial.tls.ca = pki.other_ca.cert;
	must_fail(&trial, "certificate");
	trial.tls.ca = NULL;
	must_fail(&trial, "certificate");
	test_cert_free(&self);
}

static void a_chain_must_be_whole(void **state)
{
	struct trial trial = with(&pki.by_middle);
	size_t n = strlen(pki.by_middle.cert) + strlen(pki.middle.cert) + 1;
	char *chain = malloc(n);

	(void)state;
	must_fail(&trial, "issuer");
	snprintf(chain, n, "%s%s", pki.by_middle.cert, pki.middle.cert);
	trial.server.cert = chain;
	must_pass(&trial);
	free(chain);
}

static void weak_keys_are_refused(void **state)
{
	struct test_cert weak = test_cert_make(&(struct test_cert_wish){
		.name = "s", .san = "IP:127.0.0.1", .issuer = &pki.ca, .rsa_bits = 1024 });
	struct trial trial = with(&weak);

	(void)state;
	must_fail(&trial, "");
	test_cert_free(&weak);
}

static void tls_is_1_2_at_least(void **state)
{
	struct trial trial = with(&pki.good);

	(void)state;
	trial.server.min_tls = trial.server.max_tls = 10;
	must_fail(&trial, "");
	trial.server.min_tls = trial.server.max_tls = 11;
	must_fail(&trial, "");
	trial.server.min_tls = trial.server.max_tls = 12;
	must_pass(&trial);
	trial.server.min_tls = trial.server.max_tls = 13;
	must_pass(&trial);
}

static void any_certificate_is_taken_only_when_told_so(void **state)
{
	struct test_cert self = make("s", NULL, NULL);
	struct trial trial = with(&self);

	(void)state;
	trial.tls.ca = NULL;
	trial.tls.is_insecure = true;
	must_pass(&trial);
	test_cert_free(&self);
}

/* With TLS 1.3 the refusal comes after the handshake: as an alert instead of an answer, or as
 * a reset that is faster than the request. */
static void client_trial(int version, const struct test_cert *client)
{
	struct trial trial = with(&pki.good);
	const orch_error *e = orch_error_last();
	orch_status st;

	trial.server.client_ca = pki.ca.cert;
	trial.server.min_tls = trial.server.max_tls = version;
	if (client) {
		trial.tls.cert = client->cert;
		trial.tls.key = client->key;
	}
	st = attempt(&trial);
	if (st != ORCH_E_TLS)
		fail_msg("%s: %s", orch_status_name(st), e->message);
	if (version == 13 && strstr(e->message, "alert"))
		assert_int_equal(e->outcome, ORCH_OUTCOME_NOT_APPLIED);
	else
		assert_int_equal(e->outcome, ORCH_OUTCOME_NOT_SENT);
	assert_true(strstr(e->message, "alert") || strstr(e->message, "client certificate"));
}

static void a_client_certificate_that_is_missing_or_foreign_is_a_tls_error(void **state)
{
	struct trial trial = with(&pki.good);

	(void)state;
	trial.server.client_ca = pki.ca.cert;
	trial.tls.cert = pki.client.cert;
	trial.tls.key = pki.client.key;
	must_pass(&trial);
	for (int version = 12; version <= 13; version++) {
		client_trial(version, NULL);
		client_trial(version, &pki.odd_client);
	}
}

static void a_key_that_does_not_fit_is_a_tls_error(void **state)
{
	struct trial trial = with(&pki.good);

	(void)state;
	trial.tls.cert = pki.client.cert;
	trial.tls.key = pki.odd_client.key;
	must_fail(&trial, "");
	trial.tls.key = "not PEM";
	must_fail(&trial, "");
	trial.tls.cert = trial.tls.key = NULL;
	trial.tls.ca = "not PEM";
	must_fail(&trial, "");
}

static orch_status greet(const char *greeting)
{
	struct evil *e = evil_start(&(struct evil_options){
		.handle = net_say_ok, .greeting = greeting, .is_silent = true });
	char url[64];
	/* short only where nothing is to come */
	const struct orch__http_config config = { .url = url,
		.connect_timeout_ms = greeting ? 10000 : 200 };
	struct orch__http *http = NULL;
	orch_status st;

	snprintf(url, sizeof url, "https://127.0.0.1:%d", evil_port(e));
	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	st = net_call(http, "POST", "/x");
	orch__http_close(http);
	evil_stop(e);
	return st;
}

static void a_peer_without_tls_is_named_as_such(void **state)
{
	(void)state;
	assert_int_equal(greet("HTTP/1.1 400 Bad Request\r\n\r\n"), ORCH_E_TLS);
	assert_non_null(strstr(orch_error_last()->message, "does not speak TLS"));
	assert_int_equal(greet(NULL), ORCH_E_TIMEOUT);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
}

static void *close_after_hello(void *payload)
{
	int fd = accept(*(int *)payload, NULL, NULL);
	char hello[64];

	assert_true(recv(fd, hello, sizeof hello, 0) > 0);
	close(fd);
	return NULL;
}

static void a_handshake_that_is_cut_is_no_matter_of_certificates(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof at;
	char url[64];
	const struct orch__http_config config = { .url = url };
	struct orch__http *http = NULL;
	pthread_t thread;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	assert_int_equal(pthread_create(&thread, NULL, close_after_hello, &fd), 0);
	snprintf(url, sizeof url, "https://127.0.0.1:%d", ntohs(at.sin_port));
	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	assert_int_equal(net_call(http, "POST", "/x"), ORCH_E_NETWORK);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
	assert_int_equal(orch_error_last()->transient, 1);
	pthread_join(thread, NULL);
	close(fd);
	orch__http_close(http);
}

static void hashes_are_hexadecimal(void **state)
{
	char hex[ORCH__SHA256_HEX];

	(void)state;
	assert_true(orch__sha256_hex("d-ctx", 5, hex));
	hex[16] = '\0';
	assert_string_equal(hex, "803b1011de0f9dd1");
	assert_true(orch__sha256_hex("", 0, hex));
	assert_string_equal(
		hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_addresses_of_the_certificate_count),
		cmocka_unit_test(a_server_name_stands_in_for_the_host),
		cmocka_unit_test(the_request_names_the_address_whatever_the_server_name_is),
		cmocka_unit_test(keys_are_told_from_those_of_others),
		cmocka_unit_test(the_times_of_a_certificate_are_checked_against_the_clock),
		cmocka_unit_test(only_the_given_authority_is_believed),
		cmocka_unit_test(a_chain_must_be_whole),
		cmocka_unit_test(weak_keys_are_refused),
		cmocka_unit_test(tls_is_1_2_at_least),
		cmocka_unit_test(any_certificate_is_taken_only_when_told_so),
		cmocka_unit_test(a_client_certificate_that_is_missing_or_foreign_is_a_tls_error),
		cmocka_unit_test(a_key_that_does_not_fit_is_a_tls_error),
		cmocka_unit_test(a_peer_without_tls_is_named_as_such),
		cmocka_unit_test(a_handshake_that_is_cut_is_no_matter_of_certificates),
		cmocka_unit_test(hashes_are_hexadecimal),
	};

	return cmocka_run_group_tests(tests, make_pki, free_pki);
}
