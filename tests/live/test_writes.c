/* SPDX-License-Identifier: MIT */
/* Writers on several managers at once: nothing is lost, nothing is made twice. */
#include "live/live.h"

#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 12, ROUNDS = 25 };

struct writer {
	struct world *w;
	orch_client *client; /* its own, on a manager of its own */
	int index;
	int done, conflicts;
	orch_error error;
	char id[80];
};

static bool fine(struct writer *t, orch_status st)
{
	if (st != ORCH_OK && t->error.status == ORCH_OK)
		t->error = *orch_error_last();
	return st == ORCH_OK;
}

/* The n-th manager, counted around. */
static orch_client *open_manager(struct world *w, int n)
{
	char list[512], *endpoint = NULL, *rest = list;
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	orch_client *client = NULL;
	const char *all = live_env("SWARM_MANAGERS_TCP");
	int count = 1;
	char *url;

	for (const char *c = all; *c; c++)
		count += *c == ' ';
	(void)snprintf(list, sizeof list, "%s", all);
	for (int i = 0; i <= n % count; i++)
		endpoint = strtok_r(i ? NULL : list, " ", &rest);
	assert_non_null(endpoint);
	url = live_url(endpoint);
	o.ns = w->ns;
	o.timeout_ms = 60000;
	assert_ok(orch_client_open(url, &o, &client));
	free(url);
	return client;
}

static void start(struct world *w, struct writer *writers, int count, world_body_fn *body)
{
	for (int i = 0; i < count; i++) {
		memset(&writers[i], 0, sizeof writers[i]);
		writers[i].w = w;
		writers[i].index = i;
		writers[i].client = open_manager(w, i);
	}
	world_threads(body, writers, sizeof writers[0], (size_t)count);
	for (int i = 0; i < count; i++)
		orch_client_close(writers[i].client);
}

static void assert_all_fine(const struct writer *writers, int count)
{
	for (int i = 0; i < count; i++) {
		if (writers[i].error.status != ORCH_OK)
			print_error("writer %d after %d: %s\n", i, writers[i].done,
				writers[i].error.message);
		assert_int_equal(writers[i].error.status, ORCH_OK);
	}
}

static void a_change_right_after_the_creation_lands_50_times(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 50; i++) {
		orch_deployment_spec spec = world_server(w, NULL);
		const orch_deployment *d = NULL;
		char name[16];

		(void)snprintf(name, sizeof name, "quick-%d", i);
		spec.name = name;
		assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
		assert_ok(orch_deployment_scale(w->client, name, 0, NULL, &d));
		assert_int_equal(d->spec->replicas, 0);
		orch_deployment_free(d);
	}
}

static void scale_always(void *element)
{
	struct writer *t = element;

	for (; t->done < ROUNDS; t->done++)
		if (!fine(t,
			    orch_deployment_scale(
				    t->client, "hot", (t->index + t->done) % 5, NULL, NULL)))
			return;
}

static void twelve_who_scale_land_300_of_300(void **state)
{
	struct world *w = *state;
	struct writer writers[THREADS];
	orch_deployment_spec spec = world_server(w, "hot");
	orch_constraint nowhere = { "place", ORCH_CONSTRAINT_EQUAL, "moon" };
	int landed = 0;

	spec.constraints.items = &nowhere;
	spec.constraints.count = 1;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	start(w, writers, THREADS, scale_always);
	for (int i = 0; i < THREADS; i++)
		landed += writers[i].done;
	print_message("# %d of %d landed\n", landed, THREADS * ROUNDS);
	assert_all_fine(writers, THREADS);
}

static int64_t count_of(const orch_deployment *d)
{
	for (size_t i = 0; i < d->spec->labels.count; i++)
		if (strcmp(d->spec->labels.items[i].key, "count") == 0)
			return atoll(d->spec->labels.items[i].value);
	return -1;
}

/* One more than it was, if it still is what it was. */
static orch_status count_up(struct writer *t)
{
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;
	const orch_deployment *d = NULL;
	orch_deployment_spec spec;
	orch_kv label = { "count", NULL };
	char value[24];
	orch_status st = orch_deployment_get(t->client, "counter", &d);

	if (st < 0)
		return st;
	(void)snprintf(value, sizeof value, "%lld", (long long)count_of(d) + 1);
	label.value = value;
	spec = *d->spec;
	spec.labels.items = &label;
	spec.labels.count = 1;
	how.version = d->version;
	st = orch_deployment_apply(t->client, &spec, &how, NULL);
	orch_deployment_free(d);
	return st;
}

static void count_up_always(void *element)
{
	struct writer *t = element;

	while (t->done < 100) {
		orch_status st = count_up(t);

		if (st == ORCH_E_CONFLICT)
			t->conflicts++;
		else if (!fine(t, st))
			return;
		else
			t->done++;
	}
}

static void three_who_count_on_three_managers_reach_300(void **state)
{
	struct world *w = *state;
	struct writer writers[3];
	orch_deployment_spec spec = world_server(w, "counter");
	static const orch_kv zero = { "count", "0" };
	const orch_deployment *d;

	spec.replicas = 0;
	spec.labels.items = &zero;
	spec.labels.count = 1;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	start(w, writers, 3, count_up_always);
	print_message("# %d + %d + %d conflicts seen and settled\n", writers[0].conflicts,
		writers[1].conflicts, writers[2].conflicts);
	assert_all_fine(writers, 3);
	d = world_get(w, "counter");
	assert_int_equal(count_of(d), 300);
	orch_deployment_free(d);
}

static void create_the_same(void *element)
{
	struct writer *t = element;
	orch_deployment_spec spec = world_server(t->w, "one");
	const orch_deployment *d = NULL;

	spec.replicas = 0;
	if (!fine(t, orch_deployment_apply(t->client, &spec, NULL, &d)))
		return;
	(void)snprintf(t->id, sizeof t->id, "%s", d->id);
	orch_deployment_free(d);
}

static void six_who_create_the_same_make_one(void **state)
{
	struct world *w = *state;
	struct writer writers[6];

	for (int round = 0; round < 5; round++) {
		const orch_deployments *list = NULL;

		start(w, writers, 6, create_the_same);
		assert_all_fine(writers, 6);
		assert_ok(orch_deployment_list(w->client, NULL, &list));
		assert_int_equal(list->count, 1);
		for (int i = 0; i < 6; i++)
			assert_string_equal(writers[i].id, list->items[0]->id);
		orch_deployments_free(list);
		assert_ok(orch_deployment_delete(w->client, "one", NULL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(a_change_right_after_the_creation_lands_50_times),
		world_test(twelve_who_scale_land_300_of_300),
		world_test(three_who_count_on_three_managers_reach_300),
		world_test(six_who_create_the_same_make_one),
	};

	return world_run(tests);
}
