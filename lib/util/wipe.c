/* SPDX-License-Identifier: MIT */
#include "util/wipe.h"

#include <string.h>

#include "util/alloc.h"

void orch__wipe(void *p, size_t len)
{
	/* volatile: nothing can be known of what it does, so it cannot be left out */
	void *(*volatile overwrite)(void *, int, size_t) = memset;

	if (p && len)
		(void)overwrite(p, 0, len);
}

void orch__wipe_text(char *text)
{
	if (text)
		orch__wipe(text, strlen(text));
}

void *orch__resize_wiped(void *p, size_t before, size_t size)
{
	void *q = orch__resize(NULL, size);

	if (!q || !p)
		return q;
	memcpy(q, p, before < size ? before : size);
	orch__free_wiped(p, before);
	return q;
}

void orch__free_wiped(void *p, size_t size)
{
	orch__wipe(p, size);
	orch__free(p);
}
