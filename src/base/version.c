#include "base/version.h"

bool version_valid(struct str s) {
        return s.len > 0 && s.p[0] >= '0' && s.p[0] <= '9';
}

/* Cuts the next number off the dotted numbers; 0 when they are used up. */
static uint64_t next_number(struct str *s) {
        uint64_t v = 0;
        ptrdiff_t i = 0;

        for (; i < s->len && s->p[i] >= '0' && s->p[i] <= '9'; i++)
                v = v > UINT32_MAX ? v : v * 10 + (uint64_t)(s->p[i] - '0');
        if (i < s->len && s->p[i] == '.')
                *s = str_from(*s, i + 1);
        else
                *s = (struct str){ .p = "", .len = 0 };
        return v;
}

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "6.12.0-rc1", "6.12.0-0.rc1.9852d85.fc42", "6.12.0-061200rc3-generic", "6.12.rc3-1-default", "6.12.0-next-20241018": a candidate for what
 * the numbers say, or what waits for the next one. */
static bool is_candidate(struct str s) {
        while (s.len > 0 && (is_digit(s.p[0]) || s.p[0] == '.'))
                s = str_from(s, 1);
        if (str_starts(s, S("-rc")))
                return true;
        for (ptrdiff_t i = 0; i < s.len; i++) {
                struct str word = str_from(s, i);

                if (i > 0 && is_letter(s.p[i - 1]))
                        continue;
                if (word.len > 2 && str_starts(word, S("rc")) && is_digit(word.p[2]))
                        return true;
                if (str_starts(word, S("next")) && (word.len == 4 || !is_letter(word.p[4])))
                        return true;
        }
        return false;
}

int version_cmp(struct str a, struct str b) {
        int candidates = is_candidate(b) - is_candidate(a);

        while (a.len > 0 || b.len > 0) {
                uint64_t x = next_number(&a), y = next_number(&b);

                if (x != y)
                        return x < y ? -1 : 1;
        }
        return candidates;
}
