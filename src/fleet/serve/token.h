/* Who may use a store over the network: tokens, and the names of certificates, each of one tenant, with scopes.
 *
 * A token is "slt_" and 128 random bits, for each report carries it; the store has its SHA-256 only, so that who reads the store cannot use it. (A slow hash is right
 * for words that people choose; these cannot be guessed.) */
#ifndef SIDELIGHT_FLEET_TOKEN_H
#define SIDELIGHT_FLEET_TOKEN_H

#include "fleet/http/http.h"
#include "fleet/store/store.h"

enum { TOKEN_LENGTH = 26, TOKEN_NAME_MAX = 64, TOKEN_DIGEST = 64 };

struct token {
        int64_t id, tenant;
        struct str name, tenant_name;
        unsigned scopes;          /* 1 << number of enum http_scope */
        bool certificate;         /* its name is that of a certificate */
        int64_t first, until;     /* until: 0, or when it ends */
};

/* What the store has of a secret: 64 digits. `certificate`: it is the common name of one that was checked. */
void token_digest(struct str secret, bool certificate, char ret[TOKEN_DIGEST + 1]);
/* 1 and the token, its texts in `a`; 0: there is none that counts now. */
int token_find(struct db *db, struct arena *a, const char digest[TOKEN_DIGEST + 1], int64_t now, struct token *ret, struct diag *d);
/* 1 when the store has a token of any tenant that counts now, 0, or -1. */
int token_any(struct db *db, int64_t now, struct diag *d);

/* What is to be made. */
struct token_new {
        int64_t tenant, until;
        struct str name;
        unsigned scopes;
        bool certificate;
};
/* Makes a token; `ret_secret` is told once (empty for a certificate). -1 (DIAG_USAGE) when the tenant has one of that name. */
int token_add(struct store *s, const struct token_new *t, int64_t now, char ret_secret[TOKEN_LENGTH + 1], struct diag *d);
/* Ends a tenant's token at `at`, which may be later than now; -1 (DIAG_USAGE) when there is none of that name. */
int token_end(struct store *s, int64_t tenant, struct str name, int64_t at, int64_t now, struct diag *d);
/* A new secret for the same name; the old one is good until `until`. */
int token_rotate(struct store *s, int64_t tenant, struct str name, int64_t until, int64_t now, char ret_secret[TOKEN_LENGTH + 1], struct diag *d);

/* All that count now, by tenant and name; texts in `a`. */
struct token_list {
        struct token *items;
        ptrdiff_t count, capacity;
};
int token_all(struct db *db, struct arena *a, int64_t now, struct token_list *ret, struct diag *d);

/* "send, read". */
struct str token_scopes(struct arena *a, unsigned scopes);

#endif
