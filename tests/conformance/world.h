/* SPDX-License-Identifier: MIT */
#ifndef TESTS_CONFORMANCE_WORLD_H
#define TESTS_CONFORMANCE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "orch/orch.h"

/*
 * What the tests of this folder share. They run on whatever ORCH_TEST_URL
 * names (the simulator, a Swarm, a Kubernetes) and never ask which it is: what
 * not every orchestrator has is asked for with require_capability().
 *
 *	ORCH_TEST_URL     what to open                      sim://conformance
 *	ORCH_TEST_IMAGE   has sh, sleep, true, false, test  busybox:1
 *	ORCH_TEST_IMAGE2  the same under another name       busybox:2
 *	ORCH_TEST_URLS    more ways to it, space between    none
 *	ORCH_TEST_FILTER  run the tests of this pattern     all
 *
 * Each program works in namespaces of its own, `t` and a random number, which it
 * deletes, and each test leaves nothing behind, passed or failed. Nobody sleeps: what a
 * test waits for is a state, and time passes in orch_deployment_wait() alone,
 * because on the simulator it is virtual.
 */
struct world {
	const char *url;
	const char *image;
	const char *image2;
	char ns[32];          /* of `client`                                 */
	orch_client *client;  /* what most tests use                         */
	orch_client *other;   /* the same orchestrator, another namespace    */
	orch_client *outside; /* the default namespace                       */
	orch_client *clock;   /* holds an empty deployment: see world_tick() */
	char own[24];         /* a name of this run's, for `outside`         */
};

/* The whole of a program's main(): run `tests` in a world, return their verdict. */
#define world_run(tests) world_main((tests), sizeof(tests) / sizeof(tests)[0], __FILE__)
int world_main(const struct CMUnitTest *tests, size_t count, const char *file);

/* A row of `tests`: its deployments are deleted afterwards, and waited for. */
#define world_test(f)                                                                              \
	{                                                                                          \
#f, f, world_begin, world_end, NULL                                                \
	}
int world_begin(void **state);
int world_end(void **state);

/* A client of its own on the same URL, in the namespace of `w->client`. */
orch_client *world_client(const struct world *w, const orch_client_options *options);
/* The same by the n-th of ORCH_TEST_URLS, counted around: by other managers, where there are some. */
orch_client *world_client_by(const struct world *w, size_t n, const orch_client_options *options);

/* Skips the test, visibly, where the orchestrator cannot do this. */
void require_capability(const struct world *w, orch_cap cap);
bool world_can(const struct world *w, orch_cap cap);

/*
 * Results. A status that is not the expected one fails the test with the text
 * of the error.
 */
#define assert_status(got, want) world_status((got), (want), #got, __FILE__, __LINE__)
#define assert_ok(got) assert_status(got, ORCH_OK)
void world_status(orch_status got, orch_status want, const char *call, const char *file, int line);

/* The last error's message contains `text`; its reason is `text`. */
#define assert_message_names(text) world_message((text), __FILE__, __LINE__)
#define assert_reason(text) world_reason((text), __FILE__, __LINE__)
void world_message(const char *text, const char *file, int line);
void world_reason(const char *text, const char *file, int line);

/* What an output points to before a call that must not touch it. */
#define UNTOUCHED(type) ((type)(const void *)&world_untouched)
extern const char world_untouched;
#define assert_untouched(p) assert_ptr_equal((p), &world_untouched)

/*
 * Specs. Each runs until it is stopped, and goes quickly when it is; replicas
 * are left open.
 */
orch_deployment_spec world_server(const struct world *w, const char *name);

/* The same with another command line: sh -c SCRIPT. `words` is room for it. */
void world_script(orch_deployment_spec *spec, const char *words[3], const char *script);

/* Name of the first member in which two specs differ, or NULL. */
const char *world_difference(const orch_deployment_spec *a, const orch_deployment_spec *b);

/* A count of `replicas` that becomes complete; fails the test when it does not. */
void world_up(struct world *w, const char *name, int64_t replicas);

/* Options for waits: patient enough for a busy machine, and quick to settle. */
orch_wait_options world_wait(void);
/* A process that ends at once looks alive for as long as a busy engine takes to tell. */
orch_wait_options world_wait_for_failure(void);
orch_write_options world_write(const orch_wait_options *wait);

/*
 * Wait for a state. `seen` is asked again and again, with some time in
 * between, until it says true; after two minutes the test fails with `what`.
 */
typedef bool world_seen_fn(struct world *w, void *payload);
#define await(w, seen, payload) world_await((w), (seen), (payload), #seen, __FILE__, __LINE__)
void world_await(struct world *w, world_seen_fn *seen, void *payload, const char *what,
	const char *file, int line);

/* Let about 200 ms pass, on any orchestrator. */
void world_tick(struct world *w);

/* Owned; the test fails when it cannot be had. */
const orch_deployment *world_get(struct world *w, const char *name);
const orch_instances *world_instances(struct world *w, const char *name);

/* There is no deployment of this name. */
#define assert_absent(w, name) assert_status(world_probe((w)->client, (name)), ORCH_E_NOTFOUND)
orch_status world_probe(orch_client *client, const char *name);

/*
 * Ids of the instances that are not on their way out, sorted, for comparisons
 * across a change.
 */
#define WORLD_IDS 16
struct world_ids {
	char id[WORLD_IDS][80];
	size_t count;
};
struct world_ids world_ids(struct world *w, const char *name);
size_t world_common(const struct world_ids *a, const struct world_ids *b);

/*
 * Run `body` in `count` threads at once, each with its own element of an array
 * of structs of `size`. They begin together. cmocka is not for threads: a body
 * notes what went wrong in its element, and the test looks afterwards.
 */
typedef void world_body_fn(void *element);
void world_threads(world_body_fn *body, void *elements, size_t size, size_t count);

/* Real milliseconds, to see that something did not take long. */
int64_t world_now_ms(void);

#endif
