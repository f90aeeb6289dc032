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
        X(OPTIONAL, "optional", "your choice") \
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
        X(ALWAYS, "always", "In any case")                           \
        X(TRUSTED, "trusted", "If you run no code you do not trust") \
        X(UNTRUSTED, "untrusted", "If you run code you do not trust") \
        X(GUESTS, "guests", "If you run guests you do not trust (nested virtualisation)")

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
        SIGN_FIELDS(FIELD_MEMBER)
};

struct offering {
        OFFERING_FIELDS(FIELD_MEMBER)
};

struct revision {
        REVISION_FIELDS(FIELD_MEMBER)
};

struct statement {
        STATEMENT_FIELDS(FIELD_MEMBER)
};

/* How to see that an action is done, from a revision on. */
struct action_done {
        DONE_FIELDS(FIELD_MEMBER)
};

enum { NO_REVISION = 0xffffffff };

struct action {
        ACTION_FIELDS(FIELD_MEMBER)
};

#define GUIDANCE_LISTS(X)                                                                \
        X(offerings, offering_count, offering)                                           \
        X(revisions, revision_count, revision) /* by document, then by date */           \
        X(statements, statement_count, statement)                                        \
        X(actions, action_count, action) /* in the order in which they are to be taken */

struct guidance {
#define X(member, number, tag)      \
        const struct tag *member;   \
        uint32_t number;
        GUIDANCE_LISTS(X)
#undef X
};

/* Look-ups by id; NULL when there is none. */
const struct offering *guidance_offering(const struct guidance *g, struct str id);
const struct revision *guidance_revision(const struct guidance *g, struct str id);
const struct statement *guidance_statement(const struct guidance *g, struct str id);

#endif
