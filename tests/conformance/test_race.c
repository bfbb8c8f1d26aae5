/* SPDX-License-Identifier: MIT */
/* Many threads, many clients, one deployment: nothing is lost and nothing made twice. */
#include "conformance/world.h"

#include <stdio.h>
#include <stdlib.h>

enum { WRITERS = 12, ROUNDS = 25 };

/* One thread of a race. The first failure is kept; cmocka is for the main thread. */
struct runner {
	struct world *w;
	orch_client *client; /* the world's, or its own */
	int index;
	int64_t done, conflicts;
	orch_error error;
	char id[80];
};

static bool fine(struct runner *r, orch_status st)
{
	if (st != ORCH_OK && r->error.status == ORCH_OK)
		r->error = *orch_error_last();
	return st == ORCH_OK;
}

static void prepare(struct world *w, struct runner *runners, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		memset(&runners[i], 0, sizeof runners[i]);
		runners[i].w = w;
		runners[i].client = w->client;
		runners[i].index = (int)i;
	}
}

static void start(struct world *w, struct runner *runners, size_t count, world_body_fn *body)
{
	prepare(w, runners, count);
	world_threads(body, runners, sizeof runners[0], count);
}

/* As programs that know nothing of each other, and by as many ways as there are. */
static void start_apart(struct world *w, struct runner *runners, size_t count, world_body_fn *body)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;

	o.timeout_ms = 60000;
	prepare(w, runners, count);
	for (size_t i = 0; i < count; i++)
		runners[i].client = world_client_by(w, i, &o);
	world_threads(body, runners, sizeof runners[0], count);
	for (size_t i = 0; i < count; i++)
		orch_client_close(runners[i].client);
}

static void assert_all_fine(const struct runner *runners, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (runners[i].error.status != ORCH_OK)
			print_error("thread %zu after %lld calls: %s\n", i,
				(long long)runners[i].done, runners[i].error.message);
		assert_int_equal(runners[i].error.status, ORCH_OK);
	}
}

static void apply_the_same(void *element)
{
	struct runner *r = element;
	orch_deployment_spec spec = world_server(r->w, "common");
	const orch_deployment *d = NULL;

	spec.replicas = 0;
	if (!fine(r, orch_deployment_apply(r->client, &spec, NULL, &d)))
		return;
	(void)snprintf(r->id, sizeof r->id, "%s", d->id);
	orch_deployment_free(d);
}

static void assert_one_object(struct world *w, const struct runner *runners, size_t count)
{
	const orch_deployments *list = NULL;

	assert_ok(orch_deployment_list(w->client, NULL, &list));
	assert_int_equal(list->count, 1);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(runners[i].id, list->items[0]->id);
	orch_deployments_free(list);
}

static void many_who_create_the_same_make_one(void **state)
{
	struct world *w = *state;
	struct runner runners[6];

	for (int round = 0; round < 5; round++) {
		start_apart(w, runners, 6, apply_the_same);
		assert_all_fine(runners, 6);
		assert_one_object(w, runners, 6);
		assert_ok(orch_deployment_delete(w->client, "common", NULL));
	}
}

static void apply_one_of_two(void *element)
{
	static const orch_kv odd[] = { { "side", "odd" } };
	static const orch_kv even[] = { { "side", "even" } };
	struct runner *r = element;
	orch_deployment_spec spec = world_server(r->w, "contested");
	bool is_odd = r->index % 2;

	spec.replicas = 0;
	spec.image = is_odd ? r->w->image2 : r->w->image;
	spec.labels.items = is_odd ? odd : even;
	spec.labels.count = 1;
	for (; r->done < 5; r->done++)
		if (!fine(r, orch_deployment_apply(r->client, &spec, NULL, NULL)))
			return;
}

static void of_two_specs_one_wins_entirely(void **state)
{
	struct world *w = *state;
	const orch_deployment *d;
	struct runner runners[4];
	const char *side;

	start(w, runners, 4, apply_one_of_two);
	assert_all_fine(runners, 4);
	d = world_get(w, "contested");
	assert_int_equal(d->spec->labels.count, 1);
	side = d->spec->labels.items[0].value;
	assert_string_equal(d->spec->image, strcmp(side, "odd") == 0 ? w->image2 : w->image);
	orch_deployment_free(d);
}

static void scale_over_and_over(void *element)
{
	struct runner *r = element;

	for (; r->done < ROUNDS; r->done++) {
		int64_t replicas = (r->index + r->done) % 3;

		if (!fine(r, orch_deployment_scale(r->client, "swayed", replicas, NULL, NULL)))
			return;
	}
}

/* Unschedulable, so that only the writes race and not the instances. */
static void many_who_scale_all_succeed(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "swayed");
	orch_constraint nowhere = { "place", ORCH_CONSTRAINT_EQUAL, "moon" };
	struct runner runners[WRITERS];
	const orch_deployment *d;

	spec.replicas = 0;
	spec.constraints.items = &nowhere;
	spec.constraints.count = 1;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	start_apart(w, runners, WRITERS, scale_over_and_over);
	assert_all_fine(runners, WRITERS);
	d = world_get(w, "swayed");
	assert_in_range(d->spec->replicas, 0, 2);
	orch_deployment_free(d);
}

/* Read, add one label, apply if nobody was faster: again until it holds. */
static orch_status add_label(struct runner *r, const orch_kv *label)
{
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;
	orch_deployment_spec spec;
	const orch_deployment *d = NULL;
	orch_kv *labels;
	orch_status st = orch_deployment_get(r->client, "ledger", &d);

	if (st != ORCH_OK)
		return st;
	spec = *d->spec;
	labels = calloc(spec.labels.count + 1, sizeof *labels);
	if (spec.labels.count)
		memcpy(labels, spec.labels.items, spec.labels.count * sizeof *labels);
	labels[spec.labels.count++] = *label;
	spec.labels.items = labels;
	how.version = d->version;
	st = orch_deployment_apply(r->client, &spec, &how, NULL);
	orch_deployment_free(d);
	free(labels);
	return st;
}

static void add_labels(void *element)
{
	struct runner *r = element;
	char key[32];
	orch_kv label = { key, "1" };
	orch_status st;

	for (; r->done < ROUNDS; r->done++) {
		(void)snprintf(key, sizeof key, "t%d-%lld", r->index, (long long)r->done);
		do
			st = add_label(r, &label);
		while (st == ORCH_E_CONFLICT);
		if (!fine(r, st))
			return;
	}
}

static void nothing_is_lost_between_those_who_read_change_and_apply(void **state)
{
	enum { THREADS = 4 };
	struct world *w = *state;
	struct runner runners[THREADS];
	const orch_deployment *d;

	world_up(w, "ledger", 0);
	start(w, runners, THREADS, add_labels);
	assert_all_fine(runners, THREADS);
	d = world_get(w, "ledger");
	assert_int_equal(d->spec->labels.count, THREADS * ROUNDS);
	orch_deployment_free(d);
}

/* ---- one number that many count up ---- */

static int64_t number_of(const orch_deployment *d)
{
	for (size_t i = 0; i < d->spec->labels.count; i++)
		if (strcmp(d->spec->labels.items[i].key, "number") == 0)
			return strtoll(d->spec->labels.items[i].value, NULL, 10);
	return -1;
}

/* One more than it was, if it still is what it was. */
static orch_status count_up(struct runner *r)
{
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;
	const orch_deployment *d = NULL;
	orch_deployment_spec spec;
	char value[24];
	orch_kv label = { "number", value };
	orch_status st = orch_deployment_get(r->client, "counter", &d);

	if (st != ORCH_OK)
		return st;
	(void)snprintf(value, sizeof value, "%lld", (long long)number_of(d) + 1);
	spec = *d->spec;
	spec.labels.items = &label;
	spec.labels.count = 1;
	how.version = d->version;
	st = orch_deployment_apply(r->client, &spec, &how, NULL);
	orch_deployment_free(d);
	return st;
}

enum { COUNTERS = 8, STEPS = 50 };

static void count_up_over_and_over(void *element)
{
	struct runner *r = element;

	while (r->done < STEPS) {
		orch_status st = count_up(r);

		if (st == ORCH_E_CONFLICT)
			r->conflicts++;
		else if (fine(r, st))
			r->done++;
		else
			return;
	}
}

static void eight_who_count_to_fifty_reach_four_hundred(void **state)
{
	static const orch_kv zero = { "number", "0" };
	struct world *w = *state;
	struct runner runners[COUNTERS];
	orch_deployment_spec spec = world_server(w, "counter");
	const orch_deployment *d;
	int64_t conflicts = 0;

	spec.replicas = 0;
	spec.labels.items = &zero;
	spec.labels.count = 1;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	start_apart(w, runners, COUNTERS, count_up_over_and_over);
	for (int i = 0; i < COUNTERS; i++)
		conflicts += runners[i].conflicts;
	print_message("# %lld conflicts seen and settled\n", (long long)conflicts);
	assert_all_fine(runners, COUNTERS);
	d = world_get(w, "counter");
	assert_int_equal(number_of(d), COUNTERS * STEPS);
	orch_deployment_free(d);
}

/* ---- creations ---- */

/* What was made a moment ago may not be known everywhere yet. */
static void create_and_change(struct world *w, int n)
{
	orch_deployment_spec spec = world_server(w, NULL);
	const orch_deployment *d = NULL;
	char name[16];

	(void)snprintf(name, sizeof name, "new-%d", n);
	spec.name = name;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	if (n % 2) {
		assert_ok(orch_deployment_scale(w->client, name, 0, NULL, &d));
		assert_int_equal(d->spec->replicas, 0);
	} else {
		spec.image = w->image2;
		spec.replicas = 0;
		assert_ok(orch_deployment_apply(w->client, &spec, NULL, &d));
		assert_string_equal(d->spec->image, w->image2);
	}
	orch_deployment_free(d);
}

static void a_change_right_after_the_creation_succeeds(void **state)
{
	for (int i = 0; i < 50; i++)
		create_and_change(*state, i);
}

static void apply_and_delete(void *element)
{
	struct runner *r = element;
	orch_deployment_spec spec = world_server(r->w, "flicker");

	spec.replicas = 0;
	for (; r->done < 20; r->done++) {
		orch_status st;

		spec.image = r->done % 2 ? r->w->image : r->w->image2;
		if (r->index % 2)
			st = orch_deployment_apply(r->client, &spec, NULL, NULL);
		else
			st = orch_deployment_delete(r->client, "flicker", NULL);
		if (r->index % 2 == 0 && st == ORCH_E_NOTFOUND)
			continue;
		if (!fine(r, st))
			return;
	}
}

static void apply_succeeds_while_others_delete(void **state)
{
	struct world *w = *state;
	struct runner runners[4];

	start(w, runners, 4, apply_and_delete);
	assert_all_fine(runners, 4);
	world_up(w, "flicker", 0);
}

static void work_with_ones_own(void *element)
{
	struct runner *r = element;
	orch_deployment_spec spec = world_server(r->w, NULL);
	const orch_deployment *d = NULL;
	char name[16];

	(void)snprintf(name, sizeof name, "own-%d", r->index);
	spec.name = name;
	for (; r->done < 10; r->done++) {
		spec.replicas = 0;
		spec.stop_grace_ms = 1000 * (r->done + 1);
		if (!fine(r, orch_deployment_apply(r->client, &spec, NULL, &d)))
			return;
		if (strcmp(d->spec->name, name) != 0 ||
			d->spec->stop_grace_ms != 1000 * (r->done + 1))
			r->error.status = ORCH_E_PROTOCOL; /* somebody else's answer */
		orch_deployment_free(d);
		if (!fine(r, orch_deployment_delete(r->client, name, NULL)))
			return;
	}
}

static void threads_get_their_own_answers(void **state)
{
	struct world *w = *state;
	struct runner runners[8];

	start(w, runners, 8, work_with_ones_own);
	assert_all_fine(runners, 8);
}

static void fail_and_remember(void *element)
{
	struct runner *r = element;
	char name[24];

	for (; r->done < 20; r->done++) {
		(void)snprintf(name, sizeof name, "ghost-%d-%lld", r->index, (long long)r->done);
		if (world_probe(r->client, name) != ORCH_E_NOTFOUND ||
			!strstr(orch_error_last()->message, name))
			r->error.status = ORCH_E_PROTOCOL;
	}
}

static void the_last_error_is_the_threads_own(void **state)
{
	struct world *w = *state;
	struct runner runners[8];

	start(w, runners, 8, fail_and_remember);
	assert_all_fine(runners, 8);
}

static void share_and_drop(void *element)
{
	struct runner *r = element;
	orch_client *view = NULL;

	for (; r->done < 50; r->done++) {
		orch_client *mine = orch_client_ref(r->client);

		if (!fine(r, orch_client_with_namespace(mine, "elsewhere", &view)))
			return;
		orch_client_close(mine);
		orch_client_close(view);
	}
}

static void references_are_taken_and_dropped_by_all(void **state)
{
	struct world *w = *state;
	struct runner runners[8];

	start(w, runners, 8, share_and_drop);
	assert_all_fine(runners, 8);
	assert_absent(w, "ghost");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(many_who_create_the_same_make_one),
		world_test(of_two_specs_one_wins_entirely),
		world_test(many_who_scale_all_succeed),
		world_test(nothing_is_lost_between_those_who_read_change_and_apply),
		world_test(eight_who_count_to_fifty_reach_four_hundred),
		world_test(a_change_right_after_the_creation_succeeds),
		world_test(apply_succeeds_while_others_delete),
		world_test(threads_get_their_own_answers),
		world_test(the_last_error_is_the_threads_own),
		world_test(references_are_taken_and_dropped_by_all),
	};

	return world_run(tests);
}
