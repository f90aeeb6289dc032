/* Whether one machine's evidence can be that of another one's host. */
#ifndef SIDELIGHT_VERDICT_HOST_H
#define SIDELIGHT_VERDICT_HOST_H

#include "facts/facts.h"

/* Why `host` cannot be the host of `guest`, as a sentence's end; empty when nothing speaks against it. */
struct str host_refusal(struct facts *guest, struct facts *host);

#endif
