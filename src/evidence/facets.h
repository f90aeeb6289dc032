/* Facets: sides from which evidence can be looked at.
 *
 * Who looks something up may have it noted which sides were looked at (evidence.h: `asked`). What was worked out then holds for all
 * evidence that shows the same from these sides, whatever else it says: a set that is too large only makes fewer machines alike. Each
 * record belongs to one side, by its name; a few names share one. The processor's registers and /proc/cpuinfo are one side together, for
 * which CPUs are alike hangs on all of them. */
#ifndef SIDELIGHT_EVIDENCE_FACETS_H
#define SIDELIGHT_EVIDENCE_FACETS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* One bit each: twice as many where the compiler has integers of that size, so that fewer names share one. */
#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 facet_set;
enum { FACETS = 128, PARAMETER_FACETS = 70 };
#else
typedef uint64_t facet_set;
enum { FACETS = 64, PARAMETER_FACETS = 26 };
#endif

#define FACET_PROCESSOR ((facet_set)1 << 0) /* registers and /proc/cpuinfo, but for the microcode's revision where all show the same */
#define FACET_REVISION ((facet_set)1 << 1)  /* that revision itself */
#define FACET_REVISION_RANGE ((facet_set)1 << 2) /* that it lies between facets_asked.low and .high */
#define FACET_SYSTEM ((facet_set)1 << 3)    /* the uname record, without the release */
#define FACET_RELEASE ((facet_set)1 << 4)
#define FACET_LINE ((facet_set)1 << 5)      /* whether the kernel's command line was read */
#define FACET_STATES ((facet_set)1 << 6)    /* how many records there are of each state */
#define FACET_UNSHARED ((facet_set)1 << 7)  /* hangs on more than sides tell: holds for this evidence alone */
#define FACET_CONTRADICTED ((facet_set)1 << 8) /* a fact was asked for of which sources contradict each other: the machine's notes tell of those */

enum {
        FACETS_OF_PARAMETERS = 9,
        FACETS_OF_RECORDS = FACETS_OF_PARAMETERS + PARAMETER_FACETS,
        RECORD_FACETS = FACETS - FACETS_OF_RECORDS,
};

/* The number of the first side of a set that is not empty. */
static inline int facet_first(facet_set set) {
        uint64_t low = (uint64_t)set;

        return low ? __builtin_ctzll(low) : FACETS / 2 + __builtin_ctzll((uint64_t)(set >> FACETS / 2));
}

/* All words of the command line that name a parameter of these. */
#define FACETS_LINE_WORDS ((((facet_set)1 << PARAMETER_FACETS) - 1) << FACETS_OF_PARAMETERS)

/* The side of one parameter of the kernel's command line; '-' and '_' are alike. */
facet_set facet_of_parameter(struct str name);
/* The same in two steps: the hash of its bytes, one after the other, and its side. */
#define PARAMETER_HASH UINT32_C(2166136261)
static inline uint32_t parameter_hash(uint32_t h, char c) {
        return (h ^ (unsigned char)(c == '-' ? '_' : c)) * UINT32_C(16777619);
}
/* With this factor none of the parameters that facts asked for in November 2026 shares its side with another one, where there are 70; those that
 * do only make fewer machines alike. */
static inline facet_set facet_of_hash(uint32_t h) {
        return (facet_set)1 << (FACETS_OF_PARAMETERS + (uint32_t)((uint64_t)(h * UINT32_C(120097445)) * PARAMETER_FACETS >> 32));
}

/* The register that holds the revision: IA32_BIOS_SIGN_ID, AMD's patch level. */
#define MSR_REVISION UINT32_C(0x8b)

/* Names of records that were looked for, by a hash: some others seem so, too. A record of another name shows nothing to anybody. */
enum { NAMES = 16384 };
struct names_asked {
        uint64_t bits[NAMES / 64];
        bool grown; /* since this was last set to false */
        uint32_t count; /* how often it grew */
};

static inline bool names_have(const struct names_asked *n, uint32_t hash) {
        return n->bits[hash / 64 % (NAMES / 64)] >> hash % 64 & 1;
}

/* What was looked at. */
struct facets_asked {
        facet_set set;
        struct names_asked *names; /* NULL: they are not noted */
        uint64_t low, high; /* of the revision: between them nothing that was asked comes out otherwise */
};

#endif
