/* SPDX-License-Identifier: MIT */
/*
 * bench_curl PORT PATH discard|tree: GET a body with libcurl and nothing else,
 * on a connection that is there already.
 *
 *   discard  what any client has to spend
 *   tree     the usual way: the whole body in memory, then a tree of it
 */
#include <stdbool.h>

#include <curl/curl.h>
#include <yajl/yajl_tree.h>

#include "measure.h"

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

static size_t count_items(const struct body *b)
{
	char why[256];
	yajl_val tree = yajl_tree_parse(b->text, why, sizeof why);
	size_t count;

	if (!YAJL_IS_ARRAY(tree))
		die(why);
	count = YAJL_GET_ARRAY(tree)->len;
	yajl_tree_free(tree);
	return count;
}

int main(int argc, char **argv)
{
	struct body body = { 0 };
	struct measure m;
	size_t items = 0;
	bool wants_tree;
	CURL *h;

	if (argc != 4) {
		fprintf(stderr, "usage: bench_curl PORT PATH discard|tree\n");
		return 2;
	}
	wants_tree = !strcmp(argv[3], "tree");
	curl_global_init(CURL_GLOBAL_DEFAULT);
	h = curl_easy_init();
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_PROXY, "");
	curl_easy_setopt(h, CURLOPT_BUFFERSIZE, 65536L);
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, discard);
	get(h, argv[1], "/_ping");
	if (wants_tree) {
		curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, collect);
		curl_easy_setopt(h, CURLOPT_WRITEDATA, &body);
	}
	measure_begin(&m);
	get(h, argv[1], argv[2]);
	if (wants_tree)
		items = count_items(&body);
	measure_end(&m, items);
	free(body.text);
	curl_easy_cleanup(h);
	curl_global_cleanup();
	return 0;
}
