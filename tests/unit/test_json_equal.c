/* SPDX-License-Identifier: MIT */
/* What says the same, and what an overlay therefore leaves alone. */
#include "support/json_fixture.h"

static const orch_kv ab[] = { { "a", "1" }, { "b", "2" } }, ba[] = { { "b", "2" }, { "a", "1" } },
		     aab[] = { { "a", "0" }, { "a", "1" }, { "b", "2" } },
		     bare[] = { { "a", NULL } }, empty[] = { { "a", "" } };
static const char *const xy[] = { "x", "y" }, *const yx[] = { "y", "x" };
static const struct port tcp[] = { { 80, 81, "tcp" } }, udp[] = { { 80, 81, "udp" } };
static const struct mount mount_a = { "s", "/a", 1 }, mount_b = { "s", "/a", 0 };
static const struct mount *const mounts_a[] = { &mount_a }, *const mounts_b[] = { &mount_b };
static const struct health slow = { .period_ms = 9000, .retries = 1 };
static const struct health fast = { .period_ms = 1000, .retries = 1 };

/* Two apps that differ in one member at most. */
static struct app a, b;

static void start(void)
{
	a = b = app_blank;
}

static void expect_same(bool same)
{
	assert_int_equal(orch__json_equal(&swarm_app, &a, &b), same);
	assert_int_equal(orch__json_equal(&swarm_app, &b, &a), same);
	assert_true(orch__json_equal(&swarm_app, &a, &a));
	start();
}

static void maps_have_no_order_and_lists_have(void **state)
{
	(void)state;
	start();
	a.labels = (orch_kv_list){ ab, 2 };
	b.labels = (orch_kv_list){ ba, 2 };
	expect_same(true);
	a.labels = (orch_kv_list){ ab, 2 };
	b.labels = (orch_kv_list){ ab, 1 };
	expect_same(false);
	a.labels = (orch_kv_list){ ab, 1 };
	b.labels = (orch_kv_list){ ba, 1 };
	expect_same(false);
	a.labels = (orch_kv_list){ aab, 3 }; /* "a" twice: the last counts */
	b.labels = (orch_kv_list){ ba, 2 };
	expect_same(true);
	a.env = (orch_kv_list){ ab, 2 };
	b.env = (orch_kv_list){ ba, 2 };
	expect_same(false);
	a.env = (orch_kv_list){ bare, 1 };
	b.env = (orch_kv_list){ empty, 1 };
	expect_same(false);
	a.args = (orch_string_list){ xy, 2 };
	b.args = (orch_string_list){ yx, 2 };
	expect_same(false);
	a.args = (orch_string_list){ xy, 2 };
	b.args = (orch_string_list){ xy, 1 };
	expect_same(false);
	a.args = b.args = (orch_string_list){ xy, 2 };
	expect_same(true);
}

static void unset_is_not_empty(void **state)
{
	(void)state;
	start();
	a.labels = (orch_kv_list){ ab, 0 };
	expect_same(false);
	a.replicas = 0;
	expect_same(false);
	a.name = "";
	expect_same(false);
}

static void structs_are_compared_by_their_rows(void **state)
{
	(void)state;
	start();
	a.ports.items = tcp;
	b.ports.items = udp;
	a.ports.count = b.ports.count = 1;
	expect_same(false);
	a.mounts.items = mounts_a;
	b.mounts.items = mounts_b;
	a.mounts.count = b.mounts.count = 1;
	expect_same(false);
	a.mounts.items = b.mounts.items = mounts_a;
	a.mounts.count = b.mounts.count = 1;
	expect_same(true);
	a.health = &slow;
	b.health = &fast;
	expect_same(false);
	a.driver = "{}";
	b.driver = "{ }";
	expect_same(false);
	a.cpu_milli = 5;
	expect_same(false);
	a.ready = 5; /* no row of this table */
	expect_same(true);
}

static void what_is_only_read_is_not_compared(void **state)
{
	struct app other = app_blank;

	(void)state;
	other.version = "7";
	other.ready = 3;
	assert_true(orch__json_equal(&kube_app, &app_blank, &other));
}

/* ---- overlay: nothing to send ---------------------------------------------------------- */

static void expect_unchanged(const struct orch__json_table *t, const char *json,
	const struct app *want, enum orch__json_unset unset)
{
	bool changed = true;
	char *text = overlay(t, json, want, unset, &changed);

	if (!text)
		fail_msg("%s", complaint);
	assert_string_equal(text, json);
	assert_false(changed);
	orch__free(text);
}

static void expect_changed(const char *json, const struct app *want)
{
	bool changed = false;
	char *text = overlay(&swarm_app, json, want, ORCH__JSON_KEEP_UNSET, &changed);

	if (!text)
		fail_msg("%s", complaint);
	assert_true(changed);
	orch__free(text);
}

#define CONTAINER(x) "{\"TaskTemplate\":{\"ContainerSpec\":{" x "}}}"

static void another_spelling_is_no_change(void **state)
{
	struct app want = app_blank;

	(void)state;
	want.cpu_milli = 500;
	expect_unchanged(&kube_app,
		"{\"apiVersion\":\"apps/"
		"v1\",\"kind\":\"Deployment\",\"spec\":{\"template\":{\"spec\":{"
		"\"containers\":[{\"resources\":{\"limits\":{\"cpu\":\"0.5\"}}}]}}}}",
		&want, ORCH__JSON_KEEP_UNSET);
	want = app_blank;
	want.image = "\xC3\xA9/";
	want.read_only = 7; /* any number but 0 is yes */
	expect_unchanged(&swarm_app, CONTAINER("\"Image\":\"\\u00e9\\/\",\"ReadOnly\":true"), &want,
		ORCH__JSON_KEEP_UNSET);
}

static void foreign_text_stays_byte_for_byte(void **state)
{
	struct app want = app_blank;

	(void)state;
	want.name = "n";
	expect_unchanged(&swarm_app,
		"{\"x\":{ \"y\" : [ 1.50 , \"\\/\\u0041\" ] },\"Name\":\"n\",\"z\":1e2}", &want,
		ORCH__JSON_DROP_UNSET);
}

static void what_is_beside_a_first_element_stays(void **state)
{
	struct app want = app_blank;

	(void)state;
	expect_unchanged(&kube_app,
		"{\"apiVersion\":\"apps/"
		"v1\",\"kind\":\"Deployment\",\"spec\":{\"template\":{\"spec\":{"
		"\"containers\":[7,\"x\",{\"image\":\"b\"},null,[1]]}}}}",
		&want, ORCH__JSON_DROP_UNSET);
}

static void lists_and_maps_that_say_the_same_stay(void **state)
{
	struct app want = app_blank;

	(void)state;
	want.labels = (orch_kv_list){ ab, 2 };
	want.env = (orch_kv_list){ ab, 2 };
	want.args = (orch_string_list){ xy, 2 };
	want.driver = "{\"p\":[1, 2]}";
	want.health = &slow;
	expect_unchanged(&swarm_app,
		"{\"Labels\":{\"b\":\"2\",\"a\":\"1\"},\"TaskTemplate\":{\"ContainerSpec\":{"
		"\"Args\":[\"x\","
		"\"y\"],\"Env\":[\"a=1\",\"b=2\"],\"Privileges\":{\"p\":[1, "
		"2]},\"Healthcheck\":{\"Interval\":"
		"9000000000,\"Retries\":1,\"StartPeriod\":1}}}}",
		&want, ORCH__JSON_DROP_UNSET);
}

static void scalars_of_any_kind_can_be_raw(void **state)
{
	struct app want = app_blank;

	(void)state;
	want.driver = "\"\\/\"";
	expect_unchanged(
		&swarm_app, CONTAINER("\"Privileges\":\"\\/\""), &want, ORCH__JSON_KEEP_UNSET);
	expect_changed(CONTAINER("\"Privileges\": \"/\""), &want);
	expect_changed(CONTAINER("\"Privileges\":null"), &want);
}

static void keyed_elements_that_say_the_same_stay(void **state)
{
	struct app want = app_blank;

	(void)state;
	want.mounts.items = mounts_a;
	want.mounts.count = 1;
	expect_unchanged(&swarm_app,
		CONTAINER("\"Mounts\":[{\"Type\":\"bind\",\"Target\":\"/"
			  "a\",\"Source\":\"s\",\"ReadOnly\":true}]"),
		&want, ORCH__JSON_DROP_UNSET);
	expect_changed(CONTAINER("\"Mounts\":[]"), &want);
	expect_changed(CONTAINER("\"Mounts\":[{\"Target\":\"/b\"}]"), &want);
	expect_changed(
		CONTAINER("\"Mounts\":[{\"Target\":\"/b\"},{\"Target\":\"/a\",\"Source\":\"s\","
			  "\"ReadOnly\":true}]"),
		&want);
}

static void other_types_are_other_values(void **state)
{
	static const char *const rows[] = { CONTAINER("\"Image\":1"),
		CONTAINER("\"Image\":[\"x\"]"), CONTAINER("\"Image\":{}"),
		CONTAINER("\"Image\":null"), CONTAINER("\"Image\":true") };
	struct app want = app_blank;

	(void)state;
	want.image = "x";
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		expect_changed(rows[i], &want);
	want = app_blank;
	want.args = (orch_string_list){ xy, 2 };
	expect_changed(CONTAINER("\"Args\":[\"x\",7]"), &want);
	expect_changed(CONTAINER("\"Args\":\"x\""), &want);
	expect_changed(CONTAINER("\"Args\":{\"x\":1}"), &want);
	want = app_blank;
	want.replicas = 1;
	expect_changed("{\"Mode\":{\"Replicated\":{\"Replicas\":1.0}}}", &want);
	expect_changed("{\"Mode\":{\"Replicated\":{\"Replicas\":\"1\"}}}", &want);
	want = app_blank;
	want.cpu_milli = 1;
	expect_changed(
		"{\"TaskTemplate\":{\"Resources\":{\"Limits\":{\"NanoCPUs\":true}}}}", &want);
	want = app_blank;
	want.read_only = 0;
	expect_changed(CONTAINER("\"ReadOnly\":0"), &want);
	expect_changed(CONTAINER("\"ReadOnly\":true"), &want);
}

static void dropping_what_is_null_is_no_change(void **state)
{
	bool changed = true;
	char *text;

	(void)state;
	text = overlay(&swarm_app, "{\"Name\":null,\"Labels\":null}", &app_blank,
		ORCH__JSON_DROP_UNSET, &changed);
	assert_string_equal(text, "{}");
	assert_false(changed);
	orch__free(text);
}

/* Elements without a key cannot be told apart: all or nothing. */
static const struct health probe_blank = { .period_ms = ORCH_UNSET, .retries = ORCH_UNSET };

struct probes {
	struct {
		const struct health *items;
		size_t count;
	} items;
};

static const struct probes probes_blank;

/* clang-format off */
ORCH__J_LOCAL_TABLE(probe_table, probe_blank,
	ORCH__J_I64("retries", struct health, retries, 0));
ORCH__J_LOCAL_TABLE(probes_table, probes_blank,
	ORCH__J_OBJVEC("probes", struct probes, items, 0, &probe_table));
/* clang-format on */

static void elements_without_a_key_are_replaced_together(void **state)
{
	const struct probes want = { { &slow, 1 } };
	bool changed = true;
	char *text;

	(void)state;
	text = overlay(&probes_table, "{\"probes\":[{\"x\":1,\"retries\":1}]}", &want,
		ORCH__JSON_KEEP_UNSET, &changed);
	assert_string_equal(text, "{\"probes\":[{\"x\":1,\"retries\":1}]}");
	assert_false(changed);
	orch__free(text);
	text = overlay(&probes_table, "{\"probes\":[{\"x\":1,\"retries\":2}]}", &want,
		ORCH__JSON_KEEP_UNSET, &changed);
	assert_string_equal(text, "{\"probes\":[{\"retries\":1}]}");
	assert_true(changed);
	orch__free(text);
}

static void elements_that_are_no_objects_are_an_error(void **state)
{
	static const char *const rows[] = { CONTAINER("\"Mounts\":[7]"),
		CONTAINER("\"Mounts\":[[]]"), CONTAINER("\"Mounts\":[\"x\"]"),
		CONTAINER("\"Mounts\":[{\"Target\":7}]"), CONTAINER("\"Mounts\":[{}]") };
	struct app want = app_blank;

	(void)state;
	want.mounts.items = mounts_a;
	want.mounts.count = 1;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_null(overlay(&swarm_app, rows[i], &want, ORCH__JSON_KEEP_UNSET, NULL));
		assert_int_equal(orch_error_last()->status, ORCH_E_PROTOCOL);
	}
	expect_changed(CONTAINER("\"Mounts\":[null]"), &want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_have_no_order_and_lists_have),
		cmocka_unit_test(unset_is_not_empty),
		cmocka_unit_test(structs_are_compared_by_their_rows),
		cmocka_unit_test(what_is_only_read_is_not_compared),
		cmocka_unit_test(another_spelling_is_no_change),
		cmocka_unit_test(foreign_text_stays_byte_for_byte),
		cmocka_unit_test(what_is_beside_a_first_element_stays),
		cmocka_unit_test(lists_and_maps_that_say_the_same_stay),
		cmocka_unit_test(scalars_of_any_kind_can_be_raw),
		cmocka_unit_test(keyed_elements_that_say_the_same_stay),
		cmocka_unit_test(other_types_are_other_values),
		cmocka_unit_test(dropping_what_is_null_is_no_change),
		cmocka_unit_test(elements_without_a_key_are_replaced_together),
		cmocka_unit_test(elements_that_are_no_objects_are_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
