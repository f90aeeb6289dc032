/* Of platform/tree.h what Windows needs: folders that the user named, and what is in them. Changing them is tree_edit.c. */
#include "platform/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <windows.h>

#include "base/out.h"
#include "platform/win32/wide.h"

int tree_open(struct tree *ret, const char *root, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        DWORD attributes = GetFileAttributesW(wide_of(&a, str_of(root)));

        *ret = (struct tree){ .fd = -1, .root = root };
        if (attributes == INVALID_FILE_ATTRIBUTES || !(attributes & FILE_ATTRIBUTE_DIRECTORY))
                return diag_fail_class(d, DIAG_NO_INPUT, "cannot open '%s' as a folder", root);
        return 0;
}

void tree_open_live(struct tree *ret) {
        *ret = (struct tree){ .fd = -1, .live = true, .root = "" };
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

static int error_of(DWORD why) {
        return why == ERROR_ACCESS_DENIED ? EACCES : why == ERROR_FILE_NOT_FOUND || why == ERROR_PATH_NOT_FOUND ? ENOENT : EIO;
}

/* Why a folder cannot be listed: what is there may be a file. */
static int not_listed(struct arena *a, struct str folder, DWORD why) {
        DWORD attributes = GetFileAttributesW(wide_of(a, folder));

        if (attributes != INVALID_FILE_ATTRIBUTES && !(attributes & FILE_ATTRIBUTE_DIRECTORY))
                return ENOTDIR;
        return error_of(why);
}

int tree_list(const struct tree *t, const char *path, struct arena *a, struct tree_names *ret) {
        struct str folder = t->live ? str_of(path) : str_fmt(a, "%s/%s", t->root, path);
        WIN32_FIND_DATAW found;
        HANDLE h = FindFirstFileW(wide_of(a, str_fmt(a, "%.*s/*", STR_ARG(folder))), &found);
        DWORD why = GetLastError();
        int error = 0;

        *ret = (struct tree_names){ 0 };
        if (h == INVALID_HANDLE_VALUE)
                return not_listed(a, folder, why);
        do {
                if (ret->count >= TREE_NAMES_MAX)
                        error = E2BIG;
                else if (counts(&found))
                        *arena_append(a, ret) = wide_to_utf8(a, found.cFileName);
        } while (!error && FindNextFileW(h, &found));
        why = GetLastError();
        if (!error && why != ERROR_NO_MORE_FILES)
                error = error_of(why);
        FindClose(h);
        if (ret->count > 1)
                qsort(ret->items, (size_t)ret->count, sizeof(*ret->items), by_bytes);
        return error;
}

static int read_handle(HANDLE h, ptrdiff_t limit, struct arena *a, struct str *ret) {
        OUT_AUTO struct out all = { 0 };
        char buffer[65536];
        DWORD n;

        if (GetFileType(h) != FILE_TYPE_DISK)
                return EINVAL;
        do {
                if (!ReadFile(h, buffer, sizeof(buffer), &n, NULL))
                        return EIO;
                out_bytes(&all, buffer, (ptrdiff_t)n);
        } while (n > 0 && all.len <= limit);
        *ret = str_dup(a, out_text(&all));
        return all.len > limit ? EFBIG : 0;
}

/* Links to files are not followed: they may lead out of the folder. */
static int open_file(const struct tree *t, const char *path, HANDLE *ret) {
        ARENA_AUTO struct arena a = { 0 };
        struct str whole = t->live ? str_of(path) : str_fmt(&a, "%s/%s", t->root, path);
        HANDLE h = CreateFileW(wide_of(&a, whole), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                               FILE_FLAG_OPEN_REPARSE_POINT, NULL);
        BY_HANDLE_FILE_INFORMATION about;
        DWORD why = GetLastError();

        *ret = h;
        if (h == INVALID_HANDLE_VALUE)
                return error_of(why);
        if (!GetFileInformationByHandle(h, &about) || !(about.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT))
                return 0;
        CloseHandle(h);
        return EINVAL;
}

int tree_read(const struct tree *t, const char *path, ptrdiff_t limit, struct arena *a, struct str *ret) {
        HANDLE h;
        int error = open_file(t, path, &h);

        if (error)
                return error;
        error = read_handle(h, limit, a, ret);
        CloseHandle(h);
        return error;
}

int tree_read_start(const struct tree *t, const char *path, void *ret, size_t size) {
        DWORD n = 0;
        HANDLE h;
        int error = open_file(t, path, &h);

        if (error)
                return error;
        if (GetFileType(h) != FILE_TYPE_DISK)
                error = EINVAL;
        else if (!ReadFile(h, ret, (DWORD)size, &n, NULL))
                error = EIO;
        else if (n < size)
                error = EBADMSG;
        CloseHandle(h);
        return error;
}
