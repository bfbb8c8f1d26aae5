/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* dup3 */
#include "net/dial.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/process.h"
#include "util/text.h"

struct ends {
	int connection[2], errors[2]; /* ours, theirs */
};

static void close_pair(const int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

static bool open_ends(struct ends *e)
{
	if (!orch__process_pair(e->connection))
		return false;
	if (orch__process_pair(e->errors))
		return true;
	close_pair(e->connection);
	return false;
}

bool orch__dial_start(const char *const *argv, struct orch__dialed *out)
{
	struct orch__process how = { .program = argv[0], .argv = argv };
	struct ends e;
	int rc;

	if (!open_ends(&e))
		return false;
	how.in = how.out = e.connection[1];
	how.err = e.errors[1];
	rc = orch__process_start(&how, &out->child);
	if (rc) {
		close_pair(e.connection);
		close_pair(e.errors);
		errno = rc;
		return false;
	}
	(void)!fcntl(e.connection[0], F_SETFL, O_NONBLOCK);
	close(e.connection[1]);
	close(e.errors[1]);
	out->fd = e.connection[0];
	out->errors = e.errors[0];
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
	orch__process_end(d->child);
	close(d->errors);
	d->fd = d->errors = -1;
	errno = keep;
}
