/* SPDX-License-Identifier: MIT */
/* Runs a plugin: whether it may be run, with which words and environment, and until when. */
#define _GNU_SOURCE /* environ */
#include "backend/kubernetes/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/error.h"
#include "util/process.h"
#include "util/text.h"
#include "util/wipe.h"

enum { OUTPUT_LIMIT = 1 << 20, INFO_LIMIT = 4 << 20, HINT_MAX = 200 };
enum { WIND_UP_MS = 2 }; /* between the end of its output and its own */

#define INFO_NAME "KUBERNETES_EXEC_INFO"

/* ---- may it be run? ---- */

static orch_status deny(const struct kube_exec *exec, const char *why)
{
	return orch__fail(
		ORCH_E_DENIED, "exec: executable %.200s is not run: %s", exec->command, why);
}

static orch_status check_policy(const struct kube_exec_call *call)
{
	const struct kube_exec *exec = call->config->user.exec;

	if (orch__text_equal(exec->interactive, "Always"))
		return deny(exec, "it wants standard input, which a library does not give away");
	switch (call->policy) {
	case ORCH_EXEC_ALLOW:
	case ORCH_EXEC_ALLOWLIST: /* more to come when it is known where it lies */
		return ORCH_OK;
	case ORCH_EXEC_DENY:
		return deny(exec, "the option exec_policy forbids it");
	default:
		return exec->is_trusted
			? ORCH_OK
			: deny(exec,
				  "the kubeconfig is no file of the user that nobody else may "
				  "write; the option exec_policy can allow it");
	}
}

/* Whoever may write there decides what is run. */
static bool is_writable_by_others(char *path)
{
	char *slash = strrchr(path, '/');
	struct stat s;
	bool is_open = stat(path, &s) < 0 || (s.st_mode & S_IWOTH);

	if (!is_open && slash && slash != path) {
		*slash = '\0';
		is_open = stat(path, &s) < 0 || ((s.st_mode & S_IWOTH) && !(s.st_mode & S_ISVTX));
		*slash = '/';
	}
	return is_open;
}

static bool is_listed(const struct kube_exec_call *call, const char *real)
{
	for (size_t i = 0; i < call->allowed.count; i++) {
		const char *entry = call->allowed.items[i];
		char at[PATH_MAX];

		if (orch__text_equal(entry, call->config->user.exec->command))
			return true;
		if (*entry == '/' && realpath(entry, at) && orch__text_equal(at, real))
			return true;
	}
	return false;
}

/* `path` becomes the one without links, so that what was looked at is what is run. */
static orch_status check_list(const struct kube_exec_call *call, char path[PATH_MAX])
{
	const struct kube_exec *exec = call->config->user.exec;
	char real[PATH_MAX];

	if (call->policy != ORCH_EXEC_ALLOWLIST)
		return ORCH_OK;
	if (!realpath(path, real) || !is_listed(call, real))
		return deny(exec, "the option exec_allowed does not list it");
	if (is_writable_by_others(real))
		return deny(exec, "others may write it or its folder");
	snprintf(path, PATH_MAX, "%s", real);
	return ORCH_OK;
}

static orch_status not_found(const struct kube_exec *exec)
{
	char hint[HINT_MAX] = "";

	if (exec->install_hint)
		snprintf(hint, sizeof hint, "%s", exec->install_hint);
	for (char *p = hint; *p; p++)
		if (*p == '\n' || *p == '\t' || *p == '\r')
			*p = ' ';
	return orch__fail(ORCH_E_AUTH, "exec: executable %.200s not found%s%s", exec->command,
		*hint ? "; " : "", hint);
}

static orch_status locate(const struct kube_exec_call *call, char path[PATH_MAX])
{
	orch_status st = check_policy(call);

	if (st < 0)
		return st;
	if (!orch__process_find(call->config->user.exec->command, path, PATH_MAX))
		return not_found(call->config->user.exec);
	return check_list(call, path);
}

/* ---- words and environment ---- */

/* Is it one of the variables that the plugin gets from us? */
static bool is_replaced(const char *entry, const struct kube_exec *exec)
{
	const size_t n = strcspn(entry, "=");

	for (size_t i = 0; i < exec->env.count; i++)
		if (strlen(exec->env.items[i].key) == n &&
			memcmp(exec->env.items[i].key, entry, n) == 0)
			return true;
	return n == sizeof INFO_NAME - 1 && memcmp(entry, INFO_NAME, n) == 0;
}

static const char *join(struct orch__arena *a, const char *key, const char *value, size_t len)
{
	const size_t n = strlen(key);
	char *text = orch__arena_take(a, n + len + 2);

	if (!text)
		return NULL;
	memcpy(text, key, n);
	text[n] = '=';
	memcpy(text + n + 1, value, len);
	text[n + 1 + len] = '\0';
	return text;
}

/* Our own variables, those of the kubeconfig, and what it is told. NULL: out of memory. */
static const char *const *make_env(
	struct orch__arena *a, const struct kube_exec *exec, const struct orch__buf *info)
{
	const char **env;
	size_t own = 0, n = 0;

	while (environ && environ[own])
		own++;
	env = orch__arena_alloc(a, (own + exec->env.count + 2) * sizeof *env);
	if (!env)
		return NULL;
	for (size_t i = 0; i < own; i++)
		if (!is_replaced(environ[i], exec))
			env[n++] = environ[i];
	for (size_t i = 0; i < exec->env.count; i++) {
		const orch_kv *kv = &exec->env.items[i];
		const char *value = kv->value ? kv->value : "";

		env[n++] = join(a, kv->key, value, strlen(value));
	}
	env[n] = join(a, INFO_NAME, info->text, info->len);
	return a->failed ? NULL : env;
}

static const char *const *make_words(struct orch__arena *a, const struct kube_exec *exec)
{
	const char **words = orch__arena_alloc(a, (exec->args.count + 2) * sizeof *words);

	if (!words)
		return NULL;
	words[0] = exec->command;
	for (size_t i = 0; i < exec->args.count; i++)
		words[i + 1] = exec->args.items[i];
	return words;
}

/* ---- a run ---- */

struct run {
	const struct kube_exec_call *call;
	pid_t child;
	int out; /* its standard output; non-blocking */
	int status;
	bool is_silent; /* nothing more will come */
	int64_t end_ms;
	struct orch__buf text;
};

static const char *name_of(const struct run *r)
{
	return r->call->config->user.exec->command;
}

/* Standard error is passed on as it is; where the program has none, nobody reads it. */
static int start(struct run *r, struct orch__process *how)
{
	int null = orch__process_lift(open("/dev/null", O_RDWR | O_CLOEXEC)), ends[2], rc;

	if (null < 0)
		return errno;
	if (!orch__process_pipe(ends)) {
		rc = errno;
		close(null);
		return rc;
	}
	how->in = null;
	how->out = ends[1];
	how->err = fcntl(2, F_GETFD) < 0 ? null : 2;
	rc = orch__process_start(how, &r->child);
	close(null);
	close(ends[1]);
	if (rc) {
		close(ends[0]);
		return rc;
	}
	(void)!fcntl(ends[0], F_SETFL, O_NONBLOCK);
	r->out = ends[0];
	return 0;
}

/* What is there, and not more than is allowed. */
static orch_status drain(struct run *r)
{
	char piece[4096];
	ssize_t n = 1;

	while (n > 0 || (n < 0 && errno == EINTR)) {
		n = read(r->out, piece, sizeof piece);
		if (n > 0)
			orch__buf_add(&r->text, piece, (size_t)n);
		if (!orch__buf_ok(&r->text))
			break;
	}
	r->is_silent = n == 0 || (n < 0 && errno != EAGAIN);
	orch__wipe(piece, sizeof piece);
	if (orch__buf_ok(&r->text))
		return ORCH_OK;
	if (r->text.failed == ORCH__MEM_NONE_LEFT)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	return orch__fail(ORCH_E_AUTH, "exec: executable %.200s prints more than %d bytes",
		name_of(r), OUTPUT_LIMIT);
}

static orch_status check_time(const struct run *r)
{
	if (orch__cancelled(&r->call->cancel))
		return orch__fail(
			ORCH_E_CANCELLED, "cancelled while executable %.200s ran", name_of(r));
	if (orch__clock_ms() < r->end_ms)
		return ORCH_OK;
	if (r->end_ms == r->call->deadline_ms)
		return orch__fail(ORCH_E_TIMEOUT,
			"exec: executable %.200s was not done when the deadline came", name_of(r));
	return orch__fail(ORCH_E_TIMEOUT, "exec: executable %.200s was not done within %lld s",
		name_of(r), (long long)r->call->patience_ms / 1000);
}

static void wait_a_bit(const struct run *r)
{
	struct pollfd p = { r->out, POLLIN, 0 };
	int64_t left = r->end_ms - orch__clock_ms();

	if (left > ORCH__CANCEL_SLICE_MS)
		left = ORCH__CANCEL_SLICE_MS;
	if (r->is_silent)
		orch__clock_sleep(WIND_UP_MS);
	else if (left > 0)
		(void)poll(&p, 1, (int)left);
}

/* Until the plugin itself has ended: what it has started may live on and hold the pipe. */
static orch_status attend(struct run *r)
{
	orch_status st;
	bool has_ended;

	for (;;) {
		has_ended = orch__process_ended(r->child, &r->status);
		st = r->is_silent ? ORCH_OK : drain(r);
		if (st == ORCH_OK && !has_ended)
			st = check_time(r);
		if (st < 0 && !has_ended)
			orch__process_end(r->child);
		if (st < 0 || has_ended)
			return st;
		wait_a_bit(r);
	}
}

/* -1: somebody else has reaped it, so its answer is all there is to judge by. */
static orch_status check_status(const struct run *r)
{
	if (r->status == -1 || (WIFEXITED(r->status) && WEXITSTATUS(r->status) == 0))
		return ORCH_OK;
	if (WIFEXITED(r->status))
		return orch__fail(ORCH_E_AUTH,
			"exec: executable %.200s failed with exit code %d; run it by hand to see "
			"why",
			name_of(r), WEXITSTATUS(r->status));
	return orch__fail(ORCH_E_AUTH, "exec: executable %.200s was ended by signal %d", name_of(r),
		WTERMSIG(r->status));
}

static orch_status not_started(const struct kube_exec *exec, int error)
{
	char why[64] = "";

	if (error == ENOENT) /* its interpreter, perhaps */
		return not_found(exec);
	if (strerror_r(error, why, sizeof why) != 0)
		why[0] = '\0';
	return orch__fail(error == ENOMEM ? ORCH_E_NOMEM : ORCH_E_AUTH,
		"exec: executable %.200s cannot be started: %s", exec->command, why);
}

static orch_status carry_out(struct run *r, struct orch__process *how, struct kube_issued *out)
{
	const struct kube_exec *exec = r->call->config->user.exec;
	int rc = start(r, how);
	orch_status st;

	if (rc)
		return not_started(exec, rc);
	st = attend(r);
	close(r->out);
	if (st == ORCH_OK)
		st = check_status(r);
	if (st == ORCH_OK)
		st = kube_exec_answer(exec, r->text.len ? r->text.text : "", r->text.len, out);
	return st;
}

static orch_status run_at(
	const struct kube_exec_call *call, const char *path, struct kube_issued *out)
{
	const struct kube_exec *exec = call->config->user.exec;
	const int64_t end = orch__clock_ms() + call->patience_ms;
	struct orch__arena texts = { .is_secret = true };
	struct orch__buf info = ORCH__BUF_SECRET(INFO_LIMIT);
	struct run r = { .call = call,
		.end_ms = end < call->deadline_ms ? end : call->deadline_ms,
		.text = ORCH__BUF_SECRET(OUTPUT_LIMIT) };
	struct orch__process how = { .program = path };
	orch_status st = kube_exec_info(call->config, call->ca, &info);

	if (st == ORCH_OK) {
		how.argv = make_words(&texts, exec);
		how.env = make_env(&texts, exec, &info);
		st = how.argv && how.env ? carry_out(&r, &how, out)
					 : orch__fail(ORCH_E_NOMEM, "out of memory");
	}
	orch__buf_dispose(&r.text);
	orch__buf_dispose(&info);
	orch__arena_dispose(&texts);
	return st;
}

orch_status kube_exec_run(const struct kube_exec_call *call, struct kube_issued *out)
{
	const int keep = errno;
	char path[PATH_MAX];
	orch_status st = locate(call, path);

	if (st == ORCH_OK)
		st = run_at(call, path, out);
	errno = keep;
	return st;
}
