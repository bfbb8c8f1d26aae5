/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_OIDC_H
#define ORCH_KUBE_OIDC_H

#include <stdbool.h>

#include "orch/error.h"

/* Is the JSON Web Token one that says when it ends, and is that to come? Nothing of it is
 * proven here: that is for the server. ORCH_E_NOMEM. */
orch_status kube_oidc_is_fresh(const char *token, bool *out);

#endif
