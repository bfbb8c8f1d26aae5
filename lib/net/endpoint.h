/* SPDX-License-Identifier: MIT */
#ifndef ORCH_NET_ENDPOINT_H
#define ORCH_NET_ENDPOINT_H

#include <stdbool.h>

#include "orch/error.h"

/* Where to connect to, taken apart and checked. */
struct orch__endpoint {
	bool is_unix, is_tls;
	bool is_dialed; /* a command's standard input and output; `address` says which */
	bool is_local;  /* a unix socket or a loopback address: compressing costs more */
	int port;
	char host[256];    /* name or address, IPv6 without brackets; of a socket "localhost" */
	char socket[108];  /* path of a unix socket */
	char address[300]; /* of a command, for messages */
	char prefix[512];  /* of every path, without a slash at the end */
};

/* "unix:///path", "http://host[:port][/prefix]", "https://...". Users, passwords, queries and
 * fragments are refused. */
orch_status orch__endpoint_parse(const char *url, struct orch__endpoint *out);

/* A DNS name or an address as ssh and libcurl take it: no leading '-', no odd byte. */
bool orch__is_host(const char *host);

/* For messages and for `Host`: "10.0.0.1:2376", "[::1]:80", "unix:/run/docker.sock". */
void orch__endpoint_address(const struct orch__endpoint *e, char *out, unsigned cap);

#endif
