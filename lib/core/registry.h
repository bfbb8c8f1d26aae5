/* SPDX-License-Identifier: MIT */
#ifndef ORCH_CORE_REGISTRY_H
#define ORCH_CORE_REGISTRY_H

#include "orch/sys/backend.h"

/* The backend whose scheme the URL has: ORCH_E_INVALID for an unknown scheme,
 * ORCH_E_UNSUPPORTED for one that was left out of this build. */
orch_status orch__registry_find(const char *url, const struct orch_backend_ops **out);

/* The i-th built-in backend, NULL after the last: for the support matrix. */
const struct orch_backend_ops *orch__registry_at(size_t i);

#endif
