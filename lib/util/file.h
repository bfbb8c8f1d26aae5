/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_FILE_H
#define ORCH_UTIL_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "orch/error.h"

/*
 * A whole regular file of at most `limit` bytes, terminated; free it with
 * orch__free(). It may be a secret: there is this one copy of it in memory.
 *
 * ORCH_E_NOTFOUND when there is none, ORCH_E_DENIED when it may not be read,
 * ORCH_E_INVALID when it is something else or changes meanwhile, or
 * ORCH_E_TOO_LARGE, ORCH_E_NOMEM. Messages name the path and never quote the
 * file. `len` may be NULL.
 */
orch_status orch__file_read(const char *path, size_t limit, char **out, size_t *len);

/* Is it a file that belongs to this user or to root and that nobody else can write? What it
 * says is what they want, then. */
bool orch__file_is_own(const char *path);

/* Is there something of that name, whether it can be read or not? */
bool orch__file_exists(const char *path);

#endif
