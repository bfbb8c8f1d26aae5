/* SPDX-License-Identifier: MIT */
/* The options of a client: what cannot be, and what a backend has no use for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/options.h"
#include "orch/orch.h"

static const char *const some[] = { "a", "b" };
static const char *const hollow[] = { "a", NULL };

static orch_status check(const orch_client_options *o)
{
	orch_client_options filled = *o;

	orch__client_options_fill(&filled);
	return orch__client_options_check(&filled);
}

#define assert_refused(o, word)                                                                    \
	do {                                                                                       \
		assert_int_equal(check(o), ORCH_E_INVALID);                                        \
		assert_non_null(strstr(orch_error_last()->message, word));                         \
	} while (0)

static void what_contradicts_itself_is_refused(void **state)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;

	(void)state;
	assert_int_equal(check(&o), ORCH_OK);
	o.token = o.token_file = "t";
	assert_refused(&o, "token_file");
	o.token_file = NULL;
	o.kubeconfig = o.kubeconfig_text = "k";
	assert_refused(&o, "kubeconfig_text");
	o.kubeconfig = NULL;
	o.cert_file = "c";
	assert_refused(&o, "key_file");
	o.key_file = "k";
	assert_int_equal(check(&o), ORCH_OK);
}

static void lists_are_whole_and_belong_to_something(void **state)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;

	(void)state;
	o.impersonate_groups = (orch_string_list){ some, 2 };
	assert_refused(&o, "impersonate_user");
	o.impersonate_user = ""; /* as which a server takes us for ourselves */
	assert_refused(&o, "impersonate_user");
	o.impersonate_user = "jane";
	assert_int_equal(check(&o), ORCH_OK);
	o.impersonate_groups.items = hollow;
	assert_refused(&o, "impersonate_groups[1]");
	o.impersonate_groups.items = NULL;
	assert_refused(&o, "impersonate_groups");
	o.impersonate_groups.count = 0;
	o.exec_allowed = (orch_string_list){ some, 2 };
	assert_refused(&o, "ORCH_EXEC_ALLOWLIST");
	o.exec_policy = ORCH_EXEC_ALLOWLIST;
	assert_int_equal(check(&o), ORCH_OK);
}

static void numbers_are_among_those_that_mean_something(void **state)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;

	(void)state;
	o.exec_policy = 4;
	assert_refused(&o, "exec_policy");
	o.exec_policy = ORCH_EXEC_DENY;
	o.create_namespace = 2;
	assert_refused(&o, "create_namespace");
	o.create_namespace = 0;
	assert_int_equal(check(&o), ORCH_OK);
}

static const struct row {
	const char *name;
	orch_client_options o;
} rows[] = {
/* clang-format off */
#define ROW(member, ...) { #member, { .struct_size = sizeof(orch_client_options), .member = __VA_ARGS__ } }
	ROW(context, "x"), ROW(ca_file, "x"), ROW(cert_file, "x"), ROW(key_file, "x"),
	ROW(insecure, 1), ROW(proxy, "x"), ROW(kubeconfig, "x"), ROW(kubeconfig_text, "x"),
	ROW(server, "x"), ROW(token, "x"), ROW(token_file, "x"), ROW(impersonate_user, "x"),
	ROW(impersonate_groups, { some, 1 }), ROW(exec_policy, ORCH_EXEC_DENY),
	ROW(exec_allowed, { some, 1 }),
	/* clang-format on */
};
#undef ROW

/* Every one alone, on a backend that takes only this one, and on one that takes none. */
static void what_a_backend_has_no_use_for_is_refused_by_name(void **state)
{
	const struct orch_backend_ops none = { .name = "none" };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *const it[] = { rows[i].name, NULL };
		const struct orch_backend_ops one = { .name = "one", .options = it };
		orch_client_options o = rows[i].o;

		o.create_namespace = 1;
		assert_int_equal(orch__client_options_suit(&one, &o), ORCH_OK);
		assert_int_equal(orch__client_options_suit(&none, &o), ORCH_E_INVALID);
		assert_non_null(strstr(orch_error_last()->message, rows[i].name));
		o = (orch_client_options){ .create_namespace = 0 };
		assert_int_equal(orch__client_options_suit(&one, &o), ORCH_E_INVALID);
		assert_non_null(strstr(orch_error_last()->message, "create_namespace"));
	}
}

static void a_backend_without_credentials_is_opened_with_none(void **state)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	orch_client *client = NULL;

	(void)state;
	o.token = "canary";
	assert_int_equal(orch_client_open("sim://", &o, &client), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "token"));
	assert_null(strstr(orch_error_last()->message, "canary"));
	assert_null(client);
	o.token = NULL;
	o.create_namespace = 1;
	o.exec_policy = ORCH_EXEC_DEFAULT;
	assert_int_equal(orch_client_open("sim://", &o, &client), ORCH_OK);
	orch_client_close(client);
}

/* As a program is that was compiled before these members were there. */
static void shorter_options_of_an_older_program_are_taken(void **state)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	orch_client *client = NULL;

	(void)state;
	o.struct_size = offsetof(orch_client_options, kubeconfig);
	o.kubeconfig = o.token = "what lies behind the end";
	assert_int_equal(orch_client_open("sim://", &o, &client), ORCH_OK);
	orch_client_close(client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_contradicts_itself_is_refused),
		cmocka_unit_test(lists_are_whole_and_belong_to_something),
		cmocka_unit_test(numbers_are_among_those_that_mean_something),
		cmocka_unit_test(what_a_backend_has_no_use_for_is_refused_by_name),
		cmocka_unit_test(a_backend_without_credentials_is_opened_with_none),
		cmocka_unit_test(shorter_options_of_an_older_program_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
