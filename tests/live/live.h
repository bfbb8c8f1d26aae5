/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LIVE_LIVE_H
#define TESTS_LIVE_LIVE_H

#include "conformance/world.h"

/*
 * For tests that know that they run on a real Docker Swarm, because they look
 * at it from another side, break it, or bring what liborch does not model.
 * tests/live/run starts them with the variables of swarm-cluster --format env
 * and with LIVE_CLUSTER, a command that gives orders to the cluster.
 */

/* A variable that run has set; the test is skipped, visibly, where it is not. */
const char *live_env(const char *name);

/* Run a shell command, printf-like, after showing it. Returns its exit status. */
int live_sh(const char *format, ...) ORCH_PRINTF(1, 2);

/* Run one that must succeed; what it prints, without the last newline, is the caller's to free. */
char *live_output(const char *format, ...) ORCH_PRINTF(1, 2);

#define live_ok(...) assert_int_equal(live_sh(__VA_ARGS__), 0)

/* "unix:///x" or "tcp://h:p", as Docker writes it, as a URL of liborch; caller frees. */
char *live_url(const char *endpoint);

/* A row of `tests`, as world_test() is one, for what has to be mended by `end` afterwards. */
#define live_test(f, end)                                                                          \
	{                                                                                          \
#f, f, world_begin, end, NULL                                                      \
	}

#endif
