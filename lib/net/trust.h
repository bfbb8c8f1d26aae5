/* SPDX-License-Identifier: MIT */
#ifndef ORCH_NET_TRUST_H
#define ORCH_NET_TRUST_H

/*
 * The file of the authorities that this system trusts. A libcurl looks where the
 * system it was built for keeps them; inside a Python wheel it runs on others, too.
 *
 * `built_in` is libcurl's own place, or NULL. Returns NULL when that is to be left
 * as it is: it is there, or none of `places` (ends with NULL; NULL: the known ones)
 * is.
 */
const char *orch__trust_file(const char *built_in, const char *const *places);

#endif
