/* SPDX-License-Identifier: MIT */
#ifndef ORCH_ORCH_H
#define ORCH_ORCH_H

/**
 * @file orch/orch.h
 * @brief Everything a program needs, in reading order.
 */
/* clang-format off */
#include "orch/common.h"
#include "orch/error.h"
#include "orch/client.h"
#include "orch/capability.h"
#include "orch/deployment.h"
#include "orch/instance.h"
#include "orch/namespace.h"
#include "orch/trace.h"
#include "orch/alloc.h"
/* clang-format on */

#endif
