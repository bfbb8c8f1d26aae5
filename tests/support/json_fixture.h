/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_JSON_FIXTURE_H
#define TESTS_SUPPORT_JSON_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/json.h"

/* A small deployment spec, shaped as the public structs are: typed lists, an
 * optional part that is a pointer, unset integers and yes/no. */
struct port {
	int64_t target, published;
	const char *protocol;
};

struct health {
	orch_string_list command;
	int64_t period_ms, retries;
};

struct mount {
	const char *source, *target;
	int64_t read_only;
};

struct app {
	size_t struct_size;
	const char *name, *image, *version, *driver;
	int64_t replicas, cpu_milli, read_only, ready;
	orch_kv_list labels, env;
	orch_string_list args;
	struct {
		const struct port *items;
		size_t count;
	} ports;
	struct {
		const struct mount *const *items;
		size_t count;
	} mounts;
	const struct health *health;
};

extern const struct app app_blank;
extern const struct orch__json_table kube_app, swarm_app, swarm_version;

extern const char kube_doc[], swarm_doc[];

/* Decode, encode, overlay with buffers that fit; tests say what they expect. */
orch_status decode(
	const struct orch__json_table *t, struct orch__arena *a, const char *json, void *out);
char *encode(const struct orch__json_table *t, const void *in);
char *overlay(const struct orch__json_table *t, const char *json, const void *in,
	enum orch__json_unset unset, bool *changed);

/* What the last of them complained about. */
#define complaint (orch_error_last()->message)

#endif
