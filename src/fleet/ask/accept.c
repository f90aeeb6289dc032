#include "fleet/ask/accept.h"

#include "fleet/ask/ask_sql.h"
#include "fleet/store/moment.h"

static const struct {
        const char *name;
        size_t offset;
} members[] = {
#define X(member, option, what) { (option), offsetof(struct ask_filter, member) },
        ASK_FILTERS(X)
#undef X
};

static struct str *member(struct ask_filter *f, size_t i) {
        return (struct str *)(void *)((char *)f + members[i].offset);
}

/* ---- The filter as text ---- */

static bool is_escaped(char c) {
        return c == '%' || c == '=' || (unsigned char)c <= ' ';
}

struct str accept_filter_text(struct arena *a, const struct ask_filter *f) {
        OUT_AUTO struct out o = { 0 };
        struct ask_filter copy = *f;

        for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
                struct str v = *member(&copy, i);

                if (v.len == 0)
                        continue;
                out_fmt(&o, "%s%s=", o.len ? " " : "", members[i].name);
                for (ptrdiff_t n = 0; n < v.len; n++) {
                        if (is_escaped(v.p[n])) {
                                out_char(&o, '%');
                                out_hex(&o, (unsigned char)v.p[n], 2);
                        } else {
                                out_char(&o, v.p[n]);
                        }
                }
        }
        return str_dup(a, out_text(&o));
}

static struct str unescaped(struct arena *a, struct str text) {
        char *p = arena_bytes(a, text.len + 1);
        ptrdiff_t n = 0;
        uint64_t v;

        for (ptrdiff_t i = 0; i < text.len; i++) {
                bool escaped = text.p[i] == '%' && i + 2 < text.len && str_hex_to_u64(str_sub(text, i + 1, 2), &v);

                p[n++] = escaped ? (char)v : text.p[i];
                i += escaped ? 2 : 0;
        }
        return str_n(p, n);
}

void accept_filter_parse(struct arena *a, struct str text, struct ask_filter *ret) {
        struct str word;

        *ret = (struct ask_filter){ 0 };
        while (str_word(&text, &word)) {
                ptrdiff_t equals = str_find_char(word, '=');

                for (size_t i = 0; i < sizeof(members) / sizeof(members[0]) && equals > 0; i++)
                        if (str_eq(str_sub(word, 0, equals), str_of(members[i].name)))
                                *member(ret, i) = unescaped(a, str_from(word, equals + 1));
        }
}

/* ---- Risks ---- */

/* Both lines or none. */
static int in_transaction(struct store *s, int status, struct diag *d) {
        if (status == 0)
                status = db_commit(s->db, d);
        if (status < 0)
                db_rollback(s->db);
        return status;
}

static int add(struct store *s, int64_t tenant, const struct accepted_risk *r, struct str by, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        struct str filter = accept_filter_text(&a, &r->filter);

        if (db_run(s->db, "INSERT INTO accepted (tenant, flaw, filter, reason, who, since, until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                   DB_ARGS(DB_N(tenant), DB_T(r->filter.flaw), DB_T(filter), DB_T(r->reason), DB_T(r->who), DB_N(r->since), DB_N(r->until)),
                   d) < 0)
                return -1;
        return store_audit(s, tenant, r->since, by, "accept",
                           str_fmt(&a, "%.*s until %.*s, by %.*s: %.*s", STR_ARG(filter), STR_ARG(moment_day(&a, r->until)), STR_ARG(r->who),
                                   STR_ARG(r->reason)), d);
}

int accept_add(struct store *s, int64_t tenant, const struct accepted_risk *r, struct str by, struct diag *d) {
        return db_begin(s->db, d) < 0 ? -1 : in_transaction(s, add(s, tenant, r, by, d), d);
}

static int end(struct store *s, int64_t tenant, int64_t id, int64_t now, struct str by, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };

        if (db_run(s->db, "UPDATE accepted SET until = ?3 WHERE tenant = ?1 AND id = ?2 AND until > ?3",
                   DB_ARGS(DB_N(tenant), DB_N(id), DB_N(now)), d) < 0)
                return -1;
        if (s->db->changed == 0)
                return diag_fail_class(d, DIAG_USAGE, "no accepted risk has the number %lld, or it has ended", (long long)id);
        return store_audit(s, tenant, now, by, "end", str_decimal(&a, (uint64_t)id), d);
}

int accept_end(struct store *s, int64_t tenant, int64_t id, int64_t now, struct str by, struct diag *d) {
        return db_begin(s->db, d) < 0 ? -1 : in_transaction(s, end(s, tenant, id, now, by, d), d);
}

static int count_hosts(struct store *s, int64_t tenant, struct arena *a, struct accepted_risk *r, struct diag *d) {
        struct ask_filter open = r->filter;
        struct ask_sql q = { .a = a };
        struct db_rows rows;
        int status;

        open.status = S("vulnerable,partial,unknown");
        if (ask_shown(&q, s, tenant, &open, d) < 0)
                return -1;
        ASK_TEXT(&q, "SELECT CAST(sum(hosts) AS BIGINT) FROM shown");
        if (ask_run_query(&q, s, &rows, d) < 0)
                return -1;
        status = db_next(&rows, d);
        r->hosts = status > 0 ? db_number(&rows, 0) : 0;
        db_end(&rows);
        return status < 0 ? -1 : 0;
}

int accept_list(struct store *s, int64_t tenant, int64_t now, struct arena *a, struct accepted_risks *ret, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(s->db, &r, "SELECT id, filter, reason, who, since, until FROM accepted WHERE tenant = ?1 ORDER BY id DESC",
                     DB_ARGS(DB_N(tenant)), d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0) {
                struct accepted_risk *risk = arena_append(a, ret);

                *risk = (struct accepted_risk){ .id = db_number(&r, 0), .reason = ask_text(a, &r, 2), .who = ask_text(a, &r, 3),
                                                .since = db_number(&r, 4), .until = db_number(&r, 5) };
                risk->ended = risk->until <= now;
                accept_filter_parse(a, ask_text(a, &r, 1), &risk->filter);
        }
        db_end(&r);
        for (ptrdiff_t i = 0; i < ret->count && status == 0; i++)
                status = count_hosts(s, tenant, a, &ret->items[i], d);
        return status;
}
