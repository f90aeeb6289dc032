/* Which kernel: its name, and how it was built. */
#ifndef SIDELIGHT_COLLECT_LINUX_KERNEL_H
#define SIDELIGHT_COLLECT_LINUX_KERNEL_H

#include "collect/linux/reader.h"

/* Records the uname line: of the running kernel, or of the one that a tree was captured under, or else of the newest
 * that is installed in it. The release, in the scratch arena; empty when it is not known. */
struct str kernel_identify(struct reader *r);

/* Records how the kernel `release` was configured: the first configuration that is there, and where else was looked. With a question (else
 * NULL) only its beginning, until that answers it. */
void kernel_config(struct reader *r, struct str release, const struct evidence_question *q);

/* Unpacks gzip, at most `limit` bytes. 0, EBADMSG when it is not whole and sound, EFBIG. `memory`: the running kernel gave it, and no disk or
 * copy can have changed it: its checksum is not worked out, which costs a third as much as unpacking. Pure. */
int kernel_gunzip(struct arena *a, struct str packed, ptrdiff_t limit, bool memory, struct str *ret);

/* Unpacks whole lines until the question is answered; false when the beginning, which has a limit, does not. Pure. */
bool kernel_gunzip_until(struct arena *a, struct str packed, const struct evidence_question *q, struct str *ret);

#endif
