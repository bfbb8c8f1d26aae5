/* SPDX-License-Identifier: MIT */
/*
 * bench_curl PORT plain|discard|parse|tree TARGET...: GET bodies with libcurl
 * alone, on a connection that is there already.
 *
 *   plain    look at nothing, with libcurl as it is out of the box
 *   discard  look at nothing, in pieces of 64 KB: what any client has to spend
 *   parse    yajl looks at every byte as it arrives, and nothing is kept
 *   tree     the usual way: the whole body in memory, then a tree of it
 *
 * Callgrind counts inside of fetch_all().
 */
#include <curl/curl.h>
#include <yajl/yajl_parse.h>
#include <yajl/yajl_tree.h>

#include "measure.h"

#if defined(__GNUC__)
#define NOT_INLINED __attribute__((noinline))
#else
#define NOT_INLINED
#endif

struct body {
	char *text;
	size_t len, size;
};

static void die(const char *what)
{
	fprintf(stderr, "bench_curl: %s\n", what);
	exit(1);
}

static size_t discard(char *data, size_t size, size_t n, void *payload)
{
	(void)data;
	(void)payload;
	return size * n;
}

static size_t collect(char *data, size_t size, size_t n, void *payload)
{
	struct body *b = payload;

	if (b->len + n * size + 1 > b->size) {
		b->size = (b->len + n * size + 1) * 2;
		b->text = realloc(b->text, b->size);
		if (!b->text)
			die("out of memory");
	}
	memcpy(b->text + b->len, data, n * size);
	b->len += n * size;
	b->text[b->len] = '\0';
	return n * size;
}

static void get(CURL *h, const char *port, const char *path)
{
	char address[512];

	snprintf(address, sizeof address, "http://127.0.0.1:%s%s", port, path);
	curl_easy_setopt(h, CURLOPT_URL, address);
	curl_easy_setopt(h, CURLOPT_FAILONERROR, 1L);
	if (curl_easy_perform(h))
		die(address);
}

/* Elements of a list; any other body is one. */
static size_t count_items(const struct body *b)
{
	char why[256];
	yajl_val tree = yajl_tree_parse(b->text, why, sizeof why);
	size_t count;

	if (!tree)
		die(why);
	count = YAJL_IS_ARRAY(tree) ? YAJL_GET_ARRAY(tree)->len : 1;
	yajl_tree_free(tree);
	return count;
}

static void get_tree(CURL *h, const char *port, const char *target, size_t *items)
{
	struct body body = { 0 };

	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, collect);
	curl_easy_setopt(h, CURLOPT_WRITEDATA, &body);
	get(h, port, target);
	*items += count_items(&body);
	free(body.text);
}

/* ---- a parser that keeps nothing ---- */

static int on_null(void *payload)
{
	(void)payload;
	return 1;
}

static int on_boolean(void *payload, int value)
{
	(void)value;
	return on_null(payload);
}

static int on_number(void *payload, const char *text, size_t len)
{
	(void)text;
	(void)len;
	return on_null(payload);
}

static int on_text(void *payload, const unsigned char *text, size_t len)
{
	(void)text;
	(void)len;
	return on_null(payload);
}

static int on_open_map(void *payload)
{
	++*(size_t *)payload;
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number,
	.yajl_string = on_text,
	.yajl_map_key = on_text,
	.yajl_start_map = on_open_map,
	.yajl_end_map = on_null,
	.yajl_start_array = on_null,
	.yajl_end_array = on_null,
};

static size_t parse(char *data, size_t size, size_t n, void *payload)
{
	return yajl_parse(payload, (unsigned char *)data, size * n) == yajl_status_ok ? size * n
										      : 0;
}

static void get_parse(CURL *h, const char *port, const char *target, size_t *objects)
{
	yajl_handle parser = yajl_alloc(&callbacks, NULL, objects);

	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, parse);
	curl_easy_setopt(h, CURLOPT_WRITEDATA, parser);
	get(h, port, target);
	if (yajl_complete_parse(parser) != yajl_status_ok)
		die(target);
	yajl_free(parser);
}

static void get_discard(CURL *h, const char *port, const char *target, size_t *items)
{
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, discard);
	get(h, port, target);
	++*items;
}

/* ---- all of it ---- */

typedef void get_fn(CURL *h, const char *port, const char *target, size_t *items);

static NOT_INLINED size_t fetch_all(CURL *h, const char *port, get_fn *how, char **targets)
{
	size_t items = 0;

	for (; *targets; targets++)
		how(h, port, *targets, &items);
	return items;
}

int main(int argc, char **argv)
{
	struct measure m;
	get_fn *how;
	size_t none = 0;
	CURL *h;

	if (argc < 4) {
		fprintf(stderr, "usage: bench_curl PORT plain|discard|parse|tree TARGET...\n");
		return 2;
	}
	how = !strcmp(argv[2], "tree")      ? get_tree
		: !strcmp(argv[2], "parse") ? get_parse
					    : get_discard;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	h = curl_easy_init();
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_PROXY, "");
	if (strcmp(argv[2], "plain") != 0)
		curl_easy_setopt(h, CURLOPT_BUFFERSIZE, 65536L);
	get_discard(h, argv[1], "/_ping", &none);
	measure_begin(&m);
	measure_end(&m, fetch_all(h, argv[1], how, argv + 3));
	curl_easy_cleanup(h);
	curl_global_cleanup();
	return 0;
}
