/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_CLEAN_ENV_H
#define TESTS_SUPPORT_CLEAN_ENV_H

/*
 * An environment that names no orchestrator: none of the variables liborch
 * looks at, and a home that is empty. Setup and teardown of cmocka; the first
 * is the path of that home in `*state`.
 */
int clean_env_enter(void **state);
int clean_env_leave(void **state);

/* A file of that home, with the folders above it. */
void clean_env_put(const char *home, const char *name, const char *text);

#endif
