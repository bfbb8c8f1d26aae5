/* SPDX-License-Identifier: MIT */
/*
 * Secrets from a kubeconfig to the wire and back: they are in no message, no trace and no
 * file, and in no memory of liborch's that is given back. Run with "--child" this program
 * is a client that strace watches, with "--memory" one that looks for what is left of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fakes/certs.h"
#include "fakes/net_world.h"
#include "fakes/proxy.h"
#include "orch/orch.h"
#include "support/plugin_world.h"
#include "torture/alloc.h"
#include "util/base64.h"

static char self[4096];

/* ---- the world ---- */

enum mode { FINE, UNAUTHORIZED, GARBAGE, RESET };

static struct {
	struct test_cert ca, client;
	struct evil *e;
	struct test_proxy *proxy;
	struct plugin_world plugin;
	char ca_data[4096], cert_data[4096], key_data[4096]; /* base64 */
	char key_line[40], key_base64[40];                   /* parts of the key */
	atomic_int mode;
} world;

static void answer(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	(void)r;
	switch ((enum mode)atomic_load(&world.mode)) {
	case FINE:
		evil_reply(c, 200, "{\"major\":\"1\",\"minor\":\"36\",\"gitVersion\":\"v1.36.0\"}");
		break;
	case UNAUTHORIZED:
		evil_reply(c, 401,
			"{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\","
			"\"message\":\"Unauthorized\",\"reason\":\"Unauthorized\",\"code\":401}");
		break;
	case GARBAGE:
		evil_reply(c, 200, "{\"gitVersion\":");
		break;
	case RESET:
		evil_reset(c);
		break;
	}
}

static void to_base64(const char *text, char *out, size_t cap)
{
	struct orch__buf b = ORCH__BUF_INIT(8192);

	orch__base64_encode(text, strlen(text), &b);
	assert_true(orch__buf_ok(&b) && b.len < cap);
	snprintf(out, cap, "%s", b.text);
	orch__buf_dispose(&b);
}

static int make_world(void **state)
{
	(void)state;
	world.ca = test_cert_make(&(struct test_cert_wish){ .name = "CA", .is_ca = true });
	world.client =
		test_cert_make(&(struct test_cert_wish){ .name = "client", .issuer = &world.ca });
	world.e = evil_start(&(struct evil_options){
		.kind = EVIL_TLS, .handle = answer, .client_ca = world.ca.cert });
	world.proxy = test_proxy_start(
		&(struct test_proxy_options){ .user = "me", .password = "canary-proxy" });
	plugin_world_open(&world.plugin,
		"c=$(sed 's/$/\\\\n/' c | tr -d '\\n')\nk=$(sed 's/$/\\\\n/' k | tr -d '\\n')\n"
		"printf '%s' '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" PLUGIN_V1
		"\",\"status\":{\"token\":\"canary-exec\",\"clientCertificateData\":\"'\"$c\"'\","
		"\"clientKeyData\":\"'\"$k\"'\"}}'\n");
	plugin_world_write(&world.plugin, "c", world.client.cert);
	plugin_world_write(&world.plugin, "k", world.client.key);
	plugin_world_write(&world.plugin, "token", "canary-file\n");
	to_base64(evil_ca(world.e), world.ca_data, sizeof world.ca_data);
	to_base64(world.client.cert, world.cert_data, sizeof world.cert_data);
	to_base64(world.client.key, world.key_data, sizeof world.key_data);
	snprintf(
		world.key_line, sizeof world.key_line, "%.32s", strchr(world.client.key, '\n') + 1);
	snprintf(world.key_base64, sizeof world.key_base64, "%.32s", world.key_data + 80);
	return 0;
}

static int drop_world(void **state)
{
	(void)state;
	evil_stop(world.e);
	test_proxy_stop(world.proxy);
	plugin_world_close(&world.plugin);
	test_cert_free(&world.ca);
	test_cert_free(&world.client);
	return 0;
}

/* What proves who somebody is, beside the certificate that the server wants of all: the one of
 * the kubeconfig, or that of the plugin. */
enum user { TOKEN, TOKEN_FILE, BASIC, PLUGIN, USERS };

static void add_user(struct orch__buf *out, enum user user)
{
	if (user != PLUGIN)
		orch__buf_addf(out,
			"\"client-certificate-data\":\"%s\",\"client-key-data\":\"%s\",",
			world.cert_data, world.key_data);
	switch (user) {
	case TOKEN:
		orch__buf_addf(out, "\"token\":\"canary-token\"");
		break;
	case TOKEN_FILE:
		orch__buf_addf(out, "\"tokenFile\":\"token\"");
		break;
	case BASIC:
		orch__buf_addf(out, "\"username\":\"u\",\"password\":\"canary-basic\"");
		break;
	case PLUGIN:
		orch__buf_addf(out,
			"\"exec\":{\"apiVersion\":\"" PLUGIN_V1 "\",\"command\":\"./plugin\","
			"\"interactiveMode\":\"Never\",\"env\":[{\"name\":\"X\",\"value\":"
			"\"canary-env\"}]}");
		break;
	case USERS:
		break;
	}
}

/* A kubeconfig in the folder of the plugin. */
static const char *write_config(enum user user)
{
	struct orch__buf b = ORCH__BUF_INIT(1 << 16);

	orch__buf_addf(&b,
		"{\"apiVersion\":\"v1\",\"kind\":\"Config\",\"current-context\":\"c\","
		"\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"%s\","
		"\"certificate-authority-data\":\"%s\","
		"\"proxy-url\":\"http://me:canary-proxy@127.0.0.1:%d\"}}],"
		"\"contexts\":[{\"name\":\"c\",\"context\":{\"cluster\":\"c\",\"user\":\"u\"}}],"
		"\"users\":[{\"name\":\"u\",\"user\":{",
		evil_url(world.e), world.ca_data, test_proxy_port(world.proxy));
	add_user(&b, user);
	orch__buf_addf(&b, "}}]}");
	assert_true(orch__buf_ok(&b));
	plugin_world_write(&world.plugin, "config", b.text);
	orch__buf_dispose(&b);
	assert_int_equal(chmod(plugin_world_path(&world.plugin, "config"), 0600), 0);
	return plugin_world_path(&world.plugin, "config");
}

/* ---- a client ---- */

static char heard[1 << 16]; /* messages, reasons and traces, of one thread */

static void hear(const char *text)
{
	size_t n = strlen(heard);

	snprintf(heard + n, sizeof heard - n, "%s\n", text);
}

static void trace(void *payload, const orch_trace_event *e)
{
	(void)payload;
	hear(e->method);
	hear(e->path);
	hear(e->endpoint);
}

static orch_status use(const char *config, orch_trace_fn *hook)
{
	orch_client_options options = ORCH_CLIENT_OPTIONS_INIT;
	const orch_client_info *info = NULL;
	orch_client *client = NULL;
	orch_status st;

	options.kubeconfig = config;
	options.trace = hook;
	st = orch_client_open("kubernetes://", &options, &client);
	if (st < 0)
		return st;
	st = orch_client_info_get(client, &info);
	if (st == ORCH_OK && hook) {
		hear(info->url);
		hear(info->chosen_by);
		hear(info->endpoint);
	}
	orch_client_info_free(info);
	orch_client_close(client);
	return st;
}

static void must_be_silent(const char *what)
{
	const char *const secrets[] = { "canary", world.key_line, world.key_base64 };

	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
		if (strstr(heard, secrets[i]))
			fail_msg("%s: \"%s\" in: %s", what, secrets[i], heard);
}

/* ---- tests ---- */

/* Not only in the newest: one of a client that gave up may come late. */
static bool has_arrived(const char *header, unsigned from)
{
	bool has = false;

	for (unsigned i = from; !has && i < evil_request_count(world.e); i++) {
		char *raw = evil_raw(world.e, i);

		has = strstr(raw, header) != NULL;
		free(raw);
	}
	return has;
}

static void every_secret_reaches_its_server_and_no_message_or_trace(void **state)
{
	static const char *const arrives[USERS] = { "Authorization: Bearer canary-token\r\n",
		"Authorization: Bearer canary-file\r\n",
		"Authorization: Basic dTpjYW5hcnktYmFzaWM=\r\n",
		"Authorization: Bearer canary-exec\r\n" };

	(void)state;
	heard[0] = '\0';
	for (int user = 0; user < USERS; user++) {
		const char *config = write_config((enum user)user);
		unsigned before = evil_request_count(world.e);

		atomic_store(&world.mode, FINE);
		if (use(config, trace) < 0)
			fail_msg("%s", orch_error_last()->message);
		assert_true(has_arrived(arrives[user], before));
		for (int mode = UNAUTHORIZED; mode <= RESET; mode++) {
			orch_client_options short_of_time = ORCH_CLIENT_OPTIONS_INIT;
			orch_client *client = NULL;
			const orch_client_info *info = NULL;

			atomic_store(&world.mode, mode);
			short_of_time.kubeconfig = config;
			short_of_time.trace = trace;
			short_of_time.timeout_ms = mode == RESET ? 500 : 20000;
			assert_int_equal(orch_client_open("kubernetes://", &short_of_time, &client),
				ORCH_OK);
			assert_true(orch_client_info_get(client, &info) < 0);
			hear(orch_error_last()->message);
			hear(orch_error_last()->reason);
			orch_client_close(client);
		}
	}
	must_be_silent("messages and traces");
}

static void no_memory_is_given_back_with_a_secret_in_it(void **state)
{
	const char *const secrets[] = { "canary", "jYW5hcnkt", world.key_line, world.key_base64,
		NULL };

	(void)state;
	atomic_store(&world.mode, FINE);
	for (int user = 0; user < USERS; user++) {
		const char *config = write_config((enum user)user);

		torture_alloc_install();
		torture_alloc_look_for(secrets);
		if (use(config, NULL) < 0)
			fail_msg("%s", orch_error_last()->message);
		if (torture_alloc_spilled() || torture_alloc_live())
			fail_msg("user %d: %zu blocks spilled, %zu left", user,
				torture_alloc_spilled(), torture_alloc_live());
		torture_alloc_look_for(NULL);
		torture_alloc_remove();
	}
}

/* Files come, go or change their names in none of these lines, but for what the thread
 * sanitizer does. */
static void must_leave_files_alone(char *log)
{
	static const char *const never[] = { "O_CREAT", "O_TMPFILE", "unlink", "rename", "creat(",
		"mkdir", "memfd" };

	for (char *line = log; *line; line += strlen(line) + 1) {
		line[strcspn(line, "\n")] = '\0';
		for (size_t i = 0; i < sizeof never / sizeof *never; i++)
			if (strstr(line, never[i]) && !strstr(line, "/tsan.rodata."))
				fail_msg("%s", line);
	}
}

/* R12, R13 */
static void nothing_is_written_and_nothing_removed(void **state)
{
	const char *config = write_config(TOKEN), *log = plugin_world_path(&world.plugin, "strace");
	char command[8192];

	(void)state;
	atomic_store(&world.mode, FINE);
	snprintf(command, sizeof command,
		"ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e 'trace=?open,openat,?creat,?unlink,"
		"unlinkat,?rename,?renameat,?mkdir,memfd_create' -o '%s' '%s' --child '%s' 2> "
		"'%s.errors'",
		log, self, config, log);
	if (system("strace -o /dev/null true 2> /dev/null") != 0) {
		print_message("# there is no strace, or it may not look\n");
		skip();
	}
	assert_int_equal(system(command), 0);
	{
		char *text = calloc(1, 1 << 22);
		FILE *f = fopen(log, "re");
		size_t n = f ? fread(text, 1, (1 << 22) - 2, f) : 0;

		assert_true(n > 0);
		text[n] = '\0';
		fclose(f);
		assert_non_null(strstr(text, "/config\"")); /* it saw what it should see */
		must_leave_files_alone(text);
		free(text);
	}
}

/* ---- what a core file would have ---- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MEMORY_IS_OWN 0
#elif defined(__has_feature)
#define MEMORY_IS_OWN !(__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define MEMORY_IS_OWN 1
#endif

/* In two parts, so that they are nowhere whole but where a secret is. libcurl gives back without
 * overwriting it what it has sent, and the address of a proxy. */
static const struct needle {
	const char *front, *back, *before, *after;
} needles[] = {
	{ "canary-", "token", "Authorization: Bearer ", NULL },
	{ "canary-", "file", "Authorization: Bearer ", NULL },
	{ "canary-", "exec", "Authorization: Bearer ", NULL },
	{ "dTpjYW5hcnkt", "YmFzaWM", "Authorization: Basic ", NULL },
	{ "canary-", "proxy", NULL, "@127.0.0.1" }, { "canary-", "basic", NULL, NULL },
	{ "canary-", "env", NULL, NULL },
	{ "PRIVATE KEY", "-----\nM", NULL, NULL }, /* its title alone may be left in a register */
	{ "LS0tLS1C", "RUdJTi", NULL, NULL },      /* that in base64 */
};

/* -1: it is not there; 1: it is what libcurl has left. */
static int is_at(const struct needle *n, const char *at)
{
	const size_t front = strlen(n->front), back = strlen(n->back);

	if (memcmp(at, n->front, front) != 0 || memcmp(at + front, n->back, back) != 0)
		return -1;
	if (n->before)
		return memcmp(at - strlen(n->before), n->before, strlen(n->before)) == 0;
	return n->after && memcmp(at + front + back, n->after, strlen(n->after)) == 0;
}

static void count_between(const char *from, const char *to, const struct needle *n, int counts[2])
{
	enum { MARGIN = 64 };

	for (const char *at = from + MARGIN; at < to - MARGIN; at++) {
		int where;

		at = memchr(at, *n->front, (size_t)(to - MARGIN - at));
		if (!at)
			return;
		where = is_at(n, at);
		if (where >= 0)
			counts[where]++;
	}
}

/* In all the writable memory of this process. */
static void count_in_memory(const struct needle *n, int counts[2])
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512], rights[8];
	unsigned long from, to;

	while (maps && fgets(line, sizeof line, maps))
		if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3 &&
			strncmp(rights, "rw", 2) == 0 && !strstr(line, "[v"))
			count_between((const char *)from, (const char *)to, n, counts);
	if (maps)
		fclose(maps);
}

static int be_client(const char *config);

/* A client that is closed, and what is left of it. */
static int leave_remains(const char *config)
{
	int rc = be_client(config);

	for (size_t i = 0; i < sizeof needles / sizeof *needles; i++) {
		int counts[2] = { 0, 0 };

		count_in_memory(&needles[i], counts);
		if (counts[0])
			fprintf(stderr, "%s..%s: %d times\n", needles[i].front, needles[i].back,
				counts[0]);
		if (counts[1])
			printf("# of libcurl: %s..%s: %d times\n", needles[i].front,
				needles[i].back, counts[1]);
		rc |= counts[0] != 0;
	}
	return rc;
}

static void a_client_that_is_closed_leaves_no_secret_in_memory(void **state)
{
	(void)state;
	if (!MEMORY_IS_OWN) {
		print_message("# a sanitizer keeps copies of its own of what was freed\n");
		skip();
	}
	atomic_store(&world.mode, FINE);
	for (int user = 0; user < USERS; user++) {
		char command[8192];

		snprintf(command, sizeof command, "'%s' --memory '%s'", self,
			write_config((enum user)user));
		assert_int_equal(system(command), 0);
	}
}

static int be_client(const char *config)
{
	for (int i = 0; i < 3; i++)
		if (use(config, NULL) < 0) {
			fprintf(stderr, "%s\n", orch_error_last()->message);
			return 1;
		}
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_secret_reaches_its_server_and_no_message_or_trace),
		cmocka_unit_test(no_memory_is_given_back_with_a_secret_in_it),
		cmocka_unit_test(nothing_is_written_and_nothing_removed),
		cmocka_unit_test(a_client_that_is_closed_leaves_no_secret_in_memory),
	};

	if (argc == 3 && strcmp(argv[1], "--child") == 0)
		return be_client(argv[2]);
	if (argc == 3 && strcmp(argv[1], "--memory") == 0)
		return leave_remains(argv[2]);
	if (!realpath(argv[0], self))
		return 1;
	return cmocka_run_group_tests(tests, make_world, drop_world);
}
