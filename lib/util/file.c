/* SPDX-License-Identifier: MIT */
#include "util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/error.h"
#include "util/wipe.h"

static orch_status refused(const char *path, int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return orch__fail(ORCH_E_NOTFOUND, "%s: there is no such file", path);
	case EACCES:
	case EPERM:
		return orch__fail(ORCH_E_DENIED, "%s: may not be read", path);
	default:
		return orch__fail(ORCH_E_INVALID, "%s: cannot be read (errno %d)", path, error);
	}
}

/* `size` bytes and not one more. */
static orch_status fill(int fd, const char *path, char *text, size_t size)
{
	size_t have = 0;

	while (have <= size) {
		ssize_t n = read(fd, text + have, size + 1 - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refused(path, errno);
		if (n == 0)
			break;
		have += (size_t)n;
	}
	if (have != size)
		return orch__fail(ORCH_E_INVALID, "%s: changed while it was read", path);
	text[size] = '\0';
	return ORCH_OK;
}

static orch_status read_open(int fd, const char *path, size_t limit, char **out, size_t *len)
{
	struct stat s;
	orch_status st;
	char *text;

	if (fstat(fd, &s) < 0)
		return refused(path, errno);
	if (!S_ISREG(s.st_mode))
		return orch__fail(ORCH_E_INVALID, "%s: is not a file", path);
	if ((uintmax_t)s.st_size > limit)
		return orch__fail(ORCH_E_TOO_LARGE, "%s: longer than %zu bytes", path, limit);
	text = orch__resize(NULL, (size_t)s.st_size + 1);
	if (!text)
		return orch__fail(ORCH_E_NOMEM, "%s: out of memory", path);
	st = fill(fd, path, text, (size_t)s.st_size);
	if (st < 0) {
		orch__free_wiped(text, (size_t)s.st_size);
		return st;
	}
	*out = text;
	if (len)
		*len = (size_t)s.st_size;
	return ORCH_OK;
}

orch_status orch__file_read(const char *path, size_t limit, char **out, size_t *len)
{
	const int keep_errno = errno;
	/* O_NONBLOCK: a FIFO must not make us wait for somebody to write to it. */
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	orch_status st;

	if (fd < 0) {
		st = refused(path, errno);
	} else {
		st = read_open(fd, path, limit, out, len);
		(void)close(fd);
	}
	errno = keep_errno;
	return st;
}

bool orch__file_is_own(const char *path)
{
	const int keep_errno = errno;
	struct stat s;
	const bool is_own = stat(path, &s) == 0 && S_ISREG(s.st_mode) &&
		(s.st_uid == geteuid() || s.st_uid == 0) && !(s.st_mode & (S_IWGRP | S_IWOTH));

	errno = keep_errno;
	return is_own;
}

bool orch__file_exists(const char *path)
{
	const int keep_errno = errno;
	struct stat s;
	bool exists = stat(path, &s) == 0;

	errno = keep_errno;
	return exists;
}
