/* SPDX-License-Identifier: MIT */
/*
 * Header lists, without copying what does not change: the nodes of a request
 * stand in front of the ones that every request shares. libcurl only reads them.
 */
#include <string.h>

#include "net/curl_engine.h"
#include "net/target.h"
#include "util/error.h"
#include "util/text.h"
#include "util/wipe.h"

/* From here on libcurl would wait for "100 Continue", which only costs time. */
enum { EXPECT_THRESHOLD = 512 << 10 };
enum { HEADER_TEXT_LIMIT = 1 << 20 };

/* Headers that liborch or libcurl write themselves: twice would be ambiguous. */
static bool is_reserved(const char *name)
{
	static const char *const names[] = { "accept", "accept-encoding", "connection",
		"content-length", "content-type", "expect", "host", "te", "trailer",
		"transfer-encoding", "upgrade", "user-agent" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (orch__text_equal_folded(name, strlen(name), names[i]))
			return true;
	return false;
}

orch_status orch__curl_check_header(const orch_kv *header)
{
	if (!header->key || !orch__is_header_name(header->key))
		return orch__fail(ORCH_E_INVALID, "header: malformed name");
	if (is_reserved(header->key))
		return orch__fail(ORCH_E_INVALID, "header %s: liborch sets it itself", header->key);
	if (!header->value || !orch__is_header_value(header->value))
		return orch__fail(ORCH_E_INVALID,
			"header %s: the value holds control or non-ASCII bytes or is too long",
			header->key);
	return ORCH_OK;
}

/* ---- those of the configuration ---- */

static struct curl_slist *new_node(
	struct orch__curl *e, const char *name, const char *value, struct curl_slist *next)
{
	struct curl_slist *node = orch__arena_alloc(&e->texts, sizeof *node);
	size_t n = strlen(name), m = strlen(value);
	char *text = orch__arena_alloc(&e->texts, n + m + 3);

	if (!node || !text)
		return NULL;
	memcpy(text, name, n);
	memcpy(text + n, m ? ": " : ";", m ? 2 : 1); /* "Name;": libcurl sends it empty */
	memcpy(text + n + (m ? 2 : 1), value, m);
	node->data = text;
	node->next = next;
	return node;
}

orch_status orch__curl_shared_headers(struct orch__curl *e, const struct orch__http_config *config)
{
	const orch_kv accept = { "x", config->accept ? config->accept : "application/json" };
	orch_status st = orch__curl_check_header(&accept);

	for (size_t i = config->header_count; st == ORCH_OK && i-- > 0;) {
		st = orch__curl_check_header(&config->headers[i]);
		if (st == ORCH_OK)
			e->fixed = new_node(
				e, config->headers[i].key, config->headers[i].value, e->fixed);
	}
	if (st == ORCH_OK && e->server_name) { /* the address that was asked for, not the name */
		char host[300];

		orch__endpoint_address(&e->endpoint, host, sizeof host);
		e->fixed = new_node(e, "Host", host, e->fixed);
	}
	if (st == ORCH_OK)
		e->plain = new_node(e, "Accept", accept.value, e->fixed);
	if (st == ORCH_OK && e->texts.failed)
		st = orch__fail(ORCH_E_NOMEM, "connection to %s", e->http.address);
	return st;
}

/* ---- those of a request ---- */

/* Texts first, as the buffer may move while it grows: a node's place is its offset. */
struct list {
	struct orch__curl_slot *slot;
	size_t at[ORCH__CURL_HEADERS];
	size_t count;
};

static void add(struct list *list, const char *name, const char *value)
{
	struct orch__buf *b = &list->slot->header_text;

	list->at[list->count++] = b->len;
	orch__buf_add(b, name, strlen(name));
	orch__buf_add(b, *value ? ": " : ";", *value ? 2 : 1);
	orch__buf_add(b, value, strlen(value) + 1);
}

/* "Name:" keeps libcurl from sending its own. */
static void leave_out(struct list *list, const char *text)
{
	struct orch__buf *b = &list->slot->header_text;

	list->at[list->count++] = b->len;
	orch__buf_add(b, text, strlen(text) + 1);
}

static orch_status add_extra(struct list *list, const struct orch__request *r)
{
	orch_status st = ORCH_OK;

	if (r->header_count > ORCH__CURL_HEADERS - 4)
		return orch__fail(ORCH_E_INVALID, "%s %.100s: %zu headers are too many", r->method,
			r->path, r->header_count);
	for (size_t i = 0; st == ORCH_OK && i < r->header_count; i++) {
		st = orch__curl_check_header(&r->headers[i]);
		if (st == ORCH_OK)
			add(list, r->headers[i].key, r->headers[i].value);
	}
	return st;
}

static void add_usual(struct list *list, const struct orch__request *r)
{
	if (r->accept)
		add(list, "Accept", r->accept);
	if (r->body)
		add(list, "Content-Type", r->content_type ? r->content_type : "application/json");
	else
		leave_out(list, "Content-Type:");
	if (r->body_len > EXPECT_THRESHOLD)
		leave_out(list, "Expect:");
}

static struct curl_slist *link_up(struct list *list, struct curl_slist *rest)
{
	struct orch__curl_slot *slot = list->slot;

	for (size_t i = list->count; i-- > 0;) {
		slot->headers[i].data = slot->header_text.text + list->at[i];
		slot->headers[i].next = rest;
		rest = &slot->headers[i];
	}
	return rest;
}

orch_status orch__curl_headers(
	struct orch__curl_slot *slot, const struct orch__request *r, struct curl_slist **out)
{
	struct list list = { .slot = slot };
	orch_status st;

	*out = slot->engine->plain;
	if (slot->t.is_read && !r->accept && !r->header_count && !r->body)
		return ORCH_OK;
	if ((r->accept && !orch__is_header_value(r->accept)) ||
		(r->content_type && !orch__is_header_value(r->content_type)))
		return orch__fail(
			ORCH_E_INVALID, "%s %.100s: malformed media type", r->method, r->path);
	slot->header_text.limit = HEADER_TEXT_LIMIT;
	orch__buf_clear(&slot->header_text);
	add_usual(&list, r);
	st = add_extra(&list, r);
	if (st < 0)
		return st;
	if (!orch__buf_ok(&slot->header_text))
		return orch__fail(slot->header_text.failed == ORCH__MEM_OVER_LIMIT
				? ORCH_E_TOO_LARGE
				: ORCH_E_NOMEM,
			"%s %.100s: headers", r->method, r->path);
	*out = link_up(&list, r->accept ? slot->engine->fixed : slot->engine->plain);
	return ORCH_OK;
}

void orch__curl_forget_headers(struct orch__curl_slot *slot)
{
	if (slot->header_text.len)
		orch__wipe(slot->header_text.text, slot->header_text.len);
	slot->header_text.len = 0;
}
