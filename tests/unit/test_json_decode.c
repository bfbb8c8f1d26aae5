/* SPDX-License-Identifier: MIT */
#include "support/json_fixture.h"

#include <stdio.h>

static void tables_are_well_formed(void **state)
{
	(void)state;
	assert_null(orch__json_table_check(&kube_app));
	assert_null(orch__json_table_check(&swarm_app));
	assert_null(orch__json_table_check(&swarm_version));
}

static void the_check_finds_bad_tables(void **state)
{
	static const struct {
		const char *name;
	} small;
	/* clang-format off */
	ORCH__J_TABLE(split, app_blank,
		ORCH__J_STR("a.x", struct app, name, 0),
		ORCH__J_STR("b", struct app, image, 0),
		ORCH__J_I64("a.y", struct app, replicas, 0));
	ORCH__J_TABLE(twice, app_blank,
		ORCH__J_STR("a", struct app, name, 0),
		ORCH__J_STR("a", struct app, image, 0));
	ORCH__J_TABLE(leaf_and_group, app_blank,
		ORCH__J_STR("a", struct app, name, 0),
		ORCH__J_STR("a.b", struct app, image, 0));
	ORCH__J_TABLE(second, app_blank,
		ORCH__J_STR("a.[1]", struct app, name, 0));
	ORCH__J_TABLE(mixed, app_blank,
		ORCH__J_STR("a.[0].b", struct app, name, 0),
		ORCH__J_STR("a.c", struct app, image, 0));
	ORCH__J_TABLE(no_scalar, app_blank,
		ORCH__J_SCALAR("a", struct app, ready, 0, NULL));
	ORCH__J_TABLE(other_struct, app_blank,
		ORCH__J_OBJ("a", struct app, health, 0, &swarm_version));
	ORCH__J_TABLE(other_element, app_blank,
		ORCH__J_PTRVEC("a", struct app, mounts, 0, &swarm_version));
	ORCH__J_TABLE(key_on_a_list, app_blank,
		ORCH__J_MAP("a", struct app, labels, ORCH__J_KEY));
	ORCH__J_TABLE(raw_without_key, app_blank,
		ORCH__J_RAW("a.[0]", struct app, name, 0));
	ORCH__J_TABLE(array_document, app_blank,
		ORCH__J_STR("[0].a", struct app, name, 0));
	ORCH__J_TABLE(small_struct, small,
		ORCH__J_I64("a", struct app, replicas, 0));
	/* clang-format on */

	(void)state;
	assert_string_equal(orch__json_table_check(&split), "a.y");
	assert_string_equal(orch__json_table_check(&twice), "a");
	assert_string_equal(orch__json_table_check(&leaf_and_group), "a.b");
	assert_string_equal(orch__json_table_check(&second), "a.[1]");
	assert_string_equal(orch__json_table_check(&mixed), "a.c");
	assert_string_equal(orch__json_table_check(&no_scalar), "a");
	assert_string_equal(orch__json_table_check(&other_struct), "a");
	assert_string_equal(orch__json_table_check(&other_element), "a");
	assert_string_equal(orch__json_table_check(&key_on_a_list), "a");
	assert_string_equal(orch__json_table_check(&raw_without_key), "a.[0]");
	assert_string_equal(orch__json_table_check(&array_document), "[0].a");
	assert_string_equal(orch__json_table_check(&small_struct), "a");
}

static void tables_have_a_size_that_can_be_handled(void **state)
{
	static struct orch__json_row rows[129], within[17];
	static char names[129][8];
	const struct orch__json_table wide = { "wide", &app_blank, sizeof app_blank, 129, rows };
	struct orch__json_table nested[17];

	(void)state;
	for (int i = 0; i < 129; i++) {
		snprintf(names[i], sizeof names[i], "n%d", i);
		rows[i] = (struct orch__json_row)ORCH__J_STR(names[i], struct app, name, 0);
	}
	assert_string_equal(orch__json_table_check(&wide), "wide");
	for (int i = 0; i < 17; i++) {
		nested[i] = (struct orch__json_table){ names[i], &app_blank, sizeof app_blank, 1,
			&within[i] };
		within[i] = (struct orch__json_row)ORCH__J_STR("x", struct app, name, 0);
		if (i == 0)
			continue;
		within[i] = (struct orch__json_row){ .path = "x",
			.aux.table = &nested[i - 1],
			.elem = sizeof app_blank,
			.kind = ORCH__K_OBJ };
	}
	assert_null(orch__json_table_check(&nested[15]));
	assert_string_equal(orch__json_table_check(&nested[16]), "x");
}

/* A path may be longer than a message: it is cut, and nothing else. */
static void long_paths_are_cut(void **state)
{
#define LONG "a-segment-of-sixty-bytes-which-is-about-as-long-as-there-can-be."
	/* clang-format off */
	ORCH__J_TABLE(deep, app_blank,
		ORCH__J_I64(LONG LONG LONG LONG LONG LONG "x", struct app, replicas, 0));
	/* clang-format on */
	static const char open[] =
		"\"a-segment-of-sixty-bytes-which-is-about-as-long-as-there-can-be\":{";
	char json[1000] = "{";
	struct orch__arena a = { 0 };
	struct app app;

	(void)state;
	assert_null(orch__json_table_check(&deep));
	for (int i = 0; i < 6; i++)
		strcat(json, open);
	strcat(json, "\"x\":true}}}}}}}");
	assert_int_equal(decode(&deep, &a, json, &app), ORCH_E_PROTOCOL);
	assert_non_null(strstr(complaint, "a-segment-of-sixty"));
	assert_non_null(strstr(complaint, ": unexpected boolean (byte "));
	orch__arena_dispose(&a);
}

static void reads_a_document(void **state)
{
	struct orch__arena a = { 0 };
	struct app app;

	(void)state;
	assert_int_equal(decode(&kube_app, &a, kube_doc, &app), ORCH_OK);
	assert_int_equal(app.struct_size, sizeof app);
	assert_string_equal(app.name, "web");
	assert_string_equal(app.version, "812");
	assert_string_equal(app.image, "nginx:1");
	assert_int_equal(app.replicas, 3);
	assert_int_equal(app.cpu_milli, 500);
	assert_int_equal(app.ready, 2);
	assert_true(app.read_only == ORCH_UNSET);
	assert_int_equal(app.env.count, 2);
	assert_string_equal(app.env.items[0].value, "x=y");
	assert_string_equal(app.env.items[1].value, "");
	assert_int_equal(app.ports.items[0].target, 80);
	assert_int_equal(app.health->period_ms, 10000);
	assert_string_equal(app.health->command.items[0], "true");
	assert_null(app.args.items);
	orch__arena_dispose(&a);
}

static void a_bare_variable_is_not_an_empty_one(void **state)
{
	struct orch__arena a = { 0 };
	struct app app;

	(void)state;
	assert_int_equal(decode(&swarm_app, &a,
				 "{\"Name\":\"n\",\"TaskTemplate\":{\"ContainerSpec\":{\"Env\":["
				 "\"A\",\"B=\",\"C==\"]}}}",
				 &app),
		ORCH_OK);
	assert_null(app.env.items[0].value);
	assert_string_equal(app.env.items[1].value, "");
	assert_string_equal(app.env.items[2].value, "=");
	orch__arena_dispose(&a);
}

static void the_last_of_repeated_keys_wins(void **state)
{
	struct orch__arena a = { 0 };
	struct app app;

	(void)state;
	assert_int_equal(decode(&swarm_app, &a,
				 "{\"Name\":\"a\",\"Name\":\"b\",\"Labels\":{\"x\":\"1\",\"y\":"
				 "\"2\"},\"Labels\":{\"z\":\"3\"},"
				 "\"Mode\":{\"Replicated\":{\"Replicas\":1}},\"Mode\":{"
				 "\"Replicated\":null}}",
				 &app),
		ORCH_OK);
	assert_string_equal(app.name, "b");
	assert_int_equal(app.labels.count, 1);
	assert_string_equal(app.labels.items[0].key, "z");
	assert_int_equal(app.replicas, 1);
	orch__arena_dispose(&a);
}

static void versions_keep_all_their_digits(void **state)
{
	struct orch__arena a = { 0 };
	struct app app;
	char *text;

	(void)state;
	assert_int_equal(
		decode(&swarm_version, &a, "{\"Version\":{\"Index\":18446744073709551615}}", &app),
		ORCH_OK);
	assert_string_equal(app.version, "18446744073709551615");
	text = encode(&swarm_version, &app);
	assert_string_equal(text, "{\"Version\":{\"Index\":18446744073709551615}}");
	orch__free(text);
	orch__arena_dispose(&a);
}

static void a_part_that_is_named_twice_is_one_part(void **state)
{
	struct orch__arena a = { 0 };
	struct app app;

	(void)state;
	assert_int_equal(
		decode(&swarm_app, &a,
			"{\"Name\":\"n\",\"TaskTemplate\":{\"ContainerSpec\":{\"Healthcheck\":"
			"{\"Retries\":3}}},\"TaskTemplate\":{\"ContainerSpec\":{\"Healthcheck\":"
			"{\"Test\":[\"x\"]}}}}",
			&app),
		ORCH_OK);
	assert_int_equal(app.health->retries, 3);
	assert_string_equal(app.health->command.items[0], "x");
	orch__arena_dispose(&a);
}

static void only_the_first_element_counts(void **state)
{
	struct orch__arena a = { 0 };
	struct app app;

	(void)state;
	assert_int_equal(
		decode(&kube_app, &a,
			"{\"metadata\":{\"name\":\"n\"},\"spec\":{\"template\":{\"spec\":{"
			"\"containers\":[{\"image\":\"a\",\"resources\":{}},{\"image\":\"b\","
			"\"limits\":{\"cpu\":\"9\"}},[],null,7]}}}}",
			&app),
		ORCH_OK);
	assert_string_equal(app.image, "a");
	assert_true(app.cpu_milli == ORCH_UNSET);
	orch__arena_dispose(&a);
}

static void a_key_with_a_dot_is_no_path(void **state)
{
	struct orch__arena a = { 0 };
	struct app app;

	(void)state;
	assert_int_equal(
		decode(&swarm_app, &a,
			"{\"Name\":\"n\",\"Mode.Replicated.Replicas\":5,\"Mode\":{\"[0]\":1,"
			"\"Replicated.Replicas\":6,\"\":7}}",
			&app),
		ORCH_OK);
	assert_true(app.replicas == ORCH_UNSET);
	orch__arena_dispose(&a);
}

#define PRIVILEGES(x) "{\"Name\":\"n\",\"TaskTemplate\":{\"ContainerSpec\":{\"Privileges\"" x "}}}"

static void raw_text_is_kept_as_it_stood(void **state)
{
	static const struct {
		const char *json, *raw;
	} rows[] = {
		{ PRIVILEGES(":{}"), "{}" },
		{ PRIVILEGES(" : [1, {\"a\":\"\\/\\u0000]\"}]"), "[1, {\"a\":\"\\/\\u0000]\"}]" },
		{ PRIVILEGES("\n:\n\"\\\"\xC3\xA9\" "), "\"\\\"\xC3\xA9\"" },
		{ PRIVILEGES(":-1.50e+400"), "-1.50e+400" },
		{ PRIVILEGES(": true , \"Image\":\"x\""), "true" },
		{ PRIVILEGES(":null"), NULL },
		{ PRIVILEGES(":1,\"Privileges\":[2]"), "[2]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len = strlen(rows[i].json);

		for (size_t cut = 0; cut <= len; cut++) {
			struct orch__arena a = { 0 };
			struct orch__json_reader *r;
			struct app app;

			assert_int_equal(orch__json_reader_open(&swarm_app, &a, NULL, &r), ORCH_OK);
			assert_int_equal(orch__json_reader_feed(r, rows[i].json, cut), ORCH_OK);
			assert_int_equal(
				orch__json_reader_feed(r, rows[i].json + cut, len - cut), ORCH_OK);
			assert_int_equal(orch__json_reader_finish(r, &app), ORCH_OK);
			if (rows[i].raw)
				assert_string_equal(app.driver, rows[i].raw);
			else
				assert_null(app.driver);
			orch__json_reader_dispose(r);
			orch__arena_dispose(&a);
		}
	}
}

static void pointers_to_structs_are_a_list_as_well(void **state)
{
	struct orch__arena a = { 0 };
	struct app app;

	(void)state;
	assert_int_equal(
		decode(&swarm_app, &a,
			"{\"Name\":\"n\",\"TaskTemplate\":{\"ContainerSpec\":{\"Mounts\":[null,"
			"{\"Target\":\"/a\"},{\"Target\":\"/b\",\"ReadOnly\":true}]}}}",
			&app),
		ORCH_OK);
	assert_int_equal(app.mounts.count, 2);
	assert_string_equal(app.mounts.items[0]->target, "/a");
	assert_true(app.mounts.items[0]->read_only == ORCH_UNSET);
	assert_int_equal(app.mounts.items[1]->read_only, 1);
	assert_int_equal(decode(&swarm_app, &a,
				 "{\"Name\":\"n\",\"TaskTemplate\":{\"ContainerSpec\":{\"Mounts\":["
				 "{\"Target\":\"/a\"},{}]}}}",
				 &app),
		ORCH_E_PROTOCOL);
	assert_non_null(strstr(complaint, "TaskTemplate.ContainerSpec.Mounts[1].Target: missing"));
	orch__arena_dispose(&a);
}

static void pieces_make_no_difference(void **state)
{
	size_t len = strlen(kube_doc);
	struct orch__arena a = { 0 };
	struct app want;
	char *expected;

	(void)state;
	assert_int_equal(decode(&kube_app, &a, kube_doc, &want), ORCH_OK);
	expected = encode(&kube_app, &want);
	for (size_t step = 1; step <= 64; step++) {
		struct orch__json_reader *r;
		struct app app;
		char *text;

		assert_int_equal(orch__json_reader_open(&kube_app, &a, NULL, &r), ORCH_OK);
		for (size_t at = 0; at < len; at += step)
			assert_int_equal(orch__json_reader_feed(r, kube_doc + at,
						 len - at < step ? len - at : step),
				ORCH_OK);
		assert_int_equal(orch__json_reader_finish(r, &app), ORCH_OK);
		text = encode(&kube_app, &app);
		assert_string_equal(text, expected);
		orch__free(text);
		orch__json_reader_dispose(r);
	}
	orch__free(expected);
	orch__arena_dispose(&a);
}

static void a_reader_fails_once_and_for_all(void **state)
{
	struct orch__arena a = { 0 };
	struct orch__json_reader *r;
	struct app app = { .replicas = 77 };

	(void)state;
	assert_int_equal(orch__json_reader_open(&swarm_app, &a, NULL, &r), ORCH_OK);
	assert_int_equal(orch__json_reader_feed(r, "{\"Name\":7}", 10), ORCH_E_PROTOCOL);
	assert_string_equal(complaint, "Name: unexpected number (byte 9)");
	assert_int_equal(orch__json_reader_feed(r, "{}", 2), ORCH_E_PROTOCOL);
	assert_int_equal(orch__json_reader_finish(r, &app), ORCH_E_PROTOCOL);
	assert_string_equal(complaint, "Name: unexpected number (byte 9)");
	assert_int_equal(app.replicas, 77);
	orch__json_reader_dispose(r);
	orch__json_reader_dispose(NULL);
	orch__arena_dispose(&a);
}

static orch_status read_within(const struct orch__json_limits *limits, const char *text)
{
	struct orch__arena a = { 0 };
	struct orch__json_reader *r;
	struct app app;
	orch_status st;

	assert_int_equal(orch__json_reader_open(&swarm_app, &a, limits, &r), ORCH_OK);
	(void)!orch__json_reader_feed(r, text, strlen(text));
	st = orch__json_reader_finish(r, &app);
	orch__json_reader_dispose(r);
	orch__arena_dispose(&a);
	return st;
}

static void limits_hold(void **state)
{
	const struct orch__json_limits depth = { .depth = 3 }, token = { .token = 4 },
				       document = { .document = 20 };

	(void)state;
	assert_int_equal(read_within(&depth, "{\"Name\":\"n\",\"x\":[[1]]}"), ORCH_OK);
	assert_int_equal(read_within(&depth, "{\"Name\":\"n\",\"x\":[[[]]]}"), ORCH_E_TOO_LARGE);
	assert_int_equal(read_within(&token, "{\"Name\":\"1234\"}"), ORCH_OK);
	assert_int_equal(read_within(&token, "{\"Name\":\"12345\"}"), ORCH_E_TOO_LARGE);
	assert_int_equal(read_within(&token, "{\"Name\":\"n\",\"x\":1234}"), ORCH_OK);
	assert_int_equal(read_within(&token, "{\"Name\":\"n\",\"x\":12345}"), ORCH_E_TOO_LARGE);
	assert_int_equal(read_within(&document, "{\"Name\":\"n\"}        "), ORCH_OK);
	assert_int_equal(read_within(&document, "{\"Name\":\"n\"}         "), ORCH_E_TOO_LARGE);
}

#define C0 "spec.template.spec.containers.[0]."
#define IMAGE(x)                                                                                   \
	"{\"metadata\":{\"name\":\"n\"},\"spec\":{\"template\":{\"spec\":{\"containers\":[{" x     \
	"}]}}}}"

static void errors_name_the_path_and_no_value(void **state)
{
	static const struct {
		const char *json;
		orch_status status;
		const char *text;
		/* clang-format off */
	} bad[] = {
		{ "{\"metadata\":{\"name\":7}}", ORCH_E_PROTOCOL, "metadata.name: unexpected number (byte 21)" },
		{ "{\"metadata\":{\"name\":\"a\\u0000b\"}}", ORCH_E_PROTOCOL, "metadata.name: NUL in a string (byte 30)" },
		{ "{\"metadata\":{}}", ORCH_E_PROTOCOL, "metadata.name: missing (byte 15)" },
		{ "{\"metadata\":[]}", ORCH_E_PROTOCOL, "metadata: unexpected array (byte 13)" },
		{ "{\"metadata\":\"secret\"}", ORCH_E_PROTOCOL, "metadata: unexpected string (byte 20)" },
		{ "{\"kind\":\"Status\"}", ORCH_E_PROTOCOL, "kind: expected Deployment (byte 16)" },
		{ "{\"spec\":{\"replicas\":9223372036854775808}}", ORCH_E_PROTOCOL,
		  "spec.replicas: not a 64-bit integer (byte 39)" },
		{ "{\"spec\":{\"replicas\":-9223372036854775808}}", ORCH_E_PROTOCOL,
		  "spec.replicas: not a 64-bit integer (byte 40)" },
		{ "{\"spec\":{\"replicas\":1.0}}", ORCH_E_PROTOCOL, "spec.replicas: not a 64-bit integer (byte 23)" },
		{ "{\"spec\":{\"replicas\":1e3}}", ORCH_E_PROTOCOL, "spec.replicas: not a 64-bit integer (byte 23)" },
		{ "{\"spec\":{\"replicas\":true}}", ORCH_E_PROTOCOL, "spec.replicas: unexpected boolean (byte 24)" },
		{ IMAGE("\"args\":[\"a\",null,7]"), ORCH_E_PROTOCOL, C0 "args[2]: unexpected number (byte 86)" },
		{ IMAGE("\"args\":[[]]"), ORCH_E_PROTOCOL, C0 "args[0]: unexpected array (byte 77)" },
		{ IMAGE("\"args\":{}"), ORCH_E_PROTOCOL, C0 "args: unexpected object (byte 76)" },
		{ IMAGE("\"env\":[{\"name\":\"A\"},{\"name\":true}]"), ORCH_E_PROTOCOL,
		  C0 "env[1].name: unexpected boolean (byte 100)" },
		{ IMAGE("\"env\":[{\"value\":\"secret\"}]"), ORCH_E_PROTOCOL, C0 "env[0].name: missing (byte 93)" },
		{ IMAGE("\"env\":[\"A\"]"), ORCH_E_PROTOCOL, C0 "env[0]: unexpected string (byte 78)" },
		{ IMAGE("\"resources\":{\"limits\":{\"cpu\":\"secret\"}}"), ORCH_E_PROTOCOL,
		  C0 "resources.limits.cpu: not a CPU quantity (byte 105)" },
		{ IMAGE("\"livenessProbe\":{\"periodSeconds\":\"x\"}"), ORCH_E_PROTOCOL,
		  C0 "livenessProbe.periodSeconds: not a number of seconds (byte 104)" },
		{ "[]", ORCH_E_PROTOCOL, "document is not an object" },
		{ "7", ORCH_E_PROTOCOL, "document is not an object" },
		{ "{\"a\":", ORCH_E_PROTOCOL, "byte 5: parse error: premature EOF" },
		{ "{\"a\":tru}", ORCH_E_PROTOCOL, "byte 8: lexical error: invalid string in json text." },
		{ "{\"metadata\":{\"name\":\"n\"}} {}", ORCH_E_PROTOCOL,
		  "byte 27: parse error: trailing garbage" },
		{ "{\"a\":\"\xC0\x80\"}", ORCH_E_PROTOCOL, "byte 6: invalid UTF-8" },
		{ "{\"a\":\"\\ud800\"}", ORCH_E_PROTOCOL, "byte 12: unpaired surrogate escape" },
		{ "{\"a\":\"\\ud800\\u0041\"}", ORCH_E_PROTOCOL, "byte 17: unpaired surrogate escape" },
		{ "{\"a\":\"\\udc00\"}", ORCH_E_PROTOCOL, "byte 11: unpaired surrogate escape" },
		{ "{\f}", ORCH_E_PROTOCOL, "byte 1: control character" },
		{ "", ORCH_E_PROTOCOL, "byte 0: parse error: premature EOF" },
	};
	/* clang-format on */
	struct orch__arena a = { 0 };
	struct app app;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		memset(&app, 0x55, sizeof app);
		assert_int_equal(decode(&kube_app, &a, bad[i].json, &app), bad[i].status);
		assert_string_equal(complaint, bad[i].text);
		assert_null(strstr(complaint, "secret"));
		assert_true(app.replicas == 0x5555555555555555);
	}
	orch__arena_dispose(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_well_formed),
		cmocka_unit_test(the_check_finds_bad_tables),
		cmocka_unit_test(tables_have_a_size_that_can_be_handled),
		cmocka_unit_test(long_paths_are_cut),
		cmocka_unit_test(reads_a_document),
		cmocka_unit_test(a_bare_variable_is_not_an_empty_one),
		cmocka_unit_test(the_last_of_repeated_keys_wins),
		cmocka_unit_test(versions_keep_all_their_digits),
		cmocka_unit_test(errors_name_the_path_and_no_value),
		cmocka_unit_test(a_part_that_is_named_twice_is_one_part),
		cmocka_unit_test(only_the_first_element_counts),
		cmocka_unit_test(a_key_with_a_dot_is_no_path),
		cmocka_unit_test(raw_text_is_kept_as_it_stood),
		cmocka_unit_test(pointers_to_structs_are_a_list_as_well),
		cmocka_unit_test(pieces_make_no_difference),
		cmocka_unit_test(a_reader_fails_once_and_for_all),
		cmocka_unit_test(limits_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
