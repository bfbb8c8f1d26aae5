/* SPDX-License-Identifier: MIT */
/* Every single request for memory is refused once: by us, and inside of yajl. */
#include "support/json_fixture.h"

#include <stdio.h>

#include "json/list.h"
#include "json/writer.h"
#include "torture/alloc.h"

/* ---- documents that make yajl ask for more than the usual -------------------------- */

enum { LONG = 3000, DEEP = 60 };

static char long_doc[2 * LONG + 200], deep_doc[4 * DEEP + 200];

static int make_documents(void **state)
{
	size_t n;

	(void)state;
	strcpy(long_doc, "{\"Name\":\"");
	for (int i = 0; i < LONG; i++)
		strcat(long_doc + 2 * i, "\\n"); /* yajl collects what has escapes */
	strcat(long_doc, "\",\"TaskTemplate\":{\"ContainerSpec\":{\"Privileges\":[\"\\t\"]}}}");
	strcpy(deep_doc, "{\"Name\":\"\\n\",\"x\":");
	n = strlen(deep_doc);
	memset(deep_doc + n, '[', DEEP);
	memset(deep_doc + n + DEEP, ']', DEEP);
	strcpy(deep_doc + n + 2 * DEEP, "}");
	return 0;
}

/* ---- what is run --------------------------------------------------------------------- */

struct text {
	const struct orch__json_table *t;
	const char *json;
	size_t step; /* bytes a piece; 0: all at once */
};

static orch_status read_document(void *payload)
{
	const struct text *x = payload;
	const size_t len = strlen(x->json), step = x->step ? x->step : len;
	struct app app = { .replicas = 77 };
	struct orch__json_reader *r = NULL;
	struct orch__arena a = { 0 };
	orch_status st = orch__json_reader_open(x->t, &a, NULL, &r);

	for (size_t at = 0; at < len && st == ORCH_OK; at += step)
		st = orch__json_reader_feed(r, x->json + at, len - at < step ? len - at : step);
	if (st == ORCH_OK)
		st = orch__json_reader_finish(r, &app);
	if (st < 0)
		assert_int_equal(app.replicas, 77);
	orch__json_reader_dispose(r);
	orch__arena_dispose(&a);
	return st;
}

static void reading_survives(void **state)
{
	struct text rows[] = {
		{ &kube_app, kube_doc, 0 },
		{ &swarm_app, swarm_doc, 0 },
		{ &swarm_app, swarm_doc, 7 },
		{ &swarm_app, swarm_doc, 1 },
		{ &swarm_app, long_doc, 0 },
		{ &swarm_app, long_doc, 1000 },
		{ &swarm_app, deep_doc, 0 },
		{ &swarm_app, deep_doc, 13 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		torture_run(read_document, &rows[i]);
}

/* A failure that is told of takes memory as well, inside of yajl. */
static orch_status read_nonsense(void *payload)
{
	struct orch__arena a = { 0 };
	struct app app;
	orch_status st = decode(&swarm_app, &a, payload, &app);

	orch__arena_dispose(&a);
	assert_true(st < 0);
	return st == ORCH_E_PROTOCOL ? ORCH_OK : st;
}

static void errors_survive(void **state)
{
	static char tables[] = "{\"Name\":\"\\n\",\"x\":tru}", cut[] = "{\"Name\":\"\\n\"",
		    type[] = "{\"Name\":\"\\n\",\"Labels\":{\"a\":[]}}";

	(void)state;
	torture_run(read_nonsense, tables);
	torture_run(read_nonsense, cut);
	torture_run(read_nonsense, type);
}

static const orch_kv env[] = { { "A", "1" }, { "B", NULL } };
static const struct port ports[] = { { 53, 5353, "udp" }, { 80, ORCH_UNSET, "tcp" } };
static const struct mount mount_a = { "data", "/data", 1 }, mount_b = { NULL, "/tmp", ORCH_UNSET };
static const struct mount *const mounts[] = { &mount_a, &mount_b };
static const struct health health = { .period_ms = 1000, .retries = ORCH_UNSET };

static struct app a_full_app(void)
{
	struct app app = app_blank;

	app.name = "n";
	app.image = "nginx:2";
	app.env.items = env;
	app.env.count = 2;
	app.labels.items = env;
	app.labels.count = 1;
	app.ports.items = ports;
	app.ports.count = 2;
	app.mounts.items = mounts;
	app.mounts.count = 2;
	app.health = &health;
	app.driver = "{\"a\":[1,\"\\n\"]}";
	return app;
}

static orch_status write_document(void *payload)
{
	struct app app = a_full_app();
	char *text = encode(&swarm_app, &app);

	(void)payload;
	orch__free(text);
	return text ? ORCH_OK : orch_error_last()->status;
}

static orch_status write_by_hand(void *payload)
{
	struct orch__buf out = ORCH__BUF_INIT(100000);
	struct orch__json_writer w;
	orch_status st;

	orch__json_write_start(&w, &out);
	orch__json_write_array(&w);
	orch__json_write_raw(&w, payload, strlen(payload));
	orch__json_write_pair(&w, &env[0]);
	orch__json_write_end(&w);
	st = orch__json_write_finish(&w);
	if (st < 0)
		assert_int_equal(out.len, 0);
	orch__buf_dispose(&out);
	return st;
}

static void writing_survives(void **state)
{
	(void)state;
	torture_run(write_document, NULL);
	torture_run(write_by_hand, long_doc);
	torture_run(write_by_hand, deep_doc);
}

static const char live_doc[] =
	"{\"Name\":\"n\",\"Labels\":{\"A\":\"1\"},\"TaskTemplate\":{\"ContainerSpec\":{\"Env\":["
	"\"A=1\",\"C\"],\"Mounts\":[{\"Source\":\"x\",\"Target\":\"/data\",\"Type\":\"bind\"}],"
	"\"Privileges\":{\"a\":[1]},\"Healthcheck\":{\"Test\":[\"\\n\"]}}},\"EndpointSpec\":"
	"{\"Ports\":[{\"TargetPort\":80,\"Protocol\":\"tcp\",\"PublishMode\":\"host\"}]}}";

static orch_status lay_over(void *payload)
{
	const enum orch__json_unset *unset = payload;
	struct app app = a_full_app();
	bool changed = false;
	char *text = overlay(&swarm_app, live_doc, &app, *unset, &changed);

	assert_int_equal(changed, text != NULL);
	orch__free(text);
	return text ? ORCH_OK : orch_error_last()->status;
}

static void laying_over_survives(void **state)
{
	enum orch__json_unset keep = ORCH__JSON_KEEP_UNSET, drop = ORCH__JSON_DROP_UNSET;

	(void)state;
	torture_run(lay_over, &keep);
	torture_run(lay_over, &drop);
}

/* ---- lists ------------------------------------------------------------------------------ */

struct envelope {
	const char *version;
};

static const struct envelope envelope_blank;

/* clang-format off */
ORCH__J_LOCAL_TABLE(envelope_table, envelope_blank,
	ORCH__J_STR("metadata.resourceVersion", struct envelope, version, 0));
/* clang-format on */

struct list {
	bool strict, stream, lend;
	size_t step;
};

static orch_status read_all(struct orch__json_list *l, struct orch__arena *a)
{
	bool got = true;
	orch_status st = ORCH_OK;

	while (st == ORCH_OK && got) {
		struct app app;

		st = orch__json_list_next(l, a, &app, &got);
	}
	return st;
}

static orch_status read_list(void *payload)
{
	const struct list *x = payload;
	const struct orch__json_list_options o = { .strict = x->strict, .keep_raw = x->lend };
	char json[3 * sizeof long_doc];
	struct envelope e = { "untouched" };
	struct orch__json_list *l = NULL;
	struct orch__arena a = { 0 };
	orch_status st;
	size_t len;

	len = (size_t)snprintf(json, sizeof json,
		x->stream ? "%s\n%s\n%s"
			  : "{\"metadata\":{\"resourceVersion\":\"1\\n\"},\"items\":[%s,%s,%s]}",
		live_doc, long_doc, deep_doc);
	if (x->stream)
		st = orch__json_stream_open(&swarm_app, &o, &l);
	else
		st = orch__json_list_open(&swarm_app, "items", &envelope_table, &o, &l);
	for (size_t at = 0; at < len && st == ORCH_OK; at += x->step) {
		const size_t n = len - at < x->step ? len - at : x->step;

		st = x->lend ? orch__json_list_lend(l, json + at, n)
			     : orch__json_list_feed(l, json + at, n);
		if (st == ORCH_OK)
			st = read_all(l, &a);
	}
	if (st == ORCH_OK)
		st = orch__json_list_finish(l, &a, x->stream ? NULL : &e);
	if (st < 0)
		assert_string_equal(e.version, "untouched");
	orch__json_list_close(l);
	orch__arena_dispose(&a);
	return st;
}

static void lists_survive(void **state)
{
	static const size_t steps[] = { 20000, 900, 17 };

	(void)state;
	for (int bits = 0; bits < 8; bits++)
		for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
			struct list x = { bits & 1, bits & 2, bits & 4, steps[i] };

			torture_run(read_list, &x);
		}
}

/* ---- arenas that are too small ------------------------------------------------------------ */

static orch_status read_into(size_t limit, size_t *used)
{
	struct orch__arena a = { .limit = limit };
	struct app app = { .replicas = 77 };
	orch_status st = decode(&swarm_app, &a, live_doc, &app);

	if (st < 0)
		assert_int_equal(app.replicas, 77);
	*used = a.used;
	orch__arena_dispose(&a);
	return st;
}

static void an_arena_may_be_too_small_by_any_number_of_bytes(void **state)
{
	size_t all, used;

	(void)state;
	assert_int_equal(read_into(1 << 20, &all), ORCH_OK);
	for (size_t limit = 1; limit < all; limit++)
		assert_int_equal(read_into(limit, &used), ORCH_E_TOO_LARGE);
	assert_int_equal(read_into(all, &used), ORCH_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading_survives),
		cmocka_unit_test(errors_survive),
		cmocka_unit_test(writing_survives),
		cmocka_unit_test(laying_over_survives),
		cmocka_unit_test(lists_survive),
		cmocka_unit_test(an_arena_may_be_too_small_by_any_number_of_bytes),
	};

	return cmocka_run_group_tests(tests, make_documents, NULL);
}
