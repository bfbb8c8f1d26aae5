/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_CLOCK_H
#define ORCH_UTIL_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The only file that asks the system for time. Deadlines are points on the
 * monotonic clock; the wall clock is for certificates, `Date` and RFC 3339.
 */
int64_t orch__clock_ms(void); /* monotonic */
int64_t orch__clock_wall_ms(void);
void orch__clock_sleep(int64_t ms);

/* "2026-11-25T10:47:04.5Z", any number of digits, Z or +hh:mm; ms since 1970. */
bool orch__time_parse(const char *text, size_t len, int64_t *out_ms);

/* Written with milliseconds and Z; returns the length, -1 if it does not fit. */
int orch__time_format(int64_t ms, char *buf, size_t cap);

#endif
