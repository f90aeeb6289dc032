#include "collect/windows/smbios.h"

enum { TYPE_CHASSIS = 3, TYPE_END = 127, CHASSIS_ASSET_TAG = 8, HEADER = 4 };

/* The number-th (from 1) of the NUL-terminated strings behind a structure's formatted part. */
static struct str string_at(struct str strings, unsigned number) {
        struct str s;

        while (number > 0 && str_cut(&strings, '\0', &s) && s.len > 0)
                if (--number == 0)
                        return str_trim(s);
        return (struct str){ 0 };
}

struct str smbios_chassis_asset_tag(struct str table) {
        while (table.len >= HEADER) {
                unsigned char type = (unsigned char)table.p[0], length = (unsigned char)table.p[1];
                struct str strings = str_from(table, length);
                ptrdiff_t end = str_find(strings, S("\0\0"));

                if (length < HEADER || length > table.len || type == TYPE_END || end < 0)
                        break;
                if (type == TYPE_CHASSIS && length > CHASSIS_ASSET_TAG)
                        return string_at(str_n(strings.p, end + 1), (unsigned char)table.p[CHASSIS_ASSET_TAG]);
                table = str_from(strings, end + 2);
        }
        return (struct str){ 0 };
}
