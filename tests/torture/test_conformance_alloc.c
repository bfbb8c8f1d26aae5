/* SPDX-License-Identifier: MIT */
/*
 * Every public call on the simulator, with memory refused at every single
 * request: out of memory is a status like any other, nothing is leaked, and
 * outputs stay untouched. See torture/alloc.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "orch/orch.h"
#include "orch/sim.h"
#include "torture/alloc.h"

static const char sentinel;
#define UNTOUCHED(type) ((type)(const void *)&sentinel)

/* An output is as it was when the call failed, and another one when not. */
static orch_status honest(orch_status st, const void *output)
{
	const void *out;

	memcpy(&out, output, sizeof out);
	return (st == ORCH_OK) == (out != &sentinel) ? st : ORCH_E_PROTOCOL;
}

/* A script works on a client of its own world and returns the first failure. */
typedef orch_status script_fn(orch_client *client);

struct script {
	script_fn *run;
};

static orch_status in_a_new_world(void *payload)
{
	const struct script *script = payload;
	orch_client *client = UNTOUCHED(orch_client *);
	orch_status st = honest(orch_client_open("sim://?nodes=2", NULL, &client), &client);

	if (st < 0)
		return st;
	st = script->run(client);
	orch_client_close(client);
	return st;
}

static void torture(script_fn *run)
{
	struct script script = { run };

	torture_run(in_a_new_world, &script);
}

/* Where time passes: a simulated node that cannot note what it pulled pulls it
 * again, and a successor that cannot be made is made a little later. */
static void torture_while_time_passes(script_fn *run)
{
	struct script script = { run };

	torture_run_tolerant(in_a_new_world, &script);
}

static orch_deployment_spec full_spec(const char *name)
{
	static const char *const words[] = { "sh", "-c", "sleep 100000" };
	static const orch_kv pairs[] = { { "a", "1" }, { "b", "2" } };
	static const orch_constraint where[] = { { "kubernetes.io/hostname",
		ORCH_CONSTRAINT_NOT_EQUAL, "node-9" } };
	static const orch_health_spec health = { { words, 1 }, 1000, 1000, 0, 3, { NULL, NULL } };
	static const orch_restart_spec restart = { ORCH_RESTART_ANY, ORCH_UNSET, ORCH_UNSET,
		{ NULL, NULL } };
	orch_deployment_spec s = ORCH_DEPLOYMENT_SPEC_INIT;

	s.name = name;
	s.image = "busybox:1";
	s.command = (orch_string_list){ words, 3 };
	s.env = (orch_kv_list){ pairs, 2 };
	s.labels = (orch_kv_list){ pairs, 2 };
	s.working_dir = "/";
	s.user = "1";
	s.replicas = 2;
	s.cpu_request_milli = 10;
	s.memory_limit_bytes = (int64_t)8 << 20;
	s.health = &health;
	s.restart = &restart;
	s.constraints = (orch_constraint_list){ where, 1 };
	s.stop_grace_ms = 100;
	return s;
}

static orch_status apply(
	orch_client *client, const orch_deployment_spec *spec, const orch_write_options *how)
{
	const orch_deployment *d = UNTOUCHED(const orch_deployment *);
	orch_status st = honest(orch_deployment_apply(client, spec, how, &d), &d);

	if (st == ORCH_OK)
		orch_deployment_free(d);
	return st;
}

static orch_status put_plain(orch_client *client, const char *name, int64_t replicas)
{
	orch_deployment_spec spec = ORCH_DEPLOYMENT_SPEC_INIT;

	spec.name = name;
	spec.image = "busybox:1";
	spec.replicas = replicas;
	return apply(client, &spec, NULL);
}

static orch_status views_and_info(orch_client *client)
{
	const orch_client_info *info = UNTOUCHED(const orch_client_info *);
	orch_client *a = UNTOUCHED(orch_client *), *b = UNTOUCHED(orch_client *);
	orch_status st = honest(orch_client_info_get(client, &info), &info);

	if (st < 0)
		return st;
	orch_client_info_free(info);
	st = honest(orch_client_with_namespace(client, "prod", &a), &a);
	if (st < 0)
		return st;
	st = honest(orch_client_with_timeout(a, 5000, &b), &b);
	orch_client_close(a);
	if (st == ORCH_OK)
		orch_client_close(b);
	return st;
}

static orch_status create_change_read(orch_client *client)
{
	const orch_deployment *d = UNTOUCHED(const orch_deployment *);
	orch_deployment_spec spec = full_spec("web");
	orch_status st = apply(client, &spec, NULL);

	if (st == ORCH_OK)
		st = apply(client, &spec, NULL);
	spec.image = "busybox:2";
	spec.health = NULL;
	if (st == ORCH_OK)
		st = apply(client, &spec, NULL);
	if (st == ORCH_OK)
		st = honest(orch_deployment_get(client, "web", &d), &d);
	if (st == ORCH_OK)
		orch_deployment_free(d);
	return st;
}

static orch_status list_whole_and_one_by_one(orch_client *client)
{
	const orch_deployments *list = UNTOUCHED(const orch_deployments *);
	orch_deployment_cursor *cursor = UNTOUCHED(orch_deployment_cursor *);
	orch_list_options o = ORCH_LIST_OPTIONS_INIT;
	const orch_deployment *d = NULL;
	orch_status st = put_plain(client, "a", 0);

	if (st == ORCH_OK)
		st = put_plain(client, "b", 1);
	o.selector = "!app, app notin (x,y)";
	if (st == ORCH_OK)
		st = honest(orch_deployment_list(client, &o, &list), &list);
	if (st < 0)
		return st;
	orch_deployments_free(list);
	st = honest(orch_deployment_open(client, &o, &cursor), &cursor);
	if (st < 0)
		return st;
	do {
		d = NULL;
		st = orch_deployment_next(cursor, &d);
		orch_deployment_free(d);
	} while (st == ORCH_OK && d);
	orch_deployment_close(cursor);
	return st;
}

static void ignore_progress(void *payload, const orch_deployment *now)
{
	(void)payload;
	(void)now;
}

static orch_status roll_out_scale_and_restart(orch_client *client)
{
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;
	const orch_instances *list = UNTOUCHED(const orch_instances *);
	orch_deployment_spec spec = full_spec("web");
	orch_status st;

	wait.progress = ignore_progress;
	how.wait = &wait;
	st = apply(client, &spec, &how);
	if (st == ORCH_OK)
		st = orch_deployment_scale(client, "web", 3, &how, NULL);
	if (st == ORCH_OK)
		st = orch_deployment_restart(client, "web", &how, NULL);
	if (st == ORCH_OK)
		st = honest(orch_instance_list(client, "web", &list), &list);
	if (st == ORCH_OK)
		orch_instances_free(list);
	return st;
}

static orch_status delete_and_wait(orch_client *client)
{
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;
	orch_status st = put_plain(client, "web", 2);

	how.wait = &wait;
	if (st == ORCH_OK)
		st = orch_deployment_wait(client, "web", &wait, NULL);
	if (st == ORCH_OK)
		st = orch_deployment_delete(client, "web", &how);
	return st;
}

static orch_status namespaces(orch_client *client)
{
	const orch_namespaces *list = UNTOUCHED(const orch_namespaces *);
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;
	orch_client *view = NULL;
	orch_status st = orch_client_with_namespace(client, "prod", &view);

	how.wait = &wait;
	if (st == ORCH_OK)
		st = orch_namespace_apply(view, &how);
	if (st == ORCH_OK)
		st = put_plain(view, "a", 1);
	if (st == ORCH_OK)
		st = put_plain(view, "b", 2);
	if (st == ORCH_OK)
		st = honest(orch_namespace_list(client, NULL, &list), &list);
	if (st == ORCH_OK)
		orch_namespaces_free(list);
	if (st == ORCH_OK)
		st = orch_namespace_delete(view, &how);
	orch_client_close(view);
	return st;
}

/* Failing as expected is fine; failing for want of memory is what is looked at. */
static orch_status expect(orch_status st, orch_status want)
{
	if (st == want)
		return ORCH_OK;
	return st == ORCH_OK ? ORCH_E_PROTOCOL : st;
}

static orch_status failures_that_are_meant(orch_client *client)
{
	orch_deployment_spec spec = ORCH_DEPLOYMENT_SPEC_INIT;
	const orch_deployment *d = UNTOUCHED(const orch_deployment *);
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;
	orch_status st = expect(orch_deployment_get(client, "ghost", &d), ORCH_E_NOTFOUND);

	if (st == ORCH_OK)
		st = expect(orch_deployment_delete(client, "ghost", NULL), ORCH_E_NOTFOUND);
	if (st == ORCH_OK)
		st = put_plain(client, "web", 0);
	spec.name = "web";
	spec.image = "busybox:2";
	how.version = "of long ago";
	if (st == ORCH_OK)
		st = expect(orch_deployment_apply(client, &spec, &how, &d), ORCH_E_CONFLICT);
	return st == ORCH_OK && d != UNTOUCHED(const orch_deployment *) ? ORCH_E_PROTOCOL : st;
}

static orch_status a_wait_that_fails(orch_client *client)
{
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;
	orch_deployment_spec spec = full_spec("web");

	spec.image = "nowhere.invalid/x:1";
	how.wait = &wait;
	return expect(orch_deployment_apply(client, &spec, &how, NULL), ORCH_E_FAILED);
}

static orch_status change_the_world(orch_sim *sim, orch_client *client)
{
	static const orch_kv labels[] = { { "zone", "a" } };
	orch_sim_node node = ORCH_SIM_NODE_INIT;
	orch_sim_image image = ORCH_SIM_IMAGE_INIT;
	orch_sim_fault fault = ORCH_SIM_FAULT_INIT;
	orch_status st;

	node.name = "extra";
	node.labels = (orch_kv_list){ labels, 1 };
	st = orch_sim_node_put(sim, &node);
	image.name = "busybox:1";
	image.start_ms = 5;
	if (st == ORCH_OK)
		st = orch_sim_image_put(sim, &image);
	fault.operation = "deployment.put";
	fault.status = ORCH_E_REFUSED;
	if (st == ORCH_OK)
		st = orch_sim_fault_add(sim, &fault);
	if (st == ORCH_OK)
		st = expect(put_plain(client, "web", 2), ORCH_E_REFUSED);
	if (st == ORCH_OK)
		st = put_plain(client, "web", 2);
	if (st == ORCH_OK)
		st = orch_deployment_wait(client, "web", NULL, NULL);
	if (st == ORCH_OK)
		st = orch_sim_node_fail(sim, "extra");
	if (st == ORCH_OK)
		st = orch_sim_node_recover(sim, "extra");
	return st;
}

static orch_status a_world_that_is_changed(orch_client *client)
{
	orch_sim *sim = UNTOUCHED(orch_sim *);
	orch_status st = honest(orch_sim_from_client(client, &sim), &sim);

	if (st < 0)
		return st;
	st = change_the_world(sim, client);
	orch_sim_close(sim);
	return st;
}

#define ROW(torture, script)                                                                       \
	static void script##_survives_any_refused_request(void **state)                            \
	{                                                                                          \
		(void)state;                                                                       \
		torture(script);                                                                   \
	}

ROW(torture, views_and_info)
ROW(torture, create_change_read)
ROW(torture, list_whole_and_one_by_one)
ROW(torture_while_time_passes, roll_out_scale_and_restart)
ROW(torture_while_time_passes, delete_and_wait)
ROW(torture_while_time_passes, namespaces)
ROW(torture, failures_that_are_meant)
ROW(torture_while_time_passes, a_wait_that_fails)
ROW(torture_while_time_passes, a_world_that_is_changed)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views_and_info_survives_any_refused_request),
		cmocka_unit_test(create_change_read_survives_any_refused_request),
		cmocka_unit_test(list_whole_and_one_by_one_survives_any_refused_request),
		cmocka_unit_test(roll_out_scale_and_restart_survives_any_refused_request),
		cmocka_unit_test(delete_and_wait_survives_any_refused_request),
		cmocka_unit_test(namespaces_survives_any_refused_request),
		cmocka_unit_test(failures_that_are_meant_survives_any_refused_request),
		cmocka_unit_test(a_wait_that_fails_survives_any_refused_request),
		cmocka_unit_test(a_world_that_is_changed_survives_any_refused_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
