/* SPDX-License-Identifier: MIT */
/*
 * Lists and streams against the plain reader. Documents are made from the rows
 * of the tables, with noise, wrong types, repeated and escaped keys and hostile
 * strings. Each is read in one piece by orch__json_decode(), and item by item,
 * strict and filtered, in random pieces.
 *
 *   valid      same verdict, same structs
 *   cut off    same verdict
 *   damaged    strict: same verdict; filtered: accepts what the plain reader
 *              accepts, with the same structs. What it accepts beyond that is
 *              counted: damage in what nobody reads.
 *
 * ORCH_SEED and ORCH_RUNS in the environment: another series, a longer one.
 */
#include "support/json_fixture.h"

#include <inttypes.h>
#include <stdio.h>

#include "json/list.h"
#include "json/table.h"
#include "util/random.h"

enum { RUNS = 4000 };

static struct orch__random random_state = { 1 };

static size_t below(size_t n)
{
	return (size_t)orch__random_below(&random_state, (int64_t)n);
}

static bool chance(unsigned percent)
{
	return below(100) < percent;
}

/* ---- the documents' shapes ------------------------------------------------------------- */

struct apps {
	const char *version, *more;
	struct {
		const struct app *const *items;
		size_t count;
	} items;
};

struct event {
	const char *type, *raw;
	const struct app *object;
};

static const struct apps apps_blank;
static const struct event event_blank;

/* clang-format off */
#define BESIDE \
	ORCH__J_LITERAL("kind", "AppList"), \
	ORCH__J_STR("metadata.resourceVersion", struct apps, version, 0), \
	ORCH__J_STR("metadata.continue", struct apps, more, 0)

ORCH__J_LOCAL_TABLE(beside_table, apps_blank, BESIDE);
ORCH__J_LOCAL_TABLE(kube_apps, apps_blank, BESIDE,
	ORCH__J_PTRVEC("items", struct apps, items, ORCH__J_REQUIRED, &kube_app));
ORCH__J_LOCAL_TABLE(swarm_apps, apps_blank,
	ORCH__J_PTRVEC("items", struct apps, items, ORCH__J_REQUIRED, &swarm_app));
ORCH__J_LOCAL_TABLE(event_table, event_blank,
	ORCH__J_STR("type", struct event, type, ORCH__J_REQUIRED),
	ORCH__J_RAW("raw", struct event, raw, 0),
	ORCH__J_OBJ("object", struct event, object, 0, &swarm_app));
/* clang-format on */

static const struct model {
	const struct orch__json_table *item, *whole, *beside;
	const char *member;
	bool stream;
} models[] = {
	{ &kube_app, &kube_apps, &beside_table, "items", false },
	{ &swarm_app, &swarm_apps, NULL, NULL, false },
	{ &event_table, NULL, NULL, NULL, true },
};

enum { MODELS = sizeof models / sizeof models[0] };

/* ---- what was read, as text: every row, also those that are never written --------------- */

static void print_struct(FILE *out, const struct orch__json_table *t, const char *base);

static void print_text(FILE *out, const char *text)
{
	fprintf(out, "<%s>", text ? text : "-");
}

static void print_list(FILE *out, const struct orch__json_row *r, struct orch__vec v)
{
	const bool pairs = r->kind == ORCH__K_MAP || r->kind == ORCH__K_KVLIST;
	const char *const *texts = v.items;

	fprintf(out, "%c%zu", v.items ? '[' : '-', v.count);
	for (size_t i = 0; i < (pairs ? 2 * v.count : v.count); i++)
		if (orch__row_has_table(r))
			print_struct(out, r->aux.table, orch__row_element(r, &v, i));
		else
			print_text(out, texts[i]); /* pairs are two texts */
}

static void print_row(FILE *out, const struct orch__json_row *r, const char *base)
{
	fprintf(out, " %s=", r->path);
	if (r->kind == ORCH__K_LITERAL)
		return;
	if (orch__row_is_int(r))
		fprintf(out, "%" PRId64, orch__row_i64(r, base));
	else if (orch__row_is_list(r))
		print_list(out, r, orch__row_vec(r, base));
	else if (r->kind == ORCH__K_OBJ)
		print_struct(out, r->aux.table, orch__row_ptr(r, base));
	else
		print_text(out, orch__row_ptr(r, base));
}

static void print_struct(FILE *out, const struct orch__json_table *t, const char *base)
{
	fputs("{", out);
	for (size_t i = 0; base && i < t->count; i++)
		print_row(out, &t->rows[i], base);
	fputs("}\n", out);
}

/* ---- reading in one way ------------------------------------------------------------------ */

struct outcome {
	orch_status status;
	char *text, message[512];
};

static void end_outcome(struct outcome *o, FILE *out)
{
	fclose(out);
	snprintf(o->message, sizeof o->message, "%s", o->status ? complaint : "");
}

static struct outcome read_whole(const struct model *m, const char *text, size_t len)
{
	struct outcome o = { ORCH_OK, NULL, "" };
	struct orch__arena a = { 0 };
	size_t size;
	FILE *out = open_memstream(&o.text, &size);
	char *json = malloc(len + 16);
	struct apps apps;

	memcpy(json, "{\"items\":", 9);
	memcpy(json + 9, text, len);
	json[9 + len] = '}';
	if (m->member)
		o.status = orch__json_decode(m->whole, &a, text, len, &apps);
	else
		o.status = orch__json_decode(m->whole, &a, json, len + 10, &apps);
	for (size_t i = 0; o.status == ORCH_OK && i < apps.items.count; i++)
		print_struct(out, m->item, (const char *)apps.items.items[i]);
	if (o.status == ORCH_OK && m->beside)
		print_struct(out, m->beside, (const char *)&apps);
	end_outcome(&o, out);
	free(json);
	orch__arena_dispose(&a);
	return o;
}

static orch_status read_items(struct orch__json_list *l, const struct model *m, FILE *out)
{
	union {
		struct app app;
		struct event event;
	} item;
	bool got = true;
	orch_status st = ORCH_OK;

	while (st == ORCH_OK && got) {
		struct orch__arena a = { 0 };

		st = orch__json_list_next(l, &a, &item, &got);
		if (st == ORCH_OK && got)
			print_struct(out, m->item, (const char *)&item);
		orch__arena_dispose(&a);
	}
	return st;
}

/* Each piece is an allocation of its own, gone before the next one comes. */
static orch_status read_piece(
	struct orch__json_list *l, const struct model *m, const char *text, size_t len, FILE *out)
{
	char *piece = malloc(len);
	orch_status st;

	memcpy(piece, text, len);
	if (chance(50)) {
		st = orch__json_list_lend(l, piece, len);
		if (st == ORCH_OK)
			st = read_items(l, m, out);
		free(piece);
		return st;
	}
	st = orch__json_list_feed(l, piece, len);
	free(piece);
	return st == ORCH_OK && chance(80) ? read_items(l, m, out) : st;
}

/* most 0: in one piece. */
static struct outcome read_list(
	const struct model *m, bool strict, const char *text, size_t len, size_t most)
{
	const struct orch__json_list_options options = { .strict = strict };
	struct outcome o = { ORCH_OK, NULL, "" };
	struct orch__json_list *l = NULL;
	struct orch__arena a = { 0 };
	size_t size;
	FILE *out = open_memstream(&o.text, &size);
	struct apps beside;

	o.status = m->stream ? orch__json_stream_open(m->item, &options, &l)
			     : orch__json_list_open(m->item, m->member, m->beside, &options, &l);
	assert_int_equal(o.status, ORCH_OK);
	for (size_t at = 0, n; at < len && o.status == ORCH_OK; at += n) {
		n = most ? 1 + below(most) : len;
		n = n < len - at ? n : len - at;
		o.status = read_piece(l, m, text + at, n, out);
	}
	if (o.status == ORCH_OK)
		o.status = read_items(l, m, out);
	if (o.status == ORCH_OK)
		o.status = orch__json_list_finish(l, &a, &beside);
	if (o.status == ORCH_OK && m->beside)
		print_struct(out, m->beside, (const char *)&beside);
	end_outcome(&o, out);
	orch__json_list_close(l);
	orch__arena_dispose(&a);
	return o;
}

/* ---- comparing ------------------------------------------------------------------------------ */

enum kind { VALID, CUT_OFF, DAMAGED, KINDS };

static struct {
	size_t runs[KINDS], accepted[KINDS], lenient;
} totals;

static void differ(const char *how, const char *text, size_t len, const struct outcome *want,
	const struct outcome *got)
{
	print_error("%.*s\n--- plain: %s %s\n%s--- %s: %s %s\n%s\n", (int)len, text,
		orch_status_name(want->status), want->message, want->status ? "" : want->text, how,
		orch_status_name(got->status), got->message, got->status ? "" : got->text);
	fail();
}

/* Two lists of items: the plain reader takes the last, and a list that is null
 * for one that is not there. Only damage makes them. */
static bool known_difference(const struct outcome *want, const struct outcome *got)
{
	return strstr(got->message, "a second list of items") ||
		strstr(want->message, "items: missing");
}

static void compare(const struct model *m, enum kind kind, bool strict, const char *text,
	size_t len, const struct outcome *want)
{
	static const size_t most[] = { 1, 17, 100, 300, 5000, 0 };
	struct outcome got = read_list(m, strict, text, len, most[below(6)]);
	const bool accepted = got.status == ORCH_OK, wanted = want->status == ORCH_OK;
	const char *how = strict ? "strict" : "filtered";

	if (accepted && wanted) {
		if (strcmp(got.text, want->text) != 0)
			differ(how, text, len, want, &got);
	} else if (accepted && kind == DAMAGED && !strict) {
		totals.lenient++;
	} else if (accepted != wanted && !(kind == DAMAGED && known_difference(want, &got))) {
		differ(how, text, len, want, &got);
	}
	free(got.text);
}

static void check(const struct model *m, enum kind kind, const char *text, size_t len)
{
	struct outcome want =
		m->stream ? read_list(m, true, text, len, 0) : read_whole(m, text, len);

	totals.runs[kind]++;
	totals.accepted[kind] += want.status == ORCH_OK;
	assert_int_not_equal(want.status, ORCH_E_NOMEM);
	compare(m, kind, true, text, len, &want);
	compare(m, kind, false, text, len, &want);
	free(want.text);
}

/* ---- making documents ------------------------------------------------------------------------ */

static struct {
	char *text;
	size_t len, size;
	unsigned space, wrong; /* per cent */
} doc;

static void put(const char *text, size_t len)
{
	if (doc.len + len > doc.size) {
		doc.size = (doc.len + len) * 2;
		doc.text = realloc(doc.text, doc.size);
		assert_non_null(doc.text);
	}
	if (len)
		memcpy(doc.text + doc.len, text, len);
	doc.len += len;
}

static void put_text(const char *text)
{
	put(text, strlen(text));
}

static void put_token(const char *text)
{
	put_text(text);
	while (chance(doc.space))
		put(&" \n\t\r"[below(4)], 1);
}

static void put_comma(size_t i)
{
	if (i)
		put_token(",");
}

/* Contents of strings, as they stand in the document. */
static const char *const contents[] = { "", "a", "Running", "q\\\"q", "b\\\\", "\\\\\\\\",
	"\\\\\\\"", "{", "}", "[{", "]}", "\\\"managedFields\\\":[", "\\u0041",
	"\\u00e9\\ud83d\\ude00", "\303\251\342\202\254\360\237\230\200", "tab\\t\\/", "\\u0001",
	"12", "null", "a=b", "apps/v1" };

static const char *const keys[] = { "metadata", "spec", "status", "name", "labels", "containers",
	"ready", "type", "object", "ID", "Spec", "Labels", "managedFields", "x", "", "f:a", "\\\"",
	"k:{\\\"a\\\":1}", "na\\\\me", "\303\251", "\\u006eame", "\\u0073pec", "annotations", "[0]",
	"a.b", "0a", "Name.", "name\\u0000",
	"a-key-of-more-than-sixty-three-bytes-which-no-row-will-ever-know-of",
	"a-key-of-more-than-sixty-three-bytes-which-no-row-will-ever-know-of-\\\"" };

#define PICK(array_) array_[below(sizeof array_ / sizeof array_[0])]

static void put_string(void)
{
	static const char *const pieces[] = { "\\\\", "\\\"", "{", "}", "[", "]", "x", ",", ":" };

	put_text("\"");
	if (chance(80)) {
		put_text(PICK(contents));
	} else {
		for (size_t n = below(200); n; n--)
			put_text(PICK(pieces));
	}
	put_token("\"");
}

static void put_number(void)
{
	static const char *const usual[] = { "0", "-1", "5", "80", "3000000000",
		"9223372036854775807" };
	static const char *const odd[] = { "-9223372036854775808", "9223372036854775808", "1.5",
		"-2e10", "1E+2", "123456789012345678901234567890" };

	put_token(chance(doc.wrong) ? PICK(odd) : PICK(usual));
}

static void put_any(unsigned depth);

static void put_noise(unsigned depth)
{
	put_text("\"");
	put_text(PICK(keys));
	put_token("\"");
	put_token(":");
	put_any(depth);
}

static void put_any(unsigned depth)
{
	size_t kind = below(depth > 6 ? 5 : 9), n = below(5);

	if (kind < 2) {
		put_string();
	} else if (kind == 2) {
		put_token(chance(50) ? "-1.5e3" : "17");
	} else if (kind == 3) {
		put_token(chance(50) ? "true" : "false");
	} else if (kind == 4) {
		put_token("null");
	} else {
		put_token(kind < 7 ? "[" : "{");
		for (size_t i = 0; i < n; i++) {
			put_comma(i);
			if (kind < 7)
				put_any(depth + 1);
			else
				put_noise(depth + 1);
		}
		put_token(kind < 7 ? "]" : "}");
	}
}

static void put_object(const struct orch__span *in);

static void put_struct(const struct orch__json_table *t)
{
	struct orch__span all = orch__span_all(t, NULL);

	put_object(&all);
}

static void put_elements(const struct orch__json_row *r)
{
	put_token("[");
	for (size_t i = 0, n = below(4); i < n; i++) {
		put_comma(i);
		if (chance(doc.wrong))
			put_any(4);
		else if (chance(2))
			put_token("null");
		else if (orch__row_has_table(r))
			put_struct(r->aux.table);
		else
			put_string();
	}
	put_token("]");
}

static void put_map(void)
{
	put_token("{");
	for (size_t i = 0, n = below(4); i < n; i++) {
		put_comma(i);
		put_string();
		put_token(":");
		if (chance(doc.wrong))
			put_any(4);
		else
			put_string();
	}
	put_token("}");
}

static void put_literal(const char *text)
{
	put_text("\"");
	put_text(text);
	put_token("\"");
}

static void put_leaf(const struct orch__json_row *r)
{
	if (!strcmp(r->path, "items"))
		put_elements(r);
	else if (r->kind == ORCH__K_RAW || chance(doc.wrong))
		put_any(3);
	else if (chance(3))
		put_token("null");
	else if (r->kind == ORCH__K_STR)
		put_string();
	else if (r->kind == ORCH__K_BOOL)
		put_token(chance(50) ? "true" : "false");
	else if (r->kind == ORCH__K_LITERAL)
		put_literal(r->aux.literal);
	else if (r->kind == ORCH__K_MAP)
		put_map();
	else if (r->kind == ORCH__K_OBJ)
		put_struct(r->aux.table);
	else if (orch__row_is_list(r))
		put_elements(r);
	else
		put_number();
}

static void put_name(const char *name, size_t len)
{
	size_t escaped = chance(2) ? below(len) : SIZE_MAX;
	char text[8];

	put_text("\"");
	for (size_t i = 0; i < len; i++) {
		snprintf(text, sizeof text, i == escaped ? "\\u%04x" : "%c",
			(unsigned)(unsigned char)name[i]);
		put_text(text);
	}
	put_token("\"");
	put_token(":");
}

/* What the rows [i, end) of a span say of one member. */
static void put_value(const struct orch__span *in, size_t i, size_t end)
{
	const char *p = in->t->rows[i].path + in->skip;
	const size_t len = orch__segment_len(p);
	const struct orch__span group = { in->t, NULL, NULL, i, end, in->skip + len + 1 };

	if (p[len] == '\0') {
		put_leaf(&in->t->rows[i]);
	} else if (chance(doc.wrong)) {
		put_any(3);
	} else if (!orch__span_is_array(&group)) {
		put_object(&group);
	} else {
		put_token("[");
		for (size_t n = 0, count = below(3); n < count; n++) {
			put_comma(n);
			if (n)
				put_any(4);
			else
				put_value(&group, group.lo, orch__span_group_end(&group, i));
		}
		put_token("]");
	}
}

/* Which members, in which order; -1 is one that no row knows. */
static size_t choose_members(const struct orch__span *in, int *order)
{
	size_t n = 0;

	for (size_t i = in->lo; i < in->hi; i = orch__span_group_end(in, i)) {
		const bool required = in->t->rows[i].flags & ORCH__J_REQUIRED;

		if (required ? !chance(doc.wrong) : chance(85))
			order[n++] = (int)i;
		if (chance(3) && strcmp(in->t->rows[i].path, "items") != 0)
			order[n++] = (int)i; /* twice */
	}
	for (size_t noise = below(4); noise; noise--)
		order[n++] = -1;
	for (size_t i = 0; n > 1 && (chance(20) || order[n - 1] < 0) && i < n; i++) {
		const size_t other = below(n);
		const int swap = order[i];

		order[i] = order[other];
		order[other] = swap;
	}
	return n;
}

static void put_object(const struct orch__span *in)
{
	int order[2 * ORCH__JSON_MAX_ROWS + 8];
	const size_t n = choose_members(in, order);

	put_token("{");
	for (size_t k = 0; k < n; k++) {
		const size_t i = (size_t)order[k];
		const char *p;

		put_comma(k);
		if (order[k] < 0) {
			put_noise(2);
			continue;
		}
		p = in->t->rows[i].path + in->skip;
		put_name(p, orch__segment_len(p));
		put_value(in, i, orch__span_group_end(in, i));
	}
	put_token("}");
}

static void make_document(const struct model *m)
{
	doc.len = 0;
	doc.space = chance(30) ? 40 : 0;
	doc.wrong = chance(25) ? 3 : 0;
	put_token("");
	if (m->member)
		put_struct(m->whole);
	else if (!m->stream)
		put_elements(&m->whole->rows[0]);
	for (size_t n = m->stream ? below(4) : 0; n; n--)
		put_struct(m->item);
}

/* ---- breaking them ---------------------------------------------------------------------------- */

static void replace_byte(void)
{
	static const char bytes[] = "\"\"\\\\{}[]:,0123456789truefalsn \n\f\x01\x80\xC3\xFF-.eu";

	doc.text[below(doc.len)] = bytes[below(sizeof bytes - 1)];
}

static void drop_bytes(void)
{
	const size_t at = below(doc.len), n = 1 + below(chance(50) ? 1 : 20);
	const size_t rest = doc.len - at;
	const size_t gone = n < rest ? n : rest;

	memmove(doc.text + at, doc.text + at + gone, rest - gone);
	doc.len -= gone;
}

static void repeat_bytes(void)
{
	const size_t at = below(doc.len), most = doc.len - at;
	const size_t n = 1 + below(most < 20 ? most : 20);
	char copy[20];

	memcpy(copy, doc.text + at, n);
	put(copy, n); /* makes room */
	memmove(doc.text + at + n, doc.text + at, doc.len - n - at);
	memcpy(doc.text + at, copy, n);
}

static void damage(void)
{
	for (size_t n = 1 + below(3); n && doc.len; n--) {
		const size_t kind = below(4);

		if (kind < 2)
			replace_byte();
		else if (kind == 2)
			drop_bytes();
		else
			repeat_bytes();
	}
}

static void item_by_item_is_as_good_as_whole(void **state)
{
	const char *runs = getenv("ORCH_RUNS");

	(void)state;
	for (size_t i = runs ? strtoul(runs, NULL, 10) : RUNS; i; i--) {
		const struct model *m = &models[i % MODELS];

		make_document(m);
		check(m, VALID, doc.text, doc.len);
		check(m, CUT_OFF, doc.text, below(doc.len + 1));
		damage();
		check(m, DAMAGED, doc.text, doc.len);
	}
	free(doc.text);
	print_message("valid %zu (fit the table: %zu), cut off %zu (complete all the same: %zu), "
		      "damaged %zu (accepted: %zu; by the filter alone: %zu)\n",
		totals.runs[VALID], totals.accepted[VALID], totals.runs[CUT_OFF],
		totals.accepted[CUT_OFF], totals.runs[DAMAGED], totals.accepted[DAMAGED],
		totals.lenient);
	assert_true(totals.accepted[VALID] > totals.runs[VALID] / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(item_by_item_is_as_good_as_whole),
	};
	const char *seed = getenv("ORCH_SEED");

	if (seed)
		random_state.state = strtoull(seed, NULL, 10);
	print_message("seed %llu\n", (unsigned long long)random_state.state);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
