/* SPDX-License-Identifier: MIT */
/* Specs there and back: what a Deployment says, and what it is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend/kubernetes/expand.h"
#include "backend/kubernetes/names.h"
#include "backend/kubernetes/spec.h"
#include "torture/alloc.h"
#include "util/error.h"
#include "util/pool.h"
#include "util/text.h"

static orch_pool *pool;

static int make_pool(void **state)
{
	(void)state;
	pool = orch__result_pool(orch__result_new(1));
	return 0;
}

static int drop_pool(void **state)
{
	struct orch__arena arena = pool->arena; /* the pool lies in it */

	(void)state;
	orch__arena_dispose(&arena);
	return 0;
}

/* ---- helpers ---- */

/* What the server has after a POST of `web`, with what it fills in. */
#define OBJECT(meta, pod, container)                                                               \
	"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\","      \
	"\"namespace\":\"shop\",\"uid\":\"u1\",\"resourceVersion\":\"7\",\"generation\":1" meta    \
	"},\"spec\":{\"replicas\":3,\"selector\":{\"matchLabels\":{\"app\":\"web\"}},"             \
	"\"template\":{\"metadata\":{\"creationTimestamp\":null,\"labels\":{\"app\":\"web\"}},"    \
	"\"spec\":{\"containers\":[{\"name\":\"main\",\"image\":\"i:1\"" container                 \
	",\"resources\":{},\"imagePullPolicy\":\"IfNotPresent\"},"                                 \
	"{\"name\":\"sidecar\",\"image\":\"s:1\"}],\"restartPolicy\":\"Always\","                  \
	"\"terminationGracePeriodSeconds\":30" pod "}},\"strategy\":{\"type\":\"Recreate\"}},"     \
	"\"status\":{}}"

static struct kube_deployment decode(const char *json)
{
	struct kube_deployment d;

	if (orch__json_decode(&kube_deployment_table, &pool->arena, json, strlen(json), &d) < 0)
		fail_msg("%s", orch_error_last()->message);
	return d;
}

static orch_deployment_spec read_spec(const char *json)
{
	struct kube_deployment d = decode(json);
	orch_deployment_spec spec;

	assert_int_equal(kube_spec_read(pool, &d.spec, "web", &spec), ORCH_OK);
	return spec;
}

/* The document after `want` was laid over it; `*changed` whether it had to be. */
static const char *write_over(const char *json, const orch_deployment_spec *want, bool *changed)
{
	struct kube_deployment live = decode(json), d;
	struct orch__buf text = ORCH__BUF_INIT(1 << 20);
	const char *copy;

	orch__json_init(&kube_deployment_table, &d);
	assert_int_equal(kube_spec_write(pool, want, &live.spec, &d.spec), ORCH_OK);
	if (orch__json_overlay(&kube_deployment_table, json, strlen(json), &d,
		    ORCH__JSON_DROP_UNSET, &text, changed) < 0)
		fail_msg("%s", orch_error_last()->message);
	copy = orch_pool_copy(pool, text.text);
	orch__buf_dispose(&text);
	return copy;
}

static const char *create(const orch_deployment_spec *want)
{
	struct orch__buf text = ORCH__BUF_INIT(1 << 20);
	struct kube_deployment d;
	const char *copy;

	orch__json_init(&kube_deployment_table, &d);
	assert_int_equal(kube_spec_write(pool, want, NULL, &d.spec), ORCH_OK);
	assert_int_equal(kube_meta_sign(pool, &d.spec.meta, true, "op1"), ORCH_OK);
	if (orch__json_encode(&kube_deployment_table, &d, &text) < 0)
		fail_msg("%s", orch_error_last()->message);
	copy = orch_pool_copy(pool, text.text);
	orch__buf_dispose(&text);
	return copy;
}

/* As they are told to the server, and read when it has filled in nothing. */
static orch_deployment_spec there_and_back(const orch_deployment_spec *want)
{
	return read_spec(create(want));
}

static void expect_no_change(const char *json, const orch_deployment_spec *want)
{
	bool changed = true;
	const char *text = write_over(json, want, &changed);

	if (changed)
		fail_msg("changed\n%s\nto\n%s", json, text);
	assert_string_equal(text, json);
}

static void expect_part(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no %s in %s", part, text);
}

static void expect_no_part(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("%s in %s", part, text);
}

static orch_deployment_spec minimal(void)
{
	orch_deployment_spec s = ORCH_DEPLOYMENT_SPEC_INIT;

	s.name = "web";
	s.image = "i:1";
	return s;
}

/* ---- the tables ---- */

static void every_table_is_well_formed(void **state)
{
	static const struct orch__json_table *const tables[] = { &kube_deployment_table,
		&kube_replicaset_table, &kube_owner_table, &kube_condition_table };

	(void)state;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		const char *bad = orch__json_table_check(tables[i]);

		if (bad)
			fail_msg("%s: %s", tables[i]->name, bad);
	}
}

/* ---- reading ---- */

static void what_the_server_fills_in_reads_as_open(void **state)
{
	static const char json[] = OBJECT("", "",
		",\"livenessProbe\":{\"exec\":{\"command\":[\"true\"]},\"timeoutSeconds\":1,"
		"\"periodSeconds\":10,\"successThreshold\":1,\"failureThreshold\":3}");
	orch_deployment_spec s = read_spec(json);

	(void)state;
	assert_string_equal(s.name, "web");
	assert_string_equal(s.image, "i:1");
	assert_int_equal(s.replicas, 3);
	assert_int_equal(s.stop_grace_ms, ORCH_UNSET);
	assert_null(s.labels.items);
	assert_null(s.env.items);
	assert_null(s.command.items);
	assert_null(s.constraints.items);
	assert_null(s.user);
	assert_int_equal(s.cpu_limit_milli, ORCH_UNSET);
	assert_int_equal(s.health->interval_ms, ORCH_UNSET);
	assert_int_equal(s.health->timeout_ms, ORCH_UNSET);
	assert_int_equal(s.health->retries, ORCH_UNSET);
	assert_int_equal(s.health->start_period_ms, ORCH_UNSET);
	expect_no_change(json, &s);
}

static void what_was_given_reads_as_given_even_where_it_is_the_default(void **state)
{
	static const char *const command[] = { "true" };
	orch_health_spec health = ORCH_HEALTH_SPEC_INIT;
	orch_deployment_spec s = minimal(), back;

	(void)state;
	health.command = (orch_string_list){ command, 1 };
	health.interval_ms = 10000;
	health.timeout_ms = 1000;
	health.retries = 3;
	s.health = &health;
	s.stop_grace_ms = 30000;
	back = there_and_back(&s);
	assert_int_equal(back.stop_grace_ms, 30000);
	assert_int_equal(back.health->interval_ms, 10000);
	assert_int_equal(back.health->timeout_ms, 1000);
	assert_int_equal(back.health->retries, 3);
	expect_no_change(create(&s), &back);
	expect_part(create(&s),
		"\"orch.io/given\":\"stop_grace_ms,health.interval_ms,health.timeout_ms,"
		"health.retries\"");
	s.stop_grace_ms = ORCH_UNSET;
	health.interval_ms = 5000;
	back = there_and_back(&s);
	assert_int_equal(back.stop_grace_ms, ORCH_UNSET);
	assert_int_equal(back.health->interval_ms, 5000);
}

static void seconds_are_rounded_up_and_read_as_they_are(void **state)
{
	orch_deployment_spec s = minimal();

	(void)state;
	s.stop_grace_ms = 1001;
	assert_int_equal(there_and_back(&s).stop_grace_ms, 2000);
	expect_no_change(create(&s), &s);
	s.stop_grace_ms = 0;
	assert_int_equal(there_and_back(&s).stop_grace_ms, 0);
	s.stop_grace_ms = INT64_MAX;
	assert_true(there_and_back(&s).stop_grace_ms > 0);
}

static void quantities_are_read_in_every_spelling(void **state)
{
	orch_deployment_spec s = read_spec(OBJECT("", "",
		",\"resources\":{\"limits\":{\"cpu\":\"1.5\",\"memory\":\"1Gi\","
		"\"nvidia.com/gpu\":\"1\"},\"requests\":{\"cpu\":2,\"memory\":\"1e9\"}}"));

	(void)state;
	assert_int_equal(s.cpu_limit_milli, 1500);
	assert_int_equal(s.memory_limit_bytes, 1 << 30);
	assert_int_equal(s.cpu_request_milli, 2000);
	assert_int_equal(s.memory_request_bytes, 1000000000);
}

static void a_user_is_two_numbers(void **state)
{
	orch_deployment_spec s = minimal();
	struct kube_spec out;

	(void)state;
	s.user = "1000:2000";
	assert_string_equal(there_and_back(&s).user, "1000:2000");
	expect_part(create(&s), "\"securityContext\":{\"runAsUser\":1000,\"runAsGroup\":2000}");
	s.user = "0";
	assert_string_equal(there_and_back(&s).user, "0");
	s.user = "99999999999999999999";
	assert_int_equal(kube_spec_write(pool, &s, NULL, &out), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "user"));
}

static void a_variable_that_comes_from_elsewhere_shows_as_empty_and_stays(void **state)
{
	static const char json[] = OBJECT("", "",
		",\"env\":[{\"name\":\"KEY\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"s\","
		"\"key\":\"k\"}}},{\"name\":\"EMPTY\"},{\"name\":\"A\",\"value\":\"1\"}]");
	orch_deployment_spec s = read_spec(json);
	static const orch_kv own[] = { { "KEY", "mine" }, { "NEW", "" } };
	bool changed = false;
	const char *text;

	(void)state;
	assert_int_equal(s.env.count, 3);
	assert_string_equal(s.env.items[0].value, "");
	assert_string_equal(s.env.items[1].value, "");
	expect_no_change(json, &s);
	s.env = (orch_kv_list){ own, 2 };
	text = write_over(json, &s, &changed);
	assert_true(changed);
	expect_no_part(text, "secretKeyRef");
	expect_part(text, "\"env\":[{\"name\":\"KEY\",\"value\":\"mine\"},{\"name\":\"NEW\"}]");
}

static void of_variables_of_one_name_the_last_counts(void **state)
{
	static const orch_kv env[] = { { "A", "1" }, { "B", "2" }, { "A", "3" } };
	orch_deployment_spec s = minimal(), back;

	(void)state;
	s.env = (orch_kv_list){ env, 3 };
	back = there_and_back(&s);
	assert_int_equal(back.env.count, 2);
	assert_string_equal(back.env.items[0].key, "B");
	assert_string_equal(back.env.items[1].value, "3");
}

/* ---- what Kubernetes would expand ---- */

static void a_text_is_a_text_whatever_kubernetes_would_put_in(void **state)
{
	static const struct {
		const char *text, *wire;
	} rows[] = {
		{ "plain", "plain" },
		{ "$", "$" },
		{ "$HOME ${HOME} a$b", "$HOME ${HOME} a$b" },
		{ "$$", "$$$" },
		{ "echo $$; x", "echo $$$; x" },
		{ "$(date)", "$$(date)" },
		{ "$(", "$$(" },
		{ "$$(A)", "$$$$(A)" },
		{ "a$$$b", "a$$$$$b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_string_equal(kube_expand_write(pool, rows[i].text, NULL), rows[i].wire);
		assert_string_equal(kube_expand_read(pool, rows[i].wire), rows[i].text);
	}
}

static void what_kubernetes_shall_put_in_stays_in_what_others_wrote(void **state)
{
	static const char json[] = OBJECT("", "",
		",\"command\":[\"run\",\"$(A)\"],\"args\":[\"$$x\",\"$(B\"],"
		"\"env\":[{\"name\":\"A\",\"value\":\"$(B)-$$(C)\"}]");
	orch_deployment_spec s = read_spec(json);

	(void)state;
	assert_string_equal(s.command.items[1], "$(A)");
	assert_string_equal(s.args.items[0], "$x");
	assert_string_equal(s.args.items[1], "$(B");
	assert_string_equal(s.env.items[0].value, "$(B)-$(C)");
	expect_no_change(json, &s);
}

/* ---- health ---- */

static void a_check_becomes_two_probes(void **state)
{
	static const char *const command[] = { "test", "-e", "/ok" };
	orch_health_spec health = { { command, 3 }, 4000, 3000, 2000, 5, { NULL, NULL } };
	orch_deployment_spec s = minimal(), back;

	(void)state;
	s.health = &health;
	expect_part(create(&s),
		"\"livenessProbe\":{\"exec\":{\"command\":[\"test\",\"-e\",\"/ok\"]},"
		"\"initialDelaySeconds\":2,\"periodSeconds\":4,\"timeoutSeconds\":3,"
		"\"failureThreshold\":5},\"readinessProbe\":{\"exec\":{\"command\":[\"test\",\"-"
		"e\","
		"\"/ok\"]},\"periodSeconds\":4,\"timeoutSeconds\":3,\"failureThreshold\":5}");
	back = there_and_back(&s);
	assert_int_equal(back.health->command.count, 3);
	assert_int_equal(back.health->interval_ms, 4000);
	assert_int_equal(back.health->timeout_ms, 3000);
	assert_int_equal(back.health->start_period_ms, 2000);
	assert_int_equal(back.health->retries, 5);
	health.start_period_ms = 0;
	assert_int_equal(there_and_back(&s).health->start_period_ms, ORCH_UNSET);
}

static void probes_of_other_kinds_are_not_shown_and_stay(void **state)
{
	static const char json[] = OBJECT("", "",
		",\"livenessProbe\":{\"httpGet\":{\"path\":\"/\",\"port\":80},\"periodSeconds\":7},"
		"\"readinessProbe\":{\"tcpSocket\":{\"port\":80},\"successThreshold\":2}");
	static const char *const command[] = { "true" };
	orch_health_spec health = ORCH_HEALTH_SPEC_INIT;
	orch_deployment_spec s = read_spec(json);
	bool changed = false;
	const char *text;

	(void)state;
	assert_null(s.health);
	expect_no_change(json, &s);
	health.command = (orch_string_list){ command, 1 };
	s.health = &health;
	text = write_over(json, &s, &changed);
	assert_true(changed);
	expect_no_part(text, "httpGet");
	expect_no_part(text, "tcpSocket");
	expect_part(text, "\"exec\":{\"command\":[\"true\"]}");
	s = read_spec(text);
	assert_string_equal(s.health->command.items[0], "true");
	s.health = NULL;
	expect_no_part(write_over(text, &s, &changed), "Probe");
}

static void a_check_beside_another_kind_of_readiness_leaves_that_alone(void **state)
{
	static const char json[] = OBJECT("", "",
		",\"livenessProbe\":{\"exec\":{\"command\":[\"true\"]},\"periodSeconds\":10,"
		"\"timeoutSeconds\":1,\"failureThreshold\":3},\"readinessProbe\":{\"httpGet\":{"
		"\"path\":\"/\",\"port\":80}}");
	orch_deployment_spec s = read_spec(json);

	(void)state;
	assert_non_null(s.health);
	expect_no_change(json, &s);
}

/* ---- constraints ---- */

static const orch_constraint both[] = {
	{ "kubernetes.io/os", ORCH_CONSTRAINT_EQUAL, "linux" },
	{ "disk", ORCH_CONSTRAINT_NOT_EQUAL, "spinning" },
};

#define REQUIRED                                                                                   \
	"\"affinity\":{\"nodeAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":{"     \
	"\"nodeSelectorTerms\":["

static void constraints_are_required_of_nodes(void **state)
{
	orch_deployment_spec s = minimal(), back;

	(void)state;
	s.constraints = (orch_constraint_list){ both, 2 };
	expect_part(create(&s),
		REQUIRED "{\"matchExpressions\":[{\"key\":\"kubernetes.io/os\",\"operator\":\"In\","
			 "\"values\":[\"linux\"]},{\"key\":\"disk\",\"operator\":\"NotIn\","
			 "\"values\":[\"spinning\"]}]}]}}}");
	back = there_and_back(&s);
	assert_int_equal(back.constraints.count, 2);
	assert_string_equal(back.constraints.items[1].value, "spinning");
	assert_int_equal(back.constraints.items[1].op, ORCH_CONSTRAINT_NOT_EQUAL);
	expect_no_change(create(&s), &back);
}

static void another_order_of_constraints_is_no_change(void **state)
{
	const orch_constraint turned[] = { both[1], both[0] };
	orch_deployment_spec s = minimal();
	const char *json;

	(void)state;
	s.constraints = (orch_constraint_list){ both, 2 };
	json = create(&s);
	s.constraints.items = turned;
	expect_no_change(json, &s);
}

static void constraints_that_go_leave_no_term_that_matches_nothing(void **state)
{
	orch_deployment_spec s = minimal();
	bool changed = false;
	const char *json, *text;

	(void)state;
	s.constraints = (orch_constraint_list){ both, 2 };
	json = create(&s);
	s.constraints = (orch_constraint_list){ NULL, 0 };
	text = write_over(json, &s, &changed);
	assert_true(changed);
	expect_no_part(text, "requiredDuringScheduling");
}

static void a_node_selector_is_a_constraint_and_keeps_its_form(void **state)
{
	static const char json[] =
		OBJECT("", ",\"nodeSelector\":{\"disk\":\"ssd\",\"zone\":\"a\"}", "");
	orch_deployment_spec s = read_spec(json);
	const orch_constraint one[] = { { "zone", ORCH_CONSTRAINT_EQUAL, "a" }, both[1] };
	bool changed = false;
	const char *text;

	(void)state;
	assert_int_equal(s.constraints.count, 2);
	assert_string_equal(s.constraints.items[0].key, "disk");
	expect_no_change(json, &s);
	s.constraints = (orch_constraint_list){ one, 2 };
	text = write_over(json, &s, &changed);
	expect_part(text, "\"nodeSelector\":{\"zone\":\"a\"}");
	expect_part(
		text, REQUIRED "{\"matchExpressions\":[{\"key\":\"disk\",\"operator\":\"NotIn\"");
	s = read_spec(text);
	assert_int_equal(s.constraints.count, 2);
}

static void requirements_of_other_kinds_stay_in_every_term(void **state)
{
	static const char json[] = OBJECT("",
		"," REQUIRED "{\"matchExpressions\":[{\"key\":\"gpu\",\"operator\":\"Exists\"},"
		"{\"key\":\"a\",\"operator\":\"In\",\"values\":[\"1\"]}]},"
		"{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"In\",\"values\":[\"1\"]},"
		"{\"key\":\"b\",\"operator\":\"In\",\"values\":[\"2\"]}],"
		"\"matchFields\":[{\"key\":\"metadata.name\",\"operator\":\"In\",\"values\":[\"n\"]"
		"}]}"
		"]}}}",
		"");
	orch_deployment_spec s = read_spec(json);
	bool changed = false;
	const char *text;

	(void)state;
	assert_int_equal(s.constraints.count, 1); /* what each of them says */
	assert_string_equal(s.constraints.items[0].key, "a");
	expect_no_change(json, &s);
	s.constraints = (orch_constraint_list){ &both[1], 1 };
	text = write_over(json, &s, &changed);
	expect_part(text, "{\"key\":\"gpu\",\"operator\":\"Exists\"},{\"key\":\"disk\"");
	expect_part(
		text, "{\"key\":\"b\",\"operator\":\"In\",\"values\":[\"2\"]},{\"key\":\"disk\"");
	expect_part(text, "\"matchFields\":[{\"key\":\"metadata.name\"");
	expect_no_part(text, "\"key\":\"a\"");
}

/* ---- labels and marks ---- */

static void what_is_created_bears_our_marks_and_does_not_show_them(void **state)
{
	static const orch_kv labels[] = { { "app", "web" } };
	orch_deployment_spec s = minimal(), back;
	const char *text;

	(void)state;
	s.labels = (orch_kv_list){ labels, 1 };
	text = create(&s);
	expect_part(text,
		"\"labels\":{\"app\":\"web\",\"app.kubernetes.io/name\":\"web\","
		"\"app.kubernetes.io/instance\":\"web\",\"app.kubernetes.io/"
		"managed-by\":\"liborch\"},"
		"\"annotations\":{\"orch.io/op\":\"op1\"}}");
	expect_part(text,
		"\"selector\":{\"matchLabels\":{\"app.kubernetes.io/name\":\"web\","
		"\"app.kubernetes.io/instance\":\"web\"}},\"template\":{\"metadata\":{\"labels\":{"
		"\"app.kubernetes.io/name\":\"web\",\"app.kubernetes.io/instance\":\"web\"}}");
	back = there_and_back(&s);
	assert_int_equal(back.labels.count, 1);
	assert_string_equal(back.labels.items[0].key, "app");
	expect_no_change(text, &back);
}

static void labels_of_the_user_that_look_like_marks_are_the_users(void **state)
{
	static const orch_kv labels[] = { { KUBE_LABEL_NAME, "web" },
		{ KUBE_LABEL_INSTANCE, "other" }, { KUBE_LABEL_MANAGED, "me" } };
	orch_deployment_spec s = minimal(), back;

	(void)state;
	s.labels = (orch_kv_list){ labels, 3 };
	back = there_and_back(&s);
	assert_int_equal(back.labels.count, 3);
	expect_no_change(create(&s), &back);
	s.labels.count = 0;
	expect_part(create(&s), "\"app.kubernetes.io/instance\":\"web\"");
}

static void marks_are_no_reason_to_write_to_an_object_of_others(void **state)
{
	static const char json[] = OBJECT(
		",\"labels\":{\"app.kubernetes.io/name\":\"web\",\"app.kubernetes.io/managed-by\":"
		"\"Helm\"},\"annotations\":{\"deployment.kubernetes.io/revision\":\"4\"}",
		"", "");
	orch_deployment_spec s = read_spec(json);

	(void)state;
	assert_int_equal(s.labels.count, 2);
	expect_no_change(json, &s);
}

static void labels_of_an_object_of_others_are_still_seen_once_it_is_ours(void **state)
{
	static const orch_kv labels[] = { { KUBE_LABEL_NAME, "web" } };
	struct kube_meta meta = { .name = "web", .labels = { labels, 1 } };
	orch_kv_list seen;

	(void)state;
	assert_int_equal(kube_meta_sign(pool, &meta, kube_meta_is_made(&meta), "op9"), ORCH_OK);
	assert_true(kube_meta_is_signed(&meta, "op9"));
	assert_int_equal(meta.labels.count, 1); /* it stays theirs */
	assert_int_equal(kube_labels_of_user(pool, &meta, &seen), ORCH_OK);
	assert_int_equal(seen.count, 1);
	assert_string_equal(seen.items[0].key, KUBE_LABEL_NAME);
	assert_int_equal(kube_meta_sign(pool, &meta, kube_meta_is_made(&meta), "op10"), ORCH_OK);
	assert_true(kube_meta_is_signed(&meta, "op10"));
	assert_int_equal(kube_labels_of_user(pool, &meta, &seen), ORCH_OK);
	assert_int_equal(seen.count, 1);
}

static void what_liborch_has_made_keeps_its_labels(void **state)
{
	static const orch_kv mine[] = { { KUBE_LABEL_NAME, "other" } };
	struct kube_meta meta = { .name = "web" };

	(void)state;
	assert_int_equal(kube_meta_sign(pool, &meta, true, "op1"), ORCH_OK);
	assert_true(kube_meta_is_made(&meta));
	assert_int_equal(
		kube_labels_for(pool, (orch_kv_list){ mine, 1 }, &meta, &meta.labels), ORCH_OK);
	assert_int_equal(
		kube_labels_for(pool, (orch_kv_list){ NULL, 0 }, &meta, &meta.labels), ORCH_OK);
	assert_null(kube_label_find(meta.labels, KUBE_LABEL_NAME));
	assert_int_equal(kube_meta_sign(pool, &meta, kube_meta_is_made(&meta), "op2"), ORCH_OK);
	assert_string_equal(kube_label_find(meta.labels, KUBE_LABEL_NAME), "web");
}

/* ---- changes ---- */

static void one_change_leaves_all_else_byte_for_byte(void **state)
{
	static const char json[] = OBJECT(",\"annotations\":{\"a\": \"\\u00e9\"}",
		",\"volumes\":[{\"name\":\"v\",\"emptyDir\":{}}],\"hostNetwork\":true",
		",\"volumeMounts\":[{\"name\":\"v\",\"mountPath\":\"/v\"}]");
	orch_deployment_spec s = read_spec(json);
	bool changed = false;
	const char *text;
	char want[sizeof json];

	(void)state;
	s.image = "i:2";
	text = write_over(json, &s, &changed);
	assert_true(changed);
	memcpy(want, json, sizeof json);
	*(strstr(want, "i:1") + 2) = '2';
	assert_string_equal(text, want);
}

static void what_is_left_open_goes_and_what_is_others_stays(void **state)
{
	static const char json[] = OBJECT(",\"labels\":{\"a\":\"1\"}",
		",\"serviceAccountName\":\"sa\",\"nodeSelector\":{\"x\":\"y\"}",
		",\"command\":[\"c\"],\"args\":[\"a\"],\"workingDir\":\"/w\",\"env\":[{\"name\":"
		"\"E\",\"value\":\"1\"}],\"securityContext\":{\"runAsUser\":1,\"privileged\":true},"
		"\"ports\":[{\"containerPort\":80}]");
	orch_deployment_spec s = minimal();
	bool changed = false;
	const char *text = write_over(json, &s, &changed);

	(void)state;
	assert_true(changed);
	expect_no_part(text, "\"a\":\"1\"");
	expect_no_part(text, "\"command\"");
	expect_no_part(text, "\"args\"");
	expect_no_part(text, "workingDir");
	expect_no_part(text, "\"env\"");
	expect_no_part(text, "runAsUser");
	expect_no_part(text, "nodeSelector");
	expect_part(text, "\"replicas\":3"); /* alone stays */
	expect_part(text, "\"privileged\":true");
	expect_part(text, "\"containerPort\":80");
	expect_part(text, "\"serviceAccountName\":\"sa\"");
	expect_part(text, "{\"name\":\"sidecar\",\"image\":\"s:1\"}");
	expect_part(text, "\"name\":\"main\"");
	expect_part(text, "\"matchLabels\":{\"app\":\"web\"}");
}

static void one_replica_is_the_default_and_zero_is_zero(void **state)
{
	orch_deployment_spec s = minimal();

	(void)state;
	assert_int_equal(there_and_back(&s).replicas, 1);
	s.replicas = 0;
	assert_int_equal(there_and_back(&s).replicas, 0);
}

/* ---- memory ---- */

static orch_status read_and_write(void *payload)
{
	struct orch__buf text = ORCH__BUF_INIT(1 << 20);
	const char *json = payload;
	void *result = orch__result_new(1);
	orch_pool *mine = result ? orch__result_pool(result) : NULL;
	struct kube_deployment live, d;
	orch_deployment_spec s;
	orch_status st = ORCH_E_NOMEM;

	if (mine)
		st = orch__json_decode(
			&kube_deployment_table, &mine->arena, json, strlen(json), &live);
	if (st == ORCH_OK)
		st = kube_spec_read(mine, &live.spec, "web", &s);
	orch__json_init(&kube_deployment_table, &d);
	if (st == ORCH_OK)
		st = kube_spec_write(mine, &s, &live.spec, &d.spec);
	if (st == ORCH_OK)
		st = kube_meta_sign(mine, &d.spec.meta, true, "op");
	if (st == ORCH_OK)
		st = orch__json_overlay(&kube_deployment_table, json, strlen(json), &d,
			ORCH__JSON_DROP_UNSET, &text, NULL);
	orch__buf_dispose(&text);
	orch__result_free(result);
	return st;
}

static void lack_of_memory_is_a_status(void **state)
{
	static const char json[] = OBJECT(
		",\"labels\":{\"a\":\"1\",\"app.kubernetes.io/name\":\"web\"}",
		"," REQUIRED "{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"In\",\"values\":"
		"[\"1\"]}]}]}}},\"nodeSelector\":{\"x\":\"y\"}",
		",\"command\":[\"c$$\"],\"env\":[{\"name\":\"E\",\"value\":\"$$\"}],"
		"\"securityContext\":{\"runAsUser\":1},\"livenessProbe\":{\"exec\":{\"command\":"
		"[\"x\"]}}");

	(void)state;
	torture_run(read_and_write, (void *)(uintptr_t)json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_table_is_well_formed),
		cmocka_unit_test(what_the_server_fills_in_reads_as_open),
		cmocka_unit_test(what_was_given_reads_as_given_even_where_it_is_the_default),
		cmocka_unit_test(seconds_are_rounded_up_and_read_as_they_are),
		cmocka_unit_test(quantities_are_read_in_every_spelling),
		cmocka_unit_test(a_user_is_two_numbers),
		cmocka_unit_test(a_variable_that_comes_from_elsewhere_shows_as_empty_and_stays),
		cmocka_unit_test(of_variables_of_one_name_the_last_counts),
		cmocka_unit_test(a_text_is_a_text_whatever_kubernetes_would_put_in),
		cmocka_unit_test(what_kubernetes_shall_put_in_stays_in_what_others_wrote),
		cmocka_unit_test(a_check_becomes_two_probes),
		cmocka_unit_test(probes_of_other_kinds_are_not_shown_and_stay),
		cmocka_unit_test(a_check_beside_another_kind_of_readiness_leaves_that_alone),
		cmocka_unit_test(constraints_are_required_of_nodes),
		cmocka_unit_test(another_order_of_constraints_is_no_change),
		cmocka_unit_test(constraints_that_go_leave_no_term_that_matches_nothing),
		cmocka_unit_test(a_node_selector_is_a_constraint_and_keeps_its_form),
		cmocka_unit_test(requirements_of_other_kinds_stay_in_every_term),
		cmocka_unit_test(what_is_created_bears_our_marks_and_does_not_show_them),
		cmocka_unit_test(labels_of_the_user_that_look_like_marks_are_the_users),
		cmocka_unit_test(marks_are_no_reason_to_write_to_an_object_of_others),
		cmocka_unit_test(labels_of_an_object_of_others_are_still_seen_once_it_is_ours),
		cmocka_unit_test(what_liborch_has_made_keeps_its_labels),
		cmocka_unit_test(one_change_leaves_all_else_byte_for_byte),
		cmocka_unit_test(what_is_left_open_goes_and_what_is_others_stays),
		cmocka_unit_test(one_replica_is_the_default_and_zero_is_zero),
		cmocka_unit_test(lack_of_memory_is_a_status),
	};

	return cmocka_run_group_tests(tests, make_pool, drop_pool);
}
