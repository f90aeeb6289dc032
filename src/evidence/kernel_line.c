#include "evidence/kernel_line.h"

bool kernel_same_name(struct str a, struct str b) {
        if (a.len != b.len)
                return false;
        for (ptrdiff_t i = 0; i < a.len; i++)
                if ((a.p[i] == '-' ? '_' : a.p[i]) != (b.p[i] == '-' ? '_' : b.p[i]))
                        return false;
        return true;
}

/* Quotes are no part of the value that they stand around, else of the word; never of both. */
static void split(struct str word, bool quoted, struct kernel_word *ret) {
        ptrdiff_t n = str_find_char(str_from(word, 1), '=') + 1;
        bool in_value = n > 0 && str_starts(str_from(word, n + 1), S("\"")), ends = str_ends(word, S("\""));

        if (ends && (quoted || (in_value && word.len > n + 2)))
                word = str_sub(word, 0, word.len - 1);
        ret->name = n > 0 ? str_sub(word, 0, n) : word;
        ret->value = n > 0 ? str_from(word, n + 1) : (struct str){ 0 };
        if (in_value)
                ret->value = str_from(ret->value, 1);
}

bool kernel_word(struct str line, ptrdiff_t *at, struct kernel_word *ret) {
        struct str word = str_from(line, *at);
        bool inside = false, quoted;
        ptrdiff_t n = 0;

        while (word.len > 0 && kernel_space(word.p[0]))
                word = str_from(word, 1);
        ret->from = line.len - word.len;
        if (word.len == 0)
                return false;
        quoted = word.p[0] == '"';
        for (; n < word.len && (inside || !kernel_space(word.p[n])); n++)
                inside ^= word.p[n] == '"';
        *at = ret->to = ret->from + n;
        split(str_sub(word, quoted, n - quoted), quoted, ret);
        return true;
}

bool kernel_word_ends(const struct kernel_word *w) {
        return !w->value.p && str_eq(w->name, S("--"));
}

static const struct {
        struct str name;
        bool has_value;
} scanned[] = {
        { STR("pti"), true },           { STR("nopti"), false },           { STR("spectre_v2"), true },
        { STR("nospectre_v2"), false }, { STR("spectre_v2_user"), true },  { STR("spec_store_bypass_disable"), true },
        { STR("tsx"), true },           { STR("dis_ucode_ldr"), false },   { STR("nospec_store_bypass_disable"), false },
        { STR("clearcpuid"), true },
};

bool kernel_name_scanned(struct str name, bool *ret_has_value) {
        for (size_t i = 0; i < sizeof(scanned) / sizeof(scanned[0]); i++)
                if (str_eq(scanned[i].name, name)) {
                        *ret_has_value = scanned[i].has_value;
                        return true;
                }
        return false;
}

/* The scanner's words: all that is no control character stands in one. */
static bool scanned_word(struct str *line, struct str *ret) {
        ptrdiff_t from = 0, to;

        while (from < line->len && (unsigned char)line->p[from] <= ' ')
                from++;
        for (to = from; to < line->len && (unsigned char)line->p[to] > ' ';)
                to++;
        *ret = str_sub(*line, from, to - from);
        *line = str_from(*line, to);
        return to > from;
}

bool kernel_scan(struct str line, struct str name, bool has_value, struct str *ret_value) {
        struct str word;
        bool any = false;

        while (scanned_word(&line, &word)) {
                bool found = has_value ? str_starts(word, name) && str_starts(str_from(word, name.len), S("="))
                                       : str_eq(word, name);

                if (!found)
                        continue;
                any = true;
                *ret_value = has_value ? str_from(word, name.len + 1) : (struct str){ .p = "" };
        }
        return any;
}
