/* The part of a plan that `fix` carries out: steps that this machine's owner can take by a program, each of which is predicted to be of
 * use, in the order in which to take them; and what is left, and to whom.
 *
 * A setting is held against the prediction (predict.h): it stays in the plan only when taking it away would leave some verdict
 * otherwise, and only when no verdict becomes worse by it. What a package brings cannot be predicted: such a step stays as long as a
 * flaw that asks for it is not closed by settings. */
#ifndef SIDELIGHT_WHATIF_FIX_PLAN_H
#define SIDELIGHT_WHATIF_FIX_PLAN_H

#include "base/exit.h"
#include "plan/plan.h"
#include "plan/policy.h"

struct fix_request {
        const struct verdict_options *judging;
        const struct policy *policy; /* NULL: nothing is accepted */
        const struct flaw *only;     /* NULL: all */
        enum tri untrusted;          /* code that is not trusted runs here */
        bool keep_smt;
        struct changes next;         /* what would take harmful settings out of the configuration that the next start reads */
};

/* Why a step is not carried out. USELESS and NOT_NEEDED steps leave nothing open by being left, unless `open` says so. */
#define LEFTS(X)                                                                                           \
        X(OTHERS, "others", "only others can do it")                                                       \
        X(DECIDE, "decide", "it costs half of the logical CPUs: --untrusted yes includes it, --keep-smt declines it") \
        X(KEEP_SMT, "keep-smt", "you keep SMT")                                                            \
        X(BY_HAND, "by-hand", "to be done by hand")                                                        \
        X(NOBODY, "nobody", "nothing can be done about it yet")                                            \
        X(NOT_KNOWN, "not-known", "it would settle what is not known yet")                                 \
        X(USELESS, "useless", "nothing here would become safer by it, or other steps are enough")          \
        X(WEAKENS, "weakens", "another protection would become weaker")                                    \
        X(NOT_NEEDED, "not-needed", "the steps above are enough")

enum left_why {
#define X(name, word, text) LEFT_##name,
        LEFTS(X)
#undef X
        LEFT_COUNT,
};

struct str left_word(enum left_why w);
struct str left_text(enum left_why w);

struct planned_step {
        struct step step;          /* `resolves`: the open flaws that ask for it, without accepted ones */
        struct resolved settles;   /* what is not known, and would be after it */
        bool predicted;            /* what comes of it can be predicted */
        struct resolved promised;  /* flaws that are predicted to be safe after it, and are not before it */
        struct { struct str *items; ptrdiff_t count, capacity; } doubts; /* why it cannot be predicted of others, where that is known */
};

struct left_step {
        struct step step;          /* `resolves`: what of it was asked for, as above, and what is not known */
        enum left_why why;
        bool open;                 /* something that it is about is open, or not known, when all steps are taken */
};

struct fix_plan {
        struct { struct planned_step *items; ptrdiff_t count, capacity; } steps;
        struct { struct left_step *items; ptrdiff_t count, capacity; } left;
        struct { const struct accepted **items; ptrdiff_t count, capacity; } accepted; /* of the policy, those that are open here; and all that expired */
};

/* Everything lives in `a`. `plan` is plan_of_verdict's. */
void fix_plan_make(struct fix_plan *ret, struct arena *a, const struct verdict *v, const struct plan *plan, const struct fix_request *r);

/* The exit codes of a plan, and what they mean there. */
#define FIX_PLAN_EXITS(X)                                                                                                             \
        X(EXIT_CLEAN, "nothing that was asked for is open; with --apply, each step is done or waits for a restart")                 \
        X(EXIT_OPEN, "there are steps that fix can carry out")                                                                       \
        X(EXIT_UNKNOWN, "something is open or not known, and only others, or you by hand, can act; with --apply, also where a step " \
                        "was left alone")

/* `can`: some step can be carried out, or was and waits for a restart. */
enum exit_result fix_plan_exit(const struct fix_plan *p, bool can);

#endif
