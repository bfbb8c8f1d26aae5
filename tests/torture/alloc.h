/* SPDX-License-Identifier: MIT */
#ifndef TESTS_TORTURE_ALLOC_H
#define TESTS_TORTURE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

#include "orch/error.h"

/*
 * Memory that runs short on command. Usual use, in any test:
 *
 *	static orch_status decode_a_node(void *payload)
 *	{
 *		struct orch__arena a = { 0 };
 *		orch_status st = swarm_node_decode(&a, payload, ...);
 *
 *		orch__arena_dispose(&a);
 *		return st;
 *	}
 *
 *	torture_run(decode_a_node, text);
 *
 * calls the function with the first request for memory refused, then the
 * second, and so on until it gets through untouched; and each time once with
 * that request alone refused and once with every later one refused as well.
 * After each run the function must have returned ORCH_E_NOMEM and have given
 * back all that it took, so it opens and frees all it works on itself. Blocks
 * always move when they are resized, so a pointer kept across that is seen by
 * the address sanitizer.
 *
 * ORCH_TORTURE_AT=n in the environment refuses the n-th request only: what to
 * run under a debugger, with a breakpoint on torture_refuse.
 */
typedef orch_status torture_fn(void *payload);

void torture_run(torture_fn *fn, void *payload);

/* The same for code that may live without some of its memory (a cache that
 * stays empty): ORCH_OK is right as well after a refusal. */
void torture_run_tolerant(torture_fn *fn, void *payload);

enum torture_mode {
	TORTURE_ONE,   /* refuse the n-th request       */
	TORTURE_ALL,   /* and every later one           */
	TORTURE_COUNT, /* refuse nothing, look for leaks */
};

/* One run. NULL: as it should be; else what was wrong, valid until the next
 * run. `refused` (may be NULL) tells whether a request was refused at all. */
const char *torture_try(
	torture_fn *fn, void *payload, enum torture_mode mode, size_t nth, bool *refused);

/*
 * The allocator by hand, for what does not fit into one function: install it,
 * refuse the n-th request from now on (0: none), ask what is alive, and put
 * the C library's back when nothing of liborch's is left.
 */
void torture_alloc_install(void);
void torture_alloc_refuse(enum torture_mode mode, size_t nth);
bool torture_alloc_refused(void);    /* since the last torture_alloc_refuse() */
size_t torture_alloc_requests(void); /* likewise                             */
size_t torture_alloc_live(void);     /* blocks that are not freed            */
size_t torture_alloc_bytes(void);    /* their sizes together                 */
void torture_alloc_remove(void);

/*
 * Secrets that must not be left in memory that is given back: from now on every block is
 * searched for these texts (ended by NULL, borrowed; NULL: for none any more) when it is freed
 * or moved. torture_alloc_spilled() counts the blocks that held one.
 */
void torture_alloc_look_for(const char *const *secrets);
size_t torture_alloc_spilled(void);

#endif
