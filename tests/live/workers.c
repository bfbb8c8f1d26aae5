/* SPDX-License-Identifier: MIT */
#include "live/workers.h"

#include <stdio.h>
#include <stdlib.h>

/* An election of managers, or the start of a server, takes its time on a busy machine. */
#define PATIENCE_MS 180000

static bool check(struct worker *t, orch_status st, int64_t began)
{
	int64_t took = world_now_ms() - began;

	t->calls++;
	t->slowest_ms = took > t->slowest_ms ? took : t->slowest_ms;
	if (st == ORCH_OK)
		return true;
	t->failed = true;
	t->error = *orch_error_last();
	return false;
}

static bool write_number(struct worker *t, int64_t number)
{
	char value[24];
	orch_kv label = { "number", value };
	orch_deployment_spec spec = world_server(t->all->w, t->name);
	int64_t began = world_now_ms();

	(void)snprintf(value, sizeof value, "%lld", (long long)number);
	spec.replicas = 0;
	spec.labels.items = &label;
	spec.labels.count = 1;
	return check(t, orch_deployment_apply(t->all->client, &spec, NULL, NULL), began);
}

static bool read_it(struct worker *t)
{
	const orch_deployment *d = NULL;
	int64_t began = world_now_ms();
	bool ok = check(t, orch_deployment_get(t->all->client, t->name, &d), began);

	orch_deployment_free(d);
	return ok;
}

/* Make another one and take it away again: neither may happen twice. */
static bool make_and_delete(struct worker *t)
{
	char name[48];
	orch_deployment_spec spec;
	int64_t began = world_now_ms();

	(void)snprintf(name, sizeof name, "%s-%lld", t->name, (long long)t->acknowledged);
	spec = world_server(t->all->w, name);
	spec.replicas = 0;
	if (!check(t, orch_deployment_apply(t->all->client, &spec, NULL, NULL), began))
		return false;
	began = world_now_ms();
	return check(t, orch_deployment_delete(t->all->client, name, NULL), began);
}

static void *work(void *payload)
{
	struct worker *t = payload;

	while (!atomic_load(&t->all->stop)) {
		if (!write_number(t, t->acknowledged + 1))
			break;
		t->acknowledged++;
		if (!read_it(t) || !make_and_delete(t))
			break;
	}
	return NULL;
}

void workers_hire(struct workers *all, struct world *w, int count)
{
	memset(all, 0, sizeof *all);
	assert_in_range(count, 1, WORKERS_MOST);
	assert_ok(orch_client_with_timeout(w->client, PATIENCE_MS, &all->client));
	all->w = w;
	all->count = count;
	atomic_init(&all->stop, 0);
	for (int i = 0; i < count; i++) {
		struct worker *t = &all->items[i];

		t->all = all;
		(void)snprintf(t->name, sizeof t->name, "worker-%d", i);
		assert_int_equal(pthread_create(&t->thread, NULL, work, t), 0);
	}
}

void workers_dismiss(struct workers *all)
{
	int64_t calls = 0;

	atomic_store(&all->stop, 1);
	for (int i = 0; i < all->count; i++) {
		assert_int_equal(pthread_join(all->items[i].thread, NULL), 0);
		calls += all->items[i].calls;
	}
	orch_client_close(all->client);
	print_message("# %lld calls\n", (long long)calls);
}

static int64_t number_of(const orch_deployment *d)
{
	for (size_t i = 0; i < d->spec->labels.count; i++)
		if (strcmp(d->spec->labels.items[i].key, "number") == 0)
			return strtoll(d->spec->labels.items[i].value, NULL, 10);
	return -1;
}

void workers_lost_nothing(const struct workers *all)
{
	for (int i = 0; i < all->count; i++) {
		const struct worker *t = &all->items[i];
		const orch_deployment *d;

		print_message("# %s: %d calls, slowest %lld ms\n", t->name, t->calls,
			(long long)t->slowest_ms);
		if (t->failed)
			print_error("%s: %s (%s)\n", t->name, t->error.message,
				orch_outcome_name(t->error.outcome));
		assert_false(t->failed);
		d = world_get(all->w, t->name);
		assert_int_equal(number_of(d), t->acknowledged);
		orch_deployment_free(d);
	}
}

int64_t workers_left_over(const struct workers *all)
{
	const orch_deployments *list = NULL;
	int64_t others;

	assert_ok(orch_deployment_list(all->w->client, NULL, &list));
	others = (int64_t)list->count - all->count;
	for (size_t i = 0; others && i < list->count; i++)
		print_message("# there is %s\n", list->items[i]->spec->name);
	orch_deployments_free(list);
	return others;
}
