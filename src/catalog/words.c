#include "catalog/catalog.h"

static const struct str statuses[] = {
#define X(name, word) [STATUS_##name] = STR(word),
        STATUSES(X)
#undef X
};

static const struct str boundary_words[] = {
#define X(name, word, arrow) [BOUNDARY_##name] = STR(word),
        BOUNDARIES(X)
#undef X
};

static const struct str boundary_arrows[] = {
#define X(name, word, arrow) [BOUNDARY_##name] = STR(arrow),
        BOUNDARIES(X)
#undef X
};

static const struct str layer_words[] = {
#define X(name, word, who) [LAYER_##name] = STR(word),
        LAYERS(X)
#undef X
};

static const struct str layer_whos[] = {
#define X(name, word, who) [LAYER_##name] = STR(who),
        LAYERS(X)
#undef X
};

struct str status_word(enum status s) {
        return statuses[s];
}

struct str boundary_word(enum boundary b) {
        return boundary_words[b];
}

struct str boundary_arrow(enum boundary b) {
        return boundary_arrows[b];
}

struct str layer_word(enum layer l) {
        return layer_words[l];
}

struct str layer_who(enum layer l) {
        return layer_whos[l];
}

/* The number of `word` among `count` words, or -1. */
static int number_of(struct str word, const struct str *words, int count) {
        for (int i = 0; i < count; i++)
                if (str_eq(word, words[i]))
                        return i;
        return -1;
}

bool status_parse(struct str word, enum status *ret) {
        int n = number_of(word, statuses, STATUS_COUNT);

        if (n >= 0)
                *ret = (enum status)n;
        return n >= 0;
}

bool boundary_parse(struct str word, enum boundary *ret) {
        int n = number_of(word, boundary_words, BOUNDARY_COUNT);

        if (n >= 0)
                *ret = (enum boundary)n;
        return n >= 0;
}

bool layer_parse(struct str word, enum layer *ret) {
        int n = number_of(word, layer_words, LAYER_COUNT);

        if (n >= 0)
                *ret = (enum layer)n;
        return n >= 0;
}
