/* SPDX-License-Identifier: MIT */
#ifndef ORCH_BACKEND_SIM_ERROR_H
#define ORCH_BACKEND_SIM_ERROR_H

#include "backend/sim/store.h"

/* What a world refuses, in its words. A refused write has outcome NOT_APPLIED. */
orch_status sim_error_notfound(const char *name);
orch_status sim_error_exists(const char *name);
orch_status sim_error_conflict(const struct sim_write *write, const struct sim_deployment *now);
orch_status sim_error_too_many(const char *name, int64_t replicas);
orch_status sim_error_nomem(const char *name);
/* What a fault says instead of the answer. */
orch_status sim_error_injected(orch_status status, const char *operation, orch_outcome outcome);

#endif
