/* SPDX-License-Identifier: MIT */
/* Rollouts as kubectl sees them and as liborch does: both must say the same. */
#include <stdlib.h>

#include "live/kube.h"

/* Does `kubectl rollout status` say that it is done? */
static bool kubectl_says_done(const struct world *w, const char *name)
{
	char *said =
		live_output(KUBECTL "-n %s rollout status --watch=false deployment/%s 2>&1 || true",
			w->ns, name);
	bool done = strstr(said, "successfully rolled out") != NULL;

	print_message("# %s\n", said);
	free(said);
	return done;
}

static int64_t count_of(const struct world *w, const char *kind)
{
	char *text =
		live_output(KUBECTL "-n %s get %s --no-headers 2>/dev/null | wc -l", w->ns, kind);
	int64_t n = atoll(text);

	free(text);
	return n;
}

static orch_deployment_spec new_image(const struct world *w, const char *name, int64_t replicas)
{
	orch_deployment_spec spec = world_server(w, name);

	spec.image = w->image2;
	spec.replicas = replicas;
	return spec;
}

static void what_was_waited_for_kubectl_calls_done(void **state)
{
	struct world *w = *state;
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	orch_deployment_spec spec;

	(void)live_env("KUBE_ADMIN");
	world_up(w, "web", 3);
	assert_true(kubectl_says_done(w, "web"));
	spec = new_image(w, "web", 4);
	assert_ok(orch_deployment_apply(w->client, &spec, &how, NULL));
	assert_true(kubectl_says_done(w, "web"));
	assert_int_equal(kube_count(w, "deployment web", ".status.updatedReplicas"), 4);
	assert_int_equal(kube_count(w, "deployment web", ".status.availableReplicas"), 4);
}

struct progress {
	int64_t updated, calls;
	bool went_back;
};

static void note_progress(void *payload, const orch_deployment *now)
{
	struct progress *p = payload;

	p->went_back = p->went_back || now->updated < p->updated;
	p->updated = now->updated;
	p->calls++;
}

static void a_rollout_never_goes_back(void **state)
{
	struct world *w = *state;
	struct progress p = { 0, 0, false };
	orch_wait_options wait = world_wait();
	orch_deployment_spec spec = new_image(w, "web", 4);

	world_up(w, "web", 4);
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	wait.progress = note_progress;
	wait.progress_payload = &p;
	assert_ok(orch_deployment_wait(w->client, "web", &wait, NULL));
	assert_true(p.calls > 1);
	assert_false(p.went_back);
	assert_int_equal(p.updated, 4);
}

/* Never complete before the controller has seen the change, or while it rolls. */
static void complete_is_said_no_sooner_than_by_kubectl(void **state)
{
	struct world *w = *state;

	(void)live_env("KUBE_ADMIN");
	world_up(w, "web", 2);
	for (int i = 0; i < 6; i++) {
		orch_deployment_spec spec = new_image(w, "web", 2);
		const orch_deployment *d;
		bool complete = false;

		spec.image = i % 2 ? w->image : w->image2;
		assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
		for (int asked = 0; !complete && asked < 600; asked++) {
			d = world_get(w, "web");
			complete = d->state == ORCH_DEPLOYMENT_COMPLETE;
			orch_deployment_free(d);
			if (!complete)
				world_tick(w);
		}
		assert_true(complete);
		assert_true(kubectl_says_done(w, "web"));
	}
}

/* ---- what does not come up ---- */

static void assert_stuck(struct world *w, const char *cause, const char *words)
{
	orch_wait_options wait = world_wait_for_failure();

	wait.stall_ms = 3000;
	assert_status(orch_deployment_wait(w->client, "web", &wait, NULL), ORCH_E_FAILED);
	print_message("# %s\n", orch_error_last()->message);
	assert_reason(cause);
	assert_message_names("web");
	assert_message_names(words);
}

static void an_image_that_cannot_be_had_is_told_in_the_pods_words_and_old_instances_stay(
	void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "web");
	const orch_deployment *d;

	(void)live_env("KUBE_ADMIN");
	world_up(w, "web", 2);
	spec.image = "orch/nowhere:1";
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	assert_stuck(w, "IMAGE", "orch/nowhere:1");
	assert_false(kubectl_says_done(w, "web"));
	d = world_get(w, "web");
	assert_int_equal(d->state, ORCH_DEPLOYMENT_PROGRESSING);
	assert_true(d->ready >= 1);
	orch_deployment_free(d);
	world_up(w, "web", 2); /* and back */
	assert_true(kubectl_says_done(w, "web"));
	assert_int_equal(count_of(w, "replicasets"), 2);
}

/* A node may come that takes it: so this is no end, but it is told what it waits for. */
static void what_no_node_can_take_is_told_in_the_schedulers_words(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "web");
	orch_constraint moon = { "place", ORCH_CONSTRAINT_EQUAL, "moon" };
	orch_wait_options wait = world_wait();

	spec.constraints.items = &moon;
	spec.constraints.count = 1;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	wait.timeout_ms = 8000;
	assert_status(orch_deployment_wait(w->client, "web", &wait, NULL), ORCH_E_TIMEOUT);
	assert_reason("UNSCHEDULABLE");
	assert_message_names("nodes are available");
}

static void what_a_quota_refuses_is_told_in_the_servers_words(void **state)
{
	struct world *w = *state;
	orch_wait_options wait = world_wait();

	(void)live_env("KUBE_ADMIN");
	world_up(w, "web", 1);
	live_ok(KUBECTL "-n %s create quota two --hard=pods=2 >/dev/null", w->ns);
	live_ok("for i in $(seq 100); do [ \"$(" KUBECTL "-n %s get quota two -o "
		"'jsonpath={.status.hard.pods}')\" = 2 ] && exit 0; sleep 0.1; done; exit 1",
		w->ns);
	assert_ok(orch_deployment_scale(w->client, "web", 4, NULL, NULL));
	wait.timeout_ms = 20000;
	wait.stall_ms = 3000;
	assert_int_not_equal(orch_deployment_wait(w->client, "web", &wait, NULL), ORCH_OK);
	print_message("# %s\n", orch_error_last()->message);
	assert_message_names("exceeded quota");
	live_ok(KUBECTL "-n %s delete quota two >/dev/null", w->ns);
}

/* ---- replica sets ---- */

static void a_restart_makes_one_new_replica_set_and_replaces_all_instances(void **state)
{
	struct world *w = *state;
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	struct world_ids before, after;

	(void)live_env("KUBE_ADMIN");
	world_up(w, "web", 3);
	before = world_ids(w, "web");
	assert_int_equal(count_of(w, "replicasets"), 1);
	assert_ok(orch_deployment_restart(w->client, "web", &how, NULL));
	assert_int_equal(count_of(w, "replicasets"), 2);
	after = world_ids(w, "web");
	assert_int_equal(after.count, 3);
	assert_int_equal(world_common(&before, &after), 0);
	assert_true(kubectl_says_done(w, "web"));
}

static void two_restarts_in_one_second_are_two(void **state)
{
	struct world *w = *state;
	orch_wait_options wait = world_wait();

	(void)live_env("KUBE_ADMIN");
	world_up(w, "web", 1);
	assert_ok(orch_deployment_restart(w->client, "web", NULL, NULL));
	assert_ok(orch_deployment_restart(w->client, "web", NULL, NULL));
	assert_ok(orch_deployment_wait(w->client, "web", &wait, NULL));
	assert_int_equal(count_of(w, "replicasets"), 3);
}

static void scaling_and_labels_make_no_new_replica_set(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "web");
	orch_kv label = { "tier", "front" };
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);

	(void)live_env("KUBE_ADMIN");
	world_up(w, "web", 1);
	assert_ok(orch_deployment_scale(w->client, "web", 3, &how, NULL));
	spec.labels.items = &label;
	spec.labels.count = 1;
	spec.replicas = 2;
	assert_ok(orch_deployment_apply(w->client, &spec, &how, NULL));
	assert_int_equal(count_of(w, "replicasets"), 1);
	assert_true(kubectl_says_done(w, "web"));
}

static void a_paused_deployment_shows_as_paused_and_rolls_when_it_is_resumed(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = new_image(w, "web", 1);
	orch_wait_options wait = world_wait();
	const orch_deployment *d;

	(void)live_env("KUBE_ADMIN");
	world_up(w, "web", 1);
	live_ok(KUBECTL "-n %s rollout pause deployment/web >/dev/null", w->ns);
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	d = world_get(w, "web");
	assert_int_equal(d->state, ORCH_DEPLOYMENT_PAUSED);
	orch_deployment_free(d);
	assert_int_equal(count_of(w, "replicasets"), 1);
	live_ok(KUBECTL "-n %s rollout resume deployment/web >/dev/null", w->ns);
	assert_ok(orch_deployment_wait(w->client, "web", &wait, NULL));
	assert_int_equal(count_of(w, "replicasets"), 2);
}

static void a_deletion_that_was_waited_for_leaves_nothing_that_runs(void **state)
{
	struct world *w = *state;
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);

	(void)live_env("KUBE_ADMIN");
	world_up(w, "web", 3);
	assert_int_equal(count_of(w, "pods"), 3);
	assert_ok(orch_deployment_delete(w->client, "web", &how));
	/* What has ended is cleared away a moment later. */
	assert_int_equal(
		count_of(w, "pods --field-selector=status.phase!=Succeeded,status.phase!=Failed"),
		0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(what_was_waited_for_kubectl_calls_done),
		world_test(a_rollout_never_goes_back),
		world_test(complete_is_said_no_sooner_than_by_kubectl),
		world_test(
			an_image_that_cannot_be_had_is_told_in_the_pods_words_and_old_instances_stay),
		world_test(what_no_node_can_take_is_told_in_the_schedulers_words),
		world_test(what_a_quota_refuses_is_told_in_the_servers_words),
		world_test(a_restart_makes_one_new_replica_set_and_replaces_all_instances),
		world_test(two_restarts_in_one_second_are_two),
		world_test(scaling_and_labels_make_no_new_replica_set),
		world_test(a_paused_deployment_shows_as_paused_and_rolls_when_it_is_resumed),
		world_test(a_deletion_that_was_waited_for_leaves_nothing_that_runs),
	};

	return world_run(tests);
}
