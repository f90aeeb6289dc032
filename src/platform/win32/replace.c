#include "platform/replace.h"

#include <windows.h>

#include "platform/win32/wide.h"

enum { TRIES = 16 };

static int refuse(struct replacement *r, struct diag *d, DWORD error) {
        return diag_fail(d, "cannot write '%s': %s", r->path, wide_error(r->a, error));
}

/* What stands there now. Other reparse points than links are files that a service keeps elsewhere. */
static int look(struct replacement *r, struct diag *d) {
        WIN32_FIND_DATAW found;
        HANDLE h = FindFirstFileW(wide_of(r->a, str_of(r->path)), &found);

        if (h == INVALID_HANDLE_VALUE)
                return GetLastError() == ERROR_FILE_NOT_FOUND ? 0 : refuse(r, d, GetLastError());
        FindClose(h);
        r->exists = true;
        if ((found.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) &&
            (found.dwReserved0 == IO_REPARSE_TAG_SYMLINK || found.dwReserved0 == IO_REPARSE_TAG_MOUNT_POINT))
                return diag_fail(d, "cannot write '%s': it is a symbolic link, which is not followed; name the file that it leads to",
                                 r->path);
        if (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
                return diag_fail(d, "cannot write '%s': it is a folder", r->path);
        return found.dwFileAttributes & FILE_ATTRIBUTE_READONLY ? refuse(r, d, ERROR_ACCESS_DENIED) : 0;
}

static int open_temporary(struct replacement *r, struct diag *d) {
        struct str path = str_of(r->path);
        ptrdiff_t folder = path.len;

        while (folder > 0 && path.p[folder - 1] != '/' && path.p[folder - 1] != '\\' && path.p[folder - 1] != ':')
                folder--;
        for (unsigned i = 0; i < TRIES; i++) {
                LARGE_INTEGER tick;
                HANDLE h;

                QueryPerformanceCounter(&tick);
                r->temporary = str_fmt(r->a, "%.*s.sidelight-%08x%08x%02x", (int)folder, path.p, (unsigned)GetCurrentProcessId(),
                                       (unsigned)tick.LowPart, i).p;
                r->native = wide_of(r->a, str_of(r->temporary));
                h = CreateFileW(r->native, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
                r->file = (intptr_t)h;
                if (h != INVALID_HANDLE_VALUE)
                        return 0;
                if (GetLastError() != ERROR_FILE_EXISTS)
                        break;
        }
        r->temporary = NULL;
        return refuse(r, d, GetLastError());
}

int replace_begin(struct replacement *ret, struct arena *a, const char *path, struct diag *d) {
        *ret = (struct replacement){ .path = path, .a = a, .file = (intptr_t)INVALID_HANDLE_VALUE };
        replace_remember(ret);
        if (look(ret, d) == 0 && open_temporary(ret, d) == 0)
                return 0;
        replace_abandon(ret);
        return -1;
}

bool replace_write(void *replacement, const char *p, ptrdiff_t len) {
        struct replacement *r = replacement;
        DWORD written;

        while (len > 0 && !r->error) {
                if (!WriteFile((HANDLE)r->file, p, (DWORD)(len < INT32_MAX ? len : INT32_MAX), &written, NULL))
                        r->error = GetLastError();
                else
                        p += written, len -= written;
        }
        return !r->error;
}

static DWORD settle(struct replacement *r) {
        DWORD error = r->error;

        if (!error && !FlushFileBuffers((HANDLE)r->file))
                error = GetLastError();
        if (!CloseHandle((HANDLE)r->file) && !error)
                error = GetLastError();
        r->file = (intptr_t)INVALID_HANDLE_VALUE;
        return error;
}

/* ReplaceFile wants whole paths. */
static wchar_t *whole(struct replacement *r, const char *path) {
        wchar_t *given = wide_of(r->a, str_of(path)), *all;
        DWORD n = GetFullPathNameW(given, 0, NULL, NULL);

        all = arena_array(r->a, wchar_t, (ptrdiff_t)n + 1);
        return n && GetFullPathNameW(given, n + 1, all, NULL) ? all : given;
}

int replace_commit(struct replacement *r, struct diag *d) {
        wchar_t *from = whole(r, r->temporary), *to = whole(r, r->path);
        DWORD error = settle(r);

        /* ReplaceFile keeps the old file's attributes, access control and streams. */
        if (!error && !(r->exists ? ReplaceFileW(to, from, NULL, 0, NULL, NULL) : MoveFileExW(from, to, MOVEFILE_WRITE_THROUGH)))
                error = GetLastError();
        if (error) {
                replace_abandon(r);
                return refuse(r, d, error);
        }
        r->temporary = NULL;
        replace_abandon(r);
        return 0;
}

void replace_abandon(struct replacement *r) {
        replace_forget(r);
        if ((HANDLE)r->file != INVALID_HANDLE_VALUE)
                CloseHandle((HANDLE)r->file);
        if (r->temporary)
                DeleteFileW(r->native); /* no memory is needed here */
        r->file = (intptr_t)INVALID_HANDLE_VALUE;
        r->temporary = NULL;
}

int replace_folder(const char *path, struct arena *a, struct diag *d) {
        if (CreateDirectoryW(wide_of(a, str_of(path)), NULL) || GetLastError() == ERROR_ALREADY_EXISTS)
                return 0;
        return diag_fail(d, "cannot make the folder '%s': %s", path, wide_error(a, GetLastError()));
}
