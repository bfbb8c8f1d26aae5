/* SPDX-License-Identifier: MIT */
#include "json/fail.h"

#include <stdarg.h>
#include <stdio.h>

#include "util/error.h"

bool orch__json_fail(struct orch__json_error *err, orch_status status, const char *fmt, ...)
{
	va_list ap;

	if (err->status)
		return false;
	err->status = status;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof err->text, fmt, ap);
	va_end(ap);
	return false;
}

bool orch__json_fail_mem(struct orch__json_error *err, enum orch__mem why)
{
	if (why == ORCH__MEM_OVER_LIMIT)
		return orch__json_fail(err, ORCH_E_TOO_LARGE, "JSON document too large");
	return orch__json_fail(err, ORCH_E_NOMEM, "out of memory");
}

orch_status orch__json_report(const struct orch__json_error *err)
{
	return err->status ? orch__fail(err->status, "%s", err->text) : ORCH_OK;
}
