/* SPDX-License-Identifier: MIT */
#include "core/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <unistd.h>

#include "util/clock.h"
#include "util/error.h"
#include "util/random.h"

static void make_op_id(char out[33])
{
	unsigned char bytes[16];

	orch__random_bytes(bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static int64_t add_saturated(int64_t a, int64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

orch_status orch__call_begin(
	struct orch__call *call, orch_client *client, const char *what, int64_t timeout_ms)
{
	memset(call, 0, sizeof *call);
	if (!client)
		return orch__fail(ORCH_E_INVALID, "%s: client is NULL", what);
	if (client->session->pid != getpid())
		return orch__fail(ORCH_E_FORKED,
			"%s: this client was opened by the parent process; open one here", what);
	if (timeout_ms != ORCH_UNSET && timeout_ms <= 0)
		return orch__fail(ORCH_E_INVALID, "%s: timeout_ms must be more than 0", what);

	make_op_id(call->op_id);
	call->ticket = orch__cancel_watch(&client->cancel);
	call->c.struct_size = sizeof call->c;
	call->c.backend = client->session->backend;
	call->c.ns = client->ns;
	call->c.op_id = call->op_id;
	call->c.raw_json = client->session->raw_json;
	call->c.ticket = &call->ticket;
	call->c.force = 1;
	orch__call_extend(call, orch__or_default(timeout_ms, client->timeout_ms));
	return ORCH_OK;
}

void orch__call_into(struct orch__call *call, const void *result)
{
	call->c.pool = orch__result_pool(result);
}

void orch__call_extend(struct orch__call *call, int64_t timeout_ms)
{
	call->c.deadline_ms = add_saturated(orch_call_now(&call->c), timeout_ms);
}

int orch_call_cancelled(const orch_call *call)
{
	return call->ticket && orch__cancelled(call->ticket);
}

int64_t orch_call_now(const orch_call *call)
{
	const struct orch_backend_ops *ops = call->backend->ops;

	return ops->now ? ops->now(call->backend) : orch__clock_ms();
}

/* In slices, so that a cancel is seen soon whatever the clock is. */
static void sleep_slice(const orch_call *call, int64_t ms)
{
	const struct orch_backend_ops *ops = call->backend->ops;

	if (ops->sleep)
		ops->sleep(call->backend, ms);
	else
		orch__clock_sleep(ms);
}

orch_status orch_call_sleep(const orch_call *call, int64_t ms)
{
	int64_t now = orch_call_now(call);
	const int64_t until = add_saturated(now, ms > 0 ? ms : 0);

	while (now < until) {
		int64_t slice = until - now;

		if (orch_call_cancelled(call))
			return ORCH_E_CANCELLED;
		if (now >= call->deadline_ms)
			return ORCH_E_TIMEOUT;
		if (slice > ORCH__CANCEL_SLICE_MS)
			slice = ORCH__CANCEL_SLICE_MS;
		if (slice > call->deadline_ms - now)
			slice = call->deadline_ms - now;
		sleep_slice(call, slice);
		now = orch_call_now(call);
	}
	return orch_call_cancelled(call) ? ORCH_E_CANCELLED : ORCH_OK;
}

orch_status orch_fail(orch_status status, orch_outcome outcome, const char *format, ...)
{
	char text[sizeof orch_error_last()->message];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	(void)orch__fail(status, "%s", text);
	orch__error_outcome(outcome);
	return status;
}
