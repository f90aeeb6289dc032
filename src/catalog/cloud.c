#include "catalog/cloud.h"

static const struct str kva_words[] = {
#define X(name, word) [KVA_##name] = STR(word),
        KVA_SUPPORT(X)
#undef X
};

static const struct str os_words[] = {
#define X(name, word) [OS_##name] = STR(word),
        RESOURCE_OSES(X)
#undef X
};

static const struct str sure_words[] = {
#define X(name, word) [RESOURCE_##name] = STR(word),
        RESOURCE_SURE(X)
#undef X
};

struct str resource_os_word(enum resource_os os) {
        return os_words[os];
}

struct str resource_sure_word(enum resource_sure sure) {
        return sure_words[sure];
}

/* The number of `word` among `count` words, or -1. */
static int number_of(struct str word, const struct str *words, int count) {
        for (int i = 0; i < count; i++)
                if (str_eq(word, words[i]))
                        return i;
        return -1;
}

bool kva_support_parse(struct str word, enum kva_support *ret) {
        int n = number_of(word, kva_words, KVA_COUNT);

        if (n >= 0)
                *ret = (enum kva_support)n;
        return n >= 0;
}

bool resource_os_parse(struct str word, enum resource_os *ret) {
        int n = number_of(word, os_words, OS_COUNT);

        if (n >= 0)
                *ret = (enum resource_os)n;
        return n >= 0;
}

bool resource_sure_parse(struct str word, enum resource_sure *ret) {
        int n = number_of(word, sure_words, RESOURCE_SURE_COUNT);

        if (n >= 0)
                *ret = (enum resource_sure)n;
        return n >= 0;
}

/* ---- Names of guest OS releases ---- */

/* Cuts a decimal number of at most `max` digits off the front. */
static bool cut_number(struct str *rest, int max, uint32_t *ret) {
        uint32_t v = 0;
        int n = 0;

        while (rest->len > 0 && rest->p[0] >= '0' && rest->p[0] <= '9') {
                if (++n > max)
                        return false;
                v = v * 10 + (uint32_t)(rest->p[0] - '0');
                *rest = str_from(*rest, 1);
        }
        *ret = v;
        return n > 0;
}

static bool cut_char(struct str *rest, char c) {
        if (rest->len == 0 || rest->p[0] != c)
                return false;
        *rest = str_from(*rest, 1);
        return true;
}

bool guest_os_parse(struct str text, struct guest_os_name *ret) {
        static const struct str prefix = STR("WA-GUEST-OS-");
        struct guest_os_name n = { 0 };
        struct str rest = str_from(text, prefix.len);

        if (!str_eq_nocase(str_sub(text, 0, prefix.len), prefix) || !cut_number(&rest, 1, &n.family) ||
            !cut_char(&rest, '.') || !cut_number(&rest, 3, &n.version) || !cut_char(&rest, '_') ||
            !cut_number(&rest, 6, &n.month) || !cut_char(&rest, '-') || !cut_number(&rest, 2, &n.release))
                return false;
        if (rest.len > 0 || n.family == 0 || n.month < 200801 || n.month % 100 < 1 || n.month % 100 > 12)
                return false;
        *ret = n;
        return true;
}

int guest_os_cmp(struct guest_os_name a, struct guest_os_name b) {
        if (a.version != b.version)
                return a.version < b.version ? -1 : 1;
        return (a.release > b.release) - (a.release < b.release);
}
