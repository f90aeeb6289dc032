#include "platform/win32/machine.h"

#include <windows.h>

#include "platform/win32/tree_trust.h"
#include "platform/win32/wide.h"

/* Of <shlobj.h>, which brings inline functions that use what banned.h bans. */
HRESULT WINAPI SHGetFolderPathW(HWND window, int folder, HANDLE token, DWORD flags, wchar_t *ret);
enum { COMMON_APPDATA = 0x23 };

const char *machine_program_data(struct arena *a) {
        wchar_t folder[MAX_PATH + 1];
        struct str s;
        char *p;

        if (SHGetFolderPathW(NULL, COMMON_APPDATA, NULL, 0, folder) != S_OK)
                return NULL;
        s = wide_to_utf8(a, folder);
        p = arena_bytes(a, s.len + 1);
        for (ptrdiff_t i = 0; i < s.len; i++)
                p[i] = s.p[i];
        for (ptrdiff_t i = 0; i < s.len; i++)
                if (p[i] == '\\')
                        p[i] = '/';
        return str_to_c(a, str_n(p, s.len));
}

bool machine_is_administrator(void) {
        return tree_is_administrator();
}

/* SYSTEM_TIMEOFDAY_INFORMATION (class 3); setting the clock moves both numbers alike. */
struct str machine_boot(struct arena *a) {
        struct {
                int64_t boot_time, current_time, time_zone_bias;
                uint32_t time_zone_id, reserved;
                uint64_t boot_time_bias, sleep_time_bias;
        } now = { 0 };
        union {
                FARPROC symbol;
                LONG(NTAPI *call)(ULONG class, void *buffer, ULONG size, ULONG *ret_length);
        } nt = { .symbol = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtQuerySystemInformation") };
        ULONG length = 0;

        if (!nt.symbol || nt.call(3, &now, sizeof(now), &length) != 0 || now.boot_time == 0)
                return S("");
        return str_fmt(a, "boot-time %lld", (long long)(now.boot_time - (int64_t)now.boot_time_bias));
}
