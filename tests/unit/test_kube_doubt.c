/* SPDX-License-Identifier: MIT */
/* Creations that were sent twice, and what may come of the first copy after a deletion. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "backend/kubernetes/noun.h"
#include "support/kube_world.h"
#include "util/clock.h"
#include "util/error.h"

#define ALL "/apis/apps/v1/namespaces/shop/deployments"
#define ONE ALL "/web"
#define SETS "GET /apis/apps/v1/namespaces/shop/replicasets"
#define NONE "{\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[]}"
#define GONE .status = 404, .body = kube_world_status(404, "NotFound", "not found", "web", NULL)

/* A Deployment, by which call it was made. */
#define DEPLOYMENT(op)                                                                             \
	"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\","      \
	"\"namespace\":\"shop\",\"uid\":\"u1\",\"resourceVersion\":\"8\",\"generation\":1,"        \
	"\"annotations\":{\"orch.io/op\":\"" op "\"}},\"spec\":{\"replicas\":1,\"selector\":{"     \
	"\"matchLabels\":{\"app\":\"web\"}},\"template\":{\"metadata\":{\"labels\":{\"app\":"      \
	"\"web\""                                                                                  \
	"}},\"spec\":{\"containers\":[{\"name\":\"main\",\"image\":\"i:1\"}]}}},\"status\":{}}"
#define OURS DEPLOYMENT(KUBE_WORLD_OP)
#define THEIRS DEPLOYMENT("ffffffffffffffffffffffffffffffff")

static void make(struct kube_world *w, const struct kube_step *steps)
{
	orch_deployment_spec want = ORCH_DEPLOYMENT_SPEC_INIT;
	orch_deployment_entry out = { 0 };

	want.name = "web";
	want.image = "i:1";
	kube_world_open(w, steps);
	w->call.ns = "shop";
	w->call.spec_only = 1;
	w->k->limits.write_ms = 1000;
	assert_int_equal(kube_deployment_put(&w->call, NULL, &want, &out), ORCH_OK);
}

static orch_deployment_entry get(struct kube_world *w)
{
	orch_deployment_entry live = { 0 };

	assert_int_equal(kube_deployment_get(&w->call, "web", &live), ORCH_OK);
	return live;
}

/* Made by two copies, of which the first one was lost, and read. `ends` comes after that. */
static orch_deployment_entry make_twice(struct kube_world *w, const struct kube_step *ends)
{
	enum { BEFORE = 4, ENDS_MAX = 12 };
	static struct kube_step steps[BEFORE + ENDS_MAX];
	const struct kube_step before[BEFORE] = {
		{ .request = "POST " ALL, .fault = ORCH_E_NETWORK },
		{ .request = "GET " ONE, GONE },
		{ .request = "POST " ALL, .status = 201, .body = OURS },
		{ .request = "GET " ONE, .body = OURS },
	};

	memset(steps, 0, sizeof steps);
	memcpy(steps, before, sizeof before);
	for (size_t i = 0; ends[i].request; i++)
		steps[BEFORE + i] = ends[i];
	make(w, steps);
	return get(w);
}

/* Of two copies one was refused, or has not come yet: then it would bring back what is deleted. */
static void a_late_copy_does_not_bring_back_what_is_deleted(void **state)
{
	const struct kube_step comes[] = {
		{ .request = SETS, .body = NONE },
		{ .request = "DELETE " ONE },
		{ .request = "GET " ONE, GONE },
		{ .request = "GET " ONE, .body = OURS },
		{ .request = "DELETE " ONE },
		{ 0 },
	};
	const struct kube_step others[] = {
		{ .request = SETS, .body = NONE },
		{ .request = "DELETE " ONE },
		{ .request = "GET " ONE, .body = THEIRS },
		{ 0 },
	};
	const struct kube_step *const ends[] = { comes, others };

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct kube_world w;
		orch_deployment_entry live = make_twice(&w, ends[i]);

		w.k->doubts.items[0].until_ms += 60000;
		assert_int_equal(kube_deployment_remove(&w.call, &live), ORCH_OK);
		kube_world_done(&w);
		kube_world_close(&w);
	}
}

static void a_late_copy_that_does_not_come_is_waited_for_as_long_as_it_may(void **state)
{
	/* As often as there is time for. */
	const struct kube_step gone = { .request = "GET " ONE, GONE };
	const struct kube_step ends[] = { { .request = SETS, .body = NONE },
		{ .request = "DELETE " ONE }, gone, gone, gone, gone, gone, gone, gone, gone,
		{ 0 } };
	struct kube_world w;
	orch_deployment_entry live = make_twice(&w, ends);

	(void)state;
	assert_int_equal(kube_deployment_remove(&w.call, &live), ORCH_OK);
	assert_string_equal(w.problem, "");
	assert_true(orch__clock_ms() >= w.k->doubts.items[0].until_ms);
	kube_world_close(&w);
}

static void without_time_to_wait_a_late_copy_is_told_of(void **state)
{
	const struct kube_step ends[] = {
		{ .request = SETS, .body = NONE },
		{ .request = "DELETE " ONE },
		{ .request = "GET " ONE, GONE },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_entry live = make_twice(&w, ends);

	(void)state;
	w.k->doubts.items[0].until_ms += 60000;
	w.call.deadline_ms = orch__clock_ms() + 200;
	assert_int_equal(kube_deployment_remove(&w.call, &live), ORCH_E_TIMEOUT);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_APPLIED);
	assert_non_null(strstr(orch_error_last()->message, "late copy"));
	kube_world_done(&w);
	kube_world_close(&w);
}

static void without_a_copy_in_doubt_deleting_does_not_wait(void **state)
{
	const struct kube_step once[] = {
		{ .request = "POST " ALL, .fault = ORCH_E_NETWORK },
		{ .request = "GET " ONE, .body = OURS },
		{ .request = "GET " ONE, .body = OURS },
		{ .request = SETS, .body = NONE },
		{ .request = "DELETE " ONE },
		{ 0 },
	};
	struct kube_world w;
	orch_deployment_entry live;

	(void)state;
	make(&w, once);
	live = get(&w);
	assert_int_equal(kube_deployment_remove(&w.call, &live), ORCH_OK);
	kube_world_done(&w);
	kube_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_late_copy_does_not_bring_back_what_is_deleted),
		cmocka_unit_test(a_late_copy_that_does_not_come_is_waited_for_as_long_as_it_may),
		cmocka_unit_test(without_time_to_wait_a_late_copy_is_told_of),
		cmocka_unit_test(without_a_copy_in_doubt_deleting_does_not_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
