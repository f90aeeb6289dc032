#include "fleet/serve/token.h"

#include "base/sha256.h"
#include "platform/files.h"

enum { SECRET_BYTES = 16 };

#define COLUMNS "k.id, k.tenant, k.name, t.name, k.scopes, k.certificate, k.first, k.until"
#define COUNTS_NOW " (k.until = 0 OR k.until > ?1) "

/* A certificate's name is no secret: it has a prefix of its own, so that nobody can show it as a token. */
void token_digest(struct str secret, bool certificate, char ret[TOKEN_DIGEST + 1]) {
        struct sha256 h;

        sha256_init(&h);
        sha256_add(&h, certificate ? S("certificate:") : S("token:"));
        sha256_add(&h, secret);
        sha256_hex(&h, ret);
}

static int make_secret(char ret[TOKEN_LENGTH + 1], struct diag *d) {
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        unsigned char bytes[SECRET_BYTES + 1] = { 0 };
        ptrdiff_t n = 4;

        if (random_bytes(bytes, SECRET_BYTES, d) < 0)
                return -1;
        memcpy(ret, "slt_", 4);
        for (int bit = 0; n < TOKEN_LENGTH; bit += 6) {
                unsigned two = (unsigned)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];

                ret[n++] = digits[two >> (10 - bit % 8) & 63];
        }
        ret[n] = 0;
        return 0;
}

static void read_row(const struct db_rows *r, struct arena *a, struct token *ret) {
        *ret = (struct token){ .id = db_number(r, 0), .tenant = db_number(r, 1), .name = str_dup(a, db_text(r, 2)),
                               .tenant_name = str_dup(a, db_text(r, 3)), .scopes = (unsigned)db_number(r, 4),
                               .certificate = db_number(r, 5) != 0, .first = db_number(r, 6), .until = db_number(r, 7) };
}

int token_find(struct db *db, struct arena *a, const char hex[TOKEN_DIGEST + 1], int64_t now, struct token *ret, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(db, &r, "SELECT " COLUMNS ", k.digest FROM token k JOIN tenant t ON t.id = k.tenant WHERE" COUNTS_NOW "AND k.digest = ?2",
                     DB_ARGS(DB_N(now), DB_T(str_n(hex, 64))), d) < 0)
                return -1;
        status = db_next(&r, d);
        if (status > 0) {
                struct str kept = db_text(&r, 8);

                status = kept.len == 64 && http_same_bytes((const unsigned char *)kept.p, (const unsigned char *)hex, 64);
                read_row(&r, a, ret);
        }
        db_end(&r);
        return status;
}

int token_any(struct db *db, int64_t now, struct diag *d) {
        int64_t n;

        if (db_one(db, &n, 0, "SELECT count(*) FROM token k WHERE" COUNTS_NOW, DB_ARGS(DB_N(now)), d) < 0)
                return -1;
        return n > 0;
}

int token_all(struct db *db, struct arena *a, int64_t now, struct token_list *ret, struct diag *d) {
        struct db_rows r;
        int status;

        *ret = (struct token_list){ 0 };
        if (db_query(db, &r, "SELECT " COLUMNS " FROM token k JOIN tenant t ON t.id = k.tenant WHERE" COUNTS_NOW "ORDER BY t.name, k.name, k.id",
                     DB_ARGS(DB_N(now)), d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                read_row(&r, a, arena_append(a, ret));
        db_end(&r);
        return status;
}

/* How many of this name, or of this certificate in any tenant, count now. */
static int taken(struct store *s, const struct token_new *t, int64_t now, const char *hex, int64_t *ret, struct diag *d) {
        return db_one(s->db, ret, 0, "SELECT count(*) FROM token k WHERE" COUNTS_NOW "AND (k.digest = ?2 OR (k.tenant = ?3 AND k.name = ?4))",
                      DB_ARGS(DB_N(now), DB_T(str_of(hex)), DB_N(t->tenant), DB_T(t->name)), d);
}

static int insert(struct store *s, const struct token_new *t, int64_t now, const char *hex, struct diag *d) {
        return db_run(s->db,
                      "INSERT INTO token (tenant, name, digest, scopes, certificate, first, until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                      DB_ARGS(DB_N(t->tenant), DB_T(t->name), DB_T(str_of(hex)), DB_N(t->scopes), DB_N(t->certificate), DB_N(now),
                              DB_N(t->until)), d);
}

static bool is_name(struct str name) {
        return name.len > 0 && name.len <= TOKEN_NAME_MAX && http_is_plain(name);
}

static int add(struct store *s, const struct token_new *t, int64_t now, const char *hex, struct diag *d) {
        int64_t n;

        if (db_lock(s->db, d) < 0 || taken(s, t, now, hex, &n, d) < 0)
                return -1;
        if (n > 0)
                return diag_fail_class(d, DIAG_USAGE, "'%.*s' may come in already: revoke it, or rotate it", STR_ARG(t->name));
        if (insert(s, t, now, hex, d) < 0 || store_audit(s, t->tenant, now, S("command line"), "token add", t->name, d) < 0)
                return -1;
        return db_commit(s->db, d);
}

int token_add(struct store *s, const struct token_new *t, int64_t now, char ret_secret[TOKEN_LENGTH + 1], struct diag *d) {
        char hex[65];
        int status;

        ret_secret[0] = 0;
        if (!is_name(t->name))
                return diag_fail_class(d, DIAG_USAGE, "a token's name is up to %d printable characters", TOKEN_NAME_MAX);
        if (!t->certificate && make_secret(ret_secret, d) < 0)
                return -1;
        token_digest(t->certificate ? t->name : str_of(ret_secret), t->certificate, hex);
        if (db_begin(s->db, d) < 0)
                return -1;
        status = add(s, t, now, hex, d);
        db_rollback(s->db);
        return status;
}

static int end(struct store *s, int64_t tenant, struct str name, int64_t at, int64_t now, const char *what, struct diag *d) {
        if (db_run(s->db, "UPDATE token SET until = ?2 WHERE tenant = ?3 AND name = ?4 AND (until = 0 OR until > ?1)",
                   DB_ARGS(DB_N(now), DB_N(at), DB_N(tenant), DB_T(name)), d) < 0)
                return -1;
        if (s->db->changed == 0)
                return diag_fail_class(d, DIAG_USAGE, "there is no token '%.*s'", STR_ARG(name));
        return store_audit(s, tenant, now, S("command line"), what, name, d);
}

int token_end(struct store *s, int64_t tenant, struct str name, int64_t at, int64_t now, struct diag *d) {
        int status;

        if (db_begin(s->db, d) < 0)
                return -1;
        status = end(s, tenant, name, at, now, "token revoke", d) < 0 ? -1 : db_commit(s->db, d);
        db_rollback(s->db);
        return status;
}

/* What the newest of that name may do. */
static int scopes_of(struct store *s, int64_t tenant, struct str name, struct token_new *ret, struct diag *d) {
        int64_t scopes;

        *ret = (struct token_new){ .tenant = tenant, .name = name };
        if (db_one(s->db, &scopes, 0, "SELECT scopes FROM token WHERE tenant = ?1 AND name = ?2 AND certificate = 0 ORDER BY id DESC LIMIT 1",
                   DB_ARGS(DB_N(tenant), DB_T(name)), d) < 0)
                return -1;
        ret->scopes = (unsigned)scopes;
        return scopes ? 0 : diag_fail_class(d, DIAG_USAGE, "there is no token '%.*s'", STR_ARG(name));
}

int token_rotate(struct store *s, int64_t tenant, struct str name, int64_t until, int64_t now, char ret_secret[TOKEN_LENGTH + 1], struct diag *d) {
        struct token_new t;
        char hex[65];
        int status;

        if (make_secret(ret_secret, d) < 0 || db_begin(s->db, d) < 0)
                return -1;
        token_digest(str_of(ret_secret), false, hex);
        status = db_lock(s->db, d) < 0 || scopes_of(s, tenant, name, &t, d) < 0 || end(s, tenant, name, until, now, "token rotate", d) < 0 ||
                                 insert(s, &t, now, hex, d) < 0 ? -1 : db_commit(s->db, d);
        db_rollback(s->db);
        return status;
}

struct str token_scopes(struct arena *a, unsigned scopes) {
        struct str text = S("");

#define X(name, word, title) \
        if (scopes & HTTP_##name) \
                text = str_fmt(a, "%.*s%s" word, STR_ARG(text), text.len ? ", " : "");
        HTTP_SCOPES(X)
#undef X
        return text;
}
