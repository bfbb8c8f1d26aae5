/* SPDX-License-Identifier: MIT */
#ifndef ORCH_NET_SSH_H
#define ORCH_NET_SSH_H

#include "net/http.h"
#include "util/arena.h"

/*
 * An engine behind ssh: the command ssh, run without a shell, has the docker
 * command on the other side pass its standard input and output on to the engine.
 * ssh decides about keys, agents and known hosts; it may not ask, and a host
 * that it does not know is refused.
 */

/* INVALID unless user, host, port and socket can be nothing but that on a command line, here
 * and in the shell over there. */
orch_status orch__ssh_check(const struct orch__ssh *ssh);

/* The command's words, ended by NULL, in memory of `a`. NULL: out of memory. */
const char *const *orch__ssh_command(
	struct orch__arena *a, const struct orch__ssh *ssh, int64_t connect_timeout_ms);

/* "ssh://me@host:22" */
void orch__ssh_address(const struct orch__ssh *ssh, char *out, size_t cap);

#endif
