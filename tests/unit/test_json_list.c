/* SPDX-License-Identifier: MIT */
/* Lists and streams item by item, with and without the filter in front. */
#include "support/json_fixture.h"

#include <stdio.h>

#include "json/list.h"

/* ---- what was read, as text ------------------------------------------------------- */

struct envelope {
	const char *version, *more;
};

static const struct envelope envelope_blank;

/* clang-format off */
ORCH__J_LOCAL_TABLE(envelope_table, envelope_blank,
	ORCH__J_LITERAL("kind", "AppList"),
	ORCH__J_STR("metadata.resourceVersion", struct envelope, version, 0),
	ORCH__J_STR("metadata.continue", struct envelope, more, 0));
/* clang-format on */

enum source { MEMBER, DOCUMENT, STREAM };

struct reading {
	orch_status status;
	size_t items;
	char text[2000], message[512];
};

static orch_status open_source(enum source source, bool strict, struct orch__json_list **out)
{
	const struct orch__json_list_options o = { .strict = strict };

	if (source == STREAM)
		return orch__json_stream_open(&swarm_app, &o, out);
	return orch__json_list_open(&swarm_app, source == MEMBER ? "items" : "",
		source == MEMBER ? &envelope_table : NULL, &o, out);
}

static void note(struct reading *r, const char *text)
{
	size_t n = strlen(r->text);

	snprintf(r->text + n, sizeof r->text - n, "%s", text);
}

static orch_status drain(struct orch__json_list *l, struct reading *r)
{
	for (;;) {
		struct orch__arena a = { 0 };
		bool got = false;
		struct app app;
		orch_status st = orch__json_list_next(l, &a, &app, &got);

		if (st == ORCH_OK && got) {
			char *text = encode(&swarm_app, &app);

			r->items++;
			note(r, text);
			note(r, "\n");
			orch__free(text);
		}
		orch__arena_dispose(&a);
		if (st < 0 || !got)
			return st;
	}
}

/* In two pieces, each of them an allocation of its own. */
static struct reading read_cut(enum source source, bool strict, const char *json, size_t cut)
{
	struct reading r = { ORCH_OK, 0, "", "" };
	struct envelope e = { "?", "?" };
	const size_t len = strlen(json), sizes[] = { cut, len - cut };
	struct orch__arena a = { 0 };
	struct orch__json_list *l;
	size_t at = 0;

	assert_int_equal(open_source(source, strict, &l), ORCH_OK);
	for (size_t i = 0; i < 2 && r.status == ORCH_OK; at += sizes[i++]) {
		char *piece = malloc(sizes[i] + 1);

		memcpy(piece, json + at, sizes[i]);
		if (cut % 2)
			r.status = orch__json_list_lend(l, piece, sizes[i]);
		else
			r.status = orch__json_list_feed(l, piece, sizes[i]);
		if (r.status == ORCH_OK)
			r.status = drain(l, &r);
		free(piece);
	}
	if (r.status == ORCH_OK)
		r.status = orch__json_list_finish(l, &a, source == MEMBER ? &e : NULL);
	snprintf(r.message, sizeof r.message, "%s", complaint);
	if (r.status == ORCH_OK && source == MEMBER) {
		note(&r, e.version ? e.version : "-");
		note(&r, e.more ? e.more : "-");
	}
	orch__json_list_close(l);
	orch__arena_dispose(&a);
	return r;
}

static void expect_text(enum source source, const char *json, const char *text)
{
	for (int strict = 0; strict <= 1; strict++)
		for (size_t cut = 0; cut <= strlen(json); cut++) {
			struct reading r = read_cut(source, strict, json, cut);

			if (r.status)
				fail_msg("cut at %zu, strict %d: %s", cut, strict, r.message);
			assert_string_equal(r.text, text);
		}
}

static void expect_error(enum source source, bool strict, const char *json, size_t items,
	orch_status status, const char *message)
{
	for (size_t cut = 0; cut <= strlen(json); cut++) {
		struct reading r = read_cut(source, strict, json, cut);

		assert_int_equal(r.status, status);
		assert_int_equal(r.items, items);
		assert_string_equal(r.message, message);
	}
}

static void expect_refused(enum source source, const char *json, size_t items, const char *message)
{
	for (int strict = 0; strict <= 1; strict++)
		expect_error(source, strict, json, items, ORCH_E_PROTOCOL, message);
}

/* ---- lists -------------------------------------------------------------------------- */

#define A "{\"Name\":\"a\"}"
#define B "{\"Name\":\"b\",\"Mode\":{\"Replicated\":{\"Replicas\":2}}}"

static void items_and_what_is_beside_them(void **state)
{
	(void)state;
	expect_text(MEMBER,
		"{\"kind\":\"AppList\",\"metadata\":{\"resourceVersion\":\"12\",\"x\":[]},"
		"\"items\":[" A "," B "]}",
		A "\n" B "\n12-");
	expect_text(MEMBER,
		" { \"items\" : [ null , " A " , null ] , \"x\":[{\"items\":[7]}], "
		"\"metadata\":{\"continue\":\"c\"} } \n",
		A "\n-c");
	expect_text(DOCUMENT, "[" A "," B "]", A "\n" B "\n");
	expect_text(DOCUMENT, "\n[\t]\r ", "");
}

static void null_is_an_empty_list(void **state)
{
	(void)state;
	expect_text(MEMBER, "{\"items\":null,\"metadata\":{\"continue\":\"c\"}}", "-c");
	expect_text(MEMBER, "{ \"items\" : null }", "--");
	expect_text(DOCUMENT, "null", "");
	expect_text(DOCUMENT, " null ", "");
	expect_refused(DOCUMENT, "nul", 0, "byte 3: the document is cut off");
	expect_refused(DOCUMENT, "nulL", 0, "byte 3: unexpected character");
	expect_refused(DOCUMENT, "[nulL]", 0, "byte 4: unexpected character");
}

static void unknown_members_of_any_kind_are_passed_over(void **state)
{
	(void)state;
	expect_text(DOCUMENT,
		"[{\"managedFields\":[{\"f\":\"}],\\\"\"},[]],\"x\":{\"y\":{}},\"\":\"\\\\\","
		"\"Name\":\"a\",\"n\":-1.5e3,\"t\":true,\"Name.x\":null}]",
		A "\n");
	expect_text(DOCUMENT, "[{\"x\":1,\"Name\":\"a\",\"y\":[]}]", A "\n");
}

static void keys_may_have_escapes(void **state)
{
	(void)state;
	expect_text(DOCUMENT,
		"[{\"N\\u0061me\":\"a\",\"\\u004d\\u006fde\":{\"Replic\\u0061ted\":{\"Replicas\":1,"
		"\"Repl\\/icas\":5,\"\\ud83d\\ude00\":1,\"Replicas\\u0000\":6,\"\\\"\":7}}}]",
		"{\"Name\":\"a\",\"Mode\":{\"Replicated\":{\"Replicas\":1}}}\n");
	expect_text(MEMBER, "{\"it\\u0065ms\":[" A "]}", A "\n--");
}

/* Nobody reads such a member; strict, it is damage. */
static void keys_with_broken_escapes_are_nobodys(void **state)
{
	static const char *const keys[] = { "\\u00g4ame", "\\u4eame", "\\q", "\\u004",
		"N\\u0061m\\u00", "\\u004\xC3\xA9me", "Nam\\u0O65" };

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		char json[100];

		snprintf(json, sizeof json, "[{\"Name\":\"a\",\"%s\":\"b\"}]", keys[i]);
		for (size_t cut = 0; cut <= strlen(json); cut++) {
			assert_string_equal(read_cut(DOCUMENT, false, json, cut).text, A "\n");
			assert_int_equal(
				read_cut(DOCUMENT, true, json, cut).status, ORCH_E_PROTOCOL);
		}
	}
}

static void long_keys_are_nobodys(void **state)
{
	char json[1000];
	char key[400];

	(void)state;
	memset(key, 'k', sizeof key - 1);
	key[sizeof key - 1] = '\0';
	snprintf(json, sizeof json, "[{\"%s\":1,\"Name\":\"a\",\"%s\\\\\":{}}]", key, key);
	expect_text(DOCUMENT, json, A "\n");
}

static void lists_within_items_are_read_as_elsewhere(void **state)
{
	static const char item[] =
		"{\"Name\":\"a\",\"Labels\":{\"k\":\"v\"},\"TaskTemplate\":{\"ContainerSpec\":{"
		"\"Args\":[\"x\",\"\"],\"Env\":[\"A=1\",\"B\"],\"Mounts\":[{\"Source\":\"s\","
		"\"Target\":"
		"\"/t\"}],\"Privileges\":{ \"r\" : [1] },\"Healthcheck\":{\"Retries\":3}}},"
		"\"EndpointSpec\":{\"Ports\":[{\"TargetPort\":80},{\"TargetPort\":81,\"Protocol\":"
		"\"udp\"}]}}";
	char json[1000], text[1000];

	(void)state;
	snprintf(json, sizeof json, "[%s,%s]", item, item);
	snprintf(text, sizeof text, "%s\n%s\n", item, item);
	expect_text(DOCUMENT, json, text);
}

/* ---- streams ------------------------------------------------------------------------- */

static void documents_follow_each_other(void **state)
{
	(void)state;
	expect_text(STREAM, A "\n" B "\n", A "\n" B "\n");
	expect_text(STREAM, A B " \r\n" A, A "\n" B "\n" A "\n");
	expect_text(STREAM, "", "");
	expect_text(STREAM, " \n\n", "");
}

static void an_item_is_there_with_its_last_brace(void **state)
{
	struct reading r = { ORCH_OK, 0, "", "" };
	struct orch__json_list *l;

	(void)state;
	assert_int_equal(open_source(STREAM, false, &l), ORCH_OK);
	assert_int_equal(orch__json_list_feed(l, A, strlen(A) - 1), ORCH_OK);
	assert_int_equal(drain(l, &r), ORCH_OK);
	assert_int_equal(r.items, 0);
	assert_int_equal(orch__json_list_feed(l, "}", 1), ORCH_OK);
	assert_int_equal(drain(l, &r), ORCH_OK);
	assert_int_equal(r.items, 1);
	orch__json_list_close(l);
	orch__json_list_close(NULL);
}

static void expect_raw(enum source source, bool strict, const char *json, size_t step)
{
	static const char *const raw[] = { "{ \"x\":[1] , \"Name\":\"a\" }", B };
	const struct orch__json_list_options o = { strict, true, { 0 } };
	const size_t size = strlen(json);
	struct orch__arena a = { 0 };
	struct orch__json_list *l;
	size_t n = 0, len;
	struct app app;
	bool got;

	if (source == STREAM)
		assert_int_equal(orch__json_stream_open(&swarm_app, &o, &l), ORCH_OK);
	else
		assert_int_equal(orch__json_list_open(&swarm_app, "items", NULL, &o, &l), ORCH_OK);
	for (size_t at = 0; at < size; at += step) {
		const size_t rest = size - at;

		assert_int_equal(
			orch__json_list_feed(l, json + at, rest < step ? rest : step), ORCH_OK);
		while (orch__json_list_next(l, &a, &app, &got) == ORCH_OK && got) {
			assert_string_equal(orch__json_list_raw(l, &len), raw[n]);
			assert_int_equal(len, strlen(raw[n++]));
		}
	}
	assert_int_equal(n, 2);
	assert_int_equal(orch__json_list_finish(l, &a, NULL), ORCH_OK);
	orch__json_list_close(l);
	orch__arena_dispose(&a);
}

static void the_text_of_an_item_can_be_kept(void **state)
{
	static const char list[] =
		" { \"items\" : [ null , { \"x\":[1] , \"Name\":\"a\" } ," B ", null]}";
	static const char stream[] = " { \"x\":[1] , \"Name\":\"a\" }\n" B " ";

	(void)state;
	for (size_t step = 1; step <= sizeof list; step++)
		for (int strict = 0; strict <= 1; strict++) {
			expect_raw(MEMBER, strict, list, step);
			expect_raw(STREAM, strict, stream, step);
		}
}

/* ---- errors -------------------------------------------------------------------------- */

static void what_is_no_list_is_refused(void **state)
{
	(void)state;
	expect_refused(DOCUMENT, "{}", 0, "byte 0: the list of items is none");
	expect_refused(DOCUMENT, "7", 0, "byte 0: the list of items is none");
	expect_refused(DOCUMENT, "", 0, "byte 0: the document is cut off");
	expect_refused(DOCUMENT, "[" A "]]", 1, "byte 14: text behind the document");
	expect_refused(DOCUMENT, "[]\"", 0, "byte 2: text behind the document");
	expect_refused(DOCUMENT, "[" A ",]", 1, "byte 14: unexpected character");
	expect_refused(DOCUMENT, "[,]", 0, "byte 1: unexpected character");
	expect_refused(DOCUMENT, "[" A "}", 1, "byte 13: unexpected character");
	expect_refused(DOCUMENT, "[" A " " A "]", 1, "byte 14: unexpected character");
	expect_refused(DOCUMENT, "[\f]", 0, "byte 1: unexpected character");
	expect_refused(DOCUMENT, "[7]", 0, "[0] is not an object (byte 1)");
	expect_refused(MEMBER, "{\"items\":[" A ",[]]}", 1, "items[1] is not an object (byte 23)");
	expect_refused(MEMBER, "{\"items\":{}}", 0, "byte 9: the list of items is none");
	expect_refused(MEMBER, "{\"items\":\"x\"}", 0, "byte 9: the list of items is none");
	expect_refused(MEMBER, "{\"items\":[],\"items\":[]}", 0, "byte 20: a second list of items");
	expect_refused(MEMBER, "{\"kind\":\"AppList\"}", 0, "items: missing");
	expect_refused(MEMBER, "[]", 0, "byte 0: document is not an object");
	expect_refused(MEMBER, "{\"items\":[]", 0, "byte 11: the document is cut off");
	expect_refused(MEMBER, "{\"items\":[" A, 1, "byte 22: the document is cut off");
	expect_refused(STREAM, A "\n[]", 1, "byte 13: document is not an object");
	expect_refused(STREAM, A "\n{\"Name", 1, "byte 19: the document is cut off");
}

static void an_item_that_does_not_fit_is_named(void **state)
{
	(void)state;
	expect_refused(MEMBER, "{\"items\":[" A ",{\"Name\":7}," B "]}", 1,
		"items[1], from byte 23: Name: unexpected number");
	expect_refused(DOCUMENT,
		"[{\"Name\":\"a\",\"EndpointSpec\":{\"Ports\":[{},{\"Protocol\":true}]}}]", 0,
		"[0], from byte 1: EndpointSpec.Ports[1].Protocol: unexpected boolean");
	expect_refused(STREAM, "{}", 0, "[0], from byte 0: Name: missing");
	expect_refused(DOCUMENT, "[{\"Name\":\"\\ud800\"}]", 0,
		"[0], from byte 1: unpaired surrogate escape in Name");
	expect_refused(DOCUMENT, "[{\"Name\":\"\xC0\x80\"}]", 0,
		"[0], from byte 1: invalid UTF-8 in Name");
	expect_refused(DOCUMENT, "[{\"Name\":tru}]", 0,
		"[0], from byte 1: lexical error: invalid string in json text. in Name");
}

static void what_is_beside_the_items_is_checked_at_the_end(void **state)
{
	(void)state;
	expect_refused(MEMBER, "{\"items\":[" A "],\"kind\":\"Status\"}", 1,
		"beside the items: kind: expected AppList");
	expect_error(MEMBER, true, "{\"items\":[" A "],\"x\":tru}", 1, ORCH_E_PROTOCOL,
		"beside the items: lexical error: invalid string in json text.");
}

static void strict_finds_damage_in_what_nobody_reads(void **state)
{
	static const struct {
		const char *json, *message;
	} rows[] = {
		{ "[{\"Name\":\"a\",\"x\":tru}]",
			"[0], from byte 1: lexical error: invalid string in json text." },
		{ "[{\"Name\":\"a\",\"x\":{\"y\":[1,]}}]",
			"[0], from byte 1: parse error: unallowed token at this point in JSON "
			"text" },
		{ "[{\"Name\":\"a\",\"x\":\"\xFF\"}]", "[0], from byte 1: invalid UTF-8" },
		{ "[{\"Name\":\"a\",\"x\":[{]}}]",
			"[0], from byte 1: parse error: invalid object key (must be a string)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(read_cut(DOCUMENT, false, rows[i].json, 0).status, ORCH_OK);
		expect_error(DOCUMENT, true, rows[i].json, 0, ORCH_E_PROTOCOL, rows[i].message);
	}
}

static void a_failure_is_final(void **state)
{
	struct orch__json_list *l;
	struct orch__arena a = { 0 };
	struct app app = { .replicas = 77 };
	bool got = true;

	(void)state;
	assert_int_equal(open_source(DOCUMENT, false, &l), ORCH_OK);
	assert_int_equal(orch__json_list_feed(l, "[x", 2), ORCH_OK);
	assert_int_equal(orch__json_list_next(l, &a, &app, &got), ORCH_E_PROTOCOL);
	assert_int_equal(orch__json_list_feed(l, "[]", 2), ORCH_E_PROTOCOL);
	assert_int_equal(orch__json_list_next(l, &a, &app, &got), ORCH_E_PROTOCOL);
	assert_int_equal(orch__json_list_finish(l, &a, NULL), ORCH_E_PROTOCOL);
	assert_string_equal(complaint, "[0] is not an object (byte 1)");
	assert_true(got);
	assert_int_equal(app.replicas, 77);
	orch__json_list_close(l);
	orch__arena_dispose(&a);
}

static void text_may_be_fed_and_lent_before_anything_is_read(void **state)
{
	struct reading r = { ORCH_OK, 0, "", "" };
	struct orch__json_list *l;
	char piece[] = "{\"Name\":\"b";

	(void)state;
	assert_int_equal(open_source(STREAM, false, &l), ORCH_OK);
	assert_int_equal(orch__json_list_feed(l, A, strlen(A)), ORCH_OK);
	assert_int_equal(orch__json_list_lend(l, A, strlen(A)), ORCH_OK);
	assert_int_equal(orch__json_list_feed(l, A, strlen(A)), ORCH_OK);
	assert_int_equal(drain(l, &r), ORCH_OK);
	assert_int_equal(orch__json_list_lend(l, piece, strlen(piece)), ORCH_OK);
	assert_int_equal(orch__json_list_feed(l, "\"}", 2), ORCH_OK);
	memset(piece, 'x', strlen(piece));
	assert_int_equal(drain(l, &r), ORCH_OK);
	assert_string_equal(r.text, A "\n" A "\n" A "\n{\"Name\":\"b\"}\n");
	orch__json_list_close(l);
}

static void finishing_before_the_end_is_a_mistake(void **state)
{
	struct orch__json_list *l;
	struct orch__arena a = { 0 };

	(void)state;
	assert_int_equal(open_source(DOCUMENT, false, &l), ORCH_OK);
	assert_int_equal(orch__json_list_feed(l, "[" A "]", strlen(A) + 2), ORCH_OK);
	assert_int_equal(orch__json_list_finish(l, &a, NULL), ORCH_E_INVALID);
	orch__json_list_close(l);
}

/* ---- limits -------------------------------------------------------------------------- */

static void put_brackets(char *json, size_t depth, size_t *len)
{
	memset(json + *len, '[', depth);
	memset(json + *len + depth, ']', depth);
	*len += 2 * depth;
}

static void nesting_has_a_limit_whether_it_is_read_or_not(void **state)
{
	static const char before[] = "[{\"Name\":\"a\",\"";

	(void)state;
	for (size_t depth = 62; depth <= 63; depth++)
		for (int known = 0; known <= 1; known++)
			for (int strict = 0; strict <= 1; strict++) {
				char json[300];
				size_t len = (size_t)snprintf(json, sizeof json, "%s%s\":", before,
					known ? "TaskTemplate\":{\"ContainerSpec\":{\"Privileges"
					      : "x");
				struct reading r;

				put_brackets(json, known ? depth - 2 : depth, &len);
				strcpy(json + len, known ? "}}}]" : "}]");
				r = read_cut(DOCUMENT, strict, json, len / 2);
				assert_int_equal(r.status, depth > 62 ? ORCH_E_TOO_LARGE : ORCH_OK);
			}
}

static void sizes_have_limits(void **state)
{
	const struct orch__json_list_options o = { .limits = { .document = 100, .token = 10 } };
	char json[400] = "[{\"Name\":\"a\",\"Labels\":{";
	struct orch__arena a = { 0 };
	struct orch__json_list *l;
	struct app app;
	bool got;

	(void)state;
	for (int i = 0; i < 20; i++)
		strcat(json, "\"k\":\"v\",");
	strcat(json, "\"k\":\"v\"}}]");
	assert_int_equal(orch__json_list_open(&swarm_app, NULL, NULL, &o, &l), ORCH_OK);
	assert_int_equal(orch__json_list_feed(l, json, 100), ORCH_OK);
	assert_int_equal(orch__json_list_next(l, &a, &app, &got), ORCH_OK);
	assert_int_equal(orch__json_list_feed(l, json + 100, 50), ORCH_OK);
	assert_int_equal(orch__json_list_next(l, &a, &app, &got), ORCH_E_TOO_LARGE);
	orch__json_list_close(l);

	assert_int_equal(orch__json_list_open(&swarm_app, NULL, NULL, &o, &l), ORCH_OK);
	assert_int_equal(orch__json_list_feed(l, json, 101), ORCH_E_TOO_LARGE);
	orch__json_list_close(l);

	assert_int_equal(orch__json_list_open(&swarm_app, NULL, NULL, &o, &l), ORCH_OK);
	assert_int_equal(orch__json_list_feed(l, "[{\"Name\":\"0123456789a\"}]", 24), ORCH_OK);
	assert_int_equal(orch__json_list_next(l, &a, &app, &got), ORCH_E_TOO_LARGE);
	orch__json_list_close(l);
	orch__arena_dispose(&a);
}

static void an_envelope_must_not_name_the_list(void **state)
{
	struct orch__json_list *l = NULL;

	(void)state;
	assert_int_equal(orch__json_list_open(&swarm_app, "metadata", &envelope_table, NULL, &l),
		ORCH_E_INVALID);
	assert_null(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_and_what_is_beside_them),
		cmocka_unit_test(null_is_an_empty_list),
		cmocka_unit_test(unknown_members_of_any_kind_are_passed_over),
		cmocka_unit_test(keys_may_have_escapes),
		cmocka_unit_test(keys_with_broken_escapes_are_nobodys),
		cmocka_unit_test(long_keys_are_nobodys),
		cmocka_unit_test(lists_within_items_are_read_as_elsewhere),
		cmocka_unit_test(documents_follow_each_other),
		cmocka_unit_test(an_item_is_there_with_its_last_brace),
		cmocka_unit_test(the_text_of_an_item_can_be_kept),
		cmocka_unit_test(what_is_no_list_is_refused),
		cmocka_unit_test(an_item_that_does_not_fit_is_named),
		cmocka_unit_test(what_is_beside_the_items_is_checked_at_the_end),
		cmocka_unit_test(strict_finds_damage_in_what_nobody_reads),
		cmocka_unit_test(a_failure_is_final),
		cmocka_unit_test(text_may_be_fed_and_lent_before_anything_is_read),
		cmocka_unit_test(finishing_before_the_end_is_a_mistake),
		cmocka_unit_test(nesting_has_a_limit_whether_it_is_read_or_not),
		cmocka_unit_test(sizes_have_limits),
		cmocka_unit_test(an_envelope_must_not_name_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
