/* SPDX-License-Identifier: MIT */
/* What each answer of the server means: texts as servers 1.20 to 1.36 gave them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend/kubernetes/error.h"
#include "support/kube_world.h"
#include "torture/alloc.h"
#include "util/error.h"
#include "util/file.h"

#define NO KUBE_RETRY_NO
#define READS KUBE_RETRY_READS
#define ALL KUBE_RETRY_ALL
#define NOT_APPLIED ORCH_OUTCOME_NOT_APPLIED
#define UNKNOWN ORCH_OUTCOME_UNKNOWN
#define PLAIN ((const char *)1) /* instead of a reason: no Status at all */
#define CAUSE(reason) "\"causes\":[{\"reason\":\"" reason "\",\"message\":\"m\",\"field\":\"f\"}]"
#define STALE                                                                                      \
	"Operation cannot be fulfilled on deployments.apps \\\"web\\\": the object has been "      \
	"modified; please apply your changes to the latest version and try again"
#define TERMINATING                                                                                \
	"deployments.apps \\\"web\\\" is forbidden: unable to create new content in namespace x "  \
	"because it is being terminated"
#define DUPLICATE                                                                                  \
	"failed to create typed patch object: .spec.template.spec.containers: duplicate entries "  \
	"for key [name=\\\"c\\\"]"
#define QUOTA                                                                                      \
	"deployments.apps \\\"web\\\" is forbidden: exceeded quota: q, requested: pods=1, used: "  \
	"pods=2, limited: pods=1"

/* clang-format off */
static const struct {
	int http;
	const char *reason, *message, *name, *rest;
	orch_status status;
	enum kube_retry retry;
	orch_outcome outcome;
	const char *word;
} answers[] = {
	{ 401, "Unauthorized", "Unauthorized", NULL, NULL, ORCH_E_AUTH, NO, NOT_APPLIED, "Unauthorized" },
	{ 403, "Forbidden", "pods is forbidden: User \\\"viewer\\\" cannot list resource \\\"pods\\\"", NULL, NULL, ORCH_E_FORBIDDEN, NO, NOT_APPLIED, "Forbidden" },
	{ 403, "Forbidden", TERMINATING, "web", CAUSE("NamespaceTerminating"), ORCH_E_CONFLICT, NO, NOT_APPLIED, "NamespaceTerminating" },
	{ 403, "Forbidden", TERMINATING, "web", NULL, ORCH_E_CONFLICT, NO, NOT_APPLIED, "Forbidden" },
	{ 403, "Forbidden", QUOTA, "web", NULL, ORCH_E_FORBIDDEN, NO, NOT_APPLIED, "Forbidden" },
	{ 404, "NotFound", "deployments.apps \\\"web\\\" not found", "web", NULL, ORCH_E_NOTFOUND, NO, NOT_APPLIED, "NotFound" },
	{ 404, "NotFound", "the server could not find the requested resource", NULL, NULL, ORCH_E_UNSUPPORTED, NO, NOT_APPLIED, "NotFound" },
	{ 404, PLAIN, "404 page not found", NULL, NULL, ORCH_E_UNSUPPORTED, NO, NOT_APPLIED, "NotServed" },
	{ 409, "AlreadyExists", "deployments.apps \\\"web\\\" already exists", "web", NULL, ORCH_E_EXISTS, NO, UNKNOWN, "AlreadyExists" },
	{ 409, "Conflict", STALE, "web", NULL, ORCH_E_CONFLICT, NO, UNKNOWN, "Conflict" },
	{ 409, "Conflict", "the UID in the precondition (a) does not match the UID in record (b)", "web", NULL, ORCH_E_CONFLICT, NO, UNKNOWN, "Conflict" },
	{ 409, "Conflict", "Apply failed with 1 conflict: conflict with \\\"m\\\": .spec.replicas", NULL, CAUSE("FieldManagerConflict"), ORCH_E_CONFLICT, NO, NOT_APPLIED, "FieldManagerConflict" },
	{ 409, PLAIN, "", NULL, NULL, ORCH_E_CONFLICT, NO, UNKNOWN, "Conflict" },
	{ 410, "Expired", "The provided continue parameter is too old", NULL, NULL, ORCH_E_EXPIRED, NO, NOT_APPLIED, "Expired" },
	{ 410, "Gone", "too old resource version: 5 (619)", NULL, NULL, ORCH_E_EXPIRED, NO, NOT_APPLIED, "Gone" },
	{ 422, "Invalid", "Deployment.apps \\\"web\\\" is invalid", "web", NULL, ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 422, "Invalid", "Deployment.apps \\\"web\\\" is invalid: spec.selector: Invalid value: {}: field is immutable", "web", NULL, ORCH_E_IMMUTABLE, NO, NOT_APPLIED, "Invalid" },
	{ 422, "Invalid", "the server rejected our request due to an error in our request", NULL, NULL, ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 400, "BadRequest", "strict decoding error: unknown field \\\"spec.foo\\\"", NULL, NULL, ORCH_E_INVALID, NO, NOT_APPLIED, "BadRequest" },
	{ 405, "MethodNotAllowed", "the server does not allow this method on the requested resource", NULL, NULL, ORCH_E_UNSUPPORTED, NO, NOT_APPLIED, "MethodNotAllowed" },
	{ 406, "NotAcceptable", "only the following media types are accepted", NULL, NULL, ORCH_E_UNSUPPORTED, NO, NOT_APPLIED, "NotAcceptable" },
	{ 415, "UnsupportedMediaType", "the body of the request was in an unknown format", NULL, NULL, ORCH_E_UNSUPPORTED, NO, NOT_APPLIED, "UnsupportedMediaType" },
	{ 413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728", NULL, NULL, ORCH_E_TOO_LARGE, NO, NOT_APPLIED, "RequestEntityTooLarge" },
	{ 413, PLAIN, "Request entity too large: limit is 3145728", NULL, NULL, ORCH_E_TOO_LARGE, NO, NOT_APPLIED, "RequestEntityTooLarge" },
	{ 429, "TooManyRequests", "Too many requests, please try again later.", NULL, NULL, ORCH_E_BUSY, ALL, NOT_APPLIED, "TooManyRequests" },
	{ 429, PLAIN, "The apiserver is shutting down, please try again later.", NULL, NULL, ORCH_E_BUSY, ALL, NOT_APPLIED, "TooManyRequests" },
	{ 500, "ServerTimeout", "the server cannot complete the requested operation at this time", NULL, NULL, ORCH_E_UNAVAILABLE, ALL, UNKNOWN, "ServerTimeout" },
	{ 500, "InternalError", "Internal error occurred: failed calling webhook", NULL, NULL, ORCH_E_UNAVAILABLE, READS, UNKNOWN, "InternalError" },
	{ 500, "StorageReadError", "failed to read one or more objects", NULL, NULL, ORCH_E_UNAVAILABLE, READS, UNKNOWN, "StorageReadError" },
	{ 500, NULL, "no preferred addresses found; known addresses: []", NULL, NULL, ORCH_E_UNAVAILABLE, READS, UNKNOWN, "InternalError" },
	{ 500, NULL, DUPLICATE, NULL, NULL, ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 500, NULL, "etcdserver: no leader", NULL, NULL, ORCH_E_NO_QUORUM, ALL, NOT_APPLIED, "NoLeader" },
	{ 500, NULL, "rpc error: code = Unavailable desc = etcdserver: leader changed", NULL, NULL, ORCH_E_UNAVAILABLE, ALL, NOT_APPLIED, "LeaderChanged" },
	{ 500, NULL, "etcdserver: leader changed, says a webhook", NULL, NULL, ORCH_E_UNAVAILABLE, ALL, UNKNOWN, "StoreUnavailable" },
	{ 500, NULL, "raft proposal dropped", NULL, NULL, ORCH_E_UNAVAILABLE, ALL, NOT_APPLIED, "ProposalDropped" },
	{ 500, NULL, "etcdserver: request timed out", NULL, NULL, ORCH_E_UNAVAILABLE, ALL, UNKNOWN, "StoreUnavailable" },
	{ 500, NULL, "etcdserver: request is too large", NULL, NULL, ORCH_E_TOO_LARGE, NO, NOT_APPLIED, "TooLarge" },
	{ 500, PLAIN, "Internal Server Error", NULL, NULL, ORCH_E_UNAVAILABLE, READS, UNKNOWN, "InternalError" },
	{ 501, PLAIN, "", NULL, NULL, ORCH_E_UNSUPPORTED, NO, NOT_APPLIED, "NotImplemented" },
	{ 502, PLAIN, "<html>Bad Gateway</html>", NULL, NULL, ORCH_E_UNAVAILABLE, ALL, UNKNOWN, "BadGateway" },
	{ 503, "ServiceUnavailable", "the server is currently unable to handle the request", NULL, NULL, ORCH_E_UNAVAILABLE, ALL, UNKNOWN, "ServiceUnavailable" },
	{ 503, PLAIN, "service unavailable", NULL, NULL, ORCH_E_UNAVAILABLE, ALL, UNKNOWN, "ServiceUnavailable" },
	{ 504, "Timeout", "Timeout: request did not complete within the allotted timeout", NULL, NULL, ORCH_E_TIMEOUT, ALL, UNKNOWN, "Timeout" },
	{ 504, "Timeout", "Too large resource version: 9, current: 5", NULL, CAUSE("ResourceVersionTooLarge"), ORCH_E_TIMEOUT, ALL, UNKNOWN, "Timeout" },
	{ 507, PLAIN, "", NULL, NULL, ORCH_E_UNAVAILABLE, READS, UNKNOWN, "InternalError" },
	{ 418, PLAIN, "", NULL, NULL, ORCH_E_REFUSED, NO, NOT_APPLIED, "UnknownError" },
};
/* clang-format on */

static enum kube_retry report_after(
	int http, const char *body, const char *method, int64_t retry_after_ms)
{
	struct orch__response answer = { .http_status = http, .retry_after_ms = retry_after_ms };
	enum kube_retry retry;

	answer.body.limit = 1 << 20;
	orch__buf_add(&answer.body, body, strlen(body));
	retry = kube_fault_report(&answer, method, "/apis/apps/v1/x", "k0:6443");
	orch__response_dispose(&answer);
	return retry;
}

static enum kube_retry report(int http, const char *body, const char *method)
{
	return report_after(http, body, method, -1);
}

static void each_answer_has_its_meaning(void **state)
{
	const orch_error *e = orch_error_last();

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		const char *body = answers[i].reason == PLAIN
			? answers[i].message
			: kube_world_status(answers[i].http, answers[i].reason, answers[i].message,
				  answers[i].name, answers[i].rest);
		const enum kube_retry retry = report(answers[i].http, body, "PUT");

		if (e->status != answers[i].status || retry != answers[i].retry ||
			e->outcome != answers[i].outcome || strcmp(e->reason, answers[i].word) != 0)
			fail_msg("%d %s: %s, %d, %s, %s", answers[i].http, answers[i].message,
				orch_status_name(e->status), retry, orch_outcome_name(e->outcome),
				e->reason);
		assert_int_equal(e->http_status, answers[i].http);
		assert_int_equal(e->retry_after_ms, ORCH_UNSET);
	}
}

static void the_servers_words_are_kept(void **state)
{
	const orch_error *e = orch_error_last();

	(void)state;
	report(404,
		kube_world_status(
			404, "NotFound", "deployments.apps \\\"web\\\" not found", "web", NULL),
		"GET");
	assert_string_equal(e->message, "k0:6443: deployments.apps \"web\" not found");
	report(400, "first line\r\nsecond line\n", "GET");
	assert_string_equal(e->message, "GET /apis/apps/v1/x at k0:6443: first line");
	report(502, "", "GET");
	assert_string_equal(e->message, "GET /apis/apps/v1/x at k0:6443: HTTP 502 without a word");
}

static void what_is_no_status_is_not_quoted(void **state)
{
	const orch_error *e = orch_error_last();

	(void)state;
	report(500, "{\"kind\":\"Secret\",\"data\":{\"password\":\"hunter2\"}}", "GET");
	assert_null(strstr(e->message, "hunter2"));
	assert_non_null(strstr(e->message, "no Status"));
	report(500, "{\"kind\":\"Status\",\"message\":\"half", "GET");
	assert_non_null(strstr(e->message, "no Status"));
	report(500, "{\"kind\":\"Status\",\"message\":[7]}", "GET");
	assert_non_null(strstr(e->message, "no Status"));
	report(502, "  <html><body>secret</body>", "GET");
	assert_null(strstr(e->message, "secret"));
	assert_non_null(strstr(e->message, "HTML"));
}

static void a_kind_that_is_not_served_is_told_from_an_object_that_is_not_there(void **state)
{
	const orch_error *e = orch_error_last();

	(void)state;
	report(404, "404 page not found\n", "GET");
	assert_int_equal(e->status, ORCH_E_UNSUPPORTED);
	assert_non_null(strstr(e->message, "/apis/apps/v1/x"));
	report(404,
		kube_world_status(404, "NotFound",
			"the server could not find the requested resource", NULL, NULL),
		"GET");
	assert_int_equal(e->status, ORCH_E_UNSUPPORTED);
	assert_non_null(strstr(e->message, "no such kind"));
	report(404, kube_world_status(404, "NotFound", "namespaces \\\"x\\\" not found", "x", NULL),
		"POST");
	assert_int_equal(e->status, ORCH_E_NOTFOUND);
}

static void a_read_has_no_outcome(void **state)
{
	(void)state;
	report(500, "", "GET");
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
	report(500, "", "PATCH");
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_UNKNOWN);
}

static void owners_of_fields_are_listed(void **state)
{
	static const char causes[] =
		"\"causes\":["
		"{\"reason\":\"FieldManagerConflict\",\"message\":\"conflict with \\\"helm\\\" "
		"using apps/v1 at 2026-11-25T10:00:00Z\",\"field\":\".spec.replicas\"},"
		"{\"reason\":\"FieldManagerConflict\",\"message\":\"conflict with \\\"kubectl-edit"
		"\\\"\",\"field\":\".spec.paused\"},"
		"{\"reason\":\"FieldManagerConflict\",\"message\":\"odd\"}]";
	const orch_error *e = orch_error_last();

	(void)state;
	report(409,
		kube_world_status(409, "Conflict",
			"Apply failed with 3 conflicts: conflicts with \\\"helm\\\":\\n- ...", NULL,
			causes),
		"PATCH");
	assert_string_equal(e->message,
		"k0:6443: Apply failed with 3 conflicts: helm: .spec.replicas, kubectl-edit: "
		".spec.paused, somebody: ?");
	assert_string_equal(e->reason, "FieldManagerConflict");
	assert_int_equal(e->transient, 0);
}

static void fields_that_the_message_does_not_name_are_added(void **state)
{
	static const char causes[] =
		"\"causes\":[{\"reason\":\"FieldValueRequired\",\"message\":\"Required value\","
		"\"field\":\"spec.selector\"},{\"reason\":\"x\",\"field\":\"metadata.name\"}]";

	(void)state;
	report(422, kube_world_status(422, "Invalid", "metadata.name: bad", "web", causes), "POST");
	assert_string_equal(orch_error_last()->message,
		"k0:6443: metadata.name: bad; spec.selector: Required value");
}

static void stale_versions_pass_and_other_conflicts_do_not(void **state)
{
	const orch_error *e = orch_error_last();

	(void)state;
	report(409, kube_world_status(409, "Conflict", "modified", "web", NULL), "PUT");
	assert_int_equal(e->transient, 1);
	report(409, kube_world_status(409, "AlreadyExists", "exists", "web", NULL), "POST");
	assert_int_equal(e->transient, 0);
	report(403, kube_world_status(403, "Forbidden", TERMINATING, "web", NULL), "POST");
	assert_int_equal(e->transient, 0);
	report(429, "", "GET");
	assert_int_equal(e->transient, 1);
}

static void a_plain_409_to_a_creation_means_that_it_is_there(void **state)
{
	(void)state;
	report(409, "", "POST");
	assert_int_equal(orch_error_last()->status, ORCH_E_EXISTS);
}

static void the_server_says_when_to_come_back(void **state)
{
	const orch_error *e = orch_error_last();
	const char *body =
		kube_world_status(500, "InternalError", "m", NULL, "\"retryAfterSeconds\":7");

	(void)state;
	assert_int_equal(report(500, body, "PUT"), KUBE_RETRY_ALL);
	assert_int_equal(e->retry_after_ms, 7000);
	report_after(500, body, "PUT", 2000); /* the header is the nearer word */
	assert_int_equal(e->retry_after_ms, 2000);
	assert_int_equal(report_after(500, "", "PUT", 1000), KUBE_RETRY_ALL);
	report(500, kube_world_status(500, "InternalError", "m", NULL, "\"retryAfterSeconds\":-3"),
		"PUT");
	assert_int_equal(e->retry_after_ms, ORCH_UNSET);
	/* A promise of the server's makes no refusal pass. */
	assert_int_equal(report_after(422, "", "PUT", 1000), KUBE_RETRY_NO);
}

static void words_of_any_length_are_cut(void **state)
{
	static char text[40000], body[41000];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	snprintf(body, sizeof body, "%s",
		"{\"kind\":\"Status\",\"code\":422,\"details\":{\"causes\":[{\"field\":\"");
	strcat(strcat(body, text), "\"}]}}");
	report(422, body, "PUT");
	assert_int_equal(orch_error_last()->status, ORCH_E_INVALID);
	assert_true(strlen(orch_error_last()->message) > 400);
	report(503, text, "PUT");
	assert_true(strlen(orch_error_last()->message) > 400);
}

/* ---- what real servers have said ---- */

static void answers_from_the_wild_are_understood(void **state)
{
	static const struct {
		const char *file;
		int http;
		orch_status status;
		const char *words;
	} files[] = {
		{ "kubernetes__kubectl/pkg/cmd/edit/testdata/testcase-repeat-error/2.response", 422,
			ORCH_E_IMMUTABLE, "Service \"kubernetes\" is invalid: [spec.clusterIP" },
		{ "kubernetes__kubectl/pkg/cmd/edit/testdata/testcase-create-list-error/3.response",
			422, ORCH_E_INVALID, "spec.ports[0].protocol: Unsupported value: \"VHF\"" },
		{ "kubernetes-client__java/extended/src/test/resources/bad-token-status.json", 400,
			ORCH_E_INVALID, "invalid continue token" },
		{ "kubernetes-client__java/extended/src/test/resources/status-400.json", 400,
			ORCH_E_INVALID, "field label not supported: metadata.nam" },
		{ "kubernetes__api/testdata/HEAD/core.v1.Status.json", 503, ORCH_E_UNAVAILABLE,
			"messageValue" },
	};
	const char *shared = getenv("ORCH_SHARED");
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; shared && i < sizeof files / sizeof *files; i++) {
		char path[512], *text;
		size_t len;

		snprintf(path, sizeof path, "%s/data/kube-objects/%s", shared, files[i].file);
		if (orch__file_read(path, 1 << 20, &text, &len) < 0)
			continue;
		report(files[i].http, text, "PUT");
		if (orch_error_last()->status != files[i].status ||
			!strstr(orch_error_last()->message, files[i].words))
			fail_msg("%s: %s", files[i].file, orch_error_last()->message);
		orch__free(text);
		seen++;
	}
	if (!seen) {
		print_message("# ORCH_SHARED names no folder with data/kube-objects\n");
		skip();
	}
	assert_int_equal(seen, sizeof files / sizeof *files);
}

/* Without memory it cannot be told whether a 404 is an object or a kind. */
static orch_status without_memory(void *payload)
{
	const char *body = payload;
	struct orch__response answer = { .http_status = 404, .retry_after_ms = -1 };
	orch_status st;

	answer.body.limit = 1 << 20;
	orch__buf_add(&answer.body, body, strlen(body));
	if (!orch__buf_ok(&answer.body)) {
		orch__response_dispose(&answer);
		return orch__fail(ORCH_E_NOMEM, "test");
	}
	kube_fault_report(&answer, "PUT", "/x", "k0");
	st = orch_error_last()->status;
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
	orch__response_dispose(&answer);
	return st == ORCH_E_NOTFOUND ? ORCH_OK : st;
}

static void short_memory_is_no_other_error(void **state)
{
	(void)state;
	torture_run(without_memory,
		(void *)(uintptr_t)kube_world_status(
			404, "NotFound", "gone", "web", CAUSE("x") ",\"retryAfterSeconds\":1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_answer_has_its_meaning),
		cmocka_unit_test(the_servers_words_are_kept),
		cmocka_unit_test(what_is_no_status_is_not_quoted),
		cmocka_unit_test(
			a_kind_that_is_not_served_is_told_from_an_object_that_is_not_there),
		cmocka_unit_test(a_read_has_no_outcome),
		cmocka_unit_test(owners_of_fields_are_listed),
		cmocka_unit_test(fields_that_the_message_does_not_name_are_added),
		cmocka_unit_test(stale_versions_pass_and_other_conflicts_do_not),
		cmocka_unit_test(a_plain_409_to_a_creation_means_that_it_is_there),
		cmocka_unit_test(the_server_says_when_to_come_back),
		cmocka_unit_test(words_of_any_length_are_cut),
		cmocka_unit_test(answers_from_the_wild_are_understood),
		cmocka_unit_test(short_memory_is_no_other_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
