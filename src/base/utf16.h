/* UTF-16, little-endian, as Windows keeps text in its API and in registry hives, to and from UTF-8 (Unicode 15, §3.9).
 *
 * Bytes, not wchar_t: the data may come from a file, be unaligned, or end in the middle of a character. */
#ifndef SIDELIGHT_BASE_UTF16_H
#define SIDELIGHT_BASE_UTF16_H

#include "base/arena.h"
#include "base/str.h"

/* `len` bytes of UTF-16LE as UTF-8 in the arena. An unpaired surrogate or an odd last byte becomes U+FFFD: text from outside
 * is never refused for its encoding alone. NULs are kept. */
struct str utf8_from_utf16(struct arena *a, const void *bytes, ptrdiff_t len);

/* UTF-8 as UTF-16LE, with a NUL unit at the end that is not counted; *ret_units is the number of 16-bit units.
 * Wrong bytes become U+FFFD, one each. Aligned for uint16_t. */
uint16_t *utf16_from_utf8(struct arena *a, struct str s, ptrdiff_t *ret_units);

/* Writes the code point (at most 0x10ffff) in one to four bytes; returns what is behind them. */
char *utf8_put(char *to, uint32_t c);

#endif
