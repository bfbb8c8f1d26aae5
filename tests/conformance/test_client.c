/* SPDX-License-Identifier: MIT */
/* Opening, views, references, and what a client says about itself. */
#include "conformance/world.h"

#include <stdio.h>

static void a_client_tells_what_it_is_connected_to(void **state)
{
	struct world *w = *state;
	const orch_client_info *info = NULL;

	assert_ok(orch_client_info_get(w->client, &info));
	assert_true(info->backend && info->backend[0]);
	assert_true(info->url && info->url[0]);
	assert_true(info->chosen_by && info->chosen_by[0]);
	assert_non_null(info->endpoint);
	assert_true(info->server_version && info->server_version[0]);
	assert_non_null(info->api_version);
	assert_string_equal(info->ns, w->ns);
	orch_client_info_free(info);
}

static void a_view_has_its_own_namespace(void **state)
{
	struct world *w = *state;
	const orch_client_info *info = NULL;
	orch_client *view = NULL;

	assert_ok(orch_client_with_namespace(w->client, "elsewhere", &view));
	assert_string_equal(orch_client_namespace(view), "elsewhere");
	assert_string_equal(orch_client_namespace(w->client), w->ns);
	assert_ok(orch_client_info_get(view, &info));
	assert_string_equal(info->ns, "elsewhere");
	orch_client_info_free(info);
	orch_client_close(view);
}

static void a_view_lives_on_when_its_client_is_closed(void **state)
{
	struct world *w = *state;
	orch_client *client = world_client(w, NULL);
	orch_client *view = NULL;

	assert_ok(orch_client_with_namespace(client, "later", &view));
	orch_client_close(client);
	assert_string_equal(orch_client_namespace(view), "later");
	assert_status(world_probe(view, "ghost"), ORCH_E_NOTFOUND);
	orch_client_close(view);
}

static void a_client_lives_as_long_as_its_last_owner(void **state)
{
	struct world *w = *state;
	orch_client *client = world_client(w, NULL);

	assert_ptr_equal(orch_client_ref(client), client);
	orch_client_close(client);
	assert_status(world_probe(client, "ghost"), ORCH_E_NOTFOUND);
	orch_client_close(client);
	assert_null(orch_client_ref(NULL));
	orch_client_close(NULL);
}

static void a_cursor_keeps_its_client_alive(void **state)
{
	struct world *w = *state;
	orch_client *client = world_client(w, NULL);
	orch_deployment_cursor *cursor = NULL;
	const orch_deployment *d = NULL;

	world_up(w, "kept", 0);
	assert_ok(orch_deployment_open(client, NULL, &cursor));
	orch_client_close(client);
	assert_ok(orch_deployment_next(cursor, &d));
	assert_non_null(d);
	assert_string_equal(d->spec->name, "kept");
	orch_deployment_free(d);
	orch_deployment_close(cursor);
}

static void a_namespace_that_is_no_dns_label_is_refused(void **state)
{
	static const char *const bad[] = { "", "Upper", "-x", "x-", "a.b", "a_b", "a/b", "\xC3\xBC",
		"a234567890123456789012345678901234567890123456789012345678901234" };
	struct world *w = *state;
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		orch_client *view = UNTOUCHED(orch_client *);

		assert_status(orch_client_with_namespace(w->client, bad[i], &view), ORCH_E_INVALID);
		assert_message_names("namespace");
		assert_untouched(view);
		o.ns = bad[i];
		assert_status(orch_client_open(w->url, &o, &view), ORCH_E_INVALID);
		assert_untouched(view);
	}
}

static void a_deadline_must_be_more_than_zero(void **state)
{
	static const int64_t bad[] = { 0, -1, INT64_MIN + 1, ORCH_UNSET };
	struct world *w = *state;
	orch_client *view = UNTOUCHED(orch_client *);

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_status(orch_client_with_timeout(w->client, bad[i], &view), ORCH_E_INVALID);
		assert_message_names("timeout");
		assert_untouched(view);
	}
}

static void a_view_with_another_deadline_keeps_the_namespace(void **state)
{
	struct world *w = *state;
	orch_client *view = NULL;

	assert_ok(orch_client_with_timeout(w->client, 20000, &view));
	assert_string_equal(orch_client_namespace(view), w->ns);
	assert_status(world_probe(view, "ghost"), ORCH_E_NOTFOUND);
	orch_client_close(view);
	assert_ok(orch_client_with_timeout(w->client, INT64_MAX, &view));
	assert_status(world_probe(view, "ghost"), ORCH_E_NOTFOUND);
	orch_client_close(view);
}

static void a_url_of_an_unknown_kind_is_refused(void **state)
{
	static const char *const bad[] = { "nosuch://host", "no scheme", "", "://x", "sim" };
	orch_client *client = UNTOUCHED(orch_client *);

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_status(orch_client_open(bad[i], NULL, &client), ORCH_E_INVALID);
		assert_untouched(client);
	}
	assert_status(orch_client_open("nosuch://host", NULL, &client), ORCH_E_INVALID);
	assert_message_names("nosuch");
}

static void an_error_is_gone_after_the_next_success(void **state)
{
	struct world *w = *state;
	const orch_client_info *info = NULL;

	assert_status(world_probe(w->client, "ghost"), ORCH_E_NOTFOUND);
	assert_message_names("ghost");
	assert_ok(orch_client_info_get(w->client, &info));
	assert_string_equal(orch_error_last()->message, "");
	assert_int_equal(orch_error_last()->status, ORCH_OK);
	orch_client_info_free(info);
}

static void every_capability_has_a_name_a_text_and_a_level(void **state)
{
	struct world *w = *state;
	orch_cap cap;
	size_t n = 0;

	for (; orch_cap_at(n, &cap); n++) {
		const char *reason = NULL;
		orch_level level = orch_capability(w->client, cap, &reason);

		assert_non_null(orch_cap_name(cap));
		assert_non_null(orch_cap_text(cap));
		assert_non_null(reason);
		assert_int_equal(level == ORCH_LEVEL_NATIVE, reason[0] == '\0');
		assert_true(orch_level_name(level)[0] != '\0');
	}
	assert_true(n >= 12);
	assert_int_equal(orch_cap_at(n + 1000, &cap), 0);
}

static void what_is_no_capability_is_unavailable(void **state)
{
	struct world *w = *state;
	const char *reason = NULL;

	assert_int_equal(
		orch_capability(w->client, (orch_cap)9999, &reason), ORCH_LEVEL_UNAVAILABLE);
	assert_true(reason && reason[0]);
	assert_null(orch_cap_name((orch_cap)9999));
	assert_null(orch_cap_text((orch_cap)9999));
	assert_int_equal(
		orch_capability(NULL, ORCH_CAP_DEPLOYMENT_GET, NULL), ORCH_LEVEL_UNAVAILABLE);
}

static void the_operations_of_this_suite_are_all_there(void **state)
{
	struct world *w = *state;

	for (int cap = ORCH_CAP_DEPLOYMENT_GET; cap <= ORCH_CAP_NAMESPACE_DELETE; cap++)
		assert_true(world_can(w, (orch_cap)cap));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(a_client_tells_what_it_is_connected_to),
		world_test(a_view_has_its_own_namespace),
		world_test(a_view_lives_on_when_its_client_is_closed),
		world_test(a_client_lives_as_long_as_its_last_owner),
		world_test(a_cursor_keeps_its_client_alive),
		world_test(a_namespace_that_is_no_dns_label_is_refused),
		world_test(a_deadline_must_be_more_than_zero),
		world_test(a_view_with_another_deadline_keeps_the_namespace),
		world_test(a_url_of_an_unknown_kind_is_refused),
		world_test(an_error_is_gone_after_the_next_success),
		world_test(every_capability_has_a_name_a_text_and_a_level),
		world_test(what_is_no_capability_is_unavailable),
		world_test(the_operations_of_this_suite_are_all_there),
	};

	return world_run(tests);
}
