#include "catalog/fix.h"

static const struct str phase_words[] = {
#define X(name, word, why) [PHASE_##name] = STR(word),
        PHASES(X)
#undef X
};

static const struct str target_words[] = {
#define X(name, word, title) [TARGET_##name] = STR(word),
        TARGETS(X)
#undef X
};

static const struct str target_titles[] = {
#define X(name, word, title) [TARGET_##name] = STR(title),
        TARGETS(X)
#undef X
};

static const struct str computes_words[] = {
#define X(name, word) [FIX_COMPUTES_##name] = STR(word),
        FIX_COMPUTES(X)
#undef X
};

struct str phase_word(enum phase p) {
        return phase_words[p];
}

struct str target_word(enum target_kind t) {
        return target_words[t];
}

struct str target_title(enum target_kind t) {
        return target_titles[t];
}

/* The number of `word` among `count` words, or -1. */
static int number_of(struct str word, const struct str *words, int count) {
        for (int i = 0; i < count; i++)
                if (str_eq(word, words[i]))
                        return i;
        return -1;
}

bool phase_parse(struct str word, enum phase *ret) {
        int n = number_of(word, phase_words, PHASE_COUNT);

        if (n >= 0)
                *ret = (enum phase)n;
        return n >= 0;
}

bool target_parse(struct str word, enum target_kind *ret) {
        int n = number_of(word, target_words, TARGET_COUNT);

        if (n >= 0)
                *ret = (enum target_kind)n;
        return n >= 0;
}

bool fix_computes_parse(struct str word, enum fix_computes *ret) {
        int n = number_of(word, computes_words, FIX_COMPUTES_COUNT);

        if (n >= 0)
                *ret = (enum fix_computes)n;
        return n >= 0;
}
