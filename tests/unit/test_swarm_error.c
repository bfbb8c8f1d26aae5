/* SPDX-License-Identifier: MIT */
/* What each answer of the engine means: texts as engines 20.10 to 29.8 gave them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "backend/swarm/error.h"
#include "torture/alloc.h"
#include "util/error.h"

#define NO SWARM_AGAIN_NO
#define OTHER SWARM_AGAIN_OTHER
#define LATER SWARM_AGAIN_LATER
#define NOT_APPLIED ORCH_OUTCOME_NOT_APPLIED
#define UNKNOWN ORCH_OUTCOME_UNKNOWN
#define RPC "rpc error: code = Unknown desc = "
#define NOT_MANAGER "This node is not a swarm manager. "

/* clang-format off */
static const struct {
	int http;
	const char *message;
	orch_status status;
	enum swarm_again again;
	orch_outcome outcome;
	const char *reason;
} answers[] = {
	{ 409, "rpc error: code = AlreadyExists desc = name conflicts with an existing object: service d-min already exists", ORCH_E_EXISTS, NO, NOT_APPLIED, "NameConflict" },
	{ 409, "config X already exists", ORCH_E_EXISTS, NO, NOT_APPLIED, "NameConflict" },
	{ 409, "secret X already exists", ORCH_E_EXISTS, NO, NOT_APPLIED, "NameConflict" },
	{ 409, "network with name X already exists", ORCH_E_EXISTS, NO, NOT_APPLIED, "NameConflict" },
	{ 409, "ingress network (abc) is already present", ORCH_E_EXISTS, NO, NOT_APPLIED, "NameConflict" },
	{ 404, "service X not found", ORCH_E_NOTFOUND, NO, NOT_APPLIED, "NotFound" },
	{ 404, "get X: no such volume", ORCH_E_NOTFOUND, NO, NOT_APPLIED, "NotFound" },
	{ 404, "No such container: x", ORCH_E_NOTFOUND, NO, NOT_APPLIED, "NotFound" },
	{ 404, "", ORCH_E_PROTOCOL, OTHER, NOT_APPLIED, "NotAnEngine" },
	{ 404, "<html><h1>404 Not Found</h1></html>", ORCH_E_PROTOCOL, OTHER, NOT_APPLIED, "NotAnEngine" },
	{ 404, "plugin \"nodrv\" not found", ORCH_E_NOTFOUND, NO, NOT_APPLIED, "NotFound" },
	{ 500, "network nonet not found", ORCH_E_NOTFOUND, NO, NOT_APPLIED, "ReferenceNotFound" },
	{ 400, "rpc error: code = InvalidArgument desc = secret not found: nope", ORCH_E_NOTFOUND, NO, NOT_APPLIED, "ReferenceNotFound" },
	{ 400, "config not found: wrong", ORCH_E_NOTFOUND, NO, NOT_APPLIED, "ReferenceNotFound" },
	{ 500, RPC "update out of sequence", ORCH_E_CONFLICT, NO, NOT_APPLIED, "OutOfSequence" },
	{ 400, "node dn4 is ambiguous (2 matches found)", ORCH_E_INVALID, NO, NOT_APPLIED, "Ambiguous" },
	{ 400, "name must be valid as a DNS name component", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 400, "name must be 63 characters or fewer", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 500, "invalid name: ", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 400, "ContainerSpec: image reference must be provided", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 400, "ContainerSpec: \"UPPER::x\" is not a valid repository/tag", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 400, "EndpointSpec: duplicate published ports provided", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 400, "invalid memory value 1000: Must be at least 4MiB", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 400, "invalid RestartCondition: \"x\"", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 500, RPC "constraint expected one operator from ==, !=", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 500, RPC "key 'node.labels.a/b' is invalid", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 500, RPC "value 'b c!' is invalid", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 500, "unrecognized rollback option foo", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 500, "Invalid desired-state filter: 'xx'", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 500, "negative tail values not supported", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 500, "unsupported registryAuthFrom value", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 400, "invalid registryAuthFrom 'foo'", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 500, "could not parse since timestamp: x", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 500, "Bad parameters: you must choose at least one stream", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 500, "invalid character 'x' looking for beginning of value", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 400, "Invalid filter 'bogus'", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 500, "invalid CIDR address: 10.x", ORCH_E_INVALID, NO, NOT_APPLIED, "Invalid" },
	{ 400, "port '18081' is already in use by service 'd-p1' (id) as an ingress port", ORCH_E_IN_USE, NO, NOT_APPLIED, "PortTaken" },
	{ 400, "config 'c' is in use by the following service: d-use", ORCH_E_IN_USE, NO, NOT_APPLIED, "InUse" },
	{ 400, "network abc is in use by service def", ORCH_E_IN_USE, NO, NOT_APPLIED, "InUse" },
	{ 409, "remove d-vol: volume is in use - [ids]", ORCH_E_IN_USE, NO, NOT_APPLIED, "InUse" },
	{ 400, "only updates to Labels are allowed", ORCH_E_IMMUTABLE, NO, NOT_APPLIED, "Immutable" },
	{ 400, "swarm spec must be named \"default\"", ORCH_E_IMMUTABLE, NO, NOT_APPLIED, "Immutable" },
	{ 501, "renaming services is not supported", ORCH_E_IMMUTABLE, NO, NOT_APPLIED, "Immutable" },
	{ 501, "rpc error: code = Unimplemented desc = service mode change is not allowed", ORCH_E_IMMUTABLE, NO, NOT_APPLIED, "Immutable" },
	{ 400, "service abc does not have a previous spec", ORCH_E_NOTFOUND, NO, NOT_APPLIED, "NoPreviousSpec" },
	{ 403, "none is a pre-defined network and cannot be removed", ORCH_E_FORBIDDEN, NO, NOT_APPLIED, "Forbidden" },
	{ 400, "node abc is not down and can't be removed", ORCH_E_REFUSED, NO, NOT_APPLIED, "Precondition" },
	{ 400, "node abc is a cluster manager and is a member of the raft cluster. It must be demoted to worker before removal", ORCH_E_REFUSED, NO, NOT_APPLIED, "Precondition" },
	{ 500, "grpc: received message larger than max (4194393 vs. 4194304)", ORCH_E_TOO_LARGE, NO, NOT_APPLIED, "TooLarge" },
	{ 500, "raft: raft message is too large and can't be sent", ORCH_E_TOO_LARGE, NO, NOT_APPLIED, "TooLarge" },
	{ 400, "config data must be larger than 0 and less than 1024000 bytes", ORCH_E_TOO_LARGE, NO, NOT_APPLIED, "TooLarge" },
	{ 500, "The swarm does not have a leader. It's possible that too few managers are online. Make sure more than half of the managers are online.", ORCH_E_NO_QUORUM, LATER, NOT_APPLIED, "NoLeader" },
	{ 500, "rpc error: code = DeadlineExceeded desc = context deadline exceeded", ORCH_E_TIMEOUT, LATER, UNKNOWN, "DeadlineExceeded" },
	{ 500, RPC "raft: failed to process the request: node lost leader status", ORCH_E_UNAVAILABLE, LATER, UNKNOWN, "LeaderLost" },
	{ 400, "raft: failed to process the request: node lost leader status", ORCH_E_UNAVAILABLE, LATER, UNKNOWN, "LeaderLost" },
	{ 401, "swarm could not be unlocked: invalid key provided", ORCH_E_AUTH, NO, NOT_APPLIED, "Unauthorized" },
	{ 500, "invalid join token", ORCH_E_AUTH, NO, NOT_APPLIED, "InvalidJoinToken" },

	{ 503, NOT_MANAGER "Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.", ORCH_E_UNAVAILABLE, OTHER, NOT_APPLIED, "NotManager" },
	{ 503, NOT_MANAGER "Worker nodes can't be used to view or modify cluster state.", ORCH_E_UNAVAILABLE, OTHER, NOT_APPLIED, "NotManager" },
	{ 503, NOT_MANAGER "Manager is being prepared or has trouble connecting to the cluster.", ORCH_E_UNAVAILABLE, LATER, NOT_APPLIED, "ManagerStarting" },
	{ 503, "Swarm is encrypted and needs to be unlocked before it can be used. Please use \"docker swarm unlock\" to unlock it.", ORCH_E_UNAVAILABLE, OTHER, NOT_APPLIED, "Locked" },
	{ 503, "Swarm certificates have expired. To replace them, leave the swarm and join again.", ORCH_E_UNAVAILABLE, OTHER, NOT_APPLIED, "CertificatesExpired" },
	{ 403, "Cannot create a multi-host network from a worker node. Please create the network from a manager node.", ORCH_E_UNAVAILABLE, OTHER, NOT_APPLIED, "NotManager" },
	{ 403, NOT_MANAGER "Use \"docker swarm init\"", ORCH_E_UNAVAILABLE, OTHER, NOT_APPLIED, "NotManager" },

	{ 400, "Client sent an HTTP request to an HTTPS server.", ORCH_E_TLS, NO, NOT_APPLIED, "PlainToTls" },
	{ 400, "client version 1.99 is too new. Maximum supported API version is 1.41", ORCH_E_UNSUPPORTED, OTHER, NOT_APPLIED, "ApiVersion" },
	{ 400, "client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version", ORCH_E_UNSUPPORTED, OTHER, NOT_APPLIED, "ApiVersion" },
	{ 404, "page not found", ORCH_E_UNSUPPORTED, NO, NOT_APPLIED, "NoSuchCall" },

	{ 429, "", ORCH_E_BUSY, LATER, NOT_APPLIED, "TooManyRequests" },
	{ 413, "", ORCH_E_TOO_LARGE, NO, NOT_APPLIED, "TooLarge" },
	{ 502, "", ORCH_E_UNAVAILABLE, LATER, UNKNOWN, "BadGateway" },
	{ 503, "rpc error: code = Unavailable desc = connection closed", ORCH_E_UNAVAILABLE, LATER, UNKNOWN, "Unavailable" },
	{ 504, "", ORCH_E_UNAVAILABLE, LATER, UNKNOWN, "GatewayTimeout" },
	{ 409, "swarm is not locked", ORCH_E_REFUSED, NO, NOT_APPLIED, "Conflict" },
	{ 500, RPC "something new", ORCH_E_REFUSED, NO, UNKNOWN, "ServerError" },
	{ 599, "", ORCH_E_REFUSED, NO, UNKNOWN, "ServerError" },
};
/* clang-format on */

static void each_answer_has_its_meaning(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		const struct swarm_fault *f = swarm_fault_find(answers[i].http, answers[i].message);

		if (f->status != answers[i].status || f->again != answers[i].again ||
			f->outcome != answers[i].outcome ||
			strcmp(f->reason, answers[i].reason) != 0)
			fail_msg("%d %s: %s, %d, %s, %s", answers[i].http, answers[i].message,
				orch_status_name(f->status), f->again,
				orch_outcome_name(f->outcome), f->reason);
	}
}

static const struct swarm_fault *report(int http, const char *body, bool is_write)
{
	struct orch__response answer = { .http_status = http, .retry_after_ms = -1 };
	const struct swarm_fault *f;

	answer.body.limit = 1 << 20;
	orch__buf_add(&answer.body, body, strlen(body));
	f = swarm_fault_report(&answer, is_write, "10.0.0.1:2375");
	orch__response_dispose(&answer);
	return f;
}

static void the_engines_words_are_kept_and_grpcs_are_not(void **state)
{
	const orch_error *e = orch_error_last();

	(void)state;
	report(500, "{\"message\":\"" RPC "update out of sequence\"}\n", true);
	assert_int_equal(e->status, ORCH_E_CONFLICT);
	assert_string_equal(e->message, "10.0.0.1:2375: update out of sequence");
	assert_string_equal(e->reason, "OutOfSequence");
	assert_int_equal(e->http_status, 500);
	assert_int_equal(e->outcome, ORCH_OUTCOME_NOT_APPLIED);
	assert_int_equal(e->transient, 1);
	report(404, "{\"message\":\"" RPC RPC "service x not found\",\"more\":[1]}", true);
	assert_string_equal(e->message, "10.0.0.1:2375: service x not found");
	assert_int_equal(e->transient, 0);
}

static void plain_text_and_nothing_are_messages_too(void **state)
{
	const orch_error *e = orch_error_last();

	(void)state;
	report(400, "client version 1.99 is too new.\r\n", false);
	assert_int_equal(e->status, ORCH_E_UNSUPPORTED);
	assert_string_equal(e->message, "10.0.0.1:2375: client version 1.99 is too new.");
	report(502, "", true);
	assert_string_equal(e->message, "10.0.0.1:2375: HTTP 502 without a word");
	report(500, "{\"message\":7}", true);
	assert_non_null(strstr(e->message, "{\"message\":7}"));
	report(500, "{\"message\":\"half", true);
	assert_int_equal(e->status, ORCH_E_REFUSED);
}

static void a_read_has_no_outcome(void **state)
{
	(void)state;
	report(502, "", false);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
	report(502, "", true);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_UNKNOWN);
}

static void a_node_that_is_no_manager_will_not_be_one_by_waiting(void **state)
{
	(void)state;
	report(503, "{\"message\":\"" NOT_MANAGER "\"}", true);
	assert_int_equal(orch_error_last()->transient, 0);
	report(503, "{\"message\":\"" NOT_MANAGER "Manager is being prepared\"}", true);
	assert_int_equal(orch_error_last()->transient, 1);
}

/* Memory runs short while the answer is read: then it is shown as it came. */
static void a_message_is_told_even_without_memory(void **state)
{
	struct orch__response answer = { .http_status = 404, .retry_after_ms = 2000 };
	static const char body[] = "{\"message\":\"service x not found\"}";

	(void)state;
	torture_alloc_install();
	answer.body.limit = 1 << 20;
	orch__buf_add(&answer.body, body, strlen(body));
	torture_alloc_refuse(TORTURE_ALL, 1);
	swarm_fault_report(&answer, true, "m1");
	assert_int_equal(orch_error_last()->status, ORCH_E_NOTFOUND);
	assert_non_null(strstr(orch_error_last()->message, "service x not found"));
	assert_int_equal(orch_error_last()->retry_after_ms, 2000);
	torture_alloc_refuse(TORTURE_ONE, 0);
	orch__response_dispose(&answer);
	assert_int_equal(torture_alloc_live(), 0);
	torture_alloc_remove();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_answer_has_its_meaning),
		cmocka_unit_test(the_engines_words_are_kept_and_grpcs_are_not),
		cmocka_unit_test(plain_text_and_nothing_are_messages_too),
		cmocka_unit_test(a_read_has_no_outcome),
		cmocka_unit_test(a_node_that_is_no_manager_will_not_be_one_by_waiting),
		cmocka_unit_test(a_message_is_told_even_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
