/* What mail programs, web pages, terminals and shells do to a text on its way, undone. */
#include "collect/import/parts.h"

/* ---- Characters that stand for others ---- */

static const struct {
        struct str from;
        const char *to;
} characters[] = {
        { STR("&lt;"), "<" },          { STR("&gt;"), ">" },          { STR("&amp;"), "&" },         { STR("&quot;"), "\"" },
        { STR("&apos;"), "'" },        { STR("&nbsp;"), " " },
        { STR("\xc2\xa0"), " " },      { STR("\xe2\x80\x98"), "'" },  { STR("\xe2\x80\x99"), "'" },  { STR("\xe2\x80\x9c"), "\"" },
        { STR("\xe2\x80\x9d"), "\"" }, { STR("\xe2\x80\xaf"), " " },  { STR("\xef\xbc\x9a"), ": " }, { STR("<wbr/>"), "" },
        { STR("\xef\xbb\xbf"), "" },   { STR("\xe2\x80\x90"), "-" },  { STR("\xe2\x80\x91"), "-" },  { STR("\xe2\x88\x92"), "-" },
        { STR("\xc2\xad"), "" },       { STR("<wbr>"), "" },         { STR("\xe2\x80\x89"), " " },  { STR("\xe2\x80\x87"), " " },
};

/* What nobody sees: marks of direction and joiners (U+200B to 200F, U+202A to 202E, U+2060 to 2069). */
static bool is_unseen(struct str s) {
        unsigned char second = s.len > 2 ? (unsigned char)s.p[1] : 0, third = s.len > 2 ? (unsigned char)s.p[2] : 0;

        return s.p[0] == '\xe2' &&
               ((second == 0x80 && ((third >= 0x8b && third <= 0x8f) || (third >= 0xaa && third <= 0xae))) || (second == 0x81 && third >= 0xa0 && third <= 0xa9));
}

/* An escape sequence of a terminal (ECMA-48, 5.4: CSI … final byte; ESC ] … and ESC _ … BEL or ESC \; ECMA-35, 13.2: ESC, intermediate bytes
 * and one more, as in the "ESC ( B" that `tput sgr0` writes). */
static ptrdiff_t escape_length(struct str s) {
        ptrdiff_t n = 2;

        if (s.len < 2)
                return s.len;
        if (s.p[1] == '[') {
                while (n < s.len && (unsigned char)s.p[n] >= 0x20 && (unsigned char)s.p[n] < 0x40)
                        n++;
                return n < s.len && (unsigned char)s.p[n] >= 0x40 ? n + 1 : n; /* cut off: the rest is text */
        }
        if (s.p[1] == ']' || s.p[1] == '_' || s.p[1] == 'P' || s.p[1] == '^') {
                while (n < s.len && s.p[n] != '\a' && s.p[n] != '\x1b' && s.p[n] != '\n')
                        n++;
                return n < s.len && s.p[n] == '\a' ? n + 1 : n;
        }
        for (n = 1; n < s.len && s.p[n] >= 0x20 && s.p[n] < 0x30;)
                n++;
        return n < s.len && s.p[n] != '\n' ? n + 1 : n;
}

static ptrdiff_t digits(struct str s, ptrdiff_t at, ptrdiff_t most) {
        ptrdiff_t n = 0;

        while (n < most && at + n < s.len && s.p[at + n] >= '0' && s.p[at + n] <= '9')
                n++;
        return n;
}

/* A colour of IRC, which inxi writes wherever it does not see a terminal: \x03, one or two digits, a comma and as many again. */
static ptrdiff_t irc_length(struct str s) {
        ptrdiff_t n = 1 + digits(s, 1, 2), more;

        if (n > 1 && n < s.len && s.p[n] == ',' && (more = digits(s, n + 1, 2)) > 0)
                n += 1 + more;
        return n;
}

static bool is_dropped(char c) {
        return (unsigned char)c < 0x20 && c != '\n' && c != '\t' && c != '\0';
}

/* "&#47;", "&#x2F;": a character of ASCII; how many bytes that are. */
static ptrdiff_t entity_length(struct str s, char ret[2]) {
        bool hex = str_starts(s, S("&#x")) || str_starts(s, S("&#X"));
        ptrdiff_t end = str_find_char(str_sub(s, 0, 9), ';'), from = hex ? 3 : 2;
        struct str digits_of = str_sub(s, from, end - from);
        uint64_t n;

        if (!str_starts(s, S("&#")) || end <= from || !(hex ? str_hex_to_u64(digits_of, &n) : str_to_u64(digits_of, &n)) || n < 0x20 || n >= 0x7f)
                return 0;
        ret[0] = (char)n;
        ret[1] = 0;
        return end + 1;
}

/* What stands at the beginning of `s`, in other characters; how many of its bytes that are (0: it stays). `own`: room for one. */
static ptrdiff_t replaced(struct str s, char own[2], const char **ret) {
        ptrdiff_t entity = s.p[0] == '&' ? entity_length(s, own) : 0;

        *ret = "";
        if (s.p[0] == '\x1b')
                return escape_length(s);
        if (s.p[0] == '\x03')
                return irc_length(s);
        if (s.p[0] == '\r') {
                ptrdiff_t n = 0;

                while (n < s.len && s.p[n] == '\r')
                        n++;
                *ret = n < s.len && s.p[n] == '\n' ? "" : "\n";
                return n;
        }
        if (is_unseen(s))
                return 3;
        if (entity > 0) {
                *ret = own;
                return entity;
        }
        for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++)
                if (str_starts(s, characters[i].from)) {
                        *ret = characters[i].to;
                        return characters[i].from.len;
                }
        return is_dropped(s.p[0]) ? 1 : 0;
}

static bool may_be_replaced(char c) {
        return c == '&' || c == '<' || c == '\xc2' || c == '\xe2' || c == '\xef' || is_dropped(c);
}

/* inxi's keys are coloured words where no terminal is seen, and have no colon then: "\x03" "12Type\x03 mds". Its values end with a bare
 * \x03 that nothing opened. True where such a key ends. */
static bool ends_irc_key(struct str rest, bool *open, const char *start, const char *to) {
        bool was_open = *open;

        if (rest.p[0] == '\n')
                *open = false;
        if (rest.p[0] != '\x03')
                return false;
        *open = digits(rest, 1, 2) > 0;
        return was_open && !*open && to > start && to[-1] != ':';
}

/* ---- What programs add that show what cannot be seen, or number lines ---- */

/* `cat -A`: nearly every line ends in a dollar. A prompt does, too: of those there are fewer than other lines. */
static bool shows_ends(struct str text) {
        int with = 0, without = 0;
        struct str line;

        while (str_line(&text, &line)) {
                line = str_trim(line);
                with += str_ends(line, S("$"));
                without += line.len > 0 && !str_ends(line, S("$"));
        }
        return with >= 2 && with > 4 * without;
}

static void out_seen(struct out *o, struct str line) {
        for (ptrdiff_t i = 0; i < line.len; i++) {
                bool control = str_starts(str_from(line, i), S("^I")) || str_starts(str_from(line, i), S("^M"));

                if (!control)
                        out_char(o, line.p[i]);
                else if (line.p[i + 1] == 'I')
                        out_char(o, '\t');
                i += control;
        }
}

/* ripgrep's heading: the name of a file that is alone in its line, and of which no line begins with a number ("0::/" of a cgroup does). */
static bool is_name_of_file(struct str line) {
        return (str_starts(line, S("/sys/")) && str_find_char(line, ':') < 0 && str_find_char(line, ' ') < 0) || str_eq(line, S("/proc/cpuinfo")) ||
               str_eq(line, S("/proc/cmdline")) || str_eq(line, S("/proc/version"));
}

/* "1:text", below such a name. */
static ptrdiff_t number_length(struct str line) {
        ptrdiff_t n = 0;

        while (n < line.len && line.p[n] >= '0' && line.p[n] <= '9')
                n++;
        return n > 0 && n < line.len && line.p[n] == ':' ? n + 1 : 0;
}

/* The same within the folder: "mds", and below it "1:Vulnerable". */
static bool is_name_alone(struct str line, struct str next) {
        for (ptrdiff_t i = 0; i < line.len; i++)
                if (line.p[i] != '_' && !(line.p[i] >= 'a' && line.p[i] <= 'z') && !(line.p[i] >= '0' && line.p[i] <= '9'))
                        return false;
        return line.len > 0 && str_starts(next, S("1:")) && import_is_sentence(str_from(next, 2));
}

static struct str without_additions(struct arena *a, struct str text) {
        bool ends = shows_ends(text), named = false, changed = false;
        struct str rest = text, line;
        OUT_AUTO struct out o = { 0 };

        if (!ends && str_find(text, S("\n1:")) < 0)
                return text;
        while (str_line(&rest, &line)) {
                struct str shown = str_trim(line);

                if (ends && str_ends(shown, S("$")))
                        line = str_sub(line, 0, shown.p + shown.len - 1 - line.p);
                if (named && number_length(line) > 0) {
                        line = str_from(line, number_length(line));
                        changed = true;
                } else if (shown.len > 0) {
                        named = is_name_of_file(shown) || is_name_alone(shown, rest);
                }
                if (ends)
                        out_seen(&o, line);
                else
                        out_str(&o, line);
                out_char(&o, '\n');
        }
        return ends || changed ? str_dup(a, out_text(&o)) : text;
}

struct str normal_text(struct arena *a, struct str text) {
        struct str rest;
        ptrdiff_t clean = 0;
        char *start, *to;
        bool open = false;

        rest = text = without_additions(a, decoded_text(a, text));
        while (clean < text.len && !may_be_replaced(text.p[clean]))
                clean++;
        if (clean == text.len)
                return text;
        start = to = arena_bytes(a, text.len);
        while (rest.len > 0) {
                const char *other;
                char own[2];
                ptrdiff_t n = may_be_replaced(rest.p[0]) ? replaced(rest, own, &other) : 0;

                if (ends_irc_key(rest, &open, start, to))
                        *to++ = ':';
                if (n == 0)
                        *to++ = rest.p[0];
                else
                        while (*other)
                                *to++ = *other++;
                rest = str_from(rest, n ? n : 1);
        }
        return str_n(start, to - start);
}

/* ---- Lines ---- */

static bool is_fence(struct str line) {
        line = str_trim(line);
        return str_starts(line, S("::::::::")) || str_starts(line, S("```")) || str_starts(line, S("~~~")) || str_eq_nocase(line, S("[code]")) ||
               str_eq_nocase(line, S("[/code]"));
}

/* ---- A text that was cut, or broken, at a column ---- */

static ptrdiff_t width_of(struct str line) {
        ptrdiff_t n = 0;

        for (ptrdiff_t i = 0; i < line.len; i++)
                n += ((unsigned char)line.p[i] & 0xc0) != 0x80;
        return n;
}

static bool is_usual_width(ptrdiff_t width) {
        static const ptrdiff_t usual[] = { 79, 80, 99, 100, 119, 120, 131, 132, 159, 160 };

        for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
                if (usual[i] == width)
                        return true;
        return false;
}

/* What many lines end in anyway says nothing; nor does what a table's cell was filled up with. */
static bool ends_anyhow(struct str line) {
        return str_ends(line, S("  ")) || str_ends(line, S("Not affected")) || str_ends(line, S("Vulnerable"));
}

/* Several lines are exactly as long as the longest, and end unlike: two at a width that terminals have, three at any other. */
static void mark_cut(struct lines *l) {
        enum { LEAST = 40, END = 6 };
        ptrdiff_t width = 0, count = 0;
        struct str last = { 0 };

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = l->items[i].text;
                ptrdiff_t n = width_of(line);

                if (n > width) {
                        width = n;
                        count = 0;
                        last = (struct str){ 0 };
                }
                if (n < width || n < LEAST || ends_anyhow(line) || str_eq(last, str_from(line, line.len - END)))
                        continue;
                last = str_from(line, line.len - END);
                count++;
        }
        if (count < (is_usual_width(width) ? 2 : 3))
                return;
        for (ptrdiff_t i = 0; i < l->count; i++)
                l->items[i].cut = width_of(l->items[i].text) == width && !str_ends(l->items[i].text, S("  "));
}

static bool ends_blank(struct str s) {
        return s.len > 0 && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t');
}

bool import_begins_anew(struct str line) {
        struct str word = { 0 };

        return !str_word(&line, &word) || str_find_char(S("$#[</"), word.p[0]) >= 0 || str_find_char(word, '@') > 0;
}

bool import_goes_on(const struct lines *l, ptrdiff_t i) {
        struct str next, rest, word = { 0 };

        if (i + 1 >= l->count || l->items[i + 1].taken || import_begins_anew(l->items[i + 1].text))
                return false;
        next = rest = l->items[i + 1].text;
        (void)str_word(&rest, &word);
        return l->items[i].cut || ((next.p[0] == ' ' || next.p[0] == '_' || next.p[0] == '(' || (next.p[0] >= 'a' && next.p[0] <= 'z')) && l->items[i].text.len + 1 + word.len > 68);
}

struct str import_with_next(struct arena *a, const struct lines *l, ptrdiff_t i, struct str text) {
        struct str next = l->items[i + 1].text;
        bool within = l->items[i].cut && !ends_blank(l->items[i].text) && !(next.len > 0 && next.p[0] == ' ');

        return str_fmt(a, "%.*s%s%.*s", STR_ARG(text), within ? "" : " ", STR_ARG(str_trim(next)));
}

/* PowerShell's short form of an object, "@{BTIHardwarePresent=True; KVAShadowRequired=False}", as it stands in CSV and in JSON that was not written
 * deep enough: a line for each property. */
static struct str as_properties(struct arena *a, struct str line) {
        ptrdiff_t at = str_find(line, S("@{")), end = at < 0 ? -1 : str_find_char(str_from(line, at), '}');
        OUT_AUTO struct out o = { 0 };
        struct str rest, one;

        if (end < 0 || str_find(line, S("=")) < at || str_find(line, S("; ")) < at)
                return line;
        rest = str_sub(line, at + 2, end - 2);
        while (str_cut(&rest, ';', &one))
                out_fmt(&o, "%.*s\n", STR_ARG(str_trim(one)));
        return str_dup(a, out_text(&o));
}

/* lscpu's list in one line, as benchmarks print it ("Vulnerability Mds="Not affected" Vulnerability Meltdown=…"): a line for each. */
static struct str as_list(struct arena *a, struct str line) {
        static const struct str word = STR(" Vulnerability ");
        OUT_AUTO struct out o = { 0 };
        ptrdiff_t at, count = 0, quote, end;

        for (struct str rest = line; (at = str_find(rest, word)) >= 0; rest = str_from(rest, at + word.len))
                count++;
        if (count < 3)
                return line;
        while ((at = str_find(line, word)) >= 0) {
                out_str(&o, str_sub(line, 0, at));
                out_char(&o, '\n');
                line = str_from(line, at + 1);
                quote = str_find(line, S("=\""));
                end = quote > 0 ? str_find_char(str_from(line, quote + 2), '"') : -1;
                if (end < 0 || (str_find(line, S(": ")) >= 0 && str_find(line, S(": ")) < quote))
                        continue;
                out_str(&o, str_sub(line, 0, quote));
                out_str(&o, S(": "));
                out_str(&o, str_sub(line, quote + 2, end));
                out_char(&o, '\n');
                line = str_from(line, quote + 2 + end + 1);
        }
        out_str(&o, line);
        return str_dup(a, out_text(&o));
}

void normal_lines(struct lines *ret, struct arena *a, struct str text) {
        bool nothing, open = text.len > 0 && text.p[text.len - 1] != '\n';
        struct str line, list;

        *ret = (struct lines){ 0 };
        text = labelled_text(a, markup_text(a, text));
        while (str_line(&text, &list)) {
                list = as_properties(a, as_list(a, markup_line(a, list, &nothing)));
                do {
                        line = S("");
                        (void)str_line(&list, &line);
                        if (line.len > ret->longest)
                                ret->longest = line.len;
                        *arena_append(a, ret) = (struct line){ .text = line, .taken = nothing || str_trim(line).len == 0 || is_fence(line) };
                } while (list.len > 0);
        }
        mark_cut(ret);
        if (ret->count > 0)
                ret->items[ret->count - 1].open = open;
}
