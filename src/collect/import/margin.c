/* What stands at the margin of a text's lines, or between them, and is not the text's own: a mail's quotation, a list's or a diff's
 * marks, the numbers of lines, an indent, an empty line behind every line; and mail's quoted-printable (RFC 2045, 6.7). */
#include "collect/import/parts.h"

/* ---- Quoted-printable ---- */

static int hex_digit(char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_escape(struct str s, ptrdiff_t at) {
        return at + 2 < s.len && hex_digit(s.p[at + 1]) >= 0 && hex_digit(s.p[at + 2]) >= 0;
}

static bool ends_line(struct str s, ptrdiff_t at) {
        return at + 1 >= s.len || s.p[at + 1] == '\n';
}

/* A letter of several bytes, as "=C2=A0". */
static bool is_long_escape(struct str s, ptrdiff_t at) {
        return is_escape(s, at) && hex_digit(s.p[at + 1]) >= 12 && at + 3 < s.len && s.p[at + 3] == '=' && is_escape(s, at + 3) &&
               (hex_digit(s.p[at + 4]) & 12) == 8;
}

/* Every "=" is one of its own, and one of them stands for "=" or for a letter of several bytes, two for tabs, or a long line goes on behind it. */
static bool is_quoted_printable(struct str s) {
        bool escaped = false;
        ptrdiff_t begin = 0, tabs = 0;

        for (ptrdiff_t i = 0; s.p && i < s.len; i++) {
                if (s.p[i] == '\n')
                        begin = i + 1;
                if (s.p[i] != '=')
                        continue;
                if (!is_escape(s, i) && !ends_line(s, i))
                        return false;
                escaped |= is_escape(s, i) ? (s.p[i + 1] == '3' && s.p[i + 2] == 'D') || is_long_escape(s, i) : i - begin > 68 && i - begin < 76;
                tabs += is_escape(s, i) && s.p[i + 1] == '0' && s.p[i + 2] == '9';
        }
        return escaped || tabs > 1;
}

static struct str without_escapes(struct arena *a, struct str s) {
        char *start, *to;

        if (!is_quoted_printable(s))
                return s;
        start = to = arena_bytes(a, s.len + 1);
        for (ptrdiff_t i = 0; i < s.len; i++) {
                if (s.p[i] != '=') {
                        *to++ = s.p[i];
                } else if (is_escape(s, i)) {
                        char c = (char)(hex_digit(s.p[i + 1]) << 4 | hex_digit(s.p[i + 2]));

                        *to++ = c ? c : '?';
                        i += 2;
                } else {
                        i++; /* the line goes on */
                }
        }
        return normal_text(a, str_n(start, to - start));
}

/* ---- Marks that all lines begin with ---- */

static bool is_blank(struct str line) {
        return str_trim(line).len == 0;
}

static ptrdiff_t common(struct str a, struct str b) {
        ptrdiff_t n = 0;

        while (n < a.len && n < b.len && a.p[n] == b.p[n])
                n++;
        return n;
}

/* How much of it is blanks and marks. "+ " is how the Phoronix suite lists. */
static ptrdiff_t margin_of(struct str s) {
        ptrdiff_t n = 0;

        while (n < s.len && (s.p[n] == ' ' || s.p[n] == '\t' || s.p[n] == '>' || s.p[n] == '|' || s.p[n] == '*' || s.p[n] == '+' || s.p[n] == '#'))
                n++;
        return str_find(str_sub(s, 0, n), S("+ ")) >= 0 ? 0 : n;
}

/* What all lines begin with, if that is no word of theirs. A table's rows end with the mark that they begin with. */
static ptrdiff_t common_margin(struct str text) {
        struct str line, first = { 0 };
        ptrdiff_t n = -1, count = 0;

        while (str_line(&text, &line)) {
                if (is_blank(line) || str_eq(str_trim(line), S("|")) || str_eq(str_trim(line), S(">")))
                        continue;
                if (str_ends(str_trim(line), S("|")))
                        return 0;
                if (n < 0)
                        n = margin_of(first = line);
                else
                        n = common(str_sub(first, 0, n), line);
                if (n == 0)
                        return 0;
                count++;
        }
        return count > 1 ? n : 0;
}

/* ---- Numbers of lines: "     1\tTEXT" (cat -n), "1:TEXT" (grep -n), "1. TEXT", "1 | TEXT" ---- */

static ptrdiff_t number_length(struct str line, uint64_t *ret) {
        ptrdiff_t begin = import_indent(line), end = begin;

        while (end < line.len && line.p[end] >= '0' && line.p[end] <= '9')
                end++;
        if (end == begin || end == line.len || !str_to_u64(str_sub(line, begin, end - begin), ret))
                return 0;
        if (str_starts(str_from(line, end), S(" | ")) || str_starts(str_from(line, end), S(" |")))
                return end + 2 + (end + 2 < line.len && line.p[end + 2] == ' ');
        if (line.p[end] == '\t' || line.p[end] == ':')
                return end + 1;
        return str_starts(str_from(line, end), S(". ")) || str_starts(str_from(line, end), S(") ")) ? end + 2 : 0;
}

/* All lines have one, and they count. */
static bool are_numbered(struct str text) {
        uint64_t number = 0, last = 0;
        ptrdiff_t count = 0;
        struct str line;

        while (str_line(&text, &line)) {
                if (is_blank(line) || (number_length(line, &number) == 0 && str_to_u64(str_trim(line), &number)))
                        continue;
                if (number_length(line, &number) == 0 || (count > 0 && number <= last) || (count > 0 && number > last + 3))
                        return false;
                last = number;
                count++;
        }
        return count > 2;
}

/* ---- A block that is indented between others that are not, as Markdown has code ---- */

static bool is_indented(struct str line) {
        return str_starts(line, S("    ")) || str_starts(line, S("\t"));
}

/* The lines from `text` on that are indented or empty, without the empty ones at their end; the least indent among them. */
static ptrdiff_t indented_length(struct str text, ptrdiff_t *ret_indent) {
        const char *start = text.p, *end = text.p;
        struct str line;

        *ret_indent = 0;
        while (str_line(&text, &line)) {
                if (is_blank(line))
                        continue;
                if (!is_indented(line))
                        break;
                if (*ret_indent == 0 || import_indent(line) < *ret_indent)
                        *ret_indent = import_indent(line);
                end = text.p;
        }
        return end - start;
}

static void out_without(struct out *o, struct str text, ptrdiff_t n) {
        struct str line;

        while (str_line(&text, &line)) {
                out_str(o, str_from(line, n < line.len ? n : line.len));
                out_char(o, '\n');
        }
}

/* An indented block begins behind an empty line; what is indented below something else belongs to that. */
static struct str without_indents(struct arena *a, struct str text) {
        OUT_AUTO struct out o = { 0 };
        bool empty = true, some = false;
        struct str rest = text, line;

        while (rest.len > 0) {
                ptrdiff_t indent = 0, n = empty ? indented_length(rest, &indent) : 0;

                if (n > 0) {
                        out_without(&o, str_sub(rest, 0, n), indent);
                        rest = str_from(rest, n);
                        empty = false;
                        some = true;
                        continue;
                }
                (void)str_line(&rest, &line);
                empty = is_blank(line);
                out_str(&o, line);
                out_char(&o, '\n');
        }
        return some ? str_dup(a, out_text(&o)) : text;
}

/* ---- An empty line behind every line ---- */

static bool is_doubled(struct str text) {
        ptrdiff_t count = 0, blank = 1;
        struct str line;

        while (str_line(&text, &line)) {
                if (is_blank(line)) {
                        blank++;
                        continue;
                }
                if (blank % 2 == 0)
                        return false;
                blank = 0;
                count++;
        }
        return count > 3;
}

static struct str without_every_second(struct arena *a, struct str text) {
        OUT_AUTO struct out o = { 0 };
        ptrdiff_t blank = 0;
        struct str line;

        if (!is_doubled(text))
                return text;
        while (str_line(&text, &line)) {
                blank = is_blank(line) ? blank + 1 : 0;
                if (blank % 2 == 1)
                        continue;
                out_str(&o, line);
                out_char(&o, '\n');
        }
        return str_dup(a, out_text(&o));
}

/* ---- All of it ---- */

/* "> > text", as mail and web pages quote. */
static struct str without_quote(struct str line) {
        while (str_starts(line, S(">"))) {
                line = str_from(line, 1);
                if (str_starts(line, S(" ")))
                        line = str_from(line, 1);
        }
        return line;
}

/* Most of the lines that are not empty begin with the mark. */
static bool is_quoted(struct str text) {
        ptrdiff_t quoted = 0, all = 0;
        struct str line;

        while (str_line(&text, &line) && all < 4096) {
                all += line.len > 0;
                quoted += str_starts(line, S(">"));
        }
        return 2 * quoted > all;
}

static struct str without_quotes(struct arena *a, struct str text) {
        OUT_AUTO struct out o = { 0 };
        struct str line;

        if (!is_quoted(text))
                return text;
        while (str_line(&text, &line)) {
                out_str(&o, without_quote(line));
                out_char(&o, '\n');
        }
        return str_dup(a, out_text(&o));
}

/* ---- bat's frame: lines of box drawing, "│ File: NAME", "  12   │ text", and a blank number before the rest of a long line ---- */

static const struct str bar = STR("\xe2\x94\x82"); /* │ */

static bool is_rule(struct str line) {
        line = str_trim(line);
        for (ptrdiff_t i = 0; i + 2 < line.len; i += 3)
                if (line.p[i] != '\xe2' || (line.p[i + 1] != '\x94' && line.p[i + 1] != '\x95'))
                        return false;
        return line.len >= 24 && line.len % 3 == 0;
}

/* Behind the bar; `ret_number` is empty in the rest of a line. */
static bool in_frame(struct str line, struct str *ret_number, struct str *ret_text) {
        ptrdiff_t at = str_find(line, bar);
        uint64_t number;

        if (at < 0)
                return false;
        *ret_number = str_trim(str_sub(line, 0, at));
        *ret_text = str_from(line, at + bar.len);
        if (str_starts(*ret_text, S(" ")))
                *ret_text = str_from(*ret_text, 1);
        return ret_number->len == 0 || str_to_u64(*ret_number, &number);
}

static bool is_framed(struct str text) {
        struct str line, number, rest;
        ptrdiff_t rules = 0, lines = 0;

        while (str_line(&text, &line)) {
                rules += is_rule(line);
                lines += in_frame(line, &number, &rest) && number.len > 0;
        }
        return rules >= 2 && lines > 0;
}

static struct str without_frame(struct arena *a, struct str text) {
        OUT_AUTO struct out o = { 0 };
        struct str line, number, rest;
        bool first = true;

        if (!is_framed(text))
                return text;
        while (str_line(&text, &line)) {
                bool inside = in_frame(line, &number, &rest);

                if (is_rule(line))
                        continue;
                if (inside && number.len == 0 && str_starts(rest, S("File: ")))
                        out_fmt(&o, "%s==> %.*s <==", first ? "" : "\n", STR_ARG(str_trim(str_from(rest, 6))));
                else
                        out_fmt(&o, "%s%.*s", first || (inside && number.len == 0) ? "" : "\n", STR_ARG(inside ? rest : line));
                first = false;
        }
        out_char(&o, '\n');
        return str_dup(a, out_text(&o));
}

/* `uniq -c`: how often each line was there, in seven columns or more, and a blank. */
static ptrdiff_t tally_length(struct str line) {
        ptrdiff_t begin = import_indent(line), end = begin;

        while (end < line.len && line.p[end] >= '0' && line.p[end] <= '9')
                end++;
        return end >= 7 && end > begin && end + 1 < line.len && line.p[end] == ' ' && line.p[end + 1] > ' ' ? end + 1 : 0;
}

static struct str without_tallies(struct arena *a, struct str text) {
        OUT_AUTO struct out o = { 0 };
        struct str line, rest = text;
        ptrdiff_t count = 0;

        while (str_line(&rest, &line)) {
                if (!is_blank(line) && tally_length(line) == 0 && !str_starts(line, S("$ ")))
                        return text;
                count += tally_length(line) > 0;
        }
        if (count < 3)
                return text;
        while (str_line(&text, &line)) {
                out_str(&o, str_from(line, tally_length(line)));
                out_char(&o, '\n');
        }
        return str_dup(a, out_text(&o));
}

static struct str without_numbers(struct arena *a, struct str text) {
        OUT_AUTO struct out o = { 0 };
        uint64_t number;
        struct str line;

        if (!are_numbered(text))
                return without_tallies(a, text);
        while (str_line(&text, &line)) {
                out_str(&o, str_to_u64(str_trim(line), &number) ? S("") : str_from(line, number_length(line, &number)));
                out_char(&o, '\n');
        }
        return str_dup(a, out_text(&o));
}

/* ---- What a program's log puts before each line of what another one printed ---- */

static struct str log_mark_of(struct str line) {
        static const struct str marks[] = { STR("INFO: "), STR("INFO - "), STR("[INFO] "), STR("INFO:root:"), STR("INFO | "), STR("DEBUG: "), STR("NOTICE: "),
                                            STR("stdout: "), STR("[stdout] "), STR("stdout | "), STR("remote: ") };

        for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
                if (str_starts(line, marks[i]))
                        return marks[i];
        return S("");
}

static struct str without_log_marks(struct arena *a, struct str text) {
        OUT_AUTO struct out o = { 0 };
        ptrdiff_t marked = 0, all = 0;
        struct str line, rest = text;

        while (str_line(&rest, &line)) {
                all += !is_blank(line);
                marked += log_mark_of(line).len > 0;
        }
        if (marked < 2 || 2 * marked <= all)
                return text;
        while (str_line(&text, &line)) {
                out_str(&o, str_from(line, log_mark_of(line).len));
                out_char(&o, '\n');
        }
        return str_dup(a, out_text(&o));
}

static struct str without_margin(struct arena *a, struct str text) {
        ptrdiff_t n = common_margin(text);
        OUT_AUTO struct out o = { 0 };

        if (n == 0)
                return text;
        out_without(&o, text, n);
        return str_dup(a, out_text(&o));
}

struct str margin_text(struct arena *a, struct str text) {
        if (memchr(text.p ? text.p : "", '\0', (size_t)text.len))
                return text;
        text = without_quotes(a, text);
        text = without_escapes(a, text);
        text = without_every_second(a, text);
        text = without_frame(a, text);
        text = without_numbers(a, text);
        text = without_log_marks(a, text);
        text = without_margin(a, text);
        return without_indents(a, text);
}
