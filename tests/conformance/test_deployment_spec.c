/* SPDX-License-Identifier: MIT */
/* What is applied is what is read: every member, and every member left open. */
#include "conformance/world.h"

/* Lists of a spec outlive the function that makes it: their items are static. */
#define ITEMS(list)                                                                                \
	{                                                                                          \
		(list), sizeof(list) / sizeof((list)[0])                                           \
	}

static const char *const shell[] = { "sh", "-c" };
static const char *const arguments[] = { "sleep $N; echo '\xC3\xBC'", "", "last one" };
static const char *const look[] = { "sh", "-c", "test -e /" };
static const char *const always[] = { "true" };
static const orch_kv env[] = { { "B", "2" }, { "A", "1=1" }, { "EMPTY", "" },
	{ "TEXT", "a \"b\" \xC3\xBC" } };
static const orch_kv labels[] = { { "app", "web" }, { "example.com/tier", "front" },
	{ "empty", "" } };
static const orch_constraint constraints[] = {
	{ "kubernetes.io/os", ORCH_CONSTRAINT_EQUAL, "linux" },
	{ "disk", ORCH_CONSTRAINT_NOT_EQUAL, "spinning" },
};
static const orch_health_spec health = {
	.command = ITEMS(look),
	.interval_ms = 4000,
	.timeout_ms = 3000,
	.start_period_ms = 2000,
	.retries = 5,
};

/* No instances: what is tested here is the spec, not what becomes of it. */
static orch_deployment_spec full_spec(const struct world *w, const char *name)
{
	orch_deployment_spec s = ORCH_DEPLOYMENT_SPEC_INIT;

	s.name = name;
	s.image = w->image;
	s.command = (orch_string_list)ITEMS(shell);
	s.args = (orch_string_list)ITEMS(arguments);
	s.env = (orch_kv_list)ITEMS(env);
	s.labels = (orch_kv_list)ITEMS(labels);
	s.working_dir = "/tmp";
	s.user = "1000:1000";
	s.replicas = 0;
	s.cpu_request_milli = 10;
	s.cpu_limit_milli = 1500;
	s.memory_request_bytes = (int64_t)8 << 20;
	s.memory_limit_bytes = (int64_t)64 << 20;
	s.health = &health;
	s.constraints = (orch_constraint_list)ITEMS(constraints);
	s.stop_grace_ms = 7000;
	return s;
}

static void assert_reads_as(struct world *w, const orch_deployment_spec *want)
{
	const orch_deployment *d = world_get(w, want->name);
	const char *member = world_difference(d->spec, want);

	if (member)
		print_error("%s is not what was applied\n", member);
	assert_null(member);
	orch_deployment_free(d);
}

static void every_member_is_read_as_it_was_applied(void **state)
{
	struct world *w = *state;
	orch_deployment_spec want = full_spec(w, "full");
	const orch_deployment *d = NULL;

	assert_ok(orch_deployment_apply(w->client, &want, NULL, &d));
	assert_null(world_difference(d->spec, &want));
	orch_deployment_free(d);
	assert_reads_as(w, &want);
}

static void every_member_of_an_update_is_read_as_it_was_applied(void **state)
{
	struct world *w = *state;
	orch_deployment_spec want = ORCH_DEPLOYMENT_SPEC_INIT;

	want.name = "grown";
	want.image = w->image2;
	want.replicas = 0;
	assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
	want = full_spec(w, "grown");
	assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
	assert_reads_as(w, &want);
}

static void members_left_open_are_read_as_open(void **state)
{
	struct world *w = *state;
	orch_deployment_spec want = ORCH_DEPLOYMENT_SPEC_INIT;

	want.name = "bare";
	want.image = w->image;
	want.replicas = 0;
	assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
	assert_reads_as(w, &want);
}

static void apply_drops_what_is_left_open(void **state)
{
	struct world *w = *state;
	orch_deployment_spec want = full_spec(w, "shrunk");

	assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
	want = (orch_deployment_spec)ORCH_DEPLOYMENT_SPEC_INIT;
	want.name = "shrunk";
	want.image = w->image;
	assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
	want.replicas = 0; /* alone stays as it was */
	assert_reads_as(w, &want);
}

/* Each member on its own, so that none hides behind another. */
static void leave_one_open(orch_deployment_spec *s, int which)
{
	switch (which) {
	case 0:
		s->command = (orch_string_list){ NULL, 0 };
		break;
	case 1:
		s->args = (orch_string_list){ NULL, 0 };
		break;
	case 2:
		s->env = (orch_kv_list){ NULL, 0 };
		break;
	case 3:
		s->labels = (orch_kv_list){ NULL, 0 };
		break;
	case 4:
		s->working_dir = NULL;
		break;
	case 5:
		s->user = NULL;
		break;
	case 6:
		s->cpu_request_milli = ORCH_UNSET;
		break;
	case 7:
		s->cpu_limit_milli = ORCH_UNSET;
		break;
	case 8:
		s->memory_request_bytes = ORCH_UNSET;
		break;
	case 9:
		s->memory_limit_bytes = ORCH_UNSET;
		break;
	case 10:
		s->health = NULL;
		break;
	case 11:
		s->constraints = (orch_constraint_list){ NULL, 0 };
		break;
	default:
		s->stop_grace_ms = ORCH_UNSET;
		break;
	}
}

static void each_member_can_be_taken_away_alone(void **state)
{
	struct world *w = *state;

	for (int which = 0; which <= 12; which++) {
		orch_deployment_spec want = full_spec(w, "less");

		assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
		leave_one_open(&want, which);
		assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
		assert_reads_as(w, &want);
	}
}

static void parts_of_a_health_check_may_be_left_open(void **state)
{
	struct world *w = *state;
	orch_health_spec part = ORCH_HEALTH_SPEC_INIT;
	orch_deployment_spec want = full_spec(w, "checked");

	assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
	part.command = (orch_string_list)ITEMS(always);
	want.health = &part;
	assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
	assert_reads_as(w, &want);
	part.retries = 2;
	assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
	assert_reads_as(w, &want);
}

static void a_restart_policy_is_read_as_it_was_applied(void **state)
{
	struct world *w = *state;
	orch_restart_spec restart = ORCH_RESTART_SPEC_INIT;
	orch_deployment_spec want = full_spec(w, "again");

	require_capability(w, ORCH_CAP_RESTART_CONDITION);
	require_capability(w, ORCH_CAP_RESTART_DELAY);
	restart.condition = ORCH_RESTART_ON_FAILURE;
	restart.delay_ms = 1500;
	restart.max_attempts = 3;
	want.restart = &restart;
	assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
	assert_reads_as(w, &want);
	restart.condition = ORCH_RESTART_NONE;
	restart.max_attempts = ORCH_UNSET;
	assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
	assert_reads_as(w, &want);
	restart = (orch_restart_spec)ORCH_RESTART_SPEC_INIT;
	restart.delay_ms = 0;
	assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
	restart.condition = ORCH_RESTART_ANY; /* what was left open is told */
	assert_reads_as(w, &want);
}

static void a_restart_policy_that_says_nothing_is_none(void **state)
{
	struct world *w = *state;
	orch_restart_spec restart = ORCH_RESTART_SPEC_INIT;
	orch_deployment_spec want = full_spec(w, "silent");
	const orch_deployment *first = NULL, *second = NULL;

	want.restart = &restart;
	assert_ok(orch_deployment_apply(w->client, &want, NULL, &first));
	assert_null(first->spec->restart);
	restart.condition = ORCH_RESTART_ANY;
	assert_ok(orch_deployment_apply(w->client, &want, NULL, &second));
	assert_null(second->spec->restart);
	orch_deployment_free(first);
	orch_deployment_free(second);
}

static void zero_is_zero_and_not_open(void **state)
{
	struct world *w = *state;
	orch_health_spec at_once = ORCH_HEALTH_SPEC_INIT;
	orch_deployment_spec want = full_spec(w, "zero");
	const orch_deployment *first, *second = NULL;

	at_once.command = (orch_string_list)ITEMS(always);
	at_once.start_period_ms = 0;
	want.health = &at_once;
	want.stop_grace_ms = 0;
	assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
	world_tick(w);
	first = world_get(w, "zero");
	assert_ok(orch_deployment_apply(w->client, &want, NULL, &second));
	assert_string_equal(first->version, second->version);
	orch_deployment_free(first);
	orch_deployment_free(second);
	at_once.start_period_ms = ORCH_UNSET; /* no such period, either way */
	assert_reads_as(w, &want);
}

static void the_same_spec_again_writes_nothing(void **state)
{
	struct world *w = *state;
	orch_deployment_spec want = full_spec(w, "same");
	const orch_deployment *first = NULL, *second = NULL;

	world_up(w, "same", 0);
	assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
	world_tick(w); /* the orchestrator may have something of its own to note */
	first = world_get(w, "same");
	for (int i = 0; i < 3; i++) {
		assert_ok(orch_deployment_apply(w->client, &want, NULL, &second));
		assert_string_equal(second->version, first->version);
		orch_deployment_free(second);
	}
	orch_deployment_free(first);
}

static void what_was_read_can_be_applied_and_writes_nothing(void **state)
{
	struct world *w = *state;
	orch_deployment_spec want = full_spec(w, "echo");
	const orch_deployment *read = NULL, *again = NULL;

	assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
	world_tick(w);
	read = world_get(w, "echo");
	assert_ok(orch_deployment_apply(w->client, read->spec, NULL, &again));
	assert_string_equal(again->version, read->version);
	assert_null(world_difference(again->spec, read->spec));
	orch_deployment_free(again);
	orch_deployment_free(read);
}

static void read_change_apply_changes_that_alone(void **state)
{
	struct world *w = *state;
	orch_deployment_spec want = full_spec(w, "edit");
	const orch_deployment *read = NULL;
	orch_deployment_spec changed;

	assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
	read = world_get(w, "edit");
	changed = *read->spec;
	changed.image = w->image2;
	assert_ok(orch_deployment_apply(w->client, &changed, NULL, NULL));
	orch_deployment_free(read);
	want.image = w->image2;
	assert_reads_as(w, &want);
}

static void a_result_does_not_change_under_its_reader(void **state)
{
	struct world *w = *state;
	orch_deployment_spec want = full_spec(w, "frozen");
	const orch_deployment *before = NULL;

	assert_ok(orch_deployment_apply(w->client, &want, NULL, &before));
	want.image = w->image2;
	assert_ok(orch_deployment_apply(w->client, &want, NULL, NULL));
	assert_string_equal(before->spec->image, w->image);
	orch_deployment_free(before);
}

static void inputs_are_copied(void **state)
{
	struct world *w = *state;
	char name[] = "copied", image[80];
	orch_deployment_spec want = full_spec(w, name);
	const orch_deployment *d = NULL;

	assert_true(strlen(w->image) < sizeof image);
	memcpy(image, w->image, strlen(w->image) + 1);
	want.image = image;
	assert_ok(orch_deployment_apply(w->client, &want, NULL, &d));
	memset(name, 'x', sizeof name - 1);
	memset(image, 'x', strlen(image));
	assert_string_equal(d->spec->name, "copied");
	assert_string_equal(d->spec->image, w->image);
	orch_deployment_free(d);
}

static void liborchs_own_labels_stay_out_of_sight(void **state)
{
	struct world *w = *state;
	const orch_deployment *d = NULL;

	world_up(w, "plain", 0);
	d = world_get(w, "plain");
	assert_int_equal(d->spec->labels.count, 0);
	assert_string_equal(d->spec->name, "plain");
	assert_string_equal(d->ns, w->ns);
	assert_true(d->id[0] && d->version[0]);
	orch_deployment_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(every_member_is_read_as_it_was_applied),
		world_test(every_member_of_an_update_is_read_as_it_was_applied),
		world_test(members_left_open_are_read_as_open),
		world_test(apply_drops_what_is_left_open),
		world_test(each_member_can_be_taken_away_alone),
		world_test(parts_of_a_health_check_may_be_left_open),
		world_test(a_restart_policy_is_read_as_it_was_applied),
		world_test(a_restart_policy_that_says_nothing_is_none),
		world_test(zero_is_zero_and_not_open),
		world_test(the_same_spec_again_writes_nothing),
		world_test(what_was_read_can_be_applied_and_writes_nothing),
		world_test(read_change_apply_changes_that_alone),
		world_test(a_result_does_not_change_under_its_reader),
		world_test(inputs_are_copied),
		world_test(liborchs_own_labels_stay_out_of_sight),
	};

	return world_run(tests);
}
