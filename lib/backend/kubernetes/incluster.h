/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_INCLUSTER_H
#define ORCH_KUBE_INCLUSTER_H

#include "backend/kubernetes/config.h"

/* The cluster around a pod: two variables and the folder of its service account. */

#define KUBE_SERVICE_ACCOUNT "/var/run/secrets/kubernetes.io/serviceaccount"

/* The variables alone may be left over from a parent process that was in one. */
bool kube_incluster_is(const char *folder);

/* Of a pod, as kube_incluster_is() has found. Reads the namespace and no secret. */
orch_status kube_incluster_resolve(const char *folder, struct kube_config *out);

#endif
