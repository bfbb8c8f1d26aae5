/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_ENV_H
#define ORCH_UTIL_ENV_H

/* A variable of the environment; NULL when it is not there or empty. */
const char *orch__env(const char *name);

#endif
