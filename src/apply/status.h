/* Did what was applied take effect? Asked of the running kernel, not of the files. */
#ifndef SIDELIGHT_APPLY_STATUS_H
#define SIDELIGHT_APPLY_STATUS_H

#include "apply/journal.h"
#include "apply/next_start.h"
#include "base/exit.h"
#include "evidence/evidence.h"
#include "verdict/verdict.h"

#define TOOKS(X)                                                      \
        X(EFFECT, "took-effect", "took effect")                       \
        X(WAITS, "waits", "waits for a restart")                      \
        X(WONT, "will-not-take-effect", "will not hold after the next start") \
        X(NOT, "did-not-take-effect", "did not take effect")          \
        X(UNKNOWN, "unknown", "is not known")

enum took {
#define X(name, word, text) TOOK_##name,
        TOOKS(X)
#undef X
};

struct str took_word(enum took t);
struct str took_text(enum took t);

struct step_status {
        const struct entry *entry;
        const struct entry_step *step;
        enum took took;
        struct str why; /* of what did not, or cannot be told; one clause */
};

struct statuses {
        struct step_status *items;
        ptrdiff_t count, capacity;
};

/* Of each step of each entry that is applied; `e` is evidence of the same machine, `boot` the identity of its present start, `v` its verdict,
 * `next` what it starts next (NULL: that is not asked). */
void status_see(struct statuses *ret, struct journal *j, const struct evidence *e, struct str boot, const struct verdict *v,
                const struct next_start *next);

/* The exit codes of --verify. */
#define STATUS_EXITS(X)                                                      \
        X(EXIT_CLEAN, "all took effect")                                     \
        X(EXIT_OPEN, "some did not, or will not at the next start")          \
        X(EXIT_UNKNOWN, "some wait for a restart, or that is not known")
enum exit_result statuses_exit(const struct statuses *all);
/* It did not, or will not. */
bool step_failed(const struct step_status *s);

/* The identity of the machine's present start; empty when it cannot be told. */
struct str status_boot(struct arena *a, const struct tree *t);
/* Names of the kernels that are installed, parted by blanks. */
struct str status_kernels(struct arena *a, const struct tree *t);

#endif
