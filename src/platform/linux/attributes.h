/* Extended attributes of a file that is written anew: its label, its access control list. */
#ifndef SIDELIGHT_PLATFORM_LINUX_ATTRIBUTES_H
#define SIDELIGHT_PLATFORM_LINUX_ATTRIBUTES_H

#include <stdbool.h>

/* What the old file, a name in a folder, has, the open file `to` gets; and it loses the list that the folder gave it, where the old file has
 * none: with the old mode that list would let in whom it did not. 0, or the error's number: for lack of `all` only where the list of who may
 * read cannot stay. EACCES: the old file may not be read, and so its list is not known. A file system without attributes has nothing to keep. */
int attributes_copy(int folder, const char *name, int to, bool all);

#endif
