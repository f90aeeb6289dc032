/* Bytes that were written as characters of a few kinds: hexadecimal digits, percent signs, base64. */
#ifndef SIDELIGHT_BASE_ENCODING_H
#define SIDELIGHT_BASE_ENCODING_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* What a hexadecimal digit of either case is worth; -1 for another character. */
int encoding_hex(char c);

/* "%2Fsys" (RFC 3986, section 2.1); `plus`: a '+' is a blank, as in forms. Whatever bytes come out. False where a percent sign has no two
 * digits behind it. */
bool encoding_percent(struct arena *a, struct str text, bool plus, struct str *ret);

/* Base64 in either alphabet (RFC 4648, sections 4 and 5), padded or not. Whatever bytes come out. False when anything else is in it. */
bool encoding_base64(struct arena *a, struct str text, struct str *ret);

#endif
