#include "cli/cloud_files.h"

#include "platform/files.h"
#include "platform/tree.h"

enum { FOLDERS_DEEP_MAX = 16, SCRIPT_SIZE_MAX = 1 << 20 };

static bool ends_nocase(struct str s, struct str tail) {
        return s.len >= tail.len && str_eq_nocase(str_from(s, s.len - tail.len), tail);
}

/* Opens a folder. False only of what was seen to be none: what could not be looked at leaves `t` closed, and `d` tells why. */
static bool open_folder(struct tree *t, const char *path, struct diag *d) {
        errno = 0;
        return tree_open(t, path, d) == 0 || (errno != 0 && errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG);
}

/* Also what could not be looked at: whoever uses it then is told why. */
static bool is_folder(const char *path) {
        TREE_AUTO struct tree t = { .fd = -1 };
        struct diag d = { 0 };

        return open_folder(&t, path, &d);
}

static struct str basename_of(struct str path) {
        ptrdiff_t i = path.len;

        while (i > 0 && !file_is_separator(path.p[i - 1]))
                i--;
        return str_from(path, i);
}

static struct str folder_of(struct str path) {
        return str_sub(path, 0, path.len - basename_of(path).len);
}

static int read_cscfg(struct cloud_files *f, const char *path, struct str text) {
        struct lint_input *in = &f->input;
        struct arena *a = &f->cli->arena;
        struct cscfg *c =
                arena_push(a, (void **)&in->cscfgs, &in->cscfg_count, &f->cscfg_capacity, (ptrdiff_t)sizeof(*c));

        return cscfg_parse(c, a, path, text, false, &f->cli->diag);
}

static int read_csdef(struct cloud_files *f, const char *path, struct str text) {
        struct lint_input *in = &f->input;
        struct arena *a = &f->cli->arena;
        struct csdef *c =
                arena_push(a, (void **)&in->csdefs, &in->csdef_count, &f->csdef_capacity, (ptrdiff_t)sizeof(*c));

        return csdef_parse(c, a, path, text, &f->cli->diag);
}

/* By its name, or by its root element when the name does not tell. */
static int read_file(struct cloud_files *f, const char *path) {
        struct cli *c = f->cli;
        struct xml_doc doc;
        struct str text;

        if (program_read_file(path, XML_SIZE_MAX, &c->arena, &text, &c->diag) < 0)
                return -1;
        if (ends_nocase(str_of(path), S(".cscfg")))
                return read_cscfg(f, path, text);
        if (ends_nocase(str_of(path), S(".csdef")))
                return read_csdef(f, path, text);
        if (xml_parse(&doc, &c->arena, path, text, false, &c->diag) < 0)
                return -1;
        switch (service_file_kind(&doc)) {
        case SERVICE_FILE_CSCFG:
                return read_cscfg(f, path, text);
        case SERVICE_FILE_CSDEF:
                return read_csdef(f, path, text);
        case SERVICE_FILE_OTHER:
                break;
        }
        return diag_fail_at(&c->diag, path, doc.root->line,
                            "expected the root element ServiceConfiguration or ServiceDefinition, "
                            "found '%.*s'",
                            STR_ARG(doc.root->name));
}

/* What is bad is told at once, so that one run names it all. */
static void complain(struct cloud_files *f, int *code) {
        int why = cli_complain(f->cli);

        *code = *code ? *code : why;
}

static void read_or_complain(struct cloud_files *f, const char *path, int *code) {
        if (read_file(f, path) < 0)
                complain(f, code);
}

static bool is_script(struct str path) {
        return ends_nocase(path, S(".cmd")) || ends_nocase(path, S(".bat")) || ends_nocase(path, S(".ps1"));
}

static void read_folder(struct cloud_files *f, const struct tree *t, const char *root, struct str folder, int depth,
                        int *code) {
        struct arena *a = &f->cli->arena;
        struct tree_names names = { 0 };

        int error = depth > FOLDERS_DEEP_MAX ? 0 : tree_list(t, folder.len > 0 ? str_to_c(a, folder) : "/", a, &names);

        if (error && error != ENOTDIR && error != ENOENT) {
                (void)diag_fail_class(&f->cli->diag, tree_error_class(error), "cannot list '%s%.*s': %s", root, STR_ARG(folder),
                                      tree_error_words(error));
                complain(f, code);
        }
        for (ptrdiff_t i = 0; i < names.count; i++) {
                struct str inside = str_fmt(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names.items[i]));
                struct str path = str_fmt(a, "%s%.*s", root, STR_ARG(inside));

                if (str_starts(names.items[i], S(".")))
                        continue; /* .git, .vs */
                if (ends_nocase(path, S(".cscfg")) || ends_nocase(path, S(".csdef")))
                        read_or_complain(f, path.p, code);
                else if (is_script(path))
                        *arena_append(a, &f->scripts) = path;
                else if (str_find_char(names.items[i], '.') < 0 || is_folder(path.p))
                        read_folder(f, t, root, inside, depth + 1, code);
        }
}

static void read_operand(struct cloud_files *f, const char *operand, int *code) {
        TREE_AUTO struct tree t = { .fd = -1 };
        struct diag d = { 0 };
        struct str root = str_of(operand);

        if (!open_folder(&t, operand, &d)) {
                read_or_complain(f, operand, code);
                return;
        }
        if (d.text[0]) {
                f->cli->diag = d;
                complain(f, code);
                return;
        }
        while (root.len > 1 && file_is_separator(root.p[root.len - 1]))
                root.len--;
        read_folder(f, &t, str_to_c(&f->cli->arena, root), S(""), 0, code);
}

int cloud_files_read(struct cloud_files *f, const char *const *operands) {
        const char *const *first = operands;
        int code = 0;

        for (; *operands; operands++)
                read_operand(f, *operands, &code);
        if (code == 0 && f->input.cscfg_count + f->input.csdef_count == 0)
                return diag_fail_class(&f->cli->diag, DIAG_NO_INPUT, "'%s' holds no .cscfg and no .csdef", *first ? *first : ".");
        return code;
}

/* The name in a folder that is `name` but for its letters' case; empty when there is none. */
static struct str real_name(struct arena *a, struct str folder, struct str name) {
        TREE_AUTO struct tree t = { .fd = -1 };
        ARENA_AUTO struct arena scratch = { 0 }; /* a folder may hold much, and is looked into for each role */
        struct tree_names names = { 0 };
        struct diag d = { 0 };

        if (tree_open(&t, folder.len > 0 ? str_to_c(&scratch, folder) : ".", &d) < 0 || tree_list(&t, "/", &scratch, &names) != 0)
                return S("");
        for (ptrdiff_t i = 0; i < names.count; i++)
                if (str_eq_nocase(names.items[i], name))
                        return str_dup(a, names.items[i]);
        return S("");
}

/* The path as it is on disk. `from` bytes at its begin are taken as they are. Empty when there is no such file. */
static struct str real_path(struct arena *a, struct str path) {
        struct str rest = path, piece, real = S("");

        if (str_starts(path, S("/"))) {
                real = S("/");
                rest = str_from(path, 1);
        }
        while (str_cut(&rest, '/', &piece)) {
                struct str name = str_eq(piece, S("..")) || str_eq(piece, S(".")) ? piece : real_name(a, real, piece);

                if (name.len == 0)
                        return S("");
                real = str_fmt(a, "%.*s%.*s%s", STR_ARG(real), STR_ARG(name), rest.len > 0 ? "/" : "");
        }
        return real;
}

static bool read_quietly(struct arena *a, struct str path, struct str *ret) {
        struct diag d = { 0 };

        return path.len > 0 && program_read_file(str_to_c(a, path), SCRIPT_SIZE_MAX, a, ret, &d) == 0;
}

/* The only script of that name below the folders that were given; empty when there is none, or more than one. */
static struct str script_by_name(const struct cloud_files *f, struct str name) {
        struct str found = S("");

        for (ptrdiff_t i = 0; i < f->scripts.count; i++) {
                if (!str_eq_nocase(basename_of(f->scripts.items[i]), name))
                        continue;
                if (found.len > 0)
                        return S("");
                found = f->scripts.items[i];
        }
        return found;
}

bool cloud_files_script(void *arg, struct arena *a, const char *path, struct str *ret) {
        const struct cloud_files *f = arg;
        struct str s = str_of(path);

        if (read_quietly(a, s, ret) || read_quietly(a, real_path(a, s), ret))
                return true;
        return str_find_char(s, '/') < 0 && read_quietly(a, script_by_name(f, s), ret);
}

int cloud_files_role_folder(struct cli *c, const struct csdef *d, const struct csdef_role *role, struct str *ret) {
        static const char *const patterns[] = { "%.*s../%.*s", "%.*s%.*s", "%.*s%.*sContent" };
        bool is_name = role->name.len > 0 && str_find_char(role->name, '/') < 0 && str_find(role->name, S("..")) < 0;

        *ret = folder_of(str_of(d->doc.file));
        for (size_t i = 0; is_name && i < sizeof(patterns) / sizeof(patterns[0]); i++) {
                TREE_AUTO struct tree t = { .fd = -1 };
                struct diag why = { 0 };
                struct str path = str_fmt(&c->arena, patterns[i], STR_ARG(*ret), STR_ARG(role->name));

                if (!open_folder(&t, path.p, &why))
                        continue;
                if (why.text[0]) { /* which folder is the role's is not known */
                        c->diag = why;
                        return -1;
                }
                *ret = path;
                break;
        }
        return 0;
}
