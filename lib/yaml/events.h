/* SPDX-License-Identifier: MIT */
#ifndef ORCH_YAML_EVENTS_H
#define ORCH_YAML_EVENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "orch/error.h"

/* What libfyaml reads, piece by piece: all that is known of it outside of events.c. */

enum orch__yaml_event_kind {
	ORCH__YAML_E_DOCUMENT,
	ORCH__YAML_E_SCALAR,
	ORCH__YAML_E_ALIAS, /* `anchor` is its name */
	ORCH__YAML_E_LIST,
	ORCH__YAML_E_MAP,
	ORCH__YAML_E_CLOSE, /* the innermost list or map */
	ORCH__YAML_E_END    /* of the text */
};

/* Texts are valid until the next event and not terminated. */
struct orch__yaml_event {
	enum orch__yaml_event_kind kind;
	int line, column; /* from 1 */
	bool is_plain, has_tag;
	const char *text, *anchor; /* `anchor` NULL: none */
	size_t len, anchor_len;
};

struct orch__yaml_events;

/* `text` is UTF-8 without a byte order mark and stays until the end. NULL: no memory. */
struct orch__yaml_events *orch__yaml_events_open(const char *text, size_t len);
/* ORCH_E_INVALID: malformed; ORCH_E_NOMEM. Nothing more comes then. */
orch_status orch__yaml_events_next(struct orch__yaml_events *events, struct orch__yaml_event *out);
/* Wipes what copies of the text there were. NULL is fine. */
void orch__yaml_events_close(struct orch__yaml_events *events);

/* The failure of both layers: "line 3, column 5: why". Returns `status`. */
orch_status orch__yaml_fail(orch_status status, int line, int column, const char *why);

#endif
