/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_JSON_H
#define ORCH_JSON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "orch/error.h"
#include "util/arena.h"
#include "util/buf.h"

/*
 * Declarative JSON.
 *
 * A table row says "this JSON path is that struct member". One table drives:
 *
 *   decode   JSON text -> struct        (one streaming pass, no tree)
 *   encode   struct -> JSON text
 *   overlay  JSON text + struct -> JSON text that keeps every field the table
 *            does not mention (read-modify-write of documents we do not own)
 *   equal    struct, struct -> do they say the same?
 *   lists    json/list.h: items of a long list, one by one
 *
 * Paths are dot separated. The segment "[0]" is the first element of an array;
 * other indexes are not needed and not allowed. Rows that share a prefix are
 * adjacent: orch__json_table_check() says so, a unit test asks it.
 *
 * An unset member is a NULL pointer, an integer or yes/no that is ORCH_UNSET,
 * or a list whose items are NULL; JSON null reads as unset. Encode leaves unset
 * members out; overlay keeps or drops what the document has, as told.
 *
 * Of repeated keys the last scalar, list or map wins, objects merge. Repeated
 * keys inside a MAP are kept as sent: who looks one up must take the last.
 *
 * Everything here returns ORCH_E_PROTOCOL for text that is not JSON, not UTF-8
 * or not of the shape the table describes, ORCH_E_TOO_LARGE beyond a limit,
 * ORCH_E_NOMEM, or, when writing, ORCH_E_INVALID for a value that JSON has no
 * form for. Messages name byte and path and never quote the document. Outputs
 * are untouched on failure.
 */
enum orch__json_kind {
	ORCH__K_STR,     /* const char *  "text"                                    */
	ORCH__K_NUMTEXT, /* const char *  12, kept as text: uint64, opaque versions */
	ORCH__K_RAW,     /* const char *  any value, kept as it stood               */
	ORCH__K_I64,     /* int64_t       12                                        */
	ORCH__K_BOOL,    /* int64_t       true / false                              */
	ORCH__K_SCALAR,  /* int64_t       through an orch__json_scalar              */
	ORCH__K_LITERAL, /* no member     always this text; refused if it differs   */
	ORCH__K_OBJ,     /* T *           {...} by another table                    */
	ORCH__K_STRVEC,  /* orch_string_list  ["a", "b"]                            */
	ORCH__K_MAP,     /* orch_kv_list      {"k": "v"}                            */
	ORCH__K_KVLIST,  /* orch_kv_list      ["k=v", "k"]                          */
	ORCH__K_OBJVEC,  /* {T *, size_t}     [{...}, {...}] by another table       */
	ORCH__K_PTRVEC   /* {T **, size_t}    the same, as an array of pointers     */
};

enum {
	ORCH__J_REQUIRED = 1 << 0, /* decode fails without it                        */
	ORCH__J_READONLY = 1 << 1, /* decoded, never written                         */
	ORCH__J_KEEP = 1 << 2,     /* left alone when unset, also by DROP_UNSET      */
	ORCH__J_KEY = 1 << 3,      /* identifies an element of an OBJVEC or PTRVEC,  */
				   /* so that overlay can keep its foreign fields    */
	ORCH__J_UNLISTED = 1 << 4  /* of no use in lists (json/list.h): stays unset  */
};

/* What every list member of a public struct looks like, whatever its type. A
 * bare "k" in a KVLIST has a NULL value: for Docker it is not the same as "k=". */
struct orch__vec {
	const void *items;
	size_t count;
};

/* Text <-> int64_t, for quantities, timestamps, durations and enumerations. */
struct orch__json_scalar {
	const char *what; /* "CPU quantity": used in error messages   */
	bool quoted;      /* written as a string; either form is read */
	bool (*parse)(const char *text, size_t len, int64_t *out);
	int (*format)(int64_t value, char *buf, size_t cap); /* length; < 0: has no form */
};

struct orch__json_row {
	const char *path;
	union {
		const struct orch__json_scalar *scalar;
		const struct orch__json_table *table;
		const char *literal;
	} aux;
	uint16_t offset, elem; /* of the member; size of the struct it points to */
	uint8_t kind, flags;
};

/* `blank` is the struct's unset value. It belongs to the struct and not to the
 * dialect, since a table may leave members of the struct unmentioned. */
struct orch__json_table {
	const char *name;
	const void *blank;
	size_t size, count;
	const struct orch__json_row *rows;
};

/* Rows are written with these; each refuses a member of the wrong type, the
 * table check one of the wrong struct. */
/* clang-format off */
#define ORCH__J_IF(ok_, T_, m_) \
	(uint16_t)(offsetof(T_, m_) + 0 * sizeof(char[(ok_) ? 1 : -1]))
#define ORCH__J_TEXT_AT(T_, m_) \
	ORCH__J_IF(_Generic(((T_ *)0)->m_, char *: 1, const char *: 1, default: 0), T_, m_)
#define ORCH__J_INT_AT(T_, m_) \
	ORCH__J_IF(_Generic(((T_ *)0)->m_, int64_t: 1, default: 0), T_, m_)
#define ORCH__J_STRINGS_AT(T_, m_) \
	ORCH__J_IF(sizeof(((T_ *)0)->m_) == sizeof(struct orch__vec) && \
		_Generic(((T_ *)0)->m_.items, const char *const *: 1, const char **: 1, default: 0), T_, m_)
#define ORCH__J_PAIRS_AT(T_, m_) \
	ORCH__J_IF(sizeof(((T_ *)0)->m_) == sizeof(struct orch__vec) && \
		_Generic(((T_ *)0)->m_.items, const orch_kv *: 1, orch_kv *: 1, default: 0), T_, m_)
#define ORCH__J_LIST_AT(T_, m_) \
	ORCH__J_IF(sizeof(((T_ *)0)->m_) == sizeof(struct orch__vec) && \
		sizeof(((T_ *)0)->m_.items) == sizeof(void *), T_, m_)
#define ORCH__J_PTR_AT(T_, m_) \
	ORCH__J_IF(sizeof(((T_ *)0)->m_) == sizeof(void *), T_, m_)
#define ORCH__J_ROW(path_, kind_, offset_, elem_, flags_, aux_, value_) \
	{ .path = (path_), .aux.aux_ = (value_), .offset = (offset_), \
	  .elem = (uint16_t)(elem_), .kind = (kind_), .flags = (flags_) }

#define ORCH__J_STR(path_, T_, m_, flags_) \
	ORCH__J_ROW(path_, ORCH__K_STR, ORCH__J_TEXT_AT(T_, m_), 0, flags_, table, NULL)
#define ORCH__J_NUMTEXT(path_, T_, m_, flags_) \
	ORCH__J_ROW(path_, ORCH__K_NUMTEXT, ORCH__J_TEXT_AT(T_, m_), 0, flags_, table, NULL)
#define ORCH__J_RAW(path_, T_, m_, flags_) \
	ORCH__J_ROW(path_, ORCH__K_RAW, ORCH__J_TEXT_AT(T_, m_), 0, flags_, table, NULL)
#define ORCH__J_I64(path_, T_, m_, flags_) \
	ORCH__J_ROW(path_, ORCH__K_I64, ORCH__J_INT_AT(T_, m_), 0, flags_, table, NULL)
#define ORCH__J_BOOL(path_, T_, m_, flags_) \
	ORCH__J_ROW(path_, ORCH__K_BOOL, ORCH__J_INT_AT(T_, m_), 0, flags_, table, NULL)
#define ORCH__J_SCALAR(path_, T_, m_, flags_, scalar_) \
	ORCH__J_ROW(path_, ORCH__K_SCALAR, ORCH__J_INT_AT(T_, m_), 0, flags_, scalar, scalar_)
#define ORCH__J_LITERAL(path_, text_) \
	ORCH__J_ROW(path_, ORCH__K_LITERAL, 0, 0, 0, literal, text_)
#define ORCH__J_OBJ(path_, T_, m_, flags_, table_) \
	ORCH__J_ROW(path_, ORCH__K_OBJ, ORCH__J_PTR_AT(T_, m_), \
		sizeof(*((T_ *)0)->m_), flags_, table, table_)
#define ORCH__J_STRVEC(path_, T_, m_, flags_) \
	ORCH__J_ROW(path_, ORCH__K_STRVEC, ORCH__J_STRINGS_AT(T_, m_), 0, flags_, table, NULL)
#define ORCH__J_MAP(path_, T_, m_, flags_) \
	ORCH__J_ROW(path_, ORCH__K_MAP, ORCH__J_PAIRS_AT(T_, m_), 0, flags_, table, NULL)
#define ORCH__J_KVLIST(path_, T_, m_, flags_) \
	ORCH__J_ROW(path_, ORCH__K_KVLIST, ORCH__J_PAIRS_AT(T_, m_), 0, flags_, table, NULL)
#define ORCH__J_OBJVEC(path_, T_, m_, flags_, table_) \
	ORCH__J_ROW(path_, ORCH__K_OBJVEC, ORCH__J_LIST_AT(T_, m_), \
		sizeof(*((T_ *)0)->m_.items), flags_, table, table_)
#define ORCH__J_PTRVEC(path_, T_, m_, flags_, table_) \
	ORCH__J_ROW(path_, ORCH__K_PTRVEC, ORCH__J_LIST_AT(T_, m_), \
		sizeof(**((T_ *)0)->m_.items), flags_, table, table_)

#define ORCH__J_TABLE(name_, blank_, ...) \
	ORCH__J_TABLE_AS(const, name_, blank_, __VA_ARGS__)
/* One that other files do not know of. */
#define ORCH__J_LOCAL_TABLE(name_, blank_, ...) \
	ORCH__J_TABLE_AS(static const, name_, blank_, __VA_ARGS__)
#define ORCH__J_TABLE_AS(storage_, name_, blank_, ...) \
	static const struct orch__json_row name_##_rows[] = { __VA_ARGS__ }; \
	storage_ struct orch__json_table name_ = { #name_, &(blank_), sizeof(blank_), \
		sizeof name_##_rows / sizeof name_##_rows[0], name_##_rows }
/* clang-format on */

/* Limits against hostile documents; zero means the default. */
struct orch__json_limits {
	size_t depth;    /* open containers: 64, which is also the most          */
	size_t token;    /* bytes of one string or number: 16 MiB                */
	size_t document; /* bytes of a document, or of one item of a list: 64 MiB */
};

/* Set every member of `out` to its unset value. */
void orch__json_init(const struct orch__json_table *t, void *out);

/* One document. What `out` points to is allocated in `a`, also on failure. */
orch_status orch__json_decode(const struct orch__json_table *t, struct orch__arena *a,
	const char *text, size_t len, void *out);

/* The same for a document that arrives in pieces of any size. A failure is
 * final: every later call returns it again. `limits` may be NULL. */
struct orch__json_reader;
orch_status orch__json_reader_open(const struct orch__json_table *t, struct orch__arena *a,
	const struct orch__json_limits *limits, struct orch__json_reader **out);
orch_status orch__json_reader_feed(struct orch__json_reader *r, const char *text, size_t len);
orch_status orch__json_reader_finish(struct orch__json_reader *r, void *out);
void orch__json_reader_dispose(struct orch__json_reader *r); /* NULL is fine */

/* Is this one JSON document, of any shape? */
orch_status orch__json_validate(const char *text, size_t len);

/* Appends to `out`, whose limit bounds the text; shortens it to what it was on
 * failure. */
orch_status orch__json_encode(
	const struct orch__json_table *t, const void *in, struct orch__buf *out);

/* Members unset in `in`: leave the document's fields alone (change one thing),
 * or remove them (make it what `in` says), foreign fields being kept in both. */
enum orch__json_unset { ORCH__JSON_KEEP_UNSET, ORCH__JSON_DROP_UNSET };

/* Appends the document with `in` laid over it. Values that say the same already
 * stay as they are spelled. `changed` (may be NULL) tells whether anything had
 * to be changed: if not, there is nothing to send. */
orch_status orch__json_overlay(const struct orch__json_table *t, const char *text, size_t len,
	const void *in, enum orch__json_unset unset, struct orch__buf *out, bool *changed);

/* Do two structs say the same, as far as the rows go? Maps are compared without
 * regard to order, lists with; READONLY rows are left out. */
bool orch__json_equal(const struct orch__json_table *t, const void *a, const void *b);

/* NULL when the table is well formed, otherwise the offending path. */
const char *orch__json_table_check(const struct orch__json_table *t);

#endif
