/* One GET over HTTP or HTTPS, by libcurl, which is opened when it is used. */
#ifndef SIDELIGHT_PLATFORM_FETCH_H
#define SIDELIGHT_PLATFORM_FETCH_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

/* What stands at the URL, at most `limit` bytes. -1 (DIAG_NO_INPUT) when it cannot be had whole: the network, a status other than 200, too
 * long; (DIAG_USAGE) when this program cannot fetch. Redirections are followed, five of them. */
int fetch(const char *url, ptrdiff_t limit, struct arena *a, struct str *ret, struct diag *d);

#endif
