/* SPDX-License-Identifier: MIT */
/*
 * Deployments that others have written, $ORCH_SHARED/data/kube-objects: each is read, and
 * what was read is laid over it without a change.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "backend/kubernetes/spec.h"
#include "json/writer.h"
#include "util/error.h"
#include "util/file.h"
#include "util/pool.h"
#include "util/text.h"
#include "yaml/yaml.h"

static size_t seen;

/* In place: what says nothing, outside of strings. */
static void squeeze(char *text)
{
	char *to = text;
	bool inside = false;

	for (; *text; text++) {
		if (*text == '"')
			inside = !inside;
		if (inside && *text == '\\')
			*to++ = *text++;
		if (inside || !strchr(" \t\r\n", *text))
			*to++ = *text;
	}
	*to = '\0';
}

static void expect_unchanged(const char *path, const char *text, const struct orch__buf *out)
{
	char *a = strdup(text), *b = strdup(out->text);

	squeeze(a);
	squeeze(b);
	if (strcmp(a, b) != 0)
		fail_msg("%s: became %s", path, b);
	free(a);
	free(b);
}

static void there_and_back(const char *path, const char *text, orch_pool *pool)
{
	struct orch__buf out = ORCH__BUF_INIT(1 << 22);
	struct kube_deployment live, d;
	orch_deployment_spec shown;
	bool changed = true;

	if (orch__json_decode(&kube_deployment_table, &pool->arena, text, strlen(text), &live) <
			0 ||
		kube_spec_read(pool, &live.spec, live.spec.meta.name, &shown) < 0)
		fail_msg("%s: %s", path, orch_error_last()->message);
	orch__json_init(&kube_deployment_table, &d);
	if (kube_spec_write(pool, &shown, &live.spec, &d.spec) < 0 ||
		orch__json_overlay(&kube_deployment_table, text, strlen(text), &d,
			ORCH__JSON_DROP_UNSET, &out, &changed) < 0)
		fail_msg("%s: %s", path, orch_error_last()->message);
	if (changed)
		fail_msg("%s: would be written: %.600s", path, out.text);
	expect_unchanged(path, text, &out);
	orch__buf_dispose(&out);
	seen++;
}

struct kind {
	const char *version, *kind;
};

static const struct kind kind_blank = { NULL, NULL };

/* clang-format off */
ORCH__J_LOCAL_TABLE(kind_table, kind_blank,
	ORCH__J_STR("apiVersion", struct kind, version, 0),
	ORCH__J_STR("kind", struct kind, kind, 0));
/* clang-format on */

/* Not of extensions/v1beta1, which no server has any more: the one file has times that no
 * server ever wrote. */
static void try_text(const char *path, const char *text)
{
	void *result = orch__result_new(1);
	orch_pool *pool = orch__result_pool(result);
	struct kind kind;

	if (orch__json_decode(&kind_table, &pool->arena, text, strlen(text), &kind) == ORCH_OK &&
		orch__text_equal(kind.kind, "Deployment") &&
		orch__text_equal(kind.version, "apps/v1"))
		there_and_back(path, text, pool);
	orch__result_free(result);
}

/* ---- YAML, as people write it: to JSON, as kubectl sends it ---- */

static void write_value(struct orch__json_writer *w, const struct orch__yaml *y)
{
	if (y->kind == ORCH__YAML_SCALAR) {
		const enum orch__yaml_type type = orch__yaml_type(y);

		if (type == ORCH__YAML_NULL)
			orch__json_write_null(w);
		else if (type == ORCH__YAML_TRUE || type == ORCH__YAML_FALSE)
			orch__json_write_bool(w, type == ORCH__YAML_TRUE);
		else if (type == ORCH__YAML_INT || type == ORCH__YAML_FLOAT)
			orch__json_write_number(w, y->text, strlen(y->text));
		else
			orch__json_write_str(w, y->text);
		return;
	}
	if (y->kind == ORCH__YAML_LIST)
		orch__json_write_array(w);
	else
		orch__json_write_object(w);
	for (const struct orch__yaml_item *i = y->items; i; i = i->next) {
		if (i->key)
			orch__json_write_key(w, i->key->text);
		write_value(w, i->value);
	}
	orch__json_write_end(w);
}

static void try_yaml(const char *path, const char *text, size_t len)
{
	struct orch__buf json = ORCH__BUF_INIT(1 << 22);
	struct orch__arena arena = { 0 };
	struct orch__json_writer w;
	const struct orch__yaml *y = NULL;

	/* Templates of other tools are no YAML. */
	if (orch__yaml_parse(&arena, text, len, &ORCH__YAML_LIMITS, &y) == ORCH_OK && y) {
		orch__json_write_start(&w, &json);
		write_value(&w, y);
		if (orch__json_write_finish(&w) == ORCH_OK)
			try_text(path, json.text);
	}
	orch__buf_dispose(&json);
	orch__arena_dispose(&arena);
}

/* A file may have several documents. */
static void try_documents(const char *path, const char *text)
{
	while (text) {
		const char *end = strstr(text, "\n---");

		try_yaml(path, text, end ? (size_t)(end - text) + 1 : strlen(text));
		text = end ? strchr(end + 1, '\n') : NULL;
	}
}

static void try_file(const char *path)
{
	const bool is_json = orch__text_ends(path, ".json");
	char *text;

	if (!is_json && !orch__text_ends(path, ".yaml"))
		return;
	if (orch__file_read(path, 4 << 20, &text, NULL) < 0)
		return;
	if (is_json)
		try_text(path, text);
	else
		try_documents(path, text);
	orch__free(text);
}

static void walk(const char *folder, int depth)
{
	DIR *dir = opendir(folder);
	struct dirent *e;

	while (dir && (e = readdir(dir)) != NULL) {
		char path[1024];
		struct stat st;

		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
		if (stat(path, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode) && depth < 16)
			walk(path, depth + 1);
		else if (S_ISREG(st.st_mode))
			try_file(path);
	}
	if (dir)
		(void)closedir(dir);
}

static void deployments_in_the_wild_are_written_back_unchanged(void **state)
{
	const char *shared = getenv("ORCH_SHARED");
	char folder[512];

	(void)state;
	snprintf(folder, sizeof folder, "%s/data/kube-objects", shared ? shared : "");
	walk(folder, 0);
	if (!seen) {
		print_message("# ORCH_SHARED names no folder with data/kube-objects\n");
		skip();
	}
	print_message("# %zu deployments\n", seen);
	assert_true(seen >= 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deployments_in_the_wild_are_written_back_unchanged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
