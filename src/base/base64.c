#include "base/base64.h"

void base64_put(struct out *o, struct str bytes) {
        static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

        for (ptrdiff_t i = 0; i < bytes.len; i += 3) {
                uint32_t group = (uint32_t)(unsigned char)bytes.p[i] << 16;

                group |= i + 1 < bytes.len ? (uint32_t)(unsigned char)bytes.p[i + 1] << 8 : 0;
                group |= i + 2 < bytes.len ? (uint32_t)(unsigned char)bytes.p[i + 2] : 0;
                out_char(o, letters[group >> 18]);
                out_char(o, letters[group >> 12 & 63]);
                out_char(o, i + 1 < bytes.len ? letters[group >> 6 & 63] : '=');
                out_char(o, i + 2 < bytes.len ? letters[group & 63] : '=');
        }
}
