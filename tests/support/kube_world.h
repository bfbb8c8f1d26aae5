/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_KUBE_WORLD_H
#define TESTS_SUPPORT_KUBE_WORLD_H

#include <stdatomic.h>
#include <stdbool.h>

#include "backend/kubernetes/session.h"
#include "orch/sys/backend.h"

/*
 * A cluster that says what a test wants: a server without a socket, and a list of
 * what it shall be asked, in that order, with the answers. Whatever else is asked
 * fails the test; so does what is not asked.
 */
struct kube_step {
	const char *request; /* "GET /api/v1/nodes": how it begins                       */
	int status;          /* default 200; with `fault`: of the head that came before  */
	const char *body;    /* default ""                                              */
	orch_status fault;   /* no (complete) answer                                    */
	bool is_unsent;      /* and it never left                                       */
	const char *headers; /* "Retry-After: 1\r\n"                                    */
	size_t piece;        /* the body comes in pieces of so many bytes               */
	int silent_ms;       /* and only after this time                                */
	int sends;           /* 2: it was sent again on another connection              */
	const char *token;   /* with which it shall come; NULL: any, or none            */
};

/* Silences and patience are so many times what tests and limits say: on a busy machine
 * a thread may be held up for a while, and the order of things must stay the same. */
enum { KUBE_WORLD_SLOW = 4 };
#define KUBE_WORLD_OP "0123456789abcdef0123456789abcdef"
#define KUBE_WORLD_TOKEN "t0k3n"

struct kube_world {
	/* Reads wait for 100 ms at most, writes for 200, times KUBE_WORLD_SLOW. */
	orch_call call; /* for the test to use, and to change: ns, deadline, raw_json   */
	struct kube *k; /* likewise: limits                                             */
	const struct kube_step *steps;
	size_t at, asked;      /* steps done; all requests                              */
	atomic_uint answered;  /* of those, for other threads to look at                */
	atomic_uint opened;    /* sets of connections that were made                    */
	atomic_uint closed;    /* of those                                              */
	char posted[16384];    /* the body that was sent last                           */
	char content_type[64]; /* and what it was said to be; "" none                   */
	char query[2048];      /* of the last request, decoded                          */
	char headers[1024];    /* of its own and of all requests: "Name: value\n"       */
	char problem[512];
};

/* The steps end with one without a request. */
void kube_world_open(struct kube_world *w, const struct kube_step *steps);
/* As somebody else: `config` is taken over. NULL members get what the world needs. */
void kube_world_open_as(
	struct kube_world *w, struct kube_config *config, const struct kube_step *steps);
/* Other steps, from the first one on; a new result. */
void kube_world_expect(struct kube_world *w, const struct kube_step *steps);
/* Was everything asked that should be, and nothing else? */
void kube_world_done(struct kube_world *w);
void kube_world_close(struct kube_world *w);

/* {"kind":"Status", ...} as the server sends it; reason, name and rest may be NULL. `rest` is
 * what `details` has beside the name: "\"causes\":[...]". Static, the last four are kept. */
const char *kube_world_status(
	int code, const char *reason, const char *message, const char *name, const char *rest);

#endif
