/* SPDX-License-Identifier: MIT */
/* Mutual TLS as Docker has it: who may in, and how the others are told. */
#include "live/live.h"

#include <stdio.h>
#include <stdlib.h>

struct identity {
	char ca[256], cert[256], key[256];
};

static struct identity files(void)
{
	const char *folder = live_env("LIVE_TLS");
	struct identity id;

	(void)snprintf(id.ca, sizeof id.ca, "%s/ca.pem", folder);
	(void)snprintf(id.cert, sizeof id.cert, "%s/cert.pem", folder);
	(void)snprintf(id.key, sizeof id.key, "%s/key.pem", folder);
	return id;
}

static orch_client_options as(const struct identity *id)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;

	o.ca_file = id->ca;
	o.cert_file = id->cert;
	o.key_file = id->key;
	o.timeout_ms = 5000;
	return o;
}

/* The manager's address, as a URL. */
static void address(char *url, size_t size)
{
	(void)snprintf(url, size, "swarm://%s", live_env("SWARM_M1_TCP") + strlen("tcp://"));
}

static void assert_answer(const char *url, const orch_client_options *o, orch_status want)
{
	orch_client *client = NULL;

	assert_ok(orch_client_open(url, o, &client));
	assert_status(world_probe(client, "x"), want);
	orch_client_close(client);
}

static void who_has_the_files_is_let_in(void **state)
{
	struct identity id = files();
	orch_client_options o = as(&id);
	char url[128];

	(void)state;
	address(url, sizeof url);
	assert_answer(url, &o, ORCH_E_NOTFOUND);
}

static void the_environment_is_asked_as_docker_does(void **state)
{
	orch_client *client = NULL;

	(void)state;
	(void)setenv("DOCKER_HOST", live_env("SWARM_M1_TCP"), 1);
	(void)setenv("DOCKER_TLS_VERIFY", "1", 1);
	(void)setenv("DOCKER_CERT_PATH", live_env("LIVE_TLS"), 1);
	assert_ok(orch_client_open("swarm://", NULL, &client));
	assert_status(world_probe(client, "x"), ORCH_E_NOTFOUND);
	orch_client_close(client);
	(void)unsetenv("DOCKER_HOST");
	(void)unsetenv("DOCKER_TLS_VERIFY");
	(void)unsetenv("DOCKER_CERT_PATH");
}

static void a_context_with_certificates_is_used(void **state)
{
	char *folder = live_output("mktemp -d");
	orch_client *client = NULL;

	(void)state;
	(void)setenv("DOCKER_CONFIG", folder, 1);
	live_ok("docker context create secure --docker \"host=$SWARM_M1_TCP,ca=$LIVE_TLS/ca.pem,"
		"cert=$LIVE_TLS/cert.pem,key=$LIVE_TLS/key.pem\" >/dev/null 2>&1");
	(void)setenv("DOCKER_CONTEXT", "secure", 1);
	assert_ok(orch_client_open("swarm://", NULL, &client));
	assert_status(world_probe(client, "x"), ORCH_E_NOTFOUND);
	orch_client_close(client);
	(void)unsetenv("DOCKER_CONTEXT");
	(void)unsetenv("DOCKER_CONFIG");
	live_ok("rm -rf %s", folder);
	free(folder);
}

static void who_shows_no_certificate_is_told_so(void **state)
{
	struct identity id = files();
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	char url[128];

	(void)state;
	o.ca_file = id.ca;
	o.timeout_ms = 5000;
	address(url, sizeof url);
	assert_answer(url, &o, ORCH_E_TLS);
}

static void a_server_that_is_not_vouched_for_is_not_spoken_to(void **state)
{
	struct identity id = files();
	orch_client_options o = as(&id);
	char url[128], *folder = live_output("mktemp -d");

	(void)state;
	live_ok("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other -keyout "
		"%s/k.pem "
		"-out %s/ca.pem 2>/dev/null",
		folder, folder);
	(void)snprintf(id.ca, sizeof id.ca, "%s/ca.pem", folder);
	address(url, sizeof url);
	assert_answer(url, &o, ORCH_E_TLS);
	live_ok("rm -rf %s", folder);
	free(folder);
}

static void plain_words_to_a_secure_port_are_told_as_tls(void **state)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	char url[128];

	(void)state;
	o.timeout_ms = 5000;
	address(url, sizeof url);
	assert_answer(url, &o, ORCH_E_TLS);
}

static void a_certificate_file_that_is_not_there_is_named(void **state)
{
	struct identity id = files();
	orch_client_options o = as(&id);
	orch_client *client = UNTOUCHED(orch_client *);
	char url[128];
	orch_status st;

	(void)state;
	(void)snprintf(id.cert, sizeof id.cert, "/no/such/cert.pem");
	address(url, sizeof url);
	st = orch_client_open(url, &o, &client);
	if (st == ORCH_OK) { /* then the first call says it */
		assert_int_not_equal(world_probe(client, "x"), ORCH_E_NOTFOUND);
		assert_message_names("/no/such/cert.pem");
		orch_client_close(client);
		return;
	}
	assert_status(st, ORCH_E_NOTFOUND);
	assert_message_names("/no/such/cert.pem");
	assert_untouched(client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_has_the_files_is_let_in),
		cmocka_unit_test(the_environment_is_asked_as_docker_does),
		cmocka_unit_test(a_context_with_certificates_is_used),
		cmocka_unit_test(who_shows_no_certificate_is_told_so),
		cmocka_unit_test(a_server_that_is_not_vouched_for_is_not_spoken_to),
		cmocka_unit_test(plain_words_to_a_secure_port_are_told_as_tls),
		cmocka_unit_test(a_certificate_file_that_is_not_there_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
