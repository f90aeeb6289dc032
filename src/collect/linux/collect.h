/* The whole run over a Linux machine, with the processor's seam open. Private to linux/ and its tests. */
#ifndef SIDELIGHT_COLLECT_LINUX_COLLECT_H
#define SIDELIGHT_COLLECT_LINUX_COLLECT_H

#include "collect/collect.h"
#include "collect/processor/processor.h"
#include "platform/tree.h"

/* `api` NULL: nobody can be asked but the tree. */
void linux_collect(struct evidence *e, const struct tree *tree, const struct processor_api *api, const struct collect_options *o);

#endif
