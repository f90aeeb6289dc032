/* Text at the Win32 seam: UTF-8 inside, UTF-16 in the API's wide functions. */
#ifndef SIDELIGHT_PLATFORM_WIN32_WIDE_H
#define SIDELIGHT_PLATFORM_WIN32_WIDE_H

#include <wchar.h>

#include "base/arena.h"
#include "base/str.h"

/* NUL-terminated, in the arena. */
wchar_t *wide_of(struct arena *a, struct str utf8);
struct str wide_to_utf8(struct arena *a, const wchar_t *text);
/* What the system says about an error number (GetLastError), in one line without a full stop. */
const char *wide_error(struct arena *a, unsigned long error);

#endif
