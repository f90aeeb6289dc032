/* Two evidence files compared: what differs in them, in their verdicts, and which difference makes which. */
#ifndef SIDELIGHT_WHATIF_COMPARE_H
#define SIDELIGHT_WHATIF_COMPARE_H

#include "base/json.h"
#include "whatif/setting.h"

/* One piece of evidence that differs; NULL where a side does not mention it. */
struct difference {
        const struct record *a, *b;
};

struct differences {
        struct difference *items;
        ptrdiff_t count, capacity;
};

/* What names one machine (evidence/identity.h) is not compared. */
struct differences compare_evidence(struct arena *arena, const struct evidence *a, const struct evidence *b);

/* A verdict that differs, and the pieces of evidence that each alone turn one into the other. */
struct turn {
        const struct finding *a, *b;
        const struct difference **items;
        ptrdiff_t count, capacity;
        struct settings settings; /* those that each alone are predicted to turn it; where none is, and of the registry, those that are about the flaw */
};

struct turns {
        struct turn *items;
        ptrdiff_t count, capacity;
};

struct turns compare_verdicts(struct arena *arena, const struct verdict *a, const struct verdict *b,
                              const struct differences *evidence, const struct verdict_options *o);

/* "/proc/cmdline", "CPUID 0x7.0 of CPU 0": what a record is about. */
struct str compare_name(struct arena *a, const struct record *r);
/* What it says: its text or its numbers, or its state. */
struct str compare_value(struct arena *a, const struct record *r);

/* All of it as one object: what the sides are called and when they were captured, the program and its data, "evidence", "verdicts". */
void compare_json(struct json *j, struct arena *a, const struct verdict *before, const struct verdict *after, const struct differences *evidence,
                  const struct turns *turns);

#endif
