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

/* All data of the folder and of the folders in it; what else lies there is nobody's business. */
static int read_folder(struct data_files *all, const struct tree *t, const char *root, struct str folder, struct arena *a, struct diag *d) {
        struct tree_names names = { 0 };
        int error = tree_list(t, folder.len ? str_to_c(a, folder) : "/", a, &names);

        if (folder.len && (error == ENOTDIR || error == ENOENT))
                return 0; /* no folder, or a link that leads nowhere */
        if (error)
                return diag_fail_class(d, tree_error_class(error), "cannot list the data folder '%s%.*s': %s", root, STR_ARG(folder),
                                       tree_error_words(error));
        for (ptrdiff_t i = 0; i < names.count; i++) {
                struct str path = str_fmt(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names.items[i]));
                bool data = str_ends(path, S(".yaml")) || str_ends(path, S(".csv"));
                struct str text = { 0 };

                error = data ? tree_read(t, path.p, DATA_FILE_MAX, a, &text) : EISDIR;
                if (error == EISDIR && read_folder(all, t, root, path, a, d) < 0)
                        return -1;
                if (error && error != EISDIR)
                        return diag_fail_class(d, tree_error_class(error), "cannot read '%s%.*s': %s", root, STR_ARG(path),
                                               tree_error_words(error));
                if (!error)
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
        if (tree_open(&t, folder, d) < 0 || read_folder(&all, &t, folder, S(""), a, d) < 0)
                return -1;
        if (all.count == 0)
                return diag_fail_class(d, DIAG_INPUT, "'%s' is no data folder: it holds neither .yaml nor .csv", folder);
        return catalog_compile(ret, a, all.items, all.count, d);
}

struct str world_word(struct arena *a, struct str word) {
        return sh_word(a, word);
}
