/* SPDX-License-Identifier: MIT */
/* What cannot be is refused before anything is sent, by the name of the member. */
#include "conformance/world.h"

#include <stdio.h>

static const char long_name[] = "a123456789012345678901234567890123456789012345678901234567890123";

struct refusal {
	const char *member; /* is in the message */
	void (*spoil)(orch_deployment_spec *spec);
};

#define SPOIL(name, statement)                                                                     \
	static void name(orch_deployment_spec *s)                                                  \
	{                                                                                          \
		statement;                                                                         \
	}

static const char *const a_hole[] = { "sh", NULL };
static const char *const not_utf8[] = { "sh", "\xC3(" };
static const char *const fine[] = { "true" };
static const orch_kv env_without_name[] = { { "", "x" } };
static const orch_kv env_with_equals[] = { { "A=B", "x" } };
static const orch_kv env_without_value[] = { { "A", NULL } };
static const orch_kv label_without_key[] = { { "", "x" } };
static const orch_kv label_of_ours[] = { { "orch.io/kind", "x" } };
static const orch_kv label_twice[] = { { "a", "1" }, { "a", "2" } };
static const orch_kv label_with_space[] = { { "a b", "1" } };
static const orch_constraint constraint_without_key[] = { { "", ORCH_CONSTRAINT_EQUAL, "x" } };
static const orch_constraint constraint_of_no_kind[] = { { "a", 7, "x" } };
static const orch_constraint constraint_that_injects[] = { { "a==b", 1, "x" } };
static const orch_health_spec no_check = ORCH_HEALTH_SPEC_INIT;
static const orch_health_spec hasty = { { fine, 1 }, 0, ORCH_UNSET, ORCH_UNSET, ORCH_UNSET, { 0 } };
static const orch_health_spec early = { { fine, 1 }, ORCH_UNSET, -1, ORCH_UNSET, ORCH_UNSET,
	{ 0 } };
static const orch_health_spec too_early = { { fine, 1 }, ORCH_UNSET, ORCH_UNSET, -1, ORCH_UNSET,
	{ 0 } };
static const orch_health_spec never = { { fine, 1 }, ORCH_UNSET, ORCH_UNSET, ORCH_UNSET, 0, { 0 } };
static const orch_health_spec future = { { fine, 1 }, 1, 1, 1, 1, { fine, NULL } };
static const orch_restart_spec whenever = { 9, ORCH_UNSET, ORCH_UNSET, { 0 } };
static const orch_restart_spec backwards = { ORCH_UNSET, -1, ORCH_UNSET, { 0 } };
static const orch_restart_spec minus_one = { ORCH_UNSET, ORCH_UNSET, -1, { 0 } };

SPOIL(name_null, s->name = NULL)
SPOIL(name_empty, s->name = "")
SPOIL(name_upper, s->name = "Web")
SPOIL(name_dash, s->name = "-web")
SPOIL(name_dash_end, s->name = "web-")
SPOIL(name_dot, s->name = "web.b")
SPOIL(name_slash, s->name = "../web")
SPOIL(name_utf8,
	s->name = "w\xC3\xA9"
		  "b")
SPOIL(name_long, s->name = long_name)
SPOIL(image_null, s->image = NULL)
SPOIL(image_empty, s->image = "")
SPOIL(image_upper, s->image = "UPPER:1")
SPOIL(image_space, s->image = "busy box")
SPOIL(image_no_tag, s->image = "busybox:")
SPOIL(command_hole, s->command.items = a_hole; s->command.count = 2)
SPOIL(command_no_items, s->command.items = NULL; s->command.count = 2)
SPOIL(args_not_utf8, s->args.items = not_utf8; s->args.count = 2)
SPOIL(env_no_name, s->env.items = env_without_name; s->env.count = 1)
SPOIL(env_equals, s->env.items = env_with_equals; s->env.count = 1)
SPOIL(env_no_value, s->env.items = env_without_value; s->env.count = 1)
SPOIL(env_no_items, s->env.count = 1)
SPOIL(label_no_key, s->labels.items = label_without_key; s->labels.count = 1)
SPOIL(label_ours, s->labels.items = label_of_ours; s->labels.count = 1)
SPOIL(label_double, s->labels.items = label_twice; s->labels.count = 2)
SPOIL(label_space, s->labels.items = label_with_space; s->labels.count = 1)
SPOIL(labels_no_items, s->labels.count = 3)
SPOIL(dir_relative, s->working_dir = "tmp")
SPOIL(dir_empty, s->working_dir = "")
SPOIL(user_empty, s->user = "")
SPOIL(user_colon, s->user = "1:2:3")
SPOIL(replicas_negative, s->replicas = -1)
SPOIL(cpu_request_zero, s->cpu_request_milli = 0)
SPOIL(cpu_request_negative, s->cpu_request_milli = -5)
SPOIL(cpu_limit_negative, s->cpu_limit_milli = -1)
SPOIL(cpu_crossed, s->cpu_request_milli = 200; s->cpu_limit_milli = 100)
SPOIL(memory_request_negative, s->memory_request_bytes = -1)
SPOIL(memory_limit_small, s->memory_limit_bytes = 1000)
SPOIL(memory_crossed, s->memory_request_bytes = 16 << 20; s->memory_limit_bytes = 8 << 20)
SPOIL(health_no_command, s->health = &no_check)
SPOIL(health_interval, s->health = &hasty)
SPOIL(health_timeout, s->health = &early)
SPOIL(health_start, s->health = &too_early)
SPOIL(health_retries, s->health = &never)
SPOIL(health_reserved, s->health = &future)
SPOIL(restart_condition, s->restart = &whenever)
SPOIL(restart_delay, s->restart = &backwards)
SPOIL(restart_attempts, s->restart = &minus_one)
SPOIL(constraint_no_key, s->constraints.items = constraint_without_key; s->constraints.count = 1)
SPOIL(constraint_op, s->constraints.items = constraint_of_no_kind; s->constraints.count = 1)
SPOIL(constraint_inject, s->constraints.items = constraint_that_injects; s->constraints.count = 1)
SPOIL(grace_negative, s->stop_grace_ms = -1)
SPOIL(reserved_set, s->reserved[3] = s)

/* clang-format off */
static const struct refusal refusals[] = {
	{ "name", name_null }, { "name", name_empty }, { "name", name_upper }, { "name", name_dash },
	{ "name", name_dash_end }, { "name", name_dot }, { "name", name_slash },
	{ "name", name_utf8 }, { "name", name_long },
	{ "image", image_null }, { "image", image_empty }, { "image", image_upper },
	{ "image", image_space }, { "image", image_no_tag },
	{ "command", command_hole }, { "command", command_no_items }, { "args", args_not_utf8 },
	{ "env", env_no_name }, { "env", env_equals }, { "env", env_no_value }, { "env", env_no_items },
	{ "label", label_no_key }, { "label", label_ours }, { "label", label_double },
	{ "label", label_space }, { "label", labels_no_items },
	{ "working_dir", dir_relative }, { "working_dir", dir_empty },
	{ "user", user_empty }, { "user", user_colon },
	{ "replicas", replicas_negative },
	{ "cpu_request_milli", cpu_request_zero }, { "cpu_request_milli", cpu_request_negative },
	{ "cpu_limit_milli", cpu_limit_negative }, { "cpu", cpu_crossed },
	{ "memory_request_bytes", memory_request_negative },
	{ "memory_limit_bytes", memory_limit_small }, { "memory", memory_crossed },
	{ "health.command", health_no_command }, { "health.interval_ms", health_interval },
	{ "health.timeout_ms", health_timeout }, { "health.start_period_ms", health_start },
	{ "health.retries", health_retries }, { "health.reserved", health_reserved },
	{ "restart.condition", restart_condition }, { "restart.delay_ms", restart_delay },
	{ "restart.max_attempts", restart_attempts },
	{ "constraints", constraint_no_key }, { "constraints", constraint_op },
	{ "constraints", constraint_inject },
	{ "stop_grace_ms", grace_negative }, { "reserved", reserved_set },
};
/* clang-format on */

static void a_spec_that_cannot_be_is_refused_by_name(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		const orch_deployment *out = UNTOUCHED(const orch_deployment *);
		orch_deployment_spec spec = world_server(w, "refused");

		refusals[i].spoil(&spec);
		assert_status(orch_deployment_apply(w->client, &spec, NULL, &out), ORCH_E_INVALID);
		assert_message_names(refusals[i].member);
		assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
		assert_int_equal(orch_error_last()->transient, 0);
		assert_untouched(out);
	}
	assert_absent(w, "refused");
}

static void a_refused_update_leaves_everything_as_it_was(void **state)
{
	struct world *w = *state;
	const orch_deployment *before, *after;

	world_up(w, "steady", 0);
	before = world_get(w, "steady");
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		orch_deployment_spec spec = world_server(w, "steady");

		refusals[i].spoil(&spec);
		assert_status(orch_deployment_apply(w->client, &spec, NULL, NULL), ORCH_E_INVALID);
	}
	after = world_get(w, "steady");
	assert_string_equal(after->version, before->version);
	orch_deployment_free(after);
	orch_deployment_free(before);
}

/* A name has to fit together with the namespace; which lengths do is the orchestrator's. */
static void the_longest_name_is_taken_or_refused_by_its_limit(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, NULL);
	char name[64];
	orch_status st = ORCH_OK;

	spec.replicas = 0;
	for (size_t length = 63; length > 8; length--) {
		(void)snprintf(name, sizeof name, "%.*s", (int)length, long_name);
		spec.name = name;
		st = orch_deployment_apply(w->client, &spec, NULL, NULL);
		if (st == ORCH_OK)
			break;
		assert_status(st, ORCH_E_INVALID);
		assert_message_names("name");
	}
	assert_ok(st);
	assert_ok(world_probe(w->client, name));
	assert_true(strlen(name) >= 22); /* 63, less that of the namespace and what joins them */
}

static void scaling_to_less_than_nothing_is_refused(void **state)
{
	static const int64_t bad[] = { -1, INT64_MIN + 1, ORCH_UNSET };
	struct world *w = *state;
	const orch_deployment *out = UNTOUCHED(const orch_deployment *);

	world_up(w, "positive", 0);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_status(orch_deployment_scale(w->client, "positive", bad[i], NULL, &out),
			ORCH_E_INVALID);
		assert_message_names("replicas");
		assert_untouched(out);
	}
}

static void options_that_cannot_be_are_refused(void **state)
{
	struct world *w = *state;
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;
	orch_deployment_spec spec = world_server(w, "never");

	wait.timeout_ms = 0;
	assert_status(orch_deployment_wait(w->client, "never", &wait, NULL), ORCH_E_INVALID);
	assert_message_names("timeout_ms");
	wait = (orch_wait_options)ORCH_WAIT_OPTIONS_INIT;
	wait.settle_ms = -1;
	assert_status(orch_deployment_wait(w->client, "never", &wait, NULL), ORCH_E_INVALID);
	assert_message_names("settle_ms");
	how.wait = &wait;
	assert_status(orch_deployment_apply(w->client, &spec, &how, NULL), ORCH_E_INVALID);
	how.wait = NULL;
	how.timeout_ms = -5;
	assert_status(orch_deployment_apply(w->client, &spec, &how, NULL), ORCH_E_INVALID);
	assert_message_names("timeout_ms");
	assert_absent(w, "never");
}

/* A part that this orchestrator lacks is unsupported; one that it has is taken. */
static void expect_support(
	struct world *w, const orch_deployment_spec *spec, orch_cap cap, const char *member)
{
	if (world_can(w, cap)) {
		assert_ok(orch_deployment_apply(w->client, spec, NULL, NULL));
		return;
	}
	assert_status(orch_deployment_apply(w->client, spec, NULL, NULL), ORCH_E_UNSUPPORTED);
	assert_message_names(member);
	assert_absent(w, spec->name);
}

static void what_is_unavailable_is_unsupported_and_nothing_else_is(void **state)
{
	struct world *w = *state;
	orch_constraint prefixed = { "example.com/disk", ORCH_CONSTRAINT_EQUAL, "fast" };
	orch_restart_spec restart = ORCH_RESTART_SPEC_INIT;
	orch_deployment_spec spec = world_server(w, "condition");

	spec.replicas = 0;
	spec.restart = &restart;
	restart.condition = ORCH_RESTART_ANY;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	spec.name = "condition-b";
	restart.condition = ORCH_RESTART_NONE;
	expect_support(w, &spec, ORCH_CAP_RESTART_CONDITION, "restart.condition");
	spec.name = "delay";
	restart = (orch_restart_spec)ORCH_RESTART_SPEC_INIT;
	restart.delay_ms = 2000;
	expect_support(w, &spec, ORCH_CAP_RESTART_DELAY, "restart.delay_ms");
	spec.name = "user";
	spec.restart = NULL;
	spec.user = "nobody";
	expect_support(w, &spec, ORCH_CAP_NAMED_USER, "user");
	spec.name = "placed";
	spec.user = NULL;
	spec.constraints.items = &prefixed;
	spec.constraints.count = 1;
	expect_support(w, &spec, ORCH_CAP_PREFIXED_NODE_LABEL, "example.com/disk");
}

static void to_take_over_no_fields_can_be_asked_of_an_apply_alone(void **state)
{
	struct world *w = *state;
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;

	world_up(w, "web", 0);
	how.force = 2;
	assert_status(orch_deployment_scale(w->client, "web", 1, &how, NULL), ORCH_E_INVALID);
	assert_message_names("force");
	how.force = 0;
	assert_status(orch_deployment_scale(w->client, "web", 1, &how, NULL), ORCH_E_INVALID);
	assert_status(orch_deployment_restart(w->client, "web", &how, NULL), ORCH_E_INVALID);
	assert_status(orch_deployment_delete(w->client, "web", &how), ORCH_E_INVALID);
	assert_message_names("force");
	how.force = 1;
	assert_ok(orch_deployment_scale(w->client, "web", 1, &how, NULL));
}

/* A program's own fields are nobody else's. */
static void what_a_program_has_applied_is_its_own(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "web");
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;
	const orch_deployment *d = NULL;

	spec.replicas = 0;
	how.force = 0;
	if (!world_can(w, ORCH_CAP_FIELD_OWNERSHIP)) {
		assert_status(
			orch_deployment_apply(w->client, &spec, &how, NULL), ORCH_E_UNSUPPORTED);
		assert_message_names("force");
		assert_absent(w, "web");
		return;
	}
	assert_ok(orch_deployment_apply(w->client, &spec, &how, NULL));
	spec.image = w->image2;
	assert_ok(orch_deployment_apply(w->client, &spec, &how, &d));
	assert_string_equal(d->spec->image, w->image2);
	orch_deployment_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(a_spec_that_cannot_be_is_refused_by_name),
		world_test(a_refused_update_leaves_everything_as_it_was),
		world_test(the_longest_name_is_taken_or_refused_by_its_limit),
		world_test(scaling_to_less_than_nothing_is_refused),
		world_test(options_that_cannot_be_are_refused),
		world_test(what_is_unavailable_is_unsupported_and_nothing_else_is),
		world_test(to_take_over_no_fields_can_be_asked_of_an_apply_alone),
		world_test(what_a_program_has_applied_is_its_own),
	};

	return world_run(tests);
}
