/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <unistd.h>

#include <cmocka.h>

#include "fakes/net_world.h"

struct orch__http *net_connect(const struct evil *e)
{
	const struct orch__tls tls = { .ca = evil_ca(e) };
	const struct orch__http_config config = { .url = evil_url(e), .tls = &tls, .max_idle = 4 };
	struct orch__http *http = NULL;

	assert_int_equal(orch__http_open(&config, &http), ORCH_OK);
	return http;
}

struct net_world net_world_open(enum evil_kind kind, net_handler *handle)
{
	struct net_world w;

	w.e = evil_start(&(struct evil_options){ .kind = kind, .handle = handle });
	w.http = net_connect(w.e);
	return w;
}

void net_world_close(struct net_world *w)
{
	orch__http_close(w->http);
	evil_stop(w->e);
}

void net_say_ok(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	(void)r;
	evil_reply(c, 200, "{}");
}

void net_leave_child(int code)
{
	char command[16];

	snprintf(command, sizeof command, "exit %d", code);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(100);
}

orch_status net_call(struct orch__http *http, const char *method, const char *path)
{
	const struct orch__request request = { .method = method, .path = path };
	struct orch__response response = { 0 };
	orch_status st = orch__http_perform(http, &request, &response);

	orch__response_dispose(&response);
	return st;
}
