/* SPDX-License-Identifier: MIT */
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

static void *libc_resize(void *payload, void *p, size_t size)
{
	(void)payload;
	if (size)
		return realloc(p, size);
	free(p);
	return NULL;
}

static struct {
	orch_resize_fn *resize;
	void *payload;
} hook = { libc_resize, NULL };

void orch_set_allocator(orch_resize_fn *resize, void *payload)
{
	hook.resize = resize ? resize : libc_resize;
	hook.payload = payload;
}

void *orch__resize(void *p, size_t size)
{
	return hook.resize(hook.payload, p, size);
}

void *orch__zalloc(size_t size)
{
	void *p = orch__resize(NULL, size);

	return p ? memset(p, 0, size) : NULL;
}

char *orch__strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = orch__resize(NULL, size);

	return copy ? memcpy(copy, text, size) : NULL;
}

void orch__free(void *p)
{
	if (p)
		hook.resize(hook.payload, p, 0);
}
