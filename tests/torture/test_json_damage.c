/* SPDX-License-Identifier: MIT */
/* Documents cut and broken at every byte: no crash, no leak, no half result. */
#include "support/json_fixture.h"

#include "json/list.h"

static const struct port ports[] = { { 80, 81, "tcp" } };
static const struct health health = { .period_ms = 1000, .retries = ORCH_UNSET };

static struct app wanted(void)
{
	struct app app = app_blank;

	app.name = "n";
	app.replicas = 2;
	app.health = &health;
	app.ports.items = ports;
	app.ports.count = 1;
	return app;
}

static orch_status try_decode(const struct orch__json_table *t, const char *text, size_t len)
{
	struct orch__arena a = { 0 };
	struct app app, before;
	orch_status st;

	memset(&app, 0x5A, sizeof app);
	memcpy(&before, &app, sizeof app);
	st = orch__json_decode(t, &a, text, len, &app);
	if (st < 0)
		assert_memory_equal(&app, &before, sizeof app);
	orch__arena_dispose(&a);
	return st;
}

static void try_overlay(
	const struct orch__json_table *t, const char *text, size_t len, enum orch__json_unset unset)
{
	struct orch__buf out = ORCH__BUF_INIT(1 << 16);
	struct orch__arena a = { 0 };
	struct app want = wanted(), app;
	orch_status st;

	if (orch__json_overlay(t, text, len, &want, unset, &out, NULL) < 0) {
		assert_int_equal(out.len, 0);
	} else {
		/* fields we did not set may still be of a wrong shape, but it is JSON */
		assert_int_equal(orch__json_validate(out.text, out.len), ORCH_OK);
		st = orch__json_decode(t, &a, out.text, out.len, &app);
		if (st == ORCH_OK) {
			assert_int_equal(app.replicas, 2);
			assert_int_equal(app.ports.items[0].target, 80);
		} else {
			assert_int_equal(st, ORCH_E_PROTOCOL);
		}
	}
	orch__arena_dispose(&a);
	orch__buf_dispose(&out);
}

static orch_status try_list(
	const struct orch__json_table *t, const char *text, size_t len, bool strict)
{
	const struct orch__json_list_options o = { .strict = strict };
	struct orch__json_list *l = NULL;
	struct orch__arena a = { 0 };
	struct app app;
	bool got = true;
	orch_status st = orch__json_stream_open(t, &o, &l);

	if (st == ORCH_OK)
		st = orch__json_list_lend(l, text, len);
	while (st == ORCH_OK && got)
		st = orch__json_list_next(l, &a, &app, &got);
	if (st == ORCH_OK)
		st = orch__json_list_finish(l, &a, NULL);
	orch__json_list_close(l);
	orch__arena_dispose(&a);
	return st;
}

static orch_status try_all(const struct orch__json_table *t, const char *text, size_t len)
{
	orch_status st = try_decode(t, text, len);

	try_overlay(t, text, len, ORCH__JSON_KEEP_UNSET);
	try_overlay(t, text, len, ORCH__JSON_DROP_UNSET);
	if (len && text[0] == '{') {
		assert_int_equal(try_list(t, text, len, true) == ORCH_OK, st == ORCH_OK);
		if (st == ORCH_OK)
			assert_int_equal(try_list(t, text, len, false), ORCH_OK);
		else
			(void)!try_list(t, text, len, false);
	}
	return st;
}

static const struct {
	const struct orch__json_table *t;
	const char *text;
} documents[] = { { &kube_app, kube_doc }, { &swarm_app, swarm_doc } };

static void a_document_that_is_cut_off_is_never_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (size_t n = 0; n < strlen(documents[i].text); n++) {
			char *cut = malloc(n + 1); /* exact size: one byte too far is seen */

			memcpy(cut, documents[i].text, n);
			assert_int_equal(try_all(documents[i].t, cut, n), ORCH_E_PROTOCOL);
			free(cut);
		}
}

static void a_document_that_is_damaged_is_survived(void **state)
{
	static const char bytes[] = "[]{}\":,0n\\\x80\x01";

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const size_t len = strlen(documents[i].text);
		char *copy = malloc(len);

		for (size_t n = 0; n < len; n++)
			for (size_t b = 0; b < sizeof bytes - 1; b++) {
				memcpy(copy, documents[i].text, len);
				copy[n] = bytes[b];
				(void)!try_all(documents[i].t, copy, len);
			}
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_that_is_cut_off_is_never_accepted),
		cmocka_unit_test(a_document_that_is_damaged_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
