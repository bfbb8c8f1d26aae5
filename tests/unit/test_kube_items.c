/* SPDX-License-Identifier: MIT */
/* Lists in pages, whole and broken ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend/kubernetes/items.h"
#include "fakes/evil_server.h"
#include "support/kube_world.h"
#include "torture/alloc.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/pool.h"

#define END                                                                                        \
	{                                                                                          \
		.request = NULL                                                                    \
	}
#define FIRST "GET /apis/apps/v1/namespaces/default/deployments?limit=500"
#define ITEM(name)                                                                                 \
	"{\"metadata\":{\"name\":\"" name "\",\"uid\":\"u-" name "\"},\"spec\":{\"x\":[1]}}"
#define PAGE(items, next)                                                                          \
	"{\"kind\":\"DeploymentList\",\"metadata\":{\"resourceVersion\":\"9\",\"continue\":"       \
	"\"" next "\"},\"items\":[" items "]}"
#define EXPIRED(next)                                                                              \
	"{\"kind\":\"Status\",\"metadata\":{\"continue\":\"" next                                  \
	"\"},\"status\":\"Failure\",\"message\":\"The provided continue parameter is too "         \
	"old\",\"reason\":\"Expired\",\"code\":410}"

struct thing {
	const char *name;
};

static const struct thing thing_blank = { NULL };

/* clang-format off */
ORCH__J_LOCAL_TABLE(thing_table, thing_blank,
	ORCH__J_STR("metadata.name", struct thing, name, ORCH__J_REQUIRED));
/* clang-format on */

static struct kube_world w;

/* "a b c " and, for each new beginning, "| ". */
static char seen[4096];
static orch_status stop_at_b; /* what on_item says then */

static orch_status see(void *payload, const void *item, const struct orch__json_list *list)
{
	const struct thing *t = item;
	const size_t n = strlen(seen);

	(void)payload;
	(void)list;
	if (stop_at_b && strcmp(t->name, "b") == 0)
		return orch__fail(stop_at_b, "enough");
	snprintf(seen + n, sizeof seen - n, "%s ", t->name);
	return ORCH_OK;
}

static void see_anew(void *payload)
{
	(void)payload;
	strcat(seen, "| ");
}

static struct kube_items things(void)
{
	return (struct kube_items){ .kind = KUBE_DEPLOYMENT,
		.ns = "default",
		.table = &thing_table,
		.on_item = see,
		.restart = see_anew };
}

static orch_status read_things(const struct kube_step *steps)
{
	const struct kube_items items = things();

	seen[0] = '\0';
	kube_world_expect(&w, steps);
	return kube_items_read(&w.call, &items);
}

static void expect(orch_status st, orch_status wanted, const char *things_seen)
{
	kube_world_done(&w);
	if (st != wanted || strcmp(seen, things_seen) != 0)
		fail_msg("%s, %s: %s", orch_status_name(st), seen, orch_error_last()->message);
}

/* ---- pushed ---- */

static void pages_follow_each_other_to_the_end(void **state)
{
	const struct kube_step steps[] = {
		{ .request = FIRST, .body = PAGE(ITEM("a") "," ITEM("b"), "t1"), .piece = 3 },
		{ .request = FIRST "&continue=t1", .body = PAGE(ITEM("c"), "t%2/=&") },
		{ .request = FIRST "&continue=t%252%2F%3D%26", .body = PAGE("", "t3") },
		{ .request = FIRST "&continue=t3", .body = PAGE(ITEM("d"), "") },
		END,
	};

	(void)state;
	expect(read_things(steps), ORCH_OK, "a b c d ");
}

static void what_is_asked_for_is_in_every_page(void **state)
{
	const struct kube_step steps[] = {
		{ .request = "GET /api/v1/pods?limit=500&labelSelector=a%3Db%2C%21c&fieldSelector="
			     "spec.nodeName%3Dn1",
			.body = PAGE("", "t1") },
		{ .request = "GET /api/v1/pods?limit=500&labelSelector=a%3Db%2C%21c&fieldSelector="
			     "spec.nodeName%3Dn1&continue=t1",
			.body = "{\"metadata\":{},\"items\":null}" },
		END,
	};
	struct kube_items items = things();

	(void)state;
	items.kind = KUBE_POD;
	items.ns = NULL;
	items.label_selector = "a=b,!c";
	items.field_selector = "spec.nodeName=n1";
	seen[0] = '\0';
	kube_world_expect(&w, steps);
	expect(kube_items_read(&w.call, &items), ORCH_OK, "");
}

static void a_token_that_has_expired_begins_the_list_anew(void **state)
{
	const struct kube_step steps[] = {
		{ .request = FIRST, .body = PAGE(ITEM("a") "," ITEM("b"), "t1") },
		{ .request = FIRST "&continue=t1", .status = 410, .body = EXPIRED("other") },
		{ .request = FIRST, .body = PAGE(ITEM("a") "," ITEM("c"), "t2") },
		{ .request = FIRST "&continue=t2", .body = PAGE(ITEM("d"), "") },
		END,
	};

	(void)state;
	expect(read_things(steps), ORCH_OK, "a b | a c d ");
}

static void tokens_that_always_expire_are_no_list(void **state)
{
	struct kube_step steps[11];

	(void)state;
	for (size_t i = 0; i < 10; i += 2) {
		steps[i] = (struct kube_step){ .request = FIRST, .body = PAGE(ITEM("a"), "t") };
		steps[i + 1] = (struct kube_step){
			.request = FIRST "&continue=t", .status = 410, .body = EXPIRED("")
		};
	}
	steps[10] = (struct kube_step)END;
	expect(read_things(steps), ORCH_E_EXPIRED, "a | a | a | a | a ");
}

static void a_first_page_that_breaks_off_is_read_anew(void **state)
{
	const struct kube_step steps[] = {
		{ .request = FIRST,
			.status = 200,
			.body = "{\"items\":[" ITEM("a") "," ITEM("b") ",{",
			.fault = ORCH_E_NETWORK },
		{ .request = FIRST, .body = PAGE(ITEM("a") "," ITEM("c"), "") },
		END,
	};

	(void)state;
	expect(read_things(steps), ORCH_OK, "a b | a c ");
}

static void a_later_page_that_breaks_off_goes_on_where_it_broke(void **state)
{
	const struct kube_step steps[] = {
		{ .request = FIRST, .body = PAGE(ITEM("a"), "t1") },
		{ .request = FIRST "&continue=t1",
			.status = 200,
			.body = "{\"items\":[" ITEM("b") "," ITEM("c") ",{",
			.fault = ORCH_E_NETWORK },
		{ .request = FIRST "&continue=t1", .status = 503 },
		{ .request = FIRST "&continue=t1",
			.status = 200,
			.body = "{\"items\":[" ITEM("b") ",",
			.fault = ORCH_E_NETWORK },
		{ .request = FIRST "&continue=t1",
			.body = PAGE(ITEM("b") "," ITEM("c") "," ITEM("d"), "t2") },
		{ .request = FIRST "&continue=t2", .body = PAGE(ITEM("e"), "") },
		END,
	};

	(void)state;
	expect(read_things(steps), ORCH_OK, "a b c d e ");
}

static void what_is_no_list_is_an_error(void **state)
{
	static const char *const bodies[] = { "", "hello", "{}", "[]", "{\"items\":{}}",
		"{\"items\":[" ITEM("a"), "{\"items\":[{}]}", "{\"items\":[7]}",
		"{\"items\":[]}{\"items\":[]}", "{\"items\":[],\"metadata\":{\"continue\":7}}",
		"{\"items\":[" ITEM("\xff") "]}" };

	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		const struct kube_step steps[] = { { .request = FIRST, .body = bodies[i] }, END };

		if (read_things(steps) != ORCH_E_PROTOCOL)
			fail_msg("%s: %s", bodies[i], orch_error_last()->message);
		kube_world_done(&w);
		assert_non_null(strstr(orch_error_last()->message, "/deployments"));
	}
}

static void a_list_that_leads_in_circles_is_left(void **state)
{
	const struct kube_step steps[] = {
		{ .request = FIRST, .body = PAGE("", "t1") },
		{ .request = FIRST "&continue=t1", .body = PAGE("", "t1") },
		END,
	};

	(void)state;
	expect(read_things(steps), ORCH_E_PROTOCOL, "");
}

static void a_token_of_any_length_is_an_error(void **state)
{
	static char body[70000];
	const struct kube_step steps[] = { { .request = FIRST, .body = body }, END };
	size_t n;

	(void)state;
	n = (size_t)snprintf(body, sizeof body, "{\"items\":[],\"metadata\":{\"continue\":\"");
	memset(body + n, 't', 60000);
	memcpy(body + n + 60000, "\"}}", 4);
	expect(read_things(steps), ORCH_E_TOO_LARGE, "");
}

static void whoever_reads_may_stop(void **state)
{
	const struct kube_step steps[] = {
		{ .request = FIRST, .body = PAGE(ITEM("a") "," ITEM("b") "," ITEM("c"), "t1") },
		END,
	};

	(void)state;
	stop_at_b = ORCH_E_DENIED;
	expect(read_things(steps), ORCH_E_DENIED, "a ");
	stop_at_b = ORCH_OK;
}

static void a_kind_that_is_not_served_is_unsupported(void **state)
{
	const struct kube_step steps[] = {
		{ .request = FIRST, .status = 404, .body = "404 page not found\n" },
		END,
	};

	(void)state;
	expect(read_things(steps), ORCH_E_UNSUPPORTED, "");
}

static orch_status keep(void *payload, const void *item, const struct orch__json_list *list)
{
	const struct thing *t = item;
	const char **names = payload;
	size_t n = 0, len;

	assert_memory_equal(orch__json_list_raw(list, &len), "{\"metadata\"", 11);
	while (names[n])
		n++;
	names[n] = t->name;
	return ORCH_OK;
}

static void forget(void *payload)
{
	memset(payload, 0, 8 * sizeof(const char *));
}

static void items_stay_where_there_is_an_arena(void **state)
{
	const struct kube_step steps[] = {
		{ .request = FIRST, .body = PAGE(ITEM("a") "," ITEM("b"), "t1") },
		{ .request = FIRST "&continue=t1", .status = 410, .body = EXPIRED("") },
		{ .request = FIRST, .body = PAGE(ITEM("c"), "t2"), .piece = 1 },
		{ .request = FIRST "&continue=t2", .body = PAGE(ITEM("d"), "") },
		END,
	};
	const char *names[8] = { NULL };
	struct orch__arena arena = { 0 };
	struct kube_items items = things();

	(void)state;
	items.arena = &arena;
	items.keep_raw = true;
	items.on_item = keep;
	items.restart = forget;
	items.payload = (void *)names;
	kube_world_expect(&w, steps);
	assert_int_equal(kube_items_read(&w.call, &items), ORCH_OK);
	kube_world_done(&w);
	assert_string_equal(names[0], "c");
	assert_string_equal(names[1], "d");
	assert_null(names[2]);
	orch__arena_dispose(&arena);
}

/* ---- pulled ---- */

static orch_status pull(const struct kube_step *steps)
{
	struct kube_items items = things();
	struct kube_pages *p = NULL;
	const void *item = NULL;
	orch_status st;

	seen[0] = '\0';
	items.keep_raw = true;
	if (steps)
		kube_world_expect(&w, steps);
	st = kube_pages_open(&w.call, &items, &p);
	if (st < 0)
		return st;
	for (;;) {
		char name[32];

		st = kube_pages_next(p, &w.call, &item);
		if (st < 0 || !item)
			break;
		snprintf(name, sizeof name, "\"u-%s\"", ((const struct thing *)item)->name);
		assert_non_null(strstr(kube_pages_raw(p), name));
		see(NULL, item, NULL);
	}
	kube_pages_close(p);
	return st;
}

static void pulled_items_are_the_same(void **state)
{
	const struct kube_step steps[] = {
		{ .request = FIRST, .body = PAGE(ITEM("a") "," ITEM("b"), "t1"), .piece = 2 },
		{ .request = FIRST "&continue=t1", .body = PAGE("", "t2") },
		{ .request = FIRST "&continue=t2", .body = PAGE(ITEM("c"), "") },
		END,
	};
	const struct kube_step none[] = {
		{ .request = FIRST, .body = "{\"items\":null,\"metadata\":{}}" }, END
	};

	(void)state;
	expect(pull(steps), ORCH_OK, "a b c ");
	expect(pull(none), ORCH_OK, "");
}

static void nothing_is_handed_out_twice_when_a_page_breaks_off(void **state)
{
	const struct kube_step steps[] = {
		{ .request = FIRST,
			.status = 200,
			.body = "{\"items\":[" ITEM("a") "," ITEM("b") ",",
			.fault = ORCH_E_NETWORK },
		{ .request = FIRST, .body = PAGE(ITEM("a") "," ITEM("c"), "t1") },
		{ .request = FIRST "&continue=t1",
			.status = 200,
			.body = "{\"items\":[" ITEM("d") ",",
			.fault = ORCH_E_NETWORK },
		{ .request = FIRST "&continue=t1", .body = PAGE(ITEM("d") "," ITEM("e"), "") },
		END,
	};

	(void)state;
	expect(pull(steps), ORCH_OK, "a c d e ");
}

static void nothing_is_handed_out_twice_when_a_token_expires(void **state)
{
	const struct kube_step steps[] = {
		{ .request = FIRST, .body = PAGE(ITEM("a") "," ITEM("b"), "t1") },
		{ .request = FIRST "&continue=t1", .status = 410, .body = EXPIRED("today") },
		{ .request = FIRST "&continue=today", .body = PAGE(ITEM("c"), "t2") },
		{ .request = FIRST "&continue=t2", .body = PAGE(ITEM("d"), "") },
		END,
	};
	const struct kube_step hopeless[] = {
		{ .request = FIRST, .body = PAGE(ITEM("a"), "t1") },
		{ .request = FIRST "&continue=t1", .status = 410, .body = EXPIRED("") },
		END,
	};

	(void)state;
	expect(pull(steps), ORCH_OK, "a b c d ");
	expect(pull(hopeless), ORCH_E_EXPIRED, "a ");
	assert_non_null(strstr(orch_error_last()->message, "list of deployments"));
}

static void of_a_page_that_is_broken_nothing_is_handed_out(void **state)
{
	const struct kube_step steps[] = {
		{ .request = FIRST, .body = PAGE(ITEM("a"), "t1") },
		{ .request = FIRST "&continue=t1",
			.body = "{\"items\":[" ITEM("b") ",{\"metadata\":7}]}" },
		END,
	};

	(void)state;
	expect(pull(steps), ORCH_E_PROTOCOL, "a ");
	assert_non_null(strstr(orch_error_last()->message, "list of deployments"));
}

/* ---- servers that do not end, or not well ---- */

static void endless(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	static char chunk[16384 + 16];

	(void)payload;
	(void)r;
	memset(chunk, ' ', sizeof chunk);
	memcpy(chunk, "4000\r\n", 6);
	memcpy(chunk + 6 + 16384, "\r\n", 2);
	evil_say(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	evil_say(c, "b\r\n{\"items\":[ \r\n");
	while (evil_send(c, chunk, 6 + 16384 + 2))
		;
	evil_close(c);
}

static void one_item_without_end(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	static char chunk[65536 + 16];

	(void)payload;
	(void)r;
	memset(chunk, 'x', sizeof chunk);
	memcpy(chunk, "10000\r\n", 7);
	memcpy(chunk + 7 + 65536, "\r\n", 2);
	evil_say(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	evil_say(c, "1c\r\n{\"items\":[{\"metadata\":{\"x\":\"\r\n");
	while (evil_send(c, chunk, 7 + 65536 + 2))
		;
	evil_close(c);
}

static void cut_in_silence(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	(void)r;
	evil_say(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"items\":[" ITEM("a"));
	evil_close(c);
}

static void no_http(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	(void)r;
	evil_say(c, "SSH-2.0-OpenSSH_9.2\r\n");
	evil_close(c);
}

static void hang(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	(void)r;
	evil_hang(c);
}

static orch_status open_http(
	void *payload, const struct orch__http_config *config, struct orch__http **out)
{
	(void)payload;
	return orch__http_open(config, out);
}

static int64_t late_ms; /* after the deadline */

static orch_status read_evil(
	void (*handle)(void *, struct evil_conn *, const struct evil_request *), int64_t ms)
{
	struct evil *e = evil_start(&(struct evil_options){ .handle = handle });
	struct kube_config config = { .url = "kubernetes://", .server = evil_url(e) };
	orch_client_options options = ORCH_CLIENT_OPTIONS_INIT;
	struct kube_items items = things();
	orch_call call = w.call;
	struct kube *k;
	orch_status st;

	options.connect_timeout_ms = 10000;
	seen[0] = '\0';
	assert_int_equal(kube_session_open(&config, &options, open_http, NULL, &k), ORCH_OK);
	call.backend = &k->base;
	call.deadline_ms = orch__clock_ms() + ms;
	st = kube_items_read(&call, &items);
	late_ms = orch__clock_ms() - call.deadline_ms;
	kube_session_close(k);
	evil_stop(e);
	return st;
}

static void a_list_without_end_ends_at_the_deadline(void **state)
{
	(void)state;
	assert_int_equal(read_evil(endless, 300), ORCH_E_TIMEOUT);
	if (late_ms > 250 * KUBE_WORLD_SLOW)
		fail_msg("%lld ms late", (long long)late_ms);
}

static void a_server_that_hangs_is_left_at_the_deadline(void **state)
{
	(void)state;
	assert_int_equal(read_evil(hang, 300), ORCH_E_TIMEOUT);
	if (late_ms > 250 * KUBE_WORLD_SLOW)
		fail_msg("%lld ms late", (long long)late_ms);
}

static void an_item_without_end_is_too_large(void **state)
{
	(void)state;
	assert_int_equal(read_evil(one_item_without_end, 600000), ORCH_E_TOO_LARGE);
}

static void a_list_that_is_cut_in_silence_is_not_taken_for_whole(void **state)
{
	(void)state;
	assert_int_equal(read_evil(cut_in_silence, 600000), ORCH_E_PROTOCOL);
	assert_int_equal(read_evil(no_http, 600000), ORCH_E_PROTOCOL);
}

/* ---- memory ---- */

static const struct kube_step two_pages[] = {
	{ .request = FIRST, .body = PAGE(ITEM("a") "," ITEM("b"), "t1"), .piece = 20 },
	{ .request = FIRST "&continue=t1", .body = PAGE(ITEM("c"), "") },
	END,
};
static const struct kube_step expiring[] = {
	{ .request = FIRST, .body = PAGE(ITEM("a"), "t1") },
	{ .request = FIRST "&continue=t1", .status = 410, .body = EXPIRED("t2") },
	{ .request = FIRST, .body = PAGE(ITEM("a"), "") },
	END,
};
static const struct kube_step expiring_pulled[] = {
	{ .request = FIRST, .body = PAGE(ITEM("a"), "t1") },
	{ .request = FIRST "&continue=t1", .status = 410, .body = EXPIRED("t2") },
	{ .request = FIRST "&continue=t2", .body = PAGE(ITEM("b"), "") },
	END,
};

static orch_status read_alone(void *payload)
{
	const struct kube_items items = things();

	(void)payload;
	w.at = 0;
	seen[0] = '\0';
	return kube_items_read(&w.call, &items);
}

static orch_status pull_alone(void *payload)
{
	const orch_call keep_call = w.call;
	void *result = orch__result_new(1);
	orch_status st = ORCH_E_NOMEM;

	(void)payload;
	w.at = 0;
	w.call.pool = result ? orch__result_pool(result) : NULL;
	if (result)
		st = pull(NULL);
	w.call = keep_call;
	orch__result_free(result);
	return st;
}

static void lack_of_memory_is_a_status(void **state)
{
	(void)state;
	assert_int_equal(read_things(two_pages), ORCH_OK); /* and the connections are there */
	torture_run(read_alone, NULL);
	torture_run(pull_alone, NULL);
	kube_world_expect(&w, expiring);
	torture_run(read_alone, NULL);
	kube_world_expect(&w, expiring_pulled);
	torture_run(pull_alone, NULL);
}

static int open_world(void **state)
{
	static const struct kube_step none[] = { END };

	(void)state;
	kube_world_open(&w, none);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	kube_world_close(&w);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_follow_each_other_to_the_end),
		cmocka_unit_test(what_is_asked_for_is_in_every_page),
		cmocka_unit_test(a_token_that_has_expired_begins_the_list_anew),
		cmocka_unit_test(tokens_that_always_expire_are_no_list),
		cmocka_unit_test(a_first_page_that_breaks_off_is_read_anew),
		cmocka_unit_test(a_later_page_that_breaks_off_goes_on_where_it_broke),
		cmocka_unit_test(what_is_no_list_is_an_error),
		cmocka_unit_test(a_list_that_leads_in_circles_is_left),
		cmocka_unit_test(a_token_of_any_length_is_an_error),
		cmocka_unit_test(whoever_reads_may_stop),
		cmocka_unit_test(a_kind_that_is_not_served_is_unsupported),
		cmocka_unit_test(items_stay_where_there_is_an_arena),
		cmocka_unit_test(pulled_items_are_the_same),
		cmocka_unit_test(nothing_is_handed_out_twice_when_a_page_breaks_off),
		cmocka_unit_test(nothing_is_handed_out_twice_when_a_token_expires),
		cmocka_unit_test(of_a_page_that_is_broken_nothing_is_handed_out),
		cmocka_unit_test(a_list_without_end_ends_at_the_deadline),
		cmocka_unit_test(a_server_that_hangs_is_left_at_the_deadline),
		cmocka_unit_test(an_item_without_end_is_too_large),
		cmocka_unit_test(a_list_that_is_cut_in_silence_is_not_taken_for_whole),
		cmocka_unit_test(lack_of_memory_is_a_status),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
