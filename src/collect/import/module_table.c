/* Get-SpeculationControlSettings as Format-Table prints it, one machine a row. Names that are wider than their columns go on in the next
 * line (-Wrap), or end in an ellipsis; columns that do not fit are left out. */
#include "collect/import/module.h"

enum { COLUMNS_MAX = 64, HEAD_LINES_MAX = 6, PREFIX_MIN = 6 };

struct column {
        ptrdiff_t from, to; /* in characters, as a terminal counts them */
        struct str name;
};

struct table {
        struct column items[COLUMNS_MAX];
        int count;
};

/* A word of a line, and where it stands. */
struct placed_word {
        struct str text;
        ptrdiff_t from, to;
};

static bool is_blank_at(struct str s, ptrdiff_t i) {
        return s.p[i] == ' ' || s.p[i] == '\t';
}

/* The next word behind the byte `*at`, at the character `*place`; false: there is none. */
static bool next_word(struct str line, ptrdiff_t *at, ptrdiff_t *place, struct placed_word *ret) {
        ptrdiff_t begin;

        while (*at < line.len && is_blank_at(line, *at)) {
                ++*at;
                ++*place;
        }
        begin = *at;
        ret->from = *place;
        while (*at < line.len && !is_blank_at(line, *at)) {
                *place += ((unsigned char)line.p[*at] & 0xc0) != 0x80;
                ++*at;
        }
        ret->text = str_sub(line, begin, *at - begin);
        ret->to = *place;
        return ret->text.len > 0;
}

static bool is_dashes(struct str word) {
        for (ptrdiff_t i = 0; i < word.len; i++)
                if (word.p[i] != '-')
                        return false;
        return word.len > 1;
}

/* "-------- -------- ----": where columns stand. */
static bool read_ruler(struct str line, struct table *ret) {
        ptrdiff_t at = 0, place = 0;
        struct placed_word w;

        *ret = (struct table){ 0 };
        while (next_word(line, &at, &place, &w)) {
                if (!is_dashes(w.text) || ret->count == COLUMNS_MAX)
                        return false;
                ret->items[ret->count++] = (struct column){ .from = w.from, .to = w.to };
        }
        return ret->count > 0;
}

static struct column *column_of(struct table *t, const struct placed_word *w) {
        struct column *found = NULL;

        for (int i = 0; i < t->count; i++) {
                if (w->from >= t->items[i].to || w->to <= t->items[i].from)
                        continue;
                if (found)
                        return NULL; /* of which of the two? */
                found = &t->items[i];
        }
        return found;
}

static bool is_name_piece(struct str word) {
        for (ptrdiff_t i = 0; i < word.len; i++) {
                char c = word.p[i];

                if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || (unsigned char)c >= 0x80))
                        return false;
        }
        return true;
}

/* A line of the head goes before what stands below it; false when it is none. */
static bool add_head(struct import *im, struct table *t, struct str line) {
        struct table before = *t;
        ptrdiff_t at = 0, place = 0;
        struct placed_word w;

        while (next_word(line, &at, &place, &w)) {
                struct column *c = column_of(t, &w);

                if (!c || !is_name_piece(w.text)) {
                        *t = before;
                        return false;
                }
                c->name = str_fmt(im->arena, "%.*s%.*s", STR_ARG(w.text), STR_ARG(c->name));
        }
        return place > 0 && at > 0;
}

/* Without an ellipsis; false when there is none. */
static bool is_cut(struct str name, struct str *ret_prefix) {
        static const struct str marks[] = { STR("..."), STR("\xe2\x80\xa6") };

        for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
                if (str_ends(name, marks[i])) {
                        *ret_prefix = str_sub(name, 0, name.len - marks[i].len);
                        return true;
                }
        return false;
}

/* The whole name of what is cut, where only one property begins so; empty where that is not known. */
static struct str whole_name(const struct catalog *c, struct str name) {
        static const struct str computer = STR("PSComputerName");
        struct str prefix, found = { 0 };
        int count = 0;

        if (!is_cut(name, &prefix))
                return name;
        if (prefix.len < PREFIX_MIN)
                return S("");
        for (uint32_t i = 0; i < c->property_count; i++)
                if (str_starts(T(c->properties[i].name), prefix)) {
                        found = T(c->properties[i].name);
                        count++;
                }
        if (str_starts(computer, prefix))
                return computer;
        return count == 1 ? found : S("");
}

/* The table whose ruler stands at that line: how many of its columns are properties. `ret_first` is its head's first line. */
static int read_head(struct import *im, const struct lines *l, ptrdiff_t ruler, struct table *ret, ptrdiff_t *ret_first) {
        int known = 0;

        if (!read_ruler(l->items[ruler].text, ret))
                return 0;
        for (*ret_first = ruler; *ret_first > 0 && ruler - *ret_first < HEAD_LINES_MAX; --*ret_first)
                if (!add_head(im, ret, l->items[*ret_first - 1].text))
                        break;
        for (int i = 0; i < ret->count; i++) {
                struct str name = whole_name(im->catalog, ret->items[i].name);

                known += name.len > 0 && module_is_property(im->catalog, name);
        }
        return known;
}

ptrdiff_t module_table_at(struct import *im, const struct lines *l, ptrdiff_t from) {
        struct table t;
        ptrdiff_t first;

        for (ptrdiff_t i = from; i < l->count; i++)
                if (read_head(im, l, i, &t, &first) > 0)
                        return i;
        return -1;
}

/* ---- Rows ---- */

static bool is_computer(struct str name) {
        return str_eq_nocase(name, S("PSComputerName")) || str_eq_nocase(name, S("ComputerName"));
}

/* A row's values below their names; where a value stands below no name, or below two, they count in their order, if none is missing.
 * False when it is no row. */
static bool read_row(struct table *t, struct str line, struct str *values) {
        ptrdiff_t at = 0, place = 0;
        struct str words[COLUMNS_MAX];
        struct placed_word w;
        bool placed = true;
        int count = 0;

        memset(values, 0, COLUMNS_MAX * sizeof(*values));
        while (next_word(line, &at, &place, &w)) {
                const struct column *c = column_of(t, &w);

                if (count == t->count)
                        return false;
                words[count++] = w.text;
                placed &= c && values[c - t->items].len == 0;
                if (c)
                        values[c - t->items] = w.text;
        }
        if (count > 0 && !placed && count == t->count)
                memcpy(values, words, (size_t)count * sizeof(*words));
        return count > 0 && (placed || count == t->count);
}

static struct module_machine *machine_of(struct import *im, struct module_machines *all, struct str name) {
        struct module_machine *m;

        for (ptrdiff_t i = 0; i < all->count; i++)
                if (str_eq(all->items[i].name, name))
                        return &all->items[i];
        m = arena_append(im->arena, all);
        m->name = name;
        return m;
}

static struct str name_of_row(struct import *im, const struct table *t, const struct str *values, ptrdiff_t number, bool many) {
        struct str prefix;

        for (int i = 0; i < t->count; i++)
                if (is_computer(whole_name(im->catalog, t->items[i].name)) && values[i].len > 0 && !is_cut(values[i], &prefix))
                        return values[i];
        return many ? str_fmt(im->arena, "machine-%td", number) : S("");
}

static void add_row(struct import *im, const struct table *t, const struct str *values, struct module_machine *m) {
        for (int i = 0; i < t->count; i++) {
                struct str name = whole_name(im->catalog, t->items[i].name);

                if (name.len > 0 && !is_computer(name))
                        module_add_once(im, &m->properties, &(struct import_property){ .name = name, .value = values[i] });
                else if (name.len == 0 && m->cut++ == 0)
                        m->first_cut = t->items[i].name;
        }
}

void module_read_table(struct import *im, struct lines *l, ptrdiff_t ruler, struct module_machines *ret) {
        struct str values[COLUMNS_MAX];
        ptrdiff_t first = ruler, last = ruler + 1;
        struct table t;

        (void)read_head(im, l, ruler, &t, &first);
        while (last < l->count && read_row(&t, l->items[last].text, values))
                last++;
        for (ptrdiff_t i = first; i < last; i++)
                l->items[i].taken = true;
        for (ptrdiff_t i = ruler + 1; i < last; i++) {
                (void)read_row(&t, l->items[i].text, values);
                add_row(im, &t, values, machine_of(im, ret, name_of_row(im, &t, values, i - ruler, last - ruler > 2)));
        }
}
