/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_RANDOM_H
#define ORCH_UTIL_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* A small generator whose whole state is one number: seeded, it repeats. */
struct orch__random {
	uint64_t state;
};

uint64_t orch__random_next(struct orch__random *r);
/* Uniform in [0, below); 0 for `below` <= 0. */
int64_t orch__random_below(struct orch__random *r, int64_t below);

/* Bytes of the system's generator, for identities and jitter. */
void orch__random_bytes(void *out, size_t size);
int64_t orch__random_jitter(int64_t below);

#endif
