/* SPDX-License-Identifier: MIT */
/* The core against a backend of the test's own: what is checked, called, retried. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <unistd.h>

#include <sys/wait.h>

#include <cmocka.h>

#include "orch/orch.h"
#include "orch/sys/backend.h"
#include "util/error.h"

/* One deployment "web", whose next writes fail as told. */
static struct {
	orch_backend base;
	int64_t now_ms, replicas, ready;
	int puts, conflicts, left;
	const char *manager; /* of a field, beside us */
	orch_status status;
} fake;

/* What get() leaves in an entry for the writes that follow. */
struct fake_live {
	const char *note;
};

static orch_status fake_open(
	const char *url, const orch_client_options *options, orch_backend **out, const char **ns)
{
	(void)url;
	assert_true(options->timeout_ms > 0);
	*ns = "team";
	*out = &fake.base;
	return ORCH_OK;
}

static void fake_close(orch_backend *backend)
{
	assert_ptr_equal(backend, &fake.base);
}

static orch_status fake_info(const orch_call *call, orch_client_info *out)
{
	out->server_version = orch_pool_copy(call->pool, "1");
	return ORCH_OK;
}

static int64_t fake_now(orch_backend *backend)
{
	(void)backend;
	return fake.now_ms;
}

static void fake_sleep(orch_backend *backend, int64_t ms)
{
	(void)backend;
	fake.now_ms += ms;
}

static orch_status fake_get(const orch_call *call, const char *name, orch_deployment_entry *out)
{
	orch_deployment_spec *spec;

	if (strcmp(name, "web") != 0)
		return orch_fail(ORCH_E_NOTFOUND, ORCH_OUTCOME_NOT_SENT, "deployment not found");
	spec = orch_pool_take(call->pool, sizeof *spec);
	*spec = (orch_deployment_spec)ORCH_DEPLOYMENT_SPEC_INIT;
	out->live = orch_pool_take(call->pool, sizeof(struct fake_live));
	spec->name = "web";
	spec->image = "nginx";
	spec->replicas = fake.replicas;
	out->deployment = (orch_deployment){ .spec = spec,
		.id = "id1",
		.ns = "team",
		.version = "7",
		.message = "",
		.desired = fake.replicas,
		.ready = fake.ready,
		.updated = fake.replicas,
		.total = fake.replicas };
	return ORCH_OK;
}

static orch_status fake_list_open(
	const orch_call *call, const orch_list_options *options, void **cursor)
{
	(void)call;
	(void)options;
	*cursor = NULL;
	return ORCH_OK;
}

static orch_status fake_next(
	const orch_call *call, void *cursor, orch_deployment_entry *out, int *got)
{
	(void)call;
	(void)cursor;
	(void)out;
	*got = 0;
	return ORCH_OK;
}

static void fake_list_close(orch_backend *backend, void *cursor)
{
	(void)backend;
	(void)cursor;
}

static orch_status fake_put(const orch_call *call, const orch_deployment_entry *live,
	const orch_deployment_spec *want, orch_deployment_entry *out)
{
	(void)live;
	(void)out;
	fake.puts++;
	if (fake.manager && !call->force) {
		(void)orch_fail(ORCH_E_CONFLICT, ORCH_OUTCOME_NOT_APPLIED,
			"%s manages .spec.replicas", fake.manager);
		orch__error_transient(false);
		return ORCH_E_CONFLICT;
	}
	if (fake.status < 0)
		return orch_fail(fake.status, ORCH_OUTCOME_NOT_APPLIED, "as told");
	if (fake.conflicts-- > 0)
		return orch_fail(ORCH_E_CONFLICT, ORCH_OUTCOME_NOT_APPLIED, "changed meanwhile");
	fake.replicas = want->replicas;
	return ORCH_OK;
}

static orch_status fake_restart(
	const orch_call *call, const orch_deployment_entry *live, orch_deployment_entry *out)
{
	(void)call;
	(void)live;
	(void)out;
	return ORCH_OK;
}

static orch_status fake_remove(const orch_call *call, const orch_deployment_entry *live)
{
	struct fake_live *mine = (struct fake_live *)(uintptr_t)live->live;

	if (fake.conflicts-- > 0)
		return orch_fail(ORCH_E_CONFLICT, ORCH_OUTCOME_NOT_APPLIED, "changed meanwhile");
	mine->note = orch_pool_copy(call->pool, "what remove() found out");
	return ORCH_OK;
}

static orch_status fake_remaining(
	const orch_call *call, const orch_deployment_entry *live, int64_t *count)
{
	const struct fake_live *mine = live->live;

	assert_non_null(orch_pool_take(call->pool, 100000));
	assert_string_equal(live->deployment.id, "id1");
	assert_string_equal(live->deployment.spec->image, "nginx");
	assert_string_equal(mine->note, "what remove() found out");
	*count = fake.left--;
	return ORCH_OK;
}

static orch_status fake_instances(
	const orch_call *call, const orch_deployment_entry *of, orch_instances *out)
{
	(void)call;
	(void)of;
	*out = (orch_instances){ NULL, 0 };
	return ORCH_OK;
}

static const struct orch_deployment_ops deployment_ops = {
	.struct_size = sizeof deployment_ops,
	.get = fake_get,
	.open = fake_list_open,
	.next = fake_next,
	.close = fake_list_close,
	.put = fake_put,
	.restart = fake_restart,
	.remove = fake_remove,
	.remaining = fake_remaining,
};

static const struct orch_instance_ops instance_ops = { sizeof instance_ops, fake_instances };

/* ---- namespaces: a table of its own, which most of these tests do without ---- */

static struct {
	int puts, busy, left;
} spaces;

static orch_status fake_ns_list(
	const orch_call *call, const orch_list_options *options, orch_namespaces *out)
{
	static const orch_namespace b = { .name = "b", .state = ORCH_NAMESPACE_TERMINATING },
				    a = { .name = "a", .state = ORCH_NAMESPACE_ACTIVE };
	const orch_namespace **items = orch_pool_take(call->pool, 2 * sizeof *items);

	assert_string_equal(options->selector, "x");
	items[0] = &b;
	items[1] = &a;
	*out = (orch_namespaces){ items, 2 };
	return ORCH_OK;
}

static orch_status fake_ns_put(const orch_call *call)
{
	assert_string_equal(call->ns, "team");
	spaces.puts++;
	if (spaces.busy-- > 0)
		return orch_fail(ORCH_E_CONFLICT, ORCH_OUTCOME_NOT_APPLIED, "on its way out");
	return ORCH_OK;
}

static orch_status fake_ns_remove(const orch_call *call, const void **live)
{
	*live = orch_pool_copy(call->pool, call->ns);
	return ORCH_OK;
}

static orch_status fake_ns_remaining(
	const orch_call *call, const void *live, int64_t *count, const char **why)
{
	assert_string_equal(live, "team");
	*count = spaces.left--;
	*why = *count ? orch_pool_copy(call->pool, "a pod has a finalizer") : NULL;
	return ORCH_OK;
}

static const struct orch_ns_ops ns_ops = { sizeof ns_ops, fake_ns_list, fake_ns_put, fake_ns_remove,
	fake_ns_remaining };

static const struct orch_feature features[] = {
	{ ORCH_CAP_RESTART_DELAY, ORCH_LEVEL_NATIVE, "" },
	{ ORCH_CAP_FIELD_OWNERSHIP, ORCH_LEVEL_NATIVE, "" },
	{ ORCH_CAP_NAMED_USER, ORCH_LEVEL_UNAVAILABLE, "users are numbers here" },
	{ 0, 0, NULL },
};

#define FAKE_OPS                                                                                   \
	{                                                                                          \
		.struct_size = sizeof(struct orch_backend_ops), .name = "fake",                    \
		.schemes = (const char *const[]){ "fake", NULL }, .open = fake_open,               \
		.close = fake_close, .info = fake_info, .now = fake_now, .sleep = fake_sleep,      \
		.features = features, .deployment = &deployment_ops, .instance = &instance_ops     \
	}

static const struct orch_backend_ops fake_ops = FAKE_OPS;
static struct orch_backend_ops roomy_ops = FAKE_OPS; /* it has namespaces */
static const char *const roomy_schemes[] = { "roomy", NULL };

static int open_client(void **state)
{
	orch_client *client = NULL;

	memset(&fake, 0, sizeof fake);
	fake.replicas = fake.ready = 2;
	assert_int_equal(orch_client_open("fake://", NULL, &client), ORCH_OK);
	*state = client;
	return 0;
}

static int open_roomy(void **state)
{
	orch_client *client = NULL;

	memset(&fake, 0, sizeof fake);
	memset(&spaces, 0, sizeof spaces);
	assert_int_equal(orch_client_open("roomy://", NULL, &client), ORCH_OK);
	*state = client;
	return 0;
}

static int close_client(void **state)
{
	orch_client_close(*state);
	return 0;
}

static void a_table_that_lacks_an_operation_is_refused_by_name(void **state)
{
	struct orch_backend_ops ops = FAKE_OPS;
	struct orch_deployment_ops lacking = deployment_ops;
	struct orch_ns_ops lacking_ns = ns_ops;

	(void)state;
	lacking.remove = NULL;
	ops.deployment = &lacking;
	assert_int_equal(orch_backend_register(&ops), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "deployment.remove"));
	ops.deployment = &deployment_ops;
	lacking_ns.remaining = NULL;
	ops.ns = &lacking_ns;
	assert_int_equal(orch_backend_register(&ops), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "ns.remaining"));
	assert_int_equal(orch_backend_register(&fake_ops), ORCH_E_EXISTS);
	assert_int_equal(orch_backend_register(NULL), ORCH_E_INVALID);
}

static void the_level_is_derived_from_the_table(void **state)
{
	const char *why = NULL;
	orch_cap cap;
	size_t n = 0;

	assert_int_equal(orch_capability(*state, ORCH_CAP_DEPLOYMENT_GET, &why), ORCH_LEVEL_NATIVE);
	assert_string_equal(why, "");
	assert_int_equal(
		orch_capability(*state, ORCH_CAP_DEPLOYMENT_SCALE, &why), ORCH_LEVEL_EMULATED);
	assert_string_not_equal(why, "");
	assert_int_equal(
		orch_capability(*state, ORCH_CAP_NAMED_USER, &why), ORCH_LEVEL_UNAVAILABLE);
	assert_string_equal(why, "users are numbers here");
	assert_int_equal(orch_capability(*state, (orch_cap)9999, &why), ORCH_LEVEL_UNAVAILABLE);
	assert_int_equal(
		orch_capability(NULL, ORCH_CAP_DEPLOYMENT_GET, &why), ORCH_LEVEL_UNAVAILABLE);
	while (orch_cap_at(n, &cap)) {
		assert_non_null(orch_cap_name(cap));
		assert_non_null(orch_cap_text(cap));
		n++;
	}
	assert_true(n > 8);
}

static void what_is_unavailable_is_refused_before_anything_is_sent(void **state)
{
	orch_deployment_spec s = ORCH_DEPLOYMENT_SPEC_INIT;
	orch_restart_spec r = ORCH_RESTART_SPEC_INIT;

	s.name = "web";
	s.image = "nginx";
	s.user = "daemon";
	assert_int_equal(orch_deployment_apply(*state, &s, NULL, NULL), ORCH_E_UNSUPPORTED);
	assert_non_null(strstr(orch_error_last()->message, "users are numbers here"));
	s.user = "1000:1000";
	r.condition = ORCH_RESTART_NONE;
	s.restart = &r;
	assert_int_equal(orch_deployment_apply(*state, &s, NULL, NULL), ORCH_E_UNSUPPORTED);
	r.condition = ORCH_RESTART_ANY;
	r.delay_ms = 10;
	assert_int_equal(fake.puts, 0);
	assert_int_equal(orch_deployment_apply(*state, &s, NULL, NULL), ORCH_OK);
}

static void an_emulated_scale_reads_changes_and_writes(void **state)
{
	const orch_deployment *d = NULL;

	assert_int_equal(orch_deployment_scale(*state, "web", 5, NULL, &d), ORCH_OK);
	assert_int_equal(d->spec->replicas, 5);
	assert_string_equal(d->spec->image, "nginx");
	assert_int_equal(fake.puts, 1);
	orch_deployment_free(d);
	assert_int_equal(orch_deployment_scale(*state, "web", 5, NULL, NULL), ORCH_OK);
	assert_int_equal(fake.puts, 1); /* nothing differs, nothing is written */
}

static void a_conflict_is_retried_on_top_of_what_is_there_now(void **state)
{
	fake.conflicts = 12;
	assert_int_equal(orch_deployment_scale(*state, "web", 3, NULL, NULL), ORCH_OK);
	assert_int_equal(fake.puts, 13);
	assert_int_equal(fake.replicas, 3);
	fake.conflicts = 1000;
	assert_int_equal(orch_deployment_scale(*state, "web", 4, NULL, NULL), ORCH_E_CONFLICT);
	assert_int_equal(fake.puts, 13 + 32);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
}

static void a_conflict_is_not_retried_past_the_deadline(void **state)
{
	orch_write_options o = ORCH_WRITE_OPTIONS_INIT;

	o.timeout_ms = 50;
	fake.conflicts = 1000;
	assert_int_equal(orch_deployment_scale(*state, "web", 3, &o, NULL), ORCH_E_CONFLICT);
	assert_true(fake.now_ms <= 50);
}

static void a_version_that_was_asked_for_is_kept_to(void **state)
{
	orch_write_options o = ORCH_WRITE_OPTIONS_INIT;

	o.version = "6";
	assert_int_equal(orch_deployment_scale(*state, "web", 3, &o, NULL), ORCH_E_CONFLICT);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
	assert_int_equal(fake.puts, 0);
	o.version = "7";
	assert_int_equal(orch_deployment_scale(*state, "web", 3, &o, NULL), ORCH_OK);
}

static void fields_are_taken_over_unless_they_shall_not_be(void **state)
{
	orch_write_options o = ORCH_WRITE_OPTIONS_INIT;
	orch_deployment_spec s = ORCH_DEPLOYMENT_SPEC_INIT;

	s.name = "web";
	s.image = "nginx";
	s.replicas = 9;
	fake.manager = "the autoscaler";
	o.force = 0;
	assert_int_equal(orch_deployment_apply(*state, &s, &o, NULL), ORCH_E_CONFLICT);
	assert_int_equal(fake.puts, 1); /* it would go on saying so */
	assert_non_null(
		strstr(orch_error_last()->message, "the autoscaler manages .spec.replicas"));
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
	assert_int_equal(fake.replicas, 2);
	assert_int_equal(orch_deployment_apply(*state, &s, NULL, NULL), ORCH_OK);
	assert_int_equal(fake.replicas, 9);
	s.replicas = 8;
	o.force = 1;
	assert_int_equal(orch_deployment_apply(*state, &s, &o, NULL), ORCH_OK);
	assert_int_equal(fake.replicas, 8);
}

static void what_was_deleted_is_there_until_the_last_instance_is_gone(void **state)
{
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;
	orch_write_options o = ORCH_WRITE_OPTIONS_INIT;

	o.wait = &wait;
	fake.conflicts = 2;
	fake.left = 10;
	assert_int_equal(orch_deployment_delete(*state, "web", &o), ORCH_OK);
	assert_int_equal(fake.left, -1);
	wait.timeout_ms = 1000;
	fake.left = 1000;
	assert_int_equal(orch_deployment_delete(*state, "web", &o), ORCH_E_TIMEOUT);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_APPLIED);
	assert_int_equal(orch_deployment_delete(*state, "web", NULL), ORCH_OK);
}

static void a_wait_ends_at_its_deadline_and_says_what_it_waits_for(void **state)
{
	orch_wait_options o = ORCH_WAIT_OPTIONS_INIT;
	const orch_deployment *untouched = NULL;

	fake.ready = 1;
	o.timeout_ms = 5000;
	assert_int_equal(orch_deployment_wait(*state, "web", &o, &untouched), ORCH_E_TIMEOUT);
	assert_null(untouched);
	assert_non_null(strstr(orch_error_last()->message, "1 of 2 instances are ready"));
	assert_in_range(fake.now_ms, 5000, 5001);
}

static void complete_counts_when_it_has_settled(void **state)
{
	orch_wait_options o = ORCH_WAIT_OPTIONS_INIT;

	o.settle_ms = 3000;
	assert_int_equal(orch_deployment_wait(*state, "web", &o, NULL), ORCH_OK);
	assert_in_range(fake.now_ms, 3000, 3001);
}

static void namespaces_of_the_orchestrator_are_its_own(void **state)
{
	orch_list_options o = ORCH_LIST_OPTIONS_INIT;
	const orch_namespaces *list = NULL;
	const char *why = NULL;

	assert_int_equal(
		orch_capability(*state, ORCH_CAP_NAMESPACE_DELETE, &why), ORCH_LEVEL_NATIVE);
	o.selector = "x";
	assert_int_equal(orch_namespace_list(*state, &o, &list), ORCH_OK);
	assert_int_equal(list->count, 2);
	assert_string_equal(list->items[0]->name, "a"); /* sorted */
	orch_namespaces_free(list);
}

static void a_namespace_that_is_deleted_is_waited_for_with_what_it_waits_for(void **state)
{
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;
	orch_write_options o = ORCH_WRITE_OPTIONS_INIT;

	spaces.left = 3;
	assert_int_equal(orch_namespace_delete(*state, NULL), ORCH_OK);
	assert_int_equal(spaces.left, 3);
	o.wait = &wait;
	assert_int_equal(orch_namespace_delete(*state, &o), ORCH_OK);
	assert_int_equal(spaces.left, -1);
	spaces.left = 100000;
	wait.timeout_ms = 3000;
	assert_int_equal(orch_namespace_delete(*state, &o), ORCH_E_TIMEOUT);
	assert_non_null(strstr(orch_error_last()->message,
		"delete namespace team: deleted, but a pod has a finalizer"));
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_APPLIED);
}

static void a_namespace_on_its_way_out_is_made_anew_by_who_waits(void **state)
{
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;
	orch_write_options o = ORCH_WRITE_OPTIONS_INIT;

	spaces.busy = 1000;
	assert_int_equal(orch_namespace_apply(*state, NULL), ORCH_E_CONFLICT);
	assert_int_equal(spaces.puts, 1);
	o.wait = &wait;
	spaces.busy = 4;
	assert_int_equal(orch_namespace_apply(*state, &o), ORCH_OK);
	assert_int_equal(spaces.puts, 6);
	spaces.busy = 100000;
	wait.timeout_ms = 2000;
	assert_int_equal(orch_namespace_apply(*state, &o), ORCH_E_CONFLICT);
	assert_non_null(strstr(orch_error_last()->message, "on its way out"));
	assert_in_range(fake.now_ms, 2000, 4000);
}

static void a_view_has_its_own_namespace_and_cancel(void **state)
{
	orch_client *view = NULL;

	assert_string_equal(orch_client_namespace(*state), "team");
	assert_int_equal(orch_client_with_namespace(*state, "other", &view), ORCH_OK);
	assert_string_equal(orch_client_namespace(view), "other");
	orch_client_cancel(view); /* nothing runs, nothing is affected later */
	assert_int_equal(orch_deployment_scale(view, "web", 3, NULL, NULL), ORCH_OK);
	orch_client_close(view);
	assert_int_equal(orch_client_with_namespace(*state, "Not_A_Label", &view), ORCH_E_INVALID);
}

static void a_child_process_must_open_its_own_client(void **state)
{
	int code = 0;
	pid_t pid = fork();

	if (pid == 0) {
		const orch_deployment *d;

		_exit(orch_deployment_get(*state, "web", &d) == ORCH_E_FORKED ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &code, 0), pid);
	assert_int_equal(code, 0);
}

static void schemes_that_nobody_has_are_refused(void **state)
{
	orch_client *untouched = NULL;

	(void)state;
	assert_int_equal(orch_client_open("nomad://x", NULL, &untouched), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "nomad://"));
	assert_int_equal(orch_client_open("just-a-host", NULL, &untouched), ORCH_E_INVALID);
	assert_null(untouched);
}

int main(void)
{
#define ON_A_CLIENT(test) cmocka_unit_test_setup_teardown(test, open_client, close_client)
#define ON_A_ROOMY_ONE(test) cmocka_unit_test_setup_teardown(test, open_roomy, close_client)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_that_lacks_an_operation_is_refused_by_name),
		cmocka_unit_test(schemes_that_nobody_has_are_refused),
		ON_A_CLIENT(the_level_is_derived_from_the_table),
		ON_A_CLIENT(what_is_unavailable_is_refused_before_anything_is_sent),
		ON_A_CLIENT(an_emulated_scale_reads_changes_and_writes),
		ON_A_CLIENT(a_conflict_is_retried_on_top_of_what_is_there_now),
		ON_A_CLIENT(a_conflict_is_not_retried_past_the_deadline),
		ON_A_CLIENT(a_version_that_was_asked_for_is_kept_to),
		ON_A_CLIENT(fields_are_taken_over_unless_they_shall_not_be),
		ON_A_CLIENT(what_was_deleted_is_there_until_the_last_instance_is_gone),
		ON_A_CLIENT(a_wait_ends_at_its_deadline_and_says_what_it_waits_for),
		ON_A_CLIENT(complete_counts_when_it_has_settled),
		ON_A_ROOMY_ONE(namespaces_of_the_orchestrator_are_its_own),
		ON_A_ROOMY_ONE(a_namespace_that_is_deleted_is_waited_for_with_what_it_waits_for),
		ON_A_ROOMY_ONE(a_namespace_on_its_way_out_is_made_anew_by_who_waits),
		ON_A_CLIENT(a_view_has_its_own_namespace_and_cancel),
		ON_A_CLIENT(a_child_process_must_open_its_own_client),
	};

	roomy_ops.schemes = roomy_schemes;
	roomy_ops.ns = &ns_ops;
	if (orch_backend_register(&fake_ops) < 0 || orch_backend_register(&roomy_ops) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
