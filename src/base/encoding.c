#include "base/encoding.h"

int encoding_hex(char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool encoding_percent(struct arena *a, struct str text, bool plus, struct str *ret) {
        char *p = arena_bytes(a, text.len + 1);
        ptrdiff_t n = 0;

        for (ptrdiff_t i = 0; i < text.len; i++) {
                int high = i + 2 < text.len ? encoding_hex(text.p[i + 1]) : -1, low = i + 2 < text.len ? encoding_hex(text.p[i + 2]) : -1;

                if (text.p[i] != '%') {
                        p[n++] = (char)(plus && text.p[i] == '+' ? ' ' : text.p[i]);
                        continue;
                }
                if (high < 0 || low < 0)
                        return false;
                p[n++] = (char)(high * 16 + low);
                i += 2;
        }
        *ret = str_n(p, n);
        return true;
}

static int base64_digit(char c) {
        return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52 :
               c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

bool encoding_base64(struct arena *a, struct str text, struct str *ret) {
        char *p = arena_bytes(a, text.len + 1);
        uint32_t bits = 0;
        ptrdiff_t n = 0;

        while (str_ends(text, S("=")))
                text.len--;
        for (ptrdiff_t i = 0; i < text.len; i++) {
                int digit = base64_digit(text.p[i]);

                if (digit < 0)
                        return false;
                bits = bits << 6 | (uint32_t)digit;
                if (i % 4)
                        p[n++] = (char)(bits >> (6 - 2 * (i % 4)));
        }
        *ret = str_n(p, n);
        return text.len % 4 != 1;
}
