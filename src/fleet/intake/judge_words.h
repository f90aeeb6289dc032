/* What is kept of a finding and of a machine, as text that many machines share (bulk.h): fields, each with its end. Private to judge*.c. */
#ifndef SIDELIGHT_FLEET_JUDGE_WORDS_H
#define SIDELIGHT_FLEET_JUDGE_WORDS_H

#include "base/sha256.h"
#include "base/siphash.h"
#include "fleet/bulk/bulk.h"

/* Of a finding: the columns of the table behind digest and flaw. */
enum { TOLD_STATUS, TOLD_OWNER, TOLD_WHO, TOLD_RULE, TOLD_REASON, TOLD_BOUNDARIES, TOLD_FIXES, TOLD_ASK, TOLD_AT_STAKE, TOLD };
/* Of a machine: processor, cpu, kernel, os, arch, cloud, place, microcode. */
enum { MACHINE_FIELDS = 8 };

struct told_finding {
        struct str fields[TOLD];
        struct str digest; /* over the flaw and all of them */
};

/* Digests by what they were made of, of which a keyed hash is kept. Begins with a random key, else zero. */
struct digests {
        struct hash128 key;
        struct digest_slot {
                struct hash128 hash;
                struct str digest;
        } *slots;
        ptrdiff_t size, count;
        struct arena arena;
};

extern const struct bulk_teller told_teller;

/* A text goes into a digest with its length. */
void told_add(struct sha256 *h, struct str text);
/* 64 hexadecimal digits, in `a`. */
struct str told_end_digest(struct sha256 *h, struct arena *a);
/* What the teller wrote. Fields point into `text`; the digest is in `a`. */
void told_read_finding(struct told_finding *ret, struct digests *t, struct arena *a, struct str flaw, struct str text);
void told_read_fields(struct str text, struct str *fields, int count);
void digests_free(struct digests *t);

#endif
