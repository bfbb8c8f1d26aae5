/* SPDX-License-Identifier: MIT */
#include "util/random.h"

#include <errno.h>
#include <sys/random.h>

#include "util/clock.h"

/* SplitMix64: passes BigCrush, any seed will do. */
uint64_t orch__random_next(struct orch__random *r)
{
	uint64_t z = r->state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

int64_t orch__random_below(struct orch__random *r, int64_t below)
{
	return below > 0 ? (int64_t)(orch__random_next(r) % (uint64_t)below) : 0;
}

void orch__random_bytes(void *out, size_t size)
{
	unsigned char *p = out;
	int keep = errno;

	while (size > 0) {
		ssize_t n = getrandom(p, size, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) { /* no such call: clock and address still tell callers apart */
			struct orch__random r = { (uint64_t)orch__clock_wall_ms() ^
				(uint64_t)(uintptr_t)&r };

			*p = (unsigned char)orch__random_next(&r);
			n = 1;
		}
		p += n;
		size -= (size_t)n;
	}
	errno = keep;
}

int64_t orch__random_jitter(int64_t below)
{
	struct orch__random r;

	orch__random_bytes(&r.state, sizeof r.state);
	return orch__random_below(&r, below);
}
