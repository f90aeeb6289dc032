#include "base/glob.h"

static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same(char pattern, char c, bool is_path) {
        if (pattern == '?')
                return !is_path || c != '/';
        return is_path ? pattern == c : lower(pattern) == lower(c);
}

/* What does not fit behind a star makes the last star take one character more. */
static bool fits(struct str pattern, struct str text, bool is_path) {
        ptrdiff_t star = -1, again = 0, p = 0, k = 0;

        while (k < text.len) {
                if (p < pattern.len && pattern.p[p] == '*') {
                        star = p++;
                        again = k;
                } else if (p < pattern.len && same(pattern.p[p], text.p[k], is_path)) {
                        p++;
                        k++;
                } else if (star >= 0 && !(is_path && text.p[again] == '/')) {
                        p = star + 1;
                        k = ++again;
                } else {
                        return false;
                }
        }
        while (p < pattern.len && pattern.p[p] == '*')
                p++;
        return p == pattern.len;
}

bool glob_fits_any_case(struct str pattern, struct str text) {
        return fits(pattern, text, false);
}

bool glob_fits_path(struct str pattern, struct str path) {
        return fits(pattern, path, true);
}
