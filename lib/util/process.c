/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* pipe2, environ, posix_spawn_file_actions_addclosefrom_np */
#include "util/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/env.h"

enum { GRACE_MS = 200 }; /* between asking a child to end and making it */

/* ---- descriptors ---- */

int orch__process_lift(int fd)
{
	int higher;

	if (fd > 2 || fd < 0)
		return fd;
	higher = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	close(fd);
	return higher;
}

static bool lift_both(int ends[2])
{
	int keep;

	ends[0] = orch__process_lift(ends[0]);
	ends[1] = orch__process_lift(ends[1]);
	if (ends[0] >= 0 && ends[1] >= 0)
		return true;
	keep = errno;
	if (ends[0] >= 0)
		close(ends[0]);
	if (ends[1] >= 0)
		close(ends[1]);
	errno = keep;
	return false;
}

bool orch__process_pair(int ends[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0 && lift_both(ends);
}

bool orch__process_pipe(int ends[2])
{
	return pipe2(ends, O_CLOEXEC) == 0 && lift_both(ends);
}

/* ---- start ---- */

static int add_actions(posix_spawn_file_actions_t *actions, const struct orch__process *p)
{
	int rc = posix_spawn_file_actions_adddup2(actions, p->in, 0);

	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(actions, p->out, 1);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(actions, p->err, 2);
#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
	/* libcurl and the program itself may hold descriptors that are not closed on exec */
	if (rc == 0)
		rc = posix_spawn_file_actions_addclosefrom_np(actions, 3);
#endif
#endif
	return rc;
}

/* A group of its own, so that it can be ended with all that it started; and signals as a
 * program expects them, not as this thread has them. */
static int add_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, standard;
	int rc;

	sigemptyset(&none);
	sigemptyset(&standard);
	sigaddset(&standard, SIGPIPE);
	rc = posix_spawnattr_setpgroup(attributes, 0);
	if (rc == 0)
		rc = posix_spawnattr_setsigmask(attributes, &none);
	if (rc == 0)
		rc = posix_spawnattr_setsigdefault(attributes, &standard);
	if (rc == 0)
		rc = posix_spawnattr_setflags(attributes,
			POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	return rc;
}

int orch__process_start(const struct orch__process *p, pid_t *out)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc)
		return rc;
	rc = posix_spawnattr_init(&attributes);
	if (rc == 0) {
		rc = add_actions(&actions, p);
		if (rc == 0)
			rc = add_attributes(&attributes);
		if (rc == 0)
			rc = posix_spawnp(out, p->program, &actions, &attributes,
				(char *const *)(uintptr_t)p->argv,
				p->env ? (char *const *)(uintptr_t)p->env : environ);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

/* ---- end ---- */

bool orch__process_ended(pid_t child, int *status)
{
	int keep = errno;
	pid_t rc;

	do
		rc = waitpid(child, status, WNOHANG);
	while (rc < 0 && errno == EINTR);
	if (rc < 0)
		*status = -1;
	errno = keep;
	return rc != 0;
}

/* Does it still run? A child that has ended and was not reaped keeps its number. */
static bool is_running(pid_t child, bool *is_ours)
{
	siginfo_t info = { 0 };
	int rc;

	do
		rc = waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT);
	while (rc < 0 && errno == EINTR);
	*is_ours = rc == 0;
	return rc == 0 && info.si_pid == 0;
}

void orch__process_end(pid_t child)
{
	int64_t end = orch__clock_ms() + GRACE_MS;
	int keep = errno, status;
	bool is_ours;

	while (is_running(child, &is_ours)) {
		kill(-child, orch__clock_ms() < end ? SIGTERM : SIGKILL);
		orch__clock_sleep(1);
	}
	if (is_ours) { /* those of its group that do not care for being asked */
		kill(-child, SIGKILL);
		(void)orch__process_ended(child, &status);
	}
	errno = keep;
}

/* ---- look-up ---- */

static bool is_program(const char *path)
{
	struct stat s;

	return stat(path, &s) == 0 && S_ISREG(s.st_mode) && access(path, X_OK) == 0;
}

/* Only where a folder is named from the root: what lies in the working folder is anybody's. */
static bool try_folder(const char *folder, size_t len, const char *name, char *out, size_t cap)
{
	int n;

	if (len == 0 || *folder != '/' || len >= cap)
		return false;
	n = snprintf(out, cap, "%.*s/%s", (int)len, folder, name);
	return n > 0 && (size_t)n < cap && is_program(out);
}

bool orch__process_find(const char *command, char *out, size_t cap)
{
	const char *folder = orch__env("PATH");
	int keep = errno;
	bool found = false;

	if (strchr(command, '/')) {
		found = strlen(command) < cap && is_program(command);
		if (found)
			snprintf(out, cap, "%s", command);
	}
	while (!found && *command && folder && !strchr(command, '/')) {
		size_t n = strcspn(folder, ":");

		found = try_folder(folder, n, command, out, cap);
		folder = folder[n] ? folder + n + 1 : NULL;
	}
	errno = keep;
	return found;
}
