/* SPDX-License-Identifier: MIT */
/* An engine behind ssh. This program is its own ssh: run with "dial-stdio" among its words it
 * notes how it was called and passes bytes on to a server of the test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fakes/net_world.h"
#include "util/clock.h"
#include "util/error.h"

static char self[PATH_MAX]; /* not /proc/self/exe: under valgrind that is valgrind */

/* ---- the command ---- */

static void note_call(int argc, char **argv)
{
	FILE *f = fopen(getenv("FAKE_SSH_LOG"), "a");
	DIR *dir = opendir("/proc/self/fd");
	sigset_t blocked;
	int above = 0;

	if (!f || !dir)
		_exit(9);
	for (int i = 1; i < argc; i++)
		fprintf(f, "[%s]", argv[i]);
	for (struct dirent *d; (d = readdir(dir));)
		above += atoi(d->d_name) > 2 && atoi(d->d_name) != dirfd(dir) &&
			atoi(d->d_name) != fileno(f);
	closedir(dir);
	sigprocmask(SIG_BLOCK, NULL, &blocked);
	fprintf(f, " inherited %d, SIGPIPE %s\n", above,
		sigismember(&blocked, SIGPIPE) ? "blocked" : "free");
	fclose(f);
}

/* From one descriptor to the other; false at the end. */
static int pass_on(int from, int to)
{
	char data[4096];
	ssize_t n = read(from, data, sizeof data);

	return n > 0 && write(to, data, (size_t)n) == n;
}

static int bridge(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	if (connect(fd, (struct sockaddr *)&at, sizeof at) < 0)
		return 8;
	for (;;) {
		struct pollfd p[2] = { { 0, POLLIN, 0 }, { fd, POLLIN, 0 } };

		poll(p, 2, -1);
		if ((p[0].revents && !pass_on(0, fd)) || (p[1].revents && !pass_on(fd, 1)))
			return 0;
	}
}

static int be_ssh(int argc, char **argv)
{
	const char *mode = getenv("FAKE_SSH_MODE");

	note_call(argc, argv);
	if (strcmp(mode, "denied") == 0) {
		fputs("me@host: Permission denied (publickey).\r\n\x1b[31m", stderr);
		return 255;
	}
	if (strcmp(mode, "stubborn") == 0) {
		signal(SIGTERM, SIG_IGN);
		for (;;)
			pause();
	}
	return bridge(mode);
}

/* ---- around it ---- */

static char log_name[] = "/tmp/orch-ssh-XXXXXX";

static int make_log(void **state)
{
	int fd = mkstemp(log_name);

	(void)state;
	setenv("FAKE_SSH_LOG", log_name, 1);
	close(fd);
	return 0;
}

static int drop_log(void **state)
{
	(void)state;
	return unlink(log_name);
}

/* What the command noted since the last time. */
static const char *calls(void)
{
	static char text[4096];
	FILE *f = fopen(log_name, "r+");
	size_t n = fread(text, 1, sizeof text - 1, f);

	text[n] = '\0';
	assert_int_equal(ftruncate(fileno(f), 0), 0);
	fclose(f);
	return text;
}

static void no_child_is_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static struct orch__http *dial(const char *mode, struct orch__ssh ssh)
{
	const struct orch__http_config config = { .ssh = &ssh };
	struct orch__http *http = NULL;

	setenv("FAKE_SSH_MODE", mode, 1);
	if (!ssh.program)
		ssh.program = self;
	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	return http;
}

static void many_calls_go_through_one_command(void **state)
{
	struct evil *e =
		evil_start(&(struct evil_options){ .kind = EVIL_UNIX, .handle = net_say_ok });
	struct orch__http *http = dial(
		evil_path(e), (struct orch__ssh){ .user = "me", .host = "host", .port = 2222 });

	(void)state;
	for (int i = 0; i < 100; i++)
		if (net_call(http, "GET", "/x") < 0)
			fail_msg("%s", orch_error_last()->message);
	assert_int_equal(evil_accepts(e), 1);
	orch__http_close(http);
	no_child_is_left();
	assert_string_equal(calls(),
		"[-l][me][-p][2222][-oBatchMode=yes][-oStrictHostKeyChecking=yes]"
		"[-oConnectTimeout=10][-T][--][host][docker][system][dial-stdio]"
		" inherited 0, SIGPIPE free\n");
	evil_stop(e);
}

static void another_socket_is_named_to_the_other_side(void **state)
{
	struct evil *e =
		evil_start(&(struct evil_options){ .kind = EVIL_UNIX, .handle = net_say_ok });
	struct orch__http *http = dial(
		evil_path(e), (struct orch__ssh){ .host = "::1", .socket = "/run/my-docker.sock" });

	(void)state;
	assert_int_equal(net_call(http, "GET", "/x"), ORCH_OK);
	orch__http_close(http);
	assert_string_equal(calls(),
		"[-oBatchMode=yes][-oStrictHostKeyChecking=yes]"
		"[-oConnectTimeout=10][-T][--][::1][docker]"
		"[--host=unix:///run/my-docker.sock][system][dial-stdio]"
		" inherited 0, SIGPIPE free\n");
	evil_stop(e);
}

static void what_ssh_complains_about_is_passed_on(void **state)
{
	struct orch__http *http = dial("denied", (struct orch__ssh){ .host = "host" });

	(void)state;
	assert_int_equal(net_call(http, "GET", "/x"), ORCH_E_NETWORK);
	assert_non_null(strstr(orch_error_last()->message, "GET /x at ssh://host: "));
	assert_non_null(strstr(orch_error_last()->message, "Permission denied (publickey)."));
	assert_null(strchr(orch_error_last()->message, '\x1b'));
	no_child_is_left();
	orch__http_close(http);
	(void)calls();
}

/* It turns vfork into fork, and so nobody learns that the child could not start. */
static bool is_valgrind(void)
{
	const char *preloaded = getenv("LD_PRELOAD");

	return preloaded && strstr(preloaded, "valgrind");
}

static void a_command_that_is_missing_is_named(void **state)
{
	struct orch__http *http =
		dial("x", (struct orch__ssh){ .host = "host", .program = "/no/such/ssh" });

	(void)state;
	assert_int_equal(net_call(http, "POST", "/x"), ORCH_E_NETWORK);
	if (!is_valgrind()) {
		assert_non_null(strstr(orch_error_last()->message,
			"cannot start /no/such/ssh: No such file or directory"));
		assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
	}
	orch__http_close(http);
	no_child_is_left();
}

static void a_command_that_does_not_want_to_end_is_made_to(void **state)
{
	struct orch__http *http = dial("stubborn", (struct orch__ssh){ .host = "host" });
	struct orch__request request = { .method = "GET", .path = "/x" };
	struct orch__response response = { 0 };

	(void)state;
	request.deadline_ms = orch__clock_ms() + 100;
	assert_int_equal(orch__http_perform(http, &request, &response), ORCH_E_TIMEOUT);
	orch__http_close(http);
	no_child_is_left();
	(void)calls();
}

static void answer_and_close(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	net_say_ok(payload, c, r);
	evil_close(c);
}

static void a_command_that_has_ended_is_started_anew(void **state)
{
	struct evil *e =
		evil_start(&(struct evil_options){ .kind = EVIL_UNIX, .handle = answer_and_close });
	struct orch__http *http = dial(evil_path(e), (struct orch__ssh){ .host = "host" });

	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(net_call(http, "GET", "/x"), ORCH_OK);
		assert_int_equal(net_call(http, "POST", "/x"), ORCH_OK);
	}
	assert_int_equal(evil_accepts(e), 10);
	orch__http_close(http);
	no_child_is_left();
	(void)calls();
	evil_stop(e);
}

static void a_child_process_of_ours_leaves_the_command_alone(void **state)
{
	struct evil *e =
		evil_start(&(struct evil_options){ .kind = EVIL_UNIX, .handle = net_say_ok });
	struct orch__http *http = dial(evil_path(e), (struct orch__ssh){ .host = "host" });
	int status = 0;
	pid_t child;

	(void)state;
	assert_int_equal(net_call(http, "GET", "/x"), ORCH_OK);
	child = fork();
	if (child == 0) {
		orch__http_close(http);
		net_leave_child(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(net_call(http, "GET", "/x"), ORCH_OK);
	assert_int_equal(evil_accepts(e), 1);
	orch__http_close(http);
	no_child_is_left();
	(void)calls();
	evil_stop(e);
}

static void nothing_but_a_host_becomes_a_word_of_the_command(void **state)
{
	static const struct orch__ssh bad[] = {
		{ .host = NULL },
		{ .host = "" },
		{ .host = "-oProxyCommand=touch x" },
		{ .host = "-host" },
		{ .host = "a b" },
		{ .host = "a;b" },
		{ .host = "a\nb" },
		{ .host = "$(x)" },
		{ .host = "`x`" },
		{ .host = "a%0ab" },
		{ .host = "a/b" },
		{ .host = "user@host" },
		{ .host = "[::1]" },
		{ .host = "::1;x" },
		{ .host = "\xC3\xA4" },
		{ .host = "h", .user = "" },
		{ .host = "h", .user = "-oProxyCommand=x" },
		{ .host = "h", .user = "a b" },
		{ .host = "h", .user = "a:b" },
		{ .host = "h", .user = "a'b" },
		{ .host = "h", .user = "a\"b" },
		{ .host = "h", .user = "a\\b" },
		{ .host = "h", .user = "a@b" },
		{ .host = "h", .port = -1 },
		{ .host = "h", .port = 65536 },
		{ .host = "h", .socket = "" },
		{ .host = "h", .socket = "relative" },
		{ .host = "h", .socket = "/a b" },
		{ .host = "h", .socket = "/a;b" },
		{ .host = "h", .socket = "/$(x)" },
		{ .host = "h", .socket = "/a'b" },
		{ .host = "h", .socket = "/a\nb" },
		{ .host = "h", .socket = "/a&b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct orch__http_config config = { .ssh = &bad[i] };
		struct orch__http *untouched = NULL;

		if (orch__http_open(&config, &untouched) != ORCH_E_INVALID)
			fail_msg("row %zu was taken", i);
		assert_null(untouched);
	}
	assert_string_equal(calls(), "");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_calls_go_through_one_command),
		cmocka_unit_test(another_socket_is_named_to_the_other_side),
		cmocka_unit_test(what_ssh_complains_about_is_passed_on),
		cmocka_unit_test(a_command_that_is_missing_is_named),
		cmocka_unit_test(a_command_that_does_not_want_to_end_is_made_to),
		cmocka_unit_test(a_command_that_has_ended_is_started_anew),
		cmocka_unit_test(a_child_process_of_ours_leaves_the_command_alone),
		cmocka_unit_test(nothing_but_a_host_becomes_a_word_of_the_command),
	};

	if (argc > 1 && strcmp(argv[argc - 1], "dial-stdio") == 0)
		return be_ssh(argc, argv);
	if (!realpath(argv[0], self))
		return 1;
	return cmocka_run_group_tests(tests, make_log, drop_log);
}
