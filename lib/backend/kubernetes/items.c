/* SPDX-License-Identifier: MIT */
/*
 * Lists in pages. All pages after the first show the state of the first: asked for
 * twice with the same token, a page has the same items in the same order, so what
 * was handed out of it already is passed over. The first page has no such anchor.
 */
#include "backend/kubernetes/items.h"

#include <string.h>

#include "backend/kubernetes/tables.h"
#include "util/error.h"
#include "util/vec.h"

enum { PAGE = 500, BEGINNINGS = 5 };
enum { TOKEN_MAX = 32 << 10 };

/* ---- what is asked ---- */

/* `token` empty: the first page. Dispose of `to` in either case. */
static orch_status page_target(
	const struct kube_items *items, const struct orch__buf *token, struct orch__target *to)
{
	*to = (struct orch__target)ORCH__TARGET_INIT;
	kube_resource_path(to, items->kind, items->ns, NULL, NULL);
	orch__target_query_i64(to, "limit", PAGE);
	orch__target_query(to, "labelSelector", items->label_selector);
	orch__target_query(to, "fieldSelector", items->field_selector);
	if (token->len)
		orch__target_query(to, "continue", token->text);
	return orch__target_end(to);
}

static struct kube_request page_request(const struct orch__target *to)
{
	return (struct kube_request){ .method = "GET",
		.path = to->path.text,
		.query = to->query.text,
		.again = KUBE_READ,
		.is_large = true };
}

/* The page after this one. A server that leads in circles would keep us for ever. */
static orch_status turn_page(struct orch__buf *token, const char *next)
{
	if (!next)
		next = "";
	if (*next && token->len && strcmp(next, token->text) == 0)
		return orch__fail(ORCH_E_PROTOCOL, "the list goes on where it has just begun");
	orch__buf_shorten(token, 0);
	orch__buf_add(token, next, strlen(next));
	if (orch__buf_ok(token))
		return ORCH_OK;
	return token->failed == ORCH__MEM_OVER_LIMIT
		? orch__fail(ORCH_E_TOO_LARGE, "the token of the next page")
		: orch__fail(ORCH_E_NOMEM, "out of memory");
}

/* ---- pushed ---- */

struct reading {
	const struct kube_items *items;
	struct orch__json_list *list;
	struct orch__arena *arena, scratch;
	struct orch__arena_mark mark;
	struct orch__buf token;
	size_t given, skip; /* items of this page: handed out, and to be passed over */
	void *item;
	bool is_strict;
};

static void begin_anew(struct reading *r)
{
	orch__arena_rewind(r->arena, r->mark);
	r->given = 0;
	if (r->items->restart)
		r->items->restart(r->items->payload);
}

/* Before each attempt at a page. */
static orch_status begin_page(void *payload)
{
	struct reading *r = payload;
	const struct orch__json_list_options options = { .strict = r->is_strict,
		.keep_raw = r->items->keep_raw };

	orch__json_list_close(r->list);
	r->list = NULL;
	if (r->given && !r->token.len)
		begin_anew(r);
	r->skip = r->given;
	return orch__json_list_open(
		r->items->table, "items", &kube_list_meta_table, &options, &r->list);
}

static orch_status hand_out(struct reading *r)
{
	if (r->skip) {
		r->skip--;
		return ORCH_OK;
	}
	r->given++;
	return r->items->on_item(r->items->payload, r->item, r->list);
}

static orch_status take_items(struct reading *r)
{
	for (;;) {
		bool got = false;
		orch_status st = orch__json_list_next(r->list, r->arena, r->item, &got);

		if (st < 0 || !got)
			return st;
		st = hand_out(r);
		if (st < 0)
			return st;
		if (!r->items->arena)
			orch__arena_reset(&r->scratch);
	}
}

static orch_status take_text(void *payload, const char *data, size_t len)
{
	struct reading *r = payload;
	orch_status st = orch__json_list_lend(r->list, data, len);

	return st < 0 ? st : take_items(r);
}

/* The end of a page: where does it go on? */
static orch_status finish_page(struct reading *r, const char *path)
{
	struct orch__arena arena = { 0 };
	struct kube_list_meta meta = { NULL, NULL };
	orch_status st = orch__json_list_finish(r->list, &arena, &meta);

	if (st == ORCH_OK)
		st = turn_page(&r->token, meta.next);
	if (st < 0)
		(void)orch__fail_in(st, "GET %.120s", path);
	r->given = 0;
	orch__arena_dispose(&arena);
	return st;
}

/* What the server has said against it is in `answer`, which is the caller's to dispose of. */
static orch_status read_page(
	const orch_call *call, struct reading *r, struct orch__response *answer)
{
	struct orch__target to;
	orch_status st = page_target(r->items, &r->token, &to);

	if (st == ORCH_OK) {
		struct kube_request request = page_request(&to);

		request.write = take_text;
		request.restart = begin_page;
		request.payload = r;
		st = kube_send(call, &request, answer);
	}
	if (st == ORCH_OK)
		st = finish_page(r, to.path.text);
	orch__target_dispose(&to);
	return st;
}

/* In `items` and `arena` of `r` is what is to be read, and where to. */
static orch_status open_reading(const orch_call *call, struct reading *r)
{
	r->token = (struct orch__buf)ORCH__BUF_INIT(TOKEN_MAX);
	r->item = orch__resize(NULL, r->items->table->size);
	r->is_strict = kube_of(call)->is_strict;
	r->mark = orch__arena_mark(r->arena);
	return r->item ? ORCH_OK : orch__fail(ORCH_E_NOMEM, "out of memory");
}

static void close_reading(struct reading *r)
{
	orch__json_list_close(r->list);
	orch__buf_dispose(&r->token);
	orch__arena_dispose(&r->scratch);
	orch__free(r->item);
}

static orch_status read_pages(const orch_call *call, struct reading *r)
{
	for (int n = 1;;) {
		struct orch__response answer = { 0 };
		orch_status st = read_page(call, r, &answer);

		orch__response_dispose(&answer);
		if (st == ORCH_OK && !r->token.len)
			return ORCH_OK;
		if (st == ORCH_OK)
			continue;
		if (st != ORCH_E_EXPIRED || !r->token.len || n++ == BEGINNINGS)
			return st;
		orch__buf_shorten(&r->token, 0);
		begin_anew(r);
	}
}

orch_status kube_items_read(const orch_call *call, const struct kube_items *items)
{
	struct reading r = { .items = items, .arena = items->arena };
	orch_status st;

	if (!r.arena)
		r.arena = &r.scratch;
	st = open_reading(call, &r);
	if (st == ORCH_OK)
		st = read_pages(call, &r);
	close_reading(&r);
	return st;
}

/* ---- pulled ---- */

/* One that has arrived and waits to be asked for. */
struct arrived {
	const void *item;
	const char *raw;
};

struct kube_pages {
	struct kube_items what; /* its texts in `texts` */
	struct orch__arena texts;
	struct reading reading;
	struct orch__arena page;       /* what there is of it */
	struct orch__vec_ptr waiting;  /* struct arrived */
	const struct arrived *current; /* the one handed out last */
	size_t next;                   /* of those that wait */
	bool is_begun;
};

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

static orch_status wait_for_turn(
	void *payload, const void *item, const struct orch__json_list *list)
{
	struct kube_pages *p = payload;
	const size_t size = p->what.table->size;
	struct arrived *a = orch__arena_alloc(&p->page, sizeof *a);
	void *copy = orch__arena_take(&p->page, size);

	if (!a || !copy)
		return no_memory();
	a->item = memcpy(copy, item, size);
	if (p->what.keep_raw) {
		size_t len;
		const char *raw = orch__json_list_raw(list, &len);

		a->raw = orch__arena_strndup(&p->page, raw, len);
		if (!a->raw)
			return no_memory();
	}
	return orch__vec_add(&p->waiting, a) ? ORCH_OK : no_memory();
}

static void forget_waiting(void *payload)
{
	struct kube_pages *p = payload;

	p->waiting.count = 0;
}

/* NULL for NULL; false: out of memory. */
static bool keep_text(struct kube_pages *p, const char **text)
{
	if (*text)
		*text = orch__arena_strndup(&p->texts, *text, strlen(*text));
	return !p->texts.failed;
}

orch_status kube_pages_open(
	const orch_call *call, const struct kube_items *what, struct kube_pages **out)
{
	struct kube_pages *p = orch__zalloc(sizeof *p);
	orch_status st;

	if (!p)
		return no_memory();
	p->what = *what;
	p->what.on_item = wait_for_turn;
	p->what.restart = forget_waiting;
	p->what.payload = p;
	p->reading.items = &p->what;
	p->reading.arena = p->what.arena = &p->page;
	st = open_reading(call, &p->reading);
	if (st == ORCH_OK &&
		(!keep_text(p, &p->what.ns) || !keep_text(p, &p->what.label_selector) ||
			!keep_text(p, &p->what.field_selector)))
		st = no_memory();
	if (st < 0)
		kube_pages_close(p);
	else
		*out = p;
	return st;
}

/*
 * The state that the list shows has been cleared away. What was handed out cannot be
 * taken back, so it goes on behind it in today's state, by the token that the server
 * has sent along.
 */
static orch_status go_on_from_today(struct kube_pages *p, const struct orch__buf *said)
{
	const orch_error failure = *orch_error_last();
	struct orch__arena arena = { 0 };
	struct kube_list_meta meta = { NULL, NULL };
	orch_status st = ORCH_E_EXPIRED;

	if (said->len)
		st = orch__json_decode(&kube_list_meta_table, &arena, said->text, said->len, &meta);
	if (st == ORCH_OK && meta.next && *meta.next)
		st = turn_page(&p->reading.token, meta.next);
	else if (st != ORCH_E_NOMEM)
		st = orch__error_restore(&failure);
	orch__arena_dispose(&arena);
	return st;
}

/* All of the page is here before the first of its items is handed out: one that breaks off
 * is asked for again, and nobody has seen any of it. */
static orch_status fetch_page(struct kube_pages *p, const orch_call *call)
{
	struct orch__response answer = { 0 };
	orch_status st;

	orch__arena_reset(&p->page);
	p->reading.mark = orch__arena_mark(&p->page);
	p->reading.given = p->next = p->waiting.count = 0;
	st = read_page(call, &p->reading, &answer);
	if (st == ORCH_E_EXPIRED && p->reading.token.len) {
		st = go_on_from_today(p, &answer.body);
		if (st == ORCH_OK)
			st = read_page(call, &p->reading, &answer);
	}
	orch__response_dispose(&answer);
	if (st < 0)
		p->waiting.count = 0;
	p->is_begun = p->is_begun || st == ORCH_OK;
	return st;
}

orch_status kube_pages_next(struct kube_pages *p, const orch_call *call, const void **item)
{
	*item = NULL;
	while (p->next == p->waiting.count) {
		orch_status st;

		if (p->is_begun && !p->reading.token.len)
			return ORCH_OK;
		st = fetch_page(p, call);
		if (st < 0)
			return orch__fail_in(st, "list of %s", kube_resource_plural(p->what.kind));
	}
	p->current = p->waiting.items[p->next++];
	*item = p->current->item;
	return ORCH_OK;
}

const char *kube_pages_raw(const struct kube_pages *p)
{
	return p->current->raw;
}

void kube_pages_close(struct kube_pages *p)
{
	if (!p)
		return;
	close_reading(&p->reading);
	orch__vec_dispose(&p->waiting);
	orch__arena_dispose(&p->page);
	orch__arena_dispose(&p->texts);
	orch__free(p);
}
