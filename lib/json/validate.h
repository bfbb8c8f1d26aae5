/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_VALIDATE_H
#define ORCH_JSON_VALIDATE_H

#include "json/fail.h"

/* Is this one JSON document, of any shape? */
bool orch__json_check_document(
	const char *text, size_t len, bool cut_out, struct orch__json_error *err);

#endif
