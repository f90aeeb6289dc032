/* Unified diffs, as `patch -p1` and `git apply` take them. */
#ifndef SIDELIGHT_PLAN_EDIT_UDIFF_H
#define SIDELIGHT_PLAN_EDIT_UDIFF_H

#include "base/arena.h"
#include "base/out.h"

/* One file before and after. A text whose `p` is NULL is no file: it is made, or taken away. */
struct udiff_file {
        struct str path;      /* with or without '/' in front */
        struct str old, new;
};

/* Appends the file's part of a diff, three lines around each change; nothing where both are the same. A file that is made or taken away
 * and is empty is told in the way of git. Time grows with length times differences; beyond some thousand of them what differs is shown
 * as replaced. */
void udiff(struct out *o, const struct udiff_file *file);

#endif
