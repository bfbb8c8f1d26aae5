/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_QUANTITY_H
#define ORCH_UTIL_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Quantities of Kubernetes, exactly: "0.5", "500m", "1e3", "128Mi", "1.5Gi", ".5", "5.".
 * The value times 10^digits: "0.5" with 3 digits is 500. What is finer rounds away from
 * zero and what is larger is INT64_MAX, as Kubernetes itself has it. False: not a quantity.
 */
bool orch__parse_quantity(const char *text, size_t len, unsigned digits, int64_t *out);

/* Bytes as people write them: "64Mi", "1000". Returns the length, -1 if it does not fit. */
int orch__format_bytes(int64_t bytes, char *buf, size_t cap);

/* Thousandths: "500m", "2". */
int orch__format_milli(int64_t milli, char *buf, size_t cap);

#endif
