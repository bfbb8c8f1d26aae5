/* SPDX-License-Identifier: MIT */
/*
 * What the engine's answers mean. The number alone is not enough: a version
 * conflict is a 500, so is a name that a spec refers to in vain. Patterns are
 * looked for in the message as it came, gRPC code included; the first row that
 * fits wins, so narrow rows stand before wide ones.
 */
#include "backend/swarm/error.h"

#include <string.h>

#include "json/json.h"
#include "util/error.h"
#include "util/text.h"

#define NO SWARM_AGAIN_NO
#define OTHER SWARM_AGAIN_OTHER
#define LATER SWARM_AGAIN_LATER
#define REFUSED ORCH_OUTCOME_NOT_APPLIED
#define UNKNOWN ORCH_OUTCOME_UNKNOWN

/* clang-format off */
static const struct swarm_fault faults[] = {
	/* Not the right engine, or not spoken to in the right way. */
	{ 400, "HTTP request to an HTTPS server", ORCH_E_TLS, NO, REFUSED, "PlainToTls" },
	{ 400, "is too new", ORCH_E_UNSUPPORTED, OTHER, REFUSED, "ApiVersion" },
	{ 400, "is too old", ORCH_E_UNSUPPORTED, OTHER, REFUSED, "ApiVersion" },
	{ 404, "page not found", ORCH_E_UNSUPPORTED, NO, REFUSED, "NoSuchCall" },
	{ 503, "Manager is being prepared", ORCH_E_UNAVAILABLE, LATER, REFUSED, "ManagerStarting" },
	{ 503, "not a swarm manager", ORCH_E_UNAVAILABLE, OTHER, REFUSED, "NotManager" },
	{ 503, "Swarm is encrypted", ORCH_E_UNAVAILABLE, OTHER, REFUSED, "Locked" },
	{ 503, "certificates have expired", ORCH_E_UNAVAILABLE, OTHER, REFUSED, "CertificatesExpired" },
	{ 403, "not a swarm manager", ORCH_E_UNAVAILABLE, OTHER, REFUSED, "NotManager" },
	{ 403, "from a worker node", ORCH_E_UNAVAILABLE, OTHER, REFUSED, "NotManager" },

	/* Elections, and what they leave open. */
	{ 500, "does not have a leader", ORCH_E_NO_QUORUM, LATER, REFUSED, "NoLeader" },
	{ 0, "lost leader", ORCH_E_UNAVAILABLE, LATER, UNKNOWN, "LeaderLost" },
	{ 0, "node is not part of", ORCH_E_UNAVAILABLE, LATER, UNKNOWN, "LeaderLost" },
	{ 500, "deadline exceeded", ORCH_E_TIMEOUT, LATER, UNKNOWN, "DeadlineExceeded" },
	{ 500, "DeadlineExceeded", ORCH_E_TIMEOUT, LATER, UNKNOWN, "DeadlineExceeded" },
	{ 500, "code = Unavailable", ORCH_E_UNAVAILABLE, LATER, UNKNOWN, "Unavailable" },
	{ 500, "context canceled", ORCH_E_UNAVAILABLE, LATER, UNKNOWN, "Unavailable" },

	/* Somebody else was faster, or was there before. */
	{ 500, "update out of sequence", ORCH_E_CONFLICT, NO, REFUSED, "OutOfSequence" },
	{ 409, "already exists", ORCH_E_EXISTS, NO, REFUSED, "NameConflict" },
	{ 409, "already present", ORCH_E_EXISTS, NO, REFUSED, "NameConflict" },
	{ 409, "is in use", ORCH_E_IN_USE, NO, REFUSED, "InUse" },
	{ 400, "is already in use by service", ORCH_E_IN_USE, NO, REFUSED, "PortTaken" },
	{ 400, "is in use by", ORCH_E_IN_USE, NO, REFUSED, "InUse" },
	{ 500, "in use by task", ORCH_E_IN_USE, NO, REFUSED, "InUse" },

	/* What does not exist. A reference in a spec that leads nowhere comes as 400 or 500. */
	{ 400, "secret not found", ORCH_E_NOTFOUND, NO, REFUSED, "ReferenceNotFound" },
	{ 400, "config not found", ORCH_E_NOTFOUND, NO, REFUSED, "ReferenceNotFound" },
	{ 400, "does not have a previous spec", ORCH_E_NOTFOUND, NO, REFUSED, "NoPreviousSpec" },
	{ 400, "is ambiguous", ORCH_E_INVALID, NO, REFUSED, "Ambiguous" },
	{ 404, "not found", ORCH_E_NOTFOUND, NO, REFUSED, "NotFound" },
	{ 404, "no such", ORCH_E_NOTFOUND, NO, REFUSED, "NotFound" },
	{ 404, "No such", ORCH_E_NOTFOUND, NO, REFUSED, "NotFound" },
	/* An engine always says what it does not find: this is something else. */
	{ 404, NULL, ORCH_E_PROTOCOL, OTHER, REFUSED, "NotAnEngine" },

	/* What cannot be changed, or not now. */
	{ 400, "only updates to Labels are allowed", ORCH_E_IMMUTABLE, NO, REFUSED, "Immutable" },
	{ 400, "swarm spec must be named", ORCH_E_IMMUTABLE, NO, REFUSED, "Immutable" },
	{ 501, "renaming services", ORCH_E_IMMUTABLE, NO, REFUSED, "Immutable" },
	{ 501, "mode change is not allowed", ORCH_E_IMMUTABLE, NO, REFUSED, "Immutable" },
	{ 400, "is not down and can't be removed", ORCH_E_REFUSED, NO, REFUSED, "Precondition" },
	{ 400, "must be demoted", ORCH_E_REFUSED, NO, REFUSED, "Precondition" },

	/* Too much. */
	{ 500, "larger than max", ORCH_E_TOO_LARGE, NO, REFUSED, "TooLarge" },
	{ 500, "message is too large", ORCH_E_TOO_LARGE, NO, REFUSED, "TooLarge" },
	{ 400, "larger than 0 and less than", ORCH_E_TOO_LARGE, NO, REFUSED, "TooLarge" },
	{ 413, NULL, ORCH_E_TOO_LARGE, NO, REFUSED, "TooLarge" },

	/* What is wrong with a spec and yet comes as a failure of the server. */
	{ 500, "invalid join token", ORCH_E_AUTH, NO, REFUSED, "InvalidJoinToken" },
	{ 500, "constraint expected", ORCH_E_INVALID, NO, REFUSED, "Invalid" },
	{ 500, "unrecognized", ORCH_E_INVALID, NO, REFUSED, "Invalid" },
	{ 500, "Invalid desired-state filter", ORCH_E_INVALID, NO, REFUSED, "Invalid" },
	{ 500, "negative tail values", ORCH_E_INVALID, NO, REFUSED, "Invalid" },
	{ 500, "unsupported registryAuthFrom", ORCH_E_INVALID, NO, REFUSED, "Invalid" },
	{ 500, "could not parse since", ORCH_E_INVALID, NO, REFUSED, "Invalid" },
	{ 500, "Bad parameters", ORCH_E_INVALID, NO, REFUSED, "Invalid" },
	{ 500, "invalid CIDR address", ORCH_E_INVALID, NO, REFUSED, "Invalid" },
	{ 500, "invalid name", ORCH_E_INVALID, NO, REFUSED, "Invalid" },
	{ 500, "invalid character", ORCH_E_INVALID, NO, REFUSED, "Invalid" },
	{ 500, "' is invalid", ORCH_E_INVALID, NO, REFUSED, "Invalid" }, /* a constraint's key or value */
	/* Whatever has no row above and says so, such as a network that a spec names. */
	{ 500, "not found", ORCH_E_NOTFOUND, NO, REFUSED, "ReferenceNotFound" },

	/* The number alone. */
	{ 400, NULL, ORCH_E_INVALID, NO, REFUSED, "Invalid" },
	{ 401, NULL, ORCH_E_AUTH, NO, REFUSED, "Unauthorized" },
	{ 403, NULL, ORCH_E_FORBIDDEN, NO, REFUSED, "Forbidden" },
	{ 405, NULL, ORCH_E_UNSUPPORTED, NO, REFUSED, "NoSuchCall" },
	{ 406, NULL, ORCH_E_INVALID, NO, REFUSED, "Invalid" },
	{ 409, NULL, ORCH_E_REFUSED, NO, REFUSED, "Conflict" },
	{ 410, NULL, ORCH_E_NOTFOUND, NO, REFUSED, "NotFound" },
	{ 415, NULL, ORCH_E_INVALID, NO, REFUSED, "Invalid" },
	{ 422, NULL, ORCH_E_INVALID, NO, REFUSED, "Invalid" },
	{ 429, NULL, ORCH_E_BUSY, LATER, REFUSED, "TooManyRequests" },
	{ 501, NULL, ORCH_E_UNSUPPORTED, NO, REFUSED, "NotImplemented" },
	{ 502, NULL, ORCH_E_UNAVAILABLE, LATER, UNKNOWN, "BadGateway" },
	{ 503, NULL, ORCH_E_UNAVAILABLE, LATER, UNKNOWN, "Unavailable" },
	{ 504, NULL, ORCH_E_UNAVAILABLE, LATER, UNKNOWN, "GatewayTimeout" },
	{ 0, NULL, ORCH_E_REFUSED, NO, UNKNOWN, "ServerError" },
};
/* clang-format on */

static bool fits(const struct swarm_fault *f, int http, const char *message)
{
	return (!f->http || f->http == http) && (!f->pattern || strstr(message, f->pattern));
}

const struct swarm_fault *swarm_fault_find(int http, const char *message)
{
	const struct swarm_fault *f = faults;

	while (!fits(f, http, message))
		f++;
	return f;
}

struct answer {
	const char *message;
};

static const struct answer answer_blank = { NULL };

/* clang-format off */
ORCH__J_LOCAL_TABLE(answer_table, answer_blank,
	ORCH__J_STR("message", struct answer, message, 0));
/* clang-format on */

static void copy_text(const char *text, size_t len, char *out, size_t cap)
{
	while (len && (text[len - 1] == '\n' || text[len - 1] == '\r' || text[len - 1] == ' '))
		len--;
	if (len >= cap)
		len = cap - 1;
	memcpy(out, text, len);
	out[len] = '\0';
}

void swarm_fault_text(const char *body, size_t len, char *out, size_t cap)
{
	struct orch__arena arena = { 0 };
	struct answer answer = answer_blank;
	const orch_error keep = *orch_error_last();

	out[0] = '\0';
	if (len && orch__json_decode(&answer_table, &arena, body, len, &answer) == ORCH_OK &&
		answer.message)
		copy_text(answer.message, strlen(answer.message), out, cap);
	else if (len)
		copy_text(body, len, out, cap);
	(void)orch__error_restore(&keep);
	orch__arena_dispose(&arena);
}

const char *swarm_fault_words(const char *text)
{
	static const char prefix[] = "rpc error: code = ";

	while (orch__text_starts(text, prefix)) {
		const char *desc = strstr(text, " desc = ");

		if (!desc)
			break;
		text = desc + 8;
	}
	return text;
}

const struct swarm_fault *swarm_fault_report(
	const struct orch__response *answer, bool is_write, const char *what)
{
	const int http = answer->http_status;
	char text[2048];
	const struct swarm_fault *f;
	const char *words;

	swarm_fault_text(answer->body.text, answer->body.len, text, sizeof text);
	f = swarm_fault_find(http, text);
	words = swarm_fault_words(text);
	if (*words)
		(void)orch__fail(f->status, "%s: %s", what, words);
	else
		(void)orch__fail(f->status, "%s: HTTP %d without a word", what, http);
	orch__error_remote(
		http, f->reason, answer->retry_after_ms < 0 ? ORCH_UNSET : answer->retry_after_ms);
	orch__error_outcome(is_write ? f->outcome : ORCH_OUTCOME_NOT_SENT);
	orch__error_transient(f->again == SWARM_AGAIN_LATER || f->status == ORCH_E_CONFLICT);
	return f;
}
