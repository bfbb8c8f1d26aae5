/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "torture/alloc.h"
#include "util/alloc.h"
#include "util/file.h"

static char dir[] = "/tmp/orch-file-XXXXXX";
static char path[sizeof dir + 16];

static int make_folder(void **state)
{
	FILE *f;

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/text", dir);
	f = fopen(path, "w");
	return f && fputs("hello\n", f) >= 0 && fclose(f) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return unlink(path) == 0 && rmdir(dir) == 0 ? 0 : -1;
}

static void a_file_is_read_whole_and_terminated(void **state)
{
	char *text = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(orch__file_read(path, 6, &text, &len), ORCH_OK);
	assert_int_equal(len, 6);
	assert_string_equal(text, "hello\n");
	orch__free(text);
	assert_true(orch__file_exists(path));
}

static void what_cannot_be_read_is_named(void **state)
{
	char missing[sizeof path], *text = (char *)"untouched";

	(void)state;
	snprintf(missing, sizeof missing, "%s/none", dir);
	assert_false(orch__file_exists(missing));
	assert_int_equal(orch__file_read(missing, 100, &text, NULL), ORCH_E_NOTFOUND);
	assert_non_null(strstr(orch_error_last()->message, missing));
	assert_int_equal(orch__file_read(dir, 100, &text, NULL), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "is not a file"));
	assert_int_equal(orch__file_read(path, 5, &text, NULL), ORCH_E_TOO_LARGE);
	assert_string_equal(text, "untouched");
}

static void a_pipe_is_refused_at_once(void **state)
{
	char pipe[sizeof path], *text = NULL;

	(void)state;
	snprintf(pipe, sizeof pipe, "%s/pipe", dir);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_int_equal(orch__file_read(pipe, 100, &text, NULL), ORCH_E_INVALID);
	assert_int_equal(unlink(pipe), 0);
}

static orch_status read_it(void *payload)
{
	char *text = NULL;
	orch_status st = orch__file_read(payload, 100, &text, NULL);

	orch__free(text);
	return st;
}

static void lack_of_memory_is_a_status(void **state)
{
	(void)state;
	torture_run(read_it, path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_whole_and_terminated),
		cmocka_unit_test(what_cannot_be_read_is_named),
		cmocka_unit_test(a_pipe_is_refused_at_once),
		cmocka_unit_test(lack_of_memory_is_a_status),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
