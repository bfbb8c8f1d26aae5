/* SPDX-License-Identifier: MIT */
#include "json/writer.h"
#include "support/json_fixture.h"

static void one_struct_two_dialects(void **state)
{
	struct orch__arena a = { 0 };
	struct app app, back;
	char *swarm, *kube;

	(void)state;
	assert_int_equal(decode(&kube_app, &a, kube_doc, &app), ORCH_OK);
	swarm = encode(&swarm_app, &app);
	assert_string_equal(swarm,
		"{\"Name\":\"web\",\"Labels\":{\"app.kubernetes.io/"
		"name\":\"web\"},\"TaskTemplate\":{"
		"\"ContainerSpec\":{\"Image\":\"nginx:1\",\"Env\":[\"A=x=y\",\"B=\"],"
		"\"Healthcheck\":{"
		"\"Test\":[\"true\"],\"Interval\":10000000000}},\"Resources\":{\"Limits\":{"
		"\"NanoCPUs\":500000000}}},\"Mode\":{\"Replicated\":{\"Replicas\":3}},"
		"\"EndpointSpec\":{\"Ports\":[{\"TargetPort\":80,\"Protocol\":\"TCP\"}]}}");

	assert_int_equal(decode(&swarm_app, &a, swarm, &back), ORCH_OK);
	kube = encode(&kube_app, &back);
	assert_non_null(strstr(kube, "\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\""));
	assert_non_null(
		strstr(kube, "\"containers\":[{\"image\":\"nginx:1\",\"env\":[{\"name\":\"A\""));
	assert_non_null(strstr(kube, "\"cpu\":\"500m\""));
	assert_non_null(strstr(kube, "\"periodSeconds\":10"));
	assert_null(strstr(kube, "status"));
	assert_null(strstr(kube, "resourceVersion"));
	orch__free(swarm);
	orch__free(kube);
	orch__arena_dispose(&a);
}

static void unset_is_left_out_and_zero_is_not(void **state)
{
	struct app app = app_blank;
	char *text;

	(void)state;
	app.name = "n";
	app.replicas = 0;
	app.read_only = 0;
	app.args.items = (const char *[]){ "" };
	app.args.count = 0;
	text = encode(&swarm_app, &app);
	assert_string_equal(text,
		"{\"Name\":\"n\",\"TaskTemplate\":{\"ContainerSpec\":{\"Args\":[],"
		"\"ReadOnly\":false}},\"Mode\":{\"Replicated\":{\"Replicas\":0}}}");
	orch__free(text);
}

static void strings_are_escaped_and_must_be_utf8(void **state)
{
	struct app app = app_blank;
	char *text;

	(void)state;
	app.name = "\"\\\n\x01\xC3\xA9</script>";
	text = encode(&swarm_app, &app);
	assert_string_equal(text, "{\"Name\":\"\\\"\\\\\\n\\u0001\xC3\xA9</script>\"}");
	orch__free(text);

	app.name = "\xED\xA0\x80";
	assert_null(encode(&swarm_app, &app));
	assert_string_equal(complaint, "Name: a string is not UTF-8");
}

static void numbers_that_are_none_are_refused(void **state)
{
	static const char *const bad[] = { "", "-", "01", "1.", ".5", "1e", "0x1", "1 ", "NaN",
		"1,2" };
	struct app app = app_blank;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		app.version = bad[i];
		assert_null(encode(&swarm_version, &app));
		assert_int_equal(orch_error_last()->status, ORCH_E_INVALID);
	}
}

static void a_value_without_a_spelling_names_its_row(void **state)
{
	struct app app = app_blank;

	(void)state;
	app.name = "n";
	app.cpu_milli = INT64_MAX;
	assert_null(encode(&swarm_app, &app));
	assert_string_equal(
		complaint, "TaskTemplate.Resources.Limits.NanoCPUs: not a number of NanoCPUs");
}

static void the_buffer_limit_holds(void **state)
{
	struct orch__buf out = ORCH__BUF_INIT(20);
	struct app app = app_blank;

	(void)state;
	app.name = "0123456789";
	assert_int_equal(orch__json_encode(&swarm_app, &app, &out), ORCH_E_TOO_LARGE);
	assert_int_equal(out.len, 0);
	orch__buf_dispose(&out);
}

static void a_failed_document_leaves_the_buffer_as_it_was(void **state)
{
	struct orch__buf out = ORCH__BUF_INIT(1000);
	struct app app = app_blank;

	(void)state;
	orch__buf_addf(&out, "version=");
	app.name = "\xFF";
	assert_int_equal(orch__json_encode(&swarm_app, &app, &out), ORCH_E_INVALID);
	assert_string_equal(out.text, "version=");
	app.name = "n";
	assert_int_equal(orch__json_encode(&swarm_app, &app, &out), ORCH_OK);
	assert_string_equal(out.text, "version={\"Name\":\"n\"}");
	orch__buf_dispose(&out);
}

static void raw_text_is_written_as_it_stands_and_checked(void **state)
{
	struct app app = app_blank;
	char *text;

	(void)state;
	app.driver = "{ \"a\" : [1.50, \"\\/\"] }";
	text = encode(&swarm_app, &app);
	assert_string_equal(text,
		"{\"TaskTemplate\":{\"ContainerSpec\":{\"Privileges\":{ \"a\" : [1.50, \"\\/\"] "
		"}}}}");
	orch__free(text);
	app.driver = "1}";
	assert_null(encode(&swarm_app, &app));
	assert_int_equal(orch_error_last()->status, ORCH_E_INVALID);
	assert_non_null(strstr(complaint, "TaskTemplate.ContainerSpec.Privileges: "));
}

static void pointers_to_structs_are_a_list_as_well(void **state)
{
	const struct mount a = { "data", "/data", 1 }, b = { NULL, "/tmp", ORCH_UNSET };
	const struct mount *const mounts[] = { &a, &b };
	struct app app = app_blank;
	char *text;

	(void)state;
	app.mounts.items = mounts;
	app.mounts.count = 2;
	text = encode(&swarm_app, &app);
	assert_string_equal(text,
		"{\"TaskTemplate\":{\"ContainerSpec\":{\"Mounts\":[{\"Source\":\"data\",\"Target\":"
		"\"/data\",\"ReadOnly\":true},{\"Target\":\"/tmp\"}]}}}");
	orch__free(text);
}

/* ---- by hand ---------------------------------------------------------------- */

static void small_documents_are_written_by_hand(void **state)
{
	struct orch__buf out = ORCH__BUF_INIT(1000);
	struct orch__json_writer w;

	(void)state;
	orch__json_write_start(&w, &out);
	orch__json_write_object(&w);
	orch__json_write_key(&w, "label");
	orch__json_write_array(&w);
	orch__json_write_str(&w, "a=\"b\"");
	orch__json_write_str(&w, NULL);
	orch__json_write_end(&w);
	orch__json_write_key(&w, "n");
	orch__json_write_i64(&w, INT64_MIN);
	orch__json_write_key(&w, "x");
	orch__json_write_number(&w, "1e400", 5);
	orch__json_write_key(&w, "b");
	orch__json_write_bool(&w, true);
	orch__json_write_key(&w, "raw");
	orch__json_write_raw(&w, "[ 1 ]", 5);
	orch__json_write_end(&w);
	assert_int_equal(orch__json_write_finish(&w), ORCH_OK);
	assert_string_equal(out.text,
		"{\"label\":[\"a=\\\"b\\\"\",null],\"n\":-9223372036854775808,\"x\":1e400,"
		"\"b\":true,\"raw\":[ 1 ]}");
	orch__buf_dispose(&out);
}

static void write_nothing(struct orch__json_writer *w)
{
	(void)w;
}

static void end_too_often(struct orch__json_writer *w)
{
	orch__json_write_array(w);
	orch__json_write_end(w);
	orch__json_write_end(w);
}

static void end_too_rarely(struct orch__json_writer *w)
{
	orch__json_write_array(w);
}

static void end_behind_a_key(struct orch__json_writer *w)
{
	orch__json_write_object(w);
	orch__json_write_key(w, "k");
	orch__json_write_end(w);
}

static void a_value_without_a_key(struct orch__json_writer *w)
{
	orch__json_write_object(w);
	orch__json_write_i64(w, 1);
	orch__json_write_end(w);
}

static void a_key_in_an_array(struct orch__json_writer *w)
{
	orch__json_write_array(w);
	orch__json_write_key(w, "k");
	orch__json_write_end(w);
}

static void two_keys(struct orch__json_writer *w)
{
	orch__json_write_object(w);
	orch__json_write_key(w, "a");
	orch__json_write_key(w, "b");
	orch__json_write_null(w);
	orch__json_write_end(w);
}

static void two_documents(struct orch__json_writer *w)
{
	orch__json_write_null(w);
	orch__json_write_null(w);
}

static void bad_utf8(struct orch__json_writer *w)
{
	orch__json_write_str(w, "\xED\xA0\x80");
}

static void bad_key(struct orch__json_writer *w)
{
	orch__json_write_object(w);
	orch__json_write_key(w, "\xC0\x80");
	orch__json_write_null(w);
	orch__json_write_end(w);
}

static void what_is_no_document_is_refused(void **state)
{
	void (*const bad[])(struct orch__json_writer *) = { write_nothing, end_too_often,
		end_too_rarely, end_behind_a_key, a_value_without_a_key, a_key_in_an_array,
		two_keys, two_documents, bad_utf8, bad_key };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct orch__buf out = ORCH__BUF_INIT(1000);
		struct orch__json_writer w;

		orch__json_write_start(&w, &out);
		bad[i](&w);
		assert_int_equal(orch__json_write_finish(&w), ORCH_E_INVALID);
		assert_int_equal(out.len, 0);
		assert_true(complaint[0] != '\0');
		orch__buf_dispose(&out);
	}
}

static void nesting_has_a_limit_when_writing(void **state)
{
	(void)state;
	for (int depth = 64; depth <= 65; depth++) {
		struct orch__buf out = ORCH__BUF_INIT(1000);
		struct orch__json_writer w;

		orch__json_write_start(&w, &out);
		for (int i = 0; i < depth; i++)
			orch__json_write_array(&w);
		for (int i = 0; i < depth; i++)
			orch__json_write_end(&w);
		assert_int_equal(
			orch__json_write_finish(&w), depth > 64 ? ORCH_E_TOO_LARGE : ORCH_OK);
		orch__buf_dispose(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_struct_two_dialects),
		cmocka_unit_test(unset_is_left_out_and_zero_is_not),
		cmocka_unit_test(strings_are_escaped_and_must_be_utf8),
		cmocka_unit_test(numbers_that_are_none_are_refused),
		cmocka_unit_test(a_value_without_a_spelling_names_its_row),
		cmocka_unit_test(the_buffer_limit_holds),
		cmocka_unit_test(a_failed_document_leaves_the_buffer_as_it_was),
		cmocka_unit_test(raw_text_is_written_as_it_stands_and_checked),
		cmocka_unit_test(pointers_to_structs_are_a_list_as_well),
		cmocka_unit_test(small_documents_are_written_by_hand),
		cmocka_unit_test(what_is_no_document_is_refused),
		cmocka_unit_test(nesting_has_a_limit_when_writing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
