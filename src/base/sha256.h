/* SHA-256 (FIPS 180-4), for fingerprints: a fleet trusts them to tell machines apart, so they must not be forgeable. */
#ifndef SIDELIGHT_BASE_SHA256_H
#define SIDELIGHT_BASE_SHA256_H

#include <stdint.h>

#include "base/str.h"

struct sha256 {
        uint32_t state[8];
        uint64_t length; /* bytes so far */
        unsigned char block[64];
};

void sha256_init(struct sha256 *h);
void sha256_add(struct sha256 *h, struct str s);
void sha256_end(struct sha256 *h, unsigned char ret_digest[32]);
/* The digest as 64 lower-case hexadecimal digits and a NUL. */
void sha256_hex(struct sha256 *h, char ret_hex[65]);

#endif
