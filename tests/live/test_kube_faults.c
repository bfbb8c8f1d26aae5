/* SPDX-License-Identifier: MIT */
/* The API server dies and comes back; answers that say "later", that break off, that never come. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "live/kube.h"

enum { WORKERS = 6 };

/* ---- programs at work while the server dies ---- */

struct worker {
	struct world *w;
	orch_client *client;
	pthread_t thread;
	atomic_int *stop;
	char name[24];
	int calls;
	int64_t acknowledged; /* the last number whose write was acknowledged */
	int64_t slowest_ms;
	orch_error error;
	bool failed;
};

static bool check(struct worker *t, orch_status st, int64_t began)
{
	int64_t took = world_now_ms() - began;

	t->calls++;
	t->slowest_ms = took > t->slowest_ms ? took : t->slowest_ms;
	if (st == ORCH_OK)
		return true;
	t->failed = true;
	t->error = *orch_error_last();
	return false;
}

static bool write_number(struct worker *t, int64_t number)
{
	char value[24];
	orch_kv label = { "number", value };
	orch_deployment_spec spec = world_server(t->w, t->name);
	int64_t began = world_now_ms();

	(void)snprintf(value, sizeof value, "%lld", (long long)number);
	spec.replicas = 0;
	spec.labels.items = &label;
	spec.labels.count = 1;
	return check(t, orch_deployment_apply(t->client, &spec, NULL, NULL), began);
}

static bool read_it(struct worker *t)
{
	const orch_deployment *d = NULL;
	int64_t began = world_now_ms();
	bool ok = check(t, orch_deployment_get(t->client, t->name, &d), began);

	orch_deployment_free(d);
	return ok;
}

/* Make another one and take it away again: neither may happen twice. */
static bool make_and_delete(struct worker *t, int64_t number)
{
	char name[40];
	orch_deployment_spec spec;
	int64_t began = world_now_ms();

	(void)snprintf(name, sizeof name, "%s-%lld", t->name, (long long)number);
	spec = world_server(t->w, name);
	spec.replicas = 0;
	if (!check(t, orch_deployment_apply(t->client, &spec, NULL, NULL), began))
		return false;
	began = world_now_ms();
	return check(t, orch_deployment_delete(t->client, name, NULL), began);
}

static void *work(void *payload)
{
	struct worker *t = payload;

	while (!atomic_load(t->stop)) {
		if (!write_number(t, t->acknowledged + 1))
			break;
		t->acknowledged++;
		if (!read_it(t) || !make_and_delete(t, t->acknowledged))
			break;
	}
	return NULL;
}

static void hire(struct world *w, struct worker *workers, orch_client *client, atomic_int *stop)
{
	for (int i = 0; i < WORKERS; i++) {
		struct worker *t = &workers[i];

		memset(t, 0, sizeof *t);
		t->w = w;
		t->client = client;
		t->stop = stop;
		(void)snprintf(t->name, sizeof t->name, "worker-%d", i);
		assert_int_equal(pthread_create(&t->thread, NULL, work, t), 0);
	}
}

static int64_t number_of(const orch_deployment *d)
{
	for (size_t i = 0; i < d->spec->labels.count; i++)
		if (strcmp(d->spec->labels.items[i].key, "number") == 0)
			return atoll(d->spec->labels.items[i].value);
	return -1;
}

static void assert_nothing_lost(struct world *w, const struct worker *workers)
{
	const orch_deployments *list = NULL;

	for (int i = 0; i < WORKERS; i++) {
		const struct worker *t = &workers[i];
		const orch_deployment *d;

		print_message("# %s: %d calls, slowest %lld ms\n", t->name, t->calls,
			(long long)t->slowest_ms);
		if (t->failed)
			print_error("%s: %s (%s)\n", t->name, t->error.message,
				orch_outcome_name(t->error.outcome));
		assert_false(t->failed);
		assert_true(t->slowest_ms < 60000);
		d = world_get(w, t->name);
		assert_int_equal(number_of(d), t->acknowledged);
		orch_deployment_free(d);
	}
	assert_ok(orch_deployment_list(w->client, NULL, &list));
	assert_int_equal(list->count, WORKERS); /* all others were deleted, once */
	orch_deployments_free(list);
}

static void no_call_fails_when_the_server_is_killed_and_comes_back(void **state)
{
	struct world *w = *state;
	struct worker workers[WORKERS];
	orch_client *client = NULL;
	atomic_int stop = 0;
	const char *rounds = getenv("LIVE_ROUNDS");
	int status = 0;

	(void)live_env("LIVE_CLUSTER");
	assert_ok(orch_client_with_timeout(w->client, 60000, &client));
	hire(w, workers, client, &stop);
	for (int i = rounds ? atoi(rounds) : 2; i > 0 && !status; i--) {
		(void)live_sh("sleep 2"); /* all at work */
		status = live_sh(KUBE_KILL_SERVER " && sleep 1 && " KUBE_START_SERVER);
	}
	(void)live_sh("sleep 2"); /* and again */
	atomic_store(&stop, 1);
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
	orch_client_close(client);
	assert_int_equal(status, 0);
	assert_nothing_lost(w, workers);
}

struct waiter {
	orch_client *client;
	orch_status status;
	orch_error error;
	atomic_int asked;
};

static void note_progress(void *payload, const orch_deployment *now)
{
	(void)now;
	atomic_fetch_add((atomic_int *)payload, 1);
}

static void *wait_for_web(void *payload)
{
	struct waiter *t = payload;
	orch_wait_options wait = world_wait();

	wait.progress = note_progress;
	wait.progress_payload = &t->asked;
	t->status = orch_deployment_wait(t->client, "web", &wait, NULL);
	t->error = *orch_error_last();
	return NULL;
}

static void a_wait_outlives_the_server(void **state)
{
	struct world *w = *state;
	struct waiter t = { w->client, ORCH_OK, { 0 }, 0 };
	orch_deployment_spec spec = world_server(w, "web");
	pthread_t thread;

	(void)live_env("LIVE_CLUSTER");
	world_up(w, "web", 2);
	spec.image = w->image2;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	assert_int_equal(pthread_create(&thread, NULL, wait_for_web, &t), 0);
	while (!atomic_load(&t.asked))
		(void)live_sh("sleep 0.05");
	live_ok(KUBE_KILL_SERVER " && sleep 2 && " KUBE_START_SERVER);
	assert_int_equal(pthread_join(thread, NULL), 0);
	if (t.status != ORCH_OK)
		print_error("%s\n", t.error.message);
	assert_int_equal(t.status, ORCH_OK);
}

static void while_there_is_no_server_calls_end_at_their_deadline_and_work_again_by_themselves(
	void **state)
{
	struct world *w = *state;
	orch_client *hasty = NULL;
	orch_deployment_spec spec = world_server(w, "web");
	int64_t began;

	(void)live_env("LIVE_CLUSTER");
	world_up(w, "web", 0);
	assert_ok(orch_client_with_timeout(w->client, 3000, &hasty));
	live_ok(KUBE_KILL_SERVER);
	began = world_now_ms();
	assert_status(world_probe(hasty, "web"), ORCH_E_NETWORK);
	assert_in_range(world_now_ms() - began, 0, 4000);
	assert_int_equal(orch_error_last()->transient, 1);
	spec.replicas = 0;
	assert_status(orch_deployment_apply(hasty, &spec, NULL, NULL), ORCH_E_NETWORK);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
	live_ok(KUBE_START_SERVER);
	assert_ok(world_probe(w->client, "web"));
	orch_client_close(hasty);
}

/* ---- answers that say "later" ---- */

#define READ "\"method\": \"GET\", \"path\": \".*/deployments/web.*\""
#define WRITE "\"method\": \"PUT|PATCH\", \"path\": \".*/deployments/web.*\""
#define JSON "\"headers\": {\"Content-Type\": \"application/json\"}, "
#define BUSY                                                                                       \
	"\"status\": 429, \"headers\": {\"Retry-After\": \"1\", \"Content-Type\": "                \
	"\"application/json\"}, \"body\": "                                                        \
	"\"{\\\"kind\\\":\\\"Status\\\",\\\"apiVersion\\\":\\\"v1\\\",\\\"status\\\":\\\"Failure"  \
	"\\\",\\\"message\\\":\\\"too many, later\\\",\\\"reason\\\":\\\"TooManyRequests\\\","     \
	"\\\"code\\\":429}\""
#define SHUTDOWN                                                                                   \
	"\"status\": 429, \"headers\": {\"Retry-After\": \"1\", \"Content-Type\": "                \
	"\"text/plain\"}, \"body\": \"The apiserver is shutting down, please try again later.\""
#define UNAVAILABLE                                                                                \
	"\"status\": 503, \"headers\": {\"Content-Type\": \"text/plain\"}, \"body\": \"no "        \
	"healthy upstream\""
#define INTERNAL                                                                                   \
	"\"status\": 500, " JSON                                                                   \
	"\"body\": \"{\\\"kind\\\":\\\"Status\\\",\\\"apiVersion\\\":\\\"v1\\\",\\\"status\\\":"   \
	"\\\"Failure\\\",\\\"message\\\":\\\"etcdserver: request timed "                           \
	"out\\\",\\\"code\\\":500}\""
#define GATEWAY                                                                                    \
	"\"status\": 502, \"headers\": {\"Content-Type\": \"text/html\"}, \"body\": "              \
	"\"<html>bad gateway</html>\""

/* After so many of these answers a read is answered. */
static void assert_read_gets_through(struct world *w, const char *answer, int times)
{
	struct kube_proxy p;
	char faults[1024];

	world_up(w, "web", 0);
	kube_proxy_begin(&p, w, NULL);
	(void)snprintf(faults, sizeof faults, "[{" READ ", \"do\": \"answer\", \"times\": %d, %s}]",
		times, answer);
	kube_proxy_faults(&p, faults);
	assert_ok(world_probe(p.client, "web"));
	assert_int_equal(kube_proxy_count(&p, " answered "), times);
	kube_proxy_end(&p);
}

static void a_read_outlasts_a_server_that_is_busy(void **state)
{
	assert_read_gets_through(*state, BUSY, 2);
	assert_read_gets_through(*state, SHUTDOWN, 2);
}

static void a_read_outlasts_a_server_that_is_not_available(void **state)
{
	assert_read_gets_through(*state, UNAVAILABLE, 3);
	assert_read_gets_through(*state, INTERNAL, 2);
	assert_read_gets_through(*state, GATEWAY, 2);
}

/* A change that is refused so goes through later, and once. */
static void assert_write_gets_through(struct world *w, const char *answer, int times)
{
	struct kube_proxy p;
	char faults[1024];
	int64_t before;

	world_up(w, "web", 0);
	before = kube_count(w, "deployment web", ".metadata.generation");
	kube_proxy_begin(&p, w, NULL);
	(void)snprintf(faults, sizeof faults,
		"[{" WRITE ", \"do\": \"answer\", \"times\": %d, %s}]", times, answer);
	kube_proxy_faults(&p, faults);
	assert_ok(orch_deployment_restart(p.client, "web", NULL, NULL));
	assert_int_equal(kube_proxy_count(&p, " answered "), times);
	assert_int_equal(kube_count(w, "deployment web", ".metadata.generation"), before + 1);
	kube_proxy_end(&p);
}

static void a_write_outlasts_a_server_that_is_busy(void **state)
{
	assert_write_gets_through(*state, BUSY, 2);
	assert_write_gets_through(*state, SHUTDOWN, 1);
}

static void a_write_outlasts_a_server_that_is_not_available(void **state)
{
	assert_write_gets_through(*state, UNAVAILABLE, 2);
}

static void a_server_that_stays_busy_is_busy_in_its_own_words_at_the_deadline(void **state)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	struct kube_proxy p;
	int64_t began;

	o.timeout_ms = 3000;
	kube_proxy_begin(&p, *state, &o);
	kube_proxy_faults(&p, "[{\"do\": \"answer\", \"times\": 10000, " BUSY "}]");
	began = world_now_ms();
	assert_status(world_probe(p.client, "web"), ORCH_E_BUSY);
	assert_in_range(world_now_ms() - began, 0, 4000);
	assert_message_names("too many, later");
	assert_int_equal(orch_error_last()->http_status, 429);
	assert_int_equal(orch_error_last()->transient, 1);
	assert_in_range(kube_proxy_count(&p, " answered "), 2, 6); /* it said: in a second */
	kube_proxy_faults(&p, "[{\"do\": \"answer\", \"times\": 10000, " UNAVAILABLE "}]");
	assert_status(world_probe(p.client, "web"), ORCH_E_UNAVAILABLE);
	assert_message_names("no healthy upstream");
	kube_proxy_end(&p);
}

/* ---- answers that break off or never come ---- */

static void an_answer_that_never_comes_is_asked_for_again(void **state)
{
	struct world *w = *state;
	struct kube_proxy p;
	int64_t began;

	world_up(w, "web", 0);
	kube_proxy_begin(&p, w, NULL);
	assert_ok(world_probe(p.client, "web")); /* there is a connection */
	kube_proxy_faults(&p, "[{" READ ", \"do\": \"hang\"}]");
	began = world_now_ms();
	assert_ok(world_probe(p.client, "web"));
	print_message("# after %lld ms\n", (long long)(world_now_ms() - began));
	assert_int_equal(kube_proxy_count(&p, " hung"), 1);
	assert_true(world_now_ms() - began < 29000);
	kube_proxy_end(&p);
}

static void a_connection_that_breaks_in_the_middle_of_an_answer_is_no_end_of_it(void **state)
{
	struct world *w = *state;
	const orch_deployment *d = NULL;
	struct kube_proxy p;

	world_up(w, "web", 0);
	kube_proxy_begin(&p, w, NULL);
	kube_proxy_faults(&p, "[{" READ ", \"do\": \"cut\", \"bytes\": 600, \"times\": 2}]");
	assert_ok(orch_deployment_get(p.client, "web", &d));
	assert_string_equal(d->spec->image, w->image);
	assert_int_equal(kube_proxy_count(&p, " cut "), 2);
	orch_deployment_free(d);
	kube_proxy_end(&p);
}

/* ---- lists of several pages ---- */

enum { MANY = 620 };

/* A namespace of that many deployments without instances, made all at once. */
static void make_many(const struct world *w, char *ns, size_t size)
{
	static int made;

	(void)snprintf(ns, size, "%s-many%d", w->ns, made++);
	live_ok(KUBECTL "create namespace %s >/dev/null", ns);
	live_ok("for i in $(seq -w %d); do printf '%%s\\n' --- 'apiVersion: apps/v1' 'kind: "
		"Deployment'"
		" \"metadata: {name: d$i, labels: {n: \\\"$i\\\"}}\" 'spec:' '  replicas: 0'"
		" '  selector: {matchLabels: {app: x}}' '  template: {metadata: {labels: {app: x}},"
		" spec: {containers: [{name: c, image: %s}]}}'; done | " KUBECTL
		"-n %s create -f - >/dev/null",
		MANY, w->image, ns);
}

static void assert_all_in_order(const orch_deployments *list)
{
	char name[16];

	assert_int_equal(list->count, MANY);
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(name, sizeof name, "d%03d", i + 1);
		assert_string_equal(list->items[i]->spec->name, name);
	}
}

static void list_through(orch_client *client)
{
	const orch_deployments *list = NULL;

	assert_ok(orch_deployment_list(client, NULL, &list));
	assert_all_in_order(list);
	orch_deployments_free(list);
}

/* One by one; after the first of them `fault` is there. */
static void visit_through(struct kube_proxy *p, orch_client *client, const char *fault)
{
	bool seen[MANY + 1] = { false };
	orch_deployment_cursor *cursor = NULL;
	const orch_deployment *d = NULL;
	int count = 0;

	assert_ok(orch_deployment_open(client, NULL, &cursor));
	for (;;) {
		long n;

		assert_ok(orch_deployment_next(cursor, &d));
		if (!d)
			break;
		if (!count++)
			kube_proxy_faults(p, fault);
		n = strtol(d->spec->name + 1, NULL, 10);
		assert_in_range(n, 1, MANY);
		assert_false(seen[n]); /* never twice */
		seen[n] = true;
		orch_deployment_free(d);
	}
	orch_deployment_close(cursor);
	assert_int_equal(count, MANY);
}

#define NEXT_PAGE "\"path\": \".*/deployments[?].*continue=.*\""

static void a_list_of_pages_survives_whatever_happens_between_them(void **state)
{
	static const char expired[] = "[{" NEXT_PAGE ", \"do\": \"expire\"}]",
			  cut[] = "[{" NEXT_PAGE ", \"do\": \"cut\", \"bytes\": 100000}]",
			  busy[] = "[{" NEXT_PAGE ", \"do\": \"answer\", " BUSY "}]";
	const char *faults[] = { "[]", expired, cut, busy };
	struct world *w = *state;
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	struct kube_proxy p;
	char ns[40];

	(void)live_env("KUBE_ADMIN");
	make_many(w, ns, sizeof ns);
	o.ns = ns;
	kube_proxy_begin(&p, w, &o);
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		kube_proxy_faults(&p, faults[i]);
		list_through(p.client);
		assert_int_equal(kube_proxy_count(&p, "(answered|cut|expired)"), i > 0);
		kube_proxy_faults(&p, "[]");
		visit_through(&p, p.client, faults[i]);
	}
	kube_proxy_end(&p);
	live_ok(KUBECTL "delete namespace %s --wait=false >/dev/null", ns);
}

/* The real thing: the store forgets, and a new server remembers nothing. */
static void a_list_whose_state_was_cleared_away_goes_on(void **state)
{
	struct world *w = *state;
	orch_deployment_cursor *cursor = NULL;
	const orch_deployment *d = NULL;
	orch_client *view = NULL;
	char ns[40];
	int count = 1;

	(void)live_env("LIVE_CLUSTER");
	make_many(w, ns, sizeof ns);
	assert_ok(orch_client_with_namespace(w->client, ns, &view));
	assert_ok(orch_deployment_open(view, NULL, &cursor));
	assert_ok(orch_deployment_next(cursor, &d));
	assert_non_null(d);
	orch_deployment_free(d);
	live_ok(KUBECTL "-n %s create configmap later >/dev/null", ns);
	live_ok("\"$LIVE_CLUSTER\" exec --name \"$LIVE_NAME\" cp curl -fsS "
		"http://127.0.0.1:2379/v3/kv/compaction -d \"{\\\"revision\\\": "
		"\\\"$(" KUBECTL
		"-n %s get configmap later -o 'jsonpath={.metadata.resourceVersion}')"
		"\\\"}\" >/dev/null",
		ns);
	live_ok(KUBE_KILL_SERVER " && " KUBE_START_SERVER);
	for (;;) {
		assert_ok(orch_deployment_next(cursor, &d));
		if (!d)
			break;
		orch_deployment_free(d);
		count++;
	}
	assert_int_equal(count, MANY);
	orch_deployment_close(cursor);
	orch_client_close(view);
	live_ok(KUBECTL "delete namespace %s --wait=false >/dev/null", ns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(a_read_outlasts_a_server_that_is_busy),
		world_test(a_read_outlasts_a_server_that_is_not_available),
		world_test(a_write_outlasts_a_server_that_is_busy),
		world_test(a_write_outlasts_a_server_that_is_not_available),
		world_test(a_server_that_stays_busy_is_busy_in_its_own_words_at_the_deadline),
		world_test(an_answer_that_never_comes_is_asked_for_again),
		world_test(a_connection_that_breaks_in_the_middle_of_an_answer_is_no_end_of_it),
		world_test(a_list_of_pages_survives_whatever_happens_between_them),
		world_test(a_list_whose_state_was_cleared_away_goes_on),
		world_test(no_call_fails_when_the_server_is_killed_and_comes_back),
		world_test(a_wait_outlives_the_server),
		world_test(
			while_there_is_no_server_calls_end_at_their_deadline_and_work_again_by_themselves),
	};

	return world_run(tests);
}
