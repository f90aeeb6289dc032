/* The files of the vulnerabilities folder as text, in every way in which a shell shows names and contents: `grep . *`, `grep -r`,
 * `head *`, `tail -n +1 *`, loops with echo and cat, and the same from inside the folder. */
#include "collect/import/parts.h"

enum { SENTENCE_MAX = 1024 };

static const struct str folder = STR("vulnerabilities/");

/* The file by the kernel's own short name of the flaw, as people call it: "srso", "gds", "old-microcode". */
static const struct sentence_file *called(const struct catalog *c, struct str name) {
        for (uint32_t i = 0; i < c->flaw_count; i++) {
                const struct flaw *f = &c->flaws[i];

                if (f->sentence_file && !f->sentence_part && (str_eq(T(f->id), name) || (f->bug.len && str_eq(T(f->bug), name))))
                        return &c->files[f->sentence_file - 1];
        }
        return NULL;
}

/* The part of a path that names a file of the folder; NULL when it is none. */
static const struct sentence_file *file_of(const struct catalog *c, struct str path, bool *ret_whole) {
        ptrdiff_t at = -1, next;

        path = str_trim(path);
        while ((next = str_find(str_from(path, at + 1), folder)) >= 0)
                at += 1 + next;
        *ret_whole = at >= 0;
        if (at >= 0) {
                path = str_from(path, at + folder.len);
                while (str_starts(path, S("/")) || str_starts(path, S("./")))
                        path = str_from(path, path.p[0] == '/' ? 1 : 2);
        }
        if (at < 0 && str_starts(path, S("./")))
                path = str_from(path, 2);
        else if (at < 0 && (str_starts(path, S(".../")) || str_starts(path, S("\xe2\x80\xa6/")))) /* people shorten it */
                path = str_from(path, 4);
        return import_known(c, import_unquoted(path));
}

const struct sentence_file *import_file_of(const struct catalog *c, struct str path) {
        bool whole;

        return file_of(c, path, &whole);
}

/* Behind a prompt, a diff's mark, or the pid that some loops print, nothing of this begins: only whole lines count. */
static struct str bare(struct str line) {
        static const struct str bullets[] = { STR("- "), STR("* "), STR("+ "), STR("\xe2\x80\xa2 ") };

        line = str_trim(line);
        while (str_starts(line, S("> "))) /* a mail's quotation */
                line = str_trim(str_from(line, 2));
        for (size_t i = 0; i < sizeof(bullets) / sizeof(bullets[0]); i++)
                if (str_starts(line, bullets[i]))
                        line = str_from(line, bullets[i].len);
        if (str_ends(line, S(",")))
                line.len--;
        if (str_starts(line, S("echo "))) /* of `set -x`, above what it prints */
                line = str_trim(str_from(line, 5));
        line = import_unquoted(line);
        return str_starts(line, S("grep: ")) ? str_from(line, 6) : line;
}

struct found {
        const struct sentence_file *file;
        struct str text;
        bool whole;     /* the path named the folder: this is nothing else */
        ptrdiff_t used; /* lines */
};

/* Behind the number of the line, which `grep -n` puts between both: "1:TEXT". */
static struct str behind_number(struct str text) {
        ptrdiff_t n = 0;

        while (n < text.len && text.p[n] >= '0' && text.p[n] <= '9')
                n++;
        return n > 0 && n < text.len && text.p[n] == ':' && import_is_sentence(str_trim(str_from(text, n + 1))) ? str_from(text, n + 1) : text;
}

/* "NAME=TEXT", "NAME;TEXT", "NAME -> TEXT", "NAME - TEXT": people's own loops and spreadsheets. */
static bool by_sign(const struct catalog *c, struct str line, struct found *ret) {
        static const struct str signs[] = { STR("="), STR(";"), STR(" = "), STR(" -> "), STR(" => "), STR(" - "), STR(" | ") };
        ptrdiff_t end = 0;

        while (end < line.len && line.p[end] != '=' && line.p[end] != ';' && line.p[end] != ' ')
                end++;
        while (end + 1 < line.len && line.p[end] == ' ' && line.p[end + 1] == ' ')
                end++;
        for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
                if (!str_starts(str_from(line, end), signs[i]))
                        continue;
                ret->file = file_of(c, import_unquoted(str_trim(str_sub(line, 0, end))), &ret->whole);
                ret->text = import_unquoted(str_trim(str_from(line, end + signs[i].len)));
                return ret->file && import_is_sentence(ret->text);
        }
        return false;
}

/* "PATH:TEXT", "NAME: TEXT", "NAME<tab>TEXT", "NAME   TEXT". */
static bool beside(const struct catalog *c, struct str line, struct found *ret) {
        ptrdiff_t at = str_find_char(line, ':');
        struct str name;

        if (at > 0 && (ret->file = file_of(c, import_unquoted(str_sub(line, 0, at)), &ret->whole))) {
                ret->text = import_unquoted(behind_number(str_from(line, at + 1)));
                return ret->text.len > 0;
        }
        if (at > 0 && (ret->file = called(c, str_sub(line, 0, at))) && import_understood(ret->file, str_trim(str_from(line, at + 1)))) {
                ret->text = str_trim(str_from(line, at + 1));
                return true;
        }
        at = str_find_char(line, ',');
        if (at > 0 && (ret->file = import_known(c, import_unquoted(str_sub(line, 0, at))))) { /* a table of a spreadsheet */
                ret->text = import_unquoted(str_from(line, at + 1));
                return import_is_sentence(ret->text);
        }
        if (by_sign(c, line, ret))
                return true;
        ret->text = line;
        if (!str_word(&ret->text, &name) || !(ret->file = file_of(c, name, &ret->whole)))
                return false;
        ret->text = str_trim(ret->text);
        return import_is_sentence(ret->text);
}

/* What `more` and others draw around names. */
static bool is_ruler(struct str line) {
        line = str_trim(line);
        for (ptrdiff_t i = 0; i < line.len; i++)
                if (line.p[i] != ':' && line.p[i] != '-' && line.p[i] != '=')
                        return false;
        return line.len > 5;
}

/* The text below "==> PATH <==", or below a line that is the path alone, a ruler between them. */
static bool below(const struct catalog *c, const struct lines *l, ptrdiff_t i, struct found *ret) {
        struct str line = bare(l->items[i].text);
        bool head = str_starts(line, S("==> ")) && str_ends(line, S(" <=="));
        ptrdiff_t next = i + 1;

        if (head)
                line = str_sub(line, 4, line.len - 8);
        else if (str_ends(line, S(":")))
                line.len--;
        ret->file = file_of(c, line, &ret->whole);
        ret->whole |= head && ret->file;
        while (head && next < l->count && str_trim(l->items[next].text).len == 0)
                next++;
        if (!head && next < l->count && is_ruler(l->items[next].text))
                next++;
        if (!ret->file || next >= l->count)
                return false;
        ret->text = str_trim(l->items[next].text);
        ret->used = next - i + 1;
        return import_is_sentence(ret->text);
}

static bool find(const struct catalog *c, const struct lines *l, ptrdiff_t i, struct found *ret) {
        *ret = (struct found){ .used = 1 };
        if (l->items[i].taken)
                return false;
        return beside(c, bare(l->items[i].text), ret) || below(c, l, i, ret);
}

/* What a pager leaves where lines are missing. */
static bool is_cut(struct str line) {
        return str_find(line, S("--More--")) >= 0 || str_eq(str_trim(line), S("..."));
}

/* A line that mail programs broke goes on in the next, which names no file. Only a line that was long enough to be broken, or ends in
 * the middle of a list, goes on; what is joined wrongly is not understood then, and nothing safer. */
static bool goes_on(const struct catalog *c, const struct lines *l, ptrdiff_t i, struct str text) {
        struct str rest, word = { 0 };
        struct found other;
        bool in_list = str_ends(text, S(";")) || str_ends(text, S(","));

        if (text.len > SENTENCE_MAX || i + 1 >= l->count || l->items[i + 1].taken || find(c, l, i + 1, &other))
                return false;
        rest = str_trim(l->items[i + 1].text);
        if (is_cut(rest) || import_begins_anew(rest) || str_starts(rest, S("+ ")) || str_starts(rest, S("\\")) || !str_word(&rest, &word))
                return false;
        return in_list || (!str_ends(word, S(":")) && l->items[i].text.len + 1 + word.len > 68);
}

/* Mail programs break at blanks, terminals wherever in a word that is: then it is understood without one. */
static struct str joined(struct import *im, const struct found *f, const struct line *line, struct str next) {
        struct str close = str_fmt(im->arena, "%.*s%.*s", STR_ARG(f->text), STR_ARG(str_trim(next)));

        return line->cut && import_understood(f->file, close) ? close : str_fmt(im->arena, "%.*s %.*s", STR_ARG(f->text), STR_ARG(str_trim(next)));
}

/* A path of the folder, two names of its files with sentences, or one with a colon and a sentence that its table knows. */
static bool is_sentences(struct import *im, const struct lines *l) {
        int marks = 0;
        struct found f;

        for (ptrdiff_t i = 0; i < l->count && marks < 2; i++)
                if (find(im->catalog, l, i, &f))
                        marks += f.whole || (f.used == 1 && str_find_char(l->items[i].text, ':') > 0 && import_understood(f.file, f.text))
                                         ? 2 : import_is_sentence(f.text);
        return marks >= 2;
}

/* A list that went through a second grep, or a pager, may lack lines: this one holds all files that there are. */
static bool is_whole(const struct import_host *h, bool some_unaffected) {
        static const struct str first[] = { STR("/sys/devices/system/cpu/vulnerabilities/meltdown"),
                                            STR("/sys/devices/system/cpu/vulnerabilities/spectre_v1"),
                                            STR("/sys/devices/system/cpu/vulnerabilities/spectre_v2") };

        for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
                if (!evidence_file(&h->e, first[i]))
                        return false;
        return some_unaffected;
}

static int read_sentences(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        bool some_unaffected = false, cut = false;
        struct found f;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                cut |= is_cut(l->items[i].text);
                if (!find(im->catalog, l, i, &f))
                        continue;
                for (ptrdiff_t k = i; k < i + f.used; k++)
                        l->items[k].taken = true;
                i += f.used - 1;
                while (goes_on(im->catalog, l, i, f.text)) {
                        f.text = joined(im, &f, &l->items[i], l->items[i + 1].text);
                        l->items[++i].taken = true;
                }
                f.text = import_line_end(im, &l->items[i], f.text);
                some_unaffected |= str_eq(f.text, S("Not affected"));
                import_sentence(im, h, f.file, f.text);
        }
        import_uname(h, S("Linux"), S(""), S(""));
        h->complete |= !cut && is_whole(h, some_unaffected);
        return 0;
}

const struct reader reader_sentences = {
        .format = { .name = "vulnerabilities-text", .title = "grep . /sys/devices/system/cpu/vulnerabilities/*",
                    .carries = "a copy of the vulnerabilities folder: what the kernel says, and nothing of the processor" },
        .lacks = LACKS_PROCESSOR,
        .in_lines = is_sentences,
        .read_lines = read_sentences,
};

/* ---- JSON: {"meltdown": "Mitigation: PTI", …}, at any depth, as people's own inventories have it ---- */

enum { OBJECT_DEPTH_MAX = 8, OBJECTS_MAX = 4096 };

static bool is_said(const struct catalog *c, const struct json_member *m) {
        return m->value.type == JSON_STRING && import_file_of(c, m->key) && import_is_sentence(str_trim(m->value.text));
}

/* Objects that have members which are files of the folder, by name or path, with sentences; and whose they are: the key that each stands under, or
 * one that names its machine. */
struct objects {
        const struct catalog *c;
        struct arena *a;
        struct object {
                const struct json_value *v;
                struct str name;
        } *items;
        ptrdiff_t count, capacity;
};

static struct str machine_named(const struct json_value *v) {
        static const struct str keys[] = { STR("hostname"), STR("host"), STR("name"), STR("node"), STR("machine"), STR("server"), STR("fqdn"), STR("instance") };

        for (size_t i = 0; v->type == JSON_OBJECT && i < sizeof(keys) / sizeof(keys[0]); i++) {
                const struct json_value *m = json_member(v, keys[i]);

                if (m && m->type == JSON_STRING && m->text.len > 0)
                        return m->text;
        }
        return S("");
}

static void find_objects(struct objects *all, const struct json_value *v, struct str name, int depth) {
        bool own = false;

        if (depth > OBJECT_DEPTH_MAX || (v->type != JSON_ARRAY && v->type != JSON_OBJECT))
                return;
        name = machine_named(v).len ? machine_named(v) : name;
        for (ptrdiff_t i = 0; i < v->count; i++) {
                if (v->type == JSON_ARRAY) {
                        find_objects(all, &v->items[i], name, depth + 1);
                        continue;
                }
                own |= is_said(all->c, &v->members[i]);
                find_objects(all, &v->members[i].value, name.len ? name : v->members[i].key, depth + 1);
        }
        if (own)
                *arena_append(all->a, all) = (struct object){ .v = v, .name = name };
}

/* One, or several of which each has a name that no other has: what names none of several is no machine's. */
static bool are_objects(const struct objects *all) {
        for (ptrdiff_t i = 0; all->count > 1 && i < all->count; i++) {
                if (all->count > OBJECTS_MAX || all->items[i].name.len == 0)
                        return false;
                for (ptrdiff_t k = 0; k < i; k++)
                        if (str_eq(all->items[k].name, all->items[i].name))
                                return false;
        }
        return all->count > 0;
}

static bool is_object(struct import *im, const struct json_value *root) {
        struct objects all = { .c = im->catalog, .a = im->arena };

        find_objects(&all, root, S(""), 0);
        return are_objects(&all);
}

static void read_one_object(struct import *im, struct import_host *h, const struct json_value *object) {
        bool some_unaffected = false;

        for (ptrdiff_t i = 0; i < object->count; i++) {
                const struct json_member *m = &object->members[i];

                if (m->value.type == JSON_STRING && import_file_of(im->catalog, m->key))
                        import_sentence(im, h, import_file_of(im->catalog, m->key), str_trim(m->value.text));
                some_unaffected |= str_eq(str_trim(m->value.text), S("Not affected"));
        }
        import_uname(h, S("Linux"), S(""), S(""));
        h->complete |= is_whole(h, some_unaffected);
}

static int read_object(struct import *im, const struct json_value *root) {
        struct objects all = { .c = im->catalog, .a = im->arena };

        find_objects(&all, root, S(""), 0);
        for (ptrdiff_t i = 0; i < all.count; i++)
                read_one_object(im, import_host(im, all.count > 1 ? all.items[i].name : S("")), all.items[i].v);
        return 0;
}

const struct reader reader_sentences_json = {
        .format = { .name = "vulnerabilities-json", .title = "{\"meltdown\": \"Mitigation: PTI\", …}",
                    .carries = "a copy of the vulnerabilities folder: what the kernel says, and nothing of the processor" },
        .lacks = LACKS_PROCESSOR,
        .in_json = is_object,
        .read_json = read_object,
};
