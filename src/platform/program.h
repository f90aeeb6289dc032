/* What a command-line program has around it: arguments, standard streams, files named by its user. The same functions on Linux
 * and on Windows, where all text is UTF-8 inside and UTF-16 at the system's seam. */
#ifndef SIDELIGHT_PLATFORM_PROGRAM_H
#define SIDELIGHT_PLATFORM_PROGRAM_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

/* Call first: makes the arguments UTF-8 (they live in `a`) and the standard streams byte-exact. */
void program_start(struct arena *a, int *argc, char ***argv);

/* What can be shown on standard output (1) or standard error (2). */
struct program_terminal {
        bool is_terminal;
        bool colour;  /* understands ANSI escape sequences */
        int columns;  /* 0 when it is not a terminal or does not say */
};
void program_terminal(int stream, struct program_terminal *ret);

/* Where somebody types on standard input: the keys that end it. NULL: it is no terminal. */
const char *program_typed_end(void);

/* A sink for struct out: writes everything to standard output (1) or standard error (2), `stream` pointing at the number. False
 * when the system refused. */
bool program_write(void *stream, const char *p, ptrdiff_t len);
/* Why the last of these that failed did, in the system's words; empty when none did. */
const char *program_write_error(struct arena *a);

/* The whole contents of a file that the user named ("-" is standard input), at most `limit` bytes. -1 and a message: DIAG_NO_INPUT
 * when it cannot be opened or read, DIAG_INPUT when it is too long or not a file. Never waits for a FIFO's writer. */
int program_read_file(const char *path, ptrdiff_t limit, struct arena *a, struct str *ret, struct diag *d);

/* For struct arena: blocks so large that the system may map each as one page, which spares the processor from looking up many. */
void *program_large_memory(ptrdiff_t *size);

/* An environment variable, or NULL. */
const char *program_environment(struct arena *a, const char *name);

/* Today in UTC, "2026-11-22", and the time of day, "15:04:05". */
void program_date(char ret_date[11], char ret_time[9]);

#endif
