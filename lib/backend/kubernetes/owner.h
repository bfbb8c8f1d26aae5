/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_OWNER_H
#define ORCH_KUBE_OWNER_H

#include "backend/kubernetes/object.h"

/*
 * The server remembers who set which field. ORCH_E_CONFLICT, with the name of both, when
 * `want` would change one that somebody else manages. `want` is what is laid over `live`.
 */
orch_status kube_owner_check(const struct kube_live *live, const struct kube_deployment *want);

#endif
