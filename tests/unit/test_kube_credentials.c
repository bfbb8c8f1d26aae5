/* SPDX-License-Identifier: MIT */
/* Credentials as requests see them: from texts, files and plugins, renewed once for all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "backend/kubernetes/credentials.h"
#include "fakes/certs.h"
#include "support/plugin_world.h"
#include "torture/alloc.h"
#include "util/clock.h"
#include "util/error.h"

enum { LONG_MS = 60000 };

static const struct orch__cancel_ticket never;

/* What a request gets; `header` is its Authorization. */
struct seen {
	orch_status st;
	unsigned generation, token_generation;
	char header[512];
};

static struct seen get(struct kube_credentials *c)
{
	struct kube_credential credential = { 0 };
	struct seen seen = { 0 };

	seen.st = kube_credentials_get(c, orch__clock_ms() + LONG_MS, never, &credential);
	seen.generation = credential.generation;
	seen.token_generation = credential.token_generation;
	if (seen.st == ORCH_OK && credential.header.len)
		snprintf(seen.header, sizeof seen.header, "%s", credential.header.text);
	kube_credential_dispose(&credential);
	return seen;
}

static orch_status renew(struct kube_credentials *c, const struct seen *seen, bool *is_other)
{
	const struct kube_credential used = { .generation = seen->generation,
		.token_generation = seen->token_generation };

	return kube_credentials_refused(c, &used, orch__clock_ms() + LONG_MS, never, is_other);
}

static bool refused(struct kube_credentials *c, const struct seen *seen)
{
	bool is_other;
	orch_status st = renew(c, seen, &is_other);

	assert_true(st == ORCH_OK || !is_other);
	return is_other;
}

static struct kube_credentials *open_with(
	const struct kube_config *config, const orch_client_options *options)
{
	const orch_client_options defaults = ORCH_CLIENT_OPTIONS_INIT;
	struct kube_credentials *c = NULL;

	assert_int_equal(kube_credentials_open(config, options ? options : &defaults, &c), ORCH_OK);
	return c;
}

/* The Authorization of a user. */
static struct seen header_of(const char *server, struct kube_user user)
{
	struct kube_config config = { .server = server, .user = user };
	struct kube_credentials *c = open_with(&config, NULL);
	struct seen seen = get(c);

	assert_false(refused(c, &seen)); /* what stands in a text is not renewed */
	kube_credentials_close(c);
	return seen;
}

static void must_be(struct seen seen, const char *header)
{
	if (seen.st < 0)
		fail_msg("%s", orch_error_last()->message);
	assert_string_equal(seen.header, header);
}

static void must_fail(struct seen seen, orch_status st, const char *says)
{
	if (seen.st != st || !strstr(orch_error_last()->message, says))
		fail_msg("not \"%s\" but %s: %s", says, orch_status_name(seen.st),
			orch_error_last()->message);
	assert_null(strstr(orch_error_last()->message, "canary"));
}

/* ---- texts ---- */

static void texts_become_an_authorization(void **state)
{
	(void)state;
	must_be(header_of("https://h", (struct kube_user){ 0 }), "");
	must_be(header_of("https://h", (struct kube_user){ .token = "t0k3n" }), "Bearer t0k3n");
	must_be(header_of("https://h",
			(struct kube_user){ .username = "Aladdin", .password = "open sesame" }),
		"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
	must_be(header_of("https://h", (struct kube_user){ .username = "a" }), "Basic YTo=");
}

static void nothing_secret_goes_over_plain_http(void **state)
{
	struct plugin_world w;
	struct kube_credentials *c;

	(void)state;
	must_be(header_of("http://h", (struct kube_user){ .token = "canary" }), "");
	plugin_world_open(&w, PLUGIN_TOKEN);
	w.config.server = "http://h";
	c = open_with(&w.config, NULL);
	must_be(get(c), "");
	assert_int_equal(plugin_world_runs(&w), 0);
	kube_credentials_close(c);
	plugin_world_close(&w);
}

static void texts_that_are_no_header_are_refused(void **state)
{
	static const char *const bad[] = { "", "canary\r\nX: y", "canary\n", "can ary canary",
		"canary\x01", "canary\xc3\xa9", "canary\x7f" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		must_fail(header_of("https://h", (struct kube_user){ .token = bad[i] }),
			ORCH_E_INVALID, "token");
	must_fail(header_of("https://h",
			  (struct kube_user){ .username = "canary:", .password = "canary" }),
		ORCH_E_INVALID, "colon");
}

/* ---- a token in a file ---- */

static void a_token_file_is_read_again_when_it_changes_and_not_more_often(void **state)
{
	struct plugin_world w; /* for its folder */
	struct kube_config config = { .server = "https://h" };
	struct kube_credentials *c;
	struct seen first;

	(void)state;
	plugin_world_open(&w, "");
	plugin_world_write(&w, "token", " \n one\r\n\t");
	config.user.token_file = plugin_world_path(&w, "token");
	c = open_with(&config, NULL);
	first = get(c);
	must_be(first, "Bearer one");
	plugin_world_write(&w, "token", "another");
	must_be(get(c), "Bearer one"); /* within a minute */
	kube_credentials_limits(c)->look_ms = 1;
	orch__clock_sleep(2);
	must_be(get(c), "Bearer another");
	assert_int_not_equal(get(c).token_generation, first.token_generation);
	assert_int_equal(get(c).generation, first.generation);
	kube_credentials_close(c);
	plugin_world_close(&w);
}

static void a_token_that_is_refused_is_read_again_once(void **state)
{
	struct plugin_world w;
	struct kube_config config = { .server = "https://h" };
	struct kube_credentials *c;
	struct seen used;

	(void)state;
	plugin_world_open(&w, "");
	plugin_world_write(&w, "token", "one");
	config.user.token_file = plugin_world_path(&w, "token");
	c = open_with(&config, NULL);
	used = get(c);
	assert_false(refused(c, &used)); /* the same is there */
	plugin_world_write(&w, "token", "two");
	assert_true(refused(c, &used));
	must_be(get(c), "Bearer two");
	assert_true(refused(c, &used)); /* another thread, refused with the old one */
	kube_credentials_close(c);
	plugin_world_close(&w);
}

static void refusal_must_say(
	struct kube_credentials *c, const struct seen *used, orch_status want, const char *says)
{
	bool is_other = true;
	orch_status st = renew(c, used, &is_other);

	assert_false(is_other);
	must_fail((struct seen){ .st = st }, want, says);
}

static void why_a_refused_token_is_not_replaced_is_told(void **state)
{
	struct plugin_world w;
	struct kube_config config = { .server = "https://h" };
	struct kube_credentials *c;
	struct seen used;

	(void)state;
	plugin_world_open(&w, "");
	plugin_world_write(&w, "token", "canary");
	config.user.token_file = plugin_world_path(&w, "token");
	c = open_with(&config, NULL);
	used = get(c);
	refusal_must_say(c, &used, ORCH_E_AUTH, "still holds that token");
	plugin_world_write(&w, "token", " \n");
	refusal_must_say(c, &used, ORCH_E_AUTH, "is empty");
	assert_int_equal(unlink(config.user.token_file), 0);
	refusal_must_say(c, &used, ORCH_E_AUTH, config.user.token_file);
	must_be(get(c), "Bearer canary");
	kube_credentials_close(c);
	plugin_world_close(&w);
}

static void a_token_that_cannot_be_read_again_stays(void **state)
{
	struct plugin_world w;
	struct kube_config config = { .server = "https://h" };
	struct kube_credentials *c;

	(void)state;
	plugin_world_open(&w, "");
	plugin_world_write(&w, "token", "one");
	config.user.token_file = plugin_world_path(&w, "token");
	c = open_with(&config, NULL);
	must_be(get(c), "Bearer one");
	kube_credentials_limits(c)->look_ms = 0;
	plugin_world_write(&w, "token", " \n");
	must_be(get(c), "Bearer one");
	assert_int_equal(unlink(config.user.token_file), 0);
	must_be(get(c), "Bearer one");
	plugin_world_write(&w, "token", "two");
	must_be(get(c), "Bearer two");
	kube_credentials_close(c);
	plugin_world_close(&w);
}

static void a_token_file_that_was_never_good_is_an_error(void **state)
{
	struct plugin_world w;
	char path[128];

	(void)state;
	plugin_world_open(&w, "");
	snprintf(path, sizeof path, "%s", plugin_world_path(&w, "token"));
	/* not "not found": that is what is said of objects */
	must_fail(header_of("https://h", (struct kube_user){ .token_file = path }), ORCH_E_AUTH,
		path);
	plugin_world_write(&w, "token", " \r\n");
	must_fail(header_of("https://h", (struct kube_user){ .token_file = path }), ORCH_E_AUTH,
		"is empty");
	plugin_world_write(&w, "token", "canary one");
	must_fail(header_of("https://h", (struct kube_user){ .token_file = path }), ORCH_E_INVALID,
		"token");
	must_fail(header_of("https://h", (struct kube_user){ .token_file = w.folder }),
		ORCH_E_INVALID, "is not a file");
	plugin_world_close(&w);
}

/* ---- certificates ---- */

static struct {
	struct test_cert ca, one, two;
} pki;

static int make_pki(void **state)
{
	(void)state;
	pki.ca = test_cert_make(&(struct test_cert_wish){ .name = "CA", .is_ca = true });
	pki.one = test_cert_make(&(struct test_cert_wish){ .name = "one", .issuer = &pki.ca });
	pki.two = test_cert_make(&(struct test_cert_wish){ .name = "two", .issuer = &pki.ca });
	return 0;
}

static int free_pki(void **state)
{
	(void)state;
	test_cert_free(&pki.ca);
	test_cert_free(&pki.one);
	test_cert_free(&pki.two);
	return 0;
}

static void tls_must_be(struct kube_credentials *c, const char *ca, const struct test_cert *own)
{
	struct orch__arena texts = { 0 };
	struct orch__tls tls = { 0 };

	if (kube_credentials_tls(c, get(c).generation, &texts, &tls) < 0)
		fail_msg("%s", orch_error_last()->message);
	assert_string_equal(tls.ca, ca);
	assert_string_equal(tls.cert, own->cert);
	assert_string_equal(tls.key, own->key);
	orch__arena_dispose(&texts);
}

static struct kube_config files_of(const struct plugin_world *w)
{
	static char paths[3][128];
	static const char *const names[] = { "ca", "cert", "key" };

	for (size_t i = 0; i < 3; i++)
		snprintf(paths[i], sizeof paths[i], "%s", plugin_world_path(w, names[i]));
	return (struct kube_config){ .server = "https://h",
		.ca = { .path = paths[0] },
		.user = { .cert = { .path = paths[1] }, .key = { .path = paths[2] } } };
}

static void certificates_in_files_are_read_again_when_they_change(void **state)
{
	struct plugin_world w;
	struct kube_config config;
	struct kube_credentials *c;
	unsigned before;

	(void)state;
	plugin_world_open(&w, "");
	plugin_world_write(&w, "ca", pki.ca.cert);
	plugin_world_write(&w, "cert", pki.one.cert);
	plugin_world_write(&w, "key", pki.one.key);
	config = files_of(&w);
	c = open_with(&config, NULL);
	tls_must_be(c, pki.ca.cert, &pki.one);
	before = get(c).generation;
	plugin_world_write(&w, "cert", pki.one.cert); /* written, but the same */
	assert_int_equal(get(c).generation, before);
	plugin_world_write(&w, "cert", pki.two.cert); /* halfway */
	assert_int_equal(get(c).generation, before);
	tls_must_be(c, pki.ca.cert, &pki.one);
	plugin_world_write(&w, "key", pki.two.key);
	assert_int_not_equal(get(c).generation, before);
	tls_must_be(c, pki.ca.cert, &pki.two);
	before = get(c).generation;
	plugin_world_write(&w, "ca", pki.one.cert);
	assert_int_not_equal(get(c).generation, before);
	unlink(config.ca.path); /* about to be replaced */
	tls_must_be(c, pki.one.cert, &pki.two);
	kube_credentials_close(c);
	plugin_world_close(&w);
}

static void files_that_cannot_be_read_are_errors_and_never_the_systems_roots(void **state)
{
	struct plugin_world w;
	struct kube_config config;
	struct kube_credentials *c;

	(void)state;
	plugin_world_open(&w, "");
	config = files_of(&w);
	c = open_with(&config, NULL);
	must_fail(get(c), ORCH_E_AUTH, "certificate authority");
	plugin_world_write(&w, "ca", pki.ca.cert);
	must_fail(get(c), ORCH_E_AUTH, "client certificate");
	plugin_world_write(&w, "cert", pki.one.cert);
	must_fail(get(c), ORCH_E_AUTH, "client key");
	plugin_world_write(&w, "key", pki.two.key);
	must_fail(get(c), ORCH_E_AUTH, "not that of the client certificate");
	plugin_world_write(&w, "key", pki.one.key);
	tls_must_be(c, pki.ca.cert, &pki.one);
	kube_credentials_close(c);
	plugin_world_close(&w);
}

static void texts_of_certificates_stay_in_memory(void **state)
{
	struct kube_config config = { .server = "https://h", .ca = { .data = pki.ca.cert } };
	struct kube_credentials *c;

	(void)state;
	config.user.cert.data = pki.one.cert;
	config.user.key.data = pki.one.key;
	c = open_with(&config, NULL);
	tls_must_be(c, pki.ca.cert, &pki.one);
	assert_int_equal(get(c).generation, get(c).generation);
	kube_credentials_close(c);
}

/* R13 */
static void files_are_there_unchanged_after_a_hundred_clients(void **state)
{
	struct plugin_world w;
	struct kube_config config;
	struct stat before[3], after[3];
	const char *paths[3];

	(void)state;
	plugin_world_open(&w, "");
	plugin_world_write(&w, "ca", pki.ca.cert);
	plugin_world_write(&w, "cert", pki.one.cert);
	plugin_world_write(&w, "key", pki.one.key);
	config = files_of(&w);
	paths[0] = config.ca.path;
	paths[1] = config.user.cert.path;
	paths[2] = config.user.key.path;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(stat(paths[i], &before[i]), 0);
	for (int i = 0; i < 100; i++) {
		struct kube_credentials *c = open_with(&config, NULL);

		tls_must_be(c, pki.ca.cert, &pki.one);
		kube_credentials_close(c);
	}
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(stat(paths[i], &after[i]), 0);
		assert_int_equal(before[i].st_ino, after[i].st_ino);
		assert_int_equal(before[i].st_size, after[i].st_size);
		assert_int_equal(before[i].st_mtim.tv_nsec, after[i].st_mtim.tv_nsec);
	}
	plugin_world_close(&w);
}

/* ---- plugins ---- */

/* Prints the number of its run as the token. */
#define COUNTING                                                                                   \
	"n=$(wc -l < runs)\n"                                                                      \
	"echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" PLUGIN_V1                           \
	"\",\"status\":{\"token\":\"t'$((n))'\""
#define COUNTING_END "}}'\n"

static void a_plugin_runs_once_until_its_credential_is_refused(void **state)
{
	struct plugin_world w;
	struct kube_credentials *c;
	struct seen used;

	(void)state;
	plugin_world_open(&w, COUNTING COUNTING_END);
	c = open_with(&w.config, NULL);
	assert_int_equal(plugin_world_runs(&w), 0); /* opening runs nothing */
	used = get(c);
	must_be(used, "Bearer t1");
	must_be(get(c), "Bearer t1");
	assert_int_equal(plugin_world_runs(&w), 1);
	assert_true(refused(c, &used));
	must_be(get(c), "Bearer t2");
	assert_true(refused(c, &used)); /* renewed already */
	assert_int_equal(plugin_world_runs(&w), 2);
	assert_int_equal(get(c).generation, used.generation); /* the connections stay */
	kube_credentials_close(c);
	plugin_world_close(&w);
}

static void a_credential_is_kept_until_it_expires(void **state)
{
	struct plugin_world w;
	struct kube_credentials *c;

	(void)state;
	plugin_world_open(
		&w, COUNTING ",\"expirationTimestamp\":\"2020-01-01T00:00:00Z\"" COUNTING_END);
	c = open_with(&w.config, NULL);
	must_be(get(c), "Bearer t1"); /* taken, though it is over already */
	must_be(get(c), "Bearer t2");
	plugin_world_script(
		&w, COUNTING ",\"expirationTimestamp\":\"2999-01-01T00:00:00Z\"" COUNTING_END);
	must_be(get(c), "Bearer t3");
	must_be(get(c), "Bearer t3");
	assert_int_equal(plugin_world_runs(&w), 3);
	kube_credentials_close(c);
	plugin_world_close(&w);
}

static void write_certificate(struct plugin_world *w, const struct test_cert *cert)
{
	plugin_world_write(w, "c", cert->cert);
	plugin_world_write(w, "k", cert->key);
}

static void a_certificate_of_a_plugin_makes_other_connections(void **state)
{
	struct plugin_world w;
	struct kube_credentials *c;
	struct seen used, again;

	(void)state;
	plugin_world_open(&w,
		"c=$(sed 's/$/\\\\n/' c | tr -d '\\n')\nk=$(sed 's/$/\\\\n/' k | tr -d '\\n')\n"
		"printf '%s' '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" PLUGIN_V1
		"\",\"status\":{\"clientCertificateData\":\"'\"$c\"'\",\"clientKeyData\":\"'\"$k\"'"
		"\"}}'\n");
	write_certificate(&w, &pki.one);
	w.config.ca.data = pki.ca.cert;
	c = open_with(&w.config, NULL);
	used = get(c);
	must_be(used, "");
	tls_must_be(c, pki.ca.cert, &pki.one);
	assert_true(refused(c, &used));
	again = get(c);
	assert_int_equal(again.generation, used.generation); /* the same certificate */
	write_certificate(&w, &pki.two);
	assert_true(refused(c, &again));
	assert_int_not_equal(get(c).generation, used.generation);
	tls_must_be(c, pki.ca.cert, &pki.two);
	kube_credentials_close(c);
	plugin_world_close(&w);
}

/* A thread that was refused. */
struct refusal {
	pthread_t thread;
	struct kube_credentials *c;
	struct seen used;
	bool is_other;
};

static void *be_refused(void *payload)
{
	struct refusal *r = payload;

	r->is_other = refused(r->c, &r->used);
	return NULL;
}

static void refuse_all(struct kube_credentials *c, struct seen used, bool want)
{
	enum { THREADS = 8 };
	struct refusal all[THREADS];

	for (int i = 0; i < THREADS; i++) {
		all[i] = (struct refusal){ .c = c, .used = used };
		assert_int_equal(pthread_create(&all[i].thread, NULL, be_refused, &all[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(all[i].thread, NULL);
		assert_int_equal(all[i].is_other, want);
	}
}

static void eight_threads_that_are_refused_run_it_exactly_once(void **state)
{
	struct plugin_world w;
	struct kube_credentials *c;

	(void)state;
	plugin_world_open(&w, "sleep 0.2\n" COUNTING COUNTING_END);
	c = open_with(&w.config, NULL);
	for (int runs = 1; runs <= 5; runs++) {
		struct seen used = get(c);

		assert_int_equal(plugin_world_runs(&w), runs);
		refuse_all(c, used, true);
		assert_int_equal(plugin_world_runs(&w), runs + 1);
	}
	kube_credentials_close(c);
	plugin_world_close(&w);
}

static void *get_in_thread(void *payload)
{
	struct refusal *r = payload;

	r->used = get(r->c);
	return NULL;
}

static void threads_that_wait_for_a_run_share_what_came_of_it(void **state)
{
	enum { THREADS = 8 };
	struct refusal all[THREADS];
	struct plugin_world w;
	struct kube_credentials *c;

	(void)state;
	plugin_world_open(&w, "sleep 0.2\n" COUNTING COUNTING_END);
	c = open_with(&w.config, NULL);
	for (int i = 0; i < THREADS; i++) {
		all[i] = (struct refusal){ .c = c };
		assert_int_equal(pthread_create(&all[i].thread, NULL, get_in_thread, &all[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(all[i].thread, NULL);
		must_be(all[i].used, "Bearer t1");
	}
	assert_int_equal(plugin_world_runs(&w), 1);
	kube_credentials_close(c);
	plugin_world_close(&w);
}

struct short_call {
	pthread_t thread;
	struct kube_credentials *c;
	orch_status st;
};

static void *get_for_a_moment(void *payload)
{
	struct short_call *call = payload;
	struct kube_credential credential = { 0 };

	call->st = kube_credentials_get(call->c, orch__clock_ms() + 100, never, &credential);
	kube_credential_dispose(&credential);
	return NULL;
}

/* Whoever runs it and has no more time ends it; those who have time run it for themselves. */
static void a_short_deadline_is_no_matter_of_the_others(void **state)
{
	struct plugin_world w;
	struct short_call call;
	struct kube_credentials *c;
	struct seen seen;

	(void)state;
	plugin_world_open(
		&w, "test $(wc -l < runs) -gt 1 || exec sleep 1000\n" COUNTING COUNTING_END);
	c = open_with(&w.config, NULL);
	call.c = c;
	assert_int_equal(pthread_create(&call.thread, NULL, get_for_a_moment, &call), 0);
	while (plugin_world_runs(&w) == 0)
		orch__clock_sleep(1);
	seen = get(c);
	pthread_join(call.thread, NULL);
	assert_int_equal(call.st, ORCH_E_TIMEOUT);
	must_be(seen, "Bearer t2");
	kube_credentials_close(c);
	plugin_world_close(&w);
}

static void a_plugin_that_fails_is_asked_again_by_the_next_request(void **state)
{
	struct plugin_world w;
	struct kube_credentials *c;
	struct seen used;

	(void)state;
	plugin_world_open(&w, "exit 1\n");
	c = open_with(&w.config, NULL);
	must_fail(get(c), ORCH_E_AUTH, "failed with exit code 1");
	plugin_world_script(&w, COUNTING COUNTING_END);
	used = get(c);
	must_be(used, "Bearer t2");
	plugin_world_script(&w, "exit 1\n");
	refuse_all(c, used, false);
	refusal_must_say(c, &used, ORCH_E_AUTH, "failed with exit code 1");
	must_fail(get(c), ORCH_E_AUTH, "failed with exit code 1");
	kube_credentials_close(c);
	plugin_world_close(&w);
}

static void a_policy_of_the_options_holds(void **state)
{
	orch_client_options options = ORCH_CLIENT_OPTIONS_INIT;
	struct plugin_world w;
	struct kube_credentials *c;
	char *name;
	const char *names[1];

	(void)state;
	plugin_world_open(&w, PLUGIN_TOKEN);
	w.exec.is_trusted = false;
	c = open_with(&w.config, &options);
	must_fail(get(c), ORCH_E_DENIED, "exec_policy");
	kube_credentials_close(c);
	options.exec_policy = ORCH_EXEC_ALLOWLIST;
	names[0] = name = strdup(w.command);
	options.exec_allowed = (orch_string_list){ names, 1 };
	c = open_with(&w.config, &options);
	memset(name, 'x', strlen(name)); /* options are copied */
	free(name);
	must_be(get(c), "Bearer canary-exec");
	kube_credentials_close(c);
	plugin_world_close(&w);
}

/* ---- memory ---- */

static orch_status use_once(const struct kube_config *config)
{
	const orch_client_options options = ORCH_CLIENT_OPTIONS_INIT;
	struct kube_credentials *c;
	struct kube_credential credential = { 0 };
	struct orch__arena texts = { 0 };
	struct orch__tls tls = { 0 };
	bool is_other = false;
	orch_status st = kube_credentials_open(config, &options, &c);

	if (st < 0)
		return st;
	st = kube_credentials_get(c, orch__clock_ms() + LONG_MS, never, &credential);
	if (st == ORCH_OK)
		st = kube_credentials_tls(c, credential.generation, &texts, &tls);
	if (st == ORCH_OK && config->user.exec)
		st = kube_credentials_refused(
			c, &credential, orch__clock_ms() + LONG_MS, never, &is_other);
	orch__arena_dispose(&texts);
	kube_credential_dispose(&credential);
	kube_credentials_close(c);
	return st;
}

static orch_status use_all(void *payload)
{
	struct kube_config *configs = payload;
	orch_status st = ORCH_OK;

	for (size_t i = 0; st == ORCH_OK && configs[i].server; i++)
		st = use_once(&configs[i]);
	return st;
}

static void every_allocation_may_fail_and_none_is_given_back_with_a_secret(void **state)
{
	static const char *const secrets[] = { "canary", "jYW5hcnk", "PRIVATE KEY", NULL };
	struct plugin_world w;
	struct kube_config configs[6];
	char token_file[128];

	(void)state;
	memset(configs, 0, sizeof configs);
	plugin_world_open(&w,
		"cat <<'E'\n{\"kind\":\"ExecCredential\",\"apiVersion\":\"" PLUGIN_V1
		"\",\"status\":{\"token\":\"canary-exec\",\"clientCertificateData\":"
		"\"-----BEGIN canary\\n\\u0041\",\"clientKeyData\":"
		"\"-----BEGIN canary\\n\\u0041\"}}\nE\n");
	plugin_world_write(&w, "token", "canary-file\n");
	plugin_world_write(&w, "ca", pki.ca.cert);
	plugin_world_write(&w, "cert", pki.one.cert);
	plugin_world_write(&w, "key", pki.one.key);
	snprintf(token_file, sizeof token_file, "%s", plugin_world_path(&w, "token"));
	configs[0] = w.config;
	configs[1] = files_of(&w);
	configs[1].user.token_file = token_file;
	configs[2] = (struct kube_config){ .server = "https://h",
		.user = { .username = "u", .password = "canary" } };
	configs[3] =
		(struct kube_config){ .server = "https://h", .user = { .token = "canary-text" } };
	torture_alloc_look_for(secrets);
	torture_run(use_all, configs);
	assert_int_equal(torture_alloc_spilled(), 0);
	torture_alloc_look_for(NULL);
	plugin_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_become_an_authorization),
		cmocka_unit_test(nothing_secret_goes_over_plain_http),
		cmocka_unit_test(texts_that_are_no_header_are_refused),
		cmocka_unit_test(a_token_file_is_read_again_when_it_changes_and_not_more_often),
		cmocka_unit_test(a_token_that_is_refused_is_read_again_once),
		cmocka_unit_test(why_a_refused_token_is_not_replaced_is_told),
		cmocka_unit_test(a_token_that_cannot_be_read_again_stays),
		cmocka_unit_test(a_token_file_that_was_never_good_is_an_error),
		cmocka_unit_test(certificates_in_files_are_read_again_when_they_change),
		cmocka_unit_test(files_that_cannot_be_read_are_errors_and_never_the_systems_roots),
		cmocka_unit_test(texts_of_certificates_stay_in_memory),
		cmocka_unit_test(files_are_there_unchanged_after_a_hundred_clients),
		cmocka_unit_test(a_plugin_runs_once_until_its_credential_is_refused),
		cmocka_unit_test(a_credential_is_kept_until_it_expires),
		cmocka_unit_test(a_certificate_of_a_plugin_makes_other_connections),
		cmocka_unit_test(eight_threads_that_are_refused_run_it_exactly_once),
		cmocka_unit_test(threads_that_wait_for_a_run_share_what_came_of_it),
		cmocka_unit_test(a_short_deadline_is_no_matter_of_the_others),
		cmocka_unit_test(a_plugin_that_fails_is_asked_again_by_the_next_request),
		cmocka_unit_test(a_policy_of_the_options_holds),
		cmocka_unit_test(every_allocation_may_fail_and_none_is_given_back_with_a_secret),
	};

	return cmocka_run_group_tests(tests, make_pki, free_pki);
}
