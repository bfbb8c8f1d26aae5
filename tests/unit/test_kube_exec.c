/* SPDX-License-Identifier: MIT */
/* Plugins that print a credential: what they are told, what they may do, what is taken of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "backend/kubernetes/exec.h"
#include "json/json.h"
#include "support/plugin_world.h"
#include "torture/alloc.h"
#include "util/clock.h"
#include "util/error.h"

enum { LONG_MS = 60000 };

#define ANSWER(version_, status_)                                                                  \
	"echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" version_ "\"" status_ "}'\n"

static struct kube_exec_call call_of(const struct plugin_world *w)
{
	return (struct kube_exec_call){ .config = &w->config,
		.policy = ORCH_EXEC_DEFAULT,
		.patience_ms = LONG_MS,
		.deadline_ms = orch__clock_ms() + LONG_MS };
}

static void no_child_is_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* Runs the plugin; the token it printed, or "" after a failure, for which `st` is told. */
static const char *run(const struct kube_exec_call *call, orch_status *st)
{
	static char token[256];
	struct kube_issued issued = { 0 };

	token[0] = '\0';
	*st = kube_exec_run(call, &issued);
	if (*st == ORCH_OK && issued.token)
		snprintf(token, sizeof token, "%s", issued.token);
	kube_issued_dispose(&issued);
	no_child_is_left();
	return token;
}

static void must_run(const struct kube_exec_call *call)
{
	orch_status st;
	const char *token = run(call, &st);

	if (st < 0)
		fail_msg("%s", orch_error_last()->message);
	assert_string_equal(token, "canary-exec");
}

static void must_fail(const struct kube_exec_call *call, orch_status want, const char *says)
{
	orch_status st;

	(void)run(call, &st);
	if (st != want || !strstr(orch_error_last()->message, says))
		fail_msg("not \"%s\" but %s: %s", says, orch_status_name(st),
			orch_error_last()->message);
	assert_null(strstr(orch_error_last()->message, "canary"));
}

/* One run of a plugin of this body. */
static void body_must_fail(const char *body, orch_status want, const char *says)
{
	struct plugin_world w;
	struct kube_exec_call call;

	plugin_world_open(&w, body);
	call = call_of(&w);
	must_fail(&call, want, says);
	plugin_world_close(&w);
}

/* ---- how it is started ---- */

/* R9 */
static void arguments_arrive_byte_by_byte_and_no_shell_sees_them(void **state)
{
	static const char *const args[] = { "x; echo INJECTED > injected", "$(touch injected)",
		"`touch injected`", "'\"", "two\nlines", "", "-", "*", "\xff\x01" };
	enum { COUNT = sizeof args / sizeof *args };
	struct plugin_world w;
	struct kube_exec_call call;

	(void)state;
	plugin_world_open(&w, "for a; do printf '%s|' \"$a\"; done > args\n" PLUGIN_TOKEN);
	w.exec.args = (orch_string_list){ args, COUNT };
	call = call_of(&w);
	must_run(&call);
	assert_string_equal(plugin_world_read(&w, "args"),
		"x; echo INJECTED > injected|$(touch injected)|`touch "
		"injected`|'\"|two\nlines||-|*|"
		"\xff\x01|");
	assert_int_equal(access(plugin_world_path(&w, "injected"), F_OK), -1);
	plugin_world_close(&w);
}

/* R10 */
static void a_command_without_slash_is_looked_up_in_path(void **state)
{
	const char *before = getenv("PATH");
	char *keep = strdup(before), path[4096], folder[] = "/";
	struct plugin_world w;
	struct kube_exec_call call;

	(void)state;
	plugin_world_open(&w, PLUGIN_TOKEN);
	w.exec.command = "plugin";
	call = call_of(&w);
	must_fail(&call, ORCH_E_AUTH, "exec: executable plugin not found");
	snprintf(path, sizeof path, ":.:/nowhere:%s:%s", w.folder, keep);
	setenv("PATH", path, 1);
	must_run(&call);
	/* what lies in the working folder is anybody's */
	snprintf(path, sizeof path, ":.:%s", folder);
	setenv("PATH", path, 1);
	must_fail(&call, ORCH_E_AUTH, "not found");
	setenv("PATH", keep, 1);
	free(keep);
	plugin_world_close(&w);
}

/* R10 */
static void the_environment_of_the_program_stays_as_it_is(void **state)
{
	static const orch_kv env[] = { { "HOME", "/other" }, { "NEW", "canary" } };
	extern char **environ;
	struct plugin_world w;
	struct kube_exec_call call;
	size_t count = 0;

	(void)state;
	setenv("KUBERNETES_EXEC_INFO", "old", 1);
	setenv("HOME", "/own", 1);
	while (environ[count])
		count++;
	plugin_world_open(&w,
		"echo \"$HOME $NEW $PATH\" > seen\n"
		"env | grep -c ^HOME= >> seen\n"
		"env | grep -c ^KUBERNETES_EXEC_INFO= >> seen\n" PLUGIN_TOKEN);
	w.exec.env = (orch_kv_list){ env, 2 };
	call = call_of(&w);
	must_run(&call);
	{
		char want[4200];

		snprintf(want, sizeof want, "/other canary %s\n1\n1\n", getenv("PATH"));
		assert_string_equal(plugin_world_read(&w, "seen"), want);
	}
	assert_string_equal(getenv("KUBERNETES_EXEC_INFO"), "old");
	assert_string_equal(getenv("HOME"), "/own");
	assert_null(getenv("NEW"));
	for (size_t i = 0; i < count; i++)
		assert_non_null(environ[i]);
	assert_null(environ[count]);
	unsetenv("KUBERNETES_EXEC_INFO");
	plugin_world_close(&w);
}

static const char *told(struct plugin_world *w, const char *ca)
{
	struct kube_exec_call call = call_of(w);

	call.ca = ca;
	must_run(&call);
	return plugin_world_read(w, "info");
}

static void it_is_told_what_client_authentication_says(void **state)
{
	struct plugin_world w;

	(void)state;
	plugin_world_open(&w, "printf %s \"$KUBERNETES_EXEC_INFO\" > info\n" PLUGIN_TOKEN);
	assert_string_equal(told(&w, "CA"),
		"{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
		"\"spec\":{\"interactive\":false}}");
	w.exec.wants_cluster = true;
	assert_string_equal(told(&w, NULL),
		"{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
		"\"spec\":{\"cluster\":{\"server\":\"https://h:6443\",\"config\":null},"
		"\"interactive\":false}}");
	w.config.tls_server_name = "name";
	w.config.is_insecure = w.config.no_compression = true;
	w.config.proxy = "http://proxy:1";
	w.exec.config = "{\"a\": [1, \"x\"]}";
	assert_string_equal(told(&w, "foo"),
		"{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
		"\"spec\":{\"cluster\":{\"server\":\"https://h:6443\",\"tls-server-name\":\"name\","
		"\"insecure-skip-tls-verify\":true,\"certificate-authority-data\":\"Zm9v\","
		"\"proxy-url\":\"http://proxy:1\",\"disable-compression\":true,"
		"\"config\":{\"a\": [1, \"x\"]}},\"interactive\":false}}");
	plugin_world_close(&w);
}

/* Only 0 to 2, whatever this program has open. */
static void it_inherits_no_descriptor(void **state)
{
	int loose = open("/dev/null", O_RDONLY); /* not closed on exec */
	struct plugin_world w;
	struct kube_exec_call call;

	(void)state;
	plugin_world_open(&w,
		"readlink /proc/self/fd/0 > seen\n"
		"for n in 3 4 5 6 7 8 9; do test -e /proc/$$/fd/$n && "
		"readlink /proc/$$/fd/$n | grep -v /plugin; done >> seen\n" PLUGIN_TOKEN);
	call = call_of(&w);
	must_run(&call);
	assert_string_equal(plugin_world_read(&w, "seen"), "/dev/null\n");
	close(loose);
	plugin_world_close(&w);
}

static void what_it_says_on_standard_error_is_passed_on(void **state)
{
	struct plugin_world w;
	struct kube_exec_call call;
	int keep = dup(2), file;

	(void)state;
	plugin_world_open(&w, "echo hello >&2\n" PLUGIN_TOKEN);
	file = open(plugin_world_path(&w, "errors"), O_CREAT | O_WRONLY, 0600);
	dup2(file, 2);
	call = call_of(&w);
	must_run(&call);
	dup2(keep, 2);
	close(keep);
	close(file);
	assert_string_equal(plugin_world_read(&w, "errors"), "hello\n");
	plugin_world_close(&w);
}

static void one_that_wants_standard_input_is_not_run(void **state)
{
	struct plugin_world w;
	struct kube_exec_call call;

	(void)state;
	plugin_world_open(&w, PLUGIN_TOKEN);
	call = call_of(&w);
	call.policy = ORCH_EXEC_ALLOW;
	w.exec.interactive = "Always";
	must_fail(&call, ORCH_E_DENIED, "standard input");
	assert_int_equal(plugin_world_runs(&w), 0);
	w.exec.interactive = "Never";
	must_run(&call);
	plugin_world_close(&w);
}

static void a_hint_how_to_install_it_is_cleaned_and_shown(void **state)
{
	struct plugin_world w;
	struct kube_exec_call call;

	(void)state;
	plugin_world_open(&w, "");
	w.exec.command = "/nowhere/tool";
	w.exec.install_hint = "Install it:\n\x1b[31m  apt install tool\r\n";
	call = call_of(&w);
	must_fail(&call, ORCH_E_AUTH,
		"exec: executable /nowhere/tool not found; Install it: ?[31m  apt install tool");
	assert_null(strpbrk(orch_error_last()->message, "\x1b\n\r"));
	plugin_world_close(&w);
}

/* ---- whether it may run ---- */

static void policies_decide_what_is_run(void **state)
{
	struct plugin_world w;
	struct kube_exec_call call;

	(void)state;
	plugin_world_open(&w, PLUGIN_TOKEN);
	call = call_of(&w);
	must_run(&call);
	w.exec.is_trusted = false;
	must_fail(&call, ORCH_E_DENIED, "exec_policy can allow it");
	call.policy = ORCH_UNSET;
	must_fail(&call, ORCH_E_DENIED, "exec_policy can allow it");
	call.policy = ORCH_EXEC_ALLOW;
	must_run(&call);
	w.exec.is_trusted = true;
	call.policy = ORCH_EXEC_DENY;
	must_fail(&call, ORCH_E_DENIED, "exec_policy forbids it");
	assert_int_equal(plugin_world_runs(&w), 2);
	plugin_world_close(&w);
}

static void a_list_compares_what_would_be_run(void **state)
{
	struct plugin_world w;
	struct kube_exec_call call;
	char link[128];
	const char *allowed[] = { "/nowhere/other" };

	(void)state;
	plugin_world_open(&w, PLUGIN_TOKEN);
	call = call_of(&w);
	call.policy = ORCH_EXEC_ALLOWLIST;
	must_fail(&call, ORCH_E_DENIED, "exec_allowed does not list it");
	call.allowed = (orch_string_list){ allowed, 1 };
	must_fail(&call, ORCH_E_DENIED, "exec_allowed does not list it");
	snprintf(link, sizeof link, "%s/link", w.folder);
	assert_int_equal(symlink(w.command, link), 0);
	allowed[0] = link;
	must_run(&call);
	allowed[0] = w.command;
	must_run(&call);
	assert_int_equal(chmod(w.command, 0702 | 0707), 0);
	must_fail(&call, ORCH_E_DENIED, "others may write");
	assert_int_equal(chmod(w.command, 0700), 0);
	assert_int_equal(chmod(w.folder, 0707), 0);
	must_fail(&call, ORCH_E_DENIED, "others may write");
	assert_int_equal(chmod(w.folder, 0700), 0);
	must_run(&call);
	plugin_world_close(&w);
}

/* ---- what it prints ---- */

static void both_versions_are_understood_and_must_be_the_one_asked_for(void **state)
{
	struct plugin_world w;
	struct kube_exec_call call;

	(void)state;
	plugin_world_open(&w, PLUGIN_TOKEN);
	call = call_of(&w);
	must_run(&call);
	w.exec.api_version = PLUGIN_V1BETA1;
	must_fail(&call, ORCH_E_AUTH, "another apiVersion than " PLUGIN_V1BETA1);
	plugin_world_script(&w, ANSWER(PLUGIN_V1BETA1, ",\"status\":{\"token\":\"canary-exec\"}"));
	must_run(&call);
	w.exec.api_version = PLUGIN_V1;
	must_fail(&call, ORCH_E_AUTH, "another apiVersion than " PLUGIN_V1);
	plugin_world_close(&w);
}

static void an_answer_must_be_whole(void **state)
{
	static const struct {
		const char *status, *says;
	} rows[] = {
		{ "", "has no status" },
		{ ",\"status\":null", "has no status" },
		{ ",\"status\":{}", "neither a token nor a certificate" },
		{ ",\"status\":{\"token\":\"\"}", "neither a token nor a certificate" },
		{ ",\"status\":{\"clientCertificateData\":\"-----BEGIN canary\"}",
			"without its key" },
		{ ",\"status\":{\"clientKeyData\":\"-----BEGIN canary\"}",
			"without its certificate" },
		{ ",\"status\":{\"clientCertificateData\":\"canary\",\"clientKeyData\":\"canary\"}",
			"no PEM text" },
		{ ",\"status\":{\"token\":17}", "status.token" },
		{ ",\"status\":{\"token\":\"a\",\"expirationTimestamp\":\"canary\"}",
			"expirationTimestamp" },
	};
	char body[512];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		snprintf(body, sizeof body, ANSWER(PLUGIN_V1, "%s"), rows[i].status);
		body_must_fail(body, ORCH_E_AUTH, rows[i].says);
	}
	body_must_fail("", ORCH_E_AUTH, "its answer");
	body_must_fail("echo canary\n", ORCH_E_AUTH, "its answer");
	body_must_fail("echo '{\"kind\":\"Pod\"}'\n", ORCH_E_AUTH, "kind ExecCredential");
	body_must_fail(PLUGIN_TOKEN "echo canary\n", ORCH_E_AUTH, "its answer");
}

/* T13 of tokens */
static void a_token_never_becomes_a_second_header(void **state)
{
	static const char *const tokens[] = { "canary\\r\\nX: y", "canary\\n", "can ary canary",
		"canary\\u0001", "canary\\u00e9", "canary\\u007f" };
	char body[512];

	(void)state;
	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
		snprintf(body, sizeof body,
			"cat <<'E'\n{\"kind\":\"ExecCredential\",\"apiVersion\":\"" PLUGIN_V1
			"\",\"status\":{\"token\":\"%s\"}}\nE\n",
			tokens[i]);
		body_must_fail(body, ORCH_E_INVALID, "bytes that no token has");
	}
}

static void certificates_and_times_are_taken_as_they_are(void **state)
{
	struct kube_issued issued = { 0 };
	struct plugin_world w;
	struct kube_exec_call call;

	(void)state;
	plugin_world_open(&w,
		"cat <<'E'\n{\"apiVersion\":\"" PLUGIN_V1
		"\",\"more\":[1],\"kind\":\"ExecCredential\","
		"\"status\":{\"clientCertificateData\":\"-----BEGIN A\\nx\\n\","
		"\"expirationTimestamp\":\"2026-11-25T10:47:04Z\","
		"\"clientKeyData\":\"-----BEGIN B\\ny\\n\"}}\nE\n");
	call = call_of(&w);
	assert_int_equal(kube_exec_run(&call, &issued), ORCH_OK);
	assert_null(issued.token);
	assert_string_equal(issued.cert, "-----BEGIN A\nx\n");
	assert_string_equal(issued.key, "-----BEGIN B\ny\n");
	assert_int_equal(issued.expires_ms, 1795603624000);
	kube_issued_dispose(&issued);
	plugin_world_close(&w);
}

/* R10: not 4 KiB */
static void a_long_answer_is_read_whole_and_an_endless_one_is_not(void **state)
{
	(void)state;
	{
		struct plugin_world w;
		struct kube_exec_call call;

		plugin_world_open(&w, PLUGIN_TOKEN "head -c 1000000 /dev/zero | tr '\\0' ' '\n");
		call = call_of(&w);
		must_run(&call);
		plugin_world_close(&w);
	}
	body_must_fail(PLUGIN_TOKEN "head -c 1100000 /dev/zero | tr '\\0' ' '\n", ORCH_E_AUTH,
		"prints more than 1048576 bytes");
	body_must_fail("exec cat /dev/zero\n", ORCH_E_AUTH, "prints more than 1048576 bytes");
}

/* ---- how it ends ---- */

static void a_plugin_that_fails_is_named_with_its_exit_code(void **state)
{
	(void)state;
	body_must_fail(PLUGIN_TOKEN "exit 3\n", ORCH_E_AUTH, "/plugin failed with exit code 3");
	body_must_fail(PLUGIN_TOKEN "kill -9 $$\n", ORCH_E_AUTH, "was ended by signal 9");
}

static void one_that_hangs_is_ended_with_all_it_has_started(void **state)
{
	struct plugin_world w;
	struct kube_exec_call call;
	int64_t began;
	pid_t grandchild;

	(void)state;
	plugin_world_open(&w,
		"trap '' TERM\n(trap '' TERM; echo $$ > other; exec sleep 1000) &\n"
		"echo $! > other\nsleep 1000\n");
	call = call_of(&w);
	call.patience_ms = 500;
	began = orch__clock_ms();
	must_fail(&call, ORCH_E_TIMEOUT, "was not done within 0 s");
	assert_in_range(orch__clock_ms() - began, 500, 20000);
	grandchild = (pid_t)atoi(plugin_world_read(&w, "other"));
	assert_true(grandchild > 1);
	for (int i = 0; i < 10000 && kill(grandchild, 0) == 0; i++) { /* its new parent reaps it */
		char path[64], line[256] = "";
		FILE *f;

		snprintf(path, sizeof path, "/proc/%d/stat", (int)grandchild);
		f = fopen(path, "r");
		if (!f || !fgets(line, sizeof line, f) || strstr(line, ") Z")) {
			if (f)
				fclose(f);
			break;
		}
		fclose(f);
		orch__clock_sleep(1);
		assert_int_not_equal(i, 9999);
	}
	call = call_of(&w);
	call.deadline_ms = orch__clock_ms() + 300;
	must_fail(&call, ORCH_E_TIMEOUT, "when the deadline came");
	plugin_world_close(&w);
}

static void *cancel_soon(void *payload)
{
	const struct plugin_world *w = payload;

	while (access(plugin_world_path(w, "started"), F_OK) < 0)
		orch__clock_sleep(5);
	return NULL;
}

struct canceller {
	struct plugin_world *w;
	struct orch__cancel cancel;
};

static void *fire(void *payload)
{
	struct canceller *c = payload;

	cancel_soon(c->w);
	orch__cancel_fire(&c->cancel);
	return NULL;
}

static void a_cancel_ends_it(void **state)
{
	struct plugin_world w;
	struct canceller c = { .w = &w };
	struct kube_exec_call call;
	pthread_t thread;
	int64_t began = orch__clock_ms();

	(void)state;
	plugin_world_open(&w, "touch started\nexec sleep 1000\n");
	call = call_of(&w);
	call.cancel = orch__cancel_watch(&c.cancel);
	assert_int_equal(pthread_create(&thread, NULL, fire, &c), 0);
	must_fail(&call, ORCH_E_CANCELLED, "cancelled while executable");
	pthread_join(thread, NULL);
	assert_in_range(orch__clock_ms() - began, 0, 30000);
	plugin_world_close(&w);
}

/* What it leaves behind may hold its output open, and lives on: a browser, say. */
static void one_that_ends_is_not_waited_for_because_of_what_it_started(void **state)
{
	struct plugin_world w;
	struct kube_exec_call call;
	int64_t began = orch__clock_ms();
	pid_t other;

	(void)state;
	plugin_world_open(&w, "sleep 1000 &\necho $! > other\n" PLUGIN_TOKEN);
	call = call_of(&w);
	must_run(&call);
	assert_in_range(orch__clock_ms() - began, 0, 30000);
	other = (pid_t)atoi(plugin_world_read(&w, "other"));
	assert_int_equal(kill(other, 0), 0);
	assert_int_equal(kill(other, SIGKILL), 0);
	plugin_world_close(&w);
}

static orch_status run_once(void *payload)
{
	struct kube_issued issued = { 0 };
	struct kube_exec_call call = call_of(payload);
	orch_status st;

	call.ca = "PEM";
	st = kube_exec_run(&call, &issued);
	kube_issued_dispose(&issued);
	return st;
}

static void every_allocation_of_a_run_may_fail(void **state)
{
	static const orch_kv env[] = { { "A", "b" } };
	struct plugin_world w;

	(void)state;
	plugin_world_open(&w, PLUGIN_TOKEN);
	w.exec.wants_cluster = true;
	w.exec.env = (orch_kv_list){ env, 1 };
	torture_run(run_once, &w);
	no_child_is_left();
	plugin_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_arrive_byte_by_byte_and_no_shell_sees_them),
		cmocka_unit_test(a_command_without_slash_is_looked_up_in_path),
		cmocka_unit_test(the_environment_of_the_program_stays_as_it_is),
		cmocka_unit_test(it_is_told_what_client_authentication_says),
		cmocka_unit_test(it_inherits_no_descriptor),
		cmocka_unit_test(what_it_says_on_standard_error_is_passed_on),
		cmocka_unit_test(one_that_wants_standard_input_is_not_run),
		cmocka_unit_test(a_hint_how_to_install_it_is_cleaned_and_shown),
		cmocka_unit_test(policies_decide_what_is_run),
		cmocka_unit_test(a_list_compares_what_would_be_run),
		cmocka_unit_test(both_versions_are_understood_and_must_be_the_one_asked_for),
		cmocka_unit_test(an_answer_must_be_whole),
		cmocka_unit_test(a_token_never_becomes_a_second_header),
		cmocka_unit_test(certificates_and_times_are_taken_as_they_are),
		cmocka_unit_test(a_long_answer_is_read_whole_and_an_endless_one_is_not),
		cmocka_unit_test(a_plugin_that_fails_is_named_with_its_exit_code),
		cmocka_unit_test(one_that_hangs_is_ended_with_all_it_has_started),
		cmocka_unit_test(a_cancel_ends_it),
		cmocka_unit_test(one_that_ends_is_not_waited_for_because_of_what_it_started),
		cmocka_unit_test(every_allocation_of_a_run_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
