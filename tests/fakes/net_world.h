/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FAKES_NET_WORLD_H
#define TESTS_FAKES_NET_WORLD_H

#include "fakes/evil_server.h"
#include "net/http.h"

/* A hostile server and an endpoint that talks to it. Failing to make one fails the test. */
struct net_world {
	struct evil *e;
	struct orch__http *http;
};

typedef void net_handler(void *payload, struct evil_conn *c, const struct evil_request *r);

struct net_world net_world_open(enum evil_kind kind, net_handler *handle);
void net_world_close(struct net_world *w);

/* The endpoint alone: trusts the server's own authority, keeps 4 connections. */
struct orch__http *net_connect(const struct evil *e);

/* Headers for handlers, and a handler that answers {} to everything. */
#define NET_OK_HEAD "HTTP/1.1 200 OK\r\n"
net_handler net_say_ok;

/* The end of a forked child. What libcurl had allocated in the parent is lost here on purpose,
 * and exec keeps leak checkers from looking. */
void net_leave_child(int code);

/* Perform and drop the answer. */
orch_status net_call(struct orch__http *http, const char *method, const char *path);

#endif
