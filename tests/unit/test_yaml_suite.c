/* SPDX-License-Identifier: MIT */
/*
 * The cases of yaml/yaml-test-suite, which are not ours: $ORCH_SHARED/data/yaml. What is
 * invalid must be refused; what is valid must be read, with the value that is written down
 * as JSON, but for what liborch refuses on purpose. Which cases those are follows from the
 * events that are written down, too; the few others stand in a table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dirent.h>

#include <cmocka.h>

#include "json/sax.h"
#include "orch/error.h"
#include "util/buf.h"
#include "yaml/yaml.h"

enum { MAX_CASES = 600, MAX_FILE = 1 << 16 };

static struct {
	char id[32], folder[512];
} cases[MAX_CASES];

static size_t case_count, read_count, refused_count;

/* What differs although both are right. */
static const struct exception {
	const char *id, *reason;
} exceptions[] = {
	/* clang-format off */
	{ "RR7F", "in.json has the keys in another order" },
	/* clang-format on */
};

/* ---- files ---- */

static char *read_file(const char *folder, const char *name, size_t *len)
{
	char path[600];
	char *text = NULL;
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (f) {
		text = calloc(1, MAX_FILE);
		assert_non_null(text);
		*len = fread(text, 1, MAX_FILE - 1, f);
		fclose(f);
	}
	return text;
}

static bool has_file(const char *folder, const char *name)
{
	size_t len;
	char *text = read_file(folder, name, &len);

	free(text);
	return text != NULL;
}

static void find_cases(const char *folder, const char *id, int depth)
{
	struct dirent *e;
	DIR *d;

	if (has_file(folder, "in.yaml") && case_count < MAX_CASES) {
		snprintf(cases[case_count].id, sizeof cases[0].id, "%s", id);
		snprintf(cases[case_count].folder, sizeof cases[0].folder, "%s", folder);
		case_count++;
		return;
	}
	d = depth < 3 ? opendir(folder) : NULL;
	while (d && (e = readdir(d))) {
		char below[512], name[32];

		if (e->d_name[0] == '.')
			continue;
		snprintf(below, sizeof below, "%.400s/%.100s", folder, e->d_name);
		snprintf(name, sizeof name, "%.20s%s%.8s", id, *id ? "/" : "", e->d_name);
		find_cases(below, name, depth + 1);
	}
	if (d)
		closedir(d);
}

static int find_all(void **state)
{
	const char *shared = getenv("ORCH_SHARED");
	char folder[512];

	(void)state;
	snprintf(folder, sizeof folder, "%.400s/data/yaml", shared ? shared : ".");
	find_cases(folder, "", 0);
	return 0;
}

/* ---- the same value as two texts ---- */

static void add_scalar(struct orch__buf *out, char kind, const char *text, size_t len)
{
	orch__buf_addf(out, "%c%zu:", kind, len);
	orch__buf_add(out, text, len);
	orch__buf_add(out, "\n", 1);
}

/* Kinds: z null, b boolean, n number, s text. */
static void flatten(struct orch__buf *out, const struct orch__yaml *y, bool is_key)
{
	static const char kinds[] = "zbbnns";
	char kind;

	if (y->kind == ORCH__YAML_SCALAR) {
		kind = is_key ? 's' : kinds[orch__yaml_type(y)];
		add_scalar(out, kind, y->text, kind == 'z' ? 0 : strlen(y->text));
		return;
	}
	orch__buf_add(out, y->kind == ORCH__YAML_MAP ? "{\n" : "[\n", 2);
	for (const struct orch__yaml_item *i = y->items; i; i = i->next) {
		if (i->key)
			flatten(out, i->key, true);
		flatten(out, i->value, false);
	}
	orch__buf_add(out, y->kind == ORCH__YAML_MAP ? "}\n" : "]\n", 2);
}

static bool json_scalar(void *ctx, enum orch__json_type type, const char *text, size_t len)
{
	add_scalar(ctx, "zbns"[type], text, type == ORCH__T_NULL ? 0 : len);
	return true;
}

static bool json_key(void *ctx, const char *text, size_t len)
{
	add_scalar(ctx, 's', text, len);
	return true;
}

static bool json_open(void *ctx, bool array)
{
	orch__buf_add(ctx, array ? "[\n" : "{\n", 2);
	return true;
}

static bool json_close(void *ctx, bool array)
{
	orch__buf_add(ctx, array ? "]\n" : "}\n", 2);
	return true;
}

static const struct orch__sax_ops json_ops = { json_scalar, json_key, json_open, json_close, NULL };

static bool flatten_json(struct orch__buf *out, const char *text, size_t len)
{
	struct orch__json_error err = { 0 };
	struct orch__sax sax;
	bool ok = orch__sax_open(&sax, &json_ops, out, false, NULL, &err) &&
		orch__sax_feed(&sax, text, len) && orch__sax_finish(&sax);

	orch__sax_dispose(&sax);
	return ok;
}

/* ---- what is refused on purpose ---- */

static size_t count_of(const char *events, const char *word)
{
	size_t n = 0;

	for (const char *at = events; (at = strstr(at, word)) != NULL; at++)
		n++;
	return n;
}

/* A key that is a list or a map: what is at an even place in a map. */
static bool has_complex_key(const char *events)
{
	int items[64] = { 0 }, depth = 0;
	bool is_map[64] = { false };

	for (const char *at = events; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		const bool opens = !strncmp(at, "+MAP", 4) || !strncmp(at, "+SEQ", 4);

		if (!strncmp(at, "-MAP", 4) || !strncmp(at, "-SEQ", 4))
			depth--;
		else if (opens || *at == '=') {
			if (is_map[depth] && items[depth]++ % 2 == 0 && opens)
				return true;
			if (opens) {
				depth++;
				items[depth] = 0;
				is_map[depth] = at[1] == 'M';
			}
		}
	}
	return false;
}

/* NULL: nothing; else a part of the message. */
static const char *refused_on_purpose(const char *events)
{
	if (strstr(events, " <"))
		return "tag";
	if (count_of(events, "+DOC") > 1)
		return "second document";
	if (has_complex_key(events))
		return "key that is a list or a map";
	return strstr(events, "\\0") ? "NUL" : NULL;
}

/* ---- verdicts ---- */

static bool is_excepted(const char *id)
{
	for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++)
		if (strcmp(exceptions[i].id, id) == 0)
			return true;
	return false;
}

static bool complain(const char *id, const char *what)
{
	print_error("%s: %s (%s)\n", id, what, orch_error_last()->message);
	return false;
}

static bool says_where(void)
{
	int line = 0, column = 0;

	return sscanf(orch_error_last()->message, "line %d, column %d: ", &line, &column) == 2 &&
		line > 0 && column > 0;
}

static bool is_same_value(const char *id, const char *folder, const struct orch__yaml *root)
{
	struct orch__buf ours = ORCH__BUF_INIT(1 << 20), theirs = ORCH__BUF_INIT(1 << 20);
	size_t len;
	char *json = read_file(folder, "in.json", &len);
	bool ok = true;

	if (json && len && root) {
		flatten(&ours, root, false);
		ok = flatten_json(&theirs, json, len) && strcmp(ours.text, theirs.text) == 0;
	} else if (json && len) {
		ok = false;
	}
	free(json);
	orch__buf_dispose(&ours);
	orch__buf_dispose(&theirs);
	return ok || is_excepted(id) || complain(id, "another value");
}

static bool judge(const char *id, const char *folder)
{
	struct orch__arena a = { 0 };
	const struct orch__yaml *root = NULL;
	size_t len, ignored;
	char *text = read_file(folder, "in.yaml", &len);
	char *events = read_file(folder, "test.event", &ignored);
	const bool must_fail = has_file(folder, "error");
	const char *why = events && !must_fail ? refused_on_purpose(events) : NULL;
	const orch_status st = orch__yaml_parse(&a, text, len, NULL, &root);
	bool ok = true;

	if (must_fail || why) {
		ok = st == ORCH_E_INVALID || complain(id, "accepted");
		ok = ok && (says_where() || complain(id, "does not say where"));
		refused_count++;
		if (why && ok && !strstr(orch_error_last()->message, why))
			ok = complain(id, why);
	} else if (st < 0) {
		ok = is_excepted(id) || complain(id, "refused");
	} else {
		read_count++;
		ok = is_same_value(id, folder, root);
	}
	orch__arena_dispose(&a);
	free(text);
	free(events);
	return ok;
}

static void every_case_has_its_verdict(void **state)
{
	size_t wrong = 0;

	(void)state;
	if (!case_count) {
		print_message("# ORCH_SHARED names no folder with data/yaml\n");
		skip();
	}
	for (size_t i = 0; i < case_count; i++)
		wrong += !judge(cases[i].id, cases[i].folder);
	print_message(
		"# %zu cases: %zu read, %zu refused\n", case_count, read_count, refused_count);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_has_its_verdict),
	};

	return cmocka_run_group_tests(tests, find_all, NULL);
}
