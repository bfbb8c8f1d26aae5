/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_DOUBT_H
#define ORCH_KUBE_DOUBT_H

#include <stdint.h>

#include "orch/sys/backend.h"

/* Another copy of the creation by this call may arrive until the server has dropped it:
 * net/doubt.h. */
void kube_doubt_add(const orch_call *call, const char *name, int64_t sent_ms);

/* After the deployment of that name was deleted. */
orch_status kube_doubt_settle(const orch_call *call, const char *name);

#endif
