/* Changing files under a root, on Windows: of platform/tree_edit.h. What is called a mode there are a file's attributes here; access
 * control stays with the file that is replaced. */
#include "platform/tree_edit.h"

#include <errno.h>
#include <string.h>
#include <windows.h>

#include "platform/win32/tree_trust.h"
#include "platform/win32/wide.h"

enum { KEPT = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM };

static int error_of(DWORD error) {
        static const struct {
                DWORD windows;
                int error;
        } known[] = {
                { ERROR_SUCCESS, 0 },
                { ERROR_FILE_NOT_FOUND, ENOENT }, { ERROR_PATH_NOT_FOUND, ENOENT },
                { ERROR_ACCESS_DENIED, EACCES }, { ERROR_SHARING_VIOLATION, EWOULDBLOCK }, { ERROR_LOCK_VIOLATION, EWOULDBLOCK },
                { ERROR_ALREADY_EXISTS, EEXIST }, { ERROR_FILE_EXISTS, EEXIST }, { ERROR_DIR_NOT_EMPTY, ENOTEMPTY },
                { ERROR_DISK_FULL, ENOSPC }, { ERROR_HANDLE_DISK_FULL, ENOSPC }, { ERROR_WRITE_PROTECT, EROFS },
                { ERROR_NOT_ENOUGH_MEMORY, ENOMEM }, { ERROR_FILENAME_EXCED_RANGE, ENAMETOOLONG },
        };

        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
                if (known[i].windows == error)
                        return known[i].error;
        return EIO;
}

static int last_error(void) {
        return error_of(GetLastError());
}

/* ---- Paths ---- */

static struct str whole_path(const struct tree *t, struct arena *a, const char *path) {
        return t->live ? str_of(path) : str_fmt(a, "%s%s%s", t->root, *path == '/' ? "" : "/", path);
}

static bool leads_out(struct str path) {
        struct str part;

        while (str_cut(&path, '/', &part))
                if (str_eq(part, S("..")))
                        return true;
        return false;
}

/* No folder on the way may be a link, and where the journal is only administrators may write. `from`: where the user's own path ends. */
static int check_way(const struct tree *t, struct arena *a, struct str path, ptrdiff_t from) {
        int depth = 0;

        for (ptrdiff_t i = from; i < path.len; i++) {
                wchar_t *folder;
                DWORD is;

                if (path.p[i] != '/' || i == from)
                        continue;
                folder = wide_of(a, str_n(path.p, i));
                is = GetFileAttributesW(folder);
                if (is == INVALID_FILE_ATTRIBUTES)
                        return last_error();
                if (is & FILE_ATTRIBUTE_REPARSE_POINT)
                        return ELOOP;
                if (t->live && ++depth > 2 && !tree_folder_is_trusted(folder)) /* below "C:/ProgramData", to which all may add */
                        return EXDEV;
        }
        return 0;
}

/* The system's words for the path, when the way there is safe. */
static int resolve(const struct tree *t, struct arena *a, const char *path, wchar_t **ret) {
        struct str whole = whole_path(t, a, path);
        int error = leads_out(str_of(path)) ? EINVAL : check_way(t, a, whole, t->live ? 0 : (ptrdiff_t)strlen(t->root));

        *ret = wide_of(a, whole);
        return error;
}

/* ---- Looking ---- */

static void take(struct tree_file *ret, const WIN32_FILE_ATTRIBUTE_DATA *is) {
        int64_t ticks = (int64_t)((uint64_t)is->ftLastWriteTime.dwHighDateTime << 32 | is->ftLastWriteTime.dwLowDateTime);

        *ret = (struct tree_file){ .exists = true, .mode = is->dwFileAttributes & KEPT, .seconds = ticks / 10000000,
                                   .nanoseconds = (uint32_t)(ticks % 10000000 * 100) };
}

static int look(const struct tree *t, const char *path, WIN32_FILE_ATTRIBUTE_DATA *ret) {
        ARENA_AUTO struct arena a = { 0 };
        wchar_t *wide;
        int error = resolve(t, &a, path, &wide);

        return !error && !GetFileAttributesExW(wide, GetFileExInfoStandard, ret) ? last_error() : error;
}

int tree_look(const struct tree *t, const char *path, struct tree_file *ret) {
        WIN32_FILE_ATTRIBUTE_DATA is;
        int error = look(t, path, &is);

        *ret = (struct tree_file){ 0 };
        if (error)
                return error == ENOENT ? 0 : error;
        if (is.dwFileAttributes & (FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DIRECTORY))
                return is.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT ? ELOOP : EINVAL;
        take(ret, &is);
        return 0;
}

int tree_look_folder(const struct tree *t, const char *path, struct tree_file *ret) {
        WIN32_FILE_ATTRIBUTE_DATA is;
        int error = look(t, path, &is);

        *ret = (struct tree_file){ 0 };
        if (error)
                return error == ENOENT ? 0 : error;
        take(ret, &is);
        return is.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY ? 0 : ENOTDIR;
}

int tree_exists(const struct tree *t, const char *path) {
        WIN32_FILE_ATTRIBUTE_DATA is;

        return look(t, path, &is);
}

bool tree_is_read_only(const struct tree *t, const char *path) {
        ARENA_AUTO struct arena a = { 0 };
        wchar_t volume[MAX_PATH + 1];
        DWORD flags = 0;
        wchar_t *wide;

        return resolve(t, &a, path, &wide) == 0 && GetVolumePathNameW(wide, volume, MAX_PATH) &&
               GetVolumeInformationW(volume, NULL, 0, NULL, NULL, &flags, NULL, 0) && flags & FILE_READ_ONLY_VOLUME;
}

/* ---- Writing ---- */

static int write_all(HANDLE h, struct str text) {
        while (text.len > 0) {
                DWORD n = 0;

                if (!WriteFile(h, text.p, (DWORD)(text.len < INT32_MAX ? text.len : INT32_MAX), &n, NULL))
                        return last_error();
                text = str_from(text, n);
        }
        return 0;
}

static int give_times(HANDLE h, const struct tree_file *like) {
        uint64_t ticks = (uint64_t)(like->seconds * 10000000 + like->nanoseconds / 100);
        FILETIME time = { .dwLowDateTime = (DWORD)ticks, .dwHighDateTime = (DWORD)(ticks >> 32) };

        return SetFileTime(h, NULL, NULL, &time) ? 0 : last_error();
}

static int fill(HANDLE h, struct str text, const struct tree_file *like, bool times) {
        int error = write_all(h, text);

        if (!error && !FlushFileBuffers(h))
                error = last_error();
        return !error && times ? give_times(h, like) : error;
}

static struct str beside(struct arena *a, struct str path) {
        ptrdiff_t n = path.len;

        while (n > 0 && path.p[n - 1] != '/')
                n--;
        return str_fmt(a, "%.*s%s", STR_ARG(str_n(path.p, n)), TREE_TEMPORARY);
}

/* ReplaceFile keeps the old file's attributes, access control and streams. */
static int take_place(const wchar_t *from, const wchar_t *to, bool exists) {
        return (exists ? ReplaceFileW(to, from, NULL, 0, NULL, NULL) : MoveFileExW(from, to, MOVEFILE_WRITE_THROUGH)) ? 0 : last_error();
}

static const wchar_t *full_name(struct arena *a, const wchar_t *path) {
        DWORD n = GetFullPathNameW(path, 0, NULL, NULL);
        wchar_t *all = arena_array(a, wchar_t, (ptrdiff_t)n + 1);

        return n && GetFullPathNameW(path, n + 1, all, NULL) ? all : path;
}

int tree_put(const struct tree *t, const char *path, struct str text, const struct tree_file *like, bool times) {
        ARENA_AUTO struct arena a = { 0 };
        wchar_t *to, *from;
        struct tree_file old;
        HANDLE h;
        int error = resolve(t, &a, path, &to);

        if (!error)
                error = tree_look(t, path, &old);
        if (error)
                return error;
        from = wide_of(&a, beside(&a, whole_path(t, &a, path)));
        (void)DeleteFileW(from); /* of a run that was killed */
        h = CreateFileW(from, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
        if (h == INVALID_HANDLE_VALUE)
                return last_error();
        error = fill(h, text, like, times);
        if (!CloseHandle(h) && !error)
                error = last_error();
        if (!error)
                error = take_place(full_name(&a, from), full_name(&a, to), old.exists);
        if (error)
                (void)DeleteFileW(from);
        return error;
}

static int drop(const wchar_t *path) {
        int error = DeleteFileW(path) ? 0 : last_error();

        return error == ENOENT ? 0 : error;
}

int tree_put_clean(const struct tree *t, const char *path) {
        ARENA_AUTO struct arena a = { 0 };
        wchar_t *wide;
        int error = resolve(t, &a, path, &wide);

        if (error)
                return error == ENOENT ? 0 : error;
        return drop(wide_of(&a, beside(&a, whole_path(t, &a, path))));
}

int tree_drop(const struct tree *t, const char *path) {
        ARENA_AUTO struct arena a = { 0 };
        wchar_t *wide;
        int error = resolve(t, &a, path, &wide);

        return error ? error == ENOENT ? 0 : error : drop(wide);
}

int tree_rename(const struct tree *t, const char *from, const char *to) {
        ARENA_AUTO struct arena a = { 0 };
        wchar_t *old, *new;
        int error = resolve(t, &a, from, &old);

        if (!error)
                error = resolve(t, &a, to, &new);
        return error ? error : MoveFileExW(old, new, MOVEFILE_WRITE_THROUGH) ? 0 : last_error();
}

/* A mode that gives others nothing: then only administrators may write. */
int tree_make_folder(const struct tree *t, const char *path, uint32_t mode) {
        ARENA_AUTO struct arena a = { 0 };
        wchar_t *wide;
        int error = resolve(t, &a, path, &wide);

        if (!error && GetFileAttributesW(wide) != INVALID_FILE_ATTRIBUTES)
                return EEXIST;
        if (error)
                return error;
        return t->live && !(mode & 077) ? error_of(tree_make_trusted_folder(wide)) : CreateDirectoryW(wide, NULL) ? 0 : last_error();
}

int tree_drop_folder(const struct tree *t, const char *path) {
        ARENA_AUTO struct arena a = { 0 };
        wchar_t *wide;
        int error = resolve(t, &a, path, &wide);

        if (!error && !RemoveDirectoryW(wide))
                error = last_error();
        return error == ENOENT ? 0 : error;
}

int tree_set_times(const struct tree *t, const char *path, const struct tree_file *like) {
        ARENA_AUTO struct arena a = { 0 };
        wchar_t *wide;
        HANDLE h;
        int error = resolve(t, &a, path, &wide);

        if (error)
                return error;
        h = CreateFileW(wide, FILE_WRITE_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                        FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
        if (h == INVALID_HANDLE_VALUE)
                return last_error();
        error = give_times(h, like);
        CloseHandle(h);
        return error;
}

/* There is no /proc and no /sys. */
int tree_write_value(const struct tree *t, const char *path, struct str text) {
        (void)t;
        (void)path;
        (void)text;
        return ENOENT;
}

/* ---- One at a time ---- */

int tree_lock(const struct tree *t, const char *path, int *ret_fd) {
        ARENA_AUTO struct arena a = { 0 };
        wchar_t *wide;
        HANDLE h;
        int error = resolve(t, &a, path, &wide);

        *ret_fd = -1;
        if (error)
                return error;
        h = CreateFileW(wide, GENERIC_WRITE, 0, NULL, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
        if (h == INVALID_HANDLE_VALUE)
                return last_error();
        *ret_fd = (int)(intptr_t)h; /* of a handle 32 bits count */
        return 0;
}

void tree_unlock(int fd) {
        if (fd != -1)
                CloseHandle((HANDLE)(intptr_t)fd);
}

const char *tree_edit_error(int error) {
        switch (error) {
        case ELOOP:
                return "it, or a folder on the way to it, is a link";
        case EXDEV:
                return "a folder on the way to it belongs to another user, or others can write to it";
        case EINVAL:
                return "it is no regular file";
        case EWOULDBLOCK:
                return "another program has it open";
        default:
                return strerror(error);
        }
}
