#include "plan/edit/boot_parts.h"
#include "plan/edit/grub_script.h"
#include "plan/edit/words.h"

enum truth { NO, MAYBE, YES };
enum { NESTED_MAX = 64 };

/* What a '{' opened. */
enum block { BLOCK_OTHER, BLOCK_FUNCTION, BLOCK_SUBMENU, BLOCK_ENTRY };

struct condition {
        enum truth branch; /* the one that is read */
        enum truth before; /* whether an earlier one was taken */
};

struct reader {
        struct arena *a;
        struct text_file config;
        struct str grubenv;
        struct text_files entries;
        struct boot_menu *menu;
        struct grub_variables variables;
        bool evaluate;             /* conditions; else every branch is read as one that may be taken */
        enum block blocks[NESTED_MAX];
        ptrdiff_t block_count, functions;
        struct condition conditions[NESTED_MAX];
        ptrdiff_t condition_count;
        ptrdiff_t parent, entry;   /* in the menu; -1 */
        struct str function, choosers; /* the one that is read; names of those that choose the default entry */
        struct str doubt;
        /* Where the words of kernel lines stand. */
        struct {
                struct kernel_line {
                        ptrdiff_t entry, from, to;
                        bool open; /* a quote is not closed */
                } *items;
                ptrdiff_t count, capacity;
        } lines;
};

static struct str word(const struct grub_command *c, ptrdiff_t i) {
        return i < c->count ? c->items[i].text : S("");
}

static bool is(const struct grub_command *c, const char *name) {
        return c->count && str_eq(c->items[0].text, str_of(name));
}

static void add_doubt(struct reader *r, struct str doubt) {
        if (!r->doubt.len)
                r->doubt = doubt;
}

/* ---- Conditions ---- */

static enum truth active(const struct reader *r) {
        enum truth t = YES;

        for (ptrdiff_t i = 0; i < r->condition_count; i++)
                t = r->conditions[i].branch < t ? r->conditions[i].branch : t;
        return t;
}

/* `[ "$x" ]`, `[ -n "$x" ]`, `[ -z "$x" ]`, `[ -s …/grubenv ]`, `[ a = b ]`, `[ a != b ]`; anything else may be, and so may all in an
 * entry: there GRUB decides when it starts it. */
static enum truth test(const struct reader *r, const struct grub_command *c) {
        ptrdiff_t n = c->count;
        struct str one = word(c, 2), two = word(c, 3);

        if (!r->evaluate || r->entry >= 0 || n < 4 || !str_eq(word(c, 1), S("[")) || !str_eq(word(c, n - 1), S("]")))
                return MAYBE;
        if (n == 5 && str_eq(one, S("-s")) && str_ends(two, S("/grubenv")))
                return r->grubenv.p ? YES : NO;
        for (ptrdiff_t i = 2; i < n; i++)
                if (c->items[i].unknown)
                        return MAYBE;
        if (n == 4)
                return one.len ? YES : NO;
        if (n == 5 && str_eq(one, S("-n")))
                return two.len ? YES : NO;
        if (n == 5 && str_eq(one, S("-z")))
                return two.len ? NO : YES;
        if (n == 6 && (str_eq(two, S("=")) || str_eq(two, S("=="))))
                return str_eq(one, word(c, 4)) ? YES : NO;
        if (n == 6 && str_eq(two, S("!=")))
                return str_eq(one, word(c, 4)) ? NO : YES;
        return MAYBE;
}

static void next_branch(struct condition *c, enum truth t) {
        c->branch = c->before == YES ? NO : c->before == MAYBE && t == YES ? MAYBE : t;
        c->before = c->branch > c->before ? c->branch : c->before;
}

/* True for a word of the language itself; what stands behind it on the line is a command of its own. */
static bool is_keyword(struct reader *r, struct grub_command *c) {
        struct condition *top = r->condition_count ? &r->conditions[r->condition_count - 1] : NULL;

        if (is(c, "if") || is(c, "while") || is(c, "until") || is(c, "for")) {
                if (r->condition_count == NESTED_MAX)
                        return add_doubt(r, S("conditions are nested too deep")), true;
                r->conditions[r->condition_count] = (struct condition){ 0 };
                next_branch(&r->conditions[r->condition_count++], is(c, "if") ? test(r, c) : MAYBE);
        } else if (is(c, "elif") && top) {
                next_branch(top, test(r, c));
        } else if (is(c, "else") && top) {
                next_branch(top, YES);
        } else if ((is(c, "fi") || is(c, "done")) && top) {
                r->condition_count--;
                return true;
        } else if (!is(c, "then") && !is(c, "do")) {
                return false;
        }
        if (is(c, "then") || is(c, "else") || is(c, "do")) {
                c->items++;
                c->count--;
                return c->count == 0;
        }
        return true;
}

/* ---- Entries ---- */

/* `menuentry 'title' --class x --id y …`. */
static void name_entry(struct boot_entry *e, const struct grub_command *c) {
        for (ptrdiff_t i = 1; i < c->count; i++) {
                struct str w = c->items[i].text;

                if (str_eq(w, S("--id")))
                        e->id = word(c, ++i);
                else if (str_starts(w, S("--id=")))
                        e->id = str_from(w, 5);
                else if (str_eq(w, S("--class")) || str_eq(w, S("--users")) || str_eq(w, S("--hotkey")) || str_eq(w, S("--source")))
                        i++;
                else if (!str_starts(w, S("--")) && !e->title.p)
                        e->title = w;
        }
        e->id = e->id.len ? e->id : e->title;
        e->rescue = entry_is_rescue(e->title) || entry_is_rescue(e->id);
}

static void open_block(struct reader *r, const struct grub_command *c) {
        enum block block = is(c, "function") ? BLOCK_FUNCTION : is(c, "submenu") ? BLOCK_SUBMENU : is(c, "menuentry") ? BLOCK_ENTRY : BLOCK_OTHER;

        if (r->block_count == NESTED_MAX) {
                add_doubt(r, S("blocks are nested too deep"));
                return;
        }
        if (block != BLOCK_FUNCTION && (r->functions || active(r) == NO))
                block = BLOCK_OTHER;
        r->blocks[r->block_count++] = block;
        r->functions += block == BLOCK_FUNCTION;
        if (block == BLOCK_FUNCTION)
                r->function = word(c, 1);
        if (block != BLOCK_SUBMENU && block != BLOCK_ENTRY)
                return;
        if (active(r) == MAYBE && r->evaluate)
                add_doubt(r, S("a condition that is not known decides which entries there are"));
        *arena_append(r->a, r->menu) = (struct boot_entry){ .path = r->config.path, .parent = r->parent, .submenu = block == BLOCK_SUBMENU };
        r->entry = r->menu->count - 1;
        name_entry(&r->menu->items[r->entry], c);
        if (block == BLOCK_SUBMENU)
                r->parent = r->entry;
}

static void close_block(struct reader *r) {
        enum block block = r->block_count ? r->blocks[--r->block_count] : BLOCK_OTHER;

        r->functions -= block == BLOCK_FUNCTION;
        if (block == BLOCK_SUBMENU && r->parent >= 0)
                r->parent = r->menu->items[r->parent].parent;
        if (block == BLOCK_SUBMENU || block == BLOCK_ENTRY)
                r->entry = -1;
}

static bool is_kernel_file(struct str path) {
        return str_find(path, S("vmlinu")) >= 0 || str_find(path, S("/kernel")) >= 0 || str_find(path, S("/Image")) >= 0 ||
               str_find(path, S("bzImage")) >= 0;
}

/* Where the words begin on a kernel's line; -1 on another line. */
static ptrdiff_t words_begin(const struct grub_command *c) {
        bool module = is(c, "module") || is(c, "module2");
        ptrdiff_t file = 1;

        if (!module && !is(c, "linux") && !is(c, "linux16") && !is(c, "linuxefi"))
                return -1;
        while (file < c->count && str_starts(c->items[file].text, S("--")))
                file++;
        if (file >= c->count || (module && !is_kernel_file(c->items[file].text)))
                return -1;
        file += module && file + 1 < c->count && str_eq(c->items[file + 1].text, S("placeholder"));
        return file + 1;
}

/* The words as the kernel gets them, without what GRUB and people add for the loader. */
static struct str handed_over(struct arena *a, struct str line) {
        struct str ret = S("");
        struct word w;
        ptrdiff_t at = 0;

        while (word_next(a, line, WORDS_GRUB, &at, &w) > 0)
                ret = str_fmt(a, "%.*s%s%.*s", STR_ARG(ret), ret.len ? " " : "", STR_ARG(w.text));
        return ret;
}

static void read_kernel_line(struct reader *r, const struct grub_command *c) {
        struct boot_entry *e = &r->menu->items[r->entry];
        ptrdiff_t n = words_begin(c), from, to = c->items[c->count - 1].to;
        struct str line;

        if (n < 0)
                return;
        from = c->items[n - 1].to;
        line = handed_over(r->a, grub_expand(r->a, str_span(r->config.text, from, to), &r->variables, &e->expands));
        *arena_append(r->a, &r->lines) = (struct kernel_line){ .entry = r->entry, .from = from, .to = to, .open = c->items[c->count - 1].open };
        if (c->items[c->count - 1].open)
                add_doubt(r, S("a quote is not closed"));
        if (e->line) {
                e->words = str_fmt(r->a, "%.*s\n%.*s", STR_ARG(e->words), STR_ARG(line));
                return;
        }
        e->kernel = c->items[n > 2 && str_eq(c->items[n - 1].text, S("placeholder")) ? n - 2 : n - 1].text;
        e->line = line_at(r->config.text, from);
        e->words = line;
}

/* ---- Other commands ---- */

static void load_env(struct reader *r) {
        struct str rest = r->grubenv, line, value;

        while (r->grubenv.p && str_line(&rest, &line)) {
                ptrdiff_t n = str_find_char(line, '=');
                struct str name = str_sub(line, 0, n);

                if (n > 0 && line.p[0] != '#' && grubenv_get(r->a, r->grubenv, name, &value))
                        grub_set(&r->variables, r->a, name, value, true);
        }
}

static void set(struct reader *r, const struct grub_word *w) {
        ptrdiff_t n = str_find_char(w->text, '=');

        if (n > 0)
                grub_set(&r->variables, r->a, str_sub(w->text, 0, n), str_from(w->text, n + 1), active(r) == YES && !w->unknown);
}

static void add_bls(struct reader *r) {
        struct boot_menu bls = boot_bls(r->a, r->entries);

        for (ptrdiff_t i = 0; i < bls.count; i++) {
                struct boot_entry e = bls.items[i];

                e.parent = r->parent;
                *arena_append(r->a, r->menu) = e;
        }
}

static void other_command(struct reader *r, const struct grub_command *c) {
        if (is(c, "set") && c->count > 1) {
                set(r, &c->items[1]);
        } else if (is(c, "load_env") && active(r) != NO) {
                load_env(r);
        } else if (is(c, "blscfg")) {
                add_bls(r);
        } else if (is(c, "source") || is(c, ".") || is(c, "configfile")) {
                *arena_append(r->a, &r->menu->reads) = (struct remark){ .path = word(c, 1), .line = line_at(r->config.text, c->items[0].from),
                                                                        .text = S("is read besides") };
        } else if (str_find_char(word(c, 0), '=') > 0) {
                set(r, &c->items[0]);
        } else if (str_has_word(r->choosers, word(c, 0))) {
                add_doubt(r, S("a function decides which entry is the default one"));
        }
}

static void read_all(struct reader *r) {
        ptrdiff_t at = 0;
        struct grub_command c;

        r->parent = r->entry = -1;
        while (grub_command(r->a, r->config.text, &at, &r->variables, &c)) {
                if (c.closes) {
                        close_block(r);
                        continue;
                }
                if (c.count && is_keyword(r, &c))
                        continue;
                if (r->functions && (str_starts(word(&c, is(&c, "set")), S("default="))))
                        r->choosers = str_fmt(r->a, "%.*s %.*s", STR_ARG(r->choosers), STR_ARG(r->function));
                if (c.opens)
                        open_block(r, &c);
                else if (c.count == 0 || r->functions || active(r) == NO)
                        continue;
                else if (r->entry >= 0 && !r->menu->items[r->entry].submenu)
                        read_kernel_line(r, &c);
                else
                        other_command(r, &c);
        }
}

/* ---- The choice ---- */

/* Cuts the first part of "a>b"; ">>" is a '>' of a title. */
static struct str cut_part(struct arena *a, struct str *spec) {
        char *bytes = arena_bytes(a, spec->len + 1);
        ptrdiff_t n = 0, i = 0;

        for (; i < spec->len; i++) {
                if (spec->p[i] == '>' && i + 1 < spec->len && spec->p[i + 1] == '>')
                        i++;
                else if (spec->p[i] == '>')
                        break;
                bytes[n++] = spec->p[i];
        }
        *spec = str_from(*spec, i + 1);
        return str_n(bytes, n);
}

/* The entry of a menu by number, id or title; -1. */
static ptrdiff_t find(const struct boot_menu *m, ptrdiff_t parent, struct str part) {
        uint64_t number;
        bool numbered = str_to_u64(part, &number);
        uint64_t n = 0;

        for (ptrdiff_t i = 0; i < m->count; i++) {
                if (m->items[i].parent != parent)
                        continue;
                if (numbered ? n++ == number : str_eq(m->items[i].id, part) || str_eq(m->items[i].title, part))
                        return i;
        }
        return -1;
}

static void choose(struct reader *r) {
        const struct grub_variable *v = grub_variable(&r->variables, S("default"));
        struct str next, spec = v ? v->value : S("0");
        ptrdiff_t parent = -1, at;

        r->menu->once = r->grubenv.p && grubenv_get(r->a, r->grubenv, S("next_entry"), &next) && next.len > 0;
        if (v && !v->sure)
                add_doubt(r, S("a condition that is not known decides which entry is the default one"));
        if (str_find_char(spec, '$') >= 0)
                add_doubt(r, S("a variable that is not known decides which entry is the default one"));
        do {
                struct str part = cut_part(r->a, &spec);

                at = part.len ? find(r->menu, parent, part) : -1;
                if (at < 0)
                        at = find(r->menu, parent, S("0"));
                parent = at;
        } while (at >= 0 && r->menu->items[at].submenu);
        r->menu->starts = at;
        if (at < 0)
                add_doubt(r, S("there is no entry"));
        else if (!r->menu->items[at].kernel.len)
                add_doubt(r, S("the default entry starts no kernel that is read here"));
}

/* Entries of loader/entries take their variables from what grub.cfg has set at its end. */
static void expand_bls(struct reader *r) {
        for (ptrdiff_t i = 0; i < r->menu->count; i++) {
                struct boot_entry *e = &r->menu->items[i];

                if (!e->submenu && !str_eq(e->path, r->config.path))
                        e->words = handed_over(r->a, grub_expand(r->a, e->words, &r->variables, &e->expands));
        }
}

struct boot_menu boot_grub(struct arena *a, struct text_file config, struct str grubenv, struct text_files entries) {
        struct boot_menu menu = { .starts = -1 };
        struct reader r = { .a = a, .config = config, .grubenv = grubenv, .entries = entries, .menu = &menu, .evaluate = true };

        read_all(&r);
        expand_bls(&r);
        choose(&r);
        menu.doubt = r.doubt;
        return menu;
}

struct edited edit_grub_cfg(struct arena *a, struct str text, const struct word_changes *changes) {
        struct boot_menu menu = { 0 };
        struct reader r = { .a = a, .config = { .text = text }, .menu = &menu };
        struct patches all = { 0 };
        struct edited ret;
        bool any = false;

        read_all(&r);
        for (ptrdiff_t i = 0; i < r.lines.count; i++) {
                const struct kernel_line *l = &r.lines.items[i];

                if (menu.items[l->entry].rescue)
                        continue;
                any = true;
                if (l->open)
                        return refused(a, line_at(text, l->from), "a quote is not closed here");
                if (l->from > 0 && text.p[l->from - 1] && memchr("=\\ \t\r\n", text.p[l->from - 1], 6)) /* a blank behind a backslash */
                        return refused(a, line_at(text, l->from), "a kernel's file name does not end in %s",
                                       text.p[l->from - 1] == '=' ? "'='" : text.p[l->from - 1] == '\\' ? "'\\'" : "a blank");
                if (words_end_escaped(str_span(text, l->from, l->to)))
                        return refused(a, line_at(text, l->from), "a backslash ends the line");
                if (!words_patch(&all, a, text, l->from, l->to, WORDS_GRUB, changes, &ret))
                        return ret;
        }
        if (!any && words_add(changes))
                return refused(a, 0, "there is no line of a kernel");
        return patched(a, text, &all);
}
