/* Keys and signatures: the first line is a key, the next four a signature of what follows. Nothing that was not signed is good. */
#include "fuzz.h"
#include "platform/minisign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        struct str rest = str_n((const char *)data, (ptrdiff_t)size), line, comment, signature, all;
        struct minisign_keys keys = { 0 };
        const struct minisign_key *signer = NULL;
        struct diag d = { 0 };
        char *changed;

        if (!str_line(&rest, &line) || minisign_key(arena_append(&a, &keys), line, "key", &d) < 0)
                return 0;
        FUZZ_PROMISE(minisign_id(&a, keys.items).len == 16);
        all = rest;
        for (int i = 0; i < 4; i++)
                (void)str_line(&rest, &line);
        signature = str_sub(all, 0, all.len - rest.len);
        if (minisign_verify(&keys, rest, signature, "signature", &comment, &signer, &d) < 0) {
                FUZZ_PROMISE(d.text[0] && d.class == DIAG_INPUT);
                return 0;
        }
        FUZZ_PROMISE(signer == keys.items && comment.p >= signature.p && comment.p + comment.len <= signature.p + signature.len);
        changed = arena_bytes(&a, rest.len + 1);
        if (rest.len)
                memcpy(changed, rest.p, (size_t)rest.len);
        changed[rest.len] = 'x';
        FUZZ_PROMISE(minisign_verify(&keys, str_n(changed, rest.len + 1), signature, "signature", &comment, &signer, &d) < 0);
        return 0;
}
