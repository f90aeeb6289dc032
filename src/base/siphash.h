/* SipHash-2-4 with 128 bits of output (J.-P. Aumasson, D. J. Bernstein): a keyed hash whose collisions cannot be
 * made up by somebody who does not know the key. For tables whose keys come from input. */
#ifndef SIDELIGHT_BASE_SIPHASH_H
#define SIDELIGHT_BASE_SIPHASH_H

#include <stdint.h>

#include "base/str.h"

struct hash128 {
        uint64_t low, high;
};

struct hash128 siphash(struct hash128 key, struct str s);

/* A key for tables over what stands in `text`, where nothing else is secret: it hangs on every byte, so that no names can be chosen for it. */
struct hash128 siphash_key(struct str text);

#endif
