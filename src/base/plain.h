/* Text from outside, made harmless for whoever shows or stores it.
 *
 * A host name, a line of a log, a file's name may hold anything: bytes that are no UTF-8, escape sequences that steer a terminal,
 * line ends that begin a record, marks that turn the direction of writing. Everything that is told passes one of two places: what a
 * verdict quotes is plain() already, and an output that is guarded (base/out.h) lets none of it through. */
#ifndef SIDELIGHT_BASE_PLAIN_H
#define SIDELIGHT_BASE_PLAIN_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/out.h"
#include "base/str.h"

/* The length of the UTF-8 sequence at `p` (RFC 3629) and its character; 0 when there is none, or it is cut. */
int utf8_at(const char *p, ptrdiff_t left, uint32_t *ret);

/* A character that steers what shows it instead of being shown: C0 and C1 controls, DEL, line and paragraph separators, marks of
 * direction, byte order marks, non-characters. */
bool utf8_steers(uint32_t c);

/* The text on one line: tabs and line ends become blanks, other steering characters and bytes that are no UTF-8 '?'. Never longer
 * than it was. plain() gives the text itself when it is so already. */
struct str plain(struct arena *a, struct str text);
void out_plain(struct out *o, struct str text);

/* How many bytes from `p` are printable ASCII. */
ptrdiff_t plain_ascii(const char *p, ptrdiff_t n);

#endif
