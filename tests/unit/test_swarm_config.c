/* SPDX-License-Identifier: MIT */
/* Which engine is chosen, from a folder and an environment made for each test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "backend/swarm/config.h"
#include "net/crypto.h"
#include "torture/alloc.h"
#include "util/error.h"

static const char *const variables[] = { "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG",
	"DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "HOME" };
enum { VARIABLES = sizeof variables / sizeof *variables };

static char *saved[VARIABLES];
static char folder[64];
static struct swarm_config config;
static orch_client_options options;

static void put(const char *name, const char *text)
{
	char path[512], *slash;
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	for (slash = strchr(path + strlen(folder) + 1, '/'); slash;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void put_context(const char *name, const char *meta)
{
	char path[256], id[ORCH__SHA256_HEX];

	assert_true(orch__sha256_hex(name, strlen(name), id));
	snprintf(path, sizeof path, "contexts/meta/%s/meta.json", id);
	put(path, meta);
}

static void put_context_tls(const char *name, const char *file)
{
	char path[256], id[ORCH__SHA256_HEX];

	assert_true(orch__sha256_hex(name, strlen(name), id));
	snprintf(path, sizeof path, "contexts/tls/%s/docker/%s", id, file);
	put(path, file);
}

static int set_up(void **state)
{
	static const orch_client_options init = ORCH_CLIENT_OPTIONS_INIT;

	(void)state;
	for (size_t i = 0; i < VARIABLES; i++) {
		const char *value = getenv(variables[i]);

		saved[i] = value ? strdup(value) : NULL;
		unsetenv(variables[i]);
	}
	snprintf(folder, sizeof folder, "/tmp/orch-docker-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	setenv("DOCKER_CONFIG", folder, 1);
	options = init;
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	swarm_config_dispose(&config);
	for (size_t i = 0; i < VARIABLES; i++) {
		if (saved[i])
			setenv(variables[i], saved[i], 1);
		else
			unsetenv(variables[i]);
		free(saved[i]);
	}
	snprintf(command, sizeof command, "rm -r '%s'", folder);
	return system(command);
}

static orch_status resolve(const char *url)
{
	swarm_config_dispose(&config);
	return swarm_config_resolve(url, &options, &config);
}

static void expect(const char *url, const char *chosen, const char *why)
{
	if (resolve(url) != ORCH_OK)
		fail_msg("%s: %s", url, orch_error_last()->message);
	assert_string_equal(config.url, chosen);
	assert_non_null(strstr(config.chosen_by, why));
}

static void expect_failure(const char *url, orch_status status, const char *words)
{
	assert_int_equal(resolve(url), status);
	if (!strstr(orch_error_last()->message, words))
		fail_msg("\"%s\" does not say \"%s\"", orch_error_last()->message, words);
}

/* ---- which engine ---- */

static void without_a_word_it_is_the_default_socket(void **state)
{
	(void)state;
	expect("swarm://", "unix:///var/run/docker.sock", "the default socket");
	unsetenv("DOCKER_CONFIG");
	expect("swarm://", "unix:///var/run/docker.sock", "the default socket");
}

static void each_source_gives_way_to_the_one_before(void **state)
{
	(void)state;
	put_context("a", "{\"Name\":\"a\",\"Endpoints\":{\"docker\":{\"Host\":\"tcp://a:1\"}}}");
	put_context("b", "{\"Name\":\"b\",\"Endpoints\":{\"docker\":{\"Host\":\"tcp://b:1\"}}}");
	put_context("c", "{\"Name\":\"c\",\"Endpoints\":{\"docker\":{\"Host\":\"unix:///c\"}}}");
	put("config.json", "{\"auths\":{\"x\":{\"auth\":\"c2VjcmV0\"}},\"currentContext\":\"a\"}");
	expect("swarm://", "tcp://a:1", "context a, named by currentContext of ");
	setenv("DOCKER_CONTEXT", "b", 1);
	expect("swarm://", "tcp://b:1", "context b, named by DOCKER_CONTEXT");
	setenv("DOCKER_HOST", "tcp://h:1", 1);
	expect("swarm://", "tcp://h:1", "DOCKER_HOST");
	options.context = "c";
	expect("swarm://", "unix:///c", "context c, named by the options");
	options.context = NULL;
	expect("swarm://u1,u2", "swarm://u1,u2", "the URL");
	assert_int_equal(config.host_count, 2);
}

static void the_context_default_means_none(void **state)
{
	(void)state;
	put_context("a", "{\"Name\":\"a\",\"Endpoints\":{\"docker\":{\"Host\":\"tcp://a:1\"}}}");
	put("config.json", "{\"currentContext\":\"a\"}");
	setenv("DOCKER_CONTEXT", "default", 1);
	expect("swarm://", "unix:///var/run/docker.sock", "the default socket");
	unsetenv("DOCKER_CONTEXT");
	options.context = "default";
	expect("swarm://", "unix:///var/run/docker.sock", "the default socket");
	options.context = NULL;
	put("config.json", "{\"currentContext\":\"default\"}");
	expect("swarm://", "unix:///var/run/docker.sock", "the default socket");
	put("config.json", "{}");
	expect("swarm://", "unix:///var/run/docker.sock", "the default socket");
}

static void empty_variables_are_none(void **state)
{
	(void)state;
	setenv("DOCKER_HOST", "", 1);
	setenv("DOCKER_CONTEXT", "", 1);
	expect("swarm://", "unix:///var/run/docker.sock", "the default socket");
}

static void home_is_where_the_folder_is_by_default(void **state)
{
	(void)state;
	unsetenv("DOCKER_CONFIG");
	setenv("HOME", folder, 1);
	put(".docker/config.json", "{\"currentContext\":\"nope\"}");
	expect_failure("swarm://", ORCH_E_NOTFOUND, "context \"nope\": context not found");
}

static void what_is_named_must_be_there_and_well_formed(void **state)
{
	(void)state;
	setenv("DOCKER_CONTEXT", "nope", 1);
	expect_failure("swarm://", ORCH_E_NOTFOUND, "context \"nope\": context not found");
	put_context("nope", "{\"Name\":\"nope\",\"Endpoints\":{}}");
	expect_failure("swarm://", ORCH_E_INVALID, "no docker endpoint");
	put_context("nope", "{\"Name\":");
	expect_failure("swarm://", ORCH_E_INVALID, "meta.json");
	put_context("nope", "{\"Endpoints\":{\"docker\":{\"Host\":\"ftp://x\"}}}");
	expect_failure("swarm://", ORCH_E_INVALID, "DOCKER_CONTEXT");
	unsetenv("DOCKER_CONTEXT");
	put("config.json", "{\"currentContext\":7}");
	expect_failure("swarm://", ORCH_E_INVALID, "config.json");
	setenv("DOCKER_HOST", "tcp://h:x", 1);
	expect_failure("swarm://", ORCH_E_INVALID, "DOCKER_HOST");
}

static void a_url_and_a_context_contradict_each_other(void **state)
{
	(void)state;
	options.context = "a";
	expect_failure("swarm://m1", ORCH_E_INVALID, "context a");
}

/* ---- TLS ---- */

static void put_pems(void)
{
	put("ca.pem", "CA");
	put("cert.pem", "CERT");
	put("key.pem", "KEY");
}

static void tls_is_on_when_docker_tls_verify_says_so_and_not_before(void **state)
{
	(void)state;
	put_pems();
	setenv("DOCKER_CERT_PATH", folder, 1);
	expect("swarm://m1", "swarm://m1", "the URL");
	assert_false(config.has_tls);
	setenv("DOCKER_TLS_VERIFY", "", 1);
	expect("swarm://m1", "swarm://m1", "the URL");
	assert_false(config.has_tls);
	setenv("DOCKER_TLS_VERIFY", "1", 1);
	expect("swarm://m1", "swarm://m1", "the URL");
	assert_true(config.has_tls);
	assert_false(config.is_insecure);
	assert_string_equal(config.ca, "CA");
	assert_string_equal(config.cert, "CERT");
	assert_string_equal(config.key, "KEY");
	unsetenv("DOCKER_CERT_PATH"); /* the folder of the docker command */
	setenv("DOCKER_HOST", "tcp://h", 1);
	expect("swarm://", "tcp://h", "DOCKER_HOST");
	assert_true(config.has_tls);
}

static void a_missing_file_is_named(void **state)
{
	static const char *const names[] = { "ca.pem", "cert.pem", "key.pem" };
	char path[128];

	(void)state;
	setenv("DOCKER_TLS_VERIFY", "1", 1);
	for (size_t i = 0; i < 3; i++) {
		put_pems();
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		assert_int_equal(unlink(path), 0);
		expect_failure("swarm://m1", ORCH_E_NOTFOUND, path);
	}
}

static void a_socket_takes_no_tls(void **state)
{
	(void)state;
	setenv("DOCKER_TLS_VERIFY", "1", 1);
	setenv("DOCKER_CERT_PATH", "/nowhere", 1);
	expect("swarm://", "unix:///var/run/docker.sock", "the default socket");
	assert_false(config.has_tls);
	expect("swarm+unix:///x", "swarm+unix:///x", "the URL");
}

static void options_of_tcp_are_refused_where_there_is_none(void **state)
{
	static const char *const urls[] = { "swarm+unix:///x", "swarm+ssh://u@h", "swarm://" };
	static const struct {
		const char *name;
		orch_client_options o;
	} rows[] = {
		{ "option ca_file ", { .ca_file = "/nowhere" } },
		{ "option cert_file ", { .cert_file = "/nowhere", .key_file = "/nowhere" } },
		{ "option key_file ", { .key_file = "/nowhere" } },
		{ "option proxy ", { .proxy = "http://p" } },
		{ "option insecure ", { .insecure = 1 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
		for (size_t j = 0; j < sizeof rows / sizeof *rows; j++) {
			options = rows[j].o;
			expect_failure(urls[i], ORCH_E_INVALID, rows[j].name);
			expect_failure(urls[i], ORCH_E_INVALID, i == 1 ? "ssh" : "socket");
		}
}

static void an_engine_of_a_context_may_be_behind_a_socket_whatever_is_allowed(void **state)
{
	(void)state;
	put_context("local",
		"{\"Name\":\"local\",\"Endpoints\":{\"docker\":{\"Host\":"
		"\"unix:///x\"}}}");
	options.context = "local";
	options.insecure = 1; /* a leave, and nobody needs it */
	expect("swarm://", "unix:///x", "local");
	options.ca_file = "/nowhere";
	expect_failure("swarm://", ORCH_E_INVALID, "context local");
}

static void options_come_before_the_environment(void **state)
{
	char ca[128];

	(void)state;
	put_pems();
	put("mine.pem", "MINE");
	snprintf(ca, sizeof ca, "%s/mine.pem", folder);
	options.ca_file = ca;
	expect("swarm://m1", "swarm://m1", "the URL");
	assert_true(config.has_tls);
	assert_string_equal(config.ca, "MINE");
	assert_null(config.cert);
	setenv("DOCKER_TLS_VERIFY", "1", 1);
	expect("swarm://m1", "swarm://m1", "the URL");
	assert_string_equal(config.ca, "MINE");
	assert_string_equal(config.cert, "CERT");
	options.cert_file = options.key_file = ca;
	expect("swarm://m1", "swarm://m1", "the URL");
	assert_string_equal(config.cert, "MINE");
	options.ca_file = "/nowhere/ca.pem";
	expect_failure("swarm://m1", ORCH_E_NOTFOUND, "/nowhere/ca.pem");
}

static void insecure_is_the_programs_word(void **state)
{
	char ca[128];

	(void)state;
	options.insecure = 1;
	expect("swarm://m1", "swarm://m1", "the URL");
	assert_true(config.has_tls);
	assert_true(config.is_insecure);
	put_pems();
	options.ca_file = "/nowhere";
	expect_failure("swarm://m1", ORCH_E_NOTFOUND, "/nowhere");
	snprintf(ca, sizeof ca, "%s/ca.pem", folder);
	options.ca_file = ca;
	expect_failure("swarm://m1", ORCH_E_INVALID, "ca_file");
}

static void a_context_brings_its_own_tls(void **state)
{
	(void)state;
	setenv("DOCKER_TLS_VERIFY", "1", 1); /* not for contexts */
	setenv("DOCKER_CERT_PATH", "/nowhere", 1);
	options.context = "d-ctx";
	put_context("d-ctx",
		"{\"Name\":\"d-ctx\",\"Metadata\":{},\"Endpoints\":{\"docker\":"
		"{\"Host\":\"tcp://10.77.0.4:2376\",\"SkipTLSVerify\":false}}}");
	expect("swarm://", "tcp://10.77.0.4:2376", "context d-ctx");
	assert_false(config.has_tls);
	put_context_tls("d-ctx", "ca.pem");
	expect("swarm://", "tcp://10.77.0.4:2376", "context d-ctx");
	assert_true(config.has_tls);
	assert_string_equal(config.ca, "ca.pem");
	assert_null(config.cert);
	put_context_tls("d-ctx", "cert.pem");
	expect_failure("swarm://", ORCH_E_NOTFOUND, "key.pem");
	put_context_tls("d-ctx", "key.pem");
	expect("swarm://", "tcp://10.77.0.4:2376", "context d-ctx");
	assert_string_equal(config.key, "key.pem");
	options.insecure = 1; /* the context does not ask for it */
	expect("swarm://", "tcp://10.77.0.4:2376", "context d-ctx");
	assert_false(config.is_insecure);
}

static void skipping_the_check_takes_two(void **state)
{
	(void)state;
	options.context = "lax";
	put_context("lax",
		"{\"Name\":\"lax\",\"Endpoints\":{\"docker\":"
		"{\"Host\":\"tcp://h\",\"SkipTLSVerify\":true}}}");
	expect_failure("swarm://", ORCH_E_DENIED, "insecure");
	options.insecure = 1;
	expect("swarm://", "tcp://h", "context lax");
	assert_true(config.has_tls);
	assert_true(config.is_insecure);
}

static orch_status resolve_alone(void *payload)
{
	struct swarm_config mine;
	orch_status st = swarm_config_resolve(payload, &options, &mine);

	swarm_config_dispose(&mine);
	return st;
}

static void lack_of_memory_is_a_status(void **state)
{
	(void)state;
	put_context("a", "{\"Name\":\"a\",\"Endpoints\":{\"docker\":{\"Host\":\"tcp://a:1\"}}}");
	put("config.json", "{\"currentContext\":\"a\"}");
	put_context_tls("a", "ca.pem");
	put_context_tls("a", "cert.pem");
	put_context_tls("a", "key.pem");
	torture_run(resolve_alone, (void *)(uintptr_t) "swarm://");
	torture_run(resolve_alone, (void *)(uintptr_t) "swarm://m1,m2");
}

#define fresh(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		fresh(without_a_word_it_is_the_default_socket),
		fresh(each_source_gives_way_to_the_one_before),
		fresh(the_context_default_means_none),
		fresh(empty_variables_are_none),
		fresh(home_is_where_the_folder_is_by_default),
		fresh(what_is_named_must_be_there_and_well_formed),
		fresh(a_url_and_a_context_contradict_each_other),
		fresh(tls_is_on_when_docker_tls_verify_says_so_and_not_before),
		fresh(a_missing_file_is_named),
		fresh(a_socket_takes_no_tls),
		fresh(options_of_tcp_are_refused_where_there_is_none),
		fresh(an_engine_of_a_context_may_be_behind_a_socket_whatever_is_allowed),
		fresh(options_come_before_the_environment),
		fresh(insecure_is_the_programs_word),
		fresh(a_context_brings_its_own_tls),
		fresh(skipping_the_check_takes_two),
		fresh(lack_of_memory_is_a_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
