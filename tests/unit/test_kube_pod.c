/* SPDX-License-Identifier: MIT */
/* What pods mean: as kubelets and controllers of 1.36 left them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend/kubernetes/pod.h"
#include "json/list.h"
#include "torture/alloc.h"
#include "util/file.h"
#include "util/pool.h"
#include "util/text.h"
#include "util/vec.h"

/* ---- recorded pods ---- */

struct pods {
	struct orch__vec_ptr items;
	struct orch__arena arena;
};

static struct pods recorded;
static orch_pool *pool;

static orch_status read_pods(
	const struct orch__json_table *table, const char *text, struct pods *out)
{
	struct orch__json_list *list = NULL;
	orch_status st = orch__json_list_open(table, "items", NULL, NULL, &list);
	bool got = true;

	if (st == ORCH_OK)
		st = orch__json_list_feed(list, text, strlen(text));
	while (st == ORCH_OK && got) {
		struct kube_pod *pod = orch__arena_take(&out->arena, sizeof *pod);

		st = pod ? orch__json_list_next(list, &out->arena, pod, &got) : ORCH_E_NOMEM;
		if (st == ORCH_OK && got && !orch__vec_add(&out->items, pod))
			st = ORCH_E_NOMEM;
	}
	if (st == ORCH_OK)
		st = orch__json_list_finish(list, &out->arena, NULL);
	orch__json_list_close(list);
	return st;
}

static int read_recorded(void **state)
{
	const char *folder = getenv("ORCH_FIXTURES");
	char path[512], *text = NULL;
	orch_status st;

	(void)state;
	pool = orch__result_pool(orch__result_new(1));
	snprintf(path, sizeof path, "%s/kubernetes/pods.json", folder ? folder : "tests/fixtures");
	st = orch__file_read(path, 1 << 20, &text, NULL);
	if (st == ORCH_OK)
		st = read_pods(&kube_pod_table, text, &recorded);
	orch__free(text);
	if (st < 0)
		print_error("%s\n", orch_error_last()->message);
	return st == ORCH_OK ? 0 : -1;
}

static int drop_recorded(void **state)
{
	struct orch__arena arena = pool->arena; /* the pool lies in it */

	(void)state;
	orch__arena_dispose(&arena);
	orch__arena_dispose(&recorded.arena);
	orch__vec_dispose(&recorded.items);
	return 0;
}

/* The one whose name begins so. */
static struct kube_pod *find(const char *name)
{
	for (size_t i = 0; i < recorded.items.count; i++) {
		struct kube_pod *pod = recorded.items.items[i];

		if (orch__text_starts(pod->meta.name, name))
			return pod;
	}
	fail_msg("no pod %s", name);
	return NULL;
}

/* As it looked so many seconds after its creation. */
static orch_instance look(const struct kube_pod *pod, int64_t seconds, bool node_is_lost)
{
	const struct kube_sight sight = { true, node_is_lost,
		pod->meta.created_ms + 1000 * seconds };
	orch_instance seen = { .id = "" };

	if (kube_pod_show(pool, pod, &sight, &seen) < 0)
		fail_msg("%s", orch_error_last()->message);
	return seen;
}

/* ---- what is seen ---- */

#define S(name) ORCH_INSTANCE_##name
#define C(name) ORCH_CAUSE_##name
#define NONE ORCH_UNSET

/* clang-format off */
static const struct {
	const char *name;
	int64_t state, cause, ready, restarts, exit_code;
	const char *message; /* a part of it; "": there is none */
} sights[] = {
	{ "running-", S(RUNNING), C(NONE), 1, 0, NONE, "" },
	{ "sidecar-runs-", S(RUNNING), C(NONE), 1, 0, NONE, "" },

	/* Not placed. */
	{ "homeless-", S(PENDING), C(UNSCHEDULABLE), 0, 0, NONE, "Insufficient cpu" },
	{ "gated-", S(PENDING), C(UNSCHEDULABLE), 0, 0, NONE, "Scheduling is blocked due to non-empty scheduling gates" },

	/* Not started. */
	{ "unmounted-", S(PENDING), C(NONE), 0, 0, NONE, "" },
	{ "init-runs-", S(PENDING), C(NONE), 0, 0, NONE, "" },
	{ "early-half-", S(PENDING), C(NONE), 0, 0, NONE, "" },
	{ "imageless-", S(PENDING), C(IMAGE), 0, 0, NONE, "failed to pull and unpack image" },
	{ "never-", S(PENDING), C(IMAGE), 0, 0, NONE, "ErrImageNeverPull: Container image \"orch/none:v9\" is not present with pull policy of Never" },
	{ "badname-", S(PENDING), C(IMAGE), 0, 0, NONE, "InvalidImageName: " },
	/* The phase is Pending, and one container runs. */
	{ "half-58", S(PENDING), C(IMAGE), 0, 0, NONE, "ErrImagePull: " },
	{ "config-", S(PENDING), C(START), 0, 0, NONE, "CreateContainerConfigError: configmap \"nosuch\" not found" },
	{ "root-", S(PENDING), C(START), 0, 0, NONE, "container has runAsNonRoot and image will run as root" },
	{ "mistyped-", S(PENDING), C(START), 0, 2, NONE, "exec: \"/no/such/program\": stat /no/such/program: no such file or directory" },
	{ "hook-", S(PENDING), C(START), 0, 2, 0, "PostStartHookError: Exec lifecycle hook ([false])" },

	/* Ended by themselves, whatever the word for it. */
	{ "crash-", S(PENDING), C(CRASH), 0, 2, 3, "container main ended with exit code 3" },
	{ "finish-", S(PENDING), C(CRASH), 0, 2, 0, "container main ended with exit code 0" },
	{ "half-crash-", S(PENDING), C(CRASH), 0, 2, 6, "container other ended with exit code 6" },
	{ "init-crash-", S(PENDING), C(CRASH), 0, 2, 4, "container prepare ended with exit code 4" },
	{ "sidecar-crash-", S(RUNNING), C(CRASH), 0, 2, 5, "container proxy ended with exit code 5" },
	{ "oom-", S(PENDING), C(MEMORY), 0, 2, 137, "container main ended with exit code 137 (OOMKilled)" },

	/* Run, and do not work. */
	{ "unready-", S(RUNNING), C(UNHEALTHY), 0, 0, NONE, "health check: containers with unready status: [main]" },
	{ "early-sickly-", S(RUNNING), C(UNHEALTHY), 0, 1, 0, "" },
	{ "sickly-", S(PENDING), C(UNHEALTHY), 0, 3, 0, "health check has failed; back-off 20s restarting" },
	{ "stubborn-", S(PENDING), C(UNHEALTHY), 0, 3, 137, "health check has failed; back-off 20s restarting" },
	{ "starting-", S(RUNNING), C(NONE), 0, 0, NONE, "" },
	{ "gate-", S(RUNNING), C(NONE), 0, 0, NONE, "pod readiness gate \"example.com/traffic\"" },

	/* Over. */
	{ "once-ok", S(SUCCEEDED), C(NONE), 0, 0, 0, "" },
	{ "once-bad", S(FAILED), C(CRASH), 0, 0, 4, "container main ended with exit code 4" },
	{ "deadline", S(FAILED), C(CRASH), 0, 0, 0, "DeadlineExceeded: Pod was active on the node longer than the specified deadline" },
	{ "out-of-cpu", S(FAILED), C(UNSCHEDULABLE), 0, 0, NONE, "OutOfcpu: Pod was rejected: Node didn't have enough resource: cpu" },
	{ "full-6d86c95d6d-vmdk6", S(FAILED), C(UNSCHEDULABLE), 0, 0, 137, "Evicted: Usage of EmptyDir volume" },
	{ "slow-stop-7f97bfc9f6-47gbn", S(STOPPING), C(NONE), 0, 0, NONE, "" },
};
/* clang-format on */

static void each_pod_is_seen_for_what_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sights / sizeof *sights; i++) {
		const orch_instance it = look(find(sights[i].name), 60, false);

		if (it.state != sights[i].state || it.cause != sights[i].cause ||
			it.ready != sights[i].ready || it.restarts != sights[i].restarts ||
			it.exit_code != sights[i].exit_code)
			fail_msg("%s: %s, %s, ready %d, %d restarts, exit code %d: %s",
				sights[i].name, orch_instance_state_name(it.state),
				orch_cause_name(it.cause), (int)it.ready, (int)it.restarts,
				(int)it.exit_code, it.message);
		if (*sights[i].message ? !strstr(it.message, sights[i].message)
				       : it.cause == ORCH_CAUSE_NONE && *it.message)
			fail_msg("%s: '%s'", sights[i].name, it.message);
	}
}

static void what_a_pod_is_made_of_is_told(void **state)
{
	const orch_instance it = look(find("half-crash-"), 60, false);
	const orch_instance placeless = look(find("homeless-"), 60, false);

	(void)state;
	assert_string_equal(it.image, "orch/busybox:v1");
	assert_string_equal(it.node, "n2");
	assert_int_equal(it.updated, 1);
	assert_true(it.created_ms > 0);
	assert_string_equal(placeless.node, "");
}

/* Its check has not had the time to fail: nothing is known yet. */
static void a_container_that_was_just_started_is_not_unhealthy(void **state)
{
	const struct kube_pod *pod = find("early-unready-");

	(void)state;
	assert_int_equal(look(pod, 2, false).cause, ORCH_CAUSE_NONE);
	assert_int_equal(look(pod, 2, false).state, ORCH_INSTANCE_RUNNING);
	assert_int_equal(look(pod, 60, false).cause, ORCH_CAUSE_UNHEALTHY);
}

/* Kubelets of 1.28 say the word, those of 1.36 seldom. */
static void a_crash_loop_is_one_by_its_word_too(void **state)
{
	struct kube_pod pod = *find("crash-");
	struct kube_container_status s = pod.containers.items[0];
	orch_instance it;

	(void)state;
	s.before = s.ended;
	s.ended = NULL;
	s.waiting_reason = "CrashLoopBackOff";
	s.waiting_message = "back-off 10s restarting failed container=main pod=crash";
	pod.containers.items = &s;
	it = look(&pod, 60, false);
	assert_int_equal(it.cause, ORCH_CAUSE_CRASH);
	assert_int_equal(it.exit_code, 3);
	assert_string_equal(it.message,
		"container main ended with exit code 3; back-off 10s restarting failed "
		"container=main pod=crash");
	s.waiting_reason = "ContainerCreating";
	s.waiting_message = NULL;
	it = look(&pod, 60, false);
	assert_int_equal(it.cause, ORCH_CAUSE_CRASH);
}

/* It has ended well, and it had a check, but no time to fail it. */
static void a_short_life_is_no_sign_of_a_failed_check(void **state)
{
	struct kube_pod pod = *find("sickly-");
	struct kube_container_status s = pod.containers.items[0];
	struct kube_container_end end = *s.before;

	(void)state;
	end.ended_ms = end.began_ms;
	s.before = &end;
	pod.containers.items = &s;
	assert_int_equal(look(&pod, 60, false).cause, ORCH_CAUSE_CRASH);
	end = *find("sickly-")->containers.items[0].before;
	end.exit_code = 1;
	assert_int_equal(look(&pod, 60, false).cause, ORCH_CAUSE_CRASH);
}

/* Programs write what they like where the kubelet looks for a last word. */
static void a_long_last_word_is_cut_between_characters(void **state)
{
	struct kube_pod pod = *find("crash-");
	struct kube_container_status s = pod.containers.items[0];
	struct kube_container_end end = *s.ended;
	char text[2048];

	(void)state;
	for (size_t i = 0; i + 2 < sizeof text; i += 2)
		memcpy(text + i, "\xC3\xA4", 3);
	end.message = text;
	s.ended = &end;
	pod.containers.items = &s;
	assert_true(strlen(look(&pod, 60, false).message) < 400);
	assert_true(orch__text_ends(look(&pod, 60, false).message, "\xC3\xA4"));
	end.message = "panic: no\ngoroutine 1";
	assert_true(orch__text_ends(look(&pod, 60, false).message, ": panic: no"));
}

static void a_failed_check_is_told_in_the_kubelets_words(void **state)
{
	orch_instance it = look(find("unready-"), 60, false);
	orch_instance crash = look(find("crash-"), 60, false);
	orch_instance slow = look(find("starting-"), 60, false);

	(void)state;
	assert_true(kube_pod_is_silent(&it));
	assert_false(kube_pod_is_silent(&crash));
	assert_true(kube_pod_is_silent(&slow));
	assert_int_equal(
		kube_pod_hear(pool, "Pulled", "x", "Readiness probe failed: ", &it), ORCH_OK);
	assert_string_equal(it.message, "Readiness probe failed: ");
	assert_int_equal(it.cause, ORCH_CAUSE_UNHEALTHY);
	/* It may still come up: a message, and no cause. */
	assert_int_equal(
		kube_pod_hear(pool, "Unhealthy", "x", "Startup probe failed: no", &slow), ORCH_OK);
	assert_string_equal(slow.message, "Startup probe failed: no");
	assert_int_equal(slow.cause, ORCH_CAUSE_NONE);
}

/* ---- nodes that do not answer ---- */

static void on_a_lost_node_nobody_knows(void **state)
{
	orch_instance it = look(find("lost-running-"), 60, true);

	(void)state;
	assert_int_equal(it.state, ORCH_INSTANCE_UNKNOWN);
	assert_int_equal(it.cause, ORCH_CAUSE_NODE);
	assert_int_equal(it.ready, 0);
	assert_int_equal(
		look(find("slow-stop-7f97bfc9f6-47gbn"), 60, true).state, ORCH_INSTANCE_UNKNOWN);
	assert_int_equal(look(find("once-ok"), 60, true).state, ORCH_INSTANCE_SUCCEEDED);
}

/* Whoever says that it is not ready, its kubelet does not. */
static void a_pod_that_is_not_ready_for_no_reason_of_its_own_is_suspect(void **state)
{
	static const char *const fine[] = { "running-", "unready-", "crash-", "imageless-",
		"homeless-", "gate-", "once-ok", "deadline", "starting-", "sickly-" };
	const struct kube_pod *pod = find("lost-running-");

	(void)state;
	assert_true(kube_pod_is_suspect(pod, pod->meta.created_ms));
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
		if (kube_pod_is_suspect(find(fine[i]), find(fine[i])->meta.created_ms))
			fail_msg("%s", fine[i]);
}

static void a_pod_that_overstays_its_deletion_is_suspect(void **state)
{
	struct kube_pod pod = *find("slow-stop-7f97bfc9f6-47gbn");
	const int64_t due = pod.meta.deleted_ms;

	(void)state;
	assert_false(kube_pod_is_suspect(&pod, due));
	assert_true(kube_pod_is_suspect(&pod, due + 60000));
	pod.reason = "NodeLost";
	assert_true(kube_pod_is_suspect(&pod, due));
	pod.node = NULL;
	assert_false(kube_pod_is_suspect(&pod, due));
}

/* ---- numbers ---- */

/* clang-format off */
static const struct {
	const char *name;
	bool is_updated, is_lost;
	int total, ready, updated;
} numbers[] = {
	{ "running-", true, false, 1, 1, 1 },
	{ "running-", false, false, 1, 1, 0 },
	{ "lost-running-", true, true, 1, 0, 1 },
	{ "unready-", true, false, 1, 0, 1 },
	{ "crash-", true, false, 1, 0, 1 },
	{ "homeless-", true, false, 1, 0, 1 },
	{ "slow-stop-7f97bfc9f6-47gbn", true, false, 1, 0, 0 }, /* being stopped             */
	{ "slow-stop-7f97bfc9f6-47gbn", true, true, 0, 0, 0 },  /* replaced, and out of reach */
	{ "once-ok", true, false, 0, 0, 0 },
	{ "once-bad", true, false, 0, 0, 0 },
	{ "full-6d86c95d6d-vmdk6", true, false, 0, 0, 0 },
	{ "gate-", true, false, 1, 0, 1 },
};
/* clang-format on */

static void what_has_ended_does_not_count_what_stops_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		struct kube_counts c = { 0, 0, 0 };

		kube_pod_count(
			find(numbers[i].name), numbers[i].is_updated, numbers[i].is_lost, &c);
		if (c.total != numbers[i].total || c.ready != numbers[i].ready ||
			c.updated != numbers[i].updated)
			fail_msg("%s: %d/%d/%d", numbers[i].name, (int)c.total, (int)c.ready,
				(int)c.updated);
	}
}

/* Lists see a small part of each pod: what they count must be the same. */
static void the_brief_table_counts_like_the_whole(void **state)
{
	const char *folder = getenv("ORCH_FIXTURES");
	struct pods brief = { .items = { 0 } };
	char path[512], *text = NULL;

	(void)state;
	snprintf(path, sizeof path, "%s/kubernetes/pods.json", folder ? folder : "tests/fixtures");
	assert_int_equal(orch__file_read(path, 1 << 20, &text, NULL), ORCH_OK);
	assert_int_equal(read_pods(&kube_pod_brief, text, &brief), ORCH_OK);
	orch__free(text);
	assert_int_equal(brief.items.count, recorded.items.count);
	for (size_t i = 0; i < brief.items.count; i++) {
		const struct kube_pod *a = recorded.items.items[i], *b = brief.items.items[i];
		const int64_t now = a->meta.created_ms + 120000;
		struct kube_counts x = { 0, 0, 0 }, y = { 0, 0, 0 };

		kube_pod_count(a, true, false, &x);
		kube_pod_count(b, true, false, &y);
		assert_memory_equal(&x, &y, sizeof x);
		assert_int_equal(kube_pod_is_suspect(a, now), kube_pod_is_suspect(b, now));
		assert_string_equal(kube_controller_of(&a->owners), kube_controller_of(&b->owners));
	}
	orch__arena_dispose(&brief.arena);
	orch__vec_dispose(&brief.items);
}

static void the_tables_are_well_formed(void **state)
{
	(void)state;
	assert_null(orch__json_table_check(&kube_pod_table));
	assert_null(orch__json_table_check(&kube_pod_brief));
	assert_null(orch__json_table_check(&kube_node_table));
	assert_null(orch__json_table_check(&kube_event_table));
}

static orch_status show_one(void *payload)
{
	void *result = orch__result_new(1);
	const struct kube_pod *pod = payload;
	const struct kube_sight sight = { true, false, pod->meta.created_ms + 60000 };
	orch_instance out = { .id = "" };
	orch_status st;

	if (!result)
		return ORCH_E_NOMEM;
	st = kube_pod_show(orch__result_pool(result), pod, &sight, &out);
	orch__result_free(result);
	return st;
}

static void want_of_memory_is_told(void **state)
{
	(void)state;
	torture_run(show_one, find("crash-"));
	torture_run(show_one, find("deadline"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_pod_is_seen_for_what_it_is),
		cmocka_unit_test(what_a_pod_is_made_of_is_told),
		cmocka_unit_test(a_container_that_was_just_started_is_not_unhealthy),
		cmocka_unit_test(a_crash_loop_is_one_by_its_word_too),
		cmocka_unit_test(a_short_life_is_no_sign_of_a_failed_check),
		cmocka_unit_test(a_long_last_word_is_cut_between_characters),
		cmocka_unit_test(a_failed_check_is_told_in_the_kubelets_words),
		cmocka_unit_test(on_a_lost_node_nobody_knows),
		cmocka_unit_test(a_pod_that_is_not_ready_for_no_reason_of_its_own_is_suspect),
		cmocka_unit_test(a_pod_that_overstays_its_deletion_is_suspect),
		cmocka_unit_test(what_has_ended_does_not_count_what_stops_does),
		cmocka_unit_test(the_brief_table_counts_like_the_whole),
		cmocka_unit_test(the_tables_are_well_formed),
		cmocka_unit_test(want_of_memory_is_told),
	};

	return cmocka_run_group_tests(tests, read_recorded, drop_recorded);
}
