/* SPDX-License-Identifier: MIT */
#ifndef ORCH_CORE_CHECK_H
#define ORCH_CORE_CHECK_H

#include "orch/sys/backend.h"

/*
 * What callers give, looked at before anything is sent. The rules are those that
 * every orchestrator accepts, so that a program that works on one works on all.
 * Each fails with ORCH_E_INVALID and says which part is wrong.
 */

/* A DNS label (RFC 1123) of at most `max` characters. */
orch_status orch__check_label_name(const char *what, const char *name, size_t max);

/* A name that something foreign may bear: it is looked up, never created. */
orch_status orch__check_known_name(const char *what, const char *name);

orch_status orch__check_selector(const char *selector);

/* All of it, also against what this backend cannot do (ORCH_E_UNSUPPORTED). */
orch_status orch__check_deployment_spec(
	const struct orch_backend_ops *ops, const orch_deployment_spec *spec);

#endif
