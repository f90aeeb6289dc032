#include "cli/world.h"

#include "compiler/compile.h"
#include "collect/import/import.h"
#include "platform/tree.h"

#include <errno.h>

enum { DATA_FILE_MAX = 16 << 20, REPORT_FILE_MAX = 64 << 20, FOLDER_DEPTH_MAX = 9, FOLDER_FILES_MAX = 65536 };

int world_collect(struct evidence *ret, struct arena *a, const char *root, const struct collect_options *o,
                  struct diag *d) {
        evidence_init(ret, a, root ? str_of(root) : S("live"));
        return root ? collect_linux_tree(ret, root, o, d) : collect_linux_live(ret, o, d);
}

int world_windows(struct evidence *ret, struct arena *a, const char *root, const char *const *hives, int count,
                  struct diag *d) {
        evidence_init(ret, a, str_of(root ? root : hives[0]));
        return root ? collect_windows_tree(ret, root, d) : collect_windows_hives(ret, hives, count, d);
}

bool world_is_folder(const char *path) {
        struct diag ignored = { 0 };
        TREE_AUTO struct tree t = { .fd = -1 };

        return tree_open(&t, path, &ignored) == 0;
}

struct folder_files {
        struct import_file *items;
        ptrdiff_t count, capacity;
};

/* All files of the folder and of those in it that say something. */
static void read_report(struct folder_files *all, const struct tree *t, const struct catalog *c, struct str folder, struct arena *a, int depth) {
        struct tree_names names = { 0 };

        if (depth > FOLDER_DEPTH_MAX || tree_list(t, folder.len ? str_to_c(a, folder) : "/", a, &names) != 0)
                return;
        for (ptrdiff_t i = 0; i < names.count && all->count < FOLDER_FILES_MAX; i++) {
                struct str path = str_fmt(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names.items[i])), text;

                if (tree_list(t, path.p, a, &(struct tree_names){ 0 }) == 0)
                        read_report(all, t, c, path, a, depth + 1);
                else if (import_wants(c, str_from(path, 1)) && tree_read(t, path.p, REPORT_FILE_MAX, a, &text) == 0)
                        *arena_append(a, all) = (struct import_file){ .path = str_from(path, 1), .text = text };
        }
}

int world_folder(struct evidence *ret, struct arena *a, const struct catalog *c, const char *path, struct diag *d) {
        TREE_AUTO struct tree t = { .fd = -1 };
        struct folder_files all = { 0 };
        int status;

        evidence_init(ret, a, str_of(path));
        if (tree_open(&t, path, d) < 0)
                return -1;
        read_report(&all, &t, c, S(""), a, 0);
        status = import_files(ret, c, all.items, all.count, d);
        if (status != IMPORT_UNKNOWN)
                return status;
        return diag_fail_class(d, DIAG_INPUT, "'%s' is a folder, and neither a copy of the vulnerabilities folder nor a report of sos, "
                                              "insights-client or hw-probe; is it a captured machine? Then: --root %s", path, path);
}

struct data_files {
        struct data_file *items;
        ptrdiff_t count, capacity;
};

/* All files of the folder and of the folders in it that hold data. */
static int read_folder(struct data_files *all, const struct tree *t, struct str folder, struct arena *a, struct diag *d) {
        struct tree_names names = { 0 };
        int error = tree_list(t, folder.len ? str_to_c(a, folder) : "/", a, &names);

        if (error)
                return diag_fail_class(d, DIAG_NO_INPUT, "cannot list the data folder '%.*s': %s", STR_ARG(folder),
                                       tree_error_name(error));
        for (ptrdiff_t i = 0; i < names.count; i++) {
                struct str path = str_fmt(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names.items[i]));
                struct str text;

                error = tree_read(t, path.p, DATA_FILE_MAX, a, &text);
                if (error == EISDIR && read_folder(all, t, path, a, d) < 0)
                        return -1;
                if (error && error != EISDIR)
                        return diag_fail_class(d, DIAG_NO_INPUT, "cannot read '%.*s': %s", STR_ARG(path),
                                               tree_error_name(error));
                if (!error && (str_ends(path, S(".yaml")) || str_ends(path, S(".csv"))))
                        *arena_append(a, all) = (struct data_file){ .path = str_from(path, 1), .text = text };
        }
        return 0;
}

int world_catalog(struct catalog *ret, struct arena *a, const char *folder, struct diag *d) {
        struct data_files all = { 0 };
        TREE_AUTO struct tree t = { .fd = -1 };

        if (tree_open(&t, folder, d) < 0 || read_folder(&all, &t, S(""), a, d) < 0)
                return -1;
        return catalog_compile(ret, a, all.items, all.count, d);
}
