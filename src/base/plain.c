#include "base/plain.h"

enum { PLAIN_BLOCK = 32 };

int utf8_at(const char *text, ptrdiff_t left, uint32_t *ret) {
        const unsigned char *p = (const unsigned char *)text;
        int n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
        uint32_t c = n == 1 ? p[0] : n == 2 ? p[0] & 0x1fu : n == 3 ? p[0] & 0x0fu : p[0] & 0x07u;

        if (n == 0 || n > left)
                return 0;
        for (int i = 1; i < n; i++) {
                if ((p[i] & 0xc0) != 0x80)
                        return 0;
                c = c << 6 | (p[i] & 0x3fu);
        }
        if ((n == 3 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) || (n == 4 && (c < 0x10000 || c > 0x10ffff)))
                return 0;
        *ret = c;
        return n;
}

bool utf8_steers(uint32_t c) {
        if (c < 0x2000)
                return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x180e;
        return (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
               (c >= 0xfff9 && c <= 0xfffb) || (c & 0xfffe) == 0xfffe || (c >= 0xe0000 && c < 0xe0080);
}

/* x - 0x20 borrows into the high bit where x < 0x20 (Hacker's Delight, section 6-1); a borrow can only add an alarm. */
static bool eight_are_ascii(const char *p) {
        const uint64_t ones = 0x0101010101010101u;
        uint64_t v;

        memcpy(&v, p, 8);
        return ((v | (v - ones * 0x20) | ((v ^ ones * 0x7f) - ones)) & ones << 7) == 0;
}

/* A fixed number without a way out: compilers make vectors of it. */
static bool block_is_ascii(const signed char *p) {
        unsigned char other = 0;

        for (int i = 0; i < PLAIN_BLOCK; i++)
                other |= (p[i] < 0x20) | (p[i] == 0x7f);
        return !other;
}

ptrdiff_t plain_ascii(const char *p, ptrdiff_t n) {
        ptrdiff_t i = 0;

        while (i + PLAIN_BLOCK <= n && block_is_ascii((const signed char *)p + i))
                i += PLAIN_BLOCK;
        while (i + 8 <= n && eight_are_ascii(p + i))
                i += 8;
        if (n >= 8 && n - i < 8 && eight_are_ascii(p + n - 8)) /* words may overlap */
                return n;
        while (i < n && p[i] >= 0x20 && p[i] < 0x7f)
                i++;
        return i;
}

void out_plain(struct out *o, struct str text) {
        while (text.len > 0) {
                ptrdiff_t n = plain_ascii(text.p, text.len);
                uint32_t c = 0;

                out_bytes(o, text.p, n);
                text = str_from(text, n);
                if (text.len == 0)
                        break;
                n = utf8_at(text.p, text.len, &c);
                if (n == 0 || utf8_steers(c))
                        out_char(o, n == 1 && (c == '\t' || c == '\n' || c == '\r') ? ' ' : '?');
                else
                        out_bytes(o, text.p, n);
                text = str_from(text, n ? n : 1);
        }
}

static bool is_plain(struct str text) {
        for (ptrdiff_t i = plain_ascii(text.p, text.len); i < text.len; i += plain_ascii(text.p + i, text.len - i)) {
                uint32_t c;
                int n = utf8_at(text.p + i, text.len - i, &c);

                if (n == 0 || utf8_steers(c))
                        return false;
                i += n;
        }
        return true;
}

static struct str made_plain(struct arena *a, struct str text) {
        OUT_AUTO struct out o = { 0 };

        out_plain(&o, text);
        return str_dup(a, out_text(&o));
}

struct str plain(struct arena *a, struct str text) {
        return is_plain(text) ? text : made_plain(a, text);
}
