/* The machine at hand, one implementation a system (linux/, win32/). */
#ifndef SIDELIGHT_LIB_HERE_H
#define SIDELIGHT_LIB_HERE_H

#include "collect/collect.h"

/* The running machine (`root` NULL), or the one captured or mounted at `root`, into `ret`. -1 when there is no such root. */
int here_collect(struct evidence *ret, struct arena *a, const char *root, const struct collect_options *o, struct diag *d);

#endif
