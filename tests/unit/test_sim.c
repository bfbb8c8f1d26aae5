/* SPDX-License-Identifier: MIT */
/* The simulator as programs see it: clients, and orch/sim.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "orch/orch.h"
#include "orch/sim.h"

struct fixture {
	orch_client *client;
	orch_sim *sim;
};

static int setup(void **state)
{
	static struct fixture f;

	assert_int_equal(orch_client_open("sim://", NULL, &f.client), ORCH_OK);
	assert_int_equal(orch_sim_from_client(f.client, &f.sim), ORCH_OK);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	orch_sim_close(f->sim);
	orch_client_close(f->client);
	return 0;
}

static orch_deployment_spec spec(const char *image, int64_t replicas)
{
	orch_deployment_spec s = ORCH_DEPLOYMENT_SPEC_INIT;

	s.name = "web";
	s.image = image;
	s.replicas = replicas;
	return s;
}

static void apply(struct fixture *f, orch_deployment_spec s)
{
	assert_int_equal(orch_deployment_apply(f->client, &s, NULL, NULL), ORCH_OK);
}

static const orch_instances *instances(struct fixture *f)
{
	const orch_instances *list = NULL;

	assert_int_equal(orch_instance_list(f->client, "web", &list), ORCH_OK);
	return list;
}

static void add_fault(struct fixture *f, orch_sim_fault fault)
{
	assert_int_equal(orch_sim_fault_add(f->sim, &fault), ORCH_OK);
}

/* ---- waiting ---- */

static void a_wait_takes_no_real_time_and_ends_with_the_virtual_one(void **state)
{
	struct fixture *f = *state;
	const orch_deployment *d = NULL;

	apply(f, spec("nginx:1", 3));
	assert_int_equal(orch_deployment_wait(f->client, "web", NULL, &d), ORCH_OK);
	assert_int_equal(d->state, ORCH_DEPLOYMENT_COMPLETE);
	assert_int_equal(d->ready, 3);
	assert_in_range(orch_sim_now(f->sim), 2600, 7000);
	orch_deployment_free(d);
}

static void check_failing_wait(
	struct fixture *f, const char *image, const char *reason, const char *words)
{
	apply(f, spec(image, 2));
	assert_int_equal(orch_deployment_wait(f->client, "web", NULL, NULL), ORCH_E_FAILED);
	assert_string_equal(orch_error_last()->reason, reason);
	if (!strstr(orch_error_last()->message, words))
		fail_msg("%s", orch_error_last()->message);
}

static void a_wait_says_why_it_will_not_end(void **state)
{
	struct fixture *f = *state;
	orch_sim_image crash = ORCH_SIM_IMAGE_INIT;

	crash.name = "crash:1";
	crash.crash_after_ms = 100;
	crash.exit_code = 3;
	assert_int_equal(orch_sim_image_put(f->sim, &crash), ORCH_OK);
	check_failing_wait(f, "a.invalid/app:1", "IMAGE", "No such image: a.invalid/app:1");
	check_failing_wait(f, "crash:1", "CRASH", "exited with code 3");
}

static void a_wait_names_the_check_that_fails(void **state)
{
	static const char *const command[] = { "false" };
	struct fixture *f = *state;
	orch_health_spec health = ORCH_HEALTH_SPEC_INIT;
	orch_deployment_spec s = spec("nginx:1", 1);

	health.command = (orch_string_list){ command, 1 };
	health.interval_ms = 1000;
	s.health = &health;
	apply(f, s);
	assert_int_equal(orch_deployment_wait(f->client, "web", NULL, NULL), ORCH_E_FAILED);
	assert_string_equal(orch_error_last()->reason, "UNHEALTHY");
	assert_non_null(strstr(orch_error_last()->message, "health check failed"));
}

static void a_wait_says_what_it_waits_for(void **state)
{
	struct fixture *f = *state;
	orch_deployment_spec s = spec("nginx:1", 1);

	s.cpu_request_milli = 5000;
	apply(f, s);
	assert_int_equal(orch_deployment_wait(f->client, "web", NULL, NULL), ORCH_E_TIMEOUT);
	assert_string_equal(orch_error_last()->reason, "UNSCHEDULABLE");
	assert_non_null(strstr(orch_error_last()->message,
		"no suitable node (insufficient resources on 3 nodes)"));
}

static void an_instance_that_is_not_started_again_ends_the_wait(void **state)
{
	static const char *const command[] = { "sh", "-c", "sleep 1; exit 4" };
	orch_restart_spec never = ORCH_RESTART_SPEC_INIT;
	struct fixture *f = *state;
	orch_deployment_spec s = spec("nginx:1", 1);
	const orch_instances *list;

	never.condition = ORCH_RESTART_NONE;
	s.restart = &never;
	s.command = (orch_string_list){ command, 3 };
	apply(f, s);
	assert_int_equal(orch_deployment_wait(f->client, "web", NULL, NULL), ORCH_E_FAILED);
	assert_true(orch_sim_now(f->sim) < 10000);
	list = instances(f);
	assert_int_equal(list->items[0]->state, ORCH_INSTANCE_FAILED);
	assert_int_equal(list->items[0]->exit_code, 4);
	orch_instances_free(list);
}

/* ---- instances ---- */

static void instances_are_told_in_full(void **state)
{
	struct fixture *f = *state;
	const orch_instances *list;
	const orch_instance *i;

	apply(f, spec("nginx:1", 11));
	orch_sim_advance(f->sim, 60000);
	list = instances(f);
	assert_int_equal(list->count, 11);
	i = list->items[10];
	assert_string_equal(i->name, "web.11");
	assert_string_equal(i->deployment, "web");
	assert_string_equal(i->node, "node-2");
	assert_string_equal(i->image, "nginx:1");
	assert_int_equal(i->state, ORCH_INSTANCE_RUNNING);
	assert_int_equal(i->ready, 1);
	assert_int_equal(i->updated, 1);
	assert_int_equal(i->cause, ORCH_CAUSE_NONE);
	assert_string_equal(i->message, "");
	assert_true(i->exit_code == ORCH_UNSET);
	assert_true(i->created_ms == INT64_C(1767225600000));
	assert_null(i->raw_json);
	orch_instances_free(list);
}

static void nothing_is_wrong_with_what_stops_or_has_succeeded(void **state)
{
	static const char *const command[] = { "sh", "-c", "sleep 1; exit 0" };
	struct fixture *f = *state;
	orch_restart_spec on_failure = ORCH_RESTART_SPEC_INIT;
	orch_health_spec health = ORCH_HEALTH_SPEC_INIT;
	orch_deployment_spec s = spec("nginx:1", 1);
	const orch_instances *list;

	on_failure.condition = ORCH_RESTART_ON_FAILURE;
	s.restart = &on_failure;
	s.command = (orch_string_list){ command, 3 };
	apply(f, s);
	orch_sim_advance(f->sim, 60000);
	list = instances(f);
	assert_int_equal(list->items[0]->state, ORCH_INSTANCE_SUCCEEDED);
	assert_int_equal(list->items[0]->cause, ORCH_CAUSE_NONE);
	assert_string_equal(list->items[0]->message, "");
	assert_int_equal(list->items[0]->exit_code, 0);
	orch_instances_free(list);

	s = spec("nginx:1", 1); /* crashes now and then, and is replaced while it runs */
	s.command = (orch_string_list){ command, 3 };
	health.command = (orch_string_list){ (const char *const[]){ "true" }, 1 };
	s.health = &health;
	apply(f, s);
	orch_sim_advance(f->sim, 60000);
	for (int i = 0; i < 1000; i++) {
		list = instances(f);
		if (list->items[0]->state == ORCH_INSTANCE_RUNNING)
			break;
		orch_instances_free(list);
		orch_sim_advance(f->sim, 10);
	}
	assert_int_equal(list->items[0]->cause, ORCH_CAUSE_CRASH);
	orch_instances_free(list);
	assert_int_equal(orch_deployment_restart(f->client, "web", NULL, NULL), ORCH_OK);
	list = instances(f);
	assert_int_equal(list->items[0]->state, ORCH_INSTANCE_STOPPING);
	assert_int_equal(list->items[0]->cause, ORCH_CAUSE_NONE);
	assert_string_equal(list->items[0]->message, "");
	orch_instances_free(list);
}

static void an_instance_of_a_lost_node_is_unknown_and_not_counted(void **state)
{
	struct fixture *f = *state;
	const orch_deployment *d = NULL;
	const orch_instances *list;

	apply(f, spec("nginx:1", 3));
	orch_sim_advance(f->sim, 60000);
	assert_int_equal(orch_sim_node_fail(f->sim, "node-2"), ORCH_OK);
	orch_sim_advance(f->sim, 60000);
	list = instances(f);
	assert_int_equal(list->count, 4);
	assert_string_equal(list->items[1]->name, "web.2");
	for (size_t i = 1; i <= 2; i++) {
		if (strcmp(list->items[i]->node, "node-2") != 0)
			continue;
		assert_int_equal(list->items[i]->state, ORCH_INSTANCE_UNKNOWN);
		assert_int_equal(list->items[i]->cause, ORCH_CAUSE_NODE);
		assert_string_equal(list->items[i]->message, "node node-2 does not answer");
	}
	orch_instances_free(list);
	assert_int_equal(orch_deployment_wait(f->client, "web", NULL, &d), ORCH_OK);
	assert_int_equal(d->total, 3);
	orch_deployment_free(d);
}

/* ---- lists ---- */

static void add_deployment(orch_client *client, const char *name, const char *tier)
{
	orch_deployment_spec s = spec("nginx:1", 0);
	orch_kv label = { "tier", tier };

	s.name = name;
	s.labels = (orch_kv_list){ &label, 1 };
	assert_int_equal(orch_deployment_apply(client, &s, NULL, NULL), ORCH_OK);
}

static size_t list_count(orch_client *client, const char *selector, int64_t all)
{
	orch_list_options o = ORCH_LIST_OPTIONS_INIT;
	const orch_deployments *list = NULL;
	size_t n;

	o.selector = selector;
	o.all_namespaces = all;
	assert_int_equal(orch_deployment_list(client, &o, &list), ORCH_OK);
	n = list->count;
	orch_deployments_free(list);
	return n;
}

static void lists_are_of_a_namespace_and_a_selector(void **state)
{
	struct fixture *f = *state;
	orch_client *prod = NULL;

	assert_int_equal(orch_client_with_namespace(f->client, "prod", &prod), ORCH_OK);
	add_deployment(f->client, "a", "front");
	add_deployment(f->client, "b", "back");
	add_deployment(prod, "a", "front");
	assert_int_equal(list_count(f->client, NULL, 0), 2);
	assert_int_equal(list_count(f->client, "tier=front", 0), 1);
	assert_int_equal(list_count(f->client, "tier notin (front)", 0), 1);
	assert_int_equal(list_count(f->client, NULL, 1), 3);
	assert_int_equal(list_count(prod, "tier in (front,back)", 1), 3);
	assert_int_equal(list_count(prod, NULL, 0), 1);
	orch_client_close(prod);
}

static void a_list_goes_on_when_its_place_was_deleted(void **state)
{
	struct fixture *f = *state;
	orch_deployment_cursor *cursor = NULL;
	const orch_deployment *d = NULL;

	add_deployment(f->client, "a", "x");
	add_deployment(f->client, "b", "x");
	add_deployment(f->client, "c", "x");
	assert_int_equal(orch_deployment_open(f->client, NULL, &cursor), ORCH_OK);
	assert_int_equal(orch_deployment_next(cursor, &d), ORCH_OK);
	assert_string_equal(d->spec->name, "a");
	orch_deployment_free(d);
	assert_int_equal(orch_deployment_delete(f->client, "a", NULL), ORCH_OK);
	assert_int_equal(orch_deployment_delete(f->client, "b", NULL), ORCH_OK);
	assert_int_equal(orch_deployment_next(cursor, &d), ORCH_OK);
	assert_string_equal(d->spec->name, "c");
	orch_deployment_free(d);
	assert_int_equal(orch_deployment_next(cursor, &d), ORCH_OK);
	assert_null(d);
	orch_deployment_close(cursor);
}

/* ---- faults ---- */

static void a_fault_hits_the_call_it_is_meant_for_and_then_ends(void **state)
{
	struct fixture *f = *state;
	orch_sim_fault fault = ORCH_SIM_FAULT_INIT;
	const orch_deployment *d = NULL;

	apply(f, spec("nginx:1", 1));
	fault.operation = "deployment.get";
	fault.skip = 1;
	fault.status = ORCH_E_FORBIDDEN;
	add_fault(f, fault);
	assert_int_equal(orch_deployment_get(f->client, "web", &d), ORCH_OK);
	orch_deployment_free(d);
	d = NULL;
	assert_int_equal(orch_deployment_get(f->client, "web", &d), ORCH_E_FORBIDDEN);
	assert_null(d);
	assert_non_null(strstr(orch_error_last()->message, "deployment.get"));
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
	assert_int_equal(orch_deployment_get(f->client, "web", &d), ORCH_OK);
	orch_deployment_free(d);
}

static orch_status call_everything(struct fixture *f, const char *operation)
{
	const orch_deployment *d = NULL;
	const orch_instances *list = NULL;
	const orch_client_info *info = NULL;
	orch_deployment_cursor *cursor = NULL;
	orch_deployment_spec s = spec("nginx:2", 1);
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;
	orch_write_options o = ORCH_WRITE_OPTIONS_INIT;

	o.wait = &wait;
	if (!strcmp(operation, "client.info"))
		return orch_client_info_get(f->client, &info);
	if (!strcmp(operation, "deployment.get"))
		return orch_deployment_get(f->client, "web", &d);
	if (!strcmp(operation, "deployment.open"))
		return orch_deployment_open(f->client, NULL, &cursor);
	if (!strcmp(operation, "deployment.put"))
		return orch_deployment_apply(f->client, &s, NULL, NULL);
	if (!strcmp(operation, "deployment.scale"))
		return orch_deployment_scale(f->client, "web", 7, NULL, NULL);
	if (!strcmp(operation, "deployment.restart"))
		return orch_deployment_restart(f->client, "web", NULL, NULL);
	if (!strcmp(operation, "deployment.remove"))
		return orch_deployment_delete(f->client, "web", NULL);
	if (!strcmp(operation, "deployment.remaining"))
		return orch_deployment_delete(f->client, "web", &o);
	return orch_instance_list(f->client, "web", &list);
}

static void every_operation_can_be_hit(void **state)
{
	static const char *const operations[] = { "client.info", "deployment.get",
		"deployment.open", "deployment.put", "deployment.scale", "deployment.restart",
		"deployment.remove", "instance.list", "deployment.remaining" };
	struct fixture *f = *state;

	apply(f, spec("nginx:1", 1));
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
		orch_sim_fault fault = ORCH_SIM_FAULT_INIT;

		fault.operation = operations[i];
		fault.status = ORCH_E_REFUSED;
		add_fault(f, fault);
		if (call_everything(f, operations[i]) != ORCH_E_REFUSED)
			fail_msg("%s: %s", operations[i], orch_error_last()->message);
		assert_non_null(strstr(orch_error_last()->message, operations[i]));
	}
	assert_int_equal(orch_sim_writes(f->sim), 2); /* the last one was a deletion */
}

static void two_faults_fail_two_calls(void **state)
{
	struct fixture *f = *state;
	orch_sim_fault fault = ORCH_SIM_FAULT_INIT;
	const orch_client_info *info = NULL;

	fault.status = ORCH_E_BUSY;
	add_fault(f, fault);
	fault.status = ORCH_E_AUTH;
	add_fault(f, fault);
	assert_int_equal(orch_client_info_get(f->client, &info), ORCH_E_BUSY);
	assert_int_equal(orch_client_info_get(f->client, &info), ORCH_E_AUTH);
	assert_int_equal(orch_client_info_get(f->client, &info), ORCH_OK);
	orch_client_info_free(info);
}

static void a_write_that_was_refused_changed_nothing(void **state)
{
	struct fixture *f = *state;
	orch_deployment_spec s = spec("nginx:1", 1);
	orch_sim_fault fault = ORCH_SIM_FAULT_INIT;

	fault.operation = "deployment.put";
	fault.status = ORCH_E_NETWORK;
	add_fault(f, fault);
	assert_int_equal(orch_deployment_apply(f->client, &s, NULL, NULL), ORCH_E_NETWORK);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
	assert_int_equal(orch_sim_writes(f->sim), 0);
}

static void a_write_whose_answer_is_lost_took_effect(void **state)
{
	struct fixture *f = *state;
	orch_deployment_spec s = spec("nginx:1", 1);
	orch_sim_fault fault = ORCH_SIM_FAULT_INIT;

	fault.operation = "deployment.put";
	fault.status = ORCH_E_TIMEOUT;
	fault.applied = 1;
	add_fault(f, fault);
	assert_int_equal(orch_deployment_apply(f->client, &s, NULL, NULL), ORCH_E_TIMEOUT);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_UNKNOWN);
	assert_int_equal(orch_sim_writes(f->sim), 1);
	assert_int_equal(orch_deployment_apply(f->client, &s, NULL, NULL), ORCH_OK);
	assert_int_equal(orch_sim_writes(f->sim), 1);
}

static void conflicts_are_overcome(void **state)
{
	struct fixture *f = *state;
	orch_sim_fault fault = ORCH_SIM_FAULT_INIT;

	apply(f, spec("nginx:1", 1));
	fault.operation = "deployment.scale";
	fault.status = ORCH_E_CONFLICT;
	fault.times = 5;
	add_fault(f, fault);
	assert_int_equal(orch_deployment_scale(f->client, "web", 3, NULL, NULL), ORCH_OK);
	assert_int_equal(orch_sim_writes(f->sim), 2);
}

static void latency_takes_virtual_time_and_adds_up(void **state)
{
	struct fixture *f = *state;
	orch_sim_fault fault = ORCH_SIM_FAULT_INIT;
	const orch_deployment *d = NULL;

	apply(f, spec("nginx:1", 1));
	fault.latency_ms = 2000;
	add_fault(f, fault);
	fault.latency_ms = 500;
	add_fault(f, fault);
	assert_int_equal(orch_deployment_get(f->client, "web", &d), ORCH_OK);
	assert_int_equal(orch_sim_now(f->sim), 2500);
	orch_deployment_free(d);
}

static void a_call_that_takes_too_long_times_out_at_its_deadline(void **state)
{
	struct fixture *f = *state;
	orch_sim_fault fault = ORCH_SIM_FAULT_INIT;
	const orch_deployment *d = NULL;

	apply(f, spec("nginx:1", 1));
	fault.operation = "deployment.get";
	fault.latency_ms = 60000;
	add_fault(f, fault);
	assert_int_equal(orch_deployment_get(f->client, "web", &d), ORCH_E_TIMEOUT);
	assert_int_equal(orch_sim_now(f->sim), 30000);
	fault.operation = "deployment.remove";
	fault.applied = 1;
	add_fault(f, fault);
	assert_int_equal(orch_deployment_delete(f->client, "web", NULL), ORCH_E_TIMEOUT);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_UNKNOWN);
	assert_int_equal(orch_deployment_get(f->client, "web", &d), ORCH_E_NOTFOUND);
}

static void a_fault_that_cannot_be_is_refused(void **state)
{
	struct fixture *f = *state;
	orch_sim_fault good = ORCH_SIM_FAULT_INIT, bad = good;

	bad.operation = "deployment.delete";
	assert_int_equal(orch_sim_fault_add(f->sim, &bad), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "deployment.delete"));
	bad = good;
	bad.times = 0;
	assert_int_equal(orch_sim_fault_add(f->sim, &bad), ORCH_E_INVALID);
	bad = good;
	bad.latency_ms = -1;
	assert_int_equal(orch_sim_fault_add(f->sim, &bad), ORCH_E_INVALID);
	bad = good;
	bad.status = 7;
	assert_int_equal(orch_sim_fault_add(f->sim, &bad), ORCH_E_INVALID);
	bad = good;
	bad.applied = 2;
	assert_int_equal(orch_sim_fault_add(f->sim, &bad), ORCH_E_INVALID);
}

/* ---- the rest ---- */

static void an_image_that_cannot_be_is_refused(void **state)
{
	struct fixture *f = *state;
	orch_sim_image bad = ORCH_SIM_IMAGE_INIT;

	assert_int_equal(orch_sim_image_put(f->sim, &bad), ORCH_E_INVALID);
	bad.name = "nginx:1";
	bad.start_ms = -1;
	assert_int_equal(orch_sim_image_put(f->sim, &bad), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "nginx:1: start_ms"));
}

static void a_real_orchestrator_has_no_world(void **state)
{
	orch_client *client = NULL;
	orch_sim *sim = NULL;

	(void)state;
	if (orch_client_open("swarm://127.0.0.1:1", NULL, &client) == ORCH_E_UNSUPPORTED) {
		print_message("# built without Swarm\n");
		skip();
	}
	assert_int_equal(orch_sim_from_client(client, &sim), ORCH_E_UNSUPPORTED);
	assert_non_null(strstr(orch_error_last()->message, "swarm"));
	assert_null(sim);
	orch_client_close(client);
}

static void operations_and_writes_are_counted(void **state)
{
	struct fixture *f = *state;
	const orch_deployment *d = NULL;
	int64_t before;

	apply(f, spec("nginx:1", 1));
	assert_int_equal(orch_sim_writes(f->sim), 1);
	before = orch_sim_operations(f->sim);
	assert_int_equal(orch_deployment_get(f->client, "ghost", &d), ORCH_E_NOTFOUND);
	assert_int_equal(orch_sim_operations(f->sim), before + 1);
	apply(f, spec("nginx:1", 1)); /* the same again */
	assert_int_equal(orch_sim_writes(f->sim), 1);
}

static void a_deletion_can_be_waited_for(void **state)
{
	struct fixture *f = *state;
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;
	orch_write_options o = ORCH_WRITE_OPTIONS_INIT;
	int64_t before;

	o.wait = &wait;
	apply(f, spec("nginx:1", 3));
	orch_sim_advance(f->sim, 10000);
	before = orch_sim_now(f->sim);
	assert_int_equal(orch_deployment_delete(f->client, "web", &o), ORCH_OK);
	assert_in_range(orch_sim_now(f->sim) - before, 100, 2000);
	apply(f, spec("nginx:1", 3));
	orch_sim_advance(f->sim, 10000);
	assert_int_equal(orch_sim_node_fail(f->sim, "node-1"), ORCH_OK);
	assert_int_equal(orch_deployment_delete(f->client, "web", &o), ORCH_E_TIMEOUT);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_APPLIED);
}

static void the_simulator_says_what_it_is(void **state)
{
	struct fixture *f = *state;
	const orch_client_info *info = NULL;

	assert_int_equal(orch_client_info_get(f->client, &info), ORCH_OK);
	assert_string_equal(info->backend, "sim");
	assert_string_equal(info->url, "sim://");
	assert_string_equal(info->endpoint, "a private world");
	assert_string_equal(info->server_version, orch_version());
	orch_client_info_free(info);
}

static void its_json_is_there_for_those_who_ask(void **state)
{
	static const orch_kv env[] = { { "QUOTE", "say \"hi\"\n\\" } };
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	const orch_deployment *d = NULL;
	const orch_instances *list = NULL;
	orch_deployment_spec s = spec("nginx:1", 1);
	orch_client *client = NULL;

	(void)state;
	o.raw_json = 1;
	s.env = (orch_kv_list){ env, 1 };
	assert_int_equal(orch_client_open("sim://", &o, &client), ORCH_OK);
	assert_int_equal(orch_deployment_apply(client, &s, NULL, &d), ORCH_OK);
	assert_non_null(strstr(d->raw_json,
		"\"spec\":{\"name\":\"web\",\"image\":\"nginx:1\","
		"\"env\":[{\"key\":\"QUOTE\",\"value\":"
		"\"say \\\"hi\\\"\\u000a\\\\\"}],\"replicas\":1}"));
	assert_int_equal(orch_instance_list(client, "web", &list), ORCH_OK);
	assert_non_null(strstr(list->items[0]->raw_json, "\"name\":\"web.1\""));
	orch_instances_free(list);
	orch_deployment_free(d);
	orch_client_close(client);
}

static void options_that_mean_nothing_here_are_refused(void **state)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	orch_client *client = NULL;

	(void)state;
	o.context = "prod";
	assert_int_equal(orch_client_open("sim://", &o, &client), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "context"));
	assert_null(client);
}

static void clients_that_name_a_world_share_it(void **state)
{
	orch_client *a = NULL, *b = NULL;
	orch_sim *sim = NULL;
	const orch_deployment *d = NULL;
	orch_deployment_spec s = spec("nginx:1", 1);

	(void)state;
	assert_int_equal(orch_client_open("sim://both", NULL, &a), ORCH_OK);
	assert_int_equal(orch_client_open("sim://both", NULL, &b), ORCH_OK);
	assert_int_equal(orch_deployment_apply(a, &s, NULL, NULL), ORCH_OK);
	assert_int_equal(orch_deployment_get(b, "web", &d), ORCH_OK);
	assert_int_equal(orch_sim_from_client(b, &sim), ORCH_OK);
	orch_deployment_free(d);
	orch_client_close(a);
	orch_client_close(b);
	orch_sim_advance(sim, 1000); /* the handle keeps it */
	assert_int_equal(orch_sim_now(sim), 1000);
	orch_sim_close(sim);
}

static void nothing_given_is_no_crash(void **state)
{
	struct fixture *f = *state;
	orch_sim *sim = NULL;

	assert_int_equal(orch_sim_from_client(NULL, &sim), ORCH_E_INVALID);
	assert_int_equal(orch_sim_from_client(f->client, NULL), ORCH_E_INVALID);
	assert_int_equal(orch_sim_node_put(NULL, NULL), ORCH_E_INVALID);
	assert_int_equal(orch_sim_node_put(f->sim, NULL), ORCH_E_INVALID);
	assert_int_equal(orch_sim_node_fail(f->sim, NULL), ORCH_E_INVALID);
	assert_int_equal(orch_sim_image_put(f->sim, NULL), ORCH_E_INVALID);
	assert_int_equal(orch_sim_fault_add(f->sim, NULL), ORCH_E_INVALID);
	assert_string_not_equal(orch_error_last()->message, "");
	orch_sim_close(NULL);
	orch_sim_advance(NULL, 1);
	orch_sim_advance(f->sim, -1);
	assert_int_equal(orch_sim_now(NULL), 0);
	assert_int_equal(orch_sim_writes(NULL), 0);
	assert_int_equal(orch_sim_operations(NULL), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_wait_takes_no_real_time_and_ends_with_the_virtual_one),
		T(a_wait_says_why_it_will_not_end),
		T(a_wait_names_the_check_that_fails),
		T(a_wait_says_what_it_waits_for),
		T(an_instance_that_is_not_started_again_ends_the_wait),
		T(instances_are_told_in_full),
		T(nothing_is_wrong_with_what_stops_or_has_succeeded),
		T(an_instance_of_a_lost_node_is_unknown_and_not_counted),
		T(lists_are_of_a_namespace_and_a_selector),
		T(a_list_goes_on_when_its_place_was_deleted),
		T(a_fault_hits_the_call_it_is_meant_for_and_then_ends),
		T(every_operation_can_be_hit),
		T(two_faults_fail_two_calls),
		T(a_write_that_was_refused_changed_nothing),
		T(a_write_whose_answer_is_lost_took_effect),
		T(conflicts_are_overcome),
		T(latency_takes_virtual_time_and_adds_up),
		T(a_call_that_takes_too_long_times_out_at_its_deadline),
		T(a_fault_that_cannot_be_is_refused),
		T(an_image_that_cannot_be_is_refused),
		T(a_real_orchestrator_has_no_world),
		T(operations_and_writes_are_counted),
		T(a_deletion_can_be_waited_for),
		T(the_simulator_says_what_it_is),
		T(its_json_is_there_for_those_who_ask),
		T(options_that_mean_nothing_here_are_refused),
		T(clients_that_name_a_world_share_it),
		T(nothing_given_is_no_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
