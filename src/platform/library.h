/* Shared libraries that are opened when they are used for the first time: a start does not pay for what few runs need, and a machine
 * that lacks one still has all the rest.
 *
 *         #include <microhttpd.h>
 *         #define FUNCTIONS(X) X(MHD_start_daemon) X(MHD_stop_daemon)
 *         struct mhd { FUNCTIONS(LIBRARY_MEMBER) };
 *         static const char *const names[] = { FUNCTIONS(LIBRARY_NAME) NULL };
 *         static const struct library library = { .file = "libmicrohttpd.so.12", .package = "libmicrohttpd12", .functions = names };
 *         …
 *         struct mhd mhd;
 *         if (library_open(&library, &mhd, "cannot serve here", d) < 0) …
 *         mhd.MHD_stop_daemon(daemon);
 */
#ifndef SIDELIGHT_PLATFORM_LIBRARY_H
#define SIDELIGHT_PLATFORM_LIBRARY_H

#include "base/diag.h"

struct library {
        const char *file;             /* as the dynamic linker looks for it, with its version */
        const char *package;          /* Debian's, for the message */
        const char *const *functions; /* their names; ends with NULL */
};

/* A member of a struct of functions, which the library's header declares; and its name in the list. */
#define LIBRARY_MEMBER(name) __typeof__(name) *(name);
#define LIBRARY_NAME(name) #name,

/* Fills the struct at `ret`, which has a member for each name, in their order, and no others. The library stays open until the program
 * ends. -1 and "WHAT: it takes libmicrohttpd.so.12 (Debian package libmicrohttpd12): …" when it is not there or too old. */
int library_open(const struct library *l, void *ret, const char *what, struct diag *d);

#endif
