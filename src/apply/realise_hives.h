/* Steps about the registry of a Windows that does not run: its SYSTEM and SOFTWARE hives, as files of its disk. */
#ifndef SIDELIGHT_APPLY_REALISE_HIVES_H
#define SIDELIGHT_APPLY_REALISE_HIVES_H

#include "apply/deeds.h"

#define CONFIG "Windows/System32/config/"

enum { HIBERNATION_HEAD = 4096 };

/* Appends what the step (number `n`) does to hives; refusals where Windows is not at rest (hibernated, a write not completed, logs that
 * hold more), or where another control set starts next than was read. */
void realise_hives(struct deeds *ret, struct arena *a, const struct tree *t, const struct step *s, ptrdiff_t n);

/* The way back where a hive is another file by now, for its Windows ran: what its changes to values (`made`, in their order) come to, taken
 * back one by one. A value that is neither what it was nor what it was made is a refusal. */
void realise_hives_back(struct deeds *ret, struct arena *a, const struct tree *t, const struct changes *made);

/* The real name of a path, letters' case ignored as Windows does; false when there is none. */
bool windows_path(const struct tree *t, struct arena *a, struct str path, struct str *ret);

#endif
