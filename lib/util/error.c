/* SPDX-License-Identifier: MIT */
#include "util/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/text.h"

static _Thread_local orch_error last = { .retry_after_ms = ORCH_UNSET };

const char *orch_status_name(orch_status status)
{
	switch (status) {
#define X(name, value, text)                                                                       \
	case ORCH_##name:                                                                          \
		return "ORCH_" #name;
		ORCH_STATUS_MAP(X)
#undef X
	}
	return "ORCH_?";
}

const char *orch_status_text(orch_status status)
{
	switch (status) {
#define X(name, value, text)                                                                       \
	case ORCH_##name:                                                                          \
		return text;
		ORCH_STATUS_MAP(X)
#undef X
	}
	return "unknown status";
}

const char *orch_outcome_name(orch_outcome outcome)
{
	switch (outcome) {
	case ORCH_OUTCOME_NOT_SENT:
		return "not sent";
	case ORCH_OUTCOME_NOT_APPLIED:
		return "not applied";
	case ORCH_OUTCOME_APPLIED:
		return "applied";
	case ORCH_OUTCOME_UNKNOWN:
		break;
	}
	return "unknown";
}

const orch_error *orch_error_last(void)
{
	return &last;
}

void orch__error_clear(void)
{
	last.status = ORCH_OK;
	last.outcome = ORCH_OUTCOME_NOT_SENT;
	last.http_status = 0;
	last.transient = 0;
	last.retry_after_ms = ORCH_UNSET;
	last.reason[0] = last.message[0] = '\0';
}

orch_status orch__error_restore(const orch_error *saved)
{
	last = *saved;
	return last.status;
}

static int32_t is_transient(orch_status status)
{
	switch (status) {
	case ORCH_E_NETWORK:
	case ORCH_E_TIMEOUT:
	case ORCH_E_CONFLICT:
	case ORCH_E_BUSY:
	case ORCH_E_UNAVAILABLE:
	case ORCH_E_NO_QUORUM:
		return 1;
	default:
		return 0;
	}
}

/* Messages hold words of servers: never let those steer a terminal. */
ORCH_PRINTF(1, 0)
static void put_message(const char *fmt, va_list ap)
{
	vsnprintf(last.message, sizeof last.message, fmt, ap);
	orch__text_printable(last.message);
}

orch_status orch__fail(orch_status status, const char *fmt, ...)
{
	va_list ap;

	orch__error_clear();
	last.status = status;
	last.transient = is_transient(status);
	va_start(ap, fmt);
	put_message(fmt, ap);
	va_end(ap);
	return status;
}

ORCH_PRINTF(2, 0)
static orch_status put_in_front(orch_status status, const char *fmt, va_list ap)
{
	char inner[sizeof last.message];
	size_t n;

	memcpy(inner, last.message, sizeof inner);
	put_message(fmt, ap);
	n = strlen(last.message);
	snprintf(last.message + n, sizeof last.message - n, ": %s",
		inner[0] ? inner : orch_status_text(status));
	if (last.status != status) {
		last.status = status;
		last.transient = is_transient(status);
	}
	return status;
}

orch_status orch__fail_in(orch_status status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)put_in_front(status, fmt, ap);
	va_end(ap);
	return status;
}

orch_status orch__leave(orch_status status, const char *fmt, ...)
{
	va_list ap;

	if (status == ORCH_OK) {
		orch__error_clear();
		return ORCH_OK;
	}
	va_start(ap, fmt);
	(void)put_in_front(status, fmt, ap);
	va_end(ap);
	return status;
}

void orch__error_outcome(orch_outcome outcome)
{
	last.outcome = outcome;
}

void orch__error_transient(bool transient)
{
	last.transient = transient;
}

void orch__error_remote(int32_t http_status, const char *reason, int64_t retry_after_ms)
{
	last.http_status = http_status;
	last.retry_after_ms = retry_after_ms;
	snprintf(last.reason, sizeof last.reason, "%s", reason ? reason : "");
	orch__text_printable(last.reason);
}
