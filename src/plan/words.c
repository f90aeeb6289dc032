#include "plan/plan.h"

static const struct str edits[] = {
#define X(name, word) [EDIT_##name] = STR(word),
        EDITS(X)
#undef X
};

static const struct str instructions[] = {
#define X(name, word) [INSTRUCTION_##name] = STR(word),
        INSTRUCTIONS(X)
#undef X
};

static const struct str doers[] = {
#define X(name, word, said) [DOER_##name] = STR(word),
        DOERS(X)
#undef X
};

static const struct str doers_said[] = {
#define X(name, word, said) [DOER_##name] = STR(said),
        DOERS(X)
#undef X
};

struct str edit_word(enum edit_kind e) {
        return edits[e];
}

struct str instruction_word(enum instruction_kind k) {
        return instructions[k];
}

struct str doer_word(enum doer d) {
        return doers[d];
}

struct str doer_said(enum doer d) {
        return doers_said[d];
}

bool step_is_for_provider(const struct step *s) {
        return s->who == DOER_PROVIDER || (s->target.kind == TARGET_QUESTION && str_eq(s->target.place, S("provider")));
}
