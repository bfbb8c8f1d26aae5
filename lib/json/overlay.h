/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_OVERLAY_H
#define ORCH_JSON_OVERLAY_H

#include "json/encode.h"
#include "json/sax.h"

/* One document, written as a value; sets `*changed` if it has to be changed,
 * and leaves it alone otherwise. Errors are the writer's. */
bool orch__overlay_text(struct orch__json_writer *w, const struct orch__json_table *t,
	const char *text, size_t len, const void *in, enum orch__json_unset unset, bool *changed);

/*
 * merge.c: a list of objects we want, over the list the document has. Elements
 * are paired by their ORCH__J_KEY rows; a pair is overlaid, so the foreign
 * fields of an element survive; the rest of ours is added, of theirs removed.
 */
struct orch__merge {
	const struct orch__json_row *row; /* NULL: no merge under way */
	const char *base;
	struct orch__arena arena;
	struct orch__live *live, *last;
	size_t count;
};

bool orch__merge_wanted(const struct orch__json_row *r);
bool orch__merge_add(
	struct orch__merge *m, const char *text, size_t len, struct orch__json_error *err);
void orch__merge_write(struct orch__merge *m, struct orch__json_writer *w,
	enum orch__json_unset unset, bool *changed);

#endif
