/* SPDX-License-Identifier: MIT */
#include "json/skip.h"

#include "json/masks.h"

/*
 * The brackets of the next 64 bytes, or fewer at the end, that are not inside a
 * string. Inside and outside follow from the parity of the quotes that no
 * backslash escapes.
 */
static size_t load_block(struct orch__skip *s, const unsigned char *p, const unsigned char *end,
	struct orch__masks *m)
{
	size_t len = (size_t)(end - p);
	unsigned char tail[ORCH__BLOCK];
	uint64_t in_string;

	if (len < ORCH__BLOCK) {
		memset(tail, ' ', sizeof tail);
		memcpy(tail, p, len);
		*m = orch__masks(tail);
	} else {
		len = ORCH__BLOCK;
		*m = orch__masks(p);
	}
	if (m->backslash || s->escape)
		m->quote &= ~orch__escaped(m->backslash, len, &s->escape);
	in_string = orch__parity(m->quote) ^ s->in_string;
	s->in_string = 0 - (in_string >> 63);
	m->open &= ~in_string;
	m->close &= ~in_string;
	return len;
}

enum { NO_END = ORCH__BLOCK, TOO_DEEP };

/* The index of the bracket that ends the container, if it is in this block. */
static unsigned walk(struct orch__skip *s, const struct orch__masks *m)
{
	for (uint64_t all = m->open | m->close; all; all &= all - 1) {
		unsigned i = (unsigned)__builtin_ctzll(all);

		if (m->open >> i & 1) {
			if (s->open++ == s->open_max)
				return TOO_DEEP;
		} else if (--s->open == 0) {
			return i;
		}
	}
	return NO_END;
}

/*
 * No branch per byte: as long as a block closes fewer brackets than are open,
 * the container cannot end in it and counting is enough.
 */
const unsigned char *orch__skip_container(
	struct orch__skip *s, const unsigned char *p, const unsigned char *end)
{
	while (p < end) {
		struct orch__masks m;
		size_t len = load_block(s, p, end, &m);
		unsigned opened = m.open ? orch__count(m.open) : 0;
		unsigned closed = m.close ? orch__count(m.close) : 0;

		if (closed < s->open && s->open + opened <= s->open_max) {
			s->open += opened;
			s->open -= closed;
		} else {
			unsigned i = walk(s, &m);

			if (i == TOO_DEEP)
				return NULL;
			if (i != NO_END)
				return p + i + 1;
		}
		p += len;
	}
	return p;
}
