/* What went wrong, told once, at its origin.
 *
 * The project's error contract: a function that can fail returns 0 on success, -1 after it called diag_fail() once, and
 * small positive codes (named in its header) for conditions that the direct caller must handle. -1 is passed up unchanged.
 * Only the command line prints. */
#ifndef SIDELIGHT_BASE_DIAG_H
#define SIDELIGHT_BASE_DIAG_H

#include <stdarg.h>

#include "base/printf.h"

enum { DIAG_TEXT_MAX = 1024 };

/* What kind of failure it was, for the exit code of the command line. */
enum diag_class {
        DIAG_FAILURE = 0, /* something here did not work: exit code 70 */
        DIAG_INPUT,       /* the input is not what it should be: exit code 65 */
        DIAG_NO_INPUT,    /* the input cannot be opened: exit code 66 */
        DIAG_USAGE,       /* the command line is wrong: exit code 64 */
};

struct diag {
        enum diag_class class;
        char text[DIAG_TEXT_MAX]; /* "" while nothing failed */
};

/* Each returns -1, so that `return diag_fail(d, …);` reads as it acts. Style: lower case, no full stop, quote the subject.
 * The first failure is kept: a later one is a consequence. */
int diag_fail(struct diag *d, const char *format, ...) PRINTF_LIKE(2, 3);
int diag_fail_class(struct diag *d, enum diag_class class, const char *format, ...)
        PRINTF_LIKE(3, 4);
/* "FILE:LINE: message", class DIAG_INPUT. */
int diag_fail_at(struct diag *d, const char *file, long line, const char *format, ...)
        PRINTF_LIKE(4, 5);

/* The static analyzer sees one file at a time: this tells it what these return, so that it knows when results are set. */
#ifdef __clang_analyzer__
#define diag_fail(...) (diag_fail(__VA_ARGS__), -1)
#define diag_fail_class(...) (diag_fail_class(__VA_ARGS__), -1)
#define diag_fail_at(...) (diag_fail_at(__VA_ARGS__), -1)
#endif

#endif
