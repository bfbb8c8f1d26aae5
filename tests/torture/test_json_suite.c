/* SPDX-License-Identifier: MIT */
/*
 * The files of nst/JSONTestSuite, which are not ours: $ORCH_SHARED/json. Those
 * that begin with y must be accepted, with n refused; i is free, but the verdict
 * must not depend on how the text is cut.
 */
#include "support/json_fixture.h"

#include <dirent.h>
#include <stdio.h>

#include "json/list.h"
#include "json/sax.h"
#include "util/random.h"

static struct {
	char name[256], *text;
	size_t len;
} files[400];

static size_t file_count;
static struct orch__random random_state = { 1 };

static void read_file(const char *folder, const char *name)
{
	char path[1024];
	FILE *f;
	char *text = malloc(1 << 20);

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	files[file_count].len = fread(text, 1, 1 << 20, f);
	/* exactly as long as it is: a byte too far is seen */
	files[file_count].text = malloc(files[file_count].len + 1);
	memcpy(files[file_count].text, text, files[file_count].len);
	snprintf(files[file_count].name, sizeof files[0].name, "%s", name);
	file_count++;
	free(text);
	fclose(f);
}

static bool read_folder(const char *name)
{
	const char *shared = getenv("ORCH_SHARED");
	char folder[512];
	struct dirent *e;
	DIR *d;

	snprintf(folder, sizeof folder, "%s/data/json/%s", shared ? shared : ".", name);
	d = opendir(folder);
	if (!d)
		return false;
	while ((e = readdir(d)) && file_count < sizeof files / sizeof files[0])
		if (e->d_name[0] != '.')
			read_file(folder, e->d_name);
	closedir(d);
	return true;
}

static int forget_files(void **state)
{
	(void)state;
	while (file_count)
		free(files[--file_count].text);
	return 0;
}

/* ---- verdicts --------------------------------------------------------------------------- */

enum cutting { WHOLE, BYTES, RANDOM, CUTTINGS };

static size_t piece_of(enum cutting cutting, size_t rest)
{
	size_t n = rest;

	if (cutting == BYTES)
		n = 1;
	else if (cutting == RANDOM)
		n = (size_t)orch__random_below(&random_state, 17) + 1;
	return n < rest ? n : rest;
}

static const struct app blank;

/* clang-format off */
ORCH__J_LOCAL_TABLE(nothing, blank,
	ORCH__J_STR("no such member", struct app, name, 0));
ORCH__J_LOCAL_TABLE(kept, blank,
	ORCH__J_RAW("x", struct app, driver, ORCH__J_REQUIRED));
/* clang-format on */

static bool any_scalar(void *ctx, enum orch__json_type type, const char *text, size_t len)
{
	(void)ctx;
	(void)type;
	(void)text;
	(void)len;
	return true;
}

static bool any_key(void *ctx, const char *text, size_t len)
{
	return any_scalar(ctx, ORCH__T_STRING, text, len);
}

static bool any_bracket(void *ctx, bool array)
{
	(void)ctx;
	(void)array;
	return true;
}

static const struct orch__sax_ops accept_all = { any_scalar, any_key, any_bracket, any_bracket,
	NULL };

/* A document of any shape. */
static orch_status parse(const char *text, size_t len, enum cutting cutting)
{
	struct orch__json_error err = { 0 };
	struct orch__sax s;

	orch__sax_open(&s, &accept_all, NULL, false, NULL, &err);
	for (size_t at = 0, n; at < len; at += n) {
		n = piece_of(cutting, len - at);
		orch__sax_feed(&s, text + at, n);
	}
	orch__sax_finish(&s);
	orch__sax_dispose(&s);
	return err.status;
}

/* The same as an unknown member of the items of a list. */
static orch_status pass_over(const char *text, size_t len, bool strict, enum cutting cutting)
{
	const struct orch__json_list_options o = { .strict = strict };
	struct orch__json_list *l = NULL;
	struct orch__arena a = { 0 };
	orch_status st = orch__json_list_open(&nothing, NULL, NULL, &o, &l);
	struct app app;
	bool got;

	assert_int_equal(st, ORCH_OK);
	st = orch__json_list_feed(l, "[{\"x\":", 6);
	for (size_t at = 0, n; at < len && st == ORCH_OK; at += n) {
		n = piece_of(cutting, len - at);
		st = orch__json_list_feed(l, text + at, n);
		if (st == ORCH_OK)
			st = orch__json_list_next(l, &a, &app, &got);
	}
	if (st == ORCH_OK)
		st = orch__json_list_feed(l, "}]", 2);
	for (got = true; st == ORCH_OK && got;)
		st = orch__json_list_next(l, &a, &app, &got);
	if (st == ORCH_OK)
		st = orch__json_list_finish(l, &a, NULL);
	orch__json_list_close(l);
	orch__arena_dispose(&a);
	return st;
}

static void expect(size_t i, const char *how, orch_status got, bool accepted)
{
	if ((got == ORCH_OK) == accepted)
		return;
	fail_msg("%s, %s: %s %s", files[i].name, how, orch_status_name(got),
		orch_error_last()->message);
}

static void verdicts_are_right_however_the_text_is_cut(void **state)
{
	size_t accepted = 0, refused = 0;

	(void)state;
	for (size_t i = 0; i < file_count; i++) {
		const orch_status whole = parse(files[i].text, files[i].len, WHOLE);
		const bool free =
			strncmp(files[i].name, "y_", 2) && strncmp(files[i].name, "n_", 2);
		const bool ok = free ? whole == ORCH_OK : files[i].name[0] == 'y';

		accepted += ok;
		refused += !ok;
		expect(i, "whole", whole, ok);
		expect(i, "validate", orch__json_validate(files[i].text, files[i].len), ok);
		for (enum cutting c = BYTES; c < CUTTINGS; c++)
			expect(i, c == BYTES ? "byte by byte" : "in random pieces",
				parse(files[i].text, files[i].len, c), ok);
	}
	print_message("%zu files accepted, %zu refused\n", accepted, refused);
}

static void an_unknown_member_is_any_value(void **state)
{
	(void)state;
	for (size_t i = 0; i < file_count; i++)
		for (enum cutting c = WHOLE; c < CUTTINGS; c++) {
			const char *text = files[i].text;
			const bool ok = parse(text, files[i].len, WHOLE) == ORCH_OK;

			const orch_status filtered = pass_over(text, files[i].len, false, c);

			if (ok) /* what is wrong with it nobody may have looked at */
				expect(i, "filtered", filtered, true);
			expect(i, "strict", pass_over(text, files[i].len, true, c), ok);
		}
}

/* ---- read, lay over, write ----------------------------------------------------------------- */

static char *member_of(const char *text, size_t len, size_t *size)
{
	char *json = malloc(len + 16);

	memcpy(json, "{\"x\":", 5);
	memcpy(json + 5, text, len);
	json[5 + len] = '}';
	*size = len + 6;
	return json;
}

/* The value without the white space around it. */
static const char *trimmed(char *text, size_t len)
{
	while (len && strchr(" \t\r\n", text[len - 1]))
		len--;
	text[len] = '\0';
	return text + strspn(text, " \t\r\n");
}

static void foreign_values_come_out_byte_for_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < file_count; i++) {
		struct orch__buf out = ORCH__BUF_INIT(1 << 20);
		struct orch__arena a = { 0 };
		bool changed = true;
		struct app app;
		size_t len;
		char *json = member_of(files[i].text, files[i].len, &len);

		if (orch__json_validate(json, len) == ORCH_OK) {
			assert_int_equal(orch__json_overlay(&nothing, json, len, &blank,
						 ORCH__JSON_DROP_UNSET, &out, &changed),
				ORCH_OK);
			assert_false(changed);
			assert_int_equal(
				orch__json_decode(&kept, &a, out.text, out.len, &app), ORCH_OK);
			assert_string_equal(app.driver, trimmed(json + 5, len - 6));
		}
		free(json);
		orch__arena_dispose(&a);
		orch__buf_dispose(&out);
	}
}

int main(void)
{
	const struct CMUnitTest verdicts[] = {
		cmocka_unit_test(verdicts_are_right_however_the_text_is_cut),
		cmocka_unit_test(an_unknown_member_is_any_value),
	};
	const struct CMUnitTest values[] = {
		cmocka_unit_test(verdicts_are_right_however_the_text_is_cut),
		cmocka_unit_test(foreign_values_come_out_byte_for_byte),
	};
	const char *seed = getenv("ORCH_SEED");
	int failed;

	if (!read_folder("test_parsing")) {
		print_message("the files are not here: skipped\n");
		return 77;
	}
	if (seed)
		random_state.state = strtoull(seed, NULL, 10);
	print_message("seed %llu, %zu files\n", (unsigned long long)random_state.state, file_count);
	failed = cmocka_run_group_tests(verdicts, NULL, forget_files);
	if (read_folder("test_transform"))
		failed += cmocka_run_group_tests(values, NULL, forget_files);
	return failed;
}
