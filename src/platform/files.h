/* Files that the user named and that are too long for one piece of memory; and what is kept aside meanwhile. */
#ifndef SIDELIGHT_PLATFORM_FILES_H
#define SIDELIGHT_PLATFORM_FILES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/diag.h"

/* A file that is read piece by piece. */
struct input_file {
        intptr_t file;
        const char *name; /* for messages */
        uint64_t size;    /* 0: not known */
        bool is_own;      /* to be closed */
        struct arena *a;
};

/* "-" is standard input. -1 (DIAG_NO_INPUT) when it cannot be opened, or is a folder, a device or a socket. */
int input_open(struct input_file *ret, const char *path, struct arena *a, struct diag *d);
/* Up to `size` bytes; 0 at the end; -1 and a message. */
ptrdiff_t input_take(struct input_file *f, char *p, ptrdiff_t size, struct diag *d);
void input_close(struct input_file *f);

/* A file without a name, which is gone when it is closed; NULL when there can be none. */
FILE *file_temporary(void);

/* Bytes that nobody can foresee. */
int random_bytes(void *p, size_t size, struct diag *d);

/* What parts the pieces of a path. */
bool file_is_separator(char c);

#endif
