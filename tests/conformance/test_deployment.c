/* SPDX-License-Identifier: MIT */
/* Create, read, scale, restart, change, delete: what each does and what it leaves alone. */
#include "conformance/world.h"

static const orch_deployment *scale(struct world *w, const char *name, int64_t replicas)
{
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	const orch_deployment *d = NULL;

	assert_ok(orch_deployment_scale(w->client, name, replicas, &how, &d));
	return d;
}

static void assert_counts(const orch_deployment *d, int64_t n)
{
	assert_int_equal(d->state, ORCH_DEPLOYMENT_COMPLETE);
	assert_int_equal(d->spec->replicas, n);
	assert_int_equal(d->desired, n);
	assert_int_equal(d->ready, n);
	assert_int_equal(d->updated, n);
	assert_int_equal(d->total, n);
}

static void a_new_deployment_becomes_complete(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "web");
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	const orch_deployment *d = NULL;

	spec.replicas = 2;
	assert_ok(orch_deployment_apply(w->client, &spec, &how, &d));
	assert_counts(d, 2);
	assert_string_equal(d->spec->name, "web");
	assert_string_equal(d->ns, w->ns);
	assert_null(d->raw_json);
	orch_deployment_free(d);
	d = world_get(w, "web");
	assert_counts(d, 2);
	orch_deployment_free(d);
}

static void replicas_left_open_mean_one(void **state)
{
	struct world *w = *state;
	const orch_deployment *d;

	world_up(w, "one", ORCH_UNSET);
	d = world_get(w, "one");
	assert_counts(d, 1);
	orch_deployment_free(d);
}

static void replicas_left_open_in_an_update_stay(void **state)
{
	struct world *w = *state;
	const orch_deployment *d;

	world_up(w, "three", 3);
	world_up(w, "three", ORCH_UNSET);
	d = world_get(w, "three");
	assert_counts(d, 3);
	orch_deployment_free(d);
}

static void zero_replicas_are_zero(void **state)
{
	struct world *w = *state;
	const orch_instances *list;
	const orch_deployment *d;

	world_up(w, "none", 0);
	d = world_get(w, "none");
	assert_counts(d, 0);
	orch_deployment_free(d);
	list = world_instances(w, "none");
	assert_int_equal(list->count, 0);
	orch_instances_free(list);
	orch_deployment_free(scale(w, "none", 1));
	d = scale(w, "none", 0);
	assert_counts(d, 0);
	orch_deployment_free(d);
}

static void scaling_keeps_the_instances_that_stay(void **state)
{
	struct world *w = *state;
	struct world_ids two, four, again;
	const orch_deployment *d;

	world_up(w, "elastic", 2);
	two = world_ids(w, "elastic");
	d = scale(w, "elastic", 4);
	assert_counts(d, 4);
	orch_deployment_free(d);
	four = world_ids(w, "elastic");
	assert_int_equal(four.count, 4);
	assert_int_equal(world_common(&two, &four), 2);
	orch_deployment_free(scale(w, "elastic", 2));
	again = world_ids(w, "elastic");
	assert_int_equal(again.count, 2);
	assert_int_equal(world_common(&again, &four), 2);
}

static void scaling_changes_nothing_else(void **state)
{
	static const orch_kv labels[] = { { "app", "web" } };
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "same");
	const orch_deployment *d = NULL;
	const char *member;

	spec.replicas = 1;
	spec.labels.items = labels;
	spec.labels.count = 1;
	spec.user = "1000";
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	assert_ok(orch_deployment_scale(w->client, "same", 2, NULL, &d));
	spec.replicas = 2;
	member = world_difference(d->spec, &spec);
	if (member)
		print_error("%s has changed\n", member);
	assert_null(member);
	orch_deployment_free(d);
}

static void scaling_to_the_same_number_writes_nothing(void **state)
{
	struct world *w = *state;
	const orch_deployment *before, *after = NULL;

	world_up(w, "still", 1);
	world_tick(w);
	before = world_get(w, "still");
	assert_ok(orch_deployment_scale(w->client, "still", 1, NULL, &after));
	assert_string_equal(before->version, after->version);
	orch_deployment_free(before);
	orch_deployment_free(after);
}

static void labels_restart_nothing(void **state)
{
	static const orch_kv labels[] = { { "owner", "me" }, { "example.com/cost", "7" } };
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "tagged");
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	struct world_ids before, after;

	world_up(w, "tagged", 2);
	before = world_ids(w, "tagged");
	spec.labels.items = labels;
	spec.labels.count = 2;
	assert_ok(orch_deployment_apply(w->client, &spec, &how, NULL));
	after = world_ids(w, "tagged");
	assert_int_equal(after.count, 2);
	assert_int_equal(world_common(&before, &after), 2);
}

static void restart_replaces_every_instance(void **state)
{
	struct world *w = *state;
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	const orch_deployment *before, *after = NULL;
	struct world_ids old, new;

	world_up(w, "fresh", 2);
	before = world_get(w, "fresh");
	old = world_ids(w, "fresh");
	assert_ok(orch_deployment_restart(w->client, "fresh", &how, &after));
	assert_counts(after, 2);
	new = world_ids(w, "fresh");
	assert_int_equal(new.count, 2);
	assert_int_equal(world_common(&old, &new), 0);
	assert_null(world_difference(before->spec, after->spec));
	orch_deployment_free(before);
	orch_deployment_free(after);
}

static void restart_works_again_and_again(void **state)
{
	struct world *w = *state;
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);

	world_up(w, "often", 1);
	for (int i = 0; i < 3; i++) {
		struct world_ids old = world_ids(w, "often"), new;

		assert_ok(orch_deployment_restart(w->client, "often", &how, NULL));
		new = world_ids(w, "often");
		assert_int_equal(world_common(&old, &new), 0);
	}
}

static void another_image_rolls_to_every_instance(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "rolled");
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	const orch_deployment *d = NULL;
	const orch_instances *list;

	world_up(w, "rolled", 3);
	spec.image = w->image2;
	assert_ok(orch_deployment_apply(w->client, &spec, &how, &d));
	assert_counts(d, 3);
	orch_deployment_free(d);
	list = world_instances(w, "rolled");
	assert_int_equal(list->count, 3);
	for (size_t i = 0; i < list->count; i++) {
		assert_string_equal(list->items[i]->image, w->image2);
		assert_int_equal(list->items[i]->updated, 1);
	}
	orch_instances_free(list);
}

static void a_version_that_is_no_longer_is_a_conflict(void **state)
{
	struct world *w = *state;
	const orch_deployment *out = UNTOUCHED(const orch_deployment *), *now;
	orch_deployment_spec spec = world_server(w, "guarded");
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;
	const orch_deployment *old;

	world_up(w, "guarded", 0);
	old = world_get(w, "guarded");
	spec.image = w->image2;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	now = world_get(w, "guarded");
	assert_string_not_equal(now->version, old->version);
	how.version = old->version;
	spec.image = w->image;
	assert_status(orch_deployment_apply(w->client, &spec, &how, &out), ORCH_E_CONFLICT);
	assert_message_names("guarded");
	assert_status(orch_deployment_scale(w->client, "guarded", 1, &how, &out), ORCH_E_CONFLICT);
	assert_status(orch_deployment_restart(w->client, "guarded", &how, &out), ORCH_E_CONFLICT);
	assert_status(orch_deployment_delete(w->client, "guarded", &how), ORCH_E_CONFLICT);
	assert_untouched(out);
	orch_deployment_free(old);
	old = world_get(w, "guarded");
	assert_string_equal(old->version, now->version);
	orch_deployment_free(old);
	orch_deployment_free(now);
}

static void a_version_that_still_is_lets_the_change_through(void **state)
{
	struct world *w = *state;
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;
	const orch_deployment *d, *after = NULL;

	world_up(w, "current", 0);
	world_tick(w);
	d = world_get(w, "current");
	how.version = d->version;
	assert_ok(orch_deployment_scale(w->client, "current", 1, &how, &after));
	assert_int_equal(after->spec->replicas, 1);
	assert_string_not_equal(after->version, d->version);
	orch_deployment_free(after);
	orch_deployment_free(d);
}

/* A version says "change what is there": where nothing is, nothing is made. */
static void a_version_of_something_absent_makes_nothing(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "phantom");
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;

	how.version = "1";
	assert_status(orch_deployment_apply(w->client, &spec, &how, NULL), ORCH_E_CONFLICT);
	assert_absent(w, "phantom");
}

static void what_is_absent_is_not_found(void **state)
{
	struct world *w = *state;
	const orch_deployment *out = UNTOUCHED(const orch_deployment *);
	const orch_instances *list = UNTOUCHED(const orch_instances *);
	orch_wait_options wait = world_wait();

	assert_status(orch_deployment_get(w->client, "ghost", &out), ORCH_E_NOTFOUND);
	assert_message_names("ghost");
	assert_int_equal(orch_error_last()->transient, 0);
	assert_status(orch_deployment_scale(w->client, "ghost", 2, NULL, &out), ORCH_E_NOTFOUND);
	assert_message_names("ghost");
	assert_status(orch_deployment_restart(w->client, "ghost", NULL, &out), ORCH_E_NOTFOUND);
	assert_message_names("ghost");
	assert_status(orch_deployment_wait(w->client, "ghost", &wait, &out), ORCH_E_NOTFOUND);
	assert_message_names("ghost");
	assert_status(orch_deployment_delete(w->client, "ghost", NULL), ORCH_E_NOTFOUND);
	assert_message_names("ghost");
	assert_status(orch_instance_list(w->client, "ghost", &list), ORCH_E_NOTFOUND);
	assert_message_names("ghost");
	assert_untouched(out);
	assert_untouched(list);
	assert_absent(w, "ghost");
}

/* Neither the beginning of a name nor an id is a name. */
static void only_the_whole_name_is_a_name(void **state)
{
	struct world *w = *state;
	const orch_deployment *d;

	world_up(w, "whole-name", 0);
	assert_absent(w, "whole");
	assert_absent(w, "whole-name-b");
	assert_absent(w, "name");
	d = world_get(w, "whole-name");
	assert_absent(w, d->id);
	assert_status(orch_deployment_delete(w->client, d->id, NULL), ORCH_E_NOTFOUND);
	orch_deployment_free(d);
}

static void delete_waits_until_the_last_instance_is_gone(void **state)
{
	struct world *w = *state;
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);

	world_up(w, "leaving", 2);
	assert_ok(orch_deployment_delete(w->client, "leaving", &how));
	assert_absent(w, "leaving");
	assert_status(orch_deployment_delete(w->client, "leaving", &how), ORCH_E_NOTFOUND);
}

static void a_delete_that_cannot_wait_long_enough_says_that_it_took_effect(void **state)
{
	struct world *w = *state;
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	orch_deployment_spec spec = world_server(w, "slow");
	const char *words[3];

	world_script(&spec, words, "sleep 86400"); /* deaf to the friendly signal */
	spec.stop_grace_ms = 5000;
	spec.replicas = 1;
	assert_ok(orch_deployment_apply(w->client, &spec, &how, NULL));
	wait.timeout_ms = 500;
	assert_status(orch_deployment_delete(w->client, "slow", &how), ORCH_E_TIMEOUT);
	assert_message_names("slow");
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_APPLIED);
	assert_absent(w, "slow");
}

static void a_name_can_be_had_again_at_once(void **state)
{
	struct world *w = *state;
	const orch_deployment *first, *second;
	struct world_ids old, new;

	world_up(w, "reborn", 1);
	first = world_get(w, "reborn");
	old = world_ids(w, "reborn");
	assert_ok(orch_deployment_delete(w->client, "reborn", NULL));
	world_up(w, "reborn", 1);
	second = world_get(w, "reborn");
	new = world_ids(w, "reborn");
	assert_string_not_equal(first->id, second->id);
	assert_int_equal(new.count, 1);
	assert_int_equal(world_common(&old, &new), 0);
	orch_deployment_free(first);
	orch_deployment_free(second);
}

static void the_last_update_wins_over_one_still_under_way(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "hurried");
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	const orch_deployment *d = NULL;
	const orch_instances *list;

	world_up(w, "hurried", 2);
	spec.image = w->image2;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	spec.image = w->image;
	spec.user = "1000";
	assert_ok(orch_deployment_apply(w->client, &spec, &how, &d));
	assert_counts(d, 2);
	orch_deployment_free(d);
	list = world_instances(w, "hurried");
	for (size_t i = 0; i < list->count; i++)
		assert_string_equal(list->items[i]->image, w->image);
	orch_instances_free(list);
}

static void every_write_gives_another_version(void **state)
{
	struct world *w = *state;
	const orch_deployment *a, *b = NULL, *c = NULL;
	orch_deployment_spec spec = world_server(w, "counted");

	world_up(w, "counted", 0);
	a = world_get(w, "counted");
	spec.image = w->image2;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, &b));
	assert_ok(orch_deployment_restart(w->client, "counted", NULL, &c));
	assert_string_not_equal(a->version, b->version);
	assert_string_not_equal(b->version, c->version);
	assert_string_equal(a->id, c->id);
	orch_deployment_free(a);
	orch_deployment_free(b);
	orch_deployment_free(c);
}

static void times_are_told(void **state)
{
	struct world *w = *state;
	const orch_deployment *d;

	world_up(w, "dated", 0);
	d = world_get(w, "dated");
	assert_true(d->created_ms == ORCH_UNSET || d->created_ms >= 0);
	if (d->created_ms != ORCH_UNSET && d->updated_ms != ORCH_UNSET)
		assert_true(d->updated_ms >= d->created_ms);
	orch_deployment_free(d);
}

static void the_orchestrators_own_words_come_when_asked_for(void **state)
{
	struct world *w = *state;
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	const orch_deployment *d = NULL;
	orch_client *client;

	o.raw_json = 1;
	client = world_client(w, &o);
	world_up(w, "rawly", 0);
	assert_ok(orch_deployment_get(client, "rawly", &d));
	assert_non_null(d->raw_json);
	assert_int_equal(d->raw_json[0], '{');
	orch_deployment_free(d);
	orch_client_close(client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(a_new_deployment_becomes_complete),
		world_test(replicas_left_open_mean_one),
		world_test(replicas_left_open_in_an_update_stay),
		world_test(zero_replicas_are_zero),
		world_test(scaling_keeps_the_instances_that_stay),
		world_test(scaling_changes_nothing_else),
		world_test(scaling_to_the_same_number_writes_nothing),
		world_test(labels_restart_nothing),
		world_test(restart_replaces_every_instance),
		world_test(restart_works_again_and_again),
		world_test(another_image_rolls_to_every_instance),
		world_test(a_version_that_is_no_longer_is_a_conflict),
		world_test(a_version_that_still_is_lets_the_change_through),
		world_test(a_version_of_something_absent_makes_nothing),
		world_test(what_is_absent_is_not_found),
		world_test(only_the_whole_name_is_a_name),
		world_test(delete_waits_until_the_last_instance_is_gone),
		world_test(a_delete_that_cannot_wait_long_enough_says_that_it_took_effect),
		world_test(a_name_can_be_had_again_at_once),
		world_test(the_last_update_wins_over_one_still_under_way),
		world_test(every_write_gives_another_version),
		world_test(times_are_told),
		world_test(the_orchestrators_own_words_come_when_asked_for),
	};

	return world_run(tests);
}
