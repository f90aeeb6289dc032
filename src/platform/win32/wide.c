#include "platform/win32/wide.h"

#include <windows.h>

#include "base/utf16.h"

wchar_t *wide_of(struct arena *a, struct str utf8) {
        return (wchar_t *)utf16_from_utf8(a, utf8, NULL);
}

struct str wide_to_utf8(struct arena *a, const wchar_t *text) {
        struct str s = utf8_from_utf16(a, text, 2 * (ptrdiff_t)wcslen(text));

        return str_of(str_to_c(a, s));
}

const char *wide_error(struct arena *a, unsigned long error) {
        wchar_t text[256];
        DWORD n = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK,
                                 NULL, error, 0, text, 256, NULL);
        struct str s;

        if (n == 0)
                return str_to_c(a, str_fmt(a, "error %lu", error));
        s = str_trim(utf8_from_utf16(a, text, 2 * (ptrdiff_t)n));
        if (str_ends(s, S(".")))
                s.len--;
        return str_to_c(a, s);
}
