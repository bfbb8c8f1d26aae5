/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_SCANNER_H
#define ORCH_JSON_SCANNER_H

#include "json/plan.h"
#include "json/sax.h"

/*
 * Goes through a list, or a stream of documents, and cuts it into items. Each
 * is then a short text of its own, in one piece: yajl never sees half a token.
 * Unless it is strict, it also drops every member that no row wants, so that
 * yajl sees a fifth of the bytes of a Kubernetes pod. What is around the items,
 * with an empty list in their place, becomes the text of the envelope.
 *
 * The decoder behind it cannot tell the difference:
 *
 *   - a valid document gives the same structs with and without dropping;
 *   - what is kept is checked by yajl, the structure of the objects that are
 *     filtered is checked here;
 *   - what lies inside a dropped value is not checked, except that its strings
 *     and brackets must come out even: `{"unknown":[tru},]}` passes. Strict,
 *     everything is checked.
 */
struct orch__scanner_frame {
	const struct orch__plan_node *node; /* of the object, or of the elements */
	uint8_t kind;                       /* enum orch__plan_shape             */
	bool has_member;                    /* something was written into it     */
	bool past_first;                    /* ORCH__P_FIRST: behind its first   */
};

struct orch__scanner {
	/* settings, before the first byte */
	bool strict, stream;
	const char *list;                          /* the member, or NULL: the document */
	const struct orch__plan_node *root, *item; /* of the document and of one item   */
	size_t depth_max;

	struct orch__json_error *err;
	uint64_t offset; /* of the text that is being looked at */
	const unsigned char *from;

	bool item_ready;  /* `text` holds one; clear it and go on */
	bool item_open;   /* one has begun, at item_at            */
	bool list_seen;   /* also when it was null                */
	size_t items;     /* complete ones                        */
	uint64_t item_at; /* where the last one began             */
	struct orch__buf text, envelope;

	int state; /* enum state, scanner.c */
	struct orch__buf *out;
	bool keep;                           /* what becomes of the coming value       */
	const struct orch__plan_child *want; /* its row, or NULL                       */
	unsigned matched;                    /* bytes of "null"                        */
	size_t open;                         /* brackets of a value that is not entered */
	bool escape;                         /* the last byte was a backslash          */
	uint64_t in_string;                  /* all ones: inside a string              */
	struct orch__buf key;                /* one with an escape, or in two pieces   */
	size_t depth;
	struct orch__scanner_frame frames[ORCH__JSON_DEPTH];
};

/* Returns how many bytes it has looked at: all, or up to the end of an item
 * (item_ready) or an error. */
size_t orch__scanner_run(struct orch__scanner *s, const char *text, size_t len);

/* Did the text end where it may? Otherwise `err` says so. */
bool orch__scanner_finish(struct orch__scanner *s);

void orch__scanner_dispose(struct orch__scanner *s);

#endif
