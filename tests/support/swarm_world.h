/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_SWARM_WORLD_H
#define TESTS_SUPPORT_SWARM_WORLD_H

#include <stdbool.h>

#include "orch/sys/backend.h"

/*
 * A swarm that says what a test wants: managers m0, m1, ... without sockets,
 * and a list of what they shall be asked, in that order, with the answers.
 * Whatever else is asked fails the test; so does what is not asked. Pings are
 * answered by themselves, unless a step is one.
 */
struct swarm_step {
	const char *request; /* "GET /v1.41/services/web": how it begins                */
	int status;          /* default 200; with `fault`: of the head that came before  */
	const char *body;    /* default ""                                              */
	orch_status fault;   /* no (complete) answer                                    */
	bool is_unsent;      /* and it never left                                       */
	int endpoint;        /* 0: any; n: m(n-1) alone                                 */
	const char *headers; /* "Api-Version: 1.40\r\n"                                 */
	size_t piece;        /* the body comes in pieces of so many bytes               */
	int silent_ms;       /* and only after this time                                */
};

/* Silences and patience are so many times what tests and limits say: on a busy machine
 * a thread may be held up for a while, and the order of things must stay the same. */
enum { SWARM_WORLD_MANAGERS = 3, SWARM_WORLD_STEPS = 32, SWARM_WORLD_SLOW = 4 };
#define SWARM_WORLD_OP "0123456789abcdef0123456789abcdef"

struct swarm_world {
	/* Everything waits for 200 ms at most, times SWARM_WORLD_SLOW.                  */
	orch_call call; /* for the test to use, and to change: ns, deadline, raw_json   */
	const struct swarm_step *steps;
	size_t at, asked;  /* steps done; all requests, pings included                   */
	const char *api;   /* that pings tell; "1.41"                                    */
	char posted[8192]; /* the body that was sent last                               */
	char problem[512];
};

/* With so many managers. The steps end with one without a request. */
void swarm_world_open(struct swarm_world *w, size_t managers, const struct swarm_step *steps);
/* Other steps, from the first one on; a new result. */
void swarm_world_expect(struct swarm_world *w, const struct swarm_step *steps);
/* Was everything asked that should be, and nothing else? */
void swarm_world_done(struct swarm_world *w);
void swarm_world_close(struct swarm_world *w);

/* "{"ID":"s1", ...}" as the engine answers it; `spec` may be NULL: that of `web`. Static. */
const char *swarm_world_service(int version, const char *labels, const char *spec);

#endif
