/* SPDX-License-Identifier: MIT */
#include "core/gone.h"

#include "util/error.h"

enum { NAP_MIN_MS = 20, NAP_MAX_MS = 500 };

/* In memory of its own: it may happen a thousand times. */
static orch_status look_once(struct orch__call *call, orch__left_fn *look, void *payload,
	int64_t *left, char why[ORCH__WHY])
{
	void *scratch = orch__result_new(1);
	orch_status st;

	if (!scratch)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	orch__call_into(call, scratch);
	st = look(call, payload, left, why);
	orch__result_free(scratch);
	return st;
}

orch_status orch__wait_until_gone(
	struct orch__call *call, int64_t timeout_ms, orch__left_fn *look, void *payload)
{
	char why[ORCH__WHY] = "what is left of it is not known";
	int64_t left = 0;

	orch__call_extend(call, timeout_ms);
	for (int64_t nap = NAP_MIN_MS;; nap = nap < NAP_MAX_MS ? nap + nap / 2 : nap) {
		orch_status st = look_once(call, look, payload, &left, why);

		if (st == ORCH_OK && left == 0)
			return ORCH_OK;
		if (st < 0 && !orch_error_last()->transient)
			break;
		st = orch_call_sleep(&call->c, nap);
		if (st == ORCH_E_CANCELLED)
			(void)orch__fail(st, "cancelled by the caller");
		else if (st < 0)
			(void)orch__fail(st, "deleted, but %s", why);
		if (st < 0)
			break;
	}
	orch__error_outcome(ORCH_OUTCOME_APPLIED);
	return orch_error_last()->status;
}
