/* SPDX-License-Identifier: MIT */
/* Answers that get lost, requests that arrive twice, fields of others, sizes. */
#include <stdlib.h>

#include "live/kube.h"

/* ---- requests that arrive twice, answers that do not arrive ---- */

#define WRITE "\"method\": \"POST|PUT|PATCH\", \"path\": \".*/deployments.*\""

/* A creation that meets `fault` succeeds, and there is one object of one generation. */
static void assert_made_once(struct world *w, const char *fault, const char *met)
{
	struct kube_proxy p;
	orch_deployment_spec spec = world_server(w, "once");
	const orch_deployment *d = NULL;
	char *uid;

	spec.replicas = 0;
	kube_proxy_begin(&p, w, NULL);
	kube_proxy_faults(&p, fault);
	assert_ok(orch_deployment_apply(p.client, &spec, NULL, &d));
	assert_int_equal(kube_proxy_count(&p, met), 1);
	uid = kube_see(w, "deployment once", ".metadata.uid");
	assert_string_equal(uid, d->id);
	free(uid);
	assert_int_equal(kube_count(w, "deployment once", ".metadata.generation"), 1);
	orch_deployment_free(d);
	kube_proxy_end(&p);
}

static void a_creation_that_arrives_twice_makes_one(void **state)
{
	assert_made_once(*state, "[{" WRITE ", \"do\": \"twice\"}]", " twice ");
}

static void a_creation_whose_answer_is_lost_makes_one_and_succeeds(void **state)
{
	assert_made_once(*state, "[{" WRITE ", \"do\": \"lose\"}]", " lost ");
}

static void a_creation_whose_answer_breaks_off_makes_one_and_succeeds(void **state)
{
	assert_made_once(*state, "[{" WRITE ", \"do\": \"cut\", \"bytes\": 20}]", " cut ");
}

static void a_change_whose_answer_is_lost_is_made_once(void **state)
{
	struct world *w = *state;
	struct kube_proxy p;
	const orch_deployment *d = NULL;
	int64_t before;

	world_up(w, "web", 0);
	kube_proxy_begin(&p, w, NULL);
	before = kube_count(w, "deployment web", ".metadata.generation");
	kube_proxy_faults(&p, "[{" WRITE ", \"do\": \"lose\"}]");
	assert_ok(orch_deployment_restart(p.client, "web", NULL, &d));
	assert_int_equal(kube_proxy_count(&p, " lost "), 1);
	assert_int_equal(kube_count(w, "deployment web", ".metadata.generation"), before + 1);
	orch_deployment_free(d);
	kube_proxy_faults(&p,
		"[{\"method\": \"PUT|PATCH\", \"path\": \".*/web/scale.*|.*/web[?].*\", "
		"\"do\": \"lose\"}]");
	assert_ok(orch_deployment_scale(p.client, "web", 1, NULL, NULL));
	assert_int_equal(kube_proxy_count(&p, " lost "), 1);
	assert_int_equal(kube_count(w, "deployment web", ".metadata.generation"), before + 2);
	assert_int_equal(kube_count(w, "deployment web", ".spec.replicas"), 1);
	kube_proxy_end(&p);
}

static void a_change_whose_answer_breaks_off_is_made_once(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "web");
	const orch_deployment *d = NULL;
	struct kube_proxy p;
	int64_t before;

	world_up(w, "web", 0);
	before = kube_count(w, "deployment web", ".metadata.generation");
	spec.image = w->image2;
	kube_proxy_begin(&p, w, NULL);
	kube_proxy_faults(&p, "[{" WRITE ", \"do\": \"cut\", \"bytes\": 300}]");
	assert_ok(orch_deployment_apply(p.client, &spec, NULL, &d));
	assert_string_equal(d->spec->image, w->image2);
	assert_int_equal(kube_proxy_count(&p, " cut "), 1);
	assert_int_equal(kube_count(w, "deployment web", ".metadata.generation"), before + 1);
	orch_deployment_free(d);
	kube_proxy_faults(&p, "[{" WRITE ", \"do\": \"cut\", \"bytes\": 300}]");
	assert_ok(orch_deployment_restart(p.client, "web", NULL, NULL));
	assert_int_equal(kube_proxy_count(&p, " cut "), 1);
	assert_int_equal(kube_count(w, "deployment web", ".metadata.generation"), before + 2);
	kube_proxy_end(&p);
}

static void a_deletion_whose_answer_is_lost_succeeds(void **state)
{
	struct world *w = *state;
	struct kube_proxy p;

	world_up(w, "web", 0);
	kube_proxy_begin(&p, w, NULL);
	kube_proxy_faults(&p,
		"[{\"method\": \"DELETE\", \"path\": \".*/deployments/web.*\", \"do\": \"lose\"}]");
	assert_ok(orch_deployment_delete(p.client, "web", NULL));
	assert_int_equal(kube_proxy_count(&p, " lost "), 1);
	assert_absent(w, "web");
	kube_proxy_end(&p);
}

/* ---- writing nothing ---- */

struct marks {
	char *version;
	int64_t generation;
};

static struct marks marks_of(const struct world *w, const char *object)
{
	struct marks m;

	m.version = kube_see(w, object, ".metadata.resourceVersion");
	m.generation = kube_count(w, object, ".metadata.generation");
	return m;
}

static void assert_same_marks(struct marks a, struct marks b)
{
	assert_string_equal(a.version, b.version);
	assert_int_equal(a.generation, b.generation);
	free(a.version);
	free(b.version);
}

static void an_apply_that_changes_nothing_writes_nothing(void **state)
{
	struct world *w = *state;
	struct kube_proxy p;
	orch_deployment_spec spec = world_server(w, "web");
	orch_kv env[] = { { "A", "1" }, { "EMPTY", "" }, { "DOLLAR", "$(HOME) $$" } };
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	struct marks before;

	spec.replicas = 1;
	spec.env.items = env;
	spec.env.count = 3;
	spec.memory_limit_bytes = 64 << 20;
	spec.cpu_request_milli = 100;
	assert_ok(orch_deployment_apply(w->client, &spec, &how, NULL));
	before = marks_of(w, "deployment web");
	kube_proxy_begin(&p, w, NULL);
	kube_proxy_faults(&p, "[]");
	assert_ok(orch_deployment_apply(p.client, &spec, NULL, NULL));
	spec.replicas = ORCH_UNSET;
	assert_ok(orch_deployment_apply(p.client, &spec, NULL, NULL));
	assert_ok(orch_deployment_scale(p.client, "web", 1, NULL, NULL));
	assert_int_equal(kube_proxy_count(&p, "^(POST|PUT|PATCH|DELETE) "), 0);
	assert_same_marks(before, marks_of(w, "deployment web"));
	kube_proxy_end(&p);
}

/* ---- fields of others ---- */

static void take_replicas(struct world *w)
{
	world_up(w, "shared", 0);
	live_ok("printf 'apiVersion: apps/v1\\nkind: Deployment\\nmetadata: {name: shared, "
		"namespace: %s}\\nspec: {replicas: 0}\\n' | " KUBECTL
		"apply --server-side --force-conflicts --field-manager=somebody -f - >/dev/null",
		w->ns);
}

static void a_field_of_somebody_else_is_a_conflict_that_names_both(void **state)
{
	struct world *w = *state;
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;
	orch_deployment_spec spec = world_server(w, "shared");
	const orch_deployment *out = UNTOUCHED(const orch_deployment *);

	require_capability(w, ORCH_CAP_FIELD_OWNERSHIP);
	take_replicas(w);
	spec.replicas = 1;
	how.force = 0;
	assert_status(orch_deployment_apply(w->client, &spec, &how, &out), ORCH_E_CONFLICT);
	assert_message_names("shared");
	assert_message_names("somebody");
	assert_message_names("replicas");
	assert_int_equal(orch_error_last()->transient, 0);
	assert_in_range(
		orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT, ORCH_OUTCOME_NOT_APPLIED);
	assert_untouched(out);
	assert_int_equal(kube_count(w, "deployment shared", ".spec.replicas"), 0);
}

static void what_is_not_contested_goes_through_without_force(void **state)
{
	struct world *w = *state;
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;
	orch_deployment_spec spec = world_server(w, "shared");
	char *image;

	require_capability(w, ORCH_CAP_FIELD_OWNERSHIP);
	take_replicas(w);
	spec.image = w->image2;
	how.force = 0;
	assert_ok(orch_deployment_apply(w->client, &spec, &how, NULL));
	image = kube_see(w, "deployment shared", ".spec.template.spec.containers[0].image");
	assert_string_equal(image, w->image2);
	free(image);
}

static void force_takes_a_field_over(void **state)
{
	struct world *w = *state;
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;
	orch_deployment_spec spec = world_server(w, "shared");

	require_capability(w, ORCH_CAP_FIELD_OWNERSHIP);
	take_replicas(w);
	spec.replicas = 1;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	assert_int_equal(kube_count(w, "deployment shared", ".spec.replicas"), 1);
	spec.replicas = 2;
	how.force = 0; /* it is ours now */
	assert_ok(orch_deployment_apply(w->client, &spec, &how, NULL));
	assert_int_equal(kube_count(w, "deployment shared", ".spec.replicas"), 2);
}

/* ---- sizes ---- */

static void assert_too_large(struct world *w, size_t size)
{
	orch_deployment_spec spec = world_server(w, "huge");
	char *text = malloc(size + 1);
	orch_kv env = { "TEXT", text };

	assert_non_null(text);
	memset(text, 'x', size);
	text[size] = '\0';
	spec.env.items = &env;
	spec.env.count = 1;
	assert_status(orch_deployment_apply(w->client, &spec, NULL, NULL), ORCH_E_TOO_LARGE);
	print_message("# %s\n", orch_error_last()->message);
	assert_message_names("huge");
	assert_int_not_equal(orch_error_last()->outcome, ORCH_OUTCOME_APPLIED);
	assert_int_not_equal(orch_error_last()->outcome, ORCH_OUTCOME_UNKNOWN);
	free(text);
	assert_absent(w, "huge");
}

static void what_the_server_does_not_take_for_its_size_is_too_large(void **state)
{
	assert_too_large(*state, 4 << 20);
}

/* The server takes it, what it keeps its objects in does not. */
static void what_its_store_does_not_take_is_too_large(void **state)
{
	assert_too_large(*state, 2 << 20);
	assert_too_large(*state, 1800 << 10); /* it is another part that refuses this */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(a_creation_that_arrives_twice_makes_one),
		world_test(a_creation_whose_answer_is_lost_makes_one_and_succeeds),
		world_test(a_creation_whose_answer_breaks_off_makes_one_and_succeeds),
		world_test(a_change_whose_answer_is_lost_is_made_once),
		world_test(a_change_whose_answer_breaks_off_is_made_once),
		world_test(a_deletion_whose_answer_is_lost_succeeds),
		world_test(an_apply_that_changes_nothing_writes_nothing),
		world_test(a_field_of_somebody_else_is_a_conflict_that_names_both),
		world_test(what_is_not_contested_goes_through_without_force),
		world_test(force_takes_a_field_over),
		world_test(what_the_server_does_not_take_for_its_size_is_too_large),
		world_test(what_its_store_does_not_take_is_too_large),
	};

	return world_run(tests);
}
