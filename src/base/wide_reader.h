/* A file read piece by piece that may be UTF-16, as Windows PowerShell redirects: its bytes as UTF-8. Other files are handed on as they are. */
#ifndef SIDELIGHT_BASE_WIDE_READER_H
#define SIDELIGHT_BASE_WIDE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

enum { WIDE_PIECE = 4096 }; /* bytes of the file at a time */

struct wide_reader {
        /* Up to `size` bytes of the file; 0 at the end; -1 after diag_fail. */
        ptrdiff_t (*read)(void *arg, char *p, ptrdiff_t size, struct diag *d);
        void *arg;
        /* Its own; all zero at the beginning. */
        bool begun, wide, big;
        unsigned char raw[WIDE_PIECE + 4];
        char text[2 * WIDE_PIECE];
        ptrdiff_t raw_count, text_from, text_to;
};

/* The same, as UTF-8. What is no character becomes U+FFFD. */
ptrdiff_t wide_read(struct wide_reader *w, char *p, ptrdiff_t size, struct diag *d);

#endif
