#include "platform/program.h"

#include <windows.h>
#include <shellapi.h>

#include "base/utf16.h"
#include "platform/win32/wide.h"

enum { WRITE_MAX = 8192 }; /* one WriteConsoleW; older consoles refuse more than 64 KiB at once */

static HANDLE stream_handle(int stream) {
        return GetStdHandle(stream == 1 ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE);
}

void program_start(struct arena *a, int *argc, char ***argv) {
        wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), argc);
        char **utf8 = arena_array(a, char *, *argc + 1);

        for (int i = 0; i < *argc; i++)
                utf8[i] = (char *)(uintptr_t)wide_to_utf8(a, wide[i]).p;
        LocalFree(wide);
        *argv = utf8;
}

void program_terminal(int stream, struct program_terminal *ret) {
        HANDLE h = stream_handle(stream);
        CONSOLE_SCREEN_BUFFER_INFO info;
        DWORD mode;

        *ret = (struct program_terminal){ .is_terminal = GetConsoleMode(h, &mode) != 0 };
        if (!ret->is_terminal)
                return;
        ret->colour = SetConsoleMode(h, mode | ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
        if (GetConsoleScreenBufferInfo(h, &info))
                ret->columns = info.srWindow.Right - info.srWindow.Left + 1;
}

const char *program_typed_end(void) {
        DWORD mode;

        return GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &mode) ? "Ctrl-Z and Enter" : NULL;
}

/* To a console, as UTF-16, in pieces that do not end within a character. */
static bool write_console(HANDLE h, const char *p, ptrdiff_t len) {
        while (len > 0) {
                ARENA_AUTO struct arena a = { 0 };
                ptrdiff_t n = len < WRITE_MAX ? len : WRITE_MAX, units;
                uint16_t *wide;
                DWORD written;

                while (n < len && n > 0 && ((unsigned char)p[n] & 0xc0) == 0x80)
                        n--;
                if (n == 0)
                        n = len < WRITE_MAX ? len : WRITE_MAX;
                wide = utf16_from_utf8(&a, str_n(p, n), &units);
                if (!WriteConsoleW(h, wide, (DWORD)units, &written, NULL))
                        return false;
                p += n;
                len -= n;
        }
        return true;
}

static bool write_bytes(HANDLE h, const char *p, ptrdiff_t len) {
        DWORD written;

        while (len > 0) {
                if (!WriteFile(h, p, (DWORD)(len < INT32_MAX ? len : INT32_MAX), &written, NULL))
                        return false;
                p += written;
                len -= written;
        }
        return true;
}

static DWORD write_error;

const char *program_write_error(struct arena *a) {
        return write_error ? wide_error(a, write_error) : "";
}

bool program_write(void *stream, const char *p, ptrdiff_t len) {
        HANDLE h = stream_handle(*(const int *)stream);
        DWORD mode;

        if (GetConsoleMode(h, &mode) ? write_console(h, p, len) : write_bytes(h, p, len))
                return true;
        write_error = GetLastError();
        return false;
}

/* Reads `h` to its end. */
static int read_all(HANDLE h, const char *path, ptrdiff_t limit, struct arena *a, struct str *ret, struct diag *d) {
        ptrdiff_t size = 65536, len = 0;
        char *p = arena_bytes(a, size);
        DWORD n;

        for (;;) {
                if (!ReadFile(h, p + len, (DWORD)(size - len), &n, NULL)) {
                        if (GetLastError() == ERROR_BROKEN_PIPE)
                                break;
                        return diag_fail_class(d, DIAG_NO_INPUT, "cannot read '%s': %s", path,
                                               wide_error(a, GetLastError()));
                }
                if (n == 0)
                        break;
                len += n;
                if (len > limit)
                        return diag_fail_class(d, DIAG_INPUT, "'%s' is longer than %td bytes", path, limit);
                if (len == size) {
                        char *more = arena_bytes(a, 2 * size);

                        memcpy(more, p, (size_t)len);
                        p = more;
                        size *= 2;
                }
        }
        *ret = str_n(p, len);
        return 0;
}

int program_read_file(const char *path, ptrdiff_t limit, struct arena *a, struct str *ret, struct diag *d) {
        HANDLE h;
        int status;

        if (str_eq(str_of(path), S("-")))
                return read_all(GetStdHandle(STD_INPUT_HANDLE), "standard input", limit, a, ret, d);
        h = CreateFileW(wide_of(a, str_of(path)), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                        FILE_ATTRIBUTE_NORMAL, NULL);
        if (h == INVALID_HANDLE_VALUE)
                return diag_fail_class(d, DIAG_NO_INPUT, "cannot open '%s': %s", path, wide_error(a, GetLastError()));
        status = read_all(h, path, limit, a, ret, d);
        CloseHandle(h);
        return status;
}

const char *program_environment(struct arena *a, const char *name) {
        wchar_t *wide_name = wide_of(a, str_of(name)), *value;
        DWORD n = GetEnvironmentVariableW(wide_name, NULL, 0);

        if (n == 0)
                return NULL;
        value = arena_array(a, wchar_t, (ptrdiff_t)n + 1);
        GetEnvironmentVariableW(wide_name, value, n);
        return wide_to_utf8(a, value).p;
}

void program_date(char ret_date[11], char ret_time[9]) {
        SYSTEMTIME now;

        GetSystemTime(&now);
        snprintf(ret_date, 11, "%04u-%02u-%02u", now.wYear % 10000u, now.wMonth % 100u, now.wDay % 100u);
        snprintf(ret_time, 9, "%02u:%02u:%02u", now.wHour % 100u, now.wMinute % 100u, now.wSecond % 100u);
}

/* Windows gives large pages to who may lock memory alone, which nobody may who just starts a program. */
void *program_large_memory(ptrdiff_t *size) {
        (void)size;
        return NULL;
}
