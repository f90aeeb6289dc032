#include "fleet/store/store.h"

#include "base/sha256.h"
#include "fleet/store/body.h"
#include "fleet/store/schema.h"
#include "fleet/store/store_parts.h"
#include "platform/files.h"

/* ---- Open and close ---- */

static int prepare(struct store *s, struct diag *d) {
        if (random_bytes(&s->known.key, sizeof(s->known.key), d) < 0 || random_bytes(&s->fresh.key, sizeof(s->fresh.key), d) < 0 ||
            random_bytes(&s->missing.key, sizeof(s->missing.key), d) < 0 || random_bytes(&s->aside.key, sizeof(s->aside.key), d) < 0)
                return -1;
        return schema_upgrade(s->db, schema_version, d) < 0 || store_make_stage(s->db, d) < 0 || store_heed(s, d) < 0 ? -1 : 0;
}

int store_open_ending(struct store *ret, const char *address, enum db_mode mode, const atomic_bool *ending, struct diag *d) {
        *ret = (struct store){ 0 };
        if (db_open_ending(&ret->db, address, mode, ending, d) < 0)
                return -1;
        if (prepare(ret, d) == 0)
                return 0;
        store_close(ret);
        return -1;
}

int store_open(struct store *ret, const char *address, enum db_mode mode, struct diag *d) {
        return store_open_ending(ret, address, mode, NULL, d);
}

void store_close(struct store *s) {
        db_close(s->db);
        arena_free(&s->arena);
        seen_free(&s->known);
        seen_free(&s->fresh);
        seen_free(&s->missing);
        seen_free(&s->aside);
        *s = (struct store){ 0 };
}

/* ---- Tenants ---- */

static int find_tenant(struct store *s, struct str name, int64_t *ret, struct diag *d) {
        return db_one(s->db, ret, 0, "SELECT id FROM tenant WHERE name = ?1", DB_ARGS(DB_T(name)), d);
}

int store_tenant(struct store *s, struct str name, enum db_mode mode, int64_t *ret, struct diag *d) {
        if (find_tenant(s, name, ret, d) < 0)
                return -1;
        if (*ret == 0 && mode == DB_CREATE &&
            (db_run(s->db, "INSERT INTO tenant (name) VALUES (?1) ON CONFLICT (name) DO NOTHING", DB_ARGS(DB_T(name)), d) < 0 ||
             find_tenant(s, name, ret, d) < 0))
                return -1;
        return *ret ? 0 : diag_fail_class(d, DIAG_USAGE, "the store has no tenant '%.*s'", STR_ARG(name));
}

/* ---- Gathering ---- */

enum { NAME_KEPT = 400 };

/* The tenant's number and the fingerprint, as one name. */
struct fingerprint_name {
        char text[8 + 64];
};

static struct str name_of(struct fingerprint_name *n, int64_t tenant, struct str fingerprint) {
        ptrdiff_t length = fingerprint.len < 64 ? fingerprint.len : 64;

        memcpy(n->text, &tenant, sizeof(tenant));
        memcpy(n->text + sizeof(tenant), fingerprint.p, (size_t)length);
        return str_n(n->text, (ptrdiff_t)sizeof(tenant) + length);
}

int store_knows(struct store *s, int64_t tenant, struct str fingerprint, struct diag *d) {
        struct fingerprint_name n;
        struct str name = name_of(&n, tenant, fingerprint);
        int64_t found;

        if (seen_has(&s->known, name))
                return 1;
        if (seen_has(&s->missing, name))
                return 0;
        if (db_one(s->db, &found, 0, "SELECT 1 FROM fingerprint WHERE tenant = ?1 AND hex = ?2 AND size > 0",
                   DB_ARGS(DB_N(tenant), DB_T(fingerprint)), d) < 0)
                return -1;
        if (found)
                (void)seen_before(&s->known, name);
        return found ? 1 : 0;
}

enum { ASKED_AT_ONCE = 1000 };

/* What is found is known; all else of the list is missing. */
static int ask_some(struct store *s, int64_t tenant, struct str list, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        struct fingerprint_name n;
        struct db_rows r;
        struct str word;
        int status;

        if (db_query(s->db, &r, db_words(s->db, &a, "SELECT hex FROM fingerprint WHERE tenant = ?1 AND hex IN ($LISTED) AND size > 0"),
                     DB_ARGS(DB_N(tenant), DB_T(list)), d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                (void)seen_before(&s->known, name_of(&n, tenant, db_text(&r, 0)));
        db_end(&r);
        while (status == 0 && str_cut(&list, ' ', &word)) {
                struct str name = name_of(&n, tenant, word);

                if (!seen_has(&s->known, name))
                        (void)seen_before(&s->missing, name);
        }
        return status;
}

static bool is_open(struct store *s, struct str name, bool fresh) {
        return !seen_has(&s->known, name) && !seen_has(&s->missing, name) && (fresh || !seen_has(&s->fresh, name));
}

/* `fresh`: those, too, whose bodies were gathered. */
static int ask_all(struct store *s, int64_t tenant, const struct str *fingerprints, ptrdiff_t count, bool fresh, struct diag *d) {
        OUT_AUTO struct out list = { 0 };
        struct fingerprint_name n;
        ptrdiff_t listed = 0;

        for (ptrdiff_t i = 0; i < count; i++) {
                if (!is_open(s, name_of(&n, tenant, fingerprints[i]), fresh))
                        continue;
                out_c(&list, list.len ? " " : "");
                out_str(&list, fingerprints[i]);
                if (++listed % ASKED_AT_ONCE != 0)
                        continue;
                if (ask_some(s, tenant, out_text(&list), d) < 0)
                        return -1;
                list.len = 0;
        }
        return list.len ? ask_some(s, tenant, out_text(&list), d) : 0;
}

int store_ask(struct store *s, int64_t tenant, const struct str *fingerprints, ptrdiff_t count, struct diag *d) {
        return s->db->engine->listed ? ask_all(s, tenant, fingerprints, count, false, d) : 0;
}

static struct str keep(struct store *s, struct str text) {
        s->bytes += text.len;
        return text.p ? str_dup(&s->arena, text) : text;
}

/* Names are keys, and no engine takes endless ones: of a longer one, its beginning and its hash, so that two of them stay two. */
static struct str bounded(struct store *s, struct str name) {
        struct sha256 h;
        char hex[65];
        ptrdiff_t n = NAME_KEPT;

        if (name.len <= STORE_NAME_MAX)
                return name;
        sha256_init(&h);
        sha256_add(&h, name);
        sha256_hex(&h, hex);
        while (n > 0 && ((unsigned char)name.p[n] & 0xc0) == 0x80)
                n--; /* not in the middle of a character */
        return str_fmt(&s->arena, "%.*s~%.16s", (int)n, name.p, hex);
}

int store_put(struct store *s, const struct store_report *r, struct diag *d) {
        struct fingerprint_name n;
        struct str name = name_of(&n, r->tenant, r->fingerprint);
        struct store_report *copy;
        bool has_body = r->body.len + r->text.len > 0, body = false;

        if (!seen_has(&s->fresh, name) && !seen_has(&s->known, name)) {
                /* With its body it need not be asked for: the merge takes it where it is new, and a text is asked for with all others. */
                int known = has_body ? 0 : store_knows(s, r->tenant, r->fingerprint, d);

                if (known < 0)
                        return -1;
                if (!known && !has_body)
                        return STORE_UNKNOWN;
                body = !known;
                if (body)
                        (void)seen_before(&s->fresh, name);
        }
        copy = arena_append(&s->arena, &s->reports);
        *copy = *r;
        copy->host = keep(s, bounded(s, r->host));
        copy->ident = keep(s, bounded(s, r->ident));
        copy->fingerprint = keep(s, r->fingerprint);
        copy->tags = keep(s, r->tags);
        copy->origin = keep(s, r->origin);
        copy->body = body ? keep(s, r->body) : (struct str){ 0 };
        copy->text = body ? keep(s, r->text) : (struct str){ 0 };
        s->bytes += (ptrdiff_t)sizeof(*copy);
        return 0;
}

/* The tenant's number and the name, as one. */
static struct str aside_name(struct arena *a, int64_t tenant, struct str name) {
        return str_fmt(a, "%lld %.*s", (long long)tenant, STR_ARG(name));
}

static int read_aside(struct store *s, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        struct db_rows r;
        int status;

        if (db_query(s->db, &r, "SELECT tenant, name FROM kept_aside", DB_NO_ARGS, d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0) {
                (void)seen_before(&s->aside, aside_name(&a, db_number(&r, 0), db_text(&r, 1)));
                arena_reset(&a);
        }
        db_end(&r);
        s->aside_read = status == 0;
        return status;
}

int store_put_well(struct store *s, int64_t tenant, struct str name, struct str bytes, struct diag *d) {
        const struct store_aside well = { .tenant = tenant, .name = name, .bytes = bytes };
        ARENA_AUTO struct arena a = { 0 };

        if (!s->aside_read && read_aside(s, d) < 0)
                return -1;
        return s->aside.count > 0 && seen_has(&s->aside, aside_name(&a, tenant, name)) ? store_put_aside(s, &well, d) : 0;
}

int store_put_aside(struct store *s, const struct store_aside *a, struct diag *d) {
        struct store_aside *copy = arena_append(&s->arena, &s->asides);
        ARENA_AUTO struct arena name = { 0 };

        (void)d;
        (void)seen_before(&s->aside, aside_name(&name, a->tenant, a->name));
        *copy = *a;
        copy->name = keep(s, a->name);
        copy->reason = keep(s, a->reason);
        copy->bytes = keep(s, a->bytes);
        return 0;
}

int store_put_resource(struct store *s, const struct store_resource *r, struct diag *d) {
        struct store_resource *copy = arena_append(&s->arena, &s->resources);
        struct str *const texts[] = { &copy->name, &copy->title, &copy->type, &copy->offering, &copy->provider, &copy->os };

        (void)d;
        *copy = *r;
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                *texts[i] = keep(s, *texts[i]);
        copy->name = bounded(s, copy->name);
        return 0;
}

bool store_is_full(const struct store *s) {
        return s->reports.count + s->resources.count >= STORE_BATCH || s->bytes >= STORE_BATCH_BYTES;
}

void store_forget(struct store *s) {
        arena_reset(&s->arena);
        s->reports = (struct store_gathered){ 0 };
        s->asides = (struct store_asides){ 0 };
        s->resources = (struct store_resources){ 0 };
        s->bytes = 0;
        seen_forget(&s->fresh);
        seen_forget(&s->missing);
}

/* ---- Committing ---- */

/* Fingerprints of one tenant, whose texts were gathered one behind the other. */
static int ask_about_texts(struct store *s, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        struct { struct str *items; ptrdiff_t count, capacity; } asked = { 0 };

        for (ptrdiff_t i = 0; i < s->reports.count; i++) {
                const struct store_report *r = &s->reports.items[i];

                if (r->text.len > 0)
                        *arena_append(&a, &asked) = r->fingerprint;
                if (i + 1 < s->reports.count && r[1].tenant == r->tenant)
                        continue;
                if (asked.count > 0 && ask_all(s, r->tenant, asked.items, asked.count, true, d) < 0)
                        return -1;
                asked.count = 0;
        }
        return 0;
}

int store_settle(struct store *s, struct diag *d) {
        if (s->fresh.count > 0 && s->db->engine->listed && ask_about_texts(s, d) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < s->reports.count; i++) {
                struct store_report *r = &s->reports.items[i];
                ARENA_AUTO struct arena a = { 0 };
                int known = r->text.len > 0 ? store_knows(s, r->tenant, r->fingerprint, d) : 1;

                if (known < 0)
                        return -1;
                if (!known)
                        r->body = str_dup(&s->arena, body_pack(&a, r->text));
                r->text = (struct str){ 0 };
        }
        return 0;
}

int store_commit(struct store *s, struct diag *d) {
        struct fingerprint_name n;
        int status;

        s->new_hosts = s->changed_hosts = s->new_fingerprints = s->new_asides = 0;
        if (s->reports.count + s->asides.count + s->resources.count == 0) {
                store_forget(s);
                return 0;
        }
        if (store_settle(s, d) < 0 || db_begin(s->db, d) < 0)
                return -1;
        status = store_merge(s, d);
        if (status == 0)
                status = db_commit(s->db, d);
        if (status < 0) {
                db_rollback(s->db);
                return -1;
        }
        for (ptrdiff_t i = 0; i < s->reports.count; i++)
                if (s->reports.items[i].body.len > 0)
                        (void)seen_before(&s->known, name_of(&n, s->reports.items[i].tenant, s->reports.items[i].fingerprint));
        store_forget(s);
        return 0;
}

int store_note_gone(struct store *s, struct diag *d) {
        return db_run(s->db, "INSERT INTO meta (name, value) VALUES ('gone', '1') ON CONFLICT (name)"
                             " DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)", DB_NO_ARGS, d);
}

static int read_count(struct store *s, const char *name, int64_t *ret, struct diag *d) {
        return db_one(s->db, ret, 0, "SELECT CAST(value AS BIGINT) FROM meta WHERE name = ?1", DB_ARGS(DB_T(str_of(name))), d);
}

int store_heed(struct store *s, struct diag *d) {
        int64_t gone, restored;
        bool other;

        if (read_count(s, "gone", &gone, d) < 0 || read_count(s, "restored", &restored, d) < 0)
                return -1;
        other = restored != s->restored;
        if (gone != s->gone || other)
                seen_forget(&s->known);
        if (other) {
                seen_forget(&s->aside);
                s->aside_read = false;
        }
        s->gone = gone;
        s->restored = restored;
        return other;
}

int store_is_same(struct store *s, struct diag *d) {
        int64_t restored;

        if (read_count(s, "restored", &restored, d) < 0)
                return -1;
        return restored == s->restored ? 0 : diag_fail(d, "'%.*s' was restored from a backup just now: nothing was changed", STR_ARG(s->db->name));
}

int store_audit(struct store *s, int64_t tenant, int64_t time, struct str who, const char *what, struct str about, struct diag *d) {
        return db_run(s->db, "INSERT INTO audit (tenant, time, who, what, about) VALUES (?1, ?2, ?3, ?4, ?5)",
                      DB_ARGS(DB_N(tenant), DB_N(time), DB_T(who), DB_T(str_of(what)), DB_T(about)), d);
}
