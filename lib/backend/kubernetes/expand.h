/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_EXPAND_H
#define ORCH_KUBE_EXPAND_H

#include "orch/sys/backend.h"

/*
 * Kubernetes puts the values of variables into commands, arguments and values of
 * variables, where these say $(NAME); "$$" is one '$' there. For liborch a text is a text:
 * `echo $$` is the shell's business. So what could be taken for such a word is written
 * with another '$' in front, and read without.
 */

/* What a text of the server means here; a $(NAME) stays as it is. NULL: out of memory. */
const char *kube_expand_read(orch_pool *pool, const char *wire);

/* And back. `live` (may be NULL) is what the server has: it stays if it reads the same. */
const char *kube_expand_write(orch_pool *pool, const char *text, const char *live);

/* The same for lists, item by item. ORCH_E_NOMEM. */
orch_status kube_expand_read_all(orch_pool *pool, orch_string_list wire, orch_string_list *out);
orch_status kube_expand_write_all(
	orch_pool *pool, orch_string_list texts, orch_string_list live, orch_string_list *out);

#endif
