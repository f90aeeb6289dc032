/* gencatalog DATA-DIR OUTPUT.c DEPFILE: compiles the data folder into C, and tells the build what it read. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/out.h"
#include "compiler/compile.h"

/* Places are counted from here, and nothing is built in yet. */
const char catalog_texts[1];
const struct text catalog_text_lists[1];

struct inputs {
        struct data_file *items;
        ptrdiff_t count, capacity;
};

static bool read_file(struct arena *a, const char *path, struct str *ret) {
        FILE *f = fopen(path, "rb");
        struct out all = { 0 };
        char piece[4096];
        size_t n;

        if (!f)
                return false;
        while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
                out_bytes(&all, piece, (ptrdiff_t)n);
        (void)fclose(f);
        *ret = str_dup(a, out_text(&all));
        out_free(&all);
        return true;
}

/* Every file below root/below, and every folder for the dependency list: a new file there must run the build again. */
static int gather(struct arena *a, const char *root, struct str below, struct inputs *files, struct out *deps) {
        struct str here = str_fmt(a, "%s%s%.*s", root, below.len ? "/" : "", STR_ARG(below));
        DIR *dir = opendir(str_to_c(a, here));
        struct dirent *entry;

        if (!dir)
                return -1;
        out_fmt(deps, " %.*s", STR_ARG(here));
        while ((entry = readdir(dir))) {
                struct str path = str_fmt(a, "%.*s%s%s", STR_ARG(below), below.len ? "/" : "", entry->d_name);
                const char *full = str_to_c(a, str_fmt(a, "%s/%.*s", root, STR_ARG(path)));
                struct stat st;

                if (entry->d_name[0] == '.' || stat(full, &st) < 0)
                        continue;
                if (S_ISDIR(st.st_mode)) {
                        if (gather(a, root, path, files, deps) < 0)
                                return -1;
                } else if (S_ISREG(st.st_mode)) {
                        struct data_file *f = arena_append(a, files);

                        f->path = path;
                        out_fmt(deps, " %s", full);
                        if (!read_file(a, full, &f->text))
                                return -1;
                }
        }
        (void)closedir(dir);
        return 0;
}

static int write_file(const char *path, struct str text) {
        FILE *f = fopen(path, "wb");

        if (!f)
                return -1;
        if (fwrite(text.p, 1, (size_t)text.len, f) != (size_t)text.len) {
                (void)fclose(f);
                return -1;
        }
        return fclose(f);
}

int main(int argc, char **argv) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out deps = { 0 };
        OUT_AUTO struct out source = { 0 };
        struct inputs files = { 0 };
        struct catalog catalog;
        struct diag d = { 0 };

        if (argc != 4) {
                (void)fprintf(stderr, "usage: gencatalog DATA-DIR OUTPUT.c DEPFILE\n");
                return 64;
        }
        out_fmt(&deps, "%s:", argv[2]);
        if (gather(&a, argv[1], S(""), &files, &deps) < 0) {
                (void)fprintf(stderr, "gencatalog: cannot read '%s': %s\n", argv[1], strerror(errno));
                return 66;
        }
        out_char(&deps, '\n');
        if (catalog_compile(&catalog, &a, files.items, files.count, &d) < 0) {
                (void)fprintf(stderr, "%s/%s\n", argv[1], d.text);
                return 65;
        }
        catalog_emit(&catalog, &source);
        if (write_file(argv[2], out_text(&source)) < 0 || write_file(argv[3], out_text(&deps)) < 0) {
                (void)fprintf(stderr, "gencatalog: cannot write '%s': %s\n", argv[2], strerror(errno));
                return 74;
        }
        return 0;
}
