/* SPDX-License-Identifier: MIT */
/* The process around liborch stays as it was: environment, descriptors, signals, children. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fakes/net_world.h"
#include "util/clock.h"
#include "util/error.h"

/* ---- environment ---- */

static struct evil *proxy; /* named by every variable that libcurl knows */
static char home[] = "/tmp/orch-home-XXXXXX", key_log[64];

static void write_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", home, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* Before libcurl starts. */
static int set_environment(void **state)
{
	static const char *const variables[] = { "http_proxy", "https_proxy", "HTTPS_PROXY",
		"all_proxy", "ALL_PROXY" };

	(void)state;
	proxy = evil_start(&(struct evil_options){ .handle = net_say_ok });
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		setenv(variables[i], evil_url(proxy), 1);
	assert_non_null(mkdtemp(home));
	setenv("HOME", home, 1);
	setenv("CURL_HOME", home, 1);
	write_file(".netrc",
		"machine 127.0.0.1 login canary password canary\n"
		"default login canary password canary\n");
	write_file(".curlrc", "user = canary:canary\nheader = \"X: canary\"\n");
	snprintf(key_log, sizeof key_log, "%s/keys", home);
	setenv("SSLKEYLOGFILE", key_log, 1);
	return 0;
}

static int forget_environment(void **state)
{
	char command[128];

	(void)state;
	evil_stop(proxy);
	snprintf(command, sizeof command, "rm -r %s", home);
	return system(command);
}

static void the_environment_neither_redirects_nor_logs_nor_logs_in(void **state)
{
	static const enum evil_kind kinds[] = { EVIL_TCP, EVIL_TLS, EVIL_UNIX };
	struct stat st;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct net_world w = net_world_open(kinds[i], net_say_ok);
		char *raw;

		assert_int_equal(net_call(w.http, "GET", "/x"), ORCH_OK);
		raw = evil_raw(w.e, 0);
		assert_null(strstr(raw, "Authorization"));
		assert_null(strstr(raw, "canary"));
		free(raw);
		net_world_close(&w);
	}
	assert_int_equal(evil_accepts(proxy), 0);
	if (stat(key_log, &st) == 0)
		assert_int_equal(st.st_size, 0);
}

static void a_proxy_that_is_configured_is_used_whatever_no_proxy_says(void **state)
{
	const struct orch__http_config config = { .url = "http://127.0.0.1:9",
		.proxy = evil_url(proxy) };
	struct orch__http *http = NULL;
	char *raw;

	(void)state;
	setenv("no_proxy", "*", 1);
	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	assert_int_equal(net_call(http, "GET", "/x"), ORCH_OK);
	raw = evil_raw(proxy, 0);
	assert_ptr_equal(strstr(raw, "GET http://127.0.0.1:9/x HTTP/1.1\r\n"), raw);
	free(raw);
	orch__http_close(http);
	unsetenv("no_proxy");
}

static void play_proxy(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)r;
	evil_say(c, payload);
	evil_close(c);
}

/* A POST through a proxy that answers CONNECT with these words and goes away. */
static orch_status post_through(char *words)
{
	struct evil *e =
		evil_start(&(struct evil_options){ .handle = play_proxy, .payload = words });
	const struct orch__http_config config = { .url = "https://127.0.0.1:9",
		.proxy = evil_url(e) };
	struct orch__http *http = NULL;
	orch_status st;

	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	st = net_call(http, "POST", "/x");
	orch__http_close(http);
	evil_stop(e);
	return st;
}

static void what_a_proxy_says_is_not_taken_for_the_servers_answer(void **state)
{
	static char welcome[] = "HTTP/1.1 200 Connected\r\nContent-Length: 0\r\n\r\n";
	static char refusal[] = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n";

	(void)state;
	assert_int_equal(post_through(welcome), ORCH_E_NETWORK);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
	assert_int_equal(orch_error_last()->http_status, 0);
	assert_int_equal(post_through(refusal), ORCH_E_NETWORK);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
	assert_non_null(strstr(orch_error_last()->message, "403"));
}

/* ---- redirects ---- */

static void redirect(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	char text[256];

	snprintf(text, sizeof text,
		"HTTP/1.1 %s X\r\nLocation: %s/stolen\r\nContent-Length: 0\r\n\r\n", r->target + 1,
		(const char *)payload);
	evil_say(c, text);
}

static void redirects_are_not_followed_and_take_no_credential_along(void **state)
{
	static const char *const codes[] = { "/301", "/302", "/303", "/307", "/308" };
	struct evil *other = evil_start(&(struct evil_options){ .handle = net_say_ok });
	char to[160];
	struct evil *e = evil_start(&(struct evil_options){ .handle = redirect, .payload = to });
	const orch_kv token = { "Authorization", "Bearer canary" };
	const struct orch__http_config config = {
		.url = evil_url(e), .headers = &token, .header_count = 1
	};
	struct orch__http *http = NULL;
	const char *const targets[] = { evil_url(other), evil_url(e), "file:///etc", "" };

	(void)state;
	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	for (size_t i = 0; i < 4; i++) {
		snprintf(to, sizeof to, "%s", targets[i]);
		for (size_t k = 0; k < 5; k++) {
			assert_int_equal(net_call(http, "GET", codes[k]), ORCH_E_PROTOCOL);
			assert_int_equal(net_call(http, "POST", codes[k]), ORCH_E_PROTOCOL);
			assert_non_null(strstr(orch_error_last()->message, "never followed"));
		}
	}
	assert_int_equal(evil_accepts(other), 0);
	assert_int_equal(evil_request_count(e), 40);
	orch__http_close(http);
	evil_stop(e);
	evil_stop(other);
}

/* ---- descriptors ---- */

/* How many descriptors above 2 there are; `loose`: without close-on-exec. */
static int count_descriptors(int *loose)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	*loose = 0;
	assert_non_null(dir);
	for (struct dirent *d; (d = readdir(dir));) {
		int fd = atoi(d->d_name);

		if (d->d_name[0] == '.' || fd <= 2 || fd == dirfd(dir))
			continue;
		n++;
		*loose += !(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	}
	closedir(dir);
	return n;
}

/* In each kind of connection libcurl's wake-up pair is all that a child would inherit. */
static void sockets_are_closed_on_exec_and_at_the_end(void **state)
{
	static const enum evil_kind kinds[] = { EVIL_TCP, EVIL_TLS, EVIL_UNIX };
	enum { WAKE_UP_PAIR = 2 };
	int before, loose_before, loose;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct net_world w = { evil_start(&(struct evil_options){
					       .kind = kinds[i], .handle = net_say_ok }),
			NULL };

		w.http = net_connect(w.e);
		before = count_descriptors(&loose_before);
		for (int k = 0; k < 20; k++)
			assert_int_equal(net_call(w.http, "GET", "/x"), ORCH_OK);
		assert_true(count_descriptors(&loose) > before);
		assert_in_range(loose - loose_before, 0, WAKE_UP_PAIR);
		orch__http_close(w.http);
		evil_stop(w.e);
		assert_in_range(count_descriptors(&loose), 0, before);
		assert_int_equal(loose, loose_before);
	}
}

static int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof value;

	assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

/* Our end of the connection to that port; -1: there is none. */
static int find_socket(int port)
{
	struct sockaddr_in at = { 0 };

	for (int fd = 3; fd < 256; fd++) {
		socklen_t len = sizeof at;

		if (getpeername(fd, (struct sockaddr *)&at, &len) == 0 &&
			at.sin_family == AF_INET && ntohs(at.sin_port) == port)
			return fd;
	}
	return -1;
}

static void a_peer_that_vanishes_is_noticed_within_12_seconds(void **state)
{
	static const enum evil_kind kinds[] = { EVIL_TCP, EVIL_TLS };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct net_world w = net_world_open(kinds[i], net_say_ok);
		int fd;

		assert_int_equal(net_call(w.http, "GET", "/x"), ORCH_OK);
		fd = find_socket(evil_port(w.e));
		assert_true(fd >= 0);
		assert_int_equal(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
		assert_int_equal(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 5);
		assert_int_equal(option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 3);
		assert_int_equal(option(fd, IPPROTO_TCP, TCP_KEEPCNT), 3);
		assert_int_equal(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 10000);
		net_world_close(&w);
	}
}

/* ---- signals ---- */

static atomic_int pipes;

static void count_pipe(int number)
{
	(void)number;
	atomic_fetch_add(&pipes, 1);
}

static void reset_at_once(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	(void)r;
	evil_reset(c);
}

static void answer_and_reset(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	(void)r;
	evil_reply(c, 200, "{}");
	evil_reset(c);
}

static void no_sigpipe_reaches_the_program(void **state)
{
	static const enum evil_kind kinds[] = { EVIL_TCP, EVIL_TLS, EVIL_UNIX };
	enum { BODY = 1 << 20, ROUNDS = 30 };
	struct sigaction count = { .sa_handler = count_pipe }, before, after;
	char *body = calloc(1, BODY);
	sigset_t mask_before, mask_after;

	(void)state;
	sigaction(SIGPIPE, &count, &before);
	pthread_sigmask(SIG_SETMASK, NULL, &mask_before);
	for (size_t i = 0; i < 3; i++) {
		struct net_world upload = net_world_open(kinds[i], reset_at_once);
		struct net_world idle = net_world_open(kinds[i], answer_and_reset);
		const struct orch__request request = {
			.method = "POST", .path = "/x", .body = body, .body_len = BODY
		};
		struct orch__response response = { 0 };

		for (int k = 0; k < ROUNDS; k++) {
			assert_true(orch__http_perform(upload.http, &request, &response) < 0);
			(void)!net_call(idle.http, "GET", "/x");
		}
		net_world_close(&upload);
		net_world_close(&idle);
	}
	assert_int_equal(atomic_load(&pipes), 0);
	sigaction(SIGPIPE, &before, &after);
	assert_ptr_equal(after.sa_handler, count_pipe);
	pthread_sigmask(SIG_SETMASK, NULL, &mask_after);
	for (int i = 1; i < 32; i++)
		assert_int_equal(sigismember(&mask_before, i), sigismember(&mask_after, i));
	free(body);
}

static void nothing(int number)
{
	(void)number;
}

/* About one signal per call, whatever a call takes here: under valgrind it is long. */
static long storm_us(const struct net_world *w)
{
	enum { CALLS = 20 };
	int64_t from = orch__clock_ms();

	for (int i = 0; i < CALLS; i++)
		assert_int_equal(net_call(w->http, "GET", "/x"), ORCH_OK);
	return 1000 + (long)(orch__clock_ms() - from) * 1000 / CALLS;
}

static void signals_that_interrupt_do_no_harm(void **state)
{
	struct sigaction ignore = { .sa_handler = nothing };
	struct net_world w = net_world_open(EVIL_TCP, net_say_ok);
	struct timeval every = { 0, storm_us(&w) };
	struct itimerval storm = { every, every }, calm = { { 0, 0 }, { 0, 0 } };

	(void)state;
	/* Without SA_RESTART. It stays: a last signal may come late, and would end the program. */
	sigaction(SIGALRM, &ignore, NULL);
	setitimer(ITIMER_REAL, &storm, NULL);
	for (int i = 0; i < 2000; i++)
		if (net_call(w.http, "GET", "/x") < 0)
			fail_msg("%s", orch_error_last()->message);
	setitimer(ITIMER_REAL, &calm, NULL);
	net_world_close(&w);
}

/* ---- fork ---- */

static void slow_answer(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	if (strcmp(r->target, "/slow") == 0) {
		evil_say(c, NET_OK_HEAD "Content-Length: 4\r\n\r\nab");
		if (!evil_pause(c, 300))
			return;
		evil_say(c, "cd");
	} else {
		evil_reply(c, 200, "{}");
	}
}

/* What the child may do with what it inherited; its exit code says what went wrong. */
static int in_child(struct orch__http *http, struct orch__transfer *t)
{
	struct orch__chunk chunk;

	if (net_call(http, "GET", "/x") != ORCH_E_FORKED)
		return 1;
	if (orch_error_last()->message[0] == '\0')
		return 2;
	if (t && orch__transfer_read(t, 10, &chunk) != ORCH_E_FORKED)
		return 3;
	orch__transfer_close(t);
	orch__http_close(http);
	return 0;
}

static void fork_now(struct orch__http *http, struct orch__transfer *t)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		net_leave_child(in_child(http, t));
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_child_process_lets_the_parents_connections_be(void **state)
{
	static const enum evil_kind kinds[] = { EVIL_TCP, EVIL_TLS, EVIL_UNIX };
	const struct orch__request request = {
		.method = "GET", .path = "/slow", .is_stream = true
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct net_world w = net_world_open(kinds[i], slow_answer);
		struct orch__transfer *t = NULL;
		const struct orch__head *head;
		struct orch__chunk chunk;
		size_t got = 0;

		assert_int_equal(net_call(w.http, "GET", "/x"), ORCH_OK);
		fork_now(w.http, NULL);
		assert_int_equal(net_call(w.http, "GET", "/x"), ORCH_OK);
		assert_int_equal(orch__transfer_open(w.http, &request, &t), ORCH_OK);
		assert_int_equal(orch__transfer_wait_head(t, &head), ORCH_OK);
		fork_now(w.http, t);
		do {
			assert_int_equal(orch__transfer_read(t, 10000, &chunk), ORCH_OK);
			got += chunk.len;
		} while (!chunk.is_end);
		assert_int_equal(got, 4);
		orch__transfer_close(t);
		assert_int_equal(net_call(w.http, "GET", "/x"), ORCH_OK);
		assert_int_equal(evil_accepts(w.e), 1);
		net_world_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_environment_neither_redirects_nor_logs_nor_logs_in),
		cmocka_unit_test(a_proxy_that_is_configured_is_used_whatever_no_proxy_says),
		cmocka_unit_test(what_a_proxy_says_is_not_taken_for_the_servers_answer),
		cmocka_unit_test(redirects_are_not_followed_and_take_no_credential_along),
		cmocka_unit_test(sockets_are_closed_on_exec_and_at_the_end),
		cmocka_unit_test(a_peer_that_vanishes_is_noticed_within_12_seconds),
		cmocka_unit_test(no_sigpipe_reaches_the_program),
		cmocka_unit_test(signals_that_interrupt_do_no_harm),
		cmocka_unit_test(a_child_process_lets_the_parents_connections_be),
	};

	return cmocka_run_group_tests(tests, set_environment, forget_environment);
}
