/* SPDX-License-Identifier: MIT */
/* Opening a world, leaving it as it was found, and waiting in it. */
#include "conformance/world.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PATIENCE_MS 120000
#define TICK_MS 200

const char world_untouched = 0;

static const char *setting(const char *name, const char *fallback)
{
	const char *value = getenv(name);

	return value && *value ? value : fallback;
}

/* Enough to tell runs apart that share an orchestrator. */
static uint32_t draw(void)
{
	uint32_t value = (uint32_t)time(NULL);
	FILE *f = fopen("/dev/urandom", "rb");

	if (f) {
		if (fread(&value, sizeof value, 1, f) != 1)
			value ^= (uint32_t)(uintptr_t)&value;
		(void)fclose(f);
	}
	return value;
}

static bool told(orch_status st, const char *what)
{
	if (st != ORCH_OK)
		print_error("world: %s: %s: %s\n", what, orch_status_name(st),
			orch_error_last()->message);
	return st == ORCH_OK;
}

static orch_client *open_client(
	const struct world *w, const char *url, const orch_client_options *options)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	orch_client *client = NULL;

	if (options)
		o = *options;
	if (!o.ns)
		o.ns = w->ns;
	assert_ok(orch_client_open(url, &o, &client));
	return client;
}

orch_client *world_client(const struct world *w, const orch_client_options *options)
{
	return open_client(w, w->url, options);
}

orch_client *world_client_by(const struct world *w, size_t n, const orch_client_options *options)
{
	const char *all = setting("ORCH_TEST_URLS", w->url), *one = all;
	size_t count = 1;
	char url[256];

	for (const char *c = all; *c; c++)
		count += *c == ' ';
	for (n %= count; n > 0; n--)
		one = strchr(one, ' ') + 1;
	(void)snprintf(url, sizeof url, "%.*s", (int)strcspn(one, " "), one);
	return open_client(w, url, options);
}

static bool open_views(struct world *w)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	char name[sizeof w->ns + 8];

	o.ns = w->ns;
	if (!told(orch_client_open(w->url, &o, &w->client), w->url))
		return false;
	(void)snprintf(name, sizeof name, "%s-b", w->ns);
	if (!told(orch_client_with_namespace(w->client, name, &w->other), "another namespace"))
		return false;
	(void)snprintf(name, sizeof name, "%s-clock", w->ns);
	return told(orch_client_with_namespace(w->client, name, &w->clock), "the clock") &&
		told(orch_client_with_namespace(w->client, "default", &w->outside), "default");
}

static int open_world(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	orch_deployment_spec clock;

	if (!w)
		return -1;
	*state = w;
	w->url = setting("ORCH_TEST_URL", "sim://conformance");
	w->image = setting("ORCH_TEST_IMAGE", "busybox:1");
	w->image2 = setting("ORCH_TEST_IMAGE2", "busybox:2");
	(void)snprintf(w->ns, sizeof w->ns, "t%08x", (unsigned)draw());
	(void)snprintf(w->own, sizeof w->own, "%s-own", w->ns);
	if (!open_views(w))
		return -1;
	clock = world_server(w, "clock");
	clock.replicas = 0;
	print_message("# %s, namespace %s\n", w->url, w->ns);
	return told(orch_deployment_apply(w->clock, &clock, NULL, NULL), "start the clock") ? 0
											    : -1;
}

static bool delete_one(orch_client *client, const char *name)
{
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	orch_status st = orch_deployment_delete(client, name, &how);

	return st == ORCH_E_NOTFOUND || told(st, name);
}

/* Delete what begins with `prefix`, and wait until the last instance is gone. */
static bool sweep(orch_client *client, const char *prefix)
{
	const orch_deployments *list = NULL;
	bool ok = told(orch_deployment_list(client, NULL, &list), "list what is left");

	for (size_t i = 0; ok && i < list->count; i++) {
		const char *name = list->items[i]->spec->name;

		if (strncmp(name, prefix, strlen(prefix)) == 0)
			ok = delete_one(client, name);
	}
	orch_deployments_free(list);
	return ok;
}

/* With all that is left in it: a program leaves nothing behind. */
static bool drop(orch_client *view)
{
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	orch_status st = view ? orch_namespace_delete(view, &how) : ORCH_OK;

	return st == ORCH_E_NOTFOUND || told(st, "delete a namespace");
}

static int close_world(void **state)
{
	struct world *w = *state;
	bool ok;

	if (!w)
		return 0;
	ok = drop(w->clock);
	ok = drop(w->other) && ok;
	ok = drop(w->client) && ok;
	orch_client_close(w->clock);
	orch_client_close(w->outside);
	orch_client_close(w->other);
	orch_client_close(w->client);
	free(w);
	return ok ? 0 : -1;
}

int world_begin(void **state)
{
	(void)state;
	return 0;
}

int world_end(void **state)
{
	struct world *w = *state;
	bool inside = sweep(w->client, "");
	bool other = sweep(w->other, "");
	bool outside = sweep(w->outside, w->own);

	return inside && other && outside ? 0 : -1;
}

int world_main(const struct CMUnitTest *tests, size_t count, const char *file)
{
	const char *filter = getenv("ORCH_TEST_FILTER");
	const char *name = strrchr(file, '/');

	if (filter && *filter)
		cmocka_set_test_filter(filter);
	return _cmocka_run_group_tests(
		name ? name + 1 : file, tests, count, open_world, close_world);
}

bool world_can(const struct world *w, orch_cap cap)
{
	return orch_capability(w->client, cap, NULL) != ORCH_LEVEL_UNAVAILABLE;
}

void require_capability(const struct world *w, orch_cap cap)
{
	const char *reason = "";

	if (orch_capability(w->client, cap, &reason) != ORCH_LEVEL_UNAVAILABLE)
		return;
	print_message("# no %s: %s\n", orch_cap_name(cap), reason);
	skip();
}

orch_deployment_spec world_server(const struct world *w, const char *name)
{
	/* A process 1 that does not listen to TERM would be waited for. */
	static const char *const serve[] = { "sh", "-c", "trap 'exit 0' TERM; sleep 86400 & wait" };
	orch_deployment_spec spec = ORCH_DEPLOYMENT_SPEC_INIT;

	spec.name = name;
	spec.image = w->image;
	spec.command.items = serve;
	spec.command.count = 3;
	spec.stop_grace_ms = 1000;
	return spec;
}

void world_script(orch_deployment_spec *spec, const char *words[3], const char *script)
{
	words[0] = "sh";
	words[1] = "-c";
	words[2] = script;
	spec->command.items = words;
	spec->command.count = 3;
}

orch_wait_options world_wait(void)
{
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;

	wait.timeout_ms = PATIENCE_MS;
	wait.settle_ms = 300;
	return wait;
}

orch_wait_options world_wait_for_failure(void)
{
	orch_wait_options wait = world_wait();

	wait.settle_ms = 5000;
	return wait;
}

orch_write_options world_write(const orch_wait_options *wait)
{
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;

	how.wait = wait;
	return how;
}

void world_up(struct world *w, const char *name, int64_t replicas)
{
	orch_deployment_spec spec = world_server(w, name);
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);

	spec.replicas = replicas;
	assert_ok(orch_deployment_apply(w->client, &spec, &how, NULL));
}

void world_tick(struct world *w)
{
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;

	wait.timeout_ms = PATIENCE_MS;
	wait.settle_ms = TICK_MS;
	assert_ok(orch_deployment_wait(w->clock, "clock", &wait, NULL));
}

void world_await(struct world *w, world_seen_fn *seen, void *payload, const char *what,
	const char *file, int line)
{
	for (int i = 0; i < PATIENCE_MS / TICK_MS; i++) {
		if (seen(w, payload))
			return;
		world_tick(w);
	}
	print_error("never seen: %s\n", what);
	_fail(file, line);
}

const orch_deployment *world_get(struct world *w, const char *name)
{
	const orch_deployment *d = NULL;

	assert_ok(orch_deployment_get(w->client, name, &d));
	return d;
}

const orch_instances *world_instances(struct world *w, const char *name)
{
	const orch_instances *list = NULL;

	assert_ok(orch_instance_list(w->client, name, &list));
	return list;
}

orch_status world_probe(orch_client *client, const char *name)
{
	const orch_deployment *d = UNTOUCHED(const orch_deployment *);
	orch_status st = orch_deployment_get(client, name, &d);

	if (st == ORCH_OK)
		orch_deployment_free(d);
	else
		assert_untouched(d);
	return st;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

struct world_ids world_ids(struct world *w, const char *name)
{
	const orch_instances *list = world_instances(w, name);
	struct world_ids ids = { 0 };

	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i]->state == ORCH_INSTANCE_STOPPING)
			continue;
		assert_true(ids.count < WORLD_IDS);
		(void)snprintf(ids.id[ids.count], sizeof ids.id[0], "%s", list->items[i]->id);
		ids.count++;
	}
	orch_instances_free(list);
	qsort(ids.id, ids.count, sizeof ids.id[0], by_text);
	return ids;
}

size_t world_common(const struct world_ids *a, const struct world_ids *b)
{
	size_t common = 0;

	for (size_t i = 0; i < a->count; i++) {
		if (bsearch(a->id[i], b->id, b->count, sizeof b->id[0], by_text))
			common++;
	}
	return common;
}

int64_t world_now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The gate lets all threads of a race go at the same moment. */
struct racer {
	pthread_t thread;
	pthread_barrier_t *gate;
	world_body_fn *body;
	void *element;
};

static void *race(void *payload)
{
	struct racer *r = payload;

	(void)pthread_barrier_wait(r->gate);
	r->body(r->element);
	return NULL;
}

void world_threads(world_body_fn *body, void *elements, size_t size, size_t count)
{
	struct racer *racers = calloc(count, sizeof *racers);
	pthread_barrier_t gate;

	assert_non_null(racers);
	assert_int_equal(pthread_barrier_init(&gate, NULL, (unsigned)count), 0);
	for (size_t i = 0; i < count; i++) {
		racers[i].gate = &gate;
		racers[i].body = body;
		racers[i].element = (char *)elements + i * size;
		assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
	}
	for (size_t i = 0; i < count; i++)
		(void)pthread_join(racers[i].thread, NULL);
	(void)pthread_barrier_destroy(&gate);
	free(racers);
}
