#include "collect/windows/win32_registry.h"

#include <windows.h>

#include "platform/win32/wide.h"

enum { NAME_MAX_UNITS = 256, DATA_MAX = 65536 };

static const struct str local_machine = STR("HKLM\\");

static LSTATUS open_key(struct arena *a, struct str key, HKEY *ret) {
        return RegOpenKeyExW(HKEY_LOCAL_MACHINE, wide_of(a, str_from(key, local_machine.len)), 0,
                             KEY_READ | KEY_WOW64_64KEY, ret);
}

static enum fact_state state_of(LSTATUS error) {
        switch (error) {
        case ERROR_SUCCESS:
                return FACT_KNOWN;
        case ERROR_FILE_NOT_FOUND:
        case ERROR_PATH_NOT_FOUND:
                return FACT_ABSENT;
        case ERROR_ACCESS_DENIED:
                return FACT_DENIED;
        default:
                return FACT_FAILED;
        }
}

static enum fact_state read_value(void *arg, struct arena *a, struct str key, struct str name,
                                  struct registry_data *ret) {
        DWORD type = 0, size = 0;
        HKEY handle;
        LSTATUS error = open_key(a, key, &handle);
        BYTE *bytes = NULL;

        (void)arg;
        if (error != ERROR_SUCCESS)
                return state_of(error);
        error = RegQueryValueExW(handle, wide_of(a, name), NULL, &type, NULL, &size);
        if (error == ERROR_SUCCESS && size > DATA_MAX)
                error = ERROR_MORE_DATA;
        if (error == ERROR_SUCCESS) {
                bytes = (BYTE *)arena_bytes(a, (ptrdiff_t)size + 1);
                error = RegQueryValueExW(handle, wide_of(a, name), NULL, &type, bytes, &size);
        }
        RegCloseKey(handle);
        if (error == ERROR_SUCCESS)
                *ret = (struct registry_data){ .type = type, .bytes = str_n((const char *)bytes, (ptrdiff_t)size) };
        return state_of(error);
}

static bool read_subkey(void *arg, struct arena *a, struct str key, uint32_t index, struct str *ret) {
        wchar_t name[NAME_MAX_UNITS];
        DWORD units = NAME_MAX_UNITS;
        HKEY handle;
        LSTATUS error;

        (void)arg;
        if (open_key(a, key, &handle) != ERROR_SUCCESS)
                return false;
        error = RegEnumKeyExW(handle, index, name, &units, NULL, NULL, NULL, NULL);
        RegCloseKey(handle);
        if (error == ERROR_SUCCESS)
                *ret = wide_to_utf8(a, name);
        return error == ERROR_SUCCESS;
}

const struct registry_source win32_registry = { .value = read_value, .subkey = read_subkey };
