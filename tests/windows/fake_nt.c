/* Linked in place of Windows' GetProcAddress: NtQuerySystemInformation answers what SIDELIGHT_NT says ("201:00000012,00000000 196:0"), for
 * Wine knows none of these questions. Everything else is the system's own. */
#include <windows.h>
#include <winternl.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

NTSTATUS NTAPI LdrGetProcedureAddress(HMODULE module, const ANSI_STRING *name, ULONG ordinal, void **ret);

typedef LONG NTAPI query(ULONG class, void *buffer, ULONG size, ULONG *ret_length);

static union {
        void *symbol;
        query *call;
} real;

/* The dwords of an answer, from "201:1,2 …"; the number of them, 0 when the class has none. */
static ULONG answer_of(ULONG class, ULONG *ret, ULONG most) {
        char all[512];
        const char *p = all;
        char *end;
        ULONG n = 0;

        if (!GetEnvironmentVariableA("SIDELIGHT_NT", all, sizeof(all)))
                return 0;
        while (*p) {
                ULONG number = strtoul(p, &end, 10);

                for (n = 0; (*end == ':' || *end == ',') && n < most; n++) {
                        p = end + 1;
                        ret[n] = strtoul(p, &end, 16);
                }
                if (number == class && n)
                        return n;
                p = *end ? end + 1 : end;
        }
        return 0;
}

static LONG NTAPI answer(ULONG class, void *buffer, ULONG size, ULONG *ret_length) {
        ULONG dwords[8], n = answer_of(class, dwords, 8);

        if (!n)
                return real.call(class, buffer, size, ret_length);
        *ret_length = n * 4 < size ? n * 4 : size;
        memcpy(buffer, dwords, *ret_length);
        return 0;
}

static FARPROC WINAPI get_proc_address(HMODULE module, LPCSTR name) {
        ANSI_STRING text = { .Length = (USHORT)strlen(name), .MaximumLength = (USHORT)(strlen(name) + 1), .Buffer = (char *)(uintptr_t)name };
        union {
                void *symbol;
                query *call;
                FARPROC ret;
        } found = { 0 };

        if (LdrGetProcedureAddress(module, &text, 0, &found.symbol) != 0)
                return NULL;
        if (strcmp(name, "NtQuerySystemInformation") == 0) {
                real.symbol = found.symbol;
                found.call = answer;
        }
        return found.ret;
}

extern FARPROC(WINAPI *__imp_GetProcAddress)(HMODULE, LPCSTR);
FARPROC(WINAPI *__imp_GetProcAddress)(HMODULE, LPCSTR) = get_proc_address;

/* ---- Calls that change something: SIDELIGHT_FAULT "kill:3" ends the program at the third, "fail:3" lets it fail,
 * "wait:3" lets it wait while there is the file that SIDELIGHT_WAIT names ---- */

static LONG calls;

static void wait(void) {
        char path[MAX_PATH] = "";

        if (!GetEnvironmentVariableA("SIDELIGHT_WAIT", path, sizeof(path)))
                return;
        for (int i = 0; i < 3000 && GetFileAttributesA(path) != INVALID_FILE_ATTRIBUTES; i++)
                Sleep(100);
}

static bool fault(void) {
        char text[32] = "";
        long n = 0;
        bool kill = false;

        if (GetEnvironmentVariableA("SIDELIGHT_FAULT", text, sizeof(text))) {
                kill = strncmp(text, "kill:", 5) == 0;
                n = strtol(text + 5, NULL, 10);
        }
        if (++calls != n)
                return false;
        if (strncmp(text, "wait:", 5) == 0) {
                wait();
                return false;
        }
        if (kill)
                TerminateProcess(GetCurrentProcess(), 9);
        return true;
}

static void *real_of(const wchar_t *library, const char *name) {
        ANSI_STRING text = { .Length = (USHORT)strlen(name), .MaximumLength = (USHORT)(strlen(name) + 1), .Buffer = (char *)(uintptr_t)name };
        void *found = NULL;

        if (LdrGetProcedureAddress(GetModuleHandleW(library), &text, 0, &found) != 0)
                TerminateProcess(GetCurrentProcess(), 10);
        return found;
}

/* NOLINTBEGIN(bugprone-macro-parentheses): a type and a list of parameters take none */
/* FAULTY(library, what it gives when it fails, type, name, parameters, arguments) */
#define FAULTY(library, failed, type, name, parameters, arguments)                   \
        static type WINAPI faulty_##name parameters {                                \
                union {                                                              \
                        void *symbol;                                                \
                        type(WINAPI *call) parameters;                               \
                } whole = { .symbol = real_of(library, #name) };                     \
                SetLastError(ERROR_DISK_FULL);                                       \
                return fault() ? failed : whole.call arguments;                      \
        }                                                                            \
        extern type(WINAPI *__imp_##name) parameters;                                \
        type(WINAPI *__imp_##name) parameters = faulty_##name;
/* NOLINTEND(bugprone-macro-parentheses) */

FAULTY(L"advapi32.dll", ERROR_DISK_FULL, LSTATUS, RegSetValueExW,
       (HKEY key, LPCWSTR name, DWORD reserved, DWORD type, const BYTE *data, DWORD size), (key, name, reserved, type, data, size))
FAULTY(L"advapi32.dll", ERROR_DISK_FULL, LSTATUS, RegDeleteValueW, (HKEY key, LPCWSTR name), (key, name))
FAULTY(L"advapi32.dll", ERROR_DISK_FULL, LSTATUS, RegFlushKey, (HKEY key), (key))
FAULTY(L"kernel32.dll", FALSE, BOOL, MoveFileExW, (LPCWSTR from, LPCWSTR to, DWORD flags), (from, to, flags))
FAULTY(L"kernel32.dll", FALSE, BOOL, ReplaceFileW,
       (LPCWSTR to, LPCWSTR from, LPCWSTR backup, DWORD flags, LPVOID exclude, LPVOID reserved), (to, from, backup, flags, exclude, reserved))
FAULTY(L"kernel32.dll", FALSE, BOOL, CreateDirectoryW, (LPCWSTR path, LPSECURITY_ATTRIBUTES attributes), (path, attributes))
FAULTY(L"kernel32.dll", FALSE, BOOL, FlushFileBuffers, (HANDLE file), (file))
FAULTY(L"kernel32.dll", FALSE, BOOL, DeleteFileW, (LPCWSTR path), (path))
