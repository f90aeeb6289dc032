#include "catalog/guidance.h"

static const struct str status_words[] = {
#define X(name, word, said) [ACTION_##name] = STR(word),
        ACTION_STATUSES(X)
#undef X
};

static const struct str status_saids[] = {
#define X(name, word, said) [ACTION_##name] = STR(said),
        ACTION_STATUSES(X)
#undef X
};

static const struct str trust_words[] = {
#define X(name, word, title) [TRUST_##name] = STR(word),
        TRUSTS(X)
#undef X
};

static const struct str trust_titles[] = {
#define X(name, word, title) [TRUST_##name] = STR(title),
        TRUSTS(X)
#undef X
};

static const struct str sureness_words[] = {
#define X(name, word) [SURE_##name] = STR(word),
        SURENESSES(X)
#undef X
};

struct str action_status_word(enum action_status s) {
        return status_words[s];
}

struct str action_status_said(enum action_status s) {
        return status_saids[s];
}

struct str trust_word(enum trust t) {
        return trust_words[t];
}

struct str trust_title(enum trust t) {
        return trust_titles[t];
}

struct str sureness_word(enum sureness s) {
        return sureness_words[s];
}

/* The number of `word` among `count` words, or -1. */
static int number_of(struct str word, const struct str *words, int count) {
        for (int i = 0; i < count; i++)
                if (str_eq(word, words[i]))
                        return i;
        return -1;
}

bool action_status_parse(struct str word, enum action_status *ret) {
        int n = number_of(word, status_words, ACTION_STATUS_COUNT);

        *ret = (enum action_status)n;
        return n >= 0;
}

bool trust_parse(struct str word, enum trust *ret) {
        int n = number_of(word, trust_words, TRUST_COUNT);

        *ret = (enum trust)n;
        return n >= 0;
}

bool sureness_parse(struct str word, enum sureness *ret) {
        int n = number_of(word, sureness_words, SURE_COUNT);

        *ret = (enum sureness)n;
        return n >= 0;
}

const struct offering *guidance_offering(const struct guidance *g, struct str id) {
        for (uint32_t i = 0; i < g->offering_count; i++)
                if (str_eq(T(g->offerings[i].id), id))
                        return &g->offerings[i];
        return NULL;
}

const struct revision *guidance_revision(const struct guidance *g, struct str id) {
        for (uint32_t i = 0; i < g->revision_count; i++)
                if (str_eq(T(g->revisions[i].id), id))
                        return &g->revisions[i];
        return NULL;
}

const struct statement *guidance_statement(const struct guidance *g, struct str id) {
        for (uint32_t i = 0; i < g->statement_count; i++)
                if (str_eq(T(g->statements[i].id), id))
                        return &g->statements[i];
        return NULL;
}
