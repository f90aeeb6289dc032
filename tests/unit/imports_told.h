/* imports.txt: its inputs, and what is told of each. */
#ifndef SIDELIGHT_TEST_IMPORTS_TOLD_H
#define SIDELIGHT_TEST_IMPORTS_TOLD_H

#include "base/arena.h"
#include "base/out.h"

/* The records that come of a text, machine by machine; or "not known", or "refused: " and why. */
void imports_tell(struct out *o, struct arena *a, struct str text);

/* Passes each input with its title to `put`; returns how many there are. */
int imports_read(struct arena *a, void (*put)(void *arg, struct str title, struct str text), void *arg);
/* The text of an input as it stands in the file, escaped where the title says so. */
struct str imports_input(struct arena *a, struct str title, struct str text);

#endif
