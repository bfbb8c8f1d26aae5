/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_MASKS_H
#define ORCH_JSON_MASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * 64 bytes at a time as bit masks: bit i speaks of byte i. SSE2 is part of
 * every x86-64; any other machine takes the portable code, which a test
 * compares with it. AVX2 would gain less than a twentieth.
 */
enum { ORCH__BLOCK = 64 };

struct orch__masks {
	uint64_t quote, backslash, open, close;
	uint64_t odd; /* control characters, and what is not ASCII */
};

/* '[' and ']' differ from '{' and '}' in bit 0x20 only, and no other byte
 * becomes one of these when that bit is set. */
#define ORCH__FOLD 0x20

#if defined(__SSE2__) && !defined(ORCH__PORTABLE_MASKS)
#define ORCH__HAS_SSE2_MASKS
#include <emmintrin.h>

static inline uint64_t orch__bits16(__m128i v)
{
	return (uint32_t)_mm_movemask_epi8(v);
}

static inline struct orch__masks orch__masks_sse2(const unsigned char *p)
{
	struct orch__masks m = { 0, 0, 0, 0, 0 };

	for (int i = 0; i < ORCH__BLOCK; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		__m128i folded = _mm_or_si128(v, _mm_set1_epi8(ORCH__FOLD));

		m.quote |= orch__bits16(_mm_cmpeq_epi8(v, _mm_set1_epi8('"'))) << i;
		m.backslash |= orch__bits16(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))) << i;
		m.open |= orch__bits16(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{'))) << i;
		m.close |= orch__bits16(_mm_cmpeq_epi8(folded, _mm_set1_epi8('}'))) << i;
		/* signed: 0x80 and above are negative */
		m.odd |= orch__bits16(_mm_cmplt_epi8(v, _mm_set1_epi8(0x20))) << i;
	}
	return m;
}
#endif

#define ORCH__ONES UINT64_C(0x0101010101010101)

/* The top bits of eight bytes as eight bits. */
static inline uint64_t orch__gather(uint64_t tops)
{
	return ((tops & 0x80 * ORCH__ONES) >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

/* Exact, no carry between bytes. */
static inline uint64_t orch__bits_equal(uint64_t word, unsigned char c)
{
	const uint64_t low7 = 0x7F * ORCH__ONES;
	uint64_t x = word ^ c * ORCH__ONES;

	return orch__gather(~(((x & low7) + low7) | x));
}

/* Bytes below 0x20, and from 0x80 on. */
static inline uint64_t orch__bits_odd(uint64_t word)
{
	const uint64_t low7 = 0x7F * ORCH__ONES;

	return orch__gather(word | ~((word & low7) + 0x60 * ORCH__ONES));
}

static inline uint64_t orch__load8(const unsigned char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof word);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

static inline struct orch__masks orch__masks_portable(const unsigned char *p)
{
	struct orch__masks m = { 0, 0, 0, 0, 0 };

	for (int i = 0; i < ORCH__BLOCK; i += 8) {
		uint64_t word = orch__load8(p + i);
		uint64_t folded = word | ORCH__FOLD * ORCH__ONES;

		m.quote |= orch__bits_equal(word, '"') << i;
		m.backslash |= orch__bits_equal(word, '\\') << i;
		m.open |= orch__bits_equal(folded, '{') << i;
		m.close |= orch__bits_equal(folded, '}') << i;
		m.odd |= orch__bits_odd(word) << i;
	}
	return m;
}

static inline struct orch__masks orch__masks(const unsigned char *p)
{
#if defined(ORCH__HAS_SSE2_MASKS)
	return orch__masks_sse2(p);
#else
	return orch__masks_portable(p);
#endif
}

/* The first '"' or '\\' in [p, end), or end. */
static inline const unsigned char *orch__string_end(
	const unsigned char *p, const unsigned char *end)
{
#if defined(ORCH__HAS_SSE2_MASKS)
	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		uint64_t hit = orch__bits16(_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
			_mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));

		if (hit)
			return p + __builtin_ctzll(hit);
	}
#else
	for (; end - p >= 8; p += 8) {
		uint64_t word = orch__load8(p);
		uint64_t hit = orch__bits_equal(word, '"') | orch__bits_equal(word, '\\');

		if (hit)
			return p + __builtin_ctzll(hit);
	}
#endif
	while (p < end && *p != '"' && *p != '\\')
		p++;
	return p;
}

/* The same, and everything before it to `out`, which must have room for that
 * and 16 bytes more: they are copied blind. */
static inline const unsigned char *orch__string_copy(
	char *out, const unsigned char *p, const unsigned char *end)
{
#if defined(ORCH__HAS_SSE2_MASKS)
	for (; end - p >= 16; p += 16, out += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		uint64_t hit = orch__bits16(_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
			_mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));

		_mm_storeu_si128((__m128i *)(void *)out, v);
		if (hit)
			return p + __builtin_ctzll(hit);
	}
#else
	for (; end - p >= 8; p += 8, out += 8) {
		uint64_t word = orch__load8(p);
		uint64_t hit = orch__bits_equal(word, '"') | orch__bits_equal(word, '\\');

		memcpy(out, p, 8);
		if (hit)
			return p + __builtin_ctzll(hit);
	}
#endif
	while (p < end && *p != '"' && *p != '\\')
		*out++ = (char)*p++;
	return p;
}

/* Bit i: the number of ones in x up to and including i is odd. On quotes this
 * marks the inside of strings (and their opening quote). */
static inline uint64_t orch__parity(uint64_t x)
{
	for (int shift = 1; shift < 64; shift *= 2)
		x ^= x << shift;
	return x;
}

/* The bits of the bytes that a backslash escapes. Backslashes are rare enough
 * to walk them one by one. `len` is the block's real length; `carry` says
 * whether the byte before it was such a backslash, and then whether its last is. */
static inline uint64_t orch__escaped(uint64_t backslash, size_t len, bool *carry)
{
	uint64_t escaped = *carry;

	backslash &= ~escaped; /* an escaped backslash escapes nothing */
	*carry = false;
	while (backslash) {
		unsigned i = (unsigned)__builtin_ctzll(backslash);

		backslash &= backslash - 1;
		if (i + 1 == len) {
			*carry = true;
			break;
		}
		escaped |= UINT64_C(2) << i;
		backslash &= ~(UINT64_C(2) << i);
	}
	return escaped;
}

/* __builtin_popcountll is a library call without -mpopcnt. */
static inline unsigned orch__count(uint64_t x)
{
	x -= (x >> 1) & UINT64_C(0x5555555555555555);
	x = (x & UINT64_C(0x3333333333333333)) + ((x >> 2) & UINT64_C(0x3333333333333333));
	x = (x + (x >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
	return (unsigned)(x * ORCH__ONES >> 56);
}

#endif
