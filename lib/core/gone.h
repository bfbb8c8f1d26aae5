/* SPDX-License-Identifier: MIT */
#ifndef ORCH_CORE_GONE_H
#define ORCH_CORE_GONE_H

#include "core/call.h"

enum { ORCH__WHY = 400 };

/* How much is left of what was deleted, 0: nothing; and what, in words. The pool of
 * the call is emptied after each look. */
typedef orch_status orch__left_fn(
	struct orch__call *call, void *payload, int64_t *left, char why[ORCH__WHY]);

/* Look until nothing is left. It is deleted already: whatever fails here came afterwards. */
orch_status orch__wait_until_gone(
	struct orch__call *call, int64_t timeout_ms, orch__left_fn *look, void *payload);

#endif
