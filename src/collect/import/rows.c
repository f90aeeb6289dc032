/* Rows of a table that has no head: "| mds | web1 | Vulnerable |", "web1,mds,Vulnerable". Which cell names the machine is told by what stands in the
 * column: names that differ, and come again with other flaws. What may as well be a note is not guessed. */
#include "collect/import/parts.h"
#include "collect/import/tables.h"

enum { BAR = '|', ALIGNED = ' ', COMPARED = 64, KNOWN_COMPARED = 1024 };

struct lines_of {
        struct str *items;
        ptrdiff_t count, capacity;
};

struct layout {
        struct arena *a;
        const struct catalog *c;
        char kind;                /* what stands between cells */
        int count, flaw, told;    /* cells; the one with the flaw, the one with the sentence */
        bool names[TABLE_COLUMNS]; /* columns that name machines */
        struct lines_of rows;
        struct str head; /* the line before the first row; empty: none */
};

/* Words, a sentence, and what stands two blanks behind it. More than three, with one blank between all of them, are a report's line ("Type mds status …"). */
static void cut_at_blanks(struct table_row *r, struct str line) {
        struct str rest = str_trim(line), word;
        bool apart = str_find(rest, S("  ")) > 0;

        while (rest.len > 0 && r->count < TABLE_COLUMNS && !import_is_sentence(rest) && str_word(&rest, &word)) {
                table_add(r, word);
                rest = str_trim(rest);
        }
        while (rest.len > 0 && r->count < TABLE_COLUMNS) {
                ptrdiff_t at = str_find(rest, S("  "));

                table_add(r, at < 0 ? rest : str_sub(rest, 0, at));
                rest = at < 0 ? S("") : str_trim(str_from(rest, at));
        }
        if (!apart && r->count > 3)
                r->count = 0;
}

static void cut(struct table_row *r, struct str line, char kind) {
        *r = (struct table_row){ 0 };
        if (kind == BAR)
                table_cut_at_bars(r, line);
        else if (kind == ALIGNED)
                cut_at_blanks(r, line);
        else
                table_cut_at(r, str_trim(line), kind, true);
}

/* Three cells and more, of which one is a flaw and one a sentence. */
static bool is_row(const struct catalog *c, const struct table_row *r, int *ret_flaw, int *ret_told) {
        int flaws = 0, told = 0;

        for (int i = 0; i < r->count && r->count <= TABLE_COLUMNS; i++) {
                if (import_is_sentence(r->cells[i])) {
                        *ret_told = i;
                        told++;
                } else if (table_is_flaw(c, r->cells[i])) {
                        *ret_flaw = i;
                        flaws++;
                }
        }
        return r->count >= 3 && flaws == 1 && told == 1;
}

/* A file's name, of a flaw that is not known here. */
static bool is_file_name(struct str s) {
        for (ptrdiff_t i = 0; i < s.len; i++)
                if (s.p[i] != '_' && !(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9'))
                        return false;
        return s.len > 0;
}

static bool fits(const struct layout *l, const struct table_row *r) {
        return r->count == l->count && import_is_sentence(r->cells[l->told]) && (table_is_flaw(l->c, r->cells[l->flaw]) || is_file_name(r->cells[l->flaw]));
}

static bool may_tell(struct str line) {
        return str_find(line, S("ulnerable")) >= 0 || str_find(line, S("itigation")) >= 0 || str_find(line, S("Not affected")) >= 0;
}

/* The rows of the layout that the first of them has. */
static void find_rows(struct layout *l, struct str text) {
        struct str line, before = { 0 };
        struct table_row r;

        for (; str_line(&text, &line); before = line) {
                int flaw = 0, told = 0;

                if (!may_tell(line))
                        continue;
                cut(&r, line, l->kind);
                if (l->rows.count == 0 && is_row(l->c, &r, &flaw, &told)) {
                        l->count = r.count;
                        l->flaw = flaw;
                        l->told = told;
                        l->head = before;
                }
                if (l->count > 0 && fits(l, &r))
                        *arena_append(l->a, &l->rows) = line;
        }
}

/* ---- What stands in a column ---- */

static bool is_alias(const struct catalog *c, struct str cell) {
        for (uint32_t i = 0; i < c->flaw_count; i++) {
                const struct flaw *f = &c->flaws[i];

                if (str_eq_nocase(T(f->id), cell) || str_eq_nocase(T(f->name), cell))
                        return true;
                for (uint32_t k = 0; k < f->aliases.count; k++)
                        if (str_eq_nocase(T_AT(f->aliases, k), cell))
                                return true;
        }
        return false;
}

/* What people write beside a flaw, and no machine is called: grades, makers, numbers, dates, labels. */
static bool is_note(const struct catalog *c, struct str cell) {
        static const struct str words[] = {
                STR("yes"),      STR("no"),       STR("true"),     STR("false"),     STR("ok"),       STR("good"),    STR("bad"),       STR("low"),
                STR("medium"),   STR("moderate"), STR("high"),     STR("critical"),  STR("important"), STR("warning"), STR("error"),    STR("pass"),
                STR("passed"),   STR("fail"),     STR("failed"),   STR("fixed"),     STR("open"),     STR("closed"),  STR("safe"),      STR("unsafe"),
                STR("affected"), STR("unaffected"), STR("mitigated"), STR("partial"), STR("unknown"), STR("none"),    STR("n/a"),       STR("na"),
                STR("on"),       STR("off"),      STR("enabled"),  STR("disabled"),  STR("intel"),    STR("amd"),     STR("arm"),       STR("microcode"),
                STR("firmware"), STR("hardware"), STR("software"), STR("cpu"),       STR("smt"),      STR("todo"),    STR("done"),      STR("new"),
                STR("GenuineIntel"), STR("AuthenticAMD"),
        };
        bool letter = false;
        uint64_t year;
        int dots = 0;

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_eq_nocase(cell, words[i]))
                        return true;
        for (ptrdiff_t i = 0; i < cell.len; i++) {
                letter |= (cell.p[i] | 0x20) >= 'a' && (cell.p[i] | 0x20) <= 'z';
                dots += cell.p[i] == '.';
        }
        if (cell.len > 5 && cell.p[4] == '-' && str_to_u64(str_sub(cell, 0, 4), &year))
                return true;
        return (!letter && dots != 3) || str_ends(cell, S(":")) || str_starts(cell, S("CVE-")) || table_is_word(cell) || table_is_flaw(c, cell) || is_alias(c, cell);
}

/* "web1", "web1.example.com", "root@web1", "10.0.0.1", "web1:9100". */
static bool is_name(struct str cell) {
        uint64_t port;
        ptrdiff_t colon = str_find_char(cell, ':');

        if (colon > 0 && str_to_u64(str_from(cell, colon + 1), &port))
                cell = str_sub(cell, 0, colon);
        for (ptrdiff_t i = 0; i < cell.len; i++)
                if (!((cell.p[i] >= 'a' && cell.p[i] <= 'z') || (cell.p[i] >= 'A' && cell.p[i] <= 'Z') || (cell.p[i] >= '0' && cell.p[i] <= '9') ||
                      str_find_char(S(".-_@"), cell.p[i]) >= 0))
                        return false;
        return cell.len > 0 && cell.len <= 255;
}

/* Machines are numbered, or have a domain. */
static bool looks_like_machine(struct str cell) {
        for (ptrdiff_t i = 0; i < cell.len; i++)
                if (cell.p[i] == '.' || (cell.p[i] >= '0' && cell.p[i] <= '9'))
                        return true;
        return false;
}

struct column {
        bool differ;   /* it does not say the same in all rows */
        bool notes;    /* nothing in it is a machine's name */
        bool names;    /* everything in it may be one */
        bool machines; /* … and looks like one */
};

static struct str cell_of(const struct layout *l, ptrdiff_t row, int column) {
        struct table_row r;

        cut(&r, l->rows.items[row], l->kind);
        return r.cells[column];
}

static struct column look_at(const struct layout *l, int column) {
        struct column ret = { .notes = true, .names = true, .machines = true };
        struct str first = { 0 };

        for (ptrdiff_t i = 0; i < l->rows.count; i++) {
                struct str cell = cell_of(l, i, column);

                if (cell.len == 0)
                        continue;
                ret.differ |= first.len > 0 && !str_eq(cell, first);
                first = cell;
                if (is_note(l->c, cell))
                        ret.names = false;
                else
                        ret.notes = false;
                ret.names &= is_name(cell);
                ret.machines &= looks_like_machine(cell);
        }
        return ret;
}

/* Some cell of the column stands in two rows. More rows than flaws are known must repeat one. */
static bool comes_again(const struct layout *l, int column) {
        for (ptrdiff_t i = 1; i < l->rows.count && l->rows.count <= COMPARED; i++)
                for (ptrdiff_t k = 0; k < i; k++)
                        if (str_eq(cell_of(l, i, column), cell_of(l, k, column)))
                                return true;
        return l->rows.count > COMPARED;
}

enum told { TOLD_NONE, TOLD_MACHINES, TOLD_DOUBT };

/* Which columns name the machines; in doubt, where it cannot be told. */
static enum told find_names(struct layout *l) {
        bool flaw_again = l->rows.count > 1 && comes_again(l, l->flaw);
        enum told ret = TOLD_NONE;
        struct table_row head;

        cut(&head, l->head, l->kind);
        for (int i = 0; i < l->count && l->rows.count > 1; i++) {
                struct column c = i == l->flaw || i == l->told ? (struct column){ 0 } : look_at(l, i);

                if (!c.differ || c.notes || (head.count == l->count && table_is_word(head.cells[i])))
                        continue;
                if (c.names && (flaw_again || c.machines || comes_again(l, i))) {
                        l->names[i] = true;
                        ret = TOLD_MACHINES;
                } else if (ret == TOLD_NONE && (c.names || flaw_again)) {
                        ret = TOLD_DOUBT;
                }
        }
        return ret;
}

/* Nothing else than rows of three cells, in all of which the same machine stands. */
static bool is_of_one(struct layout *l, struct str text) {
        int column = 3 - l->flaw - l->told;
        struct column c;
        ptrdiff_t lines = 0;
        struct str line;

        while (str_line(&text, &line))
                lines++;
        if (l->rows.count < 2 || l->rows.count != lines || l->count != 3)
                return false;
        c = look_at(l, column);
        return l->names[column] = !c.differ && c.names && c.machines;
}

/* ---- Each machine's own ---- */

static struct host_text *machine(struct host_texts *ret, struct host_names *names, const struct layout *l, const struct table_row *r, ptrdiff_t before) {
        struct str name = { 0 };

        for (int i = 0; i < l->count; i++)
                if (l->names[i] && r->cells[i].len > 0)
                        name = name.len == 0 ? r->cells[i] : str_fmt(l->a, "%.*s %.*s", STR_ARG(name), STR_ARG(r->cells[i]));
        for (ptrdiff_t i = 0; i < before && i < KNOWN_COMPARED; i++)
                if (str_eq(ret->items[i].name, name))
                        return &ret->items[i];
        return hosts_named(ret, l->a, names, name);
}

bool rows_split(struct host_texts *ret, struct host_names *names, struct arena *a, const struct catalog *c, struct str *text) {
        static const char kinds[] = { BAR, ',', ';', '\t', ALIGNED };
        struct str line, rest = *text, left = { 0 };
        struct layout l = { 0 };
        enum told told = TOLD_NONE;
        ptrdiff_t room = 0, before = ret->count;
        struct table_row r;

        for (size_t i = 0; i < sizeof(kinds) && l.rows.count == 0; i++) {
                l = (struct layout){ .a = a, .c = c, .kind = kinds[i] };
                find_rows(&l, *text);
                told = find_names(&l);
                if (told == TOLD_NONE && is_of_one(&l, *text))
                        told = TOLD_MACHINES;
        }
        if (told != TOLD_MACHINES)
                return told == TOLD_NONE;
        while (str_line(&rest, &line)) {
                cut(&r, line, l.kind);
                if (may_tell(line) && fits(&l, &r))
                        table_put(machine(ret, names, &l, &r, before), a, r.cells[l.flaw], r.cells[l.told]);
                else if (!str_eq(line, l.head))
                        str_join(a, &left, &room, '\n', line);
        }
        *text = left;
        return true;
}
