/* Evidence as a store keeps it: what its fingerprint is made of, in one order, without what names one machine, compressed. Two machines
 * that are alike have the same bytes, and the fingerprint of what is read back is the one that it was stored under. */
#ifndef SIDELIGHT_FLEET_BODY_H
#define SIDELIGHT_FLEET_BODY_H

#include "evidence/evidence.h"

enum { BODY_MAX = 64 << 20 }; /* bytes of evidence, not compressed */

struct body {
        char fingerprint[65];
        struct str text;     /* the evidence file, not compressed */
};

/* The canonical evidence, in `a`. */
void body_make(struct body *ret, struct arena *a, const struct evidence *e);
/* Any bytes, compressed (zlib), in `a`. */
struct str body_pack(struct arena *a, struct str text);
/* And back. `size` is what it was; more is not believed. -1 (DIAG_INPUT) when the bytes are damaged. */
int body_unpack(struct str *ret, struct arena *a, struct str packed, int64_t size, struct diag *d);

#endif
