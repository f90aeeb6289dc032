/* What the cloud linters found: a rule, and where it was broken. */
#ifndef SIDELIGHT_CLOUD_REMARK_H
#define SIDELIGHT_CLOUD_REMARK_H

#include "base/arena.h"
#include "base/exit.h"
#include "base/str.h"

/* The words of SARIF's `level`, most serious last. */
#define REMARK_LEVELS(X)     \
        X(NOTE, "note")       \
        X(WARNING, "warning") \
        X(ERROR, "error")

enum remark_level {
#define X(name, word) REMARK_##name,
        REMARK_LEVELS(X)
#undef X
};

const char *remark_level_word(enum remark_level level);

/* A rule: what it is about, once. */
struct remark_rule {
        const char *id;         /* "guest-os-unfixed" */
        enum remark_level level;
        const char *title;      /* what is wrong, in general */
        const char *why;
        const char *fix;
        const char *statements; /* of the guidance, blank-separated: "G5 G15"; may be "" */
        const char *source;     /* where the rule comes from */
};

struct remark {
        const struct remark_rule *rule;
        enum remark_level level; /* the rule's, or less when it depends on something undeclared */
        struct str message;       /* what was found here */
        const char *file;
        long line, column;        /* from 1 */
        struct str element;       /* "ServiceDefinition/WebRole[@name='Front']" */
};


struct remarks {
        struct remark *items;
        ptrdiff_t count, capacity;
};

/* The exit code of a linter: open with an error, unknown with a warning and no error. */
enum exit_result remarks_exit(const struct remarks *f);
/* How many have the level. */
ptrdiff_t remarks_count(const struct remarks *f, enum remark_level level);
/* True when one of them, of that level or a more serious one, is about the statement ("G5"). */
bool remarks_speak_of(const struct remarks *f, struct str statement, enum remark_level least);
/* By file, line and column; findings of one place stay in their order. */
void remarks_sort(struct remarks *f, struct arena *scratch);

#endif
