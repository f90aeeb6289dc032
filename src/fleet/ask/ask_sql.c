#include "fleet/ask/ask_sql.h"

void ask_add(struct ask_sql *q, const char *text, const struct db_value *values) {
        for (; *text; text++) {
                out_char(&q->text, *text);
                if (*text == '?' && q->count < ASK_ARGS) {
                        q->args[q->count++] = *values++;
                        out_u64(&q->text, (uint64_t)q->count);
                }
        }
}

/* A pattern for LIKE … ESCAPE '!': the text in lower case, somewhere (or at the beginning). */
static struct str pattern(struct arena *a, const char *before, struct str text, const char *behind) {
        OUT_AUTO struct out o = { 0 };

        out_c(&o, before);
        for (ptrdiff_t i = 0; i < text.len; i++) {
                char c = text.p[i];

                if (c == '%' || c == '_' || c == '!')
                        out_char(&o, '!');
                out_char(&o, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
        }
        out_c(&o, behind);
        return str_dup(a, out_text(&o));
}

static void contains(struct ask_sql *q, const char *column, struct str text) {
        if (text.len == 0)
                return;
        out_fmt(&q->text, " AND lower(%s) LIKE ", column);
        ASK_ADD(q, "? ESCAPE '!'", DB_T(pattern(q->a, "%", text, "%")));
}

void ask_of_finding(struct ask_sql *q, const struct ask_filter *f) {
        struct str rest = f->status, word;
        bool first = true;

        if (f->flaw.len > 0)
                ASK_ADD(q, " AND f.flaw = ?", DB_T(f->flaw));
        if (f->owner.len > 0)
                ASK_ADD(q, " AND (f.owner = ? OR f.who = ?)", DB_T(f->owner), DB_T(f->owner));
        while (str_cut(&rest, ',', &word)) {
                ASK_TEXT(q, first ? " AND f.status IN (" : ", ");
                ASK_ADD(q, "?", DB_T(str_trim(word)));
                first = false;
        }
        if (!first)
                ASK_TEXT(q, ")");
}

void ask_of_fingerprint(struct ask_sql *q, const struct ask_filter *f) {
        contains(q, "p.cloud", f->cloud);
        contains(q, "p.kernel", f->kernel);
        contains(q, "(p.processor || ' ' || p.cpu)", f->processor); /* for people, and as conditions name it */
        if (f->fingerprint.len > 0)
                ASK_ADD(q, " AND p.hex LIKE ? ESCAPE '!'", DB_T(pattern(q->a, "", f->fingerprint, "%")));
        if (f->worst.len > 0)
                ASK_ADD(q, " AND p.outcome IN (SELECT id FROM outcome WHERE worst = ?)", DB_T(f->worst));
        if (f->flaw.len + f->status.len + f->owner.len == 0)
                return;
        ASK_TEXT(q, " AND p.outcome IN (SELECT o.outcome FROM outcome_finding o JOIN finding f ON f.id = o.finding WHERE true");
        ask_of_finding(q, f);
        ASK_TEXT(q, ")");
}

void ask_of_host(struct ask_sql *q, const struct ask_filter *f) {
        if (f->host.len > 0)
                ASK_ADD(q, " AND h.name = ?", DB_T(f->host));
        if (f->tag.len > 0)
                ASK_ADD(q, " AND lower(' ' || h.tags || ' ') LIKE ? ESCAPE '!'", DB_T(pattern(q->a, "% ", f->tag, " %")));
}

/* ---- Tags ---- */

enum { TAGS_FOLLOWED = 256 };

/* Each text of tags that hosts have, one after the other by the index (schema.c, 7): few, however many hosts have them. */
static const char each_tags[] =
        "WITH RECURSIVE t (tags, n) AS (SELECT min(x.tags), 1 FROM host x WHERE x.tenant = ?1 AND x.tags <> ''"
        " UNION ALL SELECT (SELECT min(x.tags) FROM host x WHERE x.tenant = ?1 AND x.tags <> '' AND x.tags > t.tags), t.n + 1 FROM t"
        " WHERE t.tags IS NOT NULL AND t.n <= ?2)"
        " SELECT t.tags, CASE WHEN lower(' ' || t.tags || ' ') LIKE ?3 ESCAPE '!' THEN 1 ELSE 0 END FROM t WHERE t.tags IS NOT NULL";

int ask_tags(struct ask_tags *ret, struct store *s, int64_t tenant, const struct ask_filter *f, struct arena *a, struct diag *d) {
        struct db_rows r;
        int status, all = 0;

        *ret = (struct ask_tags){ .many = f->tag.len == 0 };
        if (ret->many)
                return 0;
        if (db_query(s->db, &r, each_tags, DB_ARGS(DB_N(tenant), DB_N(TAGS_FOLLOWED), DB_T(pattern(a, "% ", f->tag, " %"))), d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0 && !ret->many) {
                bool has_it = db_number(&r, 1) != 0;

                ret->many = ++all > TAGS_FOLLOWED || (has_it && ret->count == ASK_TAGS);
                if (has_it && !ret->many)
                        ret->items[ret->count++] = ask_text(a, &r, 0);
        }
        db_end(&r);
        return status < 0 ? -1 : 0;
}

void ask_of_tags(struct ask_sql *q, const struct ask_tags *t) {
        ASK_TEXT(q, " AND h.tags <> ''");
        for (int i = 0; i < t->count; i++)
                ASK_ADD(q, i ? ", ?" : " AND h.tags IN (?", DB_T(t->items[i]));
        ASK_TEXT(q, t->count ? ")" : " AND false");
}

int ask_shown(struct ask_sql *q, struct store *s, int64_t tenant, const struct ask_filter *f, struct diag *d) {
        bool by_host = f->tag.len + f->host.len > 0;
        struct ask_tags tags;

        if (ask_tags(&tags, s, tenant, f, q->a, d) < 0)
                return -1;
        ASK_TEXT(q, "WITH shown AS (SELECT p.id, p.outcome, p.catalog, ");
        if (by_host) {
                ASK_ADD(q, "n.hosts FROM (SELECT h.fingerprint, count(*) AS hosts FROM host h WHERE h.tenant = ?", DB_N(tenant));
                if (tags.many || f->host.len > 0)
                        ask_of_host(q, f);
                else
                        ask_of_tags(q, &tags);
                ASK_TEXT(q, " GROUP BY h.fingerprint) AS n JOIN fingerprint p ON p.id = n.fingerprint WHERE true");
        } else {
                ASK_ADD(q, "p.hosts FROM fingerprint p WHERE p.tenant = ? AND p.hosts > 0", DB_N(tenant));
        }
        ask_of_fingerprint(q, f);
        ASK_TEXT(q, ") ");
        return 0;
}

int ask_run_query(struct ask_sql *q, struct store *s, struct db_rows *ret, struct diag *d) {
        int status;

        out_char(&q->text, '\0');
        status = db_query(s->db, ret, q->text.p, q->args, q->count, d);
        out_free(&q->text);
        return status;
}

struct str ask_text(struct arena *a, const struct db_rows *r, int column) {
        struct str text = db_text(r, column);

        return text.len ? str_dup(a, text) : S("");
}
