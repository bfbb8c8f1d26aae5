/* SPDX-License-Identifier: MIT */
#ifndef ORCH_VERSION_H
#define ORCH_VERSION_H

/* The only place where the version is written: CMake, pkg-config and the
 * packages read it here. */
#define ORCH_VERSION_MAJOR 0
#define ORCH_VERSION_MINOR 1
#define ORCH_VERSION_PATCH 0
#define ORCH_VERSION "0.1.0"
#define ORCH_VERSION_NUM                                                                           \
	((ORCH_VERSION_MAJOR << 16) | (ORCH_VERSION_MINOR << 8) | ORCH_VERSION_PATCH)

/** True when the headers are at least version a.b.c. */
#define ORCH_CHECK_VERSION(a, b, c) (ORCH_VERSION_NUM >= (((a) << 16) | ((b) << 8) | (c)))

#endif
