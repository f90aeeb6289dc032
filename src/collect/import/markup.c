/* Tables and lists of web pages and Markdown, as the plain lines that readers know: a row of two cells becomes "NAME: VALUE". */
#include "collect/import/parts.h"

/* ---- HTML ---- */

enum tag { TAG_NONE, TAG_INLINE, TAG_LINE, TAG_ROW, TAG_CELL, TAG_TABLE, TAG_HIDDEN };

enum { TAG_MAX = 1024 };

static enum tag tag_named(struct str name) {
        static const struct {
                struct str name;
                enum tag tag;
        } rows[] = {
                { STR("tr"), TAG_ROW },     { STR("td"), TAG_CELL },     { STR("th"), TAG_CELL },     { STR("script"), TAG_HIDDEN },
                { STR("style"), TAG_HIDDEN }, { STR("br"), TAG_LINE },   { STR("p"), TAG_LINE },      { STR("div"), TAG_LINE },
                { STR("li"), TAG_LINE },    { STR("ul"), TAG_LINE },     { STR("ol"), TAG_LINE },     { STR("pre"), TAG_LINE },
                { STR("h1"), TAG_LINE },    { STR("h2"), TAG_LINE },     { STR("h3"), TAG_LINE },     { STR("h4"), TAG_LINE },
                { STR("dt"), TAG_LINE },    { STR("dd"), TAG_LINE },     { STR("dl"), TAG_LINE },     { STR("table"), TAG_TABLE },
                { STR("thead"), TAG_LINE }, { STR("tbody"), TAG_LINE },  { STR("tfoot"), TAG_LINE },  { STR("html"), TAG_LINE },
                { STR("head"), TAG_LINE },  { STR("body"), TAG_LINE },   { STR("title"), TAG_LINE },  { STR("article"), TAG_LINE },
                { STR("section"), TAG_LINE }, { STR("hr"), TAG_LINE },   { STR("blockquote"), TAG_LINE }, { STR("header"), TAG_LINE },
                { STR("footer"), TAG_LINE }, { STR("main"), TAG_LINE },  { STR("nav"), TAG_LINE },    { STR("meta"), TAG_LINE },
                { STR("link"), TAG_LINE },  { STR("code"), TAG_INLINE }, { STR("span"), TAG_INLINE }, { STR("a"), TAG_INLINE },
                { STR("b"), TAG_INLINE },   { STR("i"), TAG_INLINE },    { STR("em"), TAG_INLINE },   { STR("strong"), TAG_INLINE },
                { STR("font"), TAG_INLINE }, { STR("tt"), TAG_INLINE },  { STR("kbd"), TAG_INLINE },  { STR("samp"), TAG_INLINE },
                { STR("small"), TAG_INLINE }, { STR("u"), TAG_INLINE },  { STR("img"), TAG_INLINE },  { STR("button"), TAG_INLINE },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_eq_nocase(name, rows[i].name))
                        return rows[i].tag;
        return TAG_NONE;
}

static bool in_name(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* The tag that `s` begins with, and its length; what is no tag of a page ("<6>", "<filter>") stays as it is. */
static enum tag tag_at(struct str s, ptrdiff_t *ret_length, bool *ret_closes) {
        ptrdiff_t end = str_find_char(str_sub(s, 0, TAG_MAX), '>'), from, to;

        if (end < 0)
                return TAG_NONE;
        *ret_length = end + 1;
        *ret_closes = s.p[1] == '/';
        from = to = *ret_closes ? 2 : 1;
        while (to < end && in_name(s.p[to]))
                to++;
        if (str_starts(s, S("<!--")) || str_starts(s, S("<!DOCTYPE")))
                return TAG_LINE;
        return to == end || s.p[to] == ' ' || s.p[to] == '\n' || s.p[to] == '/' ? tag_named(str_sub(s, from, to - from)) : TAG_NONE;
}

/* Behind the end of what is never shown: <script> … </script>. */
static ptrdiff_t hidden_length(struct str s, ptrdiff_t tag) {
        ptrdiff_t end = str_find(str_from(s, tag), S("</s"));

        return end < 0 ? s.len : tag + end;
}

static bool is_page(struct str text) {
        static const struct str marks[] = { STR("<td"), STR("<pre"), STR("<li"), STR("<br") };
        bool closes = str_find(text, S("</")) >= 0;

        for (size_t i = 0; closes && i < sizeof(marks) / sizeof(marks[0]); i++)
                if (str_find_nocase(text, marks[i]) >= 0)
                        return true;
        return false;
}

struct page {
        struct out all;
        bool row;  /* in a row of a table: lines of the source are none of the page */
        int cells; /* of that row */
};

/* Rows and cells may be left open. */
static void add_row(struct page *p, bool closes) {
        out_c(&p->all, p->row ? "|\n" : "\n");
        p->row = !closes;
        p->cells = 0;
        if (p->row)
                out_char(&p->all, '|');
}

static void add_tag(struct page *p, enum tag tag, bool closes) {
        switch (tag) {
        case TAG_ROW:
                add_row(p, closes);
                break;
        case TAG_CELL:
                if (!closes && p->row && p->cells++ > 0)
                        out_char(&p->all, '|');
                break;
        case TAG_TABLE:
                add_row(p, true);
                break;
        case TAG_LINE:
                out_char(&p->all, p->row ? ' ' : '\n');
                break;
        case TAG_INLINE:
        case TAG_HIDDEN:
        case TAG_NONE:
                break;
        }
}

struct str markup_text(struct arena *a, struct str text) {
        struct page p = { 0 };
        struct str done;

        if (!is_page(text))
                return text;
        for (ptrdiff_t i = 0, n; i < text.len; i += n) {
                struct str rest = str_from(text, i);
                bool closes = false;
                enum tag tag = rest.p[0] == '<' && rest.len > 2 ? tag_at(rest, &n, &closes) : TAG_NONE;

                if (tag == TAG_NONE) {
                        n = 1;
                        out_char(&p.all, p.row && rest.p[0] == '\n' ? ' ' : rest.p[0]);
                } else if (tag == TAG_HIDDEN && !closes) {
                        n = hidden_length(rest, n);
                } else {
                        add_tag(&p, tag, closes);
                }
        }
        done = str_dup(a, out_text(&p.all));
        out_free(&p.all);
        return done;
}

/* ---- Markdown ---- */

/* A vertical line of a table: "|", and what terminals draw ("│"); its length, or 0. */
static ptrdiff_t bar_at(struct str s) {
        return str_starts(s, S("|")) ? 1 : str_starts(s, S("\xe2\x94\x82")) || str_starts(s, S("\xe2\x95\x91")) ? 3 : 0;
}

/* The lines between rows: "|---|:--:|", "+-----+-----+", "├────┼────┤". */
static bool is_ruler(struct str line) {
        for (ptrdiff_t i = 0; i < line.len; i++) {
                if ((unsigned char)line.p[i] == 0xe2 && i + 2 < line.len && ((unsigned char)line.p[i + 1] == 0x94 || (unsigned char)line.p[i + 1] == 0x95))
                        i += 2;
                else if (!memchr("|+-=: ", line.p[i], 6))
                        return false;
        }
        return line.len > 2;
}

/* Without what makes letters bold, or code. */
static struct str plain_cell(struct arena *a, struct str s) {
        OUT_AUTO struct out o = { 0 };

        if (str_find_char(s, '`') < 0 && str_find(s, S("**")) < 0)
                return str_trim(s);
        for (ptrdiff_t i = 0; i < s.len; i++) {
                if (str_starts(str_from(s, i), S("**")))
                        i++;
                else if (s.p[i] != '`')
                        out_char(&o, s.p[i]);
        }
        return str_trim(str_dup(a, out_text(&o)));
}

enum { CELLS = 8 };

/* The cells of a row that begins and ends with a bar; how many there are (more than CELLS are counted, not kept). */
static int cells_of(struct str line, struct str *cells) {
        ptrdiff_t bar = bar_at(line), from;
        int count = 0;

        if (bar == 0 || (line.p[line.len - 1] != '|' && !str_ends(line, S("\xe2\x94\x82")) && !str_ends(line, S("\xe2\x95\x91"))))
                return 0;
        from = bar;
        for (ptrdiff_t i = bar; i < line.len;) {
                ptrdiff_t n = line.p[i - 1] == '\\' ? 0 : bar_at(str_from(line, i));

                if (n > 0) {
                        if (count < CELLS)
                                cells[count] = str_trim(str_sub(line, from, i - from));
                        count++;
                        from = i + n;
                }
                i += n ? n : 1;
        }
        return count;
}

/* "- **name**: text", "* `name`: text". */
static bool is_item(struct str line) {
        static const struct str bullets[] = { STR("- "), STR("* "), STR("+ "), STR("\xe2\x80\xa2 "), STR("") };

        for (size_t i = 0; i < sizeof(bullets) / sizeof(bullets[0]); i++)
                if (str_starts(line, bullets[i])) {
                        struct str rest = str_from(line, bullets[i].len);

                        return (str_starts(rest, S("**")) && str_find(str_from(rest, 2), S("**")) > 0) ||
                               (str_starts(rest, S("`")) && str_find_char(str_from(rest, 1), '`') > 0);
                }
        return false;
}

/* The cell beside the name: the only other one, or the only kernel's sentence among notes. Several are several machines' (-1). */
static int told_cell(const struct str *cells, int count) {
        int told = -1;

        if (count == 2)
                return 1;
        for (int i = 1; i < count && count <= CELLS; i++)
                if (import_is_sentence(cells[i])) {
                        if (told >= 0)
                                return -1;
                        told = i;
                }
        return told;
}

/* A line of XML that names its value: <B N="MDSHardwareVulnerable">true</B>, <item name="mds">Vulnerable</item>. */
static bool is_element(struct str line, struct str *ret_name, struct str *ret_value) {
        ptrdiff_t at = str_find_nocase(line, S("name=\"")), end, close, last = str_find(line, S("</"));
        ptrdiff_t from = at >= 0 ? at + 6 : (at = str_find(line, S(" N=\""))) >= 0 ? at + 4 : -1;

        if (line.len == 0 || line.p[0] != '<' || from < 0 || last < from || (end = str_find_char(str_from(line, from), '"')) <= 0)
                return false;
        close = str_find_char(str_from(line, from + end), '>');
        if (close < 0 || from + end + close > last)
                return false;
        *ret_name = str_sub(line, from, end);
        *ret_value = str_sub(line, from + end + close + 1, last - (from + end + close + 1));
        return str_find_char(*ret_value, '<') < 0;
}

/* Some tables number their rows: "│ 0 │ mds │ Vulnerable │". */
static int without_row_number(struct str *cells, int count) {
        ptrdiff_t digits = 0;

        while (count > 2 && digits < cells[0].len && cells[0].p[digits] >= '0' && cells[0].p[digits] <= '9')
                digits++;
        if (count <= 2 || count > CELLS || cells[0].len == 0 || (digits < cells[0].len && !str_eq(cells[0], S("#"))))
                return count;
        memmove(cells, cells + 1, (size_t)(count - 1) * sizeof(*cells));
        return count - 1;
}

struct str markup_line(struct arena *a, struct str line, bool *ret_nothing) {
        struct str trimmed = str_trim(line), cells[CELLS], name, value;
        int count, told;

        *ret_nothing = trimmed.len > 0 && (bar_at(trimmed) || trimmed.p[0] == '+' || (unsigned char)trimmed.p[0] == 0xe2) && is_ruler(trimmed);
        *ret_nothing |= str_eq(trimmed, S("/*")) || str_eq(trimmed, S("/**")) || str_eq(trimmed, S("*/")); /* around a comment in a source */
        if (*ret_nothing || trimmed.len == 0)
                return line;
        if (is_element(trimmed, &name, &value))
                return str_fmt(a, "%.*s: %.*s", STR_ARG(name), STR_ARG(value));
        count = cells_of(trimmed, cells);
        for (int i = 0; i < count && i < CELLS; i++)
                cells[i] = plain_cell(a, cells[i]);
        count = without_row_number(cells, count);
        told = count >= 2 ? told_cell(cells, count) : -1;
        if (told > 0) {
                name = cells[0];
                return str_fmt(a, "%.*s%s %.*s", STR_ARG(name), str_ends(name, S(":")) ? "" : ":", STR_ARG(cells[told]));
        }
        return is_item(trimmed) ? plain_cell(a, trimmed) : line;
}
