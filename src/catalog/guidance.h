/* Guidance as constant data: what people run, the dated revisions of a document, and the actions that they ask for.
 *
 * Source: data/guidance/. Part of the catalog; src/guidance/ works with it. */
#ifndef SIDELIGHT_CATALOG_GUIDANCE_H
#define SIDELIGHT_CATALOG_GUIDANCE_H

#include "catalog/catalog.h"

/* How an action stands. */
#define ACTION_STATUSES(X)          \
        X(TODO, "todo", "to do")    \
        X(UNKNOWN, "unknown", "not known") \
        X(DONE, "done", "done")     \
        X(NOT_NEEDED, "not-needed", "not needed")

enum action_status {
#define X(name, word, said) ACTION_##name,
        ACTION_STATUSES(X)
#undef X
        ACTION_STATUS_COUNT,
};

/* For whom an action is, by the code that runs there. */
#define TRUSTS(X)                                                            \
        X(ALWAYS, "always", "Whatever runs there")                           \
        X(TRUSTED, "trusted", "If no code runs there that you do not trust") \
        X(UNTRUSTED, "untrusted", "If code runs there that you do not trust") \
        X(GUESTS, "guests", "If guests run there that you do not trust (nested virtualisation)")

enum trust {
#define X(name, word, title) TRUST_##name,
        TRUSTS(X)
#undef X
        TRUST_COUNT,
};

/* How sure it is what a machine belongs to, surest last. */
#define SURENESSES(X)             \
        X(NOT_KNOWN, "not-known") \
        X(POSSIBLE, "possible")   \
        X(LIKELY, "likely")       \
        X(CERTAIN, "certain")     \
        X(DECLARED, "declared")

enum sureness {
#define X(name, word) SURE_##name,
        SURENESSES(X)
#undef X
        SURE_COUNT,
};

struct str action_status_word(enum action_status s); /* the word of data files and JSON */
struct str action_status_said(enum action_status s); /* the word for people */
struct str trust_word(enum trust t);
struct str trust_title(enum trust t);
struct str sureness_word(enum sureness s);
/* The inverse of the words; false when there is no such word. */
bool action_status_parse(struct str word, enum action_status *ret);
bool trust_parse(struct str word, enum trust *ret);
bool sureness_parse(struct str word, enum sureness *ret);

/* A condition by which a machine is recognised. */
struct offering_sign {
        condition when;
        uint8_t sure; /* enum sureness */
        struct str because;
};

struct offering {
        struct str id, title, document;
        struct str_list groups;
        const struct offering_sign *signs;
        uint32_t sign_count;
};

struct revision {
        struct str id, document, date, title, source; /* date: YYYY-MM-DD */
        struct str_list changes;
};

struct statement {
        struct str id, says;
};

/* How to see that an action is done, from a revision on. */
struct action_done {
        uint32_t from; /* revision's number */
        condition when;
};

enum { NO_REVISION = 0xffffffff };

struct action {
        struct str id, title, who, why, needless, ask, cost, section;
        struct str declare;     /* what the user can say instead of evidence, or empty */
        struct str_list offerings, statements, fixes; /* offerings: ids and groups */
        uint8_t trust;          /* enum trust */
        uint8_t fixed;          /* enum action_status; ACTION_STATUS_COUNT: it depends on the machine */
        uint8_t phase;          /* enum phase */
        uint32_t number;        /* where it stands among the actions of the data folder */
        uint32_t from, until;   /* revisions' numbers; until NO_REVISION: still valid */
        condition needs;        /* NO_CONDITION: always needed */
        const struct action_done *done; /* in order of date */
        uint32_t done_count;
        const struct fix_step *steps;
        uint32_t step_count;
};

struct guidance {
        const struct offering *offerings;
        const struct revision *revisions;   /* by document, then by date */
        const struct statement *statements;
        const struct action *actions;       /* in the order in which they are to be taken */
        uint32_t offering_count, revision_count, statement_count, action_count;
};

/* Look-ups by id; NULL when there is none. */
const struct offering *guidance_offering(const struct guidance *g, struct str id);
const struct revision *guidance_revision(const struct guidance *g, struct str id);
const struct statement *guidance_statement(const struct guidance *g, struct str id);

#endif
