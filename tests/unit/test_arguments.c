/* SPDX-License-Identifier: MIT */
/*
 * Arguments that are missing or of another version of the library: every
 * public function says so, and touches no output.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "orch/orch.h"
#include "orch/sim.h"
#include "orch/sys/backend.h"

/* What outputs point to before a call that must not touch them. */
static const char sentinel;
#define UNTOUCHED(type) ((type)(const void *)&sentinel)

/* One call with something missing. */
#define REFUSED(call)                                                                              \
	do {                                                                                       \
		orch_status st_ = (call);                                                          \
                                                                                                   \
		if (st_ != ORCH_E_INVALID)                                                         \
			print_error("%s gave %s\n", #call, orch_status_name(st_));                 \
		assert_int_equal(st_, ORCH_E_INVALID);                                             \
		assert_int_equal(orch_error_last()->status, ORCH_E_INVALID);                       \
		assert_true(orch_error_last()->message[0] != '\0');                                \
		assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);               \
	} while (0)

struct fixture {
	orch_client *client;
	orch_deployment_spec spec;
};

static int open_one(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	if (!f || orch_client_open("sim://", NULL, &f->client) != ORCH_OK)
		return -1;
	f->spec = (orch_deployment_spec)ORCH_DEPLOYMENT_SPEC_INIT;
	f->spec.name = "web";
	f->spec.image = "nginx:1";
	*state = f;
	return orch_deployment_apply(f->client, &f->spec, NULL, NULL);
}

static int close_it(void **state)
{
	struct fixture *f = *state;

	orch_client_close(f->client);
	free(f);
	return 0;
}

static void a_client_needs_its_arguments(void **state)
{
	struct fixture *f = *state;
	orch_client *out = UNTOUCHED(orch_client *);
	const orch_client_info *info = UNTOUCHED(const orch_client_info *);

	REFUSED(orch_client_open("sim://", NULL, NULL));
	REFUSED(orch_client_with_namespace(NULL, "a", &out));
	REFUSED(orch_client_with_namespace(f->client, NULL, &out));
	REFUSED(orch_client_with_namespace(f->client, "a", NULL));
	REFUSED(orch_client_with_timeout(NULL, 1, &out));
	REFUSED(orch_client_with_timeout(f->client, 1, NULL));
	REFUSED(orch_client_info_get(NULL, &info));
	REFUSED(orch_client_info_get(f->client, NULL));
	assert_ptr_equal(out, &sentinel);
	assert_ptr_equal(info, &sentinel);
}

static void reading_needs_its_arguments(void **state)
{
	struct fixture *f = *state;
	const orch_deployment *d = UNTOUCHED(const orch_deployment *);
	const orch_deployments *list = UNTOUCHED(const orch_deployments *);
	const orch_instances *instances = UNTOUCHED(const orch_instances *);
	orch_deployment_cursor *cursor = UNTOUCHED(orch_deployment_cursor *);

	REFUSED(orch_deployment_get(NULL, "web", &d));
	REFUSED(orch_deployment_get(f->client, NULL, &d));
	REFUSED(orch_deployment_get(f->client, "web", NULL));
	REFUSED(orch_deployment_list(NULL, NULL, &list));
	REFUSED(orch_deployment_list(f->client, NULL, NULL));
	REFUSED(orch_deployment_open(NULL, NULL, &cursor));
	REFUSED(orch_deployment_open(f->client, NULL, NULL));
	REFUSED(orch_deployment_next(NULL, &d));
	REFUSED(orch_instance_list(NULL, "web", &instances));
	REFUSED(orch_instance_list(f->client, NULL, &instances));
	REFUSED(orch_instance_list(f->client, "web", NULL));
	REFUSED(orch_deployment_wait(NULL, "web", NULL, &d));
	REFUSED(orch_deployment_wait(f->client, NULL, NULL, &d));
	assert_ptr_equal(d, &sentinel);
	assert_ptr_equal(list, &sentinel);
	assert_ptr_equal(instances, &sentinel);
	assert_ptr_equal(cursor, &sentinel);
	assert_int_equal(orch_deployment_open(f->client, NULL, &cursor), ORCH_OK);
	REFUSED(orch_deployment_next(cursor, NULL));
	orch_deployment_close(cursor);
}

static void writing_needs_its_arguments(void **state)
{
	struct fixture *f = *state;
	const orch_deployment *d = UNTOUCHED(const orch_deployment *);

	REFUSED(orch_deployment_apply(NULL, &f->spec, NULL, &d));
	REFUSED(orch_deployment_apply(f->client, NULL, NULL, &d));
	REFUSED(orch_deployment_scale(NULL, "web", 1, NULL, &d));
	REFUSED(orch_deployment_scale(f->client, NULL, 1, NULL, &d));
	REFUSED(orch_deployment_scale(f->client, "web", -1, NULL, &d));
	REFUSED(orch_deployment_restart(NULL, "web", NULL, &d));
	REFUSED(orch_deployment_restart(f->client, NULL, NULL, &d));
	REFUSED(orch_deployment_delete(NULL, "web", NULL));
	REFUSED(orch_deployment_delete(f->client, NULL, NULL));
	assert_ptr_equal(d, &sentinel);
	assert_int_equal(orch_deployment_get(f->client, "web", &d), ORCH_OK);
	orch_deployment_free(d);
}

static void namespaces_need_their_arguments(void **state)
{
	struct fixture *f = *state;
	const orch_namespaces *list = UNTOUCHED(const orch_namespaces *);
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;
	orch_write_options how = ORCH_WRITE_OPTIONS_INIT;

	REFUSED(orch_namespace_list(NULL, NULL, &list));
	REFUSED(orch_namespace_list(f->client, NULL, NULL));
	REFUSED(orch_namespace_apply(NULL, NULL));
	REFUSED(orch_namespace_delete(NULL, NULL));
	REFUSED(orch_namespace_delete(f->client, NULL)); /* it is "default" */
	how.version = "1";
	REFUSED(orch_namespace_apply(f->client, &how));
	how.version = NULL;
	how.force = 0;
	REFUSED(orch_namespace_apply(f->client, &how));
	how.force = 1;
	how.wait = &wait;
	wait.timeout_ms = 0;
	REFUSED(orch_namespace_apply(f->client, &how));
	assert_ptr_equal(list, &sentinel);
}

static void the_simulator_needs_its_arguments(void **state)
{
	struct fixture *f = *state;
	orch_sim *sim = UNTOUCHED(orch_sim *);
	orch_sim_node node = ORCH_SIM_NODE_INIT;
	orch_sim_image image = ORCH_SIM_IMAGE_INIT;
	orch_sim_fault fault = ORCH_SIM_FAULT_INIT;

	REFUSED(orch_sim_from_client(NULL, &sim));
	REFUSED(orch_sim_from_client(f->client, NULL));
	assert_ptr_equal(sim, &sentinel);
	assert_int_equal(orch_sim_from_client(f->client, &sim), ORCH_OK);
	REFUSED(orch_sim_node_put(NULL, &node));
	REFUSED(orch_sim_node_put(sim, NULL));
	REFUSED(orch_sim_node_put(sim, &node)); /* without a name */
	REFUSED(orch_sim_node_fail(NULL, "node-1"));
	REFUSED(orch_sim_node_fail(sim, NULL));
	REFUSED(orch_sim_node_recover(NULL, "node-1"));
	REFUSED(orch_sim_node_recover(sim, NULL));
	REFUSED(orch_sim_image_put(NULL, &image));
	REFUSED(orch_sim_image_put(sim, NULL));
	REFUSED(orch_sim_image_put(sim, &image)); /* without a name */
	REFUSED(orch_sim_fault_add(NULL, &fault));
	REFUSED(orch_sim_fault_add(sim, NULL));
	orch_sim_close(sim);
}

static void a_backend_needs_its_table(void **state)
{
	struct orch_backend_ops empty = { 0 };

	(void)state;
	REFUSED(orch_backend_register(NULL));
	REFUSED(orch_backend_register(&empty));
}

/* What cannot fail answers something harmless. */
static void nothing_is_a_fine_argument_where_nothing_can_fail(void **state)
{
	(void)state;
	orch_client_close(NULL);
	orch_client_cancel(NULL);
	orch_client_info_free(NULL);
	orch_deployment_free(NULL);
	orch_deployments_free(NULL);
	orch_deployment_close(NULL);
	orch_instances_free(NULL);
	orch_namespaces_free(NULL);
	orch_sim_close(NULL);
	orch_sim_advance(NULL, 1);
	assert_int_equal(orch_sim_now(NULL), 0);
	assert_int_equal(orch_sim_writes(NULL), 0);
	assert_int_equal(orch_sim_operations(NULL), 0);
	assert_null(orch_client_ref(NULL));
	assert_string_equal(orch_client_namespace(NULL), "");
	assert_int_equal(
		orch_capability(NULL, ORCH_CAP_DEPLOYMENT_GET, NULL), ORCH_LEVEL_UNAVAILABLE);
	assert_int_equal(orch_cap_at(0, NULL), 0);
	assert_non_null(orch_version());
	assert_int_equal(orch_version_num(), ORCH_VERSION_NUM);
}

/* Names of numbers that nobody has defined. */
static void names_of_what_is_not_there_are_texts(void **state)
{
	(void)state;
	assert_non_null(orch_status_name((orch_status)77));
	assert_non_null(orch_status_text((orch_status)77));
	assert_non_null(orch_outcome_name((orch_outcome)77));
	assert_non_null(orch_level_name((orch_level)77));
	assert_non_null(orch_deployment_state_name(INT64_MAX));
	assert_non_null(orch_instance_state_name(-1));
	assert_non_null(orch_namespace_state_name(-1));
	assert_non_null(orch_cause_name(INT64_MIN));
	assert_non_null(orch_cause_text(4711));
	assert_null(orch_cap_name((orch_cap)77));
}

/*
 * Options of three sizes: none (not initialised), longer than the library
 * knows (a newer header), and shorter (an older one), which is fine.
 */
#define SIZES(type, init, call)                                                                    \
	do {                                                                                       \
		struct {                                                                           \
			type known;                                                                \
			char newer[16];                                                            \
		} grown_ = { init, { 0 } };                                                        \
		type *o = &grown_.known;                                                           \
                                                                                                   \
		o->struct_size = 0;                                                                \
		REFUSED(call);                                                                     \
		o->struct_size = sizeof(size_t) - 1;                                               \
		REFUSED(call);                                                                     \
		o->struct_size = sizeof grown_;                                                    \
		REFUSED(call);                                                                     \
		o->struct_size = SIZE_MAX;                                                         \
		REFUSED(call);                                                                     \
	} while (0)

static void options_of_another_size_are_refused(void **state)
{
	struct fixture *f = *state;
	orch_client *client = UNTOUCHED(orch_client *);
	const orch_deployment *d = UNTOUCHED(const orch_deployment *);
	const orch_deployments *list = UNTOUCHED(const orch_deployments *);
	const orch_namespaces *namespaces = UNTOUCHED(const orch_namespaces *);
	orch_deployment_cursor *cursor = UNTOUCHED(orch_deployment_cursor *);

	SIZES(orch_client_options, ORCH_CLIENT_OPTIONS_INIT,
		orch_client_open("sim://", o, &client));
	SIZES(orch_list_options, ORCH_LIST_OPTIONS_INIT, orch_deployment_list(f->client, o, &list));
	SIZES(orch_list_options, ORCH_LIST_OPTIONS_INIT,
		orch_deployment_open(f->client, o, &cursor));
	SIZES(orch_wait_options, ORCH_WAIT_OPTIONS_INIT,
		orch_deployment_wait(f->client, "web", o, &d));
	SIZES(orch_write_options, ORCH_WRITE_OPTIONS_INIT,
		orch_deployment_apply(f->client, &f->spec, o, &d));
	SIZES(orch_write_options, ORCH_WRITE_OPTIONS_INIT,
		orch_deployment_scale(f->client, "web", 1, o, &d));
	SIZES(orch_write_options, ORCH_WRITE_OPTIONS_INIT,
		orch_deployment_restart(f->client, "web", o, &d));
	SIZES(orch_write_options, ORCH_WRITE_OPTIONS_INIT,
		orch_deployment_delete(f->client, "web", o));
	SIZES(orch_write_options, ORCH_WRITE_OPTIONS_INIT, orch_namespace_apply(f->client, o));
	SIZES(orch_write_options, ORCH_WRITE_OPTIONS_INIT, orch_namespace_delete(f->client, o));
	SIZES(orch_list_options, ORCH_LIST_OPTIONS_INIT,
		orch_namespace_list(f->client, o, &namespaces));
	assert_ptr_equal(namespaces, &sentinel);
	assert_ptr_equal(client, &sentinel);
	assert_ptr_equal(d, &sentinel);
	assert_ptr_equal(list, &sentinel);
	assert_ptr_equal(cursor, &sentinel);
}

static void options_of_the_simulator_of_another_size_are_refused(void **state)
{
	struct fixture *f = *state;
	orch_sim *sim = NULL;

	assert_int_equal(orch_sim_from_client(f->client, &sim), ORCH_OK);
	SIZES(orch_sim_node, ORCH_SIM_NODE_INIT, orch_sim_node_put(sim, o));
	SIZES(orch_sim_image, ORCH_SIM_IMAGE_INIT, orch_sim_image_put(sim, o));
	SIZES(orch_sim_fault, ORCH_SIM_FAULT_INIT, orch_sim_fault_add(sim, o));
	orch_sim_close(sim);
}

/*
 * An older program's options end earlier. What lies behind their end is not
 * read: it is made to be refused if it were.
 */
static void options_of_an_older_header_are_fine(void **state)
{
	struct fixture *f = *state;
	orch_client_options open = ORCH_CLIENT_OPTIONS_INIT;
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;
	orch_write_options write = ORCH_WRITE_OPTIONS_INIT;
	orch_list_options list = ORCH_LIST_OPTIONS_INIT;
	const orch_deployments *all = NULL;
	orch_client *client = NULL;

	open.struct_size = offsetof(orch_client_options, timeout_ms);
	open.timeout_ms = -1;
	assert_int_equal(orch_client_open("sim://", &open, &client), ORCH_OK);
	orch_client_close(client);
	wait.struct_size = offsetof(orch_wait_options, settle_ms);
	wait.settle_ms = -1;
	assert_int_equal(orch_deployment_wait(f->client, "web", &wait, NULL), ORCH_OK);
	write.struct_size = offsetof(orch_write_options, version);
	write.version = "of no object";
	assert_int_equal(orch_deployment_scale(f->client, "web", 2, &write, NULL), ORCH_OK);
	write = (orch_write_options)ORCH_WRITE_OPTIONS_INIT;
	write.struct_size = offsetof(orch_write_options, force);
	write.force = 7;
	assert_int_equal(orch_deployment_scale(f->client, "web", 2, &write, NULL), ORCH_OK);
	list.struct_size = offsetof(orch_list_options, timeout_ms);
	list.timeout_ms = -1;
	assert_int_equal(orch_deployment_list(f->client, &list, &all), ORCH_OK);
	orch_deployments_free(all);
}

static void times_that_cannot_be_are_refused(void **state)
{
	static const int64_t bad[] = { 0, -1, INT64_MIN + 1 };
	struct fixture *f = *state;
	orch_client_options open = ORCH_CLIENT_OPTIONS_INIT;
	orch_list_options list = ORCH_LIST_OPTIONS_INIT;
	orch_write_options write = ORCH_WRITE_OPTIONS_INIT;
	const orch_deployments *all = UNTOUCHED(const orch_deployments *);
	orch_client *client = UNTOUCHED(orch_client *);

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		open.timeout_ms = list.timeout_ms = write.timeout_ms = bad[i];
		REFUSED(orch_client_open("sim://", &open, &client));
		REFUSED(orch_deployment_list(f->client, &list, &all));
		REFUSED(orch_deployment_delete(f->client, "web", &write));
	}
	open.timeout_ms = ORCH_UNSET;
	open.connect_timeout_ms = 0;
	REFUSED(orch_client_open("sim://", &open, &client));
	assert_ptr_equal(client, &sentinel);
	assert_ptr_equal(all, &sentinel);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, open_one, close_it)
	const struct CMUnitTest tests[] = {
		ROW(a_client_needs_its_arguments),
		ROW(reading_needs_its_arguments),
		ROW(writing_needs_its_arguments),
		ROW(namespaces_need_their_arguments),
		ROW(the_simulator_needs_its_arguments),
		ROW(a_backend_needs_its_table),
		ROW(nothing_is_a_fine_argument_where_nothing_can_fail),
		ROW(names_of_what_is_not_there_are_texts),
		ROW(options_of_another_size_are_refused),
		ROW(options_of_the_simulator_of_another_size_are_refused),
		ROW(options_of_an_older_header_are_fine),
		ROW(times_that_cannot_be_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
