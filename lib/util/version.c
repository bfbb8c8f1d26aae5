/* SPDX-License-Identifier: MIT */
#include "orch/common.h"

const char *orch_version(void)
{
	return ORCH_VERSION;
}

int orch_version_num(void)
{
	return ORCH_VERSION_NUM;
}
