/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_KUBE_H
#define ORCH_KUBE_KUBE_H

#include "orch/sys/backend.h"

/* Kubernetes. */
extern const struct orch_backend_ops kubernetes_backend;

#endif
