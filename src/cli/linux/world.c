#include "cli/world.h"

#include "base/shell.h"
#include "compiler/bundle.h"
#include "platform/program.h"
#include "platform/tree.h"

#include <errno.h>
#include <sys/stat.h>

enum { DATA_FILE_MAX = 16 << 20 };

struct data_files {
        struct data_file *items;
        ptrdiff_t count, capacity;
};

/* All files of the folder and of the folders in it that hold data. */
static int read_folder(struct data_files *all, const struct tree *t, struct str folder, struct arena *a, struct diag *d) {
        struct tree_names names = { 0 };
        int error = tree_list(t, folder.len ? str_to_c(a, folder) : "/", a, &names);

        if (error)
                return diag_fail_class(d, tree_error_class(error), "cannot list the data folder '%.*s': %s", STR_ARG(folder),
                                       tree_error_name(error));
        for (ptrdiff_t i = 0; i < names.count; i++) {
                struct str path = str_fmt(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names.items[i]));
                struct str text;

                error = tree_read(t, path.p, DATA_FILE_MAX, a, &text);
                if (error == EISDIR && read_folder(all, t, path, a, d) < 0)
                        return -1;
                if (error && error != EISDIR)
                        return diag_fail_class(d, tree_error_class(error), "cannot read '%.*s': %s", STR_ARG(path),
                                               tree_error_name(error));
                if (!error && (str_ends(path, S(".yaml")) || str_ends(path, S(".csv"))))
                        *arena_append(a, all) = (struct data_file){ .path = str_from(path, 1), .text = text };
        }
        return 0;
}

/* A folder, or a bundle of one: whoever names it has looked at it. */
int world_catalog(struct catalog *ret, struct arena *a, const char *folder, struct diag *d) {
        struct data_files all = { 0 };
        struct stat st;
        struct str text = { 0 };
        TREE_AUTO struct tree t = { .fd = -1 };

        if (stat(folder, &st) == 0 && S_ISREG(st.st_mode))
                return program_read_file(folder, BUNDLE_MAX, a, &text, d) < 0 ? -1 : bundle_compile(ret, a, text, d);
        if (tree_open(&t, folder, d) < 0 || read_folder(&all, &t, S(""), a, d) < 0)
                return -1;
        return catalog_compile(ret, a, all.items, all.count, d);
}

struct str world_word(struct arena *a, struct str word) {
        return sh_word(a, word);
}
