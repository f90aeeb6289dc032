/* The recorded machines and the rules' fixtures, one after the other. */
#ifndef SIDELIGHT_TESTS_GUIDANCE_FIXTURES_H
#define SIDELIGHT_TESTS_GUIDANCE_FIXTURES_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "../share.h"
#include "base/out.h"
#include "evidence/evidence.h"

typedef void fixture_fn(struct arena *a, struct str path, const struct evidence *e);

static struct str fixture_text(struct arena *a, const char *path) {
        OUT_AUTO struct out all = { 0 };
        FILE *f = fopen(path, "rb");
        char piece[4096];
        size_t n;

        while (f && (n = fread(piece, 1, sizeof(piece), f)) > 0)
                out_bytes(&all, piece, (ptrdiff_t)n);
        if (f)
                (void)fclose(f);
        return str_dup(a, out_text(&all));
}

static void fixture_read(struct str path, fixture_fn *test) {
        ARENA_AUTO struct arena a = { 0 };
        struct diag d = { 0 };
        struct evidence e;

        if (evidence_parse(&e, &a, path, fixture_text(&a, str_to_c(&a, path)), &d) < 0) {
                (void)printf("Bail out! %.*s: %s\n", STR_ARG(path), d.text);
                exit(1);
        }
        test(&a, path, &e);
}

/* Calls `test` for each fixture below the folder, in order of name; under the sanitizers for a part of them (share.h). */
static void fixtures_read(const char *folder, fixture_fn *test) {
        ARENA_AUTO struct arena a = { 0 };
        static int seen;
        struct dirent **entries;
        int n = scandir(folder, &entries, NULL, alphasort);

        for (int i = 0; i < n; i++) {
                struct str path = str_fmt(&a, "%s/%s", folder, entries[i]->d_name);
                struct stat st;

                if (entries[i]->d_name[0] != '.' && stat(str_to_c(&a, path), &st) == 0 && S_ISDIR(st.st_mode))
                        fixtures_read(str_to_c(&a, path), test);
                else if (str_ends(path, S(".host")) && share_is_due(&seen))
                        fixture_read(path, test);
                free(entries[i]);
        }
        if (n >= 0)
                free(entries);
}

#endif
