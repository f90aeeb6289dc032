/* The plan: what is to be done about one machine, or about a file, exactly, as a list of steps in the order in which to take them.
 *
 * Everything that tells people or programs what to do is a view of it: `check`'s list, `advise`, `explain` with `--why-not` and
 * `registry`, `cloud-service startup-task`. The order follows from two rules: phase by phase (catalog/fix.h: PHASES); in a phase
 * first what the guidance lists, as it lists it, then what only findings ask for: the worst first, of equals what closes most. */
#ifndef SIDELIGHT_PLAN_PLAN_H
#define SIDELIGHT_PLAN_PLAN_H

#include "guidance/guidance.h"

/* What is touched, and where. */
struct target {
        enum target_kind kind;
        struct str place; /* registry key, module, file of a cloud service; empty where the kind says it all */
        struct str key;   /* parameter, sysctl, path, value's name, role */
};

/* How something is changed. */
#define EDITS(X)                                                                        \
        X(ADD_WORD, "add-word")       /* `new`, into a list of words */                 \
        X(REMOVE_WORD, "remove-word") /* `old`, out of it */                            \
        X(SET, "set")                 /* `new`, in place of what is there, or of nothing */ \
        X(REMOVE, "remove")           /* what is there */                               \
        X(WRITE_FILE, "write-file")   /* `new` is the whole contents */

enum edit_kind {
#define X(name, word) EDIT_##name,
        EDITS(X)
#undef X
        EDIT_COUNT,
};

struct str edit_word(enum edit_kind e);

/* A change that a program could make. */
struct change {
        struct target target;
        enum edit_kind edit;
        uint8_t was;         /* enum fact_state of what is there now: KNOWN (then `old` holds it), ABSENT, or it was not seen */
        struct str old, new;
};

struct changes {
        struct change *items;
        ptrdiff_t count, capacity;
};

/* The change that takes `c` back. False when what was there is not known: then it has to be read before anything is changed. */
bool change_undo(struct change *ret, const struct change *c);
/* "add nosmt to the kernel's command line". */
struct str change_text(struct arena *a, const struct change *c);

/* One thing to be done in a step, told apart by who can do it: a person who understands; who pastes; a program. */
#define INSTRUCTIONS(X)       \
        X(PROSE, "prose")     \
        X(COMMAND, "command") \
        X(CHANGE, "change")

enum instruction_kind {
#define X(name, word) INSTRUCTION_##name,
        INSTRUCTIONS(X)
#undef X
        INSTRUCTION_COUNT,
};

struct str instruction_word(enum instruction_kind k);

struct instruction {
        enum instruction_kind kind;
        struct str on;   /* the system that it is for, where it is not known which one runs; else empty */
        struct str text; /* CHANGE: change_text() */
};

struct instructions {
        struct instruction *items;
        ptrdiff_t count, capacity;
};

/* Who does it. */
#define DOERS(X)                                      \
        X(YOU, "you", "")                             \
        X(PROVIDER, "provider", "your provider")      \
        X(NOBODY, "nobody", "")

enum doer {
#define X(name, word, said) DOER_##name,
        DOERS(X)
#undef X
        DOER_COUNT,
};

struct str doer_word(enum doer d);
struct str doer_said(enum doer d);

/* Open findings' flaws. */
struct resolved {
        const struct flaw **items;
        ptrdiff_t count, capacity;
};

struct step {
        struct str id, title, why;
        enum phase phase;
        struct target target;
        enum action_status status;
        bool guided;                         /* an action of the guidance, not only what findings ask for */
        enum doer who;
        enum layer owner;                    /* the layer that the remedy belongs to */
        enum trust trust;                    /* for whom, by the code that runs there */
        condition needs;                     /* precondition: it is of use only where this holds; NO_CONDITION: everywhere */
        condition done;                      /* how success is seen; NO_CONDITION: by the verdicts of what it resolves */
        struct instructions instructions;
        struct changes changes;
        bool restart;                        /* holds only after a restart */
        struct str cost;
        struct str ask;                      /* the question to ask, or empty */
        struct resolved resolves;            /* open findings that ask for it */
        enum status worst;                   /* of those findings; NOT_AFFECTED where there are none */
        struct str source;
        struct texts statements, fixes;      /* of the guidance; ids of fixes.yaml */
        const struct quoted_fact *evidence, *missing;
        uint32_t evidence_count, missing_count;
};

struct plan {
        struct step *items; /* in the order in which they are to be taken */
        ptrdiff_t count, capacity;
};

/* The plan from the guidance's advice (never NULL) and the verdict (NULL: no machine). Findings of flaws that
 * were public on the advice's day ask for steps where that advice was not replaced since; where it was, they only keep its own steps from
 * being done. Everything lives in `a`. */
void plan_make(struct plan *ret, struct arena *a, const struct catalog *c, const struct advice *advice, const struct verdict *v);
/* The same with the advice that the verdict's own facts give. */
void plan_of_verdict(struct plan *ret, struct arena *a, const struct verdict *v);

/* One remedy on this machine as a step, whoever asks for it. */
void plan_fix(struct step *ret, struct arena *a, const struct verdict *v, const struct fix *fix);
/* Changes of one's own as a step: with what is there now, and how this system makes them. */
void plan_changes(struct step *ret, struct arena *a, const struct verdict *v, const struct fix_change *changes, uint32_t count);
/* The steps about Windows' FeatureSettings values, for a machine that runs Windows: as its plan has them; then what they would be
 * where hyper-threading is given up, and what a host of old virtual machines needs. None where no other value would close more. */
void plan_registry(struct plan *ret, struct arena *a, const struct verdict *v);

/* It is a question to the provider, or something that only the provider can do. */
bool step_is_for_provider(const struct step *s);
/* The steps that open findings ask for: `check`'s list. One flaw's, when `f` is not NULL. */
bool step_is_for(const struct step *s, const struct flaw *f);

/* True when a step for this flaw uses the fix. */
bool plan_has_fix(const struct plan *p, const struct flaw *f, const struct fix *fix);

#endif
