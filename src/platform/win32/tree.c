/* Of platform/tree.h what Windows needs: folders that the user named, and what is in them. */
#include "platform/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <windows.h>

#include "platform/win32/wide.h"

int tree_open(struct tree *ret, const char *root, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        DWORD attributes = GetFileAttributesW(wide_of(&a, str_of(root)));

        *ret = (struct tree){ .fd = -1, .root = root };
        if (attributes == INVALID_FILE_ATTRIBUTES || !(attributes & FILE_ATTRIBUTE_DIRECTORY))
                return diag_fail_class(d, DIAG_NO_INPUT, "cannot open '%s' as a folder", root);
        return 0;
}

void tree_close(struct tree *t) {
        t->root = NULL;
}

static int by_bytes(const void *a, const void *b) {
        return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Folders behind links are left out: what the user named ends at its own. */
static bool counts(const WIN32_FIND_DATAW *found) {
        const DWORD link = FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DIRECTORY;

        return wcscmp(found->cFileName, L".") != 0 && wcscmp(found->cFileName, L"..") != 0 &&
               (found->dwFileAttributes & link) != link;
}

int tree_list(const struct tree *t, const char *path, struct arena *a, struct tree_names *ret) {
        struct str all = str_fmt(a, "%s/%s/*", t->root, path);
        WIN32_FIND_DATAW found;
        HANDLE h = FindFirstFileW(wide_of(a, all), &found);
        int error = 0;

        if (h == INVALID_HANDLE_VALUE)
                return ENOENT;
        do {
                if (ret->count >= TREE_NAMES_MAX)
                        error = E2BIG;
                else if (counts(&found))
                        *arena_append(a, ret) = wide_to_utf8(a, found.cFileName);
        } while (!error && FindNextFileW(h, &found));
        FindClose(h);
        if (ret->count > 1)
                qsort(ret->items, (size_t)ret->count, sizeof(*ret->items), by_bytes);
        return error;
}
