#include "platform/registry_edit.h"

#include <errno.h>
#include <windows.h>

#include "platform/win32/wide.h"

static const struct str local_machine = STR("HKLM\\");

static int error_of(LSTATUS error) {
        switch (error) {
        case ERROR_SUCCESS:
                return 0;
        case ERROR_FILE_NOT_FOUND:
        case ERROR_PATH_NOT_FOUND:
                return ENOENT;
        case ERROR_ACCESS_DENIED:
                return EACCES;
        case ERROR_DISK_FULL:
        case ERROR_NO_SYSTEM_RESOURCES:
                return ENOSPC;
        default:
                return EIO;
        }
}

static int open_key(struct arena *a, struct str key, REGSAM access, HKEY *ret) {
        if (!str_starts(key, local_machine))
                return EINVAL;
        return error_of(RegOpenKeyExW(HKEY_LOCAL_MACHINE, wide_of(a, str_from(key, local_machine.len)), 0, access | KEY_WOW64_64KEY, ret));
}

static int look(void *arg, struct arena *a, struct str key, struct str name, struct registry_bytes *ret) {
        DWORD type = 0, size = REGISTRY_BYTES_MAX;
        char *bytes = arena_bytes(a, REGISTRY_BYTES_MAX);
        HKEY handle;
        int error = open_key(a, key, KEY_QUERY_VALUE, &handle);

        (void)arg;
        *ret = (struct registry_bytes){ 0 };
        if (error)
                return error == ENOENT ? 0 : error;
        error = error_of(RegQueryValueExW(handle, wide_of(a, name), NULL, &type, (BYTE *)bytes, &size));
        RegCloseKey(handle);
        if (!error)
                *ret = (struct registry_bytes){ .exists = true, .type = type, .bytes = str_n(bytes, (ptrdiff_t)size) };
        return error == ENOENT ? 0 : error;
}

static int key_exists(void *arg, struct arena *a, struct str key, bool *ret) {
        HKEY handle;
        int error = open_key(a, key, KEY_QUERY_VALUE, &handle);

        (void)arg;
        *ret = !error;
        if (!error)
                RegCloseKey(handle);
        return error == ENOENT ? 0 : error;
}

static int put(void *arg, struct arena *a, struct str key, struct str name, const struct registry_bytes *value) {
        HKEY handle;
        int error = open_key(a, key, KEY_SET_VALUE | KEY_QUERY_VALUE, &handle);

        (void)arg;
        if (error)
                return error == ENOENT && !value->exists ? 0 : error;
        error = error_of(value->exists ? RegSetValueExW(handle, wide_of(a, name), 0, value->type, (const BYTE *)value->bytes.p,
                                                        (DWORD)value->bytes.len)
                                       : RegDeleteValueW(handle, wide_of(a, name)));
        if (error == ENOENT && !value->exists)
                error = 0;
        if (!error)
                error = error_of(RegFlushKey(handle));
        RegCloseKey(handle);
        return error;
}

static int make_key(void *arg, struct arena *a, struct str key) {
        DWORD disposition = 0;
        HKEY handle;
        int error;

        (void)arg;
        if (!str_starts(key, local_machine))
                return EINVAL;
        error = error_of(RegCreateKeyExW(HKEY_LOCAL_MACHINE, wide_of(a, str_from(key, local_machine.len)), 0, NULL, 0,
                                         KEY_QUERY_VALUE | KEY_WOW64_64KEY, NULL, &handle, &disposition));
        if (error)
                return error;
        RegCloseKey(handle);
        return disposition == REG_OPENED_EXISTING_KEY ? EEXIST : 0;
}

static int drop_key(void *arg, struct arena *a, struct str key) {
        DWORD keys = 1, values = 1;
        HKEY handle;
        int error = open_key(a, key, KEY_QUERY_VALUE, &handle);

        (void)arg;
        if (error)
                return error == ENOENT ? 0 : error;
        error = error_of(RegQueryInfoKeyW(handle, NULL, NULL, NULL, &keys, NULL, NULL, &values, NULL, NULL, NULL, NULL));
        RegCloseKey(handle);
        if (error)
                return error;
        if (keys || values)
                return ENOTEMPTY;
        return error_of(RegDeleteKeyExW(HKEY_LOCAL_MACHINE, wide_of(a, str_from(key, local_machine.len)), KEY_WOW64_64KEY, 0));
}

const struct registry_edit registry_edit = { .look = look, .key_exists = key_exists, .put = put, .make_key = make_key,
                                             .drop_key = drop_key };
