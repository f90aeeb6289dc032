/* Signatures in minisign's format (https://jedisct1.github.io/minisign/), the prehashed kind only: Ed25519 over BLAKE2b-512, by libsodium. A trusted comment
 * is signed along with the file; nothing of a signature is believed before it was verified. */
#ifndef SIDELIGHT_PLATFORM_MINISIGN_H
#define SIDELIGHT_PLATFORM_MINISIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

enum { MINISIGN_TEXT_MAX = 8192 };

struct minisign_key {
        uint8_t id[8];
        uint8_t key[32];
};

struct minisign_keys {
        struct minisign_key *items;
        ptrdiff_t count, capacity;
};

/* Whether this program can verify anything: it was built with libsodium. */
bool minisign_possible(void);

/* A public key: minisign's two lines, or the second of them alone. -1 (DIAG_INPUT) when it is none. `name` is for the message. */
int minisign_key(struct minisign_key *ret, struct str text, const char *name, struct diag *d);
/* How minisign shows a key's id: 16 hexadecimal digits. */
struct str minisign_id(struct arena *a, const struct minisign_key *key);

/* 0 when one of the keys signed the message; its trusted comment is a view of the signature. -1 (DIAG_INPUT) for everything else. */
int minisign_verify(const struct minisign_keys *keys, struct str message, struct str signature, const char *name, struct str *ret_comment,
                    const struct minisign_key **ret_key, struct diag *d);

#endif
