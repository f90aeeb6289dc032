#include "platform/minisign.h"

#include <sodium.h>

/* As they stand in the file. */
struct signature {
        uint8_t algorithm[2], id[8], of_file[crypto_sign_BYTES];
        uint8_t of_comment[crypto_sign_BYTES];
        struct str comment;
};

enum { HASH_BYTES = 64, KEY_BYTES = 42, SIGNATURE_BYTES = 74 };

static const char *name_of_chance(void) {
        return "none";
}

static uint32_t no_chance(void) {
        return 0;
}

static void no_bytes(void *const p, const size_t size) {
        memset(p, 0, size);
}

/* Whoever only verifies needs no chance; libsodium's own source of it ends the program where the kernel gives none. */
bool minisign_possible(void) {
        static randombytes_implementation none = { .implementation_name = name_of_chance, .random = no_chance, .buf = no_bytes };

        return randombytes_set_implementation(&none) == 0 && sodium_init() >= 0;
}

/* Exactly `size` bytes, or nothing. */
static bool decode(struct str text, uint8_t *ret, size_t size) {
        size_t length = 0;
        const char *end = NULL;

        text = str_trim(text);
        return text.len > 0 && sodium_base642bin(ret, size, text.p, (size_t)text.len, NULL, &length, &end, sodium_base64_VARIANT_ORIGINAL) == 0 &&
               length == size && end == text.p + text.len;
}

int minisign_key(struct minisign_key *ret, struct str text, const char *name, struct diag *d) {
        struct str rest = text, line = { 0 };
        uint8_t bytes[KEY_BYTES];

        (void)str_line(&rest, &line);
        if (str_starts(line, S("untrusted comment:")))
                (void)str_line(&rest, &line);
        if (!decode(line, bytes, sizeof(bytes)) || memcmp(bytes, "Ed", 2) != 0 || str_trim(rest).len != 0)
                return diag_fail_class(d, DIAG_INPUT, "'%s' holds no public key of minisign", name);
        memcpy(ret->id, bytes + 2, sizeof(ret->id));
        memcpy(ret->key, bytes + 10, sizeof(ret->key));
        return 0;
}

struct str minisign_id(struct arena *a, const struct minisign_key *key) {
        char digits[17];

        for (int i = 0; i < 8; i++) { /* minisign shows the number, whose lowest byte comes first */
                static const char hex[] = "0123456789ABCDEF";

                digits[i * 2] = hex[key->id[7 - i] >> 4];
                digits[i * 2 + 1] = hex[key->id[7 - i] & 15];
        }
        return str_dup(a, str_n(digits, 16));
}

static int parse(struct signature *ret, struct str text, const char *name, struct diag *d) {
        struct str rest = text, line[4] = { 0 };
        uint8_t bytes[SIGNATURE_BYTES];

        for (int i = 0; i < 4; i++)
                (void)str_line(&rest, &line[i]);
        if (text.len > MINISIGN_TEXT_MAX || !str_starts(line[0], S("untrusted comment: ")) || !str_starts(line[2], S("trusted comment: ")) ||
            !decode(line[1], bytes, sizeof(bytes)) || !decode(line[3], ret->of_comment, sizeof(ret->of_comment)) || str_trim(rest).len != 0)
                return diag_fail_class(d, DIAG_INPUT, "'%s' is no signature of minisign", name);
        memcpy(ret->algorithm, bytes, 2);
        memcpy(ret->id, bytes + 2, 8);
        memcpy(ret->of_file, bytes + 10, sizeof(ret->of_file));
        ret->comment = str_from(line[2], 17);
        return 0;
}

static bool signed_by(const struct minisign_key *key, const struct signature *s, const uint8_t hash[HASH_BYTES], struct arena *a) {
        uint8_t *global = (uint8_t *)arena_bytes(a, (ptrdiff_t)sizeof(s->of_file) + s->comment.len);

        memcpy(global, s->of_file, sizeof(s->of_file));
        if (s->comment.len)
                memcpy(global + sizeof(s->of_file), s->comment.p, (size_t)s->comment.len);
        return memcmp(key->id, s->id, sizeof(s->id)) == 0 && crypto_sign_verify_detached(s->of_file, hash, HASH_BYTES, key->key) == 0 &&
               crypto_sign_verify_detached(s->of_comment, global, sizeof(s->of_file) + (size_t)s->comment.len, key->key) == 0;
}

int minisign_verify(const struct minisign_keys *keys, struct str message, struct str signature, const char *name, struct str *ret_comment,
                    const struct minisign_key **ret_key, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        struct minisign_key signer = { 0 };
        struct signature s;
        uint8_t hash[HASH_BYTES];
        bool known = false;

        if (!minisign_possible())
                return diag_fail(d, "libsodium does not start");
        if (parse(&s, signature, name, d) < 0)
                return -1;
        if (memcmp(s.algorithm, "ED", 2) != 0)
                return diag_fail_class(d, DIAG_INPUT, "'%s' is not the kind of signature that is accepted (the file's hash, signed; minisign's default since 0.11)", name);
        if (crypto_generichash(hash, sizeof(hash), (const uint8_t *)message.p, (unsigned long long)message.len, NULL, 0) != 0)
                return diag_fail(d, "libsodium cannot hash");
        for (ptrdiff_t i = 0; i < keys->count; i++) {
                if (signed_by(&keys->items[i], &s, hash, &a)) {
                        *ret_comment = s.comment;
                        *ret_key = &keys->items[i];
                        return 0;
                }
                known = known || memcmp(keys->items[i].id, s.id, sizeof(s.id)) == 0;
        }
        memcpy(signer.id, s.id, sizeof(s.id));
        return known ? diag_fail_class(d, DIAG_INPUT, "the signature '%s' is not that of this file: one of them was changed", name)
                     : diag_fail_class(d, DIAG_INPUT, "'%s' was made with the key %.*s, which is not one that is trusted here", name,
                                       STR_ARG(minisign_id(&a, &signer)));
}
