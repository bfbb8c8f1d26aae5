/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FAKES_FAKE_HTTP_H
#define TESTS_FAKES_FAKE_HTTP_H

#include <stddef.h>

#include "net/http.h"

/*
 * An endpoint without a socket: a function answers. For tests of what a backend
 * asks and makes of answers; how bytes travel is for the evil server.
 */
struct fake_reply {
	int status;          /* default 200; 0: no answer, see `fault` */
	const char *headers; /* "Api-Version: 1.41\r\n", each line ended */
	const char *body;    /* default "" */
	size_t piece;        /* hand the body over in pieces of so many bytes; 0: whole */
	orch_status fault;   /* end so, after what was given above */
	int sends;           /* default 1; 0 with a fault: it never left */
	int silent_ms;       /* nothing comes for so long */
};

/* `target` is path and query as they would be sent; valid until it returns. */
typedef void fake_http_fn(void *payload, const struct orch__request *request, const char *target,
	struct fake_reply *reply);

/* Ends the test when memory is short. Close it with orch__http_close(). */
struct orch__http *fake_http_open(fake_http_fn *answer, void *payload);

#endif
