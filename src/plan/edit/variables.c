#include "plan/edit/shell.h"
#include "plan/edit/words.h"

/* ---- Which variables ---- */

/* Variables that stand one after the other on one line. */
struct line_of {
        struct str names[2];
        bool optional; /* words are added only where it is set: it replaces another line */
};

#define GRUB_LINES                                                                                                           \
        { { .names = { STR("GRUB_CMDLINE_LINUX"), STR("GRUB_CMDLINE_LINUX_DEFAULT") } },                                     \
          { .names = { STR("GRUB_CMDLINE_LINUX_XEN_REPLACE"), STR("GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT") }, .optional = true } }

static const struct kind {
        struct line_of lines[2];
        enum word_syntax syntax;
        bool bash;
        bool xen;
        struct str otherwise; /* what counts where the variable is not set: it must stay when a word is added */
        bool running;         /* there the running machine's line counts, so that nothing can be added */
} kinds[] = {
        [VARIABLE_FILE_GRUB] = { .lines = GRUB_LINES, .syntax = WORDS_GRUB },
        [VARIABLE_FILE_GRUB_BASH] = { .lines = GRUB_LINES, .syntax = WORDS_GRUB, .bash = true },
        [VARIABLE_FILE_GRUB_XEN] = { .lines = { { .names = { STR("GRUB_CMDLINE_XEN"), STR("GRUB_CMDLINE_XEN_DEFAULT") } } },
                                     .syntax = WORDS_GRUB, .xen = true },
        [VARIABLE_FILE_UPDATE_EXTLINUX] = { .lines = { { .names = { STR("default_kernel_opts") } } } },
        [VARIABLE_FILE_U_BOOT_MENU] = { .lines = { { .names = { STR("U_BOOT_PARAMETERS") } } }, .otherwise = STR("ro quiet ") },
        [VARIABLE_FILE_FLASH_KERNEL] = { .lines = { { .names = { STR("LINUX_KERNEL_CMDLINE"), STR("LINUX_KERNEL_CMDLINE_DEFAULTS") } } } },
        [VARIABLE_FILE_DRACUT] = { .lines = { { .names = { STR("kernel_cmdline") } } }, .bash = true, .running = true },
};

/* The files as a shell reads them, and the one line that variables make. */
struct job {
        struct arena *a;
        const struct kind *kind;
        const struct word_changes *changes;
        struct str names[4];
        struct shell shell;
        struct edited_files *ret;
        struct patches *patches; /* for each file */
};

static bool read_shell(struct job *j, struct text_files files) {
        ptrdiff_t n = 0;

        for (size_t i = 0; i < sizeof(j->kind->lines) / sizeof(j->kind->lines[0]); i++)
                for (size_t k = 0; k < 2; k++)
                        if (j->kind->lines[i].names[k].len)
                                j->names[n++] = j->kind->lines[i].names[k];
        j->shell = (struct shell){ .arena = j->a, .files = files, .names = j->names, .name_count = n, .bash = j->kind->bash };
        return shell_read(&j->shell);
}

static struct edited_files *refuse(struct edited_files *ret, struct str path, uint32_t line, struct str reason) {
        ret->outcome = EDITED_REFUSED;
        ret->reason = reason;
        ret->path = path;
        ret->line = line;
        return ret;
}

static struct str path_of(const struct shell *s, ptrdiff_t file) {
        return file < s->files.count ? s->files.items[file].path : S("");
}

/* ---- The line ---- */

struct joined {
        struct shell_value value;
        struct str text;
        ptrdiff_t ends[2]; /* of each variable's part */
        bool set;
};

/* False where a part is computed. */
static bool join(struct job *j, const struct line_of *line, struct joined *ret) {
        char *bytes;

        *ret = (struct joined){ 0 };
        for (ptrdiff_t i = 0; i < j->shell.name_count; i++) {
                const struct shell_value *v = &j->shell.values[i];
                int part = str_eq(j->shell.names[i], line->names[0]) ? 0 : str_eq(j->shell.names[i], line->names[1]) ? 1 : -1;

                if (part < 0)
                        continue;
                if (v->computed) {
                        const struct shell_assignment *x = &j->shell.items[v->computed - 1];

                        refuse(j->ret, path_of(&j->shell, x->file), x->line,
                               str_fmt(j->a, "a shell computes %.*s here", STR_ARG(x->name)));
                        return false;
                }
                if (part)
                        *arena_append(j->a, &ret->value) = (struct shell_char){ .c = ' ', .fixed = true, .assignment = -1 };
                for (ptrdiff_t k = 0; k < v->count; k++)
                        *arena_append(j->a, &ret->value) = v->items[k];
                ret->ends[part] = ret->value.count;
                ret->set |= j->shell.set[i];
        }
        bytes = arena_bytes(j->a, ret->value.count + 1);
        for (ptrdiff_t i = 0; i < ret->value.count; i++)
                bytes[i] = ret->value.items[i].c;
        ret->text = str_n(bytes, ret->value.count);
        return true;
}

static struct words_edit words_of(struct job *j, const struct joined *line) {
        struct words_edit e = { .arena = j->a, .text = line->text, .syntax = j->kind->syntax, .changes = j->changes };

        words_part(&e, 0, line->text.len);
        return e;
}

/* Where a character of the line comes from. */
static void place_of(struct job *j, const struct joined *line, ptrdiff_t at, struct str *ret_path, uint32_t *ret_line) {
        const struct shell_char *c = at < line->value.count ? &line->value.items[at] : NULL;
        const struct shell_assignment *x;

        *ret_path = S("");
        *ret_line = 0;
        if (!c || c->assignment < 0)
                return;
        x = &j->shell.items[c->assignment];
        *ret_path = path_of(&j->shell, x->file);
        *ret_line = line_at(j->shell.files.items[x->file].text, c->from);
}

/* ---- Words out ---- */

static bool is_cut(const struct patches *p, const struct shell_char *c) {
        for (ptrdiff_t i = 0; i < p->count; i++)
                if (p->items[i].from == c->from)
                        return true;
        return false;
}

/* A blank beside a word of the assignment that can go with it. */
static bool is_free_blank(struct job *j, const struct joined *line, ptrdiff_t at, int32_t assignment) {
        const struct shell_char *c = at >= 0 && at < line->value.count ? &line->value.items[at] : NULL;

        return c && kernel_blank(c->c) && !c->fixed && c->assignment == assignment &&
               !is_cut(&j->patches[j->shell.items[assignment].file], c);
}

/* Takes one word out, byte by byte, with a blank beside it; false where it is not one assignment's own text. */
static bool cut(struct job *j, const struct joined *line, struct patch p) {
        int32_t assignment;
        struct patches *patches;
        struct str path;
        uint32_t number;

        for (; p.from < p.to && kernel_blank(line->text.p[p.from]);)
                p.from++;
        for (; p.to > p.from && kernel_blank(line->text.p[p.to - 1]);)
                p.to--;
        if (p.from >= p.to || !line->value.items)
                return false;
        assignment = line->value.items[p.from].assignment;
        for (ptrdiff_t i = p.from; i < p.to; i++) {
                if (!line->value.items[i].fixed && line->value.items[i].assignment == assignment)
                        continue;
                place_of(j, line, i, &path, &number);
                refuse(j->ret, path, number, S("a word is put together from several texts here"));
                return false;
        }
        if (is_free_blank(j, line, p.from - 1, assignment))
                p.from--;
        else if (is_free_blank(j, line, p.to, assignment))
                p.to++;
        patches = &j->patches[j->shell.items[assignment].file];
        for (ptrdiff_t i = p.from; i < p.to; i++)
                if (!is_cut(patches, &line->value.items[i]))
                        patch_add(patches, j->a, line->value.items[i].from, line->value.items[i].to, S(""));
        return true;
}

/* ---- Words in ---- */

/* Where the value's own text ends in the file, and how a word is put behind it. */
static void put_behind(struct job *j, const struct shell_assignment *x, struct str words, bool bare) {
        struct str text = j->shell.files.items[x->file].text;
        struct patches *p = &j->patches[x->file];
        struct str value = str_span(text, x->from, x->to);
        ptrdiff_t at = x->quote;

        if (at >= 0) {
                while (at > x->from + 1 && text.p[at - 1] == ' ')
                        at--;
                patch_add(p, j->a, at, at, bare ? words : str_fmt(j->a, " %.*s", STR_ARG(words)));
        } else if (value.len == 0) {
                patch_add(p, j->a, x->to, x->to, str_fmt(j->a, "\"%.*s\"", STR_ARG(words)));
        } else if (str_find_char(value, '"') < 0 && str_find_char(value, '\'') < 0 && str_find_char(value, '\\') < 0) {
                patch_add(p, j->a, x->from, x->from, S("\""));
                patch_add(p, j->a, x->to, x->to, str_fmt(j->a, " %.*s\"", STR_ARG(words)));
        } else {
                patch_add(p, j->a, x->to, x->to, str_fmt(j->a, "\" %.*s\"", STR_ARG(words)));
        }
}

static void append_assignment(struct job *j, struct str name, struct str words) {
        struct str text = j->shell.files.items[0].text;
        bool open = text.len > 0 && text.p[text.len - 1] != '\n';

        patch_add(&j->patches[0], j->a, text.len, text.len,
                  str_fmt(j->a, "%s%.*s=\"%.*s%.*s\"\n", open ? "\n" : "", STR_ARG(name), STR_ARG(j->kind->otherwise), STR_ARG(words)));
}

/* The words that are to be added, with blanks between; empty when there are none. False where one cannot be written. */
static bool words_to_add(struct job *j, const struct words_edit *e, struct str *ret) {
        *ret = S("");
        for (ptrdiff_t i = 0; i < j->changes->count; i++) {
                struct str add = j->changes->items[i].add;

                if (!add.len || e->held[i])
                        continue;
                if (!word_is_plain(add)) {
                        refuse(j->ret, S(""), 0, str_fmt(j->a, "%.*s cannot be written without quotes", STR_ARG(add)));
                        return false;
                }
                *ret = str_fmt(j->a, "%.*s%s%.*s", STR_ARG(*ret), ret->len ? " " : "", STR_ARG(add));
        }
        return true;
}

static bool stays_bare(const struct joined *line, const struct words_edit *e, int part) {
        ptrdiff_t from = part ? line->ends[0] + 1 : 0;

        for (ptrdiff_t i = from; i < line->ends[part]; i++) {
                bool goes = kernel_blank(line->text.p[i]);

                for (ptrdiff_t k = 0; k < e->patches.count; k++)
                        goes |= i >= e->patches.items[k].from && i < e->patches.items[k].to;
                if (!goes)
                        return false;
        }
        return true;
}

static bool edit_line(struct job *j, const struct line_of *of, int part) {
        struct joined line;
        struct words_edit e;
        struct str add;
        const struct shell_assignment *x = shell_last(&j->shell, of->names[part]);

        if (!join(j, of, &line))
                return false;
        e = words_of(j, &line);
        if (e.refusal.reason.len) {
                refuse(j->ret, S(""), 0, e.refusal.reason);
                place_of(j, &line, e.refused_at, &j->ret->path, &j->ret->line);
                return false;
        }
        for (ptrdiff_t i = 0; i < e.patches.count; i++)
                if (!cut(j, &line, e.patches.items[i]))
                        return false;
        if ((of->optional && !line.set) || !words_to_add(j, &e, &add))
                return !j->ret->reason.len;
        if (add.len && (e.dashes || str_find_char(line.text, '\n') >= 0)) {
                refuse(j->ret, x ? path_of(&j->shell, x->file) : S(""), x ? x->line : 0,
                       S("words behind the end of this value would not reach the kernel"));
                return false;
        }
        if (add.len && !x && j->kind->running) {
                refuse(j->ret, j->shell.files.items[0].path, 0, str_fmt(j->a, "%.*s is not set: the running machine's line counts", STR_ARG(of->names[part])));
                return false;
        }
        if (add.len && x)
                put_behind(j, x, add, !x->uses_self && stays_bare(&line, &e, part));
        else if (add.len)
                append_assignment(j, of->names[part], add);
        return true;
}

/* ---- All of it ---- */

/* What the assignment itself adds to what it refers to. */
static struct str own_text(struct job *j, const struct shell_assignment *x, int32_t number) {
        ptrdiff_t n = 0, length = 0;
        char *bytes;

        for (ptrdiff_t k = 0; k < x->value.count; k++)
                n += x->value.items[k].assignment == number;
        bytes = arena_bytes(j->a, n + 1);
        for (ptrdiff_t k = 0; k < x->value.count; k++)
                if (x->value.items[k].assignment == number)
                        bytes[length++] = x->value.items[k].c;
        return str_n(bytes, length);
}

/* Words in assignments that count no more. */
static void remark_dead(struct job *j) {
        bool *counts = arena_array(j->a, bool, j->shell.count + 1);

        for (ptrdiff_t n = 0; n < j->shell.name_count; n++)
                for (ptrdiff_t i = 0; i < j->shell.values[n].count; i++)
                        counts[j->shell.values[n].items[i].assignment] = true;
        for (ptrdiff_t i = 0; i < j->shell.count; i++) {
                const struct shell_assignment *x = &j->shell.items[i];
                struct str own;

                if (counts[i])
                        continue;
                own = own_text(j, x, (int32_t)i);
                for (ptrdiff_t k = 0; k < j->changes->count; k++) {
                        struct str word = j->changes->items[k].remove;

                        if (word.len && words_hold(j->a, own, j->kind->syntax, word))
                                *arena_append(j->a, &j->ret->remarks) = (struct remark){
                                        .path = path_of(&j->shell, x->file), .line = x->line,
                                        .text = str_fmt(j->a, "%.*s stands here, but %.*s is assigned anew later", STR_ARG(word), STR_ARG(x->name)) };
                }
        }
}

static struct text_files with_patches(struct job *j) {
        struct text_file *items = arena_array(j->a, struct text_file, j->shell.files.count + 1);

        for (ptrdiff_t i = 0; i < j->shell.files.count; i++) {
                struct edited e = patched(j->a, j->shell.files.items[i].text, &j->patches[i]);

                items[i] = (struct text_file){ .path = path_of(&j->shell, i), .text = e.text };
                if (e.outcome == EDITED_DONE)
                        *arena_append(j->a, j->ret) = items[i];
        }
        return (struct text_files){ .items = items, .count = j->shell.files.count };
}

/* What was promised, read back: nothing is left to remove or to add. */
static bool holds(const struct job *before, struct text_files files) {
        struct edited_files aside = { 0 };
        struct job j = { .a = before->a, .kind = before->kind, .changes = before->changes, .ret = &aside };

        if (!read_shell(&j, files))
                return false;
        for (size_t i = 0; i < sizeof(j.kind->lines) / sizeof(j.kind->lines[0]); i++) {
                struct joined line;
                struct words_edit e;
                struct str add;

                if (!join(&j, &j.kind->lines[i], &line))
                        return false;
                e = words_of(&j, &line);
                if (e.refusal.reason.len || e.patches.count || !words_to_add(&j, &e, &add))
                        return false;
                if (add.len && j.kind->lines[i].names[0].len && (!j.kind->lines[i].optional || line.set))
                        return false;
        }
        return true;
}

/* With words added to one of a line's variables; false where that does not do it. */
static bool try(struct job *j, struct text_files files, int part) {
        *j->ret = (struct edited_files){ 0 };
        j->patches = arena_array(j->a, struct patches, files.count + 1);
        for (size_t i = 0; i < sizeof(j->kind->lines) / sizeof(j->kind->lines[0]); i++) {
                const struct line_of *line = &j->kind->lines[i];

                if (line->names[0].len && !edit_line(j, line, line->names[part].len ? part : 0))
                        return false;
        }
        if (!holds(j, with_patches(j))) {
                refuse(j->ret, S(""), 0, S("the change would not hold once a shell has read these files"));
                return false;
        }
        j->ret->outcome = j->ret->count ? EDITED_DONE : EDITED_SAME;
        return true;
}

static bool is_xen_word(const struct word_change *c) {
        return c->add.len == 0 && (str_eq(c->remove, S("spec-ctrl=no")) || str_eq(c->remove, S("xpti=no")) || str_eq(c->remove, S("xpti=0")));
}

struct edited_files edit_variables(struct arena *a, struct text_files files, enum variable_file kind, const struct word_changes *changes) {
        struct edited_files ret = { 0 }, first;
        struct job j = { .a = a, .kind = &kinds[kind], .changes = changes, .ret = &ret };

        for (ptrdiff_t i = 0; i < changes->count && j.kind->xen; i++)
                if (!is_xen_word(&changes->items[i]))
                        return *refuse(&ret, S(""), 0, S("of the hypervisor's words only spec-ctrl=no and xpti=no are removed"));
        if (files.count == 0)
                return *refuse(&ret, S(""), 0, S("no file sets the kernel's parameters"));
        if (!read_shell(&j, files))
                return *refuse(&ret, path_of(&j.shell, j.shell.file), j.shell.line, j.shell.reason);
        if (!try(&j, files, 0)) {
                first = ret;
                first.count = 0;
                if (!try(&j, files, 1))
                        return first;
        }
        remark_dead(&j);
        return ret;
}

struct str variables_drop_in(struct arena *a, enum variable_file kind, const struct word_changes *changes) {
        struct str name = kinds[kind].lines[0].names[0], text = str_fmt(a, "%.*s=\"$%.*s", STR_ARG(name), STR_ARG(name));

        for (ptrdiff_t i = 0; i < changes->count; i++)
                if (changes->items[i].add.len)
                        text = str_fmt(a, "%.*s %.*s", STR_ARG(text), STR_ARG(changes->items[i].add));
        return str_fmt(a, "%.*s\"\n", STR_ARG(text));
}
