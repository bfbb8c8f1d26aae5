/* SPDX-License-Identifier: MIT */
#ifndef ORCH_MODEL_IMAGE_H
#define ORCH_MODEL_IMAGE_H

#include <stdbool.h>

/*
 * Is this an image reference, [host[:port]/]path[:tag][@algorithm:hex], by the
 * grammar that both orchestrators' runtimes share? Path components are lower
 * case. Nothing is looked up.
 */
bool orch__image_is_reference(const char *text);

#endif
