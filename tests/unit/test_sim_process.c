/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "backend/sim/process.h"

/* The words of a command, divided by '|'. */
static orch_string_list words(const char *text)
{
	static char buffer[512];
	static const char *items[32];
	size_t n = 0;

	strncpy(buffer, text, sizeof buffer - 1);
	for (char *at = buffer; at && *text; n++) {
		items[n] = at;
		at = strchr(at, '|');
		if (at)
			*at++ = '\0';
	}
	return (orch_string_list){ n ? items : NULL, n };
}

struct row {
	const char *command;
	int64_t ms, exit_code;
};

static void check_program(const struct row *row)
{
	struct sim_run run =
		sim_process_program(words(row->command), (orch_string_list){ NULL, 0 });

	if (run.ms != row->ms || run.exit_code != row->exit_code)
		fail_msg("%s: %lld ms, code %lld", row->command, (long long)run.ms,
			(long long)run.exit_code);
}

static void a_program_does_what_a_shell_would_make_of_its_words(void **state)
{
	/* clang-format off */
	static const struct row rows[] = {
		{ "true", 0, 0 },
		{ "false", 0, 1 },
		{ ":", 0, 0 },
		{ "exit|3", 0, 3 },
		{ "exit 3", 0, 3 },
		{ "exit", 0, 0 },
		{ "exit|260", 0, 4 },
		{ "exit|-1", 0, 255 },
		{ "exit|x", 0, 2 },
		{ "sleep|5", 5000, 0 },
		{ "sleep|0.25", 250, 0 },
		{ "sleep|2m", 120000, 0 },
		{ "sleep|1h", 3600000, 0 },
		{ "sleep|1d", 86400000, 0 },
		{ "sleep|infinity", SIM_FOREVER, 0 },
		{ "sleep", 0, 1 },
		{ "sleep|soon", 0, 1 },
		{ "sleep|-1", 0, 1 },
		{ "sleep|9223372036854775|;|sleep|9223372036854775", SIM_FOREVER, 0 },
		{ "sh|-c|sleep 5; exit 3", 5000, 3 },
		{ "/bin/sh|-c|sleep 5;exit 3", 5000, 3 },
		{ "/usr/bin/bash|-ec|sleep 1 && sleep 2", 3000, 0 },
		{ "sh|-c|exit 3|ignored", 0, 3 },
		{ "sh|-c|false && exit 3; exit 4", 0, 4 },
		{ "sh|-c|false && true && exit 3", 0, 1 },
		{ "sh|-c|true && false; true", 0, 0 },
		{ "sh|-c|true&&exit 7", 0, 7 },
		{ "sh|-c|false; exit", 0, 1 },
		{ "sh|-c|sleep 1\nexit 2", 1000, 2 },
		{ "sh|-c|  ;; sleep\t1 ; ", 1000, 0 },
		{ "sh|-c|", 0, 0 },
		{ "sleep 1; exit 9", 1000, 9 },
		{ "sleep|1|;|exit|9", 1000, 9 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check_program(&rows[i]);
}

static void what_is_not_understood_runs_until_it_is_stopped(void **state)
{
	static const char *const commands[] = { "nginx", "sh", "sh|-x",
		"sh|-c|while :; do sleep 1; done", "sh|-c|trap 'exit 0' TERM; sleep 5",
		"sh|-c|sleep 5 & wait", "sh|-c|sleep $N", "sh|-c|exit 3 > /dev/null",
		"sh|-c|(exit 3)", "sh|-c|sleep 1; serve; exit 3",
		"a-program-with-a-name-that-is-longer-than-any-word-of-ours", "true&" };

	(void)state;
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		check_program(&(struct row){ commands[i], SIM_FOREVER, 0 });
}

static void command_and_arguments_are_read_as_one(void **state)
{
	static const char *const sh[] = { "sh", "-c" }, *const script[] = { "sleep 2; exit 5" };
	struct sim_run run =
		sim_process_program((orch_string_list){ sh, 2 }, (orch_string_list){ script, 1 });

	(void)state;
	assert_int_equal(run.ms, 2000);
	assert_int_equal(run.exit_code, 5);
	run = sim_process_program((orch_string_list){ NULL, 0 }, words("exit|6"));
	assert_int_equal(run.exit_code, 6);
	run = sim_process_program((orch_string_list){ NULL, 0 }, (orch_string_list){ NULL, 0 });
	assert_int_equal(run.ms, SIM_FOREVER);
}

static void a_check_that_is_not_understood_succeeds_at_once(void **state)
{
	/* clang-format off */
	static const struct row rows[] = {
		{ "curl|-f|http://localhost/", 0, 0 },
		{ "sh|-c|wget -q localhost || exit 1", 0, 0 },
		{ "true", 0, 0 },
		{ "false", 0, 1 },
		{ "sh|-c|sleep 2; exit 1", 2000, 1 },
		{ "sh|-c|curl localhost; exit 1", 0, 1 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct sim_run run = sim_process_check(words(rows[i].command));

		assert_int_equal(run.ms, rows[i].ms);
		assert_int_equal(run.exit_code, rows[i].exit_code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_does_what_a_shell_would_make_of_its_words),
		cmocka_unit_test(what_is_not_understood_runs_until_it_is_stopped),
		cmocka_unit_test(command_and_arguments_are_read_as_one),
		cmocka_unit_test(a_check_that_is_not_understood_succeeds_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
