/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* dup3, posix_spawn_file_actions_addclosefrom_np */
#include "net/dial.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/text.h"

enum { GRACE_MS = 200 }; /* between asking the child to end and making it */

/* Where a program has closed its standard descriptors, ours would take their place and be
 * closed or overwritten on the way into the child. */
static int lift(int fd)
{
	int higher;

	if (fd > 2 || fd < 0)
		return fd;
	higher = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	close(fd);
	return higher;
}

struct ends {
	int ours, theirs; /* of the connection */
	int read_errors, write_errors;
};

static void close_ends(const struct ends *e)
{
	const int fds[] = { e->ours, e->theirs, e->read_errors, e->write_errors };

	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static bool open_ends(struct ends *e)
{
	int pair[2], line[2];

	*e = (struct ends){ -1, -1, -1, -1 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return false;
	e->ours = lift(pair[0]);
	e->theirs = lift(pair[1]);
	/* a socket pair again: unlike pipe2() it is everywhere */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) == 0) {
		e->read_errors = lift(line[0]);
		e->write_errors = lift(line[1]);
	}
	if (e->ours >= 0 && e->theirs >= 0 && e->read_errors >= 0 && e->write_errors >= 0)
		return true;
	close_ends(e);
	return false;
}

static int add_actions(posix_spawn_file_actions_t *actions, const struct ends *e)
{
	int rc = posix_spawn_file_actions_adddup2(actions, e->theirs, 0);

	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(actions, e->theirs, 1);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(actions, e->write_errors, 2);
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

static int spawn(const char *const *argv, const struct ends *e, pid_t *out)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc)
		return rc;
	rc = posix_spawnattr_init(&attributes);
	if (rc == 0) {
		rc = add_actions(&actions, e);
		if (rc == 0)
			rc = add_attributes(&attributes);
		if (rc == 0)
			rc = posix_spawnp(out, argv[0], &actions, &attributes,
				(char *const *)(uintptr_t)argv, environ);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

bool orch__dial_start(const char *const *argv, struct orch__dialed *out)
{
	struct ends e;
	int rc;

	if (!open_ends(&e))
		return false;
	rc = spawn(argv, &e, &out->child);
	if (rc) {
		close_ends(&e);
		errno = rc;
		return false;
	}
	(void)!fcntl(e.ours, F_SETFL, O_NONBLOCK);
	close(e.theirs);
	close(e.write_errors);
	out->fd = e.ours;
	out->errors = e.read_errors;
	return true;
}

bool orch__dial_attach(struct orch__dialed *d, int fd)
{
	if (dup3(d->fd, fd, O_CLOEXEC) < 0)
		return false;
	close(d->fd);
	d->fd = fd;
	return true;
}

static bool is_gone(pid_t child)
{
	pid_t rc;

	do
		rc = waitpid(child, NULL, WNOHANG);
	while (rc < 0 && errno == EINTR);
	return rc != 0; /* its own, or nobody's: the program may reap children itself */
}

static void reap(pid_t child)
{
	int64_t end = orch__clock_ms() + GRACE_MS;

	while (!is_gone(child)) { /* and so its number is still its own */
		kill(-child, orch__clock_ms() < end ? SIGTERM : SIGKILL);
		orch__clock_sleep(1);
	}
}

void orch__dial_complaint(const struct orch__dialed *d, char *out, size_t cap)
{
	ssize_t n = recv(d->errors, out, cap - 1, MSG_DONTWAIT);
	size_t len;

	out[n > 0 ? n : 0] = '\0';
	orch__text_printable(out);
	for (char *p = out; *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	for (len = strlen(out); len && out[len - 1] == ' ';)
		out[--len] = '\0';
}

void orch__dial_end(struct orch__dialed *d)
{
	int keep = errno;

	close(d->fd);
	reap(d->child);
	close(d->errors);
	d->fd = d->errors = -1;
	errno = keep;
}
