#include "evidence/kernel_line.h"
#include "plan/edit/settings.h"

/* One line of modprobe.d as libkmod reads it: a backslash and the line end behind it are nothing, so that lines are joined without a
 * blank; in front of anything else a backslash goes, and what follows stays. */
struct logical {
        ptrdiff_t from, next;
        uint32_t number, lines;
        struct str text;
        ptrdiff_t *places; /* of each of its bytes, in the file; and where it ends */
};

/* Where the line ends that begins at `from`: what is kept of it is no longer, however long the file is. */
static ptrdiff_t end_of_line(struct str text, ptrdiff_t from) {
        ptrdiff_t i = from;

        while (i < text.len && text.p[i] != '\n')
                i += text.p[i] == '\\' ? 2 : 1;
        return i < text.len ? i : text.len;
}

/* The bytes of the line that begins at `from`. */
static void join(struct arena *a, struct str text, struct logical *l) {
        ptrdiff_t n = 0, i = l->from, most = end_of_line(text, i) - i + 1;
        char *bytes = arena_bytes(a, most);

        l->places = arena_array(a, ptrdiff_t, most);
        l->lines = 1;
        for (; i < text.len && text.p[i] != '\n'; i++) {
                if (text.p[i] == '\\' && ++i < text.len && text.p[i] == '\n') {
                        l->lines++;
                        continue;
                }
                if (i < text.len) {
                        l->places[n] = i;
                        bytes[n++] = text.p[i];
                }
        }
        l->places[n] = i < text.len ? i : text.len;
        l->text = str_n(bytes, n);
        l->next = i < text.len ? i + 1 : text.len;
}

static bool logical_next(struct arena *a, struct str text, struct logical *l) {
        if (l->next >= text.len)
                return false;
        *l = (struct logical){ .from = l->next, .number = l->lines ? l->number + l->lines : 1 };
        join(a, text, l);
        return true;
}

/* The next word of a line. */
static bool word_next_in(const struct logical *l, ptrdiff_t *at, ptrdiff_t *ret_from) {
        ptrdiff_t i = *at;

        while (i < l->text.len && kernel_blank(l->text.p[i]))
                i++;
        *ret_from = i;
        while (i < l->text.len && !kernel_blank(l->text.p[i]))
                i++;
        *at = i;
        return i > *ret_from;
}

struct finder {
        struct arena *a;
        struct text_files files;
        struct str module, parameter;
};

/* One `parameter=value` of an options line. */
struct place {
        ptrdiff_t file, from, to;
        struct str value;
        uint32_t line;
        bool alone; /* nothing else stands on its line */
        struct logical whole;
};

static bool next_is(const struct logical *l, ptrdiff_t *at, struct str word) {
        ptrdiff_t from;

        return word_next_in(l, at, &from) && kernel_same_name(str_span(l->text, from, *at), word);
}

/* Calls of the parameter on one line are handed to `ret`, which grows. */
struct places {
        struct place *items;
        ptrdiff_t count, capacity;
};

static void find_in_line(struct finder *f, ptrdiff_t file, const struct logical *l, struct places *ret) {
        ptrdiff_t at = 0, from, words = 0, first = ret->count;

        if (!next_is(l, &at, S("options")) || !next_is(l, &at, f->module))
                return;
        for (; word_next_in(l, &at, &from); words++) {
                struct str word = str_span(l->text, from, at);
                ptrdiff_t n = str_find_char(word, '=');

                if (kernel_same_name(n < 0 ? word : str_sub(word, 0, n), f->parameter))
                        *arena_append(f->a, ret) = (struct place){ .file = file, .from = l->places[from], .to = l->places[at - 1] + 1,
                                                                   .value = n < 0 ? S("") : str_from(word, n + 1), .whole = *l,
                                                                   .line = l->number + line_at(str_from(f->files.items[file].text, l->from), l->places[from] - l->from) - 1 };
        }
        for (ptrdiff_t i = first; i < ret->count; i++)
                ret->items[i].alone = ret->count - first == words;
}

static struct places find(struct finder *f) {
        struct places ret = { 0 };

        for (ptrdiff_t i = 0; i < f->files.count; i++) {
                struct logical l = { 0 };

                while (logical_next(f->a, f->files.items[i].text, &l))
                        find_in_line(f, i, &l, &ret);
        }
        return ret;
}

/* An `install` line runs a command in the module's place. */
static bool find_install(const struct finder *f, ptrdiff_t *ret_file, uint32_t *ret_line) {
        for (ptrdiff_t i = 0; i < f->files.count; i++) {
                struct logical l = { 0 };

                while (logical_next(f->a, f->files.items[i].text, &l)) {
                        ptrdiff_t at = 0;

                        if (!next_is(&l, &at, S("install")) || !next_is(&l, &at, f->module))
                                continue;
                        *ret_file = i;
                        *ret_line = l.number;
                        return true;
                }
        }
        return false;
}

static struct finder finder_of(struct arena *a, struct text_files files, struct str module, struct str parameter) {
        return (struct finder){ .a = a, .files = settings_files(a, files, S("modprobe.d")), .module = module, .parameter = parameter };
}

struct setting module_option(struct arena *a, struct text_files files, struct str module, struct str parameter) {
        struct finder f = finder_of(a, files, module, parameter);
        struct places all = find(&f);
        const struct place *p = all.count ? &all.items[all.count - 1] : NULL;

        if (!p)
                return (struct setting){ 0 };
        return (struct setting){ .set = true, .value = p->value, .path = f.files.items[p->file].path, .line = p->line };
}

/* Takes the parameter out of a line, or the line with it where it holds nothing else. */
static void take_out(struct patches *patches, struct arena *a, struct str text, const struct place *p) {
        ptrdiff_t from = p->from;

        if (p->alone) {
                if (!patches->count || patches->items[patches->count - 1].from != p->whole.from)
                        patch_add(patches, a, p->whole.from, p->whole.next, S(""));
                return;
        }
        if (from > 0 && (text.p[from - 1] == ' ' || text.p[from - 1] == '\t'))
                from--;
        patch_add(patches, a, from, p->to, S(""));
}

static struct edited_files remove_all(struct finder *f, const struct places *all) {
        struct edited_files ret = { 0 };

        for (ptrdiff_t i = 0; i < all->count; i++)
                if (!settings_own(f->files.items[all->items[i].file].path))
                        return settings_refused(f->a, f->files.items[all->items[i].file].path, all->items[i].line,
                                                str_fmt(f->a, "%.*s is set in a file of a package", STR_ARG(f->parameter)));
        for (ptrdiff_t file = 0; file < f->files.count; file++) {
                struct patches patches = { 0 };
                struct edited e;

                for (ptrdiff_t i = 0; i < all->count; i++)
                        if (all->items[i].file == file)
                                take_out(&patches, f->a, f->files.items[file].text, &all->items[i]);
                e = patched(f->a, f->files.items[file].text, &patches);
                if (e.outcome == EDITED_DONE)
                        settings_change(&ret, f->a, f->files.items[file].path, e.text);
        }
        return ret;
}

struct edited_files edit_module_option(struct arena *a, struct text_files files, struct str module, struct str parameter,
                                       struct str value, struct str own) {
        struct finder f = finder_of(a, files, module, parameter);
        struct places all = find(&f);
        const struct place *last = all.count ? &all.items[all.count - 1] : NULL;
        struct edited_files ret = { 0 };
        struct patches patches = { 0 };
        ptrdiff_t file;
        uint32_t line;

        if (find_install(&f, &file, &line))
                return settings_refused(a, f.files.items[file].path, line, S("a command of its own loads this module"));
        if (!value.p)
                return remove_all(&f, &all);
        if (last && str_eq(last->value, value))
                return ret;
        if (last && settings_own(f.files.items[last->file].path)) {
                patch_add(&patches, a, last->from, last->to, str_fmt(a, "%.*s=%.*s", STR_ARG(parameter), STR_ARG(value)));
                settings_change(&ret, a, f.files.items[last->file].path, patched(a, f.files.items[last->file].text, &patches).text);
                return ret;
        }
        settings_append(&ret, a, files, own, str_fmt(a, "options %.*s %.*s=%.*s", STR_ARG(module), STR_ARG(parameter), STR_ARG(value)));
        if (!str_eq(module_option(a, settings_changed(a, files, &ret), module, parameter).value, value))
                return settings_refused(a, f.files.items[last ? last->file : 0].path, last ? last->line : 0,
                                        str_fmt(a, "%.*s is set here, and a file of your own would be read before it", STR_ARG(parameter)));
        return ret;
}
