/* SPDX-License-Identifier: MIT */
/* The API server dies and comes back; answers that say "later", that break off, that never come. */
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "live/kube.h"
#include "live/workers.h"

/* ---- programs at work while the server dies ---- */

static void no_call_fails_when_the_server_is_killed_and_comes_back(void **state)
{
	struct workers workers;
	const char *rounds = getenv("LIVE_ROUNDS");
	int status = 0;

	(void)live_env("LIVE_CLUSTER");
	workers_hire(&workers, *state, 6);
	for (int i = rounds ? atoi(rounds) : 2; i > 0 && !status; i--) {
		(void)live_sh("sleep 2"); /* all at work */
		status = live_sh(KUBE_KILL_SERVER " && sleep 1 && " KUBE_START_SERVER);
	}
	(void)live_sh("sleep 2"); /* and again */
	workers_dismiss(&workers);
	assert_int_equal(status, 0);
	workers_lost_nothing(&workers);
	assert_int_equal(workers_left_over(&workers), 0);
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

	wait.stall_ms = 60000; /* kubelets that got no answer try again after a while */
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
	assert_in_range(world_now_ms() - began, 0, 8000);
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
#define LATER                                                                                      \
	"\"status\": 500, \"headers\": {\"Retry-After\": \"1\", \"Content-Type\": "                \
	"\"application/json\"}, \"body\": "                                                        \
	"\"{\\\"kind\\\":\\\"Status\\\",\\\"apiVersion\\\":\\\"v1\\\",\\\"status\\\":\\\"Failure"  \
	"\\\",\\\"message\\\":\\\"could not be completed at this time, please try "                \
	"again\\\",\\\"reason\\\":\\\"ServerTimeout\\\",\\\"code\\\":500}\""
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
	assert_read_gets_through(*state, LATER, 1);
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

/* The same for what is not there yet. */
static void a_creation_outlasts_a_server_that_is_busy(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "new");
	struct kube_proxy p;

	spec.replicas = 0;
	kube_proxy_begin(&p, w, NULL);
	kube_proxy_faults(&p,
		"[{\"method\": \"POST|PATCH\", \"path\": \".*/deployments.*\", \"do\": \"answer\", "
		"\"times\": 2, " BUSY "}]");
	assert_ok(orch_deployment_apply(p.client, &spec, NULL, NULL));
	assert_int_equal(kube_proxy_count(&p, " answered "), 2);
	assert_int_equal(kube_count(w, "deployment new", ".metadata.generation"), 1);
	kube_proxy_end(&p);
}

struct sleeper {
	orch_client *client;
	orch_status status;
};

static void *sleep_until_cancelled(void *payload)
{
	struct sleeper *s = payload;

	s->status = world_probe(s->client, "web");
	return NULL;
}

/* The server says "in a minute", and its caller has no more use for the answer. */
static void a_call_that_waits_to_ask_again_is_cancelled_at_once(void **state)
{
	struct kube_proxy p;
	struct sleeper s;
	pthread_t thread;
	int64_t began;

	kube_proxy_begin(&p, *state, NULL);
	kube_proxy_faults(&p,
		"[{\"do\": \"answer\", \"times\": 10000, \"status\": 503, "
		"\"headers\": {\"Retry-After\": \"20\"}}]");
	s.client = p.client;
	assert_int_equal(pthread_create(&thread, NULL, sleep_until_cancelled, &s), 0);
	while (!kube_proxy_count(&p, " answered "))
		(void)live_sh("sleep 0.05");
	(void)live_sh("sleep 0.3"); /* the answer has been read */
	began = world_now_ms();
	orch_client_cancel(p.client);
	assert_int_equal(pthread_join(thread, NULL), 0);
	print_message("# after %lld ms\n", (long long)(world_now_ms() - began));
	assert_true(world_now_ms() - began < 10000);
	assert_int_equal(s.status, ORCH_E_CANCELLED);
	assert_int_equal(kube_proxy_count(&p, " answered "), 1);
	kube_proxy_end(&p);
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
	assert_in_range(world_now_ms() - began, 0, 8000);
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

enum { MANY = 2500 }; /* five pages */

static char many[40]; /* a namespace of that many deployments; or "" */

static const char *need_many(const struct world *w)
{
	(void)live_env("KUBE_ADMIN");
	if (!*many) {
		(void)snprintf(many, sizeof many, "%s-many", w->ns);
		live_ok("\"$LIVE_FOLDER\"/kube_many %s %d %s", many, MANY, w->image);
	}
	return many;
}

static void assert_all_in_order(const orch_deployments *list)
{
	char name[16];

	assert_int_equal(list->count, MANY);
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(name, sizeof name, "d%04d", i + 1);
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

typedef void at_fn(void *payload, int count);

/* One by one; `at` is told after each. */
static void visit_through(orch_client *client, at_fn *at, void *payload)
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
		at(payload, ++count);
		n = strtol(d->spec->name + 1, NULL, 10);
		assert_in_range(n, 1, MANY);
		assert_false(seen[n]); /* never twice */
		seen[n] = true;
		orch_deployment_free(d);
	}
	orch_deployment_close(cursor);
	assert_int_equal(count, MANY);
}

struct fault {
	struct kube_proxy *proxy;
	const char *json;
};

/* Once the first page is there. */
static void set_fault(void *payload, int count)
{
	struct fault *f = payload;

	if (count == 1)
		kube_proxy_faults(f->proxy, f->json);
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
	struct fault fault;

	o.ns = need_many(w);
	kube_proxy_begin(&p, w, &o);
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		kube_proxy_faults(&p, faults[i]);
		list_through(p.client);
		assert_int_equal(kube_proxy_count(&p, "(answered|cut|expired)"), i > 0);
		kube_proxy_faults(&p, "[]");
		fault = (struct fault){ &p, faults[i] };
		visit_through(p.client, set_fault, &fault);
	}
	kube_proxy_end(&p);
}

/* The real thing: the store forgets, and a new server remembers nothing. */
static void a_list_whose_state_was_cleared_away_goes_on(void **state)
{
	struct world *w = *state;
	orch_deployment_cursor *cursor = NULL;
	const orch_deployment *d = NULL;
	orch_client *view = NULL;
	const char *ns = need_many(w);
	int count = 1;

	(void)live_env("LIVE_CLUSTER");
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
}

/* ---- memory ---- */

static atomic_llong used, most;

/* All that liborch asks for is counted. */
static void *count_memory(void *payload, void *p, size_t size)
{
	long long change = p ? -(long long)malloc_usable_size(p) : 0, now;
	void *grown = NULL;

	(void)payload;
	if (!size)
		free(p);
	else if (!(grown = realloc(p, size)))
		return NULL;
	change += grown ? (long long)malloc_usable_size(grown) : 0;
	now = atomic_fetch_add(&used, change) + change;
	for (long long seen = atomic_load(&most);
		now > seen && !atomic_compare_exchange_weak(&most, &seen, now);)
		;
	return grown;
}

/* Two pages in, whoever walks has met all that there is to hold. */
static void note_memory(void *payload, int count)
{
	if (count == 1000)
		*(long long *)payload = atomic_load(&most);
}

static void a_walk_takes_no_more_memory_the_longer_it_is(void **state)
{
	struct world *w = *state;
	const orch_deployments *list = NULL;
	orch_client *view = NULL;
	long long before, early = 0, late, listing, size;
	char *text;

	assert_ok(orch_client_with_namespace(w->client, need_many(w), &view));
	before = atomic_load(&used);
	atomic_store(&most, before);
	visit_through(view, note_memory, &early);
	late = atomic_load(&most);
	atomic_store(&most, before);
	assert_ok(orch_deployment_list(view, NULL, &list));
	listing = atomic_load(&most) - before;
	assert_all_in_order(list);
	orch_deployments_free(list);
	text = live_output(
		KUBECTL "get --raw /apis/apps/v1/namespaces/%s/deployments | wc -c", many);
	size = atoll(text);
	print_message(
		"# of %lld bytes a walk holds %lld, a list %lld\n", size, late - before, listing);
	assert_true(late - early < size / 10);
	assert_true(listing < size * 3);
	free(text);
	orch_client_close(view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(a_read_outlasts_a_server_that_is_busy),
		world_test(a_read_outlasts_a_server_that_is_not_available),
		world_test(a_write_outlasts_a_server_that_is_busy),
		world_test(a_write_outlasts_a_server_that_is_not_available),
		world_test(a_creation_outlasts_a_server_that_is_busy),
		world_test(a_call_that_waits_to_ask_again_is_cancelled_at_once),
		world_test(a_server_that_stays_busy_is_busy_in_its_own_words_at_the_deadline),
		world_test(an_answer_that_never_comes_is_asked_for_again),
		world_test(a_connection_that_breaks_in_the_middle_of_an_answer_is_no_end_of_it),
		world_test(a_list_of_pages_survives_whatever_happens_between_them),
		world_test(a_walk_takes_no_more_memory_the_longer_it_is),
		world_test(a_list_whose_state_was_cleared_away_goes_on),
		world_test(no_call_fails_when_the_server_is_killed_and_comes_back),
		world_test(a_wait_outlives_the_server),
		world_test(
			while_there_is_no_server_calls_end_at_their_deadline_and_work_again_by_themselves),
	};

	int failed;

	orch_set_allocator(count_memory, NULL);
	failed = world_run(tests);
	if (*many)
		(void)live_sh(KUBECTL "delete namespace %s --wait=false >/dev/null", many);
	return failed;
}
