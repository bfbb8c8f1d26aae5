/* SPDX-License-Identifier: MIT */
#include "core/check.h"

#include <string.h>

#include "model/selector.h"
#include "util/error.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGIT "0123456789"

orch_status orch__check_label_name(const char *what, const char *name, size_t max)
{
	size_t len;

	if (!name)
		return orch__fail(ORCH_E_INVALID, "%s is NULL", what);
	len = strlen(name);
	if (len == 0)
		return orch__fail(ORCH_E_INVALID, "%s is empty", what);
	if (len > max)
		return orch__fail(
			ORCH_E_INVALID, "%s has %zu characters; %zu are allowed", what, len, max);
	if (strspn(name, LOWER DIGIT "-") != len || name[0] == '-' || name[len - 1] == '-')
		return orch__fail(ORCH_E_INVALID,
			"%s must be a DNS label: a-z, 0-9 and '-', which neither begins nor ends "
			"it",
			what);
	return ORCH_OK;
}

orch_status orch__check_known_name(const char *what, const char *name)
{
	static const char allowed[] = LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGIT "-_.";
	size_t len;

	if (!name)
		return orch__fail(ORCH_E_INVALID, "%s is NULL", what);
	len = strlen(name);
	if (len == 0 || len > 253)
		return orch__fail(
			ORCH_E_INVALID, "%s must have 1 to 253 characters, it has %zu", what, len);
	if (strspn(name, allowed) != len || name[0] == '.' || name[0] == '-')
		return orch__fail(ORCH_E_INVALID,
			"%s has characters that no name has; letters, digits, '-', '_' and '.' are "
			"allowed",
			what);
	return ORCH_OK;
}

orch_status orch__check_selector(const char *selector)
{
	const char *bad = orch__selector_check(selector);

	if (!bad)
		return ORCH_OK;
	return orch__fail(ORCH_E_INVALID, "selector is malformed from character %zu on",
		(size_t)(bad - selector) + 1);
}
