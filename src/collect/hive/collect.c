/* Evidence from a Windows disk: its SYSTEM and SOFTWARE hives. */
#include "collect/collect.h"
#include "base/hive_header.h"
#include "collect/hive/reader.h"
#include "platform/program.h"
#include "platform/tree.h"

#include <errno.h>

#define WINDOWS "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion|"

enum { HIVE_MAX = 512 << 20 };

/* What is read of one hive. */
struct hive_file {
        struct str name;     /* for messages and records: "SYSTEM", or the path that the user named */
        struct str contents;
        bool log_in_use[2];  /* .LOG1, .LOG2: there and not empty */
};

/* Hives do not say that they are offline; the records do, and whether the newest changes may be missing. */
static void add_state(struct evidence *e, const struct hive_file *f, struct str which, bool dirty) {
        struct arena *a = e->arena;

        evidence_add_line(e, RECORD_WIN32, str_fmt(a, "hive.%.*s", STR_ARG(which)), dirty ? S("dirty") : S("clean"));
        for (int i = 0; i < 2; i++)
                if (f->log_in_use[i])
                        evidence_add_line(e, RECORD_WIN32, str_fmt(a, "hive.%.*s.LOG%d", STR_ARG(which), i + 1),
                                          S("not-replayed"));
}

static void add_records(struct evidence *e, const struct evidence *from) {
        for (ptrdiff_t i = 0; i < from->count; i++)
                *arena_append(e->arena, e) = from->items[i];
        evidence_index(e);
}

static bool holds(const struct evidence *e, struct str prefix) {
        return e->count > 0 && str_starts(e->items[0].key, prefix);
}

static int add_hive(struct evidence *e, const struct hive_file *f, struct diag *d) {
        const char *name = str_to_c(e->arena, f->name);
        struct evidence own;
        struct str which;
        bool dirty;

        evidence_init(&own, e->arena, f->name);
        if (hive_header(f->contents, name, &dirty, d) < 0 || hive_read(&own, f->contents, name, d) < 0)
                return -1;
        which = holds(&own, S("HKLM\\SYSTEM\\")) ? S("SYSTEM") : S("SOFTWARE");
        if (evidence_line(e, RECORD_WIN32, str_fmt(e->arena, "hive.%.*s", STR_ARG(which))))
                return diag_fail_class(d, DIAG_INPUT, "'%s' is a second %.*s hive", name, STR_ARG(which));
        add_state(e, f, which, dirty);
        add_records(e, &own);
        return 0;
}

static struct str registry_text(const struct evidence *e, struct str name) {
        const struct record *r = evidence_registry(e, name);

        return r && r->state == FACT_KNOWN && str_starts(r->text, S("sz ")) ? str_from(r->text, 3) : S("");
}

/* "Windows 10.0.19045 x86_64", as RtlGetVersion would say; '?' for what the hives given do not hold. */
static void add_uname(struct evidence *e) {
        static const struct {
                struct str windows, ours;
        } processors[] = {
                { .windows = STR("AMD64"), .ours = STR("x86_64") },
                { .windows = STR("ARM64"), .ours = STR("aarch64") },
                { .windows = STR("x86"), .ours = STR("i686") },
        };
        struct str arch = registry_text(e, S("HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment|"
                                             "PROCESSOR_ARCHITECTURE"));
        struct str version = registry_text(e, S(WINDOWS "CurrentVersion"));
        struct str build = registry_text(e, S(WINDOWS "CurrentBuild")), shown = S("?");
        const struct record *major = evidence_registry(e, S(WINDOWS "CurrentMajorVersionNumber"));

        if (major && major->state == FACT_KNOWN)
                version = str_fmt(e->arena, "%u.0", (unsigned)major->value); /* Windows 10 and 11; they call themselves 6.3 */
        for (size_t i = 0; i < sizeof(processors) / sizeof(processors[0]); i++)
                if (str_eq_nocase(arch, processors[i].windows))
                        shown = processors[i].ours;
        evidence_add_line(e, RECORD_UNAME, S(""),
                          version.len > 0 && build.len > 0 ?
                                  str_fmt(e->arena, "Windows %.*s.%.*s %.*s", STR_ARG(version), STR_ARG(build), STR_ARG(shown)) :
                                  str_fmt(e->arena, "Windows ? %.*s", STR_ARG(shown)));
}

static int add_hives(struct evidence *e, const struct hive_file *files, int count, struct diag *d) {
        char date[11], time[9];

        program_date(date, time);
        evidence_add_line(e, RECORD_META, S("captured"), str_fmt(e->arena, "%sT%sZ", date, time));
        evidence_add_line(e, RECORD_META, S("collector"), S("sidelight " SIDELIGHT_VERSION));
        evidence_add_line(e, RECORD_WIN32, S("source"), S("disk"));
        for (int i = 0; i < count; i++)
                if (add_hive(e, &files[i], d) < 0)
                        return -1;
        add_uname(e);
        return 0;
}

int collect_windows_hives(struct evidence *e, const char *const *paths, int count, struct diag *d) {
        struct hive_file *files = arena_array(e->arena, struct hive_file, count);

        for (int i = 0; i < count; i++) {
                struct tree live;

                files[i].name = str_of(paths[i]);
                if (program_read_file(paths[i], HIVE_MAX, e->arena, &files[i].contents, d) < 0)
                        return -1;
                tree_open_live(&live);
                for (int n = 0; n < 2; n++) {
                        struct str log = str_fmt(e->arena, "%s.LOG%d", paths[i], n + 1), head = { 0 };
                        int error = tree_read(&live, str_to_c(e->arena, log), 1, e->arena, &head);

                        files[i].log_in_use[n] = error == EFBIG || (error == 0 && head.len > 0);
                }
                tree_close(&live);
        }
        return add_hives(e, files, count, d);
}

/* The real name of `name` in `folder`, letters' case ignored as Windows does; false when there is none. */
static bool find_name(const struct tree *t, struct str folder, struct str name, struct arena *a, struct str *ret) {
        struct tree_names names = { 0 };

        if (tree_list(t, folder.len > 0 ? str_to_c(a, folder) : "/", a, &names) != 0)
                return false;
        for (ptrdiff_t i = 0; i < names.count; i++)
                if (str_eq_nocase(names.items[i], name)) {
                        *ret = str_fmt(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names.items[i]));
                        return true;
                }
        return false;
}

static bool find_path(const struct tree *t, struct str path, struct arena *a, struct str *ret) {
        struct str part;

        *ret = S("");
        while (str_cut(&path, '/', &part))
                if (!find_name(t, *ret, part, a, ret))
                        return false;
        return true;
}

static int read_from_tree(const struct tree *t, struct str name, const char *root, struct arena *a, struct hive_file *ret,
                          struct diag *d) {
        struct str path, log, head;
        int error;

        *ret = (struct hive_file){ .name = name };
        if (!find_path(t, str_fmt(a, "Windows/System32/config/%.*s", STR_ARG(name)), a, &path))
                return diag_fail_class(d, DIAG_NO_INPUT, "'%s' holds no Windows: it has no Windows/System32/config/%.*s", root,
                                       STR_ARG(name));
        error = tree_read(t, str_to_c(a, path), HIVE_MAX, a, &ret->contents);
        if (error)
                return diag_fail_class(d, tree_error_class(error), "cannot read '%s%.*s': %s", root, STR_ARG(path),
                                       tree_error_words(error));
        for (int n = 0; n < 2; n++)
                if (find_path(t, str_fmt(a, "Windows/System32/config/%.*s.LOG%d", STR_ARG(name), n + 1), a, &log)) {
                        error = tree_read(t, str_to_c(a, log), 1, a, &head);
                        ret->log_in_use[n] = error == EFBIG || (error == 0 && head.len > 0);
                }
        return 0;
}

int collect_windows_tree(struct evidence *e, const char *root, struct diag *d) {
        TREE_AUTO struct tree t = { .fd = -1 };
        struct hive_file files[2];

        if (tree_open(&t, root, d) < 0 || read_from_tree(&t, S("SYSTEM"), root, e->arena, &files[0], d) < 0 ||
            read_from_tree(&t, S("SOFTWARE"), root, e->arena, &files[1], d) < 0)
                return -1;
        return add_hives(e, files, 2, d);
}
