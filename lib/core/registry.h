/* SPDX-License-Identifier: MIT */
#ifndef ORCH_CORE_REGISTRY_H
#define ORCH_CORE_REGISTRY_H

#include "orch/sys/backend.h"

/* The backend whose scheme the URL has: ORCH_E_INVALID for an unknown scheme,
 * ORCH_E_UNSUPPORTED for one that was left out of this build. */
orch_status orch__registry_find(const char *url, const struct orch_backend_ops **out);

/*
 * The URL to open when none is given: `*url`, and in `*named_by` "ORCH_URL" or
 * NULL when the backend itself says why. Lives as long as the environment does.
 */
orch_status orch__registry_choose(
	const orch_client_options *options, const char **url, const char **named_by);

/* The i-th built-in backend, NULL after the last: for the support matrix. */
const struct orch_backend_ops *orch__registry_at(size_t i);

#endif
