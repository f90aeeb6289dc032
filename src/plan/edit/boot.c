#include "plan/edit/boot_parts.h"

#include "base/glob.h"
#include "plan/edit/words.h"

bool boot_entry_holds(struct arena *a, const struct boot_entry *e, struct str word) {
        struct str rest = e->words, line;

        while (str_cut(&rest, '\n', &line))
                if (words_hold(a, line, WORDS_KERNEL, word))
                        return true;
        return false;
}

bool boot_entry_always_holds(struct arena *a, const struct boot_entry *e, struct str word) {
        struct str rest = e->words, line;
        bool all = true;

        while (str_cut(&rest, '\n', &line))
                all &= words_hold(a, line, WORDS_KERNEL, word);
        return all && e->words.len > 0;
}

/* ---- Versions ---- */

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char first(struct str s) {
        return s.len ? s.p[0] : '\0';
}

/* Cuts the leading run of digits, or of letters. */
static struct str cut_run(struct str *s, bool digits) {
        ptrdiff_t n = 0;
        struct str run;

        while (n < s->len && (digits ? is_digit(s->p[n]) : is_letter(s->p[n])))
                n++;
        run = str_sub(*s, 0, n);
        *s = str_from(*s, n);
        return run;
}

static int order_numbers(struct str a, struct str b) {
        while (first(a) == '0')
                a = str_from(a, 1);
        while (first(b) == '0')
                b = str_from(b, 1);
        return a.len != b.len ? (a.len > b.len) - (a.len < b.len) : str_cmp(a, b);
}

/* Signs that order by themselves, the lowest first; what is none of them is passed over. Where one side has the sign, that one is lower
 * ('~', '-', then the end of the text) or higher. 2: go on. */
static int order_signs(struct str *a, struct str *b, bool rpm) {
        static const char lower[] = "~-", after[] = "^.";
        const char *signs = rpm ? "~" : lower;

        for (; *signs; signs++) {
                bool in_a = first(*a) == *signs, in_b = first(*b) == *signs;

                if (in_a != in_b && (*signs == '~' || (a->len && b->len)))
                        return in_a ? -1 : 1;
                if (in_a && in_b) {
                        *a = str_from(*a, 1);
                        *b = str_from(*b, 1);
                        return 2;
                }
        }
        if (!a->len || !b->len)
                return (a->len > 0) - (b->len > 0);
        for (signs = rpm ? "^" : after; *signs; signs++) {
                bool in_a = first(*a) == *signs, in_b = first(*b) == *signs;

                if (in_a != in_b)
                        return in_a ? -1 : 1;
                if (in_a && in_b) {
                        *a = str_from(*a, 1);
                        *b = str_from(*b, 1);
                        return 2;
                }
        }
        return 3;
}

static void pass_over(struct str *s, bool rpm) {
        while (s->len && !is_digit(s->p[0]) && !is_letter(s->p[0]) && !memchr("~^-.", s->p[0], rpm ? 2 : 4))
                *s = str_from(*s, 1);
}

int boot_version_order(struct str a, struct str b, bool rpm) {
        while (a.len || b.len) {
                bool digits;
                int order;

                pass_over(&a, rpm);
                pass_over(&b, rpm);
                order = order_signs(&a, &b, rpm);
                if (order == 2)
                        continue;
                if (order != 3)
                        return order;
                digits = is_digit(first(a)) || is_digit(first(b));
                if (is_digit(first(a)) != is_digit(first(b)))
                        return is_digit(first(a)) ? 1 : -1;
                order = digits ? order_numbers(cut_run(&a, true), cut_run(&b, true)) : str_cmp(cut_run(&a, false), cut_run(&b, false));
                if (order)
                        return order;
        }
        return 0;
}

/* ---- extlinux ---- */

static bool keyword(struct str line, const char *wanted, struct str *ret_rest) {
        struct str word;

        *ret_rest = line;
        if (!str_word(ret_rest, &word) || !str_eq_nocase(word, str_of(wanted)))
                return false;
        *ret_rest = str_trim(*ret_rest);
        return true;
}

/* The words without the initrd that syslinux takes for itself. */
static struct str without_initrd(struct arena *a, struct str line) {
        struct word w;
        ptrdiff_t at = 0;
        struct str ret = S("");

        while (word_next(a, line, WORDS_KERNEL, &at, &w) > 0)
                if (!str_starts(w.text, S("initrd=")))
                        ret = str_fmt(a, "%.*s%s%.*s", STR_ARG(ret), ret.len ? " " : "", STR_ARG(w.text));
        return ret;
}

static void extlinux_line(struct boot_menu *m, struct arena *a, struct text_file config, const struct line_span *l, struct str *common,
                          struct str *start) {
        struct str line = str_span(config.text, l->from, l->to), rest;
        struct boot_entry *e = m->count ? &m->items[m->count - 1] : NULL;

        if (keyword(line, "label", &rest)) {
                *arena_append(a, m) = (struct boot_entry){ .id = rest, .title = rest, .path = config.path, .words = *common,
                                                           .rescue = entry_is_rescue(rest), .parent = -1 };
        } else if (keyword(line, "default", &rest) || keyword(line, "ontimeout", &rest)) {
                *start = rest;
        } else if (keyword(line, "include", &rest) || keyword(line, "config", &rest)) {
                *arena_append(a, &m->reads) = (struct remark){ .path = rest, .line = l->number, .text = S("is read besides") };
                m->doubt = S("the configuration reads another file");
        } else if (keyword(line, "append", &rest)) {
                if (e)
                        e->words = without_initrd(a, str_eq(rest, S("-")) ? S("") : rest), e->line = l->number;
                else
                        *common = without_initrd(a, rest);
        } else if (e && (keyword(line, "linux", &rest) || keyword(line, "kernel", &rest))) {
                e->kernel = rest;
        } else if (e && keyword(line, "menu", &rest) && keyword(rest, "label", &rest)) {
                e->title = rest;
                e->rescue |= entry_is_rescue(rest);
        } else if (e && keyword(line, "menu", &rest) && keyword(rest, "default", &rest)) {
                *start = e->id;
        }
}

struct boot_menu boot_extlinux(struct arena *a, struct text_file config) {
        struct boot_menu m = { .starts = -1 };
        struct str common = S(""), start = S("");
        struct line_span l = { 0 };

        while (line_next(config.text, &l))
                extlinux_line(&m, a, config, &l, &common, &start);
        for (ptrdiff_t i = m.count - 1; i >= 0; i--)
                if (start.len == 0 || str_eq(m.items[i].id, start))
                        m.starts = i;
        if (m.starts < 0)
                m.doubt = m.count ? S("no label is the default one") : S("there is no label");
        return m;
}

/* ---- Boot entries, as GRUB and systemd-boot read them ---- */

static struct str base_name(struct str path) {
        ptrdiff_t n = path.len;

        while (n > 0 && path.p[n - 1] != '/')
                n--;
        return str_from(path, n);
}

struct type1 {
        struct boot_entry entry;
        struct str sort_key, machine, version;
        bool bad;
};

/* NAME+LEFT[-DONE].conf: without the counter, and whether no try is left. */
static struct str without_counter(struct arena *a, struct str name, bool *ret_bad) {
        struct str suffix = str_ends(name, S(".efi")) ? S(".efi") : S(".conf"), stem = str_sub(name, 0, name.len - suffix.len), count;
        ptrdiff_t plus = stem.len;

        *ret_bad = false;
        while (plus > 0 && stem.p[plus - 1] != '+')
                plus--;
        count = str_from(stem, plus);
        if (plus == 0 || count.len == 0)
                return name;
        for (ptrdiff_t i = 0; i < count.len; i++)
                if (!is_digit(count.p[i]) && !(count.p[i] == '-' && i > 0 && i + 1 < count.len))
                        return name;
        *ret_bad = count.p[0] == '0' && (count.len == 1 || count.p[1] == '-');
        return str_fmt(a, "%.*s%.*s", STR_ARG(str_sub(stem, 0, plus - 1)), STR_ARG(suffix));
}

static void read_key(struct type1 *t, struct arena *a, struct str line, uint32_t number) {
        struct str rest;

        if (keyword(line, "title", &rest))
                t->entry.title = rest;
        else if (keyword(line, "version", &rest))
                t->version = rest;
        else if (keyword(line, "sort-key", &rest))
                t->sort_key = rest;
        else if (keyword(line, "machine-id", &rest))
                t->machine = rest;
        else if (keyword(line, "linux", &rest) || keyword(line, "efi", &rest) || keyword(line, "uki", &rest))
                t->entry.kernel = rest, t->entry.line = t->entry.line ? t->entry.line : number;
        else if (keyword(line, "options", &rest)) {
                t->entry.words = t->entry.words.len ? str_fmt(a, "%.*s %.*s", STR_ARG(t->entry.words), STR_ARG(rest)) : rest;
                t->entry.line = number;
        }
}

static struct type1 read_entry(struct arena *a, const struct text_file *file) {
        struct str name = base_name(file->path);
        struct type1 t = { .entry = { .path = file->path, .parent = -1, .rescue = entry_is_rescue(name) } };
        struct line_span l = { 0 };

        t.entry.id = without_counter(a, name, &t.bad);
        t.entry.title = t.entry.id;
        if (str_ends(name, S(".efi"))) {
                t.entry.kernel = file->path;
                t.entry.words = file->text;
                t.entry.expands = !file->text.p;
                return t;
        }
        while (line_next(file->text, &l)) {
                struct str line = str_trim(str_span(file->text, l.from, l.to));

                if (line.len && line.p[0] != '#')
                        read_key(&t, a, line, l.number);
        }
        return t;
}

/* ---- systemd-boot ---- */

static int order_systemd(const struct type1 *x, const struct type1 *y) {
        int order = x->bad - y->bad;

        if (order)
                return order;
        if ((x->sort_key.len > 0) != (y->sort_key.len > 0))
                return x->sort_key.len ? -1 : 1;
        if (x->sort_key.len) {
                order = str_cmp(x->sort_key, y->sort_key);
                order = order ? order : str_cmp(x->machine, y->machine);
                order = order ? order : boot_version_order(y->version, x->version, false);
        }
        return order ? order : boot_version_order(y->entry.id, x->entry.id, false);
}

/* An id as people and EFI variables write it: with or without ".conf". */
static ptrdiff_t find_id(const struct boot_menu *m, struct str wanted) {
        for (ptrdiff_t i = 0; i < m->count && wanted.len; i++) {
                struct str id = m->items[i].id;

                if (glob_fits_any_case(wanted, id) || (str_ends(id, S(".conf")) && glob_fits_any_case(wanted, str_sub(id, 0, id.len - 5))))
                        return i;
        }
        return -1;
}

/* The last value of a key of loader.conf. */
static struct str loader_key(struct str text, const char *key) {
        struct line_span l = { 0 };
        struct str ret = S(""), rest;

        while (line_next(text, &l))
                if (keyword(str_span(text, l.from, l.to), key, &rest))
                        ret = rest;
        return ret;
}

static void choose_systemd(struct boot_menu *m, struct str loader_conf, const struct loader_variables *v) {
        struct str written = loader_key(loader_conf, "default");
        struct str wanted[] = { v->one_shot, v->fixed, str_eq(written, S("@saved")) ? v->last_booted : written };

        for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
                m->starts = find_id(m, wanted[i]);
                m->once = i == 0 && m->starts >= 0;
                if (m->starts >= 0)
                        return;
                if (wanted[i].len)
                        m->doubt = S("an entry is chosen that is not among these");
        }
        if (loader_key(loader_conf, "preferred").len)
                m->doubt = S("loader.conf prefers entries in a way that is not followed");
        m->starts = m->count ? 0 : -1;
        if (!m->count)
                m->doubt = S("there is no entry");
        else if (m->items[0].rescue)
                m->doubt = S("a rescue entry comes first");
}

static struct boot_menu sorted(struct arena *a, struct text_files entries, int (*order)(const struct type1 *, const struct type1 *)) {
        struct type1 *read = arena_array(a, struct type1, entries.count + 1);
        struct boot_menu m = { .starts = -1 };
        ptrdiff_t count = 0;

        for (ptrdiff_t i = 0; i < entries.count; i++) {
                struct type1 t = read_entry(a, &entries.items[i]);
                ptrdiff_t at = count++;

                if (!t.entry.kernel.len) {
                        count--;
                        continue;
                }
                for (; at > 0 && order(&t, &read[at - 1]) < 0; at--)
                        read[at] = read[at - 1];
                read[at] = t;
        }
        for (ptrdiff_t i = 0; i < count; i++)
                *arena_append(a, &m) = read[i].entry;
        return m;
}

struct boot_menu boot_systemd(struct arena *a, struct str loader_conf, struct text_files entries, const struct loader_variables *v) {
        struct boot_menu m = sorted(a, entries, order_systemd);

        choose_systemd(&m, loader_conf, v);
        return m;
}

/* ---- blscfg of GRUB ---- */

/* NAME-VERSION-RELEASE, each compared as rpm does. */
static void split_name(struct str id, struct str *ret) {
        ptrdiff_t at[2] = { id.len, id.len };

        id = str_ends(id, S(".conf")) ? str_sub(id, 0, id.len - 5) : id;
        for (ptrdiff_t i = id.len - 1, n = 0; i >= 0 && n < 2; i--)
                if (id.p[i] == '-')
                        at[n++] = i;
        if (at[1] >= id.len)
                at[1] = at[0];
        ret[0] = str_sub(id, 0, at[1]);
        ret[1] = str_sub(id, at[1] + 1, at[0] - at[1] - 1);
        ret[2] = str_from(id, at[0] + 1);
}

static int order_grub(const struct type1 *x, const struct type1 *y) {
        struct str a[3], b[3];
        int order = 0;

        split_name(x->entry.id, a);
        split_name(y->entry.id, b);
        for (int i = 0; i < 3 && order == 0; i++)
                order = boot_version_order(b[i], a[i], true);
        return order;
}

struct boot_menu boot_bls(struct arena *a, struct text_files entries) {
        struct boot_menu m = sorted(a, entries, order_grub);

        for (ptrdiff_t i = 0; i < m.count; i++)
                if (str_ends(m.items[i].id, S(".conf")))
                        m.items[i].id = str_sub(m.items[i].id, 0, m.items[i].id.len - 5);
        return m;
}
