/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_PROCESS_H
#define ORCH_UTIL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Programs that liborch starts: never through a shell, in a process group of their
 * own, with signals as a program expects them, and with three descriptors and no
 * other.
 */
struct orch__process {
	const char *program;     /* a path, or looked up in PATH */
	const char *const *argv; /* ended by NULL */
	const char *const *env;  /* likewise, "K=V"; NULL: that of this process */
	int in, out, err;        /* become 0, 1 and 2; stay the caller's */
};

/* 0, or an errno. */
int orch__process_start(const struct orch__process *p, pid_t *out);

/*
 * Has it ended? Does not wait, and takes leave of it: no zombie stays, and from here on
 * its number may be another's. `status` is that of waitpid(), or -1 when the program
 * around liborch has reaped it before.
 */
bool orch__process_ended(pid_t child, int *status);

/* End it and whatever it has started: asked first, made to after 200 ms. */
void orch__process_end(pid_t child);

/*
 * Ends of a socket pair or of a pipe, closed on exec and above 2: where a program has
 * closed its standard descriptors, ours would take their place and be overwritten on
 * the way into a child. False: errno says why.
 */
bool orch__process_pair(int ends[2]);
bool orch__process_pipe(int ends[2]);
/* The same for one descriptor, which is closed when it is too low; -1 stays -1. */
int orch__process_lift(int fd);

/*
 * Where `command` is: itself when it has a slash, else looked up in PATH, whose empty and
 * relative entries are left out. False: nowhere.
 */
bool orch__process_find(const char *command, char *out, size_t cap);

#endif
