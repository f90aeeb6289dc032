/* What this machine starts next, read from what its boot loader reads: the result, not the sources. */
#ifndef SIDELIGHT_APPLY_NEXT_START_H
#define SIDELIGHT_APPLY_NEXT_START_H

#include "apply/layout.h"
#include "plan/edit/boot.h"

struct next_start {
        const struct boot_entry *entry; /* NULL: not known */
        bool once;                      /* only this time */
        struct str doubt;               /* why it is not known, or not sure; empty: it is sure */
};

/* Everything lives in `a`. Of loaders whose result is not read here (an image, firmware, another tool's) it is not known, without doubt. */
void next_start_read(struct next_start *ret, struct arena *a, const struct tree *t, const struct layout *l);

#endif
