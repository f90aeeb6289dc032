/* Tables in which each column, or each row, is a machine: "flaw | web1 | web2", "host,mds,srbds". In Markdown, drawn, with commas, semicolons or tabs,
 * or aligned by blanks. Each machine's cells become a text of its own: where only one machine has a sentence in a row, the row is not the others'. */
#include "collect/import/tables.h"

#include "base/out.h"
#include "collect/import/parts.h"

enum { COLUMNS = TABLE_COLUMNS, BAR = '|', ALIGNED = ' ' };

struct matrix {
        struct arena *a;
        const struct catalog *c;
        char kind;         /* what stands between cells: BAR, ',', ';', '\t', ALIGNED */
        struct table_row head;
        int name; /* where each row is a machine: the column of its name */
        int host; /* the column that names the row's machine; -1: none */
        struct host_names names; /* of machines whose rows may stand anywhere */
        ptrdiff_t starts[COLUMNS]; /* ALIGNED: where the head's cells begin */
};

static ptrdiff_t bar_length(struct str s) {
        return str_starts(s, S("|")) ? 1 : str_starts(s, S("\xe2\x94\x82")) || str_starts(s, S("\xe2\x95\x91")) || str_starts(s, S("\xe2\x94\x83")) ? 3 : 0;
}

/* Lines between rows, drawn or of signs. */
static bool is_rule(struct str line) {
        line = str_trim(line);
        for (ptrdiff_t i = 0; i < line.len; i++) {
                if ((unsigned char)line.p[i] == 0xe2 && i + 2 < line.len && ((unsigned char)line.p[i + 1] == 0x94 || (unsigned char)line.p[i + 1] == 0x95))
                        i += 2;
                else if (!memchr("|+-=: \t,;", line.p[i], 9))
                        return false;
        }
        return line.len > 2;
}

static bool has_letter(struct str s) {
        for (ptrdiff_t i = 0; i < s.len; i++)
                if ((s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z')
                        return true;
        return false;
}

static struct str plain(struct str s) {
        s = str_trim(s);
        while (s.len > 1 && (s.p[0] == '*' || s.p[0] == '`') && s.p[s.len - 1] == s.p[0])
                s = str_trim(str_sub(s, 1, s.len - 2));
        return import_unquoted(s);
}

void table_add(struct table_row *r, struct str cell) {
        if (r->count < COLUMNS)
                r->cells[r->count] = plain(cell);
        r->count++;
}

void table_cut_at_bars(struct table_row *r, struct str line) {
        ptrdiff_t from = 0;
        bool double_bars;

        line = str_trim(line);
        double_bars = str_starts(line, S("||")); /* a head of Jira's */
        from = double_bars ? 2 : bar_length(line);
        for (ptrdiff_t i = from; i < line.len;) {
                ptrdiff_t n = i > 0 && line.p[i - 1] == '\\' ? 0 : bar_length(str_from(line, i));

                if (double_bars)
                        n = str_starts(str_from(line, i), S("||")) ? 2 : 0;

                if (n > 0) {
                        table_add(r, str_sub(line, from, i - from));
                        from = i + n;
                }
                i += n ? n : 1;
        }
        if (from < line.len || bar_length(line) == 0) /* a row that no bar ends */
                table_add(r, str_from(line, from));
}

void table_cut_at(struct table_row *r, struct str line, char sign, bool whole) {
        ptrdiff_t from = 0;
        bool quoted = false, sentence = whole && import_is_sentence(str_trim(line));

        for (ptrdiff_t i = 0; i <= line.len; i++) {
                if (i < line.len && line.p[i] == '"')
                        quoted = !quoted;
                if (i < line.len && (quoted || line.p[i] != sign || (sentence && i + 1 < line.len && line.p[i + 1] == ' ')))
                        continue;
                table_add(r, str_sub(line, from, i - from));
                from = i + 1;
                sentence = whole && i < line.len && import_is_sentence(str_trim(str_from(line, from)));
        }
}

/* Where the head's words begin, two blanks between them. */
static void find_starts(struct matrix *m, struct str line) {
        for (ptrdiff_t i = 0; i < line.len; i++)
                if (line.p[i] != ' ' && (i == 0 || (i > 1 && line.p[i - 1] == ' ' && line.p[i - 2] == ' '))) {
                        if (m->head.count < COLUMNS)
                                m->starts[m->head.count] = i;
                        m->head.count++;
                }
}

/* A row whose cells do not stand below the head's is none. */
static bool cut_aligned(const struct matrix *m, struct table_row *r, struct str line) {
        for (int i = 0; i < m->head.count && i < COLUMNS; i++) {
                ptrdiff_t from = m->starts[i], to = i + 1 < m->head.count ? m->starts[i + 1] : line.len;

                if (from > 0 && from < line.len && line.p[from - 1] != ' ' && line.p[from] != ' ')
                        return false;
                from = from < line.len ? from : line.len;
                to = to < line.len ? to : line.len;
                table_add(r, str_sub(line, from, to - from));
        }
        return true;
}

static bool cut(const struct matrix *m, struct table_row *r, struct str line) {
        *r = (struct table_row){ 0 };
        if (m->kind == BAR)
                table_cut_at_bars(r, line);
        else if (m->kind != ALIGNED)
                table_cut_at(r, line, m->kind, false);
        else if (!cut_aligned(m, r, line))
                return false;
        while (m->kind != ALIGNED && r->count < m->head.count) /* cells that are empty at the end, or were cut off */
                table_add(r, S(""));
        while (r->count > m->head.count && r->count <= COLUMNS && !has_letter(r->cells[r->count - 1]))
                r->count--;
        return r->count == m->head.count && r->count <= COLUMNS;
}

bool table_is_flaw(const struct catalog *c, struct str cell) {
        struct str title = str_starts(cell, S("Vulnerability ")) ? str_from(cell, 14) : cell;

        return cell.len > 0 && (import_file_of(c, cell) || import_titled(c, title));
}

/* The cell of a row that names the flaw; -1: none. */
static int flaw_of(const struct catalog *c, const struct table_row *r) {
        for (int i = 0; i < r->count && i < COLUMNS; i++)
                if (table_is_flaw(c, r->cells[i]))
                        return i;
        return -1;
}

bool table_is_word(struct str head) {
        static const struct str words[] = { STR("status"), STR("state"),  STR("mitigation"), STR("mitigations"), STR("detail"),  STR("details"), STR("notes"),
                                            STR("note"),   STR("value"),  STR("kernel"),     STR("sysfs"),       STR("comment"), STR("result"),  STR("description"),
                                            STR("info"),   STR("text"),   STR("output"),     STR("sentence"),    STR("message"), STR("effect"),  STR("severity"),
                                            STR("cve"),    STR("cves"),   STR("name"),       STR("file"),        STR("flaw"),    STR("affected"), STR("stdout"),
                                            STR("#"),      STR("no"),     STR("index"),      STR("size"),       STR("vulnerability"), STR("variant"),
                                            STR("since"),  STR("version"),  STR("date"),       STR("time"),        STR("type"),   STR("class"),   STR("vendor"),
                                            STR("risk"),   STR("grade"),    STR("title"),      STR("alias"),       STR("score"),  STR("release") };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_eq_nocase(head, words[i]))
                        return true;
        return head.len == 0;
}

static bool is_host(struct str head) {
        static const struct str words[] = { STR("host"),   STR("hosts"),    STR("hostname"), STR("machine"), STR("node"),   STR("server"), STR("instance"), STR("minion"),
                                            STR("fqdn"),   STR("computer"), STR("system"),   STR("vm"),      STR("target"), STR("asset"),  STR("device"),   STR("guest"),
                                            STR("host name"), STR("nodename"), STR("PSComputerName") };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_eq_nocase(head, words[i]))
                        return true;
        return false;
}

/* The head of a table: three cells or more, no sentence among them. Flaws in the first column of rows, or in the head's other cells. */
static bool begin(struct matrix *m, struct str line, char kind, bool *ret_rows) {
        int flaws = 0;

        m->kind = kind;
        m->head = (struct table_row){ 0 };
        if (kind == ALIGNED) {
                struct table_row r = { 0 };

                find_starts(m, line);
                if (m->head.count < 3 || m->head.count > COLUMNS || !cut_aligned(m, &r, line))
                        return false;
                memcpy(m->head.cells, r.cells, sizeof(r.cells));
        } else if (kind == BAR) {
                table_cut_at_bars(&m->head, line);
        } else {
                table_cut_at(&m->head, line, kind, false);
        }
        if (m->head.count < 3 || m->head.count > COLUMNS || is_rule(line))
                return false;
        for (int i = 0; i < m->head.count; i++) {
                if (import_is_sentence(m->head.cells[i]))
                        return false;
                flaws += table_is_flaw(m->c, m->head.cells[i]);
        }
        m->host = -1;
        for (int i = 0; i < m->head.count; i++)
                m->host = m->host < 0 && is_host(m->head.cells[i]) ? i : m->host;
        m->name = 0;
        while (m->name < m->head.count - 1 && (table_is_word(m->head.cells[m->name]) || table_is_flaw(m->c, m->head.cells[m->name])))
                m->name++;
        *ret_rows = flaws >= 2 && !table_is_flaw(m->c, m->head.cells[m->name]) && !table_is_word(m->head.cells[m->name]);
        return *ret_rows || flaws == 0;
}

/* The table's rows; the line behind its last one is left. */
struct rows {
        struct str *items; /* lines: cut again when they are asked for */
        ptrdiff_t count, capacity;
};

static void read_rows(const struct matrix *m, struct rows *ret, struct str *rest, bool by_rows) {
        struct str line, before = *rest;
        struct table_row r;

        while (str_line(rest, &line)) {
                bool told = false;

                if (!is_rule(line) && (m->kind != BAR || has_letter(line))) { /* a web page's rows stand apart */
                        if (!cut(m, &r, line))
                                break;
                        for (int i = 1; i < r.count; i++)
                                told |= import_is_sentence(r.cells[i]);
                        if (str_trim(line).len == 0 || (!told && !by_rows && flaw_of(m->c, &r) < 0))
                                break;
                        *arena_append(m->a, ret) = line;
                }
                before = *rest;
        }
        *rest = before;
}

void table_put(struct host_text *h, struct arena *a, struct str label, struct str cell) {
        if (cell.len > 0) /* each ends with its line: nothing of it was cut off */
                str_join(a, &h->text, &h->room, '\n', str_fmt(a, "%.*s: %.*s\n", STR_ARG(label), STR_ARG(cell)));
}

/* Which columns are machines: their heads are names, and a sentence stands in them. */
static int machines_of(const struct matrix *m, const struct rows *all, bool is_machine[COLUMNS]) {
        int count = 0, flaws = 0;
        struct table_row r;

        for (ptrdiff_t i = 0; i < all->count; i++) {
                (void)cut(m, &r, all->items[i]);
                flaws += flaw_of(m->c, &r) >= 0;
                for (int k = 0; k < m->head.count; k++)
                        is_machine[k] |= import_is_sentence(r.cells[k]) && !table_is_word(m->head.cells[k]);
        }
        for (int k = 0; k < m->head.count; k++)
                count += is_machine[k];
        return flaws > 0 ? count : 0;
}

/* Each row is a machine. */
static bool take_rows(struct host_texts *ret, const struct matrix *m, const struct rows *all) {
        ptrdiff_t before = ret->count, told = 0;
        struct table_row r;

        for (ptrdiff_t i = 0; i < all->count; i++) {
                struct host_text *h = arena_append(m->a, ret);

                (void)cut(m, &r, all->items[i]);
                *h = (struct host_text){ .name = r.cells[m->name] };
                for (int k = 0; k < m->head.count; k++)
                        if (table_is_flaw(m->c, m->head.cells[k])) {
                                told += import_is_sentence(r.cells[k]);
                                table_put(h, m->a, m->head.cells[k], r.cells[k]);
                        }
        }
        if (told == 0)
                ret->count = before;
        return told > 0;
}

static bool tells(const struct table_row *r) {
        for (int k = 0; k < r->count; k++)
                if (import_is_sentence(r->cells[k]))
                        return true;
        return false;
}

/* Each row names its machine, a flaw and what is said of it: as many machines as there are names. */
static bool take_long(struct host_texts *ret, struct matrix *m, const struct rows *all) {
        bool told = false;
        struct table_row r;

        for (ptrdiff_t i = 0; i < all->count && m->host >= 0 && !told; i++)
                told = cut(m, &r, all->items[i]) && flaw_of(m->c, &r) >= 0 && tells(&r);
        for (ptrdiff_t i = 0; i < all->count && told; i++) {
                struct host_text *h;
                int flaw;

                (void)cut(m, &r, all->items[i]);
                flaw = flaw_of(m->c, &r);
                if (flaw < 0 || flaw == m->host || r.cells[m->host].len == 0)
                        continue;
                h = hosts_named(ret, m->a, &m->names, r.cells[m->host]);
                for (int k = 0; k < r.count; k++)
                        if (import_is_sentence(r.cells[k]))
                                table_put(h, m->a, r.cells[flaw], r.cells[k]);
        }
        return told;
}

/* Each column is; a column of the same name in another table goes on with it. */
static bool take_columns(struct host_texts *ret, const struct matrix *m, const struct rows *all) {
        bool is_machine[COLUMNS] = { false };
        struct table_row r;

        if (machines_of(m, all, is_machine) < 2)
                return false;
        for (int k = 0; k < m->head.count; k++) {
                struct host_text *h = NULL;

                for (ptrdiff_t i = 0; i < ret->count && !h; i++)
                        if (str_eq(ret->items[i].name, m->head.cells[k]))
                                h = &ret->items[i];
                if (is_machine[k] && !h)
                        *(h = arena_append(m->a, ret)) = (struct host_text){ .name = m->head.cells[k] };
                for (ptrdiff_t i = 0; is_machine[k] && i < all->count; i++) {
                        (void)cut(m, &r, all->items[i]);
                        if (flaw_of(m->c, &r) >= 0)
                                table_put(h, m->a, r.cells[flaw_of(m->c, &r)], r.cells[k]);
                }
        }
        return true;
}

bool tables_split(struct host_texts *ret, struct arena *a, const struct catalog *c, struct str text) {
        static const char kinds[] = { BAR, ',', ';', '\t', ALIGNED };
        struct matrix m = { .a = a, .c = c };
        struct str line, rest = text, left = { 0 };
        ptrdiff_t room = 0;

        *ret = (struct host_texts){ 0 };
        if (str_find(text, S("Vulnerable")) < 0 && str_find(text, S("Mitigation")) < 0 && str_find(text, S("Not affected")) < 0)
                return true;
        hosts_names_make(&m.names, a, text);
        while (str_line(&rest, &line)) {
                bool found = false, by_rows;

                for (size_t i = 0; i < sizeof(kinds) && !found; i++) {
                        struct str behind = rest;
                        struct rows all = { 0 };

                        if (!begin(&m, line, kinds[i], &by_rows))
                                continue;
                        read_rows(&m, &all, &behind, by_rows);
                        found = all.count > 0 && (by_rows ? take_rows(ret, &m, &all) : take_columns(ret, &m, &all) || take_long(ret, &m, &all));
                        if (found || by_rows)
                                rest = behind;
                }
                if (!found && !is_rule(line) && str_trim(line).len > 0)
                        str_join(a, &left, &room, '\n', line);
        }
        if (!rows_split(ret, &m.names, a, c, &left))
                return false;
        if (ret->count > 0 && (str_find(left, S("itigation")) >= 0 || str_find(left, S("ulnerable")) >= 0 || str_find(left, S("Linux version")) >= 0))
                *arena_append(a, ret) = (struct host_text){ .text = left };
        return true;
}
