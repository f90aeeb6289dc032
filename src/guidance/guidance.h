/* Guidance: what a person must do, by what they run, whom they trust there, and the date.
 *
 * Nothing here looks at a clock: without a date the newest revision counts. */
#ifndef SIDELIGHT_GUIDANCE_GUIDANCE_H
#define SIDELIGHT_GUIDANCE_GUIDANCE_H

#include "catalog/guidance.h"
#include "verdict/verdict.h"

/* What runs there, in the words of --untrusted: nobody said; nothing untrusted; something (without saying what); code of
 * strangers; logins with few rights; guests by nested virtualisation. */
#define UNTRUSTEDS(X)             \
        X(UNDECLARED, "unknown")  \
        X(YES, "yes")             \
        X(NO, "no")               \
        X(CODE, "code")           \
        X(LOGINS, "logins")       \
        X(GUESTS, "guests")

enum untrusted {
#define X(name, word) UNTRUSTED_##name,
        UNTRUSTEDS(X)
#undef X
        UNTRUSTED_COUNT,
};

struct str untrusted_word(enum untrusted u);

/* What a machine seems to belong to. */
struct whereabouts {
        const struct offering *offering; /* NULL: no sign holds */
        enum sureness sure;
        struct str because;
};

/* By the signs of data/guidance/offerings.yaml; the surest that holds, the first of equals. */
void guidance_recognise(struct facts *f, struct whereabouts *ret);

/* The revision of a document in force on `date` (YYYY-MM-DD; empty: the newest); NULL before the first. */
const struct revision *guidance_in_force(const struct guidance *g, struct str document, struct str date);
/* The one that followed it; NULL for the newest. */
const struct revision *guidance_next(const struct guidance *g, const struct revision *r);

struct advice_request {
        const struct offering *offering;  /* what the user said; NULL: recognise it by the facts */
        enum untrusted untrusted;
        struct str as_of;                 /* YYYY-MM-DD, or empty */
        const struct declared *declared;  /* NAME=yes|no: what the user says is done */
        uint32_t declared_count;
        struct facts *facts;              /* the machine; NULL: none, then what needs doing is to do */
        struct facts *scope;              /* without a machine: what is known of it, by which actions of others are left out, and what it proves done
                                           * or needless is so; the rest stays to do. Or NULL */
};

/* One action, judged. */
struct advice_item {
        const struct action *action;
        enum action_status status;
        struct str why;                      /* one or two sentences */
        const struct quoted_fact *evidence;  /* what proves `done` or `not-needed` */
        uint32_t evidence_count;
        const struct quoted_fact *missing;   /* facts that would tell; value is their state */
        uint32_t missing_count;
        condition done;                      /* by which the machine's facts tell that it is done; NO_CONDITION: they cannot */
};

struct advice {
        const struct guidance *guidance;
        struct whereabouts where;
        enum untrusted untrusted;
        struct str as_of;
        const struct revision *revision;     /* NULL: there was none yet, or no offering is known */
        const struct revision *next;         /* what superseded it, or NULL */
        struct advice_item *items;           /* in the order in which they are to be taken */
        ptrdiff_t count, capacity;
};

/* What a list tells of a machine; empty and 0 where it does not. */
struct listed {
        struct str os;           /* "Windows", "Linux" */
        struct str distribution; /* os-release's ID */
        struct str vendor;       /* of the processor: "intel", "amd", "arm" */
        struct str edition;      /* Windows': "client", "server" */
        bool one_thread;         /* a core has one thread */
};

/* A machine of which nothing is known but that: the scope of advice on what a list names. */
struct facts *guidance_scope(struct arena *a, const struct catalog *c, const struct listed *known);
/* The same as records of a machine. The system's name is not among them. */
void guidance_listed(struct evidence *e, const struct listed *known);

/* Everything lives in `a`. */
void guidance_advise(struct advice *ret, struct arena *a, const struct guidance *g, const struct advice_request *r);

/* True when the revision has the action for this offering (NULL: for any). */
bool guidance_has(const struct guidance *g, const struct action *action, const struct revision *r,
                  const struct offering *o);

/* What one revision changed against another: an action that only one of them has, or that reads otherwise. */
struct guidance_change {
        const struct action *before, *after; /* NULL: not there; both: the same id, reads otherwise */
        const struct action *shown;          /* the one to name it by: after, or before where it is gone */
};

struct guidance_changes {
        struct guidance_change *items;
        ptrdiff_t count, capacity;
};

void guidance_diff(struct guidance_changes *ret, struct arena *a, const struct guidance *g, const struct revision *before,
                   const struct revision *after, const struct offering *o);

#endif
