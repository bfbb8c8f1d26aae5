/* SPDX-License-Identifier: MIT */
#include "backend/sim/raw.h"

#include <inttypes.h>
#include <string.h>

#include "util/buf.h"

/* The simulator is there in builds without a JSON library. */

#define RAW_LIMIT ((size_t)16 << 20)

static void add_quoted(struct orch__buf *b, const char *text)
{
	orch__buf_add(b, "\"", 1);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			orch__buf_addf(b, "\\%c", c);
		else if (c < 0x20)
			orch__buf_addf(b, "\\u%04x", (unsigned)c);
		else
			orch__buf_add(b, text, 1);
	}
	orch__buf_add(b, "\"", 1);
}

static void add_key(struct orch__buf *b, const char *key)
{
	char last = b->len ? b->text[b->len - 1] : '{';

	if (last != '{' && last != '[')
		orch__buf_add(b, ",", 1);
	if (key) {
		add_quoted(b, key);
		orch__buf_add(b, ":", 1);
	}
}

static void add_text(struct orch__buf *b, const char *key, const char *value)
{
	if (!value)
		return;
	add_key(b, key);
	add_quoted(b, value);
}

static void add_number(struct orch__buf *b, const char *key, int64_t value)
{
	if (value == ORCH_UNSET)
		return;
	add_key(b, key);
	orch__buf_addf(b, "%" PRId64, value);
}

static void open_part(struct orch__buf *b, const char *key, const char *bracket)
{
	add_key(b, key);
	orch__buf_add(b, bracket, 1);
}

static void close_part(struct orch__buf *b, const char *bracket)
{
	orch__buf_add(b, bracket, 1);
}

static void add_texts(struct orch__buf *b, const char *key, orch_string_list list)
{
	if (!list.count)
		return;
	open_part(b, key, "[");
	for (size_t i = 0; i < list.count; i++)
		add_text(b, NULL, list.items[i]);
	close_part(b, "]");
}

/* A list of pairs, for the order of variables matters. */
static void add_pairs(struct orch__buf *b, const char *key, orch_kv_list list)
{
	if (!list.count)
		return;
	open_part(b, key, "[");
	for (size_t i = 0; i < list.count; i++) {
		open_part(b, NULL, "{");
		add_text(b, "key", list.items[i].key);
		add_text(b, "value", list.items[i].value);
		close_part(b, "}");
	}
	close_part(b, "]");
}

static void add_constraints(struct orch__buf *b, orch_constraint_list list)
{
	if (!list.count)
		return;
	open_part(b, "constraints", "[");
	for (size_t i = 0; i < list.count; i++) {
		open_part(b, NULL, "{");
		add_text(b, "key", list.items[i].key);
		add_text(b, "op", list.items[i].op == ORCH_CONSTRAINT_EQUAL ? "==" : "!=");
		add_text(b, "value", list.items[i].value);
		close_part(b, "}");
	}
	close_part(b, "]");
}

static void add_parts(struct orch__buf *b, const orch_deployment_spec *s)
{
	if (s->health) {
		open_part(b, "health", "{");
		add_texts(b, "command", s->health->command);
		add_number(b, "interval_ms", s->health->interval_ms);
		add_number(b, "timeout_ms", s->health->timeout_ms);
		add_number(b, "start_period_ms", s->health->start_period_ms);
		add_number(b, "retries", s->health->retries);
		close_part(b, "}");
	}
	if (s->restart) {
		open_part(b, "restart", "{");
		add_number(b, "condition", s->restart->condition);
		add_number(b, "delay_ms", s->restart->delay_ms);
		add_number(b, "max_attempts", s->restart->max_attempts);
		close_part(b, "}");
	}
}

static void add_spec(struct orch__buf *b, const orch_deployment_spec *s)
{
	open_part(b, "spec", "{");
	add_text(b, "name", s->name);
	add_text(b, "image", s->image);
	add_texts(b, "command", s->command);
	add_texts(b, "args", s->args);
	add_pairs(b, "env", s->env);
	add_pairs(b, "labels", s->labels);
	add_text(b, "working_dir", s->working_dir);
	add_text(b, "user", s->user);
	add_number(b, "replicas", s->replicas);
	add_number(b, "cpu_request_milli", s->cpu_request_milli);
	add_number(b, "cpu_limit_milli", s->cpu_limit_milli);
	add_number(b, "memory_request_bytes", s->memory_request_bytes);
	add_number(b, "memory_limit_bytes", s->memory_limit_bytes);
	add_parts(b, s);
	add_constraints(b, s->constraints);
	add_number(b, "stop_grace_ms", s->stop_grace_ms);
	close_part(b, "}");
}

static const char *take(struct sim_memory *m, struct orch__buf *b)
{
	const char *text = orch__buf_ok(b) ? sim_copy_text(m, b->text) : NULL;

	m->failed = !text;
	orch__buf_dispose(b);
	return text;
}

const char *sim_raw_deployment(struct sim_memory *m, const orch_deployment *d)
{
	struct orch__buf b = ORCH__BUF_INIT(RAW_LIMIT);

	if (m->failed)
		return NULL;
	orch__buf_add(&b, "{", 1);
	add_text(&b, "id", d->id);
	add_text(&b, "namespace", d->ns);
	add_text(&b, "version", d->version);
	add_spec(&b, d->spec);
	add_number(&b, "desired", d->desired);
	add_number(&b, "ready", d->ready);
	add_number(&b, "updated", d->updated);
	add_number(&b, "total", d->total);
	add_number(&b, "created_ms", d->created_ms);
	add_number(&b, "updated_ms", d->updated_ms);
	orch__buf_add(&b, "}", 1);
	return take(m, &b);
}

const char *sim_raw_instance(struct sim_memory *m, const orch_instance *i)
{
	struct orch__buf b = ORCH__BUF_INIT(RAW_LIMIT);

	if (m->failed)
		return NULL;
	orch__buf_add(&b, "{", 1);
	add_text(&b, "id", i->id);
	add_text(&b, "name", i->name);
	add_text(&b, "deployment", i->deployment);
	add_text(&b, "node", i->node);
	add_text(&b, "image", i->image);
	add_text(&b, "state", orch_instance_state_name(i->state));
	add_number(&b, "ready", i->ready);
	add_number(&b, "updated", i->updated);
	add_text(&b, "cause", orch_cause_name(i->cause));
	add_text(&b, "message", i->message);
	add_number(&b, "restarts", i->restarts);
	add_number(&b, "exit_code", i->exit_code);
	add_number(&b, "created_ms", i->created_ms);
	orch__buf_add(&b, "}", 1);
	return take(m, &b);
}
