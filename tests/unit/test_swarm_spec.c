/* SPDX-License-Identifier: MIT */
/* Specs there and back. The fixtures are what engine 20.10.24 answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend/swarm/constraint.h"
#include "backend/swarm/names.h"
#include "backend/swarm/spec.h"
#include "json/list.h"
#include "torture/alloc.h"
#include "util/file.h"
#include "util/pool.h"
#include "util/text.h"

static orch_pool *pool;
static char *fixture;

static int make_pool(void **state)
{
	static const char name[] = "swarm/service.json";
	const char *folder = getenv("ORCH_FIXTURES");
	char path[512];

	(void)state;
	pool = orch__result_pool(orch__result_new(1));
	snprintf(path, sizeof path, "%s/%s", folder ? folder : "tests/fixtures", name);
	return orch__file_read(path, 1 << 20, &fixture, NULL) == ORCH_OK ? 0 : -1;
}

static int drop_pool(void **state)
{
	struct orch__arena arena = pool->arena; /* the pool lies in it */

	(void)state;
	orch__arena_dispose(&arena);
	orch__free(fixture);
	return 0;
}

/* ---- helpers ---- */

static struct swarm_spec decode(const char *json)
{
	struct swarm_spec wire;

	if (orch__json_decode(&swarm_spec_table, &pool->arena, json, strlen(json), &wire) < 0)
		fail_msg("%s", orch_error_last()->message);
	return wire;
}

static orch_deployment_spec read_spec(const char *json)
{
	struct swarm_spec wire = decode(json);
	orch_deployment_spec spec;

	assert_int_equal(swarm_spec_read(pool, &wire, "web", &spec), ORCH_OK);
	return spec;
}

/* The document after `want` was laid over it; `*changed` whether it had to be. */
static const char *write_over(const char *json, const orch_deployment_spec *want, bool *changed)
{
	struct swarm_spec live = decode(json), wire;
	struct orch__buf text = ORCH__BUF_INIT(1 << 20);
	const char *copy;

	assert_int_equal(swarm_spec_write(pool, "default", want, &live, &wire), ORCH_OK);
	wire.name = live.name;
	assert_int_equal(orch__json_overlay(&swarm_spec_table, json, strlen(json), &wire,
				 ORCH__JSON_DROP_UNSET, &text, changed),
		ORCH_OK);
	copy = orch_pool_copy(pool, text.text);
	orch__buf_dispose(&text);
	return copy;
}

static const char *create(const orch_deployment_spec *want)
{
	struct orch__buf text = ORCH__BUF_INIT(1 << 20);
	struct swarm_spec wire;
	const char *copy;

	assert_int_equal(swarm_spec_write(pool, "default", want, NULL, &wire), ORCH_OK);
	assert_int_equal(orch__json_encode(&swarm_spec_table, &wire, &text), ORCH_OK);
	copy = orch_pool_copy(pool, text.text);
	orch__buf_dispose(&text);
	return copy;
}

static const char *fixture_spec(void)
{
	struct swarm_service service;

	assert_int_equal(orch__json_decode(&swarm_service_whole, &pool->arena, fixture,
				 strlen(fixture), &service),
		ORCH_OK);
	return service.spec_text;
}

#define SPEC(container, rest)                                                                      \
	"{\"Name\":\"web\",\"Labels\":{},\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":"          \
	"\"i\"" container "}" rest "},\"Mode\":{\"Replicated\":{\"Replicas\":1}}}"

/* ---- the tables ---- */

static void every_table_is_well_formed(void **state)
{
	static const struct orch__json_table *const tables[] = { &swarm_spec_table,
		&swarm_patch_table, &swarm_service_whole, &swarm_service_item, &swarm_task_table,
		&swarm_task_brief, &swarm_node_table, &swarm_created_table, &swarm_server_table,
		&swarm_filters_table };

	(void)state;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		const char *bad = orch__json_table_check(tables[i]);

		if (bad)
			fail_msg("%s: %s", tables[i]->name, bad);
	}
}

static void a_service_of_somebody_else_is_read_whole(void **state)
{
	orch_deployment_spec s = read_spec(fixture_spec());
	struct swarm_service service;

	(void)state;
	assert_int_equal(orch__json_decode(&swarm_service_item, &pool->arena, fixture,
				 strlen(fixture), &service),
		ORCH_OK);
	assert_string_equal(service.spec->name, "shop_web");
	assert_string_equal(swarm_label_find(service.previous_labels, "team"), "red");
	assert_string_equal(s.image, "orch/busybox:v1");
	assert_int_equal(s.command.count, 1);
	assert_string_equal(s.args.items[1], "sleep 1000");
	assert_int_equal(s.env.count, 4);
	assert_string_equal(s.env.items[1].key, "BARE");
	assert_string_equal(s.env.items[1].value, "");
	assert_string_equal(s.env.items[3].value, "x=y");
	assert_int_equal(s.labels.count, 1);
	assert_string_equal(s.labels.items[0].key, "team");
	assert_string_equal(s.working_dir, "/tmp");
	assert_string_equal(s.user, "nobody");
	assert_int_equal(s.replicas, 2);
	assert_int_equal(s.cpu_limit_milli, 500);
	assert_int_equal(s.cpu_request_milli, 2); /* 1.5, rounded up */
	assert_int_equal(s.memory_limit_bytes, 67108864);
	assert_int_equal(s.memory_request_bytes, 33554432);
	assert_int_equal(s.stop_grace_ms, 1500);
	assert_string_equal(s.health->command.items[0], "/bin/sh");
	assert_string_equal(s.health->command.items[2], "true");
	assert_int_equal(s.health->interval_ms, 2);
	assert_int_equal(s.health->retries, 4);
	assert_int_equal(s.restart->condition, ORCH_RESTART_ON_FAILURE);
	assert_int_equal(s.restart->delay_ms, 5000);
	assert_int_equal(s.restart->max_attempts, 7);
	assert_int_equal(s.constraints.count, 2); /* node.role is nobody else's */
	assert_string_equal(s.constraints.items[0].key, "kubernetes.io/arch");
	assert_string_equal(s.constraints.items[0].value, "amd64");
	assert_string_equal(s.constraints.items[1].key, "disk");
	assert_int_equal(s.constraints.items[1].op, ORCH_CONSTRAINT_NOT_EQUAL);
}

/* ---- writing over what is there ---- */

static void what_was_read_and_is_written_back_changes_nothing(void **state)
{
	orch_deployment_spec s = read_spec(fixture_spec());
	bool changed = true;

	(void)state;
	assert_string_equal(write_over(fixture_spec(), &s, &changed), fixture_spec());
	assert_false(changed);
}

static void one_change_leaves_all_else_byte_for_byte(void **state)
{
	const char *before = fixture_spec(), *at = strstr(before, "orch/busybox:v1\",\"Labels\"");
	orch_deployment_spec s = read_spec(before);
	const char *after;
	bool changed = false;

	(void)state;
	s.image = "orch/busybox:v2";
	after = write_over(before, &s, &changed);
	assert_true(changed);
	assert_memory_equal(after, before, (size_t)(at - before));
	assert_string_equal(after + (at - before) + 15, at + 15);
	assert_true(orch__text_starts(after + (at - before), "orch/busybox:v2"));
}

static void what_is_left_open_goes_and_what_is_others_stays(void **state)
{
	static const char *const kept[] = { "\"com.docker.stack.image\"", "node.role == manager",
		"\"Isolation\"", "\"Ulimits\"", "\"Pids\":100", "\"Window\":120000000000",
		"\"MaxReplicas\":5", "\"MaxFailureRatio\":0.25", "\"EndpointSpec\"",
		"\"Replicas\":2", "\"ForceUpdate\":3", "\"Configs\"", "\"Groups\"" };
	static const char *const gone[] = { "\"team\"", "\"Args\"", "\"Command\"", "\"Env\"",
		"\"Dir\"", "\"User\"", "\"StopGracePeriod\"", "\"Healthcheck\"", "\"NanoCPUs\"",
		"\"MemoryBytes\"", "node.labels.disk", "x86_64", "\"Delay\":5000000000",
		"on-failure" };
	orch_deployment_spec s = ORCH_DEPLOYMENT_SPEC_INIT;
	const char *after, *again;
	bool changed;

	(void)state;
	s.name = "web";
	s.image = "orch/busybox:v1";
	after = write_over(fixture_spec(), &s, &changed);
	assert_true(changed);
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		if (!strstr(after, kept[i]))
			fail_msg("%s is lost: %s", kept[i], after);
	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
		if (strstr(after, gone[i]))
			fail_msg("%s is still there: %s", gone[i], after);
	again = write_over(after, &s, &changed);
	assert_false(changed);
	assert_string_equal(again, after);
}

/* ---- what the engine stores differs from what it is sent ---- */

static orch_deployment_spec minimal(void)
{
	orch_deployment_spec s = ORCH_DEPLOYMENT_SPEC_INIT;

	s.name = "web";
	s.image = "i";
	return s;
}

static void expect_no_change(const char *stored, const orch_deployment_spec *want)
{
	bool changed;
	const char *after = write_over(stored, want, &changed);

	if (changed)
		fail_msg("%s became %s", stored, after);
}

static void defaults_that_the_engine_fills_in_are_no_difference(void **state)
{
	orch_restart_spec restart = ORCH_RESTART_SPEC_INIT;
	orch_health_spec health = ORCH_HEALTH_SPEC_INIT;
	static const char *const command[] = { "true" };
	orch_deployment_spec s = minimal();

	(void)state;
	expect_no_change(SPEC(",\"Isolation\":\"default\"", ",\"ForceUpdate\":0"), &s);
	expect_no_change(SPEC("", ",\"Resources\":{\"Limits\":{},\"Reservations\":{}}"), &s);
	expect_no_change(
		SPEC("", ",\"RestartPolicy\":{\"Condition\":\"any\",\"MaxAttempts\":0}"), &s);
	expect_no_change(SPEC("", ",\"Placement\":{}"), &s);
	s.restart = &restart;
	expect_no_change(
		SPEC("", ",\"RestartPolicy\":{\"Condition\":\"any\",\"MaxAttempts\":0}"), &s);
	restart.delay_ms = 0;
	expect_no_change(
		SPEC("",
			",\"RestartPolicy\":{\"Condition\":\"any\",\"Delay\":0,\"MaxAttempts\":0}"),
		&s);
	s.restart = NULL;
	health.command = (orch_string_list){ command, 1 };
	health.start_period_ms = 0;
	s.health = &health;
	expect_no_change(SPEC(",\"Healthcheck\":{\"Test\":[\"CMD\",\"true\"]}", ""), &s);
	s.health = NULL;
	s.command = s.args = (orch_string_list){ command, 0 }; /* given, and empty */
	s.env = s.labels = (orch_kv_list){ (const orch_kv *)command, 0 };
	expect_no_change(SPEC("", ""), &s);
	s.stop_grace_ms = 0;
	expect_no_change(SPEC(",\"StopGracePeriod\":0", ""), &s);
}

static void checks_that_cannot_be_shown_stay(void **state)
{
	orch_deployment_spec s = minimal();

	(void)state;
	assert_null(read_spec(SPEC(",\"Healthcheck\":{\"Test\":[\"NONE\"]}", "")).health);
	assert_null(read_spec(SPEC(",\"Healthcheck\":{\"Interval\":5000000000}", "")).health);
	expect_no_change(SPEC(",\"Healthcheck\":{\"Test\":[\"NONE\"]}", ""), &s);
	expect_no_change(SPEC(",\"Healthcheck\":{\"Interval\":5000000000}", ""), &s);
	expect_no_change(SPEC(",\"Healthcheck\":{}", ""), &s);
}

static void a_check_by_the_shell_keeps_its_spelling(void **state)
{
	static const char shell[] = SPEC(
		",\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"a b\"],\"Interval\":5000000000}", "");
	orch_deployment_spec s = read_spec(shell);
	orch_health_spec health = *s.health;
	static const char *const other[] = { "/bin/sh", "-c", "a c" };
	bool changed;

	(void)state;
	expect_no_change(shell, &s);
	health.command = (orch_string_list){ other, 3 };
	s.health = &health;
	assert_non_null(strstr(
		write_over(shell, &s, &changed), "\"Test\":[\"CMD\",\"/bin/sh\",\"-c\",\"a c\"]"));
	assert_true(changed);
}

static void a_bare_variable_stays_bare_and_an_empty_one_empty(void **state)
{
	static const char env[] = SPEC(",\"Env\":[\"BARE\",\"EMPTY=\"]", "");
	orch_deployment_spec s = read_spec(env);

	(void)state;
	assert_string_equal(s.env.items[0].value, "");
	expect_no_change(env, &s);
}

/* ---- creating ---- */

static void what_is_created_says_what_was_asked(void **state)
{
	static const char *const command[] = { "/bin/sh", "-c" }, *const args[] = { "x" };
	static const orch_kv env[] = { { "B", "2" }, { "A", "1" } }, labels[] = { { "k", "v" } };
	static const char *const check[] = { "test", "-f", "/ok" };
	static const orch_constraint where[] = {
		{ "kubernetes.io/hostname", ORCH_CONSTRAINT_EQUAL, "n1" },
		{ "kubernetes.io/arch", ORCH_CONSTRAINT_NOT_EQUAL, "arm64" },
		{ "disk", ORCH_CONSTRAINT_EQUAL, "ssd" },
	};
	orch_health_spec health = ORCH_HEALTH_SPEC_INIT;
	orch_restart_spec restart = { ORCH_RESTART_NONE, 250, ORCH_UNSET, { NULL, NULL } };
	orch_deployment_spec s = minimal();

	(void)state;
	health.command = (orch_string_list){ check, 3 };
	health.interval_ms = 1500;
	s.command = (orch_string_list){ command, 2 };
	s.args = (orch_string_list){ args, 1 };
	s.env = (orch_kv_list){ env, 2 };
	s.labels = (orch_kv_list){ labels, 1 };
	s.working_dir = "/w";
	s.user = "1000:1000";
	s.replicas = 0;
	s.cpu_request_milli = 100;
	s.cpu_limit_milli = 1500;
	s.memory_request_bytes = 4194304;
	s.memory_limit_bytes = 8388608;
	s.health = &health;
	s.restart = &restart;
	s.constraints = (orch_constraint_list){ where, 3 };
	s.stop_grace_ms = 1;
	assert_string_equal(create(&s),
		"{\"Name\":\"web\",\"Labels\":{\"k\":\"v\"},\"TaskTemplate\":{\"ContainerSpec\":{"
		"\"Image\":\"i\",\"Command\":[\"/bin/"
		"sh\",\"-c\"],\"Args\":[\"x\"],\"Env\":[\"B=2\","
		"\"A=1\"],\"Dir\":\"/w\",\"User\":\"1000:1000\",\"StopGracePeriod\":1000000,"
		"\"Healthcheck\":{\"Test\":[\"CMD\",\"test\",\"-f\",\"/"
		"ok\"],\"Interval\":1500000000}},"
		"\"Resources\":{\"Limits\":{\"NanoCPUs\":1500000000,\"MemoryBytes\":8388608},"
		"\"Reservations\":{\"NanoCPUs\":100000000,\"MemoryBytes\":4194304}},"
		"\"RestartPolicy\":{\"Condition\":\"none\",\"Delay\":250000000,\"MaxAttempts\":0},"
		"\"Placement\":{\"Constraints\":[\"node.hostname==n1\",\"node.platform.arch!="
		"aarch64\","
		"\"node.labels.disk==ssd\"]}},\"Mode\":{\"Replicated\":{\"Replicas\":0}}}");
}

static void one_replica_is_the_default(void **state)
{
	orch_deployment_spec s = minimal();

	(void)state;
	assert_non_null(strstr(create(&s), "{\"Replicas\":1}"));
}

static void a_duration_beyond_the_engines_is_refused(void **state)
{
	orch_deployment_spec s = minimal();
	struct orch__buf text = ORCH__BUF_INIT(1 << 20);
	struct swarm_spec wire;

	(void)state;
	s.stop_grace_ms = INT64_MAX / 1000;
	assert_int_equal(swarm_spec_write(pool, "default", &s, NULL, &wire), ORCH_OK);
	assert_int_equal(orch__json_encode(&swarm_spec_table, &wire, &text), ORCH_E_INVALID);
	orch__buf_dispose(&text);
}

static void other_modes_are_told_apart(void **state)
{
	static const struct {
		const char *mode, *name;
	} modes[] = {
		{ "{\"Global\":{}}", "global" },
		{ "{\"ReplicatedJob\":{\"MaxConcurrent\":1}}", "replicated job" },
		{ "{\"GlobalJob\":{}}", "global job" },
		{ "{\"Replicated\":{\"Replicas\":0}}", NULL },
		{ "{}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		char json[256];
		struct swarm_spec wire;

		snprintf(json, sizeof json, "{\"Name\":\"x\",\"Mode\":%s}", modes[i].mode);
		wire = decode(json);
		if (modes[i].name)
			assert_string_equal(swarm_spec_other_mode(&wire), modes[i].name);
		else
			assert_null(swarm_spec_other_mode(&wire));
	}
}

/* ---- constraints ---- */

static void a_key_that_swarm_cannot_take_is_refused(void **state)
{
	static const orch_constraint where = { "example.com/zone", ORCH_CONSTRAINT_EQUAL, "a" };
	orch_string_list out;

	(void)state;
	assert_int_equal(swarm_constraints_write(pool, (orch_constraint_list){ &where, 1 },
				 (orch_string_list){ NULL, 0 }, &out),
		ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "example.com/zone"));
}

static void constraints_keep_order_and_spelling(void **state)
{
	static const char *const live[] = { "node.labels.a == 1", "engine.labels.os==x",
		"node.labels.b!= 2", "node.platform.arch==x86_64", "strange" };
	static const orch_constraint want[] = {
		{ "c", ORCH_CONSTRAINT_EQUAL, "3" },
		{ "kubernetes.io/arch", ORCH_CONSTRAINT_EQUAL, "x86_64" },
		{ "a", ORCH_CONSTRAINT_EQUAL, "1" },
	};
	static const char *const expected[] = { "node.labels.a == 1", "engine.labels.os==x",
		"node.platform.arch==x86_64", "strange", "node.labels.c==3" };
	orch_string_list out;

	(void)state;
	assert_int_equal(swarm_constraints_write(pool, (orch_constraint_list){ want, 3 },
				 (orch_string_list){ live, 5 }, &out),
		ORCH_OK);
	assert_int_equal(out.count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(out.items[i], expected[i]);
}

/* ---- names and labels ---- */

static void a_namespace_is_a_prefix_of_the_name(void **state)
{
	const char *full, *ns, *name;
	const orch_kv ours = { "orch.io/namespace", "shop" },
		      stack = { "com.docker.stack.namespace", "shop" };
	const orch_kv both[] = { { "com.docker.stack.namespace", "other" }, ours };

	(void)state;
	assert_int_equal(swarm_name_join(pool, "default", "web", &full), ORCH_OK);
	assert_string_equal(full, "web");
	assert_int_equal(swarm_name_join(pool, "shop", "web", &full), ORCH_OK);
	assert_string_equal(full, "shop_web");
	swarm_name_split("shop_web", (orch_kv_list){ &ours, 1 }, &ns, &name);
	assert_string_equal(ns, "shop");
	assert_string_equal(name, "web");
	swarm_name_split("shop_web", (orch_kv_list){ &stack, 1 }, &ns, &name);
	assert_string_equal(ns, "shop");
	swarm_name_split("shop_web", (orch_kv_list){ both, 2 }, &ns, &name);
	assert_string_equal(ns, "shop");
	swarm_name_split("shop_web", (orch_kv_list){ NULL, 0 }, &ns, &name);
	assert_string_equal(ns, "default");
	assert_string_equal(name, "shop_web");
	swarm_name_split("shopping", (orch_kv_list){ &ours, 1 }, &ns, &name);
	assert_string_equal(ns, "default");
	swarm_name_split("shop_", (orch_kv_list){ &ours, 1 }, &ns, &name);
	assert_string_equal(ns, "default");
}

static void prefix_and_name_must_fit_together(void **state)
{
	static const char ns[] = "n123456789n123456789n123456789n123456789";
	static const char fits[] = "a123456789a123456789ab";
	const char *full = NULL;

	(void)state;
	assert_int_equal(swarm_name_join(pool, ns, fits, &full), ORCH_OK);
	assert_int_equal(strlen(full), 63);
	assert_int_equal(
		swarm_name_join(pool, ns, "a123456789a123456789abc", &full), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "64"));
	assert_non_null(strstr(orch_error_last()->message, "63"));
}

static void labels_of_others_survive_and_ours_are_added_when_we_write(void **state)
{
	const orch_kv users[] = { { "a", "1" } };
	const orch_kv live[] = { { "a", "0" }, { "b", "gone" }, { "com.docker.stack.image", "i" },
		{ "orch.io/op", "old" }, { "orch.io/revision", "4" } };
	orch_kv_list all, signed_list;

	(void)state;
	assert_int_equal(
		swarm_labels_for(pool, (orch_kv_list){ users, 1 }, (orch_kv_list){ live, 5 }, &all),
		ORCH_OK);
	assert_int_equal(all.count, 4);
	assert_string_equal(swarm_label_find(all, "a"), "1");
	assert_null(swarm_label_find(all, "b"));
	assert_string_equal(swarm_label_find(all, "com.docker.stack.image"), "i");
	assert_string_equal(swarm_label_find(all, "orch.io/op"), "old");
	assert_null(swarm_label_find(all, "orch.io/managed"));
	assert_int_equal(swarm_labels_sign(pool, all, "shop", "new", &signed_list), ORCH_OK);
	assert_string_equal(swarm_label_find(signed_list, "orch.io/op"), "new");
	assert_string_equal(swarm_label_find(signed_list, "orch.io/managed"), "true");
	assert_string_equal(swarm_label_find(signed_list, "orch.io/namespace"), "shop");
	assert_string_equal(swarm_label_find(signed_list, "com.docker.stack.namespace"), "shop");
	assert_string_equal(swarm_label_find(signed_list, "orch.io/revision"), "4");
	assert_int_equal(swarm_labels_sign(pool, all, NULL, "new", &signed_list), ORCH_OK);
	assert_null(swarm_label_find(signed_list, "orch.io/managed"));
	assert_int_equal(swarm_labels_sign(pool, all, "default", "new", &signed_list), ORCH_OK);
	assert_null(swarm_label_find(signed_list, "orch.io/namespace"));
	assert_null(swarm_label_find(signed_list, "com.docker.stack.namespace"));
}

static void dockers_own_labels_cannot_be_given(void **state)
{
	const orch_kv users[] = { { "com.docker.stack.namespace", "x" } };
	orch_kv_list all;

	(void)state;
	assert_int_equal(
		swarm_labels_for(pool, (orch_kv_list){ users, 1 }, (orch_kv_list){ NULL, 0 }, &all),
		ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "com.docker.stack.namespace"));
}

/* ---- what others wrote ---- */

/* Services of the corpus: each is read, and written back without a change. */
static void services_in_the_wild_are_written_back_unchanged(void **state)
{
	static const char *const files[] = {
		"prometheus__prometheus/discovery/moby/testdata/swarmprom/services.json",
		"prometheus__prometheus/discovery/moby/testdata/swarmprom-plugin/services.json",
	};
	const char *shared = getenv("ORCH_SHARED");
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; shared && i < sizeof files / sizeof *files; i++) {
		const struct orch__json_list_options options = { .keep_raw = true };
		struct orch__json_list *list;
		struct swarm_service item;
		char path[512], *text;
		bool got = false;
		size_t len;

		snprintf(path, sizeof path, "%s/data/swarm-objects/%s", shared, files[i]);
		if (orch__file_read(path, 1 << 20, &text, &len) < 0)
			continue;
		assert_int_equal(
			orch__json_list_open(&swarm_service_item, NULL, NULL, &options, &list),
			ORCH_OK);
		assert_int_equal(orch__json_list_feed(list, text, len), ORCH_OK);
		while (orch__json_list_next(list, &pool->arena, &item, &got) == ORCH_OK && got) {
			struct swarm_service whole;
			orch_deployment_spec s;
			const char *raw = orch__json_list_raw(list, &len);

			assert_int_equal(orch__json_decode(&swarm_service_whole, &pool->arena, raw,
						 len, &whole),
				ORCH_OK);
			if (!item.spec->image)
				continue; /* a plugin */
			s = read_spec(whole.spec_text);
			expect_no_change(whole.spec_text, &s);
			seen++;
		}
		assert_false(got);
		assert_int_equal(orch__json_list_finish(list, &pool->arena, NULL), ORCH_OK);
		orch__json_list_close(list);
		orch__free(text);
	}
	if (!seen) {
		print_message("# ORCH_SHARED names no folder with data/swarm-objects\n");
		skip();
	}
	assert_true(seen >= 8);
}

static orch_status read_and_write(void *payload)
{
	struct orch__buf text = ORCH__BUF_INIT(1 << 20);
	const char *json = payload;
	void *result = orch__result_new(1);
	orch_pool *mine = result ? orch__result_pool(result) : NULL;
	struct swarm_spec live, wire;
	orch_deployment_spec s;
	orch_kv_list labels;
	orch_status st = ORCH_E_NOMEM;

	if (mine)
		st = orch__json_decode(&swarm_spec_table, &mine->arena, json, strlen(json), &live);
	if (st == ORCH_OK)
		st = swarm_spec_read(mine, &live, "web", &s);
	if (st == ORCH_OK)
		st = swarm_spec_write(mine, "shop", &s, &live, &wire);
	if (st == ORCH_OK)
		st = swarm_labels_sign(mine, wire.labels, "shop", "op", &labels);
	if (st == ORCH_OK)
		st = orch__json_overlay(&swarm_spec_table, json, strlen(json), &wire,
			ORCH__JSON_DROP_UNSET, &text, NULL);
	orch__buf_dispose(&text);
	orch__result_free(result);
	return st;
}

static void lack_of_memory_is_a_status(void **state)
{
	static const char spec[] =
		SPEC(",\"Env\":[\"BARE\"],\"Healthcheck\":{\"Test\":[\"CMD\",\"x\"]}",
			",\"RestartPolicy\":{},\"Placement\":{\"Constraints\":[\"node.labels.a=="
			"b\",\"x\"]}");

	(void)state;
	torture_run(read_and_write, (void *)(uintptr_t)spec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_table_is_well_formed),
		cmocka_unit_test(a_service_of_somebody_else_is_read_whole),
		cmocka_unit_test(what_was_read_and_is_written_back_changes_nothing),
		cmocka_unit_test(one_change_leaves_all_else_byte_for_byte),
		cmocka_unit_test(what_is_left_open_goes_and_what_is_others_stays),
		cmocka_unit_test(defaults_that_the_engine_fills_in_are_no_difference),
		cmocka_unit_test(checks_that_cannot_be_shown_stay),
		cmocka_unit_test(a_check_by_the_shell_keeps_its_spelling),
		cmocka_unit_test(a_bare_variable_stays_bare_and_an_empty_one_empty),
		cmocka_unit_test(what_is_created_says_what_was_asked),
		cmocka_unit_test(one_replica_is_the_default),
		cmocka_unit_test(a_duration_beyond_the_engines_is_refused),
		cmocka_unit_test(other_modes_are_told_apart),
		cmocka_unit_test(a_key_that_swarm_cannot_take_is_refused),
		cmocka_unit_test(constraints_keep_order_and_spelling),
		cmocka_unit_test(a_namespace_is_a_prefix_of_the_name),
		cmocka_unit_test(prefix_and_name_must_fit_together),
		cmocka_unit_test(labels_of_others_survive_and_ours_are_added_when_we_write),
		cmocka_unit_test(dockers_own_labels_cannot_be_given),
		cmocka_unit_test(services_in_the_wild_are_written_back_unchanged),
		cmocka_unit_test(lack_of_memory_is_a_status),
	};

	return cmocka_run_group_tests(tests, make_pool, drop_pool);
}
