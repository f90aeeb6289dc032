/* What no reader knows as it stands: a text that was encoded as a whole (base64, percent signs), or the kernel's sentences beside the names of
 * their files as any language, database or wiki writes them: Rust's {:?}, Lisp's pairs, SQL's rows, PHP's print_r, Go's maps, LaTeX' tables.
 * Nothing may be left over: where a sentence has no name, or a name comes twice, nothing is read. */
#include "base/encoding.h"
#include "collect/import/parts.h"

enum { GLUE_MAX = 64, ENCODED_MIN = 32, NAMES_MAX = 64 };

/* ---- Encodings ---- */

/* "%2Fsys%2F…": no blank in it, and what stands for characters are numbers; a form's "name=" before it is none of the text. */
static struct str from_percent(struct arena *a, struct str text) {
        ptrdiff_t equals = str_find_char(text, '='), percent = str_find_char(text, '%'), marks = 0;
        struct str ret;

        if (equals >= 0 && equals < percent)
                text = str_from(text, equals + 1);
        for (ptrdiff_t i = 0; i < text.len; i++) {
                if (text.p[i] == ' ' || text.p[i] == '\t' || text.p[i] == '\n')
                        return S("");
                marks += text.p[i] == '%';
        }
        return marks > 2 && encoding_percent(a, text, true, &ret) ? ret : S("");
}

/* Lines of any length, and nothing else in them; what comes out must be text. */
static struct str from_base64(struct arena *a, struct str text) {
        ptrdiff_t mark = str_starts(text, S("data:")) ? str_find(str_sub(text, 0, 256), S(";base64,")) : -1, n = 0;
        char *joined = arena_bytes(a, text.len + 1);
        struct str ret;

        for (ptrdiff_t i = mark > 0 ? mark + 8 : 0; i < text.len; i++)
                if (text.p[i] != '\n' && text.p[i] != '\r' && text.p[i] != ' ')
                        joined[n++] = text.p[i];
        if (!encoding_base64(a, str_n(joined, n), &ret))
                return S("");
        for (ptrdiff_t i = 0; i < ret.len; i++)
                if ((unsigned char)ret.p[i] < ' ' && !memchr("\n\t\r\x1b", ret.p[i], 4))
                        return S("");
        return ret;
}

struct str import_decoded(struct arena *a, struct str text) {
        struct str found;

        text = str_trim(text);
        if (text.len < ENCODED_MIN)
                return S("");
        found = from_percent(a, text);
        return found.len > 0 ? found : from_base64(a, text);
}

/* ---- Names beside sentences ---- */

struct pairs {
        struct arena *a;
        const struct catalog *c;
        struct str text;
        struct out lines, rest; /* what was read; what stands between */
        const struct sentence_file *seen[NAMES_MAX];
        int count;
};

static bool in_name(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* "mds", "VULN_MDS", "cpu_vulnerability_mds". */
static const struct sentence_file *file_named(const struct pairs *p, struct str word) {
        const struct sentence_file *file = import_known(p->c, word);
        char lower[64];
        ptrdiff_t at;

        if (file || word.len >= (ptrdiff_t)sizeof(lower))
                return file;
        for (ptrdiff_t i = 0; i < word.len; i++)
                lower[i] = word.p[i] >= 'A' && word.p[i] <= 'Z' ? (char)(word.p[i] + 32) : word.p[i];
        word = str_n(lower, word.len);
        if ((at = str_find(word, S("vuln"))) < 0)
                return NULL;
        at = str_find_char(str_from(word, at), '_') + at;
        return at > 0 && word.p[at] == '_' ? import_known(p->c, str_from(word, at + 1)) : NULL;
}

/* Words that notations put between a name and its text. */
static bool is_glue_word(struct str word, char before) {
        static const struct str words[] = { STR("Some"), STR("string"), STR("String"), STR("status"), STR("state"),
                                            STR("text"), STR("value"),  STR("Str"),    STR("mitigation") };
        uint64_t n;

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_eq(word, words[i]))
                        return true;
        return before == '(' && str_to_u64(word, &n); /* how long it is */
}

/* Where the sentence begins behind a name; -1: none stands there. */
static ptrdiff_t sentence_behind(struct str text, ptrdiff_t at) {
        ptrdiff_t from = at;

        while (at < text.len && at - from <= GLUE_MAX) {
                ptrdiff_t end = at;

                if (import_is_sentence(str_from(text, at)))
                        return at > from ? at : -1;
                while (end < text.len && in_name(text.p[end]))
                        end++;
                if (end > at && !is_glue_word(str_sub(text, at, end - at), at > 0 ? text.p[at - 1] : ' '))
                        return -1;
                if (str_starts(str_from(text, at), S("=="))) /* a program's question */
                        return -1;
                if (end == at && !memchr(" \t\n\"'=:>,.()[]{}|&-*", text.p[at], 20))
                        return -1;
                at = end > at ? end : at + 1;
        }
        return -1;
}

static ptrdiff_t word_end(struct str text, ptrdiff_t at) {
        while (at < text.len && in_name(text.p[at]))
                at++;
        return at;
}

/* Up to the quotation mark that closes it; where none opened it, to the line's end or the next name. */
static ptrdiff_t sentence_end(const struct pairs *p, ptrdiff_t from) {
        struct str text = p->text;
        char quote = from > 0 && (text.p[from - 1] == '"' || text.p[from - 1] == '\'') ? text.p[from - 1] : '\0';
        ptrdiff_t at = from;

        for (; at < text.len && text.p[at] != '\n'; at++) {
                if (quote && text.p[at] == quote)
                        return at;
                if (!quote && at > from && in_name(text.p[at]) && !in_name(text.p[at - 1])) {
                        ptrdiff_t end = word_end(text, at);

                        if (file_named(p, str_sub(text, at, end - at)) && sentence_behind(text, end) >= 0)
                                return at;
                }
        }
        return quote ? -1 : at;
}

/* Without what ends a row, or an object. */
static struct str without_end(struct str s) {
        s = str_trim(s);
        while (s.len > 0 && memchr(",|}]&\\", s.p[s.len - 1], 6))
                s = str_trim(str_sub(s, 0, s.len - 1));
        return s;
}

/* A name with its sentence; false where it comes again, or the sentence does not end. */
static bool add_pair(struct pairs *p, const struct sentence_file *file, ptrdiff_t from, ptrdiff_t *ret_end) {
        ptrdiff_t end = sentence_end(p, from);
        struct str sentence = without_end(str_sub(p->text, from, end < 0 ? 0 : end - from));

        if (str_find_char(sentence, '|') >= 0 || str_find_char(sentence, '&') >= 0 || str_find_char(sentence, '\t') >= 0) /* several machines' cells */
                return false;
        for (int i = 0; i < p->count; i++)
                if (p->seen[i] == file)
                        return false;
        if (end < 0 || p->count == NAMES_MAX)
                return false;
        p->seen[p->count++] = file;
        out_fmt(&p->lines, "%.*s: %.*s\n", STR_ARG(T(file->file)), STR_ARG(sentence));
        *ret_end = end;
        return true;
}

static bool find_pairs(struct pairs *p) {
        for (ptrdiff_t at = 0; at < p->text.len;) {
                ptrdiff_t end = word_end(p->text, at), from;
                const struct sentence_file *file = end > at ? file_named(p, str_sub(p->text, at, end - at)) : NULL;

                if (file && (from = sentence_behind(p->text, end)) >= 0) {
                        if (!add_pair(p, file, from, &at))
                                return false;
                        continue;
                }
                end = end > at ? end : at + 1;
                out_str(&p->rest, str_sub(p->text, at, end - at));
                at = end;
        }
        return p->count > 1;
}

static bool is_left(struct str rest) {
        static const struct str words[] = { STR("Vulnerable"), STR("Mitigation:"), STR("Not affected") };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_find(rest, words[i]) >= 0)
                        return true;
        return false;
}

struct str import_pairs(struct arena *a, const struct catalog *c, struct str text) {
        struct pairs p = { .a = a, .c = c, .text = text };
        struct str lines = S("");

        if (find_pairs(&p) && !is_left(out_text(&p.rest)))
                lines = str_dup(a, out_text(&p.lines));
        out_free(&p.lines);
        out_free(&p.rest);
        return lines;
}
