/* Parameters on the kernel's command line that have no effect as they are written. Private to verdict/. */
#ifndef SIDELIGHT_VERDICT_IGNORED_H
#define SIDELIGHT_VERDICT_IGNORED_H

#include "facts/facts.h"

/* Of the parameters of this flaw: a value that kernels are not known to take, or one behind a switch that takes none. Empty: none. */
struct str ignored_value(struct facts *f, const struct flaw *flaw);

#endif
