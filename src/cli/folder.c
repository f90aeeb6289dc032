#include "cli/folder.h"

#include <errno.h>

#include "cli/world.h"
#include "collect/import/import.h"
#include "platform/tree.h"

enum { REPORT_FILE_MAX = 64 << 20, CAPTURE_MAX = 1 << 20, FOLDER_DEPTH_MAX = 9, FOLDER_FILES_MAX = 65536 };

bool folder_is_one(const char *path) {
        struct diag ignored = { 0 };
        TREE_AUTO struct tree t = { .fd = -1 };

        errno = 0;
        return tree_open(&t, path, &ignored) == 0 || (errno != 0 && errno != ENOTDIR && errno != ENOENT);
}

struct files {
        const struct catalog *catalog;
        struct import_file *items;
        ptrdiff_t count, capacity;
        ptrdiff_t unread; /* files that say something, and could not be read */
        struct str unread_first;
        int error;
        ptrdiff_t captures; /* beside the report's files, with names that say nothing */
        struct str captures_first;
};

static void leave_out(struct files *all, struct str path, int error) {
        if (all->unread++ > 0)
                return;
        all->unread_first = str_from(path, 1);
        all->error = error;
}

static void read_one(struct files *all, const struct tree *t, struct str path, struct arena *a) {
        struct str text;
        int error = tree_read(t, path.p, REPORT_FILE_MAX, a, &text);

        if (error == 0)
                *arena_append(a, all) = (struct import_file){ .path = str_from(path, 1), .text = text };
        else
                leave_out(all, path, error);
}

/* A file of another name, directly in the folder, that tells of a machine, too: of which, nothing shows. */
static void note_capture(struct files *all, const struct tree *t, struct str path, struct arena *a) {
        struct arena_mark mark = arena_mark(a);
        struct str text;

        if (tree_read(t, path.p, CAPTURE_MAX, a, &text) == 0 && bundle_can_be_read(all->catalog, text) && all->captures++ == 0)
                all->captures_first = str_from(path, 1);
        else
                arena_release(a, mark);
}

/* All files of the folder and of those in it that say something. */
static void read_report(struct files *all, const struct tree *t, struct str folder, struct arena *a, int depth) {
        struct tree_names names = { 0 };
        int error = depth > FOLDER_DEPTH_MAX ? 0 : tree_list(t, folder.len ? str_to_c(a, folder) : "/", a, &names);

        if (error)
                leave_out(all, folder.len ? folder : S("//"), error);
        for (ptrdiff_t i = 0; i < names.count && all->count < FOLDER_FILES_MAX; i++) {
                struct str path = str_fmt(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names.items[i]));

                error = tree_list(t, path.p, a, &(struct tree_names){ 0 });
                if (error == 0)
                        read_report(all, t, path, a, depth + 1);
                else if (import_wants(all->catalog, str_from(path, 1)))
                        read_one(all, t, path, a);
                else if (error != ENOTDIR && error != ENOENT && error != ELOOP && error != EINVAL) /* a folder, as far as is known */
                        leave_out(all, path, error);
                else if (error == ENOTDIR && depth == 0)
                        note_capture(all, t, path, a);
        }
}

/* What could not be read may have been the kernel's word about any flaw of which nothing else was read: it was not silent. */
static void mark_unread(struct evidence *e, const struct catalog *c, int error) {
        for (uint32_t i = 0; i < c->file_count; i++) {
                const struct record *r = evidence_file(e, T(c->files[i].path));

                if (!r || r->state == FACT_ABSENT)
                        evidence_add_missing(e, T(c->files[i].path), FACT_FAILED, str_of(tree_error_name(error)));
        }
}

int folder_evidence(struct evidence *ret, struct bundle *several, struct arena *a, const struct catalog *c, const char *path, struct diag *d) {
        TREE_AUTO struct tree t = { .fd = -1 };
        struct files all = { .catalog = c };
        struct str note = S("");
        int status;

        evidence_init(ret, a, str_of(path));
        if (tree_open(&t, path, d) < 0)
                return -1;
        read_report(&all, &t, S(""), a, 0);
        if (all.unread > 0)
                note = str_fmt(a, "%td file%s could not be read, the first: '%.*s' (%s)", all.unread, all.unread > 1 ? "s" : "",
                               STR_ARG(all.unread_first), tree_error_words(all.error));
        if (all.captures > 0)
                note = str_fmt(a, "%.*s%s'%.*s'%s directly in the folder %s not read with it: give %s by itself", STR_ARG(note), note.len ? "; " : "",
                               STR_ARG(all.captures_first), all.captures > 1 ? " and others" : "", all.captures > 1 ? "are" : "is",
                               all.captures > 1 ? "each" : "it");
        status = bundle_files(ret, several, c, all.items, all.count, note, d);
        if (status == 0 && all.unread > 0)
                mark_unread(ret, c, all.error);
        if (status != IMPORT_UNKNOWN)
                return status;
        if (all.unread > 0)
                return diag_fail_class(d, tree_error_class(all.error), "'%s': nothing that is known, and %.*s", path, STR_ARG(note));
        return diag_fail_class(d, DIAG_INPUT, "'%s' is a folder, and neither a copy of the vulnerabilities folder nor a report of sos, "
                                              "insights-client, supportconfig or hw-probe; is it a captured machine? Then: --root %.*s", path,
                               STR_ARG(world_word(a, str_of(path))));
}

/* ---- Several reports in one folder ---- */

static bool has_marks(const struct tree *t) {
        static const char *const marks[] = { "/sos_commands", "/insights_commands", "/data/insights_commands", "/hw.info", "/proc/cpuinfo",
                                             "/sys/devices/system/cpu" };

        for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
                if (tree_exists(t, marks[i]) == 0)
                        return true;
        return false;
}

bool folder_is_report(const struct catalog *c, const struct tree *t, const struct tree_names *names) {
        for (ptrdiff_t i = 0; i < names->count; i++)
                if (import_wants(c, names->items[i]))
                        return true;
        return has_marks(t);
}

/* sos leaves one beside each archive. */
static bool is_checksum(struct str name) {
        static const struct str ends[] = { STR(".md5"), STR(".sha1"), STR(".sha256"), STR(".sha512") };

        for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
                if (str_ends(name, ends[i]) && bundle_is_archive(str_sub(name, 0, name.len - ends[i].len)))
                        return true;
        return false;
}

void folder_gathered(struct str_list *ret, struct arena *a, const struct catalog *c, const char *path) {
        TREE_AUTO struct tree t = { .fd = -1 };
        struct tree_names names = { 0 };
        struct diag ignored = { 0 };
        ptrdiff_t captures = 0, folders = 0, count = 0;
        struct str *found;

        *ret = (struct str_list){ 0 };
        if (tree_open(&t, path, &ignored) < 0 || tree_list(&t, "/", a, &names) != 0 || names.odd || folder_is_report(c, &t, &names))
                return;
        found = arena_array(a, struct str, names.count + 1);
        for (ptrdiff_t i = 0; i < names.count; i++) {
                struct str inner = str_fmt(a, "%s/%.*s", path, STR_ARG(names.items[i]));
                TREE_AUTO struct tree report = { .fd = -1 };

                if (is_checksum(names.items[i]))
                        continue;
                if (bundle_is_archive(names.items[i]) || str_ends(names.items[i], S(".host")))
                        captures++;
                else if (tree_open(&report, inner.p, &ignored) == 0 && has_marks(&report))
                        folders++;
                found[count++] = inner;
        }
        if (folders > 1 || captures > 0)
                *ret = (struct str_list){ .items = found, .count = (uint32_t)count };
}
