/* SPDX-License-Identifier: MIT */
#ifndef ORCH_NET_DIAL_H
#define ORCH_NET_DIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * A connection that is a child process: what is written to `fd` it reads from
 * its standard input, what it writes to its standard output is read from `fd`.
 * There is no shell; nothing but its three descriptors is inherited.
 */
struct orch__dialed {
	int fd;     /* our end of a socket pair, non-blocking */
	int errors; /* its standard error; -1: none */
	pid_t child;
};

/* False: errno says why. `argv[0]` is looked up in PATH. */
bool orch__dial_start(const char *const *argv, struct orch__dialed *out);

/* Make `fd`, which was something else, our end of the connection. */
bool orch__dial_attach(struct orch__dialed *d, int fd);

/* What it has written to its standard error, on one line; empty if nothing. Taken once. */
void orch__dial_complaint(const struct orch__dialed *d, char *out, size_t cap);

/* Ends the child and whatever it started, and takes leave of it: no zombie stays. */
void orch__dial_end(struct orch__dialed *d);

#endif
