#include "platform/files.h"

#include <windows.h>
#include <ntsecapi.h>

#include "platform/win32/wide.h"

/* Of <io.h>, whose inline functions use what banned.h bans. */
_CRTIMP int __cdecl _open_osfhandle(intptr_t handle, int flags);
enum { READ_WRITE_BINARY = 0x8002 }; /* _O_RDWR | _O_BINARY of <fcntl.h>, which includes it */

int input_open(struct input_file *ret, const char *path, struct arena *a, struct diag *d) {
        bool standard = str_eq(str_of(path), S("-"));
        LARGE_INTEGER size;
        HANDLE h = standard ? GetStdHandle(STD_INPUT_HANDLE)
                            : CreateFileW(wide_of(a, str_of(path)), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                                          OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL);

        *ret = (struct input_file){ .file = (intptr_t)h, .name = standard ? "standard input" : path, .is_own = !standard, .a = a };
        if (h == INVALID_HANDLE_VALUE || !h)
                return diag_fail_class(d, DIAG_NO_INPUT, "cannot open '%s': %s", path, wide_error(a, GetLastError()));
        if (!standard && GetFileType(h) == FILE_TYPE_CHAR) {
                input_close(ret);
                return diag_fail_class(d, DIAG_NO_INPUT, "cannot open '%s': it is not a file", path);
        }
        if (GetFileType(h) == FILE_TYPE_DISK && GetFileSizeEx(h, &size))
                ret->size = (uint64_t)size.QuadPart;
        return 0;
}

ptrdiff_t input_take(struct input_file *f, char *p, ptrdiff_t size, struct diag *d) {
        DWORD n, most = (DWORD)(size < INT32_MAX ? size : INT32_MAX);

        if (ReadFile((HANDLE)f->file, p, most, &n, NULL))
                return (ptrdiff_t)n;
        if (GetLastError() == ERROR_BROKEN_PIPE)
                return 0;
        return diag_fail_class(d, DIAG_NO_INPUT, "cannot read '%s': %s", f->name, wide_error(f->a, GetLastError()));
}

void input_close(struct input_file *f) {
        if (f->is_own)
                CloseHandle((HANDLE)f->file);
        f->is_own = false;
}

/* The C library's own makes it in the root folder, where only administrators may write. */
FILE *file_temporary(void) {
        wchar_t folder[MAX_PATH + 1], path[MAX_PATH + 1];
        HANDLE h;
        int fd;

        if (!GetTempPathW(MAX_PATH, folder) || !GetTempFileNameW(folder, L"sl", 0, path))
                return NULL;
        h = CreateFileW(path, GENERIC_READ | GENERIC_WRITE | DELETE, 0, NULL, CREATE_ALWAYS,
                        FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
        fd = h == INVALID_HANDLE_VALUE ? -1 : _open_osfhandle((intptr_t)h, READ_WRITE_BINARY);
        return fd < 0 ? NULL : _fdopen(fd, "w+b");
}

int random_bytes(void *p, size_t size, struct diag *d) {
        return RtlGenRandom(p, (ULONG)size) ? 0 : diag_fail(d, "the system gives no random numbers");
}

bool file_is_separator(char c) {
        return c == '/' || c == '\\';
}
