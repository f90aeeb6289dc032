#include "platform/archive.h"

bool archive_looks_like(struct str bytes) {
        static const struct str magics[] = { STR("\x1f\x8b\x08"), STR("BZh"),      STR("\xfd" "7zXZ\0"), STR("\x28\xb5\x2f\xfd"),
                                             STR("PK\3\4"),       STR("PK\5\6") };

        for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
                if (str_starts(bytes, magics[i]))
                        return true;
        return str_starts(str_from(bytes, 257), S("ustar")); /* tar(5), "POSIX ustar Archives" */
}

bool archive_path_is_sound(struct str path) {
        struct str rest = path, part;
        int depth = 0;

        if (path.len == 0 || path.len > ARCHIVE_PATH_MAX || path.p[0] == '/')
                return false;
        for (ptrdiff_t i = 0; i < path.len; i++)
                if ((unsigned char)path.p[i] < 0x20 || path.p[i] == 0x7f)
                        return false;
        while (str_cut(&rest, '/', &part))
                if (str_eq(part, S("..")) || ++depth > ARCHIVE_DEPTH_MAX)
                        return false;
        return true;
}
