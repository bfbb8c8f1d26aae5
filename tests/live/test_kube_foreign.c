/* SPDX-License-Identifier: MIT */
/*
 * A Deployment that somebody made with kubectl, with all that liborch does not
 * model: whatever liborch changes on it, the rest stays as it was.
 */
#include <stdlib.h>

#include "live/kube.h"

struct bench {
	struct world *w;
	struct kube_files files;
};

#define RESTARTED "spec.template.metadata.annotations.kubectl.kubernetes.io/restartedAt"
#define IMAGE "spec.template.spec.containers[0].image"
#define ENV "spec.template.spec.containers[0].env"

static void snapshot(const struct bench *b, const char *when)
{
	live_ok(KUBECTL "-n %s get deployment rich -o json > %s/%s", b->w->ns, b->files.path, when);
}

/* Everything outside of `paths` is as it was at the first snapshot. */
static void assert_kept(const struct bench *b, const char *paths)
{
	snapshot(b, "after");
	live_ok("\"$LIVE_FOLDER\"/differ %s/before %s/after %s", b->files.path, b->files.path,
		paths);
}

static void wait_for_it(const struct bench *b)
{
	orch_wait_options wait = world_wait();

	assert_ok(orch_deployment_wait(b->w->client, "rich", &wait, NULL));
}

static void make_rich(struct bench *b, struct world *w)
{
	(void)live_env("LIVE_FOLDER");
	b->w = w;
	kube_files_begin(&b->files);
	(void)live_sh(KUBECTL "create namespace %s >/dev/null 2>&1", w->ns);
	live_ok("sed 's,IMAGE,%s,' \"$LIVE_FOLDER\"/kube_rich.yaml | " KUBECTL
		"-n %s apply -f - >/dev/null",
		w->image, w->ns);
	wait_for_it(b);
	snapshot(b, "before");
}

static orch_deployment_spec read_rich(struct bench *b, const orch_deployment **d)
{
	*d = world_get(b->w, "rich");
	return *(*d)->spec;
}

static void what_kubectl_made_shows_as_it_is(void **state)
{
	struct bench b;
	const orch_deployment *d = NULL;
	orch_deployment_spec spec;

	make_rich(&b, *state);
	spec = read_rich(&b, &d);
	assert_string_equal(spec.image, b.w->image);
	assert_int_equal(spec.replicas, 1);
	assert_int_equal(d->ready, 1);
	assert_int_equal(d->state, ORCH_DEPLOYMENT_COMPLETE);
	assert_string_equal(spec.working_dir, "/tmp");
	assert_int_equal(spec.cpu_request_milli, 10);
	assert_int_equal(spec.memory_request_bytes, 8 << 20);
	assert_int_equal(spec.memory_limit_bytes, 64 << 20);
	assert_int_equal(spec.cpu_limit_milli, ORCH_UNSET);
	assert_int_equal(spec.stop_grace_ms, 2000);
	assert_int_equal(spec.command.count, 3);
	assert_int_equal(spec.env.count, 4);
	assert_string_equal(spec.env.items[0].key, "PLAIN");
	assert_string_equal(spec.env.items[0].value, "1");
	orch_deployment_free(d);
	kube_files_end(&b.files);
}

static void applying_it_as_it_was_read_changes_nothing(void **state)
{
	struct bench b;
	const orch_deployment *d = NULL, *again = NULL;
	orch_deployment_spec spec;

	make_rich(&b, *state);
	spec = read_rich(&b, &d);
	assert_ok(orch_deployment_apply(b.w->client, &spec, NULL, &again));
	assert_string_equal(again->version, d->version);
	assert_kept(&b, "");
	orch_deployment_free(again);
	orch_deployment_free(d);
	kube_files_end(&b.files);
}

static void change_image(struct bench *b)
{
	const orch_deployment *d = NULL;
	orch_deployment_spec spec = read_rich(b, &d);

	spec.image = b->w->image2;
	assert_ok(orch_deployment_apply(b->w->client, &spec, NULL, NULL));
	orch_deployment_free(d);
}

static void change_env(struct bench *b)
{
	const orch_deployment *d = NULL;
	orch_deployment_spec spec = read_rich(b, &d);
	orch_kv env[8];

	assert_in_range(spec.env.count, 1, 7);
	memcpy(env, spec.env.items, spec.env.count * sizeof env[0]);
	env[spec.env.count] = (orch_kv){ "ADDED", "now" };
	spec.env.items = env;
	spec.env.count++;
	assert_ok(orch_deployment_apply(b->w->client, &spec, NULL, NULL));
	orch_deployment_free(d);
}

static void change_label(struct bench *b)
{
	static const orch_kv added = { "added", "now" };
	const orch_deployment *d = NULL;
	orch_deployment_spec spec = read_rich(b, &d);
	orch_kv labels[8];

	assert_in_range(spec.labels.count, 1, 7);
	memcpy(labels, spec.labels.items, spec.labels.count * sizeof labels[0]);
	labels[spec.labels.count] = added;
	spec.labels.items = labels;
	spec.labels.count++;
	assert_ok(orch_deployment_apply(b->w->client, &spec, NULL, NULL));
	orch_deployment_free(d);
}

static void whatever_is_changed_all_else_stays_as_it_was(void **state)
{
	struct bench b;

	make_rich(&b, *state);
	assert_ok(orch_deployment_scale(b.w->client, "rich", 2, NULL, NULL));
	assert_kept(&b, "spec.replicas");
	assert_ok(orch_deployment_restart(b.w->client, "rich", NULL, NULL));
	assert_kept(&b, "spec.replicas " RESTARTED);
	change_image(&b);
	assert_kept(&b, "spec.replicas " RESTARTED " '" IMAGE "'");
	change_label(&b);
	assert_kept(&b, "spec.replicas " RESTARTED " '" IMAGE "' metadata.labels.added");
	change_env(&b);
	assert_kept(
		&b, "spec.replicas " RESTARTED " '" IMAGE "' metadata.labels.added '" ENV "[4]'");
	wait_for_it(&b);
	kube_files_end(&b.files);
}

/* kubectl looks at what it applied last: it puts back what it said, and nothing else. */
static void kubectl_goes_on_where_liborch_left_off(void **state)
{
	struct bench b;
	const orch_deployment *d;

	make_rich(&b, *state);
	assert_ok(orch_deployment_restart(b.w->client, "rich", NULL, NULL));
	change_label(&b);
	change_image(&b);
	live_ok("sed 's,IMAGE,%s,' \"$LIVE_FOLDER\"/kube_rich.yaml | " KUBECTL
		"-n %s apply -f - >/dev/null",
		b.w->image, b.w->ns);
	d = world_get(b.w, "rich");
	assert_string_equal(d->spec->image, b.w->image);
	orch_deployment_free(d);
	assert_kept(&b, RESTARTED " metadata.labels.added");
	kube_files_end(&b.files);
}

static void what_kubectl_changes_on_ours_is_seen_and_kept(void **state)
{
	struct world *w = *state;
	const orch_deployment *d;
	char *kept;

	(void)live_env("KUBE_ADMIN");
	world_up(w, "ours", 0);
	live_ok(KUBECTL "-n %s set image deployment/ours '*=%s' >/dev/null", w->ns, w->image2);
	live_ok(KUBECTL "-n %s annotate deployment/ours example.com/note=kept >/dev/null", w->ns);
	live_ok(KUBECTL "-n %s set serviceaccount deployment/ours default >/dev/null", w->ns);
	live_ok(KUBECTL "-n %s scale deployment/ours --replicas=1 >/dev/null", w->ns);
	d = world_get(w, "ours");
	assert_string_equal(d->spec->image, w->image2);
	assert_int_equal(d->spec->replicas, 1);
	orch_deployment_free(d);
	world_up(w, "ours", 1); /* with the first image again */
	kept = kube_see(w, "deployment ours",
		".metadata.annotations.example\\.com/note} "
		"{.spec.template.spec.serviceAccountName");
	assert_string_equal(kept, "kept default");
	free(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(what_kubectl_made_shows_as_it_is),
		world_test(applying_it_as_it_was_read_changes_nothing),
		world_test(whatever_is_changed_all_else_stays_as_it_was),
		world_test(kubectl_goes_on_where_liborch_left_off),
		world_test(what_kubectl_changes_on_ours_is_seen_and_kept),
	};

	return world_run(tests);
}
