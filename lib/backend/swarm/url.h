/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_URL_H
#define ORCH_SWARM_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "orch/error.h"

enum { SWARM_HOSTS_MAX = 32, SWARM_HOST_TEXT = 512 };

/* How an engine is reached. */
enum swarm_host_kind { SWARM_HOST_TCP, SWARM_HOST_UNIX, SWARM_HOST_SSH };

/* One engine, taken apart and checked. */
struct swarm_host {
	enum swarm_host_kind kind;
	int port;       /* 0: the usual one                              */
	char user[64];  /* of ssh; "": ssh decides                       */
	char host[256]; /* IPv6 without brackets                         */
	char path[256]; /* of the socket; behind tcp a prefix, mostly "" */
	bool wants_tls; /* it was written as https://                    */
};

/*
 * What DOCKER_HOST and contexts hold: tcp://host[:port][/prefix], unix:///path,
 * ssh://[user@]host[:port][/socket], http[s]://..., or a bare host:port.
 */
orch_status swarm_host_parse(const char *text, struct swarm_host *out);

/* The same as lib/net takes it: "https://10.0.0.1:2376". False: it does not fit. */
bool swarm_host_url(const struct swarm_host *host, bool with_tls, char *out, size_t cap);

/* Of a URL of ours: 0 for "swarm://" alone, which leaves the choice to us. */
orch_status swarm_url_parse(
	const char *url, struct swarm_host hosts[SWARM_HOSTS_MAX], size_t *count);

#endif
