#include "fleet/send/ident.h"

#include "base/sha256.h"

enum { ID = 32, BLOCK = 64, DIGEST = 32, IDENT = 16 };

/* FIPS 198-1; the key is shorter than a block. */
static void hmac(struct str key, struct str text, char *ret_hex) {
        char inner[BLOCK], outer[BLOCK];
        unsigned char digest[DIGEST];
        struct sha256 h;

        for (ptrdiff_t i = 0; i < BLOCK; i++) {
                int byte = i < key.len ? (unsigned char)key.p[i] : 0;

                inner[i] = (char)(byte ^ 0x36);
                outer[i] = (char)(byte ^ 0x5c);
        }
        sha256_init(&h);
        sha256_add(&h, str_n(inner, BLOCK));
        sha256_add(&h, text);
        sha256_end(&h, digest);
        sha256_init(&h);
        sha256_add(&h, str_n(outer, BLOCK));
        sha256_add(&h, str_n((const char *)digest, DIGEST));
        sha256_hex(&h, ret_hex);
}

bool ident_make(struct arena *a, struct str machine_id, struct str *ret) {
        struct str id = str_trim(machine_id);
        bool zero = true;
        char hex[65];

        for (ptrdiff_t i = 0; i < id.len; i++) {
                if (!((id.p[i] >= '0' && id.p[i] <= '9') || (id.p[i] >= 'a' && id.p[i] <= 'f')))
                        return false;
                zero = zero && id.p[i] == '0';
        }
        if (id.len != ID || zero)
                return false;
        hmac(id, S("sidelight fleet ident 1"), hex);
        *ret = str_dup(a, str_n(hex, IDENT));
        return true;
}
