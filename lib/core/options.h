/* SPDX-License-Identifier: MIT */
#ifndef ORCH_CORE_OPTIONS_H
#define ORCH_CORE_OPTIONS_H

#include "orch/sys/backend.h"

/* The options of a client: defaults for what was left open, and what cannot be. */

/* That of Kubernetes. How much a backend has for it and a name together it says when the
 * two meet. */
enum { ORCH__NAMESPACE_MAX = 63 };

void orch__client_options_fill(orch_client_options *o);

/* Whatever the backend. ORCH_E_INVALID. */
orch_status orch__client_options_check(const orch_client_options *o);

/* Is something asked for that this backend does not honour? ORCH_E_INVALID: nothing that a
 * program asks for is ignored, and with credentials that would be worse than elsewhere. */
orch_status orch__client_options_suit(
	const struct orch_backend_ops *ops, const orch_client_options *o);

#endif
