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
#include "util/error.h"
#include "util/file.h"
#include "util/pool.h"
#include "util/text.h"

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

static void try_file(const char *path)
{
	char *text;

	if (!orch__text_ends(path, ".json") || orch__file_read(path, 4 << 20, &text, NULL) < 0)
		return;
	try_text(path, text);
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
	if (!seen)
		skip();
	print_message("# %zu deployments\n", seen);
	assert_true(seen >= 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deployments_in_the_wild_are_written_back_unchanged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
