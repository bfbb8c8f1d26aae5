/* SPDX-License-Identifier: MIT */
#ifndef ORCH_YAML_YAML_H
#define ORCH_YAML_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "orch/error.h"
#include "util/arena.h"

/*
 * A YAML document as a tree. JSON is YAML, too.
 *
 * Every scalar is text, as it stands: "12345", "1e3" and "yes" are what was written,
 * and orch__yaml_type() says what it would be in YAML 1.2's core schema. Aliases lead
 * to the value they name, which is there once; a merge key "<<" is carried out. Refused
 * are tags, keys that are no scalars or that are there twice, the character NUL, a second
 * document, and what is malformed.
 */
enum orch__yaml_kind { ORCH__YAML_SCALAR, ORCH__YAML_LIST, ORCH__YAML_MAP };

struct orch__yaml_item;

struct orch__yaml {
	enum orch__yaml_kind kind;
	bool is_plain;                       /* a scalar without quotes                      */
	int line, column;                    /* from 1; of an alias: of what it names        */
	const char *text;                    /* of a scalar, terminated; it is UTF-8         */
	const struct orch__yaml_item *items; /* of the others, in order   */
	size_t count;
};

struct orch__yaml_item {
	const struct orch__yaml *key; /* a scalar; NULL in a list */
	const struct orch__yaml *value;
	const struct orch__yaml_item *next;
};

struct orch__yaml_limits {
	size_t bytes; /* of the text                                            */
	size_t nodes; /* values and keys, what aliases and merges stand for included */
	size_t depth; /* lists and maps in one another, likewise                */
};

/* Of what a person writes. */
#define ORCH__YAML_LIMITS ((struct orch__yaml_limits){ (size_t)1 << 20, 10000, 32 })

/*
 * The one document in `text`, which may be UTF-8 or, behind a byte order mark, UTF-16.
 * `*out` is NULL when there is none. It lives in `a` and holds what secrets the text
 * holds: let it be a secret one.
 *
 * ORCH_E_INVALID, ORCH_E_TOO_LARGE: the message begins with "line 3, column 5: " and
 * never quotes the text. ORCH_E_NOMEM also when libfyaml ran out of memory.
 */
orch_status orch__yaml_parse(struct orch__arena *a, const char *text, size_t len,
	const struct orch__yaml_limits *limits, const struct orch__yaml **out);

/* The value of that key; NULL when there is none, or `map` is none or NULL. */
const struct orch__yaml *orch__yaml_get(const struct orch__yaml *map, const char *key);

/* What a scalar is in the core schema of YAML 1.2. */
enum orch__yaml_type {
	ORCH__YAML_NULL,
	ORCH__YAML_FALSE,
	ORCH__YAML_TRUE,
	ORCH__YAML_INT,
	ORCH__YAML_FLOAT,
	ORCH__YAML_TEXT
};

enum orch__yaml_type orch__yaml_type(const struct orch__yaml *scalar);

/* NULL, or a scalar that says so. */
bool orch__yaml_is_null(const struct orch__yaml *node);

#endif
