/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_DECODE_H
#define ORCH_JSON_DECODE_H

#include "json/sax.h"
#include "json/table.h"

/* What the open containers are. Unknown ones are only counted. The list kinds
 * come last: they hold elements instead of members. */
enum orch__json_where {
	ORCH__IN_OBJECT,
	ORCH__IN_FIRST, /* an array of which "[0]" is modelled */
	ORCH__IN_STRVEC,
	ORCH__IN_MAP,
	ORCH__IN_KVLIST,
	ORCH__IN_STRUCTS /* OBJVEC, PTRVEC */
};

struct orch__json_frame {
	const struct orch__json_row *row; /* of a list or nested object           */
	struct orch__span span;           /* of an object                         */
	char *member;                     /* where the list will be put           */
	size_t mark;                      /* where its elements begin in scratch  */
	size_t index;                     /* elements seen so far, nulls included */
	uint8_t where;
	bool whole; /* a struct: look for REQUIRED rows at its end */
};

/*
 * Events to members. Elements of the open lists are collected in `scratch` and
 * become one array in the arena when their list closes; so an arena holds no
 * half-grown arrays.
 */
struct orch__json_reader {
	struct orch__json_error err;
	struct orch__span root;
	struct orch__arena *arena;
	struct orch__sax sax;
	struct orch__buf scratch;

	struct orch__hit hit; /* what the value behind this key is     */
	const char *map_key;
	const struct orch__json_row *raw; /* being captured            */
	size_t ignore;                    /* open containers nobody asked for      */
	size_t depth;
	size_t documents; /* complete ones                         */
	bool numbered;    /* keys are numbers of the plan          */
	struct orch__json_frame frames[ORCH__JSON_DEPTH];
};

/* A reader that fills what `root` spans, in place: one document, or with
 * `stream` one after another; `base` and `arena` may be replaced in between. */
void orch__reader_start(struct orch__json_reader *r, const struct orch__span *root,
	struct orch__arena *arena, bool stream, const struct orch__json_limits *limits);
void orch__reader_stop(struct orch__json_reader *r);

/* One document, cut out of another, into `base`, which has been made blank. */
bool orch__decode_into(const struct orch__span *root, struct orch__arena *arena, const char *text,
	size_t len, struct orch__json_error *err);

/* ---- decode_store.c: values into members, and what to say when they do not fit */

bool orch__store_member(
	struct orch__json_reader *r, enum orch__json_type type, const char *text, size_t len);
bool orch__store_element(
	struct orch__json_reader *r, enum orch__json_type type, const char *text, size_t len);
bool orch__store_raw(struct orch__json_reader *r);
/* One more element of the innermost list. */
bool orch__store_add(struct orch__json_reader *r, const void *element, size_t size);
/* The elements of the list that ends, as an array. */
bool orch__store_list(struct orch__json_reader *r, const struct orch__json_frame *f);
void orch__store_ptr(char *member, const void *p);
const char *orch__store_text(struct orch__json_reader *r, const char *text, size_t len);
bool orch__store_has_required(struct orch__json_reader *r, const struct orch__span *all);

/* All return false. The path is that of the value that has just arrived. */
bool orch__store_unexpected(struct orch__json_reader *r, const char *got);
bool orch__store_no_memory(struct orch__json_reader *r);

/* "spec.containers.[0].ports[2]": where the reader is. */
void orch__store_where(const struct orch__json_reader *r, char *text, size_t size);

#endif
