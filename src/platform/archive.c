#include "platform/archive.h"

bool archive_looks_like(struct str bytes) {
        static const struct str magics[] = { STR("\x1f\x8b\x08"), STR("BZh"),      STR("\xfd" "7zXZ\0"), STR("\x28\xb5\x2f\xfd"),
                                             STR("PK\3\4"),       STR("PK\5\6") };

        for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
                if (str_starts(bytes, magics[i]))
                        return true;
        return str_starts(str_from(bytes, 257), S("ustar")); /* tar(5), "POSIX ustar Archives" */
}
