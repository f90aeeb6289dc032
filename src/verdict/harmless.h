/* What a verdict quotes, made harmless before anything tells it. Private to verdict/. */
#ifndef SIDELIGHT_VERDICT_HARMLESS_H
#define SIDELIGHT_VERDICT_HARMLESS_H

#include "verdict/verdict.h"

/* Every text of the verdict that comes from evidence becomes plain() (base/plain.h): one line, nothing that steers. */
void verdict_harmless(struct verdict *r, struct arena *a);

#endif
