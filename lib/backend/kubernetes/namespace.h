/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_NAMESPACE_H
#define ORCH_KUBE_NAMESPACE_H

#include <stdbool.h>

#include "orch/sys/backend.h"

/*
 * What could not be created because of its namespace: by the last error of a POST.
 * ORCH_OK: try again, the namespace has been made, or a pause was made while an older one of
 * that name goes away. Else the status of the last error, or what went wrong then.
 */
orch_status kube_namespace_mend(const orch_call *call);

#endif
