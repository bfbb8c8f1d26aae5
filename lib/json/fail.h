/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_FAIL_H
#define ORCH_JSON_FAIL_H

#include <stdbool.h>

#include "orch/error.h"
#include "util/alloc.h"

/*
 * What went wrong inside a parse or a generation. It becomes the thread's last
 * error only at the border of this layer: a reader may meet an error long
 * before its caller asks, and must be able to repeat it.
 */
struct orch__json_error {
	orch_status status;
	char text[384];
};

/* The first failure is the one that is kept. Always false, for callbacks. */
bool orch__json_fail(struct orch__json_error *err, orch_status status, const char *fmt, ...)
	ORCH_PRINTF(3, 4);
bool orch__json_fail_mem(struct orch__json_error *err, enum orch__mem why);

/* As the last error of this thread; ORCH_OK if there is none. */
orch_status orch__json_report(const struct orch__json_error *err);

#endif
