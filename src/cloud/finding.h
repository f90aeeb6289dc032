/* What the cloud linters found: a rule, and where it was broken. */
#ifndef SIDELIGHT_CLOUD_FINDING_H
#define SIDELIGHT_CLOUD_FINDING_H

#include "base/arena.h"
#include "base/str.h"

/* The words of SARIF's `level`, most serious last. */
#define FINDING_LEVELS(X)     \
        X(NOTE, "note")       \
        X(WARNING, "warning") \
        X(ERROR, "error")

enum finding_level {
#define X(name, word) FINDING_##name,
        FINDING_LEVELS(X)
#undef X
};

const char *finding_level_word(enum finding_level level);

/* A rule: what it is about, once. */
struct finding_rule {
        const char *id;         /* "guest-os-unfixed" */
        enum finding_level level;
        const char *title;      /* what is wrong, in general */
        const char *why;
        const char *fix;
        const char *statements; /* of the guidance, blank-separated: "G5 G15"; may be "" */
        const char *source;     /* where the rule comes from */
};

struct lint_finding {
        const struct finding_rule *rule;
        enum finding_level level; /* the rule's, or less when it depends on something undeclared */
        struct str message;       /* what was found here */
        const char *file;
        long line, column;        /* from 1 */
        struct str element;       /* "ServiceDefinition/WebRole[@name='Front']" */
};


struct lint_findings {
        struct lint_finding *items;
        ptrdiff_t count, capacity;
};

/* How many have the level. */
ptrdiff_t findings_count(const struct lint_findings *f, enum finding_level level);
/* By file, line and column; findings of one place stay in their order. */
void findings_sort(struct lint_findings *f, struct arena *scratch);

#endif
