/* Built without libsodium: nothing can be verified, so nothing is accepted. */
#include "platform/minisign.h"

bool minisign_possible(void) {
        return false;
}

static int impossible(struct diag *d) {
        return diag_fail_class(d, DIAG_USAGE, "this sidelight was built without libsodium: it can verify no signature, so it takes no data");
}

int minisign_key(struct minisign_key *ret, struct str text, const char *name, struct diag *d) {
        (void)ret;
        (void)text;
        (void)name;
        return impossible(d);
}

struct str minisign_id(struct arena *a, const struct minisign_key *key) {
        (void)a;
        (void)key;
        return S("");
}

int minisign_verify(const struct minisign_keys *keys, struct str message, struct str signature, const char *name, struct str *ret_comment,
                    const struct minisign_key **ret_key, struct diag *d) {
        (void)keys;
        (void)message;
        (void)signature;
        (void)name;
        (void)ret_comment;
        (void)ret_key;
        return impossible(d);
}
