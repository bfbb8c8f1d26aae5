/* SPDX-License-Identifier: MIT */
#include "support/json_fixture.h"

static void expect_overlay(const struct orch__json_table *t, const char *json,
	const struct app *want, enum orch__json_unset unset, const char *expected)
{
	bool changed = false, again = false;
	char *out = overlay(t, json, want, unset, &changed), *twice;

	if (!out)
		fail_msg("%s", complaint);
	assert_string_equal(out, expected);
	assert_int_equal(changed, strcmp(json, expected) != 0);
	twice = overlay(t, out, want, unset, &again);
	assert_string_equal(twice, out);
	assert_false(again);
	orch__free(out);
	orch__free(twice);
}

static void nothing_set_changes_nothing(void **state)
{
	struct app want = app_blank;

	(void)state;
	expect_overlay(&swarm_app, swarm_doc, &want, ORCH__JSON_KEEP_UNSET, swarm_doc);
	expect_overlay(&kube_app, kube_doc, &want, ORCH__JSON_KEEP_UNSET, kube_doc);
}

static void foreign_fields_survive(void **state)
{
	orch_kv env[] = { { "NEW", "2" }, { "BARE", NULL } };
	struct app want = app_blank;

	(void)state;
	want.image = "nginx:2";
	want.replicas = 5;
	want.cpu_milli = 250;
	want.env.items = env;
	want.env.count = 2;
	expect_overlay(&swarm_app, swarm_doc, &want, ORCH__JSON_KEEP_UNSET,
		"{\"Name\":\"web\",\"Labels\":null,\"TaskTemplate\":{\"ContainerSpec\":{"
		"\"Image\":\"nginx:2\",\"Isolation\":\"default\",\"Env\":[\"NEW=2\",\"BARE\"],"
		"\"Healthcheck\":{\"Test\":[\"NONE\"],\"StartPeriod\":5}},\"ForceUpdate\":0,"
		"\"Runtime\":\"container\",\"Resources\":{\"Limits\":{\"NanoCPUs\":250000000}}},"
		"\"Mode\":{\"Replicated\":{\"Replicas\":5}},"
		"\"UpdateConfig\":{\"Parallelism\":2,\"Order\":\"start-first\"},\"EndpointSpec\":{"
		"\"Ports\":["
		"{\"TargetPort\":80,\"Protocol\":\"tcp\",\"PublishMode\":\"host\",\"Name\":\"a}]\"}"
		","
		"{\"TargetPort\":53,\"Protocol\":\"udp\",\"PublishMode\":\"host\"}]}}");
}

static void list_elements_keep_their_foreign_fields(void **state)
{
	struct port ports[] = {
		{ 443, 8443, "tcp" },      /* new                               */
		{ 80, 8080, "tcp" },       /* known: PublishMode and Name stay  */
		{ 53, ORCH_UNSET, "tcp" }, /* not the udp one                   */
	};
	struct app want = app_blank;

	(void)state;
	want.ports.items = ports;
	want.ports.count = 3;
	expect_overlay(&swarm_app,
		"{\"EndpointSpec\":{\"Ports\":[{\"TargetPort\":80,\"Protocol\":\"tcp\","
		"\"PublishMode\":\"host\",\"Name\":\"a}]\"},{\"TargetPort\":53,\"Protocol\":"
		"\"udp\","
		"\"PublishMode\":\"host\"}],\"Mode\":\"vip\"}}",
		&want, ORCH__JSON_KEEP_UNSET,
		"{\"EndpointSpec\":{\"Ports\":[{\"TargetPort\":443,\"PublishedPort\":8443,"
		"\"Protocol\":\"tcp\"},{\"TargetPort\":80,\"Protocol\":\"tcp\",\"PublishMode\":"
		"\"host\","
		"\"Name\":\"a}]\",\"PublishedPort\":8080},{\"TargetPort\":53,\"Protocol\":\"tcp\"}]"
		","
		"\"Mode\":\"vip\"}}");
}

static void nested_parts_are_merged_and_absent_ones_added(void **state)
{
	struct health health = { .period_ms = 7000, .retries = 4 };
	struct app want = app_blank;

	(void)state;
	want.health = &health;
	expect_overlay(&swarm_app,
		"{\"TaskTemplate\":{\"ContainerSpec\":{\"Healthcheck\":{\"Test\":[\"NONE\"],"
		"\"StartPeriod\":5,\"Interval\":1}}}}",
		&want, ORCH__JSON_KEEP_UNSET,
		"{\"TaskTemplate\":{\"ContainerSpec\":{\"Healthcheck\":{\"Test\":[\"NONE\"],"
		"\"StartPeriod\":5,\"Interval\":7000000000,\"Retries\":4}}}}");
	expect_overlay(&swarm_app, "{\"TaskTemplate\":{\"ContainerSpec\":{\"Healthcheck\":null}}}",
		&want, ORCH__JSON_KEEP_UNSET,
		"{\"TaskTemplate\":{\"ContainerSpec\":{\"Healthcheck\":{\"Interval\":7000000000,"
		"\"Retries\":4}}}}");
	expect_overlay(&swarm_app, "{}", &want, ORCH__JSON_KEEP_UNSET,
		"{\"TaskTemplate\":{\"ContainerSpec\":{\"Healthcheck\":{\"Interval\":7000000000,"
		"\"Retries\":4}}}}");
}

static void first_elements_are_merged_and_absent_ones_added(void **state)
{
	struct app want = app_blank;

	(void)state;
	want.image = "nginx:9";
	expect_overlay(&kube_app,
		"{\"apiVersion\":\"apps/"
		"v1\",\"kind\":\"Deployment\",\"spec\":{\"template\":{\"spec\":{"
		"\"containers\":[{\"image\":\"a\",\"name\":\"c\"},{\"image\":\"sidecar\"}]}}}}",
		&want, ORCH__JSON_KEEP_UNSET,
		"{\"apiVersion\":\"apps/"
		"v1\",\"kind\":\"Deployment\",\"spec\":{\"template\":{\"spec\":{"
		"\"containers\":[{\"image\":\"nginx:9\",\"name\":\"c\"},{\"image\":\"sidecar\"}]}}}"
		"}");
	expect_overlay(&kube_app,
		"{\"apiVersion\":\"apps/"
		"v1\",\"kind\":\"Deployment\",\"spec\":{\"template\":{\"spec\":{"
		"\"containers\":[]}}}}",
		&want, ORCH__JSON_KEEP_UNSET,
		"{\"apiVersion\":\"apps/"
		"v1\",\"kind\":\"Deployment\",\"spec\":{\"template\":{\"spec\":{"
		"\"containers\":[{\"image\":\"nginx:9\"}]}}}}");
}

static void read_only_rows_pass_through(void **state)
{
	struct app want = app_blank;

	(void)state;
	want.version = "1";
	want.ready = 9;
	expect_overlay(&kube_app, kube_doc, &want, ORCH__JSON_DROP_UNSET,
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"uid\":\"u-1\","
		"\"resourceVersion\":\"812\"},\"spec\":{\"paused\":false,\"template\":{"
		"\"metadata\":null,"
		"\"spec\":{\"containers\":[{\"name\":\"c\",\"resources\":{\"limits\":{\"memory\":"
		"\"1Gi\"}}},"
		"{\"image\":\"sidecar\"}]}}},\"status\":{\"readyReplicas\":2}}");
}

static void dropping_unset_removes_only_what_is_modelled(void **state)
{
	struct app want = app_blank;

	(void)state;
	want.name = "web";
	want.image = "nginx:1";
	expect_overlay(&swarm_app, swarm_doc, &want, ORCH__JSON_DROP_UNSET,
		"{\"Name\":\"web\",\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"nginx:1\","
		"\"Isolation\":\"default\"},\"ForceUpdate\":0,\"Runtime\":\"container\"},\"Mode\":"
		"null,"
		"\"UpdateConfig\":{\"Parallelism\":2,\"Order\":\"start-first\"},\"EndpointSpec\":{}"
		"}");
}

static void a_row_may_ask_to_be_kept_when_unset(void **state)
{
	struct app want = app_blank;

	(void)state;
	want.name = "web"; /* an autoscaler owns the replicas */
	expect_overlay(&swarm_app,
		"{\"Name\":\"old\",\"Labels\":{},\"Mode\":{\"Replicated\":{\"Replicas\":7}}}",
		&want, ORCH__JSON_DROP_UNSET,
		"{\"Name\":\"web\",\"Mode\":{\"Replicated\":{\"Replicas\":7}}}");
}

static void what_does_not_fit_is_an_error_not_a_loss(void **state)
{
	static const char *const documents[] = {
		"{\"Mode\":\"replicated\"}",
		"{\"Mode\":[]}",
		"{\"Mode\":{\"Replicated\":7}}",
		"[]",
		"7",
		"{\"Mode\":",
	};
	struct app want = app_blank;

	(void)state;
	want.replicas = 2;
	for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
		assert_null(overlay(&swarm_app, documents[i], &want, ORCH__JSON_KEEP_UNSET, NULL));
		assert_int_equal(orch_error_last()->status, ORCH_E_PROTOCOL);
	}
	want.replicas = ORCH_UNSET;
	expect_overlay(&swarm_app, documents[0], &want, ORCH__JSON_KEEP_UNSET, documents[0]);
}

static void numbers_and_strings_pass_through_exactly(void **state)
{
	static const char odd[] =
		"{\"x\":[18446744073709551616,-0.10,1e400,\"\\u0000\xF0\x9F\x98\x80\"],"
		"\"Name.x\":1,\"[0]\":2}";
	struct app want = app_blank;

	(void)state;
	expect_overlay(&swarm_app, odd, &want, ORCH__JSON_DROP_UNSET, odd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_set_changes_nothing),
		cmocka_unit_test(foreign_fields_survive),
		cmocka_unit_test(list_elements_keep_their_foreign_fields),
		cmocka_unit_test(nested_parts_are_merged_and_absent_ones_added),
		cmocka_unit_test(first_elements_are_merged_and_absent_ones_added),
		cmocka_unit_test(read_only_rows_pass_through),
		cmocka_unit_test(dropping_unset_removes_only_what_is_modelled),
		cmocka_unit_test(a_row_may_ask_to_be_kept_when_unset),
		cmocka_unit_test(what_does_not_fit_is_an_error_not_a_loss),
		cmocka_unit_test(numbers_and_strings_pass_through_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
