/* A file of the user's is written so that it is never lost: what is written goes to a temporary file in the same folder, reaches
 * the disk, and only then takes the file's place, in one step. Whatever goes wrong before, a full disk included, the file stays
 * as it was.
 *
 * An existing file keeps its permissions, its owner and its access control list (on Windows its attributes, too), and other attributes where
 * that is allowed; a new one gets what the user's umask gives. Symbolic links are not followed: writing to one is refused, and so is what is no regular file, what the
 * user may not write, and what belongs to somebody whose file it could not stay. Other hard links keep the old contents. */
#ifndef SIDELIGHT_PLATFORM_REPLACE_H
#define SIDELIGHT_PLATFORM_REPLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

struct replacement {
        const char *path;
        const char *temporary; /* NULL: nothing was begun, or it is over */
        intptr_t file, folder; /* what the system knows them by */
        struct arena *a;
        unsigned long error;   /* the system's number of the first write that failed; 0: none */
        bool exists;
        const void *native;    /* on Windows: the temporary file's name as the system wants it */
        struct replacement *next;
};

/* Makes the temporary file. `path` must live until the end. */
int replace_begin(struct replacement *ret, struct arena *a, const char *path, struct diag *d);
/* A sink for struct out, `replacement` being the struct. */
bool replace_write(void *replacement, const char *p, ptrdiff_t len);
/* The temporary file takes the place. When that, or an earlier write, failed: -1, and nothing has happened. */
int replace_commit(struct replacement *r, struct diag *d);
/* The temporary file goes, the file stays as it was; nothing when it is over already. */
void replace_abandon(struct replacement *r);

/* For the files of this folder: what was begun and is not over is abandoned when the program ends by exit(), as for want of memory. */
void replace_remember(struct replacement *r);
void replace_forget(const struct replacement *r);

/* All in one. */
int replace_file(const char *path, struct str text, struct arena *a, struct diag *d);
/* A folder for such files, where nothing of that name is; the one that it is in must be there. */
int replace_folder(const char *path, struct arena *a, struct diag *d);

#endif
