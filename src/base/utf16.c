#include "base/utf16.h"

enum { REPLACEMENT = 0xfffd };

char *utf8_put(char *to, uint32_t c) {
        static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
        int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

        for (int i = n - 1; i > 0; i--) {
                to[i] = (char)(0x80 | (c & 0x3f));
                c >>= 6;
        }
        to[0] = n == 1 ? (char)c : (char)(lead[n] | c);
        return to + n;
}

static uint32_t unit_at(const unsigned char *p, ptrdiff_t i) {
        return (uint32_t)(p[2 * i] | p[2 * i + 1] << 8);
}

struct str utf8_from_utf16(struct arena *a, const void *bytes, ptrdiff_t len) {
        const unsigned char *p = bytes;
        ptrdiff_t units = len / 2;
        char *start = arena_bytes(a, 3 * units + 4), *to = start;

        for (ptrdiff_t i = 0; i < units; i++) {
                uint32_t c = unit_at(p, i), low = i + 1 < units ? unit_at(p, i + 1) : 0;

                if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
                        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                        i++;
                } else if (c >= 0xd800 && c < 0xe000) {
                        c = REPLACEMENT;
                }
                to = utf8_put(to, c);
        }
        if (len % 2)
                to = utf8_put(to, REPLACEMENT);
        return str_n(start, to - start);
}

/* One code point of `s` from *at on; a byte that begins none is REPLACEMENT and one byte long. */
static uint32_t take_utf8(struct str s, ptrdiff_t *at) {
        static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
        unsigned char first = (unsigned char)s.p[*at];
        int n = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
        uint32_t c = n == 1 ? first : (uint32_t)first & (0x7fu >> n);

        if (n == 0 || *at + n > s.len) {
                ++*at;
                return REPLACEMENT;
        }
        for (int i = 1; i < n; i++) {
                unsigned char more = (unsigned char)s.p[*at + i];

                if ((more & 0xc0) != 0x80) {
                        ++*at;
                        return REPLACEMENT;
                }
                c = c << 6 | (more & 0x3f);
        }
        if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
                ++*at;
                return REPLACEMENT;
        }
        *at += n;
        return c;
}

uint16_t *utf16_from_utf8(struct arena *a, struct str s, ptrdiff_t *ret_units) {
        uint16_t *units = arena_array(a, uint16_t, s.len + 1);
        ptrdiff_t n = 0, at = 0;

        while (at < s.len) {
                uint32_t c = take_utf8(s, &at);

                if (c >= 0x10000) {
                        units[n++] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
                        c = 0xdc00 + ((c - 0x10000) & 0x3ff);
                }
                units[n++] = (uint16_t)c;
        }
        units[n] = 0;
        if (ret_units)
                *ret_units = n;
        return units;
}
